//! All SQL of this crate.

pub mod files;
mod pages;
pub mod remote_files;
mod schema;
mod sources;
mod state;

pub use pages::{note_pages, page, prune_pages, read_lists_afresh};
pub use schema::MIGRATIONS;
pub use sources::{DamagedSource, add, change, names, remove, source, source_of_kind, sources};
pub use state::{
    Look, Problem, State, filed, link, looked, made_by, of_item, refused, set_cursor, set_made, set_move_problem,
    set_watching, state, unfiled, unlink, unmake,
};
