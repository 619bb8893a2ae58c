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
use legible_service::screen::{Program, Screen};
use legible_service::{Service, SourceKind};
use std::hash::{DefaultHasher, Hash, Hasher};
use tauri::{AppHandle, Manager};
use tokio::runtime::Handle;
use tokio::sync::Mutex;

/// The most bytes of an image that are taken from the clipboard.
const MOST_BYTES: usize = 64 << 20;

/// What is wanted of the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The source.
    pub source: i64,
    /// The shortest side that an image must have, in pixels.
    pub min_side: u32,
    /// Programs whose copies are left alone.
    pub exclude: Vec<String>,
}

/// The watch that goes on, if one does.
#[derive(Default)]
pub struct Watcher(Mutex<Option<Watch>>);

struct Watch {
    wanted: Wanted,
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

/// Watches as it is wanted, or not at all.
pub async fn follow(app: &AppHandle, wanted: Option<Wanted>) {
    let watcher = app.state::<Watcher>();
    let mut watch = watcher.0.lock().await;
    if watch.as_ref().map(|watch| &watch.wanted) == wanted.as_ref() {
        return;
    }
    *watch = None;
    let Some(wanted) = wanted else { return };
    let service = app.state::<Shell>().service().clone();
    *watch = start(service.clone(), wanted).unwrap_or_else(|error| {
        say(&service, format!("Copies are not heard: {error}"));
        None
    });
}

/// Switches the watcher off, as its source says from then on.
pub async fn switch_off(app: &AppHandle) {
    let source = app.state::<Watcher>().0.lock().await.as_ref().map(|watch| watch.wanted.source);
    let Some(id) = source else { return };
    let service = app.state::<Shell>().service().clone();
    if let Err(error) = service.enable_source(EnableSource { id, enabled: false }).await {
        tracing::error!(%error, "the clipboard is still watched");
    }
}

fn start(service: Service, wanted: Wanted) -> std::io::Result<Option<Watch>> {
    let (stopper, stop) = system::stop()?;
    let mut taker = Taker { service: service.clone(), wanted: wanted.clone(), last: None };
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
    Ok(Some(Watch { wanted, _stop: stopper }))
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

/// Takes what was copied, if it is wanted.
struct Taker {
    service: Service,
    wanted: Wanted,
    /// What was copied last.
    last: Option<u64>,
}

impl Taker {
    fn take(&mut self, png: Vec<u8>) {
        let mut hash = DefaultHasher::new();
        png.hash(&mut hash);
        let is_again = self.last.replace(hash.finish()) == Some(hash.finish());
        if is_again || png_sides(&png).is_none_or(|(width, height)| width.min(height) < self.wanted.min_side) {
            return;
        }
        if Screen::here().front_window().is_some_and(|front| is_excluded(&front, &self.wanted.exclude)) {
            return;
        }
        if let Err(error) = self.service.take_copied(png) {
            tracing::error!(%error, "a copied image was not taken in");
        }
    }
}

/// Whether a program is one of those, by a part of its name or of the title of its window.
fn is_excluded(program: &Program, exclude: &[String]) -> bool {
    let (name, title) = (program.name.to_lowercase(), program.title.to_lowercase());
    exclude.iter().map(|part| part.to_lowercase()).any(|part| name.contains(&part) || title.contains(&part))
}

/// Width and height of a PNG file, by its first chunk (<https://www.w3.org/TR/png/#11IHDR>). The rest is not decoded here:
/// nobody knows who put it on the clipboard.
fn png_sides(png: &[u8]) -> Option<(u32, u32)> {
    let header = png.strip_prefix(b"\x89PNG\r\n\x1a\n")?.get(4..16)?.strip_prefix(b"IHDR")?;
    let (width, height) = (header.first_chunk()?, header.last_chunk()?);
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_known_without_decoding() {
        let mut png = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(300, 20).write_to(&mut png, image::ImageFormat::Png).unwrap();
        let png = png.into_inner();
        assert_eq!(png_sides(&png), Some((300, 20)));
        assert_eq!(png_sides(&png[..20]), None);
        assert_eq!(png_sides(b"GIF89a"), None);
        assert_eq!(png_sides(b""), None);
    }

    #[test]
    fn programs_are_left_alone_by_part_of_name_or_title() {
        let check = |name: &str, title: &str, exclude: &[&str], expected: bool| {
            let exclude: Vec<String> = exclude.iter().map(|part| (*part).to_owned()).collect();
            let program = Program { name: name.into(), title: title.into() };
            assert_eq!(is_excluded(&program, &exclude), expected, "{name} {title} {exclude:?}");
        };
        check("KeePassXC", "Passwords", &["keepass"], true);
        check("firefox", "My bank: Mozilla Firefox", &["keepass", "my BANK"], true);
        check("firefox", "News", &["keepass", "my BANK"], false);
        check("", "", &["keepass"], false);
        check("firefox", "News", &[], false);
    }
}
