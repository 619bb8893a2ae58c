//! The names of the classes that models tell, as lists in this crate: they are facts about the data sets that the models were
//! trained on. `THIRD-PARTY.md` says where they come from.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::staging::sha256_of_bytes;

/// The folder of a models directory that the lists are written to.
pub const FOLDER: &str = "labels";

/// The 80 classes of COCO that detectors tell.
const COCO: &str = include_str!("../labels/coco-80.txt");

/// The 1000 classes of ImageNet (ILSVRC 2012).
const IMAGENET: &str = include_str!("../labels/imagenet-1000.txt");

/// The same, after one for nothing.
const IMAGENET_AND_NOTHING: &str = concat!("background\n", include_str!("../labels/imagenet-1000.txt"));

/// What photos often show, for models that take descriptions: the name, and behind a comma what is described.
const EVERYDAY: &str = include_str!("../labels/everyday.txt");

const LISTS: [(&str, &str); 4] = [
    ("coco-80.txt", COCO),
    ("imagenet-1000.txt", IMAGENET),
    ("imagenet-1001.txt", IMAGENET_AND_NOTHING),
    ("everyday.txt", EVERYDAY),
];

/// The list of this name: one class a line.
pub fn text(name: &str) -> Option<&'static str> {
    LISTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The first 8 digits of the SHA-256 of the list of this name, which tell it from another version of it.
pub fn version(name: &str) -> Option<String> {
    let digest = text(name).map(|text| sha256_of_bytes(text.as_bytes()))?;
    digest.get(..8).map(str::to_owned)
}

/// Puts the list of this name into a models directory, if it is not there as it should be, and returns its path within the
/// directory, with `/`. `None` when there is no such list.
///
/// # Errors
/// [`Error::Io`] when the directory says no.
pub fn put(name: &str, dir: &Path) -> Result<Option<String>> {
    let Some(text) = text(name) else { return Ok(None) };
    let path = dir.join(FOLDER).join(name);
    if !fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
        write(&path, text.as_bytes())?;
    }
    Ok(Some(format!("{FOLDER}/{name}")))
}

/// Writes a file of labels whole or not at all. Two processes that write at once write the same.
///
/// # Errors
/// [`Error::Io`] when the directory says no.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    write_whole(path, content).map_err(Error::io("create", path))
}

fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let (folder, staging) = (path.parent().unwrap_or(path), staging(path));
    fs::create_dir_all(folder)?;
    let mut file = fs::File::create(&staging)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&staging, path)
}

fn staging(path: &Path) -> PathBuf {
    path.with_extension(format!("{}.tmp", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_have_one_class_a_line() {
        let check = |name: &str, classes: usize, place: usize, class: &str| {
            let lines: Vec<&str> = text(name).unwrap().lines().collect();
            assert_eq!((lines.len(), lines[place]), (classes, class), "{name}");
            let described = |line: &&str| name == "everyday.txt" || !line.contains(',');
            assert!(lines.iter().all(|line| !line.trim().is_empty() && described(line)), "{name}");
        };
        check("coco-80.txt", 80, 16, "dog");
        check("coco-80.txt", 80, 79, "toothbrush");
        check("everyday.txt", 411, 0, "baby, a baby");
        check("imagenet-1000.txt", 1000, 0, "tench");
        check("imagenet-1000.txt", 1000, 999, "toilet tissue");
        check("imagenet-1001.txt", 1001, 0, "background");
        check("imagenet-1001.txt", 1001, 1, "tench");
        assert_eq!((text("other.txt"), version("other.txt")), (None, None));
        assert_eq!(version("coco-80.txt").unwrap().len(), 8);
        assert_ne!(version("imagenet-1000.txt"), version("imagenet-1001.txt"));
    }

    #[test]
    fn a_list_is_written_once_and_repaired() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels/coco-80.txt");
        let put = || put("coco-80.txt", dir.path()).unwrap();
        assert_eq!(put().as_deref(), Some("labels/coco-80.txt"));
        assert_eq!(fs::read_to_string(&path).unwrap(), COCO);
        fs::write(&path, "cat").unwrap();
        put();
        assert_eq!(fs::read_to_string(&path).unwrap(), COCO);
        assert_eq!(fs::read_dir(dir.path().join("labels")).unwrap().count(), 1, "nothing is left beside it");
        assert_eq!(super::put("other.txt", dir.path()).unwrap(), None);
    }
}
