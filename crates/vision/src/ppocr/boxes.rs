//! From the detector's probability map to one rectangle per line of text.
//!
//! The post-processing of DB (M. Liao et al., "Real-time Scene Text Detection with Differentiable Binarization", 2020).
//! The detector marks a shrunken core of each line; growing it back with round joins equals moving the sides of its
//! rectangle outwards, so no polygon clipper is needed.

use rten_imageproc::{RetrievalMode, find_contours};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};

use super::hull::{Pixel, Rect, min_area_rect};

/// Probability above which a map pixel is text.
const TEXT_THRESHOLD: f32 = 0.3;
/// Least mean probability inside a rectangle.
const BOX_THRESHOLD: f32 = 0.5;
/// How far a rectangle grows back, in multiples of area / perimeter.
const UNCLIP_RATIO: f64 = 1.6;
/// Contours run through the centres of the outermost pixels; their outer halves belong to the text, too.
const HALF_PIXEL: f64 = 0.5;
/// Least short side before and after growing, in map pixels.
const MIN_CORE: f64 = 3.0;
const MIN_GROWN: f64 = 5.0;

/// The rectangles of text in a map of probabilities with shape `[rows, columns]`, in map pixels.
/// At most `max_contours` contours are looked at.
pub fn boxes(map: NdTensorView<f32, 2>, max_contours: usize) -> Vec<Rect> {
    let mask = dilated_mask(&map);
    let contours = find_contours(mask.view(), RetrievalMode::List);
    contours.iter().take(max_contours).filter_map(|contour| text_box(&map, contour)).collect()
}

fn text_box(map: &NdTensorView<f32, 2>, contour: &[rten_imageproc::Point]) -> Option<Rect> {
    let points: Vec<Pixel> = contour.iter().map(|point| (point.x, point.y)).collect();
    let core = min_area_rect(&points)?;
    if core.short_side() < MIN_CORE || mean_inside(map, &core) < BOX_THRESHOLD {
        return None;
    }
    let distance = core.size.0 * core.size.1 * UNCLIP_RATIO / (2.0 * (core.size.0 + core.size.1));
    let grown = core.grown(distance + HALF_PIXEL);
    (grown.short_side() >= MIN_GROWN).then_some(grown)
}

/// Pixels over the threshold, each joined by its right, lower and lower right neighbour (a dilation by 2 × 2).
fn dilated_mask(map: &NdTensorView<f32, 2>) -> NdTensor<bool, 2> {
    let [rows, columns] = map.shape();
    let mut mask = NdTensor::<bool, 2>::full([rows, columns], false);
    for y in 0..rows {
        for x in 0..columns {
            if map[[y, x]] > TEXT_THRESHOLD {
                for (dy, dx) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                    if y + dy < rows && x + dx < columns {
                        mask[[y + dy, x + dx]] = true;
                    }
                }
            }
        }
    }
    mask
}

/// Mean of the map over the pixels whose centres lie in the rectangle or on its edge.
fn mean_inside(map: &NdTensorView<f32, 2>, rect: &Rect) -> f32 {
    let [rows, columns] = map.shape();
    let corners = rect.corners();
    let low = |f: fn(&(f64, f64)) -> f64| corners.iter().map(f).fold(f64::INFINITY, f64::min).floor().max(0.0) as usize;
    let high = |f: fn(&(f64, f64)) -> f64, end: usize| {
        (corners.iter().map(f).fold(0.0, f64::max).ceil() as usize).min(end.saturating_sub(1))
    };
    let (mut sum, mut count) = (0.0f64, 0u32);
    for y in low(|p| p.1)..=high(|p| p.1, rows) {
        for x in low(|p| p.0)..=high(|p| p.0, columns) {
            let (dx, dy) = (x as f64 - rect.centre.0, y as f64 - rect.centre.1);
            let along = (dx * rect.axis.0 + dy * rect.axis.1).abs();
            let across = (dy * rect.axis.0 - dx * rect.axis.1).abs();
            if along <= rect.size.0 / 2.0 + 0.5 && across <= rect.size.1 / 2.0 + 0.5 {
                sum += f64::from(map[[y, x]]);
                count += 1;
            }
        }
    }
    if count == 0 { 0.0 } else { (sum / f64::from(count)) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(marks: &[(usize, usize, usize, usize, f32)], expected: &[(i32, i32, i32, i32)]) {
        let mut map = NdTensor::<f32, 2>::zeros([100, 200]);
        for &(left, top, right, bottom, probability) in marks {
            for y in top..bottom {
                for x in left..right {
                    map[[y, x]] = probability;
                }
            }
        }
        let mut seen: Vec<_> = boxes(map.view(), 1000).iter().map(rounded_edges).collect();
        seen.sort_unstable();
        assert_eq!(seen, expected, "{marks:?}");
    }

    fn rounded_edges(rect: &Rect) -> (i32, i32, i32, i32) {
        let corners = rect.corners();
        let edge = |f: fn(&(f64, f64)) -> f64, max: bool| {
            let values = corners.iter().map(f);
            (if max { values.fold(f64::MIN, f64::max) } else { values.fold(f64::MAX, f64::min) }).round() as i32
        };
        (edge(|p| p.0, false), edge(|p| p.1, false), edge(|p| p.0, true), edge(|p| p.1, true))
    }

    #[test]
    fn marks_become_grown_boxes() {
        check(&[], &[]);
        // 61 x 11 pixels with the dilation, 60 x 10 between centres: grows by 600 * 1.6 / 140 = 6.86.
        check(&[(50, 40, 110, 50, 0.9)], &[(43, 33, 117, 57)]);
        check(&[(50, 40, 110, 50, 0.9), (20, 80, 80, 90, 0.8)], &[(13, 73, 87, 97), (43, 33, 117, 57)]);
        // Faint, and too thin.
        check(&[(50, 40, 110, 50, 0.4)], &[]);
        check(&[(50, 40, 110, 42, 0.9)], &[]);
        check(&[(50, 40, 110, 50, f32::NAN)], &[]);
        // At the edge of the map.
        check(&[(0, 0, 60, 10, 0.9)], &[(-7, -7, 67, 17)]);
    }

    #[test]
    fn a_slanted_line_stays_one_box_of_its_length() {
        let mut map = NdTensor::<f32, 2>::zeros([300, 1500]);
        for x in 20..1480 {
            for dy in 0..12 {
                map[[40 + x / 8 + dy, x]] = 0.9;
            }
        }
        let found = boxes(map.view(), 1000);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].size.0.max(found[0].size.1) > 1460.0, "{found:?}");
        assert!(found[0].short_side() < 40.0, "{found:?}");
    }
}
