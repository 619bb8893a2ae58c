//! Dominant colours with the names that people search by.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One dominant colour of an image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Colour {
    /// What people call it.
    pub name: ColourName,
    /// The mean of its pixels, sRGB.
    pub rgb: [u8; 3],
    /// Its share of the image, 0 to 1.
    pub share: f32,
}

/// The basic colour terms of English, and cyan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ColourName {
    Black,
    Grey,
    White,
    Red,
    Orange,
    Yellow,
    Green,
    Cyan,
    Blue,
    Purple,
    Pink,
    Brown,
}

impl ColourName {
    /// Every name.
    pub const ALL: [ColourName; 12] = [
        ColourName::Black,
        ColourName::Grey,
        ColourName::White,
        ColourName::Red,
        ColourName::Orange,
        ColourName::Yellow,
        ColourName::Green,
        ColourName::Cyan,
        ColourName::Blue,
        ColourName::Purple,
        ColourName::Pink,
        ColourName::Brown,
    ];

    /// The name in sidecars and searches.
    pub fn name(self) -> &'static str {
        match self {
            ColourName::Black => "black",
            ColourName::Grey => "grey",
            ColourName::White => "white",
            ColourName::Red => "red",
            ColourName::Orange => "orange",
            ColourName::Yellow => "yellow",
            ColourName::Green => "green",
            ColourName::Cyan => "cyan",
            ColourName::Blue => "blue",
            ColourName::Purple => "purple",
            ColourName::Pink => "pink",
            ColourName::Brown => "brown",
        }
    }
}

impl Display for ColourName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ColourName {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        ColourName::ALL.into_iter().find(|colour| colour.name() == name).ok_or(())
    }
}
