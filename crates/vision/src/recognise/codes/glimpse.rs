//! A first glimpse at a region of stripes: a few lines across it tell whether it may hold a stacked code at all. Most regions are
//! railings, leaves and letters, and turning one upright costs a hundred times as much.

use super::effort::{Effort, Part};
use super::guards;
use super::linear;
use super::readers::Polarity;
use super::runs;
use super::stripes::Region;
use super::view::{Place, View};
use crate::engine::ReadError;

/// Pixels from a line to the next, unless there would be more than [`MOST_LINES`].
const LINE_DISTANCE: f32 = 5.0;
/// Most lines looked at, spread over the region's height.
const MOST_LINES: f32 = 20.0;
/// What is around a sample of a line: the bars at the ends of PDF417 are twice as wide as any of another code.
const WINDOW: usize = 7;

/// Pixels that lines go on beyond the region, whose blocks may hold no more than one end of a code; at most its length.
const BEYOND: f32 = 100.0;

/// Whether a region of a view shows an end of PDF417.
///
/// # Errors
/// Those of `effort`.
pub fn is_stacked(view: &View, region: &Region, effort: &Effort) -> Result<bool, ReadError> {
    let scale = region.scale();
    let lines = (region.height / LINE_DISTANCE).ceil().clamp(1.0, MOST_LINES) as u32;
    let beyond = BEYOND.min(region.length);
    let width = ((region.length + 2.0 * beyond) / scale) as u32;
    let down_scale = region.height / lines as f32;
    let place = Place::stretched(region.centre, (width, lines), region.angle, scale, down_scale);
    if !effort.look(Part::Stacked, u64::from(width) * u64::from(lines))? {
        return Ok(false);
    }
    Ok((0..lines).any(|line| {
        let mut samples = Vec::with_capacity(width as usize);
        view.row(&place, width, line, &mut samples);
        Polarity::BOTH.into_iter().any(|polarity| {
            let runs = runs::of(&linear::binarised(&samples, polarity, samples.len() / WINDOW));
            guards::pdf417_ends(&runs).next().is_some()
        })
    }))
}
