//! What went wrong at a storage, by what is to be done about it.

use super::seen::Seen;
use crate::error::{Error, needs_you};
use crate::words::short;
use opendal::ErrorKind;

/// What is told by words only: by S3 in the body, by ssh, by the resolver, by TLS. The first that is found counts.
const TOLD: &[(&str, &str, &str)] = &[
    ("RequestTimeTooSkewed", "the clock of this machine is wrong", "Set the clock, or let the system set it."),
    ("InvalidAccessKeyId", "the storage does not know this key", "Look whether the key id is right and not deleted."),
    ("SignatureDoesNotMatch", "the storage refused the secret key", "Enter the secret key again."),
    ("AuthorizationHeaderMalformed", "the bucket is in another region", "Enter the region of the bucket."),
    ("PermanentRedirect", "the bucket is in another region", "Enter the region of the bucket and its address."),
    ("NoSuchBucket", "there is no such bucket", "Look whether the name of the bucket is right."),
    (
        "Host key verification failed",
        "the server is not the one that was known, or was never seen",
        "Sign in to it once with `ssh` in a terminal, and look whether its key is right.",
    ),
    (
        "REMOTE HOST IDENTIFICATION",
        "the server's key is another than before",
        "Ask who runs the server whether its key was changed; then remove the old one from ~/.ssh/known_hosts.",
    ),
    (
        "Permission denied (",
        "the server did not let this machine in",
        "Look whether the key is the right one and is unlocked in the agent: no password can be asked for.",
    ),
    (
        "invalid peer certificate",
        "the server cannot prove who it is",
        "Look at its address and at the clock; a certificate of your own is to be installed in the system.",
    ),
    ("Name or service not known", "there is no server of this name", "Look whether the address is right."),
    ("nodename nor servname", "there is no server of this name", "Look whether the address is right."),
    ("No such host is known", "there is no server of this name", "Look whether the address is right."),
    ("local ssh command could not", "there is no ssh on this machine", "Install OpenSSH."),
];

/// The error for what opendal says about a file, or about the folder where `path` is empty.
pub(super) fn told(error: &opendal::Error, path: &str) -> Error {
    sort(Some(error.kind()), &words(error), Seen::last(), path)
}

/// The error for a request of our own that had no answer.
pub(super) fn unanswered(error: &reqwest::Error, path: &str) -> Error {
    sort(None, &words(error), Seen::default(), path)
}

/// The error for an answer to a request of our own.
pub(super) fn refused(body: &str, path: &str) -> Error {
    sort(None, body, Seen::last(), path)
}

/// The error for an answer that says no for a reason that all providers share, with their words.
pub(super) fn answer(seen: Seen, words: &str, path: &str) -> Error {
    sort(None, words, seen, path)
}

/// The error for a call that the storage left unanswered.
pub(super) fn silent() -> Error {
    Error::may_pass("the storage does not answer")
}

/// An error with all that is behind it. What opendal adds for who debugs it, headers among it, is left out.
fn words(error: &(dyn std::error::Error + 'static)) -> String {
    let own = |error: &(dyn std::error::Error + 'static)| match error.downcast_ref::<opendal::Error>() {
        Some(error) => error.message().to_owned(),
        None => error.to_string(),
    };
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.map(own).collect::<Vec<_>>().join(": ")
}

fn sort(kind: Option<ErrorKind>, words: &str, seen: Seen, path: &str) -> Error {
    let may_pass = |message: String| Error::MayPass { message, retry_after: seen.retry_after };
    let failed = seen.status.filter(|status| *status >= 300);
    let words = if is_web_page(words) { "a web page came for an answer" } else { words };
    if let Some((_, message, hint)) = TOLD.iter().find(|(word, ..)| words.contains(word)) {
        return needs_you(message, hint);
    }
    match (kind, failed) {
        (Some(ErrorKind::ConditionNotMatch | ErrorKind::NotFound), _) | (_, Some(404 | 409 | 412)) => {
            Error::Stale(path.to_owned())
        }
        (_, Some(401)) => needs_you(
            "the storage refused the name, the password or the key",
            "Type them again. Many servers want a password that is made for one program only.",
        ),
        (_, Some(423)) => may_pass(format!("the storage has {} locked", or_folder(path))),
        (Some(ErrorKind::PermissionDenied), _) | (_, Some(403)) => needs_you(
            &format!("the storage does not allow this with {}", or_folder(path)),
            "Look whether the account may read and write there.",
        ),
        (Some(ErrorKind::ConfigInvalid), _) => needs_you(&short(words), "Look at the settings of the storage."),
        (_, Some(413)) if !path.is_empty() => {
            Error::File { path: path.to_owned(), message: "it is too large for the storage".to_owned() }
        }
        (_, Some(405 | 501)) if path.is_empty() => needs_you(
            "what answers at this address is no storage of this kind",
            "Look whether the address is right: who runs the server tells the one for programs.",
        ),
        (_, Some(507)) => may_pass("the storage is full".to_owned()),
        (_, Some(429)) => may_pass("the storage asks to go slower".to_owned()),
        (_, Some(status @ 500..)) => may_pass(format!("the storage answered {status}")),
        (_, Some(status @ 300..=399)) => {
            needs_you(&format!("the address leads elsewhere ({status})"), "Look whether the address is right.")
        }
        (_, Some(status)) if !path.is_empty() => {
            let message = format!("the storage does not take it ({status}): {}", short(words));
            Error::File { path: path.to_owned(), message }
        }
        (Some(ErrorKind::IsADirectory | ErrorKind::NotADirectory), _) if !path.is_empty() => in_the_way(path),
        _ if !path.is_empty() && IN_THE_WAY.iter().any(|word| words.contains(word)) => in_the_way(path),
        _ if words.contains("No space left") || words.contains("os error 28)") => {
            may_pass("the storage is full".to_owned())
        }
        _ if words.contains("Connection refused") || words.contains("actively refused") => may_pass(
            "nothing answers at this address; look whether the server runs, and whether the address and its port are right"
                .to_owned(),
        ),
        _ => may_pass(format!("the storage could not be reached or failed: {}", short(words))),
    }
}

/// How systems call a folder where a file was to be, and a file where a folder was.
const IN_THE_WAY: [&str; 4] = ["Is a directory", "Not a directory", "(os error 21)", "(os error 20)"];

fn in_the_way(path: &str) -> Error {
    let message = "a folder lies in its place on the storage, or a file in the place of its folder; move that away";
    Error::File { path: path.to_owned(), message: message.to_owned() }
}

/// Whether an answer is for people: of a server that is no storage, or of a network that wants a sign-in first.
fn is_web_page(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    words.contains("<!doctype html") || words.contains("<html")
}

fn or_folder(path: &str) -> &str {
    if path.is_empty() { "the folder" } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[derive(Debug, PartialEq)]
    enum Means {
        Stale,
        MayPass(Option<u64>),
        NeedsYou,
        File,
    }

    fn meaning(error: Error) -> Means {
        match error {
            Error::Stale(_) => Means::Stale,
            Error::MayPass { retry_after, .. } => Means::MayPass(retry_after.map(|wait| wait.as_secs())),
            Error::NeedsYou { hint, .. } => {
                assert!(!hint.is_empty());
                Means::NeedsYou
            }
            Error::File { .. } => Means::File,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn answers_mean_what_is_to_be_done() {
        let check = |status: u16, body: &str, expected: Means| {
            let seen = Seen { status: Some(status), retry_after: Some(Duration::from_secs(7)) };
            assert_eq!(meaning(sort(Some(ErrorKind::Unexpected), body, seen, "a.png")), expected, "{status}");
        };
        for status in [423, 429, 500, 502, 503, 504, 507] {
            check(status, "<html>", Means::MayPass(Some(7)));
        }
        for status in [301, 401, 403] {
            check(status, "", Means::NeedsYou);
        }
        for status in [404, 409, 412] {
            check(status, "", Means::Stale);
        }
        for status in [400, 413, 414, 451] {
            check(status, "", Means::File);
        }
        check(403, "S3Error { code: \"RequestTimeTooSkewed\" }", Means::NeedsYou);
        check(400, "S3Error { code: \"AuthorizationHeaderMalformed\" }", Means::NeedsYou);
        // A body that came in part after a good beginning.
        check(200, "connection reset", Means::MayPass(Some(7)));
    }

    #[test]
    fn failures_without_an_answer_mean_what_is_to_be_done() {
        let check = |kind: ErrorKind, words: &str, expected: Means| {
            assert_eq!(meaning(sort(Some(kind), words, Seen::default(), "a.png")), expected, "{words}");
        };
        check(ErrorKind::NotFound, "no such file", Means::Stale);
        check(ErrorKind::ConditionNotMatch, "", Means::Stale);
        check(ErrorKind::PermissionDenied, "os error 13", Means::NeedsYou);
        check(ErrorKind::ConfigInvalid, "NoSuchBucket", Means::NeedsYou);
        let io = ErrorKind::Unexpected;
        check(io, "dns error: failed to lookup address information: Name or service not known", Means::NeedsYou);
        // What a machine without a network says.
        check(io, "dns error: Temporary failure in name resolution", Means::MayPass(None));
        check(io, "ssh error: the master connection failed: Host key verification failed.", Means::NeedsYou);
        check(io, "ssh error: me@host: Permission denied (publickey).", Means::NeedsYou);
        check(io, "invalid peer certificate: UnknownIssuer", Means::NeedsYou);
        check(io, "Connection refused (os error 111)", Means::MayPass(None));
        check(ErrorKind::IsADirectory, "", Means::File);
        check(io, "is a directory: Is a directory (os error 21)", Means::File);
        check(io, "write: No space left on device (os error 28)", Means::MayPass(None));
    }

    #[test]
    fn what_is_no_storage_is_told_in_words() {
        let check = |status: Option<u16>, words: &str, expected: &str| {
            let seen = Seen { status, retry_after: None };
            let told = sort(None, words, seen, "").to_string();
            assert!(told.contains(expected) && !told.contains('<') && !told.contains("os error"), "{told}");
        };
        check(Some(405), "<!doctype html> <title>405 Method Not Allowed</title>", "no storage of this kind");
        check(Some(200), "cannot parse <!DOCTYPE html><html>please sign in</html>", "a web page came");
        check(None, "tcp connect error: Connection refused (os error 111)", "nothing answers at this address");
    }

    #[test]
    fn words_hold_no_headers() {
        let inner = opendal::Error::new(ErrorKind::Unexpected, "it broke").with_context("response", "authorization: x");
        assert_eq!(words(&inner.with_operation("Write")), "it broke");
    }
}
