//! What is told of storages: how they stand, how far a run is, what came of it, in the window, on the command line and in notifications.

mod progress;
pub mod telling;
pub mod view;
pub mod wire;

pub use progress::{Progress, words};
