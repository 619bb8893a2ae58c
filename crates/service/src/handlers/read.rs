//! Reads the text of an item and keeps it, in the library and in its sidecar.

use crate::api::{ErrorCode, WireError};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work, item_of};
use crate::intake::{read_file, write_sidecar};
use legible_jobs::Reason;
use legible_library::{ContentHash, FolderError, ImageFacts, Item, ItemId, Problem};
use legible_vision::worker::{Answer, Task};
use rusqlite::Transaction;
use serde::Deserialize;
use std::path::Path;

/// The payload of jobs about one item.
#[derive(Debug, Deserialize)]
pub struct Payload {
    item: i64,
}

/// The `read` job.
pub struct Read;

impl Handler for Read {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let (item, bytes) = original(work)?;
        let task = Task::Read { engine: work.service.current_settings()?.engine, threads: work.threads };
        work.progress(0.0, "reading");
        let answer =
            work.service.pool().run(&task, &bytes, work.cancel, &mut |fraction| work.progress(fraction, "reading"));
        let Answer::Reading { reading, facts, format } = answer? else {
            return Err(Error::Internal("the worker answered another task".into()));
        };
        let (folder, now, id) = (work.service.folder()?, work.service.now(), item.id);
        let facts = ImageFacts {
            width: facts.width,
            height: facts.height,
            format,
            taken_at: facts.taken_at,
            camera: facts.camera,
        };
        Ok(Box::new(move |tx| {
            legible_library::set_facts(tx, id, &facts)?;
            legible_library::save_reading(tx, id, &reading, now)?;
            write_sidecar(tx, &folder, id)?;
            Ok(Done { output: None, changes: Changes::items([id.0]) })
        }))
    }

    fn failed(&self, tx: &Transaction, subject: Option<&str>, reason: &Reason) -> Result<Changes> {
        let Some(id) = item_of(subject) else { return Ok(Changes::default()) };
        let Reason { code, message, hint } = reason.clone();
        let problem = Problem { code, message, hint: hint.unwrap_or_default() };
        match legible_library::set_problem(tx, ItemId(id), Some(&problem)) {
            // Deleted for good while it was read.
            Err(legible_library::Error::NoSuchItem(_)) => Ok(Changes::default()),
            result => Ok(result.map(|()| Changes::items([id]))?),
        }
    }
}

/// The item of a job and the bytes of its file, which must be those that came in.
pub fn original(work: &Work) -> Result<(Item, Vec<u8>)> {
    let Payload { item: id } = work.payload()?;
    let item = work.service.database().read_blocking(|c| Ok(legible_library::item(c, ItemId(id))?))?;
    let item = item.ok_or_else(|| Error::NotFound(format!("image {id}")))?;
    let folder = work.service.folder()?;
    let path = folder.locate(&item.placement)?;
    let bytes = read_file(&path).map_err(|error| lost(folder.root(), error))?;
    if ContentHash::of(&bytes) != item.hash {
        let message = format!("{} is not the image any more that was added.", path.display());
        return Err(WireError::new(ErrorCode::File, message)
            .hint("Add the file again to read what it shows now.")
            .into());
    }
    Ok((item, bytes))
}

/// Why a file of the library cannot be read: while the whole folder is away, as on a disk that is not mounted, that is
/// the trouble, and it may pass.
fn lost(root: &Path, error: Error) -> Error {
    match root.metadata() {
        Err(cause) => FolderError::Io { path: root.to_owned(), cause }.into(),
        Ok(_) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use legible_jobs::Failure;

    #[test]
    fn a_missing_file_is_final_and_a_missing_library_is_not() {
        let home = tempfile::tempdir().unwrap();
        let failure = |root: &Path| {
            let error = read_file(&root.join("2026/11/a.png")).map_err(|error| lost(root, error)).unwrap_err();
            error.failure(1)
        };
        assert!(matches!(failure(home.path()), Failure::Final(_)));
        assert!(matches!(failure(&home.path().join("not mounted")), Failure::Retryable(_)));
    }
}
