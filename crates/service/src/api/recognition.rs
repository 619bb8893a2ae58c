//! What was recognised in an image, on the wire.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What was recognised in an image.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct RecognitionView {
    /// What kind of image it is: `photo`, `screenshot`, `document`, `receipt`, `handwriting` or `chart`, if that is known.
    pub kind: Option<String>,
    /// Its bar codes and matrix codes.
    pub codes: Vec<CodeView>,
    /// Its dominant colours, the largest first.
    pub colours: Vec<ColourView>,
    /// What it shows as a whole, the surest first.
    pub labels: Vec<LabelView>,
    /// Things in it, the surest first.
    pub objects: Vec<ObjectView>,
    /// Faces in it, the surest first.
    pub faces: Vec<FaceView>,
    /// What made it: a line for each part, such as `Shows: mobilenet-v2 (069c62686154)`.
    pub made_by: Vec<String>,
}

/// What an image shows as a whole, to a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LabelView {
    /// What it is.
    pub name: String,
    /// How sure the model is, 0 to 1.
    pub confidence: f32,
    /// Whether a person said that it is wrong: then nothing is found by it.
    pub wrong: bool,
}

/// A thing in an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ObjectView {
    /// What it is.
    pub name: String,
    /// How sure the model is, 0 to 1.
    pub confidence: f32,
    /// Four corners in pixels of the upright image, each `[x, y]`.
    pub quad: [[f32; 2]; 4],
    /// Whether a person said that there is none of these: then nothing is found by it.
    pub wrong: bool,
}

/// A face in an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FaceView {
    /// How sure the model is, 0 to 1.
    pub confidence: f32,
    /// Four corners in pixels of the upright image, each `[x, y]`.
    pub quad: [[f32; 2]; 4],
}

/// Says that a label or an object is wrong, or that it is right after all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JudgeLabel {
    /// The item.
    pub item: i64,
    /// Which part says so.
    pub part: JudgedPart,
    /// The name as it stands there.
    pub name: String,
    /// Whether it is wrong.
    pub wrong: bool,
}

/// What a person can judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JudgedPart {
    /// A label of the whole image.
    Label,
    /// All objects of a name.
    Object,
}

/// A code in an image, with what it means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CodeView {
    /// How it is printed, such as `QR code`.
    pub printed: String,
    /// What it is for, such as `Wi-Fi network`.
    pub what: String,
    /// What it says, as it stands there.
    pub text: String,
    /// What it says, part by part, for a person.
    pub facts: Vec<CodeFact>,
    /// Four corners in pixels of the upright image, each `[x, y]`.
    pub quad: [[f32; 2]; 4],
}

/// A part of what a code says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CodeFact {
    /// What it is.
    pub name: String,
    /// The part.
    pub value: String,
}

/// A dominant colour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ColourView {
    /// What people call it, and search for.
    pub name: String,
    /// As in CSS: `#rrggbb`.
    pub css: String,
    /// Its share of the image, 0 to 1.
    pub share: f32,
}
