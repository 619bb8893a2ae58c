//! Taking a picture of the screen from the app: its text goes to the clipboard.

use crate::host::copy;
use crate::overlay;
use crate::shell::Shell;
use legible_service::api::{Answer, CaptureWhat, Done, ErrorCode, NoArgs, SourceSpec, WireError};
use legible_service::screen::{Screen, What, WhichWindow};
use legible_service::{Captured, Error, Service};
use std::time::Duration;
use tauri::{AppHandle, Manager};

/// How long the text of a picture is waited for, to put it on the clipboard.
const WAITS: Duration = Duration::from_secs(60);

/// How long a menu takes to leave the screen: it fades.
const MENU_FADES: Duration = Duration::from_millis(250);

/// Takes a picture and has it read; returns once it is taken, or once the person can choose a region.
///
/// # Errors
/// When no picture can be taken, with what to do about it.
pub async fn capture(app: &AppHandle, what: CaptureWhat) -> Answer<Done> {
    match what {
        CaptureWhat::Screen {} => take(app, |service| service.capture_screen(&What::All)).await,
        CaptureWhat::Window {} => take(app, |service| service.capture_screen(&What::Window(WhichWindow::Active))).await,
        CaptureWhat::Region {} if Screen::here().is_taken_by_the_desktop() => {
            take(app, |service| service.take_screen_picture(&Screen::here().let_choose()?)).await
        }
        CaptureWhat::Region {} => overlay::open(app).await,
    }?;
    Ok(Done {})
}

/// The same for a person who has no window in front: what goes wrong is told by a notification.
pub fn capture_soon(app: &AppHandle, what: CaptureWhat) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        // A second start may come while this one is still opening its database.
        let Some(shell) = app.try_state::<Shell>() else { return };
        let service = shell.service().clone();
        if let Err(error) = capture(&app, what).await {
            tell(service, error).await;
        }
    });
}

/// The same from a menu that has just been clicked, and is not to be in the picture.
pub fn capture_after_menu(app: &AppHandle, what: CaptureWhat) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(MENU_FADES).await;
        capture_soon(&app, what);
    });
}

/// Takes a picture in, and its text to the clipboard once it was read. Tells what is doubtful about it.
///
/// # Errors
/// What `picture` says.
pub async fn take(
    app: &AppHandle,
    picture: impl FnOnce(&Service) -> Result<Captured, Error> + Send + 'static,
) -> Answer<()> {
    let service = app.state::<Shell>().service().clone();
    let taken = service.clone();
    let taken = tokio::task::spawn_blocking(move || {
        let captured = picture(&taken)?;
        taken.tell_warnings(&captured)?;
        Ok::<_, Error>(captured)
    });
    let captured = taken.await.map_err(|error| WireError::new(ErrorCode::Internal, error.to_string()))??;
    tauri::async_runtime::spawn(copy_text(service, captured.item));
    Ok(())
}

/// Tells why there is no picture.
pub async fn tell(service: Service, error: WireError) {
    let told = tokio::task::spawn_blocking(move || service.tell_no_picture(&error)).await;
    if let Ok(Err(error)) = told {
        tracing::error!(%error, "that no picture was taken could not be told");
    }
}

async fn copy_text(service: Service, item: i64) {
    let copies = service.sources(NoArgs {}).await.is_ok_and(|all| {
        all.sources.iter().any(|source| matches!(source.draft.spec, SourceSpec::Screen { copy: true, .. }))
    });
    if !copies {
        return;
    }
    match service.text_of(item, WAITS).await {
        // What was copied before is worth more than nothing.
        Ok(Some(text)) if text.trim().is_empty() => {}
        Ok(Some(text)) => {
            if let Err(error) = copy(text).await {
                tracing::warn!(message = error.message, "the text was not copied");
            }
        }
        Ok(None) => tracing::info!(item, "there was no text to copy"),
        Err(error) => tracing::warn!(%error, "the text was not copied"),
    }
}
