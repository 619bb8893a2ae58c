//! A first glimpse at a region of stripes: a few lines across it tell whether it may hold a code at all. Most regions are railings,
//! leaves and letters, and turning one upright costs a hundred times as much.

use legible_reading::Point;

use super::linear;
use super::readers::{self, Polarity};
use super::runs::{self, Run};
use super::stripes::Region;
use super::view::{self, View};

/// Lines looked at, spread over the region's height.
const LINES: u32 = 20;
/// How many of them must show as many bars as a linear code has.
const FEWEST: usize = 2;
/// Fewest bars of a linear code: those of a Code 128 of one sign, and some may not be seen.
const FEWEST_BARS: usize = 11;
/// The bars at the ends of PDF417 are twice as wide as any of another code.
const STACKED_WINDOW: usize = 7;

/// What a region may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glimpse {
    /// There are as many bars as in a linear code.
    pub bars: bool,
    /// There is the start or stop pattern of PDF417.
    pub stacked: bool,
}

/// Looks at a region of a view.
pub fn of(view: &View, region: &Region) -> Glimpse {
    let lines: Vec<Vec<u8>> = (0..LINES).map(|line| samples(view, region, line)).collect();
    let enough = |fewest: usize, window: usize, shows: &dyn Fn(&[Run]) -> bool| {
        [Polarity::DarkOnLight, Polarity::LightOnDark].into_iter().any(|polarity| {
            lines
                .iter()
                .filter(|line| shows(&runs::of(&linear::binarised(line, polarity, line.len() / window))))
                .count()
                >= fewest
        })
    };
    Glimpse {
        bars: enough(FEWEST, linear::WINDOW, &|runs| runs.iter().filter(|run| run.printed).count() >= FEWEST_BARS),
        stacked: enough(1, STACKED_WINDOW, &readers::has_pdf417_end),
    }
}

/// A line across the bars.
fn samples(view: &View, region: &Region, line: u32) -> Vec<u8> {
    let scale = region.scale();
    let (sin, cos) = region.angle.sin_cos();
    let down = ((line as f32 + 0.5) / LINES as f32 - 0.5) * region.height;
    (0..(region.length / scale) as u32)
        .map(|at| {
            let across = (at as f32 + 0.5) * scale - region.length / 2.0;
            let x = region.centre.x + across * cos - down * sin;
            let y = region.centre.y + across * sin + down * cos;
            view::sample(&view.luma, Point { x, y })
        })
        .collect()
}
