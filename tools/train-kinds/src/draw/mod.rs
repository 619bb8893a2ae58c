//! Draws images of every kind, as different from one another as a page of code allows.

pub mod camera;
mod canvas;
pub mod chance;
mod chart;
mod diagram;
mod document;
pub mod fonts;
mod handwriting;
mod noise;
mod paper;
mod photo;
mod receipt;
mod screenshot;
mod widgets;
mod words;

use image::RgbImage;
use legible_reading::recognition::ImageKind;

use chance::Chance;
use fonts::Fonts;

/// The image number `n` of a kind; the same for the same seed and fonts.
pub fn draw(kind: ImageKind, n: u64, seed: u64, fonts: &Fonts) -> RgbImage {
    let mut chance = Chance::new(seed ^ (kind as u64 + 1) << 40 ^ n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let chance = &mut chance;
    match kind {
        ImageKind::Photo => photo::draw(chance),
        ImageKind::Screenshot => screenshot::draw(fonts, chance),
        ImageKind::Document => document::draw(fonts, chance),
        ImageKind::Receipt => receipt::draw(fonts, chance),
        ImageKind::Handwriting => handwriting::draw(fonts, chance),
        ImageKind::Chart if chance.is(0.3) => diagram::draw(fonts, chance),
        ImageKind::Chart => chart::draw(fonts, chance),
    }
}
