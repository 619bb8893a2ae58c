//! How Google says what it does not do (<https://developers.google.com/workspace/drive/api/guides/handle-errors>).

use crate::web::Answer;
use serde_json::json;

pub fn error(status: u16, domain: &str, reason: &str, message: &str) -> Answer {
    let errors = json!([{"message": message, "domain": domain, "reason": reason}]);
    Answer::json(status, &json!({"error": {"code": status, "message": message, "errors": errors}}))
}

pub fn not_found(id: &str) -> Answer {
    error(404, "global", "notFound", &format!("File not found: {id}."))
}

pub fn invalid(what: &str) -> Answer {
    error(400, "global", "invalid", &format!("Invalid Value: {what}"))
}

pub fn unauthorized() -> Answer {
    error(401, "global", "authError", "Invalid Credentials")
        .with("www-authenticate", "Bearer realm=\"https://accounts.google.com/\"")
}

pub fn insufficient() -> Answer {
    let message = "Insufficient Permission: Request had insufficient authentication scopes.";
    error(403, "global", "insufficientPermissions", message)
        .with("www-authenticate", "Bearer realm=\"https://accounts.google.com/\", error=\"insufficient_scope\"")
}

pub fn full() -> Answer {
    error(403, "usageLimits", "storageQuotaExceeded", "The user's Drive storage quota has been exceeded.")
}

/// Google is not able to, or not willing now. It says 403 as well as 429 to who asks too much.
pub fn refusal(status: u16, retry_after: Option<u64>) -> Answer {
    let answer = match status {
        401 => unauthorized(),
        403 => error(403, "usageLimits", "userRateLimitExceeded", "User Rate Limit Exceeded"),
        429 => error(429, "usageLimits", "rateLimitExceeded", "Rate Limit Exceeded"),
        status => error(status, "global", "backendError", "Backend Error"),
    };
    match retry_after {
        Some(seconds) => answer.with("retry-after", seconds.to_string()),
        None => answer,
    }
}
