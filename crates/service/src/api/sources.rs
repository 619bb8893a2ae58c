//! Sources on the wire: where images come from by themselves, and what happens to them then.

use super::{Conditions, JobState, Rule, StoragePlace, WireError};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// All sources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Sources {
    /// The sources: those that come with the program, then the others, the oldest first.
    pub sources: Vec<SourceView>,
    /// Those that this version of the program cannot read. They do not look and can only be removed.
    pub broken: Vec<BrokenSource>,
    /// The names of the engines that can be chosen.
    pub engines: Vec<String>,
    /// The languages that an engine here can read, by their names.
    pub languages: Vec<LanguageView>,
    /// The zone of this system, for new ones.
    pub system_zone: String,
}

/// A source that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BrokenSource {
    /// Its number.
    pub id: i64,
    /// What a person calls it.
    pub name: String,
    /// What cannot be read, in words.
    pub problem: String,
}

/// A source as a person sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SourceDraft {
    /// The source to change; none for a new one.
    pub id: Option<i64>,
    /// What a person calls it. Empty: what it is.
    pub name: String,
    /// What it is and where it looks.
    pub spec: SourceSpec,
    /// What happens to its images.
    pub filing: Filing,
    /// When it looks by the clock; none for a source that does not.
    pub rule: Option<Rule>,
    /// The IANA name of the zone whose wall clock counts.
    pub zone: String,
    /// What looking, and reading what it found, need of the machine.
    pub conditions: Conditions,
    /// Whether it looks by itself.
    pub enabled: bool,
}

/// What a source is and where it looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SourceSpec {
    /// A watched folder.
    Folder {
        /// The folder, absolute, as `path_text` writes it.
        path: String,
        /// Whether folders in it are looked at too.
        recursive: bool,
        /// Globs of what is taken, relative to the folder, such as `*.png`; empty for every image.
        include: Vec<String>,
        /// Globs of what is left out.
        exclude: Vec<String>,
        /// How long a file must have been left alone before it is taken, in milliseconds.
        quiet_ms: u32,
    },
    /// Images that are fetched from servers.
    Web {
        /// Where the addresses of the images come from.
        what: WebWhat,
        /// What is sent along with every request.
        headers: Vec<WebHeader>,
        /// The shortest side that an image must have, in pixels; 0 for any.
        min_side: u32,
        /// The most images that one look takes; the next one goes on.
        most: u32,
    },
    /// What a person captures of the screen. There is always one.
    Screen {
        /// The keys that start a capture of a region everywhere, such as `Ctrl+Shift+T`.
        shortcut: Option<String>,
        /// Whether the text goes to the clipboard.
        copy: bool,
    },
    /// Images that are copied. There is always one; its watcher is off until it is switched on.
    Clipboard {
        /// The shortest side that an image must have, in pixels.
        min_side: u32,
        /// Programs whose copies are left alone: parts of the name or title of the window in front.
        exclude: Vec<String>,
    },
    /// Pictures taken in the window. There is always one.
    Camera {},
    /// New pictures of a folder of a cloud storage.
    Cloud {
        /// Where it is.
        place: StoragePlace,
        /// What opens it, such as a password. It goes to the keychain and is never told; without one, that which is there stays.
        secret: Option<String>,
        /// The sign-in whose grant opens it from now on. Never told.
        sign_in: Option<i64>,
        /// Globs of what is taken, relative to the folder, such as `*.jpg`; empty for every image.
        include: Vec<String>,
        /// Globs of what is left out.
        exclude: Vec<String>,
        /// The largest file that is fetched, in megabytes (1,000,000 bytes); none for as large as can be read.
        most_megabytes: Option<u32>,
        /// Whether the text of a picture is written beside it.
        write_text: WriteText,
    },
}

/// Whether the text of a picture is written beside it on its storage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
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

/// Where the addresses of images come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum WebWhat {
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
        /// Where in the answer the addresses are: a JSONPath such as `$.photos[*].url`.
        path: String,
    },
}

/// A header of requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WebHeader {
    /// Its name.
    pub name: String,
    /// Its value. A secret one is never told; left empty when a source is saved, the one in the keychain stays.
    pub value: Option<String>,
    /// Whether it lies in the system's keychain and nowhere else.
    pub secret: bool,
}

/// What happens to the images of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Filing {
    /// What is kept of an image.
    pub keep: KeepWhat,
    /// Tags that every image gets.
    pub tags: Vec<String>,
    /// The engine that reads them; none for the one of the settings.
    pub engine: Option<String>,
    /// Tags of the languages that their text is probably in, such as `de` or `en-US`; none where nothing is known.
    pub languages: Vec<String>,
    /// How the lines of their text are put together.
    pub layout: TextLayout,
    /// What they are called: a template such as `{date} {name}`; none for their own names.
    pub name: Option<String>,
    /// The folder that their files go to once they are read; none if they stay. For folders only.
    pub move_to: Option<String>,
    /// Whether a person is told when new ones were read.
    pub notify: bool,
    /// What else happens, by what they say.
    pub rules: Vec<FilingRule>,
}

/// What is kept of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeepWhat {
    /// A copy in the library folder.
    Copy,
    /// The file where it is. For folders only.
    InPlace,
    /// Its text: the picture in the library is deleted once it is read.
    Text,
}

/// How the lines of a text are put together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TextLayout {
    /// Each line for itself, as it stands in the image.
    #[default]
    Lines,
    /// Lines that were broken for want of room are joined; an empty line stands between paragraphs.
    Paragraphs,
    /// All in one line.
    OneLine,
}

/// A language that can be named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LanguageView {
    /// Its code, such as `de`.
    pub code: String,
    /// Its English name.
    pub name: String,
}

/// Files an image by what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FilingRule {
    /// A search that must find the image.
    pub when: String,
    /// Tags that it gets then.
    pub tags: Vec<String>,
    /// To be reminded so many days before the due date that its text names; none for no reminder.
    pub remind_days_before: Option<u16>,
}

/// A source with what is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SourceView {
    /// Its number.
    pub id: i64,
    /// What was set.
    pub draft: SourceDraft,
    /// Whether it came with the program; it can be changed and switched off, not removed.
    pub built_in: bool,
    /// What it does and when, in one sentence.
    pub sentence: String,
    /// How it hears of news by itself, or why it does not, in words.
    pub watching: Option<String>,
    /// When it last looked and could.
    pub looked_at: Option<i64>,
    /// When it last found something new.
    pub found_at: Option<i64>,
    /// How much was new then.
    pub found: u32,
    /// How many images came from it.
    pub items: u32,
    /// When it looks next by the clock.
    pub next: Option<i64>,
    /// The look that goes on or waits.
    pub active: Option<LookView>,
    /// What that look waits for.
    pub waiting_for: Vec<String>,
    /// What the last look that could look left out or left for later, in words.
    pub remark: Option<String>,
    /// Why the last look failed, or else why a file could not be moved, if so.
    pub problem: Option<SourceProblem>,
}

/// Why a source could not look, or could not move a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SourceProblem {
    /// When.
    pub at: i64,
    /// What happened, and what to do.
    pub error: WireError,
}

/// The looks of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Looks {
    /// The newest first.
    pub looks: Vec<LookView>,
}

/// One look of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LookView {
    /// Its job.
    pub job: i64,
    /// When it was asked for.
    pub asked_at: i64,
    /// When it began.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// How it stands.
    pub state: JobState,
    /// What it found, or is doing, in words: "nothing new" is a result.
    pub words: String,
    /// What it could not use or left for later, and why: the first of these, a line each.
    pub reasons: Vec<String>,
    /// Why it failed.
    pub error: Option<WireError>,
}

/// What a draft would find, without taking anything in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SourceTest {
    /// What it found, in words.
    pub words: String,
    /// Names or addresses of what it would take, some of them.
    pub samples: Vec<String>,
    /// What a person should know before saving it.
    pub warnings: Vec<String>,
    /// Why it would not work.
    pub problem: Option<WireError>,
}

/// Names a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SourceRef {
    /// The source.
    pub id: i64,
}

/// Switches a source on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnableSource {
    /// The source.
    pub id: i64,
    /// Whether it is to look by itself.
    pub enabled: bool,
}

/// A picture that was taken in the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TakenPicture {
    /// The bytes of an image file, in Base64 (RFC 4648).
    pub base64: String,
}

/// What to capture of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CaptureWhat {
    /// All displays.
    Screen {},
    /// The window in front.
    Window {},
    /// A part that the person drags out.
    Region {},
}
