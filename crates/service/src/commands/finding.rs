//! Commands that tell what a search could ask for, where images were taken, and what a person says is wrong.

use crate::api::{FacetsQuery, FacetsView, ItemQuery, ItemView, JudgeLabel, JudgedPart, NoArgs, PlaceView, Places};
use crate::changes::Changes;
use crate::describing::Asked;
use crate::error::Result;
use crate::facets;
use crate::intake::write_sidecar;
use crate::service::Service;
use crate::views::small;
use legible_library::ItemId;
use legible_reading::recognition::Part;

impl Service {
    /// The filters of a search, and how many images others would leave.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facets(&self, FacetsQuery { query, trashed }: FacetsQuery) -> Result<FacetsView> {
        let Asked { query: parsed, problem } = self.asked(&query).await?;
        let chips = facets::chips(&query, problem.as_deref(), &self.unlooked(&query).await?);
        let counts = self.database().read(move |c| Ok(legible_library::facet_counts(c, &parsed, trashed)?)).await?;
        Ok(FacetsView { chips, groups: facets::groups(&counts) })
    }

    /// Where images were taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn places_of_items(&self, _: NoArgs) -> Result<Places> {
        let places = self.database().read(|c| Ok(legible_library::places(c)?)).await?;
        Ok(Places { places: places.iter().map(place).collect() })
    }

    /// Says that a label is wrong, or right after all.
    ///
    /// # Errors
    /// When there is no such item, the name is too long, or the sidecar cannot be written; then nothing changes.
    pub async fn judge_label(&self, JudgeLabel { item, part, name, wrong }: JudgeLabel) -> Result<ItemView> {
        let folder = self.folder()?;
        let part = match part {
            JudgedPart::Label => Part::Labels,
            JudgedPart::Object => Part::Objects,
        };
        let judged = self.database().write(move |tx| {
            legible_library::set_wrong(tx, ItemId(item), part, &name, wrong)?;
            write_sidecar(tx, &folder, ItemId(item))
        });
        judged.await?;
        self.announce(Changes::items([item])).await;
        self.item(ItemQuery { id: item, query: String::new() }).await
    }
}

fn place(place: &legible_library::Place) -> PlaceView {
    let day = |taken: &Option<String>| taken.as_ref().map(|taken| taken.chars().take("2026-11-03".len()).collect());
    PlaceView {
        name: facets::place_name(place.latitude, place.longitude),
        filter: place.filter.clone(),
        count: small(place.count),
        first: day(&place.first_taken),
        last: day(&place.last_taken),
        item: place.latest.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ItemsQuery;
    use crate::testing::{Home, png};
    use legible_library::ImageFacts;
    use legible_reading::recognition::{ImageKind, KindGuess, Label, Recognition};

    /// A photo of a dog and of something that is no owl.
    fn photo(home: &Home) -> i64 {
        let id = home.take_in("dog.png", &png(1));
        let label = |name: &str, confidence| Label { name: name.into(), confidence };
        let recognition = Recognition {
            kind: Some(KindGuess { kind: ImageKind::Photo, confidence: 0.9 }),
            labels: vec![label("golden retriever", 0.874), label("owl", 0.5)],
            ..Recognition::default()
        };
        let facts = ImageFacts {
            width: 2,
            height: 2,
            format: "png".into(),
            taken_at: Some("2026-11-03T10:00:00".into()),
            latitude: Some(48.137),
            longitude: Some(-11.575),
            ..ImageFacts::default()
        };
        let save = move |tx: &rusqlite::Transaction<'_>| {
            legible_library::set_facts(tx, ItemId(id), &facts)?;
            Ok(legible_library::save_recognition(tx, ItemId(id), &recognition, "1", 1)?)
        };
        home.service.database().write_blocking(save).unwrap();
        id
    }

    fn found(home: &Home, query: &str) -> Vec<(i64, Vec<String>)> {
        let query = ItemsQuery { query: query.into(), ..ItemsQuery::default() };
        let page = home.ask(home.service.items(query)).unwrap();
        page.items.into_iter().map(|item| (item.id, item.why)).collect()
    }

    #[test]
    fn what_is_called_wrong_is_no_longer_found_until_it_is_right_again() {
        let home = Home::new();
        let id = photo(&home);
        let judge = |wrong| {
            let judged = JudgeLabel { item: id, part: JudgedPart::Label, name: "owl".into(), wrong };
            let view = home.ask(home.service.judge_label(judged)).unwrap();
            let labels = view.recognition.unwrap().labels;
            labels.into_iter().map(|label| (label.name, label.wrong)).collect::<Vec<_>>()
        };
        assert_eq!(found(&home, "label:owl"), [(id, vec!["Shows: owl, 50 %".to_owned()])]);
        let labels = |owl| [("golden retriever".to_owned(), false), ("owl".to_owned(), owl)];
        assert_eq!(judge(true), labels(true));
        assert_eq!(found(&home, "label:owl"), []);
        let sidecar = std::fs::read_to_string(home.path("library/1970/01/dog.png.json")).unwrap();
        assert!(sidecar.contains("\"wrong\""), "{sidecar}");
        assert_eq!(judge(false), labels(false));
        assert_eq!(found(&home, "label:owl").len(), 1);
    }

    #[test]
    fn a_search_tells_its_filters_and_what_else_it_could_ask_for() {
        let home = Home::new();
        let id = photo(&home);
        let facets =
            |query: &str| home.ask(home.service.facets(FacetsQuery { query: query.into(), trashed: false })).unwrap();
        let told = facets("");
        let filters: Vec<&str> =
            told.groups.iter().flat_map(|group| &group.choices).map(|choice| choice.filter.as_str()).collect();
        assert_eq!(
            filters,
            ["kind:photo", "label:\"golden retriever\"", "label:\"owl\"", "taken:2026", "taken:2026-11"],
            "{told:?}"
        );
        for filter in filters {
            assert_eq!(found(&home, filter).len(), 1, "{filter}");
        }
        let last = told.groups.last().and_then(|group| group.choices.last()).unwrap();
        assert_eq!((last.name.as_str(), last.count), ("November 2026", 1));
        let told = facets("😀 kind:cat");
        assert_eq!((told.chips[0].start, told.chips[0].end), (3, 11));
        assert!(told.chips[0].problem.as_ref().unwrap().contains("cat"), "{told:?}");
        assert_eq!(told.groups, []);
        let places = home.ask(home.service.places_of_items(NoArgs {})).unwrap().places;
        let shown: Vec<_> = places.iter().map(|one| (one.name.as_str(), one.filter.as_str(), one.item)).collect();
        assert_eq!(shown, [("48.1° N, 11.6° W", "place:48.1..48.2,-11.6..-11.5", id)]);
        assert_eq!(found(&home, shown[0].1).len(), 1);
    }
}
