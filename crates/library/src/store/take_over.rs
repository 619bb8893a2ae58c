//! An item becomes what its sidecar says, when another machine changed that.

use super::index::index_item;
use super::{duplicates, edit, items, readings, recognitions};
use crate::error::Result;
use crate::item::{Edit, ItemId};
use crate::sidecar::{Sidecar, SidecarReading};
use legible_reading::recognition::{Part, Wrong};
use rusqlite::{Transaction, params};

/// Makes the item of a sidecar's image what that says of it: what a person said, what was read and recognised, and what the file says
/// of the image. Where it lies and whether it is in the trash stays. `None` when the library has no such image. A refused
/// sidecar changes nothing.
///
/// # Errors
/// When a tag or the note is too long, or the database fails.
pub fn take_over(tx: &Transaction<'_>, sidecar: &Sidecar) -> Result<Option<ItemId>> {
    let Some(id) = items::find_by_hash(tx, &sidecar.hash)? else { return Ok(None) };
    let said = Edit { tags: Some(sidecar.tags.clone()), note: Some(sidecar.note.clone()) };
    edit::check_limits(&said)?;
    edit::edit(tx, id, &said)?;
    items::rename(tx, id, &sidecar.name)?;
    tx.execute("UPDATE item SET reads = ?2 WHERE id = ?1", params![id.0, sidecar.reads])?;
    if let Some(facts) = &sidecar.facts {
        items::set_facts(tx, id, facts)?;
    }
    sidecar.origins.iter().try_for_each(|origin| items::add_origin(tx, id, origin))?;
    items::set_problem(tx, id, sidecar.problem.as_ref())?;
    duplicates::forget_told_apart(tx, id)?;
    duplicates::note_told_apart(tx, id, &sidecar.told_apart)?;
    read(tx, id, &sidecar.readings)?;
    recognised(tx, id, sidecar)?;
    index_item(tx, id)?;
    Ok(Some(id))
}

/// Puts the readings of a sidecar in place of those that differ.
fn read(tx: &Transaction<'_>, id: ItemId, told: &[SidecarReading]) -> Result<()> {
    let known = readings::all(tx, id)?;
    let is_known = |told: &SidecarReading| {
        known.iter().any(|(reading, read_at)| *read_at == told.read_at && *reading == told.reading)
    };
    for SidecarReading { read_at, reading } in told.iter().filter(|told| !is_known(told)) {
        readings::insert(tx, id, reading, *read_at)?;
    }
    readings::show_latest(tx, id)
}

/// Puts what was recognised, and what of it was called wrong, in place of what is known.
fn recognised(tx: &Transaction<'_>, id: ItemId, sidecar: &Sidecar) -> Result<()> {
    for Wrong { part, name } in recognitions::wrong(tx, id)? {
        recognitions::note_wrong(tx, id, part, &name, false)?;
    }
    for Wrong { part, name } in sidecar.wrong.iter().filter(|wrong| wrong.part != Part::Unknown) {
        recognitions::note_wrong(tx, id, *part, name, true)?;
    }
    // Where the sidecar knows nothing, what is known here stays; it is shown without what was called wrong.
    let known = recognitions::signed(tx, id)?;
    match sidecar.recognition.as_ref().or(known.as_ref()) {
        Some(seen) => recognitions::insert(tx, id, &seen.recognition, &seen.signature, seen.recognised_at),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Placement;
    use crate::limits::MAX_TAG_CHARS;
    use crate::sidecar::SidecarRecognition;
    use crate::store::{adopt, sidecar, trash};
    use crate::testing::{self, database};
    use legible_reading::recognition::{Label, Recognition};

    #[test]
    fn an_item_is_what_its_sidecar_says_and_stays_where_it_lies() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let label = |name: &str| Label { name: name.into(), confidence: 0.9 };
        let seen = |labels: &[&str], recognised_at| {
            let recognition =
                Recognition { labels: labels.iter().copied().map(label).collect(), ..Recognition::default() };
            Some(SidecarRecognition { recognised_at, signature: "1".into(), recognition })
        };
        let wrong = |name: &str| Wrong { part: Part::Labels, name: name.into() };
        let before = Sidecar {
            tags: vec!["old".into()],
            wrong: vec![wrong("cat")],
            recognition: seen(&["cat", "dog"], 3),
            ..testing::sidecar("a.png")
        };
        let placement = Placement::Managed { path: "2026/11/a.png".into() };
        assert_eq!(take_over(&tx, &before).unwrap(), None, "it is not there");
        let id = adopt(&tx, &placement, &before).unwrap().id;
        trash(&tx, &[id], 9).unwrap();

        let mut after = Sidecar {
            name: "b.png".into(),
            tags: vec!["new".into()],
            note: "of the other machine".into(),
            wrong: vec![wrong("dog")],
            recognition: seen(&["dog", "owl"], 8),
            reads: 7,
            ..before.clone()
        };
        after.readings[0].read_at += 5;
        assert_eq!(take_over(&tx, &after).unwrap(), Some(id));
        let told = sidecar(&tx, id).unwrap().unwrap();
        assert_eq!(told, Sidecar { trashed_at: Some(9), ..after.clone() });
        let shown = recognitions::recognition(&tx, id).unwrap().unwrap().0.labels;
        assert_eq!(shown, [label("owl")]);

        let unseen = Sidecar { recognition: None, wrong: vec![], ..after.clone() };
        take_over(&tx, &unseen).unwrap();
        let shown = recognitions::recognition(&tx, id).unwrap().unwrap().0.labels;
        assert_eq!(shown, [label("dog"), label("owl")], "what was seen here stays, and nothing of it is wrong");
        let refused = Sidecar { tags: vec!["x".repeat(MAX_TAG_CHARS + 1)], ..after };
        assert!(take_over(&tx, &refused).is_err());
        assert_eq!(sidecar(&tx, id).unwrap().unwrap().tags, ["new"]);
    }
}
