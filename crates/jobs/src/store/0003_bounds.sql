-- Names and histories that are looked up without reading all of the past. Never edit this file: add the next one.

-- Who holds a unique name.
CREATE INDEX job_holds ON job (unique_key, id)
    WHERE unique_key IS NOT NULL AND state IN ('enqueued', 'blocked', 'running');

-- The ended runs of a schedule, of which the newest are kept.
CREATE INDEX job_ended_run ON job (schedule_id, id) WHERE schedule_id IS NOT NULL AND finished_at IS NOT NULL;
