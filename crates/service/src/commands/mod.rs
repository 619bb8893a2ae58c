//! The commands of the table, one file a subject. Each is a method of [`crate::Service`] by the name in the table.

mod chains;
mod conflicts;
mod duplicates;
mod edit;
mod finding;
mod forget;
mod jobs;
mod look;
mod models;
mod recognise;
mod reminders;
mod schedules;
mod secrets;
mod sign_ins;
mod sources;
mod storages;
mod system;
mod trash;

pub(crate) use system::check;
pub(crate) use trash::{Again, put_in_trash, take_back_at, take_out_of_trash};
