//! Pictures that make a search look everywhere: none is a photo, each is what some part of the search takes for its own.

use image::{GrayImage, Luma, RgbImage};
use legible_reading::recognition::Symbology;

use super::drawing::{Print, noise};

/// Draws such a picture.
type Draw = fn() -> RgbImage;

/// Every such picture by name, all of 15.6 megapixels.
pub const ALL: [(&str, Draw); 11] = [
    ("vertical stripes at random", || stripes(true)),
    ("horizontal stripes at random", || stripes(false)),
    ("even stripes of 3 pixels", || of(|x, _| x / 3 % 2 == 0)),
    ("a checkerboard of 2 pixels", || of(|x, y| (x / 2 + y / 2) % 2 == 0)),
    ("a checkerboard of 4 pixels", || of(|x, y| (x / 4 + y / 4) % 2 == 0)),
    ("noise", || noise(WIDTH, HEIGHT, 1, 5)),
    ("coarse noise", || noise(WIDTH, HEIGHT, 4, 6)),
    ("halftone", halftone),
    ("finder patterns", finder_patterns),
    ("ends of PDF417", ends),
    ("bar codes", bar_codes),
];

const WIDTH: u32 = 3900;
const HEIGHT: u32 = 4000;

fn of(dark: impl Fn(u32, u32) -> bool) -> RgbImage {
    let luma = GrayImage::from_fn(WIDTH, HEIGHT, |x, y| Luma([if dark(x, y) { 10 } else { 245 }]));
    image::DynamicImage::ImageLuma8(luma).into_rgb8()
}

/// Bars of 3 pixels, each black or white as chance will have it.
fn stripes(vertical: bool) -> RgbImage {
    let mut state = 7_u32;
    let bars: Vec<bool> = (0..WIDTH.max(HEIGHT) / 3 + 1)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 31 == 0
        })
        .collect();
    of(|x, y| bars[if vertical { x } else { y } as usize / 3])
}

/// Dots at 45°, larger where the picture is darker.
fn halftone() -> RgbImage {
    of(|x, y| {
        let (u, v) = ((x + y) as f32 / 5.0, (x as f32 - y as f32) / 5.0);
        let light = 0.8 * (x as f32 / 700.0).sin() * (y as f32 / 500.0).cos();
        u.sin() * v.sin() > light
    })
}

/// A hundred times a hundred squares like the corners of QR codes.
fn finder_patterns() -> RgbImage {
    of(|x, y| {
        let (x, y) = ((x % 39) as i32 / 3, (y % 40) as i32 / 3);
        x < 7 && y < 7 && (x - 3).abs().max((y - 3).abs()) != 2
    })
}

/// Nothing but what PDF417 begins with, each with a sign of three pixels to a module beside it.
fn ends() -> RgbImage {
    const WIDTHS: [u32; 16] = [8, 1, 1, 1, 1, 1, 1, 3, 4, 1, 3, 1, 2, 1, 3, 2];
    let row: Vec<bool> =
        WIDTHS.iter().zip([true, false].iter().cycle()).flat_map(|(&n, &dark)| vec![dark; n as usize]).collect();
    of(|x, _| row[x as usize / 3 % row.len()])
}

/// A page that is printed with codes of all symbologies, as close as they may stand, turned this way and that.
fn bar_codes() -> RgbImage {
    let mut image = RgbImage::from_pixel(WIDTH, HEIGHT, image::Rgb([235; 3]));
    let texts = [
        (Symbology::Qr, "https://example.org/"),
        (Symbology::Aztec, "Aztec "),
        (Symbology::DataMatrix, "Data Matrix "),
        (Symbology::Pdf417, "PDF417 "),
        (Symbology::Code128, "Code "),
    ];
    for (column, row) in (0..15).flat_map(|column| (0..15).map(move |row| (column, row))) {
        let at = column + 15 * row;
        let (symbology, text) = texts[at % texts.len()];
        let centre = (130.0 + 260.0 * column as f32, 130.0 + 265.0 * row as f32);
        Print::new(symbology, &format!("{text}{at}"), 2.0, centre).turned(15.0 * (at % 24) as f32).on(&mut image);
    }
    image
}
