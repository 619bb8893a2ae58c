//! Recognises what an item shows – its kind, codes and colours – and keeps that, in the library and in its sidecar.

use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::RECOGNISE;
use crate::handlers::read::original;
use crate::intake::{item_job, write_sidecar};
use legible_jobs::{Conditions, NewJob};
use legible_library::{FolderError, ItemId, Placement};
use legible_vision::recognise::SIGNATURE;
use legible_vision::worker::{Answer, Task, TaskError};
use rusqlite::Transaction;

/// The `recognise` job.
pub struct Recognise;

impl Handler for Recognise {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let (item, bytes) = match original(work) {
            // Only its text was kept meanwhile.
            Err(Error::Folder(FolderError::NotKept)) => return Ok(Box::new(|_| Ok(Done::default()))),
            original => original?,
        };
        let answer =
            work.step(|work, token| Ok(work.service.pool().run(&Task::Recognise, &bytes, token, &mut |_| ())?));
        let recognition = match answer {
            Ok(Answer::Recognition(recognition)) => recognition,
            Ok(_) => return Err(Error::Internal("the worker answered another task".into())),
            // Reading the image tells the person what is wrong with it; once is enough.
            Err(Error::Vision(TaskError::Image { .. })) => return Ok(Box::new(|_| Ok(Done::default()))),
            Err(error) => return Err(error),
        };
        let (folder, now, id) = (work.service.folder()?, work.service.now(), item.id);
        Ok(Box::new(move |tx| {
            legible_library::save_recognition(tx, id, &recognition, SIGNATURE, now)?;
            write_sidecar(tx, &folder, id)?;
            Ok(Done { output: None, changes: Changes::items([id.0]) })
        }))
    }
}

/// Enqueues recognising an item under conditions, unless this version has done that already or nothing but its text was
/// kept.
///
/// # Errors
/// When the database fails.
pub fn enqueue(tx: &Transaction, item: ItemId, priority: i32, conditions: &Conditions, now: i64) -> Result<()> {
    let Some(found) = legible_library::item(tx, item)? else { return Ok(()) };
    if found.placement == Placement::TextOnly || legible_library::is_recognised(tx, item, SIGNATURE)? {
        return Ok(());
    }
    let conditions = conditions.clone();
    let job = NewJob { priority, conditions, ..item_job(RECOGNISE, item, &found.name, now) };
    legible_jobs::enqueue(tx, &job, now)?;
    Ok(())
}
