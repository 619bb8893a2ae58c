//! Requests and answers as the fakes see them.

use bytes::Bytes;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// What a client asks, with all of its body.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET` and so on.
    pub method: Method,
    /// The host, in lower case, without a port.
    pub host: String,
    /// The path, decoded.
    pub path: String,
    /// What stands behind the question mark, decoded.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Request {
    /// The first value of a name in the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What kind of content the body says that it is, in lower case and without what follows it.
    pub(crate) fn content_type(&self) -> String {
        let told = self.header("content-type").unwrap_or_default();
        told.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The bearer token.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    /// The body as a form.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

/// A path of an address, decoded; `None` if it is no UTF-8 then.
pub(crate) fn decoded(path: &str) -> Option<String> {
    percent_decode_str(path).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// JSON of ASCII letters only, as headers need it.
pub(crate) fn ascii_json(value: &Value) -> String {
    let mut ascii = String::new();
    for unit in value.to_string().encode_utf16() {
        match u8::try_from(unit).ok().filter(u8::is_ascii) {
            Some(letter) => ascii.push(char::from(letter)),
            None => ascii.push_str(&format!("\\u{unit:04x}")),
        }
    }
    ascii
}

/// What a fake says.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
    /// The file whose content went up or down with this.
    pub file: Option<String>,
}

/// An answer, or the one that ends it early.
pub type Answered<T = Answer> = Result<T, Answer>;

impl Answer {
    pub fn empty(status: u16) -> Self {
        Answer { status, headers: Vec::new(), body: Bytes::new(), file: None }
    }

    pub fn json(status: u16, value: &Value) -> Self {
        let answer = Answer { body: value.to_string().into(), ..Answer::empty(status) };
        answer.with("content-type", "application/json")
    }

    pub fn text(status: u16, text: impl Into<String>) -> Self {
        let answer = Answer { body: text.into().into(), ..Answer::empty(status) };
        answer.with("content-type", "text/plain; charset=utf-8")
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Says whose content moved.
    pub fn of(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// A content, or the part of it that the request wants (RFC 9110, section 14).
    pub fn content(request: &Request, content: &Bytes) -> Self {
        let length = content.len();
        let Some(range) = request.header("range") else {
            let answer = Answer { body: content.clone(), ..Answer::empty(200) };
            return answer.with("content-type", "application/octet-stream").with("accept-ranges", "bytes");
        };
        match part(range, length) {
            Some((from, to)) => Answer { body: content.slice(from..to), ..Answer::empty(206) }
                .with("content-type", "application/octet-stream")
                .with("content-range", format!("bytes {from}-{}/{length}", to - 1)),
            None => Answer::empty(416).with("content-range", format!("bytes */{length}")),
        }
    }
}

/// The bytes from and up to which a range goes.
fn part(range: &str, length: usize) -> Option<(usize, usize)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (from.parse().ok(), to.parse::<usize>().ok()) {
        (Some(from), Some(to)) => (from, to.checked_add(1)?.min(length)),
        (Some(from), None) if to.is_empty() => (from, length),
        (None, Some(last)) if from.is_empty() => (length.saturating_sub(last), length),
        _ => return None,
    };
    (from < to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_of_headers_is_ascii() {
        assert_eq!(ascii_json(&serde_json::json!({"a": "\u{e4}\u{1f600}\"z"})), r#"{"a":"\u00e4\ud83d\ude00\"z"}"#);
    }

    #[test]
    fn ranges_are_those_that_are_wanted() {
        let check = |range: &str, expected: Option<(usize, usize)>| assert_eq!(part(range, 10), expected, "{range}");
        check("bytes=0-3", Some((0, 4)));
        check("bytes=4-", Some((4, 10)));
        check("bytes=-3", Some((7, 10)));
        check("bytes=8-99", Some((8, 10)));
        check("bytes=10-", None);
        check("bytes=x-3", None);
        check("lines=0-3", None);
    }
}
