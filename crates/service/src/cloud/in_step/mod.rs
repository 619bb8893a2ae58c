//! The library folder brought in step with a storage: what the folder is to the planner, what other programs did in it, what came, and what
//! is kept of each file.

mod arrivals;
mod changed;
mod damaged;
mod deletes;
mod edited;
mod hashes;
mod ledger;
mod meant;
pub mod merge;
mod moves;
pub mod planning;
mod prepared;
mod second_place;
mod side;
mod take_over;
mod unwritten;
mod watch;

pub use arrivals::{take_in_arrivals, take_in_what_was_left};
pub use ledger::DatabaseLedger;
pub use prepared::Prepared;
pub use side::LibrarySide;
pub use watch::JobWatch;
