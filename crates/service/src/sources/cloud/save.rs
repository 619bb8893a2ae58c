//! Setting a source on a folder of a storage: it is tried first, and its secret goes where secrets lie.

use super::CloudFolder;
use super::in_step::{passed_over, refuse_marked};
use crate::api::SourceSpec;
use crate::cloud::place::Needs;
use crate::cloud::{Key, in_time};
use crate::error::{Error, Result};
use crate::service::Service;
use legible_cloud::remote::Remote;
use legible_cloud::remote::storage::Secret;
use legible_sources::{RemoteSpec, Source, Spec, WriteText};
use std::path::PathBuf;

/// A folder that answers.
pub struct Opened {
    /// The folder, and what it was found to do.
    pub folder: CloudFolder,
    /// The storage.
    pub remote: Box<dyn Remote>,
    /// What opens it, if it was typed just now.
    typed: Option<Secret>,
}

impl Service {
    /// Opens the folder of a draft and looks whether a source can look there. If texts are to be written, it is tried what the storage
    /// does. Blocks.
    ///
    /// # Errors
    /// When it cannot be reached or used.
    pub(crate) fn try_cloud_folder(
        &self,
        draft: &SourceSpec,
        spec: &RemoteSpec,
        old: Option<&Source>,
        own: &[PathBuf],
    ) -> Result<Opened> {
        let mut folder = CloudFolder::of(spec)?;
        let before = old.and_then(folder_of).transpose()?;
        let typed = typed(draft);
        // What opens one place is not shown to another.
        let same = before.filter(|before| before.place.opens_like(&folder.place));
        folder.secret = same.and_then(|before| before.secret);
        let key = match &typed {
            Some(secret) => Key::Secret(secret.clone()),
            None if folder.secret.is_none() && folder.place.needs() == Needs::Secret && old.is_some() => {
                return Err(Error::BadRequest("type the password or key again: it is for another place".into()));
            }
            None => self.key_of_place(&folder.place, folder.secret.as_deref())?,
        };
        passed_over(self, &folder, own)?;
        // Where nothing is written, nothing is tried that writes.
        if spec.write_text != WriteText::Off {
            (folder.place, folder.found) = self.probe_place(folder.place, &key)?;
        }
        let remote = in_time(|watch| {
            let remote = self.open_place(&folder.place, folder.found, &key, watch)?;
            refuse_marked(&*remote, watch)?;
            Ok(remote)
        })?;
        Ok(Opened { folder, remote, typed })
    }

    /// Keeps what a source on a storage needs beside its row: what the storage was found to do, and its secret, under a name of its own.
    /// Any other source stays as it is. Blocks.
    ///
    /// # Errors
    /// When the storage cannot be used as it is set, or the secret cannot be kept.
    pub(crate) fn settle_cloud_folder(
        &self,
        source: &mut Source,
        draft: &SourceSpec,
        old: Option<&Source>,
        own: &[PathBuf],
    ) -> Result<()> {
        let Spec::Remote(spec) = &mut source.spec else { return Ok(()) };
        let Opened { mut folder, typed, .. } = self.try_cloud_folder(draft, spec, old, own)?;
        if let Some(secret) = typed {
            let name = self.new_name("source");
            self.secrets().set(&name, secret.reveal())?;
            folder.secret = Some(name);
        }
        spec.storage = folder.written()?;
        Ok(())
    }
}

/// The folder of a source that looks at one.
fn folder_of(source: &Source) -> Option<Result<CloudFolder>> {
    match &source.spec {
        Spec::Remote(spec) => Some(CloudFolder::of(spec)),
        _ => None,
    }
}

fn typed(draft: &SourceSpec) -> Option<Secret> {
    match draft {
        SourceSpec::Cloud { secret: Some(secret), .. } if !secret.is_empty() => Some(Secret::new(secret)),
        _ => None,
    }
}
