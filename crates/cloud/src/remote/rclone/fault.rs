//! What rclone says went wrong, by what is to be done about it. It hands on the words of whatever storage is behind it.

use crate::error::{Error, needs_you};
use crate::words::short;

/// What is known by words, in small letters. The first that is found counts.
const TOLD: &[(&str, &str, &str)] = &[
    (
        "didn't find section in config",
        "rclone has no such remote",
        "Choose another one, or set it up with `rclone config`.",
    ),
    (
        "failed to load config",
        "rclone could not read its configuration",
        "If it is encrypted, enter its password; else look at it with `rclone config`.",
    ),
    ("couldn't find method", "this rclone cannot do what is needed", "Install a newer rclone."),
    ("couldn't decode", "this rclone does not understand what it is asked", "Install a newer rclone."),
    ("invalid_grant", "rclone is not signed in any more", "Sign in again with `rclone config reconnect`."),
    ("couldn't fetch token", "rclone is not signed in any more", "Sign in again with `rclone config reconnect`."),
    ("empty token found", "rclone is not signed in", "Sign in with `rclone config reconnect`."),
    ("unable to authenticate", "the storage refused who signs in", "Look at the remote with `rclone config`."),
    ("unauthorized", "the storage refused who signs in", "Look at the remote with `rclone config`."),
    ("accessdenied", "the storage does not allow this", "Look whether the account may read and write there."),
    ("permission denied", "the storage does not allow this", "Look whether the account may read and write there."),
    ("forbidden", "the storage does not allow this", "Look whether the account may read and write there."),
    ("certificate", "the storage cannot prove who it is", "Look at its address and at the clock."),
    ("no such host", "there is no server of this name", "Look at the remote with `rclone config`."),
    ("is a file not a directory", "there is a file of the folder's name", "Choose another folder."),
];

/// What says that a storage is full.
const FULL: &[&str] =
    &["no space left", "storagequotaexceeded", "insufficient_space", "quotalimitreached", "insufficient storage"];

/// The error for what rclone answered: its status, and its words.
pub(super) fn told(status: u16, words: &str, path: &str) -> Error {
    let small = without_names(&words.to_lowercase(), &path.to_lowercase());
    if status == 404 && !small.contains("couldn't find method") {
        return Error::Stale(path.to_owned());
    }
    if status == 401 {
        return needs_you("rclone refused the user or the password", "Enter those that it was started with.");
    }
    if FULL.iter().any(|word| small.contains(word)) {
        return Error::may_pass("the storage is full");
    }
    match TOLD.iter().find(|(word, ..)| small.contains(word)) {
        Some((_, message, hint)) => needs_you(&format!("{message} ({})", short(words)), hint),
        None => Error::may_pass(format!("rclone says: {}", short(words))),
    }
}

/// The words but for the file that they are about, whose name may say anything.
fn without_names(words: &str, path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    [path, name]
        .into_iter()
        .filter(|name| !name.is_empty())
        .fold(words.to_owned(), |words, name| words.replace(name, "…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    enum Means {
        Stale,
        MayPass,
        NeedsYou,
    }

    #[test]
    fn words_mean_what_is_to_be_done() {
        let check = |status: u16, words: &str, expected: Means| {
            let means = match told(status, words, "a.png") {
                Error::Stale(path) => {
                    assert_eq!(path, "a.png");
                    Means::Stale
                }
                Error::MayPass { .. } => Means::MayPass,
                Error::NeedsYou { hint, .. } => {
                    assert!(!hint.is_empty());
                    Means::NeedsYou
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(means, expected, "{words}");
        };
        check(404, "object not found", Means::Stale);
        check(404, "error in ListJSON: directory not found", Means::Stale);
        check(404, "couldn't find method \"operations/stat\"", Means::NeedsYou);
        check(401, "401 Unauthorized", Means::NeedsYou);
        check(500, "didn't find section in config file (\"nope\")", Means::NeedsYou);
        check(500, "panic received: fatal error: Failed to load config file \"x\": too short", Means::NeedsYou);
        check(500, "couldn't list: Unauthorized: 401 Unauthorized", Means::NeedsYou);
        check(500, "googleapi: Error 403: storageQuotaExceeded", Means::MayPass);
        check(500, "write /x: no space left on device", Means::MayPass);
        check(500, "dial tcp 127.0.0.1:9: connect: connection refused", Means::MayPass);
        check(500, "", Means::MayPass);
        // A name is no reason.
        let named = |path: &str, words: &str, expected: bool| {
            assert_eq!(matches!(told(500, words, path), Error::NeedsYou { .. }), expected, "{words}");
        };
        named("in/Forbidden City.png", "failed to move in/Forbidden City.png: EOF", false);
        named("in/Forbidden City.png", "can't open \"forbidden city.png\": EOF", false);
        named("in/certificate.png", "certificate.png: x509: certificate has expired", true);
    }
}
