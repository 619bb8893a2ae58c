//! Putting a file there, whole or not at all, and removing one into the trash.

use super::item::Item;
use super::rc::Rc;
use super::{Rclone, settled};
use crate::Result;
use crate::error::Error;
use crate::limits::{BROKEN_OFF_AFTER, MAX_FILE_BYTES, SAME_STATE_AFTER, SAME_STATE_TRIES};
use crate::lock::lock;
use crate::path::FilePath;
use crate::remote::storage::{Content, PART, unique};
use crate::remote::{Expect, RemoteFile, Upload, Watch, expected, trash};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::runtime::Handle;

impl Rclone {
    pub(super) async fn write(&self, upload: Upload<'_>, watch: &dyn Watch) -> Result<RemoteFile> {
        let Upload { path, content, size, expect, session: _ } = upload;
        if size > MAX_FILE_BYTES {
            return Err(Error::File { path: path.to_string(), message: "it is too large".to_owned() });
        }
        let mut content = Content { from: content, size, path, watch };
        for _ in 0..SAME_STATE_TRIES {
            self.still(path, expect).await?;
            content.begin()?;
            let part = Part::new(self);
            self.rc.upload(&self.fs, &part.name, &mut content).await?;
            let came = self.item(&part.name, path.as_str()).await?.ok_or_else(cut_short)?;
            if u64::try_from(came.size) != Ok(size) {
                return Err(cut_short());
            }
            self.still(path, expect).await?;
            self.rename(&part.name, &self.raw(path), path.as_str()).await?;
            part.placed();
            let there = self.item(&self.raw(path), path.as_str()).await?;
            let there = there.ok_or_else(|| Error::Stale(path.to_string()))?;
            let is_told_by_content = there.hash(&self.info).is_some();
            let state = |item: &Item| item.file(path.clone(), &self.info).ok_or_else(|| Error::Stale(path.to_string()));
            let (came, there) = (state(&came)?, state(&there)?);
            if !self.is_ours(&there, &came, &mut content).await? {
                return Err(Error::Stale(path.to_string()));
            }
            // A state that is told by the second and the size may have the name of the one that it replaced. Others would miss it.
            if is_told_by_content || *expect != Expect::Revision(there.revision.clone()) {
                return Ok(there);
            }
            tokio::time::sleep(SAME_STATE_AFTER).await;
        }
        Err(Error::may_pass(format!("{path} was written, and the storage does not show that it changed")))
    }

    /// Whether what lies there is what came and was moved: somebody may have been faster than this look.
    async fn is_ours(&self, there: &RemoteFile, came: &RemoteFile, content: &mut Content<'_>) -> Result<bool> {
        if there.revision == came.revision || there.size != came.size || there.digest != came.digest {
            return Ok(there.revision == came.revision);
        }
        // Where it is told by its time, which a move may change.
        let (mut compared, aside) = content.compared()?;
        let fetched = self.read(there, &mut compared, &aside).await;
        compared.holds(fetched)
    }

    pub(super) async fn put_in_trash(&self, file: &RemoteFile) -> Result<()> {
        let (raw, path) = (self.raw(&file.path), file.path.as_str());
        let to = self.free_in_trash(path).await?;
        let Some(found) = self.file_at(&file.path).await? else { return Ok(()) };
        expected(&file.path, &Expect::Revision(file.revision.clone()), Some(&found))?;
        match self.rename(&raw, &to, path).await {
            // Somebody removed it first.
            Err(Error::Stale(_)) => Ok(()),
            Err(error) => Err(error),
            Ok(()) => self.undo_if_another(file, &raw, &to).await,
        }
    }

    /// Takes back from the trash what somebody wrote between the look and the move. A move may change the time of a file: only its size
    /// and its hash tell.
    async fn undo_if_another(&self, file: &RemoteFile, raw: &str, to: &str) -> Result<()> {
        let path = file.path.as_str();
        let moved = self.item(to, path).await?.and_then(|moved| moved.file(file.path.clone(), &self.info));
        let Some(moved) = moved.filter(|moved| moved.size != file.size || moved.digest != file.digest) else {
            return Ok(());
        };
        // Where there is a new one again, this stays in the trash.
        if self.item(raw, path).await?.is_none() {
            self.rename(to, raw, path).await?;
        }
        Err(Error::Stale(moved.path.to_string()))
    }

    /// A name in the trash of today that nothing has.
    async fn free_in_trash(&self, path: &str) -> Result<String> {
        for name in trash::names(path, &(self.today)()) {
            if self.item(&name, path).await?.is_none() {
                return Ok(name);
            }
        }
        Err(trash::full(path))
    }

    async fn still(&self, path: &FilePath, expect: &Expect) -> Result<()> {
        expected(path, expect, self.file_at(path).await?.as_ref())
    }

    /// Moves a file within the folder, over what is there: by the storage, where it can; else rclone copies and deletes.
    async fn rename(&self, from: &str, to: &str, path: &str) -> Result<()> {
        let fs = self.fs_object(&self.folder);
        // Without this a file of the same size (and time, where there are times) is taken for the same one: nothing is moved, and what
        // should be is deleted.
        let mut config = settled::config();
        config["IgnoreTimes"] = true.into();
        let words = json!({ "srcFs": fs, "srcRemote": from, "dstFs": fs, "dstRemote": to, "_config": config });
        self.rc.work::<Value>("operations/movefile", &words, path).await.map(drop)
    }

    fn raw(&self, path: &FilePath) -> String {
        lock(&self.spelled).get(path).cloned().unwrap_or_else(|| path.to_string())
    }
}

fn cut_short() -> Error {
    Error::may_pass("a file did not arrive whole")
}

/// A file that is being written under a name of its own. It is removed, unless it was put in place.
struct Part {
    name: String,
    rc: Arc<Rc>,
    words: Value,
    handle: Option<Handle>,
}

impl Part {
    fn new(of: &Rclone) -> Self {
        let name = format!("{PART}{}", unique());
        Part { rc: of.rc.clone(), words: of.of_file(&name), handle: Some(of.runtime.handle()), name }
    }

    fn placed(mut self) {
        self.handle = None;
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let Some(handle) = self.handle.take() else { return };
        let (rc, words) = (self.rc.clone(), std::mem::take(&mut self.words));
        handle.spawn(async move {
            // Once more when rclone has surely noticed that the connection broke: it writes what it has then.
            let _ = rc.ask::<Value>("operations/deletefile", &words, "").await;
            tokio::time::sleep(BROKEN_OFF_AFTER).await;
            match rc.ask::<Value>("operations/deletefile", &words, "").await {
                Ok(_) | Err(Error::Stale(_)) => {}
                Err(error) => tracing::warn!("what was left of an upload could not be removed: {error}"),
            }
        });
    }
}
