//! A storage as it is kept: where it is and how it is set, and what the secret that opens it is called.

use super::place::{Needs, StoredPlace};
use crate::api::{SyncContent, SyncDirection};
use crate::error::{Error, Result};
use crate::service::Service;
use legible_cloud::account::Reach;
use legible_cloud::plan::Direction;
use legible_cloud::remote::storage::Found;
use legible_cloud::remote::{Remote, Watch};
use legible_cloud::store::{self, RemoteId, StoredRemote};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

/// How many characters of a timestamp are its day.
const DAY_CHARS: usize = 10;

/// How a storage is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Where it is.
    pub place: StoredPlace,
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
    /// How often it was made another place: see [`store::generation`].
    pub generation: i64,
}

impl Account {
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
    understood(conn, stored)
}

/// All storages, the oldest first.
///
/// # Errors
/// When the database fails, or one was set by a newer program.
pub fn all(conn: &Connection) -> Result<Vec<Known>> {
    store::remotes(conn)?.into_iter().map(|stored| understood(conn, stored)).collect()
}

fn understood(conn: &Connection, stored: StoredRemote) -> Result<Known> {
    let StoredRemote { id, name, spec, enabled, .. } = stored;
    let account = serde_json::from_str(&spec)
        .map_err(|error| Error::BadRequest(format!("the storage {name} cannot be understood: {error}")))?;
    let generation = store::generation(conn, id)?.unwrap_or_default();
    Ok(Known { id, name, account, enabled, generation })
}

impl Account {
    /// What the secret that opens it is called, if it has one.
    pub fn secret_name(&self, id: RemoteId) -> Option<String> {
        match (&self.secret, self.place.needs()) {
            (_, Needs::Nothing) => None,
            (Some(name), _) => Some(name.clone()),
            (None, Needs::Secret) => Some(format!("storage {}", id.0)),
            (None, Needs::PerhapsSecret | Needs::SignIn(_)) => None,
        }
    }
}

impl Service {
    /// Opens a storage. Blocks.
    ///
    /// # Errors
    /// When what opens it cannot be had, or it cannot be as it is set.
    pub(crate) fn open_storage(&self, Known { id, account, .. }: &Known, watch: &dyn Watch) -> Result<Box<dyn Remote>> {
        let name = account.secret_name(*id);
        let key = self.key_of_place(&account.place, name.as_deref(), Reach::OwnFolder)?;
        self.open_place(&account.place, account.found, &key, watch)
    }
}

/// The day of a time in milliseconds since the Unix epoch: `2026-11-22`.
pub fn day(at: i64) -> String {
    legible_library::timestamp(at).chars().take(DAY_CHARS).collect()
}
