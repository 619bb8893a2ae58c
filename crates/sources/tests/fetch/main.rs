//! Looks at real servers on loopback, with their faults.
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

mod faults;
mod images;
mod lists;
mod rules;
mod server;
mod tls;
mod world;
