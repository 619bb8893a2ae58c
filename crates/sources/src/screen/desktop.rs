//! What is on the screen, as far as the system tells: displays, windows, and the program in front.

use super::Rect;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A display of the desktop.
#[derive(Debug, Clone, PartialEq)]
pub struct Display {
    /// What the system calls it, such as `HDMI-1`.
    pub name: String,
    /// Where it lies on the desktop.
    pub bounds: Rect,
    /// Physical pixels for each logical one.
    pub scale: f64,
    /// Whether it is the one with the panel and new windows.
    pub primary: bool,
}

/// Names a window for as long as it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WindowId(pub u32);

impl fmt::Display for WindowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// A window that can be seen, or could if no other lay over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its number.
    pub id: WindowId,
    /// What stands in its title bar.
    pub title: String,
    /// The program that it belongs to; empty where that is not told.
    pub program: String,
    /// Where its content lies on the desktop, without title bar and shadow; parts of that may lie off the screen.
    pub bounds: Rect,
    /// Whether what is typed goes to it.
    pub focused: bool,
}

/// A program by what a person sees of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its name; empty where that is not told.
    pub name: String,
    /// The title of its window.
    pub title: String,
}

impl From<Window> for Program {
    fn from(window: Window) -> Self {
        Program { name: window.program, title: window.title }
    }
}

/// What a picture is taken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// All displays, as they lie.
    All,
    /// One display.
    Display(WhichDisplay),
    /// One window.
    Window(WhichWindow),
    /// A part of the desktop.
    Region(Rect),
}

/// Names a display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhichDisplay {
    /// By its place in the list of displays, counted from 0.
    Nth(usize),
    /// By its name, whatever its case.
    Named(String),
    /// The one that the pointer is on.
    UnderPointer,
}

impl fmt::Display for WhichDisplay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WhichDisplay::Nth(index) => write!(f, "number {}", index.saturating_add(1)),
            WhichDisplay::Named(name) => write!(f, "called {name}"),
            WhichDisplay::UnderPointer => f.write_str("under the pointer"),
        }
    }
}

/// Names a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichWindow {
    /// By its number.
    Id(WindowId),
    /// The one in front.
    Active,
}
