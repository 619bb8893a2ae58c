//! Where images were taken, on a coarse grid.

use super::filters;
use crate::error::Result;
use crate::facet_counts::Place;
use crate::filter::{Area, Filter, Rectangle, Wanted};
use crate::item::ItemId;
use rusqlite::Connection;
use std::collections::HashMap;

/// The places where images outside the trash were taken, one for each cell of a grid of a tenth of a degree: that with the
/// most images first.
///
/// # Errors
/// When the database fails.
pub fn places(conn: &Connection) -> Result<Vec<Place>> {
    let trashed = filters::set(conn, "SELECT id FROM item WHERE trashed_at IS NOT NULL", [])?;
    let mut select =
        conn.prepare_cached("SELECT id, latitude, longitude, taken_at FROM item WHERE latitude IS NOT NULL")?;
    let mut rows = select.query([])?;
    let mut cells: HashMap<Rectangle, Place> = HashMap::new();
    while let Some(row) = rows.next()? {
        let (Some(latitude), Some(longitude)) = (row.get::<_, Option<f64>>(1)?, row.get::<_, Option<f64>>(2)?) else {
            continue;
        };
        let id = ItemId(row.get(0)?);
        if trashed.contains(id) {
            continue;
        }
        let Some(cell) = Rectangle::cell_of(latitude, longitude) else { continue };
        let place = cells.entry(cell).or_insert_with(|| nothing_in(cell, id));
        place.latitude += latitude;
        place.longitude += longitude;
        place.count += 1;
        if let Some(taken) = row.get_ref(3)?.as_str_or_null().map_err(rusqlite::Error::from)? {
            if place.first_taken.as_deref().is_none_or(|first| taken < first) {
                place.first_taken = Some(taken.to_owned());
            }
            if place.last_taken.as_deref().is_none_or(|last| taken >= last) {
                place.last_taken = Some(taken.to_owned());
                place.latest = id;
            }
        } else if place.last_taken.is_none() {
            place.latest = id;
        }
    }
    let mut places: Vec<(Rectangle, Place)> = cells.into_iter().collect();
    places.sort_by(|(a_cell, a), (b_cell, b)| b.count.cmp(&a.count).then_with(|| a_cell.cmp(b_cell)));
    let middle = |(_, place): (Rectangle, Place)| {
        let count = place.count as f64;
        Place { latitude: place.latitude / count, longitude: place.longitude / count, ..place }
    };
    Ok(places.into_iter().map(middle).collect())
}

/// A cell before anything is added, of which this will be the first item.
fn nothing_in(cell: Rectangle, first: ItemId) -> Place {
    let filter = Filter { wanted: Wanted::Place(Some(Area::Rectangle(cell))), excluded: false }.to_string();
    let (first_taken, last_taken) = (None, None);
    Place { filter, latitude: 0.0, longitude: 0.0, count: 0, first_taken, last_taken, latest: first }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::ImageFacts;
    use crate::query::Query;
    use crate::store::{Listing, page, trash};
    use crate::testing::{add_recognised, database};
    use legible_reading::recognition::Recognition;
    use proptest::prelude::*;

    #[test]
    fn places_are_where_images_were_taken() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let add = |name: &str, place: Option<(f64, f64)>, taken: Option<&str>| {
            let (latitude, longitude) = place.unzip();
            let facts = ImageFacts { latitude, longitude, taken_at: taken.map(str::to_owned), ..ImageFacts::default() };
            add_recognised(&tx, name, &Recognition::default(), &facts)
        };
        add("a", Some((48.11, 11.51)), Some("2026-01-02T00:00:00"));
        add("b", Some((48.17, 11.57)), Some("2024-01-02T00:00:00"));
        add("c", Some((48.14, 11.54)), None);
        add("d", Some((-0.01, -0.01)), None);
        add("e", Some((0.01, 0.01)), Some("2025-01-02T00:00:00"));
        add("none", None, Some("2025-01-02T00:00:00"));
        add("nowhere", Some((91.0, 0.0)), None);
        let gone = add("gone", Some((48.14, 11.54)), None);
        trash(&tx, &[gone], 1).unwrap();
        let shown = |place: Place| {
            assert_eq!(page(&tx, &listing(&place.filter)).unwrap().total, place.count, "{}", place.filter);
            let times =
                [place.first_taken, place.last_taken].map(|time| time.map_or("-".into(), |time| time[..4].to_owned()));
            format!("{:.2} {:.2} {} {} {}", place.latitude, place.longitude, place.count, times.join(" "), place.latest)
        };
        let found: Vec<String> = places(&tx).unwrap().into_iter().map(shown).collect();
        assert_eq!(found, ["48.14 11.54 3 2024 2026 1", "-0.01 -0.01 1 - - 4", "0.01 0.01 1 2025 2025 5"]);
    }

    fn listing(query: &str) -> Listing {
        Listing { query: Some(Query::parse(query)), limit: 99, ..Listing::default() }
    }

    /// Places on earth, many of them near each other, at a pole or on both sides of the date line.
    fn place() -> impl Strategy<Value = (f64, f64)> {
        let near = prop::sample::select(vec![(0.0, 0.0), (48.1, 11.6), (90.0, 7.0), (-90.0, 7.0), (0.0, 180.0)]);
        let beside =
            (near, -0.11..0.11_f64, -0.11..0.11_f64).prop_map(|((north, east), up, right): ((f64, f64), _, _)| {
                let east = east + right;
                ((north + up).clamp(-90.0, 90.0), if east > 180.0 { east - 360.0 } else { east })
            });
        prop_oneof![1 => (-90.0..=90.0, -180.0..=180.0), 3 => beside]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        #[test]
        fn the_filter_of_a_place_finds_as_many_as_it_counts(all in prop::collection::vec((place(), any::<bool>()), 1..20)) {
            let mut connection = database();
            let tx = connection.transaction().unwrap();
            for (number, ((latitude, longitude), trashed)) in all.iter().enumerate() {
                let (latitude, longitude) = (Some(*latitude), Some(*longitude));
                let facts = ImageFacts { latitude, longitude, ..ImageFacts::default() };
                let id = add_recognised(&tx, &number.to_string(), &Recognition::default(), &facts);
                if *trashed {
                    trash(&tx, &[id], 1).unwrap();
                }
            }
            let places = places(&tx).unwrap();
            for place in &places {
                let found = page(&tx, &listing(&place.filter)).unwrap();
                prop_assert_eq!(found.total, place.count, "{}", &place.filter);
                prop_assert!(found.entries.iter().any(|entry| entry.item.id == place.latest));
            }
            let counted: usize = places.iter().map(|place| place.count).sum();
            prop_assert_eq!(counted, all.iter().filter(|(_, trashed)| !trashed).count());
        }
    }
}
