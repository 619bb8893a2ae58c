//! Whole-program tests of the command line: the real `legible` with real images, each test in a home of its own.

#[path = "../program/mod.rs"]
mod program;

mod add;
mod damage;
mod disk;
mod jobs;
mod models;
mod read;
mod search;
