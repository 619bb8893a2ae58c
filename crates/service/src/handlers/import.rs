//! Takes in what a person offered: files as they are, folders with everything in them.
//!
//! A file that cannot be taken in becomes a failed job of its own in the same group, with its reason, so that the rest
//! goes on and the person can try it again. The walk may be repeated after a kill: what is in already is known by hash.

use crate::api::{AddOrigin, ErrorCode, Keep, WireError};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::ADD_FILE;
use crate::intake::{Group, Offer, origin_kind, read_file};
use crate::limits::{MAX_DEPTH, MAX_FILES};
use legible_jobs::{Filter, NewJob};
use legible_library::{Added, ContentHash, Folder};
use legible_sources::folder::IMAGE_ENDINGS;
use legible_vision::sniff::{Content, sniff};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// How many bytes tell what a file is.
const HEAD_BYTES: u64 = 4096;

/// What to take in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Files and folders, absolute.
    #[serde(with = "legible_paths::as_texts")]
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
        let folder = work.service.folder_to_fill()?;
        let found = find(work, &folder, &paths)?;
        let since = enqueued_at(work)?;
        let (total, mut new, mut known, mut restored, mut failed) = (found.len(), HashSet::new(), 0_u32, 0_u32, 0_u32);
        for (index, path) in found.into_iter().enumerate() {
            work.check()?;
            work.progress(index as f32 / total.max(1) as f32, &format!("{index} of {total} files"));
            match take_in(work, &path, origin, keep) {
                Ok(added) => {
                    let is_new = added.new || came_by(work, since, &added, &path)?;
                    if added.restored {
                        restored += 1;
                    } else if !(is_new && new.insert(added.id)) {
                        known += 1;
                    }
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
        let output = serde_json::json!({ "new": new.len(), "known": known, "restored": restored, "failed": failed });
        Ok(Box::new(move |_| Ok(Done { output: Some(output), changes: Changes::default() })))
    }
}

/// The `add-file` job.
pub struct AddFile;

impl Handler for AddFile {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let Payload { paths, origin, keep } = work.payload()?;
        let mut ids = Vec::new();
        for path in &paths {
            ids.push(take_in(work, path, origin, keep)?.id.0);
        }
        Ok(Box::new(move |_| Ok(Done { output: None, changes: Changes::items(ids).and_work() })))
    }
}

fn take_in(work: &Work, path: &Path, origin: AddOrigin, keep: Keep) -> Result<Added> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    if is_endless(path) {
        let message = format!("{} is a pipe or a device, not a file.", path.display());
        return Err(WireError::new(ErrorCode::File, message)
            .hint("Save what it gives as a file, then add that.")
            .into());
    }
    let bytes = read_file(path)?;
    let (path, group, by) = (Some(path.to_owned()), Group::Of(work.lease.group), Some(work.lease.clone()));
    Ok(work.service.take_in(Offer { path, keep, group, by, ..Offer::new(name, bytes, origin_kind(origin)) })?.0)
}

/// Whether opening it may wait for ever, as a pipe does that nobody writes to.
fn is_endless(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// Whether an error would meet every further file too: then the whole job is to be tried again later.
pub fn concerns_the_library(error: &Error) -> bool {
    matches!(error.code(), ErrorCode::LibraryFolder | ErrorCode::DiskFull | ErrorCode::Database | ErrorCode::Cancelled)
}

/// When the job was enqueued.
fn enqueued_at(work: &Work) -> Result<i64> {
    let job = work.service.database().read_blocking(|c| Ok(legible_jobs::job(c, work.lease.id)?))?;
    Ok(job.map_or(i64::MAX, |job| job.created_at))
}

/// Whether an item that is known already came in by an attempt of this job that was stopped or killed: since the job was
/// enqueued, and first from this path.
fn came_by(work: &Work, since: i64, added: &Added, path: &Path) -> Result<bool> {
    let item = work.service.database().read_blocking(|c| Ok(legible_library::item(c, added.id)?))?;
    Ok(item.is_some_and(|item| {
        item.added_at >= since && item.origins.first().is_some_and(|first| first.path.as_deref() == Some(path))
    }))
}

/// Makes a job of a file that cannot be taken in, unless the group has one for it from an attempt before.
fn try_again_alone(work: &Work, path: PathBuf, origin: AddOrigin, keep: Keep) -> Result<()> {
    let title = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    // A path may be longer than the names of the queue.
    let file = ContentHash::of(legible_paths::to_text(&path).as_bytes());
    let (subject, unique) = (format!("file:{file}"), format!("{ADD_FILE}:{file}"));
    let payload = serde_json::to_value(Payload { paths: vec![path], origin, keep })
        .map_err(|e| Error::Internal(format!("a payload does not serialise: {e}")))?;
    let (group, now) = (work.lease.group, work.service.now());
    let job = NewJob {
        subject: Some(subject.clone()),
        title,
        group,
        unique: Some(unique),
        ..NewJob::new(ADD_FILE, payload, now)
    };
    work.service.database().write_blocking(move |tx| {
        let before = Filter { subject: Some(subject), group, ..Filter::default() };
        if legible_jobs::jobs(tx, &before, 0, 1)?.total == 0 {
            legible_jobs::enqueue(tx, &job, now)?;
        }
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
                // It fails alone, so that the person learns that it was not looked into.
                Ok(entry) if entry.depth() == MAX_DEPTH && entry.file_type().is_dir() => found.push(entry.into_path()),
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

#[cfg(test)]
mod tests {
    use crate::api::{AddOrigin, AddPaths, ItemIds, JobState, JobView, JobsQuery};
    use crate::handlers::ADD_FILE;
    use crate::limits::{MAX_DEPTH, PATHS_BYTES};
    use crate::testing::{Home, png};
    use serde_json::json;
    use std::path::Path;

    fn add(home: &Home, paths: &[&Path]) -> i64 {
        let paths = paths.iter().map(|path| crate::path_text(path)).collect();
        home.ask(home.service.add_paths(AddPaths { paths, origin: AddOrigin::Drop })).unwrap().group
    }

    fn failed(home: &Home, group: i64) -> Vec<JobView> {
        let query = JobsQuery { group: Some(group), states: vec![JobState::Failed], ..JobsQuery::default() };
        home.ask(home.service.jobs(query)).unwrap().jobs
    }

    #[test]
    fn a_walk_that_is_repeated_after_a_kill_shows_each_bad_file_once_and_counts_its_own_images_as_new() {
        let home = Home::new();
        home.write("in/a.png", png(1));
        home.write("in/b.png", png(2));
        home.write("in/c again.png", png(2));
        home.write("in/d bad.png", b"no image");
        home.take_in("known.png", &png(3));
        home.clock.advance(1);
        let group = add(&home, &[&home.path("in")]);
        // Everything is done but the last step of the job.
        let killed = home.claim().unwrap();
        drop(home.run(&killed).unwrap());
        let alone = home.claim().unwrap();
        assert_eq!(alone.kind, ADD_FILE);
        home.fail(&alone);
        home.clock.advance(1);
        home.give_back(&killed);
        assert_eq!(home.work(), [json!({ "new": 2, "known": 2, "restored": 0, "failed": 1 })]);
        let failed = failed(&home, group);
        assert_eq!(failed.len(), 1, "{failed:?}");
        assert_eq!(failed[0].title, "d bad.png");
    }

    #[test]
    fn more_paths_than_one_job_holds_come_in_as_one_group() {
        let home = Home::new();
        let image = home.write("in/a.png", png(1));
        let far = home.path("in").join("b".repeat(200)).join("c".repeat(200));
        let many: Vec<_> = (0..3_000).map(|index| far.join(format!("{index}.png"))).collect();
        let paths: Vec<&Path> = many.iter().chain([&image]).map(|path| path.as_path()).collect();
        let bytes: usize = many.iter().map(|path| path.to_str().unwrap().len()).sum();
        assert!(bytes > legible_jobs::limits::MAX_JSON_BYTES, "the queue would not take them as one: {bytes}");
        let group = add(&home, &paths);
        let jobs = home.ask(home.service.jobs(JobsQuery { group: Some(group), ..JobsQuery::default() })).unwrap().jobs;
        assert!(jobs.len() > bytes / PATHS_BYTES && jobs.len() < 10, "{}", jobs.len());
        let outputs: Vec<_> = jobs.iter().map(|_| home.work_one(&home.claim().unwrap())).collect();
        let sum = |field: &str| outputs.iter().filter_map(|output| output[field].as_u64()).sum::<u64>();
        assert_eq!((sum("new"), sum("known"), sum("failed")), (1, 0, 3_000));
    }

    #[test]
    fn a_bad_file_with_a_very_long_path_fails_alone() {
        let home = Home::new();
        let image = home.write("in/a.png", png(1));
        let deep = (0..16).fold(home.path("in"), |path, _| path.join("d".repeat(250)));
        assert!(deep.as_os_str().len() > 4_000);
        let group = add(&home, &[&deep.join("e".repeat(200)), &image]);
        assert_eq!(home.work(), [json!({ "new": 1, "known": 0, "restored": 0, "failed": 1 })]);
        assert_eq!(failed(&home, group).len(), 1);
    }

    #[test]
    fn what_comes_back_from_the_trash_or_with_its_sidecar_is_told_as_such() {
        let home = Home::new();
        let image = home.write("in/a.png", png(1));
        let id = home.take_in("a.png", &png(1));
        home.ask(home.service.trash_items(ItemIds { ids: vec![id] })).unwrap();
        add(&home, &[&image]);
        let restored = [json!({ "new": 0, "known": 0, "restored": 1, "failed": 0 })];
        assert_eq!(home.work(), restored);
        // As after a database that was set aside.
        let forget = move |tx: &rusqlite::Transaction<'_>| {
            legible_library::trash(tx, &[legible_library::ItemId(id)], 1)?;
            Ok(legible_library::purge(tx, &[legible_library::ItemId(id)])?)
        };
        home.service.database().write_blocking(forget).unwrap();
        let kept = home.path("library/1970/01/a.png");
        assert!(kept.exists());
        let paths = vec![crate::path_text(&kept)];
        home.ask(home.service.add_paths(AddPaths { paths, origin: AddOrigin::Drop })).unwrap();
        assert_eq!(home.work(), restored);
    }

    #[test]
    fn a_folder_that_is_too_deep_is_told() {
        let home = Home::new();
        let deep = (0..=MAX_DEPTH).fold("in".to_owned(), |path, _| path + "/d");
        home.write(&format!("{deep}/a.png"), png(1));
        home.write("in/b.png", png(2));
        let group = add(&home, &[&home.path("in")]);
        assert_eq!(home.work(), [json!({ "new": 1, "known": 0, "restored": 0, "failed": 1 })]);
        let error = failed(&home, group).remove(0).error.unwrap();
        assert!(error.hint.unwrap().contains("by itself"), "{}", error.message);
    }
}
