//! What is known of an image beside its pixels, and what that says about its kind.
//!
//! The shifts are set by hand, in natural logarithms of odds: 0.7 doubles, 2.3 makes ten times as likely. They are small enough that
//! clear pixels win. They are not trained: in the images at hand the format of a file tells its source.

use legible_reading::recognition::ImageKind;

use super::model::KINDS;
use super::text_facts::TextFacts;

/// What is known of an image beside its pixels. Whatever is not known stays `None` and counts for nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Hints {
    /// Whether EXIF names a camera.
    pub camera: Option<bool>,
    /// How the image is stored.
    pub format: Option<StoredAs>,
    /// What the reading of its text found.
    pub text: Option<TextFacts>,
}

/// How an image is stored, as far as it tells something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredAs {
    /// JPEG, lossy WebP, HEIC: what cameras and scanners write.
    Lossy,
    /// PNG, GIF, BMP: what programs write that draw.
    Lossless,
}

/// Widths and heights, in pixels, of screens in wide use, the smaller side first.
const SCREENS: &[(u32, u32)] = &[
    (600, 1024),
    (720, 1280),
    (720, 1600),
    (750, 1334),
    (768, 1024),
    (768, 1366),
    (800, 1280),
    (828, 1792),
    (900, 1440),
    (900, 1600),
    (1050, 1680),
    (1080, 1920),
    (1080, 2340),
    (1080, 2400),
    (1125, 2436),
    (1170, 2532),
    (1179, 2556),
    (1200, 1920),
    (1206, 2622),
    (1242, 2688),
    (1284, 2778),
    (1290, 2796),
    (1440, 2560),
    (1440, 3440),
    (1600, 2560),
    (1620, 2160),
    (1640, 2360),
    (1668, 2388),
    (1800, 2880),
    (1964, 3024),
    (2048, 2732),
    (2160, 3840),
    (2234, 3456),
];

/// What is added to the score of each kind for an image of this size.
pub fn shift(hints: &Hints, width: u32, height: u32) -> [f32; KINDS] {
    let mut shift = Shift([0.0; KINDS]);
    let lossy = hints.format == Some(StoredAs::Lossy);
    match hints.camera {
        Some(true) => {
            shift.add(1.0, &[(ImageKind::Screenshot, -6.0), (ImageKind::Chart, -2.5), (ImageKind::Photo, 1.0)])
        }
        Some(false) => shift.add(1.0, &[(ImageKind::Photo, -0.3)]),
        None => {}
    }
    let screen = SCREENS.contains(&(width.min(height), width.max(height)));
    if screen && hints.camera != Some(true) {
        shift.add(if lossy { 0.5 } else { 1.0 }, &[(ImageKind::Screenshot, 2.0)]);
    }
    match hints.format {
        Some(StoredAs::Lossless) => {
            shift.add(1.0, &[(ImageKind::Photo, -0.7), (ImageKind::Screenshot, 0.4), (ImageKind::Chart, 0.4)])
        }
        Some(StoredAs::Lossy) => shift.add(1.0, &[(ImageKind::Screenshot, -0.4), (ImageKind::Chart, -0.3)]),
        None => {}
    }
    if let Some(text) = &hints.text {
        shift.by_text(text);
    }
    shift.0
}

struct Shift([f32; KINDS]);

impl Shift {
    fn add(&mut self, weight: f32, kinds: &[(ImageKind, f32)]) {
        for (kind, by) in kinds {
            self.0[*kind as usize] += weight * by;
        }
    }

    fn by_text(&mut self, text: &TextFacts) {
        use ImageKind::{Chart, Document, Handwriting, Photo, Receipt, Screenshot};
        if text.lines == 0 {
            // Engines for print read nothing in some hands, so handwriting loses less.
            return self
                .add(1.0, &[(Document, -3.0), (Receipt, -3.0), (Handwriting, -0.7), (Screenshot, -1.0), (Photo, 0.7)]);
        }
        if text.lines >= 12 && text.covered > 0.12 {
            self.add(1.0, &[(Photo, -2.5)]);
        }
        if text.amounts >= 3 && text.digits > 0.15 {
            self.add(1.0, &[(Receipt, 1.5), (Handwriting, -0.7)]);
        }
        if text.amounts == 0 {
            self.add(1.0, &[(Receipt, -1.5)]);
        }
        if text.lines >= 6 && text.confidence > 0.93 {
            self.add(1.0, &[(Handwriting, -1.5)]);
        }
        if text.lines >= 6 && text.confidence < 0.7 {
            self.add(1.0, &[(Handwriting, 1.0), (Screenshot, -0.7)]);
        }
        if text.lines >= 4 && text.digits > 0.5 && text.amounts < 3 {
            self.add(1.0, &[(Chart, 0.7)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hints: Hints, size: (u32, u32), kind: ImageKind, expected: std::cmp::Ordering) {
        let by = shift(&hints, size.0, size.1)[kind as usize];
        assert_eq!(by.total_cmp(&0.0), expected, "{kind} by {by} for {hints:?}");
    }

    #[test]
    fn what_is_not_known_counts_for_nothing() {
        assert_eq!(shift(&Hints::default(), 900, 675), [0.0; KINDS]);
    }

    #[test]
    fn each_fact_speaks_for_or_against_a_kind() {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let plain = Hints::default();
        let camera = Hints { camera: Some(true), ..plain };
        check(camera, (900, 675), ImageKind::Screenshot, Less);
        check(camera, (1080, 1920), ImageKind::Screenshot, Less);
        check(camera, (900, 675), ImageKind::Photo, Greater);
        check(plain, (1920, 1080), ImageKind::Screenshot, Greater);
        check(plain, (1921, 1080), ImageKind::Screenshot, Equal);
        check(Hints { format: Some(StoredAs::Lossless), ..plain }, (9, 9), ImageKind::Photo, Less);
        check(Hints { format: Some(StoredAs::Lossy), ..plain }, (9, 9), ImageKind::Screenshot, Less);
        let text = |text| Hints { text: Some(text), ..plain };
        check(text(TextFacts::default()), (9, 9), ImageKind::Document, Less);
        let bill = TextFacts { lines: 20, covered: 0.3, digits: 0.4, amounts: 9, confidence: 0.9 };
        check(text(bill), (9, 9), ImageKind::Receipt, Greater);
        check(text(TextFacts { amounts: 0, ..bill }), (9, 9), ImageKind::Receipt, Less);
        check(text(TextFacts { confidence: 0.5, ..bill }), (9, 9), ImageKind::Handwriting, Greater);
    }
}
