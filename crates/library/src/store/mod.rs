//! All SQL of the library: one file per table or task.

mod adopt;
mod content;
mod duplicates;
mod edit;
mod facet_counts;
mod facets;
mod file_check;
mod filters;
mod forgotten;
mod index;
mod items;
mod listing;
mod looks;
mod places;
mod readings;
mod recognitions;
mod rows;
mod schema;
mod selection;
mod similar;
mod take_over;
mod text_facts;
mod trash;
mod upkeep;

pub use adopt::{adopt, sidecar};
pub use content::{contents, set_content};
pub use duplicates::{
    Duplicate, DuplicateGroup, are_told_apart, best, duplicate_groups, tell_apart, undo_tell_apart, unhashed,
};
pub use edit::edit;
pub use facet_counts::facet_counts;
pub use file_check::{FileChecks, FileTrouble, file_checks, note_file_check, originals, troubled_files, unchecked};
pub use forgotten::{Forget, forget_seen, recognised_after};
pub use items::{
    add_item, find_by_hash, find_managed, item, managed, managed_with, rename, set_facts, set_missing, set_placement,
    set_problem,
};
pub use listing::{Listing, counts, finds, page};
pub use places::places;
pub use readings::{reading, recent_readings, save_reading};
pub use recognitions::{
    codes_of, made, recognition, save_recognition, set_wrong, sign_recognition, whole_recognition, wrong,
};
pub use schema::MIGRATIONS;
pub use similar::has_embeddings;
pub use take_over::take_over;
pub use text_facts::{find_facts_in_old_texts, texts_without_facts};
pub use trash::{files_deleted, purge, purged, restore, trash};
pub use upkeep::{items_after, read_by, read_otherwise, signed_otherwise, trashed_before};
