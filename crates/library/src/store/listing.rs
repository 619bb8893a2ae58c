//! Listings: newest first, or what a query finds with the best first.

use super::index::{Expression, Reach, expression};
use super::readings;
use super::rows::{SUMMARY_COLUMNS, count};
use super::selection::Selection;
use super::upkeep::summaries;
use super::{filters, items};
use crate::error::Result;
use crate::item::{Counts, Entry, ItemId, ItemSummary, Page};
use crate::limits::MAX_PAGE;
use crate::query::Query;
use crate::snippet::Snippet;
use rusqlite::{Connection, params};

/// Which items to list.
#[derive(Debug, Clone, Default, PartialEq)]
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

/// A part of a listing: without a query the newest first; with words the best match first (BM25 with tags, name and note
/// before the text, whole words before parts of words); without words and with `similar:` what is most alike first; among
/// equals the newest.
///
/// Words that stand in more than `MAX_RANKED` items say too little to rank by: then the newest come first, and items that have
/// the words only inside other words are left out. Whatever finds more than that gives the newest first, too.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn page(conn: &Connection, listing: &Listing) -> Result<Page> {
    let limit = listing.limit.min(MAX_PAGE);
    match listing.query.as_ref().filter(|query| !query.is_empty()) {
        Some(query) => found(conn, query, listing.trashed, listing.offset, limit),
        None => everything(conn, listing.trashed, listing.offset, limit),
    }
}

/// What a query finds.
fn found(conn: &Connection, query: &Query, trashed: bool, offset: usize, limit: usize) -> Result<Page> {
    let selection = Selection::of(conn, query, trashed)?;
    let sql = format!("SELECT {SUMMARY_COLUMNS} FROM item WHERE id = ?1");
    let mut entries = Vec::new();
    for id in selection.ordered(conn, offset, limit)? {
        for item in summaries(conn, &sql, [id.0])? {
            let snippet = snippet(conn, &item, query)?;
            let why = selection.filters.why(conn, &item)?.unwrap_or_default();
            entries.push(Entry { item, snippet, why });
        }
    }
    Ok(Page { total: selection.ids.len(), entries })
}

/// The library or the trash, the newest first.
fn everything(conn: &Connection, trashed: bool, offset: usize, limit: usize) -> Result<Page> {
    let number = |sql: &str| conn.prepare_cached(sql)?.query_row([], |row| count(row, 0));
    // Counting what is not in the trash one by one would look at every item.
    let in_trash = number("SELECT count(*) FROM item WHERE trashed_at IS NOT NULL")?;
    let total = if trashed { in_trash } else { number("SELECT count(*) FROM item")?.saturating_sub(in_trash) };
    // The trash is small: `+` has it sorted, where SQLite would walk the library for it.
    let (state, order) =
        if trashed { ("trashed_at IS NOT NULL", "+added_at") } else { ("trashed_at IS NULL", "added_at") };
    let sql =
        format!("SELECT {SUMMARY_COLUMNS} FROM item WHERE {state} ORDER BY {order} DESC, id DESC LIMIT ?1 OFFSET ?2");
    let (limit, offset) = (i64::try_from(limit).unwrap_or(0), i64::try_from(offset).unwrap_or(i64::MAX));
    let mut entries = Vec::new();
    for item in summaries(conn, &sql, [limit, offset])? {
        let snippet = Snippet::beginning(&readings::text(conn, item.id)?.unwrap_or_default());
        entries.push(Entry { item, snippet, why: Vec::new() });
    }
    Ok(Page { total, entries })
}

/// Whether a query finds an item, be it in parts of words or in the trash. An empty query finds nothing.
///
/// # Errors
/// When the database fails or holds damaged values.
pub fn finds(conn: &Connection, query: &Query, id: ItemId) -> Result<bool> {
    if query.is_empty() || !filters::holds(conn, query, id)? {
        return Ok(false);
    }
    if query.terms.is_empty() {
        return Ok(true);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM item_search WHERE item_search MATCH ?1 AND rowid = ?2)";
    let mut select = conn.prepare_cached(sql)?;
    let mut matches = |words: &str| -> Result<bool> { Ok(select.query_row(params![words, id.0], |row| row.get(0))?) };
    for reach in [Reach::WholeWords, Reach::PartsOfWords] {
        match expression(query, reach) {
            Expression::Anything => {}
            Expression::Without(words) => return Ok(!matches(&words)? && items::exists(conn, id).is_ok()),
            Expression::Matching(words) if matches(&words)? => return Ok(true),
            Expression::Matching(_) => {}
        }
    }
    Ok(false)
}

/// What is shown below an item's name: the match in its text, or that in its note, or how its text begins.
fn snippet(conn: &Connection, item: &ItemSummary, query: &Query) -> Result<Option<Snippet>> {
    let text = readings::text(conn, item.id)?.unwrap_or_default();
    if query.terms.is_empty() {
        return Ok(Snippet::beginning(&text));
    }
    if let Some(snippet) = Snippet::of(&text, query) {
        return Ok(Some(snippet));
    }
    let note: String =
        conn.prepare_cached("SELECT note FROM item WHERE id = ?1")?.query_row([item.id.0], |row| row.get(0))?;
    Ok(Snippet::of(&note, query).or_else(|| Snippet::beginning(&text)))
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
    use crate::limits::MAX_RANKED;
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
    fn a_query_finds_one_item_as_it_finds_it_among_others() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let ids = ["bill.png", "other.png"].map(|name| {
            let (new, origin) = new_item(name, 1);
            add_item(&tx, &new, &origin).unwrap().id
        });
        save_reading(&tx, ids[0], &reading(&["Invoice No. 7", "due 2026-12-01"]), 1).unwrap();
        let found = |text: &str| ids.map(|id| finds(&tx, &Query::parse(text), id).unwrap());
        for (query, expected) in [
            ("invoice", [true, false]),
            ("voice", [true, false]),
            ("\"invoice no\" due", [true, false]),
            ("invoice -due", [false, false]),
            ("-invoice", [false, true]),
            ("png", [true, true]),
            ("", [false, false]),
        ] {
            assert_eq!(found(query), expected, "{query:?}");
        }
        assert!(!finds(&tx, &Query::parse("-invoice"), ItemId(99)).unwrap());
    }

    #[test]
    fn too_many_to_rank_are_listed_newest_first() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let total = MAX_RANKED + 5;
        for at in 0..total {
            // The times run against the ids, and one item in the trash.
            let (new, origin) = new_item(&format!("scan-{at}.png"), (total - at) as i64);
            let id = add_item(&tx, &new, &origin).unwrap().id;
            if at == 0 {
                crate::store::trash(&tx, &[id], 1).unwrap();
            }
        }
        let (inside, origin) = new_item("rescanned.png", 0);
        add_item(&tx, &inside, &origin).unwrap();
        let names = |text: &str, trashed: bool| {
            let listing = Listing { query: Some(Query::parse(text)), trashed, offset: 1, limit: 2 };
            let page = page(&tx, &listing).unwrap();
            (page.total, page.entries.into_iter().map(|entry| entry.item.name).collect::<Vec<_>>())
        };
        let newest = ["scan-2.png", "scan-3.png"].map(String::from).to_vec();
        assert_eq!(names("scan", false), (total - 1, newest.clone()));
        assert_eq!(names("scan -nothing", false), (total - 1, newest.clone()));
        assert_eq!(names("-nothing", false), (total, newest));
        assert_eq!(names("scan", true), (1, vec![]));
        assert_eq!(names("can", false).0, total, "no item has the word, so parts of words count");
        assert_eq!(names("\"scan 2002 \"", false), (1, vec![]));
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
