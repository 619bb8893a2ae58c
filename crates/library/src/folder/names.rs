//! File names that every system accepts, from names that may be anything.

use crate::limits::MAX_FILE_NAME_BYTES;
use unicode_normalization::UnicodeNormalization;

/// The longest extension that is kept apart from the name, in bytes with its dot.
const MAX_EXTENSION_BYTES: usize = 17;
const NAMELESS: &str = "image";

/// A file name without folders, control characters, what Windows forbids, hidden-file dots, or too many bytes; and never
/// one that looks like a sidecar.
pub fn portable(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or("");
    let allowed = last.chars().map(|ch| if ch.is_whitespace() { ' ' } else { ch }).filter(|&ch| is_allowed(ch));
    // In the end, since marks that come together for want of a character between them may change places.
    let name: String = allowed.nfc().collect();
    let name = name.trim_matches(|ch| ch == '.' || ch == ' ');

    let (stem, extension) = split(name);
    let extension = if is_sidecar_extension(extension) { format!("{extension}.bin") } else { extension.to_owned() };
    let mut stem = shortened(stem, MAX_FILE_NAME_BYTES - extension.len());
    if stem.is_empty() {
        stem.push_str(NAMELESS);
    }
    if is_reserved(&stem) {
        stem.insert(0, '_');
    }
    stem + &extension
}

/// `NAME.EXT` for the number 1, `NAME 2.EXT` for 2, and so on.
pub(super) fn numbered(name: &str, number: usize) -> String {
    let (stem, extension) = split(name);
    if number == 1 { name.to_owned() } else { format!("{stem} {number}{extension}") }
}

/// Whether a file name ends like a sidecar's.
fn is_sidecar_extension(extension: &str) -> bool {
    extension.eq_ignore_ascii_case(".json") || extension.eq_ignore_ascii_case(".broken")
}

/// The name and its extension with the dot; only short extensions of letters and digits count.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 => {
            let (stem, extension) = name.split_at(dot);
            let short = (2..=MAX_EXTENSION_BYTES).contains(&extension.len());
            let plain = extension[1..].bytes().all(|byte| byte.is_ascii_alphanumeric());
            if short && plain { (stem, extension) } else { (name, "") }
        }
        _ => (name, ""),
    }
}

fn is_allowed(ch: char) -> bool {
    let forbidden = matches!(ch, '<' | '>' | ':' | '"' | '|' | '?' | '*');
    // Marks that turn the direction of text make `gpj.exe` look like `exe.jpg`.
    let direction =
        matches!(ch, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    // Not assigned to characters by any standard.
    let private = matches!(ch, '\u{E000}'..='\u{F8FF}' | '\u{FFF0}'..='\u{FFFF}' | '\u{E0000}'..);
    !(ch.is_control() || forbidden || direction || private)
}

/// The beginning of a stem that fits, without a dot or space at its end.
fn shortened(stem: &str, max_bytes: usize) -> String {
    let mut end = stem.len().min(max_bytes);
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    stem[..end].trim_end_matches(['.', ' ']).to_owned()
}

/// Names of devices on Windows, whatever follows the first dot.
fn is_reserved(stem: &str) -> bool {
    let device = stem.split('.').next().unwrap_or(stem).trim_end().to_ascii_uppercase();
    let numbered = |name: &str| {
        let number = device.strip_prefix(name);
        number.is_some_and(|rest| {
            matches!(rest, "¹" | "²" | "³") || (rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
        })
    };
    matches!(device.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered("COM")
        || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_become_portable() {
        let long = "長".repeat(200);
        let cases = [
            ("scan 1.PNG", "scan 1.PNG"),
            ("", "image"),
            ("..", "image"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\u\\scan.png", "scan.png"),
            ("a/b/", "b"),
            (".png", "png"),
            ("a<b>:\"c\"|?*.png", "abc.png"),
            ("a\u{0}\n\u{7}b.png", "a b.png"),
            ("\u{202E}gpj.exe", "gpj.exe"),
            ("CON", "_CON"),
            ("con.png", "_con.png"),
            ("Lpt1.tar.gz", "_Lpt1.tar.gz"),
            ("COM¹.png", "_COM¹.png"),
            ("console.png", "console.png"),
            ("name. .", "name"),
            ("a.png.json", "a.png.json.bin"),
            ("JSON.JSON", "JSON.JSON.bin"),
            ("u\u{308}ber.png", "über.png"),
            (".json", "json"),
            ("\u{1ab0}:\u{c4d}", "\u{c4d}\u{1ab0}"),
        ];
        for (name, expected) in cases {
            assert_eq!(portable(name), expected, "{name:?}");
        }
        assert_eq!(portable(&format!("{long}.png")), format!("{}.png", "長".repeat(58)));
        assert_eq!(numbered("a.b.png", 2), "a.b 2.png");
        assert_eq!(numbered("image", 3), "image 3");
    }

    proptest! {
        #[test]
        fn any_name_becomes_one_portable_part(name in any::<String>()) {
            let made = portable(&name);
            prop_assert!(!made.is_empty() && made.len() <= MAX_FILE_NAME_BYTES + 5, "{made:?}");
            prop_assert_eq!(std::path::Path::new(&made).components().count(), 1);
            prop_assert!(!made.starts_with(['.', ' ']) && !made.ends_with(['.', ' ']), "{made:?}");
            prop_assert!(!made.contains(['/', '\\', ':', '\0']));
            prop_assert_eq!(portable(&made), made);
        }
    }
}
