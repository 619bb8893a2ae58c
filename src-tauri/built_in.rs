//! The sources that only the app can serve, as it has a desktop around it: the keys of the screen, the clipboard.

use crate::shell::Shell;
use crate::tray::Tray;
use crate::{keys, watcher};
use legible_service::api::{NoArgs, SourceSpec};
use tauri::{AppHandle, Manager};

/// Listens to what the sources say now, and to nothing else.
pub async fn follow_sources(app: &AppHandle) {
    let sources = match app.state::<Shell>().service().sources(NoArgs {}).await {
        Ok(sources) => sources.sources,
        Err(error) => return tracing::error!(%error, "the sources are not known"),
    };
    let (mut shortcut, mut copies) = (None, None);
    for draft in sources.into_iter().map(|source| source.draft).filter(|draft| draft.enabled) {
        match draft.spec {
            SourceSpec::Screen { shortcut: keys, .. } => shortcut = keys,
            SourceSpec::Clipboard { .. } => copies = draft.id,
            _ => {}
        }
    }
    if let Some(tray) = app.try_state::<Tray>() {
        tray.show_watched(copies.is_some());
    }
    keys::follow(app, shortcut).await;
    watcher::follow(app, copies).await;
}
