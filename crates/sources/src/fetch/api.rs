//! The addresses of images in an answer in JSON.

use super::page::{self, Place};
use serde_json::Value;
use serde_json_path::JsonPath;
use url::Url;

/// Why an answer tells of no images.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Nothing {
    /// It is no JSON; what the parser says.
    NotJson(String),
    /// What lies at the path is no address.
    NoAddresses,
}

/// The images at a path (RFC 9535), each a text or a list of texts.
pub(super) fn read(bytes: &[u8], path: &JsonPath, url: &Url) -> Result<Vec<Place>, Nothing> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let answer: Value = serde_json::from_slice(bytes).map_err(|error| Nothing::NotJson(error.to_string()))?;
    let nodes = path.query(&answer).all();
    let is_told = nodes.iter().any(|node| !node.is_null() && !node.as_array().is_some_and(Vec::is_empty));
    let texts = nodes.iter().flat_map(|node| match node {
        Value::Array(inner) => inner.iter().filter_map(Value::as_str).collect(),
        node => Vec::from_iter(node.as_str()),
    });
    let images: Vec<Place> = texts.filter_map(|text| page::place(url, text)).collect();
    // An album that is empty is no fault; numbers where addresses should be are one.
    if images.is_empty() && is_told { Err(Nothing::NoAddresses) } else { Ok(images) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lie_where_the_path_says() {
        let check = |json: &str, path: &str, expected: Result<&[&str], Nothing>| {
            let url = Url::parse("https://a.example/v1/photos").unwrap();
            let told = |place: Place| match place {
                Place::Web(url) => url.as_str().to_owned(),
                Place::Inline(bytes) => format!("{} bytes", bytes.len()),
            };
            let found = read(json.as_bytes(), &JsonPath::parse(path).unwrap(), &url);
            let found = found.map(|places| places.into_iter().map(told).collect::<Vec<_>>());
            assert_eq!(found, expected.map(|urls| urls.iter().map(|url| (*url).to_owned()).collect()), "{json} {path}");
        };
        let album = r#"{"photos": [{"url": "1.png", "type": "photo"}, {"url": "/2.png", "type": "icon"}, {"id": 3}]}"#;
        check(album, "$.photos[*].url", Ok(&["https://a.example/v1/1.png", "https://a.example/2.png"]));
        check(album, "$.photos[?@.type == 'photo'].url", Ok(&["https://a.example/v1/1.png"]));
        check(album, "$..url", Ok(&["https://a.example/v1/1.png", "https://a.example/2.png"]));
        check(album, "$.photos[*].id", Err(Nothing::NoAddresses));
        check(album, "$.other[*]", Ok(&[]));
        check(r#"{"urls": ["https://b.example/x.png", "ftp://no", 5]}"#, "$.urls", Ok(&["https://b.example/x.png"]));
        check(r#"{"urls": []}"#, "$.urls", Ok(&[]));
        check(r#"{"url": null}"#, "$.url", Ok(&[]));
        check("\u{feff}[\"data:image/gif;base64,R0lGODlh\"]", "$[*]", Ok(&["6 bytes"]));
    }

    #[test]
    fn what_is_no_json_is_told() {
        let url = Url::parse("https://a.example/").unwrap();
        let deep = "[".repeat(100_000);
        for json in ["<html>", "", "{\"a\":", deep.as_str()] {
            let read = read(json.as_bytes(), &JsonPath::parse("$").unwrap(), &url);
            assert!(matches!(read, Err(Nothing::NotJson(_))));
        }
    }
}
