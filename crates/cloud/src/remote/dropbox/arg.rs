//! Words in a header, which holds ASCII only: other letters, and DEL, are written as `\uXXXX`
//! (<https://www.dropbox.com/developers/reference/json-encoding>).

use serde_json::Value;
use std::fmt::Write;

/// The words as a header has them.
pub(super) fn header(words: &Value) -> String {
    let mut header = String::new();
    for letter in words.to_string().chars() {
        if (' '..='~').contains(&letter) {
            header.push(letter);
        } else {
            for half in letter.encode_utf16(&mut [0; 2]) {
                // Nothing that is written to a text fails.
                let _ = write!(header, "\\u{half:04x}");
            }
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn headers_hold_any_name() {
        let check = |name: &str, expected: &str| {
            let header = header(&json!({ "path": name }));
            assert_eq!(header, format!(r#"{{"path":"{expected}"}}"#));
            assert_eq!(serde_json::from_str::<Value>(&header).unwrap()["path"], name);
        };
        check("/a b.png", "/a b.png");
        check("/收据/é.png", r"/\u6536\u636e/\u00e9.png");
        check("/😀\"\\.png", r#"/\ud83d\ude00\"\\.png"#);
        check("/\u{7f}\n", r"/\u007f\n");
    }
}
