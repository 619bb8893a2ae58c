//! Watched folders.
//!
//! Three things find files, and none is trusted alone: a **watch** hears of changes, **settling** waits until what changed is
//! whole, and a **look** compares a folder, or the parts of it that settled, with the **ledger** of what was seen before.
//! What a look finds is carried out by whoever looks; a look that is repeated, or cut short at any moment, finds what is left.
//!
//! All paths here are relative to the watched folder, but for those that say otherwise.

mod finding;
mod known;
mod look;
mod names;
mod pattern;
mod settle;
mod stamp;
mod system;
mod watch;

pub use crate::store::files as ledger;
pub use finding::{Finding, Looked, Move, Step, Trouble, TroubleKind};
pub use known::{Counts, Known, Standing};
pub use look::{Look, MAX_DEPTH, Place};
pub use names::IMAGE_ENDINGS;
pub use pattern::{BadFolder, Wanted};
pub use settle::{Probe, Settle};
pub use stamp::{FileId, Stamp};
pub use watch::{Event, Hears, Watch};
