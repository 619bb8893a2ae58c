//! A request to a provider, that can be sent again.

use bytes::Bytes;
use http::header;
use reqwest::Method;
use serde::Serialize;

/// A request. Its address may be a secret: it is not shown.
#[derive(Clone)]
pub(in crate::remote) struct Call {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Bytes>,
    /// Whether the body is a part of a file.
    pub(super) is_content: bool,
    pub(super) is_signed: bool,
    pub(super) is_repeatable: bool,
    pub(super) about: String,
}

impl Call {
    /// A request to an address, signed, that is sent again after a broken connection only if it asks for something (GET).
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        let is_repeatable = method == Method::GET;
        let (url, headers, about) = (url.into(), Vec::new(), String::new());
        Call { method, url, headers, body: None, is_content: false, is_signed: true, is_repeatable, about }
    }

    /// That asks for something.
    pub fn get(url: impl Into<String>) -> Self {
        Call::new(Method::GET, url)
    }

    /// That sends something.
    pub fn post(url: impl Into<String>) -> Self {
        Call::new(Method::POST, url)
    }

    /// The path of the file that it is about, for errors.
    pub fn about(mut self, path: &str) -> Self {
        path.clone_into(&mut self.about);
        self
    }

    /// With a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With words in JSON.
    pub fn json(mut self, words: &impl Serialize) -> Self {
        // Only a map with keys that are no texts could fail.
        let body = serde_json::to_vec(words).unwrap_or_default();
        self.body = Some(body.into());
        self.header(header::CONTENT_TYPE.as_str(), "application/json")
    }

    /// With a part of a file, that is told to the watch as it moves.
    pub fn content(mut self, bytes: Bytes) -> Self {
        self.body = Some(bytes);
        self.is_content = true;
        self.header(header::CONTENT_TYPE.as_str(), "application/octet-stream")
    }

    /// With no content, and its length told.
    pub fn empty(mut self) -> Self {
        self.body = Some(Bytes::new());
        self
    }

    /// To an address that is a secret itself, and wants no token.
    pub fn unsigned(mut self) -> Self {
        self.is_signed = false;
        self
    }

    /// That does the same if it is done twice, and so is sent again after a broken connection.
    pub fn repeatable(mut self) -> Self {
        self.is_repeatable = true;
        self
    }
}
