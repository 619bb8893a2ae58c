//! Makes known to the library what came into its folder from a storage: in the end of a run, and after a kill before anything else
//! could write over it.

use super::damaged::begins_like_an_image;
use super::edited::begin_with;
use super::merge::{image_of, is_sidecar, sidecar_of, slashed};
use super::take_over::{Taken, item_of, lies_at, take_over, take_over_besides};
use crate::adopting::{adopt, take_in_place};
use crate::changes::Changes;
use crate::commands::{Again, take_back_at};
use crate::error::{Error, Result};
use crate::handlers::import::concerns_the_library;
use crate::service::Service;
use crate::tables::arrivals;
use legible_cloud::FilePath;
use legible_jobs::GroupId;
use legible_library::{ContentHash, Folder, FolderError, Item, OriginKind, Placement, Sidecar, understood};
use rusqlite::Transaction;
use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Makes items of images that came, and gives items what their sidecars say that came. An image without a sidecar becomes an item only
/// when a run is `whole`: its sidecar may still be on its way. An image that the library has elsewhere is looked at again until then: it may
/// be on its way from there to here. Blocks.
///
/// # Errors
/// When the library cannot be written. A file that is none of the library's is left where it lies.
pub fn take_in_arrivals(service: &Service, folder: &Folder, group: Option<GroupId>, whole: bool) -> Result<()> {
    let expected = service.database().read_blocking(arrivals::expected)?;
    if expected.is_empty() {
        return Ok(());
    }
    let names: HashSet<&str> = expected.iter().map(String::as_str).collect();
    let arriving = Arriving::new(service, folder, group)?;
    for name in &expected {
        let taken = match FilePath::parse(name) {
            Ok(path) if is_sidecar(&path) => arriving.sidecar_came(&path),
            Ok(path) => arriving.image_came(&path, &names, whole),
            Err(_) => Ok(true),
        };
        match taken {
            Ok(false) => continue,
            Ok(true) => {}
            Err(error) if stops_all(&error) => return Err(error),
            Err(error) => tracing::warn!(%error, name, "what came from a storage cannot be used"),
        }
        let name = name.clone();
        service.database().write_blocking(move |tx| arrivals::arrived(tx, &name))?;
    }
    service.bus().note(Changes { many_items: true, ..Changes::work() });
    Ok(())
}

/// Takes in what came in runs that were killed, as a runner does when it begins. While a run goes, nothing: that has done it itself, and what
/// it is about to put in place does not yet lie there. Blocks.
///
/// # Errors
/// As [`take_in_arrivals`].
pub fn take_in_what_was_left(service: &Service, folder: &Folder) -> Result<()> {
    match service.turn_to_sync().try_lock() {
        Ok(_turn) => take_in_arrivals(service, folder, None, false),
        Err(_) => Ok(()),
    }
}

/// Makes an item of an image of these bytes that the library does not have, with what lies beside it: of an image that lay in two places,
/// it had the one that is gone. What is said of another one there was said before this was drawn over it. Blocks.
///
/// # Errors
/// When a file cannot be read, or the library cannot be written.
pub fn take_in_pair(
    service: &Service,
    folder: &Folder,
    image: &Path,
    hash: &ContentHash,
    group: Option<GroupId>,
) -> Result<()> {
    let Some(path) = slashed(image).and_then(|image| sidecar_of(&image)) else { return Ok(()) };
    let Some(pair) = Pair::at(folder, &path)? else { return Ok(()) };
    if pair.is_there {
        let is_said_of_it = pair.sidecar.hash == *hash;
        return if is_said_of_it {
            Arriving::new(service, folder, group)?.take_in(path, pair).map(drop)
        } else {
            Ok(())
        };
    }
    let is_on_its_way = service.database().read_blocking(move |conn| arrivals::is_expected(conn, path.as_str()))?;
    let file = folder.root().join(image);
    if is_on_its_way || !begins_like_an_image(&file).map_err(|error| Error::File { path: file, error })? {
        return Ok(());
    }
    let (folder, placement, now) = (folder.clone(), Placement::Managed { path: pair.image }, service.now());
    service.database().write_blocking(move |tx| begin_with(tx, &folder, &placement, pair.sidecar, now).map(drop))
}

/// A sidecar that lies in the library folder.
struct Pair {
    /// Where its image lies, or is to lie.
    image: PathBuf,
    sidecar: Sidecar,
    /// Whether that lies there. Another image may still do.
    is_there: bool,
}

impl Pair {
    /// What lies at the path of a sidecar; `None` where none does that can be understood.
    fn at(folder: &Folder, path: &FilePath) -> Result<Option<Pair>> {
        let file = folder.root().join(path.as_str());
        let text = match std::fs::read(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|error| Error::File { path: file, error })?,
        };
        let Some(sidecar) = understood(&text) else { return Ok(None) };
        let image = image_of(path).to_owned();
        let is_there = content_of(&folder.root().join(&image))?.is_some_and(|content| content == sidecar.hash);
        Ok(Some(Pair { image, sidecar, is_there }))
    }
}

/// What is done with each file that came.
struct Arriving<'a> {
    service: &'a Service,
    folder: &'a Folder,
    group: Option<GroupId>,
    again: Again,
}

impl<'a> Arriving<'a> {
    fn new(service: &'a Service, folder: &'a Folder, group: Option<GroupId>) -> Result<Self> {
        Ok(Arriving { service, folder, group, again: service.again()? })
    }

    /// Returns whether nothing is left to be done with a sidecar.
    fn sidecar_came(&self, path: &FilePath) -> Result<bool> {
        match Pair::at(self.folder, path)? {
            Some(pair) => self.take_in(path.clone(), pair),
            None => Ok(true),
        }
    }

    /// Returns whether nothing is left to be done with an image.
    fn image_came(&self, path: &FilePath, expected: &HashSet<&str>, whole: bool) -> Result<bool> {
        let image = Path::new(path.as_str());
        let lies_there = |path: &Path| self.folder.root().join(path).is_file();
        if !lies_there(image) {
            return Ok(true);
        }
        let Some(sidecar) = sidecar_of(path).filter(|sidecar| lies_there(Path::new(sidecar.as_str()))) else {
            if whole {
                take_in_place(self.service, self.folder, image.to_owned(), OriginKind::Remote, self.group)?;
            }
            return Ok(whole);
        };
        // With what is said of it.
        if expected.contains(sidecar.as_str()) {
            return Ok(true);
        }
        let Some(pair) = Pair::at(self.folder, &sidecar)? else { return Ok(true) };
        let known = self.service.database().read_blocking(|conn| item_of(conn, &pair.sidecar))?;
        let is_at_rest = |item: Item| item.trashed_at.is_none() && !lies_at(&item, &sidecar);
        // What lies beside it was taken over when that came, and is not to be once more: much may have been said since.
        if known.is_some_and(is_at_rest) { Ok(whole) } else { self.take_in(sidecar, pair) }
    }

    /// Makes known what a sidecar says. Returns whether nothing is left to be done with that.
    fn take_in(&self, path: FilePath, Pair { image, sidecar, is_there }: Pair) -> Result<bool> {
        let (folder, again, group, now) = (self.folder.clone(), self.again.clone(), self.group, self.service.now());
        self.service.database().write_blocking(move |tx| {
            let trashed = item_of(tx, &sidecar)?.filter(|item| item.trashed_at.is_some() && is_there);
            if let Some(item) = trashed {
                take_back_at(tx, &folder, &item, image, &again, now)?;
                return take_over_besides(tx, &folder, item.id, &sidecar).map(|()| true);
            }
            match take_over(tx, &folder, &path, &sidecar)? {
                Taken::Over => Ok(true),
                Taken::Elsewhere => expect_image(tx, &path).map(|()| true),
                Taken::Not if !is_there => Ok(false),
                Taken::Not => {
                    // It lies in the library, whatever its sidecar says.
                    let sidecar = Sidecar { trashed_at: None, path: None, text_only: false, ..sidecar };
                    adopt(tx, &Placement::Managed { path: image }, &sidecar, group, now).map(|_| true)
                }
            }
        })
    }
}

/// Whether nothing can be done with the library while this is so, and not only with one file of it.
pub fn stops_all(error: &Error) -> bool {
    let is_of_its_folder = |error: &FolderError| {
        use FolderError::{DiskFull, Emptied, Missing, NotAFolder};
        matches!(error, DiskFull { .. } | Emptied { .. } | Missing { .. } | NotAFolder { .. })
    };
    match error {
        Error::Folder(error) => is_of_its_folder(error),
        error => concerns_the_library(error),
    }
}

/// Has the image of a sidecar looked at again that the library has elsewhere: it may be on its way from there.
///
/// # Errors
/// When the database fails.
pub fn expect_image(tx: &Transaction, sidecar: &FilePath) -> Result<()> {
    let image = slashed(image_of(sidecar));
    image.map_or(Ok(()), |image| arrivals::expect(tx, image.as_str()))
}

/// The hash of a file; `None` where there is none.
fn content_of(file: &Path) -> Result<Option<ContentHash>> {
    let failed = |error| Error::File { path: file.to_owned(), error };
    match std::fs::File::open(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
        Ok(file) => ContentHash::of_reader(file).map(Some).map_err(failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Home;

    #[test]
    fn what_a_run_is_about_to_put_in_place_is_not_forgotten() {
        let home = Home::new();
        let (service, folder) = (&home.service, home.service.folder_to_fill().unwrap());
        service.database().write_blocking(|tx| arrivals::expect(tx, "1970/01/a.png")).unwrap();
        let is_expected = || !service.database().read_blocking(arrivals::expected).unwrap().is_empty();
        let run = service.turn_to_sync().lock().unwrap();
        take_in_what_was_left(service, &folder).unwrap();
        assert!(is_expected(), "it comes in a moment");
        drop(run);
        take_in_what_was_left(service, &folder).unwrap();
        assert!(!is_expected(), "it never came");
    }
}
