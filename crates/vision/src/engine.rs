//! What every text engine offers, and how it can fail.

use std::path::PathBuf;

use image::RgbImage;
use legible_reading::{Engine, Reading, Script};

/// Reads the text of an image. One instance serves many threads.
pub trait TextEngine: Send + Sync {
    /// Which engine and models this is; every reading it makes carries it.
    fn engine(&self) -> &Engine;

    /// Reads an upright image. Lines come in reading order, coordinates are pixels of `image`. `languages` are tags (BCP 47)
    /// of those that its text is probably in, if anything is known of that.
    ///
    /// # Errors
    /// [`ReadError::Cancelled`] soon after `watch` says so; [`ReadError::Inference`] when a model fails.
    fn read(&self, image: &RgbImage, languages: &[String], watch: &dyn Watch) -> Result<Reading, ReadError>;
}

/// The caller's side of a running read. Called between detection and every line, from several threads.
pub trait Watch: Sync {
    /// True once the caller wants no result any more.
    fn cancelled(&self) -> bool;

    /// Told how far the read is, from 0 to 1, never going back.
    fn progress(&self, fraction: f32);

    /// Told which model is loaded and looks from now on, by its name, and when none does any more.
    fn looking(&self, _model: Option<&str>) {}
}

/// A watch that never cancels and does not look.
pub struct Unwatched;

impl Watch for Unwatched {
    fn cancelled(&self) -> bool {
        false
    }

    fn progress(&self, _fraction: f32) {}
}

/// Why an image could not be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReadError {
    /// The caller cancelled.
    #[error("reading was cancelled")]
    Cancelled,
    /// A model failed or answered nonsense.
    #[error("the text engine failed: {0}")]
    Inference(String),
}

/// Why an engine could not be loaded.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum LoadError {
    /// No engine goes by this name.
    #[error("there is no text engine named “{0}”; known are ppocr and ocrs")]
    UnknownEngine(String),
    /// A model file is in none of the model directories.
    #[error("the model {file} is not installed (looked in {})", list(.looked_in))]
    ModelMissing {
        /// The file's name.
        file: String,
        /// The directories that were searched, in order.
        looked_in: Vec<PathBuf>,
    },
    /// A model file is there but cannot be used.
    #[error("the model {} cannot be used: {detail}", path.display())]
    ModelUnusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
}

impl LoadError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            LoadError::UnknownEngine(_) => "Choose ppocr or ocrs.",
            LoadError::ModelMissing { .. } => "Run `legible models install`.",
            LoadError::ModelUnusable { .. } => "Run `legible models verify`, then `legible models install`.",
        }
    }
}

/// Loads the engine called `name` (`ppocr` or `ocrs`) from the first of `dirs` that has its models, to run on
/// `threads` threads (`ocrs` chooses by itself).
///
/// # Errors
/// A [`LoadError`] that names the engine or file in question.
pub fn load(name: &str, dirs: &[PathBuf], threads: usize) -> Result<Box<dyn TextEngine>, LoadError> {
    match name {
        crate::ppocr::NAME => Ok(Box::new(crate::ppocr::PpOcr::load(dirs, threads)?)),
        crate::ocrs_engine::NAME => Ok(Box::new(crate::ocrs_engine::Ocrs::load(dirs)?)),
        _ => Err(LoadError::UnknownEngine(name.to_string())),
    }
}

/// The names of all engines, the default first.
pub const NAMES: [&str; 2] = [crate::ppocr::NAME, crate::ocrs_engine::NAME];

/// How the engine called `name` would sign its readings now; `None` when no engine goes by this name. Loads nothing.
pub fn signature(name: &str) -> Option<Engine> {
    let version = match name {
        crate::ppocr::NAME => crate::ppocr::VERSION,
        crate::ocrs_engine::NAME => crate::ocrs_engine::VERSION,
        _ => return None,
    };
    Some(Engine { name: name.to_string(), version: version.to_string() })
}

/// The scripts that the engine called `name` reads; none when no engine goes by this name.
pub fn scripts(name: &str) -> &'static [Script] {
    match name {
        crate::ppocr::NAME => crate::ppocr::SCRIPTS,
        crate::ocrs_engine::NAME => crate::ocrs_engine::SCRIPTS,
        _ => &[],
    }
}

/// The path of `file` in the first of `dirs` that has it.
pub(crate) fn find_model(dirs: &[PathBuf], file: &str) -> Result<PathBuf, LoadError> {
    dirs.iter()
        .map(|dir| dir.join(file))
        .find(|path| path.is_file())
        .ok_or_else(|| LoadError::ModelMissing { file: file.to_string(), looked_in: dirs.to_vec() })
}

fn list(dirs: &[PathBuf]) -> String {
    if dirs.is_empty() {
        return "no directory".to_string();
    }
    dirs.iter().map(|dir| dir.display().to_string()).collect::<Vec<_>>().join(", ")
}
