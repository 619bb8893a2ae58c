//! The tables.

/// Batches of SQL in their order. A batch that was released is never edited: changes are further batches.
pub const MIGRATIONS: &[&str] = &[SOURCES, FILES, PAGES, MOVE_PROBLEMS, REFUSED, REMOTE_FILES];

// `made`: the item would not be there without this source, and nobody else has offered it since.
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
    made INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (item, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_item_source ON source_item (source);
";

// A file of a watched folder is known by its folder and its name, relative to the watched folder, as `legible_paths` writes
// paths: its rows lie together, so that a look reads one folder at a time. `file_id` is 16 bytes, the highest first. A
// file is taken (hash and item) or refused (code and message), and may be missing in either case. A file whose name another
// one took is kept in `source_displaced` by its number, should it turn up again; `gone_since` is the first whole look that
// did not find it.
const FILES: &str = "
CREATE TABLE source_file (
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    dir TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    file_id BLOB,
    hash TEXT,
    item INTEGER,
    refused_code TEXT,
    refused_message TEXT,
    missing_since INTEGER,
    PRIMARY KEY (source, dir, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_file_id ON source_file (file_id);
CREATE INDEX source_file_item ON source_file (item) WHERE item IS NOT NULL;
CREATE TABLE source_displaced (
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    file_id BLOB NOT NULL,
    dir TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    hash TEXT,
    item INTEGER,
    refused_code TEXT,
    refused_message TEXT,
    missing_since INTEGER,
    gone_since INTEGER,
    PRIMARY KEY (source, file_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE source_root (
    source INTEGER PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE,
    file_id BLOB NOT NULL
) STRICT;
";

// Addresses of servers, each as its source sees it. What is not of an outcome is NULL.
const PAGES: &str = "
CREATE TABLE source_page (
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    fetched_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    hash TEXT,
    item INTEGER,
    outcome TEXT NOT NULL,
    links TEXT,
    side INTEGER,
    reason TEXT,
    lasting INTEGER,
    retry_at INTEGER,
    PRIMARY KEY (source, url)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_page_seen ON source_page (source, seen_at);
";

// Why a file that was read could not be moved away. Looks that find all well do not clear it.
const MOVE_PROBLEMS: &str = "
ALTER TABLE source_state ADD COLUMN move_problem_at INTEGER;
ALTER TABLE source_state ADD COLUMN move_problem_code TEXT;
ALTER TABLE source_state ADD COLUMN move_problem_message TEXT;
ALTER TABLE source_state ADD COLUMN move_problem_hint TEXT;
";

// What could not be used stands on its source: it is counted whenever that is shown.
const REFUSED: &str = "
CREATE INDEX source_file_refused ON source_file (source) WHERE item IS NULL AND missing_since IS NULL;
CREATE INDEX source_page_refused ON source_page (source) WHERE outcome = 'refused';
";

// A file of a remote folder, by what its storage calls it. It is taken (hash and item) or refused (why). Of the text beside it:
// `text_due` counts how often it became another since it was written, 0 where nothing is due, -1 where the picture was not there; `text_meant` is the hash of what was
// about to be written when that was noted, `text_written` of what was.
const REMOTE_FILES: &str = "
CREATE TABLE source_remote_file (
    source INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    path TEXT NOT NULL,
    hash TEXT,
    item INTEGER,
    refused TEXT,
    text_due INTEGER NOT NULL DEFAULT 0,
    text_meant TEXT,
    text_written TEXT,
    text_problem TEXT,
    PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_remote_item ON source_remote_file (item) WHERE item IS NOT NULL;
CREATE INDEX source_remote_hash ON source_remote_file (source, hash) WHERE hash IS NOT NULL;
CREATE INDEX source_remote_due ON source_remote_file (source) WHERE text_due > 0;
CREATE INDEX source_remote_left ON source_remote_file (source) WHERE text_problem IS NOT NULL;
CREATE INDEX source_remote_refused ON source_remote_file (source) WHERE refused IS NOT NULL;
";
