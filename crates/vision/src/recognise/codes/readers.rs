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
use rxing::oned::{MultiFormatOneDReader, OneDReader};
use rxing::pdf417::decoder::pdf_417_scanning_decoder;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, datamatrix};

use super::found::Found;

/// Whether a code is printed as codes usually are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polarity {
    /// As usual.
    DarkOnLight,
    /// The other way round.
    LightOnDark,
}

impl Polarity {
    /// As usual first.
    pub const BOTH: [Polarity; 2] = [Polarity::DarkOnLight, Polarity::LightOnDark];

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

/// Where the decoder of PDF417 begins to look: above and below at the inner sides of the start and stop patterns, and how wide a
/// sign is at least and at most, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StackedFrame {
    pub left: Option<[(f32, f32); 2]>,
    pub right: Option<[(f32, f32); 2]>,
    pub sign: (u32, u32),
}

/// The text of a PDF417 code that stands about upright.
pub fn pdf417(matrix: &BitMatrix, frame: &StackedFrame) -> Option<String> {
    let [top_left, bottom_left] = corners_of(frame.left);
    let [top_right, bottom_right] = corners_of(frame.right);
    contained(|| {
        let (least, most) = frame.sign;
        let decoded =
            pdf_417_scanning_decoder::decode(matrix, top_left, bottom_left, top_right, bottom_right, least, most)
                .ok()?;
        Some(decoded.getText().to_string()).filter(|text| !text.is_empty())
    })
}

fn corners_of(side: Option<[(f32, f32); 2]>) -> [Option<rxing::Point>; 2] {
    side.map_or([None; 2], |ends| ends.map(|(x, y)| Some(rxing::Point { x, y })))
}

/// The Aztec code in the middle of a picture.
pub fn aztec(matrix: &BitMatrix) -> Option<Found> {
    contained(|| {
        let detected = rxing::aztec::detector::Detector::new(matrix).detect(false).ok()?;
        let decoded = rxing::aztec::decoder::decode(&detected).ok()?;
        found(Symbology::Aztec, decoded.getText(), aztec_corners(corners(detected.getPoints())?))
    })
}

/// The Data Matrix codes of a small picture, in any rotation.
pub fn data_matrix(matrix: &BitMatrix) -> Vec<Found> {
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

/// The corners of an Aztec code, from the top left one of the picture: its reader does not say which is the code's own.
fn aztec_corners(Quad(mut corners): Quad) -> Quad {
    let first = (0..4).min_by(|&a, &b| (corners[a].x + corners[a].y).total_cmp(&(corners[b].x + corners[b].y)));
    corners.rotate_left(first.unwrap_or_default());
    Quad(corners)
}
