use super::*;
use jiff::civil::date;
use proptest::prelude::*;

/// All tests take place on this day.
const TODAY: Date = date(2026, 11, 21);

/// The days that a text suggests, such as `2026-12-05`; a question mark where day and month may be swapped.
fn days(text: &str, languages: &[&str]) -> Vec<String> {
    let zone = TimeZone::UTC;
    let found = suggest(text, languages, TODAY, &zone);
    let day = |s: &Suggestion| {
        let at = zone.to_datetime(jiff::Timestamp::from_millisecond(s.at).unwrap());
        format!("{}{}", at.date(), if s.why.contains("swapped") { "?" } else { "" })
    };
    found.iter().map(day).collect()
}

#[test]
fn due_dates_are_found() {
    let check = |text: &str, expected: &[&str]| assert_eq!(days(text, &[]), expected, "{text}");
    // English.
    check("Due date: 2026-12-05", &["2026-12-05"]);
    check("Due: Dec 5, 2026", &["2026-12-05"]);
    check("Payment due by December 5th, 2026", &["2026-12-05"]);
    check("PAY BY 5 DEC 2026", &["2026-12-05"]);
    check("Payment is due on the 5th of December 2026.", &["2026-12-05"]);
    check("Amount due 120.50, due date 13/12/2026", &["2026-12-13"]);
    check("Due 12/13/2026", &["2026-12-13"]);
    check("Due Dec 5", &["2026-12-05"]);
    check("Due Jan 5", &["2027-01-05"]);
    check("Please transfer the amount by 05.12.2026", &["2026-12-05"]);
    check("Return by 1 Dec 2026", &["2026-12-01"]);
    check("Due date\n2026/12/05", &["2026-12-05"]);
    check("Due date:\n\n  5 December 2026", &["2026-12-05"]);
    // German.
    check("Fällig am 03.12.2026", &["2026-12-03"]);
    check("Fallig am 3. 12. 2026.", &["2026-12-03"]);
    check("zahlbar bis 3.12.26", &["2026-12-03"]);
    check("Zahlungsziel: 14 Tage, zahlbar bis zum 3. Dezember 2026", &["2026-12-03"]);
    check("Bitte überweisen Sie 50,00 € bis zum 3. Dez. 2026", &["2026-12-03"]);
    check("Rückgabe bis 1. März 2027", &["2027-03-01"]);
    // Others.
    check("à payer avant le 03/12/2026", &["2026-12-03"]);
    check("Date d’échéance : 1er décembre 2026", &["2026-12-01"]);
    check("SCADENZA 03/12/2026", &["2026-12-03"]);
    check("Da pagare entro il 5 dicembre 2026", &["2026-12-05"]);
    check("vence el 5 de diciembre de 2026", &["2026-12-05"]);
    check("Vencimento 03/12/2026", &["2026-12-03"]);
    check("Vervaldatum 5 december 2026", &["2026-12-05"]);
    check("支払期限 2026年12月5日", &["2026-12-05"]);
    check("お支払期限：２０２６年１２月５日", &["2026-12-05"]);
    check("支払期限 令和8年12月5日", &["2026-12-05"]);
    check("2026年12月5日までにお支払いください", &["2026-12-05"]);
    // Several, the earliest first, each day once.
    check("Fällig am 10.12.2026\nfällig: 03.12.2026, zahlbar bis 03.12.2026", &["2026-12-03", "2026-12-10"]);
}

#[test]
fn what_is_no_due_date_is_not_suggested() {
    let check = |text: &str| assert_eq!(days(text, &[]), [""; 0], "{text}");
    check("");
    check("Invoice date: 2026-12-05");
    check("2026-12-05");
    check("Rechnung vom 03.12.2026");
    check("geöffnet bis 03.12.2026");
    check("Written by Dec 5, 2026");
    check("overdue");
    check("Due to the weather we met on a bridge that was built long ago, in 1995, on 2026-12-05");
    check("subdue 2026-12-05");
    // Too old, too far, no day.
    check("Due 2026-11-13");
    check("Due 2062-12-05");
    check("Due 30.02.2027");
    check("Due 45/45/2026");
    check("Due 192.168.12.26");
    check("Due 12.05.2026.7");
    check("Due date\nInvoice 2026-12-05");
    assert_eq!(days("Due 2026-11-14", &[]), ["2026-11-14"]);
}

#[test]
fn day_and_month_are_told_apart() {
    let check = |text: &str, languages: &[&str], expected: &str| {
        assert_eq!(days(text, languages), [expected], "{text} in {languages:?}");
    };
    check("Due date 12/05/2026", &["en-US"], "2026-12-05");
    check("Due date 05/12/2026", &["en-GB"], "2026-12-05");
    check("Due date 05/12/2026", &["de", "en_GB"], "2026-12-05");
    check("Invoice 11/21/2026, due 12/05/2026", &[], "2026-12-05");
    check("Invoice 21/11/2026, due 05/12/2026", &["en-US"], "2026-12-05");
    check("Total $ 12.00 due 12/05/2026", &[], "2026-12-05");
    check("Total £ 12.00 due 05/12/2026", &[], "2026-12-05");
    check("scadenza 05/12/2026", &["en-US"], "2026-12-05");
    check("Due 05.12.2026", &["en-US"], "2026-12-05");
    // Only one of both is ahead, or nothing tells.
    check("Due date 12/05/2026", &[], "2026-12-05?");
    check("Due date 02/03/2027", &[], "2027-02-03?");
    check("Due date 02/02/2027", &[], "2027-02-02");
}

#[test]
fn misread_digits_are_taken_for_what_they_are() {
    let check = |text: &str, expected: &[&str]| assert_eq!(days(text, &[]), expected, "{text}");
    check("Fällig am O3.l2.2O26", &["2026-12-03"]);
    check("Due 2O26-12-O5", &["2026-12-05"]);
    check("zahlbar bis |3.I2.2026", &["2026-12-13"]);
    check("Due Dec l5, 2026", &["2026-12-15"]);
    // Not: nothing of it is a digit, or letters that are more often letters.
    check("fällig ll.12.2026", &[]);
    check("fällig 0S.12.2026", &[]);
    check("fällig 03.12.ZOZ6", &[]);
}

#[test]
fn a_suggestion_says_what_it_is_and_why() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let text = "Stadtwerke Musterstadt\nRechnung 4711\nFällig am 03.12.2026";
    let [found] = &suggest(text, &["de"], TODAY, &zone)[..] else { panic!() };
    assert_eq!(found.title, "Payment due: Stadtwerke Musterstadt");
    assert_eq!(found.why, "The text says “Fällig am 03.12.2026”.");
    assert_eq!(
        zone.to_datetime(jiff::Timestamp::from_millisecond(found.at).unwrap()),
        date(2026, 12, 3).at(9, 0, 0, 0)
    );
    let [found] = &suggest("Return by\n1 Dec 2026", &[], TODAY, &zone)[..] else { panic!() };
    assert_eq!((found.title.as_str(), found.why.as_str()), ("Return due", "The text says “Return by 1 Dec 2026”."));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,300}", year in -9000..9000_i16, hints in prop::collection::vec("\\PC{0,6}", 0..3)) {
        let hints: Vec<&str> = hints.iter().map(String::as_str).collect();
        suggest(&text, &hints, date(year, 1, 1), &TimeZone::UTC);
    }

    #[test]
    fn nor_does_what_looks_like_due_dates(
        parts in prop::collection::vec(prop_oneof![
            "due|fällig am|支払期限|までにお支払い|bis|pay", "[0-9OlI|]{1,5}", "[./ \n年月日,-]{1,2}", "dec|1er|mai|de|令和|元",
        ], 0..40),
        year in prop_oneof![Just(-9999_i16), Just(9999), Just(2026)],
    ) {
        let found = suggest(&parts.concat(), &[], date(year, 12, 31), &TimeZone::UTC);
        prop_assert!(found.len() <= MOST && found.is_sorted_by_key(|one| one.at));
    }

    #[test]
    fn a_day_written_in_numbers_is_found(days in 0..1000_i64, style in 0..4_usize) {
        use jiff::ToSpan;
        let day = TODAY.checked_add(days.days()).unwrap();
        let written = day.strftime(["%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%Y年%m月%d日"][style]).to_string();
        prop_assert_eq!(super::tests::days(&format!("Due: {written}"), &[]), [day.to_string()]);
    }
}
