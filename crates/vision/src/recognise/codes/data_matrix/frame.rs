//! The frame of a Data Matrix code (ISO/IEC 16022, 5.1): what may be one, and whether its modules are in turn where they should be.

use legible_reading::Point;
use rxing::common::BitMatrix;

use super::edges::Edge;
use crate::recognise::codes::area::Area;

/// Shortest side of a code, in pixels: ten modules of not much more than one.
const SHORTEST_SIDE: f32 = 12.0;
/// Longest: a coarser layer shows better what is larger.
const LONGEST_SIDE: f32 = 1_000.0;
/// How much longer one side may be than the other: 8 × 32 modules, seen at an angle.
const SIDE_RATIO: f32 = 6.0;
/// Greatest cosine of the angle between the sides: 65° to 115°.
const LARGEST_COSINE: f32 = 0.42;
/// Most pixels from where two sides would meet to where their edges end: blur rounds corners.
const CORNER: f32 = 5.0;
/// Where along a solid side its thickness is measured, which is that of a module where no dark one lies beside it.
const THICKNESS_AT: [f32; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/// Which of the measures counts, from the thinnest.
const THIN: usize = 1;
/// Fewest and most changes along a side whose modules are in turn: codes have 8 to 144 modules there.
const CHANGES: std::ops::RangeInclusive<usize> = 6..=150;
/// How many modules inside of the end of a solid side such a side begins: half a one, but blur shortens what ends there.
const BEGINNINGS: [f32; 3] = [0.5, 0.1, 0.8];
/// By how many modules such a side may lean from the solid one opposite to it, at its far end: codes are seen at an angle.
const LEANS: [f32; 13] = [0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -1.5, 2.0, -2.0, 3.0, -3.0, 4.0, -4.0];
/// How much a dark module and the light one beside it may differ from the mean of all such: by this share of it, and so many pixels.
const PAIR_SLACK: (f32, f32) = (0.3, 1.5);
/// One in so many pairs may differ more: small modules run together.
const FITTING_TO_ONE_UNLIKE: usize = 6;
/// Which part of a side is looked at first: where nothing changes there, it does not anywhere.
const FIRST_PART: f32 = 0.34;
/// Pixels from a look at a side to the next.
const STEP: f32 = 0.5;
/// What the reader gets to see around a frame, as a share of its longer side, and in pixels.
const AROUND: (f32, f32) = (0.15, 6.0);

/// An edge that begins where another one may meet it.
#[derive(Debug, Clone, Copy)]
pub struct Side {
    pub corner: Point,
    /// From the corner to the other end.
    along: (f32, f32),
    inward: (f32, f32),
}

impl Side {
    /// An edge begun from either of its ends.
    pub fn both(edge: &Edge, inverted: bool) -> [Side; 2] {
        let [a, b] = edge.ends;
        let sign = if inverted { -1.0 } else { 1.0 };
        let inward = (sign * edge.inward.0, sign * edge.inward.1);
        let side = |corner: Point, end: Point| Side { corner, along: (end.x - corner.x, end.y - corner.y), inward };
        [side(a, b), side(b, a)]
    }
}

/// What two solid sides span.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    corner: Point,
    sides: [(f32, f32); 2],
}

impl Frame {
    /// What two edges span, if they may be the solid sides of a code.
    pub fn of(a: &Side, b: &Side) -> Option<Frame> {
        let dot = |a: (f32, f32), b: (f32, f32)| a.0 * b.0 + a.1 * b.1;
        let (length_a, length_b) = (length(a.along), length(b.along));
        let (short, long) = (length_a.min(length_b), length_a.max(length_b));
        let cosine = dot(a.along, b.along) / (length_a * length_b);
        // Dark must be inside.
        let within = dot(a.inward, b.along) > 0.0 && dot(b.inward, a.along) > 0.0;
        if !within
            || short < SHORTEST_SIDE
            || long > LONGEST_SIDE.min(SIDE_RATIO * short)
            || cosine.abs() > LARGEST_COSINE
        {
            return None;
        }
        // Where their lines meet: so many lengths of `a` from its beginning.
        let between = (b.corner.x - a.corner.x, b.corner.y - a.corner.y);
        let cross = |a: (f32, f32), b: (f32, f32)| a.0 * b.1 - a.1 * b.0;
        let share = cross(between, b.along) / cross(a.along, b.along);
        let corner = Point { x: a.corner.x + share * a.along.0, y: a.corner.y + share * a.along.1 };
        let near = |side: &Side| (side.corner.x - corner.x).hypot(side.corner.y - corner.y) <= CORNER;
        let to_end = |side: &Side| (side.corner.x + side.along.0 - corner.x, side.corner.y + side.along.1 - corner.y);
        (near(a) && near(b)).then(|| Frame { corner, sides: [to_end(a), to_end(b)] })
    }

    /// A point so many sides from the corner along both.
    pub fn at(&self, along_a: f32, along_b: f32) -> Point {
        let [a, b] = self.sides;
        Point { x: self.corner.x + along_a * a.0 + along_b * b.0, y: self.corner.y + along_a * a.1 + along_b * b.1 }
    }

    /// How many pixels [`Frame::module`] looks at, at most.
    pub fn least_looks(&self) -> u64 {
        let sides: f32 = self.sides.into_iter().map(length).sum();
        ((BEGINNINGS.len() as f32 * FIRST_PART + THICKNESS_AT.len() as f32) * sides / STEP) as u64
    }

    /// How many pixels [`Frame::has_modules_in_turn`] looks at, at most.
    pub fn most_looks(&self) -> u64 {
        let sides: f32 = self.sides.into_iter().map(length).sum();
        ((BEGINNINGS.len() * LEANS.len()) as f32 * sides / STEP) as u64
    }

    /// How large a module seems to be, in pixels, if anything at all changes along both sides that are not solid.
    pub fn module(&self, matrix: &BitMatrix) -> Option<f32> {
        let [a, b] = self.sides;
        let [thickness_a, thickness_b] = [(a, b), (b, a)].map(|(along, inward)| self.thickness(matrix, along, inward));
        let module = thickness_a.min(thickness_b).max(1.0);
        (self.changes(matrix, a, b, module) && self.changes(matrix, b, a, module)).then_some(module)
    }

    /// Whether modules are dark and light in turn along the two sides that are not solid.
    pub fn has_modules_in_turn(&self, matrix: &BitMatrix, module: f32) -> bool {
        let [a, b] = self.sides;
        self.is_in_turn(matrix, a, b, module) && self.is_in_turn(matrix, b, a, module)
    }

    /// Whether anything changes where the side begins that goes from the far end of `to` where `along` goes.
    fn changes(&self, matrix: &BitMatrix, to: (f32, f32), along: (f32, f32), module: f32) -> bool {
        let looks = (length(along) / STEP * FIRST_PART) as usize;
        let step = (along.0 / length(along) * STEP, along.1 / length(along) * STEP);
        BEGINNINGS.into_iter().any(|inside| {
            let from = moved(self.corner, to, 1.0 - inside * module / length(to));
            let mut darks = (1..looks).map(|n| is_dark(matrix, moved(from, step, n as f32)));
            let first = darks.next();
            darks.any(|dark| Some(dark) != first)
        })
    }

    /// How thick the solid side `along` is, in pixels.
    fn thickness(&self, matrix: &BitMatrix, along: (f32, f32), inward: (f32, f32)) -> f32 {
        let most = length(inward);
        let step = (inward.0 / most * STEP, inward.1 / most * STEP);
        let mut thickness = THICKNESS_AT.map(|share| {
            let from = Point { x: self.corner.x + share * along.0, y: self.corner.y + share * along.1 };
            // The first look is well within the edge.
            let looks = (1..(most / STEP) as usize).map(|n| (n, moved(from, step, n as f32)));
            looks.skip(1).find(|(_, p)| !is_dark(matrix, *p)).map_or(most, |(n, _)| n as f32 * STEP)
        });
        thickness.sort_by(f32::total_cmp);
        thickness[THIN]
    }

    /// Whether modules are in turn along the side that begins at the far end of `to` and goes where `along` goes.
    fn is_in_turn(&self, matrix: &BitMatrix, to: (f32, f32), along: (f32, f32), module: f32) -> bool {
        let (far, steps) = (length(to), length(along) / STEP);
        BEGINNINGS.into_iter().any(|inside| {
            let from = moved(self.corner, to, 1.0 - inside * module / far);
            LEANS.into_iter().any(|lean| {
                let lean = lean * module / far;
                let step = ((along.0 + lean * to.0) / steps, (along.1 + lean * to.1) / steps);
                are_in_turn(steps as usize, |n| is_dark(matrix, moved(from, step, n as f32)))
            })
        })
    }

    /// Where the code lies, with what is around it.
    pub fn area(&self, matrix: &BitMatrix) -> Option<Area> {
        let corners = [self.corner, self.at(1.0, 0.0), self.at(0.0, 1.0), self.at(1.0, 1.0)];
        let around = AROUND.0 * self.sides.into_iter().map(length).fold(0.0, f32::max) + AROUND.1;
        Area::around(&corners, around, (matrix.getWidth(), matrix.getHeight()))
    }
}

/// Whether so many looks along a side meet dark and light modules in turn, all about equally wide.
fn are_in_turn(looks: usize, is_dark: impl Fn(usize) -> bool) -> bool {
    // Where it changes, counted in looks. The first module is the end of the solid side; of the last nothing may be seen: it is light.
    let mut changes: Vec<usize> = Vec::new();
    let mut last = true;
    for look in 1..looks {
        if is_dark(look) != last {
            last = !last;
            changes.push(look);
        } else if look - changes.last().copied().unwrap_or_default() > looks / (CHANGES.start() / 2) {
            return false;
        }
    }
    if !CHANGES.contains(&changes.len()) {
        return false;
    }
    let pair = 2.0 * looks as f32 / (changes.len() + 1) as f32;
    let fits = |width: usize| (width as f32 - pair).abs() <= PAIR_SLACK.0 * pair + PAIR_SLACK.1 / STEP;
    let unlike = changes.windows(3).filter(|three| !fits(three[2] - three[0])).count();
    changes[0] as f32 <= pair && unlike * FITTING_TO_ONE_UNLIKE <= changes.len()
}

fn is_dark(matrix: &BitMatrix, p: Point) -> bool {
    let inside = p.x >= 0.0 && p.y >= 0.0 && p.x < matrix.getWidth() as f32 && p.y < matrix.getHeight() as f32;
    inside && matrix.get(p.x as u32, p.y as u32)
}

fn moved(p: Point, by: (f32, f32), times: f32) -> Point {
    Point { x: p.x + times * by.0, y: p.y + times * by.1 }
}

fn length(of: (f32, f32)) -> f32 {
    of.0.hypot(of.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_in_turn_when_they_are_about_equally_wide() {
        let check = |name: &str, widths: &[usize], expected: bool| {
            let side: Vec<bool> = widths.iter().enumerate().flat_map(|(at, &width)| vec![at % 2 == 0; width]).collect();
            assert_eq!(are_in_turn(side.len(), |look| side[look]), expected, "{name}");
        };
        check("ten modules", &[8; 10], true);
        check("ten modules, the last unseen", &[8; 9], true);
        check("dark ones that blur made small", &[4, 12, 4, 12, 4, 12, 4, 12, 4, 12], true);
        check("too few", &[8; 6], false);
        check("solid", &[80], false);
        check("a solid end", &[8, 8, 8, 8, 8, 8, 8, 8, 60], false);
        check("letters", &[8, 8, 40, 8, 8, 40, 8, 8, 40, 8], false);
    }

    #[test]
    fn sides_span_a_frame_where_dark_is_inside() {
        let side = |corner: (f32, f32), along: (f32, f32), inward: (f32, f32)| Side {
            corner: Point { x: corner.0, y: corner.1 },
            along,
            inward,
        };
        let upright = side((100.0, 197.0), (0.0, -95.0), (1.0, 0.0));
        let check = |name: &str, other: Side, expected: Option<(f32, f32)>| {
            let far = Frame::of(&upright, &other).map(|frame| frame.at(1.0, 1.0));
            assert_eq!(far.map(|p| (p.x.round(), p.y.round())), expected, "{name}");
        };
        check("a square", side((103.0, 200.0), (97.0, 0.0), (0.0, -1.0)), Some((200.0, 102.0)));
        check("dark outside", side((103.0, 200.0), (97.0, 0.0), (0.0, 1.0)), None);
        check("to the other side", side((97.0, 200.0), (-97.0, 0.0), (0.0, -1.0)), None);
        check("elsewhere", side((120.0, 200.0), (97.0, 0.0), (0.0, -1.0)), None);
        check("too long", side((103.0, 200.0), (697.0, 0.0), (0.0, -1.0)), None);
        check("slanting", side((103.0, 200.0), (70.0, 70.0), (0.0, -1.0)), None);
    }
}
