//! How one image comes in: bytes to an item, its file, its sidecar and its jobs, all or nothing.

use crate::api::{AddOrigin, ErrorCode, Keep, WireError};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::filing::{self, Claimed};
use crate::handler::{refuse_cancelled, subject_of};
use crate::handlers::{READ, THUMBNAIL, recognise};
use crate::pictures::thumbnail_path;
use crate::service::Service;
use legible_jobs::{Filter, GroupId, Lease, NewJob, State};
use legible_library::{Added, ContentHash, Folder, Item, ItemId, NewItem, Origin, OriginKind, Placement};
use legible_vision::decode::DecodeError;
use legible_vision::limits::MAX_BYTES;
use legible_vision::sniff::{Content, sniff};
use rusqlite::{Connection, Transaction};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// How often a job about an image is tried. A crash of the whole program counts, so it is generous.
const ITEM_ATTEMPTS: u32 = 5;

/// An image on its way in.
pub struct Offer {
    /// Its name to show.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The file it comes from, absolute.
    pub path: Option<PathBuf>,
    /// The address that it comes from, if it was fetched.
    pub url: Option<String>,
    /// How it came.
    pub origin: OriginKind,
    /// The source that it comes from by itself, if it does.
    pub claimed: Option<Claimed>,
    /// Whether the file is copied or stays where it is.
    pub keep: Keep,
    /// The group its jobs belong to.
    pub group: Group,
    /// The job that takes it in, if one does. Once that is cancelled, nothing more comes in.
    pub by: Option<Lease>,
}

impl Offer {
    /// Whether nobody asked for just this image.
    fn comes_by_itself(&self) -> bool {
        self.claimed.is_some() && matches!(self.origin, OriginKind::Folder | OriginKind::Web | OriginKind::Remote)
    }

    /// Bytes that are no file and belong to no group, of which a copy is kept.
    pub fn new(name: String, bytes: Vec<u8>, origin: OriginKind) -> Self {
        let (keep, group) = (Keep::Copy, Group::Of(None));
        Offer { name, bytes, path: None, url: None, origin, claimed: None, keep, group, by: None }
    }
}

/// The group of an image's jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// One that its job belongs to already.
    Of(Option<GroupId>),
    /// A new one for this image alone, if it is to be read.
    New,
}

impl Service {
    /// Takes an image in. An image that the library has already gets a further origin, and is read if it was not yet.
    /// If its file is lost, the bytes at hand take its place. One that was only referred to is copied if copies are
    /// wanted. Blocks.
    ///
    /// # Errors
    /// When the bytes are no image, or file or database cannot be written; then nothing is left behind but at most a
    /// copy of the file, which `rebuild` finds.
    pub fn take_in(&self, offer: Offer) -> Result<(Added, Option<GroupId>)> {
        must_be_image(&offer.bytes)?;
        let hash = ContentHash::of(&offer.bytes);
        loop {
            let (now, folder) = (self.now(), self.folder_to_fill()?);
            let known = self.database().read_blocking(|c| by_hash(c, &hash))?;
            if let Some(deleted) = known.as_ref().filter(|item| item.trashed_at.is_some() && offer.comes_by_itself()) {
                // What a person put in the trash, no source brings back.
                return Ok((Added { id: deleted.id, new: false, restored: false }, None));
            }
            let new = NewItem {
                hash: hash.clone(),
                name: offer.name.clone(),
                size: offer.bytes.len() as u64,
                placement: place(&folder, known.as_ref(), &offer, now)?,
                added_at: now,
            };
            let origin = Origin { kind: offer.origin, path: offer.path.clone(), url: offer.url.clone(), at: now };
            if let Some(entered) = self.enter(folder, known, new, origin, &offer)? {
                return Ok(entered);
            }
        }
    }

    /// Enters an image whose bytes are in their place. `None` when the library is not any more what it was when they were
    /// put there: then they may lie in the wrong one, or nowhere.
    fn enter(
        &self,
        folder: Folder,
        known: Option<Item>,
        new: NewItem,
        origin: Origin,
        offer: &Offer,
    ) -> Result<Option<(Added, Option<GroupId>)>> {
        let (service, thumbnail) = (self.clone(), thumbnail_path(self.places(), &new.hash));
        let (group, by, claimed) = (offer.group, offer.by.clone(), offer.claimed.clone());
        let was_trashed = known.as_ref().is_some_and(|item| item.trashed_at.is_some());
        let models = if was_trashed { self.models_that_see()? } else { Vec::new() };
        self.database().write_blocking(move |tx| {
            by.iter().try_for_each(|lease| refuse_cancelled(tx, lease))?;
            let place_of =
                |item: &Option<Item>| item.as_ref().map(|item| (item.id, item.placement.clone(), item.trashed_at));
            let still_known = by_hash(tx, &new.hash)?;
            if place_of(&still_known) != place_of(&known) || service.folder()?.root() != folder.root() {
                return Ok(None);
            }
            let (name, now) = (&new.name, new.added_at);
            let found = known.is_none() && adopt_sidecar(tx, &folder, &new)?;
            let mut added = legible_library::add_item(tx, &new, &origin)?;
            if added.restored {
                folder.restore(&new.placement)?;
            }
            added.restored |= found;
            let moved = known.filter(|item| item.placement != new.placement);
            if moved.is_some() {
                legible_library::set_placement(tx, added.id, &new.placement)?;
            }
            let unread = legible_library::item(tx, added.id)?.is_some_and(|item| !item.has_reading);
            claimed.iter().try_for_each(|source| filing::claim(tx, source, added.id, now))?;
            filing::note_maker(tx, claimed.as_ref(), &added)?;
            let group = match group {
                Group::Of(group) => group,
                // A group without a job would end at once, with nothing to tell.
                Group::New if unread && !is_due(tx, READ, added.id)? => Some(legible_jobs::new_group(tx, name, now)?),
                Group::New => None,
            };
            if was_trashed {
                recognise::enqueue_restored(tx, added.id, &models, now)?;
            }
            match &claimed {
                Some(source) if unread => filing::enqueue_read(tx, source, added.id, name, group, now)?,
                None if unread => enqueue_read(tx, added.id, name, group, now)?,
                // Once the ledger knows its file: before that, none would be found to move.
                Some(source) if source.moves_files() => {}
                _ => filing::enqueue(tx, added.id, name, now)?,
            }
            if !thumbnail.exists() {
                enqueue_thumbnail(tx, added.id, name, now)?;
            }
            write_sidecar(tx, &folder, added.id)?;
            if let (Some(item), Placement::Managed { .. }) = (moved, &new.placement) {
                // It has its sidecar beside it now.
                folder.purge(&item.placement, &item.hash)?;
            }
            Ok(Some((added, group)))
        })
    }

    /// Takes in an image that is no file, such as one from the clipboard.
    ///
    /// # Errors
    /// As [`Service::take_in`].
    pub async fn add_image(&self, name: String, bytes: Vec<u8>, origin: AddOrigin) -> Result<crate::api::Pasted> {
        let origin = origin_kind(origin);
        let offer = Offer { group: Group::New, ..Offer::new(name, bytes, origin) };
        let (added, group) = self.blocking(move |service| service.take_in(offer)).await?;
        let group = group.map(|group| group.0);
        self.announce(Changes::items([added.id.0]).and_group(group).and_work()).await;
        Ok(crate::api::Pasted { group, restored: added.restored })
    }
}

/// The item with these bytes.
fn by_hash(conn: &Connection, hash: &ContentHash) -> Result<Option<Item>> {
    match legible_library::find_by_hash(conn, hash)? {
        Some(id) => Ok(legible_library::item(conn, id)?),
        None => Ok(None),
    }
}

/// Puts the bytes where they are to lie, if they do not lie there yet; returns that place.
fn place(folder: &Folder, known: Option<&Item>, offer: &Offer, now: i64) -> Result<Placement> {
    if let Some(item) = known {
        let (place, is_there) = (&item.placement, folder.has(&item.placement)?);
        match place {
            Placement::Managed { .. } if is_there => return Ok(place.clone()),
            Placement::Managed { .. } => {
                folder.put_back(place, &offer.bytes)?;
                return Ok(place.clone());
            }
            Placement::Referenced { .. } if is_there && offer.keep == Keep::InPlace => return Ok(place.clone()),
            Placement::TextOnly if offer.claimed.as_ref().is_some_and(Claimed::keeps_text_only) => {
                return Ok(place.clone());
            }
            Placement::Referenced { .. } | Placement::TextOnly => {}
        }
    }
    match (offer.keep, &offer.path) {
        (Keep::InPlace, Some(path)) => Ok(Placement::Referenced { path: path.clone() }),
        _ => Ok(Placement::Managed { path: folder.place(&offer.name, &offer.bytes, now)? }),
    }
}

/// Whether a job of this kind waits for the item or runs.
///
/// # Errors
/// When the database fails.
pub fn is_due(conn: &Connection, kind: &str, item: ItemId) -> Result<bool> {
    let states = Some(vec![State::Enqueued, State::Blocked, State::Running]);
    let subject = Some(subject_of(item.0));
    let due = Filter { kinds: Some(vec![kind.to_owned()]), states, subject, ..Filter::default() };
    Ok(legible_jobs::jobs(conn, &due, 0, 1)?.total > 0)
}

/// Enqueues reading an item. If that is due already, perhaps only at night, it is to wait for nothing any more.
///
/// # Errors
/// When the database fails.
pub fn enqueue_read(tx: &Transaction, item: ItemId, name: &str, group: Option<GroupId>, now: i64) -> Result<()> {
    let job = NewJob { group, ..item_job(READ, item, name, now) };
    let enqueued = legible_jobs::enqueue(tx, &job, now)?;
    if !enqueued.new {
        legible_jobs::update(tx, enqueued.id, &job, now)?;
    }
    Ok(())
}

/// Enqueues making an item's thumbnail, unless that is due already.
///
/// # Errors
/// When the database fails.
pub fn enqueue_thumbnail(tx: &Transaction, item: ItemId, name: &str, now: i64) -> Result<()> {
    let job = item_job(THUMBNAIL, item, name, now);
    legible_jobs::enqueue(tx, &job, now)?;
    Ok(())
}

/// A job about one item, of which the queue holds one at a time.
pub fn item_job(kind: &str, item: ItemId, name: &str, now: i64) -> NewJob {
    NewJob {
        subject: Some(subject_of(item.0)),
        title: name.to_owned(),
        unique: Some(format!("{kind}:{item}")),
        max_attempts: ITEM_ATTEMPTS,
        ..NewJob::new(kind, serde_json::json!({ "item": item.0 }), now)
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
    // Before it is opened, which waits at a pipe until somebody writes into it.
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(failed(ErrorKind::IsADirectory.into()));
    }
    if !metadata.is_file() {
        let what = "it is a pipe, a socket or a device, and no file";
        return Err(failed(std::io::Error::new(ErrorKind::InvalidInput, what)));
    }
    let file = File::open(path).map_err(failed)?;
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

/// How an image came that a person offered.
pub fn origin_kind(origin: AddOrigin) -> OriginKind {
    match origin {
        AddOrigin::Drop => OriginKind::Drop,
        AddOrigin::Dialog => OriginKind::Dialog,
        AddOrigin::Paste => OriginKind::Paste,
        AddOrigin::Cli => OriginKind::Cli,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ItemIds;
    use crate::testing::{Home, png};
    use std::fs;

    fn placement(home: &Home, id: i64) -> Placement {
        let item = home.service.database().read_blocking(|c| Ok(legible_library::item(c, ItemId(id))?)).unwrap();
        item.unwrap().summary.placement
    }

    /// The one image and the one sidecar of the library, relative to its folder.
    fn files(home: &Home) -> Vec<String> {
        let walk = walkdir::WalkDir::new(home.path("library")).sort_by_file_name().into_iter().map(Result::unwrap);
        let files = walk.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path());
        let relative = |path: PathBuf| path.strip_prefix(home.path("library")).unwrap().to_str().unwrap().to_owned();
        files.map(relative).collect()
    }

    #[test]
    fn adding_an_image_again_puts_a_lost_file_back() {
        let home = Home::new();
        let id = home.take_in("a.png", &png(1));
        let file = home.ask(home.service.file(id)).unwrap();
        for trashed in [false, true] {
            if trashed {
                home.ask(home.service.trash_items(ItemIds { ids: vec![id] })).unwrap();
            }
            fs::remove_file(home.ask(home.service.file(id)).unwrap()).unwrap();
            assert_eq!(home.take_in("a.png", &png(1)), id);
            assert_eq!(fs::read(&file).unwrap(), png(1));
            assert_eq!(files(&home), ["1970/01/a.png", "1970/01/a.png.json"], "trashed: {trashed}");
        }
    }

    #[test]
    fn an_image_that_was_only_referred_to_is_copied_when_copies_are_wanted() {
        let home = Home::new();
        let id = home.offer("a.png", &png(1), Keep::InPlace).unwrap();
        assert_eq!(placement(&home, id), Placement::Referenced { path: home.path("in/a.png") });
        assert_eq!(home.offer("b.png", &png(1), Keep::InPlace).unwrap(), id);
        assert_eq!(placement(&home, id), Placement::Referenced { path: home.path("in/a.png") });

        fs::remove_file(home.path("in/a.png")).unwrap();
        assert_eq!(home.offer("b.png", &png(1), Keep::InPlace).unwrap(), id);
        assert_eq!(placement(&home, id), Placement::Referenced { path: home.path("in/b.png") });

        assert_eq!(home.take_in("b.png", &png(1)), id);
        assert_eq!(files(&home), ["1970/01/b.png", "1970/01/b.png.json"], "also the sidecar has moved");
        assert!(home.ask(home.service.file(id)).unwrap().is_file());
    }

    #[test]
    fn a_cancelled_job_takes_nothing_more_in() {
        let home = Home::new();
        let lease = home.begin(crate::handlers::IMPORT, serde_json::json!({}), None);
        let by = Some(lease.clone());
        let offer = Offer { by, ..Offer::new("a.png".into(), png(1), OriginKind::Drop) };
        let all = Filter::default();
        home.service.database().write_blocking(move |tx| Ok(legible_jobs::request_cancel(tx, &all, 1)?)).unwrap();
        assert!(matches!(home.service.take_in(offer), Err(Error::Stopped)));
        let waiting = Filter::states([State::Enqueued]);
        let waiting = home.service.database().read_blocking(|c| Ok(legible_jobs::jobs(c, &waiting, 0, 1)?.total));
        assert_eq!(waiting.unwrap(), 0, "it is not to be read");
    }

    #[test]
    fn what_is_deleted_while_it_is_added_again_is_not_entered_without_its_bytes() {
        let home = Home::new();
        let id = home.take_in("a.png", &png(1));
        let known = home.service.database().read_blocking(|c| Ok(legible_library::item(c, ItemId(id))?)).unwrap();
        home.ask(home.service.trash_items(ItemIds { ids: vec![id] })).unwrap();
        home.ask(home.service.purge_items(ItemIds { ids: vec![id] })).unwrap();
        let new = NewItem {
            hash: ContentHash::of(&png(1)),
            name: "a.png".into(),
            size: 1,
            placement: known.as_ref().unwrap().placement.clone(),
            added_at: 1,
        };
        let origin = Origin { kind: OriginKind::Drop, path: None, url: None, at: 1 };
        let offer = Offer { group: Group::New, ..Offer::new("a.png".into(), png(1), OriginKind::Drop) };
        let entered = home.service.enter(home.service.folder().unwrap(), known, new.clone(), origin.clone(), &offer);
        assert_eq!(entered.unwrap(), None);
        let elsewhere = Folder::at(home.path("elsewhere"));
        assert_eq!(home.service.enter(elsewhere, None, new, origin, &offer).unwrap(), None, "the folder was changed");
        let counts = home.service.database().read_blocking(|c| Ok(legible_library::counts(c)?)).unwrap();
        assert_eq!(counts, legible_library::Counts::default());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_refused_and_not_waited_for() {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe.png");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let check = |path: &Path, expected: &str| {
            let error = read_file(path).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(&pipe, "pipe.png: it is a pipe");
        check(Path::new("/dev/zero"), "/dev/zero: it is a pipe, a socket or a device");
        check(home.path(), "it is a folder");
        check(&home.path().join("gone"), "the file is not there");
    }
}
