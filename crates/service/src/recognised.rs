//! What was recognised, in words for a person.

pub use crate::api::{CodeFact, CodeView, ColourView, FaceView, LabelView, ObjectView, RecognitionView};
use crate::facets::place_name;
use crate::limits::MAX_CODE_LINE_CHARS;
use legible_reading::Quad;
use legible_reading::recognition::{
    Code, Colour, Face, Label, Meaning, Object, Part, Payment, Recognition, Scheme, Stamp, Symbology, Wifi,
    WifiSecurity, Wrong,
};

/// What was recognised in an image, and what of it a person called wrong.
pub fn view(recognition: &Recognition, wrong: &[Wrong]) -> RecognitionView {
    let is_wrong = |part, name: &str| wrong.iter().any(|wrong| wrong.part == part && wrong.name == name);
    RecognitionView {
        kind: recognition.kind.map(|guess| guess.kind.name().to_owned()),
        codes: recognition.codes.iter().map(code).collect(),
        colours: recognition.colours.iter().map(colour).collect(),
        labels: recognition.labels.iter().map(|one| label(one, is_wrong(Part::Labels, &one.name))).collect(),
        objects: recognition.objects.iter().map(|one| object(one, is_wrong(Part::Objects, &one.name))).collect(),
        faces: recognition.faces.iter().map(face).collect(),
        made_by: recognition.by.iter().filter_map(made_by).collect(),
    }
}

fn label(label: &Label, wrong: bool) -> LabelView {
    LabelView { name: label.name.clone(), confidence: label.confidence, wrong }
}

fn object(object: &Object, wrong: bool) -> ObjectView {
    let Object { name, confidence, quad } = object;
    ObjectView { name: name.clone(), confidence: *confidence, quad: corners(quad), wrong }
}

fn face(face: &Face) -> FaceView {
    FaceView { confidence: face.confidence, quad: corners(&face.quad) }
}

fn corners(quad: &Quad) -> [[f32; 2]; 4] {
    quad.0.map(|point| [point.x, point.y])
}

fn made_by(stamp: &Stamp) -> Option<String> {
    let part = match stamp.part {
        Part::Codes => "Codes",
        Part::Colours => "Colours",
        Part::Hash => "Likeness",
        Part::Kind => "Kind",
        Part::Labels => "Shows",
        Part::Objects => "Things",
        Part::Faces => "Faces",
        Part::Embedding => "Similar images",
        Part::Unknown => return None,
    };
    Some(format!("{part}: {} {}", stamp.name, stamp.version))
}

fn colour(colour: &Colour) -> ColourView {
    let [red, green, blue] = colour.rgb;
    let css = format!("#{red:02x}{green:02x}{blue:02x}");
    ColourView { name: colour.name.name().to_owned(), css, share: colour.share }
}

fn code(code: &Code) -> CodeView {
    let (what, facts) = meaning(&code.meaning);
    let facts = facts.into_iter().filter(|(_, value)| !value.is_empty());
    CodeView {
        printed: printed(code.symbology).to_owned(),
        what: what.to_owned(),
        text: code.text.clone(),
        facts: facts.map(|(name, value)| CodeFact { name: name.to_owned(), value }).collect(),
        quad: corners(&code.quad),
    }
}

/// What a code is for and the first thing that it says, on one line for the grid: `Wi-Fi network: home`. Never a password.
pub fn code_line(code: &Code) -> String {
    let (what, facts) = meaning(&code.meaning);
    let says = match &code.meaning {
        Meaning::Text => code.text.clone(),
        Meaning::Url { url } => url.split_once("://").map_or(url.as_str(), |(_, address)| address).to_owned(),
        Meaning::Wifi(wifi) => wifi.ssid.clone(),
        Meaning::Place { latitude, longitude } => place_name(*latitude, *longitude),
        _ => facts.into_iter().map(|(_, value)| value).find(|value| !value.is_empty()).unwrap_or_default(),
    };
    let says = says.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = says.char_indices().nth(MAX_CODE_LINE_CHARS).map(|(end, _)| format!("{}…", &says[..end]));
    match cut.unwrap_or(says) {
        says if says.is_empty() => what.to_owned(),
        says => format!("{what}: {says}"),
    }
}

fn printed(symbology: Symbology) -> &'static str {
    match symbology {
        Symbology::Qr => "QR code",
        Symbology::Aztec => "Aztec code",
        Symbology::DataMatrix => "Data Matrix code",
        Symbology::Pdf417 => "PDF417 code",
        Symbology::Ean13 => "EAN-13 bar code",
        Symbology::Ean8 => "EAN-8 bar code",
        Symbology::Code128 => "Code 128 bar code",
        Symbology::Other => "Code",
    }
}

type Facts = Vec<(&'static str, String)>;

/// What a code is for, and what it says part by part.
fn meaning(meaning: &Meaning) -> (&'static str, Facts) {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
    match meaning {
        Meaning::Text => ("Text", vec![]),
        Meaning::Url { .. } => ("Web address", vec![]),
        Meaning::Wifi(wifi) => ("Wi-Fi network", network(wifi)),
        Meaning::Contact(contact) => {
            let facts = vec![
                ("Name", contact.name.clone()),
                ("Organisation", or_none(&contact.organisation)),
                ("Phone", contact.phones.join(", ")),
                ("Mail", contact.mails.join(", ")),
                ("Web", contact.urls.join(", ")),
                ("Address", contact.addresses.join("; ")),
                ("Note", or_none(&contact.note)),
            ];
            ("Contact", facts)
        }
        Meaning::Payment(payment) => ("Payment", self::payment(payment)),
        Meaning::Product { gtin } => ("Product", vec![("Number", gtin.clone())]),
        Meaning::Mail(mail) => {
            let facts =
                vec![("To", mail.to.join(", ")), ("Subject", or_none(&mail.subject)), ("Text", or_none(&mail.body))];
            ("Mail", facts)
        }
        Meaning::Phone { number } => ("Phone number", vec![("Number", number.clone())]),
        Meaning::Sms(sms) => ("Text message", vec![("To", sms.number.clone()), ("Text", or_none(&sms.body))]),
        Meaning::Place { latitude, longitude } => {
            ("Place", vec![("Latitude", format!("{latitude}°")), ("Longitude", format!("{longitude}°"))])
        }
        Meaning::Event(event) => {
            let facts = vec![
                ("What", event.summary.clone()),
                ("Begins", or_none(&event.starts)),
                ("Ends", or_none(&event.ends)),
                ("Where", or_none(&event.place)),
            ];
            ("Event", facts)
        }
    }
}

fn network(wifi: &Wifi) -> Facts {
    let security = match wifi.security {
        WifiSecurity::Open => "none",
        WifiSecurity::Wep => "WEP",
        WifiSecurity::Wpa => "WPA",
        WifiSecurity::Other => "another",
    };
    let password = wifi.password.clone().unwrap_or_default();
    vec![("Name", wifi.ssid.clone()), ("Password", password), ("Protection", security.to_owned())]
}

fn payment(payment: &Payment) -> Facts {
    let scheme = match payment.scheme {
        Scheme::Sepa => "SEPA transfer",
        Scheme::SwissQr => "Swiss QR-bill",
        Scheme::Upi => "UPI",
        Scheme::Bitcoin => "Bitcoin",
        Scheme::Ethereum => "Ethereum",
        Scheme::Other => "",
    };
    let money = [payment.amount.as_deref(), payment.currency.as_deref()].into_iter().flatten().collect::<Vec<_>>();
    vec![
        ("Payee", payment.payee.clone()),
        ("Account", payment.account.clone()),
        ("Amount", money.join(" ")),
        ("Reference", payment.reference.clone().unwrap_or_default()),
        ("Message", payment.message.clone().unwrap_or_default()),
        ("By", scheme.to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use legible_reading::Quad;

    fn check(meaning: Meaning, what: &str, facts: &[(&str, &str)]) {
        let quad = Quad::from_edges(1.0, 2.0, 3.0, 4.0);
        let shown = code(&Code { symbology: Symbology::Qr, text: "as it stands".into(), quad, meaning });
        let told: Vec<_> = shown.facts.iter().map(|fact| (fact.name.as_str(), fact.value.as_str())).collect();
        assert_eq!((shown.what.as_str(), told.as_slice()), (what, facts));
        assert_eq!((shown.printed.as_str(), shown.text.as_str()), ("QR code", "as it stands"));
    }

    #[test]
    fn a_code_on_one_line() {
        let check = |meaning: Meaning, text: &str, expected: &str| {
            let quad = Quad::from_edges(1.0, 2.0, 3.0, 4.0);
            assert_eq!(code_line(&Code { symbology: Symbology::Qr, text: text.into(), quad, meaning }), expected);
        };
        check(Meaning::Text, "two\n lines", "Text: two lines");
        check(
            Meaning::Text,
            &"é".repeat(MAX_CODE_LINE_CHARS + 1),
            &format!("Text: {}…", "é".repeat(MAX_CODE_LINE_CHARS)),
        );
        check(Meaning::Url { url: "https://a.example/B".into() }, "", "Web address: a.example/B");
        check(Meaning::Url { url: "a.example".into() }, "", "Web address: a.example");
        let wifi = |ssid: &str| {
            let password = Some("secret".into());
            Meaning::Wifi(Wifi { ssid: ssid.into(), security: WifiSecurity::Wpa, password, hidden: false })
        };
        check(wifi("home"), "", "Wi-Fi network: home");
        check(wifi(""), "", "Wi-Fi network");
        let payment = Payment { account: "BE72000000001616".into(), ..Payment::default() };
        check(Meaning::Payment(payment), "", "Payment: BE72000000001616");
        check(Meaning::Place { latitude: 48.137, longitude: 11.575 }, "", "Place: 48.1° N, 11.6° E");
    }

    #[test]
    fn codes_are_told_in_words() {
        check(Meaning::Text, "Text", &[]);
        check(Meaning::Url { url: "HTTPS://a.example/b".into() }, "Web address", &[]);
        let wifi = Wifi { ssid: "home".into(), security: WifiSecurity::Wpa, password: Some("s".into()), hidden: false };
        let facts = [("Name", "home"), ("Password", "s"), ("Protection", "WPA")];
        check(Meaning::Wifi(wifi), "Wi-Fi network", &facts);
        let payment = Payment {
            scheme: Scheme::Sepa,
            payee: "Red Cross".into(),
            account: "BE72000000001616".into(),
            amount: Some("1.00".into()),
            currency: Some("EUR".into()),
            ..Payment::default()
        };
        let facts =
            [("Payee", "Red Cross"), ("Account", "BE72000000001616"), ("Amount", "1.00 EUR"), ("By", "SEPA transfer")];
        check(Meaning::Payment(payment), "Payment", &facts);
    }
}
