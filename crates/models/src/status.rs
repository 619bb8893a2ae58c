//! Which models are on the disk, and whether they are intact.

use std::fs;
use std::path::{Path, PathBuf};

use crate::manifest::{Manifest, Model};
use crate::staging::sha256_of;

/// One model and what was found of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Status<'a> {
    /// The model.
    pub model: &'a Model,
    /// What was found.
    pub state: State,
}

/// What was found of a model in the directories that were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// No file of that name.
    Missing,
    /// The file is there. [`Manifest::status`] has compared its size only, [`Manifest::verify`] its hash as well.
    Present(PathBuf),
    /// A file of that name is there and is not the model.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl State {
    /// Whether the model can be used.
    pub fn is_present(&self) -> bool {
        matches!(self, Self::Present(_))
    }
}

impl Model {
    /// Whether a file is this model: its size and hash are compared.
    pub fn is_intact(&self, path: &Path) -> bool {
        content_problem(self, path).is_none()
    }
}

impl Manifest {
    /// Looks for every model in `dirs` (the first that has it wins), comparing sizes only: cheap enough for every start.
    pub fn status<P: AsRef<Path>>(&self, dirs: &[P]) -> Vec<Status<'_>> {
        self.models().iter().map(|model| Status { model, state: look(model, dirs, size_problem) }).collect()
    }

    /// Looks for every model in `dirs` (the first that has it wins) and compares size and hash.
    pub fn verify<P: AsRef<Path>>(&self, dirs: &[P]) -> Vec<Status<'_>> {
        self.models().iter().map(|model| Status { model, state: look(model, dirs, content_problem) }).collect()
    }

    /// The path of a model's file (by file name or id) in the first of `dirs` that has it with the right size.
    pub fn locate<P: AsRef<Path>>(&self, id_or_file: &str, dirs: &[P]) -> Option<PathBuf> {
        match look(self.find(id_or_file)?, dirs, size_problem) {
            State::Present(path) => Some(path),
            State::Missing | State::Damaged { .. } => None,
        }
    }
}

/// Whether the file is this model, by size and hash; the reason if not.
pub(crate) fn content_problem(model: &Model, path: &Path) -> Option<String> {
    size_problem(model, path).or_else(|| match sha256_of(path) {
        Ok(sha256) if sha256 == model.sha256 => None,
        Ok(sha256) => Some(format!("its SHA-256 is {sha256}, expected {}", model.sha256)),
        Err(error) => Some(format!("it cannot be read: {error}")),
    })
}

fn size_problem(model: &Model, path: &Path) -> Option<String> {
    match fs::metadata(path) {
        Ok(meta) if !meta.is_file() => Some("it is not a file".into()),
        Ok(meta) if meta.len() != model.bytes => Some(format!("it has {} bytes, expected {}", meta.len(), model.bytes)),
        Ok(_) => None,
        Err(error) => Some(format!("it cannot be read: {error}")),
    }
}

fn look<P: AsRef<Path>>(model: &Model, dirs: &[P], problem: fn(&Model, &Path) -> Option<String>) -> State {
    let mut damaged = None;
    for path in dirs.iter().map(|dir| dir.as_ref().join(&model.file)).filter(|path| path.exists()) {
        match problem(model, &path) {
            None => return State::Present(path),
            Some(reason) => damaged = damaged.or(Some(State::Damaged { path, reason })),
        }
    }
    damaged.unwrap_or(State::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_does_not_hide_a_good_one() {
        let manifest = crate::install::tests::manifest("https://example.org/x");
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let dirs = [a.path(), b.path()];
        let state = |verify: bool| match verify {
            true => manifest.verify(&dirs)[0].state.clone(),
            false => manifest.status(&dirs)[0].state.clone(),
        };
        let (in_a, in_b) = (a.path().join("model.onnx"), b.path().join("model.onnx"));

        assert_eq!((state(false), state(true)), (State::Missing, State::Missing));
        assert_eq!(manifest.locate("model.onnx", &dirs), None);

        fs::write(&in_a, b"short").unwrap();
        assert!(matches!(state(false), State::Damaged { path, .. } if path == in_a));

        let mut wrong = crate::install::tests::content();
        wrong[7] ^= 1;
        fs::write(&in_a, wrong).unwrap();
        assert_eq!(state(false), State::Present(in_a.clone()));
        assert!(matches!(state(true), State::Damaged { path, .. } if path == in_a));

        fs::write(&in_b, crate::install::tests::content()).unwrap();
        let model = manifest.find("model").unwrap();
        assert_eq!([&in_a, &in_b].map(|path| model.is_intact(path)), [false, true]);
        assert_eq!(state(true), State::Present(in_b.clone()));
        fs::remove_file(&in_a).unwrap();
        assert_eq!(manifest.locate("model", &dirs), Some(in_b));
        assert_eq!(manifest.locate("other.onnx", &dirs), None);
    }
}
