//! Bounds on what one job may store.

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
/// How many rows of its history a job keeps. Hand-backs do not count as attempts, so only this bounds them.
pub const MAX_HISTORY_ROWS: u32 = 200;

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
