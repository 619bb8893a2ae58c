//! What is asked for is made and signed, nothing else; a cancel is heard; the same image gives the same answer.

use std::sync::atomic::{AtomicUsize, Ordering};

use image::{Rgb, RgbImage};

use super::*;
use crate::decode::{Decoded, decode};
use crate::engine::Unwatched;

fn decoded() -> Decoded {
    let image = RgbImage::from_fn(320, 240, |x, y| Rgb([(x * 7 / 9) as u8, (y % 37 * 6) as u8, (x / 3 + y / 2) as u8]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    decode(bytes.get_ref()).unwrap()
}

/// What code without models makes of an image.
fn ask(image: &Decoded, question: &Question, watch: &dyn Watch) -> Result<Recognition, ReadError> {
    recognise(image, question, &mut Models::new(vec![]), watch).map(|found| found.recognition)
}

fn parts(found: &Recognition) -> Vec<Part> {
    found.by.iter().map(|stamp| stamp.part).collect()
}

#[test]
fn only_what_is_not_known_is_made() {
    let check = |name: &str, known: Vec<Stamp>, expected: &[Part]| {
        let question = Question { known, ..Question::default() };
        let found = ask(&decoded(), &question, &Unwatched).unwrap();
        assert_eq!(parts(&found), expected, "{name}");
        assert_eq!(found.hash.is_some(), expected.contains(&Part::Hash), "{name}");
        assert_eq!(!found.colours.is_empty(), expected.contains(&Part::Colours), "{name}");
    };
    let all = [Part::Codes, Part::Colours, Part::Hash, Part::Kind];
    check("nothing is known", vec![], &all);
    check("all is known", code_stamps(), &[]);
    check("the hash is missing", without(Part::Hash), &[Part::Hash]);
    let mut older = code_stamps();
    older[0].version = "0".into();
    check("the codes are of an older version", older, &[Part::Codes]);
    let mut other = code_stamps();
    other[3].name = "another".into();
    check("something else told the kind", other, &[Part::Kind]);
}

fn without(part: Part) -> Vec<Stamp> {
    code_stamps().into_iter().filter(|stamp| stamp.part != part).collect()
}

#[test]
fn each_part_is_signed_by_what_made_it() {
    let found = ask(&decoded(), &Question::default(), &Unwatched).unwrap();
    assert_eq!(found.by, code_stamps());
}

#[test]
fn the_same_image_gives_the_same_answer() {
    let image = decoded();
    let first = ask(&image, &Question::default(), &Unwatched).unwrap();
    for _ in 0..3 {
        assert_eq!(ask(&image, &Question::default(), &Unwatched).unwrap(), first);
    }
}

/// Cancels when it is asked for the nth time.
struct CancelAt {
    asked: AtomicUsize,
    at: usize,
}

impl Watch for CancelAt {
    fn cancelled(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed) + 1 >= self.at
    }

    fn progress(&self, _fraction: f32) {}
}

#[test]
fn a_cancel_is_heard_at_the_step_that_asks() {
    let image = decoded();
    let never = CancelAt { asked: AtomicUsize::new(0), at: usize::MAX };
    ask(&image, &Question::default(), &never).unwrap();
    let steps = never.asked.into_inner();
    assert!(steps > code_stamps().len() * 3, "{steps}");
    for at in 1..=steps {
        let watch = CancelAt { asked: AtomicUsize::new(0), at };
        assert_eq!(ask(&image, &Question::default(), &watch), Err(ReadError::Cancelled), "at {at} of {steps}");
        assert_eq!(watch.asked.into_inner(), at);
    }
}
