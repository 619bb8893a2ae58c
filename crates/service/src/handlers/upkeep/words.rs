//! What a job of upkeep did, in a few words for its history, and whether that is worth a notification.

use crate::handlers::rebuild::named_unusable;
use crate::handlers::{
    CHECK_LIBRARY, CHECK_MODELS, EXPORT, FIND_DUPLICATES, FIND_FACTS, FORGET_SEEN, READ_NEW, READ_NEWER, REBUILD,
    RECOGNISE_NEW, TIDY,
};
use crate::letters;
use serde_json::Value;

/// What came of a job of this kind, from its output; empty for kinds that schedules do not run.
pub fn words(kind: &str, output: &Value) -> String {
    let of = |field| number(output, field);
    let counted = |field, one, many| counted(of(field), one, many);
    let (parts, nothing) = match kind {
        READ_NEW => (vec![counted("queued", "image queued", "images queued")], "Nothing new to read"),
        READ_NEWER => {
            let queued = counted("queued", "image queued to be read again", "images queued to be read again");
            (vec![queued], "All readings are current")
        }
        RECOGNISE_NEW => {
            (vec![counted("queued", "image queued", "images queued")], "What all images show is recognised")
        }
        FIND_DUPLICATES => {
            let groups = of("groups") + of("more_groups");
            (vec![self::counted(groups, "group of look-alikes", "groups of look-alikes")], "No look-alikes")
        }
        FIND_FACTS => {
            (vec![counted("texts", "text looked through", "texts looked through")], "Nothing to look through")
        }
        TIDY => {
            let images = counted("deleted_images", "image deleted", "images deleted");
            let files = counted("deleted_files", "leftover file deleted", "leftover files deleted");
            let freed = some(of("freed_bytes"), |bytes| format!("{} freed", size(bytes)));
            let jobs = counted("forgotten_jobs", "old job forgotten", "old jobs forgotten");
            (vec![images, files, freed, jobs], "Nothing to tidy")
        }
        CHECK_MODELS => match of("damaged") {
            0 => (vec![counted("checked", "model is sound", "models are sound")], "No models installed"),
            damaged => (vec![format!("{damaged} of {} models damaged", of("checked"))], ""),
        },
        CHECK_LIBRARY if !is_news(kind, output) => {
            (vec![counted("checked", "original is sound", "originals are sound")], "No originals to check")
        }
        CHECK_LIBRARY => {
            let missing = counted("missing", "original missing", "originals missing");
            let changed = counted("changed", "original changed on disk", "originals changed on disk");
            let unreadable = counted("unreadable", "original unreadable", "originals unreadable");
            (vec![missing, changed, unreadable], "")
        }
        EXPORT => {
            let written = counted("written", "text written", "texts written");
            let removed = counted("removed", "text removed", "texts removed");
            let unchanged = counted("unchanged", "text unchanged", "texts unchanged");
            (vec![written, removed, unchanged], "No texts to export")
        }
        REBUILD => {
            let restored = counted("restored", "image brought back", "images brought back");
            let found = counted("found", "image found", "images found");
            let known = counted("known", "image known already", "images known already");
            let mut unusable = counted("unusable", "file could not be used", "files could not be used");
            let named = named_unusable(output);
            if !named.is_empty() {
                unusable += &format!(": {named}");
            }
            (vec![restored, found, known, unusable], "No images found")
        }
        FORGET_SEEN => {
            let of = counted("forgotten", "image", "images");
            (
                vec![if of.is_empty() { of } else { format!("What models saw in {of} is forgotten") }],
                "Nothing to forget",
            )
        }
        _ => return String::new(),
    };
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { nothing.to_owned() } else { parts.join(", ") }
}

/// Whether what came of a job is news: something was made, is gone or is wrong. That all is as it was is none, and
/// readings tell themselves, as the batch that they are.
pub fn is_news(kind: &str, output: &Value) -> bool {
    let fields: &[&str] = match kind {
        FIND_DUPLICATES => &["groups"],
        TIDY => &["deleted_images"],
        CHECK_MODELS => &["damaged"],
        CHECK_LIBRARY => &["missing", "changed", "unreadable"],
        EXPORT => &["written", "removed"],
        REBUILD => &["restored", "found", "unusable"],
        _ => &[],
    };
    fields.iter().any(|field| number(output, field) > 0)
}

/// Whether a job has put work on images into the queue, which is a batch.
pub fn has_batch(kind: &str, output: &Value) -> bool {
    matches!(kind, READ_NEW | READ_NEWER | RECOGNISE_NEW) && number(output, "queued") > 0
}

/// The number in a field, or how many the field lists.
fn number(output: &Value, field: &str) -> u64 {
    match &output[field] {
        Value::Array(list) => list.len() as u64,
        number => number.as_u64().unwrap_or(0),
    }
}

/// `1 image queued`, `12 images queued`; nothing for none.
fn counted(count: u64, one: &str, many: &str) -> String {
    some(count, |count| letters::counted(count, one, many))
}

fn some(count: u64, words: impl Fn(u64) -> String) -> String {
    if count == 0 { String::new() } else { words(count) }
}

/// Bytes in decimal units, as file managers show them.
fn size(bytes: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{:.1} {name}", bytes as f64 / unit as f64),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn outputs_read_as_sentences() {
        let check = |kind, output: Value, expected: &str| assert_eq!(words(kind, &output), expected);
        check(READ_NEW, json!({ "queued": 12 }), "12 images queued");
        check(READ_NEW, json!({ "queued": 0 }), "Nothing new to read");
        check(READ_NEWER, json!({ "queued": 1, "current": 5 }), "1 image queued to be read again");
        check(READ_NEWER, json!({ "queued": 0, "current": 5 }), "All readings are current");
        check(RECOGNISE_NEW, json!({ "queued": 2 }), "2 images queued");
        check(FIND_FACTS, json!({ "texts": 2 }), "2 texts looked through");
        check(FIND_DUPLICATES, json!({ "groups": [[1, 2], [3, 4]], "more_groups": 0 }), "2 groups of look-alikes");
        check(FIND_DUPLICATES, json!({ "groups": [[1, 2]], "more_groups": 4 }), "5 groups of look-alikes");
        check(FIND_DUPLICATES, json!({ "groups": [] }), "No look-alikes");
        let tidied = json!({ "deleted_images": 3, "deleted_files": 1, "freed_bytes": 1_234_567, "forgotten_jobs": 0 });
        check(TIDY, tidied, "3 images deleted, 1 leftover file deleted, 1.2 MB freed");
        check(TIDY, json!({ "deleted_images": 0 }), "Nothing to tidy");
        check(CHECK_MODELS, json!({ "checked": 5, "damaged": [] }), "5 models are sound");
        check(CHECK_MODELS, json!({ "checked": 5, "damaged": ["a", "b"] }), "2 of 5 models damaged");
        check(CHECK_MODELS, json!({ "checked": 0, "damaged": [] }), "No models installed");
        let changed = json!({ "checked": 9, "missing": 0, "changed": 3, "unreadable": 0, "first": ["a"] });
        check(CHECK_LIBRARY, changed, "3 originals changed on disk");
        check(CHECK_LIBRARY, json!({ "checked": 1 }), "1 original is sound");
        check(EXPORT, json!({ "written": 1, "unchanged": 2, "removed": 0 }), "1 text written, 2 texts unchanged");
        check(FORGET_SEEN, json!({ "forgotten": 2 }), "What models saw in 2 images is forgotten");
        check(FORGET_SEEN, json!({ "forgotten": 0 }), "Nothing to forget");
        check(REBUILD, json!({ "restored": 2, "known": 0, "found": 1 }), "2 images brought back, 1 image found");
        check("import", json!({ "new": 1 }), "");
        check(TIDY, json!(null), "Nothing to tidy");
    }

    #[test]
    fn only_what_was_done_or_is_wrong_is_news() {
        let check = |kind, output: Value, expected| assert_eq!(is_news(kind, &output), expected, "{kind} {output}");
        check(READ_NEW, json!({ "queued": 12 }), false);
        check(FIND_DUPLICATES, json!({ "groups": [[1, 2]] }), true);
        check(FIND_DUPLICATES, json!({ "groups": [] }), false);
        check(TIDY, json!({ "deleted_images": 0, "deleted_files": 4 }), false);
        check(TIDY, json!({ "deleted_images": 1 }), true);
        check(CHECK_MODELS, json!({ "checked": 5, "damaged": [] }), false);
        check(CHECK_MODELS, json!({ "checked": 5, "damaged": ["a"] }), true);
        check(CHECK_LIBRARY, json!({ "checked": 9, "changed": 1 }), true);
        check(EXPORT, json!({ "unchanged": 9 }), false);
        check(REBUILD, json!({ "known": 9 }), false);
        check("import", json!({ "new": 1 }), false);
    }
}
