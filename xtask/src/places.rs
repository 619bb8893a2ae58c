//! Where things lie: the clone, the build output, and what is kept outside of the clone for the next time.

use std::path::PathBuf;

use anyhow::{Context, Result};

/// The clone. Cargo says which one it is; what was compiled in may be another one that shared the build output and is gone.
pub fn root() -> Result<PathBuf> {
    let run_by_cargo = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let xtask = run_by_cargo.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    Ok(xtask.parent().context("xtask lies at the root of the file system")?.to_path_buf())
}

/// Cargo's build output.
pub fn target() -> Result<PathBuf> {
    let named = std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty());
    Ok(root()?.join(named.unwrap_or_else(|| "target".into())))
}

/// Tools and models for development, shared by all clones of this user. May be deleted at any time.
pub fn cache() -> Result<PathBuf> {
    let var = |name| std::env::var_os(name).filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let base = if cfg!(windows) {
        var("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        var("HOME").map(|home| home.join("Library/Caches"))
    } else {
        var("XDG_CACHE_HOME").or_else(|| var("HOME").map(|home| home.join(".cache")))
    };
    Ok(base.context("no home directory is known")?.join("legible-dev"))
}
