//! Files that were taken before they were whole, such as a download that stood still for longer than the quiet time. Once the
//! whole file is taken, the item of its half goes to the trash: nobody wants both.

use crate::commands::put_in_trash;
use crate::error::Result;
use crate::handler::Work;
use legible_library::{ContentHash, Folder, Item, ItemId};
use legible_sources::SourceId;
use legible_sources::folder::{Known, ledger};
use rusqlite::{Connection, Transaction};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The code of the problem of an item whose bytes are no whole image.
const BAD_IMAGE: &str = "bad_image";

/// The item of a known file, if it is half of what the file at `path` has become: its beginning, or no whole image at all.
///
/// # Errors
/// When the database fails.
pub fn half_of(work: &Work, known: &Known, path: &Path) -> Result<Option<ItemId>> {
    let Some(id) = known.item().map(ItemId) else { return Ok(None) };
    let item = work.service.database().read_blocking(|c| Ok(legible_library::item(c, id)?))?;
    let is_half = |item: &Item| is_broken(item) || begins_with(path, item).unwrap_or(false);
    Ok(item.filter(is_half).map(|item| item.id))
}

/// Puts the item of a half in the trash. One that came in another way too, or that a person did something with, stays. Returns
/// whether it went there. Call it once the ledger knows the whole file.
///
/// # Errors
/// When the database fails or its file cannot be moved.
pub fn put_away(
    tx: &Transaction,
    folder: &Folder,
    source: SourceId,
    tags: &[String],
    half: ItemId,
    now: i64,
) -> Result<bool> {
    let Some(item) = legible_library::item(tx, half)? else { return Ok(false) };
    let untouched = item.note.is_empty() && item.tags.iter().all(|tag| tags.contains(tag));
    if item.trashed_at.is_some() || !untouched || !came_from_alone(tx, source, &item)? {
        return Ok(false);
    }
    put_in_trash(tx, folder, &item, now)?;
    Ok(true)
}

fn is_broken(item: &Item) -> bool {
    !item.has_reading && item.problem.as_ref().is_some_and(|problem| problem.code == BAD_IMAGE)
}

/// Whether a file begins with the bytes of an item, and has more.
fn begins_with(path: &Path, item: &Item) -> std::io::Result<bool> {
    let file = File::open(path)?;
    Ok(file.metadata()?.len() > item.size && ContentHash::of_reader(file.take(item.size))? == item.hash)
}

/// Whether an item came from one source and nowhere else, and no file of a watched folder shows it any more.
fn came_from_alone(conn: &Connection, source: SourceId, item: &Item) -> Result<bool> {
    Ok(item.origins.len() == 1
        && legible_sources::of_item(conn, item.id.0)? == [source]
        && ledger::of_item(conn, item.id.0)?.is_empty())
}
