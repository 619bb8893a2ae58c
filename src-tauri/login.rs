//! Start at login: the system's login item follows the settings.

use crate::shell::Shell;
use legible_service::api::NoArgs;
use tauri::{AppHandle, Manager};
use tauri_plugin_autostart::ManagerExt;

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
