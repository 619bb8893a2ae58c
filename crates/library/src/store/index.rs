//! The full-text index: tokens of items, and queries as FTS5 expressions.
//!
//! Words are indexed as they are folded. A run of an unspaced script is indexed as its overlapping pairs of characters
//! (bigrams) and its last character, so that any part of it is a phrase: `发票上税` becomes `发票 票上 上税 税`, and `票上税` is the
//! phrase `票上 上税`. So that words are also found by their middle, the column `grams` holds the overlapping triples of
//! characters of each word of 3 or more, with a boundary between words.

use super::items::tags;
use super::readings;
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
    let body = readings::text(tx, id)?.unwrap_or_default();

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

/// A query as FTS5 expressions: what must match, and what must not. `None` for an empty side.
pub(super) struct Expressions {
    pub wanted: Option<String>,
    pub excluded: Option<String>,
}

/// Tokens hold letters and digits only, so that nothing of the user's text can be taken for FTS5 syntax.
pub(super) fn expressions(query: &Query) -> Expressions {
    let join = |excluded: bool, operator: &str| {
        let parts: Vec<String> = query.terms.iter().filter(|term| term.excluded == excluded).map(expression).collect();
        (!parts.is_empty()).then(|| parts.join(operator))
    };
    Expressions { wanted: join(false, " AND "), excluded: join(true, " OR ") }
}

fn expression(term: &Term) -> String {
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
    if !term.substring {
        return format!("({words})");
    }
    let mut triples = String::new();
    ending.chars.windows(MIN_SUBSTRING).for_each(|triple| push_token(&mut triples, triple));
    format!("({words} OR {{grams}} : \"{}\")", triples.trim_end())
}
