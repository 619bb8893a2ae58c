//! Looks at a set-up before any server is asked.

use super::{Error, ask, limits, urls};
use crate::{WebSpec, What};
use serde_json_path::JsonPath;

/// Headers that say how a request travels: they are this program's business, and wrong ones would break it.
const OURS: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Looks at the set-up of a source: its addresses, its path, its headers. Values of secrets are not looked at.
///
/// # Errors
/// What is wrong with it first.
pub fn validate(spec: &WebSpec) -> Result<(), Error> {
    match &spec.what {
        What::Urls { urls } if urls.is_empty() => return Err(Error::NoUrls),
        What::Urls { urls } if urls.len() > limits::URLS => return Err(Error::TooManyUrls { count: urls.len() }),
        What::Page { depth, .. } if *depth > limits::DEPTH => return Err(Error::TooDeep { depth: *depth }),
        What::Api { path, .. } => {
            let bad =
                |error: serde_json_path::ParseError| Error::BadPath { path: path.clone(), problem: error.to_string() };
            JsonPath::parse(path.trim()).map_err(bad)?;
        }
        What::Urls { .. } | What::Page { .. } | What::Feed { .. } => {}
    }
    urls::of_spec(spec)?;
    let bad = |name: &str, problem: &str| Error::BadHeader { name: name.to_owned(), problem: problem.to_owned() };
    if let Some(header) = spec.headers.get(limits::HEADERS) {
        return Err(bad(&header.name, "there are too many headers"));
    }
    for header in &spec.headers {
        if OURS.contains(&header.name.trim().to_ascii_lowercase().as_str()) {
            return Err(bad(&header.name, "this program sets it itself"));
        }
    }
    ask::headers(spec, &|_| Some(String::new())).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Header;

    fn spec(what: What) -> WebSpec {
        WebSpec { what, headers: Vec::new(), min_side: 0, most: 10 }
    }

    fn told(spec: &WebSpec) -> &'static str {
        validate(spec).map_or_else(|error| error.code(), |()| "fine")
    }

    #[test]
    fn addresses_are_of_the_web() {
        let check = |url: &str, expected: &str| {
            assert_eq!(told(&spec(What::Feed { url: url.to_owned() })), expected, "{url}");
        };
        check("https://a.example/feed", "fine");
        check(" http://a.example/feed#top ", "fine");
        check("http://192.168.0.7/cam.jpg", "fine");
        check("a.example/feed", "bad_url");
        check("ftp://a.example/feed", "bad_url");
        check("file:///etc/passwd", "bad_url");
        check("https://", "bad_url");
        check("https://user:word@a.example/", "bad_url");
        check("", "bad_url");
        check(&format!("https://a.example/{}", "x".repeat(5000)), "bad_url");
    }

    #[test]
    fn lists_have_an_end() {
        let check = |count: usize, expected: &str| {
            let urls = (0..count).map(|n| format!("https://a.example/{n}")).collect();
            assert_eq!(told(&spec(What::Urls { urls })), expected, "{count}");
        };
        check(0, "no_urls");
        check(1, "fine");
        check(limits::URLS, "fine");
        check(limits::URLS + 1, "too_many_urls");
        let page = |depth| spec(What::Page { url: "https://a.example/".to_owned(), depth });
        assert_eq!((told(&page(limits::DEPTH)), told(&page(u32::MAX))), ("fine", "too_deep"));
    }

    #[test]
    fn paths_are_those_of_the_standard() {
        let check = |path: &str, expected: &str| {
            let what = What::Api { url: "https://a.example/".to_owned(), path: path.to_owned() };
            assert_eq!(told(&spec(what)), expected, "{path}");
        };
        check("$.photos[*].url", "fine");
        check("$..url", "fine");
        check("$[?@.type == 'photo'].src", "fine");
        check("photos.url", "bad_path");
        check("$.photos[", "bad_path");
        check("", "bad_path");
    }

    #[test]
    fn headers_cannot_break_a_request() {
        let check = |name: &str, value: &str, expected: &str| {
            let mut spec = spec(What::Feed { url: "https://a.example/".to_owned() });
            spec.headers = vec![Header { name: name.to_owned(), value: Some(value.to_owned()) }];
            assert_eq!(told(&spec), expected, "{name}: {value}");
        };
        check("Authorization", "Bearer abc", "fine");
        check("User-Agent", "Other/1.0", "fine");
        check("X-Key", "a\r\nHost: evil.example", "bad_header");
        check("X-Key", "a\nb", "bad_header");
        check("X-Key", "a\0b", "bad_header");
        check("X-Key: a\r\nY", "b", "bad_header");
        check("X Key", "b", "bad_header");
        check("", "b", "bad_header");
        check("Host", "evil.example", "bad_header");
        check("content-length", "5", "bad_header");
    }
}
