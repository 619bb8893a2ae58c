//! What a source says about its images: when they come in, and once they were read.

use crate::clock::local_time;
use crate::error::{Error, Result};
use crate::handlers::{FILE_AWAY, MOVE_AWAY, READ, RECOGNISE};
use crate::intake::{is_due, item_job};
use crate::service::Service;
use legible_jobs::{Conditions, GroupId, NewJob, UniquePolicy};
use legible_library::limits::MAX_TAGS;
use legible_library::{Added, Edit, ItemId};
use legible_sources::template::{Places, render};
use legible_sources::{Filing, Keep, Source, SourceId};
use rusqlite::{Connection, Transaction};
use serde_json::json;
use std::path::Path;

/// What a source says about an image that comes from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// The source.
    pub source: SourceId,
    /// What happens to its images.
    pub filing: Filing,
    /// What reading them needs of the machine.
    pub conditions: Conditions,
}

impl Claimed {
    /// Whether only the text of its images is kept.
    pub fn keeps_text_only(&self) -> bool {
        self.filing.keep == Keep::Text
    }

    /// Whether the files of its images go elsewhere once they are read.
    pub fn moves_files(&self) -> bool {
        self.filing.move_to.is_some()
    }
}

/// The sources of these numbers that are still there.
///
/// # Errors
/// When the database fails or a row is damaged.
pub fn sources(conn: &Connection, ids: Vec<SourceId>) -> Result<Vec<Source>> {
    let found =
        ids.into_iter().map(|id| legible_sources::source(conn, id)).filter_map(legible_sources::Result::transpose);
    Ok(found.collect::<legible_sources::Result<_>>()?)
}

/// What an image of a source is called that has a name of its own. Blocks.
///
/// # Errors
/// When the database fails.
pub fn named(service: &Service, source: &Source, own: &str) -> Result<String> {
    let Some(template) = &source.filing.name else { return Ok(own.to_owned()) };
    let items = service.database().read_blocking(|c| Ok(legible_sources::state(c, source.id)?.items))?;
    let now = local_time(service.now());
    let own = Path::new(own);
    let places = Places {
        name: own.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        date: now.strftime("%Y-%m-%d").to_string(),
        time: now.strftime("%H-%M-%S").to_string(),
        source: source.name.clone(),
        number: items.saturating_add(1),
    };
    let name = render(template, &places).map_err(|error| Error::BadRequest(error.to_string()))?;
    let ending = own.extension().map(|ending| format!(".{}", ending.to_string_lossy()));
    Ok(name + &ending.unwrap_or_default())
}

/// Notes that an item came from a source, and tags it if it had not before.
///
/// # Errors
/// When the source is gone or the database fails.
pub fn claim(tx: &Transaction, claimed: &Claimed, item: ItemId, now: i64) -> Result<()> {
    if legible_sources::link(tx, claimed.source, item.0, now)? {
        add_tags(tx, item, &claimed.filing.tags)?;
    }
    Ok(())
}

/// Notes whether an item is there because of this claim alone, if only the text of its images is kept: the picture of one
/// that anybody else offered, before or after, stays.
///
/// # Errors
/// When the database fails.
pub fn note_maker(tx: &Transaction, claimed: Option<&Claimed>, added: &Added) -> Result<()> {
    match claimed.filter(|claimed| claimed.keeps_text_only()) {
        Some(claimed) if added.new => legible_sources::set_made(tx, claimed.source, added.id.0)?,
        Some(_) => {}
        None => legible_sources::unmake(tx, added.id.0)?,
    }
    Ok(())
}

/// Adds tags to those that an item has, as many as it may have.
///
/// # Errors
/// When one is too long, or the database fails.
pub fn add_tags(tx: &Transaction, item: ItemId, more: &[String]) -> Result<()> {
    let Some(known) = legible_library::item(tx, item)?.filter(|_| !more.is_empty()) else { return Ok(()) };
    let mut tags = known.tags;
    for tag in more {
        let is_known = tags.iter().any(|known| known.to_lowercase() == tag.to_lowercase());
        if !is_known && tags.len() < MAX_TAGS {
            tags.push(tag.clone());
        }
    }
    Ok(legible_library::edit(tx, item, &Edit { tags: Some(tags), note: None })?)
}

/// Enqueues reading an item as its source wants it, unless that is due already: then a person may wait for it.
///
/// # Errors
/// When the database fails.
pub fn enqueue_read(
    tx: &Transaction,
    claimed: &Claimed,
    item: ItemId,
    name: &str,
    group: Option<GroupId>,
    now: i64,
) -> Result<()> {
    let job = NewJob {
        group,
        conditions: claimed.conditions.clone(),
        payload: json!({ "item": item.0, "engine": claimed.filing.engine }),
        ..item_job(READ, item, name, now)
    };
    legible_jobs::enqueue(tx, &job, now)?;
    Ok(())
}

/// Enqueues filing an item, if it was read and a source of it still has a say in that. While it is yet to be recognised,
/// that waits: the end of that calls [`enqueue_recognised`].
///
/// # Errors
/// When the database fails.
pub fn enqueue(tx: &Transaction, item: ItemId, name: &str, now: i64) -> Result<()> {
    if is_due(tx, RECOGNISE, item)? { Ok(()) } else { enqueue_recognised(tx, item, name, now) }
}

/// As [`enqueue`], for an item that is not to be recognised any more.
///
/// # Errors
/// When the database fails.
pub fn enqueue_recognised(tx: &Transaction, item: ItemId, name: &str, now: i64) -> Result<()> {
    if is_read(tx, item)? && !legible_sources::unfiled(tx, item.0)?.is_empty() {
        legible_jobs::enqueue(tx, &item_job(FILE_AWAY, item, name, now), now)?;
    }
    Ok(())
}

/// Enqueues moving the file of an item that was read before this file came, as often as it comes; one that is still to be
/// read is moved then. Call it once the ledger knows the file.
///
/// # Errors
/// When the database fails.
pub fn enqueue_move(tx: &Transaction, item: ItemId, name: &str, now: i64) -> Result<()> {
    if is_read(tx, item)? {
        enqueue(tx, item, name, now)?;
        legible_jobs::enqueue(tx, &item_job(MOVE_AWAY, item, name, now), now)?;
    }
    Ok(())
}

/// Enqueues moving the files of an item once more, after the move that commits just now.
///
/// # Errors
/// When the database fails.
pub fn enqueue_move_again(tx: &Transaction, item: ItemId, name: &str, now: i64) -> Result<()> {
    let job = NewJob { policy: UniquePolicy::AppendOrReplace, ..item_job(MOVE_AWAY, item, name, now) };
    legible_jobs::enqueue(tx, &job, now)?;
    Ok(())
}

/// Whether the library has the text of an item.
///
/// # Errors
/// When the database fails.
pub fn is_read(conn: &Connection, item: ItemId) -> Result<bool> {
    Ok(legible_library::item(conn, item)?.is_some_and(|item| item.has_reading))
}
