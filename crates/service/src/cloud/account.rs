//! A storage as it is kept: where it is and how it is set, and the secret that opens it in the keychain.

use crate::api::{SyncContent, SyncDirection};
use crate::error::{Error, Result};
use crate::service::Service;
use legible_cloud::plan::Direction;
use legible_cloud::remote::Remote;
use legible_cloud::remote::storage::{Found, Place, Secret, Storage};
use legible_cloud::store::{self, RemoteId, StoredRemote};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How many characters of a timestamp are its day.
const DAY_CHARS: usize = 10;

/// How a storage is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Where it is.
    pub place: Place,
    /// Which side may change.
    pub direction: SyncDirection,
    /// What of the library is meant.
    #[serde(default)]
    pub content: SyncContent,
    /// The most that is moved, in kilobytes a second.
    pub kilobytes_a_second: Option<u32>,
    /// What it was found to do.
    pub found: Found,
    /// What the secret that opens it is called. One that was set by an earlier version has the name of its number.
    #[serde(default)]
    pub secret: Option<String>,
}

/// A storage and its number.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its number.
    pub id: RemoteId,
    /// What a person calls it.
    pub name: String,
    /// How it is set.
    pub account: Account,
    /// Whether it is brought in step by itself.
    pub enabled: bool,
}

impl Account {
    /// What the tables call its kind.
    pub fn kind(&self) -> &'static str {
        match self.place {
            Place::S3 { .. } => "s3",
            Place::WebDav { .. } => "webdav",
            Place::Sftp { .. } => "sftp",
            Place::Folder { .. } => "folder",
        }
    }

    /// Which side may change.
    pub fn direction(&self) -> Direction {
        match (self.content, self.direction) {
            // What is made of the library is not read back.
            (SyncContent::Text | SyncContent::Markdown, _) | (_, SyncDirection::Up) => Direction::Up,
            (_, SyncDirection::Both) => Direction::Both,
            (_, SyncDirection::Down) => Direction::Down,
        }
    }

    /// The most that is moved, in bytes a second.
    pub fn bytes_a_second(&self) -> Option<u64> {
        self.kilobytes_a_second.map(|kilobytes| u64::from(kilobytes) * 1000)
    }
}

/// The storage of a number.
///
/// # Errors
/// When there is none, or it was set by a newer program.
pub fn known(conn: &Connection, id: RemoteId) -> Result<Known> {
    let stored = store::remote(conn, id)?.ok_or_else(|| Error::NotFound(format!("storage {}", id.0)))?;
    understood(stored)
}

/// All storages, the oldest first.
///
/// # Errors
/// When the database fails, or one was set by a newer program.
pub fn all(conn: &Connection) -> Result<Vec<Known>> {
    store::remotes(conn)?.into_iter().map(understood).collect()
}

fn understood(StoredRemote { id, name, spec, enabled, .. }: StoredRemote) -> Result<Known> {
    let account = serde_json::from_str(&spec)
        .map_err(|error| Error::BadRequest(format!("the storage {name} cannot be understood: {error}")))?;
    Ok(Known { id, name, account, enabled })
}

impl Service {
    /// Opens a storage. Nothing is asked of it yet. Blocks.
    ///
    /// # Errors
    /// When its secret cannot be had, or it cannot be as it is set.
    pub(crate) fn open_storage(&self, known: &Known) -> Result<Box<dyn Remote>> {
        Ok(Box::new(self.storage(&known.account, &self.secret_of_storage(known.id, &known.account)?)?))
    }

    /// What opens a storage. Where nothing is needed, the keychain is not asked.
    ///
    /// # Errors
    /// When it cannot be had.
    pub(crate) fn secret_of_storage(&self, id: RemoteId, account: &Account) -> Result<Secret> {
        match account.needs_secret() {
            true => Ok(Secret::new(self.secrets().get(&secret_of(id, account))?)),
            false => Ok(Secret::default()),
        }
    }

    /// Opens a storage that is set like this.
    ///
    /// # Errors
    /// When it cannot be like this.
    pub(crate) fn storage(&self, account: &Account, secret: &Secret) -> Result<Storage> {
        let service = self.clone();
        Ok(Storage::open(&account.place, secret, account.found, Arc::new(move || day(service.now())))?)
    }
}

impl Account {
    /// Whether it cannot be opened without a secret.
    pub fn needs_secret(&self) -> bool {
        match &self.place {
            Place::S3 { .. } => true,
            Place::WebDav { user, .. } => !user.is_empty(),
            Place::Sftp { .. } | Place::Folder { .. } => false,
        }
    }
}

/// What the secret of a storage is called.
pub fn secret_of(id: RemoteId, account: &Account) -> String {
    account.secret.clone().unwrap_or_else(|| format!("storage {}", id.0))
}

/// The day of a time in milliseconds since the Unix epoch: `2026-11-22`.
pub fn day(at: i64) -> String {
    legible_library::timestamp(at).chars().take(DAY_CHARS).collect()
}
