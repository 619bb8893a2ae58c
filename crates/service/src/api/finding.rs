//! Finding by what images show, on the wire: the filters of a search, how many images each would leave, places.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A search whose filters are to be told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct FacetsQuery {
    /// The search.
    pub query: String,
    /// In the trash instead of the library.
    pub trashed: bool,
}

/// What a search asks for apart from words, and what else it could ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FacetsView {
    /// The filters in the search, in their order.
    pub chips: Vec<Chip>,
    /// What the images that are found can be told apart by, with counts. A group without a choice is left out.
    pub groups: Vec<FacetGroup>,
}

/// A filter that stands in a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Chip {
    /// Its first character in the search (UTF-16 code units, as in JavaScript).
    pub start: u32,
    /// One past its last.
    pub end: u32,
    /// What it asks for, such as `Kind`.
    pub field: String,
    /// Which one, such as `receipt`.
    pub value: String,
    /// Whether it asks for images that are not so.
    pub excluded: bool,
    /// Why nothing can be found by it, with what to do.
    pub problem: Option<String>,
}

/// Choices of one sort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FacetGroup {
    /// What it is called, such as `Kind`.
    pub title: String,
    /// The choices, the most frequent first but for years, of which the latest is first.
    pub choices: Vec<Facet>,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Facet {
    /// What it is called, such as `Receipt`.
    pub name: String,
    /// What stands in a search for it, such as `kind:receipt`.
    pub filter: String,
    /// How many of the images that are found now it would leave.
    pub count: u32,
    /// A colour to show it by, as in CSS.
    pub css: Option<String>,
}

/// Where images were taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Places {
    /// The places, that with the most images first.
    pub places: Vec<PlaceView>,
}

/// Images taken near each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PlaceView {
    /// Where, in words: `48.1° N, 11.6° E`.
    pub name: String,
    /// What stands in a search for it.
    pub filter: String,
    /// How many images.
    pub count: u32,
    /// The earliest day on which one was taken (`2026-11-03`).
    pub first: Option<String>,
    /// The latest.
    pub last: Option<String>,
    /// The latest of them, to show a thumbnail of.
    pub item: i64,
}
