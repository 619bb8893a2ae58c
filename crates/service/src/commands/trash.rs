//! The trash: items go there, come back, or are deleted for good.
//!
//! Each item moves in a transaction of its own together with its files, so that the one writer is soon free for others.

use crate::api::{ItemIds, Touched};
use crate::changes::Changes;
use crate::error::Result;
use crate::handler::subject_of;
use crate::handlers::recognise;
use crate::intake::{enqueue_read, enqueue_thumbnail, write_sidecar};
use crate::limits::PURGED_AT_ONCE;
use crate::pictures::{cached_paths, forget, thumbnail_path};
use crate::places::Places;
use crate::service::Service;
use crate::views::small;
use legible_jobs::Filter;
use legible_library::{Folder, Item, ItemId, ItemSummary, Listing, Placement};
use legible_vision::recognise::models::ModelUse;
use rusqlite::Transaction;
use std::path::PathBuf;

/// What a step of emptying the trash deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PurgedSome {
    /// The images.
    pub ids: Vec<i64>,
    /// Bytes of their files.
    pub bytes: u64,
}

impl Service {
    /// Moves items to the trash, their files too. What waits for them is cancelled.
    ///
    /// # Errors
    /// When a file cannot be moved or the database fails; the items before it are moved.
    pub async fn trash_items(&self, ItemIds { ids }: ItemIds) -> Result<Touched> {
        let now = self.now();
        self.each(ids, move |tx, folder, item| put_in_trash(tx, folder, item, now)).await
    }

    /// Takes items out of the trash. What was cancelled for them starts again.
    ///
    /// # Errors
    /// When a file cannot be moved back or the database fails; the items before it are back.
    pub async fn restore_items(&self, ItemIds { ids }: ItemIds) -> Result<Touched> {
        let (now, again) = (self.now(), self.blocking(Service::again).await?);
        self.each(ids, move |tx, folder, item| take_out_of_trash(tx, folder, item, &again, now)).await
    }

    /// Deletes items in the trash for good; without names, all of the trash. Files that were only referred to stay.
    ///
    /// # Errors
    /// When a file cannot be deleted or the database fails. What is deleted by then stays so; a file of it that is still
    /// there is deleted by the next call.
    pub async fn purge_items(&self, ItemIds { ids }: ItemIds) -> Result<Touched> {
        let chosen = ids.clone();
        let purged = self.blocking(move |service| service.purge(chosen)).await;
        self.announce(Changes { many_items: ids.is_empty(), ..Changes::items(ids) }).await;
        Ok(Touched { count: small(purged?) })
    }

    /// What is to be known of this service to start again what was cancelled for images in the trash. Blocks.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub(crate) fn again(&self) -> Result<Again> {
        Ok(Again { places: self.places().clone(), models: self.models_that_see()? })
    }

    fn purge(&self, chosen: Vec<i64>) -> Result<usize> {
        // First: while the folder is not there, or another is in its place, nothing can be deleted for good.
        let folder = self.folder()?;
        folder.look()?;
        self.look_for_images(&folder)?;
        self.delete_purged()?;
        let chosen: Vec<ItemId> = match chosen.is_empty() {
            true => self.all_trashed()?,
            false => chosen.into_iter().map(ItemId).collect(),
        };
        let mut count = 0;
        for some in chosen.chunks(PURGED_AT_ONCE) {
            let some = some.to_vec();
            count += self.database().write_blocking(move |tx| {
                some.iter().try_for_each(|id| unlink(tx, *id))?;
                Ok(legible_library::purge(tx, &some)?)
            })?;
            self.delete_purged()?;
        }
        Ok(count)
    }

    /// Deletes for good what was put in the trash at a time or before, but no more than a transaction holds. Blocks.
    ///
    /// # Errors
    /// As [`Service::purge_items`].
    pub(crate) fn purge_some(&self, before: i64) -> Result<PurgedSome> {
        // What is not found in a folder that is not the library's would count as deleted.
        self.folder_in_place()?;
        self.delete_purged()?;
        let purged = self.database().write_blocking(move |tx| {
            let old = legible_library::trashed_before(tx, before, PURGED_AT_ONCE)?;
            let ids: Vec<ItemId> = old.iter().map(|item| item.id).collect();
            ids.iter().try_for_each(|id| unlink(tx, *id))?;
            legible_library::purge(tx, &ids)?;
            Ok(old)
        })?;
        let is_ours = |item: &&ItemSummary| matches!(item.placement, Placement::Managed { .. });
        let originals: u64 = purged.iter().filter(is_ours).map(|item| item.size).sum();
        let cached = purged.iter().flat_map(|item| cached_paths(self.places(), &item.hash));
        let pictures: u64 = cached.filter_map(|path| path.metadata().ok()).map(|found| found.len()).sum();
        self.delete_purged()?;
        let ids = purged.into_iter().map(|item| item.id.0).collect();
        Ok(PurgedSome { ids, bytes: originals + pictures })
    }

    /// Deletes the files of items that are deleted for good. The library remembers those whose files are still there, so
    /// whatever a kill or an error left is deleted by the next call. Blocks.
    ///
    /// # Errors
    /// When a file cannot be deleted or the database fails; the others are deleted all the same.
    pub(crate) fn delete_purged(&self) -> Result<()> {
        let (purged, again) = self.database().read_blocking(|c| {
            let purged = legible_library::purged(c)?;
            let again = purged.iter().map(|gone| legible_library::find_by_hash(c, &gone.hash));
            let again = again.collect::<legible_library::Result<Vec<_>>>()?;
            Ok((purged, again))
        })?;
        if purged.is_empty() {
            return Ok(());
        }
        let (folder, mut deleted, mut failed) = (self.folder()?, Vec::new(), Ok(()));
        for (gone, again) in purged.into_iter().zip(again) {
            match folder.purge(&gone.placement, &gone.hash) {
                Ok(()) => deleted.push(gone.id),
                Err(error) => failed = failed.and(Err(error)),
            }
            // Of an image that was added again since, the pictures are in use.
            if again.is_none() {
                forget(self.places(), &gone.hash);
            }
        }
        self.database().write_blocking(move |tx| Ok(legible_library::files_deleted(tx, &deleted)?))?;
        Ok(failed?)
    }

    fn all_trashed(&self) -> Result<Vec<ItemId>> {
        self.database().read_blocking(|c| {
            let mut ids = Vec::new();
            loop {
                let listing = Listing { query: None, trashed: true, offset: ids.len(), limit: 1000 };
                let page = legible_library::page(c, &listing)?;
                ids.extend(page.entries.iter().map(|entry| entry.item.id));
                if page.entries.is_empty() {
                    return Ok(ids);
                }
            }
        })
    }

    /// Does something with each item that is there, up to the first error, and tells what changed.
    async fn each<F>(&self, ids: Vec<i64>, work: F) -> Result<Touched>
    where
        F: Fn(&Transaction, &Folder, &Item) -> Result<()> + Clone + Send + 'static,
    {
        let (mut touched, mut failed) = (Vec::new(), None);
        for id in ids {
            let (folder, work) = (self.folder()?, work.clone());
            let done = self.database().write(move |tx| {
                let item = legible_library::item(tx, ItemId(id))?;
                item.as_ref().map(|item| work(tx, &folder, item)).transpose()
            });
            match done.await {
                Ok(done) => touched.extend(done.map(|()| id)),
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        let count = small(touched.len());
        self.announce(Changes::items(touched).and_work()).await;
        failed.map_or(Ok(Touched { count }), Err)
    }
}

/// What is to be known to start again what was cancelled for images in the trash.
#[derive(Clone)]
pub(crate) struct Again {
    places: Places,
    models: Vec<ModelUse>,
}

/// Forgets the jobs about an item and the sources that it came from.
fn unlink(tx: &Transaction, id: ItemId) -> Result<()> {
    legible_jobs::forget(tx, &subject_of(id.0))?;
    Ok(legible_sources::unlink(tx, id.0)?)
}

/// Moves an item to the trash, its file too. What waits for it is cancelled.
///
/// # Errors
/// When the file cannot be moved or the database fails; the transaction is then to be rolled back.
pub(crate) fn put_in_trash(tx: &Transaction, folder: &Folder, item: &Item, now: i64) -> Result<()> {
    legible_library::trash(tx, &[item.id], now)?;
    let about = Filter { subject: Some(subject_of(item.id.0)), ..Filter::default() };
    legible_jobs::request_cancel(tx, &about, now)?;
    write_sidecar(tx, folder, item.id)?;
    let placement = folder.trash_beside(&item.placement)?;
    if placement != item.placement {
        legible_library::set_placement(tx, item.id, &placement)?;
    }
    Ok(())
}

/// Takes an item out of the trash, its file too. What was cancelled for it starts again.
///
/// # Errors
/// When the file cannot be moved or the database fails; the transaction is then to be rolled back.
pub(crate) fn take_out_of_trash(tx: &Transaction, folder: &Folder, item: &Item, again: &Again, now: i64) -> Result<()> {
    legible_library::restore(tx, &[item.id])?;
    folder.restore(&item.placement)?;
    start_again(tx, folder, item, again, now)
}

/// Takes an item out of the trash whose bytes lie at a path of the library folder again. What the trash has of it is deleted.
///
/// # Errors
/// When a file cannot be written or deleted, or the database fails; the transaction is then to be rolled back, and this to be repeated.
pub(crate) fn take_back_at(
    tx: &Transaction,
    folder: &Folder,
    item: &Item,
    path: PathBuf,
    again: &Again,
    now: i64,
) -> Result<()> {
    legible_library::restore(tx, &[item.id])?;
    legible_library::set_placement(tx, item.id, &Placement::Managed { path })?;
    start_again(tx, folder, item, again, now)?;
    // Last: what else can fail has not.
    Ok(folder.purge_copy(&item.placement, &item.hash)?)
}

/// Tells what an item is that came out of the trash, and starts again what was cancelled for it.
fn start_again(tx: &Transaction, folder: &Folder, item: &Item, again: &Again, now: i64) -> Result<()> {
    write_sidecar(tx, folder, item.id)?;
    if !item.has_reading && item.problem.is_none() {
        enqueue_read(tx, item.id, &item.name, None, now)?;
    }
    recognise::enqueue_restored(tx, item.id, &again.models, now)?;
    if !thumbnail_path(&again.places, &item.hash).exists() {
        enqueue_thumbnail(tx, item.id, &item.name, now)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ItemsQuery;
    use crate::pictures;
    use crate::testing::{Home, png};
    use std::fs;

    fn filled(count: u8) -> (Home, Vec<i64>) {
        let home = Home::new();
        let ids = (0..count).map(|shade| home.take_in(&format!("{shade}.png"), &png(shade))).collect();
        (home, ids)
    }

    fn named(ids: &[i64]) -> ItemIds {
        ItemIds { ids: ids.to_vec() }
    }

    fn total(home: &Home, trashed: bool) -> u32 {
        home.ask(home.service.items(ItemsQuery { trashed, ..ItemsQuery::default() })).unwrap().total
    }

    fn trashed(home: &Home, shade: u8) -> PathBuf {
        home.path(&format!("library/.trash/1970/01/{shade}.png"))
    }

    #[test]
    fn a_file_that_cannot_be_moved_takes_back_none_of_those_before_it() {
        let (home, ids) = filled(3);
        home.ask(home.service.trash_items(named(&ids[..1]))).unwrap();
        home.ask(home.service.restore_items(named(&ids[..1]))).unwrap();
        // Something lies where the second file is to go.
        fs::create_dir_all(trashed(&home, 1)).unwrap();
        let refused = home.ask(home.service.trash_items(named(&ids))).unwrap_err();
        assert!(refused.to_string().contains("is in the way"), "{refused}");
        assert_eq!((total(&home, false), total(&home, true)), (2, 1));
        assert!(trashed(&home, 0).is_file(), "the row and the file of the first say the same");
        assert!(home.path("library/1970/01/1.png").is_file());
        fs::remove_dir(trashed(&home, 1)).unwrap();
        assert_eq!(home.ask(home.service.trash_items(named(&ids))).unwrap().count, 3);
        assert_eq!(home.ask(home.service.restore_items(named(&ids))).unwrap().count, 3);
        assert_eq!((total(&home, false), trashed(&home, 0).exists()), (3, false));
    }

    #[test]
    fn others_write_while_many_items_move() {
        let (home, ids) = filled(60);
        let service = home.service.clone();
        home.ask(async {
            let moving = tokio::spawn({
                let service = service.clone();
                async move { service.trash_items(ItemIds { ids }).await }
            });
            while service.items(ItemsQuery { trashed: true, ..ItemsQuery::default() }).await.unwrap().total == 0 {
                tokio::task::yield_now().await;
            }
            service.database().write(|tx| Ok(legible_jobs::new_group(tx, "meanwhile", 1)?)).await.unwrap();
            assert!(!moving.is_finished(), "the write came in between");
            moving.await.unwrap().unwrap();
        });
        assert_eq!(total(&home, true), 60);
    }

    #[test]
    fn what_is_deleted_for_good_leaves_nothing_in_folder_and_cache() {
        let (home, ids) = filled(3);
        let hash = legible_library::ContentHash::of(&png(0));
        let cached = pictures::cached_paths(home.service.places(), &hash);
        for path in &cached {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"a picture of it").unwrap();
        }
        home.ask(home.service.trash_items(named(&ids[..2]))).unwrap();
        assert_eq!(home.ask(home.service.purge_items(named(&[]))).unwrap().count, 2);
        assert!(cached.iter().all(|path| !path.exists()));
        let left = walkdir::WalkDir::new(home.path("library")).into_iter().flatten();
        assert_eq!(left.filter(|entry| entry.file_type().is_file()).count(), 2, "the third with its sidecar");
        assert_eq!((total(&home, false), total(&home, true)), (1, 0));
        let jobs = home.ask(home.service.jobs(crate::api::JobsQuery::default())).unwrap().jobs;
        assert!(jobs.iter().all(|job| job.item == Some(ids[2])), "also their names in the queue: {jobs:?}");
    }

    #[test]
    fn nothing_is_deleted_for_good_while_the_library_lies_elsewhere() {
        let (home, ids) = filled(2);
        home.ask(home.service.trash_items(named(&ids))).unwrap();
        fs::rename(home.path("library"), home.path("moved")).unwrap();
        fs::create_dir(home.path("library")).unwrap();
        let refused = home.ask(home.service.purge_items(named(&[]))).unwrap_err().to_wire();
        assert!(refused.message.contains("not in"), "{refused:?}");
        assert_eq!(total(&home, true), 2);
        fs::remove_dir(home.path("library")).unwrap();
        fs::rename(home.path("moved"), home.path("library")).unwrap();
        assert_eq!(home.ask(home.service.purge_items(named(&[]))).unwrap().count, 2);
    }

    #[test]
    fn a_file_that_cannot_be_deleted_is_not_forgotten_and_no_row_comes_back() {
        let (home, ids) = filled(2);
        home.ask(home.service.trash_items(named(&ids))).unwrap();
        let (file, aside) = (trashed(&home, 0), home.path("aside.png"));
        fs::rename(&file, &aside).unwrap();
        fs::create_dir(&file).unwrap();
        assert!(home.ask(home.service.purge_items(named(&ids))).is_err());
        assert_eq!((total(&home, true), trashed(&home, 1).exists()), (0, false));

        fs::remove_dir(&file).unwrap();
        fs::rename(&aside, &file).unwrap();
        assert_eq!(home.ask(home.service.purge_items(named(&[]))).unwrap().count, 0);
        assert!(!file.exists(), "the next call deletes it");
    }
}
