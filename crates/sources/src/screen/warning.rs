//! What a person should know of a picture that was taken, above all why it is black.

use std::path::PathBuf;

/// What a person should know of a picture. Its words say what is so, [`hint`](Warning::hint) what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// There is nothing in the picture.
    #[error("the picture is {look}{}", cause.words())]
    Blank {
        /// How it looks.
        look: Look,
        /// Why, as far as the system tells.
        cause: Cause,
    },
    /// Other windows lie over this one, and are in its picture.
    #[error("other windows lie over this one, and are in its picture")]
    Covered,
    /// A part lies off the screen, and is missing or transparent.
    #[error("a part of it lies off the screen and is not in the picture")]
    OffScreen,
    /// The person chose what is in the picture, which may be another part of the desktop than was asked for.
    #[error("the desktop let the person choose what is in the picture")]
    ChosenByHand,
    /// The desktop keeps the picture as a file of its own.
    #[error("the desktop also saved the picture as {}", .0.display())]
    FileLeft(PathBuf),
}

/// How a picture without anything in it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Look {
    /// Nothing is opaque.
    #[error("transparent")]
    Transparent,
    /// All that is opaque is black.
    #[error("black")]
    Black,
    /// All that is opaque is of this one colour: red, green and blue.
    #[error("of one colour (#{:02x}{:02x}{:02x})", .0[0], .0[1], .0[2])]
    OneColour([u8; 3]),
}

/// Why nothing is in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The screen is locked.
    Locked,
    /// The screen saver is on, or the display is off.
    ScreenOff,
    /// It really looks so, or the program in front keeps its content from pictures: the system does not tell which.
    Unknown,
}

impl Cause {
    fn words(self) -> &'static str {
        match self {
            Cause::Locked => ": the screen is locked",
            Cause::ScreenOff => ": the display is off or the screen saver is on",
            Cause::Unknown => "",
        }
    }
}

impl Warning {
    /// What a person can do about it, as a sentence; empty when there is nothing to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Warning::Blank { cause: Cause::Locked, .. } => "Unlock the screen and try again.",
            Warning::Blank { cause: Cause::ScreenOff, .. } => "Wake the screen and try again.",
            Warning::Blank { look: Look::OneColour(_), .. } => "Choose a part of the screen that shows something.",
            Warning::Blank { .. } => {
                "Films and some password and banking programs keep their windows out of pictures; take the picture \
                 without them. Otherwise the graphics driver withholds it: try a single window or a region."
            }
            Warning::Covered => "Bring the window to the front and try again.",
            Warning::OffScreen => "Move the window fully onto the screen and try again.",
            Warning::ChosenByHand | Warning::FileLeft(_) => "",
        }
    }
}
