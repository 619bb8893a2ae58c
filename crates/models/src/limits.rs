//! Limits on bytes, attempts and time for everything that comes from outside.

use std::time::Duration;

/// Largest model that a manifest may list, in bytes.
pub(crate) const MAX_MODEL_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Bytes read from a source at a time; cancelling is looked at between two such reads.
pub(crate) const CHUNK_BYTES: usize = 64 * 1024;

/// How often one download is resumed after its connection broke in the middle.
pub(crate) const MAX_RESUMES: usize = 5;

/// Longest tail of `pip`'s output that goes into an error message, in characters.
pub(crate) const MAX_PIP_MESSAGE: usize = 300;

/// Largest ONNX file of a person's own, in bytes: with its labels it must go whole to the worker that checks it.
pub const MAX_OWN_MODEL_BYTES: u64 = 250 * 1024 * 1024;

/// Largest label file of a person's own model, in bytes.
pub const MAX_OWN_LABELS_BYTES: u64 = 4 * 1024 * 1024;

/// Largest TOML about a person's own model, in bytes.
pub const MAX_OWN_TOML_BYTES: u64 = 64 * 1024;

/// Most models of a person's own.
pub const MAX_OWN_MODELS: usize = 100;

/// Longest name of a person's own model, in characters.
pub(crate) const MAX_OWN_NAME: usize = 48;

/// Longest text about a person's own model, such as who made it, in characters.
pub(crate) const MAX_OWN_TEXT: usize = 300;

/// How long a source may take before it counts as failed.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// To resolve the name and connect (each).
    pub connect: Duration,
    /// From the request to the end of the answer's headers.
    pub response: Duration,
    /// Without a single byte of the body.
    pub idle: Duration,
    /// For one whole `pip download`.
    pub pip: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            response: Duration::from_secs(30),
            idle: Duration::from_secs(30),
            pip: Duration::from_secs(15 * 60),
        }
    }
}
