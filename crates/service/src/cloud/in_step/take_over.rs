//! What a sidecar that came says of an image, made what the library says of it.

use super::merge::image_of;
use crate::error::{Error, Result};
use crate::intake::write_sidecar;
use legible_cloud::FilePath;
use legible_library::{Folder, Item, ItemId, Placement, Sidecar, merge_sidecars, understood};
use rusqlite::{Connection, Transaction};

/// What became of a sidecar that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Its image lies beside it, and is what it says.
    Over,
    /// Its image lies in another place, and what both say of it is said there.
    Elsewhere,
    /// The library has no such image, or has it in the trash of another place.
    Not,
}

/// Makes the item of a sidecar's image what that says. Where the library has the image in another place, that is something that
/// another machine says besides: both are made one, and what is lost on neither side is written where the image lies.
///
/// # Errors
/// When the sidecar says too much, or the database or a file fails; the transaction is then to be rolled back.
pub fn take_over(tx: &Transaction<'_>, folder: &Folder, path: &FilePath, sidecar: &Sidecar) -> Result<Taken> {
    let Some(item) = item_of(tx, sidecar)? else { return Ok(Taken::Not) };
    if lies_at(&item, path) {
        legible_library::take_over(tx, sidecar)?;
        return Ok(Taken::Over);
    }
    if item.trashed_at.is_some() {
        return Ok(Taken::Not);
    }
    take_over_besides(tx, folder, item.id, sidecar)?;
    Ok(Taken::Elsewhere)
}

/// The item of a sidecar's image, wherever that lies.
///
/// # Errors
/// When the database fails.
pub fn item_of(conn: &Connection, sidecar: &Sidecar) -> Result<Option<Item>> {
    let id = legible_library::find_by_hash(conn, &sidecar.hash)?;
    Ok(id.map(|id| legible_library::item(conn, id)).transpose()?.flatten())
}

/// Adds to what the library says of an image what a sidecar says that is not known to be of the same beginnings: nothing is taken away.
///
/// # Errors
/// As [`take_over`].
pub fn take_over_besides(tx: &Transaction<'_>, folder: &Folder, id: ItemId, sidecar: &Sidecar) -> Result<()> {
    let own = legible_library::sidecar(tx, id)?.ok_or_else(|| Error::NotFound(format!("image {id}")))?;
    let bytes = |sidecar: &Sidecar| {
        serde_json::to_vec(sidecar).map_err(|error| Error::Internal(format!("a sidecar cannot be written: {error}")))
    };
    let name = own.name.clone();
    let (own, came) = (bytes(&own)?, bytes(sidecar)?);
    let merged = merge_sidecars(None, &own, &came).as_deref().and_then(understood);
    if let Some(merged) = merged {
        legible_library::take_over(tx, &Sidecar { name, ..merged })?;
        write_sidecar(tx, folder, id)?;
    }
    Ok(())
}

/// Whether the library has an image where a file of the library folder says.
pub fn lies_at(item: &Item, path: &FilePath) -> bool {
    matches!(&item.placement, Placement::Managed { path: of } if of == image_of(path))
}
