//! Images that are none any more: what is here of them goes nowhere, and what a storage has of them may be the last good copy.

use super::changed::Known;
use super::edited::images;
use crate::error::Result;
use crate::service::Service;
use legible_cloud::local::LocalListing;
use legible_library::{Folder, Item};
use legible_vision::sniff::{Content, sniff};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How much of a file tells whether it is an image, in bytes.
const HEAD_BYTES: u64 = 4096;

/// The images of a library folder that do not begin like one any more, of those that were one: a disk that dies, or what encrypts all it
/// finds, does that. Blocks.
///
/// # Errors
/// When the library cannot be read.
pub fn damaged(service: &Service, folder: &Folder, here: &LocalListing) -> Result<Vec<PathBuf>> {
    let known = service.database().read_blocking(|conn| Ok(legible_library::contents(conn)?))?;
    let here = images(here);
    let differs = |(_, path, hash): &Known| here.get(path).is_some_and(|now| now != hash);
    let (mut found, mut ids) = (Vec::new(), Vec::new());
    for (id, path, _) in known.into_iter().filter(differs) {
        if !matches!(begins_like_an_image(&folder.root().join(&path)), Ok(true)) {
            ids.push(id);
            found.push(path);
        }
    }
    let was_one = service.database().read_blocking(move |conn| {
        ids.into_iter()
            .map(|id| Ok(legible_library::item(conn, id)?.is_some_and(|item| was_an_image(&item))))
            .collect::<Result<Vec<_>>>()
    })?;
    Ok(found.into_iter().zip(was_one).filter(|(_, was_one)| *was_one).map(|(path, _)| path).collect())
}

/// Whether an item is an image, as far as is known: what could not be opened before is none.
pub fn was_an_image(item: &Item) -> bool {
    item.facts.is_some() || item.problem.is_none()
}

/// Whether a file begins as an image does, or as anything else that is known.
///
/// # Errors
/// When it cannot be read.
pub fn begins_like_an_image(file: &Path) -> std::io::Result<bool> {
    let mut head = Vec::new();
    File::open(file)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(!matches!(sniff(&head), Content::Unknown | Content::Encrypted(_)))
}
