//! Choosing a region of the screen: over each display a window with the picture of that display, taken before, in which
//! the person drags. What is chosen is cut out of that picture. Such a window gets its picture and nothing else.

use crate::capture;
use crate::shell::Shell;
use legible_service::api::{Answer, ErrorCode, RegionChoice, WireError};
use legible_service::chance::{Chance, SystemChance};
use legible_service::screen::region::{Touch, dragged};
use legible_service::screen::{self, Display, Picture, Rect, Screen, What};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tauri::{
    AppHandle, Manager, PhysicalPosition, PhysicalSize, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window,
    WindowEvent,
};

/// What the labels of the overlays begin with; the token of the choice and the place of the display follow.
const LABEL: &str = "region-";

/// How long the overlays may take until their pictures are there. What is not there then never comes, and a window over
/// the whole display that shows nothing must not stay.
const PATIENCE: Duration = Duration::from_secs(20);

/// The choice that goes on, if one does.
#[derive(Default)]
pub struct Overlays(Mutex<Option<Choosing>>);

struct Choosing {
    /// Names the pictures on the way to their windows; no other choice has the same.
    token: String,
    picture: Arc<Picture>,
    /// The picture of each display, as PNG.
    shown: Vec<Vec<u8>>,
    ready: BTreeSet<usize>,
}

impl Choosing {
    /// The display that an overlay of this choice lies on.
    fn display_of(&self, label: &str) -> Option<usize> {
        label.strip_prefix(LABEL)?.strip_prefix(self.token.as_str())?.strip_prefix('-')?.parse().ok()
    }
}

impl Overlays {
    /// The picture on an overlay, for whoever has its token, if that is the overlay itself.
    pub fn picture(&self, label: &str, token: &str) -> Option<Vec<u8>> {
        let choosing = self.lock();
        let choosing = choosing.as_ref().filter(|choosing| choosing.token == token)?;
        choosing.shown.get(choosing.display_of(label)?).cloned()
    }

    fn display_of(&self, label: &str) -> Option<usize> {
        self.lock().as_ref()?.display_of(label)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Choosing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lays an overlay over each display. One that is there already goes: what it shows is old.
///
/// # Errors
/// When no picture can be taken, or no window made.
pub async fn open(app: &AppHandle) -> Answer<()> {
    close(app);
    let taken = tokio::task::spawn_blocking(frozen).await.map_err(|error| internal(&error))??;
    let displays = taken.picture.displays.clone();
    let token = taken.token.clone();
    *app.state::<Overlays>().lock() = Some(taken);
    for (index, display) in displays.iter().enumerate() {
        if let Err(error) = lay(app, index, display, &token) {
            close(app);
            return Err(internal(&error));
        }
    }
    tauri::async_runtime::spawn(give_up_late(app.clone(), token));
    Ok(())
}

/// What a person does on an overlay.
///
/// # Errors
/// When what was dragged is no region; then the choice goes on.
#[tauri::command]
pub async fn choose_region(app: AppHandle, window: WebviewWindow, choice: RegionChoice) -> Result<(), WireError> {
    let display = app.state::<Overlays>().display_of(window.label()).ok_or_else(|| gone("choice"))?;
    match choice {
        RegionChoice::Ready {} => show(&app, &window, display),
        RegionChoice::Drag { from, to } => {
            let region = with_displays(&app, |displays| region(displays, display, from, to))?;
            read(&app, region).await;
        }
        RegionChoice::Whole {} => {
            let whole = with_displays(&app, |displays| {
                displays.get(display).map(|display| display.bounds).ok_or_else(|| gone("display"))
            })?;
            read(&app, whole).await;
        }
        RegionChoice::Cancel {} => close(&app),
    }
    Ok(())
}

/// Handles what happens to an overlay: one that goes takes the others with it.
pub fn on_event(window: &Window, event: &WindowEvent) {
    let goes = matches!(event, WindowEvent::CloseRequested { .. } | WindowEvent::Destroyed);
    if goes && window.state::<Overlays>().display_of(window.label()).is_some() {
        close(window.app_handle());
    }
}

/// A picture of all displays, and of each one.
fn frozen() -> Answer<Choosing> {
    let failed = |error: screen::Error| legible_service::Error::from(error).to_wire();
    let picture = Screen::here().capture(&What::All).map_err(failed)?;
    let of = |display: &Display| picture.part(display.bounds).and_then(|part| part.png());
    let shown = picture.displays.iter().map(of).collect::<Result<_, _>>().map_err(failed)?;
    let token = format!("{:016x}{:016x}", SystemChance.number(), SystemChance.number());
    Ok(Choosing { token, picture: Arc::new(picture), shown, ready: BTreeSet::new() })
}

/// Makes the window over a display, which shows itself once it has its picture.
fn lay(app: &AppHandle, index: usize, display: &Display, token: &str) -> tauri::Result<()> {
    let Rect { x, y, width, height } = display.bounds;
    let page = WebviewUrl::App(format!("region.html#{token}").into());
    let window = WebviewWindowBuilder::new(app, format!("{LABEL}{token}-{index}"), page)
        .title("Legible: choose a region")
        .decorations(false)
        .resizable(true)
        .skip_taskbar(true)
        .always_on_top(true)
        .shadow(false)
        .visible(false)
        .build()?;
    window.set_position(PhysicalPosition::new(x, y))?;
    window.set_size(PhysicalSize::new(width, height))
}

fn show(app: &AppHandle, window: &WebviewWindow, display: usize) {
    if let Some(choosing) = app.state::<Overlays>().lock().as_mut() {
        choosing.ready.insert(display);
    }
    // On macOS that would be a space of its own, with its animation; there, place and size say it all.
    let full = || if cfg!(target_os = "macos") { Ok(()) } else { window.set_fullscreen(true) };
    let shown = window.show().and_then(|()| full()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::error!(%error, "an overlay could not be shown");
        close(app);
    }
}

/// Ends a choice whose overlays never got their pictures.
async fn give_up_late(app: AppHandle, token: String) {
    tokio::time::sleep(PATIENCE).await;
    let late = |choosing: &Choosing| choosing.token == token && choosing.ready.len() < choosing.shown.len();
    if app.state::<Overlays>().lock().as_ref().is_some_and(late) {
        close(&app);
        let error = WireError::new(ErrorCode::Internal, "The picture of the screen could not be shown.");
        capture::tell(app.state::<Shell>().service().clone(), error.hint("Try again, or read the whole screen.")).await;
    }
}

/// Takes the overlays away and reads a region of what they showed.
async fn read(app: &AppHandle, region: Rect) {
    let Some(picture) = app.state::<Overlays>().lock().as_ref().map(|choosing| Arc::clone(&choosing.picture)) else {
        return;
    };
    close(app);
    let taken = capture::take(app, move |service| service.take_screen_picture(&picture.part(region)?)).await;
    if let Err(error) = taken {
        capture::tell(app.state::<Shell>().service().clone(), error).await;
    }
}

/// Forgets the pictures and takes the overlays away.
fn close(app: &AppHandle) {
    app.state::<Overlays>().lock().take();
    for (label, window) in app.webview_windows() {
        if label.starts_with(LABEL)
            && let Err(error) = window.destroy()
        {
            tracing::error!(%error, "an overlay could not be taken away");
        }
    }
}

fn with_displays<T>(app: &AppHandle, look: impl FnOnce(&[Display]) -> Answer<T>) -> Answer<T> {
    let overlays = app.state::<Overlays>();
    let choosing = overlays.lock();
    look(&choosing.as_ref().ok_or_else(|| gone("choice"))?.picture.displays)
}

/// The region between two pixels of the picture of a display.
fn region(displays: &[Display], display: usize, from: [f64; 2], to: [f64; 2]) -> Answer<Rect> {
    let scale = displays.get(display).map_or(1.0, |display| display.scale);
    let touch = |[x, y]: [f64; 2]| Touch { display, x: x / scale, y: y / scale };
    dragged(displays, touch(from), touch(to))
        .map_err(|error| WireError::new(ErrorCode::BadRequest, format!("{error}.")))
}

fn gone(what: &str) -> WireError {
    WireError::new(ErrorCode::NotFound, format!("The {what} is gone."))
}

fn internal(error: &dyn std::fmt::Display) -> WireError {
    WireError::new(ErrorCode::Internal, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_overlay_gets_its_picture_and_only_with_the_token() {
        let picture = Picture {
            width: 1,
            height: 1,
            rgba: vec![0; 4],
            bounds: None,
            scale: 1.0,
            displays: vec![],
            warnings: vec![],
        };
        let shown = vec![b"first".to_vec(), b"second".to_vec()];
        let choosing = Choosing { token: "abc".into(), picture: Arc::new(picture), shown, ready: BTreeSet::new() };
        let overlays = Overlays(Mutex::new(Some(choosing)));
        let check = |label: &str, token: &str, expected: Option<&[u8]>| {
            assert_eq!(overlays.picture(label, token).as_deref(), expected, "{label} {token}");
        };
        check("region-abc-0", "abc", Some(b"first"));
        check("region-abc-1", "abc", Some(b"second"));
        check("region-abc-2", "abc", None);
        check("region-abd-0", "abc", None);
        check("region-abc-0", "abd", None);
        check("region-abc-0", "", None);
        check("main", "abc", None);
        overlays.lock().take();
        check("region-abc-0", "abc", None);
    }

    #[test]
    fn pixels_of_the_picture_are_pixels_of_the_region() {
        let display = |bounds, scale| Display { name: String::new(), bounds, scale, primary: false };
        let desk = [display(Rect::new(0, 0, 2880, 1800), 2.0), display(Rect::new(2880, 0, 1920, 1080), 1.0)];
        let check = |index, from, to, expected: Option<Rect>| {
            assert_eq!(region(&desk, index, from, to).ok(), expected, "{index} {from:?} {to:?}");
        };
        check(0, [20.0, 40.0], [220.0, 140.0], Some(Rect::new(20, 40, 200, 100)));
        check(1, [120.0, 140.0], [20.0, 40.0], Some(Rect::new(2900, 40, 100, 100)));
        check(1, [1.0, 1.0], [3.0, 3.0], None);
    }
}
