//! Pixels in, readings out: decoding, text engines, reading order, thumbnails, and the worker process that runs them.
//!
//! No database, no network, no async. [`decode::decode`] turns bytes into an upright image, a
//! [`engine::TextEngine`] reads it, and [`worker`] does both in a child process, so that a hostile image costs one error.

pub mod decode;
pub mod describe;
pub mod engine;
mod exif_facts;
pub mod layout;
pub mod limits;
pub mod ocrs_engine;
pub mod ppocr;
pub mod recognise;
pub mod sniff;
pub mod thumbnail;
pub mod worker;
