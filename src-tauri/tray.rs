//! The tray icon and its menu: what goes on, the newest results, pause, quit. On Linux a tray icon has nothing but its
//! menu, so everything is in it.

use crate::shell::{self, Shell};
use crate::window;
use legible_service::api::{NoArgs, Place, RecentOutput, SetPaused, Status};
use std::sync::{Mutex, PoisonError};
use tauri::menu::{MenuBuilder, MenuItem, MenuItemBuilder, Submenu, SubmenuBuilder};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry};

/// A name longer than this is cut in the menu, in characters.
const NAME_CHARS: usize = 40;

/// The tray icon and the entries of its menu that change. They are changed in place: a menu made anew would close under
/// the pointer.
pub struct Tray {
    icon: TrayIcon<Wry>,
    line: MenuItem<Wry>,
    recent: Submenu<Wry>,
    pause: MenuItem<Wry>,
    shown: Mutex<Shown>,
}

/// What the menu shows now.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shown {
    line: String,
    paused: bool,
    recent: Vec<RecentOutput>,
}

/// Makes the tray icon.
///
/// # Errors
/// When the system gives no tray icon.
pub fn build(app: &AppHandle) -> tauri::Result<Tray> {
    let line = MenuItemBuilder::with_id("line", "Starting…").enabled(false).build(app)?;
    let recent = SubmenuBuilder::with_id(app, "recent", "Recent").enabled(false).build()?;
    let pause = MenuItemBuilder::with_id("pause", pause_label(false)).build(app)?;
    let menu = MenuBuilder::new(app)
        .item(&line)
        .text("show", "Show Legible")
        .item(&recent)
        .text("activity", "Activity")
        .separator()
        .item(&pause)
        .separator()
        .text("quit", "Quit")
        .build()?;
    let mut icon = TrayIconBuilder::new()
        .title("Legible")
        .tooltip("Legible")
        .menu(&menu)
        .on_menu_event(|app, event| choose(app, event.id().as_ref()));
    if let Some(image) = app.default_window_icon() {
        icon = icon.icon(image.clone());
    }
    Ok(Tray { icon: icon.build(app)?, line, recent, pause, shown: Mutex::default() })
}

impl Tray {
    /// Brings the menu up to date, where it differs.
    pub fn show(&self, status: &Status) {
        let new = Shown { line: line(status), paused: status.paused, recent: status.recent.clone() };
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        match self.change(&shown, &new) {
            Ok(()) => *shown = new,
            Err(error) => tracing::warn!(%error, "the tray menu is stale"),
        }
    }

    fn change(&self, shown: &Shown, new: &Shown) -> tauri::Result<()> {
        if shown.line != new.line {
            self.line.set_text(&new.line)?;
            self.icon.set_tooltip(Some(format!("Legible: {}", new.line)))?;
        }
        if shown.paused != new.paused {
            self.pause.set_text(pause_label(new.paused))?;
        }
        if shown.recent != new.recent {
            while self.recent.remove_at(0)?.is_some() {}
            for output in &new.recent {
                let id = format!("item:{}", output.item);
                self.recent
                    .append(&MenuItemBuilder::with_id(id, entry(&output.name)).build(self.icon.app_handle())?)?;
            }
            self.recent.set_enabled(!new.recent.is_empty())?;
        }
        Ok(())
    }
}

/// What a person chose in the menu. The work is done elsewhere: on Windows a window cannot be made in this handler.
fn choose(app: &AppHandle, id: &str) {
    let (app, id) = (app.clone(), id.to_owned());
    tauri::async_runtime::spawn(async move {
        match id.as_str() {
            "show" => window::show(&app, Place::Library),
            "activity" => window::show(&app, Place::Activity),
            "pause" => switch_pause(&app).await,
            "quit" => shell::quit(app).await,
            _ => {
                if let Some(id) = id.strip_prefix("item:").and_then(|id| id.parse().ok()) {
                    window::show(&app, Place::Item { id });
                }
            }
        }
    });
}

async fn switch_pause(app: &AppHandle) {
    let service = app.state::<Shell>().service().clone();
    let Ok(status) = service.status(NoArgs {}).await else { return };
    if let Err(error) = service.set_paused(SetPaused { paused: !status.paused }).await {
        tracing::error!(%error, "pause could not be switched");
    }
}

fn pause_label(paused: bool) -> &'static str {
    if paused { "Resume" } else { "Pause" }
}

/// What goes on, in a few words.
fn line(status: &Status) -> String {
    let open = status.waiting + status.running;
    match (status.paused, open, status.notices.first()) {
        (true, 0, _) => "Paused".into(),
        (true, open, _) => format!("Paused, {open} waiting"),
        (false, _, Some(notice)) => notice.error.message.clone(),
        (false, 0, None) if status.items == 1 => "1 image, up to date".into(),
        (false, 0, None) => format!("{} images, up to date", status.items),
        (false, open, None) => format!("Working, {open} to do"),
    }
}

fn entry(name: &str) -> String {
    let mut entry: String = name.chars().take(NAME_CHARS).collect();
    if name.chars().count() > NAME_CHARS {
        entry.push('…');
    }
    // An ampersand would mark the next letter as the entry's key.
    entry.replace('&', "&&")
}
