//! Items and what is known about them, as plain data.

use crate::hash::ContentHash;
use crate::snippet::Snippet;
use crate::why::Why;
use legible_paths as paths;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// Names an item in one database. A rebuilt database may give other numbers; the content hash stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(pub i64);

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where the bytes of an item lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// In the library folder, which owns the file.
    Managed {
        /// Relative to the library folder. It stays the same while the file lies in the trash.
        path: PathBuf,
    },
    /// Somewhere else; Legible only reads it.
    Referenced {
        /// Absolute.
        path: PathBuf,
    },
    /// Nowhere: only what was read in the image was kept.
    TextOnly,
}

/// How an image came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OriginKind {
    /// Dropped on the window.
    Drop,
    /// Pasted from the clipboard.
    Paste,
    /// Chosen in a file dialog.
    Dialog,
    /// Given to the command line program.
    Cli,
    /// Found in the library folder while rebuilding.
    Rebuild,
    /// Found in a watched folder.
    Folder,
    /// Fetched from a server.
    Web,
    /// Captured of the screen.
    Screen,
    /// Seen by the watcher of the clipboard.
    Clipboard,
    /// Taken with a camera.
    Camera,
    /// Found in a folder of a cloud storage.
    Remote,
}

/// One way in which an image came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// How.
    pub kind: OriginKind,
    /// From which file, if from one.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "paths::as_text")]
    pub path: Option<PathBuf>,
    /// From which address, if it was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
}

/// An image that is to become an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// Hash of the bytes.
    pub hash: ContentHash,
    /// The name to show, usually the file name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Where the bytes lie.
    pub placement: Placement,
    /// When it came in, in milliseconds since the Unix epoch.
    pub added_at: i64,
}

/// The outcome of adding an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// The item, new or found.
    pub id: ItemId,
    /// Whether the library had no such item before. When it had one, the old placement stays.
    pub new: bool,
    /// Whether the item was in the trash and came back. The caller moves its file back with `Folder::restore`.
    pub restored: bool,
}

/// What the file itself says about the image.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ImageFacts {
    /// Width of the upright image in pixels.
    pub width: u32,
    /// Height of the upright image in pixels.
    pub height: u32,
    /// Short name of the file format, such as `png`.
    pub format: String,
    /// When the picture was taken by its own account (EXIF), as `YYYY-MM-DDTHH:MM:SS` in the camera's own time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
    /// How far that time is ahead of UTC, where that is known: `+HH:MM` or `-HH:MM`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_offset: Option<String>,
    /// Make and model of the camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera: Option<String>,
    /// Where it was taken: degrees north, −90 to 90. Known together with the longitude only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Where it was taken: degrees east, −180 to 180.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

impl ImageFacts {
    /// Where it was taken, in degrees north and east.
    pub fn place(&self) -> Option<(f64, f64)> {
        self.latitude.zip(self.longitude)
    }
}

/// Why an item could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// For programs, such as `too_large`.
    pub code: String,
    /// For people: what is wrong.
    pub message: String,
    /// For people: what to do about it.
    pub hint: String,
}

/// What a user changes about an item. `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// The new tags, in place of all old ones.
    pub tags: Option<Vec<String>>,
    /// The new note; empty for none.
    pub note: Option<String>,
}

/// An item without the parts that take more queries: what a list shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemSummary {
    /// Names the item in this database.
    pub id: ItemId,
    /// Hash of the bytes.
    pub hash: ContentHash,
    /// The name to show.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Where the bytes lie.
    pub placement: Placement,
    /// When it came in, in milliseconds since the Unix epoch.
    pub added_at: i64,
    /// When it was put in the trash, if it is there.
    pub trashed_at: Option<i64>,
    /// What the file says about the image, once it was decoded.
    pub facts: Option<ImageFacts>,
    /// Why it could not be read, if so.
    pub problem: Option<Problem>,
    /// Whether any engine has read it.
    pub has_reading: bool,
    /// Characters of text in the shown reading; 0 without one.
    pub text_len: usize,
    /// How many readings were saved for it so far.
    pub reads: u32,
    /// Since when the file of a referenced image was seen to be gone, in milliseconds since the Unix epoch.
    pub missing_at: Option<i64>,
}

/// Everything about an item but its readings.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What a list shows.
    pub summary: ItemSummary,
    /// The user's tags in the user's order.
    pub tags: Vec<String>,
    /// The user's note; empty for none.
    pub note: String,
    /// The ways in which it came in, oldest first.
    pub origins: Vec<Origin>,
}

impl std::ops::Deref for Item {
    type Target = ItemSummary;

    fn deref(&self) -> &ItemSummary {
        &self.summary
    }
}

/// An item that was deleted for good and whose files are still to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purged {
    /// The item that is gone.
    pub id: ItemId,
    /// Hash of its bytes.
    pub hash: ContentHash,
    /// Where its bytes lie.
    pub placement: Placement,
}

/// One row of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The item.
    pub item: ItemSummary,
    /// Where the query matched in its text or else its note; how its text begins if neither; `None` without any text.
    pub snippet: Option<Snippet>,
    /// What of the image each filter of the query holds for, in the order of the filters; excluding ones have nothing to show.
    pub why: Vec<Why>,
}

/// A part of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Entries in the whole listing.
    pub total: usize,
    /// The entries asked for.
    pub entries: Vec<Entry>,
}

/// How many items there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items outside the trash.
    pub items: usize,
    /// Of these, items with at least one character of text.
    pub with_text: usize,
    /// Of these, items with a problem.
    pub problems: usize,
    /// Items in the trash.
    pub trashed: usize,
}

/// One of the newest readings of the library: its health is its last output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentReading {
    /// The item.
    pub id: ItemId,
    /// Its name.
    pub name: String,
    /// When the engine was done.
    pub read_at: i64,
}
