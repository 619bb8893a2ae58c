//! What a job of upkeep did, in a few words for its history.

use crate::handlers::{CHECK_LIBRARY, CHECK_MODELS, EXPORT, FIND_DUPLICATES, READ_NEW, READ_NEWER, REBUILD, TIDY};
use serde_json::Value;

/// What came of a job of this kind, from its output; empty for kinds that schedules do not run.
pub fn words(kind: &str, output: &Value) -> String {
    let of = |field: &str| match &output[field] {
        Value::Array(list) => list.len() as u64,
        number => number.as_u64().unwrap_or(0),
    };
    let (parts, nothing) = match kind {
        READ_NEW => (vec![counted(of("queued"), "image queued", "images queued")], "Nothing new to read"),
        READ_NEWER => {
            let queued = counted(of("queued"), "image queued to be read again", "images queued to be read again");
            (vec![queued], "All readings are current")
        }
        FIND_DUPLICATES => {
            let groups = of("groups") + of("more_groups");
            (vec![counted(groups, "group of look-alikes", "groups of look-alikes")], "No look-alikes")
        }
        TIDY => (
            vec![
                counted(of("deleted_images"), "image deleted", "images deleted"),
                counted(of("deleted_files"), "leftover file deleted", "leftover files deleted"),
                some(of("freed_bytes"), |bytes| format!("{} freed", size(bytes))),
                counted(of("forgotten_jobs"), "old job forgotten", "old jobs forgotten"),
            ],
            "Nothing to tidy",
        ),
        CHECK_MODELS => match of("damaged") {
            0 => (vec![counted(of("checked"), "model is sound", "models are sound")], "No models installed"),
            damaged => (vec![format!("{damaged} of {} models damaged", of("checked"))], ""),
        },
        CHECK_LIBRARY => match of("missing") + of("changed") + of("unreadable") {
            0 => (vec![counted(of("checked"), "original is sound", "originals are sound")], "No originals to check"),
            _ => (
                vec![
                    counted(of("missing"), "original missing", "originals missing"),
                    counted(of("changed"), "original changed on disk", "originals changed on disk"),
                    counted(of("unreadable"), "original unreadable", "originals unreadable"),
                ],
                "",
            ),
        },
        EXPORT => (
            vec![
                counted(of("written"), "text written", "texts written"),
                counted(of("removed"), "text removed", "texts removed"),
                counted(of("unchanged"), "text unchanged", "texts unchanged"),
            ],
            "No texts to export",
        ),
        REBUILD => (
            vec![
                counted(of("restored"), "image brought back", "images brought back"),
                counted(of("found"), "image found", "images found"),
                counted(of("known"), "image known already", "images known already"),
                counted(of("unusable"), "file could not be used", "files could not be used"),
            ],
            "No images found",
        ),
        _ => return String::new(),
    };
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { nothing.to_owned() } else { parts.join(", ") }
}

/// `1 image queued`, `12 images queued`; nothing for none.
fn counted(count: u64, one: &str, many: &str) -> String {
    some(count, |count| format!("{count} {}", if count == 1 { one } else { many }))
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
        check(REBUILD, json!({ "restored": 2, "known": 0, "found": 1 }), "2 images brought back, 1 image found");
        check("import", json!({ "new": 1 }), "");
        check(TIDY, json!(null), "Nothing to tidy");
    }
}
