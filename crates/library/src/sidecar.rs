//! The sidecar: everything about one item as a JSON file that lies beside its image.

use crate::hash::ContentHash;
use crate::item::{ImageFacts, Origin, Problem};
use crate::limits::MAX_SIGNATURE_BYTES;
use legible_paths as paths;
use legible_reading::Reading;
use legible_reading::recognition::{Part, Recognition, Wrong};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// The version of the sidecar format that this program writes. It goes up when older programs would misread the file.
pub const SIDECAR_VERSION: u32 = 1;

/// What is known about an item. Times are milliseconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sidecar {
    /// Version of the format.
    pub version: u32,
    /// The name to show.
    pub name: String,
    /// Hash of the image's bytes.
    pub hash: ContentHash,
    /// Bytes of the image.
    pub size: u64,
    /// Absolute path of an image that is only referenced.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "paths::as_text")]
    pub path: Option<PathBuf>,
    /// Whether only what was read in the image was kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub text_only: bool,
    /// When the image came in.
    pub added_at: i64,
    /// When it was put in the trash, if it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trashed_at: Option<i64>,
    /// The ways in which it came in, oldest first.
    #[serde(default)]
    pub origins: Vec<Origin>,
    /// What the file says about the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<ImageFacts>,
    /// One reading per engine, the latest last.
    #[serde(default)]
    pub readings: Vec<SidecarReading>,
    /// What was recognised in it.
    #[serde(default, deserialize_with = "if_understood", skip_serializing_if = "Option::is_none")]
    pub recognition: Option<SidecarRecognition>,
    /// What the user called wrong in what was or will be recognised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<Wrong>,
    /// Names of groups of images that the user told apart although they look alike: no two with the same name are duplicates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told_apart: Vec<String>,
    /// How many readings were saved so far.
    #[serde(default)]
    pub reads: u32,
    /// Why the image could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// The user's tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The user's note.
    #[serde(default)]
    pub note: String,
}

/// What was recognised, by what, and when. It is read as far as it is understood, and within the limits of
/// [`Recognition::bounded`]: nobody made it by hand, and it is made anew where its signature is not understood. A part of which
/// something is passed over is not signed any more, so that it is made anew, too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct SidecarRecognition {
    /// When it was made.
    pub recognised_at: i64,
    /// Names all that took part.
    pub signature: String,
    /// What was recognised.
    #[serde(flatten)]
    pub recognition: Recognition,
}

/// A recognition as it stands in a sidecar.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    recognised_at: Value,
    #[serde(default)]
    signature: Value,
    #[serde(flatten)]
    recognition: Value,
}

impl From<Written> for SidecarRecognition {
    fn from(Written { recognised_at, signature, recognition }: Written) -> Self {
        let signature = signature.as_str().filter(|signature| signature.len() <= MAX_SIGNATURE_BYTES);
        let (recognised_at, mut signature) = recognised_at.as_i64().zip(signature).unwrap_or_default();
        // All in it is read as far as it is understood, so there is always one.
        let mut understood = Recognition::deserialize(&recognition).unwrap_or_default().bounded();
        let signed = understood.by.len();
        let is_whole = |part| is_understood(&recognition[Part::name(part)], count(&understood, part));
        let lost: Vec<Part> = Part::ALL.into_iter().filter(|part| !is_whole(*part)).collect();
        understood.by.retain(|stamp| !lost.contains(&stamp.part));
        if understood.by.len() < signed {
            signature = "";
        }
        SidecarRecognition { recognised_at, signature: signature.to_owned(), recognition: understood }
    }
}

/// Whether all that is written of a part came out of it.
fn is_understood(written: &Value, count: usize) -> bool {
    match written {
        Value::Null => true,
        Value::Array(list) => list.len() == count,
        _ => count == 1,
    }
}

/// How much there is of a part.
fn count(recognition: &Recognition, part: Part) -> usize {
    match part {
        Part::Codes => recognition.codes.len(),
        Part::Colours => recognition.colours.len(),
        Part::Hash => recognition.hash.iter().len(),
        Part::Kind => recognition.kind.iter().len(),
        Part::Labels => recognition.labels.len(),
        Part::Objects => recognition.objects.len(),
        Part::Faces => recognition.faces.len(),
        Part::Embedding => recognition.embedding.iter().len(),
        Part::Unknown => 0,
    }
}

fn if_understood<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SidecarRecognition>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(from)?).ok())
}

/// A reading and when it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SidecarReading {
    /// When the engine was done.
    pub read_at: i64,
    /// What it read.
    #[serde(flatten)]
    pub reading: Reading,
}

/// Why the text of a sidecar cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// Not a sidecar, or damaged.
    Broken(String),
    /// Written by a newer program.
    Newer(u64),
}

/// The sidecar that a text is; `None` when it is none, damaged, or written by a newer program.
pub fn understood(text: &[u8]) -> Option<Sidecar> {
    parse(text).ok()
}

/// Whether a text that stands where a sidecar should is none at all, or damaged; one of a newer program is neither.
pub fn is_damaged(text: &[u8]) -> bool {
    matches!(parse(text), Err(Unusable::Broken(_)))
}

/// Reads a sidecar's text.
pub(crate) fn parse(text: &[u8]) -> Result<Sidecar, Unusable> {
    // The version comes first: a newer format may lack what this one needs.
    #[derive(Deserialize)]
    struct Versioned {
        version: u64,
    }
    let broken = |error: serde_json::Error| Unusable::Broken(error.to_string());
    let Versioned { version } = serde_json::from_slice(text).map_err(broken)?;
    match version {
        0 => Err(Unusable::Broken("version 0 never existed".to_owned())),
        _ if version > u64::from(SIDECAR_VERSION) => Err(Unusable::Newer(version)),
        _ => serde_json::from_slice(text).map_err(broken),
    }
}

/// The JSON of a sidecar that replaces the one in `old`: fields that this program does not know stay.
pub(crate) fn rewrite(sidecar: &Sidecar, old: Option<&[u8]>) -> serde_json::Result<Vec<u8>> {
    let mut new = as_written(sidecar)?;
    if let Some(old) = old {
        let known = as_written(&serde_json::from_slice(old)?)?;
        keep_unknown(&mut new, &serde_json::from_slice(old)?, &known);
    }
    serde_json::to_vec(&new)
}

/// The text of a sidecar with what `other` has besides, of what this program does not understand.
pub(crate) fn join_unknown(text: Vec<u8>, other: &[u8]) -> Option<Vec<u8>> {
    let (mut json, other): (Value, Value) = (serde_json::from_slice(&text).ok()?, serde_json::from_slice(other).ok()?);
    let known = as_written(&serde_json::from_slice(&text).ok()?).ok()?;
    keep_unknown(&mut json, &other, &known);
    serde_json::to_vec(&json).ok()
}

/// The JSON value by way of its text, in which a 32-bit number keeps its few digits.
fn as_written(sidecar: &Sidecar) -> serde_json::Result<Value> {
    serde_json::from_slice(&serde_json::to_vec(sidecar)?)
}

/// Copies from `old` to `new` what this program does not understand: fields that are missing from `known`, which is `old`
/// as this program read it. An element of a list takes its old form when this program sees no change in it, and understood all
/// of that list.
fn keep_unknown(new: &mut Value, old: &Value, known: &Value) {
    match (new, old, known) {
        (Value::Object(new), Value::Object(old), Value::Object(known)) => {
            for (field, old_value) in old {
                match (new.get_mut(field), known.get(field)) {
                    (Some(new_value), Some(known_value)) => keep_unknown(new_value, old_value, known_value),
                    (None, None) => {
                        new.insert(field.clone(), old_value.clone());
                    }
                    _ => {}
                }
            }
        }
        (Value::Array(new), Value::Array(old), Value::Array(known)) if old.len() == known.len() => {
            for new_element in new {
                if let Some(same) = known.iter().position(|known_element| known_element == new_element)
                    && let Some(old_element) = old.get(same)
                {
                    *new_element = old_element.clone();
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sidecar;
    use legible_reading::recognition::{Label, Stamp};
    use proptest::prelude::*;

    #[test]
    fn unusable_texts() {
        let broken = |text: &[u8]| matches!(parse(text), Err(Unusable::Broken(_)));
        let good = rewrite(&sidecar("a.png"), None).unwrap();
        let good = String::from_utf8(good).unwrap();
        assert_eq!(parse(good.as_bytes()), Ok(sidecar("a.png")));
        assert!(broken(b"") && broken(b"{}") && broken(b"[]") && broken(b"\xFF\xFE") && broken(b"{\"version\":1}"));
        assert!(broken(&good.as_bytes()[..good.len() - 1]));
        assert!(broken(good.replace("\"version\":1", "\"version\":0").as_bytes()));
        assert!(broken(good.replace(sidecar("a.png").hash.as_str(), "../../a").as_bytes()));
        assert!(broken("[".repeat(10_000_000).as_bytes()));
        assert!(broken(format!("{{\"version\":1,\"name\":{}}}", "[".repeat(1_000_000)).as_bytes()));
        assert_eq!(parse(b"{\"version\":2,\"name\":7}"), Err(Unusable::Newer(2)));
    }

    #[test]
    fn unknown_fields_stay_in_unchanged_parts() {
        let facts =
            ImageFacts { width: 1, height: 2, format: "png".into(), camera: Some("x".into()), ..ImageFacts::default() };
        let before = Sidecar { facts: Some(facts), ..sidecar("a.png") };
        let mut old: Value = serde_json::from_slice(&rewrite(&before, None).unwrap()).unwrap();
        old["facts"]["lens"] = "50 mm".into();
        old["origins"][0]["device"] = "phone".into();
        old["readings"][0]["language"] = "en".into();
        let mut after = before.clone();
        after.facts.as_mut().unwrap().camera = None;
        after.origins.insert(0, Origin { kind: crate::OriginKind::Paste, path: None, url: None, at: 0 });
        let new = rewrite(&after, Some(old.to_string().as_bytes())).unwrap();
        assert_eq!(parse(&new), Ok(after));
        let new: Value = serde_json::from_slice(&new).unwrap();
        assert_eq!((&new["facts"]["lens"], &new["facts"].get("camera")), (&"50 mm".into(), &None));
        assert_eq!((&new["origins"][1]["device"], &new["readings"][0]["language"]), (&"phone".into(), &"en".into()));
    }

    /// A sidecar with a recognition of one label, and what `change` does to its JSON.
    fn recognised(change: impl FnOnce(&mut Value)) -> (Sidecar, Vec<u8>) {
        let labels = vec![Label { name: "dog".into(), confidence: 0.5 }];
        let recognition = Recognition { labels, ..Recognition::default() };
        let signed = SidecarRecognition { recognised_at: 5, signature: "7".into(), recognition };
        let sidecar = Sidecar { recognition: Some(signed), ..sidecar("a.png") };
        let mut json = as_written(&sidecar).unwrap();
        change(&mut json["recognition"]);
        (sidecar, json.to_string().into_bytes())
    }

    #[test]
    fn a_recognition_that_is_wrong_in_part_loses_that_part() {
        let check = |change: &dyn Fn(&mut Value), expected: &dyn Fn(&mut Option<SidecarRecognition>)| {
            let (mut sidecar, text) = recognised(change);
            expected(&mut sidecar.recognition);
            assert_eq!(parse(&text), Ok(sidecar), "{}", String::from_utf8_lossy(&text));
        };
        let unsigned = |seen: &mut Option<SidecarRecognition>| {
            let seen = seen.as_mut().unwrap();
            (seen.recognised_at, seen.signature) = (0, String::new());
        };
        let unlabelled = |seen: &mut Option<SidecarRecognition>| seen.as_mut().unwrap().recognition.labels.clear();
        check(&|_| (), &|_| ());
        check(&|json| *json = 5.into(), &|seen| *seen = None);
        check(&|json| *json = vec![1].into(), &|seen| *seen = None);
        check(&|json| json["signature"] = 5.into(), &unsigned);
        check(&|json| json["signature"] = "x".repeat(MAX_SIGNATURE_BYTES + 1).into(), &unsigned);
        check(&|json| json["recognised_at"] = "now".into(), &unsigned);
        for labels in [r#""dog""#, r#"[{"name": "dog"}]"#, r#"[{"name": "dog", "confidence": 1e39}]"#] {
            check(&|json| json["labels"] = serde_json::from_str(labels).unwrap(), &unlabelled);
        }
        for field in ["by", "kind", "codes", "colours", "hash", "objects", "faces", "embedding"] {
            for wrong in ["5", r#""x""#, "{}", "[[5]]", "null"] {
                check(&|json| json[field] = serde_json::from_str(wrong).unwrap(), &|_| ());
            }
        }
    }

    #[test]
    fn a_part_of_which_something_is_passed_over_is_left_to_be_made_anew() {
        let signed = |part: Part| Stamp { part, name: "x".into(), version: "1".into() };
        let check = |part: Part, written: &str, is_kept: bool| {
            let (_, text) = recognised(|json| {
                json["by"] = serde_json::to_value([signed(part), signed(Part::Labels)]).unwrap();
                json[part.name()] = serde_json::from_str(written).unwrap();
            });
            let seen = parse(&text).unwrap().recognition.unwrap();
            let expected = if is_kept { vec![signed(part), signed(Part::Labels)] } else { vec![signed(Part::Labels)] };
            let signature = if is_kept { "7" } else { "" };
            assert_eq!((seen.recognition.by, seen.signature.as_str()), (expected, signature), "{part:?} {written}");
        };
        check(Part::Kind, r#"{"kind": "receipt", "confidence": 0.5}"#, true);
        check(Part::Kind, "null", true);
        check(Part::Kind, r#"{"kind": "banana", "confidence": 0.5}"#, false);
        check(Part::Kind, r#"{"kind": "banana"}"#, false);
        check(Part::Hash, r#""00000000000000ff0000000000000001""#, true);
        check(Part::Hash, "5", false);
        check(Part::Codes, "[]", true);
        check(Part::Codes, "{}", false);
        check(Part::Faces, "[[]]", false);
        check(Part::Colours, r#"[{"name": "blue", "rgb": [1, 2, 3], "share": 0.5}]"#, true);
        check(Part::Colours, r#"[{"name": "blue", "rgb": [1, 2, 3], "share": 0.5}, {"name": "teal"}]"#, false);
        check(Part::Embedding, "7", false);
    }

    #[test]
    fn what_is_not_understood_never_takes_the_place_of_what_is() {
        let (sidecar, old) = recognised(|json| {
            let dog = json["labels"][0].clone();
            json["labels"] = Value::Array(vec!["?".into(), dog]);
        });
        assert_eq!(parse(&old), Ok(sidecar.clone()));
        assert_eq!(parse(&rewrite(&sidecar, Some(&old)).unwrap()), Ok(sidecar));
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,6}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_unknown_field_survives_any_number_of_rewrites(
            unknown in prop::collection::btree_map("x-.{0,8}", json(), 0..5), note in ".{0,20}", confidence in 0f32..1.0,
        ) {
            let mut sidecar = sidecar("a.png");
            let mut old: Value = serde_json::from_slice(&rewrite(&sidecar, None).unwrap()).unwrap();
            old.as_object_mut().unwrap().extend(unknown.clone());
            sidecar.note = note;
            sidecar.readings[0].reading.lines[0].confidence = confidence;
            let once = rewrite(&sidecar, Some(old.to_string().as_bytes())).unwrap();
            let twice = rewrite(&sidecar, Some(&once)).unwrap();
            prop_assert_eq!(&once, &twice);
            prop_assert_eq!(parse(&twice), Ok(sidecar));
            let new: Value = serde_json::from_slice(&twice).unwrap();
            prop_assert!(unknown.iter().all(|(field, value)| &new[field.as_str()] == value));
        }
    }
}
