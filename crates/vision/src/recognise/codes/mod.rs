//! Bar codes and matrix codes: where they are and what they say.
//!
//! The image is searched as a pyramid, each layer half as wide as the one before, so that a small code in a large photo
//! and a blurred one that fills it are both found. On every layer, dark on light and light on dark:
//!
//! - QR is found by its finder patterns and Data Matrix by its reader, in any rotation;
//! - Aztec is found by its bull's-eye, to which the grid of modules is fitted;
//! - PDF417 and the linear codes are found by their stripes: where a few lines across them show the patterns of such a code, what
//!   lies there is turned upright first, because their readers want that.
//!
//! What costs much looks only where something cheap says that it may find something: `guards` tells of lines, `glimpse` of
//! regions of stripes, and `busy` of whole areas.
//!
//! The work is bounded by the number of pixels, layers and candidates, never by a clock: the same image gives the same
//! codes on every machine. The decoders are those of the crate `rxing`; see `readers` for how they are contained.

mod aztec;
mod busy;
mod found;
mod glimpse;
mod guards;
mod linear;
mod qr;
mod readers;
mod runs;
mod stripes;
mod view;

use image::RgbImage;
use legible_reading::recognition::{Code, Symbology};

use crate::engine::{ReadError, Watch};
use crate::recognise::meaning;
use found::{Finds, Found};
use readers::Polarity;
use view::View;

/// The name in a [`Stamp`](legible_reading::recognition::Stamp).
pub const NAME: &str = "rxing";
/// Changes whenever the same image may give other codes.
pub const VERSION: &str = "0.9-3";

/// Finds the codes of an upright image, from top to bottom and left to right. `progress` is told fractions of the work.
///
/// # Errors
/// [`ReadError::Cancelled`] soon after `watch` says so: it is asked between the readers, a few hundredths of a second
/// apart.
pub(super) fn find(image: &RgbImage, watch: &dyn Watch, progress: &dyn Fn(f32)) -> Result<Vec<Code>, ReadError> {
    let mut finds = Finds::default();
    let views = View::pyramid(image);
    let total: usize = views.iter().map(View::pixels).sum();
    let mut done = 0;
    for view in &views {
        search(view, &mut finds, watch)?;
        done += view.pixels();
        progress(done as f32 / total.max(1) as f32);
    }
    Ok(finds.into_sorted().into_iter().map(code).collect())
}

fn search(view: &View, finds: &mut Finds, watch: &dyn Watch) -> Result<(), ReadError> {
    let go_on = || if watch.cancelled() { Err(ReadError::Cancelled) } else { Ok(()) };
    let Some(mut matrix) = readers::printed(&view.luma, Polarity::DarkOnLight) else { return Ok(()) };
    let regions = stripes::regions(&view.luma);
    let stacked: Vec<_> = regions.iter().filter(|region| glimpse::is_stacked(view, region)).collect();
    for polarity in [Polarity::DarkOnLight, Polarity::LightOnDark] {
        go_on()?;
        if polarity == Polarity::LightOnDark {
            matrix.flip_self();
        }
        let mut add = |symbols: Vec<Found>| finds.extend(symbols.into_iter().map(|symbol| symbol.seen_from(view)));
        add(qr::read(&matrix, &go_on)?);
        go_on()?;
        if !stacked.is_empty() {
            // One whose end was not seen is left to what knows how long its stripes are.
            let whole = readers::pdf417(&view.luma, polarity, &matrix)
                .into_iter()
                .filter_map(|(text, quad)| Some(Found { symbology: Symbology::Pdf417, text, quad: quad? }));
            add(whole.collect());
        }
        add(readers::data_matrix(&matrix, &go_on)?);
        for candidate in aztec::candidates(&matrix) {
            go_on()?;
            finds.extend(aztec::read(view, &candidate, polarity));
        }
    }
    for region in stacked {
        go_on()?;
        finds.extend(stripes::read_stacked(view, region));
    }
    for region in &regions {
        go_on()?;
        finds.extend(linear::read(view, region));
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
