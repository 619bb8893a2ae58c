//! What was recognised in items: kept whole, and shown and searched without what a person called wrong.

use super::index::index_item;
use super::items::exists;
use super::{facets, similar};
use crate::error::{Error, Result};
use crate::item::ItemId;
use crate::limits::MAX_WRONG_CHARS;
use crate::sidecar::SidecarRecognition;
use legible_reading::recognition::{Code, Made, Part, PerceptualHash, Recognition, Wrong};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::HashMap;

/// Keeps what was recognised in an item in place of what was before, and indexes it. `signature` names all that took part:
/// an item with another one is recognised anew. What a person called wrong stays wrong.
///
/// # Errors
/// When there is no such item, or the database fails.
pub fn save_recognition(
    tx: &Transaction<'_>,
    id: ItemId,
    recognition: &Recognition,
    signature: &str,
    at: i64,
) -> Result<()> {
    exists(tx, id)?;
    insert(tx, id, recognition, signature, at)?;
    index_item(tx, id)
}

/// As [`save_recognition`], without indexing the item.
pub(super) fn insert(
    tx: &Transaction<'_>,
    id: ItemId,
    recognition: &Recognition,
    signature: &str,
    at: i64,
) -> Result<()> {
    // The embedding lies in its own table, where it takes a third of the room and is found faster.
    let kept = Recognition { embedding: None, ..recognition.clone() };
    let unwritable = |error: serde_json::Error| Error::Damaged { what: "recognition", detail: error.to_string() };
    let data = serde_json::to_string(&kept).map_err(unwritable)?;
    let bits = |of: fn(PerceptualHash) -> u64| recognition.hash.map(|hash| of(hash).cast_signed());
    tx.prepare_cached(
        "INSERT OR REPLACE INTO recognition (item_id, recognised_at, signature, across, down, data)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![id.0, at, signature, bits(|hash| hash.across), bits(|hash| hash.down), data])?;
    similar::set_embedding(tx, id, recognition.embedding.as_ref())?;
    facets::set(tx, id, &kept.without(&wrong(tx, id)?))
}

/// What was recognised in an item without what a person called wrong, and when; `None` if nobody looked, or what is stored
/// is damaged.
///
/// # Errors
/// When the database fails.
pub fn recognition(conn: &Connection, id: ItemId) -> Result<Option<(Recognition, i64)>> {
    let Some(signed) = without_embedding(conn, id)? else { return Ok(None) };
    Ok(Some((signed.recognition.without(&wrong(conn, id)?), signed.recognised_at)))
}

/// All that was recognised in an item, also what a person called wrong, and what a model made of its looks: what a later
/// recognition adds to. `None` if nobody looked, or what is stored is damaged.
///
/// # Errors
/// When the database fails.
pub fn whole_recognition(conn: &Connection, id: ItemId) -> Result<Option<Recognition>> {
    Ok(signed(conn, id)?.map(|signed| signed.recognition))
}

/// The same with its signature, as a sidecar has it.
pub(super) fn signed(conn: &Connection, id: ItemId) -> Result<Option<SidecarRecognition>> {
    let Some(mut signed) = without_embedding(conn, id)? else { return Ok(None) };
    signed.recognition.embedding = similar::embedding(conn, id)?;
    Ok(Some(signed))
}

fn without_embedding(conn: &Connection, id: ItemId) -> Result<Option<SidecarRecognition>> {
    let found = conn
        .prepare_cached("SELECT data, recognised_at, signature FROM recognition WHERE item_id = ?1")?
        .query_row([id.0], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((data, recognised_at, signature)) = found else { return Ok(None) };
    // One that is damaged is as good as none, as it can be made anew: it must not keep others from being found.
    match serde_json::from_str(&data) {
        Ok(recognition) => Ok(Some(SidecarRecognition { recognised_at, signature, recognition })),
        Err(error) => {
            // The error itself may cite what an image says.
            let (line, column) = (error.line(), error.column());
            tracing::warn!(item = id.0, line, column, "what was recognised is damaged and passed over");
            Ok(None)
        }
    }
}

/// Notes that a name is wrong for an item, or takes that back. It is not found or shown by it then, whatever is recognised
/// later; what was recognised stays stored. For faces, which have no names, any name stands for all of them.
///
/// # Errors
/// When there is no such item, the name is too long, or the database fails.
pub fn set_wrong(tx: &Transaction<'_>, id: ItemId, part: Part, name: &str, wrong: bool) -> Result<()> {
    exists(tx, id)?;
    if name.chars().count() > MAX_WRONG_CHARS {
        return Err(Error::TooLong { what: "text in what is called wrong, in characters", limit: MAX_WRONG_CHARS });
    }
    note_wrong(tx, id, part, name, wrong)?;
    if let Some((shown, _)) = recognition(tx, id)? {
        facets::set(tx, id, &shown)?;
    }
    index_item(tx, id)
}

/// As [`set_wrong`], without a change to what is found.
pub(super) fn note_wrong(tx: &Transaction<'_>, id: ItemId, part: Part, name: &str, wrong: bool) -> Result<()> {
    let sql = match wrong {
        true => "INSERT OR IGNORE INTO wrong (item_id, part, name) VALUES (?1, ?2, ?3)",
        false => "DELETE FROM wrong WHERE item_id = ?1 AND part = ?2 AND name = ?3",
    };
    tx.prepare_cached(sql)?.execute(params![id.0, part.name(), name])?;
    Ok(())
}

/// What a person called wrong for an item.
///
/// # Errors
/// When the database fails.
pub fn wrong(conn: &Connection, id: ItemId) -> Result<Vec<Wrong>> {
    let mut select = conn.prepare_cached("SELECT part, name FROM wrong WHERE item_id = ?1 ORDER BY part, name")?;
    let rows = select
        .query_map([id.0], |row| Ok(Wrong { part: Part::named(&row.get::<_, String>(0)?), name: row.get(1)? }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What made what was recognised in an item, and its signature; `None` if nobody looked, or what is stored is damaged. Reads
/// much less than [`whole_recognition`].
///
/// # Errors
/// When the database fails.
pub fn made(conn: &Connection, id: ItemId) -> Result<Option<(Made, String)>> {
    let found = conn
        .prepare_cached("SELECT data, signature FROM recognition WHERE item_id = ?1")?
        .query_row([id.0], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
        .optional()?;
    let Some((data, signature)) = found else { return Ok(None) };
    Ok(serde_json::from_str(&data).ok().map(|made| (made, signature)))
}

/// Signs what was recognised in an item anew, where another signature asks for nothing more. Without a recognition nothing
/// happens.
///
/// # Errors
/// When the database fails.
pub fn sign_recognition(tx: &Transaction<'_>, id: ItemId, signature: &str) -> Result<()> {
    tx.prepare_cached("UPDATE recognition SET signature = ?2 WHERE item_id = ?1")?.execute(params![id.0, signature])?;
    Ok(())
}

/// The codes of those of these items that have any, without what a person called wrong.
///
/// # Errors
/// When the database fails.
pub fn codes_of(conn: &Connection, ids: &[ItemId]) -> Result<HashMap<ItemId, Vec<Code>>> {
    let ids = serde_json::Value::from(ids.iter().map(|id| id.0).collect::<Vec<_>>()).to_string();
    // Few images have codes: one question for all of them, then a look at those alone.
    let sql = "SELECT DISTINCT code.item_id FROM json_each(?1) CROSS JOIN code ON code.item_id = value";
    let mut select = conn.prepare_cached(sql)?;
    let with = select.query_map([ids], |row| row.get(0).map(ItemId))?.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut codes = HashMap::new();
    for id in with {
        codes.extend(recognition(conn, id)?.map(|(recognition, _)| (id, recognition.codes)));
    }
    Ok(codes)
}

/// The texts of the codes of an item: they are found like its words.
pub(super) fn code_texts(conn: &Connection, id: ItemId) -> Result<String> {
    let found = recognition(conn, id)?.map(|(recognition, _)| recognition.codes).unwrap_or_default();
    Ok(found.into_iter().map(|code| code.text).collect::<Vec<_>>().join("\n\n"))
}

#[cfg(test)]
mod tests;
