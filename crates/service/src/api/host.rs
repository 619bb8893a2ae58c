//! What only the desktop shell can do: dialogs, clipboard, opening files. The window calls these like any other command.

use super::{Pasted, WireError};
use serde::{Deserialize, Serialize};
use std::future::Future;
use ts_rs::TS;

/// What to choose in a native dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Choose {
    /// Images, to be added.
    Files,
    /// Folders, to be added.
    Folders,
    /// The library folder: nothing is added.
    LibraryFolder,
    /// A folder for a source: nothing is added.
    SourceFolder,
    /// Images of the pictures folder, to be added.
    Pictures,
    /// The file of a model, or the TOML of one of the person's own: nothing is added.
    Model,
}

/// Asks for a native dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChooseArgs {
    /// What to choose.
    pub what: Choose,
}

/// What a person chose; empty when the dialog was dismissed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Chosen {
    /// Absolute paths.
    pub paths: Vec<String>,
}

/// A text for the clipboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CopyText {
    /// The text.
    pub text: String,
}

/// Asks to open or show the file of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ItemFile {
    /// The item.
    pub id: i64,
}

/// Where the window is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "view", rename_all = "snake_case")]
pub enum Place {
    /// The grid of all items.
    Library,
    /// One item.
    Item {
        /// Which one.
        id: i64,
    },
    /// What is going on.
    Activity,
    /// The sources.
    Sources,
    /// The schedules.
    Schedules,
    /// The reminders.
    Reminders,
    /// The storages.
    Cloud,
    /// The settings.
    Settings,
}

/// What the shell tells the window, beside the service's events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum HostEvent {
    /// Files are being dragged over the window.
    DragOver {
        /// How many.
        count: u32,
    },
    /// The drag went away.
    DragLeft,
    /// Files were dropped and are being added.
    Dropped {
        /// The group to follow; empty when adding failed.
        group: Option<i64>,
        /// Why adding failed.
        error: Option<WireError>,
    },
    /// Tray or notification asked for a place.
    Go {
        /// Where to.
        place: Place,
    },
}

/// What a person does on the overlay of a display, to choose a region. Places are pixels of the picture on it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RegionChoice {
    /// The picture is there: the overlay can be shown.
    Ready {},
    /// A region was dragged out.
    Drag {
        /// Where the drag began: to the right, down.
        from: [f64; 2],
        /// Where it ended; beyond the picture's edge when that is on another display.
        to: [f64; 2],
    },
    /// The whole display.
    Whole {},
    /// Nothing.
    Cancel {},
}

/// Nothing to tell but that it worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Done {}

/// The result of a command.
pub type Answer<T> = Result<T, WireError>;

/// The desktop around the window. The shell implements it.
pub trait Host: Sync {
    /// Where the window starts: a fresh window asks once.
    fn landing(&self, args: super::NoArgs) -> impl Future<Output = Answer<Place>> + Send;
    /// Opens a native dialog.
    fn choose(&self, args: ChooseArgs) -> impl Future<Output = Answer<Chosen>> + Send;
    /// Adds the image or the files on the clipboard.
    fn paste(&self, args: super::NoArgs) -> impl Future<Output = Answer<Pasted>> + Send;
    /// Takes a picture of the screen and has it read.
    fn capture(&self, args: super::CaptureWhat) -> impl Future<Output = Answer<Done>> + Send;
    /// Puts text on the clipboard.
    fn copy_text(&self, args: CopyText) -> impl Future<Output = Answer<Done>> + Send;
    /// Opens an item's file with the program for it.
    fn open_file(&self, args: ItemFile) -> impl Future<Output = Answer<Done>> + Send;
    /// Shows an item's file in the file browser.
    fn reveal_file(&self, args: ItemFile) -> impl Future<Output = Answer<Done>> + Send;
    /// Opens a page of a provider in the browser.
    fn open_page(&self, args: super::WebPage) -> impl Future<Output = Answer<Done>> + Send;
    /// Ends the program, after running jobs came to a safe point.
    fn quit(&self, args: super::NoArgs) -> impl Future<Output = Answer<Done>> + Send;
}
