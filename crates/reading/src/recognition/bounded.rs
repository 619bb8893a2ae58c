//! Passes over what no version of this program makes: sidecars and workers may be anybody's.

use super::{Code, Colour, Contact, Event, Face, Label, Mail, Meaning, Object, Payment, Recognition, Sms, Stamp, Wifi};
use crate::limits::{
    MAX_CODE_CHARS, MAX_CODES, MAX_COLOURS, MAX_COORDINATE, MAX_LANDMARKS, MAX_MEANING_CHARS, MAX_NAME_CHARS, MAX_SEEN,
    MAX_STAMP_CHARS, MAX_STAMPS,
};
use crate::{Point, Quad};

impl Recognition {
    /// What of it lies within the [limits](crate::limits): lists end where they would be too long; codes, labels, things and
    /// faces with a text that is too long, with a number that is none, or without a name are left out; shares and
    /// confidences are brought between 0 and 1. What this program made comes out as it is.
    #[must_use]
    pub fn bounded(self) -> Self {
        let Recognition { by, kind, codes, colours, hash, labels, objects, faces, embedding } = self;
        Recognition {
            by: most(by, MAX_STAMPS, stamp),
            kind: kind.and_then(|mut guess| {
                guess.confidence = share(guess.confidence)?;
                Some(guess)
            }),
            codes: most(codes, MAX_CODES, code),
            colours: most(colours, MAX_COLOURS, |colour| Some(Colour { share: share(colour.share)?, ..colour })),
            hash,
            labels: most(labels, MAX_SEEN, |Label { name, confidence }| {
                is_name(&name).then_some(Label { confidence: share(confidence)?, name })
            }),
            objects: most(objects, MAX_SEEN, |Object { name, confidence, quad }| {
                let usable = is_name(&name) && is_somewhere(&quad);
                usable.then_some(Object { confidence: share(confidence)?, name, quad })
            }),
            faces: most(faces, MAX_SEEN, face),
            embedding: embedding.filter(|embedding| is_short(&embedding.model, MAX_STAMP_CHARS)),
        }
    }
}

/// The first of those that are left.
fn most<T>(all: Vec<T>, limit: usize, left: impl Fn(T) -> Option<T>) -> Vec<T> {
    all.into_iter().filter_map(left).take(limit).collect()
}

fn stamp(stamp: Stamp) -> Option<Stamp> {
    (is_short(&stamp.name, MAX_STAMP_CHARS) && is_short(&stamp.version, MAX_STAMP_CHARS)).then_some(stamp)
}

fn code(code: Code) -> Option<Code> {
    let Code { symbology, text, quad, meaning } = code;
    let meaning = if is_meant(&meaning) { meaning } else { Meaning::Text };
    (is_short(&text, MAX_CODE_CHARS) && is_somewhere(&quad)).then_some(Code { symbology, text, quad, meaning })
}

fn face(face: Face) -> Option<Face> {
    let Face { confidence, quad, landmarks } = face;
    let usable = landmarks.len() <= MAX_LANDMARKS && landmarks.iter().all(is_point);
    let landmarks = if usable { landmarks } else { Vec::new() };
    is_somewhere(&quad).then_some(Face { confidence: share(confidence)?, quad, landmarks })
}

/// A number between 0 and 1.
fn share(number: f32) -> Option<f32> {
    number.is_finite().then(|| number.clamp(0.0, 1.0))
}

fn is_point(point: &Point) -> bool {
    // Not true of what is no number.
    point.x.abs() <= MAX_COORDINATE && point.y.abs() <= MAX_COORDINATE
}

fn is_somewhere(quad: &Quad) -> bool {
    quad.0.iter().all(is_point)
}

fn is_short(text: &str, limit: usize) -> bool {
    text.chars().nth(limit).is_none()
}

fn is_name(name: &str) -> bool {
    is_short(name, MAX_NAME_CHARS) && !name.trim().is_empty() && !name.chars().any(char::is_control)
}

/// Whether a meaning is short enough, and its place one on earth.
fn is_meant(meaning: &Meaning) -> bool {
    let texts: Vec<&String> = match meaning {
        Meaning::Text => Vec::new(),
        Meaning::Place { latitude, longitude } => return latitude.abs() <= 90.0 && longitude.abs() <= 180.0,
        Meaning::Url { url: text } | Meaning::Product { gtin: text } | Meaning::Phone { number: text } => vec![text],
        Meaning::Wifi(Wifi { ssid, password, .. }) => [ssid].into_iter().chain(password).collect(),
        Meaning::Sms(Sms { number, body }) => [number].into_iter().chain(body).collect(),
        Meaning::Mail(Mail { to, subject, body }) => to.iter().chain(subject).chain(body).collect(),
        Meaning::Event(Event { summary, starts, ends, place }) => {
            [summary].into_iter().chain(starts).chain(ends).chain(place).collect()
        }
        Meaning::Payment(Payment { payee, account, amount, currency, reference, message, .. }) => {
            let told = [amount, currency, reference, message].into_iter().flatten();
            [payee, account].into_iter().chain(told).collect()
        }
        Meaning::Contact(Contact { name, organisation, phones, mails, urls, addresses, note }) => {
            let lists = [phones, mails, urls, addresses].into_iter().flatten();
            [name].into_iter().chain(organisation).chain(note).chain(lists).collect()
        }
    };
    texts.iter().map(|text| text.chars().count() + 1).sum::<usize>() <= MAX_MEANING_CHARS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognition::{ColourName, Embedding, ImageKind, KindGuess, Part, PerceptualHash, Symbology};

    fn square() -> Quad {
        Quad::from_edges(0.0, 0.0, 1.0, 1.0)
    }

    /// One of everything.
    fn good() -> Recognition {
        Recognition {
            by: vec![Stamp { part: Part::Labels, name: "x".into(), version: "1".into() }],
            kind: Some(KindGuess { kind: ImageKind::Photo, confidence: 0.5 }),
            codes: vec![code_of("x", Meaning::Url { url: "https://x".into() })],
            colours: vec![Colour { name: ColourName::Blue, rgb: [0; 3], share: 0.5 }],
            hash: Some(PerceptualHash { across: 1, down: 2 }),
            labels: vec![Label { name: "dog".into(), confidence: 0.5 }],
            objects: vec![Object { name: "hot dog".into(), confidence: 1.0, quad: square() }],
            faces: vec![Face { confidence: 0.0, quad: square(), landmarks: vec![Point { x: 0.0, y: -2.0 }] }],
            embedding: Embedding::new("m", &[1.0]),
        }
    }

    fn code_of(text: &str, meaning: Meaning) -> Code {
        Code { symbology: Symbology::Qr, text: text.into(), quad: square(), meaning }
    }

    /// A recognition in JSON with one field other than in [`good`].
    fn with(field: &str, json: &str) -> Recognition {
        let mut value = serde_json::to_value(good()).unwrap();
        value[field] = serde_json::from_str(json).unwrap();
        serde_json::from_str::<Recognition>(&value.to_string()).unwrap().bounded()
    }

    #[test]
    fn what_this_program_makes_stays() {
        assert_eq!(good().bounded(), good());
        assert_eq!(Recognition::default().bounded(), Recognition::default());
    }

    #[test]
    fn what_nobody_makes_goes_alone() {
        // 1e39 is infinite as a number of 32 bits.
        let corner = r#"[{"x":0,"y":0},{"x":1,"y":0},{"x":1,"y":1},{"x":0,"y":-1e39}]"#;
        let square = r#"[{"x":0,"y":0},{"x":1,"y":0},{"x":1,"y":1},{"x":0,"y":1}]"#;
        let check =
            |field: &str, json: String, expected: Recognition| assert_eq!(with(field, &json), expected, "{json}");
        let none = |field: &str| {
            let mut expected = serde_json::to_value(good()).unwrap();
            expected.as_object_mut().unwrap().remove(field);
            serde_json::from_value::<Recognition>(expected).unwrap()
        };
        check("kind", r#"{"kind":"photo","confidence":1e39}"#.into(), none("kind"));
        check("colours", r#"[{"name":"blue","rgb":[0,0,0],"share":-1e39}]"#.into(), none("colours"));
        check("labels", r#"[{"name":"dog","confidence":1e39}]"#.into(), none("labels"));
        check("labels", r#"[{"name":" ","confidence":0.5}]"#.into(), none("labels"));
        check("labels", r#"[{"name":"a\nb","confidence":0.5}]"#.into(), none("labels"));
        let long = "x".repeat(MAX_NAME_CHARS + 1);
        check("labels", format!(r#"[{{"name":"{long}","confidence":0.5}}]"#), none("labels"));
        check("objects", format!(r#"[{{"name":"{long}","confidence":0.5,"quad":{square}}}]"#), none("objects"));
        check("objects", format!(r#"[{{"name":"dog","confidence":0.5,"quad":{corner}}}]"#), none("objects"));
        check("faces", format!(r#"[{{"confidence":1e39,"quad":{square}}}]"#), none("faces"));
        check("faces", format!(r#"[{{"confidence":0.5,"quad":{corner}}}]"#), none("faces"));
        check("codes", format!(r#"[{{"symbology":"qr","text":"x","quad":{corner}}}]"#), none("codes"));
        let long = "x".repeat(MAX_CODE_CHARS + 1);
        check("codes", format!(r#"[{{"symbology":"qr","text":"{long}","quad":{square}}}]"#), none("codes"));
        let long = "x".repeat(MAX_STAMP_CHARS + 1);
        check("by", format!(r#"[{{"part":"labels","name":"{long}","version":"1"}}]"#), none("by"));
        check("by", format!(r#"[{{"part":"labels","name":"x","version":"{long}"}}]"#), none("by"));
        check("embedding", format!(r#"{{"model":"{long}","values":"fw=="}}"#), none("embedding"));
        // The rest of a face is as good as before.
        let face = |landmarks: &str| format!(r#"[{{"confidence":0,"quad":{square},"landmarks":[{landmarks}]}}]"#);
        let bare = Face { landmarks: vec![], ..good().faces.remove(0) };
        for landmarks in [r#"{"x":1e39,"y":0}"#, &[r#"{"x":1,"y":0}"#; MAX_LANDMARKS + 1].join(",")] {
            check("faces", face(landmarks), Recognition { faces: vec![bare.clone()], ..good() });
        }
        // A number that is only a little wrong is brought to its place.
        let label = |confidence| vec![Label { name: "dog".into(), confidence }];
        check("labels", r#"[{"name":"dog","confidence":1.5}]"#.into(), Recognition { labels: label(1.0), ..good() });
        check("labels", r#"[{"name":"dog","confidence":-3}]"#.into(), Recognition { labels: label(0.0), ..good() });
    }

    #[test]
    fn meanings_that_are_too_much_mean_nothing() {
        let check = |meaning: Meaning, stays: bool| {
            let codes = vec![code_of("x", meaning.clone())];
            let bounded = Recognition { codes, ..Recognition::default() }.bounded();
            assert_eq!(bounded.codes, [code_of("x", if stays { meaning } else { Meaning::Text })]);
        };
        check(Meaning::Place { latitude: -90.0, longitude: 180.0 }, true);
        check(Meaning::Place { latitude: 91.0, longitude: 0.0 }, false);
        check(Meaning::Place { latitude: 0.0, longitude: 1e300 }, false);
        let long = || "x".repeat(MAX_MEANING_CHARS);
        for some in [None, Some(long())] {
            let stays = some.is_none();
            check(Meaning::Wifi(Wifi { password: some.clone(), ..Wifi::default() }), stays);
            check(Meaning::Sms(Sms { body: some.clone(), ..Sms::default() }), stays);
            check(Meaning::Mail(Mail { subject: some.clone(), ..Mail::default() }), stays);
            check(Meaning::Event(Event { place: some.clone(), ..Event::default() }), stays);
            check(Meaning::Payment(Payment { message: some.clone(), ..Payment::default() }), stays);
            check(Meaning::Contact(Contact { note: some.clone(), ..Contact::default() }), stays);
        }
        for (text, stays) in [(String::new(), true), (long(), false)] {
            check(Meaning::Url { url: text.clone() }, stays);
            check(Meaning::Product { gtin: text.clone() }, stays);
            check(Meaning::Phone { number: text }, stays);
        }
        let phones = |count| Meaning::Contact(Contact { phones: vec![String::new(); count], ..Contact::default() });
        check(phones(9), true);
        check(phones(MAX_MEANING_CHARS), false);
    }

    #[test]
    fn lists_end() {
        let many = Recognition {
            by: vec![good().by.remove(0); 999],
            codes: vec![good().codes.remove(0); 999],
            colours: vec![good().colours.remove(0); 999],
            labels: vec![good().labels.remove(0); 999],
            objects: vec![good().objects.remove(0); 999],
            faces: vec![good().faces.remove(0); 999],
            ..good()
        };
        let Recognition { by, codes, colours, labels, objects, faces, .. } = many.bounded();
        let counts = [by.len(), codes.len(), colours.len(), labels.len(), objects.len(), faces.len()];
        assert_eq!(counts, [MAX_STAMPS, MAX_CODES, MAX_COLOURS, MAX_SEEN, MAX_SEEN, MAX_SEEN]);
    }
}
