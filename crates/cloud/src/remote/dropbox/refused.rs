//! What Dropbox says no with: a tag, and within it another one that tells more
//! (<https://www.dropbox.com/developers/documentation/http/documentation#error-handling>).

use crate::error::{Error, needs_you, sign_in};
use crate::remote::rest::Refused;
use crate::words::short;
use serde::Deserialize;
use serde_json::Value;

/// An error as Dropbox words it.
#[derive(Default)]
pub(super) struct Said {
    /// From the outermost tag to the innermost.
    tags: Vec<String>,
    /// What has the innermost one.
    inner: Value,
    summary: String,
}

#[derive(Deserialize)]
struct Words {
    error: Value,
    #[serde(default)]
    error_summary: String,
}

impl Said {
    pub fn of(refused: &Refused) -> Self {
        refused.json::<Words>().map(Said::read).unwrap_or_default()
    }

    fn read(words: Words) -> Self {
        let mut said = Said { tags: Vec::new(), inner: words.error, summary: words.error_summary };
        while let Some(tag) = said.inner.get(".tag").and_then(Value::as_str).map(str::to_owned) {
            let next = [tag.as_str(), "reason"]
                .into_iter()
                .find_map(|key| said.inner.get(key).filter(|next| next.is_object()));
            let next = next.cloned();
            said.tags.push(tag);
            let Some(next) = next else { break };
            said.inner = next;
        }
        said
    }

    /// Whether one of its tags is this.
    pub fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|has| has == tag)
    }

    /// Where an upload is, if it is elsewhere than was said.
    pub fn correct_offset(&self) -> Option<u64> {
        self.inner.get("correct_offset").filter(|_| self.has("incorrect_offset"))?.as_u64()
    }
}

/// Others write to the same account; nothing was done.
pub(super) fn is_busy(refused: &Refused) -> bool {
    Said::of(refused).has("too_many_write_operations")
}

/// The error for a refusal about a file, or about the folder where `path` is empty.
pub(super) fn error(refused: &Refused, path: &str) -> Error {
    let said = Said::of(refused);
    let file = |message: &str| Error::File { path: path.to_owned(), message: message.to_owned() };
    let has = |tag: &str| said.has(tag);
    if has("conflict") && (has("folder") || has("file_ancestor")) {
        return file("a folder lies at this name, or a file at that of its folder; rename one of them");
    }
    let told = said.tags.iter().rev().find_map(|tag| {
        Some(match tag.as_str() {
            "not_found" | "not_file" | "conflict" => Error::Stale(path.to_owned()),
            "insufficient_space" => Error::may_pass("Dropbox is full: delete something there, or get more room"),
            "no_write_permission" | "access_denied" => {
                needs_you("Dropbox does not let this account write there", "Look whether the folder may be changed.")
            }
            "disallowed_name" | "malformed_path" => file("Dropbox takes no file of this name; rename it"),
            "team_folder" | "operation_suppressed" => file("Dropbox does not let it be changed there"),
            "payload_too_large" | "too_large" => file("it is too large for Dropbox"),
            "restricted_content" => file("Dropbox does not hand it out, since somebody claims a right to it"),
            "unsupported_file" => file("Dropbox can only show it"),
            "content_hash_mismatch" => {
                Error::Damaged { path: path.to_owned(), detail: "its hash is another".to_owned() }
            }
            "missing_scope" => {
                sign_in("Dropbox was not allowed to let Legible do this", "Sign in again and say yes to all of it.")
            }
            "user_suspended" => needs_you("Dropbox has suspended this account", "Ask who runs the Dropbox team."),
            "invalid_access_token" | "expired_access_token" => {
                sign_in("Dropbox does not let this account in any more", "Sign in again.")
            }
            _ => return None,
        })
    });
    let words = short(if said.summary.is_empty() { &refused.body } else { &said.summary });
    match told {
        Some(error) => error,
        // A conflict would have been told as one.
        None if refused.status == 409 && path.is_empty() => Error::may_pass(format!("Dropbox refused: {words}")),
        None if refused.status == 409 => file(&format!("Dropbox does not take it: {words}")),
        None => refused.error(&words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(error: Value) -> Said {
        Said::read(Words { error, error_summary: String::new() })
    }

    #[test]
    fn tags_lie_in_each_other() {
        let check = |error: Value, tags: &str, offset: Option<u64>| {
            let said = said(error);
            assert_eq!((said.tags.join("/").as_str(), said.correct_offset()), (tags, offset));
        };
        check(json!({".tag": "reset"}), "reset", None);
        check(json!({".tag": "path", "path": {".tag": "not_found"}}), "path/not_found", None);
        let conflict = json!({".tag": "conflict", "conflict": {".tag": "file"}});
        check(json!({".tag": "path", "reason": conflict}), "path/conflict/file", None);
        let offset = json!({".tag": "incorrect_offset", "correct_offset": 7});
        check(offset.clone(), "incorrect_offset", Some(7));
        check(json!({".tag": "lookup_failed", "lookup_failed": offset}), "lookup_failed/incorrect_offset", Some(7));
        check(json!("text"), "", None);
    }
}
