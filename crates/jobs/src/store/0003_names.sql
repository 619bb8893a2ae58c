-- Who holds a unique name, found without reading its history. Never edit this file: add the next one.

CREATE INDEX job_holds ON job (unique_key, id)
    WHERE unique_key IS NOT NULL AND state IN ('enqueued', 'blocked', 'running');
