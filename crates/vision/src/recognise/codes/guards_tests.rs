use rxing::{BarcodeFormat, MultiFormatWriter, Writer};

use super::*;
use crate::recognise::codes::{readers, runs};

/// The widths of a code's bars and gaps in its middle row, in modules.
fn widths(format: BarcodeFormat, text: &str) -> Vec<f32> {
    let side = i32::from(format != BarcodeFormat::PDF_417);
    let matrix = MultiFormatWriter.encode(text, &format, side, side).unwrap();
    let [left, top, width, height] = matrix.getEnclosingRectangle().unwrap();
    let row: Vec<bool> = (left..left + width).map(|x| matrix.get(x, top + height / 2)).collect();
    runs::of(&row).iter().map(|run| run.length as f32).collect()
}

/// A line of samples with light on both sides, each edge moved by at most `jitter` modules.
fn line(widths: &[f32], module: f32, jitter: f32, random: &mut impl FnMut() -> f32) -> Vec<bool> {
    let mut samples = vec![false; (12.0 * module) as usize];
    let (start, mut end) = (samples.len() as f32, 0.0);
    for (at, width) in widths.iter().enumerate() {
        end += width * module;
        let moved = start + end + (2.0 * random() - 1.0) * jitter * module;
        samples.resize((moved.round() as usize).max(samples.len()), at % 2 == 0);
    }
    samples.resize(samples.len() + (12.0 * module) as usize, false);
    samples
}

fn randoms(seed: u32) -> impl FnMut() -> f32 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    }
}

#[test]
fn no_line_that_its_reader_reads_is_held_back() {
    let check = |format: BarcodeFormat, text: &str| {
        let widths = widths(format, text);
        let mut random = randoms(7);
        let mut read = 0;
        for round in 0..1_500 {
            let line = line(&widths, 1.5 + 6.0 * random(), 0.05 * (round % 10) as f32, &mut random);
            if readers::linear(&line).is_some_and(|code| code.text == text) {
                read += 1;
                assert!(may_be_linear(&runs::of(&line)), "{text}, round {round}");
            }
        }
        assert!(read > 300, "{text}: {read} read");
    };
    check(BarcodeFormat::EAN_13, "4006381333931");
    check(BarcodeFormat::EAN_8, "96385074");
    check(BarcodeFormat::CODE_128, "Code-42");
    check(BarcodeFormat::CODE_128, "7");
}

#[test]
fn both_ends_of_a_stacked_code_are_seen_from_either_side() {
    let widths = widths(BarcodeFormat::PDF_417, "PDF417 as on a boarding pass");
    let mut random = randoms(3);
    for round in 0..200 {
        let mut line = line(&widths, 2.0 + 4.0 * random(), 0.2, &mut random);
        for side in ["left", "right"] {
            let runs = runs::of(&line);
            let ends: Vec<_> = pdf417_ends(&runs).map(|(start, _)| start).collect();
            let near = |share: f32| ends.iter().any(|&end| (end as f32 / line.len() as f32 - share).abs() < 0.2);
            assert!(near(0.1) && near(0.85), "from the {side}, round {round}: {ends:?} of {}", line.len());
            line.reverse();
        }
    }
}

#[test]
fn most_lines_of_anything_else_are_held_back() {
    let mut random = randoms(11);
    let (mut linear, mut stacked) = (0, 0);
    for _ in 0..2_000 {
        let widths: Vec<f32> = (0..200).map(|_| 1.0 + 8.0 * random() * random()).collect();
        let runs = runs::of(&line(&widths, 3.0, 0.0, &mut random));
        linear += usize::from(may_be_linear(&runs));
        stacked += usize::from(pdf417_ends(&runs).next().is_some());
    }
    // Chance alone: 200 bars and gaps a line.
    assert!(linear < 250 && stacked < 450, "{linear} and {stacked} of 2000");
}
