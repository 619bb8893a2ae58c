//! A folder of a cloud storage as a source: where it is, how it is opened, and what it is to the crate that looks at sources.

mod adapter;
mod in_step;
mod save;
mod texts;

pub use adapter::{Adapter, back, ours, version};
pub use in_step::{Libraries, passed_over, refuse_marked};
pub use save::used_no_more;
pub use texts::{Became, became, jobs_of, text_path, wake};

use crate::api::StoragePlace;
use crate::cloud::accounts::place::{Needs, StoredPlace};
use crate::error::{Error, Result};
use crate::service::Service;
use legible_cloud::account::Reach;
use legible_cloud::remote::storage::{Found, Place};
use legible_cloud::remote::{Remote, Watch};
use legible_sources::{RemoteSpec, WriteText};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A folder of a cloud storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudFolder {
    /// Where it is.
    pub place: StoredPlace,
    /// What it was found to do. Nothing, where nothing is written there.
    #[serde(default)]
    pub found: Found,
    /// What the secret that opens it is called.
    #[serde(default)]
    pub secret: Option<String>,
}

impl CloudFolder {
    /// One that was never tried.
    ///
    /// # Errors
    /// When the place is none. At a provider that one signs in to the folder must be named: all that a person has there is no camera.
    pub fn at(place: &StoragePlace) -> Result<Self> {
        let is_named = match place {
            StoragePlace::Dropbox { folder }
            | StoragePlace::OneDrive { folder }
            | StoragePlace::GoogleDrive { folder } => !folder.trim().trim_matches('/').is_empty(),
            _ => true,
        };
        let place = StoredPlace::of_wire(place)?;
        if let (Needs::SignIn(kind), false) = (place.needs(), is_named) {
            return Err(Error::BadRequest(format!(
                "name the folder of {} that pictures are fetched from, such as Camera Uploads",
                kind.name()
            )));
        }
        Ok(CloudFolder { place, found: Found::default(), secret: None })
    }

    /// That of a source.
    ///
    /// # Errors
    /// When it was written by a newer program.
    pub fn of(spec: &RemoteSpec) -> Result<Self> {
        serde_json::from_value(spec.storage.clone())
            .map_err(|error| Error::BadRequest(format!("where it looks cannot be understood: {error}")))
    }

    /// As the source keeps it.
    ///
    /// # Errors
    /// When it cannot be written, which only a mistake of ours can cause.
    pub fn written(&self) -> Result<serde_json::Value> {
        serde_json::to_value(self).map_err(|error| Error::Internal(error.to_string()))
    }

    /// Its place on the wire.
    pub fn view(&self) -> StoragePlace {
        self.place.to_wire()
    }

    /// Where it is, in words.
    pub fn words(&self) -> String {
        self.place.words()
    }

    /// What a source of it is called that nobody gave a name: the last name of the folder, or the storage.
    pub fn name(&self) -> String {
        let last = |folder: &str| folder.rsplit('/').find(|name| !name.is_empty()).map(str::to_owned);
        let host = |url: &str| {
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
            rest.split(['/', '?', '#']).next().unwrap_or(rest).to_owned()
        };
        match &self.place {
            StoredPlace::Storage(Place::S3 { bucket, folder, .. }) => last(folder).unwrap_or_else(|| bucket.clone()),
            StoredPlace::Storage(Place::WebDav { url, folder, .. }) => last(folder).unwrap_or_else(|| host(url)),
            StoredPlace::Storage(Place::Sftp { host, folder, .. }) => last(folder).unwrap_or_else(|| host.clone()),
            StoredPlace::Storage(Place::Folder { path }) => {
                path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
            }
            StoredPlace::Rclone(at) => last(&at.folder).unwrap_or_else(|| at.remote.clone()),
            StoredPlace::Dropbox { folder }
            | StoredPlace::OneDrive { folder }
            | StoredPlace::GoogleDrive { name: folder, .. } => last(folder).unwrap_or_else(|| self.place.words()),
        }
    }

    /// The file of this machine that a file of it is, if it is one.
    pub fn path_of(&self, file: &str) -> Option<PathBuf> {
        match &self.place {
            StoredPlace::Storage(Place::Folder { path }) => Some(path.join(file)),
            _ => None,
        }
    }

    /// Where a file of it lies, for a person to find it by; nothing where [`CloudFolder::path_of`] says it.
    pub fn address_of(&self, file: &str) -> Option<String> {
        let joined = |parts: &[&str]| {
            let parts = parts.iter().map(|part| part.trim_end_matches('/')).filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join("/")
        };
        Some(match &self.place {
            StoredPlace::Storage(Place::S3 { bucket, folder, .. }) => {
                format!("s3://{}", joined(&[bucket, folder, file]))
            }
            StoredPlace::Storage(Place::WebDav { url, folder, .. }) => joined(&[url, folder, file]),
            StoredPlace::Storage(Place::Sftp { host, folder, .. }) => {
                let from_root = if folder.starts_with('/') { folder.clone() } else { format!("/~/{folder}") };
                format!("sftp://{host}{}", joined(&[&from_root, file]))
            }
            StoredPlace::Storage(Place::Folder { .. }) => return None,
            StoredPlace::Rclone(at) => format!("{}:{}", at.remote, joined(&[&at.folder, file])),
            StoredPlace::Dropbox { folder } => format!("dropbox:/{}", joined(&[folder, file])),
            StoredPlace::OneDrive { folder } => format!("onedrive:/{}", joined(&[folder, file])),
            StoredPlace::GoogleDrive { name, .. } => format!("drive:/{}", joined(&[name, file])),
        })
    }
}

impl Service {
    /// Opens the folder of a source. Nothing is asked of it yet. Blocks.
    ///
    /// # Errors
    /// When its secret cannot be had, or it cannot be as it is set.
    pub(crate) fn open_cloud_folder(
        &self,
        folder: &CloudFolder,
        write_text: WriteText,
        watch: &dyn Watch,
    ) -> Result<Box<dyn Remote>> {
        let key = self.key_of_place(&folder.place, folder.secret.as_deref(), reach_for(write_text))?;
        self.open_place(&folder.place, folder.found, &key, watch)
    }
}

/// How far what a person grants for a source must reach.
pub fn reach_for(write_text: WriteText) -> Reach {
    match write_text {
        WriteText::Off => Reach::Read,
        WriteText::Plain | WriteText::Markdown => Reach::ReadWrite,
    }
}

#[cfg(test)]
pub(crate) mod tests;
