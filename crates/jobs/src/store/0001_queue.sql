-- The queue as it started. Never edit this file: add the next one.

-- Jobs that a person started together. The counts are kept by the triggers below, so that asking for
-- them costs one row however large the group is, and so that they outlive pruned jobs.
CREATE TABLE job_group (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    label      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    total      INTEGER NOT NULL DEFAULT 0,
    succeeded  INTEGER NOT NULL DEFAULT 0,
    failed     INTEGER NOT NULL DEFAULT 0,
    cancelled  INTEGER NOT NULL DEFAULT 0,
    sealed     INTEGER NOT NULL DEFAULT 0,
    ended_at   INTEGER,
    told_at    INTEGER
) STRICT;

CREATE INDEX job_group_open ON job_group (id) WHERE ended_at IS NULL;
CREATE INDEX job_group_untold ON job_group (ended_at, id) WHERE ended_at IS NOT NULL AND told_at IS NULL;

CREATE TABLE job (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    kind                TEXT    NOT NULL,
    payload             TEXT    NOT NULL,
    subject             TEXT,
    title               TEXT    NOT NULL,
    priority            INTEGER NOT NULL,
    group_id            INTEGER REFERENCES job_group (id),
    unique_key          TEXT,
    max_attempts        INTEGER NOT NULL CHECK (max_attempts > 0),
    backoff_kind        TEXT    NOT NULL,
    backoff_initial_ms  INTEGER NOT NULL,
    backoff_max_ms      INTEGER NOT NULL,
    state               TEXT    NOT NULL
        CHECK (state IN ('enqueued', 'blocked', 'running', 'succeeded', 'failed', 'cancelled')),
    run_at              INTEGER NOT NULL,
    attempts            INTEGER NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND max_attempts),
    owner               TEXT,
    lease_id            INTEGER,
    lease_until         INTEGER,
    cancel_requested_at INTEGER,
    progress_fraction   REAL,
    progress_words      TEXT,
    output              TEXT,
    reason_code         TEXT,
    reason_message      TEXT,
    reason_hint         TEXT,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    started_at          INTEGER,
    finished_at         INTEGER,
    CHECK ((state = 'running') = (owner IS NOT NULL AND lease_id IS NOT NULL AND lease_until IS NOT NULL)),
    CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
) STRICT;

CREATE INDEX job_ready ON job (kind, priority DESC, run_at, id) WHERE state = 'enqueued';
CREATE INDEX job_due ON job (run_at) WHERE state = 'enqueued';
CREATE INDEX job_running ON job (owner) WHERE state = 'running';
CREATE INDEX job_state ON job (state, id);
CREATE INDEX job_subject ON job (subject) WHERE subject IS NOT NULL;
CREATE INDEX job_of_group ON job (group_id, kind, state) WHERE group_id IS NOT NULL;
CREATE INDEX job_finished ON job (finished_at) WHERE finished_at IS NOT NULL;
-- A job that is being cancelled gives its unique name up: what is asked for afterwards must not vanish with it.
CREATE UNIQUE INDEX job_unique ON job (unique_key)
    WHERE unique_key IS NOT NULL AND state IN ('enqueued', 'blocked', 'running') AND cancel_requested_at IS NULL;

-- One row per claim. Its id is the fence: an acknowledgement counts only while the job still points at it.
CREATE TABLE job_attempt (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id         INTEGER NOT NULL REFERENCES job (id),
    attempt        INTEGER NOT NULL,
    owner          TEXT    NOT NULL,
    started_at     INTEGER NOT NULL,
    ended_at       INTEGER,
    outcome        TEXT
        CHECK (outcome IN ('succeeded', 'retried', 'failed', 'released', 'cancelled', 'crashed')),
    reason_code    TEXT,
    reason_message TEXT,
    reason_hint    TEXT,
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT;

CREATE INDEX job_attempt_of_job ON job_attempt (job_id, id);

-- Switches of the whole queue; always exactly one row.
CREATE TABLE job_queue (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    paused INTEGER NOT NULL
) STRICT;

INSERT INTO job_queue (id, paused) VALUES (1, 0);

-- How many jobs are in each state, kept by triggers: the window asks often, and counting 100,000 jobs takes long.
CREATE TABLE job_count (
    state TEXT    PRIMARY KEY,
    n     INTEGER NOT NULL CHECK (n >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO job_count (state, n)
VALUES ('enqueued', 0), ('blocked', 0), ('running', 0), ('succeeded', 0), ('failed', 0), ('cancelled', 0);

CREATE TRIGGER job_count_enters AFTER INSERT ON job
BEGIN
    UPDATE job_count SET n = n + 1 WHERE state = NEW.state;
END;

CREATE TRIGGER job_count_moves AFTER UPDATE OF state ON job WHEN OLD.state <> NEW.state
BEGIN
    UPDATE job_count SET n = n - 1 WHERE state = OLD.state;
    UPDATE job_count SET n = n + 1 WHERE state = NEW.state;
END;

CREATE TRIGGER job_count_leaves AFTER DELETE ON job
BEGIN
    UPDATE job_count SET n = n - 1 WHERE state = OLD.state;
END;

CREATE TRIGGER job_group_grows AFTER INSERT ON job WHEN NEW.group_id IS NOT NULL
BEGIN
    UPDATE job_group SET total = total + 1, changed_at = NEW.created_at WHERE id = NEW.group_id;
END;

CREATE TRIGGER job_group_counts AFTER UPDATE OF state ON job
WHEN NEW.group_id IS NOT NULL AND OLD.state <> NEW.state
    AND (OLD.finished_at IS NOT NULL OR NEW.finished_at IS NOT NULL)
BEGIN
    UPDATE job_group SET
        succeeded  = succeeded + (NEW.state = 'succeeded') - (OLD.state = 'succeeded'),
        failed     = failed + (NEW.state = 'failed') - (OLD.state = 'failed'),
        cancelled  = cancelled + (NEW.state = 'cancelled') - (OLD.state = 'cancelled'),
        changed_at = NEW.updated_at
    WHERE id = NEW.group_id;
END;

-- A sealed group ends with its last job. A retry opens it again, and its next end is told again.
CREATE TRIGGER job_group_ends AFTER UPDATE OF sealed, succeeded, failed, cancelled ON job_group
WHEN (NEW.ended_at IS NULL) = (NEW.sealed AND NEW.total = NEW.succeeded + NEW.failed + NEW.cancelled)
BEGIN
    UPDATE job_group SET
        ended_at = CASE WHEN NEW.ended_at IS NULL THEN NEW.changed_at END,
        told_at  = NULL
    WHERE id = NEW.id;
END;
