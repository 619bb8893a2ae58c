//! Schedules against an independent oracle: another time library with its own zone data, and naive matchers.
//!
//! `LEGIBLE_SCHEDULE_RULES` sets how many random rules each zone gets (default 40), `LEGIBLE_SCHEDULE_SERVICES` how many
//! pretend services run (default 250), `LEGIBLE_SCHEDULE_SEED` where randomness starts.
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

mod fixed;
mod oracle;
mod random;
mod service;

use legible_jobs::rule::{Zone, last_until, next_after, slots_between};
use oracle::Oracle;
use random::Random;

/// A setting of the run.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |value| value.parse().expect("a number"))
}

fn seed() -> u64 {
    setting("LEGIBLE_SCHEDULE_SEED", 20_261_121)
}

/// Zones with odd clocks, and the years walked in each.
const WALKS: &[(&str, i32, i32)] = &[
    ("UTC", 2024, 2034),
    ("Europe/Berlin", 2024, 2034),
    ("Europe/Dublin", 2024, 2034),
    ("America/New_York", 2024, 2034),
    ("America/Sao_Paulo", 2024, 2034),
    ("America/St_Johns", 2024, 2034),
    ("Australia/Lord_Howe", 2024, 2034),
    ("Africa/Casablanca", 2024, 2034),
    ("Africa/Cairo", 2024, 2034),
    ("Asia/Tehran", 2024, 2034),
    ("Asia/Kathmandu", 2024, 2034),
    ("Asia/Beirut", 2024, 2034),
    ("Pacific/Apia", 2024, 2034),
    ("Pacific/Chatham", 2024, 2034),
    ("Antarctica/Troll", 2024, 2034),
    // Changes at midnight, at 00:01, by half an hour for good, and by whole days.
    ("America/Sao_Paulo", 2008, 2020),
    ("America/St_Johns", 2003, 2013),
    ("Pacific/Apia", 2008, 2014),
    ("Pacific/Fakaofo", 2010, 2013),
    ("Pacific/Kwajalein", 1992, 1995),
    ("Asia/Pyongyang", 2014, 2019),
    ("America/Caracas", 2006, 2017),
    ("Asia/Tehran", 2014, 2023),
    ("Asia/Gaza", 2008, 2016),
    ("Antarctica/Casey", 2008, 2022),
];

/// The zones in which both libraries know the same clock.
fn oracles() -> Vec<Oracle> {
    let all: Vec<Oracle> = WALKS.iter().map(|(zone, from, until)| Oracle::new(zone, *from, *until)).collect();
    let (same, other): (Vec<_>, Vec<_>) = all.into_iter().partition(Oracle::has_same_zone_data);
    for oracle in &other {
        eprintln!("left out, for the two libraries have different data: {oracle:?}");
    }
    assert!(same.len() + 5 >= WALKS.len(), "too many zones with different data");
    same
}

#[test]
fn every_slot_is_where_the_oracle_has_it() {
    let rules = setting("LEGIBLE_SCHEDULE_RULES", 40);
    let mut random = Random::new(seed());
    let (mut compared, mut never, mut slots, mut at_changes) = (0_u64, 0, 0_u64, 0_u64);
    for oracle in oracles() {
        let zone = Zone::named(oracle.zone_name()).unwrap();
        for _ in 0..rules {
            let pattern = random.pattern();
            let rule = pattern.rule();
            if let Err(error) = rule.validate() {
                let (from, until) = oracle.span();
                assert!(oracle.slots(&pattern, from, until).is_empty(), "{error}");
                never += 1;
                continue;
            }
            for (from, until) in oracle.windows(&pattern) {
                let expected = oracle.slots(&pattern, from, until);
                let found = slots_between(&rule, &zone, from, until, usize::MAX);
                if expected != found {
                    let differ = expected.iter().zip(&found).position(|(a, b)| a != b);
                    let at = differ.unwrap_or(expected.len().min(found.len()));
                    let show = |slots: &[i64]| slots.get(at).map(|slot| oracle.show(*slot));
                    panic!("{rule:?} in {oracle:?}: expected {:?}, found {:?}", show(&expected), show(&found));
                }
                for _ in 0..20 {
                    let at = random.between(from, until);
                    let split = expected.partition_point(|slot| *slot <= at);
                    if let Some(next) = expected.get(split) {
                        assert_eq!(next_after(&rule, &zone, at), Some(*next), "{rule:?} in {oracle:?} after {at}");
                    }
                    if split > 0 {
                        let last = Some(expected[split - 1]);
                        assert_eq!(last_until(&rule, &zone, at), last, "{rule:?} in {oracle:?} until {at}");
                    }
                }
                slots += expected.len() as u64;
                at_changes += oracle.near_changes(&expected);
            }
            compared += 1;
        }
    }
    assert!(slots > compared * 100 && at_changes > compared, "{slots} slots, {at_changes} at changes: too few");
    println!(
        "{compared} rules in {} walks: {slots} slots are the same, {at_changes} of them within 3 hours of a change of the clock; {never} rules never come",
        WALKS.len()
    );
}

#[test]
fn a_service_that_sleeps_restarts_and_loses_its_clock_keeps_its_schedules() {
    let services = setting("LEGIBLE_SCHEDULE_SERVICES", 250);
    let mut random = Random::new(seed() + 1);
    let mut told = service::Told::default();
    let oracles = oracles();
    for _ in 0..services {
        let oracle = random.pick(&oracles);
        service::live(oracle, &mut random, &mut told);
    }
    assert!(told.runs > 0 && told.skipped > 0 && told.set_back > 0 && told.wrong_clock > 0 && told.outages > 0);
    println!("{services} services: {told:?}");
}
