//! Convex hull and smallest enclosing rectangle of contour points.
//!
//! Contours of text lines are long and thin. The hull works on integers, so that no point is lost to rounding
//! (a hull that sorts by angle in 32-bit floats drops whole lines), and the rectangle in 64-bit floats.

/// A point of a contour, in map pixels.
pub type Pixel = (i32, i32);

/// A rectangle with any rotation, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// The middle: x, y.
    pub centre: (f64, f64),
    /// Unit vector along `size.0`.
    pub axis: (f64, f64),
    /// Length along `axis` and across it.
    pub size: (f64, f64),
}

impl Rect {
    /// The four corners in turn around the rectangle.
    pub fn corners(&self) -> [(f64, f64); 4] {
        let (ux, uy) = (self.axis.0 * self.size.0 / 2.0, self.axis.1 * self.size.0 / 2.0);
        let (vx, vy) = (-self.axis.1 * self.size.1 / 2.0, self.axis.0 * self.size.1 / 2.0);
        let (x, y) = self.centre;
        [(x - ux - vx, y - uy - vy), (x + ux - vx, y + uy - vy), (x + ux + vx, y + uy + vy), (x - ux + vx, y - uy + vy)]
    }

    /// Length of the shorter side.
    pub fn short_side(&self) -> f64 {
        self.size.0.min(self.size.1)
    }

    /// The same rectangle with every side moved outwards by `distance` pixels.
    pub fn grown(self, distance: f64) -> Self {
        Rect { size: (self.size.0 + 2.0 * distance, self.size.1 + 2.0 * distance), ..self }
    }
}

/// The convex hull, counter-clockwise in a y-up frame, without collinear points (A. M. Andrew's monotone chain, 1979).
pub fn convex_hull(points: &[Pixel]) -> Vec<Pixel> {
    let mut points = points.to_vec();
    points.sort_unstable();
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let mut hull = half_hull(points.iter().copied());
    let back = half_hull(points.iter().rev().copied());
    hull.pop();
    hull.extend(&back[..back.len() - 1]);
    hull
}

fn half_hull(points: impl Iterator<Item = Pixel>) -> Vec<Pixel> {
    let mut chain: Vec<Pixel> = Vec::new();
    for point in points {
        while let [.., a, b] = chain[..] {
            if cross(a, b, point) > 0 {
                break;
            }
            chain.pop();
        }
        chain.push(point);
    }
    chain
}

/// Twice the signed area of the triangle `a`, `b`, `c`.
fn cross(a: Pixel, b: Pixel, c: Pixel) -> i64 {
    let (ax, ay) = (i64::from(a.0), i64::from(a.1));
    (i64::from(b.0) - ax) * (i64::from(c.1) - ay) - (i64::from(b.1) - ay) * (i64::from(c.0) - ax)
}

/// The rectangle of least area around points; one of its sides lies on an edge of their hull (H. Freeman and
/// R. Shapira, 1975). `None` without points.
pub fn min_area_rect(points: &[Pixel]) -> Option<Rect> {
    let hull = convex_hull(points);
    let (&first, rest) = hull.split_first()?;
    if rest.is_empty() {
        let centre = (f64::from(first.0), f64::from(first.1));
        return Some(Rect { centre, axis: (1.0, 0.0), size: (0.0, 0.0) });
    }
    let edges = hull.iter().zip(hull.iter().cycle().skip(1));
    edges
        .map(|(a, b)| rect_along(&hull, (f64::from(b.0 - a.0), f64::from(b.1 - a.1))))
        .min_by(|a, b| (a.size.0 * a.size.1).total_cmp(&(b.size.0 * b.size.1)))
}

/// The smallest rectangle around `hull` with a side along `direction`.
fn rect_along(hull: &[Pixel], direction: (f64, f64)) -> Rect {
    let length = direction.0.hypot(direction.1);
    let axis = (direction.0 / length, direction.1 / length);
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let (mut along, mut across) = (start, start);
    for &(x, y) in hull {
        let (x, y) = (f64::from(x), f64::from(y));
        let u = x * axis.0 + y * axis.1;
        let v = y * axis.0 - x * axis.1;
        along = (along.0.min(u), along.1.max(u));
        across = (across.0.min(v), across.1.max(v));
    }
    let (u, v) = ((along.0 + along.1) / 2.0, (across.0 + across.1) / 2.0);
    Rect {
        centre: (u * axis.0 - v * axis.1, u * axis.1 + v * axis.0),
        axis,
        size: (along.1 - along.0, across.1 - across.0),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(points: &[Pixel], expected: (f64, f64)) {
        let rect = min_area_rect(points).unwrap();
        let size = (rect.size.0.max(rect.size.1), rect.short_side());
        assert!((size.0 - expected.0).abs() < 1e-6 && (size.1 - expected.1).abs() < 1e-6, "{size:?}");
    }

    #[test]
    fn rectangles_of_simple_shapes() {
        check(&[(5, 5)], (0.0, 0.0));
        check(&[(0, 0), (4, 3)], (5.0, 0.0));
        check(&[(0, 0), (10, 0), (10, 4), (0, 4), (5, 2)], (10.0, 4.0));
        check(&[(0, 2), (2, 0), (4, 2), (2, 4)], (8f64.sqrt(), 8f64.sqrt()));
        check(&[(0, 0), (5, 0), (9, 0)], (9.0, 0.0));
        assert_eq!(min_area_rect(&[]), None);
    }

    #[test]
    fn a_thin_slanted_line_keeps_its_length() {
        let points: Vec<Pixel> = (0..3000).flat_map(|x| [(x, x / 50), (x, x / 50 + 9)]).collect();
        let rect = min_area_rect(&points).unwrap();
        assert!(rect.size.0.max(rect.size.1) > 2990.0 && rect.short_side() < 11.0, "{rect:?}");
    }

    fn points() -> impl Strategy<Value = Vec<Pixel>> {
        let thin = (0..4000i32, -2..3i32).prop_map(|(x, dy)| (x, x / 37 + dy));
        prop_oneof![prop::collection::vec((-50..50i32, -50..50i32), 1..60), prop::collection::vec(thin, 1..200),]
    }

    proptest! {
        #[test]
        fn the_hull_is_convex_and_holds_every_point(points in points()) {
            let hull = convex_hull(&points);
            prop_assert!(hull.iter().all(|corner| points.contains(corner)));
            if hull.len() >= 3 {
                for (i, &a) in hull.iter().enumerate() {
                    let b = hull[(i + 1) % hull.len()];
                    let c = hull[(i + 2) % hull.len()];
                    prop_assert!(cross(a, b, c) > 0);
                    prop_assert!(points.iter().all(|&point| cross(a, b, point) >= 0));
                }
            }
        }

        #[test]
        fn the_rectangle_holds_every_point_and_is_not_larger_than_the_level_one(points in points()) {
            let rect = min_area_rect(&points).unwrap();
            for &(x, y) in &points {
                let (dx, dy) = (f64::from(x) - rect.centre.0, f64::from(y) - rect.centre.1);
                let along = (dx * rect.axis.0 + dy * rect.axis.1).abs();
                let across = (dy * rect.axis.0 - dx * rect.axis.1).abs();
                prop_assert!(along <= rect.size.0 / 2.0 + 1e-6 && across <= rect.size.1 / 2.0 + 1e-6);
            }
            let span = |f: fn(&Pixel) -> i32| {
                f64::from(points.iter().map(f).max().unwrap() - points.iter().map(f).min().unwrap())
            };
            prop_assert!(rect.size.0 * rect.size.1 <= span(|p| p.0) * span(|p| p.1) + 1e-6);
        }
    }
}
