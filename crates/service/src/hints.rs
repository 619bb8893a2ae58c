//! What the sources of an item say about its text: the languages it is probably in, and how its lines are put together.

use crate::error::Result;
use legible_library::ItemId;
use legible_reading::Layout;
use rusqlite::Connection;

/// What is known about a text beside what was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Tags (BCP 47) of the languages it is probably in; none where nothing is known.
    pub languages: Vec<String>,
    /// How its lines are put together.
    pub layout: Layout,
}

/// What the sources of an item say. If one of them may bring any language, any is expected; the first that wants another
/// layout than the usual one has it.
///
/// # Errors
/// When the database fails.
pub fn hints(conn: &Connection, item: ItemId) -> Result<Hints> {
    let found =
        legible_sources::of_item(conn, item.0)?.into_iter().filter_map(|id| legible_sources::source(conn, id).ok());
    // One that cannot be read is told on the page of the sources.
    let filings: Vec<_> = found.flatten().map(|source| source.filing).collect();
    let layout = filings.iter().map(|filing| filing.layout).find(|layout| *layout != Layout::default());
    let mut languages: Vec<String> = Vec::new();
    if filings.iter().all(|filing| !filing.languages.is_empty()) {
        for language in filings.into_iter().flat_map(|filing| filing.languages) {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
    }
    Ok(Hints { languages, layout: layout.unwrap_or_default() })
}

/// The text of an item, put together as its sources say; `None` if it was not read.
///
/// # Errors
/// When the database fails.
pub fn text(conn: &Connection, item: ItemId) -> Result<Option<String>> {
    let Some(reading) = legible_library::reading(conn, item)? else { return Ok(None) };
    Ok(Some(reading.text_as(hints(conn, item)?.layout)))
}
