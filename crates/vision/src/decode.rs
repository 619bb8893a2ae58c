//! Encoded bytes in, an upright RGB image out, within limits.
//!
//! Bytes come from anywhere. The header is checked against the limits before anything large is allocated, and a decoder
//! that panics costs one error.

use std::io::{Cursor, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::error::{ImageError, LimitErrorKind};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use serde::{Deserialize, Serialize};

use crate::exif_facts;
use crate::limits::{MAX_BYTES, MAX_DECODER_MEMORY, MAX_PIXELS, MAX_SIDE};
use crate::sniff::{Content, sniff};

/// A decoded image.
pub struct Decoded {
    /// The pixels, upright (EXIF orientation applied), transparency laid over white or black.
    pub pixels: RgbImage,
    /// The encoded format: `png`, `jpeg`, `webp`, `gif`, `tiff` or `bmp`.
    pub format: &'static str,
    /// What else is known about the image.
    pub facts: Facts,
}

/// Facts about an image, apart from its pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Width of the upright image in pixels.
    pub width: u32,
    /// Height of the upright image in pixels.
    pub height: u32,
    /// When it was taken, as EXIF says: `YYYY-MM-DDTHH:MM:SS` in the camera's own time.
    pub taken_at: Option<String>,
    /// How far that time is ahead of UTC, when EXIF says so: `+HH:MM` or `-HH:MM`.
    #[serde(default)]
    pub taken_offset: Option<String>,
    /// Maker and model of the camera in one, as EXIF says.
    pub camera: Option<String>,
    /// The camera's maker alone.
    #[serde(default)]
    pub make: Option<String>,
    /// The camera's model alone.
    #[serde(default)]
    pub model: Option<String>,
    /// Where it was taken, as EXIF says.
    #[serde(default)]
    pub place: Option<TakenPlace>,
    /// More than one frame; only the first is decoded.
    pub animated: bool,
}

/// Where a picture was taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TakenPlace {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
}

/// Why bytes could not be decoded. Each is final: the same bytes fail again.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DecodeError {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// Nothing that looks like an image.
    #[error("this is not an image")]
    NotAnImage,
    /// Known, but not read here.
    #[error("{format} files cannot be read; save it as PNG or JPEG")]
    Unsupported {
        /// The common name of the format.
        format: &'static str,
    },
    /// Known, but encrypted.
    #[error("this {format} is protected by a password; open it, and save its pages as PNG or JPEG")]
    PasswordProtected {
        /// The common name of the format.
        format: &'static str,
    },
    /// The image ends too early.
    #[error("the {format} image is cut short: its end is missing; copy or download it again")]
    Truncated {
        /// The common name of the format.
        format: &'static str,
    },
    /// More pixels than the limits allow.
    #[error("the image is too large: {width} × {height} pixels; the limit is 200 million pixels and 65,535 per side")]
    TooLarge {
        /// Width in pixels, as the header says.
        width: u32,
        /// Height in pixels, as the header says.
        height: u32,
    },
    /// More bytes than the limits allow.
    #[error("the file is too large: {bytes} bytes; the limit is 256 MiB")]
    TooManyBytes {
        /// How many there are.
        bytes: usize,
    },
    /// Damaged in some other way; the decoder's own words.
    #[error("the image is damaged: {0}")]
    Corrupt(String),
}

impl DecodeError {
    /// A stable name for this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            DecodeError::Empty => "image-empty",
            DecodeError::NotAnImage => "image-not-an-image",
            DecodeError::Unsupported { .. } => "image-unsupported",
            DecodeError::PasswordProtected { .. } => "image-password-protected",
            DecodeError::Truncated { .. } => "image-truncated",
            DecodeError::TooLarge { .. } => "image-too-large",
            DecodeError::TooManyBytes { .. } => "image-too-many-bytes",
            DecodeError::Corrupt(_) => "image-corrupt",
        }
    }
}

/// Decodes the first frame of an encoded image. The content decides the format.
///
/// # Errors
/// See [`DecodeError`].
pub fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(DecodeError::TooManyBytes { bytes: bytes.len() });
    }
    let (format, name) = match sniff(bytes) {
        Content::Image(format) => (format, format_name(format)),
        Content::Foreign(format) => return Err(DecodeError::Unsupported { format }),
        Content::Encrypted(format) => return Err(DecodeError::PasswordProtected { format }),
        Content::Unknown => return Err(DecodeError::NotAnImage),
    };
    // Decoders of hostile bytes are the likeliest place of a panic; they hold no state of ours.
    catch_unwind(AssertUnwindSafe(|| decode_as(bytes, format, name)))
        .unwrap_or_else(|_| Err(DecodeError::Corrupt("the decoder gave up".to_string())))
}

fn decode_as(bytes: &[u8], format: ImageFormat, name: &'static str) -> Result<Decoded, DecodeError> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODER_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| translated(error, name, (0, 0)))?;
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(DecodeError::TooLarge { width, height });
    }
    if width == 0 || height == 0 {
        return Err(DecodeError::Corrupt("it has no pixels".to_string()));
    }
    if format == ImageFormat::Jpeg && !jpeg_has_end(bytes) {
        return Err(DecodeError::Truncated { format: "JPEG" });
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut image =
        DynamicImage::from_decoder(decoder).map_err(|error| match translated(error, name, (width, height)) {
            DecodeError::Corrupt(_) if format == ImageFormat::WebP && riff_is_cut(bytes) => {
                DecodeError::Truncated { format: "WebP" }
            }
            error => error,
        })?;
    image.apply_orientation(orientation);
    let pixels = composed(image);
    let taken = exif_facts::taken(bytes);
    let (width, height) = pixels.dimensions();
    let facts = Facts {
        width,
        height,
        taken_at: taken.at,
        taken_offset: taken.offset,
        camera: taken.camera,
        make: taken.make,
        model: taken.model,
        place: taken.place,
        animated: animated(bytes, format),
    };
    Ok(Decoded { pixels, format: name, facts })
}

fn format_name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "png",
        ImageFormat::Jpeg => "jpeg",
        ImageFormat::WebP => "webp",
        ImageFormat::Gif => "gif",
        ImageFormat::Tiff => "tiff",
        _ => "bmp",
    }
}

fn translated(error: ImageError, name: &'static str, (width, height): (u32, u32)) -> DecodeError {
    match error {
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            DecodeError::Truncated { format: common_name(name) }
        }
        ImageError::Limits(limit) => match limit.kind() {
            LimitErrorKind::DimensionError | LimitErrorKind::InsufficientMemory if width > 0 => {
                DecodeError::TooLarge { width, height }
            }
            _ => DecodeError::Corrupt("it asks for more memory than its size explains".to_string()),
        },
        // The decoders wrap an early end in their own errors; only their words tell.
        error => {
            let words = error.to_string();
            let early_end = ["unexpected end", "unexpectedeof", "failed to fill whole buffer", "end of file"];
            if early_end.iter().any(|mark| words.to_lowercase().contains(mark)) {
                DecodeError::Truncated { format: common_name(name) }
            } else {
                DecodeError::Corrupt(words)
            }
        }
    }
}

fn common_name(name: &'static str) -> &'static str {
    match name {
        "png" => "PNG",
        "jpeg" => "JPEG",
        "webp" => "WebP",
        "gif" => "GIF",
        "tiff" => "TIFF",
        _ => "BMP",
    }
}

/// Lays transparency over white, or over black when the visible pixels are light on average, so that light text on
/// nothing stays legible.
fn composed(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let image = image.into_rgba8();
    let (mut luminance, mut weight) = (0u64, 0u64);
    for pixel in image.pixels() {
        let [r, g, b, a] = pixel.0.map(u64::from);
        luminance += (299 * r + 587 * g + 114 * b) / 1000 * a;
        weight += a;
    }
    let opaque = weight == 255 * u64::from(image.width()) * u64::from(image.height());
    let light = weight > 0 && luminance / weight >= 128;
    let ground: u32 = if light { 0 } else { 255 };
    let mut pixels = RgbImage::new(image.width(), image.height());
    for (target, source) in pixels.pixels_mut().zip(image.pixels()) {
        let [r, g, b, a] = source.0;
        let over = |c: u8| ((u32::from(c) * u32::from(a) + ground * (255 - u32::from(a)) + 127) / 255) as u8;
        target.0 = if opaque { [r, g, b] } else { [over(r), over(g), over(b)] };
    }
    pixels
}

/// Whether an end-of-image marker follows the first scan (ITU-T T.81, B.1.1.2). The decoder fills the rest of a cut
/// JPEG with grey without a word. In entropy-coded data 0xFF is never followed by 0xD9.
fn jpeg_has_end(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = bytes.get(at..at + 4) {
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
        if marker == 0xDA {
            break;
        }
    }
    bytes.get(at..).is_some_and(|scan| scan.windows(2).any(|pair| pair == [0xFF, 0xD9]))
}

/// Whether a RIFF file says that it is longer than it is; the decoder calls a cut WebP corrupt.
fn riff_is_cut(bytes: &[u8]) -> bool {
    matches!(bytes.get(4..8), Some(&[a, b, c, d]) if u32::from_le_bytes([a, b, c, d]) as usize + 8 > bytes.len())
}

fn animated(bytes: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Gif => gif_frames_up_to_two(bytes).unwrap_or(0) > 1,
        // The animation flag of the extended header (RFC 9649, 2.7).
        ImageFormat::WebP => bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 2 != 0),
        ImageFormat::Png => png_has_animation_control(bytes),
        _ => false,
    }
}

/// Walks the blocks of a GIF (GIF89a, appendix A) without decoding a pixel.
fn gif_frames_up_to_two(bytes: &[u8]) -> Option<u32> {
    let table = |flags: u8| if flags & 0x80 != 0 { 3usize << ((flags & 7) + 1) } else { 0 };
    let mut at = 13 + table(*bytes.get(10)?);
    let mut frames = 0;
    while frames < 2 {
        match bytes.get(at) {
            Some(0x2C) => {
                frames += 1;
                at += 11 + table(*bytes.get(at + 9)?);
            }
            Some(0x21) => at += 2,
            _ => break,
        }
        while let Some(&length) = bytes.get(at) {
            at += 1 + usize::from(length);
            if length == 0 {
                break;
            }
        }
    }
    Some(frames)
}

/// Whether an `acTL` chunk stands before the pixels (PNG third edition, 11.3.6.1).
fn png_has_animation_control(bytes: &[u8]) -> bool {
    let mut at = 8usize;
    while let Some(&[a, b, c, d, ref kind @ ..]) = bytes.get(at..at + 8) {
        match kind {
            b"acTL" => return true,
            b"IDAT" => return false,
            _ => at += 12 + u32::from_be_bytes([a, b, c, d]) as usize,
        }
    }
    false
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
