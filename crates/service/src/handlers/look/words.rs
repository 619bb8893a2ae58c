//! What a look found, in a few words for the history of its source.

use super::Outcome;
use crate::letters;
use serde_json::Value;

/// The words for the output of a look: that nothing is new is a result.
pub fn words(output: &Value) -> String {
    let Ok(outcome) = serde_json::from_value::<Outcome>(output.clone()) else { return String::new() };
    let Outcome { new, known, moved, missing, back, refused, waiting, reasons, more } = outcome;
    let parts = [
        counted(new, "new image", "new images"),
        counted(known, "image known already", "images known already"),
        counted(moved, "file moved", "files moved"),
        counted(back, "file back", "files back"),
        counted(missing, "file gone", "files gone"),
        counted(refused, "could not be used", "could not be used"),
        counted(waiting, "left for later", "left for later"),
        more.then(|| "more to come".to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let mut words = if parts.is_empty() { "Nothing new".to_owned() } else { parts.join(", ") };
    if let Some(first) = reasons.first() {
        words.push_str(": ");
        words.push_str(first);
    }
    words
}

/// What a look left out or left for later, with the first reason; `None` when it got through all of it.
pub fn remark(output: &Value) -> Option<String> {
    let Outcome { refused, waiting, reasons, .. } = serde_json::from_value(output.clone()).ok()?;
    let parts = [
        counted(refused, "could not be used", "could not be used"),
        counted(waiting, "left for later", "left for later"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let reason = reasons.first().map_or_else(String::new, |first| format!(": {first}"));
    (!parts.is_empty()).then(|| parts.join(", ") + &reason)
}

/// Why a look left something out, as far as it was kept.
pub fn reasons(output: &Value) -> Vec<String> {
    serde_json::from_value::<Outcome>(output.clone()).map(|outcome| outcome.reasons).unwrap_or_default()
}

fn counted(count: u32, one: &str, many: &str) -> Option<String> {
    (count > 0).then(|| letters::counted(count.into(), one, many))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn outputs_read_as_sentences() {
        let check = |output: Value, expected: &str| assert_eq!(words(&output), expected, "{output}");
        check(json!({}), "Nothing new");
        check(json!({ "new": 1, "known": 2 }), "1 new image, 2 images known already");
        check(json!({ "moved": 1, "missing": 2, "back": 1 }), "1 file moved, 1 file back, 2 files gone");
        let refused = json!({ "refused": 1, "reasons": ["a.png: it is no image"] });
        check(refused, "1 could not be used: a.png: it is no image");
        check(json!({ "waiting": 3, "more": true }), "3 left for later, more to come");
        check(json!([]), "Nothing new");
    }

    #[test]
    fn what_was_left_out_is_a_remark() {
        let check =
            |output: Value, expected: Option<&str>| assert_eq!(remark(&output).as_deref(), expected, "{output}");
        check(json!({ "new": 3, "known": 1 }), None);
        check(json!({ "new": 3, "refused": 1, "reasons": ["a: no", "b: no"] }), Some("1 could not be used: a: no"));
        check(json!({ "waiting": 2 }), Some("2 left for later"));
        check(json!([]), None);
    }
}
