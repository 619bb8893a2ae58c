//! Opening the app from the command line. It lies beside this program.

use crate::output::Exit;
use anyhow::Context;
use legible_service::api::Place;
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// An app that runs for this long has started.
const STARTED_AFTER: Duration = Duration::from_secs(1);

/// Starts the app, or shows its window if it runs.
///
/// # Errors
/// When the app is not installed beside this program.
pub fn app() -> anyhow::Result<Exit> {
    let ended = start(&[])?;
    // What keeps the app from starting shows at once, and it has said so; else it goes on without this program.
    match ended.recv_timeout(STARTED_AFTER) {
        Ok(Ok(status)) if !status.success() => Ok(Exit::Nothing),
        _ => Ok(Exit::Fine),
    }
}

/// Shows a place in the app's window. Without an app there is nothing to show.
pub fn window(place: &Place) {
    let shown = match place {
        Place::Item { id } => start(&["--item", &id.to_string()]),
        Place::Activity => start(&["--activity"]),
        Place::Cloud => start(&["--cloud"]),
        Place::Library | Place::Sources | Place::Schedules | Place::Reminders | Place::Settings => start(&[]),
    };
    if let Err(error) = shown {
        tracing::info!("{error:#}");
    }
}

/// Has the person drag out a part of the screen in the app, which reads it.
///
/// # Errors
/// When the app is not installed beside this program.
pub fn region() -> anyhow::Result<Exit> {
    let ended = start(&["--capture-region"])?;
    match ended.recv_timeout(STARTED_AFTER) {
        Ok(Ok(status)) if !status.success() => Ok(Exit::Nothing),
        _ => Ok(Exit::Fine),
    }
}

/// Starts the app; the receiver is told how it ended.
fn start(args: &[&str]) -> anyhow::Result<Receiver<std::io::Result<ExitStatus>>> {
    let program = std::env::current_exe()?.with_file_name(format!("legible-desktop{}", std::env::consts::EXE_SUFFIX));
    let mut child = Command::new(&program).args(args).spawn().with_context(|| {
        format!("the app could not be started: {}. `legible --help` lists what works without it", program.display())
    })?;
    let (send, ended) = channel();
    // Nobody listens when this program ends first.
    std::thread::spawn(move || drop(send.send(child.wait())));
    Ok(ended)
}
