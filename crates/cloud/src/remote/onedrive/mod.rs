//! A folder of OneDrive, through Microsoft Graph (<https://learn.microsoft.com/graph/api/resources/driveitem>): the folder of the app, or a
//! folder of the drive.
//!
//! A file's state is its `cTag`, which is another one when its content is. Its `eTag` is also another one when it is shared, looked at by
//! a service or given a thumbnail, which would look like somebody's edit. Graph compares either with `If-Match`. Of drives of work and
//! school `delta` tells no `cTag`: there the `eTag` is the state, and never now one and now the other.

mod changes;
mod list;
mod mark;
mod names;
mod refused;
mod words;
mod write;

use super::composed::Spelled;
use super::rest::{Api, Call};
use super::wait::Runtime;
use super::{Capabilities, Changes, Cursor, Expect, Listing, Remote, RemoteFile, Upload, Watch, Whose, expected};
use crate::Result;
use crate::account::Tokens;
use crate::digest::DigestKind;
use crate::error::{Error, needs_you};
use crate::limits::MAX_FILE_BYTES;
use crate::lock::lock;
use crate::path::FilePath;
use names::encoded;
use reqwest::Method;
use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex};
use words::{FIELDS, Item, Tag};

/// Where everything is asked for.
const GRAPH: &str = "https://graph.microsoft.com/v1.0";

/// A folder of OneDrive.
pub struct OneDrive {
    api: Api,
    whose: Whose,
    /// The path of the folder, from the folder of the app or of the drive; empty for all of that.
    folder: String,
    /// Where the files lay that were met last, by their ids: what is gone is told by these.
    files: Mutex<HashMap<String, FilePath>>,
    /// How the files are composed that were met.
    spelled: Spelled,
    /// What names the states in this drive, as was told last.
    tag: Mutex<Tag>,
    runtime: Runtime,
}

impl OneDrive {
    /// Opens a folder. Nothing is asked yet.
    ///
    /// # Errors
    /// [`Error::NeedsYou`] when no folder can have this path, or the system lets nothing be asked.
    pub fn open(whose: Whose, folder: &str, tokens: Arc<dyn Tokens>) -> Result<Self> {
        let folder = match folder.trim_matches('/') {
            "" => String::new(),
            folder => FilePath::parse(folder).map_err(|why| no_folder(&why.to_string()))?.to_string(),
        };
        let api = Api::new("OneDrive", tokens, |_| false)?;
        let (files, spelled, tag) = Default::default();
        Ok(OneDrive { api, whose, folder, files, spelled, tag, runtime: Runtime::start()? })
    }

    /// What names the states of these items. Not every one tells what drive it is of.
    fn tag_of<'a>(&self, items: impl IntoIterator<Item = &'a Item>) -> Tag {
        let mut tag = lock(&self.tag);
        *tag = items.into_iter().find_map(Item::tag).unwrap_or(*tag);
        *tag
    }

    /// The file that an item is: see [`Item::file_at`].
    fn file_of(&self, item: Item, path: FilePath) -> Option<RemoteFile> {
        let tag = self.tag_of([&item]);
        item.file_at(path, tag)
    }

    /// The address of what lies at a path below the folder, or of the folder where that is empty; with what is wanted of it, such as
    /// `/content`.
    fn address(&self, path: &str, of_it: &str) -> String {
        let root = match self.whose {
            Whose::Legible => "special/approot",
            Whose::Person => "root",
        };
        let names: Vec<&str> = [self.folder.as_str(), path].into_iter().filter(|part| !part.is_empty()).collect();
        match (names.join("/"), of_it) {
            (path, of_it) if path.is_empty() => format!("{GRAPH}/me/drive/{root}{of_it}"),
            (path, of_it) if of_it.starts_with('/') => format!("{GRAPH}/me/drive/{root}:/{}:{of_it}", encoded(&path)),
            (path, of_it) => format!("{GRAPH}/me/drive/{root}:/{}{of_it}", encoded(&path)),
        }
    }

    /// What lies at a path; `None` where nothing does.
    async fn item(&self, path: &str, watch: &dyn Watch) -> Result<Option<Item>> {
        let call = Call::get(self.address(path, &format!("?$select={FIELDS}"))).about(path);
        match self.api.ask(&call, watch).await? {
            Ok(answer) => answer.json().map(Some),
            Err(refused) if refused.status == 404 => Ok(None),
            Err(refused) => Err(refused::error(&refused, path)),
        }
    }

    async fn enter_folder(&self, watch: &dyn Watch) -> Result<()> {
        match self.whose {
            Whose::Legible => Ok(()),
            Whose::Person => match self.item("", watch).await? {
                Some(item) if item.folder.is_some() => Ok(()),
                _ => Err(not_there(&self.folder)),
            },
        }
    }

    async fn file_at(&self, path: &FilePath, watch: &dyn Watch) -> Result<Option<RemoteFile>> {
        for raw in self.spelled.candidates(path) {
            let item = self.item(&raw, watch).await?.filter(Item::is_there);
            if let Some(file) = item.and_then(|item| self.file_of(item, path.clone())) {
                self.spelled.note(path, &raw);
                return Ok(Some(file));
            }
        }
        self.spelled.forget(path);
        Ok(None)
    }

    /// How a file's path is spelled there, or else would be.
    async fn spelled(&self, path: &FilePath, watch: &dyn Watch) -> Result<String> {
        if self.spelled.known(path).is_none() {
            self.file_at(path, watch).await?;
        }
        Ok(self.spelled.known(path).unwrap_or_else(|| path.to_string()))
    }

    /// Takes what lies there, if that is the state that was listed. The content lies elsewhere, at an address that is a secret for a time
    /// and wants no token.
    async fn read(&self, file: &RemoteFile, into: &mut dyn Write, watch: &dyn Watch) -> Result<()> {
        let (path, listed) = (file.path.as_str(), Expect::Revision(file.revision.clone()));
        expected(&file.path, &listed, self.file_at(&file.path, watch).await?.as_ref())?;
        let raw = self.spelled(&file.path, watch).await?;
        let call = Call::get(self.address(&raw, "/content")).about(path);
        let fetched = match self.api.fetch(&call, file, into, watch).await {
            Ok(Ok(())) if file.digest.is_some() => return Ok(()),
            Ok(fetched) => fetched.map_err(|refused| refused::error(&refused, path)),
            Err(error) => Err(error),
        };
        // Damaged is also what was replaced meanwhile; and without a hash, it is known only so that it was not.
        if matches!(fetched, Ok(()) | Err(Error::Damaged { .. })) {
            expected(&file.path, &listed, self.file_at(&file.path, watch).await?.as_ref())?;
        }
        fetched
    }

    /// Puts it into the recycle bin.
    async fn delete(&self, file: &RemoteFile, watch: &dyn Watch) -> Result<()> {
        let (path, raw) = (file.path.as_str(), self.spelled(&file.path, watch).await?);
        let call = Call::new(Method::DELETE, self.address(&raw, "")).header("If-Match", &file.revision.0).about(path);
        match self.api.ask(&call, watch).await? {
            Ok(_) => Ok(()),
            Err(refused) if refused.status == 404 => Ok(()),
            Err(refused) => Err(refused::error(&refused, path)),
        }
    }
}

impl Remote for OneDrive {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            cursor: true,
            digest: Some(DigestKind::QuickXor),
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
        let listing = self.runtime.wait(watch, self.list_all(watch))?;
        self.recall(&listing.files);
        Ok(listing)
    }

    fn changes(&self, since: &Cursor, watch: &dyn Watch) -> Result<Changes> {
        self.runtime.wait(watch, self.changes_since(since, watch))
    }

    fn recall(&self, files: &[RemoteFile]) {
        let by_id = files.iter().filter_map(|file| Some((file.id.clone()?, file.path.clone())));
        *lock(&self.files) = by_id.collect();
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

/// A folder of the person is not there.
fn not_there(folder: &str) -> Error {
    needs_you(
        &format!("there is no folder “{folder}” on your OneDrive"),
        "Look at its name, from the top of your OneDrive down, such as Pictures/Camera Roll.",
    )
}

fn no_folder(why: &str) -> Error {
    needs_you(&format!("there is no such folder on OneDrive: {why}"), "Choose another name for the folder.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::BoxFuture;

    struct NoTokens;

    impl Tokens for NoTokens {
        fn access<'a>(&'a self, _: Option<&'a str>) -> BoxFuture<'a, Result<String>> {
            Box::pin(async { Err(Error::Stopped) })
        }
    }

    #[test]
    fn files_have_addresses() {
        let check = |whose: Whose, folder: &str, path: &str, of_it: &str, expected: &str| {
            let drive = OneDrive::open(whose, folder, Arc::new(NoTokens)).unwrap();
            assert_eq!(drive.address(path, of_it), format!("https://graph.microsoft.com/v1.0/me/drive/{expected}"));
        };
        check(Whose::Legible, "", "", "?x", "special/approot?x");
        check(Whose::Legible, "", "a b.png", "/content", "special/approot:/a%20b.png:/content");
        check(Whose::Legible, "Lib", "", "?x", "special/approot:/Lib?x");
        check(Whose::Person, "/My Lib/", "收/a.png", "", "root:/My%20Lib/%E6%94%B6/a.png");
        assert!(OneDrive::open(Whose::Person, "a/../b", Arc::new(NoTokens)).is_err());
    }
}
