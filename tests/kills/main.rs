//! Processes that die: the service at any instant, and workers in the middle of an image. No image is lost, and none is
//! read twice.
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]
#![cfg(unix)]

#[path = "../program/mod.rs"]
mod program;

mod folder;
mod listener;
mod service;
mod worker;
