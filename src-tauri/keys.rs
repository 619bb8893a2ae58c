//! The keys that capture a region from everywhere, where the system lets a program listen to them.

use crate::capture;
use crate::shell::Shell;
use legible_service::SourceKind;
use legible_service::api::CaptureWhat;
use legible_service::screen::Screen;
use std::sync::mpsc;
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_global_shortcut::{GlobalShortcut, GlobalShortcutExt, ShortcutState};
use tokio::sync::Mutex;

/// The keys that were last asked for, and those that are listened to.
#[derive(Default)]
pub struct Keys(Mutex<Option<Followed>>);

struct Followed {
    wanted: Option<String>,
    heard: bool,
}

/// Listens to these keys and to no others; says with the screen's source whether that works.
pub async fn follow(app: &AppHandle, wanted: Option<String>) {
    let keys = app.state::<Keys>();
    let mut followed = keys.0.lock().await;
    if followed.as_ref().is_some_and(|followed| followed.wanted == wanted) {
        return;
    }
    let old = followed.take().filter(|old| old.heard).and_then(|old| old.wanted);
    let (app, new) = (app.clone(), wanted.clone());
    let listening = app.clone();
    let listens = tokio::task::spawn_blocking(move || {
        old.iter().for_each(|keys| leave(&listening, keys));
        new.as_deref().map(|keys| listen(&listening, keys)).transpose()
    });
    let listens = listens.await.unwrap_or_else(|error| Err(error.to_string()));
    *followed = Some(Followed { wanted: wanted.clone(), heard: matches!(listens, Ok(Some(()))) });
    let words = match listens {
        Ok(_) => wanted.map(|keys| format!("{keys} captures a region")),
        Err(words) => Some(words),
    };
    let service = app.state::<Shell>().service().clone();
    if let Err(error) = service.say_how_it_hears(SourceKind::Screen, words).await {
        tracing::error!(%error, "whether the keys are heard was not noted");
    }
}

/// Listens to keys; says in words why that does not work.
fn listen(app: &AppHandle, keys: &str) -> Result<(), String> {
    if Screen::here().is_taken_by_the_desktop() {
        let way = format!("bind “legible capture --region” to {keys} in the settings of the system");
        return Err(format!("On Wayland no program hears keys everywhere; {way}"));
    }
    let taken = |error: &dyn std::fmt::Display| {
        tracing::warn!(%error, keys, "the keys are not heard");
        format!("{keys} is not heard: another program may have taken it; choose other keys")
    };
    start(app).map_err(|error| taken(&error))?;
    let heard = app.global_shortcut().on_shortcut(keys, |app, _, event| {
        if event.state == ShortcutState::Pressed {
            capture::capture_soon(app, CaptureWhat::Region {});
        }
    });
    heard.map_err(|error| taken(&error))
}

fn leave(app: &AppHandle, keys: &str) {
    // On X11 global-hotkey 0.8 leaves what it asks of the server in its buffer, until it has something else to ask: the
    // second time sends the first.
    for _ in 0..2 {
        if let Err(error) = app.global_shortcut().unregister(keys) {
            tracing::warn!(%error, keys, "the keys are still taken from other programs");
        }
    }
}

/// Starts to listen to keys at all, once there are some: on X11 that looks for them many times a second.
fn start(app: &AppHandle) -> tauri::Result<()> {
    if app.try_state::<GlobalShortcut<Wry>>().is_some() {
        return Ok(());
    }
    let (send, started) = mpsc::channel();
    let here = app.clone();
    // On macOS only the main thread may.
    app.run_on_main_thread(move || {
        // Nobody listens only when the program ends.
        let _ = send.send(here.plugin(tauri_plugin_global_shortcut::Builder::new().build()));
    })?;
    started.recv().unwrap_or(Ok(()))
}

#[cfg(test)]
mod tests {
    use legible_service::shortcut;
    use tauri_plugin_global_shortcut::Shortcut;

    #[test]
    fn what_can_be_saved_can_be_listened_to() {
        let letters = ('A'..='Z').chain('0'..='9').map(|key| key.to_string());
        let named = ["PrintScreen", "Space", "Insert", "Home", "End", "PageUp", "PageDown"].map(str::to_owned);
        let functions = (1..=24).map(|number| format!("F{number}"));
        for key in letters.chain(named).chain(functions) {
            let keys = shortcut::parse(&format!("super+shift+alt+ctrl+{key}")).unwrap();
            assert!(keys.parse::<Shortcut>().is_ok(), "{keys}");
        }
    }
}
