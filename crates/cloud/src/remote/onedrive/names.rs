//! Names in addresses, and names that OneDrive does not take.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What of a path is written in an address as it is (RFC 3986, section 2.3).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A path as addresses have it.
pub(super) fn encoded(path: &str) -> String {
    utf8_percent_encode(path, PLAIN).to_string()
}

/// Why OneDrive takes no file at this path, if it does not (Microsoft Support, "Restrictions and limitations in OneDrive and SharePoint").
/// What no other system could have either is no path in the first place.
pub(super) fn refuses(path: &str) -> Option<&'static str> {
    let refused = |name: &str| {
        let lower = name.to_lowercase();
        if name.starts_with(' ') {
            Some("OneDrive takes no name that begins with a space; rename it")
        } else if lower.starts_with("~$") || lower.contains("_vti_") || lower == ".lock" || lower == "desktop.ini" {
            Some("OneDrive takes no file of this name; rename it")
        } else {
            None
        }
    };
    path.split('/').find_map(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_addresses() {
        let check = |path: &str, expected: &str| assert_eq!(encoded(path), expected);
        check("a b/收.png", "a%20b/%E6%94%B6.png");
        check("it's 100%#1:.png", "it%27s%20100%25%231%3A.png");
    }

    #[test]
    fn some_names_are_not_taken() {
        let check = |path: &str, expected: bool| assert_eq!(refuses(path).is_some(), expected, "{path}");
        for taken in ["a.png", "a/b c.png", "~a", "lock", "a.lock", "vti_a"] {
            check(taken, false);
        }
        for refused in [" a.png", "a/ b.png", "~$a.docx", "a_vti_b/c.png", "Desktop.INI"] {
            check(refused, true);
        }
    }
}
