//! All SQL of the library: one file per table or task.

mod adopt;
mod index;
mod items;
mod listing;
mod readings;
mod rows;
mod schema;
mod trash;

pub use adopt::{adopt, sidecar};
pub use items::{add_item, edit, find_by_hash, item, managed, set_facts, set_placement, set_problem};
pub use listing::{Listing, counts, page};
pub use readings::{reading, recent_readings, save_reading};
pub use schema::MIGRATIONS;
pub use trash::{files_deleted, purge, purged, restore, trash};
