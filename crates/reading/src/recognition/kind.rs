//! The kinds of image that Legible tells apart.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What kind of image something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageKind {
    /// A picture that a camera took of the world.
    Photo,
    /// A picture of a screen.
    Screenshot,
    /// A printed or typed page.
    Document,
    /// A receipt of a till.
    Receipt,
    /// Writing by hand.
    Handwriting,
    /// A chart or a diagram.
    Chart,
}

impl ImageKind {
    /// Every kind.
    pub const ALL: [ImageKind; 6] = [
        ImageKind::Photo,
        ImageKind::Screenshot,
        ImageKind::Document,
        ImageKind::Receipt,
        ImageKind::Handwriting,
        ImageKind::Chart,
    ];

    /// The name in sidecars and searches.
    pub fn name(self) -> &'static str {
        match self {
            ImageKind::Photo => "photo",
            ImageKind::Screenshot => "screenshot",
            ImageKind::Document => "document",
            ImageKind::Receipt => "receipt",
            ImageKind::Handwriting => "handwriting",
            ImageKind::Chart => "chart",
        }
    }
}

impl Display for ImageKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ImageKind {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        ImageKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or(())
    }
}
