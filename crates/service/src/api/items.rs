//! Items on the wire: the grid, the search, the single image.

use super::{JobView, RecognitionView, WireError};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which items to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ItemsQuery {
    /// What to search for; empty lists everything, newest first.
    pub query: String,
    /// List the trash instead of the library.
    pub trashed: bool,
    /// How many items to leave out from the start.
    pub offset: u32,
    /// How many items at most; 0 means the default of 100.
    pub limit: u32,
}

/// One page of items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ItemsPage {
    /// How many items match in all.
    pub total: u32,
    /// The items of this page.
    pub items: Vec<ItemCard>,
}

/// An item as the grid shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ItemCard {
    /// The item's number, stable for its life.
    pub id: i64,
    /// File name.
    pub name: String,
    /// Width of the upright image in pixels, once known.
    pub width: Option<u32>,
    /// Height of the upright image in pixels, once known.
    pub height: Option<u32>,
    /// When it came into the library.
    pub added_at: i64,
    /// How far it is.
    pub state: ItemState,
    /// Why it could not be read.
    pub problem: Option<WireError>,
    /// Whether its picture is there.
    pub original: Original,
    /// Whether a thumbnail is there (`legible://localhost/thumbnail/ID`).
    pub thumbnail: bool,
    /// The text around the first hit of a search, or how the text begins.
    pub snippet: Option<Snippet>,
    /// What its codes are for and say, each on one line, such as `Wi-Fi network: home`; the first few of them.
    pub codes: Vec<String>,
    /// What of a search it fits apart from its words, such as `Shows: dog, 87 %`.
    pub why: Vec<String>,
}

/// Whether the picture of an item is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Original {
    /// It is, as far as is known.
    Kept,
    /// Its file was left where it was, and is gone from there.
    Missing,
    /// Only the text was kept.
    TextOnly,
}

/// How far an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Its turn has not come.
    Waiting,
    /// It is being read.
    Reading,
    /// It was read and has text.
    Text,
    /// It was read and shows no text.
    NoText,
    /// It could not be read; see `problem`.
    Problem,
    /// It was not read and no job is due to read it.
    Unread,
}

/// A piece of text with marked parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Snippet {
    /// The parts in order; joined they are the text.
    pub parts: Vec<SnippetPart>,
}

/// A run of a snippet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SnippetPart {
    /// The text.
    pub text: String,
    /// Whether it matches the search.
    pub hit: bool,
}

/// Asks for one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ItemQuery {
    /// The item.
    pub id: i64,
    /// The search whose hits are to be marked; may be empty.
    #[serde(default)]
    pub query: String,
}

/// One item with everything the item view shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ItemView {
    /// What the grid shows.
    pub card: ItemCard,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Format of the image, such as `png`.
    pub format: Option<String>,
    /// When the picture was taken by its own account (EXIF), local time without zone.
    pub taken_at: Option<String>,
    /// The camera that took it.
    pub camera: Option<String>,
    /// Where it was taken, as EXIF says.
    pub place: Option<TakenAt>,
    /// Where the file is.
    pub path: String,
    /// Where it came from.
    pub origins: Vec<OriginView>,
    /// What the sources are called that it came from by itself.
    pub sources: Vec<String>,
    /// What was read in it.
    pub reading: Option<ReadingView>,
    /// What one can act on in that, each once, in the order in which it stands there; the first of them.
    pub text_facts: Vec<TextFact>,
    /// What was recognised in it.
    pub recognition: Option<RecognitionView>,
    /// Where the search matches.
    pub hits: Vec<HitView>,
    /// Words the person filed it under.
    pub tags: Vec<String>,
    /// What the person wrote about it.
    pub note: String,
    /// Whether it lies in the trash.
    pub trashed: bool,
    /// Its unfinished and failed jobs.
    pub jobs: Vec<JobView>,
}

/// Something in the text of an image that one can act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TextFact {
    /// What it is.
    pub kind: TextFactKind,
    /// As it stands there.
    pub text: String,
    /// In its one form: a day as `2026-11-23`, an amount as `12.50 EUR`, a number without spaces.
    pub value: String,
    /// What finds images with the same in their text.
    pub search: String,
}

/// What something in a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TextFactKind {
    /// A day.
    Date,
    /// An amount of money.
    Amount,
    /// An e-mail address.
    Email,
    /// A web address.
    Link,
    /// A phone number.
    Phone,
    /// An account number (ISO 13616).
    Iban,
}

/// A place on Earth (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct TakenAt {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
}

/// Where an item came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OriginView {
    /// How it came: `drop`, `paste`, `dialog`, `cli`, `rebuild`, `folder`, `web`, `screen`, `clipboard`, `camera` or
    /// `remote`.
    pub kind: String,
    /// The file it came from.
    pub path: Option<String>,
    /// The address it came from.
    pub url: Option<String>,
    /// When.
    pub at: i64,
}

/// A reading for the text layer. Coordinates are pixels of the upright image, x right, y down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ReadingView {
    /// The engine that read it, with its version.
    pub engine: String,
    /// Width of the image in pixels.
    pub width: u32,
    /// Height of the image in pixels.
    pub height: u32,
    /// All text in reading order, its lines put together as the source of the image says.
    pub text: String,
    /// Mean confidence, 0 to 1.
    pub confidence: Option<f32>,
    /// The lines in reading order.
    pub lines: Vec<LineView>,
}

/// A line of text in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LineView {
    /// The text.
    pub text: String,
    /// Four corners clockwise from where reading starts, each `[x, y]`.
    pub quad: [[f32; 2]; 4],
    /// Confidence, 0 to 1.
    pub confidence: f32,
    /// The words in reading order.
    pub words: Vec<WordView>,
}

/// A word in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct WordView {
    /// The text.
    pub text: String,
    /// Four corners as in a line.
    pub quad: [[f32; 2]; 4],
}

/// A place where the search matches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct HitView {
    /// Number of the line in the reading, from 0.
    pub line: u32,
    /// First matching character of the line (Unicode scalar values, from 0).
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Four corners as in a line.
    pub quad: [[f32; 2]; 4],
}

/// Files and folders to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AddPaths {
    /// Absolute paths as `path_text` writes them; folders are walked.
    pub paths: Vec<String>,
    /// How they came.
    pub origin: AddOrigin,
}

/// How images are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AddOrigin {
    /// Dropped on the window.
    Drop,
    /// Chosen in the dialog.
    Dialog,
    /// Pasted from the clipboard.
    Paste,
    /// Named on the command line.
    Cli,
}

/// What came of an offer. The files are looked at in the background as one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Added {
    /// The group to follow in the activity view.
    pub group: i64,
}

/// What came of pasting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Pasted {
    /// The group to follow in the activity view; none when there is nothing to do, since the library has the image.
    pub group: Option<i64>,
    /// Whether the image came back from the trash.
    pub restored: bool,
}

/// A choice of items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ItemIds {
    /// The items.
    pub ids: Vec<i64>,
}

/// A change of what a person says about an item; a field left out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EditItem {
    /// The item.
    pub id: i64,
    /// All tags anew.
    pub tags: Option<Vec<String>>,
    /// The note anew.
    pub note: Option<String>,
}

/// How many things a command touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Touched {
    /// The number.
    pub count: u32,
}
