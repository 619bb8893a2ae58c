//! What a person says of an item: its tags and its note.

use super::index::index_item;
use super::items::exists;
use crate::error::{Error, Result};
use crate::item::{Edit, ItemId};
use crate::limits::{MAX_NOTE_CHARS, MAX_TAG_CHARS, MAX_TAGS};
use rusqlite::{Connection, Transaction, params};

/// Changes tags and note, and indexes them. Tags are trimmed; empty and repeated ones (ignoring case) are left out.
///
/// # Errors
/// When there is no such item, a tag or the note is too long, or the database fails.
pub fn edit(tx: &Transaction<'_>, id: ItemId, edit: &Edit) -> Result<()> {
    exists(tx, id)?;
    check_limits(edit)?;
    if let Some(tags) = &edit.tags {
        set_tags(tx, id, &clean_tags(tags)?)?;
    }
    if let Some(note) = &edit.note {
        tx.execute("UPDATE item SET note = ?2 WHERE id = ?1", params![id.0, note])?;
    }
    index_item(tx, id)
}

/// Fails when an edit would be refused.
pub(super) fn check_limits(edit: &Edit) -> Result<()> {
    clean_tags(edit.tags.as_deref().unwrap_or_default())?;
    if edit.note.as_ref().is_some_and(|note| note.chars().count() > MAX_NOTE_CHARS) {
        return Err(Error::TooLong { what: "text in a note, in characters", limit: MAX_NOTE_CHARS });
    }
    Ok(())
}

fn set_tags(tx: &Transaction<'_>, id: ItemId, tags: &[&str]) -> Result<()> {
    tx.execute("DELETE FROM tag WHERE item_id = ?1", [id.0])?;
    let mut insert = tx.prepare_cached("INSERT INTO tag (item_id, position, tag) VALUES (?1, ?2, ?3)")?;
    for (position, tag) in tags.iter().enumerate() {
        insert.execute(params![id.0, position as i64, tag])?;
    }
    Ok(())
}

fn clean_tags(tags: &[String]) -> Result<Vec<&str>> {
    let mut seen = std::collections::HashSet::new();
    let clean: Vec<&str> =
        tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty() && seen.insert(tag.to_lowercase())).collect();
    if clean.len() > MAX_TAGS {
        return Err(Error::TooLong { what: "tags on one item", limit: MAX_TAGS });
    }
    if clean.iter().any(|tag| tag.chars().count() > MAX_TAG_CHARS) {
        return Err(Error::TooLong { what: "text in a tag, in characters", limit: MAX_TAG_CHARS });
    }
    Ok(clean)
}

pub(super) fn tags(conn: &Connection, id: ItemId) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached("SELECT tag FROM tag WHERE item_id = ?1 ORDER BY position")?;
    let tags = statement.query_map([id.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{add_item, item};
    use crate::testing::{database, new_item};

    #[test]
    fn tags_are_cleaned_and_limited() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let (new, origin) = new_item("a", 1);
        let id = add_item(&tx, &new, &origin).unwrap().id;
        let set = |tags: Vec<String>| edit(&tx, id, &Edit { tags: Some(tags), note: None });
        set([" Tax ", "", "tax", "2024"].map(String::from).to_vec()).unwrap();
        assert_eq!(item(&tx, id).unwrap().unwrap().tags, ["Tax", "2024"]);
        assert!(matches!(set(vec!["x".repeat(MAX_TAG_CHARS + 1)]), Err(Error::TooLong { .. })));
        assert!(matches!(set((0..=MAX_TAGS).map(|n| n.to_string()).collect()), Err(Error::TooLong { .. })));
        let note = Edit { tags: None, note: Some("n".repeat(MAX_NOTE_CHARS + 1)) };
        assert!(matches!(edit(&tx, id, &note), Err(Error::TooLong { .. })));
        assert_eq!(item(&tx, id).unwrap().unwrap().tags, ["Tax", "2024"]);
    }
}
