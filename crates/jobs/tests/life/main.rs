//! Months, or years, in the life of a pretend service: a real database, but time, the machine and chance are made up.
//! Schedules in several zones fire, jobs take their time, fail and lose conditions, a person meddles, the process dies at
//! every planned point, hangs until its leases run out, the machine sleeps, the clock is set wrong and right again. A log
//! beside the queue says what really happened, and another library of time says when schedules had to run.
//!
//! `LIVES` and `DAYS` make it longer: `LIVES=2 DAYS=3653` is ten years with a right clock and ten with a wrong one.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod audit;
mod chance;
#[path = "../common/mod.rs"]
mod common;
mod events;
mod kills;
mod log;
#[path = "../schedules/oracle.rs"]
#[allow(dead_code, reason = "each test uses its own part")]
mod oracle;
mod plans;
#[path = "../schedules/random.rs"]
#[allow(dead_code, reason = "each test uses its own part")]
mod random;
mod service;

use log::Log;
use service::{Service, Weather};

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Lives whose clock is never set back lose and double nothing, exactly; the others no more than a jump explains.
#[test]
fn a_service_lives_on_through_everything() {
    let (lives, days) = (number("LIVES", 2), number("DAYS", 30));
    let mut total = Log::default();
    let seeds: Vec<u64> = (0..lives).collect();
    for beside_each_other in seeds.chunks(2) {
        std::thread::scope(|scope| {
            let lives: Vec<_> = beside_each_other.iter().map(|seed| scope.spawn(move || life(*seed, days))).collect();
            lives.into_iter().for_each(|life| total.add(&life.join().unwrap()));
        });
    }
    // Seen with `--nocapture`.
    println!("{lives} lives of {days} days: {}", total.words());
    total.assert_all_happened();
}

fn life(seed: u64, days: u64) -> Log {
    let weather = if seed.is_multiple_of(2) { Weather::Kind } else { Weather::ClockJumps };
    let mut service = Service::new(seed, weather, days);
    service.live();
    service.come_to_rest();
    println!("life {seed}, {weather:?}, {days} days: {}", service.log.words());
    service.log
}
