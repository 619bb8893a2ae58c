//! Whole-program tests of the command line: the real `legible` with real images, each test in a home of its own.
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

#[path = "../../crates/vision/tests/onnx/mod.rs"]
mod onnx;
#[path = "../program/mod.rs"]
mod program;

mod add;
mod bus;
mod chains;
mod cloud;
mod conditions;
mod damage;
mod disk;
mod jobs;
mod models;
mod read;
mod recognise;
mod remind;
mod schedules;
mod search;
mod server;
mod service;
mod signed_in;
mod sources;
