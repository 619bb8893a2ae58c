//! What an image shows, apart from its text.
//!
//! [`facts`] needs no model: codes, colours, and a hash of its looks.

mod codes;
mod colours;
mod hash;
pub mod kind;
pub mod meaning;
#[cfg(test)]
mod pictures;

use image::RgbImage;
use legible_reading::recognition::{Recognition, Stamp};

use crate::engine::{ReadError, Watch};

/// Everything that can be said of an upright image without a model. Coordinates are pixels of `image`; the same image gives
/// the same facts on every machine.
///
/// # Errors
/// [`ReadError::Cancelled`] soon after `watch` says so.
pub fn facts(image: &RgbImage, watch: &dyn Watch) -> Result<Recognition, ReadError> {
    let codes = codes::find(image, watch, &|fraction| watch.progress(0.9 * fraction))?;
    let colours = colours::colours(image);
    if watch.cancelled() {
        return Err(ReadError::Cancelled);
    }
    let hash = Some(hash::hash(image));
    watch.progress(1.0);
    Ok(Recognition { by: stamps(), codes, colours, hash, ..Recognition::default() })
}

/// How [`facts`] would sign its parts now.
pub fn stamps() -> Vec<Stamp> {
    let parts = [
        ("codes", codes::NAME, codes::VERSION),
        ("colours", colours::NAME, colours::VERSION),
        ("hash", hash::NAME, hash::VERSION),
    ];
    parts.map(|(part, name, version)| Stamp { part: part.into(), name: name.into(), version: version.into() }).into()
}
