//! The shell: window, tray, notifications and the calls between them and the service. It decides nothing about images;
//! everything it can do, the `legible` command can do without it.

mod arguments;
mod built_in;
mod camera;
mod capture;
mod clipboard;
mod host;
mod ipc;
mod keys;
mod login;
mod overlay;
mod protocol;
mod shell;
mod tray;
mod watcher;
mod window;

use anyhow::{Context, bail};
use arguments::Arguments;
use legible_service::api::Place;
use legible_service::{LOG_VARIABLE, log_directives};
use shell::Shell;
use std::sync::Arc;
use tauri::{AppHandle, Manager, RunEvent};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};

/// Runs the app until it is quit. A second start hands its arguments to the first and ends at once.
///
/// # Errors
/// When the arguments are not understood, there is no display, or the app cannot start.
pub fn run(arguments: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let arguments = Arguments::parse(arguments)?;
    let filter = log_directives(&std::env::var(LOG_VARIABLE).unwrap_or_else(|_| "warn,legible=info".to_owned()));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
    if !has_display() {
        bail!("there is no display. Start it within a desktop session, or use `legible`, which needs none");
    }
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            let arguments = Arguments::parse(arguments.into_iter().skip(1)).unwrap_or_default();
            if arguments.shows_window() {
                show_soon(app, arguments.place());
            }
            if let Some(what) = arguments.capture {
                capture::capture_soon(app, what);
            }
        }))
        .plugin(tauri_plugin_autostart::Builder::new().arg(login::ARGUMENT).build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_window_state::Builder::default().with_filter(|label| label == window::LABEL).build())
        .register_asynchronous_uri_scheme_protocol("legible", protocol::serve)
        .invoke_handler(tauri::generate_handler![ipc::call, overlay::choose_region])
        .on_window_event(window::on_event)
        .manage(overlay::Overlays::default())
        .manage(keys::Keys::default())
        .manage(watcher::Watcher::default())
        .setup(move |app| {
            start(app.handle(), &arguments);
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("the app could not be built")?;
    app.run(|app, event| match event {
        // The last window closed: the work goes on in the tray. Only `quit` gives a code.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => show_soon(app, Place::Library),
        RunEvent::Exit => {
            if let Some(shell) = app.try_state::<Shell>() {
                tauri::async_runtime::block_on(shell.stop());
            }
        }
        _ => {}
    });
    Ok(())
}

fn start(app: &AppHandle, arguments: &Arguments) {
    match Shell::open(app) {
        Ok(shell) => {
            app.manage(shell);
            let tray = tray::build(app);
            let has_tray = tray.is_ok();
            match tray {
                Ok(tray) => drop(app.manage(tray)),
                Err(error) => tracing::warn!(%error, "there is no tray icon"),
            }
            tauri::async_runtime::spawn(ipc::forward_events(app.clone()));
            tauri::async_runtime::spawn(shell::quit_on_signal(app.clone()));
            let opener = app.clone();
            let notifying = app.state::<Shell>().service().clone().notify(Arc::new(move |place| {
                window::show(&opener, place);
            }));
            tauri::async_runtime::spawn(notifying);
            let hidden = arguments.hidden || (arguments.login && login::starts_hidden(app));
            match arguments.capture {
                Some(what) => capture::capture_soon(app, what),
                None if !hidden || !has_tray => window::show(app, arguments.place()),
                None => {}
            }
        }
        Err(error) => {
            tracing::error!("{error:#}");
            let app = app.clone();
            app.dialog()
                .message(format!("{error:#}"))
                .title("Legible cannot start")
                .kind(MessageDialogKind::Error)
                .show(move |_| std::process::exit(1));
        }
    }
}

/// Shows the window from a handler of an event, where Windows cannot make one.
fn show_soon(app: &AppHandle, place: Place) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move { window::show(&app, place) });
}

/// Without a display GTK ends the process with no word to the person.
fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
