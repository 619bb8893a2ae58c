//! What this system's desktop offers to a program without a window: whether there are notifications and a tray.

use crate::api::{Check, Health};
use crate::commands::check;

/// How long the notification service may take to say who it is.
#[cfg(all(unix, not(target_os = "macos")))]
const ANSWERS_WITHIN: std::time::Duration = std::time::Duration::from_secs(5);

/// Whether notifications and tray work here.
pub async fn checks() -> Vec<Check> {
    vec![notifications().await, tray().await]
}

#[cfg(all(unix, not(target_os = "macos")))]
async fn notifications() -> Check {
    // The call blocks for as long as a service that hangs takes to be given up.
    let asked = tokio::task::spawn_blocking(notify_rust::get_server_information);
    match tokio::time::timeout(ANSWERS_WITHIN, asked).await {
        Ok(Ok(Ok(server))) => check("Notifications", Health::Good, format!("shown by {}", server.name), None),
        _ => check(
            "Notifications",
            Health::Limited,
            "no notification service answers on the session bus".into(),
            Some("start your desktop's notification service, such as dunst".into()),
        ),
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
async fn notifications() -> Check {
    check("Notifications", Health::Good, "shown by the system".into(), None)
}

#[cfg(all(unix, not(target_os = "macos")))]
async fn tray() -> Check {
    match has_tray().await {
        true => check("Tray", Health::Good, "the desktop shows tray icons".into(), None),
        false => check(
            "Tray",
            Health::Limited,
            "this desktop shows no tray icons, so closing the window only minimises it".into(),
            Some("on GNOME, enable an extension for AppIndicator icons".into()),
        ),
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
async fn tray() -> Check {
    check("Tray", Health::Good, "shown by the system".into(), None)
}

/// Whether something on the session bus shows tray icons (StatusNotifierItem).
#[cfg(all(unix, not(target_os = "macos")))]
pub async fn has_tray() -> bool {
    let Ok(bus) = zbus::Connection::session().await else { return false };
    let Ok(proxy) = zbus::fdo::DBusProxy::new(&bus).await else { return false };
    let Ok(name) = zbus::names::BusName::try_from("org.kde.StatusNotifierWatcher") else { return false };
    proxy.name_has_owner(name).await.unwrap_or(false)
}

/// Whether the system shows tray icons: always.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub async fn has_tray() -> bool {
    true
}
