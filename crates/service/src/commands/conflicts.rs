//! Commands on conflicts: images of which two versions were kept, because two machines changed them. They are settled as look-alikes
//! are: one is kept, or both are told apart, which every machine then knows.

use crate::api::{NoArgs, SyncConflict, SyncConflicts};
use crate::commands::look::cards;
use crate::error::Result;
use crate::places::Places;
use crate::service::Service;
use legible_cloud::FilePath;
use legible_cloud::conflict::{self, Conflict};
use legible_library::{Item, ItemId};
use rusqlite::Connection;
use std::path::Path;

/// What is in the name of every version that was kept beside another one.
const IN_THE_NAME: &str = "(conflict, ";

impl Service {
    /// Images of which two versions were kept and nobody has said yet which is right.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn conflicts(&self, _: NoArgs) -> Result<SyncConflicts> {
        let places = self.places().clone();
        let found = self.database().read(move |conn| {
            let named = legible_library::managed_with(conn, IN_THE_NAME)?;
            let all = named.into_iter().filter_map(|(id, path)| conflict(conn, &places, id, &path).transpose());
            all.collect::<Result<_>>()
        });
        Ok(SyncConflicts { conflicts: found.await? })
    }
}

/// The conflict that an image tells of by its name, while both versions are there and were not told apart.
fn conflict(conn: &Connection, places: &Places, id: ItemId, path: &Path) -> Result<Option<SyncConflict>> {
    let told = path.to_str().and_then(|path| FilePath::parse(path).ok()).as_ref().and_then(conflict::told_by);
    let Some(Conflict { of, device, day }) = told else { return Ok(None) };
    let other = legible_library::find_managed(conn, Path::new(of.as_str()))?;
    let item = |id| legible_library::item(conn, id);
    let (Some(kept), Some(other)) = (item(id)?, other.map(item).transpose()?.flatten()) else { return Ok(None) };
    if other.trashed_at.is_some() || legible_library::are_told_apart(conn, kept.id, other.id)? {
        return Ok(None);
    }
    let card = |item: &Item| Ok::<_, crate::error::Error>(cards(conn, places, &[(&item.summary, None)])?.remove(0));
    Ok(Some(SyncConflict {
        of: of.to_string(),
        device,
        day,
        bytes: kept.size,
        other_bytes: other.size,
        card: card(&kept)?,
        other: card(&other)?,
    }))
}
