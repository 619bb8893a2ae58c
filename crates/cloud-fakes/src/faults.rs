//! What a test wants to go wrong, and at which requests.

use crate::web::{Answer, ascii_json};
use serde_json::Value;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use std::time::Duration;

/// What goes wrong with a request. Bytes are counted in the body of the request or the answer.
#[derive(Clone)]
pub enum Fault {
    /// It is not done, and answered with this status as the provider words it.
    Status {
        /// Such as 429, 500 or 503.
        status: u16,
        /// `Retry-After` in seconds, if it says so.
        retry_after: Option<u64>,
    },
    /// The connection is reset when so many bytes came. What the provider keeps of such an upload is kept.
    ResetUpload(usize),
    /// Nothing is read after so many bytes, and nothing answered, until the client goes.
    StallUpload(usize),
    /// It is done, and the connection is reset before the answer.
    LoseAnswer,
    /// The connection is reset after so many bytes of the answer.
    ResetDownload(usize),
    /// The connection is closed after so many bytes of the answer, which promised more.
    ShortDownload(usize),
    /// Nothing comes after so many bytes of the answer, until the client goes.
    StallDownload(usize),
    /// The answer is cut to so many bytes, and nothing tells that there were more.
    Truncated(usize),
    /// One bit of the answer's body is another.
    Damaged,
    /// Hashes of contents in the answer are others.
    WrongHash,
    /// It is answered so much later.
    Latency(Duration),
    /// Something happens just before the request is done: somebody writes, a session expires.
    Before(Arc<dyn Fn() + Send + Sync>),
}

impl Fault {
    /// 429 with `Retry-After` in seconds.
    pub fn throttled(retry_after: u64) -> Self {
        Fault::Status { status: 429, retry_after: Some(retry_after) }
    }

    /// A status without more.
    pub fn status(status: u16) -> Self {
        Fault::Status { status, retry_after: None }
    }

    /// Something that happens just before the request is done.
    pub fn before(happens: impl Fn() + Send + Sync + 'static) -> Self {
        Fault::Before(Arc::new(happens))
    }
}

impl Debug for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Status { status, .. } => return write!(f, "status {status}"),
            Fault::ResetUpload(_) => "reset of an upload",
            Fault::StallUpload(_) => "silence in an upload",
            Fault::LoseAnswer => "lost answer",
            Fault::ResetDownload(_) => "reset of a download",
            Fault::ShortDownload(_) => "end of a download",
            Fault::StallDownload(_) => "silence in a download",
            Fault::Truncated(_) => "part of an answer",
            Fault::Damaged => "damage",
            Fault::WrongHash => "wrong hash",
            Fault::Latency(_) => "latency",
            Fault::Before(_) => "something before",
        })
    }
}

/// The faults that are ordered, in their order.
#[derive(Debug, Default)]
pub struct Orders(Vec<Order>);

#[derive(Debug)]
struct Order {
    matching: String,
    times: usize,
    fault: Fault,
}

impl Orders {
    pub fn add(&mut self, matching: &str, times: usize, fault: Fault) {
        self.0.push(Order { matching: matching.to_owned(), times, fault });
    }

    /// What goes wrong with the request of this line.
    pub fn take(&mut self, line: &str) -> Vec<Fault> {
        let mut taken = Vec::new();
        for order in self.0.iter_mut().filter(|order| line.contains(&order.matching)) {
            order.times -= 1;
            taken.push(order.fault.clone());
        }
        self.0.retain(|order| order.times > 0);
        taken
    }

    /// How many were ordered and did not happen.
    pub fn left(&self) -> usize {
        self.0.iter().map(|order| order.times).sum()
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// What hashes are called in the answers of the providers.
const HASHES: &[&str] = &["content_hash", "md5Checksum", "sha1Checksum", "sha256Checksum", "quickXorHash"];

/// Changes every hash that an answer tells, in its body and in the header of Dropbox.
pub(crate) fn tell_wrong_hashes(answer: &mut Answer) {
    let wrong = |text: &[u8]| {
        let mut value: Value = serde_json::from_slice(text).ok()?;
        change_hashes(&mut value);
        Some(value)
    };
    if let Some(value) = wrong(&answer.body) {
        answer.body = value.to_string().into();
    }
    for (name, text) in &mut answer.headers {
        if *name == "dropbox-api-result"
            && let Some(value) = wrong(text.as_bytes())
        {
            *text = ascii_json(&value);
        }
    }
}

fn change_hashes(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(change_hashes),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(hash) if HASHES.contains(&name.as_str()) => {
                        let first = if hash.starts_with('0') { "1" } else { "0" };
                        hash.replace_range(..1, first);
                    }
                    _ => change_hashes(value),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_order_is_for_so_many_requests_of_its_kind() {
        let mut orders = Orders::default();
        orders.add("POST https://a/upload ", 2, Fault::throttled(3));
        let mut check = |line: &str, expected: usize| {
            assert_eq!(orders.take(line).len(), expected, "{line}");
        };
        check("GET https://a/upload ", 0);
        check("POST https://a/upload ", 1);
        check("POST https://a/upload_session ", 0);
        check("POST https://a/upload ", 1);
        check("POST https://a/upload ", 0);
        assert_eq!(orders.left(), 0);
    }

    #[test]
    fn wrong_hashes_are_told_and_all_else_is_as_it_was() {
        let told = json!({"a": [{"content_hash": "0ab", "size": 3}], "md5Checksum": "fff", "hash": "fff"});
        let mut answer = Answer::json(200, &told);
        tell_wrong_hashes(&mut answer);
        let expected = json!({"a": [{"content_hash": "1ab", "size": 3}], "md5Checksum": "0ff", "hash": "fff"});
        assert_eq!(serde_json::from_slice::<Value>(&answer.body).unwrap(), expected);
    }
}
