//! The window. It is destroyed when it closes and made anew when shown: the web view's memory goes with it, and the
//! service does not notice.

use crate::camera;
use crate::ipc::HOST_EVENT;
use crate::overlay;
use crate::shell::{self, Shell};
use legible_service::api::{AddOrigin, AddPaths, HostEvent, NoArgs, Place, WindowClose};
use legible_service::path_text;
use std::path::PathBuf;
use tauri::{AppHandle, DragDropEvent, Emitter, Manager, Url, WebviewUrl, WebviewWindowBuilder, Window, WindowEvent};

/// Its label, by which capabilities know it.
pub const LABEL: &str = "main";

/// Shows a place in the window, and makes the window where there is none. Does nothing before the app has started: a
/// second start may come while the first is still opening its database.
pub fn show(app: &AppHandle, place: Place) {
    if app.try_state::<Shell>().is_none() {
        return;
    }
    let shown = match app.get_webview_window(LABEL) {
        Some(window) => window
            .unminimize()
            .and_then(|()| window.show())
            .and_then(|()| window.set_focus())
            .and_then(|()| app.emit(HOST_EVENT, HostEvent::Go { place })),
        None => make(app, place),
    };
    if let Err(error) = shown {
        tracing::error!(%error, "the window could not be shown");
    }
}

fn make(app: &AppHandle, place: Place) -> tauri::Result<()> {
    app.state::<Shell>().set_landing(place);
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Legible")
        .inner_size(1120.0, 780.0)
        .min_inner_size(420.0, 480.0)
        // What asks for leave below is then always a page of our own.
        .on_navigation(is_own)
        .on_permission_request(|_, kind| camera::answer(kind))
        .build()?;
    camera::enable(&window)
}

/// Whether an address is one of our own pages: built in, or while it is worked on, of Vite.
fn is_own(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    url.scheme() == "tauri" || host == "tauri.localhost" || (tauri::is_dev() && host == "localhost")
}

/// Handles what happens to the window.
pub fn on_event(window: &Window, event: &WindowEvent) {
    if window.label() != LABEL {
        return overlay::on_event(window, event);
    }
    match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            tauri::async_runtime::spawn(close(window.clone()));
        }
        WindowEvent::DragDrop(event) => drag(window.app_handle(), event),
        _ => {}
    }
}

/// Closes the window, or minimises it where no tray could bring it back. The program ends with it if the person set
/// that.
async fn close(window: Window) {
    let settings = window.app_handle().state::<Shell>().service().settings(NoArgs {}).await;
    if settings.is_ok_and(|settings| settings.window_close == WindowClose::Quit) {
        return shell::quit(window.app_handle().clone()).await;
    }
    let closed = match legible_service::desktop::has_tray().await {
        true => window.destroy(),
        false => window.minimize(),
    };
    if let Err(error) = closed {
        tracing::error!(%error, "the window could not be closed");
    }
}

fn drag(app: &AppHandle, event: &DragDropEvent) {
    match event {
        DragDropEvent::Enter { paths, .. } => {
            let count = u32::try_from(paths.len()).unwrap_or(u32::MAX);
            tell(app, HostEvent::DragOver { count });
        }
        DragDropEvent::Leave => tell(app, HostEvent::DragLeft),
        DragDropEvent::Drop { paths, .. } => {
            tauri::async_runtime::spawn(take_drop(app.clone(), paths.clone()));
        }
        _ => {}
    }
}

async fn take_drop(app: AppHandle, paths: Vec<PathBuf>) {
    let paths = paths.into_iter().map(|path| path_text(&path)).collect();
    let added = app.state::<Shell>().service().add_paths(AddPaths { paths, origin: AddOrigin::Drop }).await;
    tell(
        &app,
        match added {
            Ok(added) => HostEvent::Dropped { group: Some(added.group), error: None },
            Err(error) => HostEvent::Dropped { group: None, error: Some(error.to_wire()) },
        },
    );
}

fn tell(app: &AppHandle, event: HostEvent) {
    if let Err(error) = app.emit(HOST_EVENT, event) {
        tracing::warn!(%error, "the window was not told");
    }
}
