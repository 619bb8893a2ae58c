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
    notification.appname("Legible").summary(summary).body(&as_the_server_reads_it(body));
    show(notification, clicked)
}

/// A body may hold file names, which are no markup, whatever is in them.
#[cfg(all(unix, not(target_os = "macos")))]
fn as_the_server_reads_it(body: &str) -> String {
    let reads_markup = notify_rust::get_capabilities().is_ok_and(|can| can.iter().any(|c| c == "body-markup"));
    if reads_markup { without_markup(body) } else { body.to_owned() }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn as_the_server_reads_it(body: &str) -> String {
    body.to_owned()
}

/// Text as it is written in the markup of the Desktop Notifications Specification.
#[cfg(all(unix, not(target_os = "macos")))]
fn without_markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
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

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::without_markup;

    #[test]
    fn names_are_no_markup() {
        let check = |text, expected: &str| assert_eq!(without_markup(text), expected);
        check("Q&A.png", "Q&amp;A.png");
        check("<b>&lt;.png", "&lt;b&gt;&amp;lt;.png");
    }
}
