//! Commands for looking through images that look alike.

use crate::api::{
    DuplicateGroup, DuplicateImage, Duplicates, DuplicatesQuery, EditItem, ItemIds, KeepOne, KeptOne, TellApart,
    Touched,
};
use crate::changes::Changes;
use crate::commands::jobs::page_size;
use crate::commands::look::cards;
use crate::error::{Error, Result};
use crate::intake::write_sidecar;
use crate::limits::MAX_DUPLICATES_PAGE;
use crate::places::Places;
use crate::service::Service;
use crate::views::small;
use legible_library::limits::MAX_TAGS;
use legible_library::{Folder, Item, ItemId};
use rusqlite::Connection;
use std::collections::BTreeSet;

impl Service {
    /// Images that look alike.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn duplicates(&self, DuplicatesQuery { offset, limit }: DuplicatesQuery) -> Result<Duplicates> {
        let (places, folder) = (self.places().clone(), self.folder().ok());
        let found = self.database().read(move |c| {
            let all = legible_library::duplicate_groups(c)?;
            let spare = |group: &legible_library::DuplicateGroup| {
                let best = legible_library::best(group);
                group.items.iter().filter(|image| Some(image.id) != best).map(|image| image.size).sum::<u64>()
            };
            let (from, most) = (offset as usize, usize::try_from(page_size(limit, MAX_DUPLICATES_PAGE)).unwrap_or(0));
            let shown = all.iter().skip(from).take(most);
            Ok(Duplicates {
                total: small(all.len()),
                images: small(all.iter().map(|group| group.items.len()).sum::<usize>()),
                spare_bytes: all.iter().map(spare).sum(),
                unseen: small(legible_library::unhashed(c)?),
                groups: shown.map(|group| view(c, &places, folder.as_ref(), group)).collect::<Result<_>>()?,
            })
        });
        found.await
    }

    /// Keeps one of images that look alike; the others go to the trash. What a person said of them is added to what was said of
    /// this one, as far as there is room.
    ///
    /// # Errors
    /// When there is no such image, a file cannot be moved or the database fails; the images before it are in the trash.
    pub async fn keep_one(&self, KeepOne { keep, others }: KeepOne) -> Result<KeptOne> {
        let others: Vec<i64> = others.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        if others.contains(&keep) {
            return Err(Error::BadRequest("an image cannot be kept and deleted at once".into()));
        }
        let gone = others.clone();
        let (kept, said) = self
            .database()
            .read(move |c| {
                // A page that is out of date is not to put the last copy in the trash.
                let kept = existing(c, keep)?;
                if kept.trashed_at.is_some() {
                    return Err(Error::NotFound(format!("image {keep}, which is in the trash,")));
                }
                let others = gone.iter().map(|id| existing(c, *id)).collect::<Result<Vec<_>>>()?;
                let said = together(&kept, &others);
                Ok((kept, said))
            })
            .await?;
        // First what could be lost.
        if (&kept.tags, &kept.note) != (&said.0, &said.1) {
            self.edit_item(EditItem { id: keep, tags: Some(said.0), note: Some(said.1) }).await?;
        }
        self.trash_items(ItemIds { ids: others.clone() }).await?;
        Ok(KeptOne { trashed: others, tags: kept.tags, note: kept.note })
    }

    /// Says that images are not the same, or takes that back.
    ///
    /// # Errors
    /// When there is no such image, a sidecar cannot be written, or the database fails; then nothing changes.
    pub async fn tell_apart(&self, TellApart { ids, apart }: TellApart) -> Result<Touched> {
        let (folder, count) = (self.folder()?, small(ids.len()));
        let chosen: Vec<ItemId> = ids.iter().copied().map(ItemId).collect();
        let told = self.database().write(move |tx| {
            match apart {
                true => legible_library::tell_apart(tx, &chosen)?,
                false => legible_library::undo_tell_apart(tx, &chosen)?,
            }
            chosen.iter().try_for_each(|id| write_sidecar(tx, &folder, *id))
        });
        told.await?;
        self.announce(Changes::items(ids)).await;
        Ok(Touched { count })
    }
}

fn existing(conn: &Connection, id: i64) -> Result<Item> {
    legible_library::item(conn, ItemId(id))?.ok_or_else(|| Error::NotFound(format!("image {id}")))
}

/// The tags and the notes of images in one, as many as there is room for.
fn together(kept: &Item, others: &[Item]) -> (Vec<String>, String) {
    let (mut tags, mut note) = (kept.tags.clone(), kept.note.clone());
    for other in others {
        for tag in &other.tags {
            let known = tags.iter().any(|known| known.to_lowercase() == tag.to_lowercase());
            if !known && tags.len() < MAX_TAGS {
                tags.push(tag.clone());
            }
        }
        let more = other.note.trim();
        let fits = note.chars().count() + more.chars().count() < legible_library::limits::MAX_NOTE_CHARS;
        if !more.is_empty() && !note.contains(more) && fits {
            note = if note.is_empty() { more.to_owned() } else { format!("{note}\n{more}") };
        }
    }
    (tags, note)
}

/// A group with its best image first.
fn view(
    conn: &Connection,
    places: &Places,
    folder: Option<&Folder>,
    group: &legible_library::DuplicateGroup,
) -> Result<DuplicateGroup> {
    let best = legible_library::best(group);
    let mut items = Vec::new();
    for image in &group.items {
        items.extend(legible_library::item(conn, image.id)?);
    }
    items.sort_by_key(|item| Some(item.id) != best);
    let first = items.first().cloned();
    let image = |item: &Item| -> Result<DuplicateImage> {
        Ok(DuplicateImage {
            card: cards(conn, places, &[(&item.summary, None)])?.remove(0),
            bytes: item.size,
            format: item.facts.as_ref().map(|facts| facts.format.clone()),
            path: folder
                .and_then(|folder| folder.locate(&item.placement).ok())
                .map(|path| path.display().to_string())
                .unwrap_or_default(),
            compared: first
                .as_ref()
                .filter(|best| best.id != item.id)
                .map_or(String::new(), |best| compared(item, best)),
        })
    };
    Ok(DuplicateGroup { images: items.iter().map(image).collect::<Result<_>>()? })
}

/// How an image compares with the best of its group.
fn compared(item: &Item, best: &Item) -> String {
    let width = |item: &Item| item.facts.as_ref().map_or(0, |facts| facts.width);
    let percent = |part: u64, whole: u64| (part * 100).checked_div(whole).unwrap_or(0);
    let wide = match (width(item), width(best)) {
        (0, _) | (_, 0) => None,
        (own, other) if own == other => Some("as wide".to_owned()),
        (own, other) => Some(format!("{} % as wide", percent(own.into(), other.into()))),
    };
    let large = match (item.size, best.size) {
        (own, other) if own == other => "as large a file".to_owned(),
        (own, other) => format!("a file {} % as large", percent(own, other)),
    };
    wide.into_iter().chain([large]).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ItemQuery;
    use crate::testing::{Home, png};
    use legible_library::ImageFacts;
    use legible_reading::recognition::{PerceptualHash, Recognition};

    /// Takes in an image of this width that looks like all of these.
    fn take_in(home: &Home, shade: u8, width: u32) -> i64 {
        let id = home.take_in(&format!("{shade}.png"), &png(shade));
        let save = move |tx: &rusqlite::Transaction<'_>| {
            let hash = PerceptualHash { across: 0x0123_4567_89AB_CDEF, down: 0xFEDC_BA98_7654_3210 };
            let recognition = Recognition { hash: Some(hash), ..Recognition::default() };
            let facts = ImageFacts { width, height: 10, format: "png".into(), ..ImageFacts::default() };
            legible_library::set_facts(tx, ItemId(id), &facts)?;
            Ok(legible_library::save_recognition(tx, ItemId(id), &recognition, "1", 1)?)
        };
        home.service.database().write_blocking(save).unwrap();
        id
    }

    fn groups(home: &Home) -> Vec<Vec<i64>> {
        let found = home.ask(home.service.duplicates(DuplicatesQuery::default())).unwrap();
        found.groups.iter().map(|group| group.images.iter().map(|image| image.card.id).collect()).collect()
    }

    fn said(home: &Home, id: i64, tags: &[&str], note: &str) {
        let tags = Some(tags.iter().map(|tag| (*tag).to_owned()).collect());
        home.ask(home.service.edit_item(EditItem { id, tags, note: Some(note.into()) })).unwrap();
    }

    #[test]
    fn the_best_is_kept_with_all_that_was_said_and_that_is_undone() {
        let home = Home::new();
        let ids = [(1, 20), (2, 40), (3, 10)].map(|(shade, width)| take_in(&home, shade, width));
        assert_eq!(groups(&home), [[ids[1], ids[0], ids[2]]]);
        let found = home.ask(home.service.duplicates(DuplicatesQuery::default())).unwrap();
        assert_eq!((found.total, found.images, found.unseen), (1, 3, 0));
        let compared: Vec<&str> = found.groups[0].images.iter().map(|image| image.compared.as_str()).collect();
        assert_eq!((compared[0], compared[1].starts_with("50 % as wide, ")), ("", true), "{compared:?}");
        said(&home, ids[1], &["Sea"], "kept");
        said(&home, ids[0], &["sea", "summer"], "from Ann");
        let kept = home.ask(home.service.keep_one(KeepOne { keep: ids[1], others: vec![ids[0], ids[2]] })).unwrap();
        let item = |id| home.ask(home.service.item(ItemQuery { id, query: String::new() })).unwrap();
        assert_eq!(
            (item(ids[1]).tags, item(ids[1]).note),
            (vec!["Sea".into(), "summer".into()], "kept\nfrom Ann".into())
        );
        assert!(item(ids[0]).trashed && groups(&home).is_empty());
        let KeptOne { trashed, tags, note } = kept;
        home.ask(home.service.restore_items(ItemIds { ids: trashed })).unwrap();
        let (tags, note) = (Some(tags), Some(note));
        home.ask(home.service.edit_item(EditItem { id: ids[1], tags, note })).unwrap();
        assert_eq!((groups(&home).len(), item(ids[1]).tags, item(ids[1]).note), (1, vec!["Sea".into()], "kept".into()));
        let both = KeepOne { keep: ids[0], others: vec![ids[0]] };
        assert!(home.ask(home.service.keep_one(both)).is_err());
    }

    #[test]
    fn images_that_were_told_apart_are_no_group_until_that_is_taken_back() {
        let home = Home::new();
        let ids = [(1, 20), (2, 40)].map(|(shade, width)| take_in(&home, shade, width)).to_vec();
        let tell = |apart| home.ask(home.service.tell_apart(TellApart { ids: ids.clone(), apart })).unwrap();
        assert_eq!((tell(true).count, groups(&home).len()), (2, 0));
        assert_eq!((tell(false).count, groups(&home).len()), (2, 1));
    }
}
