//! Start at login: the system's login item follows the settings.

use crate::shell::Shell;
use legible_service::api::NoArgs;
use tauri::{AppHandle, Manager};
use tauri_plugin_autostart::ManagerExt;

/// What the app is started with at login.
pub const ARGUMENT: &str = "--login";

/// Whether a start at login shows no window.
pub fn starts_hidden(app: &AppHandle) -> bool {
    let settings = tauri::async_runtime::block_on(app.state::<Shell>().service().settings(NoArgs {}));
    // Who cannot be asked is not to be surprised by a window.
    settings.map_or(true, |settings| settings.start_hidden)
}

/// Makes or removes the login item as the settings say.
pub async fn follow_settings(app: &AppHandle) {
    let Ok(settings) = app.state::<Shell>().service().settings(NoArgs {}).await else { return };
    let login = app.autolaunch();
    let done = match (settings.start_at_login, login.is_enabled().unwrap_or(false)) {
        (true, false) => login.enable(),
        (false, true) => login.disable(),
        _ => Ok(()),
    };
    if let Err(error) = done {
        tracing::warn!(%error, "the login item could not be changed");
    }
}
