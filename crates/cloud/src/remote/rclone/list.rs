//! What is in the folder. A part that could not be listed makes the whole fail: what is not known to be gone is not.

use super::item::Item;
use super::{Rclone, settled};
use crate::Result;
use crate::error::{Error, needs_you};
use crate::limits::{MAX_FILES, PART_FORGOTTEN_AFTER};
use crate::lock::lock;
use crate::path::FilePath;
use crate::remote::storage::PART;
use crate::remote::{Listing, Unusable};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

/// Nothing of hidden folders is asked for, but for what uploads may have left.
const RULES: [&str; 3] = ["+ /.legible-part-*", "- .*", "- .*/**"];

#[derive(Deserialize)]
struct List {
    list: Vec<Item>,
}

impl Rclone {
    pub(super) async fn list_all(&self) -> Result<Listing> {
        let items = match self.list_folder(&self.folder, true).await {
            Ok(items) => items,
            Err(Error::Stale(_)) => self.is_not_there().await.map(|()| Vec::new())?,
            Err(error) => return Err(error),
        };
        let (mut listing, mut paths, mut spelled) = (Listing::default(), HashSet::new(), HashMap::new());
        for item in items {
            if item.path.starts_with(PART) {
                self.sweep(&item);
            }
            if item.path.split('/').any(|name| name.starts_with('.')) {
                continue;
            }
            let mut leave = |why: &str| {
                listing.unusable.push(Unusable { name: item.path.clone(), why: why.to_owned(), id: None });
            };
            match FilePath::parse(&item.path) {
                Err(why) => leave(&why.to_string()),
                Ok(path) if paths.contains(&path) => leave("another file has the same name"),
                Ok(path) => match item.file(path.clone(), &self.info) {
                    None => leave("only the provider's own program can open it"),
                    Some(file) => {
                        if file.id.is_some() {
                            spelled.insert(path.clone(), item.path.clone());
                        }
                        paths.insert(path);
                        listing.files.push(file);
                    }
                },
            }
            if paths.len() > MAX_FILES {
                let message = format!("there are more than {MAX_FILES} files");
                return Err(needs_you(&message, "Keep a smaller folder in step."));
            }
        }
        *lock(&self.spelled) = spelled;
        Ok(listing)
    }

    /// The files below a folder of the remote, or the folders in it.
    async fn list_folder(&self, folder: &str, files: bool) -> Result<Vec<Item>> {
        let mut opt = self.info.told();
        opt["recurse"] = Value::Bool(files);
        opt["filesOnly"] = Value::Bool(files);
        opt["dirsOnly"] = Value::Bool(!files);
        let mut words =
            json!({ "fs": self.fs_object(folder), "remote": "", "opt": opt, "_config": self.info.config() });
        words["_filter"] = settled::filter(if files { &RULES } else { &[] });
        Ok(self.rc.work::<List>("operations/list", &words, "").await?.list)
    }

    /// The folder is not there, and that is sure: the one above is, without it. The answer that something is not there may have been about
    /// a folder below, which somebody removed while it was listed.
    async fn is_not_there(&self) -> Result<()> {
        let nowhere = || {
            let hint = "Look whether the folder is right, and whether the remote works with `rclone lsd`.";
            needs_you("neither the folder nor the one above is there", hint)
        };
        let (above, name) = self.folder.rsplit_once('/').unwrap_or(("", &self.folder));
        if name.is_empty() {
            return Err(nowhere());
        }
        let above = if above.is_empty() && self.folder.starts_with('/') { "/" } else { above };
        match self.list_folder(above, false).await {
            Ok(folders) if folders.iter().any(|folder| folder.path == name) => {
                Err(Error::may_pass("the folder was changed while it was listed"))
            }
            Ok(_) => Ok(()),
            Err(Error::Stale(_)) => Err(nowhere()),
            Err(error) => Err(error),
        }
    }

    /// Removes what an upload left that was killed.
    fn sweep(&self, item: &Item) {
        let age = item.changed().and_then(|changed| SystemTime::now().duration_since(changed).ok());
        if !item.is_dir && age.is_some_and(|age| age > PART_FORGOTTEN_AFTER) {
            let (rc, words) = (self.rc.clone(), self.of_file(&item.path));
            self.runtime.handle().spawn(async move { rc.ask::<Value>("operations/deletefile", &words, "").await });
        }
    }
}
