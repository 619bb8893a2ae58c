//! Commands that change the library.

use crate::api::{AddPaths, Added, EditItem, ItemIds, ItemQuery, ItemView, NoArgs, Touched};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handlers::import::Payload;
use crate::handlers::{IMPORT, REBUILD};
use crate::intake::{enqueue_read, enqueue_thumbnail, write_sidecar};
use crate::pictures::thumbnail_path;
use crate::service::Service;
use legible_jobs::{Backoff, NewJob};
use legible_library::{Edit, Folder, ItemId, Listing};
use rusqlite::Transaction;
use std::path::{Path, PathBuf};

/// Walking is tried more than once, for a network folder that was not there.
const GATHER_ATTEMPTS: u32 = 5;

impl Service {
    /// Adds files and folders. They are looked at in the background.
    ///
    /// # Errors
    /// When no path is named, one is not absolute, or the database fails.
    pub async fn add_paths(&self, AddPaths { paths, origin }: AddPaths) -> Result<Added> {
        let paths: Option<Vec<PathBuf>> = paths.iter().map(|path| legible_library::paths::from_text(path)).collect();
        let paths = paths.unwrap_or_default();
        if paths.is_empty() || paths.iter().any(|path| !path.is_absolute()) {
            return Err(Error::BadRequest("name one or more absolute paths".into()));
        }
        let label = label(&paths);
        let payload = Payload { paths, origin, keep: self.current_settings()?.keep };
        let payload =
            serde_json::to_value(payload).map_err(|e| Error::Internal(format!("a payload does not serialise: {e}")))?;
        self.gather(IMPORT, label, payload).await
    }

    /// Makes the database anew from the library folder.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rebuild(&self, _: NoArgs) -> Result<Added> {
        self.gather(REBUILD, "Rebuild from the library folder".into(), serde_json::json!({})).await
    }

    async fn gather(&self, kind: &str, label: String, payload: serde_json::Value) -> Result<Added> {
        let (now, kind) = (self.now(), kind.to_owned());
        let group = self.database().write(move |tx| {
            let group = legible_jobs::new_group(tx, &label, now)?;
            let job = NewJob {
                kind,
                payload,
                subject: None,
                title: label,
                priority: 0,
                group: Some(group),
                unique: None,
                max_attempts: GATHER_ATTEMPTS,
                backoff: Backoff::default(),
                run_at: now,
            };
            legible_jobs::enqueue(tx, &job, now)?;
            Ok(group)
        });
        let group = group.await?;
        self.announce(Changes::work().and_group(Some(group.0))).await;
        Ok(Added { group: group.0 })
    }

    /// Changes tags or note of an item, also in its sidecar.
    ///
    /// # Errors
    /// When there is no such item, a text is too long, or the sidecar cannot be written; then nothing changes.
    pub async fn edit_item(&self, EditItem { id, tags, note }: EditItem) -> Result<ItemView> {
        let folder = self.folder()?;
        let write = self.database().write(move |tx| {
            legible_library::edit(tx, ItemId(id), &Edit { tags, note })?;
            write_sidecar(tx, &folder, ItemId(id))
        });
        write.await?;
        self.announce(Changes::items([id])).await;
        self.item(ItemQuery { id, query: String::new() }).await
    }

    /// Reads items again, and makes their thumbnails where they are missing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read_again(&self, ItemIds { ids }: ItemIds) -> Result<Touched> {
        let (now, places, chosen) = (self.now(), self.places().clone(), ids.clone());
        let done = self.database().write(move |tx| {
            let group = legible_jobs::new_group(tx, &counted(chosen.len(), "image", "images"), now)?;
            each(tx, &chosen, |item| {
                enqueue_read(tx, item.id, &item.name, Some(group), now)?;
                if !thumbnail_path(&places, &item.hash).exists() {
                    enqueue_thumbnail(tx, item.id, &item.name, now)?;
                }
                Ok(())
            })
        });
        self.touched(ids, done.await?, true).await
    }

    /// Moves items to the trash, their files too. What waits for them is cancelled.
    ///
    /// # Errors
    /// When a file cannot be moved or the database fails; the items before it are moved.
    pub async fn trash_items(&self, ItemIds { ids }: ItemIds) -> Result<Touched> {
        let (now, folder, chosen) = (self.now(), self.folder()?, ids.clone());
        let done = self.database().write(move |tx| {
            each(tx, &chosen, |item| {
                legible_library::trash(tx, &[item.id], now)?;
                let subject = Some(crate::handler::subject_of(item.id.0));
                legible_jobs::request_cancel(tx, &legible_jobs::Filter { subject, ..Default::default() }, now)?;
                write_sidecar(tx, &folder, item.id)?;
                Ok(folder.trash(&item.placement)?)
            })
        });
        self.touched(ids, done.await?, true).await
    }

    /// Takes items out of the trash. What was cancelled for them starts again.
    ///
    /// # Errors
    /// When a file cannot be moved back or the database fails.
    pub async fn restore_items(&self, ItemIds { ids }: ItemIds) -> Result<Touched> {
        let (now, folder, chosen, places) = (self.now(), self.folder()?, ids.clone(), self.places().clone());
        let done = self.database().write(move |tx| {
            each(tx, &chosen, |item| {
                legible_library::restore(tx, &[item.id])?;
                folder.restore(&item.placement)?;
                write_sidecar(tx, &folder, item.id)?;
                if !item.has_reading && item.problem.is_none() {
                    enqueue_read(tx, item.id, &item.name, None, now)?;
                }
                if !thumbnail_path(&places, &item.hash).exists() {
                    enqueue_thumbnail(tx, item.id, &item.name, now)?;
                }
                Ok(())
            })
        });
        self.touched(ids, done.await?, true).await
    }

    /// Deletes items in the trash for good; without names, all of the trash. Files that were only referred to stay.
    ///
    /// # Errors
    /// When a file cannot be deleted or the database fails.
    pub async fn purge_items(&self, ItemIds { ids }: ItemIds) -> Result<Touched> {
        let (folder, chosen) = (self.folder()?, ids.clone());
        let purged = self.database().write(move |tx| {
            let chosen = if chosen.is_empty() { all_trashed(tx)? } else { chosen.into_iter().map(ItemId).collect() };
            let purged = legible_library::purge(tx, &chosen)?;
            purge_files(&folder, &purged)?;
            Ok(purged)
        });
        let purged = purged.await?;
        for gone in &purged {
            // The cache may be cleared at any time, so a thumbnail that stays is no error.
            let _ = std::fs::remove_file(thumbnail_path(self.places(), &gone.hash));
        }
        self.touched(ids, purged.len(), false).await
    }

    async fn touched(&self, ids: Vec<i64>, count: usize, work: bool) -> Result<Touched> {
        let mut changes = Changes::items(ids);
        changes.many_items = changes.items.is_empty();
        changes.work = work;
        self.announce(changes).await;
        Ok(Touched { count: u32::try_from(count).unwrap_or(u32::MAX) })
    }
}

/// Does something with each item that is there; returns how many were.
fn each(tx: &Transaction, ids: &[i64], mut work: impl FnMut(&legible_library::Item) -> Result<()>) -> Result<usize> {
    let mut count = 0;
    for id in ids {
        if let Some(item) = legible_library::item(tx, ItemId(*id))? {
            work(&item)?;
            count += 1;
        }
    }
    Ok(count)
}

fn all_trashed(tx: &Transaction) -> Result<Vec<ItemId>> {
    let mut ids = Vec::new();
    loop {
        let listing = Listing { query: None, trashed: true, offset: ids.len(), limit: 1000 };
        let page = legible_library::page(tx, &listing)?;
        ids.extend(page.entries.iter().map(|entry| entry.item.id));
        if page.entries.is_empty() {
            return Ok(ids);
        }
    }
}

fn purge_files(folder: &Folder, purged: &[legible_library::Purged]) -> Result<()> {
    purged.iter().try_for_each(|gone| Ok(folder.purge(&gone.placement, &gone.hash)?))
}

/// What was offered, in words: a name for one thing, a count for more.
fn label(paths: &[PathBuf]) -> String {
    match paths {
        [path] => path.file_name().unwrap_or(Path::new("/").as_os_str()).to_string_lossy().into_owned(),
        paths => counted(paths.len(), "file", "files"),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
