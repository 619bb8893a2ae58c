//! Compares the originals with what came in: files that are not there any more, that have other bytes, or that cannot be
//! read. Nothing is changed but the notes of what was found.

use super::{fraction, words};
use crate::api::{ErrorCode, WireError};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::CHECK_LIBRARY;
use crate::limits::{MAX_REST, NAMED_FILES, UPKEEP_BATCH};
use legible_library::{ContentHash, FileTrouble, Folder, ItemId, ItemSummary, Placement};
use legible_vision::worker::CancelToken;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::time::Instant;

/// The `check-library` job. It goes on where an attempt before was stopped, and looks again at what was wrong.
pub struct CheckLibrary;

impl Handler for CheckLibrary {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let run = work.lease.id.0;
        let folder = work.service.folder_in_place()?;
        let (total, before) = work.service.database().read_blocking(|c| {
            let before = legible_library::file_checks(c, run)?;
            let wrong = before.missing + before.changed + before.unreadable;
            Ok((legible_library::originals(c)?, before.checked - wrong))
        })?;
        let (mut after, mut seen) = (ItemId(0), before);
        loop {
            let next = |c: &rusqlite::Connection| Ok(legible_library::unchecked(c, run, after, UPKEEP_BATCH)?);
            let items = work.service.database().read_blocking(next)?;
            let Some(last) = items.last() else { break };
            after = last.id;
            for item in &items {
                work.check()?;
                work.progress(fraction(seen, total), &format!("{seen} of {total} originals checked"));
                let started = Instant::now();
                let trouble = look(work, &folder, item)?;
                note(work, &folder, item, trouble)?;
                seen += 1;
                // The disk is others' too.
                std::thread::sleep(started.elapsed().min(MAX_REST));
            }
        }
        let output = found(work)?;
        if output["first"].as_array().is_some_and(Vec::is_empty) {
            return Ok(Box::new(move |_| Ok(Done { output: Some(output), changes: Changes::default() })));
        }
        Err(failure(&output).into())
    }
}

/// What is wrong with the original of an item.
fn look(work: &mut Work, folder: &Folder, item: &ItemSummary) -> Result<Option<FileTrouble>> {
    let path = folder.locate(&item.placement)?;
    let trouble = work.step(|_, token| {
        let trouble = compare(&path, item, token);
        // A file that was cut short was not compared.
        if token.is_cancelled() { Err(Error::Stopped) } else { Ok(trouble) }
    })?;
    if trouble.is_some() && matches!(item.placement, Placement::Managed { .. }) {
        // Without the folder, nothing is known about its files.
        work.service.folder_in_place()?;
    }
    Ok(trouble)
}

fn compare(path: &Path, item: &ItemSummary, cancel: &CancelToken) -> Option<FileTrouble> {
    let trouble = |error: &io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => FileTrouble::Missing,
        _ => FileTrouble::Unreadable,
    };
    match path.metadata() {
        Err(error) => return Some(trouble(&error)),
        // A pipe in its place would be waited for.
        Ok(found) if !found.is_file() || found.len() != item.size => return Some(FileTrouble::Changed),
        Ok(_) => {}
    }
    match File::open(path).and_then(|file| ContentHash::of_reader(UntilStopped { file, cancel })) {
        Ok(hash) => (hash != item.hash).then_some(FileTrouble::Changed),
        Err(error) => Some(trouble(&error)),
    }
}

/// A file that ends with an error when the job is to stop.
struct UntilStopped<'a> {
    file: File,
    cancel: &'a CancelToken,
}

impl Read for UntilStopped<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.cancel.is_cancelled() { Err(io::Error::other("stopped")) } else { self.file.read(into) }
    }
}

/// Notes what was found of an item, unless it moved or went meanwhile: files move in write transactions only.
fn note(work: &Work, folder: &Folder, item: &ItemSummary, trouble: Option<FileTrouble>) -> Result<()> {
    let (id, run, now) = (item.id, work.lease.id.0, work.service.now());
    let (place, folder) = (item.placement.clone(), folder.clone());
    work.service.database().write_blocking(move |tx| {
        let as_it_was = legible_library::item(tx, id)?.is_some_and(|item| item.placement == place);
        let came_back = trouble == Some(FileTrouble::Missing) && folder.has(&place)?;
        if as_it_was && !came_back {
            legible_library::note_file_check(tx, id, run, now, trouble)?;
        }
        Ok(())
    })
}

/// What this check has found, all attempts together.
fn found(work: &Work) -> Result<Value> {
    let run = work.lease.id.0;
    work.service.database().read_blocking(|c| {
        let checks = legible_library::file_checks(c, run)?;
        Ok(json!({
            "checked": checks.checked,
            "missing": checks.missing,
            "changed": checks.changed,
            "unreadable": checks.unreadable,
            "first": legible_library::troubled_files(c, run, NAMED_FILES)?,
        }))
    })
}

/// The one failure that tells of all originals with something wrong.
fn failure(output: &Value) -> WireError {
    let first: Vec<&str> = output["first"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let message = format!("{}, such as {}.", words(CHECK_LIBRARY, output), first.join(", "));
    WireError::new(ErrorCode::File, message).hint(
        "Put missing files back from a backup, or add the images again. If they lie on a disk that is not connected, \
         connect it. Files that were changed can be added again as new images. Then try again.",
    )
}

#[cfg(test)]
mod tests {
    use crate::api::{ErrorCode, ItemIds, Keep, WireError};
    use crate::error::Error;
    use crate::handlers::CHECK_LIBRARY;
    use crate::limits::UPKEEP_BATCH;
    use crate::testing::{Home, at_safe_points, png};
    use legible_jobs::{Failure, Filter, State};
    use serde_json::{Value, json};
    use std::fs;
    use std::path::PathBuf;

    fn sound(checked: u64) -> Value {
        json!({ "checked": checked, "missing": 0, "changed": 0, "unreadable": 0, "first": [] })
    }

    fn filled(count: u8) -> (Home, Vec<i64>) {
        let home = Home::new();
        let ids = (1..=count).map(|shade| home.take_in(&format!("{shade}.png"), &png(shade))).collect();
        (home, ids)
    }

    fn original(home: &Home, number: u8) -> PathBuf {
        home.path(&format!("library/1970/01/{number}.png"))
    }

    fn told(error: Error) -> WireError {
        match error {
            Error::Told(error) => error,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_once() {
        let (home, ids) = filled(7);
        home.offer("elsewhere.png", &png(99), Keep::InPlace).unwrap();
        assert_eq!(home.do_job(CHECK_LIBRARY, json!({})).unwrap(), sound(8));
        home.ask(home.service.trash_items(ItemIds { ids: vec![ids[6]] })).unwrap();
        assert_eq!(home.do_job(CHECK_LIBRARY, json!(null)).unwrap(), sound(7), "the trash is left out");

        fs::remove_file(original(&home, 1)).unwrap();
        fs::write(original(&home, 2), b"shorter").unwrap();
        let mut same_size = png(3);
        *same_size.last_mut().unwrap() ^= 1;
        fs::write(original(&home, 3), same_size).unwrap();
        fs::remove_file(home.path("in/elsewhere.png")).unwrap();
        let error = told(home.do_job(CHECK_LIBRARY, json!({})).unwrap_err());
        assert_eq!(
            error.message,
            "2 originals missing, 2 originals changed on disk, such as 1.png, 2.png, 3.png, elsewhere.png."
        );
        assert_eq!((error.code, error.hint.is_some()), (ErrorCode::File, true));
        assert!(original(&home, 2).exists(), "nothing is touched");
        let failed = home
            .service
            .database()
            .read_blocking(|c| Ok(legible_jobs::jobs(c, &Filter::states([State::Failed]), 0, 9)?.jobs));
        let failed = failed.unwrap();
        assert_eq!(failed.len(), 1);

        // Tried again by the person, it looks again at what was wrong.
        (1..=3).for_each(|number| fs::write(original(&home, number), png(number)).unwrap());
        let id = failed[0].id;
        home.service.database().write_blocking(move |tx| Ok(legible_jobs::retry(tx, &Filter::ids([id]), 1)?)).unwrap();
        let lease = home.claim().unwrap();
        let error = told(home.run(&lease).err().unwrap());
        assert_eq!(error.message, "1 original missing, such as elsewhere.png.");
    }

    #[cfg(unix)]
    #[test]
    fn what_cannot_be_read_or_is_no_file_is_not_called_missing() {
        let (home, _) = filled(3);
        fs::remove_file(original(&home, 1)).unwrap();
        std::os::unix::fs::symlink("1.png", original(&home, 1)).unwrap();
        fs::remove_file(original(&home, 2)).unwrap();
        fs::create_dir(original(&home, 2)).unwrap();
        let error = told(home.do_job(CHECK_LIBRARY, json!({})).unwrap_err());
        assert_eq!(error.message, "1 original changed on disk, 1 original unreadable, such as 1.png, 2.png.");
    }

    #[test]
    fn a_folder_that_is_not_there_is_one_error_to_be_tried_again() {
        let (home, _) = filled(3);
        fs::rename(home.path("library"), home.path("unmounted")).unwrap();
        let refused = || {
            let error = home.do_job(CHECK_LIBRARY, json!({})).unwrap_err();
            assert_eq!(error.code(), ErrorCode::LibraryFolder);
            assert!(matches!(error.failure(1), Failure::Retryable(_)), "{error}");
        };
        refused();
        fs::create_dir(home.path("library")).unwrap();
        refused();
    }

    #[test]
    fn a_folder_that_goes_away_midway_makes_nothing_missing_and_the_check_goes_on_later() {
        let (home, _) = filled(4);
        let (library, away) = (home.path("library"), home.path("unmounted"));
        let mut passed = 0;
        at_safe_points(move |_| {
            passed += 1;
            // Two safe points a file: it goes while the third is looked at.
            if passed == 5 {
                fs::rename(&library, &away).unwrap();
            }
        });
        let lease = home.begin(CHECK_LIBRARY, json!({}), None);
        let error = home.run(&lease).err().unwrap();
        assert_eq!(error.code(), ErrorCode::LibraryFolder, "{error}");
        at_safe_points(|_| ());
        home.give_back(&lease);
        fs::rename(home.path("unmounted"), home.path("library")).unwrap();
        // What was found sound by then is not looked at again.
        fs::remove_file(original(&home, 1)).unwrap();
        assert_eq!(home.work(), [sound(4)]);
    }

    #[test]
    fn a_file_that_moves_to_the_trash_midway_is_not_missing() {
        let (home, ids) = filled(3);
        let (service, mut passed) = (home.service.clone(), 0);
        at_safe_points(move |_| {
            passed += 1;
            if passed == 1 {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(service.trash_items(ItemIds { ids: vec![ids[1]] })).unwrap();
            }
        });
        assert_eq!(home.do_job(CHECK_LIBRARY, json!({})).unwrap(), sound(2));
    }

    #[test]
    fn a_stop_at_any_point_loses_nothing() {
        for point in 0.. {
            let (home, _) = filled(3);
            fs::remove_file(original(&home, 2)).unwrap();
            let lease = home.begin(CHECK_LIBRARY, json!({}), None);
            let mut passed = 0;
            at_safe_points(move |control| {
                if passed == point {
                    control.stop(legible_jobs::Stop::Killed);
                }
                passed += 1;
            });
            let mut error = home.run(&lease).err().unwrap();
            at_safe_points(|_| ());
            let stopped = matches!(error, Error::Stopped);
            if stopped {
                home.give_back(&lease);
                error = home.run(&home.claim().unwrap()).err().unwrap();
            }
            assert_eq!(told(error).message, "1 original missing, such as 2.png.", "stopped at {point}");
            if !stopped {
                assert!(point >= 6, "there were points to stop at");
                return;
            }
        }
    }

    #[test]
    fn more_than_a_batch_is_checked() {
        let home = Home::new();
        let images = UPKEEP_BATCH + 2;
        for number in 0..images {
            let bytes = [png(1), number.to_le_bytes().to_vec()].concat();
            home.take_in(&format!("{number}.png"), &bytes);
        }
        assert_eq!(home.do_job(CHECK_LIBRARY, json!({})).unwrap(), sound(images as u64));
    }
}
