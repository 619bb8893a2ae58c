//! Good, odd and bad images. All are made here, except a CMYK JPEG, which nothing in the
//! tree can write.

use std::io::Cursor;

use image::{DynamicImage, GrayAlphaImage, ImageFormat, Rgb, Rgba, RgbaImage};

use super::*;

/// 8 x 6: red, with a blue top left corner, so that every orientation differs.
fn picture() -> RgbImage {
    let mut image = RgbImage::from_pixel(8, 6, Rgb([220, 20, 20]));
    for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        image.put_pixel(x, y, Rgb([20, 20, 220]));
    }
    image
}

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.into().write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

fn png(image: impl Into<DynamicImage>) -> Vec<u8> {
    encoded(image, ImageFormat::Png)
}

/// A TIFF structure with an orientation, a maker, a model and a date, as EXIF holds it.
fn exif(orientation: u16, make: &str, model: &str, date: &str) -> Vec<u8> {
    let mut body = Vec::new();
    let strings = 8 + 2 + 4 * 12 + 4 + 2 + 12 + 4;
    let mut ascii = Vec::new();
    let mut entry = |body: &mut Vec<u8>, tag: u16, text: &str| {
        let mut value = ((strings + ascii.len()) as u32).to_le_bytes();
        if text.len() < 4 {
            // What fits into the entry stands in it.
            value = [0; 4];
            value[..text.len()].copy_from_slice(text.as_bytes());
        } else {
            ascii.extend(text.bytes().chain([0]));
        }
        body.extend([tag.to_le_bytes(), 2u16.to_le_bytes()].concat());
        body.extend([(text.len() as u32 + 1).to_le_bytes(), value].concat());
    };
    body.extend(b"II\x2a\0\x08\0\0\0\x04\0");
    entry(&mut body, 0x010F, make);
    entry(&mut body, 0x0110, model);
    body.extend([[0x12, 1, 3, 0], [1, 0, 0, 0], [orientation as u8, 0, 0, 0]].concat());
    let exif_ifd = (8 + 2 + 4 * 12 + 4) as u32;
    body.extend([[0x69, 0x87, 4, 0], [1, 0, 0, 0], exif_ifd.to_le_bytes(), [0; 4]].concat());
    body.extend([1, 0]);
    entry(&mut body, 0x9003, date);
    body.extend([0; 4]);
    body.extend(ascii);
    body
}

/// A JPEG with an EXIF segment right behind its start.
fn jpeg_with(exif: &[u8]) -> Vec<u8> {
    let plain = encoded(image::imageops::resize(&picture(), 64, 48, image::imageops::Nearest), ImageFormat::Jpeg);
    let length = (exif.len() + 8) as u16;
    [&plain[..2], &[0xFF, 0xE1], &length.to_be_bytes(), b"Exif\0\0", exif, &plain[2..]].concat()
}

/// The head of a PNG: signature and IHDR with a right checksum; then `rest`.
fn png_head(width: u32, height: u32, rest: &[u8]) -> Vec<u8> {
    let ihdr = [&b"IHDR"[..], &width.to_be_bytes(), &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let crc = ihdr.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    });
    [b"\x89PNG\r\n\x1a\n", &13u32.to_be_bytes()[..], &ihdr, &(!crc).to_be_bytes(), rest].concat()
}

fn check(name: &str, bytes: &[u8], expected: (&str, u32, u32)) -> Decoded {
    let decoded = decode(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    let facts = &decoded.facts;
    assert_eq!((decoded.format, facts.width, facts.height), expected, "{name}");
    assert_eq!(decoded.pixels.dimensions(), (facts.width, facts.height), "{name}");
    decoded
}

fn close(seen: &Rgb<u8>, expected: [u8; 3], tolerance: u8) -> bool {
    seen.0.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= tolerance)
}

#[test]
fn every_format_is_read() {
    for (format, name) in [
        (ImageFormat::Png, "png"),
        (ImageFormat::WebP, "webp"),
        (ImageFormat::Gif, "gif"),
        (ImageFormat::Tiff, "tiff"),
        (ImageFormat::Bmp, "bmp"),
        (ImageFormat::Jpeg, "jpeg"),
    ] {
        let decoded = check(name, &encoded(picture(), format), (name, 8, 6));
        let tolerance = if format == ImageFormat::Jpeg { 60 } else { 2 };
        assert!(close(decoded.pixels.get_pixel(7, 5), [220, 20, 20], tolerance), "{name}");
        assert!(!decoded.facts.animated, "{name}");
    }
}

#[test]
fn depths_and_greys_are_read() {
    let check = |name: &str, image: DynamicImage, expected: [u8; 3]| {
        let decoded = decode(&png(image)).unwrap();
        assert!(close(decoded.pixels.get_pixel(0, 0), expected, 1), "{name}: {:?}", decoded.pixels.get_pixel(0, 0));
    };
    check("16-bit", image::ImageBuffer::from_pixel(3, 3, Rgb([65_535u16, 32_768, 0])).into(), [255, 128, 0]);
    check("grey", image::GrayImage::from_pixel(3, 3, image::Luma([77])).into(), [77, 77, 77]);
    check("16-bit grey", image::ImageBuffer::from_pixel(3, 3, image::Luma([0x4D4Du16])).into(), [77, 77, 77]);
}

#[test]
fn cmyk_jpeg_has_its_colours() {
    let decoded = check("cmyk", include_bytes!("../testdata/cmyk.jpg"), ("jpeg", 32, 16));
    let (left, right) = (decoded.pixels.get_pixel(4, 8), decoded.pixels.get_pixel(28, 8));
    assert!(close(left, [255, 255, 255], 12) && close(right, [200, 30, 30], 40), "{left:?} {right:?}");
}

#[test]
fn transparency_lies_on_the_ground_that_shows_it() {
    let check = |name: &str, pixel: Rgba<u8>, ground: [u8; 3]| {
        let mut image = RgbaImage::from_pixel(4, 4, Rgba([9, 9, 9, 0]));
        image.put_pixel(1, 1, pixel);
        let decoded = decode(&png(image)).unwrap();
        assert_eq!(decoded.pixels.get_pixel(0, 0).0, ground, "{name}");
    };
    check("dark text", Rgba([0, 0, 0, 255]), [255; 3]);
    check("white text", Rgba([255, 255, 255, 255]), [0; 3]);
    check("nothing at all", Rgba([0, 0, 0, 0]), [255; 3]);
    let half = decode(&png(GrayAlphaImage::from_pixel(2, 2, image::LumaA([0, 128])))).unwrap();
    assert!(close(half.pixels.get_pixel(0, 0), [127; 3], 1), "half");
    let opaque = decode(&png(RgbaImage::from_pixel(2, 2, Rgba([1, 2, 3, 255])))).unwrap();
    assert_eq!(opaque.pixels.get_pixel(0, 0).0, [1, 2, 3]);
}

#[test]
fn every_orientation_comes_upright() {
    // Where the blue corner of the stored picture stands in the upright one, by the EXIF standard.
    let corners =
        [(1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (0, 1)), (5, (0, 0)), (6, (1, 0)), (7, (1, 1)), (8, (0, 1))];
    for (orientation, (right, bottom)) in corners {
        let bytes = jpeg_with(&exif(orientation, "Maker", "M1", "2024:02:03 04:05:06"));
        let (width, height) = if orientation >= 5 { (48, 64) } else { (64, 48) };
        let decoded = check(&format!("orientation {orientation}"), &bytes, ("jpeg", width, height));
        let at = (4 + right * (width - 9), 4 + bottom * (height - 9));
        let pixel = decoded.pixels.get_pixel(at.0, at.1);
        assert!(pixel.0[2] > 150 && pixel.0[0] < 100, "orientation {orientation}: {pixel:?} at {at:?}");
    }
}

#[test]
fn exif_tells_when_and_with_what() {
    let check = |make: &str, model: &str, date: &str, at: Option<&str>, camera: Option<&str>| {
        let facts = decode(&jpeg_with(&exif(1, make, model, date))).unwrap().facts;
        assert_eq!((facts.taken_at.as_deref(), facts.camera.as_deref()), (at, camera), "{make} {model} {date}");
    };
    let day = "2024:02:03 04:05:06";
    check("Canon", "Canon EOS R6", day, Some("2024-02-03T04:05:06"), Some("Canon EOS R6"));
    check("NIKON", "Z 6", day, Some("2024-02-03T04:05:06"), Some("NIKON Z 6"));
    check(" ", "P\x07hone", "0000:00:00 00:00:00", None, Some("Phone"));
    check("", "", "    :  :     :  :  ", None, None);
    check("M", "X", "2024:13:99 99:99:99", None, Some("M X"));
    let cut = &exif(1, "Maker", "Model", day)[..30];
    assert_eq!(decode(&jpeg_with(cut)).unwrap().facts.width, 64);
}

#[test]
fn animations_give_their_first_frame() {
    let frame = |colour| image::Frame::new(RgbaImage::from_pixel(5, 4, Rgba(colour)));
    let mut gif = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
    encoder.encode_frames([frame([255, 0, 0, 255]), frame([0, 0, 255, 255])]).unwrap();
    drop(encoder);
    let decoded = check("gif", &gif, ("gif", 5, 4));
    assert!(decoded.facts.animated && close(decoded.pixels.get_pixel(2, 2), [255, 0, 0], 3));

    let plain = png(picture());
    let actl = [&[0, 0, 0, 8][..], b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0], &[0xF3, 0x8D, 0x93, 0x70]].concat();
    assert!(png_has_animation_control(&[&plain[..33], &actl, &plain[33..]].concat()));
    assert!(!png_has_animation_control(&plain));
}

fn check_error(name: &str, bytes: &[u8], code: &str, message: &str) {
    let error = decode(bytes).err().unwrap_or_else(|| panic!("{name} was read"));
    assert_eq!(error.code(), code, "{name}: {error}");
    assert!(error.to_string().contains(message), "{name}: {error}");
}

#[test]
fn bad_input_gets_one_clear_error() {
    check_error("empty", b"", "image-empty", "empty");
    check_error("text", b"Dear Sir, please find attached", "image-not-an-image", "not an image");
    check_error("zeroes", &[0; 5000], "image-not-an-image", "not an image");
    check_error("pdf", b"%PDF-1.4\n%....", "image-unsupported", "PDF files cannot be read");
    check_error("locked pdf", b"%PDF-1.4\n/Encrypt 3 0 R", "image-password-protected", "password");
    check_error("zip", b"PK\x03\x04\x14\0\0\0\x08\0", "image-unsupported", "ZIP");
    check_error("locked zip", b"PK\x03\x04\x14\0\x01\0\x08\0", "image-password-protected", "password");
    check_error("heic", b"\0\0\0\x18ftypheic\0\0\0\0", "image-unsupported", "HEIC");
    check_error("avif", b"\0\0\0\x1cftypavif\0\0\0\0", "image-unsupported", "AVIF");
    check_error("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image-unsupported", "SVG");
    check_error("only a signature", b"\x89PNG\r\n\x1a\n", "image-truncated", "PNG");
    check_error("no pixels", &png_head(0, 5, b""), "image-corrupt", "damaged");
    let mut flipped = png(picture());
    flipped[45] ^= 0xFF;
    check_error("bad checksum", &flipped, "image-corrupt", "damaged");
}

#[test]
fn cut_images_are_called_cut() {
    let noise = RgbImage::from_fn(120, 90, |x, y| Rgb([(x * 7 + y * 13) as u8, (x * y) as u8, (x ^ y) as u8]));
    for (format, name) in [
        (ImageFormat::Png, "PNG"),
        (ImageFormat::Jpeg, "JPEG"),
        (ImageFormat::WebP, "WebP"),
        (ImageFormat::Gif, "GIF"),
        (ImageFormat::Tiff, "TIFF"),
        (ImageFormat::Bmp, "BMP"),
    ] {
        let bytes = encoded(noise.clone(), format);
        for length in [bytes.len() / 2, bytes.len() * 9 / 10] {
            check_error(&format!("{name} cut to {length}"), &bytes[..length], "image-truncated", name);
        }
    }
}

#[test]
fn sizes_are_checked_before_anything_is_allocated() {
    let started = std::time::Instant::now();
    check_error("50,000 x 50,000", &png_head(50_000, 50_000, b"\0\0\0\0IDAT"), "image-too-large", "50000 × 50000");
    check_error("one side", &png_head(70_000, 2, b"\0\0\0\0IDAT"), "image-too-large", "70000 × 2");
    let mut gif = encoded(picture(), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xFF; 4]);
    check_error("gif screen", &gif, "image-too-large", "65535 × 65535");
    let mut bmp = encoded(picture(), ImageFormat::Bmp);
    bmp[18..26].copy_from_slice(&[0, 250, 0, 0, 0, 250, 0, 0]);
    check_error("bmp", &bmp, "image-too-large", "64000 × 64000");
    assert!(started.elapsed().as_secs() < 2, "{:?}", started.elapsed());
    assert_eq!(decode(&vec![0; MAX_BYTES + 1]).err(), Some(DecodeError::TooManyBytes { bytes: MAX_BYTES + 1 }));
}

#[test]
fn every_prefix_and_every_damaged_byte_is_an_error_or_an_image() {
    let mut state = 1u32;
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Tiff] {
        let bytes = encoded(picture(), format);
        for length in 0..bytes.len() {
            let _ = decode(&bytes[..length]);
        }
        for _ in 0..300 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let mut damaged = bytes.clone();
            let at = (state >> 8) as usize % damaged.len();
            damaged[at] = state as u8;
            if let Ok(decoded) = decode(&damaged) {
                assert_eq!(decoded.pixels.dimensions(), (decoded.facts.width, decoded.facts.height));
            }
        }
    }
}
