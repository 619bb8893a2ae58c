//! `tauri-driver`, the WebDriver server through which tests drive the window.

use std::path::PathBuf;

use anyhow::Result;

use crate::command::{cargo, executable, run, say};
use crate::places;

const VERSION: &str = "2.1.0";

/// Builds tauri-driver into the cache unless it is there. There is none for macOS.
pub fn ensure() -> Result<Option<PathBuf>> {
    if cfg!(target_os = "macos") {
        say("driver", "skipped, there is no WebDriver for the web view of macOS");
        return Ok(None);
    }
    let root = places::cache()?.join(format!("tauri-driver-{VERSION}"));
    let program = executable(&root.join("bin"), "tauri-driver");
    if program.is_file() {
        say("driver", format!("skipped, tauri-driver {VERSION} is in {}", root.display()));
    } else {
        say("driver", format!("building tauri-driver {VERSION} into {}", root.display()));
        // Its own build directory: the profile and the lock file are other ones.
        run(cargo()
            .args(["install", "tauri-driver", "--version", VERSION, "--locked", "--quiet", "--root"])
            .arg(&root)
            .env_remove("CARGO_TARGET_DIR"))?;
    }
    Ok(Some(program))
}
