//! All SQL of the library: one file per table or task.

mod adopt;
mod file_check;
mod filters;
mod index;
mod items;
mod listing;
mod perceptual_hash;
mod readings;
mod recognitions;
mod rows;
mod schema;
mod trash;
mod upkeep;

pub use adopt::{adopt, sidecar};
pub use file_check::{FileChecks, FileTrouble, file_checks, note_file_check, originals, troubled_files, unchecked};
pub use items::{
    add_item, edit, find_by_hash, item, managed, rename, set_facts, set_missing, set_placement, set_problem,
};
pub use listing::{Listing, counts, finds, page};
pub use perceptual_hash::{PerceptualHash, perceptual_hashes, save_perceptual_hash, without_perceptual_hash};
pub use readings::{reading, recent_readings, save_reading};
pub use recognitions::{is_recognised, recognised_otherwise, recognition, save_recognition};
pub use schema::MIGRATIONS;
pub use trash::{files_deleted, purge, purged, restore, trash};
pub use upkeep::{items_after, read_by, read_otherwise, trashed_before};
