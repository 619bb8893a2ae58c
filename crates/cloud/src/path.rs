//! The name of a file on both sides: a relative path that any system can have.
//!
//! Names that differ only in how they are composed (Unicode Standard Annex 15) are one name. Names that differ only in case are two, of
//! which a folder of Windows or macOS and many storages can have but one: [`FilePath::folded`] is the same for them.

use crate::limits::{MAX_DEPTH, MAX_NAME_BYTES, MAX_PATH_BYTES};
use std::fmt::{self, Display, Formatter};
use unicode_normalization::UnicodeNormalization;

/// A path below the folder that is kept in step: names joined by `/`, composed (NFC), none of them empty, `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilePath(String);

/// Why a text is no path of a file that can be kept in step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPath {
    /// It has an empty name, or `.`, `..`, a backslash or a control character.
    #[error("such a name could lead elsewhere or cannot be written")]
    Unsafe,
    /// It is too long or too deep.
    #[error("the name is too long")]
    TooLong,
    /// Windows cannot have it: `<>:"|?*`, a space or dot at the end of a name, or the name of a device.
    #[error("Windows cannot have a file of this name")]
    NotPortable,
}

impl FilePath {
    /// The path that a text names.
    ///
    /// # Errors
    /// [`NoPath`].
    pub fn parse(text: &str) -> Result<Self, NoPath> {
        // Nearly all names are ASCII, which is composed, and a hundred thousand of them are read at a time.
        let path: String = if text.is_ascii() { text.to_owned() } else { text.nfc().collect() };
        let is_unsafe = |name: &str| {
            name.is_empty() || name == "." || name == ".." || name.contains('\\') || name.chars().any(char::is_control)
        };
        if path.split('/').any(is_unsafe) {
            return Err(NoPath::Unsafe);
        }
        let too_long = path.len() > MAX_PATH_BYTES || path.split('/').count() > MAX_DEPTH;
        if too_long || path.split('/').any(|name| without_sidecar(name).len() > MAX_NAME_BYTES) {
            return Err(NoPath::TooLong);
        }
        if path.split('/').any(is_not_portable) {
            return Err(NoPath::NotPortable);
        }
        Ok(FilePath(path))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last name.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The same for paths that a system which ignores case takes for one.
    pub fn folded(&self) -> String {
        if self.0.is_ascii() {
            return self.0.to_ascii_lowercase();
        }
        self.0.nfc().flat_map(char::to_lowercase).nfc().collect()
    }

    /// Whether the path itself or a folder above it is hidden: its name begins with a dot.
    pub fn is_hidden(&self) -> bool {
        self.0.split('/').any(|name| name.starts_with('.'))
    }

    /// A path beside this one, whose name has ` (WORDS)` before its endings. Words are cut where the name would be too long.
    #[must_use]
    pub fn beside(&self, words: &str) -> Self {
        let (folder, name) = match self.0.rsplit_once('/') {
            Some((folder, name)) => (format!("{folder}/"), name),
            None => (String::new(), self.name()),
        };
        // `scan.png.json` is the sidecar of `scan.png`, and that of `scan (words).png` must be `scan (words).png.json`.
        let body = without_sidecar(name);
        let at = body.rfind('.').filter(|at| *at > 0).unwrap_or(body.len());
        let (stem, endings) = name.split_at(at);
        let added: String = words.chars().filter(|c| !c.is_control() && !r#"<>:"|?*/\"#.contains(*c)).collect();
        let room = MAX_NAME_BYTES.saturating_sub(body.len() - at + added.len() + 3);
        let stem = &stem[..stem.floor_char_boundary(room.min(stem.len()))];
        FilePath(format!("{folder}{stem} ({added}){endings}").nfc().collect())
    }
}

impl Display for FilePath {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name without the ending that makes it that of a sidecar. What is as long as a name may be has room for it.
fn without_sidecar(name: &str) -> &str {
    name.strip_suffix(".json").unwrap_or(name)
}

/// See "Naming Files, Paths, and Namespaces" of the Windows documentation.
fn is_not_portable(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device).is_some_and(|rest| rest.chars().count() == 1 && "123456789¹²³".contains(rest))
    };
    let is_device = ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT");
    is_device || name.ends_with([' ', '.']) || name.contains(['<', '>', ':', '"', '|', '?', '*'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_are_paths_or_not() {
        let check = |text: &str, expected: Result<&str, NoPath>| {
            assert_eq!(FilePath::parse(text), expected.map(|path| FilePath(path.to_owned())), "{text:?}");
        };
        check("2026/11/scan.png.json", Ok("2026/11/scan.png.json"));
        check("收据/e\u{301}té.png", Ok("收据/été.png"));
        check("it's \u{201c}quoted\u{201d}.png", Ok("it's \u{201c}quoted\u{201d}.png"));
        check("connect.png", Ok("connect.png"));
        for wrong in ["", "/a", "a//b", "../a", "a/..", "a/./b", r"..\a", "a\0b", "a\nb"] {
            check(wrong, Err(NoPath::Unsafe));
        }
        for wrong in ["a:b", "what?.png", "con", "NUL.txt", "com1.png", "a/lpt9", "end.", "end /a", "a\"b"] {
            check(wrong, Err(NoPath::NotPortable));
        }
        check(&"n".repeat(256), Err(NoPath::TooLong));
        check(&["d"; 33].join("/"), Err(NoPath::TooLong));
    }

    #[test]
    fn case_and_composition_fold() {
        let same = |a: &str, b: &str| FilePath::parse(a).unwrap().folded() == FilePath::parse(b).unwrap().folded();
        assert!(same("A/Été.PNG", "a/e\u{301}te\u{301}.png") && !same("a.png", "b.png"));
    }

    #[test]
    fn beside_keeps_the_endings() {
        let check = |path: &str, words: &str, expected: &str| {
            assert_eq!(FilePath::parse(path).unwrap().beside(words).as_str(), expected);
        };
        check("2026/11/scan.png", "conflict, Desk", "2026/11/scan (conflict, Desk).png");
        check("2026/11/scan.png.json", "Desk", "2026/11/scan (Desk).png.json");
        check("notes", "a/b:c", "notes (abc)");
        check(".hidden", "x", ".hidden (x)");
    }

    proptest! {
        #[test]
        fn what_is_beside_a_path_is_a_path(text in "\\PC{1,40}(/\\PC{1,300})?", words in "\\PC{0,60}") {
            if let Ok(path) = FilePath::parse(&text) {
                let beside = path.beside(&words);
                prop_assert_eq!(FilePath::parse(beside.as_str()), Ok(beside.clone()));
                prop_assert_ne!(beside, path);
            }
        }
    }
}
