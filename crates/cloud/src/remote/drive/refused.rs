//! What Drive says when it says no (<https://developers.google.com/workspace/drive/api/guides/handle-errors>).

use crate::error::{Error, needs_you, sign_in};
use crate::remote::rest::Refused;
use serde::Deserialize;

#[derive(Deserialize)]
struct Words {
    error: Inner,
}

#[derive(Deserialize)]
struct Inner {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
}

/// Whether it asks to go slower: with the status of what is forbidden, as long as there were quotas.
pub(super) fn is_busy(refused: &Refused) -> bool {
    matches!(reason(refused).as_str(), "rateLimitExceeded" | "userRateLimitExceeded")
}

/// The error for an answer that says no to something about a file, or about the folder where `path` is empty.
pub(super) fn error(refused: &Refused, path: &str) -> Error {
    let words = refused.json::<Words>();
    let message = words.map(|words| words.error.message).unwrap_or_default();
    let may_pass = |message: &str| Error::MayPass { message: message.to_owned(), retry_after: refused.retry_after };
    let file = |message: &str| Error::File { path: path.to_owned(), message: message.to_owned() };
    match reason(refused).as_str() {
        "rateLimitExceeded" | "userRateLimitExceeded" => may_pass("Google Drive asks to go slower"),
        "dailyLimitExceeded" | "quotaExceeded" => may_pass("Google Drive takes no more requests today"),
        "storageQuotaExceeded" => may_pass("the storage is full: make room in your Google account"),
        "insufficientPermissions" | "insufficientFilePermissions" | "appNotAuthorizedToFile" | "forbidden" => sign_in(
            "Google Drive does not allow Legible to do this",
            "Sign in again and allow Legible to keep its files in Google Drive.",
        ),
        "authError" => sign_in("Google Drive does not let this account in any more", "Sign in again."),
        "accessNotConfigured" | "domainPolicy" => needs_you(
            "Google Drive is closed to Legible in this account",
            "Ask who runs the account, or look at the client id in the settings.",
        ),
        "activeItemCreationLimitExceeded" => {
            needs_you("your Google account holds as many files as it can", "Remove some for good.")
        }
        "numChildrenInNonRootLimitExceeded" if !path.is_empty() => file("there are too many files in its folder"),
        "cannotDownloadAbusiveFile" if !path.is_empty() => file("Google took it for harmful and does not hand it out"),
        "malwareDetected" if !path.is_empty() => file("Google took it for harmful"),
        _ => refused.error(&message),
    }
}

fn reason(refused: &Refused) -> String {
    let words = refused.json::<Words>();
    words.and_then(|words| words.error.errors.into_iter().next()).map(|first| first.reason).unwrap_or_default()
}
