//! Telling what came of pictures that a person took: of the screen, with a camera, by copying. Their source says whether.

use super::message;
use crate::error::Result;
use crate::filing::sources;
use crate::tables::outbox;
use legible_jobs::Reason;
use legible_library::ItemId;
use legible_sources::{Kind, Source};
use rusqlite::Transaction;

/// Leaves a message with the text of an item, if it is a picture that just came from a source that wants that told.
///
/// # Errors
/// When the database fails.
pub fn read(tx: &Transaction, item: ItemId, text: &str, now: i64) -> Result<()> {
    if is_awaited(tx, item)? {
        outbox::put(tx, &message::picture_read(item.0, text), now)?;
    }
    Ok(())
}

/// Leaves a message that such a picture could not be read.
///
/// # Errors
/// When the database fails.
pub fn failed(tx: &Transaction, item: ItemId, reason: &Reason, now: i64) -> Result<()> {
    if is_awaited(tx, item)? {
        outbox::put(tx, &message::picture_failed(item.0, reason), now)?;
    }
    Ok(())
}

/// Whether somebody waits for this reading: what is only read anew was filed before.
fn is_awaited(tx: &Transaction, item: ItemId) -> Result<bool> {
    Ok(sources(tx, legible_sources::unfiled(tx, item.0)?)?.iter().any(tells))
}

/// Whether a source tells of each of its pictures; others tell of a look as a whole.
pub fn tells(source: &Source) -> bool {
    source.filing.notify && matches!(source.spec.kind(), Kind::Screen | Kind::Clipboard | Kind::Camera)
}
