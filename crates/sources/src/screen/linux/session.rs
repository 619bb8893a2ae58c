//! The desktop session that is looked at: everything that is otherwise found in the environment.

use crate::screen::limits::Patience;
use std::env;
use std::path::PathBuf;

/// A desktop session, by what the environment of its programs names.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// The X server, as in `DISPLAY`; on Wayland that is Xwayland.
    pub display: Option<String>,
    /// Whether a Wayland compositor owns the screen.
    pub wayland: bool,
    /// The address of the session's message bus; `None` for where the system keeps it.
    pub bus: Option<String>,
    /// Directories whose files nobody wants to keep: a picture that the portal leaves there is deleted once it is read.
    pub temporary: Vec<PathBuf>,
    /// How long is waited for others.
    pub patience: Patience,
}

impl Session {
    /// The session that this process runs in.
    pub fn of_this_process() -> Self {
        let named = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
        Session {
            display: named("DISPLAY"),
            wayland: named("WAYLAND_DISPLAY").is_some() || named("XDG_SESSION_TYPE").as_deref() == Some("wayland"),
            bus: named("DBUS_SESSION_BUS_ADDRESS"),
            temporary: std::iter::once(env::temp_dir()).chain(runtime).collect(),
            patience: Patience::default(),
        }
    }
}
