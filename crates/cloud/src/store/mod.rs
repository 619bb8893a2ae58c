//! All SQL of this crate: the remotes, and the ledger of each. The database belongs to who calls; a remote is known by its number.

mod error;
mod in_step;
mod remotes;
mod schema;
mod seen;
#[cfg(test)]
mod tests;

pub use error::{Error, Result};
pub use in_step::{
    all, count, forget, forget_all, forget_ledger, note, note_session, one, paths_with, session, sessions,
};
pub use remotes::{
    RemoteId, State, StoredRemote, add, began, change, ended, generation, remote, remotes, remove, set_capabilities,
    state,
};
pub use schema::MIGRATIONS;
pub use seen::{cursor, forget_marker, marker, note_marker, see, seen, unusable};
