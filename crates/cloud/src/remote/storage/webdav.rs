//! Putting a file on a WebDAV server by requests of our own: opendal's take the whole file into memory, and name no condition.

use super::write::Content;
use super::{Secret, Storage, state};
use crate::Result;
use crate::error::Error;
use crate::limits::REST_REFUSAL_BYTES;
use crate::lock::lock;
use crate::remote::fault;
use crate::remote::http::body;
use crate::remote::seen::Seen;
use crate::remote::sending::pieces;
use crate::remote::wait::answered;
use crate::remote::{Expect, Revision};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, RequestBuilder};
use std::io;

/// What of a path is written in an address as it is (RFC 3986, section 2.3).
pub(super) const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A server, and who signs in.
pub(super) struct Server {
    pub client: Client,
    pub url: String,
    pub user: String,
    pub password: Secret,
}

/// Of what a request is made to depend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// Of nothing.
    None,
    /// There is no such file.
    Absent,
    /// It has this entity tag.
    Tag(String),
}

impl Condition {
    pub fn of(expect: &Expect) -> Self {
        match expect {
            Expect::Absent => Condition::Absent,
            Expect::Revision(revision) => Condition::Tag(state::quoted(revision)),
        }
    }

    /// As headers (RFC 9110, section 13.1). One that cannot be sent is never met.
    pub fn headers(&self) -> Option<HeaderMap> {
        let header = match self {
            Condition::None => return Some(HeaderMap::new()),
            Condition::Absent => (header::IF_NONE_MATCH, HeaderValue::from_static("*")),
            Condition::Tag(tag) => (header::IF_MATCH, HeaderValue::from_str(tag).ok()?),
        };
        Some(HeaderMap::from_iter([header]))
    }
}

impl Server {
    /// Puts a file there, a piece at a time. The folder that it lies in must be there. Gives its state, if the server tells it.
    pub async fn put(&self, key: &str, content: &mut Content<'_>, condition: &Condition) -> Result<Option<Revision>> {
        let path = content.path.to_string();
        let headers = condition.headers().ok_or_else(|| Error::Stale(path.clone()))?;
        let answer = content.send(content.size, self.request(Method::PUT, key).headers(headers)).await?;
        let status = answer.status();
        Seen::note(Some((status.as_u16(), answer.headers())));
        if status.is_success() {
            return Ok(state::told(answer.headers()));
        }
        // A refusal whose words break off, or do not end, is one.
        let body = body(answer, REST_REFUSAL_BYTES, |error| fault::unanswered(&error, &path)).await;
        let body = body.unwrap_or_default().unwrap_or_default();
        Err(fault::refused(&String::from_utf8_lossy(&body), &path))
    }

    /// Begins to put a file there, and breaks off.
    pub async fn break_off(&self, key: &str, begin: Bytes, promised: u64) {
        let (sender, body) = pieces();
        let request = self.request(Method::PUT, key).header(header::CONTENT_LENGTH, promised).body(body);
        let broken = async {
            let _ = sender.send(Ok(begin)).await;
            let _ = sender.send(Err(io::ErrorKind::ConnectionAborted.into())).await;
        };
        // It fails, as it should.
        let _ = answered(async { tokio::join!(broken, request.send()) }).await;
    }

    fn request(&self, method: Method, key: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}/{}", self.url, utf8_percent_encode(key, PLAIN)));
        if self.user.is_empty() { request } else { request.basic_auth(&self.user, Some(self.password.reveal())) }
    }
}

impl Storage {
    /// Makes the folders above a file, unless they were seen.
    pub(super) async fn make_folder_of(&self, key: &str, path: &str) -> Result<()> {
        let Some((folder, _)) = key.rsplit_once('/') else { return Ok(()) };
        let folder = format!("{folder}/");
        if lock(&self.folders).contains(&folder) {
            // It may be gone meanwhile; the next time it is looked for.
            lock(&self.folders).remove(&folder);
        } else {
            // One after the other: a server that locks what it is making refuses whoever wants to make the same.
            let _alone = self.making.lock().await;
            answered(self.operator.create_dir(&folder)).await?.map_err(|error| fault::told(&error, path))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_headers() {
        let check = |condition: Condition, expected: Option<&[(&str, &str)]>| {
            let headers = condition.headers();
            let told = headers.as_ref().map(|headers| {
                headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect::<Vec<_>>()
            });
            assert_eq!(told.as_deref(), expected, "{condition:?}");
        };
        check(Condition::None, Some(&[]));
        check(Condition::of(&Expect::Absent), Some(&[("if-none-match", "*")]));
        check(Condition::of(&Expect::Revision(Revision("5f-1".to_owned()))), Some(&[("if-match", "\"5f-1\"")]));
        check(Condition::Tag("a\nb".to_owned()), None);
    }

    #[test]
    fn addresses_hold_only_what_they_may() {
        let check = |key: &str, expected: &str| assert_eq!(utf8_percent_encode(key, PLAIN).to_string(), expected);
        check("a b/收.png", "a%20b/%E6%94%B6.png");
        check("it's 100%#1?.png", "it%27s%20100%25%231%3F.png");
    }
}
