//! Readings of items.

use super::index::index_item;
use super::items::exists;
use super::text_facts;
use crate::error::{Error, Result};
use crate::item::{ItemId, RecentReading};
use legible_reading::{Engine, Line, Quad, Reading};
use rusqlite::{Connection, Row, Transaction, params};

/// Saves a reading in place of an older one by the same engine, clears the item's problem, counts the read, and indexes
/// the text. Coordinates and confidences that are not finite numbers are saved as 0.
///
/// # Errors
/// When there is no such item, or the database fails.
pub fn save_reading(tx: &Transaction<'_>, id: ItemId, reading: &Reading, read_at: i64) -> Result<()> {
    exists(tx, id)?;
    insert(tx, id, reading, read_at)?;
    tx.execute(
        "UPDATE item SET reads = reads + 1, problem_code = NULL, problem_message = NULL, problem_hint = NULL WHERE id = ?1",
        [id.0],
    )?;
    show_latest(tx, id)?;
    index_item(tx, id)
}

/// Puts a reading in the place of the one by the same engine.
pub(super) fn insert(tx: &Transaction<'_>, id: ItemId, reading: &Reading, read_at: i64) -> Result<()> {
    let lines: Vec<Line> = reading.lines.iter().map(finite).collect();
    let lines = serde_json::to_string(&lines).map_err(damaged)?;
    tx.prepare_cached("DELETE FROM reading WHERE item_id = ?1 AND engine = ?2")?
        .execute(params![id.0, reading.engine.name])?;
    tx.prepare_cached(
        "INSERT INTO reading (item_id, engine, engine_version, read_at, width, height, text, lines) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        id.0,
        reading.engine.name,
        reading.engine.version,
        read_at,
        reading.width,
        reading.height,
        reading.text(),
        lines
    ])?;
    Ok(())
}

/// Notes at the item how much text its shown reading has, and what one can act on in it.
pub(super) fn show_latest(tx: &Transaction<'_>, id: ItemId) -> Result<()> {
    let text = text(tx, id)?;
    text_facts::note(tx, id, text.as_deref())?;
    tx.prepare_cached("UPDATE item SET has_reading = ?2, text_len = ?3 WHERE id = ?1")?.execute(params![
        id.0,
        text.is_some(),
        text.map_or(0, |text| text.chars().count() as i64)
    ])?;
    Ok(())
}

/// The reading that is shown and indexed: the latest; `None` when no engine has read the item.
///
/// # Errors
/// When the database fails or holds a damaged reading.
pub fn reading(conn: &Connection, id: ItemId) -> Result<Option<Reading>> {
    Ok(all(conn, id)?.pop().map(|(reading, _)| reading))
}

/// The readings of all engines with their times, the latest last.
pub(super) fn all(conn: &Connection, id: ItemId) -> Result<Vec<(Reading, i64)>> {
    let mut statement = conn.prepare_cached(
        "SELECT engine, engine_version, width, height, lines, read_at FROM reading WHERE item_id = ?1 ORDER BY read_at, id",
    )?;
    let mut rows = statement.query([id.0])?;
    let mut readings = Vec::new();
    while let Some(row) = rows.next()? {
        readings.push((from_row(row)?, row.get(5)?));
    }
    Ok(readings)
}

fn from_row(row: &Row<'_>) -> Result<Reading> {
    Ok(Reading {
        engine: Engine { name: row.get(0)?, version: row.get(1)? },
        width: row.get(2)?,
        height: row.get(3)?,
        lines: serde_json::from_str(&row.get::<_, String>(4)?).map_err(damaged)?,
    })
}

/// The text of the shown reading.
pub(super) fn text(conn: &Connection, id: ItemId) -> Result<Option<String>> {
    let mut statement =
        conn.prepare_cached("SELECT text FROM reading WHERE item_id = ?1 ORDER BY read_at DESC, id DESC LIMIT 1")?;
    let mut rows = statement.query([id.0])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}

fn damaged(error: serde_json::Error) -> Error {
    Error::Damaged { what: "reading", detail: error.to_string() }
}

/// JSON has no infinities: they would come back as nothing and make the whole reading unreadable.
fn finite(line: &Line) -> Line {
    let number = |value: f32| if value.is_finite() { value } else { 0.0 };
    let quad = |quad: Quad| {
        Quad(quad.0.map(|mut point| {
            (point.x, point.y) = (number(point.x), number(point.y));
            point
        }))
    };
    let mut line = line.clone();
    (line.quad, line.confidence) = (quad(line.quad), number(line.confidence));
    for word in &mut line.words {
        (word.quad, word.confidence) = (quad(word.quad), number(word.confidence));
    }
    line
}

/// The items that were read last, the latest first, the trash left out; at most `count`.
///
/// # Errors
/// When the database fails.
pub fn recent_readings(conn: &Connection, count: usize) -> Result<Vec<RecentReading>> {
    let mut statement = conn.prepare_cached(
        "SELECT item.id, item.name, reading.read_at FROM reading JOIN item ON item.id = reading.item_id
         WHERE item.trashed_at IS NULL ORDER BY reading.read_at DESC, reading.id DESC",
    )?;
    let mut rows = statement.query([])?;
    let mut recent: Vec<RecentReading> = Vec::new();
    while recent.len() < count
        && let Some(row) = rows.next()?
    {
        let reading = RecentReading { id: ItemId(row.get(0)?), name: row.get(1)?, read_at: row.get(2)? };
        // Several engines may have read one item.
        if recent.iter().all(|other| other.id != reading.id) {
            recent.push(reading);
        }
    }
    Ok(recent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{add_item, trash};
    use crate::testing::{database, new_item, reading};
    use legible_reading::Engine;

    #[test]
    fn the_latest_readings_are_named_once_each() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let ids = ["a", "b", "c", "d"].map(|name| {
            let (new, origin) = new_item(name, 1);
            add_item(&tx, &new, &origin).unwrap().id
        });
        let read = |item: usize, engine: &str, at| {
            let engine = Engine { name: engine.into(), version: "1".into() };
            save_reading(&tx, ids[item], &Reading { engine, ..reading(&["text"]) }, at).unwrap();
        };
        read(0, "one", 10);
        read(1, "one", 20);
        read(2, "one", 30);
        read(0, "two", 40);
        read(3, "one", 50);
        trash(&tx, &[ids[3]], 60).unwrap();
        let names = |count| recent_readings(&tx, count).unwrap().into_iter().map(|r| r.name).collect::<String>();
        assert_eq!((names(0), names(2), names(9)), (String::new(), "ac".into(), "acb".into()));
    }
}
