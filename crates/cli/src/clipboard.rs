//! Putting text on the clipboard. On X11 and Wayland the text lives in the program that offers it: so a process of its own
//! stays behind, until something else is copied.

use anyhow::Context;
use arboard::Clipboard;
use std::io::Read;

/// Puts text on the clipboard, for longer than this process lives.
///
/// # Errors
/// When there is no clipboard, as without a desktop.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn hold(text: &str) -> anyhow::Result<()> {
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    let mut holder = Command::new(std::env::current_exe()?);
    holder.arg("hold-clipboard").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // Out of the group that a terminal interrupts.
    let mut holder = holder.process_group(0).spawn().context("the text could not be put on the clipboard")?;
    let mut stdin = holder.stdin.take().context("the clipboard's holder takes no text")?;
    stdin.write_all(text.as_bytes())?;
    drop(stdin);
    let mut answer = String::new();
    let stdout = holder.stdout.take().context("the clipboard's holder does not answer")?;
    BufReader::new(stdout).read_line(&mut answer)?;
    match answer.trim() {
        HELD => Ok(()),
        why => anyhow::bail!("the text could not be put on the clipboard: {why}"),
    }
}

/// Puts text on the clipboard.
///
/// # Errors
/// When there is no clipboard.
#[cfg(any(not(unix), target_os = "macos"))]
pub fn hold(text: &str) -> anyhow::Result<()> {
    Clipboard::new()?.set_text(text).context("the text could not be put on the clipboard")
}

/// What the holder says once the text is on the clipboard.
const HELD: &str = "held";

/// Offers the text on standard input until something else is copied.
///
/// # Errors
/// When there is no clipboard; standard output says why too.
pub fn serve() -> anyhow::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let offered = offer(text);
    if let Err(error) = &offered {
        crate::output::print_line(&error.to_string())?;
    }
    offered
}

#[cfg(all(unix, not(target_os = "macos")))]
fn offer(text: String) -> anyhow::Result<()> {
    use arboard::SetExtLinux;
    use std::time::{Duration, Instant};

    /// How often it is looked whether the display is still there.
    const LOOK: Duration = Duration::from_secs(10);

    let mut clipboard = Clipboard::new()?;
    clipboard.set_text(text.clone())?;
    // Read back before it is promised.
    anyhow::ensure!(clipboard.get_text()? == text, "it did not keep it");
    crate::output::print_line(HELD)?;
    loop {
        let look = Instant::now() + LOOK;
        clipboard.set().wait_until(look).text(text.clone())?;
        // It ended early, for something else was copied: perhaps the same text, by a program that keeps it for others.
        // A display that is gone never says so: then asking fails.
        if Instant::now() < look || clipboard.get_text()? != text {
            return Ok(());
        }
    }
}

#[cfg(any(not(unix), target_os = "macos"))]
fn offer(text: String) -> anyhow::Result<()> {
    Ok(Clipboard::new()?.set_text(text)?)
}
