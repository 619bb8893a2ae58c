//! The TypeScript bindings: written into the UI from what the service declares, and kept current by a check.

use std::ffi::OsString;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{output, say};
use crate::{build, places};

/// Writes the bindings, or with `--check` fails if they are not what the service declares.
pub fn bindings(args: &[OsString]) -> Result<()> {
    let check = match args {
        [] => false,
        [check] if check == "--check" => true,
        _ => bail!("bindings takes --check or nothing"),
    };
    let made = output(&mut Command::new(build::bindings()?))?;
    let path = places::root()?.join("ui/src/lib/bindings.ts");
    // A checkout on Windows may have other line ends.
    let current = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    if current == made {
        say("bindings", "current");
    } else if check {
        bail!("{} is stale. Run `cargo xtask bindings` and commit the result", path.display());
    } else {
        fs::write(&path, made).with_context(|| format!("could not write {}", path.display()))?;
        say("bindings", format!("written to {}", path.display()));
    }
    Ok(())
}
