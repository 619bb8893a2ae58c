//! What a worker gives up before it sees a byte from outside.

#[cfg_attr(not(target_os = "linux"), path = "unconfined.rs")]
#[cfg_attr(target_os = "linux", path = "linux.rs")]
mod system;

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What the operating system enforces from now on, or why it does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// No file can be opened apart from those in the model directories, and those only for reading.
    pub files: Result<(), String>,
    /// No network, no new programs, no look into other processes, no changes to the file system.
    pub system_calls: Result<(), String>,
}

impl Confinement {
    /// What is not enforced and why; empty on a system that can do it all.
    pub fn gaps(&self) -> Vec<&str> {
        [&self.files, &self.system_calls]
            .into_iter()
            .filter_map(|held| held.as_ref().err().map(String::as_str))
            .collect()
    }
}

/// Confines this process for good: only `models_dirs` can still be read. Call it before any other thread starts, since
/// only the calling thread and its children are confined.
///
/// What the kernel cannot enforce is left out and told; the rest holds.
pub fn confine(models_dirs: &[PathBuf]) -> Confinement {
    system::confine(models_dirs)
}
