//! What is known of a source beside what a person set: its last look, what failed, which items came from it.

use crate::{Error, Result, SourceId};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// How a source stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// How it hears of news by itself, or why it does not; `None` while nobody watches.
    pub watching: Option<String>,
    /// When it last looked and could.
    pub looked_at: Option<i64>,
    /// When it last found something new.
    pub found_at: Option<i64>,
    /// How much was new then.
    pub found: u32,
    /// How many items came from it and are known to have.
    pub items: u32,
    /// Why the last look failed, if it did.
    pub problem: Option<Problem>,
    /// Why a file that was read could not be moved away, or its text not be written beside it, until one can be.
    pub move_problem: Option<Problem>,
    /// How far it has seen a remote folder, as the storage writes it.
    pub cursor: Option<String>,
}

/// Why a look, or moving a file, failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// When.
    pub at: i64,
    /// For programs.
    pub code: String,
    /// For people: what happened.
    pub message: String,
    /// For people: what to do.
    pub hint: Option<String>,
}

/// The outcome of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// It could look, and found so many new images.
    Found(u32),
    /// It could not.
    Failed(Problem),
}

/// How a source stands.
///
/// # Errors
/// [`Error::NoSuchSource`], or when the database fails.
pub fn state(conn: &Connection, id: SourceId) -> Result<State> {
    let sql = "SELECT watching, looked_at, found_at, found, problem_at, problem_code, problem_message, problem_hint, \
               cursor, (SELECT count(*) FROM source_item i WHERE i.source = s.source), move_problem_at, \
               move_problem_code, move_problem_message, move_problem_hint FROM source_state s WHERE source = ?1";
    let found = conn.prepare_cached(sql)?.query_row([id.0], |row| {
        Ok(State {
            watching: row.get(0)?,
            looked_at: row.get(1)?,
            found_at: row.get(2)?,
            found: row.get(3)?,
            items: row.get(9)?,
            problem: problem(row, 4)?,
            move_problem: problem(row, 10)?,
            cursor: row.get(8)?,
        })
    });
    found.optional()?.ok_or(Error::NoSuchSource(id))
}

/// The problem whose columns begin with this one.
fn problem(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Problem>> {
    let Some(at) = row.get::<_, Option<i64>>(first)? else { return Ok(None) };
    let (code, message): (Option<String>, Option<String>) = (row.get(first + 1)?, row.get(first + 2)?);
    let (code, message) = (code.unwrap_or_default(), message.unwrap_or_default());
    Ok(Some(Problem { at, code, message, hint: row.get(first + 3)? }))
}

/// Notes the outcome of a look. A source that was removed meanwhile stays removed.
///
/// # Errors
/// When the database fails.
pub fn looked(tx: &Transaction<'_>, id: SourceId, look: &Look, now: i64) -> Result<()> {
    match look {
        Look::Found(found) => {
            let sql = "UPDATE source_state SET looked_at = ?2, problem_at = NULL, problem_code = NULL, \
                       problem_message = NULL, problem_hint = NULL WHERE source = ?1";
            tx.execute(sql, params![id.0, now])?;
            if *found > 0 {
                let sql = "UPDATE source_state SET found_at = ?2, found = ?3 WHERE source = ?1";
                tx.execute(sql, params![id.0, now, found])?;
            }
        }
        Look::Failed(Problem { at, code, message, hint }) => {
            let sql = "UPDATE source_state SET problem_at = ?2, problem_code = ?3, problem_message = ?4, \
                       problem_hint = ?5 WHERE source = ?1";
            tx.execute(sql, params![id.0, at, code, message, hint])?;
        }
    }
    Ok(())
}

/// Notes why a file of a source could not be moved away, or its text not be written beside it; with `None`, that nothing keeps its
/// files from that.
///
/// # Errors
/// When the database fails.
pub fn set_move_problem(tx: &Transaction<'_>, id: SourceId, problem: Option<&Problem>) -> Result<()> {
    let sql = "UPDATE source_state SET move_problem_at = ?2, move_problem_code = ?3, move_problem_message = ?4, \
               move_problem_hint = ?5 WHERE source = ?1";
    let hint = problem.and_then(|problem| problem.hint.as_ref());
    let (at, code) = (problem.map(|problem| problem.at), problem.map(|problem| &problem.code));
    let message = problem.map(|problem| &problem.message);
    tx.execute(sql, params![id.0, at, code, message, hint])?;
    Ok(())
}

/// Notes how a source hears of news.
///
/// # Errors
/// When the database fails.
pub fn set_watching(tx: &Transaction<'_>, id: SourceId, watching: Option<&str>) -> Result<()> {
    tx.execute("UPDATE source_state SET watching = ?2 WHERE source = ?1", params![id.0, watching])?;
    Ok(())
}

/// Notes how far a remote folder was seen.
///
/// # Errors
/// When the database fails.
pub fn set_cursor(tx: &Transaction<'_>, id: SourceId, cursor: Option<&str>) -> Result<()> {
    tx.execute("UPDATE source_state SET cursor = ?2 WHERE source = ?1", params![id.0, cursor])?;
    Ok(())
}

/// How many files and addresses of a source could not be used when they were last looked at.
///
/// # Errors
/// When the database fails.
pub fn refused(conn: &Connection, id: SourceId) -> Result<u32> {
    let sql = "SELECT (SELECT count(*) FROM source_file WHERE source = ?1 AND item IS NULL AND missing_since IS NULL) \
                    + (SELECT count(*) FROM source_page WHERE source = ?1 AND outcome = 'refused') \
                    + (SELECT count(*) FROM source_remote_file WHERE source = ?1 AND refused IS NOT NULL)";
    Ok(conn.prepare_cached(sql)?.query_row([id.0], |row| row.get(0))?)
}

/// Notes that an item came from a source. Returns whether that is new.
///
/// # Errors
/// When the source is gone or the database fails.
pub fn link(tx: &Transaction<'_>, id: SourceId, item: i64, now: i64) -> Result<bool> {
    let sql = "INSERT INTO source_item (item, source, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, params![item, id.0, now])? > 0)
}

/// Notes whether an item is there because of this source alone.
///
/// # Errors
/// When the database fails.
pub fn set_made(tx: &Transaction<'_>, id: SourceId, item: i64) -> Result<()> {
    tx.execute("UPDATE source_item SET made = 1 WHERE item = ?1 AND source = ?2", params![item, id.0])?;
    Ok(())
}

/// Notes that somebody else offered an item too: it is there because of no source alone any more.
///
/// # Errors
/// When the database fails.
pub fn unmake(tx: &Transaction<'_>, item: i64) -> Result<()> {
    tx.prepare_cached("UPDATE source_item SET made = 0 WHERE item = ?1 AND made")?.execute([item])?;
    Ok(())
}

/// The source because of which alone an item is there.
///
/// # Errors
/// When the database fails.
pub fn made_by(conn: &Connection, item: i64) -> Result<Option<SourceId>> {
    let sql = "SELECT source FROM source_item WHERE item = ?1 AND made ORDER BY source LIMIT 1";
    Ok(conn.prepare_cached(sql)?.query_row([item], |row| row.get(0).map(SourceId)).optional()?)
}

/// The sources that an item came from and whose rules it was not filed by yet, the first one first.
///
/// # Errors
/// When the database fails.
pub fn unfiled(conn: &Connection, item: i64) -> Result<Vec<SourceId>> {
    let sql = "SELECT source FROM source_item WHERE item = ?1 AND filed_at IS NULL ORDER BY at, source";
    let mut statement = conn.prepare_cached(sql)?;
    let ids = statement.query_map([item], |row| Ok(SourceId(row.get(0)?)))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Notes that an item was filed by the rules of a source: what a person changes after that stays.
///
/// # Errors
/// When the database fails.
pub fn filed(tx: &Transaction<'_>, id: SourceId, item: i64, now: i64) -> Result<()> {
    let sql = "UPDATE source_item SET filed_at = ?3 WHERE item = ?1 AND source = ?2";
    tx.prepare_cached(sql)?.execute(params![item, id.0, now])?;
    Ok(())
}

/// Forgets where an item came from that is deleted for good.
///
/// # Errors
/// When the database fails.
pub fn unlink(tx: &Transaction<'_>, item: i64) -> Result<()> {
    tx.prepare_cached("DELETE FROM source_item WHERE item = ?1")?.execute([item])?;
    Ok(())
}

/// The sources that an item came from, the first one first.
///
/// # Errors
/// When the database fails.
pub fn of_item(conn: &Connection, item: i64) -> Result<Vec<SourceId>> {
    let mut statement = conn.prepare_cached("SELECT source FROM source_item WHERE item = ?1 ORDER BY at, source")?;
    let ids = statement.query_map([item], |row| Ok(SourceId(row.get(0)?)))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Filing, MIGRATIONS, Source, Spec};

    #[test]
    fn what_a_look_finds_says_nothing_of_moves() {
        let mut conn = Connection::open_in_memory().unwrap();
        MIGRATIONS.iter().for_each(|batch| conn.execute_batch(batch).unwrap());
        let tx = conn.transaction().unwrap();
        let (id, name, filing) = (SourceId(0), "Scans".to_owned(), Filing::default());
        let source = Source { id, name, spec: Spec::Camera, filing, enabled: true, created_at: 0 };
        let id = crate::add(&tx, &source).unwrap();
        let problem = |message: &str| {
            let (code, message) = ("file".to_owned(), message.to_owned());
            Problem { at: 1, code, message, hint: Some("mend it".to_owned()) }
        };
        let check = |look: Option<Problem>, moving: Option<Problem>| {
            let State { problem, move_problem, .. } = state(&tx, id).unwrap();
            assert_eq!((problem, move_problem), (look, moving));
        };
        set_move_problem(&tx, id, Some(&problem("not moved"))).unwrap();
        looked(&tx, id, &Look::Failed(problem("not there")), 2).unwrap();
        check(Some(problem("not there")), Some(problem("not moved")));
        looked(&tx, id, &Look::Found(1), 3).unwrap();
        check(None, Some(problem("not moved")));
        set_move_problem(&tx, id, None).unwrap();
        check(None, None);
    }
}
