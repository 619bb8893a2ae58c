//! Cameras in the window: the page may use one. The system asks the person where it does that for programs: macOS by the
//! words in `Info.plist`, Windows in its privacy settings.

use tauri::WebviewWindow;
use tauri::webview::{PermissionKind, PermissionResponse};

/// Answers what a page of ours asks leave for: a camera it may use, a microphone it has no use for.
pub fn answer(kind: PermissionKind) -> PermissionResponse {
    match kind {
        PermissionKind::Camera => PermissionResponse::Allow,
        PermissionKind::Microphone | PermissionKind::DisplayCapture | PermissionKind::Geolocation => {
            PermissionResponse::Deny
        }
        _ => PermissionResponse::Default,
    }
}

/// Switches cameras on in the web view, where they are off unless somebody asks.
///
/// # Errors
/// When the web view is gone.
#[cfg(target_os = "linux")]
pub fn enable(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{SettingsExt, WebViewExt};
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_enable_media_stream(true);
            settings.set_enable_mock_capture_devices(has_mock_cameras());
        }
    })
}

/// Elsewhere they are on.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn enable(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Whether a test wants WebKit's own cameras, which show a test picture. Programs that people use know no such thing.
#[cfg(target_os = "linux")]
fn has_mock_cameras() -> bool {
    cfg!(debug_assertions) && std::env::var_os("LEGIBLE_MOCK_CAMERAS").is_some()
}
