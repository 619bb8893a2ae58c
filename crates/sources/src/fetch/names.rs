//! A name for the file of an image: the server's wish or the address's last part, made harmless for every system.

use super::data::percent_decoded;
use url::Url;

/// The most bytes of a name, with its ending.
const MOST: usize = 120;
/// What is called so where nothing else is left.
const PLAIN: &str = "image";
/// Endings of image files that can be read.
pub(super) const ENDINGS: &[&str] = &["png", "jpg", "jpeg", "gif", "webp", "tif", "tiff", "bmp"];
/// Names that Windows takes for devices, whatever ending follows.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A name for an image: by its `Content-Disposition`, else by its address, with an ending that its bytes have earned.
pub(super) fn choose(disposition: Option<&[u8]>, url: Option<&Url>, bytes: &[u8]) -> String {
    let wished = disposition.and_then(of_disposition).filter(|name| !harmless(name, "").is_empty());
    let wished = wished.or_else(|| {
        let last = url?.path_segments()?.rfind(|part| !part.is_empty())?;
        Some(String::from_utf8_lossy(&percent_decoded(last)).into_owned())
    });
    let wished = wished.unwrap_or_default();
    let has_ending = ending(&wished).is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
    let right = if has_ending { "" } else { ending_of(bytes) };
    let name = harmless(&wished, right);
    if name.is_empty() { harmless(PLAIN, ending_of(bytes)) } else { name }
}

/// The ending of a name, in small letters.
pub(super) fn ending(name: &str) -> Option<String> {
    let (_, ending) = name.trim_end_matches(['.', ' ']).rsplit_once('.')?;
    Some(ending.to_ascii_lowercase())
}

/// The ending of files that begin like this; none for what is not known.
fn ending_of(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [0xff, 0xd8, 0xff, ..] => "jpg",
        [b'G', b'I', b'F', b'8', ..] => "gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "webp",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "tif",
        [b'B', b'M', ..] => "bmp",
        _ => "",
    }
}

/// The name in a `Content-Disposition` (RFC 6266), the one with its letters told (RFC 8187) before the other.
fn of_disposition(header: &[u8]) -> Option<String> {
    // Servers that put letters there which do not belong there mean UTF-8, or the old alphabet of the west.
    let text = match std::str::from_utf8(header) {
        Ok(text) => text.to_owned(),
        Err(_) => header.iter().map(|byte| char::from(*byte)).collect(),
    };
    let parameters = parameters(&text);
    let value = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    value("filename*").and_then(|value| with_letters(&value)).or_else(|| value("filename"))
}

/// The parameters after the first semicolon, names in small letters.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.split_once(';').map_or("", |(_, rest)| rest);
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_start_matches([';', ' ', '\t']).trim_end().to_ascii_lowercase();
        let after = after.trim_start();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after[..end].trim_end().to_owned(), &after[end..])
            }
        };
        found.push((name, value));
        rest = left.split_once(';').map_or("", |(_, left)| left);
    }
    found
}

/// The text up to the closing quotation mark, and what follows it.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            _ => value.push(letter),
        }
    }
    (value, "")
}

/// A value that tells its letters: `UTF-8'en'%e2%82%ac.png`.
fn with_letters(value: &str) -> Option<String> {
    let mut parts = value.splitn(3, '\'');
    let (letters, _language, text) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = percent_decoded(text);
    match letters.to_ascii_lowercase().as_str() {
        "utf-8" => String::from_utf8(bytes).ok(),
        "iso-8859-1" => Some(bytes.into_iter().map(char::from).collect()),
        _ => None,
    }
}

/// A name without anything that a system takes for something else: paths, control and direction characters, devices of
/// Windows, dots and spaces at the ends. Empty where nothing is left. `add` is put behind it as its ending.
fn harmless(name: &str, add: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !is_unseen(*c)).map(|c| if is_special(c) { '_' } else { c }).collect();
    let plain = plain.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if plain.is_empty() || plain.chars().all(|c| c == '_') {
        return String::new();
    }
    let stem = plain.split('.').next().unwrap_or_default().trim_end();
    let mut safe = if is_device(stem) { format!("_{plain}") } else { plain.to_owned() };
    if !add.is_empty() {
        safe = format!("{safe}.{add}");
    }
    shortened(&safe)
}

/// Cuts a name before its ending, and between letters.
fn shortened(name: &str) -> String {
    if name.len() <= MOST {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 10 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let mut end = (MOST - ending.len()).min(stem.len());
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    let stem = stem[..end].trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    format!("{stem}{ending}")
}

fn is_device(stem: &str) -> bool {
    let stem = stem.to_lowercase();
    let is_port = |prefix: &str| {
        let number = stem.strip_prefix(prefix).map(|rest| rest.chars().collect::<Vec<_>>());
        matches!(number.as_deref(), Some(['0'..='9' | '¹' | '²' | '³']))
    };
    DEVICES.contains(&stem.as_str()) || is_port("com") || is_port("lpt")
}

fn is_special(c: char) -> bool {
    matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// Characters that nobody sees: controls, and those that turn the direction of text or join it.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff0}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

    #[test]
    fn names_come_from_the_header_or_the_address() {
        let check = |disposition: &str, url: &str, expected: &str| {
            let header = Some(disposition.as_bytes()).filter(|header| !header.is_empty());
            let url = Url::parse(url).unwrap();
            assert_eq!(choose(header, Some(&url), PNG), expected, "{disposition} {url}");
        };
        let url = "https://a.example/x/scan%20one.png?big=1";
        check("", url, "scan one.png");
        check("inline", url, "scan one.png");
        check("attachment; filename=plain.png", url, "plain.png");
        check("attachment; filename=\"two words; 3.png\"; size=5", url, "two words; 3.png");
        check("attachment; filename=\"a\\\"b\\\\c.png\"", url, "c.png");
        check("attachment; FileName*=UTF-8''%e2%82%ac%20rates.png; filename=\"EUR.png\"", url, "€ rates.png");
        check("attachment; filename=\"EUR.png\"; filename*=iso-8859-1'en'%A3%20rates.png", url, "£ rates.png");
        check("attachment; filename*=utf-16''x; filename=EUR.png", url, "EUR.png");
        check("attachment; filename=\"naïve.png\"", url, "naïve.png");
        check("attachment; filename=\"../../etc/passwd\"", url, "passwd.png");
        check("attachment; filename=\"C:\\\\Windows\\\\a.png\"", url, "a.png");
        check("attachment; filename=\"..\"", url, "scan one.png");
        check("attachment; filename=\"open", url, "open.png");
        check("attachment; filename=", url, "scan one.png");
        check("", "https://a.example/", "image.png");
        check("", "https://a.example/photo/", "photo.png");
        check("", "https://a.example/x/%2e%2e%2fsecret", "secret.png");
        check("", "https://a.example/a%00b%0a.png", "ab.png");
        check("", "https://a.example/show.php", "show.php.png");
        check("", "https://a.example/a.JPG", "a.JPG");
        check("", "https://a.example/a.png.", "a.png");
        check("", "https://a.example/CON.png", "_CON.png");
        check("", "https://a.example/nul", "_nul.png");
        check("", "https://a.example/com1.tar.png", "_com1.tar.png");
        check("", "https://a.example/LPT%C2%B9.png", "_LPT¹.png");
        check("", "https://a.example/console.png", "console.png");
        check("", "https://a.example/gnp.%E2%80%AEexe.png", "gnp.exe.png");
        check("", "https://a.example/a%3Ab%7Cc.png", "a_b_c.png");
        check("", "https://a.example/.hidden.png", "hidden.png");
        check("", "https://a.example/%3F%3F", "image.png");
    }

    #[test]
    fn long_names_keep_their_ending_and_whole_letters() {
        let check = |stem: &str, expected: &str| {
            let header = format!("attachment; filename=\"{stem}.png\"");
            assert_eq!(choose(Some(header.as_bytes()), None, PNG), expected);
        };
        check(&"a".repeat(116), &format!("{}.png", "a".repeat(116)));
        check(&"a".repeat(300), &format!("{}.png", "a".repeat(116)));
        check(&"€".repeat(100), &format!("{}.png", "€".repeat(38)));
    }

    #[test]
    fn letters_of_the_old_alphabet_are_read() {
        assert_eq!(choose(Some(b"attachment; filename=\"\xfcber.png\""), None, PNG), "über.png");
    }

    proptest! {
        #[test]
        fn every_name_is_harmless(header: Vec<u8>, path in "\\PC*", bytes: Vec<u8>) {
            let mut url = Url::parse("https://a.example/").unwrap();
            url.set_path(&path);
            prop_assert!(is_harmless(&choose(Some(&header), Some(&url), &bytes)));
        }

        #[test]
        fn every_wish_is_made_harmless(wish in "[\\PC\u{0}-\u{1f}/\\\\. ]{0,200}") {
            let header = format!("attachment; filename=\"{wish}\"");
            let name = choose(Some(header.as_bytes()), None, PNG);
            prop_assert!(is_harmless(&name), "{name:?}");
        }

        #[test]
        fn devices_are_no_names(device in "(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])( *)(\\.[a-z]{0,4})?") {
            let name = choose(Some(format!("attachment; filename=\"{device}\"").as_bytes()), None, PNG);
            prop_assert!(name.starts_with('_'), "{name:?}");
        }
    }

    fn is_harmless(name: &str) -> bool {
        let has_bad = name.chars().any(|c| c.is_control() || "/\\:*?\"<>|".contains(c));
        let ends_well = !name.ends_with(['.', ' ']) && !name.starts_with(['.', ' ']);
        let stem = name.split('.').next().unwrap_or_default().trim_end();
        !name.is_empty() && name.len() <= MOST && !has_bad && ends_well && !is_device(stem)
    }
}
