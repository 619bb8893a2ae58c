use super::*;
use legible_reading::recognition::{Contact, Event, Mail, Payment, Scheme, Sms, Wifi, WifiSecurity};
use proptest::prelude::*;

fn check(text: &str, expected: Meaning) {
    assert_eq!(of(text), expected, "{text}");
}

fn some(text: &str) -> Option<String> {
    Some(text.to_string())
}

fn list(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

#[test]
fn addresses_of_the_web() {
    let url = |url: &str| Meaning::Url { url: url.into() };
    check("https://example.org/a?b=c#d", url("https://example.org/a?b=c#d"));
    check("HTTP://EXAMPLE.ORG", url("HTTP://EXAMPLE.ORG"));
    check(" https://example.org\n", url("https://example.org"));
    check("URLTO:https://example.org", url("https://example.org"));
    check("url:http://example.org/", url("http://example.org/"));
    check("https://bücher.example/ß", url("https://bücher.example/ß"));
    for text in
        ["https://", "http://:80", "https:///x", "ftp://example.org", "see https://example.org", "https://a b", "URL:x"]
    {
        check(text, Meaning::Text);
    }
}

#[test]
fn wireless_networks() {
    let wifi = |ssid: &str, security, password: Option<&str>, hidden| {
        Meaning::Wifi(Wifi { ssid: ssid.into(), security, password: password.map(str::to_string), hidden })
    };
    check("WIFI:T:WPA;S:home;P:secret;;", wifi("home", WifiSecurity::Wpa, Some("secret"), false));
    check("wifi:s:home;t:wep;p:12345;h:TRUE;;", wifi("home", WifiSecurity::Wep, Some("12345"), true));
    check("WIFI:S:café;;", wifi("café", WifiSecurity::Open, None, false));
    check("WIFI:T:nopass;S:open;P:;;", wifi("open", WifiSecurity::Open, None, false));
    check("WIFI:T:nopass;S:open;P:left over;;", wifi("open", WifiSecurity::Open, None, false));
    check("WIFI:S:x;P:y", wifi("x", WifiSecurity::Wpa, Some("y"), false));
    check("WIFI:T:WPA2-EAP;S:corp;E:PEAP;;", wifi("corp", WifiSecurity::Other, None, false));
    check(r#"WIFI:T:WPA;S:"12ab";P:"cd34";;"#, wifi("12ab", WifiSecurity::Wpa, Some("cd34"), false));
    check(r"WIFI:T:WPA;S:a\;b\:c\\d;P:p\,\;\\;;", wifi(r"a;b:c\d", WifiSecurity::Wpa, Some(r"p,;\"), false));
    check(r"WIFI:S:ends with \\;P:x;;", wifi(r"ends with \", WifiSecurity::Wpa, Some("x"), false));
    for text in ["WIFI:", "WIFI:T:WPA;P:x;;", "WIFI:S:;;", "WIFI"] {
        check(text, Meaning::Text);
    }
}

#[test]
fn contacts() {
    let ada = Contact { name: "Ada Lovelace".into(), ..Contact::default() };
    check("MECARD:N:Lovelace,Ada;;", Meaning::Contact(ada.clone()));
    check(
        "MECARD:N:Ada Lovelace;TEL:+44 1;TEL:2;EMAIL:a@b.c;URL:http://b.c;ADR:Street 1,London;ORG:Engines;NOTE:x\\;y;;",
        {
            Meaning::Contact(Contact {
                name: "Ada Lovelace".into(),
                organisation: some("Engines"),
                phones: list(&["+44 1", "2"]),
                mails: list(&["a@b.c"]),
                urls: list(&["http://b.c"]),
                addresses: list(&["Street 1, London"]),
                note: some("x;y"),
            })
        },
    );
    let card = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lovelace;Ada;King;Dr.;\r\nORG:Engines\\, Ltd;Research\r\n\
                item1.TEL;TYPE=\"work:main\":+44 1\r\nTEL;VALUE=uri:tel:+44-2\r\nEMAIL:a@\r\n b.c\r\n\
                ADR:;;Street 1;London;;N1;UK\r\nNOTE:one\\ntwo\r\nEND:VCARD\r\nTEL:not hers";
    check(card, {
        Meaning::Contact(Contact {
            name: "Dr. Ada King Lovelace".into(),
            organisation: some("Engines, Ltd, Research"),
            phones: list(&["+44 1", "+44-2"]),
            mails: list(&["a@b.c"]),
            addresses: list(&["Street 1, London, N1, UK"]),
            note: some("one\ntwo"),
            ..Contact::default()
        })
    });
    check("BEGIN:VCARD\nFN:Ada Lovelace\nN:X;Y\nEND:VCARD", Meaning::Contact(ada));
    let printable =
        "BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=BCrgen=20=\nGro=C3=9F\nEND:VCARD";
    check(printable, Meaning::Contact(Contact { name: "Jürgen Groß".into(), ..Contact::default() }));
    check("BEGIN:VCARD\nORG:Engines\nEND:VCARD", {
        Meaning::Contact(Contact { name: "Engines".into(), organisation: some("Engines"), ..Contact::default() })
    });
    for text in ["MECARD:", "MECARD:N:;;", "BEGIN:VCARD\nEND:VCARD", "BEGIN:VCAR", "VCARD"] {
        check(text, Meaning::Text);
    }
}

#[test]
fn sepa_transfers() {
    let full = "BCD\n002\n1\nSCT\nBFSWDE33BER\nWikimedia Foerdergesellschaft\nDE33100205000001194700\nEUR123.45\n\n\nSpende fuer Wikipedia";
    let payment = Payment {
        scheme: Scheme::Sepa,
        payee: "Wikimedia Foerdergesellschaft".into(),
        account: "DE33100205000001194700".into(),
        amount: some("123.45"),
        currency: some("EUR"),
        reference: None,
        message: some("Spende fuer Wikipedia"),
    };
    check(full, Meaning::Payment(payment.clone()));
    check(&full.replace('\n', "\r\n"), Meaning::Payment(payment.clone()));
    check(&full.replace("DE33100205000001194700", "de33 1002 0500 0001 1947 00"), Meaning::Payment(payment.clone()));
    let least = "BCD\n001\n1\nSCT\n\nName\nDE33100205000001194700";
    check(least, {
        let none = Payment { amount: None, currency: None, message: None, ..payment.clone() };
        Meaning::Payment(Payment { payee: "Name".into(), ..none })
    });
    let reference = "BCD\n002\n1\nSCT\n\nName\nDE33100205000001194700\nEUR1\nGDDS\nRF18539007547034\n";
    check(reference, {
        let payment = Payment { amount: some("1"), reference: some("RF18539007547034"), message: None, ..payment };
        Meaning::Payment(Payment { payee: "Name".into(), ..payment })
    });
    check(&full.replace("DE33", "DE34"), Meaning::Text);
    check(&full.replace("EUR123.45", "EUR1,5"), Meaning::Text);
    check(&full.replace("EUR123.45", "USD1"), Meaning::Text);
    check("BCD\n002\n1\nSCT", Meaning::Text);
}

#[test]
fn swiss_bills() {
    let bill = "SPC\r\n0200\r\n1\r\nCH4431999123000889012\r\nS\r\nRobert Schneider AG\r\nRue du Lac\r\n1268\r\n2501\r\nBiel\r\nCH\
                \r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n1949.75\r\nCHF\r\nS\r\nPia Rutschmann\r\nMarktgasse\r\n28\r\n9400\r\nRorschach\r\nCH\
                \r\nQRR\r\n210000000003139471430009017\r\nOrder of 15.6.2020\r\nEPD";
    let payment = Payment {
        scheme: Scheme::SwissQr,
        payee: "Robert Schneider AG".into(),
        account: "CH4431999123000889012".into(),
        amount: some("1949.75"),
        currency: some("CHF"),
        reference: some("210000000003139471430009017"),
        message: some("Order of 15.6.2020"),
    };
    check(bill, Meaning::Payment(payment.clone()));
    check(&bill.replace("1949.75", ""), Meaning::Payment(Payment { amount: None, ..payment }));
    check(&bill.replace("CH44", "CH45"), Meaning::Text);
    check(&bill.replace("CHF", "USD"), Meaning::Text);
    check("SPC\n0200\n1", Meaning::Text);
}

#[test]
fn other_payments() {
    let payment = |scheme, account: &str| Payment { scheme, account: account.into(), ..Payment::default() };
    check("upi://pay?pa=shop@bank&pn=Corner%20Shop&am=250.00&cu=INR&tn=Tea&tr=T1", {
        Meaning::Payment(Payment {
            payee: "Corner Shop".into(),
            amount: some("250.00"),
            currency: some("INR"),
            reference: some("T1"),
            message: some("Tea"),
            ..payment(Scheme::Upi, "shop@bank")
        })
    });
    check("upi://pay?pn=Nobody", Meaning::Text);
    let address = "175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W";
    check(&format!("bitcoin:{address}"), Meaning::Payment(payment(Scheme::Bitcoin, address)));
    check(&format!("BITCOIN:{address}?amount=20.30000000&label=Luke-Jr&message=For%20x"), {
        Meaning::Payment(Payment {
            payee: "Luke-Jr".into(),
            amount: some("20.3"),
            currency: some("BTC"),
            message: some("For x"),
            ..payment(Scheme::Bitcoin, address)
        })
    });
    check("bitcoin:short", Meaning::Text);
    let account = "0xfb6916095ca1df60bb79Ce92ce3ea74c37c5d359";
    let ether = |query: &str, amount: Option<&str>| {
        let amount = amount.map(str::to_string);
        let currency = amount.is_some().then(|| "ETH".to_string());
        let paid = Payment { amount, currency, ..payment(Scheme::Ethereum, account) };
        check(&format!("ethereum:{account}{query}"), Meaning::Payment(paid));
    };
    ether("", None);
    ether("?value=2.014e18", Some("2.014"));
    ether("@1?value=1", Some("0.000000000000000001"));
    ether("?value=123e20", Some("12300"));
    ether("?value=1e99", None);
    ether("?value=-1", None);
    ether("/transfer?address=0x1&value=5e18", None);
    check("ethereum:0x12", Meaning::Text);
}

#[test]
fn mail_phones_and_messages() {
    let mail = |to: &[&str], subject: Option<&str>, body: Option<&str>| {
        Meaning::Mail(Mail { to: list(to), subject: subject.map(str::to_string), body: body.map(str::to_string) })
    };
    check("mailto:a@b.c", mail(&["a@b.c"], None, None));
    check(
        "MAILTO:a@b.c,d@e.f?subject=Hello%20you&body=1%0A2&cc=x@y.z",
        mail(&["a@b.c", "d@e.f"], Some("Hello you"), Some("1\n2")),
    );
    check("mailto:?to=a@b.c", mail(&["a@b.c"], None, None));
    check("MATMSG:TO:a@b.c;SUB:x\\;y;BODY:z;;", mail(&["a@b.c"], Some("x;y"), Some("z")));
    check("mailto:?subject=x", Meaning::Text);
    check("mailto:%FF?subject=%ZZ", mail(&["%FF"], Some("%ZZ"), None));
    check("tel:+49-30-123", Meaning::Phone { number: "+49-30-123".into() });
    check("TEL:112;phone-context=+49", Meaning::Phone { number: "112".into() });
    check("tel:nobody", Meaning::Text);
    let sms =
        |number: &str, body: Option<&str>| Meaning::Sms(Sms { number: number.into(), body: body.map(str::to_string) });
    check("smsto:+491:see you: at 5", sms("+491", Some("see you: at 5")));
    check("SMSTO:+491", sms("+491", None));
    check("sms:+491?body=see%20you", sms("+491", Some("see you")));
    check("sms:+491?body=at: 5", sms("+491", Some("at: 5")));
    check("mmsto:5:", sms("5", None));
    check("sms:", Meaning::Text);
}

#[test]
fn places_and_events() {
    let place = |latitude, longitude| Meaning::Place { latitude, longitude };
    check("geo:52.5,13.4", place(52.5, 13.4));
    check("GEO:-33.86,151.2,20;u=35?q=Sydney", place(-33.86, 151.2));
    for text in ["geo:", "geo:1", "geo:91,0", "geo:0,181", "geo:NaN,0", "geo:inf,1", "geo:a,b"] {
        check(text, Meaning::Text);
    }
    let event = |summary: &str, starts: Option<&str>, ends: Option<&str>, place: Option<&str>| {
        let [starts, ends, place] = [starts, ends, place].map(|text| text.map(str::to_string));
        Meaning::Event(Event { summary: summary.into(), starts, ends, place })
    };
    let tea = "BEGIN:VEVENT\nSUMMARY:Tea\\, with\n  milk\nDTSTART;TZID=Europe/Berlin:20261121T170000\nDTEND:20261121T180000Z\nLOCATION:Hall\nEND:VEVENT";
    let meaning = event("Tea, with milk", Some("2026-11-21T17:00:00"), Some("2026-11-21T18:00:00Z"), Some("Hall"));
    check(tea, meaning.clone());
    check(
        &format!("BEGIN:VCALENDAR\nVERSION:2.0\n{tea}\nBEGIN:VEVENT\nSUMMARY:other\nEND:VEVENT\nEND:VCALENDAR"),
        meaning,
    );
    check(
        "BEGIN:VEVENT\nSUMMARY:Day\nDTSTART;VALUE=DATE:20261121\nEND:VEVENT",
        event("Day", Some("2026-11-21"), None, None),
    );
    check("BEGIN:VEVENT\nSUMMARY:?\nDTSTART:20261321\nDTEND:20261121T250000\nEND:VEVENT", event("?", None, None, None));
    check("BEGIN:VCALENDAR\nEND:VCALENDAR", Meaning::Text);
}

#[test]
fn products() {
    let check = |digits: &str, valid: bool| {
        let expected = if valid { Meaning::Product { gtin: digits.into() } } else { Meaning::Text };
        assert_eq!(of_product(digits), expected, "{digits}");
    };
    check("4006381333931", true);
    check("0012345678905", true);
    check("96385074", true);
    check("4006381333932", false);
    check("400638133393", false);
    check("", false);
    check("96385O74", false);
}

#[test]
fn the_rest_is_text() {
    for text in ["", "   ", "hello", "4006381333931", "WIFI", "é", "BCD", "\u{0}\u{1}", "geo", "ämailto:"] {
        check(text, Meaning::Text);
    }
}

/// Texts that begin as one of the formats does and go on anyhow.
fn nearly_formatted() -> impl Strategy<Value = String> {
    let heads = prop::sample::select(vec![
        "WIFI:S:",
        "MECARD:N:",
        "BEGIN:VCARD\n",
        "BEGIN:VEVENT\n",
        "BCD\n002\n1\nSCT\n\nN\n",
        "SPC\n0200\n1\n",
        "upi://pay?",
        "bitcoin:",
        "ethereum:0xfb6916095ca1df60bb79Ce92ce3ea74c37c5d359?value=",
        "mailto:",
        "MATMSG:TO:",
        "tel:",
        "smsto:",
        "sms:",
        "geo:",
        "https://",
        "",
    ]);
    let tail = r#"([A-Za-z0-9éß💶:;,\\?&=%"@+./ -]|\n|\r|DTSTART:|N:|TEL:|=C3|%F0){0,80}"#;
    (heads, tail).prop_map(|(head, tail)| format!("{head}{tail}"))
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_grows(text in prop_oneof![nearly_formatted(), ".*"]) {
        let meaning = of(&text);
        let json = serde_json::to_string(&meaning).unwrap();
        // Keys and JSON's escapes make it longer than the text; a number of wei writes out up to 60 zeros.
        prop_assert!(json.len() <= 6 * text.len() + 400, "{} of {}", json.len(), text.len());
        of_product(&text);
    }

    #[test]
    fn a_network_is_read_back(ssid in "[^\"]{0,19}[^\" \u{0}-\u{1f}]", password in "[^\"]{0,19}[^\" \u{0}-\u{1f}]") {
        prop_assume!(!ssid.trim().is_empty() && !password.trim().is_empty());
        let escaped = |text: &str| text.chars().flat_map(|c| {
            let mark = r#"\;,":"#.contains(c).then_some('\\');
            mark.into_iter().chain([c])
        }).collect::<String>();
        let text = format!("WIFI:T:WPA;S:{};P:{};;", escaped(&ssid), escaped(&password));
        let expected = Wifi { ssid, security: WifiSecurity::Wpa, password: Some(password), hidden: false };
        prop_assert_eq!(of(&text), Meaning::Wifi(expected));
    }
}
