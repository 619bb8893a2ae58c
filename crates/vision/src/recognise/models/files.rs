//! The files of models: where they lie, and whether they changed.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use super::names::{Vocabulary, directions, names};
use super::{ModelError, ModelUse};
use crate::limits::{MAX_DIRECTIONS_BYTES, MAX_LABEL_FILE_BYTES, MAX_MODEL_BYTES};

/// The files of a model as they were.
#[derive(Debug, PartialEq)]
pub struct Files {
    pub model: FileState,
    labels: Option<FileState>,
    directions: Option<FileState>,
}

impl Files {
    /// Those that a model is to be loaded from, each the first of its name beneath one of `dirs`.
    ///
    /// # Errors
    /// As [`FileState::find`].
    pub fn of(wanted: &ModelUse, dirs: &[PathBuf]) -> Result<Self, ModelError> {
        let find = |file: &String, most_bytes| FileState::find(dirs, file, most_bytes);
        Ok(Files {
            model: find(&wanted.file, MAX_MODEL_BYTES)?,
            labels: wanted.labels.as_ref().map(|file| find(file, MAX_LABEL_FILE_BYTES)).transpose()?,
            directions: wanted.directions.as_ref().map(|file| find(file, MAX_DIRECTIONS_BYTES)).transpose()?,
        })
    }

    /// The size of all of them.
    pub fn bytes(&self) -> u64 {
        let others = [&self.labels, &self.directions].into_iter().flatten();
        self.model.bytes + others.map(|file| file.bytes).sum::<u64>()
    }

    /// What the model can call things, empty where it needs no names.
    ///
    /// # Errors
    /// When a file cannot be read, or is not what it should be.
    pub fn vocabulary(&self) -> Result<Vocabulary, ModelError> {
        let labels = self.labels.as_ref().map(|file| names(&file.read()?)).transpose()?;
        let directions = self.directions.as_ref().map(|file| directions(&file.name(), &file.read()?)).transpose()?;
        Ok(Vocabulary { names: labels.unwrap_or_default(), directions: directions.unwrap_or_default() })
    }
}

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
    /// [`ModelError::Denied`] or [`ModelError::File`] when it cannot be read.
    pub fn read(&self) -> Result<Vec<u8>, ModelError> {
        std::fs::read(&self.path).map_err(|error| match error.kind() {
            ErrorKind::PermissionDenied => ModelError::Denied { file: self.name() },
            _ => ModelError::File { file: self.name(), detail: error.to_string() },
        })
    }

    fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
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
