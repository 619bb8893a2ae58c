//! The model manifest: which models exist, where their files come from, and how they get onto the disk intact.
//!
//! `models.toml` at the root of the repository lists every model with its size, SHA-256, licence and sources. A file is
//! used only when its hash is the listed one, whatever source it came from. [`install`] tries the directory named by
//! `LEGIBLE_MODELS_DIR`, then the model's own sources in order, and puts the file in place with one rename.
//!
//! Models that see say by a contract how they are run; the names of their classes are lists in this crate ([`labels`]). A
//! person's own models ([`own`]) come from a file on this machine, with a contract beside them, and are checked by a run.
//!
//! All network access of the model part of Legible happens here.

mod add;
mod download;
mod error;
mod install;
pub mod labels;
mod limits;
mod manifest;
pub mod own;
mod pack;
mod remove;
mod staging;
mod status;
mod wheel;

#[cfg(test)]
mod http_server;

pub use add::add;
pub use error::{Attempt, Error, Result};
pub use install::{Installed, Progress, Sources, install};
pub use limits::Timeouts;
pub use manifest::{Manifest, Model, RECOGNITION, Source};
pub use pack::Pack;
pub use remove::remove;
pub use staging::{sha256_of, sha256_of_bytes};
pub use status::{State, Status};
