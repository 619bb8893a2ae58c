//! Where secrets lie: sealed in the database, the key elsewhere.

use super::passphrase::{self, Passphrase};
use super::seal::MasterKey;
use super::{NoSecret, Secrets};
use crate::api::SecretsKept;
use crate::database::Database;
use crate::tables::secrets as table;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rusqlite::Transaction;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Names a file with the passphrase, for machines without anybody to type it.
pub const PASSPHRASE_VARIABLE: &str = "LEGIBLE_PASSPHRASE_FILE";

/// What the keychain calls the master key.
const MASTER: &str = "master key";
/// What is kept there for a moment, to see whether it takes anything.
const TRIAL: &str = "trial";
/// The file with the master key, beside the database.
const KEY_FILE: &str = "secrets.key";
/// Held while a master key is made, so that two processes do not make two.
const LOCK_FILE: &str = "secrets.lock";

/// Secrets in the database, under a master key in the keychain or in a file that a passphrase opens.
pub struct Sealed {
    database: Database,
    keychain: Arc<dyn Secrets>,
    directory: PathBuf,
    passphrase_file: Option<PathBuf>,
    /// The master key, once this process has it.
    key: Mutex<Option<MasterKey>>,
    /// Whether the keychain took no key when it was given one: it may answer and still keep nothing, as where nobody signed in at a desktop.
    keeps_nothing: AtomicBool,
}

/// A secret that is sealed and lies nowhere yet.
pub struct NewSecret {
    name: String,
    sealed: Vec<u8>,
}

impl NewSecret {
    /// What it is to be called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Keeps it, in one step with what refers to it: a process that is killed leaves both there or none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put(&self, tx: &Transaction<'_>) -> crate::error::Result<()> {
        table::put(tx, &self.name, &self.sealed)
    }
}

impl Sealed {
    /// Those of a database. `directory` is where it lies; `passphrase_file` is what [`PASSPHRASE_VARIABLE`] names.
    pub fn new(
        database: Database,
        keychain: Arc<dyn Secrets>,
        directory: &Path,
        passphrase_file: Option<PathBuf>,
    ) -> Self {
        Self {
            database,
            keychain,
            directory: directory.to_owned(),
            passphrase_file,
            key: Mutex::default(),
            keeps_nothing: AtomicBool::new(false),
        }
    }

    /// Where the master key lies, and whether this process has it. Blocks.
    pub fn kept(&self) -> SecretsKept {
        let file = self.key_file().exists();
        match (file, self.key(false)) {
            (true, Err(NoSecret::Locked)) => SecretsKept::Locked,
            (true, _) => SecretsKept::Unlocked,
            (false, Err(NoSecret::NoKeychain(_))) => SecretsKept::Nowhere,
            (false, Err(_)) if self.keeps_nothing.load(Ordering::Relaxed) => SecretsKept::Nowhere,
            (false, _) => SecretsKept::Keychain,
        }
    }

    /// Opens the file with the master key for this process. Blocks for about a second.
    ///
    /// # Errors
    /// When the passphrase is another one, or there is none.
    pub fn unlock(&self, typed: &Passphrase) -> Result<(), NoSecret> {
        if !self.key_file().exists() {
            return Err(NoSecret::NoPassphrase("none was chosen yet, or the system's keychain keeps the key"));
        }
        let key = passphrase::open(&self.key_file(), typed)?;
        *self.known() = Some(key);
        Ok(())
    }

    /// Makes a master key that a new passphrase opens. Blocks for about a second.
    ///
    /// # Errors
    /// When there is a passphrase, or a keychain that serves, or secrets that were sealed by a key of one.
    pub fn choose(&self, typed: &Passphrase) -> Result<(), NoSecret> {
        let _lock = self.lock_making()?;
        if self.key_file().exists() {
            return Err(NoSecret::HasPassphrase);
        }
        // One that has no key yet may take none.
        let trial =
            || self.keychain.set(TRIAL, TRIAL).and_then(|()| self.keychain.forget(TRIAL)).map(|()| String::new());
        let keychain = match self.keychain.get(MASTER) {
            Err(NoSecret::Missing(_)) => trial(),
            found => found,
        };
        match keychain {
            Err(NoSecret::NoKeychain(why)) if self.has_any()? => return Err(NoSecret::NoKeychain(why)),
            Err(NoSecret::NoKeychain(_)) => {}
            _ => return Err(NoSecret::NoPassphrase("the system's keychain keeps the key, and none is needed")),
        }
        let key = passphrase::make(&self.key_file(), typed)?;
        *self.known() = Some(key);
        Ok(())
    }

    /// Seals a secret under a name that no other has; the master key is made if there is none. Blocks.
    ///
    /// # Errors
    /// When there is no key now.
    pub fn new_secret(&self, name: String, secret: &str) -> Result<NewSecret, NoSecret> {
        let sealed = self.key(true)?.seal(&name, secret.as_bytes());
        Ok(NewSecret { name, sealed })
    }

    /// Seals what is kept elsewhere in the database, under a name; `None` where there is no key now. Blocks.
    pub fn seal(&self, name: &str, content: &str) -> Option<String> {
        let key = self.key(false).ok()?;
        Some(BASE64_STANDARD.encode(key.seal(name, content.as_bytes())))
    }

    /// Opens what [`Sealed::seal`] gave; `None` where that cannot be done now, or never. Blocks.
    pub fn open(&self, name: &str, sealed: &str) -> Option<String> {
        let sealed = BASE64_STANDARD.decode(sealed).ok()?;
        let opened = self.key(false).ok()?.open(name, &sealed)?;
        String::from_utf8(opened.to_vec()).ok()
    }

    fn key_file(&self) -> PathBuf {
        self.directory.join(KEY_FILE)
    }

    fn known(&self) -> MutexGuard<'_, Option<MasterKey>> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The master key; where there is none yet, one is made if it is to be.
    fn key(&self, make: bool) -> Result<MasterKey, NoSecret> {
        if let Some(key) = &*self.known() {
            return Ok(key.clone());
        }
        let found = match self.found_key() {
            Err(NoSecret::Missing(_)) if make => {
                let _lock = self.lock_making()?;
                // Another process may have made one meanwhile.
                match self.found_key() {
                    Err(NoSecret::Missing(_)) => self.new_key()?,
                    found => found?,
                }
            }
            found => found?,
        };
        *self.known() = Some(found.clone());
        Ok(found)
    }

    fn found_key(&self) -> Result<MasterKey, NoSecret> {
        if self.key_file().exists() {
            let named = self.passphrase_file.as_deref().ok_or(NoSecret::Locked)?;
            return passphrase::open(&self.key_file(), &Passphrase::of_file(named)?);
        }
        let text = zeroize::Zeroizing::new(match (self.keychain.get(MASTER), &self.passphrase_file) {
            // Where a file names the passphrase, it may be made into a key.
            (Err(NoSecret::NoKeychain(why)), Some(_)) if self.has_any()? => return Err(NoSecret::NoKeychain(why)),
            (Err(NoSecret::NoKeychain(_)), Some(_)) => return Err(NoSecret::Missing(MASTER.to_owned())),
            (text, _) => text?,
        });
        MasterKey::of_text(&text).ok_or_else(|| NoSecret::Missing(MASTER.to_owned()))
    }

    fn new_key(&self) -> Result<MasterKey, NoSecret> {
        let key = MasterKey::random();
        let kept = self.keychain.set(MASTER, &key.to_text());
        self.keeps_nothing.store(kept.is_err(), Ordering::Relaxed);
        match (kept, &self.passphrase_file) {
            (Ok(()), _) => Ok(key),
            (Err(NoSecret::NoKeychain(_)), Some(named)) => {
                passphrase::make(&self.key_file(), &Passphrase::of_file(named)?)
            }
            (Err(error), _) => Err(error),
        }
    }

    fn lock_making(&self) -> Result<File, NoSecret> {
        let path = self.directory.join(LOCK_FILE);
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let locked = file.and_then(|file| file.lock().map(|()| file));
        locked.map_err(|error| NoSecret::Failed(format!("{}: {error}", path.display())))
    }

    fn has_any(&self) -> Result<bool, NoSecret> {
        self.database.read_blocking(table::any).map_err(failed)
    }
}

impl Secrets for Sealed {
    fn get(&self, name: &str) -> Result<String, NoSecret> {
        let wanted = name.to_owned();
        let sealed = self.database.read_blocking(move |conn| table::sealed(conn, &wanted)).map_err(failed)?;
        let Some(sealed) = sealed else {
            // Versions of before kept it in the keychain.
            return match self.keychain.get(name) {
                Err(NoSecret::NoKeychain(_)) if self.key_file().exists() || self.passphrase_file.is_some() => {
                    Err(NoSecret::Missing(name.to_owned()))
                }
                kept => kept,
            };
        };
        let damaged = || NoSecret::Damaged(name.to_owned());
        let opened = match self.key(false) {
            Err(NoSecret::Missing(_)) => return Err(damaged()),
            key => key?.open(name, &sealed).ok_or_else(damaged)?,
        };
        String::from_utf8(opened.to_vec()).map_err(|_| damaged())
    }

    fn set(&self, name: &str, secret: &str) -> Result<(), NoSecret> {
        let (sealed, wanted) = (self.key(true)?.seal(name, secret.as_bytes()), name.to_owned());
        self.database.write_blocking(move |tx| table::put(tx, &wanted, &sealed)).map_err(failed)?;
        // What a version of before kept is out of date. Where it cannot be removed it is not looked at any more.
        let _ = self.keychain.forget(name);
        Ok(())
    }

    fn forget(&self, name: &str) -> Result<(), NoSecret> {
        let wanted = name.to_owned();
        self.database.write_blocking(move |tx| table::remove(tx, &wanted)).map_err(failed)?;
        match self.keychain.forget(name) {
            Err(NoSecret::NoKeychain(_)) => Ok(()),
            forgotten => forgotten,
        }
    }
}

fn failed(error: crate::error::Error) -> NoSecret {
    NoSecret::Failed(error.to_string())
}

#[cfg(test)]
mod tests;
