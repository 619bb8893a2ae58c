//! How looks end that do not come to their end by themselves.

use super::*;
use crate::api::{EnableSource, NoArgs};
use crate::handlers::{LOOK, handler, look};
use legible_jobs::{CRASHED, Reason};
use rusqlite::Transaction;

fn source_now(home: &Home, id: i64) -> SourceView {
    let all = home.ask(home.service.sources(NoArgs {})).unwrap().sources;
    all.into_iter().find(|source| source.id == id).unwrap()
}

#[test]
fn a_look_that_died_with_the_program_says_so_and_begins_again_at_the_next_start() {
    let home = home();
    let id = add(&home, draft(&home, KeepWhat::Copy)).id;
    let now = home.service.now();
    let give_up = move |tx: &Transaction| {
        let reason = Reason { code: CRASHED.into(), message: "It died.".into(), hint: None };
        handler(LOOK).unwrap().failed(tx, Some(&format!("source:{id}")), &reason, now).map(drop)
    };
    home.service.database().write_blocking(give_up).unwrap();
    let source = source_now(&home, id);
    assert_eq!(source.problem.map(|problem| problem.error.message), Some("It died.".into()));
    assert!(source.active.is_none());
    home.service.database().write_blocking(move |tx| look::resume_given_up(tx, now)).unwrap();
    assert!(source_now(&home, id).active.is_some(), "it is due");
    home.clock.advance(1000);
    home.work();
    assert!(source_now(&home, id).problem.is_none());
    home.service.database().write_blocking(move |tx| look::resume_given_up(tx, now)).unwrap();
    assert!(source_now(&home, id).active.is_none(), "what went well is not done again");
}

#[test]
fn a_source_that_is_switched_off_ends_its_look() {
    let home = home();
    let id = add(&home, draft(&home, KeepWhat::Copy)).id;
    put(&home, "a.png", 9);
    home.ask(home.service.look_now(SourceRef { id })).unwrap();
    home.clock.advance(1000);
    let lease = home.claim().unwrap();
    home.ask(home.service.enable_source(EnableSource { id, enabled: false })).unwrap();
    // What it was just about to take in is refused in the writer: nothing comes after the switch.
    home.fail(&lease);
    assert!(names(&home).is_empty());
    assert!(source_now(&home, id).active.is_none());
}

#[test]
fn what_a_look_left_out_stands_on_its_source() {
    let home = home();
    let source = add(&home, draft(&home, KeepWhat::Copy));
    age(&home.write("in/a.png", "no image"));
    age(&home.write("in/b.png", "none either"));
    look(&home, &source);
    let remark = source_now(&home, source.id).remark.unwrap();
    assert!(remark.starts_with("2 could not be used: "), "{remark}");
    let looks = home.ask(home.service.looks(SourceRef { id: source.id })).unwrap().looks;
    assert_eq!(looks[0].reasons.len(), 2, "{looks:?}");
    look(&home, &source);
    assert_eq!(source_now(&home, source.id).remark.as_deref(), Some("2 files could not be used"));
    fs::remove_file(home.path("in/a.png")).unwrap();
    put(&home, "b.png", 9);
    look(&home, &source);
    assert_eq!(source_now(&home, source.id).remark, None);
}
