//! How many of the items that a query finds have what: the numbers of a side bar.

use super::facets::{self, FacetId};
use super::selection::Selection;
use crate::error::Result;
use crate::facet_counts::{Counted, FacetCounts, Year};
use crate::filter::key;
use crate::id_set::IdSet;
use crate::item::ItemId;
use crate::limits::MAX_COUNTED_LABELS;
use crate::query::Query;
use rusqlite::Connection;
use std::collections::HashMap;

/// Counts what the items have that a query finds in the library or in the trash; an empty query finds all of them.
///
/// # Errors
/// When the database fails.
pub fn facet_counts(conn: &Connection, query: &Query, trashed: bool) -> Result<FacetCounts> {
    let found = Selection::of(conn, query, trashed)?.ids;
    let names = facets::names(conn)?;
    let counts = count(conn, &found, &counted_as(&names))?;
    let of = |wanted: &str| -> Vec<Counted> {
        let facets = names.iter().filter(|(_, name, _)| name == wanted);
        let counted = facets.map(|(id, _, value)| Counted { value: value.clone(), count: counts[*id as usize] });
        let mut counted: Vec<Counted> = counted.filter(|counted| counted.count > 0).collect();
        counted.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        counted
    };
    let sum = |counted: Vec<Counted>| counted.iter().map(|counted| counted.count).sum::<usize>();
    let looked_for_faces = of("looked").into_iter().filter(|counted| counted.value == "faces").collect();
    let with_faces = sum(of("faces"));
    let mut labels = of("label");
    labels.truncate(MAX_COUNTED_LABELS);
    Ok(FacetCounts {
        total: found.len(),
        kinds: of("kind"),
        labels,
        objects: of("object"),
        with_faces,
        without_faces: sum(looked_for_faces).saturating_sub(with_faces),
        meanings: of("meaning"),
        symbologies: of("symbology"),
        colours: of("colour"),
        years: years(conn, &found)?,
    })
}

/// For each facet the one that it is counted as: labels and things whose names a filter takes for one are one, and those
/// that no filter can name are none, which 0 stands for.
fn counted_as(names: &[(FacetId, String, String)]) -> Vec<FacetId> {
    let mut first: HashMap<(&str, String), FacetId> = HashMap::new();
    let mut counted_as = vec![0; names.last().map_or(0, |last| last.0) as usize + 1];
    for (id, name, value) in names {
        counted_as[*id as usize] = match name.as_str() {
            "label" | "object" => match key(value) {
                key if key.is_empty() => 0,
                key => *first.entry((name, key)).or_insert(*id),
            },
            _ => *id,
        };
    }
    counted_as
}

/// For each facet how many of the items have one that is counted as it.
fn count(conn: &Connection, found: &IdSet, counted_as: &[FacetId]) -> Result<Vec<usize>> {
    let mut counts = vec![0; counted_as.len()];
    let mut counted_in: Vec<Option<ItemId>> = vec![None; counted_as.len()];
    let mut select = conn.prepare_cached("SELECT item_id, facets FROM item_facets")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let item = ItemId(row.get(0)?);
        if found.contains(item) {
            let together = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            for facet in facets::numbers(together) {
                let Some(facet) = counted_as.get(facet as usize).map(|facet| *facet as usize) else { continue };
                if counted_in[facet].replace(item) != Some(item) {
                    counts[facet] += 1;
                }
            }
        }
    }
    Ok(counts)
}

/// The years in which the items were taken, the latest first.
fn years(conn: &Connection, found: &IdSet) -> Result<Vec<Year>> {
    let mut select =
        conn.prepare_cached("SELECT id, taken_at FROM item WHERE taken_at IS NOT NULL ORDER BY taken_at")?;
    let mut rows = select.query([])?;
    let mut years: Vec<Year> = Vec::new();
    while let Some(row) = rows.next()? {
        if !found.contains(ItemId(row.get(0)?)) {
            continue;
        }
        let taken = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let number = |from: usize, to: usize| taken.get(from..to).and_then(|digits| digits.parse::<u16>().ok());
        let (Some(year), Some(month)) = (number(0, 4), number(5, 7)) else { continue };
        if years.last().is_none_or(|last| last.year != year) {
            years.push(Year { year, count: 0, months: [0; 12] });
        }
        if let Some(last) = years.last_mut()
            && let Some(count) = last.months.get_mut(usize::from(month).wrapping_sub(1))
        {
            *count += 1;
            last.count += 1;
        }
    }
    years.reverse();
    Ok(years)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::ImageFacts;
    use crate::store::trash;
    use crate::testing::{add_recognised, database};
    use legible_reading::Quad;
    use legible_reading::recognition::{
        Code, Colour, ColourName, Face, ImageKind, KindGuess, Label, Meaning, Object, Part, Recognition, Stamp,
        Symbology,
    };

    #[test]
    fn each_item_is_counted_once_for_what_it_has() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let quad = Quad::from_edges(0.0, 0.0, 1.0, 1.0);
        let add = |name: &str, kind, objects: &[&str], faces: usize, taken: &str| {
            let code = Code { symbology: Symbology::Qr, text: name.into(), quad, meaning: Meaning::Text };
            let seen = Recognition {
                by: vec![Stamp { part: Part::Faces, name: "x".into(), version: "1".into() }],
                kind: Some(KindGuess { kind, confidence: 0.9 }),
                colours: vec![Colour { name: ColourName::Blue, rgb: [0; 3], share: 0.5 }],
                codes: if name == "a" { vec![code.clone(), code] } else { vec![] },
                labels: vec![Label { name: name.into(), confidence: 0.5 }],
                objects: objects.iter().map(|name| Object { name: (*name).into(), confidence: 0.5, quad }).collect(),
                faces: (0..faces).map(|_| Face { confidence: 0.9, quad, landmarks: vec![] }).collect(),
                ..Recognition::default()
            };
            let taken_at = (!taken.is_empty()).then(|| taken.to_owned());
            add_recognised(&tx, name, &seen, &ImageFacts { taken_at, ..ImageFacts::default() })
        };
        add("a", ImageKind::Photo, &["dog", "dog", "car"], 2, "2025-12-31T10:00:00");
        add("b", ImageKind::Photo, &["dog"], 0, "2026-01-01T10:00:00");
        add("c", ImageKind::Chart, &[], 0, "2026-01-09T10:00:00");
        let gone = add("d", ImageKind::Photo, &["dog"], 1, "");
        trash(&tx, &[gone], 1).unwrap();
        let shown = |counted: &[Counted]| {
            let one = |counted: &Counted| format!("{} {}", counted.value, counted.count);
            counted.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        let counts = |query: &str, trashed| facet_counts(&tx, &Query::parse(query), trashed).unwrap();
        let all = counts("", false);
        assert_eq!((all.total, all.with_faces, all.without_faces), (3, 1, 2));
        let lists = [&all.kinds, &all.objects, &all.labels, &all.colours, &all.meanings, &all.symbologies];
        let expected = ["photo 2, chart 1", "dog 2, car 1", "a 1, b 1, c 1", "blue 3", "text 1", "qr 1"];
        assert_eq!(lists.map(|list| shown(list)), expected);
        let year = |year, months: &[usize]| {
            let mut of = [0; 12];
            months.iter().for_each(|month| of[month - 1] += 1);
            Year { year, count: months.len(), months: of }
        };
        assert_eq!(all.years, [year(2026, &[1, 1]), year(2025, &[12])]);
        let dogs = counts("object:dog -faces:>0", false);
        assert_eq!((dogs.total, shown(&dogs.kinds), dogs.years), (1, "photo 1".into(), vec![year(2026, &[1])]));
        let trash = counts("", true);
        assert_eq!((trash.total, shown(&trash.objects), trash.with_faces), (1, "dog 1".into(), 1));
        assert_eq!(counts("nothing", false), FacetCounts::default());
    }
}
