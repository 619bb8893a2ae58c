//! Keeps the library folder in step with storages: how a storage is set, what the folder is to the planner, what came from there, and
//! what is kept of each storage.

pub mod account;
mod arrivals;
mod changed;
mod edited;
pub mod grants;
mod hashes;
mod ledger;
mod meant;
mod merge;
mod opening;
mod orphans;
mod own;
pub mod place;
pub mod planning;
mod prepared;
mod progress;
pub mod schedule;
mod set_up;
mod side;
pub mod sign_ins;
mod take_over;
pub mod telling;
mod unwritten;
pub mod view;
mod watch;
pub mod wire;

pub use arrivals::{take_in_arrivals, take_in_what_was_left};
pub use opening::{Key, in_time};
pub use prepared::Prepared;
pub use progress::{Progress, words};
pub use set_up::{NewKey, Said, SealedKey};
pub use watch::JobWatch;

use ledger::DatabaseLedger;
use side::LibrarySide;

/// What this machine is called in the names of files of which both versions are kept.
pub fn device() -> String {
    let name = gethostname::gethostname().to_string_lossy().trim().to_owned();
    if name.is_empty() { "this computer".to_owned() } else { name }
}

#[cfg(test)]
mod tests;
