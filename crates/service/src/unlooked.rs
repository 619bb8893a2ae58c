//! Searches for what no model looks for: where nothing was seen before either, it is said why nothing can be found.

use crate::error::Result;
use crate::models::NONE;
use crate::service::Service;
use legible_library::{Chip, FacetCounts, Field, Query};
use legible_reading::recognition::Part;

impl Service {
    /// The parts that a search asks for, no model looks for, and no image has, each with what to do, for a person.
    ///
    /// # Errors
    /// When the settings or the database fail.
    pub(crate) async fn unlooked(&self, query: &str) -> Result<Vec<(Part, String)>> {
        let mut asked: Vec<Part> = Query::chips(query).iter().filter_map(part_of).collect();
        asked.sort_unstable();
        asked.dedup();
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        self.blocking(move |service| {
            let models = service.models_that_see()?;
            asked.retain(|part| !models.iter().any(|model| model.contract.parts().contains(part)));
            if asked.is_empty() {
                return Ok(Vec::new());
            }
            let all = Query::default();
            let seen = service.database().read_blocking(move |c| Ok(legible_library::facet_counts(c, &all, false)?))?;
            let choices = service.current_settings()?.models;
            let told = |part: Part| (part, problem(part, crate::models::choice(&choices, part) == NONE));
            Ok(asked.into_iter().filter(|part| !is_seen(&seen, *part)).map(told).collect())
        })
        .await
    }
}

/// What a filter asks models for. One that excludes needs none.
pub(crate) fn part_of(chip: &Chip) -> Option<Part> {
    match chip.field {
        _ if chip.excluded || chip.problem.is_some() => None,
        Field::Label => Some(Part::Labels),
        Field::Object => Some(Part::Objects),
        Field::Faces => Some(Part::Faces),
        Field::Has if chip.value == "label" => Some(Part::Labels),
        Field::Has if chip.value == "face" => Some(Part::Faces),
        _ => None,
    }
}

fn is_seen(seen: &FacetCounts, part: Part) -> bool {
    match part {
        Part::Labels => !seen.labels.is_empty(),
        Part::Objects => !seen.objects.is_empty(),
        Part::Faces => seen.with_faces + seen.without_faces > 0,
        _ => true,
    }
}

fn problem(part: Part, is_unwanted: bool) -> String {
    let part = part.name();
    if is_unwanted {
        return format!(
            "No model looks for {part}: choose one in the settings, under Models, or with `legible models use {part} \
             automatic`."
        );
    }
    format!(
        "No model looks for {part}: get the pack “Small” in the settings, under Models, or with `legible models install \
         small`."
    )
}

#[cfg(test)]
mod tests {
    use crate::api::FacetsQuery;
    use crate::testing::{Home, png};
    use legible_library::ItemId;
    use legible_reading::recognition::{Label, Recognition};

    /// What is wrong with the filters of a search.
    fn problems(home: &Home, query: &str) -> Vec<String> {
        let asked = FacetsQuery { query: query.into(), trashed: false };
        home.ask(home.service.facets(asked)).unwrap().chips.into_iter().filter_map(|chip| chip.problem).collect()
    }

    #[test]
    fn what_no_model_looks_for_is_told_where_nothing_was_seen_either() {
        let home = Home::new();
        let check = |query: &str, expected: &[&str]| {
            let told = problems(&home, query);
            assert_eq!(told.len(), expected.len(), "{query}: {told:?}");
            assert!(told.iter().zip(expected).all(|(told, part)| told.contains(part)), "{query}: {told:?}");
        };
        check("dog kind:photo -label:dog has:text", &[]);
        check("label:dog object:cat>1", &["looks for labels", "looks for objects"]);
        check("faces:2 has:face", &["looks for faces", "models install small"]);
        check("has:label", &["looks for labels"]);
        let id = home.take_in("a.png", &png(1));
        let labels = vec![Label { name: "owl".into(), confidence: 0.5 }];
        let seen = Recognition { labels, ..Recognition::default() };
        let save =
            move |tx: &rusqlite::Transaction| Ok(legible_library::save_recognition(tx, ItemId(id), &seen, "1", 1)?);
        home.service.database().write_blocking(save).unwrap();
        check("label:dog object:cat", &["looks for objects"]);
        let mut settings = home.service.current_settings().unwrap();
        settings.models.objects = "none".into();
        home.ask(home.service.save_settings(settings)).unwrap();
        check("object:cat", &["models use objects automatic"]);
    }

    #[test]
    fn what_a_model_looks_for_is_no_problem() {
        let home = Home::new();
        home.add_model("mine");
        assert_eq!(problems(&home, "label:dog"), Vec::<String>::new());
        assert_eq!(problems(&home, "label:dog object:cat").len(), 1);
    }
}
