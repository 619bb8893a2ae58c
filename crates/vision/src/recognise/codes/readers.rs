//! The edge to `rxing`: each decoder behind one function that takes pixels and gives codes in their coordinates.
//!
//! `rxing` counts on its own arithmetic here and there (indices, unwrapped options), so each call is contained: a panic
//! there means "nothing found here". Nothing of ours is changed inside, so nothing is left half done.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{GrayImage, Luma};
use legible_reading::recognition::Symbology;
use legible_reading::{Point, Quad};
use rxing::aztec::AztecReader;
use rxing::common::{BitArray, BitMatrix, HybridBinarizer};
use rxing::datamatrix::DataMatrixReader;
use rxing::multi::MultipleBarcodeReader;
use rxing::oned::{MultiFormatOneDReader, OneDReader};
use rxing::pdf417::PDF417Reader;
use rxing::qrcode::cpp_port::{QrReader, detector};
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, RXingResult, RXingResultMetadataType,
    RXingResultMetadataValue, Reader,
};

use super::found::Found;
use super::runs::{self, Run};
use crate::limits::{MAX_CODES_OF_A_LAYER, MAX_FINDER_PATTERNS};

/// Whether a code is printed as codes usually are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polarity {
    /// As usual.
    DarkOnLight,
    /// The other way round.
    LightOnDark,
}

impl Polarity {
    /// The value of what is not printed.
    fn ground(self) -> u8 {
        match self {
            Polarity::DarkOnLight => 255,
            Polarity::LightOnDark => 0,
        }
    }
}

type Bitmap<'a> = BinaryBitmap<HybridBinarizer<Luma8Source<'a>>>;

/// A picture in black and white, by local thresholds; black is what is printed.
pub struct Bits<'a>(Option<Bitmap<'a>>);

impl<'a> Bits<'a> {
    pub fn of(luma: &'a GrayImage, polarity: Polarity) -> Self {
        Bits(contained(|| {
            let source = Luma8Source::new_with_slice(luma.as_raw(), luma.width(), luma.height()).ok()?;
            let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
            if polarity == Polarity::LightOnDark {
                bitmap.invert();
            }
            Some(bitmap)
        }))
    }

    /// Which pixels are black, row by row.
    pub fn matrix(&self) -> Option<&BitMatrix> {
        self.0.as_ref().and_then(|bitmap| contained(|| Some(bitmap.get_black_matrix())))
    }

    /// QR codes, in any rotation; not always all of them.
    pub fn qr(&mut self) -> Vec<Found> {
        let results = self.read(|bitmap| {
            // Triples of finder patterns are tried one by one: a page full of them would take minutes.
            let patterns = detector::FindFinderPatterns(bitmap.get_black_matrix(), true, 0);
            if patterns.len() < 3 || patterns.len() > MAX_FINDER_PATTERNS {
                return None;
            }
            QrReader.decode_multiple_with_hints(bitmap, &hints(&[BarcodeFormat::QR_CODE])).ok()
        });
        let results = results.unwrap_or_default();
        results.iter().filter_map(|result| found(Symbology::Qr, result, qr_corners(result)?)).collect()
    }

    /// The texts of the PDF417 codes that stand about upright or on their head, and where they are, if the reader saw both of
    /// their ends.
    pub fn pdf417(&mut self) -> Vec<(String, Option<Quad>)> {
        if !self.matrix().is_some_and(has_pdf417_start) {
            return Vec::new();
        }
        let results = self.read(|bitmap| {
            PDF417Reader::new().decode_multiple_with_hints(bitmap, &hints(&[BarcodeFormat::PDF_417])).ok()
        });
        let size = self.0.as_ref().map_or((0, 0), |bitmap| (bitmap.get_width(), bitmap.get_height()));
        let results = results.unwrap_or_default();
        results.iter().map(|result| (result.getText().to_string(), pdf417_corners(result, size))).collect()
    }

    /// The Aztec code in the middle of the picture.
    pub fn aztec(&mut self) -> Option<Found> {
        let result = self.read(|bitmap| AztecReader.decode_with_hints(bitmap, &hints(&[BarcodeFormat::AZTEC])).ok())?;
        found(Symbology::Aztec, &result, aztec_corners(&result)?)
    }

    /// One Data Matrix code, in any rotation.
    pub fn data_matrix(&mut self) -> Vec<Found> {
        let wanted = hints(&[BarcodeFormat::DATA_MATRIX]);
        let result = self.read(|bitmap| DataMatrixReader.decode_with_hints(bitmap, &wanted).ok());
        result.and_then(|result| found(Symbology::DataMatrix, &result, corners(&result)?)).into_iter().collect()
    }

    fn read<T>(&mut self, read: impl FnOnce(&mut Bitmap<'a>) -> Option<T>) -> Option<T> {
        let bitmap = self.0.as_mut()?;
        contained(|| read(bitmap))
    }
}

/// The codes of a picture that `read` finds one or a few at a time: what was found is painted over and the rest is read
/// again, for the reader of Data Matrix gives one code, and the one of QR may mix up the patterns of several. `go_on` is
/// asked in between.
///
/// # Errors
/// Those of `go_on`.
pub fn one_after_another<E>(
    luma: &GrayImage,
    polarity: Polarity,
    read: fn(&mut Bits) -> Vec<Found>,
    go_on: &dyn Fn() -> Result<(), E>,
) -> Result<Vec<Found>, E> {
    let mut all: Vec<Found> = Vec::new();
    let mut rest: Option<GrayImage> = None;
    while all.len() < MAX_CODES_OF_A_LAYER {
        go_on()?;
        let some = read(&mut Bits::of(rest.as_ref().unwrap_or(luma), polarity));
        if some.is_empty() {
            break;
        }
        let rest = rest.get_or_insert_with(|| luma.clone());
        some.iter().for_each(|found| paint_over(rest, &found.quad, polarity.ground()));
        all.extend(some);
    }
    Ok(all)
}

fn paint_over(luma: &mut GrayImage, quad: &Quad, ground: u8) {
    let (left, top, right, bottom) = quad.edges();
    let (width, height) = luma.dimensions();
    let within = |edge: f32, end: u32| edge.clamp(0.0, end as f32) as u32;
    for y in within(top, height)..within(bottom + 1.0, height) {
        for x in within(left, width)..within(right + 1.0, width) {
            luma.put_pixel(x, y, Luma([ground]));
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

fn contained<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}

fn found(symbology: Symbology, result: &RXingResult, quad: Quad) -> Option<Found> {
    let text = result.getText();
    (!text.is_empty()).then(|| Found { symbology, text: text.to_string(), quad })
}

/// Four corners, clockwise from the code's own top left one.
fn corners(result: &RXingResult) -> Option<Quad> {
    let [a, b, c, d, ..] = result.getPoints() else { return None };
    Some(Quad([a, b, c, d].map(|p| Point { x: p.x, y: p.y })))
}

/// Whether some rows show the start pattern of PDF417, in either direction: looking for it takes a fraction of the reader's
/// time, and nearly no picture has it.
fn has_pdf417_start(matrix: &BitMatrix) -> bool {
    let mut line = Vec::new();
    let mut rows_with_it = 0;
    for y in (0..matrix.getHeight()).step_by(3) {
        runs::of_row(matrix, y, &mut line);
        let shows_it = line.windows(PDF417_START.len()).any(|window| {
            let forward = window[0].printed && is_pdf417_start(window.iter());
            forward || (!window[0].printed && is_pdf417_start(window.iter().rev()))
        });
        rows_with_it += u32::from(shows_it);
        if rows_with_it == 2 {
            return true;
        }
    }
    false
}

/// Widths of the bars and gaps of the start pattern, in modules (ISO/IEC 15438, 5.3.3).
const PDF417_START: [f32; 8] = [8.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 3.0];

fn is_pdf417_start<'r>(window: impl Iterator<Item = &'r Run> + Clone) -> bool {
    let module = window.clone().map(|run| run.length).sum::<usize>() as f32 / PDF417_START.iter().sum::<f32>();
    let fits = |(run, modules): (&Run, f32)| {
        (run.length as f32 - modules * module).abs() <= 0.25 * modules * module + 0.6 * module + 0.5
    };
    window.zip(PDF417_START).all(fits)
}

/// The corners of a QR code: its reader names the bottom left one before the bottom right one.
fn qr_corners(result: &RXingResult) -> Option<Quad> {
    corners(result).map(|Quad([top_left, top_right, bottom_left, bottom_right])| {
        Quad([top_left, top_right, bottom_right, bottom_left])
    })
}

/// The corners of an Aztec code, from the top left one of the picture: its reader does not say which is the code's own.
fn aztec_corners(result: &RXingResult) -> Option<Quad> {
    let Quad(mut corners) = corners(result)?;
    let first = (0..4).min_by(|&a, &b| (corners[a].x + corners[a].y).total_cmp(&(corners[b].x + corners[b].y)));
    corners.rotate_left(first.unwrap_or_default());
    Some(Quad(corners))
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
    Some(Quad(upright.map(|rxing::Point { x, y }| match turned {
        90 => Point { x: width - y, y: *x },
        180 => Point { x: width - x, y: height - y },
        270 => Point { x: *y, y: height - x },
        _ => Point { x: *x, y: *y },
    })))
}
