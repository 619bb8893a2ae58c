//! The library folder as the side of this machine: what lies in it belongs to items, so that a sidecar that comes changes its item in the
//! same moment, and an image that was deleted elsewhere goes to the trash as if it had been deleted here.

use super::arrivals::expect_image;
use super::damaged::{begins_like_an_image, was_an_image};
use super::edited::hand_on;
use super::ledger::told;
use super::merge::{image_of, is_sidecar, sidecar_of};
use super::moves::remove_sidecar;
use super::second_place::go_on_there;
use super::take_over::{Taken, take_over};
use crate::changes::Changes;
use crate::commands::{put_in_trash, take_out_of_trash};
use crate::error::{Error, Result};
use crate::intake::write_sidecar;
use crate::service::Service;
use crate::tables::arrivals;
use legible_cloud::digest::ContentHash;
use legible_cloud::limits::MAX_MERGED_BYTES;
use legible_cloud::local::{FolderSide, Incoming, Local, LocalListing, Opened};
use legible_cloud::store::{self, RemoteId};
use legible_cloud::{Error as CloudError, FilePath, conflict};
use legible_library::{Folder, FolderError, Item, Placement, Sidecar, is_damaged, sidecar_gist, understood};
use legible_vision::worker::CancelToken;
use rusqlite::Connection;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Why an image that came does not take the place of one that is here.
const DAMAGED_THERE: &str = "what is on the storage is no image any more, and was left there; delete it there, and the image that is here goes up again";

/// The library folder.
pub struct LibrarySide {
    service: Service,
    /// The storage that it is kept in step with.
    storage: RemoteId,
    folder: Folder,
    files: Arc<FolderSide>,
}

impl LibrarySide {
    /// The library folder of the settings, to be kept in step with a storage until `token` says stop. Blocks.
    ///
    /// # Errors
    /// When it is not there, or not the one that holds the library.
    pub fn new(service: &Service, storage: RemoteId, token: &CancelToken) -> Result<Self> {
        // Before the first image there is none: what is on a storage may be the first.
        service.folder_to_fill()?;
        let folder = service.folder_in_place()?;
        service.recall_hashes()?;
        let (hashes, token) = (Box::new(Arc::clone(service.library_hashes())), token.clone());
        let files = FolderSide::open(folder.root(), hashes)?.stopping(move || token.is_cancelled());
        Ok(LibrarySide { service: service.clone(), storage, folder, files: Arc::new(files) })
    }

    /// Puts a sidecar in place, and makes its item what it says.
    fn place_sidecar(
        &self,
        path: &FilePath,
        came: Box<dyn Incoming>,
        expected: Option<&ContentHash>,
        sidecar: Sidecar,
    ) -> Result<ContentHash> {
        self.take_back_what_is_spoken_of(path, expected, &sidecar)?;
        let (files, folder) = (Arc::clone(&self.files), self.folder.clone());
        let (path, expected) = (path.clone(), expected.copied());
        self.service.database().write_blocking(move |tx| {
            // Its image comes first: it takes the place of another one, or comes back from the trash.
            let comes_first = |item: &Item| (item.trashed_at.is_some()) == (item.hash == sidecar.hash);
            if at(tx, image_of(&path))?.as_ref().is_some_and(comes_first) {
                return Err(CloudError::Stale(path.to_string()).into());
            }
            // First what can be taken back.
            let taken = take_over(tx, &folder, &path, &sidecar)?;
            if taken == Taken::Elsewhere {
                expect_image(tx, &path)?;
            }
            if taken != Taken::Not {
                arrivals::arrived(tx, path.as_str())?;
            }
            Ok(files.place(&path, came, expected.as_ref())?)
        })
    }

    /// Takes an image out of the trash of which something new was said elsewhere after it went there: that is an edit, which beats the delete.
    fn take_back_what_is_spoken_of(
        &self,
        path: &FilePath,
        expected: Option<&ContentHash>,
        came: &Sidecar,
    ) -> Result<()> {
        let (storage, path, hash) = (self.storage, path.clone(), came.hash.clone());
        let trashed = move |conn: &Connection| -> Result<Option<Item>> {
            // Where it was never in step, its image may be on its way.
            if store::one(conn, storage, &path)?.is_none() {
                return Ok(None);
            }
            Ok(at(conn, image_of(&path))?.filter(|item| item.trashed_at.is_some() && item.hash == hash))
        };
        if expected.is_some() {
            return Ok(());
        }
        match self.service.database().read_blocking(trashed)? {
            Some(item) => self.take_out_of_trash(item),
            None => Ok(()),
        }
    }

    fn take_out_of_trash(&self, item: Item) -> Result<()> {
        let (folder, again, now) = (self.folder.clone(), self.service.again()?, self.service.now());
        self.service.database().write_blocking(move |tx| {
            // The image and its sidecar may come at once, and the other one was faster.
            let lies_there = legible_library::item(tx, item.id)?.is_some_and(|item| item.trashed_at.is_some());
            if lies_there { take_out_of_trash(tx, &folder, &item, &again, now) } else { Ok(()) }
        })
    }

    /// Puts an image in place. One that comes back is taken out of the trash, and one that lies there goes on elsewhere.
    fn place_image(
        &self,
        path: &FilePath,
        mut came: Box<dyn Incoming>,
        expected: Option<&ContentHash>,
    ) -> Result<ContentHash> {
        if let Some(hash) = self.back_from_trash(path, came.path(), expected)? {
            return Ok(hash);
        }
        let (files, folder, path, expected) =
            (Arc::clone(&self.files), self.folder.clone(), path.clone(), expected.copied());
        let (now, storage) = (self.service.now(), self.storage);
        self.service.database().write_blocking(move |tx| {
            let lies_there = |item: &Item| Some(item.hash.as_str().to_owned()) == expected.map(|hash| hash.to_string());
            let Some(item) = at(tx, image_of(&path))?.filter(|item| item.trashed_at.is_none() && lies_there(item))
            else {
                return Ok(files.place(&path, came, expected.as_ref())?);
            };
            if let Some(kept) = kept_beside(&folder, &files, &path, expected.as_ref())? {
                let placement = Placement::Managed { path: kept.as_str().into() };
                legible_library::set_placement(tx, item.id, &placement)?;
                write_sidecar(tx, &folder, item.id)?;
                let placed = files.place(&path, came, expected.as_ref())?;
                let were_one = store::one(tx, storage, &path)?.is_some();
                // What still lies here is said of the one that was kept. The one that came begins with it if both come of one image.
                if !(were_one && hand_on(tx, &folder, &item, now)?) {
                    remove_sidecar(&folder.locate(&item.placement)?)?;
                }
                return Ok(placed);
            }
            if files.look(&path)? != expected {
                return Err(CloudError::Stale(path.to_string()).into());
            }
            if was_an_image(&item) && !begins_like_an_image(came.path()).map_err(CloudError::local(came.path()))? {
                return Err(CloudError::File { path: path.to_string(), message: DAMAGED_THERE.to_owned() }.into());
            }
            // Another machine put another image in its place. On a full disk, the one that is here stays where it is.
            came.settle().map_err(CloudError::local(came.path()))?;
            let goes_on = go_on_there(tx, &folder, &files, storage, &item, &path)?;
            if !goes_on {
                put_in_trash(tx, &folder, &item, now)?;
            }
            let placed = files.place(&path, came, expected.as_ref().filter(|_| goes_on))?;
            if !hand_on(tx, &folder, &item, now)? {
                remove_sidecar(&folder.root().join(path.as_str()))?;
            }
            Ok(placed)
        })
    }

    /// Takes an image out of the trash that comes back to its place; `None` where there is none to take out.
    fn back_from_trash(
        &self,
        path: &FilePath,
        came: &Path,
        expected: Option<&ContentHash>,
    ) -> Result<Option<ContentHash>> {
        let known = self.service.database().read_blocking(|conn| at(conn, image_of(path)))?;
        let Some(item) = known.filter(|item| item.trashed_at.is_some() && expected.is_none()) else { return Ok(None) };
        let failed = |error| Error::File { path: came.to_owned(), error };
        let mut file = std::fs::File::open(came).map_err(failed)?;
        let came = legible_library::ContentHash::of_reader(&mut file).map_err(failed)?;
        // Another program may have drawn over it before it went to the trash.
        if came != item.hash || self.folder.trashed(&item.placement)?.as_ref() != Some(&came) {
            return Ok(None);
        }
        self.take_out_of_trash(item)?;
        Ok(self.files.look(path)?)
    }

    /// An error of the service, as the crate that keeps a folder in step takes it: what concerns one file alone stops no other.
    fn told_of(&self, path: &FilePath, error: Error) -> CloudError {
        let of_it = |message: String| CloudError::File { path: path.to_string(), message };
        match error {
            Error::Library(error @ legible_library::Error::TooLong { .. }) => of_it(error.to_string()),
            Error::Folder(
                error @ (FolderError::Missing { .. } | FolderError::Emptied { .. } | FolderError::DiskFull { .. }),
            ) => told(error.into()),
            Error::Folder(
                FolderError::NotWritable { path: at, cause: error } | FolderError::Io { path: at, cause: error },
            )
            | Error::File { path: at, error } => {
                self.files.met(path, "it cannot be changed here", CloudError::Local { path: at, error })
            }
            Error::Folder(error) => of_it(error.to_string()),
            error => told(error),
        }
    }
}

impl Local for LibrarySide {
    fn list(&self, stopped: &dyn Fn() -> bool) -> legible_cloud::Result<LocalListing> {
        let listing = self.files.list(stopped)?;
        self.service.keep_hashes(&listing).map_err(told)?;
        Ok(listing)
    }

    fn look(&self, path: &FilePath) -> legible_cloud::Result<Option<ContentHash>> {
        self.files.look(path)
    }

    fn open(&self, path: &FilePath) -> legible_cloud::Result<Option<Opened>> {
        self.files.open(path)
    }

    fn incoming(&self) -> legible_cloud::Result<Box<dyn Incoming>> {
        self.files.incoming()
    }

    fn place(
        &self,
        path: &FilePath,
        came: Box<dyn Incoming>,
        expected: Option<&ContentHash>,
    ) -> legible_cloud::Result<ContentHash> {
        let name = path.as_str().to_owned();
        self.service
            .database()
            .write_blocking(move |tx| arrivals::expect(tx, &name))
            .map_err(|error| self.told_of(path, error))?;
        let sidecar = if is_sidecar(path) { read(path, came.path())? } else { None };
        match sidecar {
            Some(sidecar) => {
                self.place_sidecar(path, came, expected, sidecar).map_err(|error| self.told_of(path, error))
            }
            None => self.place_image(path, came, expected).map_err(|error| self.told_of(path, error)),
        }
    }

    fn put_away(&self, path: &FilePath, expected: &ContentHash) -> legible_cloud::Result<()> {
        let (files, folder, of, expected) = (Arc::clone(&self.files), self.folder.clone(), path.clone(), *expected);
        let (now, storage) = (self.service.now(), self.storage);
        let put_away = self.service.database().write_blocking(move |tx| {
            let Some(item) = at(tx, image_of(&of))?.filter(|item| item.trashed_at.is_none()) else {
                files.put_away(&of, &expected)?;
                return Ok(true);
            };
            // A sidecar goes with its image, and not without it.
            let Some(found) = files.look(&of)?.filter(|_| !is_sidecar(&of)) else { return Ok(true) };
            if found != expected {
                return Ok(false);
            }
            if is_edited(tx, storage, &files, &of)? {
                // What a person said of it beats the delete: it goes up again.
                store::forget(tx, storage, &of)?;
                return Ok(false);
            }
            if go_on_there(tx, &folder, &files, storage, &item, &of)? {
                let file = folder.root().join(of.as_str());
                std::fs::remove_file(&file).map_err(|error| Error::File { path: file.clone(), error })?;
                remove_sidecar(&file)?;
                return Ok(true);
            }
            put_in_trash(tx, &folder, &item, now)?;
            Ok(true)
        });
        if !put_away.map_err(|error| self.told_of(path, error))? {
            return Err(CloudError::Stale(path.to_string()));
        }
        self.service.bus().note(Changes { many_items: true, ..Changes::default() });
        Ok(())
    }
}

/// Where an image was kept because of a conflict before another one takes its place.
fn kept_beside(
    folder: &Folder,
    files: &FolderSide,
    path: &FilePath,
    content: Option<&ContentHash>,
) -> Result<Option<FilePath>> {
    let Some(above) = Path::new(path.as_str()).parent() else { return Ok(None) };
    let full = folder.root().join(above);
    let entries = std::fs::read_dir(&full).map_err(|error| Error::File { path: full.clone(), error })?;
    for entry in entries.flatten() {
        let beside = entry.file_name().to_str().map(|name| above.join(name));
        let Some(kept) = beside.and_then(|beside| FilePath::parse(beside.to_str()?).ok()) else { continue };
        let is_of_it = conflict::told_by(&kept).is_some_and(|conflict| conflict.of == *path);
        if is_of_it && files.look(&kept)?.as_ref() == content {
            return Ok(Some(kept));
        }
    }
    Ok(None)
}

/// Whether a person said something of an image since it was in step. What programs note in its sidecar does not count.
fn is_edited(conn: &Connection, storage: RemoteId, files: &FolderSide, image: &FilePath) -> Result<bool> {
    let Some(sidecar) = sidecar_of(image) else { return Ok(false) };
    let Some(was) = store::one(conn, storage, &sidecar)? else { return Ok(false) };
    let Some(mut opened) = files.open(&sidecar)? else { return Ok(true) };
    let mut text = Vec::new();
    opened.content.read_to_end(&mut text).map_err(CloudError::local(sidecar.as_str()))?;
    Ok(opened.hash != was.hash && (was.gist.is_none() || was.gist != sidecar_gist(&text)))
}

/// The item whose image lies at a path of the library folder, or did before it went to the trash.
fn at(conn: &Connection, image: &Path) -> Result<Option<Item>> {
    let Some(id) = legible_library::find_managed(conn, image)? else { return Ok(None) };
    Ok(legible_library::item(conn, id)?)
}

/// The sidecar that came in a file; `None` where a newer program wrote it, which is kept as it is. What is damaged takes the place of none
/// that is not.
fn read(path: &FilePath, came: &Path) -> legible_cloud::Result<Option<Sidecar>> {
    let refused = |message: &str| CloudError::File { path: path.to_string(), message: message.to_owned() };
    let failed = CloudError::local(came);
    let mut text = Vec::new();
    let read = std::fs::File::open(came).and_then(|file| file.take(MAX_MERGED_BYTES + 1).read_to_end(&mut text));
    if read.map_err(failed)? as u64 > MAX_MERGED_BYTES {
        return Err(refused("what is on the storage is far too large for what is said of an image"));
    }
    if is_damaged(&text) {
        return Err(refused(
            "what is on the storage is damaged, or no file of Legible's, and was left there; delete it there, and what is known here goes up",
        ));
    }
    Ok(understood(&text))
}
