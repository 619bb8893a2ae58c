//! What is remembered of the addresses that a web source has seen.

use crate::fetch::{Outcome, RECORDS, Record};
use crate::{Error, Result, SourceId};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

const COLUMNS: &str = "url, etag, last_modified, fetched_at, seen_at, hash, item, outcome, links, side, reason, lasting, \
                       retry_at";

/// What is known of an address.
///
/// # Errors
/// When the database fails or the row is damaged.
pub fn page(conn: &Connection, id: SourceId, url: &str) -> Result<Option<Record>> {
    let sql = format!("SELECT {COLUMNS} FROM source_page WHERE source = ?1 AND url = ?2");
    let found = conn.prepare_cached(&sql)?.query_row(params![id.0, url], raw).optional()?;
    found.map(Raw::read).transpose()
}

/// Notes what is known of addresses, instead of what was known before.
///
/// # Errors
/// When the source is gone or the database fails.
pub fn note_pages(tx: &Transaction<'_>, id: SourceId, records: &[Record]) -> Result<()> {
    let sql = format!(
        "INSERT OR REPLACE INTO source_page (source, {COLUMNS}) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    for record in records {
        let Record { url, etag, last_modified, fetched_at, seen_at, hash, item, outcome } = record;
        let Columns { word, links, side, reason, lasting, retry_at } = columns(outcome);
        statement.execute(params![
            id.0,
            url,
            etag,
            last_modified,
            fetched_at,
            seen_at,
            hash,
            item,
            word,
            links,
            side,
            reason,
            lasting,
            retry_at
        ])?;
    }
    Ok(())
}

/// Has the lists of a source read afresh at its next look, whether or not they changed: after its set-up changed.
///
/// # Errors
/// When the database fails.
pub fn read_lists_afresh(tx: &Transaction<'_>, id: SourceId) -> Result<()> {
    let sql = "UPDATE source_page SET etag = NULL, last_modified = NULL WHERE source = ?1 AND outcome = 'listed'";
    tx.execute(sql, [id.0])?;
    // What was refused gets another chance: a header may have been all that was missing.
    tx.execute("DELETE FROM source_page WHERE source = ?1 AND outcome IN ('refused', 'gone')", [id.0])?;
    Ok(())
}

/// Forgets addresses that were seen last before then, and the ones seen longest ago beyond [`RECORDS`]. For after a look
/// that got through everything ([`crate::fetch::Report::is_whole`]): before one, everything may seem long unseen. Returns
/// how many were forgotten.
///
/// # Errors
/// When the database fails.
pub fn prune_pages(tx: &Transaction<'_>, id: SourceId, before: i64) -> Result<usize> {
    let old = tx.execute("DELETE FROM source_page WHERE source = ?1 AND seen_at < ?2", params![id.0, before])?;
    let sql = "DELETE FROM source_page WHERE source = ?1 AND url IN \
               (SELECT url FROM source_page WHERE source = ?1 ORDER BY seen_at DESC, url LIMIT -1 OFFSET ?2)";
    Ok(old + tx.execute(sql, params![id.0, RECORDS])?)
}

/// An outcome in columns.
#[derive(Default)]
struct Columns<'a> {
    word: &'static str,
    links: Option<String>,
    side: Option<u32>,
    reason: Option<&'a str>,
    lasting: Option<bool>,
    retry_at: Option<i64>,
}

fn columns(outcome: &Outcome) -> Columns<'_> {
    let word = |word| Columns { word, ..Columns::default() };
    match outcome {
        Outcome::Listed { links } => {
            // A list of texts always has a form in JSON.
            Columns { links: serde_json::to_string(links).ok(), ..word("listed") }
        }
        Outcome::Taken => word("taken"),
        Outcome::TooSmall { side } => Columns { side: Some(*side), ..word("too_small") },
        Outcome::Refused { reason, lasting, retry_at } => {
            Columns { reason: Some(reason), lasting: Some(*lasting), retry_at: Some(*retry_at), ..word("refused") }
        }
        Outcome::Gone { retry_at } => Columns { retry_at: Some(*retry_at), ..word("gone") },
    }
}

/// A row as it is stored.
struct Raw {
    record: Record,
    word: String,
    links: Option<String>,
    side: Option<u32>,
    reason: Option<String>,
    lasting: Option<bool>,
    retry_at: Option<i64>,
}

impl Raw {
    fn read(self) -> Result<Record> {
        let Raw { record, word, links, side, reason, lasting, retry_at } = self;
        let damaged = |column, problem: String| Error::Damaged { column, problem };
        let outcome = match word.as_str() {
            "listed" => {
                let links = serde_json::from_str(links.as_deref().unwrap_or("[]"));
                Outcome::Listed { links: links.map_err(|error| damaged("links", error.to_string()))? }
            }
            "taken" => Outcome::Taken,
            "too_small" => Outcome::TooSmall { side: side.unwrap_or_default() },
            "refused" => Outcome::Refused {
                reason: reason.unwrap_or_default(),
                lasting: lasting.unwrap_or_default(),
                retry_at: retry_at.unwrap_or_default(),
            },
            "gone" => Outcome::Gone { retry_at: retry_at.unwrap_or_default() },
            other => return Err(damaged("outcome", other.to_owned())),
        };
        Ok(Record { outcome, ..record })
    }
}

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    let record = Record {
        url: row.get(0)?,
        etag: row.get(1)?,
        last_modified: row.get(2)?,
        fetched_at: row.get(3)?,
        seen_at: row.get(4)?,
        hash: row.get(5)?,
        item: row.get(6)?,
        outcome: Outcome::Taken,
    };
    Ok(Raw {
        record,
        word: row.get(7)?,
        links: row.get(8)?,
        side: row.get(9)?,
        reason: row.get(10)?,
        lasting: row.get(11)?,
        retry_at: row.get(12)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::database;

    fn record(url: &str, seen_at: i64, outcome: Outcome) -> Record {
        let (etag, last_modified) = (Some("\"1\"".to_owned()), None);
        let (hash, item) = (Some("abc".to_owned()), Some(7));
        Record { url: url.to_owned(), etag, last_modified, fetched_at: 5, seen_at, hash, item, outcome }
    }

    fn outcomes() -> [Outcome; 5] {
        [
            Outcome::Listed { links: vec!["https://a.example/\"x\"".to_owned()] },
            Outcome::Taken,
            Outcome::TooSmall { side: 16 },
            Outcome::Refused { reason: "no".to_owned(), lasting: true, retry_at: 9 },
            Outcome::Gone { retry_at: 9 },
        ]
    }

    #[test]
    fn records_are_read_as_they_were_noted() {
        let (mut conn, id) = database();
        for outcome in outcomes() {
            let record = record("https://a.example/", 6, outcome);
            let tx = conn.transaction().unwrap();
            note_pages(&tx, id, std::slice::from_ref(&record)).unwrap();
            tx.commit().unwrap();
            assert_eq!(page(&conn, id, "https://a.example/").unwrap(), Some(record));
        }
        assert_eq!(page(&conn, id, "https://b.example/").unwrap(), None);
    }

    #[test]
    fn a_changed_set_up_has_lists_read_and_refusals_tried_again() {
        let (mut conn, id) = database();
        let tx = conn.transaction().unwrap();
        let records: Vec<_> = outcomes().into_iter().zip(["a", "b", "c", "d", "e"]).collect();
        let records: Vec<_> = records.into_iter().map(|(outcome, url)| record(url, 6, outcome)).collect();
        note_pages(&tx, id, &records).unwrap();
        let source = crate::source(&tx, id).unwrap().unwrap();
        crate::change(&tx, &source).unwrap();
        let etag = |url: &str| page(&tx, id, url).unwrap().map(|record| record.etag.is_some());
        assert_eq!(["a", "b", "c", "d", "e"].map(etag), [Some(false), Some(true), Some(true), None, None]);
    }

    #[test]
    fn what_was_not_seen_for_long_is_forgotten_and_a_source_takes_its_own_with_it() {
        let (mut conn, id) = database();
        conn.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        let tx = conn.transaction().unwrap();
        note_pages(&tx, id, &[record("old", 1, Outcome::Taken), record("new", 10, Outcome::Taken)]).unwrap();
        assert_eq!(prune_pages(&tx, id, 10).unwrap(), 1);
        assert!(page(&tx, id, "old").unwrap().is_none() && page(&tx, id, "new").unwrap().is_some());
        crate::remove(&tx, id).unwrap();
        assert!(page(&tx, id, "new").unwrap().is_none());
    }

    #[test]
    fn the_table_is_bounded() {
        let (mut conn, id) = database();
        let tx = conn.transaction().unwrap();
        let records: Vec<_> =
            (0..i64::from(RECORDS) + 3).map(|n| record(&n.to_string(), 100 + n, Outcome::Taken)).collect();
        note_pages(&tx, id, &records).unwrap();
        assert_eq!(prune_pages(&tx, id, 0).unwrap(), 3);
        assert!(page(&tx, id, "2").unwrap().is_none() && page(&tx, id, "3").unwrap().is_some());
    }
}
