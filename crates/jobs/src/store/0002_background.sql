-- Conditions, tags, chains, budgets and schedules. Never edit this file: add the next one.

-- What the job needs of the machine, as JSON; empty for nothing. One text for one need, so that an index can hold it.
ALTER TABLE job ADD COLUMN needs TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN budget_ms INTEGER;
ALTER TABLE job ADD COLUMN keep_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN merger TEXT NOT NULL DEFAULT 'overwriting';
ALTER TABLE job ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
-- Whether a person lets the running job rest.
ALTER TABLE job ADD COLUMN resting INTEGER NOT NULL DEFAULT 0;
-- The first job of the chain that this one came with or was appended to.
ALTER TABLE job ADD COLUMN chain_id INTEGER;
-- No reference: the history outlives a schedule that is removed.
ALTER TABLE job ADD COLUMN schedule_id INTEGER;
ALTER TABLE job ADD COLUMN scheduled_for INTEGER;

DROP INDEX job_ready;
CREATE INDEX job_ready ON job (kind, needs, priority DESC, run_at, id) WHERE state = 'enqueued';

-- All jobs of a chain hold its name together, so the name is kept unique by who enqueues, in its transaction.
DROP INDEX job_unique;
CREATE INDEX job_named ON job (unique_key, id) WHERE unique_key IS NOT NULL;

-- One time of a schedule is run once, whatever the clock does.
CREATE UNIQUE INDEX job_slot ON job (schedule_id, scheduled_for)
    WHERE schedule_id IS NOT NULL AND scheduled_for IS NOT NULL;
CREATE INDEX job_of_schedule ON job (schedule_id, id) WHERE schedule_id IS NOT NULL;

CREATE TABLE job_tag (
    job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    tag    TEXT    NOT NULL,
    PRIMARY KEY (job_id, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_tagged ON job_tag (tag, job_id);

-- Who waits for whom: for its success, or for any end of it.
CREATE TABLE job_dependency (
    job_id       INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    prerequisite INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    edge         TEXT    NOT NULL CHECK (edge IN ('success', 'end')),
    PRIMARY KEY (job_id, prerequisite)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_dependents ON job_dependency (prerequisite, job_id);

ALTER TABLE job_queue ADD COLUMN cancelled_all_at INTEGER;

CREATE TABLE schedule (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    name               TEXT    NOT NULL UNIQUE,
    title              TEXT    NOT NULL,
    kind               TEXT    NOT NULL,
    payload            TEXT    NOT NULL,
    subject            TEXT,
    tags               TEXT    NOT NULL,
    priority           INTEGER NOT NULL,
    max_attempts       INTEGER NOT NULL CHECK (max_attempts > 0),
    backoff_kind       TEXT    NOT NULL,
    backoff_initial_ms INTEGER NOT NULL,
    backoff_max_ms     INTEGER NOT NULL,
    budget_ms          INTEGER,
    needs              TEXT    NOT NULL,
    rule               TEXT    NOT NULL,
    zone               TEXT    NOT NULL,
    missed             TEXT    NOT NULL,
    overlap            TEXT    NOT NULL CHECK (overlap IN ('skip', 'queue', 'replace', 'allow')),
    flex_ms            INTEGER NOT NULL,
    enabled            INTEGER NOT NULL,
    generation         INTEGER NOT NULL DEFAULT 1,
    -- What starts it when it is not a time: 'app_start', 'network_back', 'plugged_in', 'folder', 'ended:ID'.
    trigger_key        TEXT,
    -- When the first change came that it was not yet run for.
    triggered_at       INTEGER,
    -- The last of its times that was dealt with.
    handled_at         INTEGER NOT NULL,
    -- When it is to be looked at next.
    next_at            INTEGER,
    -- A time set by hand, in place of the next one.
    override_at        INTEGER,
    -- How many of its times were not run: missed, or the last run went on.
    skipped            INTEGER NOT NULL DEFAULT 0,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL
) STRICT;

CREATE INDEX schedule_next ON schedule (next_at) WHERE enabled AND next_at IS NOT NULL;
CREATE INDEX schedule_handled ON schedule (handled_at) WHERE enabled AND next_at IS NOT NULL;
CREATE INDEX schedule_triggered ON schedule (trigger_key) WHERE enabled AND trigger_key IS NOT NULL;
