//! The numbers by which kinds are told apart.

use image::RgbImage;

use super::view::{Measured, View};
use super::{colour, edges, flatness, ink, regions, text};

/// Counts up when any number comes to mean something else, so that weights of other features are never used.
pub const VERSION: u32 = 1;

/// Measures an image; the same names in the same order for every image. `None` for an image without pixels.
pub fn features(image: &RgbImage) -> Option<Measured> {
    if image.width() == 0 || image.height() == 0 {
        return None;
    }
    let view = View::of(image);
    let mut measured = Measured::default();
    measured.note("aspect", (image.width() as f32 / image.height() as f32).ln().clamp(-2.5, 2.5));
    flatness::measure(&view, &mut measured);
    colour::measure(&view, &mut measured);
    edges::measure(&view, &mut measured);
    let letters = ink::measure(&view, &mut measured);
    text::measure(&view, &letters, &mut measured);
    regions::measure(&view, &mut measured);
    Some(measured)
}
