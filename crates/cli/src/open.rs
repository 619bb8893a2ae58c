//! Opening the app from the command line. It lies beside this program.

use crate::output::Exit;
use anyhow::Context;
use legible_service::api::Place;
use std::process::Command;

/// Starts the app, or shows its window if it runs.
///
/// # Errors
/// When the app is not installed beside this program.
pub fn app() -> anyhow::Result<Exit> {
    start(&[])?;
    Ok(Exit::Fine)
}

/// Shows a place in the app's window. Without an app there is nothing to show.
pub fn window(place: &Place) {
    let shown = match place {
        Place::Item { id } => start(&["--item", &id.to_string()]),
        Place::Activity => start(&["--activity"]),
        Place::Library | Place::Settings => start(&[]),
    };
    if let Err(error) = shown {
        tracing::info!("{error:#}");
    }
}

fn start(args: &[&str]) -> anyhow::Result<()> {
    let program = std::env::current_exe()?.with_file_name(format!("legible-desktop{}", std::env::consts::EXE_SUFFIX));
    let mut child = Command::new(&program).args(args).spawn().with_context(|| {
        format!("the app could not be started: {}. `legible --help` lists what works without it", program.display())
    })?;
    // It lives on by itself; this only takes its exit status when this program outlives it.
    std::thread::spawn(move || child.wait());
    Ok(())
}
