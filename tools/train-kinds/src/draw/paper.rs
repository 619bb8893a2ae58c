//! How a sheet of paper comes into a computer: as a file, over a scanner, through a camera.

use image::{Rgb, RgbImage, imageops};

use super::camera;
use super::chance::Chance;
use super::photo;

/// The way of a sheet into a computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    File,
    Scanner,
    Camera,
}

/// What comes of a sheet on its way.
pub fn taken(mut sheet: RgbImage, way: Way, chance: &mut Chance) -> RgbImage {
    match way {
        Way::File => {
            if chance.is(0.3) {
                sheet = camera::jpeg(&sheet, chance.whole(60, 95) as u8);
            }
            resized(sheet, chance)
        }
        Way::Scanner => scanned(sheet, chance),
        Way::Camera => photographed(sheet, chance),
    }
}

fn resized(image: RgbImage, chance: &mut Chance) -> RgbImage {
    if chance.is(0.5) { camera::resized(&image, chance.whole(700, 1500) as u32) } else { image }
}

fn scanned(mut sheet: RgbImage, chance: &mut Chance) -> RgbImage {
    if chance.is(0.5) {
        let paper = aged(chance);
        camera::tint(&mut sheet, paper);
        camera::shade(&mut sheet, chance.between(0.01, 0.06), chance.between(2.0, 9.0), chance);
    }
    if chance.is(0.5) {
        camera::shade(&mut sheet, chance.between(0.01, 0.05), chance.between(100.0, 400.0), chance);
    }
    if chance.is(0.3) {
        camera::fade(&mut sheet, chance.between(20.0, 110.0), chance.between(215.0, 255.0));
    }
    if chance.is(0.6) {
        sheet = imageops::fast_blur(&sheet, chance.between(0.3, 1.1));
    }
    if chance.is(0.7) {
        sheet = on_the_glass(&sheet, chance);
    }
    if chance.is(0.12) {
        sheet = bitonal(&sheet, chance.whole(110, 190) as u8);
    } else if chance.is(0.35) {
        sheet = camera::grey(&sheet);
    }
    camera::grain(&mut sheet, chance.between(0.0, 5.0), chance.of(&[0.0, 0.3]), chance);
    sheet = resized(sheet, chance);
    if chance.is(0.9) { camera::jpeg(&sheet, chance.whole(45, 95) as u8) } else { sheet }
}

/// White, cream, brown with age, or coloured.
pub fn aged(chance: &mut Chance) -> [u8; 3] {
    match chance.whole(0, 6) {
        0 | 1 => [chance.whole(243, 255) as u8; 3],
        2 | 3 => [chance.whole(238, 252) as u8, chance.whole(230, 246) as u8, chance.whole(200, 232) as u8],
        4 => [chance.whole(200, 235) as u8, chance.whole(185, 222) as u8, chance.whole(140, 200) as u8],
        5 => chance.colour(150, 215),
        _ => chance.colour(210, 255),
    }
}

/// A little askew, with a border of the lid, white or dark.
fn on_the_glass(sheet: &RgbImage, chance: &mut Chance) -> RgbImage {
    let (width, height) = (sheet.width() as f32, sheet.height() as f32);
    let lid = match chance.whole(0, 3) {
        0 => [chance.whole(0, 30) as u8; 3],
        1 => chance.colour(90, 200),
        _ => [chance.whole(225, 255) as u8; 3],
    };
    let (mut around, mut below) = (chance.between(-0.04, 0.05), chance.between(-0.04, 0.05));
    if chance.is(0.15) {
        (around, below) = (chance.between(0.0, 0.5), chance.between(0.0, 0.5));
    }
    let (full_width, full_height) = (width * (1.0 + around), height * (1.0 + below));
    let glass = RgbImage::from_pixel(full_width as u32, full_height as u32, Rgb(lid));
    let left = (full_width - width) * chance.between(0.0, 1.0);
    let top = (full_height - height) * chance.between(0.0, 1.0);
    let turn = chance.normal() * 0.008;
    let corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
    camera::through(sheet, corners.map(|(x, y)| (left + x - turn * y, top + y + turn * x)), &glass)
}

fn bitonal(sheet: &RgbImage, threshold: u8) -> RgbImage {
    let grey = imageops::grayscale(sheet);
    RgbImage::from_fn(sheet.width(), sheet.height(), |x, y| {
        Rgb([if grey.get_pixel(x, y).0[0] > threshold { 255 } else { 0 }; 3])
    })
}

fn photographed(mut sheet: RgbImage, chance: &mut Chance) -> RgbImage {
    let paper = aged(chance);
    camera::tint(&mut sheet, paper);
    camera::shade(&mut sheet, chance.between(0.03, 0.12), chance.between(3.0, 14.0), chance);
    let (width, height) = (sheet.width() as f32, sheet.height() as f32);
    // The sheet fills most of the picture, or runs out of it.
    let margin = chance.of(&[-0.12, -0.05, 0.03, 0.1, 0.2]);
    let mut side = |of: f32| of * (1.0 + 2.0 * (margin + chance.between(-0.02, 0.08)));
    let (full_width, full_height) = (side(width), side(height));
    // Out of focus anyway: a third of the size is enough.
    let table = photo::surface(full_width as u32 / 3 + 1, full_height as u32 / 3 + 1, chance);
    let mut table = imageops::resize(&table, full_width as u32, full_height as u32, imageops::FilterType::Triangle);
    let (left, top) = ((full_width - width) / 2.0, (full_height - height) / 2.0);
    let turn = chance.normal() * 0.05;
    let skew = 0.04 * width.min(height);
    let corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)].map(|(x, y)| {
        let (dx, dy) = (x - width / 2.0, y - height / 2.0);
        let (x, y) = (width / 2.0 + dx - turn * dy, height / 2.0 + dy + turn * dx);
        (left + x + chance.normal() * skew, top + y + chance.normal() * skew)
    });
    table = camera::through(&sheet, corners, &table);
    camera::shade(&mut table, chance.between(0.05, 0.35), chance.between(1.0, 2.5), chance);
    table = camera::resized(&table, chance.whole(800, 1700) as u32);
    table = imageops::fast_blur(&table, chance.between(0.3, 1.4));
    camera::fade(&mut table, chance.between(0.0, 50.0), chance.between(170.0, 255.0));
    camera::grain(&mut table, chance.between(1.0, 9.0), 0.5, chance);
    if chance.is(0.1) {
        table = camera::grey(&table);
    }
    camera::jpeg(&table, chance.whole(50, 95) as u8)
}
