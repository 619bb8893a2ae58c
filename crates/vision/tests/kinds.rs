//! The kind of an image: of images drawn here, of anything at all, and of real images.
//!
//! The last needs the collection in `LEGIBLE_IMAGES_DIR` (or `../shared/images` beside the clone); says so and passes without.

#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

mod pictures;

use std::path::Path;

use image::{Rgb, RgbImage};
use legible_reading::recognition::ImageKind;
use legible_vision::decode::decode;
use legible_vision::recognise::kind::model::Model;
use legible_vision::recognise::kind::{Hints, StoredAs, features, kind, likeliest, probabilities};
use proptest::prelude::*;

fn check(name: &str, image: &RgbImage, expected: ImageKind) {
    let told = probabilities(image, &Hints::default()).unwrap();
    assert_eq!(likeliest(&told).0, expected, "{name}: {told:.2?}");
}

#[test]
fn the_shipped_weights_are_of_the_features_that_are_measured() {
    let shipped: Model = include_str!("../src/recognise/kind/kinds.weights").parse().unwrap();
    let measured = features::features(&RgbImage::new(3, 2)).unwrap();
    assert_eq!(shipped.features, measured.names);
    assert!(shipped.trees.iter().all(|trees| !trees.is_empty()));
    assert!((0.3..1.0).contains(&shipped.least) && shipped.temperature > 0.1);
}

#[test]
fn drawn_images_are_told_apart() {
    check("a scene", &scene(800, 600), ImageKind::Photo);
    check("bars", &bars(480, 360), ImageKind::Chart);
    check("a window", &window(640, 480), ImageKind::Screenshot);
}

#[test]
fn the_dark_sample_of_the_repository_is_a_screenshot() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples/dark.png");
    check("dark.png", &decode(&std::fs::read(file).unwrap()).unwrap().pixels, ImageKind::Screenshot);
}

#[test]
fn what_is_known_beside_the_pixels_counts() {
    let scene = scene(800, 600);
    let told = |hints: Hints| probabilities(&scene, &hints).unwrap()[ImageKind::Photo as usize];
    let plain = told(Hints::default());
    assert!(told(Hints { camera: Some(true), ..Hints::default() }) > plain);
    assert!(told(Hints { format: Some(StoredAs::Lossless), ..Hints::default() }) < plain);
}

#[test]
fn a_guess_is_the_same_every_time_and_none_is_made_of_nothing() {
    let scene = scene(640, 480);
    assert_eq!(kind(&scene, &Hints::default()), kind(&scene, &Hints::default()));
    assert_eq!(kind(&RgbImage::new(0, 0), &Hints::default()), None);
    assert_eq!(kind(&RgbImage::new(0, 7), &Hints::default()), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_image_has_features_and_probabilities(
        width in prop_oneof![1u32..12, 1u32..700],
        height in prop_oneof![1u32..12, 1u32..700],
        seed: u32,
        levels in 1u32..5,
    ) {
        let image = RgbImage::from_fn(width, height, |x, y| Rgb([0, 8, 16].map(|shift| {
            let noise = (x / levels).wrapping_mul(0x9E37_79B9) ^ (y / levels).wrapping_mul(0x85EB_CA6B) ^ seed;
            (noise.wrapping_mul(0x2C1B_3C6D) >> (8 + shift)) as u8
        })));
        let measured = features::features(&image).unwrap();
        prop_assert!(measured.values.iter().all(|value| value.is_finite()));
        let told = probabilities(&image, &Hints::default()).unwrap();
        prop_assert!((told.iter().sum::<f32>() - 1.0).abs() < 1e-4);
    }
}

#[test]
fn very_long_and_very_thin_images_are_measured_too() {
    for (width, height) in [(1, 1), (1, 40_000), (40_000, 1), (3, 20_000), (4000, 4000)] {
        assert!(probabilities(&RgbImage::from_pixel(width, height, Rgb([200; 3])), &Hints::default()).is_some());
    }
}

/// Real images of sources that training did see (the numbers of those it never saw are in docs/kinds.md) and receipts, which it
/// never did: that the weights, the features and the order of the kinds fit together. Some of the screenshots are diagrams and photos.
#[test]
fn real_images_are_told_apart() {
    let Some(files) = pictures::under("kinds") else { return };
    let mut wrong = Vec::new();
    // Kind, how many of its first images to look at, and how many of them must be right: somewhat fewer than are.
    for (expected, look, least) in BOUNDS {
        let of_the_kind = files.iter().filter(|file| file.parent().unwrap().ends_with(expected.name()));
        let right = of_the_kind.take(*look).filter(|file| {
            let image = decode(&std::fs::read(file).unwrap()).unwrap().pixels;
            likeliest(&probabilities(&image, &Hints::default()).unwrap()).0 == *expected
        });
        let right = right.count();
        eprintln!("{expected}: {right} of {look} right");
        if right < *least {
            wrong.push(format!("{expected}: {right} of {look} right, at least {least} expected"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

const BOUNDS: &[(ImageKind, usize, usize)] = &[
    (ImageKind::Photo, 40, 38),
    (ImageKind::Screenshot, 40, 26),
    (ImageKind::Document, 40, 37),
    (ImageKind::Receipt, 40, 27),
    (ImageKind::Handwriting, 40, 38),
    (ImageKind::Chart, 40, 38),
];

/// A number from 0 to 1 that differs from pixel to pixel.
fn grain(x: u32, y: u32) -> f32 {
    let n = (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA6B)).wrapping_mul(0x2C1B_3C6D);
    ((n ^ (n >> 13)) & 0xFFFF) as f32 / 65535.0
}

/// Sky, hills and meadow with soft light and grain.
fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let hills = 0.5 + 0.08 * (u * 9.0).sin() + 0.04 * (u * 31.0 + 1.0).sin();
        let noise = (grain(x, y) - 0.5) * 10.0;
        let leaves = 40.0 * (grain(x / 3, y / 2) - 0.5) + 25.0 * (grain(x / 9, y / 7) - 0.5);
        let colour = if v < hills {
            [90.0 + 120.0 * v, 130.0 + 110.0 * v, 200.0 + 60.0 * v]
        } else {
            [70.0 + leaves + 40.0 * u, 100.0 + leaves - 30.0 * v, 40.0 + leaves * 0.7]
        };
        Rgb(colour.map(|channel| (channel + noise).clamp(0.0, 255.0) as u8))
    })
}

fn fill(image: &mut RgbImage, (left, top): (u32, u32), (width, height): (u32, u32), colour: [u8; 3]) {
    for y in top..(top + height).min(image.height()) {
        for x in left..(left + width).min(image.width()) {
            image.put_pixel(x, y, Rgb(colour));
        }
    }
}

/// Marks like the letters of a short word.
fn mark(image: &mut RgbImage, left: u32, foot: u32, letters: u32, colour: [u8; 3]) {
    for n in 0..letters {
        let (x, tall) = (left + n * 7, 7 + 3 * (n % 3 / 2));
        fill(image, (x, foot - tall), (2, tall), colour);
        fill(image, (x, foot - 7), (5, 1), colour);
        if n % 2 == 0 {
            fill(image, (x + 4, foot - 7), (1, 7), colour);
        }
    }
}

/// Coloured bars over an axis with a grid and numbers.
fn bars(width: u32, height: u32) -> RgbImage {
    let mut image = RgbImage::from_pixel(width, height, Rgb([255; 3]));
    for n in 0..6 {
        let y = 30 + n * (height - 90) / 5;
        fill(&mut image, (60, y), (width - 80, 1), [221; 3]);
        mark(&mut image, 25, y + 5, 3, [70; 3]);
    }
    let slot = (width - 90) / 8;
    for n in 0..8u32 {
        let tall = (height - 120) * (30 + n * 37 % 65) / 100;
        fill(&mut image, (66 + n * slot, height - 60 - tall), (slot * 3 / 4, tall), [76, 120, 168]);
        mark(&mut image, 70 + n * slot, height - 40, 3, [70; 3]);
    }
    fill(&mut image, (60, height - 60), (width - 80, 1), [90; 3]);
    fill(&mut image, (60, 30), (1, height - 90), [90; 3]);
    image
}

/// A window with a title bar, a list at the left, fields and buttons.
fn window(width: u32, height: u32) -> RgbImage {
    let mut image = RgbImage::from_pixel(width, height, Rgb([240; 3]));
    fill(&mut image, (0, 0), (width, 32), [32, 96, 190]);
    mark(&mut image, 12, 21, 9, [255; 3]);
    fill(&mut image, (0, 32), (width / 3, height), [225, 226, 230]);
    for n in 0..12 {
        if n == 3 {
            fill(&mut image, (0, 40 + n * 30), (width / 3, 30), [180, 205, 240]);
        }
        mark(&mut image, 20, 60 + n * 30, 6 + n * 5 % 7, [30; 3]);
    }
    for n in 0..5 {
        let y = 70 + n * 60;
        mark(&mut image, width / 3 + 20, y, 8, [30; 3]);
        fill(&mut image, (width / 3 + 20, y + 8), (width / 2, 26), [160; 3]);
        fill(&mut image, (width / 3 + 21, y + 9), (width / 2 - 2, 24), [255; 3]);
        mark(&mut image, width / 3 + 28, y + 26, 5 + n, [60; 3]);
    }
    fill(&mut image, (width - 110, height - 50), (90, 30), [32, 96, 190]);
    mark(&mut image, width - 90, height - 30, 6, [255; 3]);
    image
}
