//! Recognises what no program of this version, or none of these models, has looked at. Of each image only what is not known
//! is made.

use super::queue;
use crate::changes::Changes;
use crate::error::Result;
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::RECOGNISE;
use crate::handlers::recognise::{describe_labels, is_left};
use crate::limits::{PRIORITY_RECOGNISE_NEW, UPKEEP_BATCH};
use legible_library::Placement;

/// The `recognise-new` job. What it puts into the queue is a batch: the group that the job joins.
pub struct RecogniseNew;

impl Handler for RecogniseNew {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let words = |seen, total| format!("{seen} of {total} images looked at");
        // What no vocabulary tells would not be due.
        describe_labels(work)?;
        let models = work.service.models_that_see()?;
        let queued = queue::gather(work, PRIORITY_RECOGNISE_NEW, words, move |tx, queue, after, now| {
            let items = legible_library::items_after(tx, after, UPKEEP_BATCH)?;
            for item in &items {
                let is_there = item.placement != Placement::TextOnly && item.missing_at.is_none();
                if is_there && is_left(tx, item.id, &models)? {
                    queue.put(tx, item, RECOGNISE, now)?;
                }
            }
            Ok(items)
        });
        let output = serde_json::json!({ "queued": queued? });
        Ok(Box::new(move |_| Ok(Done { output: Some(output), changes: Changes::work() })))
    }
}
