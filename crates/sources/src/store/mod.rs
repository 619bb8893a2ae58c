//! All SQL of this crate.

mod schema;
mod sources;
mod state;

pub use schema::MIGRATIONS;
pub use sources::{DamagedSource, add, change, remove, source, source_of_kind, sources};
pub use state::{Look, Problem, State, link, looked, of_item, set_cursor, set_watching, state};
