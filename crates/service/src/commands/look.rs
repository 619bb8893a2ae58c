//! Commands that look: the grid, the search, one item.

use crate::api::{ItemCard, ItemQuery, ItemView, ItemsPage, ItemsQuery, TakenAt};
use crate::commands::jobs::page_size;
use crate::error::{Error, Result};
use crate::facets;
use crate::handler::subject_of;
use crate::hints::hints;
use crate::limits::{DEFAULT_PAGE, MAX_ITEMS_PAGE};
use crate::pictures;
use crate::places::Places;
use crate::recognised;
use crate::service::Service;
use crate::text_facts::text_facts;
use crate::views;
use legible_jobs::{Filter, State};
use legible_library::{ImageFacts, ItemId, ItemSummary, Listing, Query, Snippet};
use rusqlite::Connection;

impl Service {
    /// Lists items, newest first, or searches them, best first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn items(&self, query: ItemsQuery) -> Result<ItemsPage> {
        let places = self.places().clone();
        let asked = self.asked(&query.query).await?.query;
        let page = self.database().read(move |c| {
            let listing = Listing {
                query: Some(asked).filter(|query| !query.is_empty()),
                trashed: query.trashed,
                offset: usize::try_from(query.offset).unwrap_or(usize::MAX),
                limit: usize::try_from(page_size(query.limit, MAX_ITEMS_PAGE)).unwrap_or(usize::MAX),
            };
            let page = legible_library::page(c, &listing)?;
            let entries: Vec<_> = page.entries.iter().map(|entry| (&entry.item, entry.snippet.as_ref())).collect();
            let mut items = cards(c, &places, &entries)?;
            for (card, entry) in items.iter_mut().zip(&page.entries) {
                card.why = entry.why.iter().map(facets::why).collect();
            }
            Ok(ItemsPage { total: views::small(page.total), items })
        });
        page.await
    }

    /// One item with its reading and the places where a search matches.
    ///
    /// # Errors
    /// When there is no such item.
    pub async fn item(&self, ItemQuery { id, query }: ItemQuery) -> Result<ItemView> {
        let folder = self.folder();
        let places = self.places().clone();
        let jobs = self.database().read(move |c| open_jobs(c, id)).await?;
        let around = self.circumstances(&jobs).await?;
        let jobs = jobs.iter().map(|job| views::job(job, &around)).collect();
        let view = self.database().read(move |c| {
            let item = legible_library::item(c, ItemId(id))?.ok_or_else(|| Error::NotFound(format!("image {id}")))?;
            let reading = legible_library::reading(c, ItemId(id))?;
            let query = Query::parse(&query);
            let hits = reading.iter().flat_map(|reading| legible_library::hits(reading, &query));
            let card = cards(c, &places, &[(&item.summary, None)])?.remove(0);
            let (recognition, wrong) =
                (legible_library::whole_recognition(c, item.id)?, legible_library::wrong(c, item.id)?);
            let (facts, layout) = (item.facts.clone(), hints(c, item.id)?.layout);
            let place = facts.as_ref().and_then(ImageFacts::place);
            // A folder that cannot be used is told as a notice; the item can be looked at all the same.
            let path = folder.ok().and_then(|folder| folder.locate(&item.placement).ok());
            Ok(ItemView {
                card,
                bytes: item.size,
                format: facts.as_ref().map(|facts| facts.format.clone()),
                taken_at: facts.as_ref().and_then(|facts| facts.taken_at.clone()),
                camera: facts.and_then(|facts| facts.camera),
                place: place.map(|(latitude, longitude)| TakenAt { latitude, longitude }),
                path: path.map(|path| path.display().to_string()).unwrap_or_default(),
                origins: item.origins.iter().map(views::origin).collect(),
                sources: sources_of(c, id)?,
                recognition: recognition.as_ref().map(|recognition| recognised::view(recognition, &wrong)),
                hits: hits.map(|hit| views::hit(&hit)).collect(),
                text_facts: reading.as_ref().map(|reading| text_facts(&reading.text())).unwrap_or_default(),
                reading: reading.as_ref().map(|reading| views::reading(reading, layout)),
                tags: item.tags.clone(),
                note: item.note.clone(),
                trashed: item.trashed_at.is_some(),
                jobs,
            })
        });
        view.await
    }
}

/// What the sources are called that an item came from.
fn sources_of(c: &Connection, item: i64) -> Result<Vec<String>> {
    let ids = legible_sources::of_item(c, item)?.into_iter();
    // One that cannot be read is told on the page of the sources.
    Ok(ids.filter_map(|id| Some(legible_sources::source(c, id).ok()??.name)).collect())
}

pub(crate) fn cards(
    c: &Connection,
    places: &Places,
    entries: &[(&ItemSummary, Option<&Snippet>)],
) -> Result<Vec<ItemCard>> {
    let subjects: Vec<String> = entries.iter().map(|(item, _)| subject_of(item.id.0)).collect();
    let active = legible_jobs::active_by_subject(c, &subjects)?;
    let ids: Vec<ItemId> = entries.iter().map(|(item, _)| item.id).collect();
    let codes = legible_library::codes_of(c, &ids)?;
    let card = |(item, snippet): &(&ItemSummary, Option<&Snippet>)| {
        let jobs = active.get(&subject_of(item.id.0)).map_or(&[][..], Vec::as_slice);
        let codes = codes.get(&item.id).map_or(&[][..], Vec::as_slice);
        views::card(item, *snippet, codes, jobs, pictures::thumbnail_path(places, &item.hash).exists())
    };
    Ok(entries.iter().map(card).collect())
}

/// The item's jobs that are not done: those that wait, run or failed.
fn open_jobs(c: &Connection, item: i64) -> Result<Vec<legible_jobs::Job>> {
    let states = vec![State::Enqueued, State::Blocked, State::Running, State::Failed];
    let filter = Filter { states: Some(states), subject: Some(subject_of(item)), ..Filter::default() };
    Ok(legible_jobs::jobs(c, &filter, 0, u64::from(DEFAULT_PAGE))?.jobs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::MAX_CARD_CODES;
    use crate::testing::{Home, png};
    use legible_reading::Quad;
    use legible_reading::recognition::{Code, Meaning, Recognition, Symbology};

    #[test]
    fn the_grid_is_told_of_the_first_codes() {
        let home = Home::new();
        let check = |shade: u8, texts: &[&str], expected: &[&str]| {
            let id = home.take_in(&format!("{shade}.png"), &png(shade));
            let quad = Quad::from_edges(0.0, 0.0, 1.0, 1.0);
            let code = |text: &&str| Code {
                symbology: Symbology::Qr,
                text: (*text).to_owned(),
                quad,
                meaning: Meaning::Url { url: (*text).to_owned() },
            };
            let recognition = Recognition { codes: texts.iter().map(code).collect(), ..Recognition::default() };
            let save = move |tx: &rusqlite::Transaction<'_>| {
                Ok(legible_library::save_recognition(tx, ItemId(id), &recognition, "1", 1)?)
            };
            home.service.database().write_blocking(save).unwrap();
            let page = home.ask(home.service.items(ItemsQuery::default())).unwrap();
            let card = page.items.into_iter().find(|card| card.id == id).unwrap();
            assert_eq!(card.codes, expected);
            assert_eq!(
                home.ask(home.service.item(ItemQuery { id, query: String::new() })).unwrap().card.codes,
                expected
            );
        };
        check(1, &[], &[]);
        check(2, &["https://a.example"], &["Web address: a.example"]);
        assert_eq!(MAX_CARD_CODES, 3);
        let four = ["a.example", "b.example", "c.example", "d.example"];
        check(3, &four, &["Web address: a.example", "Web address: b.example", "Web address: c.example"]);
    }
}
