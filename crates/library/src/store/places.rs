//! Where images were taken, on a coarse grid.

use super::filters;
use crate::error::Result;
use crate::facet_counts::Place;
use crate::item::ItemId;
use rusqlite::Connection;
use std::collections::HashMap;

/// Cells of the grid per degree: a cell is 11 km high, and as wide at the equator.
const CELLS: f64 = 10.0;

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
    let mut cells: HashMap<(i32, i32), Place> = HashMap::new();
    while let Some(row) = rows.next()? {
        let (Some(latitude), Some(longitude)) = (row.get::<_, Option<f64>>(1)?, row.get::<_, Option<f64>>(2)?) else {
            continue;
        };
        if trashed.contains(ItemId(row.get(0)?)) {
            continue;
        }
        let cell = ((latitude * CELLS).floor() as i32, (longitude * CELLS).floor() as i32);
        let none = Place { latitude: 0.0, longitude: 0.0, count: 0, first_taken: None, last_taken: None };
        let place = cells.entry(cell).or_insert(none);
        place.latitude += latitude;
        place.longitude += longitude;
        place.count += 1;
        if let Some(taken) = row.get_ref(3)?.as_str_or_null().map_err(rusqlite::Error::from)? {
            if place.first_taken.as_deref().is_none_or(|first| taken < first) {
                place.first_taken = Some(taken.to_owned());
            }
            if place.last_taken.as_deref().is_none_or(|last| taken > last) {
                place.last_taken = Some(taken.to_owned());
            }
        }
    }
    let mut places: Vec<((i32, i32), Place)> = cells.into_iter().collect();
    places.sort_by(|(a_cell, a), (b_cell, b)| b.count.cmp(&a.count).then_with(|| a_cell.cmp(b_cell)));
    let middle = |(_, place): ((i32, i32), Place)| {
        let count = place.count as f64;
        Place { latitude: place.latitude / count, longitude: place.longitude / count, ..place }
    };
    Ok(places.into_iter().map(middle).collect())
}
