//! Bar codes and matrix codes: where they are and what they say.
//!
//! The image is searched as a pyramid, each layer half as wide as the one before, so that a small code in a large photo
//! and a blurred one that fills it are both found. On every layer, dark on light and light on dark:
//!
//! - QR is found by its finder patterns and Data Matrix by its frame, in any rotation;
//! - Aztec is found by its bull's-eye, to which the grid of modules is fitted;
//! - PDF417 and the linear codes are found by their stripes: where a few lines across them show the patterns of such a code, what
//!   lies there is turned upright first, because their readers want that.
//!
//! What costs much looks only where something cheap says that it may find something: `guards` tells of lines, `glimpse` of
//! regions of stripes.
//!
//! The work is bounded by counts of pixels and candidates (`effort`), never by a clock: the same image gives the same codes on
//! every machine. The decoders are those of the crate `rxing`; see `readers` for how they are contained.

mod area;
mod aztec;
mod data_matrix;
mod effort;
mod found;
mod glimpse;
mod guards;
mod linear;
mod qr;
mod readers;
mod runs;
mod stacked;
mod stripes;
mod view;

use image::RgbImage;
use legible_reading::recognition::{Code, Symbology};

use crate::engine::{ReadError, Watch};
use crate::recognise::meaning;
use effort::{Effort, Part, Spent};
use found::{Finds, Found};
use readers::Polarity;
use view::View;

/// The name in a [`Stamp`](legible_reading::recognition::Stamp).
pub const NAME: &str = "rxing";
/// Changes whenever the same image may give other codes.
pub const VERSION: &str = "0.9-4";

/// Finds the codes of an upright image, from top to bottom and left to right. `progress` is told fractions of the work.
///
/// # Errors
/// [`ReadError::Cancelled`] soon after `watch` says so: it is asked before each look at some of the pixels.
pub(super) fn find(image: &RgbImage, watch: &dyn Watch, progress: &dyn Fn(f32)) -> Result<Vec<Code>, ReadError> {
    find_counting(image, watch, progress).map(|(codes, _)| codes)
}

/// The same, and what it cost.
fn find_counting(image: &RgbImage, watch: &dyn Watch, progress: &dyn Fn(f32)) -> Result<(Vec<Code>, Spent), ReadError> {
    let (mut finds, effort) = (Finds::default(), Effort::new(watch));
    let views = View::pyramid(image);
    let total: usize = views.iter().map(View::pixels).sum();
    let mut done = 0;
    for view in &views {
        search(view, &mut finds, &effort)?;
        done += view.pixels();
        progress(done as f32 / total.max(1) as f32);
    }
    Ok((finds.into_sorted().into_iter().map(code).collect(), effort.spent()))
}

fn search(view: &View, finds: &mut Finds, effort: &Effort) -> Result<(), ReadError> {
    let pixels = view.pixels() as u64;
    effort.begin_layer(pixels);
    // Thresholds, edges and stripes.
    effort.look(Part::Layer, pixels)?;
    let Some(mut matrix) = readers::printed(&view.luma, Polarity::DarkOnLight) else { return Ok(()) };
    effort.look(Part::Layer, pixels)?;
    let edges = data_matrix::edges(&matrix);
    effort.look(Part::Layer, pixels)?;
    let regions = stripes::regions(&view.luma);
    let mut stacked = Vec::new();
    for region in &regions {
        if glimpse::is_stacked(view, region, effort)? {
            stacked.push(region);
        }
    }
    for polarity in Polarity::BOTH {
        let inverted = polarity == Polarity::LightOnDark;
        if inverted {
            matrix.flip_self();
        }
        let mut add = |symbols: Vec<Found>| finds.extend(symbols.into_iter().map(|symbol| symbol.seen_from(view)));
        add(qr::read(&matrix, effort)?);
        if !stacked.is_empty() {
            // One whose end was not seen is left to what knows how long its stripes are.
            let whole = stacked::read_all(&matrix, effort)?;
            add(whole.into_iter().filter_map(|text| stacked::found(text, None)).collect());
        }
        add(data_matrix::read(&matrix, &edges, inverted, effort)?);
        for candidate in aztec::candidates(&matrix, effort)? {
            finds.extend(aztec::read(view, &candidate, polarity, effort)?);
        }
    }
    for region in stacked {
        // Where one was found already, it would be the same.
        if !finds.cover(Symbology::Pdf417, view.place.of(region.centre)) {
            finds.extend(stripes::read_stacked(view, region, effort)?);
        }
    }
    for region in &regions {
        finds.extend(linear::read(view, region, effort)?);
    }
    Ok(())
}

fn code(found: Found) -> Code {
    let meaning = match found.symbology {
        Symbology::Ean13 | Symbology::Ean8 => meaning::of_product(&found.text),
        _ => meaning::of(&found.text),
    };
    Code { symbology: found.symbology, text: found.text, quad: found.quad, meaning }
}

#[cfg(test)]
mod tests;
