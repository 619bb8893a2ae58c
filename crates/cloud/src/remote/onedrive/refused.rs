//! What Graph says no with (<https://learn.microsoft.com/graph/errors>).

use crate::error::{Error, sign_in};
use crate::remote::rest::Refused;
use serde::Deserialize;

#[derive(Deserialize)]
struct Words {
    error: Inner,
}

#[derive(Default, Deserialize)]
struct Inner {
    code: String,
    #[serde(default)]
    message: String,
}

/// The error for a refusal about a file, or about the folder where `path` is empty.
pub(super) fn error(refused: &Refused, path: &str) -> Error {
    let said = refused.json::<Words>().map(|words| words.error).unwrap_or_default();
    sort(refused.status.as_u16(), &said.code, path).unwrap_or_else(|| refused.error(&said.message))
}

/// What all providers mean alike is left out.
fn sort(status: u16, code: &str, path: &str) -> Option<Error> {
    let file = |message: &str| Error::File { path: path.to_owned(), message: message.to_owned() };
    Some(match (status, code) {
        (_, "quotaLimitReached" | "insufficientStorage") | (507, _) => {
            Error::may_pass("OneDrive is full: delete something there, or get more room")
        }
        (_, "malwareDetected") => file("OneDrive takes it for harmful and keeps it shut"),
        (401, _) => sign_in("OneDrive does not let this account in any more", "Sign in again."),
        (403, _) => sign_in(
            "OneDrive does not allow this",
            "Sign in again and say yes to all of it; or look whether the folder may be changed.",
        ),
        // It is not a conflict with a file: the path itself cannot be.
        (404 | 409 | 412, _) if !path.is_empty() => Error::Stale(path.to_owned()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_mean_what_is_to_be_done() {
        let check = |status: u16, code: &str, expected: &str| {
            let means = match sort(status, code, "a.png") {
                Some(Error::Stale(_)) => "stale",
                Some(Error::MayPass { .. }) => "may pass",
                Some(Error::SignIn { .. }) => "sign in",
                Some(Error::File { .. }) => "file",
                None => "as with all",
                Some(other) => panic!("{other:?}"),
            };
            assert_eq!(means, expected, "{status} {code}");
        };
        check(401, "InvalidAuthenticationToken", "sign in");
        check(403, "accessDenied", "sign in");
        check(403, "quotaLimitReached", "may pass");
        check(507, "", "may pass");
        check(403, "malwareDetected", "file");
        check(404, "itemNotFound", "stale");
        check(409, "nameAlreadyExists", "stale");
        check(412, "resourceModified", "stale");
        check(400, "invalidRequest", "as with all");
        check(423, "resourceLocked", "as with all");
    }
}
