//! Every limit of this crate in one place.

/// Characters of a query that count; the rest is ignored.
pub const MAX_QUERY_CHARS: usize = 512;
/// Terms of a query that count; the rest is ignored.
pub const MAX_QUERY_TERMS: usize = 32;
/// Filters of a query (`kind:receipt`) that count; the rest is ignored.
pub const MAX_QUERY_FILTERS: usize = 16;
/// Characters of one text (a reading, a note, a name) that are indexed.
pub const MAX_INDEXED_CHARS: usize = 1_000_000;
/// Entries that one page of a listing holds at most.
pub const MAX_PAGE: usize = 500;
/// Matches that are ranked; with more the newest come first. Ranking costs about 3 µs each.
pub const MAX_RANKED: usize = 2_000;
/// Characters of the text of a code that a search for codes looks at; its words are found whole.
pub const MAX_FACET_CHARS: usize = 500;
/// Images that `similar:` finds by their embeddings at most, the most alike ones.
pub const MAX_SIMILAR: usize = 200;
/// The least cosine of embeddings that `similar:` takes for alike.
pub const LEAST_SIMILARITY: f32 = 0.5;
/// Labels that are counted for a side bar, the most frequent ones.
pub const MAX_COUNTED_LABELS: usize = 30;
/// Characters of a name that a person calls wrong.
pub const MAX_WRONG_CHARS: usize = 4_000;
/// Characters of a snippet, the marks of omission not counted.
pub const SNIPPET_CHARS: usize = 160;
/// Characters of a snippet before its first mark.
pub const SNIPPET_LEAD_CHARS: usize = 40;
/// Tags of one item.
pub const MAX_TAGS: usize = 100;
/// Characters of one tag.
pub const MAX_TAG_CHARS: usize = 200;
/// Characters of a note.
pub const MAX_NOTE_CHARS: usize = 100_000;
/// Characters of a displayed item name; longer ones are cut.
pub const MAX_ITEM_NAME_CHARS: usize = 1_000;
/// Bytes of a file name that the folder makes. With ` 999999` and `.json` it stays below the 255 bytes of common file systems.
pub const MAX_FILE_NAME_BYTES: usize = 180;
/// Bytes of a sidecar, read or written. A page of 30,000 boxed characters takes about 8 MB.
pub const MAX_SIDECAR_BYTES: u64 = 32 * 1024 * 1024;
/// Bytes of the signature of a recognition in a sidecar. It names the code and models of all its parts.
pub const MAX_SIGNATURE_BYTES: usize = 100_000;
/// Levels of folders that a scan goes down.
pub const MAX_SCAN_DEPTH: usize = 32;
/// Numbers tried when a file name is taken (`NAME 2.EXT`, `NAME 3.EXT`, ...).
pub const MAX_NAME_TRIES: usize = 100_000;
