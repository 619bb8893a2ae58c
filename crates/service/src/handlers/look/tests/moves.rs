//! Moving files away once they are read.

use super::*;
use crate::handlers::{MOVE_AWAY, THUMBNAIL};
use legible_jobs::{Filter, State};
use legible_library::{ContentHash, NewItem, Origin, OriginKind, Placement};
use legible_sources::SourceId;
use legible_sources::folder::{Stamp, ledger};
use rusqlite::Transaction;

/// A source on `in` whose files go to a folder of the home.
fn moving(home: &Home, keep: KeepWhat, to: &str) -> SourceDraft {
    let mut draft = draft(home, keep);
    draft.filing.move_to = Some(home.path(to).to_str().unwrap().into());
    draft
}

/// Does what there is to do up to the `move-away` job, which is claimed.
fn claim_move(home: &Home) -> legible_jobs::Lease {
    loop {
        let lease = home.claim().unwrap();
        if lease.kind == MOVE_AWAY {
            return lease;
        }
        home.work_one(&lease);
    }
}

#[test]
fn a_file_that_cannot_be_moved_is_filed_and_moved_once_it_can() {
    let home = home();
    put(&home, "a.png", 1);
    home.write("elsewhere", "a file, not a folder");
    let mut draft = moving(&home, KeepWhat::Copy, "elsewhere");
    draft.filing.rules =
        vec![FilingRule { when: "invoice".into(), tags: vec!["bill".into()], remind_days_before: None }];
    let source = add(&home, draft);
    look(&home, &source);
    read(&home, "a.png", "an invoice");
    assert_eq!(item_called(&home, "a.png").tags, ["bill"]);
    assert!(home.path("in/a.png").exists());
    fs::remove_file(home.path("elsewhere")).unwrap();
    assert_eq!(look(&home, &source), outcome(json!({})));
    assert!(home.path("elsewhere/a.png").exists() && !home.path("in/a.png").exists(), "a look tries at once");
}

#[test]
fn why_a_file_was_not_moved_stays_on_the_source_until_it_is_and_it_is_tried_again() {
    let home = home();
    put(&home, "a.png", 1);
    home.write("elsewhere", "a file, not a folder");
    let source = add(&home, moving(&home, KeepWhat::Copy, "elsewhere"));
    look(&home, &source);
    read(&home, "a.png", "the text");
    let told = || problem(&home, &source).unwrap_or_default();
    assert!(told().starts_with(home.path("in/a.png could not be moved to ").to_str().unwrap()), "{}", told());
    put(&home, "b.png", 2);
    assert_eq!(look(&home, &source), outcome(json!({ "new": 1 })));
    assert!(told().contains("could not be moved"), "a look says nothing of that: {}", told());
    fs::remove_file(home.path("elsewhere")).unwrap();
    home.clock.advance(DAY);
    home.work();
    assert!(home.path("elsewhere/a.png").exists(), "it was tried again by itself");
    assert_eq!(told(), "");
}

#[test]
fn what_keeps_files_from_being_moved_is_forgotten_with_the_files_or_the_wish() {
    let lost = |home: &Home, _: &SourceView| fs::remove_file(home.path("in/a.png")).unwrap();
    let unwanted = |home: &Home, source: &SourceView| change(home, source, |draft| draft.filing.move_to = None);
    for forget in [lost as fn(&Home, &SourceView), unwanted] {
        let home = home();
        put(&home, "a.png", 1);
        home.write("elsewhere", "a file, not a folder");
        let source = add(&home, moving(&home, KeepWhat::Copy, "elsewhere"));
        look(&home, &source);
        read(&home, "a.png", "the text");
        assert!(problem(&home, &source).is_some());
        forget(&home, &source);
        look(&home, &source);
        assert_eq!(problem(&home, &source), None);
    }
}

#[test]
fn what_a_person_left_out_or_a_source_that_is_off_is_not_moved() {
    let home = home();
    for (name, shade) in [("a.png", 1), ("b.png", 2), ("c.png", 3)] {
        put(&home, name, shade);
    }
    let source = add(&home, moving(&home, KeepWhat::Copy, "Done"));
    look(&home, &source);
    change(&home, &source, |draft| {
        let SourceSpec::Folder { exclude, .. } = &mut draft.spec else { unreachable!() };
        exclude.push("b.png".into());
    });
    read(&home, "a.png", "text");
    read(&home, "b.png", "text");
    let moves = jobs(&home, MOVE_AWAY);
    look(&home, &source);
    assert_eq!(jobs(&home, MOVE_AWAY), moves, "nothing is asked for in vain");
    home.ask(home.service.enable_source(crate::api::EnableSource { id: source.id, enabled: false })).unwrap();
    read(&home, "c.png", "text");
    let there = ["Done/a.png", "in/b.png", "in/c.png"].map(|path| home.path(path).exists());
    assert_eq!(there, [true; 3]);
}

#[test]
fn a_file_that_was_moved_before_a_kill_is_found_though_a_look_missed_it() {
    let home = home();
    put(&home, "a.png", 1);
    let source = add(&home, moving(&home, KeepWhat::InPlace, "Done"));
    look(&home, &source);
    save_reading(&home, "a.png", "text");
    let lease = claim_move(&home);
    drop(home.run(&lease).unwrap());
    assert!(home.path("Done/a.png").exists());
    home.give_back(&lease);
    let sql = "UPDATE job SET state = 'failed', finished_at = 1 WHERE kind = 'thumbnail'";
    let fail = |tx: &Transaction<'_>| Ok(tx.execute(sql, [])?);
    assert_eq!(home.service.database().write_blocking(fail).unwrap(), 1, "it looked for the file meanwhile");
    assert_eq!(look(&home, &source), outcome(json!({ "missing": 1 })));
    home.work();
    let failed = Filter::states([State::Failed]);
    let failed = home.service.database().read_blocking(|c| Ok(legible_jobs::jobs(c, &failed, 0, 1)?)).unwrap();
    assert_eq!(failed.total, 0, "it is tried again: {:?}", failed.jobs);
    assert_eq!(items(&home), [("a.png".into(), Original::Kept)]);
    assert_eq!(item_called(&home, "a.png").path, home.path("Done/a.png").to_str().unwrap());
}

#[test]
fn who_looks_for_a_file_that_is_just_being_moved_looks_again() {
    let home = home();
    put(&home, "a.png", 1);
    let source = add(&home, moving(&home, KeepWhat::InPlace, "Done"));
    look(&home, &source);
    save_reading(&home, "a.png", "text");
    let lease = claim_move(&home);
    let commit = home.run(&lease).unwrap();
    let mut thumbnail = lease.clone();
    thumbnail.kind = THUMBNAIL.to_owned();
    let error = home.run(&thumbnail).err().unwrap();
    assert!(error.may_pass() && error.to_string().contains("being moved"), "{error}");
    home.succeed(&lease, commit);
    // A worker, which there is none of here, is to make it now.
    let error = home.run(&thumbnail).err().unwrap();
    assert!(matches!(error, crate::error::Error::Vision(_)), "{error}");
    fs::remove_file(home.path("Done/a.png")).unwrap();
    let error = home.run(&thumbnail).err().unwrap();
    assert!(!error.may_pass(), "nobody moves it any more: {error}");
}

#[test]
fn a_copy_that_comes_while_a_move_goes_on_is_moved_after_it() {
    let home = home();
    put(&home, "a.png", 1);
    let source = add(&home, moving(&home, KeepWhat::Copy, "Done"));
    look(&home, &source);
    save_reading(&home, "a.png", "text");
    let lease = claim_move(&home);
    let commit = home.run(&lease).unwrap();
    put(&home, "b.png", 1);
    assert_eq!(look(&home, &source), outcome(json!({ "known": 1, "missing": 1 })));
    assert!(home.path("in/b.png").exists(), "there is one move at a time");
    home.succeed(&lease, commit);
    home.work();
    assert!(home.path("Done/a.png").exists() && !home.path("in/b.png").exists());
    assert_eq!(jobs(&home, MOVE_AWAY), 2, "and no more than needed");
}

#[test]
fn files_that_were_there_before_anybody_wanted_them_moved_are_asked_for_part_by_part() {
    let home = home();
    let source = add(&home, draft(&home, KeepWhat::Copy));
    let write = |number: u32| {
        let path = home.write(&format!("in/{number}.png"), number.to_string());
        age(&path);
        let stamp = Stamp::of(&path).unwrap().unwrap();
        (path, stamp)
    };
    let files: Vec<_> = (0..=500).map(write).collect();
    let id = SourceId(source.id);
    let take = move |tx: &rusqlite::Transaction<'_>| {
        for (number, (path, stamp)) in files.into_iter().enumerate() {
            let (hash, name) = (ContentHash::of(number.to_string().as_bytes()), format!("{number}.png"));
            let placement = Placement::Managed { path: name.clone().into() };
            let new = NewItem { hash: hash.clone(), name: name.clone(), size: 1, placement, added_at: 1 };
            let origin = Origin { kind: OriginKind::Folder, path: Some(path), url: None, at: 1 };
            let item = legible_library::add_item(tx, &new, &origin)?.id;
            let engine = Engine { name: "test".into(), version: "1".into() };
            legible_library::save_reading(tx, item, &Reading { engine, width: 2, height: 2, lines: vec![] }, 1)?;
            legible_sources::link(tx, id, item.0, 1)?;
            legible_sources::filed(tx, id, item.0, 1)?;
            ledger::note_taken(tx, id, Path::new(&name), &stamp, hash.as_str(), item.0)?;
        }
        Ok(())
    };
    home.service.database().write_blocking(take).unwrap();
    change(&home, &source, |draft| draft.filing.move_to = Some(home.path("Done").to_str().unwrap().into()));
    home.ask(home.service.look_now(SourceRef { id: source.id })).unwrap();
    let mut number = 0;
    while jobs(&home, MOVE_AWAY) == 0 {
        let lease = home.claim().unwrap();
        home.stop_at(&lease, number);
        number += 1;
    }
    assert_eq!(jobs(&home, MOVE_AWAY), 500, "who stops a look does not wait for all of them");
}
