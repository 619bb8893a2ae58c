//! The tray icon and its menu: what goes on, the newest results, pause, quit. On Linux a tray icon has nothing but its
//! menu, so everything is in it.

use crate::shell::{self, Shell};
use crate::window;
use legible_service::api::{ItemCard, ItemsQuery, NoArgs, Place, SetPaused, Status};
use std::sync::{Mutex, PoisonError};
use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder, SubmenuBuilder};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Wry};

const ID: &str = "legible";

/// How many results the menu names.
const RECENT: u32 = 5;

/// A name longer than this is cut in the menu, in characters.
const NAME_CHARS: usize = 40;

/// What the menu shows now, so that it is made anew only when that changes: a menu made anew closes under the pointer.
static SHOWN: Mutex<Option<Contents>> = Mutex::new(None);

/// What the menu shows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Contents {
    line: String,
    paused: bool,
    recent: Vec<(i64, String)>,
}

/// Makes the tray icon.
///
/// # Errors
/// When the system gives no tray icon.
pub fn build(app: &AppHandle) -> tauri::Result<()> {
    let contents = Contents { line: "Starting…".into(), paused: false, recent: vec![] };
    let mut tray = TrayIconBuilder::with_id(ID)
        .title("Legible")
        .tooltip("Legible")
        .menu(&menu(app, &contents)?)
        .on_menu_event(|app, event| choose(app, event.id().as_ref()));
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)?;
    Ok(())
}

/// Brings the menu up to date.
pub async fn refresh(app: &AppHandle) {
    let service = app.state::<Shell>().service().clone();
    let recent = ItemsQuery { limit: RECENT, ..Default::default() };
    let (Ok(status), Ok(recent)) = (service.status(NoArgs {}).await, service.items(recent).await) else { return };
    let contents = Contents {
        line: line(&status),
        paused: status.paused,
        recent: recent.items.iter().map(|item| (item.id, entry(item))).collect(),
    };
    {
        let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.as_ref() == Some(&contents) {
            return;
        }
        *shown = Some(contents.clone());
    }
    let Some(tray) = app.tray_by_id(ID) else { return };
    let made = menu(app, &contents).and_then(|menu| tray.set_menu(Some(menu)));
    if let Err(error) = made.and_then(|()| tray.set_tooltip(Some(format!("Legible: {}", contents.line)))) {
        tracing::warn!(%error, "the tray menu is stale");
    }
}

fn menu(app: &AppHandle, contents: &Contents) -> tauri::Result<Menu<Wry>> {
    let line = MenuItemBuilder::with_id("line", &contents.line).enabled(false).build(app)?;
    let mut recent = SubmenuBuilder::with_id(app, "recent", "Recent").enabled(!contents.recent.is_empty());
    for (id, name) in &contents.recent {
        recent = recent.text(format!("item:{id}"), name);
    }
    let pause = if contents.paused { "Resume" } else { "Pause" };
    MenuBuilder::new(app)
        .item(&line)
        .text("show", "Show Legible")
        .item(&recent.build()?)
        .text("activity", "Activity")
        .separator()
        .text("pause", pause)
        .separator()
        .text("quit", "Quit")
        .build()
}

fn choose(app: &AppHandle, id: &str) {
    match id {
        "show" => window::show(app, Place::Library),
        "activity" => window::show(app, Place::Activity),
        "pause" => drop(tauri::async_runtime::spawn(switch_pause(app.clone()))),
        "quit" => drop(tauri::async_runtime::spawn(shell::quit(app.clone()))),
        _ => {
            if let Some(id) = id.strip_prefix("item:").and_then(|id| id.parse().ok()) {
                window::show(app, Place::Item { id });
            }
        }
    }
}

async fn switch_pause(app: AppHandle) {
    let service = app.state::<Shell>().service().clone();
    let Ok(status) = service.status(NoArgs {}).await else { return };
    if let Err(error) = service.set_paused(SetPaused { paused: !status.paused }).await {
        tracing::error!(%error, "pause could not be switched");
    }
    refresh(&app).await;
}

/// What goes on, in a few words.
fn line(status: &Status) -> String {
    let open = status.waiting + status.running;
    match (status.paused, open, status.notices.first()) {
        (true, 0, _) => "Paused".into(),
        (true, open, _) => format!("Paused, {open} waiting"),
        (false, _, Some(notice)) => notice.error.message.clone(),
        (false, 0, None) => format!("{} images, up to date", status.items),
        (false, open, None) => format!("Working, {open} to do"),
    }
}

fn entry(item: &ItemCard) -> String {
    let mut name: String = item.name.chars().take(NAME_CHARS).collect();
    if item.name.chars().count() > NAME_CHARS {
        name.push('…');
    }
    // An ampersand would mark the next letter as the entry's key.
    name.replace('&', "&&")
}
