//! The tray icon and its menu: what goes on, the newest results, pause, quit. On Linux a tray icon has nothing but its
//! menu, so everything is in it.

use crate::capture::capture_after_menu;
use crate::shell::{self, Shell};
use crate::watcher;
use crate::window;
use legible_service::api::{
    CaptureWhat, NoArgs, Place, RecentOutput, ReminderView, ScheduleRef, ScheduleView, SetPaused, Status, StorageRef,
    StorageView, SyncNow,
};
use std::sync::{Mutex, PoisonError};
use tauri::menu::{
    CheckMenuItem, CheckMenuItemBuilder, Menu, MenuBuilder, MenuItem, MenuItemBuilder, Submenu, SubmenuBuilder,
};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry};

/// A name longer than this is cut in the menu, in characters.
const NAME_CHARS: usize = 40;

/// The most reminders, and the most schedules, in the menu.
const LISTED: usize = 12;

/// The tray icon and the entries of its menu that change. They are changed in place: a menu made anew would close under
/// the pointer.
pub struct Tray {
    icon: TrayIcon<Wry>,
    menu: Menu<Wry>,
    line: MenuItem<Wry>,
    recent: Submenu<Wry>,
    reminders: Submenu<Wry>,
    schedules: Submenu<Wry>,
    storages: Submenu<Wry>,
    /// In the menu only while the clipboard is watched.
    watched: CheckMenuItem<Wry>,
    pause: MenuItem<Wry>,
    shown: Mutex<Shown>,
}

/// What the menu shows now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Shown {
    line: String,
    paused: bool,
    recent: Vec<RecentOutput>,
    /// Identifiers and texts.
    reminders: Vec<(String, String)>,
    schedules: Vec<(String, String)>,
    storages: Vec<(String, String)>,
    watched: bool,
}

/// Where in the menu it says that the clipboard is watched: under what goes on.
const WATCHED_AT: usize = 1;

/// Makes the tray icon.
///
/// # Errors
/// When the system gives no tray icon.
pub fn build(app: &AppHandle) -> tauri::Result<Tray> {
    let line = MenuItemBuilder::with_id("line", "Starting…").enabled(false).build(app)?;
    let recent = SubmenuBuilder::with_id(app, "recent", "Recent").enabled(false).build()?;
    let reminders = SubmenuBuilder::with_id(app, "reminders", "Reminders").enabled(false).build()?;
    let schedules = SubmenuBuilder::with_id(app, "schedules", "Run now").enabled(false).build()?;
    let storages = SubmenuBuilder::with_id(app, "storages", "Cloud").enabled(false).build()?;
    let capture = SubmenuBuilder::with_id(app, "capture", "Read from the screen")
        .text("capture:region", "A region…")
        .text("capture:window", "The window in front")
        .text("capture:screen", "The whole screen")
        .build()?;
    let watched = CheckMenuItemBuilder::with_id("unwatch", "Clipboard is watched").checked(true).build(app)?;
    let pause = MenuItemBuilder::with_id("pause", pause_label(false)).build(app)?;
    let menu = MenuBuilder::new(app)
        .item(&line)
        .text("show", "Show Legible")
        .item(&capture)
        .item(&recent)
        .item(&reminders)
        .item(&schedules)
        .item(&storages)
        .text("activity", "Activity")
        .separator()
        .item(&pause)
        .separator()
        .text("quit", "Quit")
        .build()?;
    let mut builder = TrayIconBuilder::new()
        .title("Legible")
        .tooltip("Legible")
        .menu(&menu)
        .on_menu_event(|app, event| choose(app, event.id().as_ref()));
    if let Some(image) = app.default_window_icon() {
        builder = builder.icon(image.clone());
    }
    let (icon, shown) = (builder.build(app)?, Mutex::default());
    Ok(Tray { icon, menu, line, recent, reminders, schedules, storages, watched, pause, shown })
}

impl Tray {
    /// Brings the menu up to date, where it differs.
    pub fn show(&self, status: &Status) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let (line, paused, recent) = (line(status), status.paused, status.recent.clone());
        let new = Shown { line, paused, recent, ..shown.clone() };
        self.bring_up(&mut shown, new);
    }

    /// Brings the lists of schedules and reminders up to date, where they differ.
    pub fn show_lists(&self, schedules: &[ScheduleView], reminders: &[ReminderView]) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let open = reminders.iter().filter(|one| one.due_since.is_some() || one.next.is_some());
        let new = Shown {
            reminders: open.take(LISTED).map(reminder_entry).collect(),
            schedules: schedules.iter().filter(|one| one.draft.enabled).take(LISTED).map(schedule_entry).collect(),
            ..shown.clone()
        };
        self.bring_up(&mut shown, new);
    }

    /// Brings the list of storages up to date, where it differs.
    pub fn show_storages(&self, storages: &[StorageView]) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let storages = storages.iter().take(LISTED).map(storage_entry).collect();
        let new = Shown { storages, ..shown.clone() };
        self.bring_up(&mut shown, new);
    }

    /// Says whether the clipboard is watched.
    pub fn show_watched(&self, watched: bool) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let new = Shown { watched, ..shown.clone() };
        self.bring_up(&mut shown, new);
    }

    fn bring_up(&self, shown: &mut Shown, new: Shown) {
        match self.change(shown, &new) {
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
        if shown.reminders != new.reminders {
            self.fill(&self.reminders, &new.reminders)?;
        }
        if shown.schedules != new.schedules {
            self.fill(&self.schedules, &new.schedules)?;
        }
        if shown.storages != new.storages {
            self.fill(&self.storages, &new.storages)?;
        }
        match (shown.watched, new.watched) {
            (false, true) => {
                // A click has taken the mark away.
                self.watched.set_checked(true)?;
                self.menu.insert(&self.watched, WATCHED_AT)?;
            }
            (true, false) => self.menu.remove(&self.watched)?,
            _ => {}
        }
        Ok(())
    }

    fn fill(&self, menu: &Submenu<Wry>, entries: &[(String, String)]) -> tauri::Result<()> {
        while menu.remove_at(0)?.is_some() {}
        for (id, text) in entries {
            menu.append(&MenuItemBuilder::with_id(id, text).build(self.icon.app_handle())?)?;
        }
        menu.set_enabled(!entries.is_empty())
    }
}

/// A reminder in the menu: it leads to its image, or to the list of reminders.
fn reminder_entry(reminder: &ReminderView) -> (String, String) {
    let due = if reminder.due_since.is_some() { "Due: " } else { "" };
    let id = match reminder.draft.item {
        Some(item) => format!("item:{item}"),
        None => format!("reminder:{}", reminder.id),
    };
    (id, format!("{due}{}", entry(&reminder.draft.title)))
}

/// A schedule in the menu: it is run.
fn schedule_entry(schedule: &ScheduleView) -> (String, String) {
    let state = match (&schedule.active, schedule.waiting_for.is_empty()) {
        (Some(_), true) => " (running)",
        (Some(_), false) => " (waiting)",
        (None, _) => "",
    };
    (format!("run:{}", schedule.id), format!("{}{state}", entry(&schedule.draft.title)))
}

/// A storage in the menu: it is brought in step, or that is stopped; one that needs the person leads to the window.
fn storage_entry(storage: &StorageView) -> (String, String) {
    let (id, name) = (storage.id, entry(&storage.draft.name));
    let asks = storage.last.as_ref().is_some_and(|last| !last.questions.is_empty());
    if storage.job.is_some() {
        (format!("stop:{id}"), format!("Stop: {name}"))
    } else if storage.problem.is_some() || asks {
        (format!("storage:{id}"), format!("{name} needs you…"))
    } else {
        (format!("sync:{id}"), format!("Bring in step: {name}"))
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
            "unwatch" => watcher::switch_off(&app).await,
            "capture:region" => capture_after_menu(&app, CaptureWhat::Region {}),
            "capture:window" => capture_after_menu(&app, CaptureWhat::Window {}),
            "capture:screen" => capture_after_menu(&app, CaptureWhat::Screen {}),
            "quit" => shell::quit(app).await,
            _ => {
                if let Some(id) = id.strip_prefix("item:").and_then(|id| id.parse().ok()) {
                    window::show(&app, Place::Item { id });
                } else if id.starts_with("reminder:") {
                    window::show(&app, Place::Reminders);
                } else if let Some(id) = id.strip_prefix("run:").and_then(|id| id.parse().ok()) {
                    run_schedule(&app, id).await;
                } else if id.starts_with("storage:") {
                    window::show(&app, Place::Cloud);
                } else if let Some(id) = id.strip_prefix("sync:").and_then(|id| id.parse().ok()) {
                    let service = app.state::<Shell>().service().clone();
                    told("brought in step", service.sync_storage(SyncNow { id, agreed: vec![] }).await);
                } else if let Some(id) = id.strip_prefix("stop:").and_then(|id| id.parse().ok()) {
                    let service = app.state::<Shell>().service().clone();
                    told("stopped", service.stop_storage(StorageRef { id }).await);
                }
            }
        }
    });
}

fn told(what: &str, done: Result<StorageView, legible_service::Error>) {
    if let Err(error) = done {
        tracing::error!(%error, "the storage could not be {what}");
    }
}

async fn run_schedule(app: &AppHandle, id: i64) {
    let service = app.state::<Shell>().service().clone();
    if let Err(error) = service.run_schedule(ScheduleRef { id }).await {
        tracing::error!(%error, "the schedule could not be run");
    }
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
