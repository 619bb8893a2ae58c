use super::*;
use proptest::prelude::*;

fn words(fact: &Fact) -> String {
    match &fact.value {
        Value::Email(address) => format!("mail {address}"),
        Value::Url(address) => format!("url {address}"),
        Value::Iban(number) => format!("iban {number}"),
        Value::Date(date) => format!("date {date}"),
        Value::Amount(Amount { thousandths, currency }) => format!("{} {thousandths}", currency.code()),
        Value::Phone(number) => format!("call {number}"),
    }
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(find(text).iter().map(words).collect::<Vec<_>>(), expected, "{text}");
}

#[test]
fn days() {
    check("Due 2026-11-23.", &["date 2026-11-23"]);
    check("fällig am 23.11.2026, spätestens 1.12.26", &["date 2026-11-23", "date 2026-12-01"]);
    check("Rechnung vom 23. November 2026", &["date 2026-11-23"]);
    check("Nov 23, 2026 and November 3rd, 2026", &["date 2026-11-23", "date 2026-11-03"]);
    check("le 1er août 2026", &["date 2026-08-01"]);
    check("3 de noviembre de 2026", &["date 2026-11-03"]);
    check("23-Nov-2026", &["date 2026-11-23"]);
    check("有效期至2026年11月23日止", &["date 2026-11-23"]);
    check("23 ноября 2026 г.", &["date 2026-11-23"]);
    check("23/11/2026", &["date 2026-11-23"]);
    check("03/03/2026", &["date 2026-03-03"]);
    // What it costs tells, or another day.
    check("£5 by 04/03/2026", &["GBP 5000", "date 2026-03-04"]);
    check("$5 by 04/03/2026", &["USD 5000", "date 2026-04-03"]);
    check("04/03/2026 to 04/23/2026", &["date 2026-04-03", "date 2026-04-23"]);
    check("$5, 7 € by 04/03/2026", &["USD 5000", "EUR 7000"]);
    for none in [
        "31.02.2026",
        "version 1.12.2026.3",
        "192.168.2.16",
        "12/2026",
        "page 3.11.20260",
        "5 apples 2026",
        "2026-13-01",
        "23.11.",
        "99.99.99",
        "04/03/2026",
    ] {
        check(none, &[]);
    }
}

#[test]
fn amounts() {
    check("Total 12,50 €", &["EUR 12500"]);
    check("€12.50", &["EUR 12500"]);
    check("EUR 1.234,56", &["EUR 1234560"]);
    check("$1,234.56", &["USD 1234560"]);
    check("US$ 5", &["USD 5000"]);
    check("CHF 1'250.00", &["CHF 1250000"]);
    check("1 250,00 Kč", &["CZK 1250000"]);
    check("¥1,200", &["JPY 1200000"]);
    check("1200円", &["JPY 1200000"]);
    check("-3,99 €", &["EUR -3990"]);
    check("12,- €", &["EUR 12000"]);
    check("99 zł", &["PLN 99000"]);
    check("from $5 to $10.00", &["USD 5000", "USD 10000"]);
    for none in ["12.50", "A$AP", "5 Eurostars", "1.2.3 €", "12345678901234 €", "€", "3 euros2"] {
        check(none, &[]);
    }
}

#[test]
fn addresses_and_numbers() {
    check("Write to jo.doe+x@example.org.", &["mail jo.doe+x@example.org"]);
    check(
        "See https://example.org/a_(b)?c=1, or www.example.org!",
        &["url https://example.org/a_(b)?c=1", "url https://www.example.org"],
    );
    check("End.Begin", &[]);
    check("IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFF", &["iban DE89370400440532013000"]);
    check("DE89370400440532013001", &[]);
    check("GB82WEST12345698765432", &["iban GB82WEST12345698765432"]);
    check("Tel. +49 (0)30 90 18 20", &["call +4930901820"]);
    check("Tel: 030/901820-11", &["call 03090182011"]);
    check("0049 30 901820", &["call +4930901820"]);
    check("Order 4711 0815 2342", &[]);
    check("+1 (202) 555-0143", &["call +12025550143"]);
}

#[test]
fn what_belongs_to_one_is_no_other() {
    check("https://example.org/2026-11-23/x", &["url https://example.org/2026-11-23/x"]);
    check("12.50 € on 23.11.2026, call +4930901820", &["EUR 12500", "date 2026-11-23", "call +4930901820"]);
}

proptest! {
    #[test]
    fn any_text_is_looked_through(text in "[0-9a-zäé€$+./, \n()年月日@:-]{0,80}") {
        let found = find(&text);
        let mut end = 0;
        for fact in &found {
            prop_assert!(fact.at.start >= end && fact.at.end > fact.at.start && text.get(fact.at.clone()).is_some());
            end = fact.at.end;
        }
    }

    #[test]
    fn a_day_is_found_as_it_is_written(year in 1900_i16..2100, month in 1_i8..=12, day in 1_i8..=31) {
        let Ok(date) = Date::new(year, month, day) else { return Ok(()) };
        for text in [format!("{date}"), format!("{day}.{month}.{year}"), format!("on {day:02}/{month:02}/{year}")] {
            let found = find(&text);
            let nobody_knows = text.contains('/') && month != day && day <= 12;
            let expected = if nobody_knows { vec![] } else { vec![Value::Date(date)] };
            prop_assert_eq!(found.into_iter().map(|fact| fact.value).collect::<Vec<_>>(), expected, "{}", text);
        }
    }

    #[test]
    fn an_amount_is_found_as_it_is_written(cents in 0_i64..100_000_000) {
        let (whole, part) = (cents / 100, cents % 100);
        for text in [format!("{whole}.{part:02} EUR"), format!("€{whole},{part:02}")] {
            let found = find(&text);
            let expected = Value::Amount(Amount { thousandths: cents * 10, currency: Currency::written("EUR").unwrap() });
            prop_assert_eq!(found.iter().map(|fact| &fact.value).collect::<Vec<_>>(), vec![&expected], "{}", text);
        }
    }
}
