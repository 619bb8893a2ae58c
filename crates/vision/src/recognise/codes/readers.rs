//! The edge to `rxing`: each decoder behind one function that takes pixels and gives codes in their coordinates.
//!
//! `rxing` counts on its own arithmetic here and there (indices, unwrapped options), so each call is contained: a panic
//! there means "nothing found here". Nothing of ours is changed inside, so nothing is left half done.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::GrayImage;
use legible_reading::recognition::Symbology;
use legible_reading::{Point, Quad};
use rxing::common::{BitArray, BitMatrix, DetectorRXingResult, HybridBinarizer};
use rxing::multi::MultipleBarcodeReader;
use rxing::oned::{MultiFormatOneDReader, OneDReader};
use rxing::pdf417::PDF417Reader;
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, RXingResult, RXingResultMetadataType,
    RXingResultMetadataValue, datamatrix,
};

use super::busy;
use super::found::Found;
use super::guards;
use super::runs::{self, Run};
use crate::limits::MAX_CODES_OF_A_LAYER;

/// Whether a code is printed as codes usually are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polarity {
    /// As usual.
    DarkOnLight,
    /// The other way round.
    LightOnDark,
}

impl Polarity {
    /// A brightness as if the code were printed as usual.
    pub fn seen(self, value: u8) -> u8 {
        match self {
            Polarity::DarkOnLight => value,
            Polarity::LightOnDark => 255 - value,
        }
    }
}

/// Which pixels of a picture are printed, by local thresholds.
pub fn printed(luma: &GrayImage, polarity: Polarity) -> Option<BitMatrix> {
    let mut matrix = contained(|| Some(bitmap(luma)?.get_black_matrix().clone()))?;
    if polarity == Polarity::LightOnDark {
        matrix.flip_self();
    }
    Some(matrix)
}

fn bitmap(luma: &GrayImage) -> Option<BinaryBitmap<HybridBinarizer<Luma8Source<'_>>>> {
    let source = Luma8Source::new_with_slice(luma.as_raw(), luma.width(), luma.height()).ok()?;
    Some(BinaryBitmap::new(HybridBinarizer::new(source)))
}

/// The texts of the PDF417 codes that stand about upright or on their head, and where they are, if the reader saw both of
/// their ends. `matrix` is what is [`printed`].
pub fn pdf417(luma: &GrayImage, polarity: Polarity, matrix: &BitMatrix) -> Vec<(String, Option<Quad>)> {
    if !has_pdf417_end(matrix) {
        return Vec::new();
    }
    let results = contained(|| {
        let mut bitmap = bitmap(luma)?;
        if polarity == Polarity::LightOnDark {
            bitmap.invert();
        }
        PDF417Reader::new().decode_multiple_with_hints(&mut bitmap, &hints(&[BarcodeFormat::PDF_417])).ok()
    });
    let size = (matrix.getWidth() as usize, matrix.getHeight() as usize);
    let results = results.unwrap_or_default();
    results.iter().map(|result| (result.getText().to_string(), pdf417_corners(result, size))).collect()
}

/// The Aztec code in the middle of a picture.
pub fn aztec(matrix: &BitMatrix) -> Option<Found> {
    contained(|| {
        let detected = rxing::aztec::detector::Detector::new(matrix).detect(false).ok()?;
        let decoded = rxing::aztec::decoder::decode(&detected).ok()?;
        found(Symbology::Aztec, decoded.getText(), aztec_corners(corners(detected.getPoints())?))
    })
}

/// The Data Matrix codes of a picture, in any rotation.
///
/// # Errors
/// Those of `go_on`, which is asked in between.
pub fn data_matrix<E>(matrix: &BitMatrix, go_on: &dyn Fn() -> Result<(), E>) -> Result<Vec<Found>, E> {
    let mut all: Vec<Found> = Vec::new();
    for area in busy::areas(matrix) {
        let Some(mut rest) = area.cut(matrix) else { continue };
        // Its detector sees one code on a line, so it looks again with those painted over that were read.
        while all.len() < MAX_CODES_OF_A_LAYER {
            go_on()?;
            let some = data_matrix_once(&rest);
            if some.is_empty() {
                break;
            }
            some.iter().for_each(|found| paint_over(&mut rest, &found.quad));
            let there = |p: Point| Point { x: p.x + area.left as f32, y: p.y + area.top as f32 };
            all.extend(some.into_iter().map(|found| Found { quad: Quad(found.quad.0.map(there)), ..found }));
        }
    }
    Ok(all)
}

fn data_matrix_once(matrix: &BitMatrix) -> Vec<Found> {
    let symbols = contained(|| datamatrix::detector::zxing_cpp_detector::detect(matrix, true, true).ok());
    let decoder = datamatrix::decoder::Decoder::new();
    let read = |symbol: &datamatrix::detector::DatamatrixDetectorResult| {
        contained(|| {
            let decoded = decoder.decode(symbol.getBits()).ok()?;
            found(Symbology::DataMatrix, decoded.getText(), corners(symbol.getPoints())?)
        })
    };
    let mut all: Vec<Found> = Vec::new();
    for found in symbols.unwrap_or_default().iter().filter_map(read) {
        // The lines that cross a code each see it.
        if !all.contains(&found) {
            all.push(found);
        }
    }
    all
}

fn paint_over(matrix: &mut BitMatrix, quad: &Quad) {
    let (left, top, right, bottom) = quad.edges();
    let (width, height) = (matrix.getWidth(), matrix.getHeight());
    let within = |edge: f32, end: u32| edge.clamp(0.0, end as f32) as u32;
    for y in within(top, height)..within(bottom + 1.0, height) {
        for x in within(left, width)..within(right + 1.0, width) {
            matrix.unset(x, y);
        }
    }
}

/// A linear code in a line across its bars.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearCode {
    pub symbology: Symbology,
    pub text: String,
    /// Where its bars begin and end, counted in samples of the line.
    pub span: (f32, f32),
}

/// The first linear code in a line of samples, `true` where it is printed.
pub fn linear(line: &[bool]) -> Option<LinearCode> {
    let wanted = hints(&[BarcodeFormat::EAN_13, BarcodeFormat::EAN_8, BarcodeFormat::CODE_128]);
    let result = contained(|| {
        let mut row = BitArray::with_size(line.len());
        line.iter().enumerate().filter(|(_, printed)| **printed).for_each(|(at, _)| row.set(at));
        MultiFormatOneDReader::new(&wanted).decode_row(0, &row, &wanted).ok()
    })?;
    let symbology = match result.getBarcodeFormat() {
        BarcodeFormat::EAN_13 => Symbology::Ean13,
        BarcodeFormat::EAN_8 => Symbology::Ean8,
        BarcodeFormat::CODE_128 => Symbology::Code128,
        _ => return None,
    };
    let [from, to, ..] = result.getPoints() else { return None };
    Some(LinearCode { symbology, text: result.getText().to_string(), span: (from.x, to.x) })
}

fn hints(formats: &[BarcodeFormat]) -> DecodeHints {
    let formats = HashSet::from_iter(formats.iter().copied());
    DecodeHints { TryHarder: Some(true), PossibleFormats: Some(formats), ..DecodeHints::default() }
}

pub fn contained<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}

fn found(symbology: Symbology, text: &str, quad: Quad) -> Option<Found> {
    (!text.is_empty()).then(|| Found { symbology, text: text.to_string(), quad })
}

/// Four corners, clockwise from the code's own top left one.
fn corners(points: &[rxing::Point]) -> Option<Quad> {
    let [a, b, c, d, ..] = points else { return None };
    Some(Quad([a, b, c, d].map(|p| Point { x: p.x, y: p.y })))
}

/// Whether neighbouring rows or columns show an end of PDF417 at one place: looking for it takes a fraction of the reader's time,
/// and nearly no picture has it.
fn has_pdf417_end(matrix: &BitMatrix) -> bool {
    let (width, height) = (matrix.getWidth(), matrix.getHeight());
    goes_on(height, |y, line| runs::of_row(matrix, y, line))
        || goes_on(width, |x, line| runs::of_column(matrix, x, line))
}

/// Whether neighbours among `count` lines show such an end at one place.
fn goes_on(count: u32, runs_of: impl Fn(u32, &mut Vec<Run>)) -> bool {
    let mut line = Vec::new();
    let mut before: Vec<(usize, usize)> = Vec::new();
    for at in (0..count).step_by(3) {
        runs_of(at, &mut line);
        let here: Vec<(usize, usize)> = guards::pdf417_ends(&line).collect();
        // A module is a seventeenth of the pattern: the code may lean by some 20°.
        let goes_on =
            |&(start, width): &(usize, usize)| before.iter().any(|(other, _)| other.abs_diff(start) <= 1 + width / 8);
        if here.iter().any(goes_on) {
            return true;
        }
        before = here;
    }
    false
}

/// The corners of an Aztec code, from the top left one of the picture: its reader does not say which is the code's own.
fn aztec_corners(Quad(mut corners): Quad) -> Quad {
    let first = (0..4).min_by(|&a, &b| (corners[a].x + corners[a].y).total_cmp(&(corners[b].x + corners[b].y)));
    corners.rotate_left(first.unwrap_or_default());
    Quad(corners)
}

/// The corners of a PDF417 code. Its points lie in a picture that was turned counter-clockwise, as the metadata tell.
fn pdf417_corners(result: &RXingResult, (width, height): (usize, usize)) -> Option<Quad> {
    let points = result.getPoints();
    // Top left, bottom left, top right, bottom right; then those of the part between the start and stop patterns.
    let [top_left, bottom_left, top_right, bottom_right, _, _, _, _] = points else { return None };
    let upright = [top_left, top_right, bottom_right, bottom_left];
    let turned = match result.getRXingResultMetadata().get(&RXingResultMetadataType::ORIENTATION) {
        Some(RXingResultMetadataValue::Orientation(degrees)) => *degrees,
        _ => 0,
    };
    let (width, height) = (width as f32, height as f32);
    Some(evened(upright.map(|rxing::Point { x, y }| match turned {
        90 => Point { x: width - y, y: *x },
        180 => Point { x: width - x, y: height - y },
        270 => Point { x: *y, y: height - x },
        _ => Point { x: *x, y: *y },
    })))
}

/// A quad whose ends are equally high: the reader may lose the start or the stop pattern some rows before its end.
fn evened(corners: [Point; 4]) -> Quad {
    let [top_left, top_right, bottom_right, bottom_left] = corners;
    let between = |from: Point, to: Point| (to.x - from.x, to.y - from.y);
    let moved = |from: Point, by: (f32, f32), sign: f32| Point { x: from.x + sign * by.0, y: from.y + sign * by.1 };
    let cosine = |a: (f32, f32), b: (f32, f32)| ((a.0 * b.0 + a.1 * b.1) / (a.0.hypot(a.1) * b.0.hypot(b.1))).abs();
    let (left, right) = (between(top_left, bottom_left), between(top_right, bottom_right));
    let (top, bottom) = (between(top_left, top_right), between(bottom_left, bottom_right));
    // Of the shorter end, the corner that makes the right angle is where it should be.
    let quad = match left.0.hypot(left.1) >= right.0.hypot(right.1) {
        true if cosine(top, left) <= cosine(bottom, left) => {
            [top_left, top_right, moved(top_right, left, 1.0), bottom_left]
        }
        true => [top_left, moved(bottom_right, left, -1.0), bottom_right, bottom_left],
        false if cosine(top, right) <= cosine(bottom, right) => {
            [top_left, top_right, bottom_right, moved(top_left, right, 1.0)]
        }
        false => [moved(bottom_left, right, -1.0), top_right, bottom_right, bottom_left],
    };
    Quad(quad)
}
