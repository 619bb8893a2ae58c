//! Codes of the real pictures beside the project: which carry some, and that nothing else is taken for one.
//!
//! Needs the collection in `LEGIBLE_IMAGES_DIR` (or `../shared/images` beside the clone); says so and passes without.

#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

mod pictures;

use std::path::Path;

use legible_reading::recognition::{Part, Recognition};
use legible_vision::decode::{Decoded, decode};
use legible_vision::engine::Unwatched;
use legible_vision::recognise::models::Models;
use legible_vision::recognise::{Question, recognise, stamps};

/// What is printed on the pictures, seen by eye: the end of the path, the symbology and the text of each code.
const PRINTED: [(&str, &str, &str); 3] = [
    ("receipt/011.jpg", "code128", "2018020951320023885"),
    ("receipt/056.jpg", "qr", "https://feedbackcbtl.typeform.com/to/BJBEi6"),
    ("receipt/089.jpg", "code128", "00518087100028"),
];

#[test]
fn nothing_but_codes_is_taken_for_one() {
    let Some(pictures) = pictures::under("") else { return };
    // All where told so, else each tenth: all take minutes.
    let step = if std::env::var_os("LEGIBLE_ALL_IMAGES").is_some() { 1 } else { 10 };
    let carries = |path: &Path| PRINTED.iter().any(|(end, ..)| path.ends_with(end));
    let some = pictures.iter().enumerate().filter(|(at, path)| at % step == 0 || carries(path));
    let (mut looked_at, mut wrong) = (0, Vec::new());
    for (_, path) in some {
        let Ok(decoded) = decode(&std::fs::read(path).unwrap()) else { continue };
        looked_at += 1;
        let codes = codes(&decoded).codes;
        let found: Vec<_> = codes.iter().map(|code| (code.symbology.name(), code.text.as_str())).collect();
        let printed: Vec<_> = PRINTED
            .iter()
            .filter(|(end, ..)| path.ends_with(end))
            .map(|(_, symbology, text)| (*symbology, *text))
            .collect();
        if found != printed {
            wrong.push(format!("{}: {found:?} instead of {printed:?}", path.display()));
        }
    }
    eprintln!("{looked_at} pictures, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn codes(decoded: &Decoded) -> Recognition {
    let known = stamps(None, &[]).into_iter().filter(|stamp| stamp.part != Part::Codes).collect();
    let question = Question { known, ..Question::default() };
    recognise(decoded, &question, &mut Models::new(Vec::new()), &Unwatched).unwrap().recognition
}
