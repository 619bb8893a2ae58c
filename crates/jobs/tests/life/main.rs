//! Months in the life of a pretend service: a real database, but time, the machine and chance are made up. Schedules in
//! several zones fire, jobs take their time, fail and lose conditions, the process dies before any of its commits, the
//! machine sleeps, the clock is set wrong and right again. A log beside the queue says what really happened.
//!
//! `LIVES` and `DAYS` make it longer.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../common/mod.rs"]
mod common;
mod log;
mod plans;
mod service;

use log::Log;
use service::{Service, Weather};

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Lives whose clock is never set back lose and double nothing, exactly; the others no more than a jump explains.
#[test]
fn a_service_lives_on_through_everything() {
    let (lives, days) = (number("LIVES", 2), number("DAYS", 45));
    let mut total = Log::default();
    for seed in 0..lives {
        let weather = if seed % 2 == 0 { Weather::Kind } else { Weather::ClockJumps };
        let mut service = Service::new(seed, weather);
        service.live(days);
        service.come_to_rest();
        total.add(&service.log);
    }
    total.assert_all_happened();
    // Seen with `--nocapture`.
    println!("{lives} lives of {days} days: {}", total.words());
}
