//! Tells apart why a connection failed, from the errors in errors that the network code hands out.

use super::net::NoAddress;
use super::{Error, Limits};
use std::error::Error as StdError;
use std::io;

/// What a failed request or a broken answer means.
pub(super) fn of(error: &reqwest::Error, host: String, limits: &Limits) -> Error {
    match find::<NoAddress>(error) {
        Some(NoAddress::Private) => return Error::Private { host },
        Some(NoAddress::Unknown) => return Error::Dns { host },
        None => {}
    }
    if let Some(problem) = find::<rustls::Error>(error) {
        return Error::Tls { host, problem: problem.to_string() };
    }
    if error.is_timeout() {
        return Error::Timeout { host, what: "connect", after: limits.connect };
    }
    if error.is_connect() {
        return Error::Connect { host, problem: root(error) };
    }
    Error::Broken { host, problem: root(error) }
}

/// The error of a type among the causes of another.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An I/O error passes over what it wraps when it is asked for its source.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

/// What the innermost cause says: the outer ones only say that something was sent.
fn root(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
