//! What hOCR and ALTO share of XML.

use quick_xml::Writer;
use std::borrow::Cow;
use std::io;

/// The beginning of every document.
pub const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// What is being written.
pub type Xml = Writer<Vec<u8>>;

/// Some elements, each on a line of its own, indented by so many levels.
pub fn written(write: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    write(&mut writer)?;
    let text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
    Ok(text.trim_start_matches('\n').to_owned() + "\n")
}

/// A text without the characters that no XML document may have (XML 1.0, production 2).
pub fn allowed(text: &str) -> Cow<'_, str> {
    let is_allowed = |letter: char| match letter {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        other => other >= ' ',
    };
    match text.chars().all(is_allowed) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.chars().filter(|letter| is_allowed(*letter)).collect()),
    }
}
