//! The typed edge: every command and event that window, tray, CLI and tests use, declared once.
//!
//! The types here are wire types (DTOs), apart from the domain types of the other crates. TypeScript bindings are
//! generated from them by [`typescript::bindings`]; `cargo xtask bindings --check` fails when they are stale.
//! Times on the wire are milliseconds since the Unix epoch.

mod chains;
mod conditions;
mod duplicates;
mod error;
mod events;
mod finding;
mod host;
mod items;
mod jobs;
mod models;
mod recognition;
mod reminders;
mod schedules;
mod secrets;
mod settings;
mod sign_ins;
mod sources;
mod status;
mod storage_places;
mod storages;
mod table;
pub mod typescript;

pub use chains::*;
pub use conditions::*;
pub use duplicates::*;
pub use error::{ErrorCode, WireError};
pub use events::Event;
pub use finding::*;
pub use host::*;
pub use items::*;
pub use jobs::*;
pub use models::*;
pub use recognition::*;
pub use reminders::*;
pub use schedules::*;
pub use secrets::*;
pub use settings::*;
pub use sign_ins::*;
pub use sources::*;
pub use status::*;
pub use storage_places::*;
pub use storages::*;
pub use table::{COMMANDS, Command, HOST_COMMANDS, call, call_host};
