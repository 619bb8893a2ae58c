//! What is in step with one storage, in the database.

use crate::database::Database;
use crate::error::{Error, Result};
use legible_cloud::digest::ContentHash;
use legible_cloud::ledger::{InStep, Ledger};
use legible_cloud::remote::{Cursor, RemoteFile};
use legible_cloud::store::{self, RemoteId};
use legible_cloud::{Error as CloudError, FilePath};
use rusqlite::{Connection, Transaction};
use std::collections::BTreeMap;

/// The ledger of a storage. Each note is a transaction of its own.
pub struct DatabaseLedger {
    database: Database,
    remote: RemoteId,
}

impl DatabaseLedger {
    /// The ledger of the storage of this number.
    pub fn new(database: &Database, remote: RemoteId) -> Self {
        DatabaseLedger { database: database.clone(), remote }
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> legible_cloud::Result<T>) -> legible_cloud::Result<T> {
        self.database.read_blocking(|conn| Ok(read(conn)?)).map_err(told)
    }

    fn write(
        &self,
        write: impl FnOnce(&Transaction) -> legible_cloud::Result<()> + Send + 'static,
    ) -> legible_cloud::Result<()> {
        self.database.write_blocking(move |tx| Ok(write(tx)?)).map_err(told)
    }
}
