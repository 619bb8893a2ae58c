//! The tables.

/// Batches of SQL in their order. A batch that was released is never edited: changes are further batches.
pub const MIGRATIONS: &[&str] = &[REMOTES, LEDGER, MARKER, UNUSABLE, GENERATION, SESSIONS, CONTENTS];

// `spec`, `capabilities` and `outcome` are JSON of who calls. None of them holds a secret. The `state` of a session may be one: who calls
// seals it.
const REMOTES: &str = "
CREATE TABLE cloud_remote (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    spec TEXT NOT NULL,
    capabilities TEXT,
    enabled INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE cloud_state (
    remote INTEGER PRIMARY KEY REFERENCES cloud_remote (id) ON DELETE CASCADE,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    outcome TEXT,
    problem TEXT
) STRICT;
";

// What was in step belongs to its remote and goes with it. Gists lie apart: they are large, and asked for one at a time.
const LEDGER: &str = "
CREATE TABLE cloud_in_step (
    remote INTEGER NOT NULL REFERENCES cloud_remote (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    hash BLOB NOT NULL,
    size INTEGER NOT NULL,
    revision TEXT NOT NULL,
    PRIMARY KEY (remote, path)
) STRICT, WITHOUT ROWID;
CREATE TABLE cloud_gist (
    remote INTEGER NOT NULL REFERENCES cloud_remote (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    gist BLOB NOT NULL,
    PRIMARY KEY (remote, path)
) STRICT;
CREATE TABLE cloud_cursor (
    remote INTEGER PRIMARY KEY REFERENCES cloud_remote (id) ON DELETE CASCADE,
    cursor TEXT NOT NULL
) STRICT;
CREATE TABLE cloud_seen (
    remote INTEGER NOT NULL REFERENCES cloud_remote (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    id TEXT,
    revision TEXT NOT NULL,
    size INTEGER NOT NULL,
    digest_kind TEXT,
    digest TEXT,
    modified INTEGER,
    PRIMARY KEY (remote, path)
) STRICT, WITHOUT ROWID;
CREATE TABLE cloud_session (
    remote INTEGER NOT NULL REFERENCES cloud_remote (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    hash BLOB NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (remote, path, hash)
) STRICT, WITHOUT ROWID;
";

const MARKER: &str = "
CREATE TABLE cloud_marker (
    remote INTEGER PRIMARY KEY REFERENCES cloud_remote (id) ON DELETE CASCADE,
    name TEXT NOT NULL
) STRICT;
";

// What was seen before this was not noted: marks are forgotten, and all is listed once.
const UNUSABLE: &str = "
CREATE TABLE cloud_unusable (
    remote INTEGER NOT NULL REFERENCES cloud_remote (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    why TEXT NOT NULL,
    id TEXT
) STRICT;
CREATE INDEX cloud_unusable_remote ON cloud_unusable (remote);
DELETE FROM cloud_cursor;
";

// How often a remote was made another place: what a run notes of the place that it began with is not noted of the next.
const GENERATION: &str = "
ALTER TABLE cloud_remote ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
";

// Sessions of before lie here as they are, and some let in whoever has them: they are wiped, and those uploads begin anew.
const SESSIONS: &str = "
PRAGMA secure_delete = ON;
DELETE FROM cloud_session;
PRAGMA secure_delete = OFF;
";

// Where else a content lies is asked for each image that is put away.
const CONTENTS: &str = "
CREATE INDEX cloud_in_step_hash ON cloud_in_step (remote, hash);
";
