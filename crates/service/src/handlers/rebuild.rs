//! Makes the database anew from the library folder: sidecars bring back items with their readings, tags and notes;
//! images without a sidecar are taken in as new. What the database holds already stays.

use crate::adopting;
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::import::concerns_the_library;
use crate::notices::put_damaged_away;
use legible_library::{OriginKind, Placement};

/// The `rebuild` job.
pub struct Rebuild;

impl Handler for Rebuild {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let folder = work.service.folder_to_fill()?;
        // What was deleted for good is not to come back.
        work.service.delete_purged()?;
        let (mut restored, mut known, mut unusable) = (0_u32, 0_u32, 0_u32);
        for sidecar in folder.sidecars() {
            work.check()?;
            work.progress(0.0, &format!("{} images", restored + known));
            match sidecar {
                Ok((placement, sidecar)) => {
                    let name = sidecar.name.clone();
                    match adopt(work, placement, sidecar) {
                        Ok(true) => restored += 1,
                        Ok(false) => known += 1,
                        // Edited by hand or by another program: one such file must not keep the others out.
                        Err(Error::Library(error @ legible_library::Error::TooLong { .. })) => {
                            unusable += 1;
                            tracing::warn!(%error, name, "a sidecar cannot be used");
                        }
                        Err(error) => return Err(error),
                    }
                }
                Err(error) => {
                    unusable += 1;
                    tracing::warn!(%error, "a sidecar cannot be used");
                }
            }
        }
        let mut found = 0_u32;
        for image in folder.images_without_sidecar() {
            work.check()?;
            let taken = match image {
                Ok(path) => adopting::take_in_place(work.service, &folder, path, OriginKind::Rebuild, work.lease.group),
                Err(error) => {
                    unusable += 1;
                    tracing::warn!(%error, "a part of the library folder cannot be looked at");
                    continue;
                }
            };
            match taken {
                Ok(()) => found += 1,
                Err(error) if concerns_the_library(&error) => return Err(error),
                Err(error) => {
                    unusable += 1;
                    tracing::warn!(%error, "an image in the library folder cannot be used");
                }
            }
        }
        let places = work.service.places().clone();
        let output = serde_json::json!({ "restored": restored, "known": known, "found": found, "unusable": unusable });
        Ok(Box::new(move |_| {
            put_damaged_away(&places).map_err(|error| Error::File { path: places.data.clone(), error })?;
            Ok(Done { output: Some(output), changes: Changes { many_items: true, ..Changes::work() } })
        }))
    }
}

/// Takes a sidecar over; returns whether its item is new to the database.
fn adopt(work: &Work, placement: Placement, sidecar: legible_library::Sidecar) -> Result<bool> {
    let (now, group) = (work.service.now(), work.lease.group);
    let adopt = move |tx: &rusqlite::Transaction| adopting::adopt(tx, &placement, &sidecar, group, now);
    Ok(work.service.database().write_blocking(adopt)?.new)
}

#[cfg(test)]
mod tests {
    use crate::api::{ItemIds, ItemsQuery, NoArgs};
    use crate::testing::{Home, png};
    use serde_json::json;
    use std::fs;

    /// Makes the service forget all images, as when its database is lost.
    fn forget(home: &Home) {
        let tables = ["origin", "tag", "reading", "item", "job_attempt", "job"];
        let forget = move |tx: &rusqlite::Transaction<'_>| {
            tables.iter().try_for_each(|table| tx.execute(&format!("DELETE FROM {table}"), []).map(drop))?;
            Ok(())
        };
        home.service.database().write_blocking(forget).unwrap();
    }

    fn rebuild(home: &Home) -> serde_json::Value {
        home.ask(home.service.rebuild(NoArgs {})).unwrap();
        home.work().pop().unwrap()
    }

    #[test]
    fn a_sidecar_that_cannot_be_used_keeps_no_other_out() {
        let home = Home::new();
        for shade in 1..=4 {
            home.take_in(&format!("{shade}.png"), &png(shade));
        }
        let edit = |name: &str, from: &str, to: &str| {
            let path = home.path("library/1970/01").join(name);
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.contains(from), "{text}");
            fs::write(path, text.replace(from, to)).unwrap();
        };
        edit("1.png.json", "\"note\":\"\"", &format!("\"note\":\"{}\"", "n".repeat(100_001)));
        edit("2.png.json", "\"tags\":[]", &format!("\"tags\":[\"{}\"]", "t".repeat(201)));
        edit("3.png.json", "{", "");
        forget(&home);
        let expected = json!({ "restored": 1, "known": 0, "found": 0, "unusable": 3 });
        assert_eq!(rebuild(&home), expected);
        assert_eq!(home.ask(home.service.items(ItemsQuery::default())).unwrap().total, 1);
        fs::write(home.path("library/found.png"), png(5)).unwrap();
        assert_eq!(rebuild(&home), json!({ "restored": 0, "known": 1, "found": 1, "unusable": 3 }));
    }

    #[test]
    fn a_rebuild_of_a_folder_that_is_gone_fails_and_is_tried_again() {
        let home = Home::new();
        home.take_in("a.png", &png(1));
        fs::rename(home.path("library"), home.path("unmounted")).unwrap();
        home.ask(home.service.rebuild(NoArgs {})).unwrap();
        assert!(home.work().is_empty());
        fs::rename(home.path("unmounted"), home.path("library")).unwrap();
        home.clock.advance(3_600_000);
        assert_eq!(home.work(), [json!({ "restored": 0, "known": 1, "found": 0, "unusable": 0 })]);
    }

    #[test]
    fn what_was_deleted_for_good_does_not_come_back() {
        let home = Home::new();
        let id = home.take_in("a.png", &png(1));
        home.ask(home.service.trash_items(ItemIds { ids: vec![id] })).unwrap();
        // Killed between the commit and the deletion of the files.
        let purge =
            move |tx: &rusqlite::Transaction<'_>| Ok(legible_library::purge(tx, &[legible_library::ItemId(id)])?);
        assert_eq!(home.service.database().write_blocking(purge).unwrap(), 1);
        assert!(home.path("library/.trash/1970/01/a.png").exists());
        assert_eq!(rebuild(&home), json!({ "restored": 0, "known": 0, "found": 0, "unusable": 0 }));
        assert!(!home.path("library/.trash/1970/01/a.png").exists());
    }
}
