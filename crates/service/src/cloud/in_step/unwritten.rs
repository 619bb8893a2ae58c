//! What is in step, for a plan that is only looked at: it is read, and nothing is ever noted. So a plan may be made beside a run, and changes
//! nothing by being looked at.

use super::ledger::DatabaseLedger;
use legible_cloud::digest::ContentHash;
use legible_cloud::ledger::{InStep, Ledger};
use legible_cloud::remote::{Cursor, RemoteFile, Unusable};
use legible_cloud::{FilePath, Result};
use std::collections::BTreeMap;

/// The ledger of a storage, which stays as it is; `None` for a folder with which nothing was ever in step.
pub struct Unwritten(pub Option<DatabaseLedger>);

impl Unwritten {
    fn read<T: Default>(&self, read: impl FnOnce(&DatabaseLedger) -> Result<T>) -> Result<T> {
        self.0.as_ref().map_or_else(|| Ok(T::default()), read)
    }
}

impl Ledger for Unwritten {
    fn all(&self) -> Result<BTreeMap<FilePath, InStep>> {
        self.read(Ledger::all)
    }

    fn one(&self, path: &FilePath) -> Result<Option<InStep>> {
        self.read(|ledger| ledger.one(path))
    }

    fn note(&mut self, _: &FilePath, _: &InStep) -> Result<()> {
        Ok(())
    }

    fn forget(&mut self, _: &FilePath) -> Result<()> {
        Ok(())
    }

    fn cursor(&self) -> Result<Option<Cursor>> {
        self.read(Ledger::cursor)
    }

    fn seen(&self) -> Result<Vec<RemoteFile>> {
        self.read(Ledger::seen)
    }

    fn unusable(&self) -> Result<Vec<Unusable>> {
        self.read(Ledger::unusable)
    }

    fn see(&mut self, _: &[RemoteFile], _: &[Unusable], _: Option<&Cursor>) -> Result<()> {
        Ok(())
    }

    fn sessions(&self) -> Result<Vec<(FilePath, ContentHash)>> {
        self.read(Ledger::sessions)
    }

    fn session(&self, path: &FilePath, hash: &ContentHash) -> Result<Option<String>> {
        self.read(|ledger| ledger.session(path, hash))
    }

    fn note_session(&mut self, _: &FilePath, _: &ContentHash, _: Option<&str>) -> Result<()> {
        Ok(())
    }
}
