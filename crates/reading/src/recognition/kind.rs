//! What kind of image it is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The kinds of image that are told apart. What fits none of them has no kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageKind {
    /// A scene as a camera sees it.
    Photo,
    /// What a screen showed: a window, a page, a whole desktop.
    Screenshot,
    /// A page of printed or typed text.
    Document,
    /// The slip of a till, or a bill of that form.
    Receipt,
    /// Mostly written by hand.
    Handwriting,
    /// A chart of numbers or a diagram.
    Chart,
}

impl ImageKind {
    /// Every kind, in the order in which they are declared.
    pub const ALL: [ImageKind; 6] = [
        ImageKind::Photo,
        ImageKind::Screenshot,
        ImageKind::Document,
        ImageKind::Receipt,
        ImageKind::Handwriting,
        ImageKind::Chart,
    ];

    /// Whether models look at images of this kind: at photos. In a page or a screen they see things that are not there.
    pub fn is_seen_by_models(self) -> bool {
        self == ImageKind::Photo
    }

    /// The name on the wire, in sidecars and in searches.
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

impl fmt::Display for ImageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The name of a kind of image that there is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKind(pub String);

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no kind of image named {:?}", self.0)
    }
}

impl std::error::Error for UnknownKind {}

impl FromStr for ImageKind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        ImageKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// A kind with how sure the classifier is of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct KindGuess {
    /// The most likely kind.
    pub kind: ImageKind,
    /// How likely it is, 0 to 1; meant to be right that often on images of sources that training never saw.
    pub confidence: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_from_its_own_name_and_stored_under_it() {
        for kind in ImageKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
        }
        assert_eq!("selfie".parse::<ImageKind>(), Err(UnknownKind("selfie".into())));
    }

    #[test]
    fn kinds_are_declared_in_the_order_of_the_list() {
        assert!(ImageKind::ALL.is_sorted());
        assert!(ImageKind::ALL.iter().enumerate().all(|(n, kind)| *kind as usize == n));
    }
}
