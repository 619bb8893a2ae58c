//! The text of an item as a Markdown file, and the name of that file.

use legible_library::{ContentHash, Folder, Item, Origin, portable_name, timestamp};
use legible_reading::Reading;
use std::path::Path;

/// How many digits of an image's hash its file is named by; all of them when that name is taken.
const DIGITS: [usize; 2] = [16, 64];

/// The name of an item's file: that of the image, then digits of its hash, so that it is the item's alone and stays.
pub fn file_name(name: &str, hash: &ContentHash, is_taken: &dyn Fn(&str) -> bool) -> String {
    let name = portable_name(name);
    let stem = Path::new(&name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(&name);
    let named = |digits: usize| format!("{} {}.md", stem.trim_end_matches([' ', '.']), &hash.as_str()[..digits]);
    let [short, long] = DIGITS.map(named);
    if is_taken(&short) { long } else { short }
}

/// What stands at the top of a file of an export.
pub const OF_AN_EXPORT: &str = "Written by Legible. The next export overwrites what is changed here.";

/// The file's content, which begins with what it `says` of itself: front matter in YAML, the person's note, and what was read, line for line in a code block, so that
/// nothing in it is taken for markup.
pub fn markdown(says: &str, item: &Item, reading: Option<&Reading>, library: &Folder) -> String {
    let added = timestamp(item.added_at);
    let date = item.facts.as_ref().and_then(|facts| facts.taken_at.as_deref()).unwrap_or(&added);
    let mut text = format!("---\n# {says}\n");
    let mut field = |name: &str, value: &str| text.push_str(&format!("{name}: {value}\n"));
    field("name", &quoted(&item.name));
    field("date", &quoted(date));
    field("added", &quoted(&added));
    field("tags", &format!("[{}]", item.tags.iter().map(|tag| quoted(tag)).collect::<Vec<_>>().join(", ")));
    field("source", &quoted(&source(item, library)));
    if let Some(reading) = reading {
        field("engine", &quoted(&format!("{} {}", reading.engine.name, reading.engine.version)));
    }
    field("hash", &quoted(item.hash.as_str()));
    text.push_str("---\n");
    if !item.note.trim().is_empty() {
        text.push_str(&format!("\n{}\n", item.note.trim()));
    }
    if let Some(read) = reading.map(Reading::text).filter(|read| !read.is_empty()) {
        let fence = fence(&read);
        text.push_str(&format!("\n{fence}text\n{read}\n{fence}\n"));
    }
    text
}

/// The file that an item came from first, or else its own.
fn source(item: &Item, library: &Folder) -> String {
    let from = item.origins.iter().find_map(|Origin { path, .. }| path.clone());
    let path = from.or_else(|| library.locate(&item.placement).ok()).unwrap_or_default();
    path.to_string_lossy().into_owned()
}

/// A fence that is longer than any in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|ch| ch != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// A double-quoted YAML string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for ch in text.chars() {
        match ch {
            '"' | '\\' => quoted.extend(['\\', ch]),
            // What YAML does not call printable, and what it calls a line break.
            ch if ch.is_control() || matches!(ch, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}') => {
                quoted.push_str(&format!("\\u{:04X}", u32::from(ch)));
            }
            ch => quoted.push(ch),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_safe_and_their_own() {
        let hash = ContentHash::of(b"a");
        let check = |name: &str, expected: &str| {
            let digits = &hash.as_str()[..16];
            assert_eq!(file_name(name, &hash, &|_| false), format!("{expected} {digits}.md"));
        };
        check("scan 1.PNG", "scan 1");
        check("../../etc/passwd", "passwd");
        check("con.png", "_con");
        check("a. .png", "a");
        check("", "image");
        check("Rechnung März.jpeg", "Rechnung März");
        let short = file_name("a.png", &hash, &|_| false);
        assert_eq!(file_name("a.png", &hash, &|name| name == short), format!("a {hash}.md"));
        let longest = file_name(&"長".repeat(500), &hash, &|name| name.len() < 80 + 180);
        assert!(longest.len() <= 255, "{}", longest.len());
    }

    #[test]
    fn fences_are_longer_than_what_they_hold() {
        let check = |text: &str, expected: usize| assert_eq!(fence(text), "`".repeat(expected), "{text}");
        check("", 3);
        check("a `b` c", 3);
        check("```\nx\n```", 4);
        check("a ````` b", 6);
    }

    #[test]
    fn quoted_strings_are_on_one_line() {
        let check = |text: &str, expected: &str| assert_eq!(quoted(text), expected);
        check("a: b # \"c\" \\", r#""a: b # \"c\" \\""#);
        check("1\n2\r\u{85}\u{2028}\u{7f}", r#""1\u000A2\u000D\u0085\u2028\u007F""#);
        check("发票 😀", "\"发票 😀\"");
    }

    proptest! {
        #[test]
        fn any_name_is_one_part_of_a_path(name in any::<String>()) {
            let made = file_name(&name, &ContentHash::of(name.as_bytes()), &|_| false);
            prop_assert_eq!(Path::new(&made).components().count(), 1);
            prop_assert!(made.len() <= 255 && made.ends_with(".md") && !made.starts_with('.'), "{:?}", made);
        }
    }
}
