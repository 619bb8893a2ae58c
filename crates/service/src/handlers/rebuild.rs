//! Makes the database anew from the library folder: sidecars bring back items with their readings, tags and notes;
//! images without a sidecar are taken in as new. What the database holds already stays.

use crate::adopting;
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::import::concerns_the_library;
use crate::limits::MAX_NAMED_UNUSABLE;
use crate::notices::put_damaged_away;
use legible_library::{OriginKind, Placement};

/// The `rebuild` job.
pub struct Rebuild;

impl Handler for Rebuild {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let folder = work.service.folder_to_fill()?;
        // What was deleted for good is not to come back.
        work.service.delete_purged()?;
        let (mut restored, mut known, mut unusable) = (0_u32, 0_u32, Unusable::default());
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
                            tracing::warn!(%error, name, "a sidecar cannot be used");
                            unusable.note(format!("the sidecar of {name}: {error}"));
                        }
                        Err(error) => return Err(error),
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a sidecar cannot be used");
                    unusable.note(error.to_string());
                }
            }
        }
        let mut found = 0_u32;
        for image in folder.images_without_sidecar() {
            work.check()?;
            let taken = match image {
                Ok(path) => adopting::take_in_place(work.service, &folder, path, OriginKind::Rebuild, work.lease.group),
                Err(error) => {
                    unusable.note(error.to_string());
                    tracing::warn!(%error, "a part of the library folder cannot be looked at");
                    continue;
                }
            };
            match taken {
                Ok(()) => found += 1,
                Err(error) if concerns_the_library(&error) => return Err(error),
                Err(error) => {
                    unusable.note(error.to_string());
                    tracing::warn!(%error, "an image in the library folder cannot be used");
                }
            }
        }
        let places = work.service.places().clone();
        let Unusable { count: unusable, first: unusable_files } = unusable;
        let output = serde_json::json!({
            "restored": restored, "known": known, "found": found, "unusable": unusable, "unusable_files": unusable_files,
        });
        Ok(Box::new(move |_| {
            put_damaged_away(&places).map_err(|error| Error::File { path: places.data.clone(), error })?;
            Ok(Done { output: Some(output), changes: Changes { many_items: true, ..Changes::work() } })
        }))
    }
}

/// What cannot be used, of which the first are named.
#[derive(Default)]
struct Unusable {
    count: u32,
    first: Vec<String>,
}

impl Unusable {
    fn note(&mut self, what: String) {
        self.count += 1;
        if self.first.len() < MAX_NAMED_UNUSABLE {
            self.first.push(what);
        }
    }
}

/// The files that a rebuild could not use, by name as far as they are named; empty where there are none.
pub fn named_unusable(output: &serde_json::Value) -> String {
    let named = output["unusable_files"].as_array().into_iter().flatten().filter_map(|one| one.as_str());
    let mut named: Vec<String> = named.map(|one| one.trim_end_matches('.').to_owned()).collect();
    let more = output["unusable"].as_u64().unwrap_or(0).saturating_sub(named.len() as u64);
    if more > 0 && !named.is_empty() {
        named.push(format!("and {more} more"));
    }
    named.join("; ")
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
        counts(home.work().pop().unwrap())
    }

    /// What a rebuild tells, without what it names.
    fn counts(mut output: serde_json::Value) -> serde_json::Value {
        output.as_object_mut().unwrap().remove("unusable_files").unwrap();
        output
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let check = |output: serde_json::Value, expected: &str| assert_eq!(super::named_unusable(&output), expected);
        check(json!({ "restored": 1, "unusable": 0, "unusable_files": [] }), "");
        check(json!({ "unusable": 2, "unusable_files": ["a is broken", "b too."] }), "a is broken; b too");
        check(json!({ "unusable": 7, "unusable_files": ["a is broken"] }), "a is broken; and 6 more");
        let home = Home::new();
        home.take_in("1.png", &png(1));
        fs::write(home.path("library/1970/01/1.png.json"), "no JSON").unwrap();
        home.ask(home.service.rebuild(NoArgs {})).unwrap();
        let told = super::named_unusable(&home.work().pop().unwrap());
        assert!(told.contains("1.png.json"), "{told}");
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
        let worked: Vec<serde_json::Value> = home.work().into_iter().map(counts).collect();
        assert_eq!(worked, [json!({ "restored": 0, "known": 1, "found": 0, "unusable": 0 })]);
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
