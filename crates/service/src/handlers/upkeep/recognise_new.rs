//! Recognises what no program of this version, or none of these models, has looked at. Of each image only what is not known
//! is made.

use super::queue;
use crate::changes::Changes;
use crate::error::Result;
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::RECOGNISE;
use crate::limits::{PRIORITY_RECOGNISE_NEW, UPKEEP_BATCH};
use legible_library::Placement;
use legible_vision::recognise::signature;

/// The `recognise-new` job. What it puts into the queue is a batch: the group that the job joins.
pub struct RecogniseNew;

impl Handler for RecogniseNew {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let words = |seen, _| format!("{seen} images to be recognised");
        let queued = queue::gather(work, PRIORITY_RECOGNISE_NEW, words, |tx, queue, after, now| {
            let items = legible_library::recognised_otherwise(tx, &signature(), after, UPKEEP_BATCH)?;
            for item in &items {
                if item.placement != Placement::TextOnly && item.missing_at.is_none() {
                    queue.put(tx, item, RECOGNISE, now)?;
                }
            }
            Ok(items)
        });
        let output = serde_json::json!({ "queued": queued? });
        Ok(Box::new(move |_| Ok(Done { output: Some(output), changes: Changes::work() })))
    }
}
