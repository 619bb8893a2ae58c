//! Remote storages, and keeping a folder in step with one of them, both ways.
//!
//! What there is on both sides and what both had in common ([`ledger`]) goes into a pure planner ([`plan`]); what it says is done by an
//! executor ([`run`]) that can be killed between any two steps. Storages are behind one trait ([`remote`]), and so is the
//! folder ([`local`]). The tables of a database that remember it all are in [`store`].
//!
//! The promises: an edit is never lost, not even to another's delete or to a crash; what could not be listed is never taken
//! for gone; the same content is never a conflict; who deletes much at once is asked first.

pub mod account;
pub mod conflict;
pub mod digest;
pub mod error;
pub mod ledger;
pub mod limits;
pub mod local;
mod lock;
pub mod marker;
pub mod path;
pub mod plan;
pub mod remote;
pub mod run;
pub mod store;
mod words;

pub use error::Error;
pub use path::FilePath;

/// What the calls of this crate give.
pub type Result<T> = std::result::Result<T, Error>;
