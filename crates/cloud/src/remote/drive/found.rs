//! The folder that a storage or a source is set up with.

use super::folders::{find, make, new_ids, within};
use super::tree::composed;
use super::words::{FOLDER, FileWords, quoted};
use super::{NAME, refused};
use crate::Result;
use crate::account::Tokens;
use crate::error::{Error, needs_you};
use crate::path::FilePath;
use crate::remote::Watch;
use crate::remote::rest::Api;
use crate::remote::wait::Runtime;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The folder, by what Drive calls it: it stays the same one when a person renames or moves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Found {
    /// Its id.
    pub folder: String,
    /// Whether other folders had the same path when it was found: it is the oldest.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_twins: bool,
}

impl Found {
    /// Finds the folder of a name that Legible made before, the oldest if there are several, or makes one. With the scope `drive.file` no
    /// others are seen.
    ///
    /// # Errors
    /// [`Error::NeedsYou`] when no folder can be called so, or Drive does not let us; [`Error::MayPass`]; [`Error::Stopped`].
    pub fn find(name: &str, tokens: Arc<dyn Tokens>, watch: &dyn Watch) -> Result<Self> {
        let name = FilePath::parse(name).ok().filter(|name| !name.as_str().contains('/'));
        let name = name.ok_or_else(|| needs_you("there cannot be a folder of this name", "Choose another name."))?;
        let api = Api::new(NAME, tokens, refused::is_busy)?;
        Runtime::start()?.wait(watch, async {
            let question = format!("name = {} and mimeType = '{FOLDER}' and trashed = false", quoted(name.as_str()));
            let is_it = |folder: &FileWords| folder.is_folder() && !folder.trashed && folder.name == name.as_str();
            let there = find(&api, &question, watch).await?.into_iter().find(is_it);
            if let Some(folder) = there {
                return Ok(Found { folder: folder.id, has_twins: false });
            }
            let folder = new_ids(&api, 1, watch).await?.pop();
            let folder = folder.ok_or_else(|| Error::may_pass("Google Drive gave no name for a new folder"))?;
            make(&api, &folder, name.as_str(), "root", watch).await?;
            Ok(Found { folder, has_twins: false })
        })
    }

    /// Finds a folder of the person by its path from the top of *My Drive*: where a name is there twice, the oldest that leads on. None is
    /// made.
    ///
    /// # Errors
    /// [`Error::NeedsYou`] when there is none, or Drive does not let us look; [`Error::MayPass`]; [`Error::Stopped`].
    pub fn at(path: &str, tokens: Arc<dyn Tokens>, watch: &dyn Watch) -> Result<Self> {
        let not_there = || {
            let message = format!("there is no folder “{path}” in your Google Drive");
            Error::NeedsYou {
                message,
                hint: "Look at its name, from My Drive down, such as Pictures/Camera.".to_owned(),
            }
        };
        let whole = FilePath::parse(path).map_err(|_| not_there())?;
        let api = Api::new(NAME, tokens, refused::is_busy)?;
        Runtime::start()?.wait(watch, async {
            // Folders of one path, the oldest first.
            let mut folders = vec!["root".to_owned()];
            for name in whole.as_str().split('/') {
                let question = format!(
                    "name = {} and mimeType = '{FOLDER}' and trashed = false and ({})",
                    quoted(name),
                    within(&folders)
                );
                let is_it =
                    |folder: &FileWords| folder.is_folder() && !folder.trashed && composed(&folder.name) == name;
                let found = find(&api, &question, watch).await?;
                folders = found.into_iter().filter(is_it).map(|folder| folder.id).collect();
                if folders.is_empty() {
                    return Err(not_there());
                }
            }
            Ok(Found { has_twins: folders.len() > 1, folder: folders.swap_remove(0) })
        })
    }
}
