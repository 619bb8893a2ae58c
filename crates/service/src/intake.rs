//! How one image comes in: bytes to an item, its file, its sidecar and its jobs, all or nothing.

use crate::api::{AddOrigin, ErrorCode, Keep, WireError};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::subject_of;
use crate::handlers::{READ, THUMBNAIL};
use crate::pictures::thumbnail_path;
use crate::service::Service;
use legible_jobs::{Backoff, GroupId, NewJob};
use legible_library::{Added, ContentHash, Folder, ItemId, NewItem, Origin, OriginKind, Placement};
use legible_vision::decode::DecodeError;
use legible_vision::limits::MAX_BYTES;
use legible_vision::sniff::{Content, sniff};
use rusqlite::Transaction;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// How often reading an image is tried. A crash of the whole program counts, so it is generous.
const READ_ATTEMPTS: u32 = 5;

/// Thumbnails come first: they are quick, and a person waits for them.
const THUMBNAIL_PRIORITY: i32 = 10;

/// An image on its way in.
pub struct Offer {
    /// Its name to show.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The file it comes from, absolute.
    pub path: Option<PathBuf>,
    /// How it came.
    pub origin: AddOrigin,
    /// Whether the file is copied or stays where it is.
    pub keep: Keep,
    /// The group its jobs belong to.
    pub group: Group,
}

/// The group of an image's jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// One that its job belongs to already.
    Of(Option<GroupId>),
    /// A new one for this image alone.
    New,
}

impl Service {
    /// Takes an image in. An image that the library has already gets a further origin, and is read if it was not yet.
    /// Blocks.
    ///
    /// # Errors
    /// When the bytes are no image, or file or database cannot be written; then nothing is left behind but at most a
    /// copy of the file, which `rebuild` finds.
    pub fn take_in(&self, folder: &Folder, offer: Offer) -> Result<(Added, Option<GroupId>)> {
        let Offer { name, bytes, path, origin, keep, group } = offer;
        must_be_image(&bytes)?;
        let (now, hash, size) = (self.now(), ContentHash::of(&bytes), bytes.len() as u64);
        let known = self.database().read_blocking(|c| Ok(legible_library::find_by_hash(c, &hash)?))?;
        let placement = match (known, keep, &path) {
            // The placement of a known item stays what it is; this one is not looked at.
            (Some(_), ..) => Placement::Managed { path: PathBuf::new() },
            (None, Keep::InPlace, Some(path)) => Placement::Referenced { path: path.clone() },
            (None, ..) => Placement::Managed { path: folder.place(&name, &bytes, now)? },
        };
        let origin = Origin { kind: origin_kind(origin), path, at: now };
        let new = NewItem { hash, name: name.clone(), size, placement, added_at: now };
        let (folder, thumbnail) = (folder.clone(), thumbnail_path(self.places(), &new.hash));
        self.database().write_blocking(move |tx| {
            let group = match group {
                Group::Of(group) => group,
                Group::New => Some(legible_jobs::new_group(tx, &name, now)?),
            };
            let found = known.is_none() && adopt_sidecar(tx, &folder, &new)?;
            let mut added = legible_library::add_item(tx, &new, &origin)?;
            added.new |= found;
            if added.restored
                && let Some(item) = legible_library::item(tx, added.id)?
            {
                folder.restore(&item.placement)?;
            }
            let unread = legible_library::item(tx, added.id)?.is_some_and(|item| !item.has_reading);
            if unread {
                enqueue_read(tx, added.id, &name, group, now)?;
            }
            if !thumbnail.exists() {
                enqueue_thumbnail(tx, added.id, &name, now)?;
            }
            write_sidecar(tx, &folder, added.id)?;
            Ok((added, group))
        })
    }

    /// Takes in an image that is no file, such as one from the clipboard.
    ///
    /// # Errors
    /// As [`Service::take_in`].
    pub async fn add_image(&self, name: String, bytes: Vec<u8>, origin: AddOrigin) -> Result<crate::api::Added> {
        let service = self.clone();
        let taken = tokio::task::spawn_blocking(move || {
            let offer = Offer { name, bytes, path: None, origin, keep: Keep::Copy, group: Group::New };
            service.take_in(&service.folder()?, offer)
        });
        let (added, group) = taken.await.map_err(|_| Error::Internal("taking an image in panicked".into()))??;
        let group = group.map(|group| group.0).unwrap_or_default();
        self.announce(Changes::items([added.id.0]).and_group(Some(group)).and_work()).await;
        Ok(crate::api::Added { group })
    }
}

/// Enqueues reading an item, unless that is due already.
///
/// # Errors
/// When the database fails.
pub fn enqueue_read(tx: &Transaction, item: ItemId, name: &str, group: Option<GroupId>, now: i64) -> Result<()> {
    let job = NewJob { group, max_attempts: READ_ATTEMPTS, ..item_job(READ, item, name, now) };
    legible_jobs::enqueue(tx, &job, now)?;
    Ok(())
}

/// Enqueues making an item's thumbnail, unless that is due already.
///
/// # Errors
/// When the database fails.
pub fn enqueue_thumbnail(tx: &Transaction, item: ItemId, name: &str, now: i64) -> Result<()> {
    let job = NewJob { priority: THUMBNAIL_PRIORITY, ..item_job(THUMBNAIL, item, name, now) };
    legible_jobs::enqueue(tx, &job, now)?;
    Ok(())
}

fn item_job(kind: &str, item: ItemId, name: &str, now: i64) -> NewJob {
    NewJob {
        kind: kind.to_owned(),
        payload: serde_json::json!({ "item": item.0 }),
        subject: Some(subject_of(item.0)),
        title: name.to_owned(),
        priority: 0,
        group: None,
        unique: Some(format!("{kind}:{item}")),
        max_attempts: 3,
        backoff: Backoff::default(),
        run_at: now,
    }
}

/// Takes over the sidecar that lies beside an image which the database does not know: of a start that was killed, or of
/// a database that is gone. So no tag or note is lost. Returns whether there was one.
fn adopt_sidecar(tx: &Transaction, folder: &Folder, new: &NewItem) -> Result<bool> {
    // One that cannot be read is set aside when the new one is written.
    let Ok(Some(sidecar)) = folder.read_sidecar(&new.placement, &new.hash) else { return Ok(false) };
    if sidecar.hash != new.hash {
        return Ok(false);
    }
    match legible_library::adopt(tx, &new.placement, &sidecar) {
        Ok(added) => Ok(added.new),
        Err(error @ legible_library::Error::TooLong { .. }) => {
            let message = format!("The sidecar of {} in the library folder cannot be used: {error}.", new.name);
            Err(WireError::new(ErrorCode::File, message).hint("Shorten it there, then try again.").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes an item's sidecar from what the transaction sees.
///
/// # Errors
/// When the item is gone or the file cannot be written; the transaction is then to be rolled back.
pub fn write_sidecar(tx: &Transaction, folder: &Folder, id: ItemId) -> Result<()> {
    let item = legible_library::item(tx, id)?.ok_or_else(|| Error::NotFound(format!("image {id}")))?;
    let sidecar = legible_library::sidecar(tx, id)?.ok_or_else(|| Error::NotFound(format!("image {id}")))?;
    Ok(folder.write_sidecar(&item.placement, &sidecar)?)
}

/// Reads a file that may be an image, up to the size that is read at all.
///
/// # Errors
/// When it cannot be read or is too large.
pub fn read_file(path: &Path) -> Result<Vec<u8>> {
    let failed = |error| Error::File { path: path.to_owned(), error };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(failed(ErrorKind::IsADirectory.into()));
    }
    if metadata.len() > MAX_BYTES as u64 {
        return Err(bad_image(&DecodeError::TooManyBytes {
            bytes: usize::try_from(metadata.len()).unwrap_or(usize::MAX),
        }));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Refuses what is no image by its first bytes, before it comes into the library.
fn must_be_image(bytes: &[u8]) -> Result<()> {
    match sniff(bytes) {
        Content::Image(_) => Ok(()),
        _ if bytes.is_empty() => Err(bad_image(&DecodeError::Empty)),
        Content::Foreign(format) => Err(bad_image(&DecodeError::Unsupported { format })),
        Content::Encrypted(format) => Err(bad_image(&DecodeError::PasswordProtected { format })),
        Content::Unknown => Err(bad_image(&DecodeError::NotAnImage)),
    }
}

fn bad_image(error: &DecodeError) -> Error {
    WireError::new(ErrorCode::BadImage, error.to_string()).into()
}

fn origin_kind(origin: AddOrigin) -> OriginKind {
    match origin {
        AddOrigin::Drop => OriginKind::Drop,
        AddOrigin::Dialog => OriginKind::Dialog,
        AddOrigin::Paste => OriginKind::Paste,
        AddOrigin::Cli => OriginKind::Cli,
    }
}
