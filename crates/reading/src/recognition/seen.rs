//! What models see: labels of the whole image, things in it, faces.

use serde::{Deserialize, Serialize};

use crate::{Point, Quad};

/// What an image shows as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// The model's word for it, in lower case.
    pub name: String,
    /// How sure the model is, 0 to 1.
    pub confidence: f32,
}

/// A thing in an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Object {
    /// The model's word for it, in lower case.
    pub name: String,
    /// How sure the model is, 0 to 1.
    pub confidence: f32,
    /// Where it is.
    pub quad: Quad,
}

/// A face in an image. It says that there is one, not whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Face {
    /// How sure the model is, 0 to 1.
    pub confidence: f32,
    /// Where it is.
    pub quad: Quad,
    /// Eyes, nose and corners of the mouth, in the order of the model that found them.
    #[serde(default)]
    pub landmarks: Vec<Point>,
}
