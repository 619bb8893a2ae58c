//! The real pictures that lie beside the project on the machines of its builders, for tests that do without elsewhere.
//!
//! The tests of the library include this file, too, so it knows nothing of either.

use std::path::{Path, PathBuf};

/// Every file under `folder` of `LEGIBLE_IMAGES_DIR` (or of `../shared/images` beside the clone), sorted; says so and gives
/// `None` where there are none.
pub fn under(folder: &str) -> Option<Vec<PathBuf>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/images");
    let folder = std::env::var_os("LEGIBLE_IMAGES_DIR").map_or(beside, PathBuf::from).join(folder);
    let mut paths = Vec::new();
    gather(&folder, &mut paths);
    paths.sort();
    if paths.is_empty() {
        let folder = folder.display();
        eprintln!(
            "\n*** SKIPPED: there are no pictures in {folder}; LEGIBLE_IMAGES_DIR may name another collection ***\n"
        );
        return None;
    }
    Some(paths)
}

fn gather(directory: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => gather(&path, paths),
            path => paths.push(path),
        }
    }
}
