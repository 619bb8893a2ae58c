//! Removing a model's file, with what an unfinished download of it left.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::error::{Error, Result};
use crate::install::{LOCK, lock};
use crate::manifest::Model;

/// Removes the file of `model` from the models directory `dir`; returns whether it was there. A file of that name that is not
/// the model goes as well: it would only be in the way.
///
/// # Errors
/// [`Error::Io`] when a file cannot be deleted, for example because a program on Windows has it open.
pub fn remove(model: &Model, dir: &Path) -> Result<bool> {
    if !dir.is_dir() {
        return Ok(false);
    }
    let never = AtomicBool::new(false);
    let _lock = lock(&dir.join(LOCK), &never)?;
    let file = &model.file;
    for leftover in [format!(".{file}.part"), format!(".{file}.part.from"), format!(".{file}.tmp")] {
        delete(&dir.join(leftover))?;
    }
    delete(&dir.join(file))
}

/// Deletes a file; returns whether it was there.
fn delete(path: &Path) -> Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::io("delete", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::install::tests::{content, manifest};

    #[test]
    fn the_file_goes_with_what_an_unfinished_download_left() {
        let (manifest, dir) = (manifest("https://example.org/x"), tempfile::tempdir().unwrap());
        let model = &manifest.models()[0];
        for name in ["model.onnx", ".model.onnx.part", ".model.onnx.part.from", "other.onnx"] {
            fs::write(dir.path().join(name), content()).unwrap();
        }
        assert!(remove(model, dir.path()).unwrap());
        assert!(!remove(model, dir.path()).unwrap(), "it is gone already");
        let mut left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".lock", "other.onnx"]);
        assert!(!remove(model, &dir.path().join("none")).unwrap());
        assert!(!dir.path().join("none").exists(), "nothing is made in order to remove");
    }

    #[test]
    fn what_cannot_be_deleted_is_told() {
        let (manifest, dir) = (manifest("https://example.org/x"), tempfile::tempdir().unwrap());
        fs::create_dir(dir.path().join("model.onnx")).unwrap();
        let error = remove(&manifest.models()[0], dir.path()).unwrap_err().to_string();
        assert!(error.contains("could not delete") && error.contains("model.onnx"), "{error}");
    }
}
