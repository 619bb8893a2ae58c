//! Adding a model from a file that the user got by other means.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::error::{Error, Failure, Result};
use crate::install::{Installed, copy_file, in_dir};
use crate::manifest::Manifest;
use crate::staging::sha256_of;

/// Copies `file` into the models directory `dir` if its hash is that of a model in the manifest, whatever its name.
///
/// # Errors
/// [`Error::UnknownModel`] when the hash is none of them; [`Error::Cancelled`]; [`Error::Io`] when the file or the directory says
/// no.
pub fn add(manifest: &Manifest, file: &Path, dir: &Path, cancel: &AtomicBool) -> Result<Installed> {
    let sha256 = sha256_of(file).map_err(Error::io("read", file))?;
    let Some(model) = manifest.models().iter().find(|model| model.sha256 == sha256) else {
        return Err(Error::UnknownModel { path: file.to_path_buf(), sha256 });
    };
    let from = Some(file.display().to_string());
    in_dir(model, dir, cancel, |staging, target| {
        copy_file(model, file, staging, target, &mut |_| {}, cancel).map_err(|failure| {
            let _ = fs::remove_file(staging);
            match failure {
                Failure::Fatal(error) => error,
                Failure::Source(reason) => Error::io("read", file)(std::io::Error::other(reason)),
            }
        })?;
        Ok(Installed { path: target.to_path_buf(), from })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::install::tests::{content, manifest};

    #[test]
    fn a_model_is_known_by_its_hash_not_its_name() {
        let manifest = manifest("https://example.org/x");
        let (files, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = files.path().join("download (1).bin");
        fs::write(&file, content()).unwrap();
        let installed = add(&manifest, &file, dir.path(), &AtomicBool::new(false)).unwrap();
        assert_eq!(installed.path, dir.path().join("model.onnx"));
        assert_eq!(fs::read(&installed.path).unwrap(), content());
        assert!(file.exists(), "the user's file stays");
    }

    #[test]
    fn other_files_are_refused_and_leave_nothing() {
        let manifest = manifest("https://example.org/x");
        let (files, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = files.path().join("model.onnx");
        fs::write(&file, b"something else").unwrap();
        let error = add(&manifest, &file, dir.path(), &AtomicBool::new(false)).unwrap_err();
        assert!(matches!(error, Error::UnknownModel { .. }), "{error}");
        assert!(error.to_string().contains("legible models list"), "{error}");
        let missing = add(&manifest, &files.path().join("gone"), dir.path(), &AtomicBool::new(false)).unwrap_err();
        assert!(missing.to_string().contains("could not read"), "{missing}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
