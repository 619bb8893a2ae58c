//! Listings: newest first, or what a query finds with the best first.

use super::index::{Expressions, expressions};
use super::readings;
use super::rows::{SUMMARY_COLUMNS, count, summary};
use crate::error::Result;
use crate::item::{Counts, Entry, ItemSummary, Page};
use crate::limits::MAX_PAGE;
use crate::query::Query;
use crate::snippet::Snippet;
use rusqlite::{Connection, ToSql};

/// Which items to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// What must match; `None` or an empty query for everything.
    pub query: Option<Query>,
    /// The trash instead of the library.
    pub trashed: bool,
    /// Entries to leave out at the start.
    pub offset: usize,
    /// Entries to give at most; never more than `MAX_PAGE`.
    pub limit: usize,
}

/// A part of a listing: without a query the newest first; with one the best match first (BM25 with tags, name and note before the
/// text, whole words before parts of words), among equals the newest.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn page(conn: &Connection, listing: &Listing) -> Result<Page> {
    let query = listing.query.as_ref().filter(|query| !query.is_empty());
    let selection = Selection::new(query, listing.trashed);
    let total = conn
        .prepare_cached(&format!("SELECT count(*) {}", selection.from))?
        .query_row(selection.parameters().as_slice(), |row| count(row, 0))?;

    let sql =
        format!("SELECT {SUMMARY_COLUMNS} {} ORDER BY {} LIMIT :limit OFFSET :offset", selection.from, selection.order);
    let limit = i64::try_from(listing.limit.min(MAX_PAGE)).unwrap_or(0);
    let offset = i64::try_from(listing.offset).unwrap_or(i64::MAX);
    let mut parameters = selection.parameters();
    parameters.extend([(":limit", &limit as &dyn ToSql), (":offset", &offset)]);
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(parameters.as_slice())?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let item = summary(row)?;
        let snippet = query.map_or(Ok(None), |query| snippet(conn, &item, query))?;
        entries.push(Entry { item, snippet });
    }
    Ok(Page { total, entries })
}

/// Rows of items: where from and in which order.
struct Selection {
    from: String,
    order: &'static str,
    matching: Option<String>,
    excluded: Option<String>,
    trashed: bool,
}

impl Selection {
    fn new(query: Option<&Query>, trashed: bool) -> Self {
        let Expressions { wanted, excluded } = query.map_or(Expressions { wanted: None, excluded: None }, expressions);
        const STATE: &str = "(item.trashed_at IS NOT NULL) = :trashed";
        match (wanted, excluded) {
            (Some(wanted), excluded) => Selection {
                from: format!(
                    "FROM item_search JOIN item ON item.id = item_search.rowid WHERE item_search MATCH :matching AND {STATE}"
                ),
                order: "bm25(item_search, 5.0, 5.0, 3.0, 2.0, 0.25), item.added_at DESC, item.id DESC",
                matching: Some(match excluded {
                    Some(excluded) => format!("({wanted}) NOT ({excluded})"),
                    None => wanted,
                }),
                excluded: None,
                trashed,
            },
            (None, Some(excluded)) => Selection {
                from: format!(
                    "FROM item WHERE item.id NOT IN (SELECT rowid FROM item_search WHERE item_search MATCH :excluded) AND {STATE}"
                ),
                order: NEWEST,
                matching: None,
                excluded: Some(excluded),
                trashed,
            },
            (None, None) => Selection {
                from: format!("FROM item WHERE {STATE}"),
                order: NEWEST,
                matching: None,
                excluded: None,
                trashed,
            },
        }
    }

    fn parameters(&self) -> Vec<(&'static str, &dyn ToSql)> {
        let mut parameters: Vec<(&'static str, &dyn ToSql)> = vec![(":trashed", &self.trashed)];
        parameters.extend(self.matching.as_ref().map(|matching| (":matching", matching as &dyn ToSql)));
        parameters.extend(self.excluded.as_ref().map(|excluded| (":excluded", excluded as &dyn ToSql)));
        parameters
    }
}

const NEWEST: &str = "item.added_at DESC, item.id DESC";

fn snippet(conn: &Connection, item: &ItemSummary, query: &Query) -> Result<Option<Snippet>> {
    if let Some(text) = readings::text(conn, item.id)?
        && let Some(snippet) = Snippet::of(&text, query)
    {
        return Ok(Some(snippet));
    }
    let note: String =
        conn.prepare_cached("SELECT note FROM item WHERE id = ?1")?.query_row([item.id.0], |row| row.get(0))?;
    Ok(Snippet::of(&note, query))
}

/// How many items there are.
///
/// # Errors
/// When the database fails.
pub fn counts(conn: &Connection) -> Result<Counts> {
    let sql = "SELECT count(*) FILTER (WHERE trashed_at IS NULL), \
         count(*) FILTER (WHERE trashed_at IS NULL AND text_len > 0), \
         count(*) FILTER (WHERE trashed_at IS NULL AND problem_code IS NOT NULL), \
         count(*) FILTER (WHERE trashed_at IS NOT NULL) FROM item";
    let counts = conn.prepare_cached(sql)?.query_row([], |row| {
        Ok(Counts {
            items: count(row, 0)?,
            with_text: count(row, 1)?,
            problems: count(row, 2)?,
            trashed: count(row, 3)?,
        })
    })?;
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{add_item, edit, save_reading};
    use crate::testing::{database, new_item, reading};

    /// The names of the items that a query finds, best first. Items are `name: text`, newer ones later.
    fn search(items: &[(&str, &str)], query: &str) -> Vec<String> {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        for (at, (name, text)) in items.iter().enumerate() {
            let (new, origin) = new_item(name, at as i64);
            let id = add_item(&tx, &new, &origin).unwrap().id;
            save_reading(&tx, id, &reading(&text.split('\n').collect::<Vec<_>>()), 5).unwrap();
        }
        let listing = Listing { query: Some(Query::parse(query)), trashed: false, offset: 0, limit: 100 };
        let page = page(&tx, &listing).unwrap();
        assert_eq!(page.total, page.entries.len());
        page.entries.into_iter().map(|entry| entry.item.name).collect()
    }

    fn check(query: &str, expected: &[&str]) {
        let items = [
            ("receipt.png", "Grand\ntotal 12,50"),
            ("brief.png", "Die Überprüfung der\nHauptstraße war gründ-\nlich"),
            ("fapiao.png", "发票上税号和日期"),
            ("yoyaku.png", "ホテルの予約\n合計 1,200円 iPhone手機"),
            ("yeongsu.png", "영수증을 받다"),
            ("mail.png", "anna@example.org sent the totals"),
        ];
        let mut found = search(&items, query);
        found.sort();
        assert_eq!(found, expected, "{query:?}");
    }

    #[test]
    fn what_is_found() {
        check("tot", &["mail.png", "receipt.png"]);
        check("\"grand total\"", &["receipt.png"]);
        check("\"total grand\"", &[]);
        check("total -grand", &["mail.png"]);
        check("-total", &["brief.png", "fapiao.png", "mail.png", "yeongsu.png", "yoyaku.png"]);
        check("uberprufung", &["brief.png"]);
        check("ＵＢＥＲ", &["brief.png"]);
        check("strasse", &["brief.png"]);
        check("STRAßE", &["brief.png"]);
        check("gründlich", &["brief.png"]);
        check("票", &["fapiao.png"]);
        check("期", &["fapiao.png"]);
        check("票上", &["fapiao.png"]);
        check("税号和日", &["fapiao.png"]);
        check("票发", &[]);
        check("予約合計", &["yoyaku.png"]);
        check("ﾎﾃﾙ", &["yoyaku.png"]);
        check("iphone手機", &["yoyaku.png"]);
        check("手機 1,200円", &["yoyaku.png"]);
        check("영수", &["yeongsu.png"]);
        check("anna@example.org", &["mail.png"]);
        check("mail.png", &["mail.png"]);
        check("NEAR(\"", &[]);
    }

    #[test]
    fn whole_words_come_before_parts_of_words_and_tags_before_text() {
        assert_eq!(search(&[("a", "art"), ("b", "party"), ("c", "smart")], "art")[0], "a");
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let ids = ["a", "b", "c"].map(|name| {
            let (new, origin) = new_item(name, 1);
            add_item(&tx, &new, &origin).unwrap().id
        });
        save_reading(&tx, ids[0], &reading(&["the tax of 2024"]), 1).unwrap();
        edit(&tx, ids[1], &crate::Edit { tags: Some(vec!["tax 2024".into()]), note: None }).unwrap();
        let listing = Listing { query: Some(Query::parse("tax")), limit: 9, ..Listing::default() };
        let found: Vec<_> = page(&tx, &listing).unwrap().entries.into_iter().map(|entry| entry.item.id).collect();
        assert_eq!(found, [ids[1], ids[0]]);
    }
}
