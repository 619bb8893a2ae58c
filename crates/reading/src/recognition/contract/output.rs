//! What the answers of a model mean.

use serde::{Deserialize, Serialize};

use super::{ContractError, Sees, wrong};

/// Largest stride of a detector, in pixels of its input.
const MAX_STRIDE: u32 = 256;
/// Largest inverse temperature of a model whose labels are descriptions.
const MAX_SCALE: f32 = 1_000.0;

/// Most strides of a detector.
const MAX_STRIDES: usize = 8;

/// What the answers mean: one of the tables for the model's part, and, if it has one, its embedding.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Outputs {
    /// Of a classifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<Classes>,
    /// Of a model that makes an embedding, alone or besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embedding: Option<EmbeddingOutput>,
    /// Of a model whose labels are descriptions, each told by how near its embedding is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub described: Option<Described>,
    /// Of a detector of the YOLOX family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yolox: Option<Yolox>,
    /// Of the YuNet detector of faces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yunet: Option<Yunet>,
    /// Of a detector of the DETR family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boxes_scores: Option<BoxesScores>,
}

/// An output by its name or by its place, the first being 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "an output is its name in quotes, or its place as a number from 0")]
pub enum OutputName {
    /// Its place.
    Index(u32),
    /// Its name.
    Name(String),
}

impl Default for OutputName {
    fn default() -> Self {
        OutputName::Index(0)
    }
}

impl std::fmt::Display for OutputName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OutputName::Index(index) => write!(f, "number {index}"),
            OutputName::Name(name) => write!(f, "“{name}”"),
        }
    }
}

/// What makes numbers from 0 to 1 out of the model's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// They are that.
    None,
    /// One class is right: they sum to 1.
    #[default]
    Softmax,
    /// Each class by itself.
    Sigmoid,
}

/// The answer of a classifier: one number per class, shape `[1, classes]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Classes {
    /// Which output.
    #[serde(default)]
    pub output: OutputName,
    /// What makes probabilities of its numbers.
    pub activation: Activation,
    /// The first class stands for nothing (the first line of the label file too) and is never told.
    #[serde(default)]
    pub background: bool,
}

/// An embedding: shape `[1, numbers]`, of any length.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct EmbeddingOutput {
    /// Which output.
    pub output: OutputName,
}

/// Labels without classes of the model's own: a model of text makes a direction of each line of the label file, in the space of
/// this model's (CLIP, Radford et al. 2021, arXiv 2103.00020), and an image has those labels whose directions are near its
/// own. The cosines, times `scale`, become probabilities by softmax over the whole list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Described {
    /// Which output is the direction of the image, of shape `[1, numbers]`.
    #[serde(default)]
    pub output: OutputName,
    /// By what the cosines are multiplied: the model's inverse temperature, 100 for CLIP.
    pub scale: f32,
}

/// The answer of a YOLOX detector (Ge et al. 2021, arXiv 2107.08430): shape `[1, cells, 5 + classes]`, the cells of all strides
/// one after the other; centre and logarithm of the size in strides, objectness, classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Yolox {
    /// Which output.
    #[serde(default)]
    pub output: OutputName,
    /// The sizes of its cells in pixels of the input, usually 8, 16 and 32.
    pub strides: Vec<u32>,
}

/// The answer of YuNet (Wu et al. 2023, doi 10.1007/s11633-023-1423-y): `cls_S`, `obj_S`, `bbox_S` and `kps_S` for each stride S.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Yunet {
    /// The sizes of its cells in pixels of the input, usually 8, 16 and 32.
    pub strides: Vec<u32>,
}

/// The answer of a detector of the DETR family, such as D-FINE: boxes of shape `[1, boxes, 4]` (centre and size as fractions of
/// the input) and scores of shape `[1, boxes, classes]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BoxesScores {
    /// Which output has the boxes.
    pub boxes: OutputName,
    /// Which output has the scores.
    pub scores: OutputName,
    /// What makes probabilities of the scores.
    pub activation: Activation,
}

impl Outputs {
    pub(super) fn validate(&self, part: Sees) -> Result<(), ContractError> {
        let heads = [
            ("classes", self.classes.is_some()),
            ("described", self.described.is_some()),
            ("yolox", self.yolox.is_some()),
            ("yunet", self.yunet.is_some()),
            ("boxes-scores", self.boxes_scores.is_some()),
        ];
        let fitting: &[&str] = match part {
            Sees::Labels => &["classes", "described"],
            Sees::Objects => &["yolox", "boxes-scores"],
            Sees::Faces => &["yunet", "yolox", "boxes-scores"],
            Sees::Embedding => &[],
        };
        let part_name = part.name();
        let given: Vec<&str> = heads.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
        if let Some(other) = given.iter().find(|name| !fitting.contains(name)) {
            let problem = format!("is not what a model of {part_name} answers: take the table out, or change `part`");
            return Err(wrong(&format!("outputs.{other}"), &problem));
        }
        if given.len() > 1 {
            let problem = format!("has {}: keep the one that the model has", given.join(" and "));
            return Err(wrong("outputs", &problem));
        }
        if given.is_empty() && !fitting.is_empty() {
            let tables: Vec<String> = fitting.iter().map(|name| format!("[outputs.{name}]")).collect();
            let problem = format!("lacks what a model of {part_name} answers: add {}", tables.join(" or "));
            return Err(wrong("outputs", &problem));
        }
        if part == Sees::Embedding && self.embedding.is_none() {
            return Err(wrong("outputs", "lacks what a model of embedding answers: add [outputs.embedding]"));
        }
        self.validate_described()?;
        validate_strides("outputs.yolox.strides", self.yolox.as_ref().map(|yolox| &yolox.strides))?;
        validate_strides("outputs.yunet.strides", self.yunet.as_ref().map(|yunet| &yunet.strides))
    }
}

impl Outputs {
    fn validate_described(&self) -> Result<(), ContractError> {
        match &self.described {
            Some(head) if !(1.0..=MAX_SCALE).contains(&head.scale) => {
                Err(wrong("outputs.described.scale", &format!("must be a number from 1 to {MAX_SCALE}; CLIP has 100")))
            }
            _ => Ok(()),
        }
    }
}

fn validate_strides(field: &str, strides: Option<&Vec<u32>>) -> Result<(), ContractError> {
    let sound = |strides: &Vec<u32>| {
        (1..=MAX_STRIDES).contains(&strides.len()) && strides.iter().all(|stride| (1..=MAX_STRIDE).contains(stride))
    };
    if strides.is_none_or(sound) {
        return Ok(());
    }
    Err(wrong(field, &format!("must be 1 to {MAX_STRIDES} sizes from 1 to {MAX_STRIDE}; usual are [8, 16, 32]")))
}
