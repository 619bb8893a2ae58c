//! Real images with the kind of each, and changed copies of them to learn from.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use image::{RgbImage, imageops};
use legible_reading::recognition::ImageKind;

use crate::draw::camera;
use crate::draw::chance::Chance;

/// An image that was not drawn here.
pub struct Real {
    pub file: PathBuf,
    pub source: String,
    pub name: String,
    pub kind: ImageKind,
}

/// Images that lie under the wrong kind (`-`: under none of the six), looked through by eye.
const CORRECTIONS: &str = include_str!("../corrections.tsv");

/// The collection `kinds`: a folder a kind, and `sources.tsv` with file, repository and path in it.
pub fn collection(folder: &Path) -> Result<Vec<Real>> {
    let list = folder.join("sources.tsv");
    let list = fs::read_to_string(&list).with_context(|| format!("could not read {}", list.display()))?;
    let corrected: HashMap<&str, &str> = CORRECTIONS.lines().filter_map(|line| line.split_once('\t')).collect();
    let mut found = Vec::new();
    for line in list.lines().skip(1) {
        let mut parts = line.split('\t');
        let (Some(name), Some(source)) = (parts.next(), parts.next()) else { continue };
        let said = name.split('/').next().unwrap_or_default();
        if let Ok(kind) = corrected.get(name).unwrap_or(&said).parse() {
            found.push(Real { file: folder.join(name), source: source.to_owned(), name: name.to_owned(), kind });
        }
    }
    Ok(found)
}

/// Images in a folder whose names begin with their kind (`chart_vega.png`), or lie in a folder of that name.
pub fn named(folder: &Path, source: &str) -> Result<Vec<Real>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("could not look into {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if file.is_dir() {
            found.extend(
                named(&file, source)?.into_iter().map(|real| Real { name: format!("{name}/{}", real.name), ..real }),
            );
            continue;
        }
        let folder_name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let start = name.split(['-', '_', '.']).next().unwrap_or_default();
        if let Some(kind) = [start, &folder_name].iter().find_map(|name| name.parse().ok()) {
            found.push(Real { file, source: source.to_owned(), name, kind });
        }
    }
    Ok(found)
}

/// The pixels of a file, upright.
pub fn pixels(file: &Path) -> Result<RgbImage> {
    let bytes = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    let decoded =
        legible_vision::decode::decode(&bytes).with_context(|| format!("could not decode {}", file.display()))?;
    Ok(decoded.pixels)
}

/// A copy as it might have come another way: cut, scaled, stored anew, brighter or darker, mirrored.
pub fn changed(image: &RgbImage, kind: ImageKind, chance: &mut Chance) -> RgbImage {
    let mut keep = |n: u32| ((n as f32 * chance.between(0.78, 1.0)) as u32).clamp(1, n);
    let (width, height) = (keep(image.width()), keep(image.height()));
    let left = chance.whole(0, (image.width() - width) as i32) as u32;
    let top = chance.whole(0, (image.height() - height) as i32) as u32;
    let mut copy = imageops::crop_imm(image, left, top, width, height).to_image();
    if kind == ImageKind::Photo && chance.is(0.5) {
        copy = imageops::flip_horizontal(&copy);
    }
    if chance.is(0.6) {
        let side = copy.width().max(copy.height()) as f32 * chance.between(0.6, 1.5);
        copy = camera::resized(&copy, side as u32);
    }
    if chance.is(0.3) {
        camera::fade(&mut copy, chance.between(0.0, 30.0), chance.between(220.0, 270.0));
    }
    if !matches!(kind, ImageKind::Chart | ImageKind::Screenshot) && chance.is(0.4) {
        camera::grain(&mut copy, chance.between(0.5, 5.0), 0.4, chance);
    }
    if !matches!(kind, ImageKind::Chart | ImageKind::Screenshot) && chance.is(0.12) {
        copy = camera::grey(&copy);
    }
    if chance.is(0.5) { camera::jpeg(&copy, chance.whole(50, 95) as u8) } else { copy }
}
