//! Removing a file: it goes to the trash.

use super::{Storage, Way, state};
use crate::Result;
use crate::error::Error;
use crate::remote::fault;
use crate::remote::wait::{answered, done};
use crate::remote::{Expect, RemoteFile, expected, trash};

impl Storage {
    pub(super) async fn put_in_trash(&self, file: &RemoteFile) -> Result<()> {
        let (key, path) = (self.key(&file.path), file.path.as_str());
        let to = self.free_in_trash(path).await?;
        if !self.is_still(file).await? {
            return Ok(());
        }
        if self.is_s3() {
            return self.copy_and_delete(file, &key, &to).await;
        }
        match self.rename(&key, &to, path).await {
            // Somebody removed it first.
            Err(Error::Stale(_)) if !self.is_still(file).await? => Ok(()),
            Err(error) => Err(error),
            Ok(()) => self.undo_if_another(file, &key, &to).await,
        }
    }

    /// Whether a file is there, in the state that was listed.
    async fn is_still(&self, file: &RemoteFile) -> Result<bool> {
        let Some(found) = self.file_at(&file.path).await? else { return Ok(false) };
        expected(&file.path, &Expect::Revision(file.revision.clone()), Some(&found)).map(|()| true)
    }

    /// For where nothing can be moved: what was written after the copy is not in the trash, and must not be deleted.
    async fn copy_and_delete(&self, file: &RemoteFile, key: &str, to: &str) -> Result<()> {
        let told = |error: opendal::Error| fault::told(&error, file.path.as_str());
        done(self.operator.copy(key, to)).await?.map_err(told)?;
        if !self.is_still(file).await? {
            return Ok(());
        }
        let mut delete = self.operator.delete_with(key);
        if self.found.conditional_delete {
            delete = delete.if_match(&state::quoted(&file.revision));
        }
        match answered(delete).await?.map_err(told) {
            Err(Error::Stale(_)) if !self.is_still(file).await? => Ok(()),
            deleted => deleted,
        }
    }

    /// Takes back from the trash what somebody wrote between the look and the move.
    async fn undo_if_another(&self, file: &RemoteFile, key: &str, to: &str) -> Result<()> {
        let path = file.path.as_str();
        let moved = self.metadata(to, path).await?;
        let Some(moved) = moved.map(|moved| state::file(file.path.clone(), path, &moved, false)) else { return Ok(()) };
        // Servers of WebDAV that give a file another time with its name have no other sign.
        let is_it = match self.way {
            Way::WebDav(_) => moved.size == file.size,
            _ => moved.revision == file.revision,
        };
        if is_it {
            return Ok(());
        }
        // Where there is a new one again, this stays in the trash.
        if self.metadata(key, path).await?.is_none() {
            self.rename(to, key, path).await?;
        }
        Err(Error::Stale(path.to_owned()))
    }

    async fn rename(&self, from: &str, to: &str, path: &str) -> Result<()> {
        done(self.operator.rename(from, to)).await?.map_err(|error| fault::told(&error, path))
    }

    /// A key in the trash of today at which nothing lies.
    async fn free_in_trash(&self, path: &str) -> Result<String> {
        for name in trash::names(path, &(self.today)()) {
            let key = self.key_of(&name);
            if self.metadata(&key, path).await?.is_none() {
                return Ok(key);
            }
        }
        Err(trash::full(path))
    }
}
