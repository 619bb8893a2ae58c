//! A folder of Dropbox (<https://www.dropbox.com/developers/documentation/http/documentation>): of its app folder, or of the account.
//!
//! Dropbox compares revisions itself, hashes all contents, tells what changed after a cursor, and keeps what is deleted for a time.
//! Names that differ only in case are one name to it.

mod arg;
mod list;
mod refused;
mod spelling;
mod words;
mod write;

use super::composed::Spelled;
use super::rest::{Api, Call};
use super::wait::Runtime;
use super::{Capabilities, Changes, Cursor, Listing, Remote, RemoteFile, Upload, Watch, Whose};
use crate::Result;
use crate::account::Tokens;
use crate::digest::DigestKind;
use crate::error::{Error, needs_you};
use crate::limits::MAX_FILE_BYTES;
use crate::path::FilePath;
use refused::Said;
use serde_json::{Value, json};
use spelling::Spelling;
use std::io::Write;
use std::sync::{Arc, Mutex};
use words::{Entry, FileWords};

/// Where words are asked for, and where contents go up and come down.
const API: &str = "https://api.dropboxapi.com/2/files";
const CONTENT: &str = "https://content.dropboxapi.com/2/files";
/// The header with the words where the body is a content.
const ARG: &str = "Dropbox-API-Arg";
/// The same of an answer.
const RESULT: &str = "Dropbox-API-Result";

/// A folder of Dropbox.
pub struct Dropbox {
    api: Api,
    whose: Whose,
    /// The path of the folder: empty, or `/a/b`.
    root: String,
    /// How the folders are written that were met.
    spelling: Mutex<Spelling>,
    /// How the files are composed that were met.
    spelled: Spelled,
    runtime: Runtime,
}

impl Dropbox {
    /// Opens a folder, by its path from where the account's leave begins: the app folder, or all of the account. Empty is all of that.
    /// Nothing is asked yet.
    ///
    /// # Errors
    /// [`Error::NeedsYou`] when no folder can have this path, or the system lets nothing be asked.
    pub fn open(whose: Whose, folder: &str, tokens: Arc<dyn Tokens>) -> Result<Self> {
        let folder = folder.trim_matches('/');
        let root = match folder {
            "" => String::new(),
            folder => format!("/{}", FilePath::parse(folder).map_err(|why| no_folder(&why.to_string()))?),
        };
        let api = Api::new("Dropbox", tokens, refused::is_busy)?;
        let (spelling, spelled) = Default::default();
        Ok(Dropbox { api, whose, root, spelling, spelled, runtime: Runtime::start()? })
    }

    fn at(&self, raw: &str) -> String {
        format!("{}/{raw}", self.root)
    }

    /// The path of Dropbox at which a file lies, or else would.
    async fn place_of(&self, path: &FilePath, watch: &dyn Watch) -> Result<String> {
        if self.spelled.known(path).is_none() {
            self.file_at(path, watch).await?;
        }
        Ok(self.at(self.spelled.known(path).as_deref().unwrap_or(path.as_str())))
    }

    /// What lies at a path of Dropbox; `None` where nothing does.
    async fn entry(&self, at: &str, about: &str, watch: &dyn Watch) -> Result<Option<Entry>> {
        let call = asks("get_metadata", &json!({"path": at})).about(about);
        match self.api.ask(&call, watch).await? {
            Ok(answer) => answer.json().map(Some),
            Err(refused) if Said::of(&refused).has("not_found") => Ok(None),
            Err(refused) => Err(refused::error(&refused, about)),
        }
    }

    async fn enter_folder(&self, watch: &dyn Watch) -> Result<()> {
        // Of the top of it all Dropbox tells nothing.
        if self.whose == Whose::Legible || self.root.is_empty() {
            return Ok(());
        }
        match self.entry(&self.root, "", watch).await? {
            Some(Entry::Folder(_)) => Ok(()),
            _ => Err(not_there(&self.root)),
        }
    }

    async fn file_at(&self, path: &FilePath, watch: &dyn Watch) -> Result<Option<RemoteFile>> {
        for raw in self.spelled.candidates(path) {
            if let Some(Entry::File(words)) = self.entry(&self.at(&raw), path.as_str(), watch).await? {
                self.spelled.note(path, &raw);
                return Ok(Some(words.file(path.clone())));
            }
        }
        self.spelled.forget(path);
        Ok(None)
    }

    /// Takes what lies there now, if that is the state that was listed: it is told along with the content.
    async fn read(&self, file: &RemoteFile, into: &mut dyn Write, watch: &dyn Watch) -> Result<()> {
        let path = file.path.as_str();
        let words = json!({"path": self.place_of(&file.path, watch).await?});
        let call = Call::post(format!("{CONTENT}/download")).header(ARG, arg::header(&words));
        let coming = self.api.open(&call.repeatable().about(path), watch).await?;
        let coming = coming.map_err(|refused| refused::error(&refused, path))?;
        let told = coming.header(RESULT).and_then(|told| serde_json::from_str::<FileWords>(told).ok());
        let told = told.ok_or_else(|| Error::may_pass("Dropbox did not say what it sent"))?;
        if told.rev != file.revision.0 {
            return Err(Error::Stale(path.to_owned()));
        }
        coming.pour(file, into, watch).await
    }

    async fn delete(&self, file: &RemoteFile, watch: &dyn Watch) -> Result<()> {
        let path = file.path.as_str();
        let words = json!({"path": self.place_of(&file.path, watch).await?, "parent_rev": file.revision.0});
        let call = Call::post(format!("{API}/delete_v2")).json(&words).about(path);
        match self.api.ask(&call, watch).await? {
            Ok(_) => Ok(()),
            Err(refused) if Said::of(&refused).has("not_found") => Ok(()),
            Err(refused) => Err(refused::error(&refused, path)),
        }
    }
}

impl Remote for Dropbox {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            cursor: true,
            digest: Some(DigestKind::Dropbox),
            conditional: true,
            resumable: true,
            folds_case: true,
            trash: true,
            most_bytes: Some(MAX_FILE_BYTES),
        }
    }

    fn enter(&self, watch: &dyn Watch) -> Result<()> {
        self.runtime.wait(watch, self.enter_folder(watch))
    }

    fn list(&self, watch: &dyn Watch) -> Result<Listing> {
        self.runtime.wait(watch, self.list_all(watch))
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

    fn remove(&self, file: &RemoteFile, watch: &dyn Watch) -> Result<()> {
        self.runtime.wait(watch, self.delete(file, watch))
    }
}

/// A request for words, which changes nothing.
fn asks(what: &str, words: &Value) -> Call {
    Call::post(format!("{API}/{what}")).json(words).repeatable()
}

/// A folder of the person is not there, or lies where this program is not let.
fn not_there(root: &str) -> Error {
    needs_you(
        &format!("there is no folder “{}” in what Legible sees of your Dropbox", root.trim_start_matches('/')),
        "Look at its name. If it is there: the client id is that of a program with a folder of its own, which sees nothing else; \
         docs/cloud.md says how one is registered that sees all (Full Dropbox).",
    )
}

fn no_folder(why: &str) -> Error {
    needs_you(&format!("there is no such folder on Dropbox: {why}"), "Choose another name for the folder.")
}
