//! Where images come from: watched folders, servers, the screen, the clipboard, a camera, a remote folder.
//!
//! This crate finds images and remembers what it has seen; it neither stores nor reads them, and knows no library and no
//! queue. `service` joins them: it takes what a source offers into the library, and has sources looked at by jobs.
//!
//! The tables are used through a `&rusqlite::Transaction` (writes) or `&rusqlite::Connection` (reads) that the caller
//! opens, after it applied [`MIGRATIONS`]. All SQL lies in `store`. Every timestamp is passed in, in milliseconds since the
//! Unix epoch.

mod error;
pub mod fetch;
mod filing;
pub mod folder;
pub mod remote;
pub mod screen;
pub mod shortcut;
mod source;
mod store;
pub mod template;

pub use error::{Error, Result};
pub use filing::{Filing, FilingRule, Keep, Remind};
pub use source::{
    ClipboardSpec, FolderSpec, Header, Kind, RemoteSpec, ScreenSpec, Source, SourceId, Spec, WebSpec, What, WriteText,
};
pub use store::remote_files;
pub use store::{
    DamagedSource, Look, MIGRATIONS, Problem, State, add, change, filed, link, looked, made_by, names, note_pages,
    of_item, page, prune_pages, read_lists_afresh, refused, remove, set_cursor, set_made, set_move_problem,
    set_watching, source, source_of_kind, sources, state, unfiled, unlink, unmake,
};
