//! What is in step with one storage, in the database. A run tells of the place that it began with: once the storage was made another one,
//! nothing is read any more or noted, and the run ends as one that was stopped.
//!
//! What is noted of uploads under way is sealed: where a provider wants the rest of a file, who has the address may write that file.

use crate::cloud::accounts::account::Known;
use crate::database::{Database, aside};
use crate::error::Error;
use crate::secrets::Sealed;
use crate::service::Service;
use legible_cloud::digest::ContentHash;
use legible_cloud::ledger::{InStep, Ledger};
use legible_cloud::remote::{Cursor, RemoteFile, Unusable};
use legible_cloud::store::{self, RemoteId};
use legible_cloud::{Error as CloudError, FilePath};
use rusqlite::{Connection, Transaction};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The ledger of a storage; clones are of the same. Each note is a transaction of its own.
#[derive(Clone)]
pub struct DatabaseLedger {
    database: Database,
    sealed: Arc<Sealed>,
    remote: RemoteId,
    generation: i64,
}

impl DatabaseLedger {
    /// The ledger of a storage, as long as that is the place that is known.
    pub fn new(service: &Service, known: &Known) -> Self {
        let (database, sealed) = (service.database().clone(), service.sealed_shared());
        DatabaseLedger { database, sealed, remote: known.id, generation: known.generation }
    }

    /// What the folder was called by its marker when it was last in step.
    ///
    /// # Errors
    /// When the database fails.
    pub fn marker(&self) -> legible_cloud::Result<Option<String>> {
        self.read(|conn| Ok(store::marker(conn, self.remote)?))
    }

    /// Forgets all of it: the folder is another one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_all(&self) -> legible_cloud::Result<()> {
        let remote = self.remote;
        self.write(move |tx| Ok(store::forget_ledger(tx, remote)?))
    }

    /// Notes what the folder is called.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note_marker(&self, name: String) -> legible_cloud::Result<()> {
        let remote = self.remote;
        self.write(move |tx| Ok(store::note_marker(tx, remote, &name)?))
    }

    /// What the session of an upload is sealed as: no upload ever goes on with that of another.
    fn name_of_upload(&self, path: &FilePath, hash: &ContentHash) -> String {
        format!("upload {} {hash} {path}", self.remote)
    }

    /// Forgets what the folder is called.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_marker(&self) -> legible_cloud::Result<()> {
        let remote = self.remote;
        self.write(move |tx| Ok(store::forget_marker(tx, remote)?))
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> legible_cloud::Result<T>) -> legible_cloud::Result<T> {
        let read = |conn: &Connection| {
            of_this_place(conn, self.remote, self.generation)?;
            Ok(read(conn)?)
        };
        self.database.read_blocking(read).map_err(told)
    }

    fn write(
        &self,
        write: impl FnOnce(&Transaction) -> legible_cloud::Result<()> + Send + 'static,
    ) -> legible_cloud::Result<()> {
        let (remote, generation) = (self.remote, self.generation);
        let write = move |tx: &Transaction| {
            of_this_place(tx, remote, generation)?;
            Ok(write(tx)?)
        };
        self.database.write_blocking(write).map_err(told)
    }
}

/// Refuses who tells of another place than the storage is by now.
fn of_this_place(conn: &Connection, remote: RemoteId, generation: i64) -> legible_cloud::Result<()> {
    if store::generation(conn, remote)? == Some(generation) { Ok(()) } else { Err(CloudError::Stopped) }
}

impl Ledger for DatabaseLedger {
    fn all(&self) -> legible_cloud::Result<BTreeMap<FilePath, InStep>> {
        self.read(|conn| Ok(store::all(conn, self.remote)?))
    }

    fn one(&self, path: &FilePath) -> legible_cloud::Result<Option<InStep>> {
        self.read(|conn| Ok(store::one(conn, self.remote, path)?))
    }

    fn note(&mut self, path: &FilePath, in_step: &InStep) -> legible_cloud::Result<()> {
        let (remote, path, in_step) = (self.remote, path.clone(), in_step.clone());
        self.write(move |tx| Ok(store::note(tx, remote, &path, &in_step)?))
    }

    fn forget(&mut self, path: &FilePath) -> legible_cloud::Result<()> {
        let (remote, path) = (self.remote, path.clone());
        self.write(move |tx| Ok(store::forget(tx, remote, &path)?))
    }

    fn cursor(&self) -> legible_cloud::Result<Option<Cursor>> {
        self.read(|conn| Ok(store::cursor(conn, self.remote)?))
    }

    fn seen(&self) -> legible_cloud::Result<Vec<RemoteFile>> {
        self.read(|conn| Ok(store::seen(conn, self.remote)?))
    }

    fn unusable(&self) -> legible_cloud::Result<Vec<Unusable>> {
        self.read(|conn| Ok(store::unusable(conn, self.remote)?))
    }

    fn see(
        &mut self,
        files: &[RemoteFile],
        unusable: &[Unusable],
        cursor: Option<&Cursor>,
    ) -> legible_cloud::Result<()> {
        let (remote, files, unusable, cursor) = (self.remote, files.to_vec(), unusable.to_vec(), cursor.cloned());
        self.write(move |tx| Ok(store::see(tx, remote, &files, &unusable, cursor.as_ref())?))
    }

    fn sessions(&self) -> legible_cloud::Result<Vec<(FilePath, ContentHash)>> {
        self.read(|conn| Ok(store::sessions(conn, self.remote)?))
    }

    fn session(&self, path: &FilePath, hash: &ContentHash) -> legible_cloud::Result<Option<String>> {
        let name = self.name_of_upload(path, hash);
        let noted = self.read(|conn| Ok(store::session(conn, self.remote, path, hash)?))?;
        // One that cannot be opened is none: the upload begins anew.
        Ok(noted.and_then(|noted| aside(|| self.sealed.open(&name, &noted)).flatten()))
    }

    fn note_session(&mut self, path: &FilePath, hash: &ContentHash, state: Option<&str>) -> legible_cloud::Result<()> {
        let (remote, name) = (self.remote, self.name_of_upload(path, hash));
        let (path, hash) = (path.clone(), *hash);
        // Adapters tell of it from within their runtimes.
        let note = || {
            // Where it cannot be sealed, it is not kept.
            let state = state.and_then(|state| self.sealed.seal(&name, state));
            self.write(move |tx| Ok(store::note_session(tx, remote, &path, &hash, state.as_deref())?))
        };
        aside(note).unwrap_or_else(|| Err(told(Error::Internal("an upload could not be noted".into()))))
    }
}

/// An error of the service, as the crate that keeps a folder in step takes it.
pub(super) fn told(error: Error) -> CloudError {
    match error {
        Error::Cloud(error) => error,
        Error::Stopped => CloudError::Stopped,
        Error::File { path, error } => CloudError::Local { path, error },
        error => CloudError::Ledger(Box::new(error)),
    }
}
