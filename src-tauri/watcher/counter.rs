//! Hearing copies on Windows and macOS: the system counts them, and the count is looked at now and then, which costs it one
//! call. Only when it went on is the clipboard looked into.

use super::{MOST_BYTES, News};
use crate::clipboard::{self, Content};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// How often the count is looked at: as late as a person may be answered.
const PACE: Duration = Duration::from_millis(750);

/// Ends a watch when it is dropped.
pub type Stopper = Sender<()>;

/// What a watch looks at to know when to end.
pub type Stop = Receiver<()>;

/// A watch's end, and the one who brings it about.
///
/// # Errors
/// None.
pub fn stop() -> std::io::Result<(Stopper, Stop)> {
    Ok(channel())
}

/// Why nothing is heard.
#[derive(Debug, thiserror::Error)]
#[error("the system does not count copies")]
pub struct Deaf;

/// Tells of copied images until it is stopped.
///
/// # Errors
/// When the system does not count.
pub fn listen(stop: &Stop, tell: &mut dyn FnMut(News)) -> Result<(), Deaf> {
    let mut seen = count().ok_or(Deaf)?;
    tell(News::Listening);
    while stop.recv_timeout(PACE) == Err(RecvTimeoutError::Timeout) {
        let now = count().ok_or(Deaf)?;
        if now == seen || is_secret() {
            seen = now;
            continue;
        }
        seen = now;
        match clipboard::read() {
            Ok(Content::Image(png)) if png.len() <= MOST_BYTES => tell(News::Copied(png)),
            Ok(_) => {}
            Err(error) => tracing::debug!("what was copied cannot be had: {error:#}"),
        }
    }
    Ok(())
}

/// How often something was copied since the system started.
#[cfg(windows)]
fn count() -> Option<u32> {
    clipboard_win::raw::seq_num().map(std::num::NonZeroU32::get)
}

#[cfg(target_os = "macos")]
fn count() -> Option<isize> {
    Some(objc2_app_kit::NSPasteboard::generalPasteboard().changeCount())
}

/// Whether the program that copied asks others to leave that alone
/// (<https://learn.microsoft.com/en-us/windows/win32/dataxchg/clipboard-formats#cloud-clipboard-and-clipboard-history-formats>).
#[cfg(windows)]
fn is_secret() -> bool {
    let formats = ["ExcludeClipboardContentFromMonitorProcessing", "Clipboard Viewer Ignore"];
    formats.iter().any(|name| {
        let format = clipboard_win::raw::register_format(name);
        format.is_some_and(|format| clipboard_win::raw::is_format_avail(format.get()))
    })
}

/// Whether the program that copied asks others to leave that alone (<https://nspasteboard.org>).
#[cfg(target_os = "macos")]
fn is_secret() -> bool {
    let secret = ["org.nspasteboard.ConcealedType", "org.nspasteboard.TransientType"];
    let types = objc2_app_kit::NSPasteboard::generalPasteboard().types();
    types.is_some_and(|types| types.iter().any(|one| secret.contains(&one.to_string().as_str())))
}
