//! What some bytes are, told from the bytes alone; a file's name does not matter.

use image::ImageFormat;

/// The kind of content that bytes begin like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// An image that [`crate::decode::decode`] reads.
    Image(ImageFormat),
    /// Something known that it does not read, by its common name.
    Foreign(&'static str),
    /// Something known whose content is encrypted, by its common name.
    Encrypted(&'static str),
    /// Nothing known.
    Unknown,
}

/// How many bytes from the start may hold the mark of an XML document or page.
const TEXT_WINDOW: usize = 1024;

/// Beginnings of files that are not read here but deserve their name in the error.
const FOREIGN: &[(&[u8], &str)] = &[
    (b"\xFF\x0A", "JPEG XL"),
    (b"\0\0\0\x0CJXL \r\n\x87\n", "JPEG XL"),
    (b"\0\0\0\x0CjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xFF\x4F\xFF\x51", "JPEG 2000"),
    (b"8BPS", "Photoshop"),
    (b"8BIM", "Photoshop"),
    (b"\0\0\x01\0", "Windows icon"),
    (b"DDS ", "DirectDraw surface"),
    (b"\x76\x2F\x31\x01", "OpenEXR"),
    (b"qoif", "QOI"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"AT&TFORM", "DjVu"),
    (b"%!PS", "PostScript"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "old Microsoft Office document"),
    (b"Rar!\x1A\x07", "RAR archive"),
    (b"7z\xBC\xAF\x27\x1C", "7-Zip archive"),
    (b"\x1F\x8B", "gzip"),
    (b"\x1A\x45\xDF\xA3", "Matroska or WebM video"),
    (b"ID3", "MP3 audio"),
    (b"OggS", "Ogg"),
    (b"fLaC", "FLAC audio"),
    (b"\x7FELF", "program"),
    (b"MZ", "program"),
    (b"SQLite format 3\0", "SQLite database"),
];

/// Beginnings of containers that are always encrypted.
const ENCRYPTED: &[(&[u8], &str)] = &[
    (b"age-encryption.org/", "age file"),
    (b"-----BEGIN AGE ENCRYPTED FILE", "age file"),
    (b"-----BEGIN PGP MESSAGE", "PGP message"),
    (b"Salted__", "OpenSSL file"),
];

/// Names the content of `bytes`.
pub fn sniff(bytes: &[u8]) -> Content {
    if let Some(format) = image_format(bytes) {
        return Content::Image(format);
    }
    if bytes.starts_with(b"%PDF-") {
        let encrypted = bytes.windows(8).any(|window| window == b"/Encrypt");
        return if encrypted { Content::Encrypted("PDF") } else { Content::Foreign("PDF") };
    }
    if bytes.starts_with(b"PK\x03\x04") {
        // The first bit of the general purpose flags of the first member (APPNOTE.TXT 4.4.4).
        let encrypted = bytes.get(6).is_some_and(|flags| flags & 1 == 1);
        return if encrypted { Content::Encrypted("ZIP archive") } else { Content::Foreign(zip_kind(bytes)) };
    }
    if let Some(name) = iso_media(bytes) {
        return Content::Foreign(name);
    }
    if let Some((_, name)) = ENCRYPTED.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Content::Encrypted(name);
    }
    if let Some((_, name)) = FOREIGN.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Content::Foreign(name);
    }
    if bytes.len() > 2 && bytes[0] == b'P' && (b'1'..=b'7').contains(&bytes[1]) && bytes[2].is_ascii_whitespace() {
        return Content::Foreign("PNM");
    }
    markup(bytes).map_or(Content::Unknown, Content::Foreign)
}

fn image_format(bytes: &[u8]) -> Option<ImageFormat> {
    let riff_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    // "BM" alone begins much text; the reserved bytes of the header must be zero too.
    let bmp = bytes.starts_with(b"BM") && bytes.get(6..10).is_none_or(|reserved| reserved == [0; 4]);
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some(ImageFormat::Png),
        [0xFF, 0xD8, 0xFF, ..] => Some(ImageFormat::Jpeg),
        [b'G', b'I', b'F', b'8', ..] => Some(ImageFormat::Gif),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(ImageFormat::Tiff),
        _ if riff_webp => Some(ImageFormat::WebP),
        _ if bmp => Some(ImageFormat::Bmp),
        _ => None,
    }
}

/// Formats of the ISO base media family (ISO/IEC 14496-12), by their major brand.
fn iso_media(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8)? != b"ftyp" {
        return None;
    }
    Some(match bytes.get(8..12)? {
        b"avif" | b"avis" => "AVIF",
        b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" => "HEIC",
        b"crx " => "Canon raw",
        _ => "MP4 video",
    })
}

fn zip_kind(bytes: &[u8]) -> &'static str {
    let start = &bytes[..bytes.len().min(TEXT_WINDOW)];
    let has = |part: &[u8]| start.windows(part.len()).any(|window| window == part);
    match () {
        () if has(b"word/") || has(b"xl/") || has(b"ppt/") || has(b"[Content_Types].xml") => "Office document",
        () if has(b"opendocument") => "OpenDocument",
        () if has(b"epub") => "EPUB",
        () => "ZIP archive",
    }
}

fn markup(bytes: &[u8]) -> Option<&'static str> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(TEXT_WINDOW)]).to_ascii_lowercase();
    let start = start.trim_start_matches('\u{feff}').trim_start();
    if !start.starts_with('<') {
        return None;
    }
    match () {
        () if start.contains("<svg") => Some("SVG"),
        () if start.contains("<html") || start.contains("<!doctype html") => Some("web page"),
        () if start.starts_with("<?xml") => Some("XML"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Content) {
        assert_eq!(sniff(bytes), expected, "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
    }

    #[test]
    fn content_decides() {
        use Content::{Encrypted, Foreign, Image, Unknown};
        check(b"\x89PNG\r\n\x1a\n", Image(ImageFormat::Png));
        check(b"\xFF\xD8\xFF\xE0", Image(ImageFormat::Jpeg));
        check(b"RIFF\0\0\0\0WEBPVP8 ", Image(ImageFormat::WebP));
        check(b"RIFF\0\0\0\0WAVEfmt ", Unknown);
        check(b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0", Image(ImageFormat::Bmp));
        check(b"BMW is a maker of cars", Unknown);
        check(b"%PDF-1.7\n1 0 obj", Foreign("PDF"));
        check(b"%PDF-1.7\ntrailer << /Encrypt 9 0 R >>", Encrypted("PDF"));
        check(b"PK\x03\x04\x14\0\0\0\x08\0a.txt", Foreign("ZIP archive"));
        check(b"PK\x03\x04\x14\0\x01\0\x08\0a.txt", Encrypted("ZIP archive"));
        check(b"PK\x03\x04\x14\0\0\0\x08\0[Content_Types].xml", Foreign("Office document"));
        check(b"\0\0\0\x1cftypavif\0\0\0\0", Foreign("AVIF"));
        check(b"\0\0\0\x18ftypheic\0\0\0\0", Foreign("HEIC"));
        check(b"\0\0\0\x18ftypisom\0\0\0\0", Foreign("MP4 video"));
        check(b"\xFF\x0A\xFA", Foreign("JPEG XL"));
        check(b"age-encryption.org/v1\n", Encrypted("age file"));
        check(b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg xmlns='a'>", Foreign("SVG"));
        check(b"  <!DOCTYPE html><p>", Foreign("web page"));
        check(b"P6\n2 2 255\n", Foreign("PNM"));
        check(b"Dear Sir", Unknown);
        check(b"<", Unknown);
        check(b"", Unknown);
    }
}
