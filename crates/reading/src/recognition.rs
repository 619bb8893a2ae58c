//! What an image shows, apart from its text: its kind, codes, colours, a hash of its looks, labels, objects, faces, an embedding.
//!
//! A recognition lies in sidecars that outlive versions of the program, so everything in it may be absent, and what this
//! version does not understand of a newer one is read as its most general case or passed over.

mod bounded;
mod code;
mod colour;
pub mod contract;
mod embedding;
mod hash;
mod kind;
mod seen;
mod tolerant;
mod wrong;

use serde::{Deserialize, Serialize};

pub use code::{Code, Contact, Event, Mail, Meaning, Payment, Scheme, Sms, Symbology, Wifi, WifiSecurity};
pub use colour::{Colour, ColourName};
pub use embedding::{Embedding, NotAnEmbedding};
pub use hash::{NotAHash, PerceptualHash};
pub use kind::{ImageKind, KindGuess, UnknownKind};
pub use seen::{Face, Label, Object};
pub use wrong::Wrong;

/// Everything recognised in one image. Coordinates are pixels of the upright image, as in a [`Reading`](crate::Reading).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recognition {
    /// What made which part; a part without a stamp was not looked for.
    #[serde(deserialize_with = "tolerant::list")]
    pub by: Vec<Stamp>,
    /// What kind of image this is, where that was asked and is known.
    #[serde(deserialize_with = "tolerant::value")]
    pub kind: Option<KindGuess>,
    /// The codes, from top to bottom, then from left to right.
    #[serde(deserialize_with = "tolerant::list")]
    pub codes: Vec<Code>,
    /// The dominant colours, the largest share first.
    #[serde(deserialize_with = "tolerant::list")]
    pub colours: Vec<Colour>,
    /// What it looks like, for finding its near duplicates.
    #[serde(deserialize_with = "tolerant::value")]
    pub hash: Option<PerceptualHash>,
    /// What it shows as a whole, the surest first.
    #[serde(deserialize_with = "tolerant::list")]
    pub labels: Vec<Label>,
    /// Things in it, the surest first.
    #[serde(deserialize_with = "tolerant::list")]
    pub objects: Vec<Object>,
    /// Faces in it, the surest first.
    #[serde(deserialize_with = "tolerant::list")]
    pub faces: Vec<Face>,
    /// What a model makes of its looks, for finding images that show something alike.
    #[serde(deserialize_with = "tolerant::value")]
    pub embedding: Option<Embedding>,
}

impl Recognition {
    /// The stamp of a part, where it was looked for.
    pub fn stamp(&self, part: Part) -> Option<&Stamp> {
        self.by.iter().find(|stamp| stamp.part == part)
    }

    /// Notes what made a part, in place of what made it before.
    pub fn sign(&mut self, stamp: Stamp) {
        self.by.retain(|other| other.part != stamp.part);
        self.by.push(stamp);
    }

    /// Takes over each part that `newer` has a stamp of. Where that tells that the image is no photo after all, what models
    /// saw in it goes: they see things that are not there in anything else.
    pub fn update(&mut self, newer: Recognition) {
        let Recognition { by, kind, codes, colours, hash, labels, objects, faces, embedding } = newer;
        let made = |part| by.iter().any(|stamp| stamp.part == part);
        if made(Part::Kind) {
            self.kind = kind;
            if kind.is_none_or(|guess| !guess.kind.is_seen_by_models()) {
                self.forget_seen();
            }
        }
        if made(Part::Codes) {
            self.codes = codes;
        }
        if made(Part::Colours) {
            self.colours = colours;
        }
        if made(Part::Hash) {
            self.hash = hash;
        }
        if made(Part::Labels) {
            self.labels = labels;
        }
        if made(Part::Objects) {
            self.objects = objects;
        }
        if made(Part::Faces) {
            self.faces = faces;
        }
        if made(Part::Embedding) {
            self.embedding = embedding;
        }
        by.into_iter().for_each(|stamp| self.sign(stamp));
    }

    /// Whether anything is known of a part that models see.
    pub fn has(&self, part: Part) -> bool {
        match part {
            Part::Labels => !self.labels.is_empty(),
            Part::Objects => !self.objects.is_empty(),
            Part::Faces => !self.faces.is_empty(),
            Part::Embedding => self.embedding.is_some(),
            Part::Codes | Part::Colours | Part::Hash | Part::Kind | Part::Unknown => false,
        }
    }

    /// Lets go of what models saw, with its stamps: [`Part::SEEN`].
    pub fn forget_seen(&mut self) {
        self.forget(&Part::SEEN);
    }

    /// Lets go of those of these parts that models make, with their stamps.
    pub fn forget(&mut self, parts: &[Part]) {
        for part in parts {
            match part {
                Part::Labels => self.labels.clear(),
                Part::Objects => self.objects.clear(),
                Part::Faces => self.faces.clear(),
                Part::Embedding => self.embedding = None,
                Part::Codes | Part::Colours | Part::Hash | Part::Kind | Part::Unknown => continue,
            }
            self.by.retain(|stamp| stamp.part != *part);
        }
    }
}

/// What made a [`Recognition`], and the kind that decides what else is to be made: read from the same JSON without all the rest.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Made {
    /// As [`Recognition::by`].
    pub by: Vec<Stamp>,
    /// As [`Recognition::kind`].
    #[serde(deserialize_with = "tolerant::value")]
    pub kind: Option<KindGuess>,
}

/// A part of a recognition: each is made by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// [`Recognition::codes`].
    Codes,
    /// [`Recognition::colours`].
    Colours,
    /// [`Recognition::hash`].
    Hash,
    /// [`Recognition::kind`].
    Kind,
    /// [`Recognition::labels`].
    Labels,
    /// [`Recognition::objects`].
    Objects,
    /// [`Recognition::faces`].
    Faces,
    /// [`Recognition::embedding`].
    Embedding,
    /// One that only a newer version knows.
    #[default]
    #[serde(other)]
    Unknown,
}

impl Part {
    /// The parts that models make, which look at photos only.
    pub const SEEN: [Part; 4] = [Part::Labels, Part::Objects, Part::Faces, Part::Embedding];

    /// Every part that this version knows.
    pub const ALL: [Part; 8] =
        [Part::Codes, Part::Colours, Part::Hash, Part::Kind, Part::Labels, Part::Objects, Part::Faces, Part::Embedding];

    /// The name in sidecars and databases.
    pub fn name(self) -> &'static str {
        match self {
            Part::Codes => "codes",
            Part::Colours => "colours",
            Part::Hash => "hash",
            Part::Kind => "kind",
            Part::Labels => "labels",
            Part::Objects => "objects",
            Part::Faces => "faces",
            Part::Embedding => "embedding",
            Part::Unknown => "unknown",
        }
    }

    /// The part of a name; [`Part::Unknown`] for one that there is not.
    pub fn named(name: &str) -> Part {
        Part::ALL.into_iter().find(|part| part.name() == name).unwrap_or(Part::Unknown)
    }
}

/// Which code or model made a part of a recognition. What has another version may come out differently.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stamp {
    /// The part.
    pub part: Part,
    /// The model's or algorithm's name.
    pub name: String,
    /// Its version, and that of the code around it.
    pub version: String,
}

impl Stamp {
    /// Whether this model made the part, alone or with others.
    pub fn is_by(&self, model: &str) -> bool {
        self.name.split('+').any(|name| name == model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Quad;

    fn check(json: &str, expected: Recognition) {
        assert_eq!(serde_json::from_str::<Recognition>(json).unwrap(), expected, "{json}");
    }

    #[test]
    fn an_old_or_newer_sidecar_is_read_as_far_as_it_is_understood() {
        check("{}", Recognition::default());
        check(r#"{"kind": {"kind": "map", "confidence": 1}, "colours": [{"name": "teal"}], "hash": 5}"#, {
            Recognition::default()
        });
        let dog = Label { name: "dog".into(), confidence: 0.5 };
        let labels = r#""labels": [{"name": 7}, null, {"name": "dog", "confidence": 0.5}, {"name": "owl"}]"#;
        let wrong = r#""by": [5], "codes": {"x": 1}, "colours": null, "objects": "many", "faces": [[]]"#;
        check(&format!("{{{labels}, {wrong}}}"), Recognition { labels: vec![dog], ..Recognition::default() });
        check(r#"{"kind": null, "hash": "00000000000000ff0000000000000001", "weather": "rain"}"#, {
            Recognition { hash: Some(PerceptualHash { across: 255, down: 1 }), ..Recognition::default() }
        });
        let quad = r#"[{"x":0,"y":0},{"x":1,"y":0},{"x":1,"y":1},{"x":0,"y":1}]"#;
        let code = |symbology, meaning| Recognition {
            codes: vec![Code { symbology, text: "x".into(), quad: Quad::from_edges(0.0, 0.0, 1.0, 1.0), meaning }],
            ..Recognition::default()
        };
        let json = |rest: &str| format!(r#"{{"codes": [{{"text": "x", "quad": {quad}{rest}}}]}}"#);
        check(&json(r#", "symbology": "qr""#), code(Symbology::Qr, Meaning::Text));
        let newer = r#", "symbology": "dot_code", "meaning": {"kind": "ticket", "seat": "4b"}"#;
        check(&json(newer), code(Symbology::Other, Meaning::Text));
        let wifi = Wifi { ssid: "home".into(), ..Wifi::default() };
        check(
            &json(r#", "symbology": "qr", "meaning": {"kind": "wifi", "ssid": "home", "security": "wpa9"}"#),
            code(Symbology::Qr, Meaning::Wifi(Wifi { security: WifiSecurity::Other, ..wifi })),
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        let recognition = Recognition {
            by: vec![Stamp { part: Part::Codes, name: "rxing".into(), version: "1".into() }],
            kind: Some(KindGuess { kind: ImageKind::Receipt, confidence: 0.75 }),
            codes: vec![Code {
                symbology: Symbology::Ean13,
                text: "4006381333931".into(),
                quad: Quad::from_edges(1.0, 2.0, 3.0, 4.0),
                meaning: Meaning::Product { gtin: "4006381333931".into() },
            }],
            colours: vec![Colour { name: ColourName::Blue, rgb: [1, 2, 250], share: 0.5 }],
            hash: Some(PerceptualHash { across: u64::MAX, down: 1 }),
            labels: vec![Label { name: "dog".into(), confidence: 0.5 }],
            objects: vec![Object { name: "dog".into(), confidence: 0.5, quad: Quad::from_edges(0.0, 0.0, 1.0, 1.0) }],
            faces: vec![Face { confidence: 0.5, quad: Quad::from_edges(0.0, 0.0, 1.0, 1.0), landmarks: vec![] }],
            embedding: Embedding::new("look", &[1.0, -0.5, 0.0]),
        };
        let json = serde_json::to_string(&recognition).unwrap();
        assert_eq!(serde_json::from_str::<Recognition>(&json).unwrap(), recognition, "{json}");
        let made: Made = serde_json::from_str(&json).unwrap();
        assert_eq!((&made.by, made.kind), (&recognition.by, recognition.kind));
        assert_eq!(recognition.stamp(Part::Codes).map(|stamp| stamp.name.as_str()), Some("rxing"));
        assert_eq!(recognition.stamp(Part::Faces), None);
    }

    #[test]
    fn parts_are_named_as_they_are_written() {
        for part in Part::ALL {
            assert_eq!((serde_json::to_value(part).unwrap(), Part::named(part.name())), (part.name().into(), part));
        }
        assert_eq!(Part::named("weather"), Part::Unknown);
    }

    #[test]
    fn what_models_saw_goes_with_the_photo() {
        let signed = |parts: &[Part]| {
            let by = parts.iter().map(|&part| Stamp { part, name: "x".into(), version: "1".into() }).collect();
            Recognition { by, ..Recognition::default() }
        };
        let check = |kind: Option<ImageKind>, newer: &[Part], expected: &[Part], labels: usize| {
            let label = Label { name: "dog".into(), confidence: 0.5 };
            let mut known = Recognition { labels: vec![label], ..signed(&[Part::Hash, Part::Kind, Part::Labels]) };
            let kind = kind.map(|kind| KindGuess { kind, confidence: 0.9 });
            known.update(Recognition { kind, ..signed(newer) });
            let parts: Vec<Part> = known.by.iter().map(|stamp| stamp.part).collect();
            assert_eq!((parts.as_slice(), known.labels.len()), (expected, labels), "{kind:?} {newer:?}");
        };
        use Part::{Codes, Hash, Kind, Labels};
        check(Some(ImageKind::Photo), &[Kind], &[Hash, Labels, Kind], 1);
        check(Some(ImageKind::Receipt), &[Kind], &[Hash, Kind], 0);
        check(None, &[Kind], &[Hash, Kind], 0);
        check(None, &[Codes], &[Hash, Kind, Labels, Codes], 1);
        check(None, &[Labels], &[Hash, Kind, Labels], 0);
    }
}
