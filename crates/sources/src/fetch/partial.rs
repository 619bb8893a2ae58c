//! The beginnings of downloads that broke off, so that the next look goes on where they ended.
//!
//! One file for each, named by a hash of the address: a line of JSON that tells whose it is, then the bytes. A beginning is
//! only a saving: where it cannot be written or read, the download starts over.

use super::clock::millis;
use super::limits;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

const ENDING: &str = "part";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    url: String,
    /// What the server calls the version that this is the beginning of; see [`Beginning::validator`].
    validator: String,
    /// When it was begun, in milliseconds since the Unix epoch.
    begun_at: i64,
}

/// A beginning that was found.
pub(super) struct Beginning {
    /// A strong entity tag, or a date: what `If-Range` takes (RFC 9110, section 13.1.5).
    pub validator: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Where beginnings lie.
pub(super) struct Partials<'a> {
    folder: &'a Path,
}

impl<'a> Partials<'a> {
    /// Opens the folder and clears it of what is stale or cannot be read.
    pub fn open(folder: &'a Path, now: i64) -> Self {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == ENDING)) {
            let kept = now.saturating_sub(millis(limits::PARTIALS_KEPT))..=now;
            if !head(&path).is_some_and(|(head, _)| kept.contains(&head.begun_at)) {
                let _ = fs::remove_file(&path);
            }
        }
        Partials { folder }
    }

    /// The beginning of what lies at this address.
    pub fn of(&self, url: &str) -> Option<Beginning> {
        let (head, start) = head(&self.path(url))?;
        let mut bytes = fs::read(self.path(url)).ok()?;
        let bytes = bytes.split_off(start.min(bytes.len()));
        (head.url == url && !bytes.is_empty()).then_some(Beginning { validator: head.validator, bytes })
    }

    /// Forgets it.
    pub fn forget(&self, url: &str) {
        let _ = fs::remove_file(self.path(url));
    }

    /// Begins to keep a download whose first `written` bytes were found here, if any.
    pub fn keep(&self, url: &str, validator: &str, written: usize, now: i64) -> Keeper {
        let head = Head { url: url.to_owned(), validator: validator.to_owned(), begun_at: now };
        Keeper { path: self.path(url), head, written, finished: false }
    }

    fn path(&self, url: &str) -> PathBuf {
        self.folder.join(blake3::hash(url.as_bytes()).to_hex().as_str()).with_extension(ENDING)
    }
}

/// Keeps what came of a download.
pub(super) struct Keeper {
    path: PathBuf,
    head: Head,
    written: usize,
    finished: bool,
}

impl Keeper {
    /// How many of the bytes are kept.
    pub fn written(&self) -> usize {
        self.written
    }

    /// Writes down what came since.
    pub fn write(&mut self, bytes: &[u8]) {
        if bytes.len() <= self.written || self.finished {
            return;
        }
        if self.append(bytes).is_err() {
            // A full disk: what is half written may not be what it says.
            let _ = fs::remove_file(&self.path);
            self.finished = true;
            return;
        }
        self.written = bytes.len();
    }

    /// The download is whole, or no use: nothing is kept.
    pub fn finish(&mut self) {
        self.finished = true;
        let _ = fs::remove_file(&self.path);
    }

    fn append(&self, bytes: &[u8]) -> std::io::Result<()> {
        if self.written > 0 {
            return OpenOptions::new().append(true).open(&self.path)?.write_all(&bytes[self.written..]);
        }
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create(&self.path)?;
        file.write_all(serde_json::to_string(&self.head)?.as_bytes())?;
        file.write_all(b"\n")?;
        file.write_all(bytes)
    }
}

/// The head of a file, and where its bytes begin.
fn head(path: &Path) -> Option<(Head, usize)> {
    use std::io::{BufRead, BufReader, Read};
    let mut line = Vec::new();
    let most = 3 * limits::URL_BYTES as u64;
    BufReader::new(File::open(path).ok()?).take(most).read_until(b'\n', &mut line).ok()?;
    let text = line.strip_suffix(b"\n")?;
    Some((serde_json::from_slice(text).ok()?, line.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1000;

    #[test]
    fn a_beginning_is_found_again_until_it_is_stale() {
        let folder = tempfile::tempdir().unwrap();
        let url = "https://a.example/../b.png";
        let mut keeper = Partials::open(folder.path(), 0).keep(url, "\"v1\"", 0, 0);
        keeper.write(b"abc");
        keeper.write(b"abcdef");
        let found = Partials::open(folder.path(), DAY).of(url).unwrap();
        assert_eq!((found.validator.as_str(), found.bytes.as_slice()), ("\"v1\"", b"abcdef".as_slice()));
        assert!(Partials::open(folder.path(), DAY).of("https://a.example/other").is_none());
        assert!(Partials::open(folder.path(), 8 * DAY).of(url).is_none());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn only_our_own_files_are_cleared() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("notes.txt"), "mine").unwrap();
        fs::write(folder.path().join("torn.part"), [0, 255, 10, 7]).unwrap();
        Partials::open(folder.path(), 0);
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["notes.txt"]);
    }

    #[test]
    fn a_folder_that_cannot_be_written_costs_only_the_saving() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "in the way").unwrap();
        let partials = Partials::open(&file, 0);
        partials.keep("https://a.example/", "\"v\"", 0, 0).write(b"abc");
        assert!(partials.of("https://a.example/").is_none());
    }
}
