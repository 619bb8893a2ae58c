//! The background service: it owns the one database, runs the jobs, and offers the typed commands and events that
//! window, tray, CLI and tests all use.
//!
//! A process makes a [`Service`] with [`Service::open`], calls its commands, and, if it stays, keeps [`Service::run`]
//! going. One process at a time runs the jobs; the others follow its events.

mod adopting;
pub mod api;
mod asking;
mod capture;
mod chains;
pub mod chance;
mod changes;
pub mod clock;
mod cloud;
mod commands;
mod copied;
mod database;
mod describing;
pub mod desktop;
mod error;
mod facets;
mod filing;
mod groups;
mod handler;
mod handlers;
mod hints;
mod history;
mod intake;
mod letters;
mod library_folder;
mod limits;
mod link;
mod lock;
mod log;
pub mod machine;
pub mod models;
mod moving;
mod notices;
mod pictures;
pub mod places;
mod private;
mod push;
pub mod reader;
pub mod recognised;
pub mod recogniser;
pub mod reminders;
mod runner;
mod schedules;
pub mod secrets;
mod service;
mod settings;
pub mod sources;
mod surroundings;
mod tables;
pub mod telling;
#[cfg(test)]
mod testing;
mod text_facts;
mod timekeeper;
mod unlooked;
mod unseen;
mod views;
mod worker_pool;

pub use capture::Captured;
pub use cloud::told::wire::{asks_for_folder, question_words, result_words};
pub use error::{Error, Result};
pub use legible_documents as documents;
pub use legible_jobs::RUN_NOW;
pub use legible_paths::to_text as path_text;
pub use legible_sources::{Kind as SourceKind, screen, shortcut};
pub use limits::{MAX_ITEMS_PAGE, MAX_JOBS_PAGE};
pub use log::{LOG_VARIABLE, log_directives};
pub use models::ModelShelf;
pub use pictures::{Picture, View};
pub use schedules::{parse_rule, system_zone};
pub use service::{Config, Service};
pub use worker_pool::{ComputeError, Control, Stopped, WorkerPool};
