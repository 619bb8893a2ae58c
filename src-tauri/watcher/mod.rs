//! Watching the clipboard, while its source is on: images that a person copies are read. What a person copies in secret, or
//! in programs that are to be left alone, is not looked at; nor is text, which is all that Legible copies itself.

#[cfg(not(target_os = "linux"))]
#[path = "counter.rs"]
mod system;
#[cfg(target_os = "linux")]
#[path = "x11.rs"]
mod system;

use crate::shell::Shell;
use legible_service::api::EnableSource;
use legible_service::screen::Screen;
use legible_service::{Service, SourceKind};
use std::hash::{DefaultHasher, Hash, Hasher};
use tauri::{AppHandle, Manager};
use tokio::runtime::Handle;
use tokio::sync::Mutex;

/// The most bytes of an image that are taken from the clipboard.
const MOST_BYTES: usize = 64 << 20;

/// The watch that goes on, if one does.
#[derive(Default)]
pub struct Watcher(Mutex<Option<Watch>>);

struct Watch {
    /// The source that is on.
    source: i64,
    /// Ends the watch when it is dropped.
    _stop: system::Stopper,
}

/// What a watch hears.
enum News {
    /// It listens.
    Listening,
    /// An image was copied: a PNG file.
    Copied(Vec<u8>),
}

/// Watches for the clipboard's source, or not at all while it is off.
pub async fn follow(app: &AppHandle, source: Option<i64>) {
    let watcher = app.state::<Watcher>();
    let mut watch = watcher.0.lock().await;
    if watch.as_ref().map(|watch| watch.source) == source {
        return;
    }
    *watch = None;
    let Some(source) = source else { return };
    let service = app.state::<Shell>().service().clone();
    *watch = start(service.clone(), source).map(Some).unwrap_or_else(|error| {
        say(&service, format!("Copies are not heard: {error}"));
        None
    });
}

/// Switches the watcher off, as its source says from then on.
pub async fn switch_off(app: &AppHandle) {
    let source = app.state::<Watcher>().0.lock().await.as_ref().map(|watch| watch.source);
    let Some(id) = source else { return };
    let service = app.state::<Shell>().service().clone();
    if let Err(error) = service.enable_source(EnableSource { id, enabled: false }).await {
        tracing::error!(%error, "the clipboard is still watched");
    }
}

fn start(service: Service, source: i64) -> std::io::Result<Watch> {
    let (stopper, stop) = system::stop()?;
    let mut taker = Taker { service: service.clone(), last: None };
    // The thread waits for the person for as long as the app runs, and tells the service, which needs the runtime.
    let runtime = Handle::current();
    std::thread::Builder::new().name("clipboard".into()).spawn(move || {
        let _entered = runtime.enter();
        let ended = system::listen(&stop, &mut |news| match news {
            News::Listening => say(&service, "Images that you copy are read".to_owned()),
            News::Copied(png) => taker.take(png),
        });
        if let Err(error) = ended {
            say(&service, format!("Copies are not heard: {error}"));
        }
    })?;
    Ok(Watch { source, _stop: stopper })
}

/// Notes with the source whether copies are heard.
fn say(service: &Service, words: String) {
    let service = service.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = service.say_how_it_hears(SourceKind::Clipboard, Some(words)).await {
            tracing::error!(%error, "whether copies are heard was not noted");
        }
    });
}

/// Takes what was copied, unless it is the same again.
struct Taker {
    service: Service,
    /// What was taken last.
    last: Option<u64>,
}

impl Taker {
    fn take(&mut self, png: Vec<u8>) {
        let mut hasher = DefaultHasher::new();
        png.hash(&mut hasher);
        let hash = hasher.finish();
        if self.last == Some(hash) {
            return;
        }
        match self.service.take_copied(png, || Screen::here().front_window()) {
            Ok(Some(_)) => self.last = Some(hash),
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "a copied image was not taken in"),
        }
    }
}
