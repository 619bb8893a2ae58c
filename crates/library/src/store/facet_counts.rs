//! How many of the items that a query finds have what: the numbers of a side bar.

use super::facets::{self, FacetId};
use super::selection::Selection;
use crate::error::Result;
use crate::facet_counts::{Counted, FacetCounts, Year};
use crate::id_set::IdSet;
use crate::item::ItemId;
use crate::limits::MAX_COUNTED_LABELS;
use crate::query::Query;
use rusqlite::Connection;

/// Counts what the items have that a query finds in the library or in the trash; an empty query finds all of them.
///
/// # Errors
/// When the database fails.
pub fn facet_counts(conn: &Connection, query: &Query, trashed: bool) -> Result<FacetCounts> {
    let found = Selection::of(conn, query, trashed)?.ids;
    let names = facets::names(conn)?;
    let counts = count(conn, &found, names.last().map_or(0, |name| name.0))?;
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

/// For each facet how many of the items have it.
fn count(conn: &Connection, found: &IdSet, last: FacetId) -> Result<Vec<usize>> {
    let mut counts = vec![0; last as usize + 1];
    let mut select = conn.prepare_cached("SELECT item_id, facets FROM item_facets")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        if found.contains(ItemId(row.get(0)?)) {
            let together = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            for facet in facets::numbers(together) {
                if let Some(count) = counts.get_mut(facet as usize) {
                    *count += 1;
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
