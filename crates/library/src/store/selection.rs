//! What a query finds, as a set, and the order in which that is listed.

use super::filters::{self, Filters};
use super::index::{Expression, Reach, expression};
use crate::error::Result;
use crate::id_set::IdSet;
use crate::item::ItemId;
use crate::limits::MAX_RANKED;
use crate::query::Query;
use rusqlite::{Connection, params};

/// What a query finds.
pub(super) struct Selection<'a> {
    pub ids: IdSet,
    pub filters: Filters<'a>,
    /// The FTS5 expression of the words that are looked for, if there are any and they say enough to rank by.
    words: Option<String>,
    /// Whether the words that are looked for say too little to rank by.
    is_common: bool,
}

impl<'a> Selection<'a> {
    /// The items of the library, or of the trash, that a query finds. Words that stand in more than [`MAX_RANKED`] items are
    /// not looked for inside of others too, nor ranked by: both would take a look at each place where they stand.
    pub fn of(conn: &Connection, query: &'a Query, trashed: bool) -> Result<Self> {
        let filters = Filters::new(conn, query)?;
        let mut words = Words::of(conn, query, Reach::WholeWords)?;
        let is_common = words.found.as_ref().is_some_and(|found| found.len() > MAX_RANKED);
        if !is_common && query.terms.iter().any(|term| term.substring) {
            words = Words::of(conn, query, Reach::PartsOfWords)?;
        }
        let trash = filters::set(conn, "SELECT id FROM item WHERE trashed_at IS NOT NULL", [])?;
        let all = || if trashed { Ok(trash.clone()) } else { filters::set(conn, "SELECT id FROM item", []) };
        let mut ids = filters.narrow(conn, words.found, all)?;
        if trashed {
            ids.keep(&trash);
        } else {
            ids.remove(&trash);
        }
        if let Some(without) = words.without {
            ids.remove(&without);
        }
        Ok(Selection { ids, filters, words: words.expression.filter(|_| !is_common), is_common })
    }

    /// The items in the order of a listing, from `offset` on, at most `limit`: the best match first; without words those
    /// that are most like what `similar:` or `looks:` names; else, and among equals, the newest.
    pub fn ordered(&self, conn: &Connection, offset: usize, limit: usize) -> Result<Vec<ItemId>> {
        let total = self.ids.len();
        let likeness = self.filters.likeness();
        let ranks: Option<Vec<(ItemId, f64)>> = match (&self.words, likeness) {
            _ if total > MAX_RANKED => None,
            (None, _) if self.is_common => Some(self.ids.iter().map(|id| (id, 0.0)).collect()),
            (Some(words), _) => Some(self.ranked(conn, words)?),
            (None, Some(likeness)) => Some(self.ids.iter().map(|id| (id, -f64::from(likeness(id)))).collect()),
            (None, None) => Some(self.ids.iter().map(|id| (id, 0.0)).collect()),
        };
        let Some(ranks) = ranks else { return self.newest(conn, offset, limit) };
        let mut added = conn.prepare_cached("SELECT added_at FROM item WHERE id = ?1")?;
        let mut listed = Vec::with_capacity(ranks.len());
        for (id, rank) in ranks {
            let added_at: i64 = added.query_row([id.0], |row| row.get(0))?;
            listed.push((rank, added_at, id));
        }
        listed.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)).then(b.2.cmp(&a.2)));
        Ok(listed.into_iter().skip(offset).take(limit).map(|(_, _, id)| id).collect())
    }

    /// The items with how badly the words match each: BM25 with tags, name and note before the text, whole words before
    /// parts of words.
    fn ranked(&self, conn: &Connection, words: &str) -> Result<Vec<(ItemId, f64)>> {
        let ids: Vec<i64> = self.ids.iter().map(|id| id.0).collect();
        let ids = serde_json::Value::from(ids).to_string();
        // `+` keeps SQLite from asking the index anew for each item.
        let mut select = conn.prepare_cached(
            "SELECT rowid, bm25(item_search, 5.0, 5.0, 3.0, 2.0, 0.25) FROM item_search
             WHERE item_search MATCH ?1 AND +rowid IN (SELECT value FROM json_each(?2))",
        )?;
        let rows = select.query_map(params![words, ids], |row| Ok((ItemId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A walk from the newest on, which soon has a page full where there are many.
    fn newest(&self, conn: &Connection, offset: usize, limit: usize) -> Result<Vec<ItemId>> {
        let mut select = conn.prepare_cached("SELECT id FROM item ORDER BY added_at DESC, id DESC")?;
        let mut rows = select.query([])?;
        let (mut listed, mut skipped) = (Vec::new(), 0);
        while listed.len() < limit
            && let Some(row) = rows.next()?
        {
            let id = ItemId(row.get(0)?);
            if !self.ids.contains(id) {
                continue;
            }
            if skipped < offset { skipped += 1 } else { listed.push(id) }
        }
        Ok(listed)
    }
}

/// The words of a query.
struct Words {
    /// The items that have all that are looked for; `None` if none is.
    found: Option<IdSet>,
    /// The FTS5 expression of these.
    expression: Option<String>,
    /// The items that have one that must not be there, where the expression does not leave them out.
    without: Option<IdSet>,
}

impl Words {
    fn of(conn: &Connection, query: &Query, reach: Reach) -> Result<Self> {
        let (expression, without) = match expression(query, reach) {
            Expression::Anything => (None, None),
            Expression::Matching(words) => (Some(words), None),
            Expression::Without(words) => (None, Some(words)),
        };
        let found = expression.as_deref().map(|wanted| matching(conn, wanted)).transpose()?;
        let without = without.map(|excluded| matching(conn, &excluded)).transpose()?;
        Ok(Words { found, expression, without })
    }
}

/// The items that an FTS5 expression matches.
fn matching(conn: &Connection, expression: &str) -> Result<IdSet> {
    filters::set(conn, "SELECT rowid FROM item_search WHERE item_search MATCH ?1", [expression])
}
