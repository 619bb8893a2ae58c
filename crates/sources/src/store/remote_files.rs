//! What is remembered of the files of remote folders: which version was taken as which item, and the text that was written beside it.

use crate::remote::RemoteFile;
use crate::{Result, SourceId, WriteText};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// What became of a version of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// It is an item, whose bytes have this hash.
    Taken {
        /// The hash, as the library writes it.
        hash: String,
        /// The item's number.
        item: i64,
    },
    /// It is no item, and why.
    Refused(String),
}

/// A file that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFile {
    /// What the storage calls it.
    pub id: String,
    /// The version that was taken or refused.
    pub version: String,
    /// Where it lies in the folder.
    pub path: String,
    /// Whether its text is to be written once it is seen again.
    pub text_waits: bool,
}

/// The text of a file that is to be written beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueText {
    /// What the storage calls the file.
    pub id: String,
    /// The version whose text it is.
    pub version: String,
    /// Where the file lies in the folder.
    pub path: String,
    /// The item that it is.
    pub item: i64,
    /// How often the text became another since it was written.
    pub due: i64,
    /// Hashes of what we wrote, or may have written before a kill.
    pub ours: Vec<String>,
}

/// All files of a source that are known.
///
/// # Errors
/// When the database fails.
pub fn known(conn: &Connection, source: SourceId) -> Result<Vec<KnownFile>> {
    let sql = "SELECT id, version, path, text_due < 0 FROM source_remote_file WHERE source = ?1 ORDER BY id";
    let mut statement = conn.prepare_cached(sql)?;
    let read = |row: &Row<'_>| {
        Ok(KnownFile { id: row.get(0)?, version: row.get(1)?, path: row.get(2)?, text_waits: row.get(3)? })
    };
    Ok(statement.query_map([source.0], read)?.collect::<rusqlite::Result<_>>()?)
}

/// The item that bytes of this hash became for a source, if they did: it may be deleted since.
///
/// # Errors
/// When the database fails.
pub fn item_of_hash(conn: &Connection, source: SourceId, hash: &str) -> Result<Option<i64>> {
    let sql = "SELECT item FROM source_remote_file WHERE source = ?1 AND hash = ?2 LIMIT 1";
    Ok(conn.prepare_cached(sql)?.query_row(params![source.0, hash], |row| row.get(0)).optional()?)
}

/// Notes what became of a version of a file. What was written beside another version of it stays known.
///
/// # Errors
/// When the source is gone or the database fails.
pub fn note(tx: &Transaction<'_>, source: SourceId, file: &RemoteFile, became: &Became) -> Result<()> {
    let (hash, item, refused) = match became {
        Became::Taken { hash, item } => (Some(hash), Some(item), None),
        Became::Refused(why) => (None, None, Some(why)),
    };
    renamed(tx, source, file)?;
    let sql = "INSERT INTO source_remote_file (source, id, version, path, hash, item, refused) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (source, id) DO UPDATE SET version = excluded.version, \
               path = excluded.path, hash = excluded.hash, item = excluded.item, refused = excluded.refused, text_due = 0";
    let row = params![source.0, file.id, file.version, file.name, hash, item, refused];
    tx.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

/// Notes that a file may have another path than it had. Beside that one, nothing was written. Returns whether it has.
///
/// # Errors
/// When the database fails.
pub fn renamed(tx: &Transaction<'_>, source: SourceId, file: &RemoteFile) -> Result<bool> {
    let sql = "UPDATE source_remote_file SET path = ?3, text_due = 0, text_meant = NULL, text_written = NULL, \
               text_problem = NULL WHERE source = ?1 AND id = ?2 AND path <> ?3";
    Ok(tx.prepare_cached(sql)?.execute(params![source.0, file.id, file.name])? > 0)
}

/// Notes that the text of a file is to be written beside it, if the file is an item.
///
/// # Errors
/// When the database fails.
pub fn text_is_due(tx: &Transaction<'_>, source: SourceId, id: &str) -> Result<()> {
    let sql = "UPDATE source_remote_file SET text_due = max(text_due, 0) + 1 \
               WHERE source = ?1 AND id = ?2 AND item IS NOT NULL";
    tx.prepare_cached(sql)?.execute(params![source.0, id])?;
    Ok(())
}

/// The sources that an item has files of.
///
/// # Errors
/// When the database fails.
pub fn sources_of(conn: &Connection, item: i64) -> Result<Vec<SourceId>> {
    let sql = "SELECT DISTINCT source FROM source_remote_file WHERE item = ?1 ORDER BY source";
    let mut statement = conn.prepare_cached(sql)?;
    Ok(statement.query_map([item], |row| Ok(SourceId(row.get(0)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Notes that the text of an item became another: it is to be written beside the files of this source that it is.
///
/// # Errors
/// When the database fails.
pub fn text_of_item_is_due(tx: &Transaction<'_>, source: SourceId, item: i64) -> Result<()> {
    // The plus keeps SQLite from going through all files of the source.
    let sql = "UPDATE source_remote_file SET text_due = max(text_due, 0) + 1 WHERE +source = ?1 AND item = ?2";
    tx.prepare_cached(sql)?.execute(params![source.0, item])?;
    Ok(())
}

/// Notes how the texts of a source are written from now on: those of all its files are due, or none.
///
/// # Errors
/// When the database fails.
pub fn write_texts(tx: &Transaction<'_>, source: SourceId, how: WriteText) -> Result<()> {
    let sql = "UPDATE source_remote_file SET text_due = CASE WHEN ?2 AND item IS NOT NULL THEN max(text_due, 0) + 1 ELSE 0 END, \
               text_meant = NULL, text_written = NULL, text_problem = NULL WHERE source = ?1";
    tx.execute(sql, params![source.0, how != WriteText::Off])?;
    Ok(())
}

/// The next texts that are due, by the names of their files: at most so many after this one.
///
/// # Errors
/// When the database fails.
pub fn due_texts(conn: &Connection, source: SourceId, after: &str, most: usize) -> Result<Vec<DueText>> {
    let sql = "SELECT id, version, path, item, text_due, text_meant, text_written FROM source_remote_file \
               WHERE source = ?1 AND id > ?2 AND text_due > 0 AND item IS NOT NULL ORDER BY id LIMIT ?3";
    let mut statement = conn.prepare_cached(sql)?;
    let read = |row: &Row<'_>| {
        let hashes: [Option<String>; 2] = [row.get(5)?, row.get(6)?];
        Ok(DueText {
            id: row.get(0)?,
            version: row.get(1)?,
            path: row.get(2)?,
            item: row.get(3)?,
            due: row.get(4)?,
            ours: hashes.into_iter().flatten().collect(),
        })
    };
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    Ok(statement.query_map(params![source.0, after, most], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Whether any text of a source is due.
///
/// # Errors
/// When the database fails.
pub fn any_due(conn: &Connection, source: SourceId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM source_remote_file WHERE source = ?1 AND text_due > 0)";
    Ok(conn.prepare_cached(sql)?.query_row([source.0], |row| row.get(0))?)
}

/// Notes what is about to be written: who finds it there after a kill knows that it is ours. And what is `there` of ours until then, which
/// may be what was meant before, and never noted as written.
///
/// # Errors
/// When the database fails.
pub fn note_meant(
    tx: &Transaction<'_>,
    source: SourceId,
    text: &DueText,
    there: Option<&str>,
    hash: &str,
) -> Result<()> {
    let sql = "UPDATE source_remote_file SET text_meant = ?4, text_written = coalesce(?5, text_written) \
               WHERE source = ?1 AND id = ?2 AND path = ?3";
    tx.prepare_cached(sql)?.execute(params![source.0, text.id, text.path, hash, there])?;
    Ok(())
}

/// What came of writing a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrote {
    /// It lies there, and has this hash.
    There(String),
    /// There was nothing to write.
    Nothing,
    /// Its picture was not there. Whether that is gone, or the disk that it lies on, tells a look: it is due again when that sees it.
    NotThere,
    /// It is left alone, and why.
    Left(String),
}

/// Notes what came of writing a text. One that became another meanwhile is still due.
///
/// # Errors
/// When the database fails.
pub fn wrote(tx: &Transaction<'_>, source: SourceId, text: &DueText, what: &Wrote) -> Result<()> {
    let set = match what {
        Wrote::There(_) => "text_written = ?4, text_meant = NULL, text_problem = NULL",
        Wrote::Nothing | Wrote::NotThere => "text_problem = ?4",
        Wrote::Left(_) => "text_problem = ?4, text_meant = NULL, text_written = NULL",
    };
    let word = match what {
        Wrote::There(word) | Wrote::Left(word) => Some(word),
        Wrote::Nothing | Wrote::NotThere => None,
    };
    let sql = format!("UPDATE source_remote_file SET {set} WHERE source = ?1 AND id = ?2 AND path = ?3");
    tx.prepare_cached(&sql)?.execute(params![source.0, text.id, text.path, word])?;
    let due = if *what == Wrote::NotThere { -1 } else { 0 };
    let sql = "UPDATE source_remote_file SET text_due = ?4 WHERE source = ?1 AND id = ?2 AND text_due = ?3";
    tx.prepare_cached(sql)?.execute(params![source.0, text.id, text.due, due])?;
    Ok(())
}

/// How many texts are left alone, and why the first one is.
///
/// # Errors
/// When the database fails.
pub fn texts_left(conn: &Connection, source: SourceId) -> Result<Option<(u32, String)>> {
    let sql = "SELECT count(*), min(path || char(10) || text_problem) FROM source_remote_file \
               WHERE source = ?1 AND text_problem IS NOT NULL";
    let read = |row: &Row<'_>| Ok((row.get::<_, u32>(0)?, row.get::<_, Option<String>>(1)?));
    let (count, first) = conn.prepare_cached(sql)?.query_row([source.0], read)?;
    Ok(first.map(|first| (count, first.split_once('\n').map_or(first.clone(), |(_, why)| why.to_owned()))))
}

/// Forgets what a source refused, so that it is offered again. The mark goes with it, or it would not be told of.
///
/// # Errors
/// When the database fails.
pub fn forget_refused(tx: &Transaction<'_>, source: SourceId) -> Result<()> {
    tx.execute("DELETE FROM source_remote_file WHERE source = ?1 AND refused IS NOT NULL", [source.0])?;
    super::set_cursor(tx, source, None)
}

/// Forgets all that is known of a source's folder: it is to look at another one from now on.
///
/// # Errors
/// When the database fails.
pub fn forget_all(tx: &Transaction<'_>, source: SourceId) -> Result<()> {
    tx.execute("DELETE FROM source_remote_file WHERE source = ?1", [source.0])?;
    super::set_cursor(tx, source, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::database;

    fn file(name: &str, version: &str) -> RemoteFile {
        RemoteFile { id: "1".into(), version: version.into(), name: name.into(), size: None }
    }

    fn taken(item: i64) -> Became {
        Became::Taken { hash: format!("hash of {item}"), item }
    }

    #[test]
    fn files_are_known_by_what_the_storage_calls_them() {
        let (mut conn, id) = database();
        let tx = conn.transaction().unwrap();
        note(&tx, id, &file("a.png", "v1"), &taken(7)).unwrap();
        note(&tx, id, &file("a.png", "v2"), &taken(8)).unwrap();
        assert!(renamed(&tx, id, &file("b.png", "v2")).unwrap());
        assert!(!renamed(&tx, id, &file("b.png", "v2")).unwrap());
        let expected = KnownFile { id: "1".into(), version: "v2".into(), path: "b.png".into(), text_waits: false };
        assert_eq!(known(&tx, id).unwrap(), [expected]);
        assert_eq!(item_of_hash(&tx, id, "hash of 8").unwrap(), Some(8));
        assert_eq!(item_of_hash(&tx, id, "hash of 7").unwrap(), None);
        assert_eq!((sources_of(&tx, 8).unwrap(), sources_of(&tx, 7).unwrap()), (vec![id], vec![]));
    }

    #[test]
    fn what_was_refused_is_offered_again_with_all_that_is_there() {
        let (mut conn, id) = database();
        let tx = conn.transaction().unwrap();
        note(&tx, id, &file("a.png", "v1"), &Became::Refused("it is no image".into())).unwrap();
        crate::set_cursor(&tx, id, Some("mark")).unwrap();
        assert_eq!(crate::refused(&tx, id).unwrap(), 1);
        forget_refused(&tx, id).unwrap();
        assert_eq!((crate::refused(&tx, id).unwrap(), crate::state(&tx, id).unwrap().cursor), (0, None));
    }

    #[test]
    fn a_text_that_becomes_another_while_it_is_written_is_still_due() {
        let (mut conn, id) = database();
        let tx = conn.transaction().unwrap();
        note(&tx, id, &file("a.png", "v1"), &taken(7)).unwrap();
        assert!(!any_due(&tx, id).unwrap());
        text_is_due(&tx, id, "1").unwrap();
        let due = || due_texts(&tx, id, "", 9).unwrap().pop();
        let first = due().unwrap();
        note_meant(&tx, id, &first, None, "one").unwrap();
        assert_eq!(due().unwrap().ours, ["one"], "it may lie there already");
        text_of_item_is_due(&tx, id, 7).unwrap();
        wrote(&tx, id, &first, &Wrote::There("one".into())).unwrap();
        let second = due().unwrap();
        assert_eq!(second.ours, ["one"]);
        wrote(&tx, id, &second, &Wrote::There("two".into())).unwrap();
        assert_eq!(due(), None);
        assert!(due_texts(&tx, id, "1", 9).unwrap().is_empty());
    }

    #[test]
    fn what_is_there_of_ours_stays_known_while_another_is_meant() {
        let (mut conn, id) = database();
        let tx = conn.transaction().unwrap();
        note(&tx, id, &file("a.png", "v1"), &taken(7)).unwrap();
        text_is_due(&tx, id, "1").unwrap();
        let due = || due_texts(&tx, id, "", 9).unwrap().pop().unwrap();
        let meant = |there: Option<&str>, hash: &str, expected: &[&str]| {
            note_meant(&tx, id, &due(), there, hash).unwrap();
            assert_eq!(due().ours, expected);
        };
        meant(None, "one", &["one"]);
        meant(Some("one"), "two", &["two", "one"]);
        // Nothing lies there now, and the one of before may come back.
        meant(None, "three", &["three", "one"]);
    }

    #[test]
    fn a_text_waits_for_its_picture_to_be_seen() {
        let (mut conn, id) = database();
        let tx = conn.transaction().unwrap();
        note(&tx, id, &file("a.png", "v1"), &taken(7)).unwrap();
        text_is_due(&tx, id, "1").unwrap();
        let text = due_texts(&tx, id, "", 9).unwrap().remove(0);
        wrote(&tx, id, &text, &Wrote::NotThere).unwrap();
        assert_eq!((any_due(&tx, id).unwrap(), known(&tx, id).unwrap()[0].text_waits), (false, true));
        text_is_due(&tx, id, "1").unwrap();
        assert_eq!((any_due(&tx, id).unwrap(), known(&tx, id).unwrap()[0].text_waits), (true, false));
    }

    #[test]
    fn texts_that_are_left_alone_are_told_until_the_file_is_another() {
        let (mut conn, id) = database();
        let tx = conn.transaction().unwrap();
        note(&tx, id, &file("a.png", "v1"), &taken(7)).unwrap();
        text_is_due(&tx, id, "1").unwrap();
        let text = due_texts(&tx, id, "", 9).unwrap().remove(0);
        wrote(&tx, id, &text, &Wrote::Left("a person wrote it".into())).unwrap();
        assert_eq!(texts_left(&tx, id).unwrap(), Some((1, "a person wrote it".into())));
        renamed(&tx, id, &file("b.png", "v1")).unwrap();
        assert_eq!(texts_left(&tx, id).unwrap(), None);
    }

    #[test]
    fn how_texts_are_written_holds_for_all() {
        let (mut conn, id) = database();
        let tx = conn.transaction().unwrap();
        note(&tx, id, &file("a.png", "v1"), &taken(7)).unwrap();
        let check = |how: WriteText, expected: bool| {
            write_texts(&tx, id, how).unwrap();
            assert_eq!(any_due(&tx, id).unwrap(), expected, "{how:?}");
        };
        check(WriteText::Plain, true);
        check(WriteText::Off, false);
        check(WriteText::Markdown, true);
        forget_all(&tx, id).unwrap();
        check(WriteText::Plain, false);
    }
}
