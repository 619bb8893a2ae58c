//! The ledger of watched folders: which files were seen, what became of them, which are missing.
//!
//! A file is known by its folder and its name, relative to the watched folder. Nothing here looks at a disk.

use crate::folder::{Counts, FileId, Finding, Known, Move, Stamp, Standing};
use crate::{Error, Result, SourceId};
use rusqlite::{Connection, OptionalExtension, Params, Row, Transaction, params};
use std::ffi::OsString;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

const COLUMNS: &str = "SELECT dir, name, size, modified_ns, file_id, hash, item, refused_code, refused_message, \
                       missing_since, source, 0 AS displaced FROM source_file";

// The plus keeps SQLite from going through all files of the source: it cannot know that numbers hardly repeat.
const OF_ID: &str = "WHERE +source = ?1 AND file_id = ?2 ORDER BY missing_since IS NOT NULL, dir, name";

const ITEMS_HERE: &str = "SELECT DISTINCT item FROM source_file \
                          WHERE +source = ?1 AND item > ?2 AND missing_since IS NULL ORDER BY item LIMIT ?3";

const DISPLACED: &str = "SELECT dir, name, size, modified_ns, file_id, hash, item, refused_code, refused_message, \
                         missing_since, source, 1 AS displaced FROM source_displaced";

/// How long a file is remembered whose name another one took, in milliseconds.
const DISPLACED_KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// The known files of one folder, ordered by their names' text, missing ones too.
///
/// # Errors
/// When the database fails or a row is damaged.
pub fn files_in(conn: &Connection, source: SourceId, dir: &Path) -> Result<Vec<Known>> {
    let sql = format!("{COLUMNS} WHERE source = ?1 AND dir = ?2 ORDER BY name");
    several(conn, &sql, params![source.0, legible_paths::to_text(dir)])
}

/// What is known of the file of this name.
///
/// # Errors
/// When the database fails or the row is damaged.
pub fn file(conn: &Connection, source: SourceId, path: &Path) -> Result<Option<Known>> {
    let (dir, name) = parts(path);
    let sql = format!("{COLUMNS} WHERE source = ?1 AND dir = ?2 AND name = ?3");
    let found = conn.prepare_cached(&sql)?.query_row(params![source.0, dir, name], raw).optional()?;
    Ok(found.map(Raw::read).transpose()?.map(|(_, known)| known))
}

/// The known files with this number: first those that are there, then missing ones, then one that lost its name to another.
///
/// # Errors
/// When the database fails or a row is damaged.
pub fn with_id(conn: &Connection, source: SourceId, id: FileId) -> Result<Vec<Known>> {
    let sql = format!("{COLUMNS} {OF_ID}");
    let mut found = several(conn, &sql, params![source.0, id_bytes(id)])?;
    let sql = format!("{DISPLACED} WHERE source = ?1 AND file_id = ?2");
    found.extend(several(conn, &sql, params![source.0, id_bytes(id)])?);
    Ok(found)
}

/// The folders of known files that are `dir` or lie below it, each once, ordered by their text.
///
/// # Errors
/// When the database fails or a row is damaged.
pub fn folders_below(conn: &Connection, source: SourceId, dir: &Path) -> Result<Vec<PathBuf>> {
    let text = legible_paths::to_text(dir);
    // Names that are not Unicode are digits in the table, whose beginning is not that of their folder's text: these
    // few are all looked at.
    let sql = if text.is_empty() {
        "SELECT DISTINCT dir FROM source_file WHERE source = ?1 AND ?2 = ?2 AND ?3 = ?3 ORDER BY dir"
    } else {
        "SELECT DISTINCT dir FROM source_file WHERE source = ?1 AND dir = ?2 \
         UNION SELECT DISTINCT dir FROM source_file WHERE source = ?1 AND dir > ?2 || ?3 AND dir < ?2 || ?4 \
         UNION SELECT DISTINCT dir FROM source_file WHERE source = ?1 AND dir >= 'raw:' AND dir < 'raw;' ORDER BY dir"
    };
    let (below, past) = (MAIN_SEPARATOR, char::from(MAIN_SEPARATOR as u8 + 1));
    let mut statement = conn.prepare_cached(sql)?;
    let texts = match text.is_empty() {
        true => statement.query_map(params![source.0, text, below.to_string()], |row| row.get(0))?.collect(),
        false => {
            let bounds = params![source.0, text, below.to_string(), past.to_string()];
            statement.query_map(bounds, |row| row.get(0))?.collect()
        }
    };
    let texts: rusqlite::Result<Vec<String>> = texts;
    let mut folders = Vec::new();
    for text in texts? {
        let folder = path_of("dir", &text)?;
        if folder.starts_with(dir) {
            folders.push(folder);
        }
    }
    Ok(folders)
}

/// Whether any known file of the source is not missing.
///
/// # Errors
/// When the database fails.
pub fn any_here(conn: &Connection, source: SourceId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM source_file WHERE source = ?1 AND missing_since IS NULL)";
    Ok(conn.prepare_cached(sql)?.query_row([source.0], |row| row.get(0))?)
}

/// How many files of the source are known.
///
/// # Errors
/// When the database fails.
pub fn counts(conn: &Connection, source: SourceId) -> Result<Counts> {
    let sql = "SELECT count(*) FILTER (WHERE missing_since IS NULL AND item IS NOT NULL), \
               count(*) FILTER (WHERE missing_since IS NULL AND item IS NULL), \
               count(*) FILTER (WHERE missing_since IS NOT NULL) FROM source_file WHERE source = ?1";
    let read = |row: &Row<'_>| {
        let count = |at| row.get::<_, i64>(at).map(i64::unsigned_abs);
        Ok(Counts { taken: count(0)?, refused: count(1)?, missing: count(2)? })
    };
    Ok(conn.prepare_cached(sql)?.query_row([source.0], read)?)
}

/// The files that an item was made of, of all sources, those that are not missing first.
///
/// # Errors
/// When the database fails or a row is damaged.
pub fn of_item(conn: &Connection, item: i64) -> Result<Vec<(SourceId, Known)>> {
    let sql = format!("{COLUMNS} WHERE item = ?1 ORDER BY missing_since IS NOT NULL, source, dir, name");
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map([item], raw)?.collect::<rusqlite::Result<Vec<Raw>>>()?;
    rows.into_iter().map(Raw::read).collect()
}

/// The next items whose files of a source are there, by their numbers: at most so many after this one.
///
/// # Errors
/// When the database fails.
pub fn items_here(conn: &Connection, source: SourceId, after: i64, most: usize) -> Result<Vec<i64>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut statement = conn.prepare_cached(ITEMS_HERE)?;
    Ok(statement.query_map(params![source.0, after, most], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The watched folder's own number at the last look.
///
/// # Errors
/// When the database fails or the row is damaged.
pub fn root(conn: &Connection, source: SourceId) -> Result<Option<FileId>> {
    let sql = "SELECT file_id FROM source_root WHERE source = ?1";
    let found: Option<Vec<u8>> = conn.prepare_cached(sql)?.query_row([source.0], |row| row.get(0)).optional()?;
    found.map(|bytes| read_id(&bytes)).transpose()
}

/// Notes that a file is an item: it is there, in the state `stamp`.
///
/// Take the stamp before the file is read and compare it after, so that no content is noted for another state.
///
/// # Errors
/// When the source is gone or the database fails.
pub fn note_taken(
    tx: &Transaction<'_>,
    source: SourceId,
    path: &Path,
    stamp: &Stamp,
    hash: &str,
    item: i64,
) -> Result<()> {
    let standing = Standing::Taken { hash: hash.to_owned(), item };
    put(tx, source, &Known { path: path.to_owned(), stamp: *stamp, standing, missing_since: None, displaced: false })
}

/// Notes that a file is no item; it is not offered again until its stamp changes.
///
/// # Errors
/// When the source is gone or the database fails.
pub fn note_refused(
    tx: &Transaction<'_>,
    source: SourceId,
    path: &Path,
    stamp: &Stamp,
    code: &str,
    message: &str,
) -> Result<()> {
    let standing = Standing::Refused { code: code.to_owned(), message: message.to_owned() };
    put(tx, source, &Known { path: path.to_owned(), stamp: *stamp, standing, missing_since: None, displaced: false })
}

/// Notes that a file is not there any more. Returns whether it was until now.
///
/// # Errors
/// When the database fails.
pub fn note_missing(tx: &Transaction<'_>, source: SourceId, path: &Path, now: i64) -> Result<bool> {
    let (dir, name) = parts(path);
    let sql = "UPDATE source_file SET missing_since = ?4 \
               WHERE source = ?1 AND dir = ?2 AND name = ?3 AND missing_since IS NULL";
    Ok(tx.prepare_cached(sql)?.execute(params![source.0, dir, name, now])? > 0)
}

/// Notes that a missing file is there again, unchanged. Returns whether it was missing until now.
///
/// # Errors
/// When the database fails.
pub fn note_back(tx: &Transaction<'_>, source: SourceId, path: &Path, stamp: &Stamp) -> Result<bool> {
    let (dir, name) = parts(path);
    let sql = "UPDATE source_file SET missing_since = NULL, file_id = ?4 \
               WHERE source = ?1 AND dir = ?2 AND name = ?3 AND missing_since IS NOT NULL";
    Ok(tx.prepare_cached(sql)?.execute(params![source.0, dir, name, stamp.id.map(id_bytes)])? > 0)
}

/// Notes that files have other names now. All moves happen at once, so that names may be swapped; what was known under a
/// new name and did not move is forgotten.
///
/// # Errors
/// When the database fails.
pub fn note_moves(tx: &Transaction<'_>, source: SourceId, moves: &[Move]) -> Result<()> {
    for Move { known, .. } in moves {
        match known.stamp.id {
            Some(id) if known.displaced => {
                let sql = "DELETE FROM source_displaced WHERE source = ?1 AND file_id = ?2";
                tx.prepare_cached(sql)?.execute(params![source.0, id_bytes(id)])?;
            }
            _ => drop(forget(tx, source, &known.path)?),
        }
    }
    for Move { known, to, stamp, .. } in moves {
        let (path, standing) = (to.clone(), known.standing.clone());
        put(tx, source, &Known { path, stamp: *stamp, standing, missing_since: None, displaced: false })?;
    }
    Ok(())
}

/// Notes which folder the watched folder is.
///
/// # Errors
/// When the source is gone or the database fails.
pub fn note_root(tx: &Transaction<'_>, source: SourceId, id: FileId) -> Result<()> {
    let sql = "INSERT INTO source_root (source, file_id) VALUES (?1, ?2) \
               ON CONFLICT (source) DO UPDATE SET file_id = excluded.file_id";
    tx.execute(sql, params![source.0, id_bytes(id)])?;
    Ok(())
}

/// Notes that a look saw all of the watched folder. What lost its name to another file, and was found under no new one for a
/// month of such looks, is forgotten.
///
/// # Errors
/// When the database fails.
pub fn note_complete(tx: &Transaction<'_>, source: SourceId, now: i64) -> Result<()> {
    let sql = "DELETE FROM source_displaced WHERE source = ?1 AND gone_since < ?2";
    tx.execute(sql, params![source.0, now - DISPLACED_KEPT_MS])?;
    let sql = "UPDATE source_displaced SET gone_since = ?2 WHERE source = ?1 AND gone_since IS NULL";
    tx.execute(sql, params![source.0, now])?;
    Ok(())
}

/// Notes a finding that needs nothing but to be noted: all but a new or changed file, which is noted
/// once it was read: [`note_taken`], [`note_refused`].
///
/// # Errors
/// When the source is gone or the database fails.
pub fn note(tx: &Transaction<'_>, source: SourceId, finding: &Finding, now: i64) -> Result<()> {
    match finding {
        Finding::Moved(moves) => note_moves(tx, source, moves),
        Finding::Missing(known) => note_missing(tx, source, &known.path, now).map(drop),
        Finding::Back { stamp, known } => note_back(tx, source, &known.path, stamp).map(drop),
        Finding::Root(id) => note_root(tx, source, *id),
        Finding::Complete => note_complete(tx, source, now),
        Finding::New { .. } | Finding::Changed { .. } | Finding::NotYet { .. } | Finding::Trouble(_) => Ok(()),
    }
}

/// Forgets a file: if it is still there, the next look finds it new. Returns whether it was known.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &Transaction<'_>, source: SourceId, path: &Path) -> Result<bool> {
    let (dir, name) = parts(path);
    let sql = "DELETE FROM source_file WHERE source = ?1 AND dir = ?2 AND name = ?3";
    Ok(tx.prepare_cached(sql)?.execute(params![source.0, dir, name])? > 0)
}

/// Forgets the files of a source that have been missing since before a time. Returns how many there were. Those of them
/// that come back are new.
///
/// # Errors
/// When the database fails.
pub fn forget_missing(tx: &Transaction<'_>, source: SourceId, before: i64) -> Result<usize> {
    Ok(tx.execute("DELETE FROM source_file WHERE source = ?1 AND missing_since < ?2", params![source.0, before])?)
}

/// Forgets all refusals of a source, so that the next look offers these files again. Returns how many there were.
///
/// # Errors
/// When the database fails.
pub fn forget_refused(tx: &Transaction<'_>, source: SourceId) -> Result<usize> {
    Ok(tx.execute("DELETE FROM source_file WHERE source = ?1 AND item IS NULL", [source.0])?)
}

/// Forgets all that is known of a source's folder: it is to look at another one from now on.
///
/// # Errors
/// When the database fails.
pub fn forget_all(tx: &Transaction<'_>, source: SourceId) -> Result<()> {
    for table in ["source_file", "source_displaced", "source_root"] {
        tx.execute(&format!("DELETE FROM {table} WHERE source = ?1"), [source.0])?;
    }
    Ok(())
}

fn put(tx: &Transaction<'_>, source: SourceId, known: &Known) -> Result<()> {
    let (dir, name) = parts(&known.path);
    let (hash, item, code, message) = match &known.standing {
        Standing::Taken { hash, item } => (Some(hash), Some(item), None, None),
        Standing::Refused { code, message } => (None, None, Some(code), Some(message)),
    };
    let displace = "INSERT OR REPLACE INTO source_displaced (source, file_id, dir, name, size, modified_ns, hash, item, \
                    refused_code, refused_message, missing_since) \
                    SELECT source, file_id, dir, name, size, modified_ns, hash, item, refused_code, refused_message, \
                    missing_since FROM source_file \
                    WHERE source = ?1 AND dir = ?2 AND name = ?3 AND file_id IS NOT NULL AND file_id IS NOT ?4";
    let sql = "INSERT OR REPLACE INTO source_file (source, dir, name, size, modified_ns, file_id, hash, item, \
               refused_code, refused_message, missing_since) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let Stamp { size, modified_ns, id } = known.stamp;
    // Sizes past 8 EiB are none.
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let id = id.map(id_bytes);
    tx.prepare_cached(displace)?.execute(params![source.0, dir, name, id])?;
    let row = params![source.0, dir, name, size, modified_ns, id, hash, item, code, message, known.missing_since];
    tx.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

fn several(conn: &Connection, sql: &str, params: impl Params) -> Result<Vec<Known>> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map(params, raw)?.collect::<rusqlite::Result<Vec<Raw>>>()?;
    rows.into_iter().map(|row| row.read().map(|(_, known)| known)).collect()
}

/// A row as it is stored.
struct Raw {
    dir: String,
    name: String,
    size: i64,
    modified_ns: i64,
    id: Option<Vec<u8>>,
    taken: (Option<String>, Option<i64>),
    refused: (Option<String>, Option<String>),
    missing_since: Option<i64>,
    source: i64,
    displaced: bool,
}

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok(Raw {
        dir: row.get(0)?,
        name: row.get(1)?,
        size: row.get(2)?,
        modified_ns: row.get(3)?,
        id: row.get(4)?,
        taken: (row.get(5)?, row.get(6)?),
        refused: (row.get(7)?, row.get(8)?),
        missing_since: row.get(9)?,
        source: row.get(10)?,
        displaced: row.get(11)?,
    })
}

impl Raw {
    fn read(self) -> Result<(SourceId, Known)> {
        let Raw { dir, name, size, modified_ns, id, taken, refused, missing_since, source, displaced } = self;
        let path = path_of("dir", &dir)?.join(path_of("name", &name)?);
        let id = id.as_deref().map(read_id).transpose()?;
        let stamp = Stamp { size: size.unsigned_abs(), modified_ns, id };
        let standing = match (taken, refused) {
            ((Some(hash), Some(item)), _) => Standing::Taken { hash, item },
            (_, (Some(code), Some(message))) => Standing::Refused { code, message },
            _ => return Err(Error::Damaged { column: "hash", problem: "neither taken nor refused".to_owned() }),
        };
        Ok((SourceId(source), Known { path, stamp, standing, missing_since, displaced }))
    }
}

/// The texts of a path's folder and name.
fn parts(path: &Path) -> (String, String) {
    let name = path.file_name().map(OsString::from).unwrap_or_default();
    let dir = path.parent().unwrap_or(Path::new(""));
    (legible_paths::to_text(dir), legible_paths::to_text(Path::new(&name)))
}

fn path_of(column: &'static str, text: &str) -> Result<PathBuf> {
    let damaged = || Error::Damaged { column, problem: format!("{text:?} is no path") };
    legible_paths::from_text(text).ok_or_else(damaged)
}

fn id_bytes(id: FileId) -> [u8; 16] {
    id.0.to_be_bytes()
}

fn read_id(bytes: &[u8]) -> Result<FileId> {
    let damaged = |_| Error::Damaged { column: "file_id", problem: format!("{} bytes", bytes.len()) };
    bytes.try_into().map(|bytes| FileId(u128::from_be_bytes(bytes))).map_err(damaged)
}

#[cfg(test)]
mod tests;
