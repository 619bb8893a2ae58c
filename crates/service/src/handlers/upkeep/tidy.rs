//! Empties the trash of what lies there long, deletes pictures in the cache that belong to no image and files that killed
//! processes left behind, and forgets old jobs.
//!
//! Originals outside the trash are never touched; while the library folder is not there, nothing is.

use super::options;
use crate::api::{ErrorCode, WireError};
use crate::changes::Changes;
use crate::error::Result;
use crate::handler::{Commit, Done, Handler, Work};
use crate::limits::{LEFT_BEHIND, MAX_TRASH_DAYS, TRASH_KEPT_DAYS};
use crate::pictures::{cache_roots, shown_by};
use legible_library::ContentHash;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use walkdir::{DirEntry, WalkDir};

/// The `tidy` job.
pub struct Tidy;

/// What a person may set.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    /// How long images stay in the trash.
    days: u32,
}

impl Default for Options {
    fn default() -> Self {
        Options { days: TRASH_KEPT_DAYS }
    }
}

impl Handler for Tidy {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let Options { days } = options(work)?;
        if !(1..=MAX_TRASH_DAYS).contains(&days) {
            let message = format!("Images cannot stay in the trash for {days} days.");
            let hint = format!("Choose 1 to {MAX_TRASH_DAYS} days.");
            return Err(WireError::new(ErrorCode::BadRequest, message).hint(hint).into());
        }
        let folder = work.service.folder_in_place()?;
        let (images, freed) = empty_trash(work, days)?;
        let (files, bytes) = clear_cache(work)?;
        work.check()?;
        work.progress(0.7, "deleting unfinished files");
        folder.sweep();
        let jobs = forget_jobs(work)?;
        let output = serde_json::json!({
            "deleted_images": images,
            "deleted_files": files,
            "freed_bytes": freed + bytes,
            "forgotten_jobs": jobs,
        });
        let changes = Changes { many_items: images > 0, ..Changes::default() };
        Ok(Box::new(move |_| Ok(Done { output: Some(output), changes })))
    }
}

/// Deletes for good what lies in the trash longer than it is to; how many images that were, and bytes.
fn empty_trash(work: &mut Work, days: u32) -> Result<(usize, u64)> {
    let before = work.service.now().saturating_sub(i64::from(days) * 24 * 60 * 60 * 1000);
    let (mut images, mut bytes) = (0, 0);
    loop {
        work.check()?;
        work.progress(0.0, &format!("{images} images in the trash deleted"));
        let some = work.service.purge_some(before)?;
        if some.ids.is_empty() {
            return Ok((images, bytes));
        }
        (images, bytes) = (images + some.ids.len(), bytes + some.bytes);
        work.service.bus().note(Changes::items(some.ids));
    }
}

/// Deletes pictures of images that the library does not have; how many, and bytes.
fn clear_cache(work: &mut Work) -> Result<(usize, u64)> {
    let (mut files, mut bytes) = (0, 0);
    for root in cache_roots(work.service.places()) {
        // One directory after the other, so that few names are in memory.
        let directories = WalkDir::new(root).min_depth(1).max_depth(1).sort_by_file_name();
        for directory in directories.into_iter().flatten().filter(|entry| entry.file_type().is_dir()) {
            work.check()?;
            work.progress(0.4, &format!("{files} leftover files deleted"));
            let entries = WalkDir::new(directory.path()).min_depth(1).max_depth(1).into_iter().flatten();
            let mut pictures = Vec::new();
            for entry in entries.filter(|entry| entry.file_type().is_file()) {
                match shown_by(entry.path()) {
                    Some(content) => pictures.push((content, entry.into_path())),
                    None if is_left_behind(work, &entry) => {
                        let (count, freed) = delete(entry.path());
                        (files, bytes) = (files + count, bytes + freed);
                    }
                    None => {}
                }
            }
            let (count, freed) = delete_unowned(work, pictures)?;
            (files, bytes) = (files + count, bytes + freed);
        }
    }
    Ok((files, bytes))
}

/// Deletes those of the pictures whose image the library does not have.
fn delete_unowned(work: &Work, pictures: Vec<(ContentHash, PathBuf)>) -> Result<(usize, u64)> {
    let unowned = work.service.database().read_blocking(|c| {
        let mut unowned = Vec::new();
        for (content, path) in pictures {
            if legible_library::find_by_hash(c, &content)?.is_none() {
                unowned.push((content, path));
            }
        }
        Ok(unowned)
    })?;
    if unowned.is_empty() {
        return Ok((0, 0));
    }
    work.service.database().write_blocking(move |tx| {
        let (mut files, mut bytes) = (0, 0);
        for (content, path) in &unowned {
            // It may have come in since; nothing comes in while this writes.
            if legible_library::find_by_hash(tx, content)?.is_none() {
                let (count, freed) = delete(path);
                (files, bytes) = (files + count, bytes + freed);
            }
        }
        Ok((files, bytes))
    })
}

/// Whether a file of the cache is a half-written one that nobody writes any more.
fn is_left_behind(work: &Work, entry: &DirEntry) -> bool {
    let now = UNIX_EPOCH + Duration::from_millis(u64::try_from(work.service.now()).unwrap_or(0));
    let changed = entry.metadata().ok().and_then(|found| found.modified().ok());
    let old = changed.is_some_and(|changed| now.duration_since(changed).is_ok_and(|age| age >= LEFT_BEHIND));
    old && entry.file_name().as_encoded_bytes().starts_with(b".tmp")
}

/// Deletes a file of the cache; whether it was, and its bytes. One that stays is met again by the next run.
fn delete(path: &Path) -> (usize, u64) {
    let bytes = path.metadata().map_or(0, |found| found.len());
    match std::fs::remove_file(path) {
        Ok(()) => (1, bytes),
        Err(error) => {
            tracing::debug!(%error, "a file of the cache stays");
            (0, 0)
        }
    }
}

/// Forgets jobs that ended long ago; how many.
fn forget_jobs(work: &mut Work) -> Result<usize> {
    let service = work.service;
    service.forget_jobs(&legible_jobs::Filter::default(), service.long_ago(), |forgotten| {
        work.check()?;
        work.progress(0.8, &format!("{forgotten} old jobs forgotten"));
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use crate::api::{ErrorCode, ItemIds, ItemsQuery};
    use crate::handlers::TIDY;
    use crate::limits::LEFT_BEHIND;
    use crate::pictures::{cached_paths, thumbnail_path};
    use crate::testing::{Home, at_safe_points, png};
    use legible_jobs::Filter;
    use legible_library::ContentHash;
    use serde_json::{Value, json};
    use std::fs::{self, File};
    use std::path::PathBuf;
    use std::time::{Duration, UNIX_EPOCH};

    const DAY: i64 = 24 * 60 * 60 * 1000;

    fn total(home: &Home, trashed: bool) -> u32 {
        home.ask(home.service.items(ItemsQuery { trashed, ..ItemsQuery::default() })).unwrap().total
    }

    fn trash(home: &Home, ids: &[i64]) {
        home.ask(home.service.trash_items(ItemIds { ids: ids.to_vec() })).unwrap();
    }

    fn picture_of(home: &Home, bytes: &[u8]) -> PathBuf {
        let path = thumbnail_path(home.service.places(), &ContentHash::of(bytes));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, b"thumbnail").unwrap();
        path
    }

    fn tidied(images: u64, files: u64, bytes: u64, jobs: u64) -> Value {
        json!({ "deleted_images": images, "deleted_files": files, "freed_bytes": bytes, "forgotten_jobs": jobs })
    }

    #[test]
    fn what_lies_in_the_trash_long_goes_and_all_else_stays() {
        let home = Home::new();
        let ids: Vec<i64> = (1..=4).map(|shade| home.take_in(&format!("{shade}.png"), &png(shade))).collect();
        let pictures: Vec<PathBuf> = (1..=4).map(|shade| picture_of(&home, &png(shade))).collect();
        trash(&home, &ids[..1]);
        home.clock.advance(DAY);
        trash(&home, &ids[1..2]);
        home.clock.advance(30 * DAY - DAY);
        // The jobs of the four waited all the time, but for those that the trash cancelled.
        assert_eq!(home.do_job(TIDY, json!({})).unwrap(), tidied(1, 0, png(1).len() as u64 + 9, 0));
        assert_eq!((total(&home, false), total(&home, true)), (2, 1));
        assert_eq!(pictures.iter().map(|path| path.exists()).collect::<Vec<_>>(), [false, true, true, true]);
        assert!(!home.path("library/.trash/1970/01/1.png").exists() && home.path("library/1970/01/3.png").exists());
        assert_eq!(home.do_job(TIDY, json!(null)).unwrap(), tidied(0, 0, 0, 0));
        assert_eq!(home.do_job(TIDY, json!({ "days": 29 })).unwrap()["deleted_images"], 1);
        assert_eq!((total(&home, false), total(&home, true)), (2, 0));
    }

    #[test]
    fn a_file_that_was_only_referred_to_stays() {
        let home = Home::new();
        let id = home.offer("a.png", &png(1), crate::api::Keep::InPlace).unwrap();
        trash(&home, &[id]);
        home.clock.advance(31 * DAY);
        let output = home.do_job(TIDY, json!({})).unwrap();
        assert_eq!((&output["deleted_images"], &output["freed_bytes"]), (&json!(1), &json!(0)));
        assert!(home.path("in/a.png").exists() && total(&home, true) == 0);
    }

    #[test]
    fn pictures_of_no_image_and_what_was_left_behind_are_cleared_away() {
        let home = Home::new();
        home.take_in("a.png", &png(1));
        let kept = picture_of(&home, &png(1));
        let strange = picture_of(&home, &png(2));
        let preview = cached_paths(home.service.places(), &ContentHash::of(&png(2)))[1].clone();
        fs::create_dir_all(preview.parent().unwrap()).unwrap();
        fs::write(&preview, b"preview").unwrap();
        let beside = |name: &str, age: Duration| {
            let path = kept.with_file_name(name);
            fs::write(&path, b"half").unwrap();
            let now = UNIX_EPOCH + Duration::from_millis(home.service.now() as u64);
            File::options().write(true).open(&path).unwrap().set_modified(now - age).unwrap();
            path
        };
        home.clock.advance(10 * DAY);
        let old = beside(".tmpA", LEFT_BEHIND);
        let young = [beside(".tmpB", LEFT_BEHIND / 2), beside("of a person.txt", LEFT_BEHIND * 2)];
        let staged = home.write("library/1970/01/.legible-x.tmp", b"half");
        assert_eq!(home.do_job(TIDY, json!({})).unwrap(), tidied(0, 3, 9 + 7 + 4, 0));
        assert!([&strange, &preview, &old, &staged].iter().all(|path| !path.exists()));
        assert!(young.iter().chain([&kept]).all(|path| path.exists()));
    }

    #[test]
    fn old_jobs_are_forgotten() {
        let home = Home::new();
        home.take_in("a.png", &png(1));
        let all = Filter::default();
        let now = home.service.now();
        home.service.database().write_blocking(move |tx| Ok(legible_jobs::request_cancel(tx, &all, now)?)).unwrap();
        assert_eq!(home.do_job(TIDY, json!({})).unwrap(), tidied(0, 0, 0, 0));
        home.clock.advance(30 * DAY + 1);
        assert_eq!(home.do_job(TIDY, json!({})).unwrap(), tidied(0, 0, 0, 3), "read, thumbnail and the tidy before");
    }

    #[test]
    fn nothing_is_done_while_the_library_folder_is_not_there() {
        let home = Home::new();
        let ids: Vec<i64> = (1..=3).map(|shade| home.take_in("a.png", &png(shade))).collect();
        trash(&home, &ids[..2]);
        let strange = picture_of(&home, &png(9));
        home.clock.advance(31 * DAY);
        fs::rename(home.path("library"), home.path("unmounted")).unwrap();
        let refused = |elsewhere: bool| {
            let error = home.do_job(TIDY, json!({})).unwrap_err();
            assert_eq!(error.code(), ErrorCode::LibraryFolder, "{error}");
            assert_eq!(matches!(error.failure(1), legible_jobs::Failure::Retryable(_)), !elsewhere, "{error}");
            assert!(strange.exists() && total(&home, true) == 2);
        };
        refused(false);
        // The directory on which its disk is mounted is there, and empty.
        fs::create_dir(home.path("library")).unwrap();
        refused(false);
        home.write("library/other.txt", b"of another disk");
        refused(true);
        fs::remove_dir_all(home.path("library")).unwrap();
        fs::rename(home.path("unmounted"), home.path("library")).unwrap();
        assert_eq!(home.do_job(TIDY, json!({})).unwrap()["deleted_images"], 2);
    }

    #[test]
    fn a_folder_that_goes_away_midway_stops_it() {
        let home = Home::new();
        let ids: Vec<i64> = (1..=2).map(|shade| home.take_in("a.png", &png(shade))).collect();
        trash(&home, &ids[..1]);
        home.clock.advance(31 * DAY);
        let (library, away) = (home.path("library"), home.path("unmounted"));
        at_safe_points(move |_| drop(fs::rename(&library, &away)));
        let error = home.do_job(TIDY, json!({})).unwrap_err();
        assert_eq!((error.code(), total(&home, true)), (ErrorCode::LibraryFolder, 1));
    }

    #[test]
    fn a_stop_at_any_point_harms_nothing() {
        for point in 0.. {
            let home = Home::new();
            let ids: Vec<i64> = (1..=3).map(|shade| home.take_in("a.png", &png(shade))).collect();
            let strange = picture_of(&home, &png(9));
            trash(&home, &ids[..2]);
            home.clock.advance(31 * DAY);
            let ended = home.stop_at(&home.begin(TIDY, json!({}), None), point);
            if ended.is_none() {
                home.work();
            }
            assert_eq!((total(&home, false), total(&home, true), strange.exists()), (1, 0, false), "{point}");
            if ended.is_some() {
                assert!(point >= 4, "there were points to stop at");
                return;
            }
        }
    }

    #[test]
    fn senseless_options_are_refused() {
        let home = Home::new();
        for payload in [json!({ "days": 0 }), json!({ "days": -1 }), json!({ "dasy": 7 }), json!({ "days": 99_999 })] {
            assert_eq!(home.do_job(TIDY, payload).unwrap_err().code(), ErrorCode::BadRequest);
        }
    }
}
