//! The items that filters of a query are about, and why an item is among them.

use super::facets::FacetId;
use super::{items, readings, recognitions, similar, text_facts};
use crate::error::Result;
use crate::filter::{Area, CodeSort, Comparison, Filter, Taken, Thing, Wanted};
use crate::id_set::IdSet;
use crate::item::{ItemId, ItemSummary};
use crate::limits::MAX_SIMILAR;
use crate::query::{Described, Query};
use crate::why::{Known, Why, why};
use legible_reading::recognition::{ColourName, ImageKind, Part, Recognition};
use rusqlite::{Connection, Params};
use std::collections::HashMap;

/// How much items are like what a `similar:` or `looks:` filter names.
pub(super) type Likeness = HashMap<ItemId, f32>;

/// The filters of a query, with what takes a look at the whole library to know.
pub(super) struct Filters<'a> {
    filters: &'a [Filter],
    /// For each filter, empty for those that ask for no likeness.
    likeness: Vec<Likeness>,
    /// Whether all filters are: one that is not finds nothing, not even by what it excludes.
    is_understood: bool,
}

impl<'a> Filters<'a> {
    pub fn new(conn: &Connection, query: &'a Query) -> Result<Self> {
        let likeness = |filter: &Filter| match &filter.wanted {
            Wanted::Similar(item) => similar::alike(conn, *item),
            Wanted::Looks(description) => match query.described(description) {
                Some(Described { direction, least, .. }) => {
                    let most = if filter.excluded { usize::MAX } else { MAX_SIMILAR };
                    similar::nearest(conn, direction, *least, most, None)
                }
                None => Ok(Likeness::new()),
            },
            _ => Ok(Likeness::new()),
        };
        let likeness = query.filters.iter().map(likeness).collect::<Result<_>>()?;
        let is_understood = |filter: &Filter| match &filter.wanted {
            Wanted::NotUnderstood(..) => false,
            Wanted::Looks(description) => query.described(description).is_some(),
            _ => true,
        };
        let is_understood = query.filters.iter().all(is_understood);
        Ok(Filters { filters: &query.filters, likeness, is_understood })
    }

    /// The filters, each with what is like what it names.
    fn each(&self) -> impl Iterator<Item = (&Filter, &Likeness)> {
        self.filters.iter().zip(&self.likeness)
    }

    /// Narrows a set down to the items that all filters want. `all` gives what is narrowed where no filter says what is
    /// wanted.
    pub fn narrow(
        &self,
        conn: &Connection,
        found: Option<IdSet>,
        all: impl FnOnce() -> Result<IdSet>,
    ) -> Result<IdSet> {
        if !self.is_understood {
            return Ok(IdSet::default());
        }
        let mut found = found;
        for (Filter { wanted, .. }, likeness) in self.each().filter(|(filter, _)| !filter.excluded) {
            let items = items_that_are(conn, wanted, likeness)?;
            found = Some(match found {
                None => items,
                Some(mut found) => {
                    found.keep(&items);
                    found
                }
            });
        }
        let mut found = match found {
            Some(found) => found,
            None => all()?,
        };
        for (Filter { wanted, .. }, likeness) in self.each().filter(|(filter, _)| filter.excluded) {
            found.remove(&items_that_are(conn, wanted, likeness)?);
        }
        Ok(found)
    }

    /// Why an item is what the filters want, for each that does not exclude; `None` if it is not.
    pub fn why(&self, conn: &Connection, item: &ItemSummary) -> Result<Option<Vec<Why>>> {
        if self.filters.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let recognition = recognitions::recognition(conn, item.id)?.map_or_else(Recognition::default, |found| found.0);
        let in_text = if self.each().any(|(filter, _)| filter.wanted.is_about_text_facts()) {
            readings::text(conn, item.id)?.map(|text| legible_facts::find(&text)).unwrap_or_default()
        } else {
            vec![]
        };
        let known =
            Known { recognition: &recognition, facts: item.facts.as_ref(), in_text: &in_text, text_len: item.text_len };
        let mut reasons = Vec::new();
        for (Filter { wanted, excluded }, likeness) in self.each() {
            let reason = why(wanted, &known, likeness.get(&item.id).copied());
            if !self.is_understood || reason.is_some() == *excluded {
                return Ok(None);
            }
            reasons.extend(reason);
        }
        Ok(Some(reasons))
    }

    /// How much an item is like what `similar:` and `looks:` filters name, the more the better; `None` without such a filter.
    pub fn likeness(&self) -> Option<impl Fn(ItemId) -> f32 + '_> {
        let asks = |filter: &Filter| !filter.excluded && matches!(filter.wanted, Wanted::Similar(_) | Wanted::Looks(_));
        let named: Vec<&Likeness> =
            self.each().filter(|(filter, _)| asks(filter)).map(|(_, likeness)| likeness).collect();
        (!named.is_empty()).then_some(move |id: ItemId| named.iter().filter_map(|likeness| likeness.get(&id)).sum())
    }
}

/// The items that are what is wanted, those in the trash too. `likeness` is of those that are like what is named.
fn items_that_are(conn: &Connection, wanted: &Wanted, likeness: &Likeness) -> Result<IdSet> {
    match wanted {
        Wanted::Kind(kind) => with_facet(conn, "kind", kind.map(ImageKind::name)),
        Wanted::Colour(colour) => with_facet(conn, "colour", colour.map(ColourName::name)),
        Wanted::Code(None) => with_code(conn),
        Wanted::Code(Some(CodeSort::Meaning(name))) => with_facet(conn, "meaning", Some(name)),
        Wanted::Code(Some(CodeSort::Printed(symbology))) => with_facet(conn, "symbology", Some(symbology.name())),
        Wanted::Code(Some(CodeSort::Text(text))) => {
            set(conn, "SELECT item_id FROM code WHERE instr(text, ?1) > 0", [text])
        }
        Wanted::Taken(taken) => taken_in(conn, taken.as_ref()),
        Wanted::Date(time) => text_facts::with_day(conn, time.as_ref()),
        Wanted::Amount(sum) => text_facts::with_amount(conn, sum.as_ref()),
        Wanted::Label(name) => with_facets(conn, &facet_ids(conn, "label", name.test())?),
        Wanted::Object(name, count) => {
            let names = facet_ids(conn, "object", name.test())?;
            with_so_many(conn, &names, *count, Part::Objects)
        }
        Wanted::Faces(count) => with_so_many(conn, &facet_ids(conn, "faces", |_| true)?, *count, Part::Faces),
        Wanted::Similar(_) | Wanted::Looks(_) => Ok(likeness.keys().copied().collect()),
        Wanted::Place(area) => taken_at(conn, *area),
        Wanted::Has(Thing::Text) => set(conn, "SELECT id FROM item WHERE text_len > 0", []),
        Wanted::Has(Thing::Code) => with_code(conn),
        Wanted::Has(Thing::Face) => with_facet(conn, "faces", None),
        Wanted::Has(Thing::Place) => taken_at(conn, None),
        Wanted::Has(Thing::Label) => with_facet(conn, "label", None),
        Wanted::Has(Thing::Fact(kind)) => text_facts::with(conn, kind),
        Wanted::NotUnderstood(..) => Ok(IdSet::default()),
    }
}

/// Why an item is what all filters want; `None` if it is not, or is not there.
pub(super) fn holds(conn: &Connection, query: &Query, id: ItemId) -> Result<bool> {
    let Some(item) = items::item(conn, id)? else { return Ok(false) };
    Ok(Filters::new(conn, query)?.why(conn, &item.summary)?.is_some())
}

/// The items of a query that gives their numbers.
pub(super) fn set(conn: &Connection, sql: &str, parameters: impl Params) -> Result<IdSet> {
    let mut select = conn.prepare_cached(sql)?;
    let mut rows = select.query(parameters)?;
    let mut found = IdSet::default();
    while let Some(row) = rows.next()? {
        found.insert(ItemId(row.get(0)?));
    }
    Ok(found)
}

fn with_code(conn: &Connection) -> Result<IdSet> {
    with_facet(conn, "symbology", None)
}

/// The items with a facet of this name, and of this value if one is given.
fn with_facet(conn: &Connection, name: &str, value: Option<&str>) -> Result<IdSet> {
    with_facets(conn, &facet_ids(conn, name, |found| value.is_none_or(|value| found == value))?)
}

fn with_facets(conn: &Connection, ids: &[FacetId]) -> Result<IdSet> {
    let mut found = IdSet::default();
    for_each(conn, ids, |item, _| found.insert(item))?;
    Ok(found)
}

/// The facets of a name whose values are right.
fn facet_ids(conn: &Connection, name: &str, is_right: impl Fn(&str) -> bool) -> Result<Vec<FacetId>> {
    let mut select = conn.prepare_cached("SELECT id, value FROM facet_name WHERE name = ?1")?;
    let mut rows = select.query([name])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        if is_right(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?) {
            ids.push(row.get(0)?);
        }
    }
    Ok(ids)
}

/// Tells each item that has one of the facets, and how often.
fn for_each(conn: &Connection, ids: &[FacetId], mut tell: impl FnMut(ItemId, u32)) -> Result<()> {
    let mut select = conn.prepare_cached("SELECT item_id, count FROM facet WHERE facet_id = ?1")?;
    for id in ids {
        let mut rows = select.query([id])?;
        while let Some(row) = rows.next()? {
            tell(ItemId(row.get(0)?), row.get(1)?);
        }
    }
    Ok(())
}

/// The items in which was looked for a part, and that have so many of the facets together.
fn with_so_many(conn: &Connection, ids: &[FacetId], wanted: Comparison, part: Part) -> Result<IdSet> {
    let mut counts: HashMap<ItemId, u32> = HashMap::new();
    for_each(conn, ids, |item, count| {
        let sum = counts.entry(item).or_default();
        *sum = sum.saturating_add(count);
    })?;
    let mut found = IdSet::default();
    if wanted.holds(0) {
        found = with_facet(conn, "looked", Some(part.name()))?;
        found.remove(&counts.keys().copied().collect());
    }
    counts.into_iter().filter(|(_, count)| wanted.holds(*count)).for_each(|(item, _)| found.insert(item));
    Ok(found)
}

fn taken_in(conn: &Connection, taken: Option<&Taken>) -> Result<IdSet> {
    const TAKEN: &str = "SELECT id FROM item WHERE taken_at IS NOT NULL";
    match taken.map(Taken::bounds) {
        None | Some((None, None)) => set(conn, TAKEN, []),
        Some((Some(first), None)) => set(conn, &format!("{TAKEN} AND taken_at >= ?1"), [first]),
        Some((None, Some(last))) => set(conn, &format!("{TAKEN} AND taken_at < ?1"), [last]),
        Some((Some(first), Some(last))) => {
            set(conn, &format!("{TAKEN} AND taken_at >= ?1 AND taken_at < ?2"), [first, last])
        }
    }
}

fn taken_at(conn: &Connection, area: Option<Area>) -> Result<IdSet> {
    let Some(area) = area else {
        return set(conn, "SELECT id FROM item WHERE latitude IS NOT NULL AND longitude IS NOT NULL", []);
    };
    let sql = "SELECT id, latitude, longitude FROM item WHERE latitude BETWEEN ?1 AND ?2 AND longitude IS NOT NULL";
    let mut select = conn.prepare_cached(sql)?;
    let mut rows = select.query(area.latitudes())?;
    let mut found = IdSet::default();
    while let Some(row) = rows.next()? {
        if area.holds(row.get(1)?, row.get(2)?).is_some() {
            found.insert(ItemId(row.get(0)?));
        }
    }
    Ok(found)
}
