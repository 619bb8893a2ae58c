//! Planner and executor on two or three devices that share a storage, in many lives that a seed decides each.
//!
//! In a life, users write, delete and rename files, and devices run, also while others do: between any two calls of a run of
//! [`Remote`], [`Local`] and [`Ledger`], and inside listings, users act, other devices run, and the run is cut short, before or
//! after the call has done what it does, or is told that something may pass. Puts arrive damaged, and cursors are forgotten. Then
//! peace comes, all devices run until none finds anything to do, and it is checked:
//!
//! - **They are one**: all devices and the storage have the same files with the same content, and each ledger has just these in the
//!   states that the storage has.
//! - **Nothing is lost**: each part that a user wrote to a path (a word of a set of words, or a whole text) is in the file of that path or in a
//!   copy of it that was kept for a conflict, unless a user gave it up: had it before them in that file, or in a copy of
//!   it, on their own device at the time when they overwrote, deleted or renamed that file, or took that word out of it. A trash does not count:
//!   what nobody gave up has no business there.
//! - **One way is one way**: in some lives the last device only sends, or only receives. Its runs change nothing here, or nothing there;
//!   then it need not have what the others have, and what is owed may be on it alone.
//! - **Users are obeyed**: a delete and an edit in peace are in the end what all have, no more and no less; but what a backup has is not
//!   deleted for good.
//!
//! What only looks like a rule and is none is not checked: a word that was taken out on one device while another run was cut short may come back.
//!
//! `LEGIBLE_SIMULATION_SEED=N` runs one life alone, `LEGIBLE_SIMULATION_LIVES=N` so many.
//!
//! [`Remote`]: legible_cloud::remote::Remote
//! [`Local`]: legible_cloud::local::Local
//! [`Ledger`]: legible_cloud::ledger::Ledger
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

mod alike;
mod chance;
mod checks;
mod device;
mod faults;
mod peace;
mod storage;
mod users;
mod words;
mod world;

use checks::{Bad, simulate};
use faults::Mutant;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use world::Counts;

const SEED: &str = "LEGIBLE_SIMULATION_SEED";
const LIVES: &str = "LEGIBLE_SIMULATION_LIVES";

/// What came of many lives.
#[derive(Default)]
struct Report {
    lives: usize,
    counts: Counts,
    bad: Vec<(u64, Bad)>,
}

/// Lives of these seeds, on all processors.
fn simulate_all(seeds: Range<u64>, mutant: Option<Mutant>) -> Report {
    let next = AtomicU64::new(seeds.start);
    let report = Mutex::new(Report::default());
    let work = || loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= seeds.end {
            return;
        }
        let (counts, end) = simulate(seed, mutant);
        let mut report = report.lock().unwrap();
        report.lives += 1;
        report.counts += counts;
        report.bad.extend(end.err().map(|bad| (seed, bad)));
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    report.into_inner().unwrap()
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

#[test]
fn devices_agree_and_nothing_is_lost() {
    let seeds = match number(SEED) {
        Some(seed) => seed..seed + 1,
        None => 0..number(LIVES).unwrap_or(20_000),
    };
    let report = simulate_all(seeds, None);
    println!("{} lives, {:?}, {} bad", report.lives, report.counts, report.bad.len());
    for (seed, bad) in report.bad.iter().take(5) {
        println!("{SEED}={seed}: {bad}");
    }
    assert!(report.bad.is_empty());
}

#[test]
fn mistakes_are_noticed() {
    for mutant in Mutant::ALL {
        let report = simulate_all(0..1_000, Some(mutant));
        let lost = report.bad.iter().filter(|(_, bad)| matches!(bad, Bad::Lost(_))).count();
        println!("{mutant:?}: {} bad of {}, {lost} of them lost", report.bad.len(), report.lives);
        assert!(lost >= 5, "{mutant:?} loses what users wrote, and {lost} lives show it");
    }
}
