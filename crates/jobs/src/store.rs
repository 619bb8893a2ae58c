//! All SQL of the queue, split by what it does.

pub(crate) mod again;
pub(crate) mod broken;
pub(crate) mod cancel;
pub(crate) mod claim;
pub(crate) mod damaged;
pub(crate) mod depend;
pub(crate) mod enqueue;
mod filter;
pub(crate) mod finish;
pub(crate) mod fire;
pub(crate) mod group;
pub(crate) mod links;
pub(crate) mod prune;
pub(crate) mod query;
mod row;
pub(crate) mod schedule;
mod unique;

/// The queue's tables as ordered SQL batches. Apply each once, in order, in a transaction; an old one never changes.
pub const MIGRATIONS: &[&str] = &[
    include_str!("store/0001_queue.sql"),
    include_str!("store/0002_background.sql"),
    include_str!("store/0003_bounds.sql"),
    include_str!("store/0004_ahead.sql"),
];
