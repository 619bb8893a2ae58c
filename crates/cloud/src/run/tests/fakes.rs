//! A ledger and a storage, both in memory, for runs that a test looks at.

use super::path;
use crate::digest::{ContentHash, Digest, DigestKind};
use crate::ledger::{InStep, Ledger};
use crate::lock::lock;
use crate::path::FilePath;
use crate::remote::{
    Capabilities, Changes, Cursor, Expect, Listing, Remote, RemoteFile, Revision, Session, Unusable, Upload, Watch,
    expected,
};
use crate::{Error, Result};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A ledger in memory.
#[derive(Default)]
pub struct Book {
    pub in_step: BTreeMap<FilePath, InStep>,
    pub seen: Listing,
    pub sessions: BTreeMap<(FilePath, ContentHash), String>,
}

impl Ledger for Book {
    fn all(&self) -> Result<BTreeMap<FilePath, InStep>> {
        Ok(self.in_step.clone())
    }

    fn one(&self, path: &FilePath) -> Result<Option<InStep>> {
        Ok(self.in_step.get(path).cloned())
    }

    fn note(&mut self, path: &FilePath, in_step: &InStep) -> Result<()> {
        self.in_step.insert(path.clone(), in_step.clone());
        Ok(())
    }

    fn forget(&mut self, path: &FilePath) -> Result<()> {
        self.in_step.remove(path);
        self.sessions.retain(|(of, _), _| of != path);
        Ok(())
    }

    fn cursor(&self) -> Result<Option<Cursor>> {
        Ok(self.seen.cursor.clone())
    }

    fn seen(&self) -> Result<Vec<RemoteFile>> {
        Ok(self.seen.files.clone())
    }

    fn unusable(&self) -> Result<Vec<Unusable>> {
        Ok(self.seen.unusable.clone())
    }

    fn see(&mut self, files: &[RemoteFile], unusable: &[Unusable], cursor: Option<&Cursor>) -> Result<()> {
        self.seen = Listing { files: files.to_vec(), unusable: unusable.to_vec(), cursor: cursor.cloned() };
        Ok(())
    }

    fn sessions(&self) -> Result<Vec<(FilePath, ContentHash)>> {
        Ok(self.sessions.keys().cloned().collect())
    }

    fn session(&self, path: &FilePath, hash: &ContentHash) -> Result<Option<String>> {
        Ok(self.sessions.get(&(path.clone(), *hash)).cloned())
    }

    fn note_session(&mut self, path: &FilePath, hash: &ContentHash, state: Option<&str>) -> Result<()> {
        match state {
            Some(state) => drop(self.sessions.insert((path.clone(), *hash), state.to_owned())),
            None => drop(self.sessions.remove(&(path.clone(), *hash))),
        }
        Ok(())
    }
}

/// A storage that takes names of other cases for the same, unless it tells them apart.
#[derive(Default)]
pub struct Storage {
    /// By their names as they are compared, as they are written, with their contents.
    pub files: Mutex<BTreeMap<String, (FilePath, Vec<u8>)>>,
    pub unusable: Mutex<Vec<Unusable>>,
    /// What is told as changed; else marks are forgotten.
    pub changes: Mutex<Option<Changes>>,
    pub followed: Mutex<Vec<String>>,
    /// An upload ends here before it is known what came of it.
    pub breaks: bool,
    /// So many requests for contents fail before anything is done, by what may pass.
    pub rains: AtomicUsize,
    /// How long it asks to be left alone then.
    pub retry_after: Option<Duration>,
    pub tells_case: bool,
    pub tells_hashes: bool,
}

impl Storage {
    fn rains(&self) -> Result<()> {
        let rains = self.rains.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        let error = Error::MayPass { message: "it rains".to_owned(), retry_after: self.retry_after };
        if rains { Err(error) } else { Ok(()) }
    }

    pub fn put_there(&self, at: &str, content: &str) {
        lock(&self.files).insert(self.key(&path(at)), (path(at), content.as_bytes().to_vec()));
    }

    fn key(&self, path: &FilePath) -> String {
        if self.tells_case { path.to_string() } else { path.folded() }
    }

    pub fn told(&self, at: &FilePath) -> Option<RemoteFile> {
        let (path, content) = lock(&self.files).get(&self.key(at))?.clone();
        let revision = Revision(ContentHash::of(&content).to_string());
        let digest = self.tells_hashes.then(|| Digest::of(DigestKind::Md5, content.as_slice()).unwrap());
        Some(RemoteFile { path, id: None, revision, size: content.len() as u64, digest, modified: None })
    }

    pub fn names(&self) -> Vec<String> {
        lock(&self.files).values().map(|(path, _)| path.to_string()).collect()
    }
}

impl Remote for Storage {
    fn capabilities(&self) -> Capabilities {
        let folds_case = !self.tells_case;
        Capabilities { folds_case, resumable: true, conditional: true, cursor: true, ..Capabilities::default() }
    }

    fn list(&self, _: &dyn Watch) -> Result<Listing> {
        let paths: Vec<FilePath> = lock(&self.files).values().map(|(path, _)| path.clone()).collect();
        let files = paths.iter().filter_map(|path| self.told(path)).collect();
        Ok(Listing { files, unusable: lock(&self.unusable).clone(), cursor: Some(Cursor("mark".to_owned())) })
    }

    fn changes(&self, _: &Cursor, _: &dyn Watch) -> Result<Changes> {
        let cursor = Some(Cursor("later".to_owned()));
        let changes = lock(&self.changes).clone().ok_or(Error::Expired)?;
        Ok(Changes { cursor, ..changes })
    }

    fn look(&self, path: &FilePath, _: &dyn Watch) -> Result<Option<RemoteFile>> {
        Ok(self.told(path).map(|file| RemoteFile { path: path.clone(), ..file }))
    }

    fn fetch(&self, file: &RemoteFile, into: &mut dyn Write, _: &dyn Watch) -> Result<()> {
        self.rains()?;
        expected(&file.path, &Expect::Revision(file.revision.clone()), self.told(&file.path).as_ref())?;
        let content = lock(&self.files)[&self.key(&file.path)].1.clone();
        into.write_all(&content).map_err(Error::local(file.path.as_str()))
    }

    fn put(&self, upload: Upload<'_>, _: &dyn Watch) -> Result<RemoteFile> {
        self.rains()?;
        expected(upload.path, upload.expect, self.told(upload.path).as_ref())?;
        let mut content = String::new();
        upload.content.read_to_string(&mut content).map_err(Error::local(upload.path.as_str()))?;
        let was = self.told(upload.path).map_or(upload.path.clone(), |was| was.path);
        self.put_there(was.as_str(), &content);
        if self.breaks {
            upload.session.note(Some("to be followed up"))?;
            return Err(Error::may_pass("the connection broke"));
        }
        Ok(RemoteFile { path: upload.path.clone(), ..self.told(upload.path).ok_or(Error::Expired)? })
    }

    fn follow_up(&self, path: &FilePath, session: &mut dyn Session, _: &dyn Watch) -> Result<()> {
        lock(&self.followed).push(format!("{path}: {}", session.last().unwrap_or_default()));
        session.note(None)
    }

    fn give_up(&self, path: &FilePath, _: &mut dyn Session, _: &dyn Watch) -> Result<()> {
        lock(&self.followed).push(format!("{path} is given up"));
        Ok(())
    }

    fn remove(&self, file: &RemoteFile, _: &dyn Watch) -> Result<()> {
        lock(&self.files).remove(&self.key(&file.path));
        Ok(())
    }
}
