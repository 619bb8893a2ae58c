//! What Legible itself wrote to a storage is no source: a library that is kept in step there has its pictures already.

use super::CloudFolder;
use super::adapter::told;
use crate::cloud::accounts::account;
use crate::cloud::accounts::place::StoredPlace;
use crate::error::Result;
use crate::service::Service;
use legible_cloud::remote::storage::Place;
use legible_cloud::remote::{Remote, Watch};
use legible_cloud::{FilePath, marker};
use legible_sources::remote::RemoteError;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The folders in a source's folder that Legible writes to, with `/` at their ends: nothing in them is taken.
///
/// # Errors
/// When the folder itself lies in one of these, and those of the database.
pub fn passed_over(service: &Service, folder: &CloudFolder, own: &[PathBuf]) -> Result<Vec<String>> {
    let here = server(&folder.place);
    let mut below = Vec::new();
    let storages = service.database().read_blocking(account::all)?;
    let kept = storages.iter().filter(|storage| is_comparable(&storage.account.place)).map(|storage| {
        let why = format!("the library is kept in step with “{}” there", storage.name);
        (why, server(&storage.account.place))
    });
    let of_this_machine = own.iter().map(|path| {
        let why = format!("{} belongs to Legible", path.display());
        (why, server(&StoredPlace::Storage(Place::Folder { path: path.clone() })))
    });
    for (why, there) in kept.chain(of_this_machine).filter(|(_, there)| there.0 == here.0) {
        if here.1.starts_with(&there.1) {
            return Err(refused(&why).into());
        }
        if let Some(rest) = there.1.strip_prefix(here.1.as_slice()) {
            below.push(format!("{}/", rest.join("/")));
        }
    }
    Ok(below)
}

/// Whether the folder of a storage is named as that of a source is. Where the folder of a program lies in an account of OneDrive is not known,
/// and neither is whether one of Dropbox has such a folder: these are known by their mark.
fn is_comparable(place: &StoredPlace) -> bool {
    match place {
        StoredPlace::OneDrive { .. } => false,
        StoredPlace::Dropbox { folder } => !folder.is_empty(),
        _ => true,
    }
}

/// Looks whether a library is kept in step with the folder itself, from whichever machine. Blocks.
///
/// # Errors
/// When one is, and when the storage cannot be asked.
pub fn refuse_marked(remote: &dyn Remote, watch: &dyn Watch) -> legible_cloud::Result<()> {
    match marker::read(remote, watch)? {
        Some(_) => Err(refused("a library of Legible is kept in step with this folder")),
        None => Ok(()),
    }
}

/// Which folders within a source's folder a library is kept in step with, from whichever machine: known by their marks, and asked once each.
pub struct Libraries<'a> {
    remote: &'a dyn Remote,
    watch: &'a dyn Watch,
    known: HashMap<FilePath, bool>,
}

impl<'a> Libraries<'a> {
    /// Of none it is known yet.
    pub fn new(remote: &'a dyn Remote, watch: &'a dyn Watch) -> Self {
        Libraries { remote, watch, known: HashMap::new() }
    }

    /// Whether a file lies in one, however deep. Blocks.
    ///
    /// # Errors
    /// When the storage cannot be asked.
    pub fn have(&mut self, name: &str) -> std::result::Result<bool, RemoteError> {
        for (at, _) in name.match_indices('/') {
            let Ok(folder) = FilePath::parse(&name[..at]) else { continue };
            let is_one = match self.known.get(&folder) {
                Some(is_one) => *is_one,
                None => marker::is_in(&folder, self.remote, self.watch).map_err(told)?,
            };
            self.known.insert(folder, is_one);
            if is_one {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn refused(why: &str) -> legible_cloud::Error {
    legible_cloud::Error::NeedsYou {
        message: format!("{why}: what lies there was written by Legible"),
        hint: "Choose the folder that your camera or phone uploads to.".to_owned(),
    }
}

/// What stands for a server, and the names of the folder there from the top down.
fn server(place: &StoredPlace) -> (String, Vec<String>) {
    let names = |folder: &str| -> Vec<String> {
        folder.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect()
    };
    match place {
        StoredPlace::Storage(Place::S3 { endpoint, bucket, folder, .. }) => {
            (format!("s3 {} {bucket}", endpoint.trim_end_matches('/').to_lowercase()), names(folder))
        }
        StoredPlace::Storage(Place::WebDav { url, folder, .. }) => {
            let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            (format!("dav {}", host.to_lowercase()), [names(path), names(folder)].concat())
        }
        StoredPlace::Storage(Place::Sftp { host, port, folder, .. }) => {
            let from = if folder.starts_with('/') { "root" } else { "home" };
            (format!("sftp {} {port:?} {from}", host.to_lowercase()), names(folder))
        }
        StoredPlace::Storage(Place::Folder { path }) => {
            let parts = real(path).components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
            ("folder".to_owned(), parts)
        }
        StoredPlace::Rclone(at) => (format!("rclone {}", at.remote), names(&at.folder)),
        StoredPlace::Dropbox { folder } => ("dropbox".to_owned(), names(folder)),
        StoredPlace::OneDrive { folder } => ("onedrive".to_owned(), names(folder)),
        StoredPlace::GoogleDrive { name, found } => {
            ("drive".to_owned(), vec![found.as_ref().map_or_else(|| format!("/{name}"), |found| found.folder.clone())])
        }
    }
}

/// The path without links, as far as it is there.
fn real(path: &Path) -> PathBuf {
    let known = path.ancestors().find_map(|there| {
        let rest = path.strip_prefix(there).ok()?;
        there.canonicalize().ok().map(|there| there.join(rest))
    });
    known.unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use legible_cloud::remote::drive::Found;

    #[test]
    fn folders_at_a_provider_are_compared_where_both_are_named_alike() {
        let check = |place: StoredPlace, expected: Option<(&str, &[&str])>| {
            let told = is_comparable(&place).then(|| server(&place));
            let expected = expected.map(|(server, names)| {
                (server.to_owned(), names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
            });
            assert_eq!(told, expected, "{place:?}");
        };
        check(StoredPlace::Dropbox { folder: "a/b".into() }, Some(("dropbox", &["a", "b"])));
        // All of the account, or the folder of the program.
        check(StoredPlace::Dropbox { folder: String::new() }, None);
        check(StoredPlace::OneDrive { folder: "a".into() }, None);
        let found = Some(Found { folder: "1a".into(), has_twins: false });
        check(StoredPlace::GoogleDrive { name: "a".into(), found }, Some(("drive", &["1a"])));
    }
}
