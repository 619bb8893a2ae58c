//! The tables.

/// Batches of SQL in their order. A batch that was released is never edited: changes are further batches.
pub const MIGRATIONS: &[&str] = &[FIRST, PURGED, PERCEPTUAL_HASH, FILE_CHECK, SOURCES, RECOGNITION];

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

// `data` is JSON. What a search can ask for stands beside it as facets: `kind` with its name, `colour` with its name, `code`
// with its symbology, meaning and text in lower case.
const RECOGNITION: &str = "
CREATE TABLE recognition (
    item_id INTEGER PRIMARY KEY,
    recognised_at INTEGER NOT NULL,
    signature TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;
CREATE TABLE facet (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    PRIMARY KEY (name, value, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX facet_item ON facet (item_id);
CREATE INDEX item_taken ON item (taken_at) WHERE taken_at IS NOT NULL;
";
