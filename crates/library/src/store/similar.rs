//! Items that look like another, or as a description says: by what a model made of both, and by their hashes.

use super::filters::Likeness;
use super::looks;
use crate::error::Result;
use crate::item::ItemId;
use crate::limits::{LEAST_SIMILARITY, MAX_SIMILAR};
use legible_reading::recognition::{Embedding, PerceptualHash};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// Keeps what a model made of an item in place of what was before.
pub(super) fn set_embedding(tx: &Transaction<'_>, id: ItemId, embedding: Option<&Embedding>) -> Result<()> {
    tx.prepare_cached("DELETE FROM embedding WHERE item_id = ?1")?.execute([id.0])?;
    if let Some(embedding) = embedding {
        let vector: Vec<u8> = embedding.values().iter().map(|value| value.cast_unsigned()).collect();
        let squares: i64 = embedding.values().iter().map(|value| i64::from(*value).pow(2)).sum();
        tx.prepare_cached("INSERT INTO embedding (item_id, model, squares, vector) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![id.0, embedding.model, squares, vector])?;
    }
    Ok(())
}

/// What a model made of an item, if that is there and not damaged.
pub(super) fn embedding(conn: &Connection, id: ItemId) -> Result<Option<Embedding>> {
    let found: Option<(String, Vec<u8>)> = conn
        .prepare_cached("SELECT model, vector FROM embedding WHERE item_id = ?1")?
        .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((model, vector)) = found else { return Ok(None) };
    let values = vector.into_iter().map(u8::cast_signed).collect();
    let embedding = Embedding::from_values(&model, values);
    if embedding.is_none() {
        tracing::warn!(item = id.0, "what a model made of its looks is damaged and passed over");
    }
    Ok(embedding)
}

/// The other items that are like one, those in the trash too, and how much: all with a near hash, and of those whose
/// embedding is by the same model the [`MAX_SIMILAR`] most alike.
pub(super) fn alike(conn: &Connection, id: ItemId) -> Result<Likeness> {
    let mut alike = match embedding(conn, id)? {
        Some(embedding) => nearest(conn, &embedding, LEAST_SIMILARITY, MAX_SIMILAR, Some(id))?,
        None => Likeness::new(),
    };
    if let Some(hash) = looks::hash(conn, id)?.filter(|hash| !hash.is_plain()) {
        looks::for_each(conn, |other, looks: PerceptualHash| {
            if other != id && hash.is_near(looks) {
                let likeness = alike.entry(other).or_default();
                *likeness = likeness.max(hash.likeness(looks));
            }
        })?;
    }
    Ok(alike)
}

/// Whether any item has an embedding in this space.
///
/// # Errors
/// When the database fails.
pub fn has_embeddings(conn: &Connection, space: &str) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM embedding WHERE model = ?1)";
    Ok(conn.prepare_cached(sql)?.query_row([space], |row| row.get(0))?)
}

/// Of the items whose embedding is by the same model, those whose cosine with this one is at least `least`, at most `most`, and
/// without `except`.
pub(super) fn nearest(
    conn: &Connection,
    embedding: &Embedding,
    least: f32,
    most: usize,
    except: Option<ItemId>,
) -> Result<Likeness> {
    let sought: Vec<i16> = embedding.values().iter().map(|value| i16::from(*value)).collect();
    let length = embedding.values().iter().map(|value| f32::from(*value).powi(2)).sum::<f32>().sqrt();
    let mut select =
        conn.prepare_cached("SELECT item_id, squares, vector FROM embedding WHERE model = ?1 AND item_id IS NOT ?2")?;
    let mut rows = select.query(params![embedding.model, except.map(|id| id.0)])?;
    let mut alike: Vec<(f32, ItemId)> = Vec::new();
    while let Some(row) = rows.next()? {
        let vector = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        if vector.len() != sought.len() {
            continue;
        }
        let cosine = dot(&sought, vector) as f32 / (length * (row.get::<_, i64>(1)? as f32).sqrt());
        if cosine >= least {
            alike.push((cosine.min(1.0), ItemId(row.get(0)?)));
        }
    }
    alike.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    Ok(alike.into_iter().take(most).map(|(cosine, other)| (other, cosine)).collect())
}

/// The scalar product of numbers with others that are stored as bytes. With one side of 16 bits the compiler makes vector
/// instructions of it that take two thirds of the time.
fn dot(values: &[i16], stored: &[u8]) -> i32 {
    values.iter().zip(stored).map(|(a, b)| i32::from(*a) * i32::from(b.cast_signed())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::ImageFacts;
    use crate::query::Query;
    use crate::store::{Listing, page};
    use crate::testing::{add_recognised, database};
    use legible_reading::recognition::Recognition;

    #[test]
    fn the_most_alike_comes_first() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let add = |name: &str, model: &str, vector: &[f32], hash: Option<u64>| {
            let hash = hash.map(|across| PerceptualHash { across, down: 0xF0F0_F0F0 });
            let seen = Recognition { embedding: Embedding::new(model, vector), hash, ..Recognition::default() };
            add_recognised(&tx, name, &seen, &ImageFacts::default())
        };
        let asked = add("asked", "m", &[1.0, 0.0], Some(0xFFFF));
        add("near", "m", &[1.0, 0.1], None);
        add("far", "m", &[0.0, 1.0], Some(0xFFFF_FFFF_FFFF));
        add("nearest", "m", &[2.0, 0.0], None);
        add("half", "m", &[1.0, 1.0], Some(0xFFFE));
        add("other model", "n", &[1.0, 0.0], None);
        add("other size", "m", &[1.0, 0.0, 0.0], None);
        let hashed = add("hash alone", "", &[], Some(0xFFFC));
        let check = |query: &str, expected: &[&str]| {
            let listing = Listing { query: Some(Query::parse(query)), limit: 9, ..Listing::default() };
            let found = page(&tx, &listing).unwrap().entries;
            let names: Vec<&str> = found.iter().map(|entry| entry.item.name.as_str()).collect();
            assert_eq!(names, expected, "{query}");
            found.iter().filter_map(|entry| entry.why.first()?.likeness).collect::<Vec<f32>>()
        };
        let likeness = check(&format!("similar:{asked}"), &["nearest", "near", "half", "hash alone"]);
        let expected = [1.0, 0.995, 127.0 / 128.0, 126.0 / 128.0];
        assert!(likeness.iter().zip(expected).all(|(told, is)| (told - is).abs() < 0.01), "{likeness:?}");
        check(&format!("similar:{hashed}"), &["half", "asked"]);
        check("similar:99", &[]);
        check(&format!("-similar:{asked} -similar:{hashed}"), &["other size", "other model", "far"]);
    }
    #[test]
    fn what_looks_as_described_is_found_once_that_is_known() {
        let mut connection = database();
        let tx = connection.transaction().unwrap();
        let add = |name: &str, model: &str, vector: &[f32]| {
            let seen = Recognition { embedding: Embedding::new(model, vector), ..Recognition::default() };
            add_recognised(&tx, name, &seen, &ImageFacts::default())
        };
        add("other", "m", &[0.1, 1.0]);
        add("dog", "m", &[0.9, 0.5]);
        add("dogs", "m", &[1.0, 0.0]);
        add("by another model", "n", &[1.0, 0.0]);
        let check = |text: &str, described: &[(&str, [f32; 2])], expected: &[&str]| {
            let mut query = Query::parse(text);
            for (description, direction) in described {
                query.describe(description, Embedding::new("m", direction).unwrap(), 0.2);
            }
            let listing = Listing { query: Some(query), limit: 9, ..Listing::default() };
            let found = page(&tx, &listing).unwrap().entries;
            let names: Vec<&str> = found.iter().map(|entry| entry.item.name.as_str()).collect();
            assert_eq!(names, expected, "{text}");
            found.iter().flat_map(|entry| entry.why.iter().map(|why| why.value.clone())).collect::<Vec<_>>()
        };
        assert_eq!(["m", "n", "o"].map(|space| has_embeddings(&tx, space).unwrap()), [true, true, false]);
        let dog = ("a dog", [1.0, 0.0]);
        assert_eq!(check("looks:\"A dog\"", &[dog], &["dogs", "dog"]), ["a dog", "a dog"]);
        check("looks:\"a dog\"", &[], &[]);
        check("looks:\"a dog\"", &[("a cat", [1.0, 0.0])], &[]);
        check("-looks:\"a dog\"", &[dog], &["by another model", "other"]);
        check("-looks:\"a dog\"", &[], &[]);
        check("looks:\"a dog\" looks:grass", &[dog, ("grass", [0.3, 1.0])], &["dog", "dogs"]);
        check("looks:\"a dog\" dogs", &[dog], &["dogs"]);
        let asked = Query::parse("looks:\"a dog\" x looks:grass -looks:\"a dog\"");
        assert_eq!(asked.descriptions(), ["a dog", "grass"]);
    }
}
