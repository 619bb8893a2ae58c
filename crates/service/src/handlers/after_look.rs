//! What is told on a source of work that follows its looks: moving files, writing texts.

use crate::api::ErrorCode;
use crate::changes::Changes;
use crate::error::Error;
use crate::handler::Work;
use legible_jobs::Reason;
use legible_sources::{Problem, SourceId};
use rusqlite::Transaction;

/// Says on a source why such work failed. It is tried again; what was only put off is none that failed.
pub fn note_problem(work: &Work, id: SourceId, error: &Error) {
    if error.code() == ErrorCode::Cancelled {
        return;
    }
    let Reason { code, message, hint } = error.reason();
    let problem = Problem { at: work.service.now(), code, message, hint };
    let note = move |tx: &Transaction<'_>| Ok(legible_sources::set_move_problem(tx, id, Some(&problem))?);
    if let Err(error) = work.service.database().write_blocking(note) {
        tracing::warn!(%error, "why what follows a look failed was not noted on its source");
    }
    work.service.bus().note(Changes { sources: true, ..Changes::default() });
}
