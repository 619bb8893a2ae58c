//! Taking a picture of the screen from the app: its text goes to the clipboard.

use crate::host::copy;
use crate::shell::Shell;
use legible_service::api::{Answer, CaptureWhat, Done, ErrorCode, NoArgs, SourceSpec, WireError};
use legible_service::screen::{What, WhichWindow};
use std::time::Duration;
use tauri::{AppHandle, Manager};

/// How long the text of a picture is waited for, to put it on the clipboard.
const WAITS: Duration = Duration::from_secs(60);

/// Takes a picture and has it read; returns once it is taken.
///
/// # Errors
/// When no picture can be taken, with what to do about it.
pub async fn capture(app: &AppHandle, what: CaptureWhat) -> Answer<Done> {
    let what = match what {
        CaptureWhat::Screen {} => What::All,
        CaptureWhat::Window {} => What::Window(WhichWindow::Active),
        CaptureWhat::Region {} => {
            return Err(WireError::new(ErrorCode::Capture, "A region cannot be chosen here yet."));
        }
    };
    let service = app.state::<Shell>().service().clone();
    let taken = service.clone();
    let captured = tokio::task::spawn_blocking(move || taken.capture_screen(&what)).await;
    let captured = captured.map_err(|error| WireError::new(ErrorCode::Internal, error.to_string()))??;
    tauri::async_runtime::spawn(async move {
        let copies = service.sources(NoArgs {}).await.is_ok_and(|all| {
            all.sources.iter().any(|source| matches!(source.draft.spec, SourceSpec::Screen { copy: true, .. }))
        });
        if let (true, Ok(Some(text))) = (copies, service.text_of(captured.item, WAITS).await)
            && let Err(error) = copy(text).await
        {
            tracing::warn!(message = error.message, "the text was not copied");
        }
    });
    Ok(Done {})
}
