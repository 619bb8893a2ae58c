//! Reminders on the wire: what a person wants to be told of, once or again and again.

use super::Rule;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A reminder as a person sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReminderDraft {
    /// The reminder to change; none for a new one.
    pub id: Option<i64>,
    /// The image it is about.
    pub item: Option<i64>,
    /// What it says.
    pub title: String,
    /// More of it.
    pub note: String,
    /// When.
    pub rule: Rule,
    /// The IANA name of the zone whose wall clock counts.
    pub zone: String,
}

/// A reminder with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReminderView {
    /// Its number.
    pub id: i64,
    /// What was set.
    pub draft: ReminderDraft,
    /// When, in words.
    pub sentence: String,
    /// When it comes next.
    pub next: Option<i64>,
    /// Since when it is due and nobody said that it is done.
    pub due_since: Option<i64>,
    /// When somebody last said that it is done.
    pub done_at: Option<i64>,
    /// Why it does not come, in words: its time zone is no longer known, say. Saving it anew mends it.
    pub problem: Option<String>,
}

/// All reminders: those that are due first, then by their next time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Reminders {
    /// The reminders.
    pub reminders: Vec<ReminderView>,
}

/// Names a reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReminderRef {
    /// The reminder.
    pub id: i64,
}

/// Puts a reminder off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SnoozeReminder {
    /// The reminder.
    pub id: i64,
    /// When it is to come again, in milliseconds since the Unix epoch.
    pub until: i64,
}

/// A due date found in the text of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Suggestion {
    /// The image.
    pub item: i64,
    /// What a reminder could say.
    pub title: String,
    /// When it could come, in milliseconds since the Unix epoch.
    pub at: i64,
    /// The words of the text that say so.
    pub why: String,
}

/// The due dates found in the text of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Suggestions {
    /// The dates, the next one first.
    pub suggestions: Vec<Suggestion>,
}
