//! The one command of the window, and the events it hears.

use crate::built_in;
use crate::login;
use crate::shell::Shell;
use crate::tray::Tray;
use legible_service::api::{self, Event, NoArgs, Status, WireError};
use serde_json::Value;
use tauri::{AppHandle, Emitter, Manager, State};
use tokio::sync::broadcast::error::RecvError;

/// The name under which the window hears events of the service.
const SERVICE_EVENT: &str = "service";

/// The name under which it hears events of the shell.
pub const HOST_EVENT: &str = "host";

/// Calls a command of the service or of the desktop by its name in the table.
///
/// # Errors
/// What the command says.
#[tauri::command]
pub async fn call(shell: State<'_, Shell>, name: String, args: Value) -> Result<Value, WireError> {
    if api::HOST_COMMANDS.iter().any(|command| command.name == name) {
        api::call_host(&*shell, &name, args).await
    } else {
        api::call(shell.service(), &name, args).await
    }
}

/// Hands the service's events to window, tray and login item for as long as the app runs.
pub async fn forward_events(app: AppHandle) {
    let mut events = app.state::<Shell>().service().subscribe();
    login::follow_settings(&app).await;
    if let Ok(status) = app.state::<Shell>().service().status(NoArgs {}).await {
        show_in_tray(&app, &status);
    }
    show_lists_in_tray(&app).await;
    show_storages_in_tray(&app).await;
    built_in::follow_sources(&app).await;
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            // What was missed may concern any item.
            Err(RecvError::Lagged(_)) => {
                built_in::follow_sources(&app).await;
                Event::ItemsChanged { ids: vec![] }
            }
            Err(RecvError::Closed) => return,
        };
        if let Err(error) = app.emit(SERVICE_EVENT, &event) {
            tracing::warn!(%error, "the window was not told");
        }
        match event {
            Event::StatusChanged { status } => show_in_tray(&app, &status),
            Event::SettingsChanged { .. } => login::follow_settings(&app).await,
            Event::SourcesChanged {} => built_in::follow_sources(&app).await,
            Event::StoragesChanged {} => show_storages_in_tray(&app).await,
            Event::SchedulesChanged {} | Event::RemindersChanged {} => show_lists_in_tray(&app).await,
            _ => {}
        }
    }
}

async fn show_lists_in_tray(app: &AppHandle) {
    let service = app.state::<Shell>().service().clone();
    let (schedules, reminders) = (service.schedules(NoArgs {}).await, service.reminders(NoArgs {}).await);
    if let (Some(tray), Ok(schedules), Ok(reminders)) = (app.try_state::<Tray>(), schedules, reminders) {
        tray.show_lists(&schedules.schedules, &reminders.reminders);
    }
}

async fn show_storages_in_tray(app: &AppHandle) {
    let storages = app.state::<Shell>().service().clone().storages(NoArgs {}).await;
    if let (Some(tray), Ok(storages)) = (app.try_state::<Tray>(), storages) {
        tray.show_storages(&storages.storages);
    }
}

fn show_in_tray(app: &AppHandle, status: &Status) {
    // Not every desktop gives a tray icon.
    if let Some(tray) = app.try_state::<Tray>() {
        tray.show(status);
    }
}
