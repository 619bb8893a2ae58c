//! Finds what one can act on in texts that were read before there was what finds it, or by one that found less.

use super::fraction;
use crate::changes::Changes;
use crate::error::Result;
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::FIND_FACTS;
use crate::limits::UPKEEP_BATCH;
use legible_jobs::NewJob;
use rusqlite::Transaction;

/// The `find-facts` job.
pub struct FindFacts;

/// Enqueues the job if there is anything to do for it, as a runner does when it begins.
///
/// # Errors
/// When the database fails.
pub fn find_facts_where_due(tx: &Transaction, now: i64) -> Result<()> {
    if legible_library::texts_without_facts(tx)? > 0 {
        let unique = Some(FIND_FACTS.to_owned());
        let title = "Find dates, amounts and addresses in texts".to_owned();
        legible_jobs::enqueue(
            tx,
            &NewJob { unique, title, ..NewJob::new(FIND_FACTS, serde_json::Value::Null, now) },
            now,
        )?;
    }
    Ok(())
}

impl Handler for FindFacts {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let total = work.service.database().read_blocking(|c| Ok(legible_library::texts_without_facts(c)?))?;
        let mut seen = 0;
        loop {
            work.check()?;
            work.progress(fraction(seen, total), &format!("{seen} of {total} texts looked through"));
            let find = |tx: &Transaction<'_>| Ok(legible_library::find_facts_in_old_texts(tx, UPKEEP_BATCH)?);
            match work.service.database().write_blocking(find)? {
                0 => break,
                some => seen += some,
            }
            work.service.bus().note(Changes { many_items: true, ..Changes::default() });
        }
        let output = serde_json::json!({ "texts": seen });
        Ok(Box::new(move |_| Ok(Done { output: Some(output), changes: Changes::work() })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Home, png};
    use legible_library::ItemId;
    use legible_reading::{Engine, Line, Point, Quad, Reading};
    use serde_json::json;

    #[test]
    fn texts_of_before_are_looked_through_once() {
        let home = Home::new();
        let due = || {
            let due = |tx: &Transaction<'_>| {
                find_facts_where_due(tx, 1)?;
                Ok(legible_library::texts_without_facts(tx)?)
            };
            home.service.database().write_blocking(due).unwrap()
        };
        assert_eq!(due(), 0);
        let ids: Vec<i64> = (0..3).map(|shade| home.take_in(&format!("{shade}.png"), &png(shade))).collect();
        let read = move |tx: &Transaction<'_>| {
            for id in ids {
                let quad = Quad([Point { x: 1.0, y: 1.0 }; 4]);
                let line = Line { text: "2026-11-23".into(), quad, confidence: 1.0, words: vec![] };
                let engine = Engine { name: "test".into(), version: "1".into() };
                let reading = Reading { engine, width: 9, height: 9, lines: vec![line] };
                legible_library::save_reading(tx, ItemId(id), &reading, 1)?;
            }
            Ok(tx.execute_batch("DELETE FROM text_fact; UPDATE item SET facts_by = 0")?)
        };
        home.service.database().write_blocking(read).unwrap();
        assert_eq!(due(), 3);
        assert_eq!(home.do_job(FIND_FACTS, json!(null)).unwrap(), json!({ "texts": 3 }));
        assert_eq!(due(), 0);
    }
}
