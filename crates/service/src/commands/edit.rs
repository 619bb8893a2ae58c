//! Commands that change the library.

use crate::api::{AddPaths, Added, EditItem, ItemIds, ItemQuery, ItemView, NoArgs, Touched};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handlers::import::Payload;
use crate::handlers::{IMPORT, READ, REBUILD};
use crate::intake::{enqueue_read, enqueue_thumbnail, is_due, write_sidecar};
use crate::letters::counted;
use crate::limits::{MAX_FILES, PATHS_BYTES};
use crate::pictures::thumbnail_path;
use crate::service::Service;
use crate::sources::cloud::{Became, became};
use legible_jobs::NewJob;
use legible_library::{Edit, ItemId, Placement};
use std::path::{Path, PathBuf};

/// Walking is tried often: for a network folder that was not there, and since each kill of the program counts.
const GATHER_ATTEMPTS: u32 = 20;

impl Service {
    /// Adds files and folders. They are looked at in the background.
    ///
    /// # Errors
    /// When no path is named, one is not absolute, or the database fails.
    pub async fn add_paths(&self, AddPaths { paths, origin }: AddPaths) -> Result<Added> {
        let paths: Option<Vec<PathBuf>> = paths.iter().map(|path| legible_paths::from_text(path)).collect();
        let paths = paths.unwrap_or_default();
        if paths.is_empty() || paths.iter().any(|path| !path.is_absolute()) {
            return Err(Error::BadRequest("name one or more absolute paths".into()));
        }
        if paths.len() > MAX_FILES {
            return Err(Error::BadRequest(format!("at most {MAX_FILES} paths can be added at once")));
        }
        let (label, keep) = (label_of(&paths), self.current_settings()?.keep);
        let payload = |paths: Vec<PathBuf>| {
            let title = label_of(&paths);
            let payload = serde_json::to_value(Payload { paths, origin, keep });
            payload
                .map(|payload| (title, payload))
                .map_err(|e| Error::Internal(format!("a payload does not serialise: {e}")))
        };
        let parts = parts(paths).into_iter().map(payload).collect::<Result<Vec<_>>>()?;
        self.gather(IMPORT, label, parts).await
    }

    /// Makes the database anew from the library folder.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rebuild(&self, _: NoArgs) -> Result<Added> {
        let label = "Rebuild from the library folder".to_owned();
        self.gather(REBUILD, label.clone(), vec![(label, serde_json::json!({}))]).await
    }

    /// Enqueues jobs that gather images, each with its title and payload, as one group.
    async fn gather(&self, kind: &str, label: String, parts: Vec<(String, serde_json::Value)>) -> Result<Added> {
        let (now, kind) = (self.now(), kind.to_owned());
        let group = self.database().write(move |tx| {
            let group = legible_jobs::new_group(tx, &label, now)?;
            for (title, payload) in parts {
                let job = NewJob {
                    title,
                    group: Some(group),
                    max_attempts: GATHER_ATTEMPTS,
                    ..NewJob::new(&kind, payload, now)
                };
                legible_jobs::enqueue(tx, &job, now)?;
            }
            Ok(group)
        });
        let group = group.await?;
        self.announce(Changes::work().and_group(Some(group.0))).await;
        Ok(Added { group: group.0 })
    }

    /// Changes tags or note of an item, also in its sidecar.
    ///
    /// # Errors
    /// When there is no such item, a text is too long, or the sidecar cannot be written; then nothing changes.
    pub async fn edit_item(&self, EditItem { id, tags, note }: EditItem) -> Result<ItemView> {
        let (folder, now) = (self.folder()?, self.now());
        let write = self.database().write(move |tx| {
            legible_library::edit(tx, ItemId(id), &Edit { tags, note })?;
            became(tx, ItemId(id), Became::OtherWordsOfIt, now)?;
            write_sidecar(tx, &folder, ItemId(id))
        });
        write.await?;
        self.announce(Changes::items([id]).and_work()).await;
        self.item(ItemQuery { id, query: String::new() }).await
    }

    /// Reads items again, and makes their thumbnails where they are missing. What is about to be read is left out and not
    /// counted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read_again(&self, ItemIds { ids }: ItemIds) -> Result<Touched> {
        let (now, places, chosen) = (self.now(), self.places().clone(), ids.clone());
        let done = self.database().write(move |tx| {
            let (label, mut group, mut count) = (counted(chosen.len() as u64, "image", "images"), None, 0);
            for id in chosen {
                let Some(item) = legible_library::item(tx, ItemId(id))? else { continue };
                // There is nothing left to read.
                if item.placement == Placement::TextOnly {
                    continue;
                }
                if !thumbnail_path(&places, &item.hash).exists() {
                    enqueue_thumbnail(tx, item.id, &item.name, now)?;
                }
                if is_due(tx, READ, item.id)? {
                    continue;
                }
                // A group without a job would end at once, with nothing to tell.
                let group = match group {
                    Some(group) => group,
                    None => *group.insert(legible_jobs::new_group(tx, &label, now)?),
                };
                enqueue_read(tx, item.id, &item.name, Some(group), now)?;
                count += 1;
            }
            Ok(count)
        });
        let count = done.await?;
        self.announce(Changes { many_items: ids.is_empty(), ..Changes::items(ids).and_work() }).await;
        Ok(Touched { count })
    }
}

/// Splits paths into parts that the queue can store.
fn parts(paths: Vec<PathBuf>) -> Vec<Vec<PathBuf>> {
    let (mut parts, mut part, mut room) = (Vec::new(), Vec::new(), PATHS_BYTES);
    for path in paths {
        // As JSON: with quotes, a comma, and what is escaped.
        let bytes = serde_json::Value::from(legible_paths::to_text(&path)).to_string().len() + 1;
        if bytes > room && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            room = PATHS_BYTES;
        }
        room = room.saturating_sub(bytes);
        part.push(path);
    }
    parts.push(part);
    parts
}

/// What was offered, in words: a name for one thing, a count for more.
fn label_of(paths: &[PathBuf]) -> String {
    let name = |path: &Path| path.file_name().unwrap_or(Path::new("/").as_os_str()).to_string_lossy().into_owned();
    match paths {
        [] => String::new(),
        [path] => name(path),
        [first, rest @ ..] => format!("{} and {} more", name(first), rest.len()),
    }
}
