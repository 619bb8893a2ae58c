//! Models that see: held against reference outputs, on real photos, asked through [`recognise`], and small ones made on the spot
//! that are sound, wrong or hostile.
//!
//! Some need the models and photos of `../shared` beside the clone (or in the folder that `LEGIBLE_SHARED_DIR` names); without
//! they say so and pass.

#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

mod asking;
mod checks;
mod described;
mod heads;
#[path = "../onnx/mod.rs"]
mod onnx;
mod photos;
mod references;
mod shared;
