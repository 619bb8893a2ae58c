//! Takes in what a person offered: files as they are, folders with everything in them.
//!
//! A file that cannot be taken in becomes a failed job of its own in the same group, with its reason, so that the rest
//! goes on and the person can try it again. The walk may be repeated after a kill: what is in already is known by hash.

use crate::api::{AddOrigin, ErrorCode, Keep, WireError};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::ADD_FILE;
use crate::intake::{Group, Offer, read_file};
use crate::limits::{MAX_DEPTH, MAX_FILES};
use legible_jobs::{Backoff, NewJob};
use legible_library::{Added, Folder};
use legible_vision::sniff::{Content, sniff};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Endings of files that are expected to be images, whatever is in them.
const IMAGE_ENDINGS: &[&str] =
    &["png", "jpg", "jpeg", "jfif", "webp", "gif", "tif", "tiff", "bmp", "avif", "heic", "heif", "jxl", "jp2"];

/// How many bytes tell what a file is.
const HEAD_BYTES: u64 = 4096;

/// What to take in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Files and folders, absolute.
    #[serde(with = "legible_library::paths::as_texts")]
    pub paths: Vec<PathBuf>,
    /// How they came.
    pub origin: AddOrigin,
    /// Whether files are copied.
    pub keep: Keep,
}

/// The `import` job.
pub struct Import;

impl Handler for Import {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let Payload { paths, origin, keep } = work.payload()?;
        let folder = work.service.folder()?;
        let found = find(work, &folder, &paths)?;
        let total = found.len();
        let (mut new, mut known, mut failed) = (0_u32, 0_u32, 0_u32);
        for (index, path) in found.into_iter().enumerate() {
            work.check()?;
            work.progress(index as f32 / total.max(1) as f32, &format!("{index} of {total} files"));
            match take_in(work, &folder, &path, origin, keep) {
                Ok(added) => {
                    *(if added.new { &mut new } else { &mut known }) += 1;
                    let group = work.lease.group.map(|group| group.0);
                    work.service.bus().note(Changes::items([added.id.0]).and_group(group).and_work());
                }
                Err(error) if concerns_the_library(&error) => return Err(error),
                Err(error) => {
                    failed += 1;
                    tracing::debug!(code = ?error.code(), "a file was not taken in");
                    try_again_alone(work, path, origin, keep)?;
                }
            }
        }
        let output = serde_json::json!({ "new": new, "known": known, "failed": failed });
        Ok(Box::new(move |_| Ok(Done { output: Some(output), changes: Changes::default() })))
    }
}

/// The `add-file` job.
pub struct AddFile;

impl Handler for AddFile {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let Payload { paths, origin, keep } = work.payload()?;
        let folder = work.service.folder()?;
        let mut ids = Vec::new();
        for path in &paths {
            ids.push(take_in(work, &folder, path, origin, keep)?.id.0);
        }
        Ok(Box::new(move |_| Ok(Done { output: None, changes: Changes::items(ids).and_work() })))
    }
}

fn take_in(work: &Work, folder: &Folder, path: &Path, origin: AddOrigin, keep: Keep) -> Result<Added> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    if is_endless(path) {
        let message = format!("{} is a pipe or a device, not a file.", path.display());
        return Err(WireError::new(ErrorCode::File, message)
            .hint("Save what it gives as a file, then add that.")
            .into());
    }
    let bytes = read_file(path)?;
    let group = Group::Of(work.lease.group);
    Ok(work.service.take_in(folder, Offer { name, bytes, path: Some(path.to_owned()), origin, keep, group })?.0)
}

/// Whether opening it may wait for ever, as a pipe does that nobody writes to.
fn is_endless(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// Whether an error would meet every further file too: then the whole job is to be tried again later.
fn concerns_the_library(error: &Error) -> bool {
    matches!(error.code(), ErrorCode::LibraryFolder | ErrorCode::DiskFull | ErrorCode::Database | ErrorCode::Cancelled)
}

fn try_again_alone(work: &Work, path: PathBuf, origin: AddOrigin, keep: Keep) -> Result<()> {
    let title = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let unique = Some(format!("{ADD_FILE}:{}", legible_library::paths::to_text(&path)));
    let payload = serde_json::to_value(Payload { paths: vec![path], origin, keep })
        .map_err(|e| Error::Internal(format!("a payload does not serialise: {e}")))?;
    let (group, now) = (work.lease.group, work.service.now());
    let backoff = Backoff::default();
    let kind = ADD_FILE.to_owned();
    let job = NewJob {
        kind,
        payload,
        subject: None,
        title,
        priority: 0,
        group,
        unique,
        max_attempts: 1,
        backoff,
        run_at: now,
    };
    work.service.database().write_blocking(move |tx| {
        legible_jobs::enqueue(tx, &job, now)?;
        Ok(())
    })
}

/// The files to take in: those named, and in folders those that are images or are called so. Links to folders are not
/// followed, so a loop of links has no end to wait for.
fn find(work: &mut Work, folder: &Folder, paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let trash = folder.root().join(".trash");
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let walk = WalkDir::new(path).max_depth(MAX_DEPTH).sort_by_file_name().into_iter();
        for entry in walk.filter_entry(|entry| entry.path() != trash) {
            work.check()?;
            match entry {
                Ok(entry) if entry.path().is_file() && is_wanted(entry.path()) => found.push(entry.into_path()),
                Ok(_) => {}
                // A folder that cannot be opened is named like a file that cannot: by trying it alone.
                Err(error) => found.extend(error.path().map(Path::to_path_buf)),
            }
            if found.len() > MAX_FILES {
                let message = format!("More than {MAX_FILES} files were offered at once.");
                return Err(WireError::new(ErrorCode::BadRequest, message).hint("Add the folders one by one.").into());
            }
            work.progress(0.0, &format!("{} files found", found.len()));
        }
    }
    Ok(found)
}

fn is_wanted(path: &Path) -> bool {
    let ending = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).unwrap_or_default();
    if IMAGE_ENDINGS.contains(&ending.as_str()) {
        return true;
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    read.is_ok() && matches!(sniff(&head), Content::Image(_))
}
