-- Times that a clock far in the future passed over. Never edit this file: add the next one.

-- The schedules with a time of their own that have none left, which are few: a clock that was set back may give them one.
CREATE INDEX schedule_spent ON schedule (handled_at) WHERE enabled AND next_at IS NULL AND trigger_key IS NULL;
