//! How Dropbox says what it does not do: 409 with a tagged union, 400 in words, 401 and 429 in forms of their own.

use crate::web::Answer;
use serde_json::{Map, Value, json};

/// One case of a union, with its fields.
pub fn tagged(tag: &str, fields: &[(&str, Value)]) -> Value {
    let mut value = Map::from_iter([(".tag".to_owned(), Value::from(tag))]);
    value.extend(fields.iter().map(|(name, field)| ((*name).to_owned(), field.clone())));
    value.into()
}

/// Unions in each other: `path/conflict/file` is a path whose reason is a conflict that is a file.
pub fn nested(tags: &str) -> Value {
    match tags.split_once('/') {
        None => tagged(tags, &[]),
        Some((tag, rest)) => tagged(tag, &[(tag, nested(rest))]),
    }
}

/// An error of an endpoint.
pub fn conflict(error: &Value) -> Answer {
    let error_summary = summary(error) + "/..";
    Answer::json(409, &json!({"error_summary": error_summary, "error": error}))
}

/// The same for unions in each other.
pub fn error(tags: &str) -> Answer {
    conflict(&nested(tags))
}

/// The error of an upload, whose path says more than others.
pub fn upload_error(reason: &str) -> Answer {
    conflict(&tagged("path", &[("reason", nested(reason)), ("upload_session_id", "AAAAAAAAfake".into())]))
}

pub fn unauthorized(tag: &str) -> Answer {
    Answer::json(401, &json!({"error_summary": format!("{tag}/..."), "error": {".tag": tag}}))
}

pub fn missing_scope(scope: &str) -> Answer {
    let error = tagged("missing_scope", &[("required_scope", scope.into())]);
    Answer::json(401, &json!({"error_summary": "missing_scope/...", "error": error}))
}

/// Dropbox is not able to, or not willing now.
pub fn refusal(status: u16, retry_after: Option<u64>) -> Answer {
    let answer = match status {
        401 => unauthorized("invalid_access_token"),
        429 => {
            let error = json!({"reason": {".tag": "too_many_requests"}, "retry_after": retry_after.unwrap_or(1)});
            Answer::json(429, &json!({"error_summary": "too_many_requests/..", "error": error}))
        }
        status => Answer::text(status, "Something went wrong."),
    };
    match retry_after {
        Some(seconds) => answer.with("retry-after", seconds.to_string()),
        None => answer,
    }
}

fn summary(error: &Value) -> String {
    let tag = error[".tag"].as_str().unwrap_or_default();
    let inner = error.get(tag).or(error.get("reason")).filter(|inner| inner.is_object());
    inner.map_or(tag.to_owned(), |inner| format!("{tag}/{}", summary(inner)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_in_the_words_of_dropbox() {
        let check = |answer: Answer, expected: Value| {
            assert_eq!((answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap()), (409, expected));
        };
        let path = json!({".tag": "path", "path": {".tag": "not_found"}});
        check(error("path/not_found"), json!({"error_summary": "path/not_found/..", "error": path}));
        let reason = json!({".tag": "conflict", "conflict": {".tag": "file"}});
        let path = json!({".tag": "path", "reason": reason, "upload_session_id": "AAAAAAAAfake"});
        check(upload_error("conflict/file"), json!({"error_summary": "path/conflict/file/..", "error": path}));
    }
}
