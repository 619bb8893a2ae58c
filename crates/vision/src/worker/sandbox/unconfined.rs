//! Systems without a sandbox of ours: the separate process and the memory limit are what protects there.

use std::path::PathBuf;

use super::Confinement;

pub(super) fn confine(_models_dirs: &[PathBuf]) -> Confinement {
    let none = || Err(format!("there is no sandbox for {}", std::env::consts::OS));
    Confinement { files: none(), system_calls: none() }
}
