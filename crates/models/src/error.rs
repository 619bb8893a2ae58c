//! What can go wrong, told so that a person knows what to do next.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use crate::manifest::{Model, Source};

/// Result of the operations of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One source that was tried for a model, and why it did not serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The directory, address or wheel, as shown to a person.
    pub source: String,
    /// Why it did not serve.
    pub reason: String,
}

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The manifest itself is wrong.
    #[error("the model manifest is not valid: {0}")]
    Manifest(String),
    /// Every source of a model failed.
    #[error("{}", no_source(model, dir, attempts))]
    NoSource {
        /// The model that could not be installed.
        model: Box<Model>,
        /// The directory it was to be installed in.
        dir: PathBuf,
        /// Every source that was tried, in order.
        attempts: Vec<Attempt>,
    },
    /// The file's hash is not that of any model in the manifest.
    #[error(
        "{} is not a model that Legible knows (its SHA-256 is {sha256}). `legible models list` shows the models it can use",
        path.display()
    )]
    UnknownModel {
        /// The file that was offered.
        path: PathBuf,
        /// Its SHA-256 in lowercase hexadecimal.
        sha256: String,
    },
    /// What a person gave as a model of their own cannot be taken.
    #[error("{}: {problem}", path.display())]
    Own {
        /// The file that is wrong.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// The caller cancelled. What was downloaded stays on the disk for the next try.
    #[error("cancelled")]
    Cancelled,
    /// The disk said no; another source would not help.
    #[error("could not {action} {}: {source}", path.display())]
    Io {
        /// What was being done: "create", "write", ...
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { action, path, source }
    }
}

/// Why one source failed: `Source` lets the next one be tried, `Fatal` ends the installation.
#[derive(Debug)]
pub(crate) enum Failure {
    Source(String),
    Fatal(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Fatal(error)
    }
}

fn no_source(model: &Model, dir: &Path, attempts: &[Attempt]) -> String {
    let mut text = format!("no source for the model {} ({}) works:", model.id, model.file);
    for Attempt { source, reason } in attempts {
        let _ = write!(text, "\n  {source}: {reason}");
    }
    if attempts.is_empty() {
        text = format!("the model {} cannot be downloaded:", model.id);
    }
    if let Some(by_hand) = &model.by_hand {
        let _ = write!(text, "\n  {by_hand}");
    }
    let _ = write!(
        text,
        "\nTo install it by hand, get the file {} ({} bytes, SHA-256 {})",
        model.file, model.bytes, model.sha256
    );
    if let Some(url) = model.sources.iter().find_map(|source| match source {
        Source::Url(url) => Some(url),
        Source::Wheel { .. } => None,
    }) {
        let _ = write!(text, ", for example with a browser from {url},");
    }
    let _ = write!(
        text,
        " and run `legible models add FILE`, or set LEGIBLE_MODELS_DIR to the directory that holds it. It belongs in {}.",
        dir.display()
    );
    text
}
