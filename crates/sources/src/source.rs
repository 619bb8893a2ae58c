//! Sources as a person sets them up.

use crate::Filing;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// Names a source for as long as it is stored; never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub i64);

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A stored source.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its number.
    pub id: SourceId,
    /// What a person calls it; no two are called alike.
    pub name: String,
    /// What it is and where it looks.
    pub spec: Spec,
    /// What happens to its images.
    pub filing: Filing,
    /// Whether it looks by itself.
    pub enabled: bool,
    /// When it was made.
    pub created_at: i64,
}

/// The kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A folder of this computer, or one that looks like it.
    Folder,
    /// Servers on the web.
    Web,
    /// The screen.
    Screen,
    /// The clipboard.
    Clipboard,
    /// A camera.
    Camera,
    /// A folder of a cloud storage.
    Remote,
}

impl Kind {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Folder => "folder",
            Kind::Web => "web",
            Kind::Screen => "screen",
            Kind::Clipboard => "clipboard",
            Kind::Camera => "camera",
            Kind::Remote => "remote",
        }
    }
}

/// What a source is and where it looks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Spec {
    /// A watched folder.
    Folder(FolderSpec),
    /// Images that are fetched from servers.
    Web(WebSpec),
    /// What a person captures of the screen.
    Screen(ScreenSpec),
    /// Images that are copied.
    Clipboard(ClipboardSpec),
    /// Pictures taken in the window.
    Camera,
    /// New files in a folder of a cloud storage.
    Remote(RemoteSpec),
}

impl Spec {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Spec::Folder(_) => Kind::Folder,
            Spec::Web(_) => Kind::Web,
            Spec::Screen(_) => Kind::Screen,
            Spec::Clipboard(_) => Kind::Clipboard,
            Spec::Camera => Kind::Camera,
            Spec::Remote(_) => Kind::Remote,
        }
    }
}

/// A watched folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderSpec {
    /// The folder, absolute.
    #[serde(with = "legible_paths::as_one_text")]
    pub path: PathBuf,
    /// Whether folders in it are looked at too.
    pub recursive: bool,
    /// Globs of what is taken, relative to the folder, such as `*.png` or `scans/**`; empty for every image.
    pub include: Vec<String>,
    /// Globs of what is left out, relative to the folder.
    pub exclude: Vec<String>,
    /// How long a file must have been left alone before it is taken, in milliseconds.
    pub quiet_ms: u32,
}

/// Images that are fetched from servers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebSpec {
    /// Where the addresses of the images come from.
    pub what: What,
    /// What is sent along with every request to the hosts that the person named.
    pub headers: Vec<Header>,
    /// The shortest side that an image must have to be taken, in pixels; 0 for any.
    pub min_side: u32,
    /// The most images that one look takes; the next look goes on.
    pub most: u32,
}

/// Where the addresses of images come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum What {
    /// From a list.
    Urls {
        /// The addresses of images.
        urls: Vec<String>,
    },
    /// From a web page.
    Page {
        /// Its address.
        url: String,
        /// How many links away from it pages of the same host are looked at too; 0 for the page alone.
        depth: u32,
    },
    /// From a feed: RSS, Atom or JSON Feed.
    Feed {
        /// Its address.
        url: String,
    },
    /// From a server that answers in JSON.
    Api {
        /// The address to ask.
        url: String,
        /// Where in the answer the addresses are: a JSONPath (RFC 9535), such as `$.photos[*].url`.
        path: String,
    },
}

/// A header of requests (RFC 9110, section 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value; `None` when it is a secret, which lies in the system's keychain and nowhere else.
    pub value: Option<String>,
}

/// What a person captures of the screen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenSpec {
    /// The keys that start a capture of a region everywhere, such as `Ctrl+Shift+T`; `None` for no keys.
    pub shortcut: Option<String>,
    /// Whether the text goes to the clipboard.
    pub copy: bool,
}

/// Images that are copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClipboardSpec {
    /// The shortest side that an image must have to be taken, in pixels: icons are no reading.
    pub min_side: u32,
    /// Programs whose copies are left alone: parts of the name or title of the window in front, whatever their case.
    pub exclude: Vec<String>,
}

impl Default for ClipboardSpec {
    fn default() -> Self {
        ClipboardSpec { min_side: 32, exclude: Vec::new() }
    }
}

/// New files in a folder of a cloud storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteSpec {
    /// Where it is and how it is opened, as the service writes it. There is no secret in it.
    pub storage: serde_json::Value,
    /// Globs of what is taken, relative to the folder, such as `*.png` or `2026/**`; empty for every image.
    pub include: Vec<String>,
    /// Globs of what is left out, relative to the folder.
    pub exclude: Vec<String>,
    /// The largest file that is fetched, in megabytes (1,000,000 bytes); `None` for as large as can be read.
    pub most_megabytes: Option<u32>,
    /// Whether the text of a picture is written beside it.
    pub write_text: WriteText,
}

/// Whether the text of a picture is written beside it on its storage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteText {
    /// It is not: nothing changes on the storage.
    #[default]
    Off,
    /// As `NAME.EXT.txt`.
    Plain,
    /// As `NAME.EXT.md`, with what is known of the picture.
    Markdown,
}

impl WriteText {
    /// What follows the name of the picture; `None` where nothing is written.
    pub fn ending(self) -> Option<&'static str> {
        match self {
            WriteText::Off => None,
            WriteText::Plain => Some(".txt"),
            WriteText::Markdown => Some(".md"),
        }
    }
}
