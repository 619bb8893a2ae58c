//! The tables.

/// Batches of SQL in their order. A batch that was released is never edited: changes are further batches.
pub const MIGRATIONS: &[&str] = &[FIRST, PURGED, PERCEPTUAL_HASH, FILE_CHECK, SOURCES, RECOGNITION, PATHS, TEXT_FACTS];

// `item_search` holds no text, only the index (contentless FTS5): its columns are filled with tokens that `index` makes,
// separated by spaces, so the tokenizer has nothing to decide.
const FIRST: &str = "
CREATE TABLE item (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    managed INTEGER NOT NULL,
    path TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    trashed_at INTEGER,
    width INTEGER,
    height INTEGER,
    format TEXT,
    taken_at TEXT,
    camera TEXT,
    problem_code TEXT,
    problem_message TEXT,
    problem_hint TEXT,
    note TEXT NOT NULL DEFAULT '',
    has_reading INTEGER NOT NULL DEFAULT 0,
    text_len INTEGER NOT NULL DEFAULT 0,
    reads INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX item_newest ON item (added_at DESC, id DESC);
CREATE INDEX item_trashed ON item (id) WHERE trashed_at IS NOT NULL;
CREATE TABLE origin (
    id INTEGER PRIMARY KEY,
    item_id INTEGER NOT NULL REFERENCES item (id),
    kind TEXT NOT NULL,
    path TEXT,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX origin_item ON origin (item_id);
CREATE TABLE tag (
    item_id INTEGER NOT NULL REFERENCES item (id),
    position INTEGER NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (item_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE reading (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id INTEGER NOT NULL REFERENCES item (id),
    engine TEXT NOT NULL,
    engine_version TEXT NOT NULL,
    read_at INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    text TEXT NOT NULL,
    lines TEXT NOT NULL,
    UNIQUE (item_id, engine)
) STRICT;
CREATE INDEX reading_newest ON reading (read_at DESC);
CREATE VIRTUAL TABLE item_search USING fts5 (
    name, tags, note, body, grams,
    content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2'
);
";

// Deleted items whose files are still to be deleted: the rows go first, and a kill in between must not lose the files.
const PURGED: &str = "
CREATE TABLE purged (
    item_id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    managed INTEGER NOT NULL,
    path TEXT NOT NULL
) STRICT;
";

// What an image looks like, by its bytes: computed once, and kept while an item has these bytes.
const PERCEPTUAL_HASH: &str = "
CREATE TABLE perceptual_hash (
    hash TEXT PRIMARY KEY,
    across INTEGER NOT NULL,
    down INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

// What the last look at an item's original showed. `run` names the check that looked, so that one that was stopped goes on
// where it was.
const FILE_CHECK: &str = "
CREATE TABLE file_check (
    item_id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    checked_at INTEGER NOT NULL,
    trouble TEXT
) STRICT;
CREATE INDEX file_check_trouble ON file_check (run, trouble, item_id) WHERE trouble IS NOT NULL;
";

// An item of which only the text was kept is not managed and has an empty path.
const SOURCES: &str = "
ALTER TABLE item ADD COLUMN missing_at INTEGER;
ALTER TABLE origin ADD COLUMN url TEXT;
";

// `data` is JSON of all but the embedding. What a search can ask for stands beside it as facets: `kind`, `colour`, `label`,
// `object`, `symbology` and `meaning` with their names, `faces` without one, and `looked` with `objects` or `faces` where was
// looked for these. `item_facets` has the facets of one item together, as numbers of four bytes, lowest first: counting goes
// through all items. `vector` has the numbers of an embedding, one byte each, and `squares` the sum of their squares. `code` has symbology, meaning and text in lower case. `told_apart` has a row for each image of a group
// that a person told apart, by the hash of its bytes.
const RECOGNITION: &str = "
DROP TABLE perceptual_hash;
ALTER TABLE item ADD COLUMN taken_offset TEXT;
ALTER TABLE item ADD COLUMN latitude REAL;
ALTER TABLE item ADD COLUMN longitude REAL;
CREATE INDEX item_taken ON item (taken_at) WHERE taken_at IS NOT NULL;
CREATE INDEX item_place ON item (latitude, longitude, taken_at) WHERE latitude IS NOT NULL;
CREATE INDEX item_with_text ON item (text_len) WHERE text_len > 0;
CREATE TABLE recognition (
    item_id INTEGER PRIMARY KEY,
    recognised_at INTEGER NOT NULL,
    signature TEXT NOT NULL,
    across INTEGER,
    down INTEGER,
    data TEXT NOT NULL
) STRICT;
CREATE INDEX recognition_looks ON recognition (across, down) WHERE across IS NOT NULL;
CREATE TABLE facet_name (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (name, value)
) STRICT;
CREATE TABLE facet (
    facet_id INTEGER NOT NULL,
    item_id INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (facet_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE item_facets (
    item_id INTEGER PRIMARY KEY,
    facets BLOB NOT NULL
) STRICT;
CREATE TABLE code (
    item_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (item_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE embedding (
    item_id INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    squares INTEGER NOT NULL,
    vector BLOB NOT NULL
) STRICT;
CREATE TABLE wrong (
    item_id INTEGER NOT NULL,
    part TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (item_id, part, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE told_apart (
    hash TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (hash, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_apart_name ON told_apart (name);
";

// Storages tell of files by their paths.
const PATHS: &str = "CREATE INDEX item_path ON item (path) WHERE managed = 1";

// What one can act on in the shown text of an item. `value` of a day is as `2026-11-23`, of an amount the code of its currency, and `number`
// how much, in thousandths. `facts_by` says which finder looked through the text; 0 is none yet.
const TEXT_FACTS: &str = "
CREATE TABLE text_fact (
    item_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    number INTEGER
) STRICT;
CREATE INDEX text_fact_item ON text_fact (item_id);
CREATE INDEX text_fact_value ON text_fact (kind, value, item_id);
CREATE INDEX text_fact_number ON text_fact (kind, number, value, item_id) WHERE number IS NOT NULL;
ALTER TABLE item ADD COLUMN facts_by INTEGER NOT NULL DEFAULT 0;
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Listing, item, page};
    use crate::testing::{database, new_item};
    use crate::{ItemId, Query};
    use rusqlite::Connection;

    /// What the tables and indexes of a database are.
    fn schema(conn: &Connection) -> Vec<String> {
        let mut select = conn.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
        select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_database_of_each_earlier_version_becomes_one_of_this() {
        for released in 1..MIGRATIONS.len() {
            let conn = Connection::open_in_memory().unwrap();
            MIGRATIONS[..released].iter().for_each(|batch| conn.execute_batch(batch).unwrap());
            let (new, _) = new_item("a.png", 7);
            let sql = "INSERT INTO item (hash, name, size, managed, path, added_at, width, height, format, taken_at) \
                       VALUES (?1, 'a.png', 5, 1, '1970/01/a.png', 7, 8, 6, 'png', '2024-02-03T04:05:06')";
            conn.execute(sql, [new.hash.as_str()]).unwrap();
            if (3..6).contains(&released) {
                conn.execute("INSERT INTO perceptual_hash VALUES (?1, 1, 2)", [new.hash.as_str()]).unwrap();
            }
            MIGRATIONS[released..].iter().for_each(|batch| conn.execute_batch(batch).unwrap());
            assert_eq!(schema(&conn), schema(&database()), "from {released}");
            let facts = item(&conn, ItemId(1)).unwrap().unwrap().summary.facts.unwrap();
            assert_eq!((facts.width, facts.place()), (8, None));
            let query = Some(Query::parse("taken:2024-02 -has:place -kind:"));
            assert_eq!(page(&conn, &Listing { query, limit: 9, ..Listing::default() }).unwrap().total, 1);
        }
    }
}
