//! Images that tests draw: numbers and due dates in a 5 by 7 bitmap font, and files that look like images and are none.

use image::{DynamicImage, Rgb, RgbImage};
use std::io::Cursor;

/// Rows of the digits from 0 to 9, five pixels each, the leftmost in the highest bit.
const DIGITS: [[u8; 7]; 10] = [
    [0x0E, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0E],
    [0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E],
    [0x0E, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1F],
    [0x1F, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0E],
    [0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02],
    [0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E],
    [0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E],
    [0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08],
    [0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E],
    [0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C],
];

/// What a due date has beside digits.
const OTHERS: [(u8, [u8; 7]); 5] = [
    (b'D', [0x1E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1E]),
    (b'U', [0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E]),
    (b'E', [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F]),
    (b'-', [0x00, 0x00, 0x00, 0x1F, 0x00, 0x00, 0x00]),
    (b' ', [0x00; 7]),
];

/// Pixels of the image for each pixel of the font.
const SCALE: u32 = 4;

/// A number in black on white, on an image just large enough for it.
pub fn number(number: u32) -> RgbImage {
    let digits = number.to_string();
    let width = digits.len() as u32 * 6 * SCALE + 40;
    let mut image = RgbImage::from_pixel(width, 7 * SCALE + 28, Rgb([255; 3]));
    write(&mut image, &digits, 20, 14);
    image
}

/// "DUE" and a date such as `2026-12-24`, with a number below.
pub fn due(date: &str, number: u32) -> RgbImage {
    let mut image = RgbImage::from_pixel(440, 160, Rgb([255; 3]));
    write(&mut image, &format!("DUE  {date}"), 20, 24);
    write(&mut image, &number.to_string(), 20, 100);
    image
}

/// A number at the left of a strip that is so flat that it is enlarged little before it is read: the quickest of images.
pub fn strip(number: u32) -> RgbImage {
    let height = 7 * SCALE + 28;
    let mut image = RgbImage::from_pixel(height * 15 / 2, height, Rgb([255; 3]));
    write(&mut image, &number.to_string(), 20, 14);
    image
}

/// The smallest image that is like no other of these: a colour for each number.
pub fn speck(number: u32) -> RgbImage {
    let [_, red, green, blue] = number.to_be_bytes();
    RgbImage::from_pixel(8, 8, Rgb([red, green, blue]))
}

/// Rows and columns of different numbers: takes long to read.
pub fn table(columns: u32, rows: u32) -> RgbImage {
    let (width, height) = (6 * 6 * SCALE, 12 * SCALE);
    let mut image = RgbImage::from_pixel(columns * width + 40, rows * height + 40, Rgb([255; 3]));
    for (index, cell) in (0..columns * rows).enumerate() {
        let (column, row) = (cell % columns, cell / columns);
        write(&mut image, &(10_000 + index * 37).to_string(), 20 + column * width, 20 + row * height);
    }
    image
}

fn write(image: &mut RgbImage, text: &str, left: u32, top: u32) {
    for (place, letter) in text.bytes().enumerate() {
        for (y, row) in rows_of(letter).iter().enumerate() {
            for x in (0..5).filter(|x| row >> (4 - x) & 1 == 1) {
                let (x, y) = (left + (place as u32 * 6 + x) * SCALE, top + y as u32 * SCALE);
                (0..SCALE * SCALE).for_each(|dot| image.put_pixel(x + dot % SCALE, y + dot / SCALE, Rgb([0; 3])));
            }
        }
    }
}

fn rows_of(letter: u8) -> [u8; 7] {
    let other = || OTHERS.iter().find(|(one, _)| *one == letter).map(|(_, rows)| *rows);
    if letter.is_ascii_digit() { DIGITS[usize::from(letter - b'0')] } else { other().unwrap() }
}

/// The image as a PNG file.
pub fn png(image: &RgbImage) -> Vec<u8> {
    encoded(image, image::ImageFormat::Png)
}

/// The image as a file of a format.
pub fn encoded(image: &RgbImage, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image.clone()).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// An animated GIF with these frames.
pub fn animation(frames: &[RgbImage]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    let rgba = frames.iter().map(|frame| DynamicImage::ImageRgb8(frame.clone()).into_rgba8());
    encoder.encode_frames(rgba.map(image::Frame::new)).unwrap();
    drop(encoder);
    bytes
}

/// A PNG whose header promises this many black pixels of four 16-bit channels. With `complete` it keeps the promise: all
/// pixels are there, packed as tightly as deflate can.
pub fn promising_png(width: u32, height: u32, complete: bool) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[16, 6, 0, 0, 0]].concat();
    chunk(&mut png, b"IHDR", &header);
    let data = if complete { zeros_in_zlib(u64::from(height) * (1 + u64::from(width) * 8)) } else { Vec::new() };
    chunk(&mut png, b"IDAT", &data);
    chunk(&mut png, b"IEND", &[]);
    png
}

/// A zlib stream (RFC 1950) of `count` zero bytes.
fn zeros_in_zlib(count: u64) -> Vec<u8> {
    // Adler-32 of zeros: the first sum stays 1, the second counts.
    let adler = ((count % 65_521) as u32) << 16 | 1;
    [&[0x78, 0x01], &zeros_deflated(count)[..], &adler.to_be_bytes()].concat()
}

/// A deflate stream (RFC 1951) of `count` zero bytes, without ever holding them: one block in the fixed code of a zero and
/// then copies of 258 bytes from one byte back.
pub fn zeros_deflated(count: u64) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    let mut put = |bytes: &mut Vec<u8>, value: u32, width: u32| {
        bits |= value << held;
        held += width;
        while held >= 8 {
            bytes.push(bits as u8);
            bits >>= 8;
            held -= 8;
        }
    };
    // The last block, with fixed codes; Huffman codes go in with their highest bit first, so these are mirrored.
    put(&mut bytes, 0b011, 3);
    let lone = 1 + (count - 1) % 258;
    (0..lone).for_each(|_| put(&mut bytes, 0b0000_1100, 8));
    for _ in 0..(count - lone) / 258 {
        put(&mut bytes, 0b1010_0011, 8);
        put(&mut bytes, 0, 5);
    }
    put(&mut bytes, 0, 7);
    put(&mut bytes, 0, 7);
    bytes
}

/// Appends a chunk to a PNG.
pub fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    png.extend((data.len() as u32).to_be_bytes());
    let start = png.len();
    png.extend(kind);
    png.extend(data);
    let crc = crc32(&png[start..]);
    png.extend(crc.to_be_bytes());
}

/// The check sum of PNG chunks (ISO 3309, as in the PNG specification, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    let table: Vec<u32> = (0..256)
        .map(|n: u32| (0..8).fold(n, |c, _| if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 }))
        .collect();
    !bytes.iter().fold(!0_u32, |crc, byte| table[((crc ^ u32::from(*byte)) & 255) as usize] ^ (crc >> 8))
}

/// A ZIP archive whose one file is encrypted (flag bit 0 of APPNOTE.TXT 4.4.4); the content is noise.
pub fn locked_zip() -> Vec<u8> {
    let name = b"scan.png";
    let mut zip = b"PK\x03\x04\x14\0\x01\0\0\0\0\0\0\0".to_vec();
    zip.extend([0xDE, 0xAD, 0xBE, 0xEF, 16, 0, 0, 0, 4, 0, 0, 0, name.len() as u8, 0, 0, 0]);
    zip.extend(name);
    zip.extend([0x5A; 16]);
    zip
}
