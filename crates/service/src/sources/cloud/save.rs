//! Setting a source on a folder of a storage: it is tried first, and what opens it goes where secrets lie.

use super::in_step::{passed_over, refuse_marked};
use super::{CloudFolder, reach_for};
use crate::api::SourceSpec;
use crate::cloud::accounts::place::{Needs, StoredPlace};
use crate::cloud::accounts::{Key, NewKey, Said, SealedKey, in_time};
use crate::error::Result;
use crate::service::Service;
use legible_cloud::account::ProviderKind;
use legible_cloud::remote::{Remote, Watch};
use legible_sources::{RemoteSpec, Source, Spec, WriteText};
use std::path::PathBuf;

/// A folder that answers.
pub struct Opened {
    /// The folder, and what it was found to do.
    pub folder: CloudFolder,
    /// The storage.
    pub remote: Box<dyn Remote>,
    /// What opens it, if a person said it just now.
    new: Option<NewKey>,
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
        if let Some(before) = &before {
            folder.place = folder.place.found_like(&before.place);
        }
        let known = before.as_ref().and_then(|before| Some((before.secret.as_deref()?, &before.place)));
        let (key, new) = self.key_for(&folder.place, said(draft, spec.write_text), known)?;
        // What opens one place is not shown to another.
        let same = before.filter(|before| before.place.opens_like(&folder.place));
        folder.secret = same.and_then(|before| before.secret);
        passed_over(self, &folder, own)?;
        // What is tried makes the folder. At a provider it is not known yet which one it is.
        if !matches!(folder.place.needs(), Needs::SignIn(_)) {
            in_time(|watch| Ok(self.open_place(&folder.place, folder.found, &key, watch)?.enter(watch)?))?;
        }
        // Where nothing is written, nothing is tried that writes: at a provider, nothing does.
        if spec.write_text != WriteText::Off || matches!(folder.place.needs(), Needs::SignIn(_)) {
            (folder.place, folder.found) = self.probe_place(folder.place, &key)?;
        }
        let remote = in_time(|watch| {
            let remote = self.open_place(&folder.place, folder.found, &key, watch)?;
            remote.enter(watch)?;
            refuse_marked(&*remote, watch)?;
            Ok(remote)
        })?;
        in_time(|watch| self.refuse_marked_above(&folder, &key, watch))?;
        Ok(Opened { folder, remote, new })
    }

    /// Looks whether a library is kept in step with a folder that this one lies in, at a provider: where the folder of a program lies in
    /// an account is not told otherwise. Blocks.
    fn refuse_marked_above(&self, folder: &CloudFolder, key: &Key, watch: &dyn Watch) -> Result<()> {
        for above in above(&folder.place) {
            let (above, found) = self.probe(above, key, watch)?;
            refuse_marked(&*self.open_place(&above, found, key, watch)?, watch)?;
        }
        Ok(())
    }

    /// Completes a source on a storage by what that was found to do. Gives what opens it, under a name of its own, if that is new: it is to
    /// be kept with the source. Any other source stays as it is. Blocks.
    ///
    /// # Errors
    /// When the storage cannot be used as it is set, or what opens it cannot be sealed.
    pub(crate) fn settle_cloud_folder(
        &self,
        source: &mut Source,
        draft: &SourceSpec,
        old: Option<&Source>,
        own: &[PathBuf],
    ) -> Result<Option<SealedKey>> {
        let Spec::Remote(spec) = &mut source.spec else { return Ok(None) };
        let Opened { mut folder, new, .. } = self.try_cloud_folder(draft, spec, old, own)?;
        let new = new.map(|new| self.sealed_as("source", new)).transpose()?;
        folder.secret = new.as_ref().map(|new| new.name().to_owned()).or(folder.secret);
        spec.storage = folder.written()?;
        Ok(new)
    }
}

/// The grant that a source was opened by and, as it is now, is not any more: where it is from, and its name.
pub fn used_no_more(old: &Source, now: Option<&Source>) -> Option<(ProviderKind, String)> {
    let grant = |source: &Source| {
        let folder = folder_of(source)?.ok()?;
        let Needs::SignIn(kind) = folder.place.needs() else { return None };
        Some((kind, folder.secret?))
    };
    grant(old).filter(|old| now.and_then(grant).as_ref() != Some(old))
}

/// The folder of a source that looks at one.
fn folder_of(source: &Source) -> Option<Result<CloudFolder>> {
    match &source.spec {
        Spec::Remote(spec) => Some(CloudFolder::of(spec)),
        _ => None,
    }
}

/// What a person said of what opens the folder.
fn said(draft: &SourceSpec, write_text: WriteText) -> Said<'_> {
    let wanted = reach_for(write_text);
    match draft {
        SourceSpec::Cloud { secret, sign_in, .. } => Said { typed: secret.as_deref(), sign_in: *sign_in, wanted },
        _ => Said { typed: None, sign_in: None, wanted },
    }
}

/// The folders that one at a provider lies in, from the top down. Nothing is kept at the top of Google Drive itself.
fn above(place: &StoredPlace) -> Vec<StoredPlace> {
    let folders =
        |folder: &str| -> Vec<String> { folder.match_indices('/').map(|(at, _)| folder[..at].to_owned()).collect() };
    let from_the_top = |folder: &str| std::iter::once(String::new()).chain(folders(folder));
    match place {
        StoredPlace::Dropbox { folder } => from_the_top(folder).map(|folder| StoredPlace::Dropbox { folder }).collect(),
        StoredPlace::OneDrive { folder } => {
            from_the_top(folder).map(|folder| StoredPlace::OneDrive { folder }).collect()
        }
        StoredPlace::GoogleDrive { name, .. } => {
            folders(name).into_iter().map(|name| StoredPlace::GoogleDrive { name, found: None }).collect()
        }
        StoredPlace::Storage(_) | StoredPlace::Rclone(_) => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_at_a_provider_lie_in_others() {
        let check = |place: StoredPlace, expected: &[&str]| {
            let above: Vec<String> = above(&place).iter().map(StoredPlace::words).collect();
            assert_eq!(above, expected);
        };
        let folder = "a/b/c".to_owned();
        check(StoredPlace::Dropbox { folder: folder.clone() }, &["Dropbox", "a on Dropbox", "a/b on Dropbox"]);
        check(StoredPlace::OneDrive { folder: "a".into() }, &["OneDrive"]);
        check(StoredPlace::GoogleDrive { name: folder, found: None }, &["a on Google Drive", "a/b on Google Drive"]);
        check(StoredPlace::GoogleDrive { name: "a".into(), found: None }, &[]);
    }
}
