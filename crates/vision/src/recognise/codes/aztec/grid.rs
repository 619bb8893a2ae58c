//! The grid of modules around a bull's-eye: how its sides lie tells direction and size of a module, however the code is turned;
//! then each module is looked at where it should be, which stands blur better than thresholds of pixels.

use image::GrayImage;
use legible_reading::Point;
use rxing::common::BitMatrix;

use super::super::readers::Polarity;
use super::super::view::{self, Place};

/// Lines from the middle outwards along which the edges of rings are looked for.
const RAYS: usize = 96;
/// Fewest of them that must meet the edge.
const FEWEST_RAYS: usize = 72;
/// The edge that is looked for is the second from light to dark, where the outer light ring ends: the dark ring behind it is the
/// last one of small codes and may touch their modules, and the dark middle may have vanished in a blur.
const EDGE: usize = 2;
/// How far that edge is from the middle, in modules.
const EDGE_MODULES: f32 = 3.5;
/// Pixels between two looks along a ray.
const STEP: f32 = 0.25;
/// Radians to each side of the middle of a side of the ring that count for the side: not its corners, which blur rounds.
const OF_A_SIDE: f32 = 0.52;
/// Pixels of a module in what the reader gets.
const MODULE_PIXELS: u32 = 3;
/// Modules of light zone around it.
const ZONE: u32 = 2;
/// Modules to each side whose darkest and brightest decide what is dark.
const AROUND: usize = 4;

/// Where modules lie: `centre + across * x + down * y` for the module `(x, y)` counted from the middle one.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    centre: Point,
    across: (f32, f32),
    down: (f32, f32),
}

impl Grid {
    /// The grid of a bull's-eye with modules of about `module` pixels.
    pub fn fit(luma: &GrayImage, centre: Point, module: f32, polarity: Polarity) -> Option<Grid> {
        let ring: Vec<(f32, f32)> = (0..RAYS)
            .filter_map(|ray| {
                let angle = ray as f32 / RAYS as f32 * std::f32::consts::TAU;
                Some((angle, edge(luma, centre, angle, module, polarity)?))
            })
            .collect();
        if ring.len() < FEWEST_RAYS {
            return None;
        }
        // The distance of a square's side from its middle is largest at the corners, four times in a full turn. Rays that met
        // nothing must not count as short ones.
        let mean = ring.iter().map(|(_, distance)| distance).sum::<f32>() / ring.len() as f32;
        let (x, y) = ring.iter().fold((0.0, 0.0), |(x, y), (angle, distance)| {
            (x + (distance - mean) * (4.0 * angle).cos(), y + (distance - mean) * (4.0 * angle).sin())
        });
        let corner = y.atan2(x) / 4.0;
        let [right, below, left, above] =
            [0.25, 0.75, 1.25, 1.75].map(|turns| side(&ring, corner + turns * std::f32::consts::PI));
        let corners = [meet(left?, above?)?, meet(above?, right?)?, meet(right?, below?)?, meet(below?, left?)?];
        let mean = |of: [f32; 4]| of.iter().sum::<f32>() / 4.0;
        let [tl, tr, br, bl] = corners;
        let modules = 2.0 * 2.0 * EDGE_MODULES;
        let across = ((tr.0 - tl.0 + br.0 - bl.0) / modules, (tr.1 - tl.1 + br.1 - bl.1) / modules);
        let down = ((bl.0 - tl.0 + br.0 - tr.0) / modules, (bl.1 - tl.1 + br.1 - tr.1) / modules);
        let shift = (mean(corners.map(|corner| corner.0)), mean(corners.map(|corner| corner.1)));
        let centre = Point { x: centre.x + shift.0, y: centre.y + shift.1 };
        let sane = |axis: (f32, f32)| (0.6 * module..1.6 * module).contains(&axis.0.hypot(axis.1));
        (sane(across) && sane(down)).then_some(Grid { centre, across, down })
    }

    /// Radians clockwise by which the grid is turned.
    pub fn angle(&self) -> f32 {
        self.across.1.atan2(self.across.0)
    }

    /// A clean picture of the `side` × `side` modules around the middle, and where its pixels lie.
    pub fn picture(&self, luma: &GrayImage, side: u32, polarity: Polarity) -> Option<(BitMatrix, Place)> {
        let modules: Vec<u8> = (0..side * side)
            .map(|at| {
                let offset = |at: u32| at as f32 - (side - 1) as f32 / 2.0;
                self.brightness(luma, offset(at % side), offset(at / side), polarity)
            })
            .collect();
        let dark = darker_than_around(&modules, side as usize);
        let whole = (side + 2 * ZONE) * MODULE_PIXELS;
        let mut matrix = BitMatrix::new(whole, whole).ok()?;
        for (at, _) in (0..).zip(&dark).filter(|(_, dark)| **dark) {
            let start = |at: u32| (at + ZONE) * MODULE_PIXELS;
            matrix.setRegion(start(at % side), start(at / side), MODULE_PIXELS, MODULE_PIXELS).ok()?;
        }
        let pixel = |axis: (f32, f32)| (axis.0 / MODULE_PIXELS as f32, axis.1 / MODULE_PIXELS as f32);
        Some((matrix, Place::along(self.centre, whole as f32 / 2.0, pixel(self.across), pixel(self.down))))
    }

    /// How bright a module is: the mean of some points near its middle.
    fn brightness(&self, luma: &GrayImage, x: f32, y: f32, polarity: Polarity) -> u8 {
        let points = [(0.0, 0.0), (-0.22, 0.0), (0.22, 0.0), (0.0, -0.22), (0.0, 0.22)];
        let sum: u32 = points
            .iter()
            .map(|(dx, dy)| {
                let (x, y) = (x + dx, y + dy);
                let at = Point {
                    x: self.centre.x + x * self.across.0 + y * self.down.0,
                    y: self.centre.y + x * self.across.1 + y * self.down.1,
                };
                u32::from(polarity.seen(view::sample(luma, at)))
            })
            .sum();
        (sum / points.len() as u32) as u8
    }
}

/// How far from the middle a ray meets the edge.
fn edge(luma: &GrayImage, centre: Point, angle: f32, module: f32, polarity: Polarity) -> Option<f32> {
    let (sin, cos) = angle.sin_cos();
    // To the end of the dark ring behind the edge, at a corner.
    let steps = ((EDGE_MODULES + 1.0) * 1.3 * module / STEP) as usize;
    let values: Vec<f32> = (0..steps)
        .map(|step| {
            let far = step as f32 * STEP;
            f32::from(polarity.seen(view::sample(luma, Point { x: centre.x + far * cos, y: centre.y + far * sin })))
        })
        .collect();
    // Over the rings as much is dark as light. What lies beyond would tell more of the light zone than of blurred rings.
    let rings = &values[..((EDGE_MODULES + 1.0) * module / STEP) as usize];
    let middle = rings.iter().sum::<f32>() / rings.len().max(1) as f32;
    let mut crossings = values.windows(2).enumerate().filter(|(_, two)| two[0] >= middle && two[1] < middle);
    let (at, two) = crossings.nth(EDGE - 1)?;
    // Where between the two looks.
    Some((at as f32 + (middle - two[0]) / (two[1] - two[0])) * STEP)
}

/// The line of the points of the ring around some direction: its normal and distance from the middle.
fn side(ring: &[(f32, f32)], direction: f32) -> Option<(f32, f32, f32)> {
    let (sin, cos) = direction.sin_cos();
    // In a frame in which the line is nearly upright: `u = a + b * v`.
    let points: Vec<(f32, f32)> = ring
        .iter()
        .filter(|(angle, _)| {
            let apart = (angle - direction).rem_euclid(std::f32::consts::TAU);
            apart.min(std::f32::consts::TAU - apart) < OF_A_SIDE
        })
        .map(|(angle, distance)| {
            let (x, y) = (distance * angle.cos(), distance * angle.sin());
            (x * cos + y * sin, y * cos - x * sin)
        })
        .collect();
    let count = points.len() as f32;
    let (u, v) = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    let (u, v) = (u / count, v / count);
    let (uv, vv) = points
        .iter()
        .fold((0.0, 0.0), |sum, point| (sum.0 + (point.0 - u) * (point.1 - v), sum.1 + (point.1 - v) * (point.1 - v)));
    let slope = uv / vv;
    // The normal (1, −slope), turned back.
    let line = (cos + slope * sin, sin - slope * cos, u - slope * v);
    (points.len() >= 8 && slope.is_finite()).then_some(line)
}

/// Where two lines meet.
fn meet(a: (f32, f32, f32), b: (f32, f32, f32)) -> Option<(f32, f32)> {
    let determinant = a.0 * b.1 - a.1 * b.0;
    (determinant.abs() > 1e-3).then(|| ((a.2 * b.1 - a.1 * b.2) / determinant, (a.0 * b.2 - a.2 * b.0) / determinant))
}

/// Which modules are darker than the middle between the darkest and the brightest near them.
fn darker_than_around(modules: &[u8], side: usize) -> Vec<bool> {
    let near = |at: usize| at.saturating_sub(AROUND)..(at + AROUND + 1).min(side);
    let range = |values: &mut dyn Iterator<Item = (u8, u8)>| {
        values.fold((255, 0), |(low, high), (least, most)| (least.min(low), most.max(high)))
    };
    // Along rows first, then along columns of what that gave.
    let rows: Vec<(u8, u8)> = (0..modules.len())
        .map(|at| range(&mut near(at % side).map(|x| modules[at / side * side + x]).map(|value| (value, value))))
        .collect();
    let around = (0..modules.len()).map(|at| range(&mut near(at / side).map(|y| rows[y * side + at % side])));
    modules
        .iter()
        .zip(around)
        .map(|(&value, (low, high))| 2 * u16::from(value) < u16::from(low) + u16::from(high))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// A bull's-eye in the middle of 120 × 120 pixels.
    fn rings(module: f32, degrees: f32) -> GrayImage {
        let (sin, cos) = degrees.to_radians().sin_cos();
        GrayImage::from_fn(120, 120, |x, y| {
            let dark = (0..16).filter(|part| {
                let (x, y) = (
                    x as f32 + (part % 4) as f32 / 4.0 + 0.125 - 60.0,
                    y as f32 + (part / 4) as f32 / 4.0 + 0.125 - 60.0,
                );
                let (u, v) = ((x * cos + y * sin) / module, (y * cos - x * sin) / module);
                let ring = u.abs().max(v.abs()).round() as u32;
                ring <= 4 && ring.is_multiple_of(2)
            });
            Luma([230 - 13 * dark.count() as u8])
        })
    }

    #[test]
    fn the_grid_has_the_rings_direction_and_size() {
        for (module, degrees) in [(3.0, 0.0), (3.0, 20.0_f32), (4.0, 25.0), (5.0, 44.0), (4.0, -31.0)] {
            let luma = image::imageops::fast_blur(&rings(module, degrees), module / 3.0);
            let off = Point { x: 60.0 + 0.2 * module, y: 60.0 - 0.2 * module };
            let grid = Grid::fit(&luma, off, 1.1 * module, Polarity::DarkOnLight);
            let grid = grid.unwrap_or_else(|| panic!("no grid of {module} pixels at {degrees}°"));
            // The same after a quarter turn.
            let turned = (grid.angle().to_degrees() - degrees).rem_euclid(90.0);
            assert!(turned.min(90.0 - turned) < 1.0, "{degrees}: {turned}");
            let size = grid.across.0.hypot(grid.across.1);
            assert!((size / module - 1.0).abs() < 0.03, "{module}: {size}");
            assert!((grid.centre.x - 60.0).hypot(grid.centre.y - 60.0) < 0.1 * module, "{:?}", grid.centre);
        }
    }

    #[test]
    fn what_has_no_rings_has_no_grid() {
        let flat = GrayImage::from_pixel(120, 120, Luma([200]));
        assert!(Grid::fit(&flat, Point { x: 60.0, y: 60.0 }, 4.0, Polarity::DarkOnLight).is_none());
    }
}
