//! The work that schedules do: it goes through the whole library, a part at a time, and can be stopped between any two
//! parts. What was done by then is kept, so the next attempt does only the rest.

mod check_library;
mod check_models;
mod duplicates;
mod export;
mod find_facts;
mod queue;
mod read_new;
mod read_newer;
mod recognise_new;
mod tidy;
mod words;

pub use check_library::CheckLibrary;
pub use check_models::CheckModels;
pub use duplicates::FindDuplicates;
pub use export::{Export, page_of};
pub(super) use export::{GoesOn, export_to};
pub use find_facts::{FindFacts, find_facts_where_due};
pub use read_new::ReadNew;
pub use read_newer::ReadNewer;
pub use recognise_new::RecogniseNew;
pub use tidy::Tidy;
pub use words::{has_batch, is_news, words};

use super::{
    CHECK_LIBRARY, CHECK_MODELS, EXPORT, FIND_DUPLICATES, FIND_FACTS, READ_NEW, READ_NEWER, RECOGNISE_NEW, TIDY,
};
use crate::error::{Error, Result};
use crate::handler::Work;
use serde::de::DeserializeOwned;

/// The kinds of this work.
pub const KINDS: &[&str] =
    &[READ_NEW, READ_NEWER, RECOGNISE_NEW, FIND_DUPLICATES, FIND_FACTS, TIDY, CHECK_MODELS, CHECK_LIBRARY, EXPORT];

/// What a person set for a job; the defaults where nothing is said. What jobs before it in a chain put out is in its
/// lease too, but must not change what the person set.
///
/// # Errors
/// When what is said has another shape.
fn options<T: DeserializeOwned + Default>(work: &Work) -> Result<T> {
    let id = work.lease.id;
    let stored = work.service.database().read_blocking(|c| Ok(legible_jobs::job(c, id)?))?;
    let own = stored.ok_or(legible_jobs::Error::NoSuchJob(id))?.payload;
    if own.is_null() {
        return Ok(T::default());
    }
    let of_kind = |error| Error::BadRequest(format!("the options of {} do not fit: {error}", work.lease.kind));
    serde_json::from_value(own).map_err(of_kind)
}

/// How far `done` of `total` is, 0 to 1.
pub(super) fn fraction(done: usize, total: usize) -> f32 {
    (done as f32 / total.max(1) as f32).min(1.0)
}
