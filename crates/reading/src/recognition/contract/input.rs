//! How a picture goes into a model.

use serde::{Deserialize, Serialize};

use super::{ContractError, wrong};

/// Longest side of what goes in, in pixels.
pub const MAX_INPUT_SIDE: u32 = 2_048;

/// How a picture goes in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Input {
    /// The name of the input, where the model has several; absent: its only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Columns, in pixels.
    pub width: u32,
    /// Rows, in pixels.
    pub height: u32,
    /// How an image of another shape is made to fit.
    pub fit: Fit,
    /// In which order the colours of a pixel come.
    #[serde(default)]
    pub channels: Channels,
    /// In which order the dimensions come.
    #[serde(default)]
    pub layout: Layout,
    /// What is subtracted from red, green and blue (in this order, whatever `channels` says), each 0 to 255.
    #[serde(default = "zeros")]
    pub mean: [f32; 3],
    /// What the differences are divided by, in the same order. With `mean` 0 and `std` 255 colours are 0 to 1.
    #[serde(default = "ones")]
    pub std: [f32; 3],
}

fn zeros() -> [f32; 3] {
    [0.0; 3]
}

fn ones() -> [f32; 3] {
    [1.0; 3]
}

/// How an image of any shape is made to fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum Fit {
    /// Its shorter side becomes so many pixels long, and the centre is cut out.
    Crop {
        /// The shorter side, in pixels; at least the sides of the input.
        short_side: u32,
    },
    /// As large as it goes in whole, at the top left, and the rest is filled.
    LetterboxTopLeft {
        /// Red, green and blue of the filling, 0 to 255.
        pad: u8,
    },
    /// As large as it goes in whole, in the middle, and the rest is filled.
    LetterboxCentred {
        /// Red, green and blue of the filling, 0 to 255.
        pad: u8,
    },
    /// Each side by itself, so that shapes change.
    Stretch,
}

/// In which order the colours of a pixel come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channels {
    /// Red, green, blue.
    #[default]
    Rgb,
    /// Blue, green, red.
    Bgr,
}

/// In which order the dimensions come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// Image, colour, row, column: usual in PyTorch.
    #[default]
    Nchw,
    /// Image, row, column, colour: usual in TensorFlow.
    Nhwc,
}

impl Input {
    pub(super) fn validate(&self) -> Result<(), ContractError> {
        for (field, side) in [("input.width", self.width), ("input.height", self.height)] {
            if !(1..=MAX_INPUT_SIDE).contains(&side) {
                return Err(wrong(field, &format!("must be from 1 to {MAX_INPUT_SIDE} pixels, not {side}")));
            }
        }
        if let Fit::Crop { short_side } = self.fit
            && !(self.width.max(self.height)..=2 * MAX_INPUT_SIDE).contains(&short_side)
        {
            let (least, most) = (self.width.max(self.height), 2 * MAX_INPUT_SIDE);
            return Err(wrong("input.fit.short-side", &format!("must be from {least} (the input) to {most} pixels")));
        }
        if self.mean.iter().any(|mean| !(-255.0..=255.0).contains(mean)) {
            return Err(wrong("input.mean", "is of colours from 0 to 255, in the order red, green, blue"));
        }
        if self.std.iter().any(|std| !(0.001..=100_000.0).contains(std)) {
            return Err(wrong("input.std", "divides colours from 0 to 255: write numbers over 0, such as 255"));
        }
        Ok(())
    }
}
