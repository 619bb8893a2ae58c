//! Commands on conflicts: images of which two versions were kept, because two machines changed them. They are settled as look-alikes
//! are: one is kept, or both are told apart, which every machine then knows.

use crate::api::{NoArgs, SyncConflict, SyncConflicts};
use crate::cloud::device;
use crate::cloud::in_step::merge::slashed;
use crate::commands::look::cards;
use crate::error::Result;
use crate::places::Places;
use crate::service::Service;
use legible_cloud::FilePath;
use legible_cloud::conflict::{self, Conflict};
use legible_library::{Item, Placement};
use rusqlite::Connection;
use std::collections::BTreeMap;
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
            let mut versions: BTreeMap<FilePath, Vec<Version>> = BTreeMap::new();
            for (id, path) in legible_library::managed_with(conn, IN_THE_NAME)? {
                let path = slashed(&path);
                let Some(conflict) = path.as_ref().and_then(conflict::told_by) else { continue };
                let Some(item) = legible_library::item(conn, id)? else { continue };
                versions.entry(conflict.of.clone()).or_default().push(Version { item, conflict });
            }
            let of_one = |(of, versions)| of_one(conn, &places, &of, versions);
            Ok(versions.into_iter().map(of_one).collect::<Result<Vec<_>>>()?.concat())
        });
        Ok(SyncConflicts { conflicts: found.await? })
    }
}

/// A version that was kept beside another one.
struct Version {
    item: Item,
    conflict: Conflict,
}

/// Where an image lies in the library folder, with `/`.
fn lies_at(item: &Item) -> String {
    match &item.placement {
        Placement::Managed { path } => slashed(path).map(|path| path.to_string()).unwrap_or_default(),
        Placement::Referenced { .. } | Placement::TextOnly => String::new(),
    }
}

/// The conflicts of one image: each version that was kept beside, against the one that has the name, or else the first of them.
fn of_one(conn: &Connection, places: &Places, of: &FilePath, mut kept: Vec<Version>) -> Result<Vec<SyncConflict>> {
    let named = legible_library::find_managed(conn, Path::new(of.as_str()))?;
    let named = named.map(|id| legible_library::item(conn, id)).transpose()?.flatten();
    let other = match named.filter(|item| item.trashed_at.is_none()) {
        Some(named) => named,
        None => kept.remove(0).item,
    };
    let card = |item: &Item| Ok::<_, crate::error::Error>(cards(conn, places, &[(&item.summary, None)])?.remove(0));
    let mut conflicts = Vec::new();
    for Version { item, conflict } in kept {
        if legible_library::are_told_apart(conn, item.id, other.id)? {
            continue;
        }
        conflicts.push(SyncConflict {
            of: of.to_string(),
            here: conflict.device == device(),
            device: conflict.device,
            day: conflict.day,
            bytes: item.size,
            other_bytes: other.size,
            card: card(&item)?,
            path: lies_at(&item),
            other: card(&other)?,
            other_path: lies_at(&other),
        });
    }
    Ok(conflicts)
}
