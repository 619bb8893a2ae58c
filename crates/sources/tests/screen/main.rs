//! Pictures of real screens with known pixels: X servers and desktop portals that the tests start themselves.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

mod bus;
mod displays;
mod portal;
mod refusals;
mod server;
mod windows;
