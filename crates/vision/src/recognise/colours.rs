//! The dominant colours of an image, with the names that people search by.
//!
//! Pixels of a small copy are grouped in OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020),
//! where distances are about what eyes see: k-means, begun with the colours that are farthest from each other, so that a
//! small patch of red on grey is a group of its own and the same image gives the same answer. The crate `auto-palette` chooses
//! swatches for their contrast, not shares, so it does not serve. Times: `docs/recognition.md`.

mod oklab;

use image::{RgbImage, imageops};
use legible_reading::recognition::{Colour, ColourName};
use oklab::Lab;

/// The name in a [`Stamp`](legible_reading::recognition::Stamp).
pub const NAME: &str = "oklab-kmeans";
/// Changes whenever the same image may give other colours.
pub const VERSION: &str = "1";

/// Longer side of the copy that is looked at, in pixels.
const SIDE: u32 = 96;
/// Most groups of pixels.
const GROUPS: usize = 10;
/// No group begins nearer to another than this, in OKLab, where black and white are 1 apart.
const LEAST_DISTANCE: f32 = 0.08;
/// The groups hardly move after that.
const ROUNDS: usize = 12;
/// Least share of an image that counts.
const LEAST_SHARE: f32 = 0.03;

/// The dominant colours of an image, the largest share first; one of each name.
pub fn colours(image: &RgbImage) -> Vec<Colour> {
    let (width, height) = image.dimensions();
    if width == 0 || height == 0 {
        return Vec::new();
    }
    let scale = (f64::from(SIDE) / f64::from(width.max(height))).min(1.0);
    let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
    // Every pixel of the copy is one of the image, not a mean: means of a red and a green dot are brown.
    let copy = imageops::resize(image, side(width), side(height), imageops::FilterType::Nearest);
    let pixels: Vec<Lab> = copy.pixels().map(|pixel| Lab::of(pixel.0)).collect();
    let groups = grouped(&pixels);
    let mut named: Vec<(ColourName, Lab, usize)> = Vec::new();
    for (mean, count) in groups {
        let name = mean.name();
        match named.iter_mut().find(|(other, ..)| *other == name) {
            Some((_, of, so_far)) => {
                *of = of.mixed(*so_far, mean, count);
                *so_far += count;
            }
            None => named.push((name, mean, count)),
        }
    }
    let share = |count: usize| count as f32 / pixels.len() as f32;
    named.retain(|(.., count)| share(*count) >= LEAST_SHARE);
    named.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(&b.0)));
    named.into_iter().map(|(name, mean, count)| Colour { name, rgb: mean.rgb(), share: share(count) }).collect()
}

/// Groups of like pixels: the mean of each, and how many they are.
fn grouped(pixels: &[Lab]) -> Vec<(Lab, usize)> {
    let mut means = farthest(pixels);
    let mut counts = vec![0; means.len()];
    for _ in 0..ROUNDS {
        let mut sums = vec![Lab::default(); means.len()];
        counts.fill(0);
        for pixel in pixels {
            let nearest = nearest(&means, pixel);
            sums[nearest] = sums[nearest].plus(pixel);
            counts[nearest] += 1;
        }
        for ((mean, sum), &count) in means.iter_mut().zip(&sums).zip(&counts) {
            if count > 0 {
                *mean = sum.over(count);
            }
        }
    }
    means.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect()
}

/// Where the groups begin: at the first pixel, then each time at the one that is farthest from all so far.
fn farthest(pixels: &[Lab]) -> Vec<Lab> {
    let Some(first) = pixels.first() else { return Vec::new() };
    let mut means = vec![*first];
    let mut distances: Vec<f32> = pixels.iter().map(|pixel| pixel.squared_distance(first)).collect();
    while means.len() < GROUPS {
        let farthest = distances.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
        let Some((at, _)) = farthest.filter(|(_, distance)| **distance > LEAST_DISTANCE * LEAST_DISTANCE) else {
            break;
        };
        let next = pixels[at];
        means.push(next);
        for (distance, pixel) in distances.iter_mut().zip(pixels) {
            *distance = distance.min(pixel.squared_distance(&next));
        }
    }
    means
}

fn nearest(means: &[Lab], pixel: &Lab) -> usize {
    let distances = means.iter().map(|mean| pixel.squared_distance(mean)).enumerate();
    distances.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(at, _)| at)
}

#[cfg(test)]
#[path = "colours_tests.rs"]
mod tests;
