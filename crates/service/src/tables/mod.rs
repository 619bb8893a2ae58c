//! The tables of the service's own, and all its SQL: what is to be told, what is known of reminders,
//! what came from storages and was moved, what files were hashed, sealed secrets, and who ran the jobs.

pub mod arrivals;
pub mod folder_hashes;
pub mod outbox;
pub mod reminders;
pub mod runners;
pub mod secrets;
pub mod transfers;

/// How these tables came to be, step by step.
pub const MIGRATIONS: &[&str] = &[
    runners::TABLES,
    outbox::TABLES,
    reminders::TABLES,
    arrivals::TABLES,
    folder_hashes::TABLES,
    secrets::TABLES,
    transfers::TABLES,
];
