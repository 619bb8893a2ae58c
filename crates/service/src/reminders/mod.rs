//! Reminders: what they may be suggested from.

pub mod suggest;
