use std::path::PathBuf;

use super::*;
use crate::recognise::pictures;
use image::Rgb;
use image::imageops::{self, FilterType};

/// A picture of soft shapes, another for each seed.
fn drawn(seed: u32) -> RgbImage {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(77);
    let mut random = move |most: f32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 * most
    };
    let waves: Vec<[f32; 3]> = (0..8).map(|_| [random(40.0) - 20.0, random(40.0) - 20.0, random(6.3)]).collect();
    RgbImage::from_fn(480, 360, |x, y| {
        let (x, y) = (x as f32 / 480.0, y as f32 / 360.0);
        let light =
            128.0 + waves.iter().map(|[across, down, phase]| (x * across + y * down + phase).sin()).sum::<f32>() * 14.0;
        Rgb([light as u8, (light * 0.9) as u8, (255.0 - light) as u8])
    })
}

/// The changes that a near duplicate went through, and in how many bits of the hash each may show.
fn copies(image: &RgbImage) -> [(&'static str, u32, RgbImage); 5] {
    let (width, height) = image.dimensions();
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 30)).unwrap();
    let jpeg = image::load_from_memory(bytes.get_ref()).unwrap().into_rgb8();
    let grey = image::DynamicImage::ImageRgb8(image.clone()).grayscale().into_rgb8();
    let (left, top) = (width / 40, height / 40);
    let cropped = imageops::crop_imm(image, left, top, width - 2 * left, height - 2 * top).to_image();
    [
        ("JPEG of quality 30", 7, jpeg),
        ("half the size", 6, imageops::resize(image, width / 2, height / 2, FilterType::Triangle)),
        ("brighter", 8, imageops::colorops::brighten(image, 20)),
        ("in grey", 6, grey),
        ("5 % cropped away", 18, cropped),
    ]
}

/// Checks the copies of pictures and gives the largest distance for each change, and the least between two pictures.
fn check(pictures: &[(String, RgbImage)]) -> (Vec<(&'static str, u32)>, u32) {
    let mut worst: Vec<(&'static str, u32)> = Vec::new();
    for (name, picture) in pictures {
        for (change, most, copy) in copies(picture) {
            let distance = hash(picture).distance(hash(&copy));
            assert!(distance <= most, "{name}, {change}: {distance} bits");
            match worst.iter_mut().find(|(other, _)| *other == change) {
                Some((_, so_far)) => *so_far = distance.max(*so_far),
                None => worst.push((change, distance)),
            }
        }
    }
    let hashes: Vec<_> = pictures.iter().map(|(_, picture)| hash(picture)).collect();
    let pairs = hashes.iter().enumerate().flat_map(|(at, a)| hashes[..at].iter().map(move |b| a.distance(*b)));
    (worst, pairs.min().unwrap_or(64))
}

#[test]
fn copies_are_near_and_other_pictures_are_not() {
    let pictures: Vec<_> = (0..12).map(|seed| (format!("picture {seed}"), drawn(seed))).collect();
    let (worst, nearest) = check(&pictures);
    assert!(nearest > PerceptualHash::NEAR, "{nearest} bits between two pictures; {worst:?}");
    for (change, distance) in worst {
        let may_be_missed = ["5 % cropped away", "JPEG of quality 30"].contains(&change);
        assert!(distance <= PerceptualHash::NEAR || may_be_missed, "{change}: {distance}");
    }
}

#[test]
fn copies_of_photos_are_near_and_other_photos_are_not() {
    let Some(paths) = pictures::under("photos") else { return };
    let decoded = |path: &PathBuf| crate::decode::decode(&std::fs::read(path).ok()?).ok();
    let photos: Vec<_> =
        paths.iter().filter_map(|path| Some((path.display().to_string(), decoded(path)?.pixels))).collect();
    let (worst, nearest) = check(&photos);
    eprintln!("{} photos: {worst:?}, {nearest} bits between two of them", photos.len());
    assert!(nearest > PerceptualHash::NEAR, "{nearest} bits between two photos; {worst:?}");
}

#[test]
fn images_without_anything_have_a_hash() {
    let none = PerceptualHash { across: 0, down: 0 };
    let check = |width, height| {
        assert_eq!(hash(&RgbImage::from_pixel(width, height, Rgb([9; 3]))), none, "{width} × {height}");
    };
    check(0, 0);
    check(0, 7);
    check(1, 1);
    check(3, 5000);
    check(640, 480);
}

#[test]
fn each_bit_says_whether_it_gets_brighter() {
    let check = |value: fn(u32, u32) -> u8, across, down| {
        let image = RgbImage::from_fn(72, 72, |x, y| Rgb([value(x, y); 3]));
        assert_eq!(hash(&image), PerceptualHash { across, down });
    };
    check(|x, _| x as u8, u64::MAX, 0);
    check(|_, y| y as u8, 0, u64::MAX);
    check(|x, y| 250 - (x + y) as u8, 0, 0);
    check(|x, y| (x + y) as u8, u64::MAX, u64::MAX);
}
