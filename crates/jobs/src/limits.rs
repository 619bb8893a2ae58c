//! Bounds on what one job may store and on what a schedule may ask for.

/// Longest job kind, in bytes.
pub const MAX_KIND_BYTES: usize = 100;
/// Longest subject or unique name, in bytes.
pub const MAX_NAME_BYTES: usize = 4096;
/// Longest title or group label, in bytes. Longer ones are cut: they are only shown.
pub const MAX_TITLE_BYTES: usize = 500;
/// Largest payload or output as JSON text, in bytes. Larger data belongs into the library.
pub const MAX_JSON_BYTES: usize = 1 << 20;
/// Longest progress words, error message or hint, in bytes. Longer ones are cut.
pub const MAX_WORDS_BYTES: usize = 2000;
/// Most attempts one job may ask for.
pub const MAX_ATTEMPTS: u32 = 1000;
/// Longest tag, in bytes.
pub const MAX_TAG_BYTES: usize = 200;
/// Most tags of one job.
pub const MAX_TAGS: usize = 50;
/// Most jobs of one chain.
pub const MAX_CHAIN_JOBS: usize = 10_000;
/// Most schedules.
pub const MAX_SCHEDULES: usize = 20_000;
/// A time of a schedule that comes up this much late, in milliseconds, is not missed: a runner sleeps up to a minute.
pub const ON_TIME_MS: i64 = 120_000;
/// A schedule that cannot be read is looked at again after this time, in milliseconds.
pub const SET_ASIDE_MS: i64 = 3_600_000;
/// How many jobs a claim looks at together once it met one that cannot be read.
pub(crate) const DAMAGED_AT_ONCE: usize = 1000;
/// How many rows of its history a job keeps. Hand-backs do not count as attempts, so only this bounds them.
pub const MAX_HISTORY_ROWS: u32 = 200;

/// How many ended runs of one schedule are kept, the newest: one that runs every second would fill the history. Not fewer
/// than [`MAX_CAUGHT_UP`], for by its stored run a time is known that ran already.
pub const MAX_RUNS_KEPT: u32 = 1000;
const _: () = assert!(MAX_RUNS_KEPT >= MAX_CAUGHT_UP);
/// How many older runs one firing of a schedule forgets: more than it commonly adds, few enough to cost nothing.
pub(crate) const RUNS_FORGOTTEN_AT_ONCE: u32 = 100;

/// Shortest interval of a schedule, in milliseconds.
pub const MIN_INTERVAL_MS: i64 = 1000;
/// Longest interval of a schedule, in milliseconds: ten years.
pub const MAX_INTERVAL_MS: i64 = 3653 * DAY_MS;
/// Longest cron expression, in bytes.
pub const MAX_CRON_BYTES: usize = 200;
/// How far a search for a slot looks, in days: 28 years hold every combination of date and weekday between 1901 and 2099,
/// so a cron expression without a run in this time has none.
pub const HORIZON_DAYS: i64 = 28 * 366;
/// Schedules know no time before this one (1970) …
pub const EARLIEST_AT: i64 = 0;
/// … and none after this one (the year 2500).
pub const LATEST_AT: i64 = 16_725_225_600_000;
/// How far in the future the last handled slot may lie: that much a clock is set back by a traveller or by a second
/// operating system that keeps it in local time. From further on the clock had been wrong.
pub const MAX_SET_BACK_MS: i64 = 36 * 3_600_000;
/// Largest flex window, in milliseconds. A run may be early by this much, so it must stay below [`MAX_SET_BACK_MS`].
pub const MAX_FLEX_MS: i64 = DAY_MS;
/// Most missed runs of one schedule that are made up for.
pub const MAX_CAUGHT_UP: u32 = 1000;
/// Skipped slots of a wall-clock rule are counted up to this number; there are at least that many then.
pub const MAX_COUNTED: u64 = 10_000;
/// Longest wait of a watched folder until its changes settle, and longest delay by changes that never end.
pub const MAX_SETTLE_MS: i64 = DAY_MS;
/// The wait of a watched folder until its changes settle, where nobody chose one.
pub const DEFAULT_SETTLE_MS: i64 = 5000;
/// After this time a watched folder counts as changed even if changes go on, where nobody chose another.
pub const DEFAULT_MAX_DELAY_MS: i64 = 300_000;

pub(crate) const DAY_MS: i64 = 86_400_000;

/// The start of `text` that fits into `bytes`, cut between characters.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn cuts_between_characters() {
        let check = |text: &str, bytes, expected: &str| assert_eq!(cut(text, bytes), expected);
        check("", 3, "");
        check("abc", 3, "abc");
        check("abcd", 3, "abc");
        check("发票", 3, "发");
        check("发票", 5, "发");
        check("发票", 2, "");
    }
}
