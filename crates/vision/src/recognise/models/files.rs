//! The files of models: where they lie, and whether they changed.

use std::fs::Metadata;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use super::ModelError;

/// A file as it was.
#[derive(Debug, PartialEq)]
pub struct FileState {
    path: PathBuf,
    /// Its size.
    pub bytes: u64,
    changed: Option<SystemTime>,
}

impl FileState {
    /// The first file of this name beneath one of `dirs`, as it is now.
    ///
    /// # Errors
    /// [`ModelError::Missing`], or [`ModelError::File`] when it is no file beneath them or has more bytes than `most_bytes`.
    pub fn find(dirs: &[PathBuf], file: &str, most_bytes: u64) -> Result<Self, ModelError> {
        let unusable = |detail: String| ModelError::File { file: file.to_string(), detail };
        if !is_relative(file) {
            return Err(unusable("its name must be a path within the models folder".into()));
        }
        let there = |path: PathBuf| path.metadata().ok().filter(Metadata::is_file).map(|data| (path, data));
        let found = dirs.iter().find_map(|dir| there(dir.join(file)));
        let (path, data) = found.ok_or_else(|| ModelError::Missing { file: file.to_string() })?;
        if data.len() > most_bytes {
            let (has, most) = (data.len() >> 20, most_bytes >> 20);
            return Err(unusable(format!("it has {has} MB, and {most} MB is the most that is loaded")));
        }
        Ok(FileState { path, bytes: data.len(), changed: data.modified().ok() })
    }

    /// Its content.
    ///
    /// # Errors
    /// [`ModelError::File`] when it cannot be read.
    pub fn read(&self) -> Result<Vec<u8>, ModelError> {
        let name = || self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        std::fs::read(&self.path).map_err(|error| ModelError::File { file: name(), detail: error.to_string() })
    }
}

/// Whether it names a file beneath a directory, whichever that is, on every system.
fn is_relative(file: &str) -> bool {
    let plain = !file.is_empty() && !file.contains(['\\', ':', '\0']);
    plain && Path::new(file).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_lie_beneath_the_models_directory() {
        let check = |file: &str, expected: bool| assert_eq!(is_relative(file), expected, "{file}");
        check("model.onnx", true);
        check("own/mushrooms/model.onnx", true);
        for file in ["", "/etc/passwd", "../x", "own/../../x", "./x", r"..\x", r"C:\x", "C:x", "a\0b"] {
            check(file, false);
        }
    }
}
