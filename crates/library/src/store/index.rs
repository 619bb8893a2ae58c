//! The full-text index: tokens of items, and queries as FTS5 expressions.
//!
//! Words are indexed as they are folded. A run of an unspaced script is indexed as its overlapping pairs of characters
//! (bigrams) and its last character, so that any part of it is a phrase: `发票上税` becomes `发票 票上 上税 税`, and `票上税` is the
//! phrase `票上 上税`. So that words are also found by their middle, the column `grams` holds the overlapping triples of
//! characters of each word of 3 or more, with a boundary between words.

use super::edit::tags;
use super::{readings, recognitions};
use crate::error::Result;
use crate::item::ItemId;
use crate::limits::MAX_INDEXED_CHARS;
use crate::query::{MIN_SUBSTRING, Query, Term};
use crate::text::{Atom, AtomKind, atoms};
use rusqlite::{Transaction, params};

/// Stands between words in `grams`. No triple equals it.
const BOUNDARY: char = '¶';

/// Indexes all that is known about an item in place of what was indexed before.
pub(super) fn index_item(tx: &Transaction<'_>, id: ItemId) -> Result<()> {
    let (name, note): (String, String) = tx
        .prepare_cached("SELECT name, note FROM item WHERE id = ?1")?
        .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let tags = tags(tx, id)?.join("\n\n");
    let read = readings::text(tx, id)?.unwrap_or_default();
    let body = [read, recognitions::code_texts(tx, id)?].join("\n\n");

    let columns = [name, tags, note, body].map(|text| match text.char_indices().nth(MAX_INDEXED_CHARS) {
        Some((end, _)) => atoms(&text[..end]),
        None => atoms(&text),
    });
    let [name, tags, note, body] = [0, 1, 2, 3].map(|column| tokens(&columns[column]));
    let grams: String = columns.iter().map(|atoms| grams(atoms)).collect();
    remove(tx, id)?;
    tx.prepare_cached(
        "INSERT INTO item_search (rowid, name, tags, note, body, grams) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![id.0, name, tags, note, body, grams])?;
    Ok(())
}

/// Takes an item out of the index.
pub(super) fn remove(tx: &Transaction<'_>, id: ItemId) -> Result<()> {
    tx.prepare_cached("DELETE FROM item_search WHERE rowid = ?1")?.execute([id.0])?;
    Ok(())
}

fn tokens(atoms: &[Atom]) -> String {
    let mut tokens = String::new();
    for atom in atoms {
        push_tokens(&mut tokens, atom, true);
    }
    tokens
}

/// Appends an atom's tokens, each with a space after it; of a run that goes on (`ends` is false) only the pairs.
fn push_tokens(tokens: &mut String, atom: &Atom, ends: bool) {
    match atom.kind {
        AtomKind::Word => push_token(tokens, &atom.chars),
        AtomKind::Run => {
            atom.chars.windows(2).for_each(|pair| push_token(tokens, pair));
            if ends {
                push_token(tokens, &atom.chars[atom.chars.len() - 1..]);
            }
        }
    }
}

fn grams(atoms: &[Atom]) -> String {
    let mut grams = String::new();
    for atom in atoms.iter().filter(|atom| atom.kind == AtomKind::Word && atom.chars.len() >= MIN_SUBSTRING) {
        atom.chars.windows(MIN_SUBSTRING).for_each(|triple| push_token(&mut grams, triple));
        push_token(&mut grams, &[BOUNDARY]);
    }
    grams
}

fn push_token(tokens: &mut String, token: &[char]) {
    tokens.extend(token);
    tokens.push(' ');
}

/// What the words of a query ask of the index, as FTS5 expressions.
pub(super) enum Expression {
    /// Nothing.
    Anything,
    /// This must match.
    Matching(String),
    /// This must not match. FTS5 has no expression for that alone.
    Without(String),
}

/// Whether words are also looked for inside other words, which takes several times as long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    WholeWords,
    PartsOfWords,
}

/// Tokens hold letters and digits only, so that nothing of the user's text can be taken for FTS5 syntax.
pub(super) fn expression(query: &Query, reach: Reach) -> Expression {
    let of_term = |term: &Term| of_term(term, reach);
    let join = |excluded: bool, operator: &str| {
        let parts: Vec<String> = query.terms.iter().filter(|term| term.excluded == excluded).map(of_term).collect();
        (!parts.is_empty()).then(|| parts.join(operator))
    };
    match (join(false, " AND "), join(true, " OR ")) {
        (None, None) => Expression::Anything,
        (Some(wanted), None) => Expression::Matching(wanted),
        (Some(wanted), Some(excluded)) => Expression::Matching(format!("({wanted}) NOT ({excluded})")),
        (None, Some(excluded)) => Expression::Without(excluded),
    }
}

fn of_term(term: &Term, reach: Reach) -> String {
    let last = term.atoms.len() - 1;
    let ending = &term.atoms[last];
    let mut phrase = String::new();
    term.atoms[..last].iter().for_each(|atom| push_tokens(&mut phrase, atom, true));
    // A single character of a run is the beginning of a pair, or the last character itself.
    push_tokens(&mut phrase, ending, ending.chars.len() == 1);
    let open = match ending.kind {
        AtomKind::Run => ending.chars.len() == 1,
        AtomKind::Word => term.prefix,
    };
    let star = if open { " *" } else { "" };
    let words = format!("{{name tags note body}} : \"{}\"{star}", phrase.trim_end());
    if !term.substring || reach == Reach::WholeWords {
        return format!("({words})");
    }
    let mut triples = String::new();
    ending.chars.windows(MIN_SUBSTRING).for_each(|triple| push_token(&mut triples, triple));
    format!("({words} OR {{grams}} : \"{}\")", triples.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::matches;
    use crate::store::{Listing, add_item, page, save_reading};
    use crate::testing::{database, new_item, reading};
    use proptest::prelude::*;

    /// The database keeps one item, whose text changes from case to case.
    fn finds(connection: &mut rusqlite::Connection, text: &str, query: &Query) -> bool {
        let tx = connection.transaction().unwrap();
        let (new, origin) = new_item("☃", 1);
        let id = add_item(&tx, &new, &origin).unwrap().id;
        save_reading(&tx, id, &reading(&text.split('\n').collect::<Vec<_>>()), 1).unwrap();
        let listing = Listing { query: Some(query.clone()), limit: 1, ..Listing::default() };
        page(&tx, &listing).unwrap().total == 1
    }

    #[test]
    fn tokens_of_words_and_runs() {
        let check = |text: &str, expected: &str, expected_grams: &str| {
            assert_eq!((tokens(&atoms(text)).trim_end(), grams(&atoms(text)).trim_end()), (expected, expected_grams));
        };
        check("发票上税", "发票 票上 上税 税", "");
        check("Ein Wort", "ein wort", "ein ¶ wor ort ¶");
        check("第1章", "第 1 章", "");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

        #[test]
        fn no_query_is_a_syntax_error(text in any::<String>(), typed in "[\"*()^:{}+\\-a票 NEARORANDT]{0,30}") {
            let mut connection = database();
            finds(&mut connection, "text", &Query::parse(&text));
            finds(&mut connection, "text", &Query::parse(&typed));
        }

        #[test]
        fn the_index_and_the_marks_agree(text in "[abÄ票発カ1\\n .-]{0,24}", query in "[abä票発カ1 \".-]{0,7}") {
            let query = Query::parse(&query);
            prop_assume!(!query.is_empty());
            let atoms = atoms(&text);
            let holds = |term: &Term| {
                let alone = Query { terms: vec![Term { excluded: false, ..term.clone() }], ..Query::default() };
                matches(&atoms, &alone).is_empty() == term.excluded
            };
            prop_assert_eq!(finds(&mut database(), &text, &query), query.terms.iter().all(holds));
        }

        #[test]
        fn every_word_of_a_text_is_found(text in any::<String>(), pick in any::<prop::sample::Index>()) {
            let atoms = atoms(&text);
            prop_assume!(!atoms.is_empty());
            let word: String = pick.get(&atoms).chars.iter().collect();
            prop_assert!(finds(&mut database(), &text, &Query::parse(&format!("{word} "))), "{word:?}");
        }

        #[test]
        fn every_part_of_an_unspaced_run_is_found(
            text in "[一-龠ぁ-んァ-ヶ가-힣]{1,20}", from in any::<prop::sample::Index>(), length in 1usize..20,
        ) {
            let chars: Vec<char> = text.chars().collect();
            let from = from.index(chars.len());
            let part: String = chars[from..(from + length).min(chars.len())].iter().collect();
            let backwards: String = part.chars().rev().collect();
            let mut connection = database();
            prop_assert!(finds(&mut connection, &text, &Query::parse(&part)), "{part}");
            prop_assert_eq!(finds(&mut connection, &text, &Query::parse(&backwards)), text.contains(&backwards));
        }

        #[test]
        fn every_part_of_a_word_from_three_characters_is_found(
            text in "[a-zà-öа-я0-9]{3,20}", from in any::<prop::sample::Index>(), length in 3usize..20,
        ) {
            let chars: Vec<char> = text.chars().collect();
            let from = from.index(chars.len() - 2);
            let part: String = chars[from..(from + length).min(chars.len())].iter().collect();
            prop_assert!(finds(&mut database(), &format!("x {text} y"), &Query::parse(&part)), "{part}");
        }
    }
}
