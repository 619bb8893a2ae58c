//! The tables.

/// Batches of SQL in their order. A batch that was released is never edited: changes are further batches.
pub const MIGRATIONS: &[&str] = &[SOURCES];

// What a source has seen belongs to it and goes with it; the items stay. An item is known here by its number only: the
// library may have deleted it since.
const SOURCES: &str = "
CREATE TABLE source (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    spec TEXT NOT NULL,
    filing TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE source_state (
    source INTEGER PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE,
    watching TEXT,
    looked_at INTEGER,
    found_at INTEGER,
    found INTEGER NOT NULL DEFAULT 0,
    problem_at INTEGER,
    problem_code TEXT,
    problem_message TEXT,
    problem_hint TEXT,
    cursor TEXT
) STRICT;
CREATE TABLE source_item (
    item INTEGER NOT NULL,
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    filed_at INTEGER,
    PRIMARY KEY (item, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_item_source ON source_item (source);
";
