//! Makes known to the library what came into its folder from a storage: in the end of a run, and after a kill before anything else
//! could write over it.

use super::merge::{image_of, is_sidecar, sidecar_of, slashed};
use super::take_over::{Taken, take_over, take_over_besides};
use crate::adopting::{adopt, take_in_place};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handlers::import::concerns_the_library;
use crate::service::Service;
use crate::tables::arrivals;
use legible_cloud::FilePath;
use legible_jobs::GroupId;
use legible_library::{ContentHash, Folder, OriginKind, Placement, Sidecar, understood};
use std::io::ErrorKind;
use std::path::Path;

/// Makes items of images that came, and gives items what their sidecars say that came. An image without a sidecar becomes an item only
/// when a run is `whole`: its sidecar may still be on its way. So may what takes the place of an image that the library has elsewhere. Blocks.
///
/// # Errors
/// When the library cannot be written. A file that is none of the library's is left where it lies.
pub fn take_in_arrivals(service: &Service, folder: &Folder, group: Option<GroupId>, whole: bool) -> Result<()> {
    let expected = service.database().read_blocking(arrivals::expected)?;
    for name in &expected {
        let taken = match FilePath::parse(name) {
            Ok(path) if is_sidecar(&path) => sidecar_came(service, folder, &path, group, whole),
            Ok(path) => image_came(service, folder, &path, group, whole),
            Err(_) => Ok(true),
        };
        match taken {
            Ok(false) => continue,
            Ok(true) => {}
            Err(error) if concerns_the_library(&error) => return Err(error),
            Err(error) => tracing::warn!(%error, name, "what came from a storage cannot be used"),
        }
        let name = name.clone();
        service.database().write_blocking(move |tx| arrivals::arrived(tx, &name))?;
    }
    if !expected.is_empty() {
        service.bus().note(Changes { many_items: true, ..Changes::work() });
    }
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

/// Makes an item of an image that the library does not have, if what lies beside it is said of it: of an image that lay in two places, it had
/// the one that is gone. Blocks.
///
/// # Errors
/// When a file cannot be read, or the library cannot be written.
pub fn take_in_pair(service: &Service, folder: &Folder, image: &Path, group: Option<GroupId>) -> Result<()> {
    let Some(sidecar) = slashed(image).and_then(|image| sidecar_of(&image)) else { return Ok(()) };
    let file = folder.root().join(sidecar.as_str());
    let text = std::fs::read(&file).map_err(|error| Error::File { path: file, error })?;
    let content = content_of(&folder.root().join(image))?;
    if understood(&text).is_some_and(|sidecar| content == Some(sidecar.hash)) {
        sidecar_came(service, folder, &sidecar, group, true)?;
    }
    Ok(())
}

/// Returns whether nothing is left to be done with a sidecar.
fn sidecar_came(
    service: &Service,
    folder: &Folder,
    path: &FilePath,
    group: Option<GroupId>,
    whole: bool,
) -> Result<bool> {
    let file = folder.root().join(path.as_str());
    let text = match std::fs::read(&file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        text => text.map_err(|error| Error::File { path: file, error })?,
    };
    let Some(sidecar) = understood(&text) else { return Ok(true) };
    let image = image_of(path).to_owned();
    // Another image may still lie there.
    let is_there = content_of(&folder.root().join(&image))?.is_some_and(|content| content == sidecar.hash);
    let (folder, path, now) = (folder.clone(), path.clone(), service.now());
    let known = move |tx: &rusqlite::Transaction| {
        match take_over(tx, &folder, &path, &sidecar)? {
            Taken::Over => return Ok(true),
            Taken::Elsewhere => return Ok(whole),
            Taken::Not => {}
        }
        if !is_there {
            return Ok(false);
        }
        let placement = Placement::Managed { path: image };
        if let Some(id) = legible_library::find_by_hash(tx, &sidecar.hash)? {
            // It lies in the trash of another place, and somebody has it again.
            legible_library::set_placement(tx, id, &placement)?;
            legible_library::restore(tx, &[id])?;
            take_over_besides(tx, &folder, id, &sidecar)?;
            return Ok(true);
        }
        // It lies in the library, whatever its sidecar says.
        let sidecar = Sidecar { trashed_at: None, path: None, text_only: false, ..sidecar };
        adopt(tx, &placement, &sidecar, group, now)?;
        Ok(true)
    };
    service.database().write_blocking(known)
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

/// Returns whether nothing is left to be done with an image.
fn image_came(
    service: &Service,
    folder: &Folder,
    path: &FilePath,
    group: Option<GroupId>,
    whole: bool,
) -> Result<bool> {
    let image = Path::new(path.as_str());
    if !folder.root().join(image).is_file() {
        return Ok(true);
    }
    if let Some(sidecar) = sidecar_of(path).filter(|sidecar| folder.root().join(sidecar.as_str()).is_file()) {
        return sidecar_came(service, folder, &sidecar, group, whole);
    }
    if whole {
        take_in_place(service, folder, image.to_owned(), OriginKind::Remote, group)?;
    }
    Ok(whole)
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
