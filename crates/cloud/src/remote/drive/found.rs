//! The folder that a storage is set up with.

use super::folders::{find, make, new_ids};
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
                return Ok(Found { folder: folder.id });
            }
            let folder = new_ids(&api, 1, watch).await?.pop();
            let folder = folder.ok_or_else(|| Error::may_pass("Google Drive gave no name for a new folder"))?;
            make(&api, &folder, name.as_str(), "root", watch).await?;
            Ok(Found { folder })
        })
    }
}
