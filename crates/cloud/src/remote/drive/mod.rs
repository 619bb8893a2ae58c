//! A folder of Google Drive (<https://developers.google.com/workspace/drive/api>). Of a folder of Legible, by the scope `drive.file`, only
//! what Legible made itself is seen; of a folder of the person, all.
//!
//! Drive knows files by ids, and lets names be there twice; it hashes contents, keeps the states that a file had, tells what changed since
//! a mark, and compares no states before it writes. What is removed goes to its trash.

mod changes;
mod folders;
mod found;
mod overwritten;
mod refused;
mod tree;
mod words;
mod write;

use super::rest::{Api, Call};
use super::wait::Runtime;
use super::{Capabilities, Changes, Cursor, Listing, Remote, RemoteFile, Session, Upload, Watch, Whose};
use crate::Result;
use crate::account::Tokens;
use crate::digest::DigestKind;
use crate::error::Error;
use crate::limits::MAX_FILE_BYTES;
use crate::lock::lock;
use crate::path::FilePath;
use changes::Mark;
use reqwest::Method;
use std::collections::{BTreeSet, HashMap};
use std::io::Write;
use std::sync::{Arc, Mutex};
use words::{FIELDS, FileWords, encoded, of_file};

pub use found::Found;

/// What people call it.
const NAME: &str = "Google Drive";

/// A folder of Google Drive.
pub struct Drive {
    api: Api,
    whose: Whose,
    /// The id of the folder.
    folder: String,
    /// Where files were seen, by their ids.
    files: Mutex<HashMap<String, FilePath>>,
    /// The folders of each path that was met, the oldest first.
    by_path: Mutex<HashMap<String, Vec<String>>>,
    /// Names for new files.
    ids: Mutex<Vec<String>>,
    /// Held by who makes a folder: of several files that go up at once, one makes it for all.
    making: tokio::sync::Mutex<()>,
    runtime: Runtime,
}

impl Drive {
    /// Opens the folder that was found. Nothing is asked yet.
    ///
    /// # Errors
    /// [`Error::NeedsYou`] when the system lets nothing be asked.
    pub fn open(whose: Whose, found: &Found, tokens: Arc<dyn Tokens>) -> Result<Self> {
        let folder = found.folder.clone();
        let (files, ids, by_path, making) = Default::default();
        let api = Api::new(NAME, tokens, refused::is_busy)?;
        let drive = Drive { api, whose, folder, files, by_path, ids, making, runtime: Runtime::start()? };
        *lock(&drive.by_path) = drive.only_root();
        Ok(drive)
    }

    /// What is known of paths before anything is.
    fn only_root(&self) -> HashMap<String, Vec<String>> {
        HashMap::from([(String::new(), vec![self.folder.clone()])])
    }

    /// Everything below the folder.
    async fn list_all(&self, watch: &dyn Watch) -> Result<Listing> {
        // What changes while it is listed is told again.
        let token = self.start_token(watch).await?;
        self.enter_folder(watch).await?;
        let all = match self.whose {
            Whose::Legible => self.all_of_legible(watch).await?,
            Whose::Person => folders::below(&self.api, &self.folder, watch).await?,
        };
        let tree = tree::build(&self.folder, all);
        let files = tree.listing.files.iter();
        *lock(&self.files) = files.filter_map(|file| Some((file.id.clone()?, file.path.clone()))).collect();
        *lock(&self.by_path) = tree.by_path;
        let elsewhere = match self.whose {
            Whose::Legible => tree.elsewhere,
            // Of those that lie elsewhere only a few were met.
            Whose::Person => BTreeSet::new(),
        };
        let mark = Mark { token, folders: tree.folders, elsewhere, has_twins: tree.has_twins };
        Ok(Listing { cursor: Some(mark.cursor()), ..tree.listing })
    }

    async fn enter_folder(&self, watch: &dyn Watch) -> Result<()> {
        let folder = self.by_id(&self.folder, "", watch).await?;
        match folder.is_some_and(|folder| folder.is_folder() && !folder.trashed) {
            true => Ok(()),
            false => Err(changes::gone_folder(self.whose)),
        }
    }

    /// All that Legible ever made, which is put in order then: folder by folder it would be a request for each.
    async fn all_of_legible(&self, watch: &dyn Watch) -> Result<Vec<FileWords>> {
        // Folders of the trash come back without a word about what is in them. They are asked for first: what goes there meanwhile is
        // told as a change, and what comes from there is found twice.
        let thrown = format!("trashed = true and mimeType = '{}'", words::FOLDER);
        let mut all = folders::find(&self.api, &thrown, watch).await?;
        all.extend(folders::find(&self.api, "trashed = false", watch).await?);
        Ok(all)
    }

    async fn file_at(&self, path: &FilePath, watch: &dyn Watch) -> Result<Option<RemoteFile>> {
        let there = self.words_at(path, watch).await?;
        Ok(there.and_then(|there| there.file(path.clone()).ok()))
    }

    /// Whether the file that was listed is there in that state.
    async fn is_still(&self, file: &RemoteFile, id: &str, watch: &dyn Watch) -> Result<bool> {
        let there = self.by_id(id, file.path.as_str(), watch).await?.filter(|there| !there.trashed);
        Ok(there.is_some_and(|there| there.head_revision_id.as_ref() == Some(&file.revision.0)))
    }

    /// Looks before, since what comes is the newest state, whichever that is; its hash tells whether it was that.
    async fn read(&self, file: &RemoteFile, into: &mut dyn Write, watch: &dyn Watch) -> Result<()> {
        let path = file.path.as_str();
        let stale = || Error::Stale(path.to_owned());
        let id = file.id.as_deref().ok_or_else(stale)?;
        if !self.is_still(file, id, watch).await? {
            return Err(stale());
        }
        let call = Call::get(of_file(id, "?alt=media")).about(path);
        match self.api.fetch(&call, file, into, watch).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refused)) => Err(refused::error(&refused, path)),
            Err(damaged @ Error::Damaged { .. }) => {
                if self.is_still(file, id, watch).await? {
                    Err(damaged)
                } else {
                    Err(stale())
                }
            }
            Err(error) => Err(error),
        }
    }

    async fn put_in_trash(&self, file: &RemoteFile, watch: &dyn Watch) -> Result<()> {
        let path = file.path.as_str();
        let Some(there) = self.words_at(&file.path, watch).await? else { return Ok(()) };
        if Some(&there.id) != file.id.as_ref() || there.head_revision_id.as_ref() != Some(&file.revision.0) {
            return Err(Error::Stale(path.to_owned()));
        }
        let gone = self.set_trashed(&there.id, true, path, watch).await?;
        // Somebody wrote between the look and this: an edit beats a delete.
        if gone.is_some_and(|gone| gone.head_revision_id.as_ref() != Some(&file.revision.0)) {
            self.set_trashed(&there.id, false, path, watch).await?;
            return Err(Error::Stale(path.to_owned()));
        }
        lock(&self.files).remove(&there.id);
        Ok(())
    }

    /// Puts a file into the trash of Drive or takes it from there; gives what it is then, if it is still there at all.
    async fn set_trashed(&self, id: &str, trashed: bool, path: &str, watch: &dyn Watch) -> Result<Option<FileWords>> {
        let call = Call::new(Method::PATCH, of_file(id, &format!("?fields={}", encoded(FIELDS))));
        let call = call.json(&serde_json::json!({ "trashed": trashed })).about(path).repeatable();
        match self.api.ask(&call, watch).await? {
            Ok(answer) => answer.json().map(Some),
            Err(refused) if refused.status.as_u16() == 404 => Ok(None),
            Err(refused) => Err(refused::error(&refused, path)),
        }
    }
}

impl Remote for Drive {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            cursor: true,
            digest: Some(DigestKind::Md5),
            conditional: false,
            resumable: true,
            folds_case: false,
            trash: true,
            most_bytes: Some(MAX_FILE_BYTES),
        }
    }

    fn enter(&self, watch: &dyn Watch) -> Result<()> {
        match self.whose {
            Whose::Legible => Ok(()),
            Whose::Person => self.runtime.wait(watch, self.enter_folder(watch)),
        }
    }

    fn list(&self, watch: &dyn Watch) -> Result<Listing> {
        self.runtime.wait(watch, self.list_all(watch))
    }

    fn recall(&self, seen: &[RemoteFile]) {
        let seen = seen.iter().filter_map(|file| Some((file.id.clone()?, file.path.clone())));
        *lock(&self.files) = seen.collect();
    }

    fn changes(&self, since: &Cursor, watch: &dyn Watch) -> Result<Changes> {
        self.runtime.wait(watch, self.changes_since(since, watch))
    }

    fn look(&self, path: &FilePath, watch: &dyn Watch) -> Result<Option<RemoteFile>> {
        self.runtime.wait(watch, self.file_at(path, watch))
    }

    fn fetch(&self, file: &RemoteFile, into: &mut dyn Write, watch: &dyn Watch) -> Result<()> {
        self.runtime.wait(watch, self.read(file, into, watch))
    }

    fn put(&self, upload: Upload<'_>, watch: &dyn Watch) -> Result<RemoteFile> {
        self.runtime.wait(watch, self.write(upload, watch))
    }

    fn follow_up(&self, path: &FilePath, session: &mut dyn Session, watch: &dyn Watch) -> Result<()> {
        self.runtime.wait(watch, self.look_what_was_overwritten(path, session, watch))
    }

    fn remove(&self, file: &RemoteFile, watch: &dyn Watch) -> Result<()> {
        self.runtime.wait(watch, self.put_in_trash(file, watch))
    }
}
