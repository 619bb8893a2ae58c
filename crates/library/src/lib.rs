//! The library: items by content hash, where they came from, what engines read in them, and full-text search over all of
//! it; and the folder of plain files that all of it can be rebuilt from.
//!
//! The tables are used through a `&rusqlite::Transaction` (writes) or `&rusqlite::Connection` (reads) that the caller
//! opens, after it applied [`MIGRATIONS`]. Nothing here asks for the time: every timestamp is passed in, in
//! milliseconds since the Unix epoch. All SQL lies in `store`.

mod calendar;
mod error;
mod facet_counts;
mod filter;
mod folder;
mod hash;
mod hits;
mod id_set;
mod item;
pub mod limits;
mod look_alikes;
mod matching;
mod merging;
mod query;
mod sidecar;
mod snippet;
mod store;
#[cfg(test)]
mod testing;
mod text;
mod why;

pub use calendar::timestamp;
pub use error::{Error, Result};
pub use facet_counts::{Counted, FacetCounts, Place, Year};
pub use filter::Field;
pub use folder::{Folder, FolderError, is_image, portable_name};
pub use hash::{ContentHash, NotAHash};
pub use hits::{Hit, hits};
pub use item::{
    Added, Counts, Edit, Entry, ImageFacts, Item, ItemId, ItemSummary, NewItem, Origin, OriginKind, Page, Placement,
    Problem, Purged, RecentReading,
};
pub use merging::{bare_gist, merge_sidecars, sidecar_gist};
pub use query::{Chip, Query};
pub use sidecar::{SIDECAR_VERSION, Sidecar, SidecarReading, SidecarRecognition, is_damaged, understood};
pub use snippet::Snippet;
pub use store::{
    Duplicate, DuplicateGroup, FileChecks, FileTrouble, Forget, Listing, MIGRATIONS, add_item, adopt, are_told_apart,
    best, codes_of, contents, counts, duplicate_groups, edit, facet_counts, file_checks, files_deleted, find_by_hash,
    find_facts_in_old_texts, find_managed, finds, forget_seen, has_embeddings, item, items_after, made, managed,
    managed_with, note_file_check, originals, page, places, purge, purged, read_by, read_otherwise, reading,
    recent_readings, recognised_after, recognition, rename, restore, save_reading, save_recognition, set_content,
    set_facts, set_missing, set_placement, set_problem, set_wrong, sidecar, sign_recognition, signed_otherwise,
    take_over, tell_apart, texts_without_facts, trash, trashed_before, troubled_files, unchecked, undo_tell_apart,
    unhashed, whole_recognition, wrong,
};
pub use why::Why;
