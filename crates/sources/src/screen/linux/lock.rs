//! Whether the screen is locked, so that a black picture can be explained.

use super::{Session, bus};
use std::time::Duration;
use zbus::proxy::MethodFlags;

/// How long each is asked: it is only about a better word.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who may know, and under which name it does.
const WHO_KNOWS: [[&str; 2]; 2] = [
    ["org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"],
    ["org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"],
];

/// Whether the desktop says that the screen is locked. `false` when nobody knows.
pub fn is_locked(session: &Session) -> bool {
    let asked = bus::with(session, async |connection| {
        for [name, path] in WHO_KNOWS {
            let question = async {
                // The interface is called as the service is.
                let object = bus::object(&connection, name, path, name).await?;
                object.call_with_flags("GetActive", MethodFlags::NO_AUTO_START, &()).await
            };
            if let Ok(Ok(Some(true))) = bus::in_time(name, PATIENCE, question).await {
                return Ok(true);
            }
        }
        Ok(false)
    });
    asked.unwrap_or_else(|error| {
        tracing::debug!("whether the screen is locked is not known: {error}");
        false
    })
}
