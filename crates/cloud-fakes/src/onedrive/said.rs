//! How Microsoft Graph says what it does not do (<https://learn.microsoft.com/graph/errors>).

use crate::web::Answer;
use serde_json::json;

pub fn error(status: u16, code: &str, message: &str) -> Answer {
    let inner = json!({"date": "2026-01-01T00:00:00", "request-id": "00000000-0000-0000-0000-000000000000"});
    Answer::json(status, &json!({"error": {"code": code, "message": message, "innerError": inner}}))
}

pub fn not_found() -> Answer {
    error(404, "itemNotFound", "The resource could not be found.")
}

pub fn bad(message: &str) -> Answer {
    error(400, "invalidRequest", message)
}

pub fn exists() -> Answer {
    error(409, "nameAlreadyExists", "An item with the same name already exists under the parent")
}

pub fn modified() -> Answer {
    error(412, "resourceModified", "ETag does not match current item's value")
}

pub fn full() -> Answer {
    error(507, "quotaLimitReached", "Insufficient Space Available")
}

pub fn denied() -> Answer {
    error(403, "accessDenied", "Access denied")
}

pub fn unauthorized() -> Answer {
    error(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")
        .with("www-authenticate", "Bearer realm=\"\"")
}

/// Graph is not able to, or not willing now.
pub fn refusal(status: u16, retry_after: Option<u64>) -> Answer {
    let answer = match status {
        401 => unauthorized(),
        429 => error(429, "activityLimitReached", "The app or user has been throttled."),
        503 => error(503, "serviceNotAvailable", "The service isn't available."),
        507 => full(),
        status => error(status, "generalException", "An unspecified error has occurred."),
    };
    match retry_after {
        Some(seconds) => answer.with("retry-after", seconds.to_string()),
        None => answer,
    }
}
