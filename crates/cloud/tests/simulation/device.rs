//! A device: its folder, which its user changes at any time, and its ledger. Both survive crashes.

use crate::faults::Mutant;
use crate::world::World;
use legible_cloud::digest::ContentHash;
use legible_cloud::ledger::{InStep, Ledger};
use legible_cloud::local::{Incoming, Local, LocalFile, LocalListing, Opened};
use legible_cloud::plan::Direction;
use legible_cloud::remote::{Cursor, RemoteFile, Unusable};
use legible_cloud::{Error, FilePath, Result};
use std::collections::BTreeMap;
use std::io::{self, Cursor as Bytes, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::NamedTempFile;

/// What a device has.
#[derive(Default)]
pub struct Device {
    pub files: BTreeMap<FilePath, Vec<u8>>,
    pub book: Book,
    /// Which side its runs may change.
    pub direction: Direction,
    /// A run is going on.
    pub is_running: bool,
    /// That run is dead: nothing it still calls does anything.
    pub is_dead: bool,
}

#[derive(Default)]
pub struct Book {
    pub in_step: BTreeMap<FilePath, InStep>,
    cursor: Option<Cursor>,
    seen: Vec<RemoteFile>,
    unusable: Vec<Unusable>,
    sessions: BTreeMap<(FilePath, ContentHash), String>,
}

/// The folder of a device.
pub struct Folder<'a> {
    pub world: &'a World,
    pub device: usize,
}

impl Folder<'_> {
    fn on<T>(&self, act: impl FnOnce(&mut Device) -> Result<T>) -> Result<T> {
        self.world.primitive(self.device, |state| act(&mut state.devices[self.device]))
    }

    fn expected(&self, device: &Device, path: &FilePath, expected: Option<&ContentHash>) -> Result<()> {
        let found = device.files.get(path).map(|bytes| ContentHash::of(bytes));
        let is_met = found.as_ref() == expected || self.world.mutant == Some(Mutant::PlaceIgnoresExpected);
        if is_met { Ok(()) } else { Err(Error::Stale(path.to_string())) }
    }
}

impl Local for Folder<'_> {
    /// In two parts, between which files may even move from one to the other.
    fn list(&self, _: &dyn Fn() -> bool) -> Result<LocalListing> {
        let mut unusable = Vec::new();
        let mut part = |is_late: bool| {
            self.world.primitive(self.device, |state| {
                let hidden = state.hides().then(|| state.devices[self.device].files.keys().next().cloned()).flatten();
                let device = &state.devices[self.device];
                let why = || "it is being written".to_owned();
                unusable.extend(hidden.iter().map(|path| Unusable { name: path.to_string(), why: why(), id: None }));
                let files = device.files.iter().filter(|(path, _)| (path.as_str() >= "c") == is_late);
                let files = files.filter(|(path, _)| Some(*path) != hidden.as_ref());
                let told = |(path, bytes): (&FilePath, &Vec<u8>)| LocalFile {
                    path: path.clone(),
                    hash: ContentHash::of(bytes),
                    size: bytes.len() as u64,
                };
                Ok(files.map(told).collect::<Vec<_>>())
            })
        };
        let files = [part(true)?, part(false)?].concat();
        Ok(LocalListing { files, unusable, folds_case: false })
    }

    fn look(&self, path: &FilePath) -> Result<Option<ContentHash>> {
        self.on(|device| Ok(device.files.get(path).map(|bytes| ContentHash::of(bytes))))
    }

    fn open(&self, path: &FilePath) -> Result<Option<Opened>> {
        let bytes = self.on(|device| Ok(device.files.get(path).cloned()))?;
        Ok(bytes.map(|bytes| Opened {
            size: bytes.len() as u64,
            hash: ContentHash::of(&bytes),
            content: Box::new(Bytes::new(bytes)),
        }))
    }

    fn incoming(&self) -> Result<Box<dyn Incoming>> {
        self.on(|_| Ok(Box::new(Arriving::default()) as Box<dyn Incoming>))
    }

    fn place(&self, path: &FilePath, came: Box<dyn Incoming>, expected: Option<&ContentHash>) -> Result<ContentHash> {
        let bytes = std::fs::read(came.path()).map_err(Error::local(came.path()))?;
        let is_copy = path.as_str().contains("(conflict");
        self.world.primitive(self.device, |state| {
            let device = &mut state.devices[self.device];
            self.expected(device, path, expected)?;
            state.breach |= device.direction == Direction::Up;
            let hash = ContentHash::of(&bytes);
            device.files.insert(path.clone(), bytes);
            state.counts.conflicts += usize::from(is_copy && expected.is_none());
            Ok(hash)
        })
    }

    fn put_away(&self, path: &FilePath, expected: &ContentHash) -> Result<()> {
        self.world.primitive(self.device, |state| {
            let device = &mut state.devices[self.device];
            state.breach |= device.direction != Direction::Both;
            if device.files.contains_key(path) {
                self.expected(device, path, Some(expected))?;
                device.files.remove(path);
            }
            Ok(())
        })
    }
}

/// A folder in memory, where there is one.
pub fn quick_folder() -> PathBuf {
    Some(PathBuf::from("/dev/shm")).filter(|folder| folder.is_dir()).unwrap_or_else(std::env::temp_dir)
}

/// Bytes that are on a disk only when somebody asks where they lie.
#[derive(Default)]
struct Arriving {
    bytes: Vec<u8>,
    file: OnceLock<NamedTempFile>,
}

impl Write for Arriving {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Incoming for Arriving {
    fn path(&self) -> &Path {
        let written = || {
            let mut file = NamedTempFile::new_in(quick_folder()).unwrap();
            file.write_all(&self.bytes).unwrap();
            file
        };
        self.file.get_or_init(written).path()
    }

    fn settle(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The ledger of a device.
pub struct Noted<'a> {
    pub world: &'a World,
    pub device: usize,
}

impl Noted<'_> {
    fn on<T>(&self, act: impl FnOnce(&mut Book) -> T) -> Result<T> {
        self.world.primitive(self.device, |state| Ok(act(&mut state.devices[self.device].book)))
    }
}

impl Ledger for Noted<'_> {
    fn all(&self) -> Result<BTreeMap<FilePath, InStep>> {
        self.on(|book| book.in_step.clone())
    }

    fn one(&self, path: &FilePath) -> Result<Option<InStep>> {
        self.on(|book| book.in_step.get(path).cloned())
    }

    fn note(&mut self, path: &FilePath, in_step: &InStep) -> Result<()> {
        self.on(|book| drop(book.in_step.insert(path.clone(), in_step.clone())))
    }

    fn forget(&mut self, path: &FilePath) -> Result<()> {
        self.on(|book| {
            book.in_step.remove(path);
            book.sessions.retain(|(of, _), _| of != path);
        })
    }

    fn cursor(&self) -> Result<Option<Cursor>> {
        self.on(|book| book.cursor.clone())
    }

    fn seen(&self) -> Result<Vec<RemoteFile>> {
        self.on(|book| book.seen.clone())
    }

    fn unusable(&self) -> Result<Vec<Unusable>> {
        self.on(|book| book.unusable.clone())
    }

    fn see(&mut self, files: &[RemoteFile], unusable: &[Unusable], cursor: Option<&Cursor>) -> Result<()> {
        self.on(|book| (book.seen, book.unusable, book.cursor) = (files.to_vec(), unusable.to_vec(), cursor.cloned()))
    }

    fn sessions(&self) -> Result<Vec<(FilePath, ContentHash)>> {
        self.on(|book| book.sessions.keys().cloned().collect())
    }

    fn session(&self, path: &FilePath, hash: &ContentHash) -> Result<Option<String>> {
        self.on(|book| book.sessions.get(&(path.clone(), *hash)).cloned())
    }

    fn note_session(&mut self, path: &FilePath, hash: &ContentHash, state: Option<&str>) -> Result<()> {
        self.on(|book| match state {
            Some(state) => drop(book.sessions.insert((path.clone(), *hash), state.to_owned())),
            None => drop(book.sessions.remove(&(path.clone(), *hash))),
        })
    }
}
