//! Images that look alike, on the wire: looked through by a person, who keeps the best or all of them.

use super::ItemCard;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which groups of look-alikes to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct DuplicatesQuery {
    /// How many groups to leave out from the start.
    pub offset: u32,
    /// How many at most; 0 means the default of 50.
    pub limit: u32,
}

/// Groups of look-alikes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Duplicates {
    /// How many groups there are in all.
    pub total: u32,
    /// How many images are in them.
    pub images: u32,
    /// How many bytes would be free if only the best of each were kept.
    pub spare_bytes: u64,
    /// How many images have not been looked at yet.
    pub unseen: u32,
    /// The groups of this part, the largest first.
    pub groups: Vec<DuplicateGroup>,
}

/// Images that look alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DuplicateGroup {
    /// The images, the best first: the one with the most pixels, then the largest file, then the one that came first.
    pub images: Vec<DuplicateImage>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DuplicateImage {
    /// The image.
    pub card: ItemCard,
    /// Size of its file in bytes.
    pub bytes: u64,
    /// Its format, such as `png`.
    pub format: Option<String>,
    /// Where its file is.
    pub path: String,
    /// How it compares with the best, such as `half the width, smaller file`; empty for the best itself.
    pub compared: String,
}

/// Keeps one of images that look alike: the others go to the trash, and what a person said of them (tags, notes) is added to
/// what was said of this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KeepOne {
    /// The one to keep.
    pub keep: i64,
    /// The others.
    pub others: Vec<i64>,
}

/// What came of keeping one; with it, that can be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KeptOne {
    /// The images that went to the trash.
    pub trashed: Vec<i64>,
    /// The tags of the one that was kept, as they were before.
    pub tags: Vec<String>,
    /// Its note, as it was before.
    pub note: String,
}

/// Says that images are not the same, or takes that back. It is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TellApart {
    /// The images.
    pub ids: Vec<i64>,
    /// Whether they are apart.
    pub apart: bool,
}
