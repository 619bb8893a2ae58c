//! What one can act on in the text of items, as a search asks for it: days, amounts, addresses and numbers.

use super::filters::set;
use super::readings;
use super::rows::count;
use crate::error::Result;
use crate::filter::{Sum, Taken};
use crate::id_set::IdSet;
use crate::item::ItemId;
use legible_facts::{Value, find};
use rusqlite::{Connection, Transaction, params};
use std::collections::BTreeSet;

/// What finds them: one that finds more has another number, and looks again.
const FINDER: i64 = 1;

/// Notes what the shown text of an item has of them.
pub(super) fn note(tx: &Transaction<'_>, id: ItemId, text: Option<&str>) -> Result<()> {
    tx.prepare_cached("DELETE FROM text_fact WHERE item_id = ?1")?.execute([id.0])?;
    let found: BTreeSet<Row> = text.into_iter().flat_map(find).map(|fact| row(&fact.value)).collect();
    let sql = "INSERT INTO text_fact (item_id, kind, value, number) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = tx.prepare_cached(sql)?;
    for (kind, value, number) in found {
        insert.execute(params![id.0, kind, value, number])?;
    }
    tx.prepare_cached("UPDATE item SET facts_by = ?2 WHERE id = ?1")?.execute([id.0, FINDER])?;
    Ok(())
}

/// How many texts were read before there was what finds them.
///
/// # Errors
/// When the database fails.
pub fn texts_without_facts(conn: &Connection) -> Result<usize> {
    let sql = "SELECT count(*) FROM item WHERE has_reading AND facts_by < ?1";
    Ok(conn.prepare_cached(sql)?.query_row([FINDER], |row| count(row, 0))?)
}

/// Looks through texts that were read before there was what finds them, at most `limit`. Returns how many these were.
///
/// # Errors
/// When the database fails.
pub fn find_facts_in_old_texts(tx: &Transaction<'_>, limit: usize) -> Result<usize> {
    let sql = format!("SELECT id FROM item WHERE has_reading AND facts_by < ?1 ORDER BY id LIMIT {limit}");
    let ids: Vec<ItemId> = {
        let mut select = tx.prepare_cached(&sql)?;
        select.query_map([FINDER], |row| row.get(0).map(ItemId))?.collect::<rusqlite::Result<_>>()?
    };
    for id in &ids {
        let text = readings::text(tx, *id)?;
        note(tx, *id, text.as_deref())?;
    }
    Ok(ids.len())
}

/// What it is, what it says, and of an amount how much in thousandths.
type Row = (&'static str, String, Option<i64>);

fn row(value: &Value) -> Row {
    let (text, number) = match value {
        Value::Amount(amount) => (amount.currency.code().to_owned(), Some(amount.thousandths)),
        Value::Date(date) => (date.to_string(), None),
        Value::Email(text) | Value::Url(text) | Value::Iban(text) | Value::Phone(text) => (text.clone(), None),
    };
    (value.kind(), text, number)
}

/// The items whose text has a fact of this kind.
pub(super) fn with(conn: &Connection, kind: &str) -> Result<IdSet> {
    set(conn, "SELECT item_id FROM text_fact WHERE kind = ?1", [kind])
}

/// The items whose text names a day of this time, or any.
pub(super) fn with_day(conn: &Connection, time: Option<&Taken>) -> Result<IdSet> {
    const OF_A_DAY: &str = "SELECT item_id FROM text_fact WHERE kind = 'date'";
    match time.map(Taken::bounds) {
        None | Some((None, None)) => with(conn, "date"),
        Some((Some(first), None)) => set(conn, &format!("{OF_A_DAY} AND value >= ?1"), [first]),
        Some((None, Some(last))) => set(conn, &format!("{OF_A_DAY} AND value < ?1"), [last]),
        Some((Some(first), Some(last))) => {
            set(conn, &format!("{OF_A_DAY} AND value >= ?1 AND value < ?2"), [first, last])
        }
    }
}

/// The items whose text names such an amount, or any.
pub(super) fn with_amount(conn: &Connection, sum: Option<&Sum>) -> Result<IdSet> {
    let Some(sum) = sum else { return with(conn, "amount") };
    let (bounds, code) = (sum.bounds(), sum.code());
    let sql = "SELECT item_id FROM text_fact WHERE kind = 'amount' AND number BETWEEN ?1 AND ?2 AND value = coalesce(?3, value)";
    set(conn, sql, params![bounds.start(), bounds.end(), code])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ContentHash;
    use crate::Query;
    use crate::store::{Listing, add_item, page, save_reading, set_content};
    use crate::testing::{database, new_item, reading};

    /// The names of the items that a query finds, those read last first.
    fn found(conn: &Connection, query: &str) -> String {
        let listing = Listing { query: Some(Query::parse(query)), limit: 99, ..Listing::default() };
        page(conn, &listing).unwrap().entries.iter().map(|entry| entry.item.name.as_str()).collect()
    }

    #[test]
    fn what_stands_in_a_text_is_found_by_it() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let add = |name: &str, lines: &[&str], at: i64| {
            let (new, origin) = new_item(name, at);
            let id = add_item(&tx, &new, &origin).unwrap().id;
            save_reading(&tx, id, &reading(lines), at).unwrap();
            id
        };
        add("invoice ", &["Due 23.11.2026", "Total 119,00 €", "IBAN DE89 3704 0044 0532 0130 00"], 1);
        add("ticket ", &["12 December 2026", "$45.50", "help@example.org, Tel: 030/901820"], 2);
        let note = add("note ", &["nothing of that", "see www.example.org"], 3);
        let check = |query: &str, expected: &str| assert_eq!(found(&tx, query), expected, "{query}");
        check("date:2026-11", "invoice ");
        check("date:2026", "ticket invoice ");
        check("date:>2026-11", "ticket ");
        check("date:", "ticket invoice ");
        check("-date:", "note ");
        check("amount:>100", "invoice ");
        check("amount:<100", "ticket ");
        check("amount:40..200", "ticket invoice ");
        check("amount:40..200USD", "ticket ");
        check("amount:€", "invoice ");
        check("amount:119", "invoice ");
        check("amount:", "ticket invoice ");
        check("has:iban", "invoice ");
        check("has:email", "ticket ");
        check("has:phone", "ticket ");
        check("has:link", "note ");
        check("has:date has:amount -has:iban", "ticket ");
        check("total date:2026-11", "invoice ");
        check("date:2027", "");
        // With other bytes or another text, there is another or none.
        save_reading(&tx, note, &reading(&["2027-01-02"]), 4).unwrap();
        check("date:2027", "note ");
        check("has:link", "");
        set_content(&tx, note, &ContentHash::of(b"other bytes"), 5).unwrap();
        check("date:2027", "");
    }

    #[test]
    fn texts_of_before_are_looked_through_some_at_a_time() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        for (name, text) in [("a", "2026-11-23"), ("b", "nothing"), ("c", "2026-11-24")] {
            let (new, origin) = new_item(name, 1);
            let id = add_item(&tx, &new, &origin).unwrap().id;
            save_reading(&tx, id, &reading(&[text]), 1).unwrap();
        }
        tx.execute_batch("DELETE FROM text_fact; UPDATE item SET facts_by = 0").unwrap();
        assert_eq!(found(&tx, "date:"), "");
        let counts: Vec<usize> = (0..3).map(|_| find_facts_in_old_texts(&tx, 2).unwrap()).collect();
        assert_eq!((counts, found(&tx, "date:").len()), (vec![2, 1, 0], 2));
    }
}
