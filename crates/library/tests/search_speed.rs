//! How fast search is over 100,000 items with texts and recognitions. Ignored by default, as it measures; run it with
//! `cargo test --release -p legible-library --test search_speed -- --ignored --nocapture`.
//!
//! `LEGIBLE_SEARCH_SPEED` names a folder in which the library is kept for the next run, which then takes seconds.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod made;

use legible_library::*;
use made::{fill, han, town, word};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ITEMS: u64 = 100_000;
const ROUNDS: usize = 100;
/// Search as you type feels immediate below this.
const SLOWEST: Duration = Duration::from_millis(100);

#[test]
#[ignore = "a measurement of some minutes"]
fn search_over_100_000_items() {
    let made = tempfile::tempdir().unwrap();
    let kept = std::env::var_os("LEGIBLE_SEARCH_SPEED").map(PathBuf::from);
    let connection = library(kept.as_deref().unwrap_or(made.path()));
    println!("| what | query | found | processor | 99 of 100 | clock | 99 of 100 |");
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
    let mut slowest = Duration::ZERO;
    for (query, what) in queries() {
        let listing = Listing { query: Some(Query::parse(&query)), limit: 50, ..Listing::default() };
        let median = measure(what, &query, || page(&connection, &listing).unwrap().total);
        slowest = slowest.max(if query.starts_with("similar:") { Duration::ZERO } else { median });
    }
    for (query, what) in [
        (String::new(), "counts of all"),
        (word(12), "counts of half of all"),
        ("kind:photo".into(), "counts of the photos"),
        (format!("{} kind:photo -faces:0", word(12)), "counts of words and filters"),
    ] {
        let parsed = Query::parse(&query);
        measure(what, &query, || facet_counts(&connection, &parsed, false).unwrap().total);
    }
    measure("places", "", || places(&connection).unwrap().len());
    measure("groups of duplicates", "", || duplicate_groups(&connection).unwrap().len());
    connection.pragma_update(None, "mmap_size", 1_i64 << 31).unwrap();
    for (query, what) in
        [("similar:50", "similar, the file mapped into memory"), ("kind:photo", "kind of most, the same way")]
    {
        let listing = Listing { query: Some(Query::parse(query)), limit: 50, ..Listing::default() };
        measure(what, query, || page(&connection, &listing).unwrap().total);
    }
    assert!(slowest < SLOWEST, "the slowest query takes {slowest:?}");
}

fn queries() -> Vec<(String, &'static str)> {
    let (common, half, rare) = (word(0), word(12), word(9_000));
    let label = format!("label:\"sort {}\"", word(3));
    let (object, town) = (word(2), town(0));
    vec![
        (String::new(), "newest first"),
        (common.clone(), "commonest word"),
        (format!("{common} {}", word(1)), "two common words"),
        (format!("{common} {}", word(2).chars().take(2).collect::<String>()), "common word and two letters"),
        (rare.clone(), "rare word"),
        (format!("\"{common} {}\"", word(1)), "common phrase"),
        (rare.chars().skip(1).take(4).collect(), "inside of a word"),
        (common.chars().take(1).collect(), "one letter"),
        (common.chars().take(2).collect(), "two letters"),
        (common.chars().take(3).collect(), "three letters"),
        (format!("-{common}"), "all without a word"),
        (han(0).to_string(), "commonest Chinese character"),
        (format!("{}{}{}{}", han(3), han(5), han(8), han(13)), "four Chinese characters"),
        ("qqqqzz".into(), "nothing"),
        ("kind:photo".into(), "kind of most"),
        ("kind:handwriting".into(), "rare kind"),
        ("-kind:photo".into(), "all but a kind"),
        ("code:".into(), "any code"),
        ("code:example.org/99".into(), "text of a code"),
        ("colour:black".into(), "commonest colour"),
        ("colour:blue colour:red".into(), "two colours"),
        ("taken:2019".into(), "a year"),
        ("taken:>2015".into(), "since a year"),
        ("taken:2019-03".into(), "a month"),
        (label.clone(), "a label"),
        ("label:sort".into(), "a word of all labels"),
        (format!("object:{object}>2"), "more than two things"),
        (format!("object:{object}<2"), "less than two things"),
        ("faces:0".into(), "no faces"),
        ("faces:>1".into(), "two faces and more"),
        (format!("place:{},{}", town.0, town.1), "around a place"),
        ("has:place".into(), "any place"),
        ("has:text -has:face has:label".into(), "has three things"),
        (format!("kind:photo {label} -colour:red taken:2012..2020"), "four filters"),
        (format!("{half} kind:photo"), "word of half of all and kind"),
        (format!("{half} kind:handwriting"), "word of half of all and rare kind"),
        (format!("{common} {} kind:receipt colour:white", word(1)), "two words and two filters"),
        (format!("{rare} -kind:photo"), "rare word and a filter"),
        ("similar:50".into(), "similar, by hash and embedding"),
        ("similar:50 kind:photo".into(), "similar photos"),
    ]
}

/// Opens the library in a folder, which is made first if there is none.
fn library(folder: &Path) -> Connection {
    let path = folder.join("library.db");
    let is_there = path.exists();
    let mut connection = Connection::open(&path).unwrap();
    connection.set_prepared_statement_cache_capacity(128);
    connection.pragma_update(None, "journal_mode", "wal").unwrap();
    if !is_there {
        MIGRATIONS.iter().for_each(|batch| connection.execute_batch(batch).unwrap());
        let start = Instant::now();
        fill(&mut connection, ITEMS);
        let filling = start.elapsed();
        println!("filled in {filling:.1?} ({:.2?} an item)", filling / ITEMS as u32);
    }
    let bytes: i64 = connection
        .query_row("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()", [], |row| row.get(0))
        .unwrap();
    println!("{} MB\n", bytes / 1_000_000);
    connection
}

/// Prints how long something takes, and gives the median of its processor time.
fn measure(what: &str, query: &str, work: impl Fn() -> usize) -> Duration {
    let found = work();
    let (mut times, mut processor): (Vec<Duration>, Vec<Duration>) = (0..ROUNDS)
        .map(|_| {
            let (start, busy) = (Instant::now(), processor_time());
            assert_eq!(work(), found);
            let elapsed = start.elapsed();
            (elapsed, busy.zip(processor_time()).map_or(elapsed, |(before, after)| after - before))
        })
        .unzip();
    let shown = |times: &mut Vec<Duration>| {
        times.sort();
        [times[ROUNDS / 2], times[ROUNDS * 99 / 100]]
            .map(|time| format!("{:.1} ms", time.as_secs_f64() * 1_000.0))
            .join(" | ")
    };
    println!("| {what} | `{query}` | {found} | {} | {} |", shown(&mut processor), shown(&mut times));
    processor[ROUNDS / 2]
}

/// How long this thread has had a processor, where the system tells: what other programs do on a shared machine is not in it.
fn processor_time() -> Option<Duration> {
    #[cfg(unix)]
    return rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).try_into().ok();
    #[cfg(not(unix))]
    None
}
