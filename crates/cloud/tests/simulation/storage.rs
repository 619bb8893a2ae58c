//! The storage that all devices share, as one of them reaches it.

use crate::faults::Mutant;
use crate::words::DAMAGED;
use crate::world::{State, World};
use legible_cloud::digest::{ContentHash, Digest, DigestKind};
use legible_cloud::ledger::InStep;
use legible_cloud::plan::Direction;
use legible_cloud::remote::{
    Capabilities, Changes, Cursor, Expect, Listing, Remote, RemoteFile, Revision, Upload, Watch, expected,
};
use legible_cloud::{Error, FilePath, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// What kind of a storage it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kind {
    pub digest: Option<DigestKind>,
    pub cursor: bool,
    /// A state is named by its content, as S3 does, and not by a number that never comes again.
    pub named_by_content: bool,
}

/// What it has.
#[derive(Default)]
pub struct Storage {
    pub kind: Kind,
    pub files: BTreeMap<FilePath, Stored>,
    /// The path of each change that ever was. A cursor is a number of changes.
    log: Vec<FilePath>,
    revisions: u64,
}

pub struct Stored {
    pub bytes: Vec<u8>,
    pub revision: Revision,
}

impl Storage {
    pub fn of(kind: Kind) -> Self {
        Storage { kind, ..Storage::default() }
    }

    fn told(&self, path: &FilePath) -> Option<RemoteFile> {
        let stored = self.files.get(path)?;
        Some(RemoteFile {
            path: path.clone(),
            id: None,
            revision: stored.revision.clone(),
            size: stored.bytes.len() as u64,
            digest: self.kind.digest.map(|kind| Digest::of(kind, stored.bytes.as_slice()).unwrap()),
            modified: None,
        })
    }

    fn cursor(&self) -> Option<Cursor> {
        self.kind.cursor.then(|| Cursor(self.log.len().to_string()))
    }

    fn next_revision(&self, bytes: &[u8]) -> Revision {
        let text = if self.kind.named_by_content {
            ContentHash::of(bytes).to_string()
        } else {
            (self.revisions + 1).to_string()
        };
        Revision(text)
    }

    fn write(&mut self, path: &FilePath, bytes: Vec<u8>) {
        let revision = self.next_revision(&bytes);
        self.revisions += 1;
        self.log.push(path.clone());
        self.files.insert(path.clone(), Stored { bytes, revision });
    }

    /// What changed after the first `known` changes. A folder that is gone with all that was in it is told as such.
    fn since(&self, known: usize) -> Changes {
        let changed: BTreeSet<&FilePath> = self.log[known..].iter().collect();
        let gone = changed.iter().filter(|path| !self.files.contains_key(**path)).map(|path| {
            let folder = path.as_str().split_once('/').and_then(|(folder, _)| FilePath::parse(folder).ok());
            let is_gone =
                |folder: &FilePath| !self.files.keys().any(|path| path.as_str().starts_with(&format!("{folder}/")));
            folder.filter(is_gone).unwrap_or_else(|| (*path).clone())
        });
        Changes {
            gone: gone.collect(),
            files: changed.iter().filter_map(|path| self.told(path)).collect(),
            unusable: Vec::new(),
            told: Vec::new(),
            cursor: self.cursor(),
        }
    }
}

/// The storage as a device reaches it.
pub struct Reached<'a> {
    pub world: &'a World,
    pub device: usize,
}

impl Reached<'_> {
    fn expected(&self, state: &State, path: &FilePath, expect: &Expect) -> Result<()> {
        if self.world.mutant == Some(Mutant::IgnoresExpect) {
            return Ok(());
        }
        expected(path, expect, state.storage.told(path).as_ref())
    }

    fn note_beforehand(&self, path: &FilePath, bytes: &[u8]) {
        let mut state = self.world.state();
        let (hash, size) = (ContentHash::of(bytes), bytes.len() as u64);
        let revision = state.storage.next_revision(bytes);
        let in_step = InStep { hash, size, revision, gist: Some(bytes.to_vec()) };
        state.devices[self.device].book.in_step.insert(path.clone(), in_step);
    }
}

impl Remote for Reached<'_> {
    fn capabilities(&self) -> Capabilities {
        let kind = self.world.state().storage.kind;
        Capabilities {
            cursor: kind.cursor,
            digest: kind.digest,
            conditional: true,
            resumable: true,
            ..Capabilities::default()
        }
    }

    /// In two pages, between which anything may happen; the cursor is from before both.
    fn list(&self, _: &dyn Watch) -> Result<Listing> {
        let (mut files, cursor) = self.world.primitive(self.device, |state| {
            let files = state.storage.files.keys().filter(|path| path.as_str() < "c");
            let files: Vec<RemoteFile> = files.filter_map(|path| state.storage.told(path)).collect();
            Ok((files, state.storage.cursor()))
        })?;
        files.extend(self.world.primitive(self.device, |state| {
            let files = state.storage.files.keys().filter(|path| path.as_str() >= "c");
            Ok(files.filter_map(|path| state.storage.told(path)).collect::<Vec<_>>())
        })?);
        Ok(Listing { files, unusable: Vec::new(), cursor })
    }

    fn changes(&self, since: &Cursor, _: &dyn Watch) -> Result<Changes> {
        self.world.primitive(self.device, |state| {
            if state.expires() {
                state.counts.expired += 1;
                return Err(Error::Expired);
            }
            Ok(state.storage.since(since.0.parse().unwrap()))
        })
    }

    fn look(&self, path: &FilePath, _: &dyn Watch) -> Result<Option<RemoteFile>> {
        self.world.primitive(self.device, |state| Ok(state.storage.told(path)))
    }

    fn fetch(&self, file: &RemoteFile, into: &mut dyn Write, _: &dyn Watch) -> Result<()> {
        let bytes = self.world.primitive(self.device, |state| {
            let stored = state.storage.files.get(&file.path).filter(|stored| stored.revision == file.revision);
            stored.map(|stored| stored.bytes.clone()).ok_or_else(|| Error::Stale(file.path.to_string()))
        })?;
        into.write_all(&bytes).map_err(Error::local(file.path.as_str()))
    }

    /// In two steps, the first of which a session remembers.
    fn put(&self, upload: Upload<'_>, _: &dyn Watch) -> Result<RemoteFile> {
        assert_eq!(upload.content.stream_position().unwrap(), 0, "it is to be sent from its beginning");
        let mut bytes = Vec::new();
        upload.content.read_to_end(&mut bytes).map_err(Error::local(upload.path.as_str()))?;
        if self.world.mutant == Some(Mutant::NotesBeforehand) {
            self.note_beforehand(upload.path, &bytes);
        }
        if upload.session.last().is_none() {
            upload.session.note(Some("half"))?;
        }
        let there = self.world.primitive(self.device, |state| {
            self.expected(state, upload.path, upload.expect)?;
            state.breach |= state.devices[self.device].direction == Direction::Down;
            if state.damages() {
                state.counts.damaged += 1;
                bytes = DAMAGED.to_string().repeat(bytes.len() + 1).into_bytes();
            }
            state.storage.write(upload.path, bytes);
            state.storage.told(upload.path).ok_or(Error::Stopped)
        })?;
        upload.session.note(None)?;
        Ok(there)
    }

    fn remove(&self, file: &RemoteFile, _: &dyn Watch) -> Result<()> {
        self.world.primitive(self.device, |state| {
            if state.storage.files.contains_key(&file.path) {
                self.expected(state, &file.path, &Expect::Revision(file.revision.clone()))?;
                let removed = state.storage.files.remove(&file.path);
                // What a run put there itself and arrived damaged may be removed by it.
                let is_damaged = removed.is_some_and(|stored| stored.bytes.starts_with(DAMAGED.to_string().as_bytes()));
                let direction = state.devices[self.device].direction;
                state.breach |= direction == Direction::Down || (direction == Direction::Up && !is_damaged);
                state.storage.log.push(file.path.clone());
            }
            Ok(())
        })
    }
}
