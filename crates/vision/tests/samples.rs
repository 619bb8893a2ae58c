//! Reads the committed sample images with real models, whole: bytes in, text out.
//!
//! Needs the PP-OCR models in `LEGIBLE_MODELS_DIR` (`cargo xtask test` provides them); says so and passes without.

#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use image::{Rgb, RgbImage, imageops};
use legible_reading::Reading;
use legible_vision::decode::decode;
use legible_vision::engine::{LoadError, ReadError, TextEngine, Unwatched, Watch};
use legible_vision::ppocr::PpOcr;

fn engine() -> Option<PpOcr> {
    let Some(dir) = std::env::var_os("LEGIBLE_MODELS_DIR").map(PathBuf::from) else {
        eprintln!(
            "\n*** SKIPPED: set LEGIBLE_MODELS_DIR to a directory with the PP-OCR models to read real images ***\n"
        );
        return None;
    };
    Some(PpOcr::load(&[dir], 2).unwrap())
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples")
}

fn pixels(name: &str) -> RgbImage {
    decode(&std::fs::read(samples().join(name).with_extension("png")).unwrap()).unwrap().pixels
}

fn normalised(text: &str, spaces: bool) -> Vec<char> {
    let text = text.replace(['‘', '’'], "'").replace('：', ":").replace('，', ",");
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(if spaces { " " } else { "" }).chars().collect()
}

/// Levenshtein distance.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

fn check_shape(name: &str, reading: &Reading) {
    for line in &reading.lines {
        let mut rest = line.text.as_str();
        for word in &line.words {
            let at =
                rest.find(&word.text).unwrap_or_else(|| panic!("{name}: {:?} is not in {:?}", word.text, line.text));
            rest = &rest[at + word.text.len()..];
        }
        assert_eq!(rest.trim(), "", "{name}: the words cover the line {:?}", line.text);
        let (left, top, right, bottom) = line.quad.edges();
        let inside = left >= 0.0 && top >= 0.0 && right <= reading.width as f32 && bottom <= reading.height as f32;
        assert!(inside && (0.5..=1.0).contains(&line.confidence), "{name}: {line:?}");
    }
}

#[test]
fn the_samples_read_as_they_were_written() {
    let Some(engine) = engine() else { return };
    let check = |name: &str, languages: &[&str], spaces: bool| {
        let languages: Vec<String> = languages.iter().map(|tag| (*tag).to_owned()).collect();
        let expected =
            normalised(&std::fs::read_to_string(samples().join(name).with_extension("txt")).unwrap(), spaces);
        let reading = engine.read(&pixels(name), &languages, &Unwatched).unwrap();
        let seen = normalised(&reading.text(), spaces);
        let errors = edits(&seen, &expected);
        assert!(errors * 100 <= expected.len(), "{name}: {errors} errors in\n{}", reading.text());
        check_shape(name, &reading);
    };
    for name in ["page", "receipt", "columns", "german", "dark"] {
        check(name, &[], true);
        check(name, &["de", "en"], true);
    }
    check("chinese", &[], false);
    // A hint that is wrong does not keep clear text from being read.
    check("chinese", &["de"], false);
}

#[test]
fn a_page_that_is_turned_reads_as_it_was_written() {
    let Some(engine) = engine() else { return };
    type Turn = fn(&RgbImage) -> RgbImage;
    let turns: [(&str, Turn); 3] =
        [("right", imageops::rotate90), ("over", imageops::rotate180), ("left", imageops::rotate270)];
    for (name, spaces) in [("page", true), ("receipt", true), ("columns", true), ("dark", true), ("chinese", false)] {
        let image = pixels(name);
        let upright = normalised(&engine.read(&image, &[], &Unwatched).unwrap().text(), spaces);
        for (way, turn) in turns {
            let turned = turn(&image);
            let reading = engine.read(&turned, &[], &Unwatched).unwrap();
            let errors = edits(&normalised(&reading.text(), spaces), &upright);
            assert!(errors * 100 <= upright.len(), "{name} {way}: {errors} changes in\n{}", reading.text());
            check_shape(name, &reading);
            assert_eq!((reading.width, reading.height), turned.dimensions());
        }
    }
}

/// Vertical text that was cut out of horizontal: the cells of the one line of Chinese, one below the other.
#[test]
fn a_column_of_chinese_reads_downwards() {
    let Some(engine) = engine() else { return };
    let image = pixels("chinese");
    let reading = engine.read(&image, &[], &Unwatched).unwrap();
    let line = reading.lines.iter().max_by_key(|line| line.words.len()).unwrap();
    let (_, top, _, bottom) = line.quad.edges();
    let words: Vec<_> = line.words.iter().filter(|word| word.text.chars().all(char::is_alphabetic)).take(12).collect();
    let side = (bottom - top) as u32;
    let ground = *image.get_pixel(0, 0);
    let mut column = RgbImage::from_pixel(side * 3, side * (words.len() as u32 + 2), ground);
    for (i, word) in (1..).zip(&words) {
        let (left, _, right, _) = word.quad.edges();
        let cell = imageops::crop_imm(&image, left as u32, top as u32, (right - left) as u32, side).to_image();
        imageops::replace(&mut column, &cell, i64::from(side), i * i64::from(side));
    }
    let expected: String = words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(engine.read(&column, &[], &Unwatched).unwrap().text(), expected);
}

#[test]
fn a_word_stands_where_its_box_says() {
    let Some(engine) = engine() else { return };
    let image = pixels("page");
    let reading = engine.read(&image, &[], &Unwatched).unwrap();
    let title = reading.lines.iter().find(|line| line.text.starts_with("How the tide")).unwrap();
    let ink = |left: u32, right: u32| (left..right).any(|x| (80..105).any(|y| image.get_pixel(x, y).0[0] < 128));
    let tide = title.words.iter().find(|word| word.text == "tide").unwrap();
    let (left, _, right, _) = tide.quad.edges();
    let (left, right) = (left.round() as u32, right.round() as u32);
    assert!(ink(left, left + 12) && ink(right - 12, right), "{left} {right}");
    assert!(right - left < 90, "{left} {right}");
}

#[test]
fn a_strip_twenty_thousand_pixels_wide_is_read_to_its_end() {
    let Some(engine) = engine() else { return };
    let title = imageops::crop_imm(&pixels("german"), 30, 24, 470, 46).to_image();
    let mut strip = RgbImage::from_pixel(20_000, 50, Rgb([251, 251, 251]));
    for x in [10, 9_950, 19_400] {
        imageops::replace(&mut strip, &title, x, 2);
    }
    let text = engine.read(&strip, &[], &Unwatched).unwrap().text();
    assert_eq!(text.matches("Öffnungszeiten der Stadtbücherei").count(), 3, "{text}");
}

#[test]
fn images_without_text_and_of_odd_shape_read_as_nothing() {
    let Some(engine) = engine() else { return };
    for (width, height) in [(1, 1), (2, 400), (400, 2), (64, 64), (700, 31)] {
        let reading = engine.read(&RgbImage::from_pixel(width, height, Rgb([255; 3])), &[], &Unwatched).unwrap();
        assert_eq!((reading.text().as_str(), reading.width, reading.height), ("", width, height));
    }
}

/// Cancels at the `after`-th question, and notes what it is told.
struct Probe {
    asked: AtomicUsize,
    after: usize,
    told: Mutex<Vec<f32>>,
    answered: AtomicBool,
}

impl Watch for Probe {
    fn cancelled(&self) -> bool {
        let cancelled = self.asked.fetch_add(1, Ordering::SeqCst) >= self.after;
        self.answered.fetch_or(cancelled, Ordering::SeqCst);
        cancelled
    }

    fn progress(&self, fraction: f32) {
        self.told.lock().unwrap().push(fraction);
    }
}

#[test]
fn progress_grows_to_one_and_a_cancel_ends_the_read() {
    let Some(engine) = engine() else { return };
    let image = pixels("receipt");
    let probe = |after| Probe { asked: 0.into(), after, told: Mutex::default(), answered: false.into() };
    let watched = probe(usize::MAX);
    engine.read(&image, &[], &watched).unwrap();
    let told = watched.told.into_inner().unwrap();
    assert!(told.windows(2).all(|pair| pair[0] <= pair[1]) && (told[told.len() - 1] - 1.0).abs() < 1e-3, "{told:?}");
    for after in [0, 1, 2, 6] {
        let watched = probe(after);
        assert_eq!(engine.read(&image, &[], &watched).err(), Some(ReadError::Cancelled), "after {after}");
        assert!(watched.answered.into_inner());
        assert!(watched.told.into_inner().unwrap().len() < told.len(), "after {after}");
    }
}

#[test]
fn a_missing_or_broken_model_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let load = || PpOcr::load(&[PathBuf::from("/nowhere"), dir.path().to_path_buf()], 1).err().unwrap();
    let missing = load();
    assert!(matches!(&missing, LoadError::ModelMissing { file, .. } if file == "PP-OCRv6_det_small.onnx"), "{missing}");
    assert_eq!(missing.hint(), "Run `legible models install`.");
    for file in ["PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"] {
        std::fs::write(dir.path().join(file), b"not a model").unwrap();
    }
    assert!(matches!(load(), LoadError::ModelUnusable { .. }), "{}", load());
}
