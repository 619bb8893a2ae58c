//! What this system's desktop offers to a program without a window: notifications, and whether there is a tray.

use crate::api::{Check, Health};
use crate::commands::check;
use notify_rust::Notification;

/// Shows a native notification; `clicked` is called when the person clicks it, where the system tells. Blocks until the
/// notification is gone, so call it on a thread of its own.
///
/// # Errors
/// When no notification service answers.
pub fn notify(summary: &str, body: &str, clicked: impl FnOnce()) -> Result<(), notify_rust::error::Error> {
    let mut notification = Notification::new();
    notification.appname("Legible").summary(summary).body(body);
    show(notification, clicked)
}

#[cfg(all(unix, not(target_os = "macos")))]
fn show(mut notification: Notification, clicked: impl FnOnce()) -> Result<(), notify_rust::error::Error> {
    let handle = notification.icon("legible-desktop").action("default", "Open").show()?;
    handle.wait_for_action(|action| {
        if action == "default" {
            clicked();
        }
    });
    Ok(())
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn show(notification: Notification, _clicked: impl FnOnce()) -> Result<(), notify_rust::error::Error> {
    notification.show().map(drop)
}

/// Whether notifications and tray work here.
pub async fn checks() -> Vec<Check> {
    let notifications = tokio::task::spawn_blocking(notifications).await;
    notifications.into_iter().chain([tray().await]).collect()
}

#[cfg(all(unix, not(target_os = "macos")))]
fn notifications() -> Check {
    match notify_rust::get_server_information() {
        Ok(server) => check("Notifications", Health::Good, format!("shown by {}", server.name), None),
        Err(_) => check(
            "Notifications",
            Health::Limited,
            "no notification service answers on the session bus".into(),
            Some("start your desktop's notification service, such as dunst".into()),
        ),
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn notifications() -> Check {
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
