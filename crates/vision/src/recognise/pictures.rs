//! The real pictures that lie beside the project on the machines of its builders, for tests that do without elsewhere.

use std::path::{Path, PathBuf};

use image::RgbImage;

/// Every picture of `LEGIBLE_IMAGES_DIR` (or of `../shared/images` beside the clone), decoded as the program does it; says so and gives
/// nothing where there are none.
pub fn shared() -> Option<impl Iterator<Item = (PathBuf, RgbImage)>> {
    let root = std::env::var_os("LEGIBLE_IMAGES_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/images"), PathBuf::from);
    let mut paths = Vec::new();
    gather(&root, &mut paths);
    paths.sort();
    if paths.is_empty() {
        eprintln!("SKIPPED: there are no pictures in {}", root.display());
        return None;
    }
    Some(paths.into_iter().filter_map(|path| {
        let decoded = crate::decode::decode(&std::fs::read(&path).ok()?).ok()?;
        Some((path, decoded.pixels))
    }))
}

fn gather(directory: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => gather(&path, paths),
            path => paths.push(path),
        }
    }
}
