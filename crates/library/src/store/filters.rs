//! Filters of a query as SQL.

use crate::error::Result;
use crate::filter::{Filter, Wanted};
use crate::item::ItemId;
use crate::limits::MAX_QUERY_FILTERS;
use rusqlite::{Connection, ToSql};

/// The parameters of filters by their order.
const NAMES: [&str; MAX_QUERY_FILTERS] =
    [":filter0", ":filter1", ":filter2", ":filter3", ":filter4", ":filter5", ":filter6", ":filter7"];

/// The filters of a query as conditions on an item.
pub(super) struct Conditions(Vec<Condition>);

struct Condition {
    /// The items that the filter is about, by the parameter in the braces.
    items: &'static str,
    value: String,
    excluded: bool,
}

impl Conditions {
    pub fn of(filters: &[Filter]) -> Self {
        Conditions(filters.iter().map(condition).collect())
    }

    /// What is to be added to a `WHERE`, beginning with `AND`; `item` is the column of an item's number.
    pub fn sql(&self, item: &str) -> String {
        let condition = |(condition, name): (&Condition, &&str)| {
            let not = if condition.excluded { " NOT" } else { "" };
            format!(" AND {item}{not} IN ({})", condition.items.replace("{}", name))
        };
        self.0.iter().zip(&NAMES).map(condition).collect()
    }

    /// The values in them.
    pub fn parameters(&self) -> impl Iterator<Item = (&'static str, &dyn ToSql)> {
        self.0.iter().zip(NAMES).map(|(condition, name)| (name, &condition.value as &dyn ToSql))
    }
}

fn condition(filter: &Filter) -> Condition {
    let (items, value) = match &filter.wanted {
        Wanted::Kind(kind) => ("SELECT item_id FROM facet WHERE name = 'kind' AND value = {}", kind.name().to_owned()),
        Wanted::Colour(colour) => {
            ("SELECT item_id FROM facet WHERE name = 'colour' AND value = {}", colour.name().to_owned())
        }
        Wanted::Code(text) => ("SELECT item_id FROM facet WHERE name = 'code' AND instr(value, {}) > 0", text.clone()),
        // In the order of the index, which a pattern could not use.
        Wanted::Taken(date) => {
            ("SELECT id FROM item WHERE taken_at IS NOT NULL AND taken_at >= {} AND taken_at < {} || '~'", date.clone())
        }
    };
    Condition { items, value, excluded: filter.excluded }
}

/// Whether an item is what all filters want.
pub(super) fn hold(conn: &Connection, filters: &[Filter], id: ItemId) -> Result<bool> {
    if filters.is_empty() {
        return Ok(true);
    }
    let conditions = Conditions::of(filters);
    let sql = format!("SELECT EXISTS (SELECT 1 FROM item WHERE item.id = :item{})", conditions.sql("item.id"));
    let mut parameters: Vec<(&str, &dyn ToSql)> = conditions.parameters().collect();
    parameters.push((":item", &id.0));
    Ok(conn.prepare_cached(&sql)?.query_row(parameters.as_slice(), |row| row.get(0))?)
}
