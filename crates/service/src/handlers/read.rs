//! Reads the text of an item and keeps it, in the library and in its sidecar.

use crate::api::{ErrorCode, WireError};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::filing;
use crate::handler::{Commit, Done, Handler, Work, item_of, subject_of};
use crate::handlers::{MOVE_AWAY, recognise};
use crate::hints::hints;
use crate::intake::{read_file, write_sidecar};
use crate::sources::cloud::{Became, became};
use crate::telling::pictures;
use legible_jobs::{Filter, Reason, State};
use legible_library::{ContentHash, ImageFacts, Item, ItemId, Placement, Problem};
use legible_vision::worker::{Answer, Task};
use rusqlite::{Connection, Transaction};
use serde::Deserialize;
use std::io::ErrorKind;

/// The payload of jobs about one item.
#[derive(Debug, Deserialize)]
pub struct Payload {
    /// The item's number.
    pub item: i64,
    /// The engine that reads it; the one of the settings where nothing is said.
    engine: Option<String>,
}

/// The `read` job.
pub struct Read;

impl Handler for Read {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let (item, bytes) = original(work)?;
        let engine = match work.payload::<Payload>()?.engine {
            Some(engine) => engine,
            None => work.service.current_settings()?.engine,
        };
        let hints = work.service.database().read_blocking(|c| hints(c, item.id))?;
        let task = Task::Read { engine, threads: work.threads, languages: hints.languages };
        work.progress(0.0, "reading");
        let answer = work.step(|work, token| {
            let pool = work.service.pool();
            Ok(pool.run(&task, &bytes, token, &mut |fraction| work.progress(fraction, "reading"))?)
        });
        let Answer::Reading { reading, facts, format } = answer? else {
            return Err(Error::Internal("the worker answered another task".into()));
        };
        let (folder, now, id) = (work.service.folder()?, work.service.now(), item.id);
        let models = work.service.models_that_see()?;
        let (name, lease) = (item.summary.name, work.lease.clone());
        let facts = ImageFacts {
            width: facts.width,
            height: facts.height,
            format,
            taken_at: facts.taken_at,
            taken_offset: facts.taken_offset,
            camera: facts.camera,
            latitude: facts.place.map(|place| place.latitude),
            longitude: facts.place.map(|place| place.longitude),
        };
        Ok(Box::new(move |tx| {
            legible_library::set_facts(tx, id, &facts)?;
            recognise::save_reading(tx, id, &reading, now)?;
            write_sidecar(tx, &folder, id)?;
            pictures::read(tx, id, &reading.text_as(hints.layout), now)?;
            recognise::enqueue(tx, id, &models, &lease, now)?;
            filing::enqueue(tx, id, &name, now)?;
            became(tx, id, Became::AnotherText, now)?;
            Ok(Done { output: None, changes: Changes::items([id.0]).and_work() })
        }))
    }

    fn failed(&self, tx: &Transaction, subject: Option<&str>, reason: &Reason, now: i64) -> Result<Changes> {
        let Some(id) = item_of(subject) else { return Ok(Changes::default()) };
        pictures::failed(tx, ItemId(id), reason, now)?;
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
    let Payload { item: id, .. } = work.payload()?;
    let item = work.service.database().read_blocking(|c| found(c, id))?;
    let error = match bytes_of(work, &item) {
        Err(Error::File { path, error }) if error.kind() == ErrorKind::NotFound => Error::File { path, error },
        read => return read.map(|bytes| (item, bytes)),
    };
    // It may just be moved to where its source wants it: who is to write next sees where it went, or that it is on its way.
    let now = work.service.database().write_blocking(move |tx| Ok((found(tx, id)?, is_being_moved(tx, id)?)));
    let (moved, is_on_its_way) = now?;
    if moved.placement == item.placement {
        return Err(if is_on_its_way { moves(error) } else { error });
    }
    bytes_of(work, &moved).map(|bytes| (moved, bytes))
}

fn found(conn: &Connection, id: i64) -> Result<Item> {
    legible_library::item(conn, ItemId(id))?.ok_or_else(|| Error::NotFound(format!("image {id}")))
}

/// Whether the files of an item are being moved, or are to be moved again after a kill.
fn is_being_moved(conn: &Connection, id: i64) -> Result<bool> {
    let kinds = Some(vec![MOVE_AWAY.to_owned()]);
    let moves = Filter { subject: Some(subject_of(id)), kinds, ..Filter::states(State::ACTIVE) };
    Ok(legible_jobs::jobs(conn, &moves, 0, 1)?.total > 0)
}

/// That a file is not there for the moment, which is to be tried again.
fn moves(error: Error) -> Error {
    match error {
        Error::File { path, .. } => {
            Error::File { path, error: std::io::Error::new(ErrorKind::ResourceBusy, "it is just being moved") }
        }
        error => error,
    }
}

fn bytes_of(work: &Work, item: &Item) -> Result<Vec<u8>> {
    let folder = work.service.folder()?;
    if matches!(item.placement, Placement::Managed { .. }) {
        // Without the folder, nothing is known about the file: the job is to be tried again.
        folder.look()?;
    }
    let path = folder.locate(&item.placement)?;
    let bytes = read_file(&path)?;
    if ContentHash::of(&bytes) != item.hash {
        let message = format!("{} is not the image any more that was added.", path.display());
        return Err(WireError::new(ErrorCode::File, message)
            .hint("Add the file again to read what it shows now.")
            .into());
    }
    Ok(bytes)
}
