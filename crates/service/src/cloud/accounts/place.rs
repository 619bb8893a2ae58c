//! Where a folder on a storage is, whatever kind of storage it is: as it is kept, on the wire, and in words. Storages keep one, and so
//! do sources that look into a folder of one.

use crate::api::{Provider, RcloneRuns, StoragePlace};
use crate::error::{Error, Result};
use legible_cloud::account::ProviderKind;
use legible_cloud::remote::drive;
use legible_cloud::remote::rclone::{RclonePlace, Runs};
use legible_cloud::remote::storage::Place;
use legible_paths as paths;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What the folder on Google Drive is called where nobody says.
const DRIVE_FOLDER: &str = "Legible";

/// Where a folder is. There is no secret in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum StoredPlace {
    /// On Dropbox.
    Dropbox {
        /// The folder, from the folder of the app on; empty for all of that.
        folder: String,
    },
    /// On OneDrive.
    OneDrive {
        /// The folder, from the folder of the app on; empty for all of that.
        folder: String,
    },
    /// On Google Drive.
    GoogleDrive {
        /// What the folder was called when it was looked for.
        name: String,
        /// Which one that is; none before it was looked for.
        found: Option<drive::Found>,
    },
    /// On a remote of rclone.
    Rclone(RclonePlace),
    /// On a server, or a folder of this machine. It is written as versions wrote it that knew no others.
    #[serde(untagged)]
    Storage(Place),
}

/// What opens a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing does.
    Nothing,
    /// A password or key.
    Secret,
    /// A password, if it has one.
    PerhapsSecret,
    /// What a person grants who signs in to this provider.
    SignIn(ProviderKind),
}

impl StoredPlace {
    /// Of what a person set.
    ///
    /// # Errors
    /// When a path in it is none, or something is not named.
    pub fn of_wire(place: &StoragePlace) -> Result<Self> {
        Ok(match place.clone() {
            StoragePlace::S3 { endpoint, region, bucket, folder, key_id, virtual_host } => {
                named(&bucket, "the bucket")?;
                StoredPlace::Storage(Place::S3 { endpoint, region, bucket, folder, key_id, virtual_host })
            }
            StoragePlace::WebDav { url, folder, user } => StoredPlace::Storage(Place::WebDav { url, folder, user }),
            StoragePlace::Sftp { host, port, user, key_file, folder, trust_first } => {
                let (user, key_file) = (filled(user), path_if_any(key_file)?);
                StoredPlace::Storage(Place::Sftp { host, port, user, key_file, folder, trust_first })
            }
            StoragePlace::Folder { path: text } => StoredPlace::Storage(Place::Folder { path: path(&text)? }),
            StoragePlace::Dropbox { folder } => StoredPlace::Dropbox { folder: trimmed(&folder) },
            StoragePlace::OneDrive { folder } => StoredPlace::OneDrive { folder: trimmed(&folder) },
            StoragePlace::GoogleDrive { folder } => {
                let name = Some(trimmed(&folder)).filter(|name| !name.is_empty());
                StoredPlace::GoogleDrive { name: name.unwrap_or_else(|| DRIVE_FOLDER.to_owned()), found: None }
            }
            StoragePlace::Rclone { runs, remote, folder } => {
                let remote = remote.trim().trim_end_matches(':').to_owned();
                named(&remote, "the remote of rclone")?;
                StoredPlace::Rclone(RclonePlace { runs: runs_of_wire(runs)?, remote, folder })
            }
        })
    }

    /// On the wire.
    pub fn to_wire(&self) -> StoragePlace {
        match self.clone() {
            StoredPlace::Storage(Place::S3 { endpoint, region, bucket, folder, key_id, virtual_host }) => {
                StoragePlace::S3 { endpoint, region, bucket, folder, key_id, virtual_host }
            }
            StoredPlace::Storage(Place::WebDav { url, folder, user }) => StoragePlace::WebDav { url, folder, user },
            StoredPlace::Storage(Place::Sftp { host, port, user, key_file, folder, trust_first }) => {
                let key_file = key_file.map(|path| paths::to_text(&path));
                StoragePlace::Sftp { host, port, user, key_file, folder, trust_first }
            }
            StoredPlace::Storage(Place::Folder { path }) => StoragePlace::Folder { path: paths::to_text(&path) },
            StoredPlace::Dropbox { folder } => StoragePlace::Dropbox { folder },
            StoredPlace::OneDrive { folder } => StoragePlace::OneDrive { folder },
            StoredPlace::GoogleDrive { name, .. } => StoragePlace::GoogleDrive { folder: name },
            StoredPlace::Rclone(RclonePlace { runs, remote, folder }) => {
                StoragePlace::Rclone { runs: runs_to_wire(runs), remote, folder }
            }
        }
    }

    /// Whether another place names the same folder, whoever gets in there and how. Where a server shows each of them another folder by that
    /// name, its mark tells.
    pub fn is_at(&self, other: &StoredPlace) -> bool {
        use StoredPlace::{GoogleDrive, Rclone};
        match (self, other) {
            (StoredPlace::Storage(one), StoredPlace::Storage(other)) => same_folder(one, other),
            (GoogleDrive { found: Some(one), .. }, GoogleDrive { found: Some(other), .. }) => {
                one.folder == other.folder
            }
            (Rclone(one), Rclone(other)) => (&one.remote, &one.folder) == (&other.remote, &other.folder),
            (one, other) => one == other,
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        let below = |folder: &str| match folder.trim_matches('/') {
            "" => String::new(),
            folder => format!("{folder} of "),
        };
        let on = |folder: &str, provider: &str| match folder {
            "" => provider.to_owned(),
            folder => format!("{folder} on {provider}"),
        };
        match self {
            StoredPlace::Storage(Place::S3 { endpoint, bucket, folder, .. }) => {
                format!("{}the bucket {bucket} at {endpoint}", below(folder))
            }
            StoredPlace::Storage(Place::WebDav { url, folder, .. }) => format!("{}{url}", below(folder)),
            StoredPlace::Storage(Place::Sftp { host, folder, .. }) => format!("{folder} on {host}"),
            StoredPlace::Storage(Place::Folder { path }) => path.display().to_string(),
            StoredPlace::Dropbox { folder } => on(folder, "Dropbox"),
            StoredPlace::OneDrive { folder } => on(folder, "OneDrive"),
            StoredPlace::GoogleDrive { name, found: Some(drive::Found { has_twins: true, .. }) } => {
                format!("{} (the oldest of several)", on(name, "Google Drive"))
            }
            StoredPlace::GoogleDrive { name, .. } => on(name, "Google Drive"),
            StoredPlace::Rclone(RclonePlace { remote, folder, .. }) => format!("{remote}:{folder} of rclone"),
        }
    }

    /// What the tables call its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            StoredPlace::Storage(Place::S3 { .. }) => "s3",
            StoredPlace::Storage(Place::WebDav { .. }) => "webdav",
            StoredPlace::Storage(Place::Sftp { .. }) => "sftp",
            StoredPlace::Storage(Place::Folder { .. }) => "folder",
            StoredPlace::Dropbox { .. } => "dropbox",
            StoredPlace::OneDrive { .. } => "onedrive",
            StoredPlace::GoogleDrive { .. } => "google-drive",
            StoredPlace::Rclone(_) => "rclone",
        }
    }

    /// What opens it.
    pub fn needs(&self) -> Needs {
        match self {
            StoredPlace::Storage(Place::S3 { .. }) => Needs::Secret,
            StoredPlace::Storage(Place::WebDav { user, .. }) if !user.is_empty() => Needs::Secret,
            StoredPlace::Storage(_) => Needs::Nothing,
            StoredPlace::Dropbox { .. } => Needs::SignIn(ProviderKind::Dropbox),
            StoredPlace::OneDrive { .. } => Needs::SignIn(ProviderKind::OneDrive),
            StoredPlace::GoogleDrive { .. } => Needs::SignIn(ProviderKind::GoogleDrive),
            StoredPlace::Rclone(RclonePlace { runs: Runs::At { user, .. }, .. }) if user.is_empty() => Needs::Nothing,
            StoredPlace::Rclone(RclonePlace { runs: Runs::At { .. }, .. }) => Needs::Secret,
            StoredPlace::Rclone(RclonePlace { runs: Runs::Own { .. }, .. }) => Needs::PerhapsSecret,
        }
    }

    /// Whether what opens the other one may be shown to this one: both are on the same server and the same person's, or at the same provider.
    pub fn opens_like(&self, other: &StoredPlace) -> bool {
        match (self, other) {
            (StoredPlace::Storage(one), StoredPlace::Storage(other)) => one.opens_like(other),
            (StoredPlace::Rclone(one), StoredPlace::Rclone(other)) => one.runs == other.runs,
            _ => matches!((self.needs(), other.needs()), (Needs::SignIn(one), Needs::SignIn(other)) if one == other),
        }
    }

    /// The same; where it is the folder of a name that was found before, that one.
    pub fn found_like(self, before: &StoredPlace) -> Self {
        match (self, before) {
            (StoredPlace::GoogleDrive { name, found: None }, StoredPlace::GoogleDrive { name: old, found })
                if name == *old =>
            {
                StoredPlace::GoogleDrive { name, found: found.clone() }
            }
            (place, _) => place,
        }
    }
}

/// A provider on the wire.
pub fn provider_view(kind: ProviderKind) -> Provider {
    match kind {
        ProviderKind::GoogleDrive => Provider::GoogleDrive,
        ProviderKind::Dropbox => Provider::Dropbox,
        ProviderKind::OneDrive => Provider::OneDrive,
    }
}

/// A provider of the wire.
pub fn provider_kind(provider: Provider) -> ProviderKind {
    match provider {
        Provider::GoogleDrive => ProviderKind::GoogleDrive,
        Provider::Dropbox => ProviderKind::Dropbox,
        Provider::OneDrive => ProviderKind::OneDrive,
    }
}

fn runs_of_wire(runs: RcloneRuns) -> Result<Runs> {
    Ok(match runs {
        RcloneRuns::Own { program, config } => {
            Runs::Own { program: path_if_any(program)?, config: path_if_any(config)? }
        }
        RcloneRuns::At { url, user } => Runs::At { url, user },
    })
}

fn runs_to_wire(runs: Runs) -> RcloneRuns {
    let text = |path: Option<PathBuf>| path.map(|path| paths::to_text(&path));
    match runs {
        Runs::Own { program, config } => RcloneRuns::Own { program: text(program), config: text(config) },
        Runs::At { url, user } => RcloneRuns::At { url, user },
    }
}

fn path(text: &str) -> Result<PathBuf> {
    let path = paths::from_text(text).filter(|path| path.is_absolute());
    path.ok_or_else(|| Error::BadRequest(format!("{text} is no absolute path")))
}

fn path_if_any(text: Option<String>) -> Result<Option<PathBuf>> {
    filled(text).as_deref().map(path).transpose()
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn trimmed(folder: &str) -> String {
    folder.trim().trim_matches('/').to_owned()
}

fn named(text: &str, what: &str) -> Result<()> {
    if text.trim().is_empty() { Err(Error::BadRequest(format!("name {what}"))) } else { Ok(()) }
}

fn same_folder(one: &Place, other: &Place) -> bool {
    let bare = |text: &str| text.trim_matches('/').to_owned();
    match (one, other) {
        (
            Place::S3 { endpoint, bucket, folder, .. },
            Place::S3 { endpoint: other_endpoint, bucket: other_bucket, folder: other_folder, .. },
        ) => {
            let names = |endpoint: &str, bucket: &str, folder: &str| (bare(endpoint), bucket.to_owned(), bare(folder));
            names(endpoint, bucket, folder) == names(other_endpoint, other_bucket, other_folder)
        }
        (Place::WebDav { url, folder, .. }, Place::WebDav { url: other_url, folder: other_folder, .. }) => {
            (bare(url), bare(folder)) == (bare(other_url), bare(other_folder))
        }
        (
            Place::Sftp { host, port, folder, .. },
            Place::Sftp { host: other_host, port: other_port, folder: other_folder, .. },
        ) => (host, port, folder) == (other_host, other_port, other_folder),
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_gets_in_and_how_is_no_other_place() {
        let s3 = |endpoint: &str, folder: &str, key_id: &str| {
            let (endpoint, folder, key_id) = (endpoint.to_owned(), folder.to_owned(), key_id.to_owned());
            let (region, bucket, virtual_host) = ("eu".to_owned(), "b".to_owned(), key_id.len() > 3);
            StoredPlace::Storage(Place::S3 { endpoint, region, bucket, folder, key_id, virtual_host })
        };
        let dav = |url: &str, user: &str| {
            let (url, folder, user) = (url.to_owned(), "f".to_owned(), user.to_owned());
            StoredPlace::Storage(Place::WebDav { url, folder, user })
        };
        let sftp = |port: Option<u16>, user: Option<&str>| {
            let (host, folder, trust_first) = ("h".to_owned(), "/f".to_owned(), user.is_some());
            let user = user.map(str::to_owned);
            StoredPlace::Storage(Place::Sftp { host, port, user, key_file: None, folder, trust_first })
        };
        let check = |one: &StoredPlace, other: &StoredPlace, expected: bool| {
            assert_eq!(one.is_at(other), expected, "{one:?} {other:?}");
        };
        check(&s3("https://a", "f", "old"), &s3("https://a/", "/f/", "newer"), true);
        check(&s3("https://a", "f", "old"), &s3("https://a", "g", "old"), false);
        check(&s3("https://a", "f", "old"), &s3("https://b", "f", "old"), false);
        check(&dav("https://a", "me"), &dav("https://a/", "you"), true);
        check(&dav("https://a", "me"), &dav("https://a/other", "me"), false);
        check(&dav("https://a", "me"), &s3("https://a", "f", "old"), false);
        check(&sftp(None, None), &sftp(None, Some("me")), true);
        check(&sftp(None, None), &sftp(Some(2222), None), false);
    }

    #[test]
    fn a_place_is_read_as_every_version_wrote_it() {
        let check = |text: &str, expected: &StoredPlace| {
            let read: StoredPlace = serde_json::from_str(text).unwrap();
            assert_eq!(&read, expected);
            assert_eq!(serde_json::to_string(&read).unwrap(), text, "and written so");
        };
        let folder = StoredPlace::Storage(Place::Folder { path: "/nas".into() });
        check(r#"{"kind":"folder","path":"/nas"}"#, &folder);
        let (url, user) = ("https://cloud.example/dav".into(), "me".into());
        let webdav = StoredPlace::Storage(Place::WebDav { url, folder: "a b".into(), user });
        check(r#"{"kind":"web-dav","url":"https://cloud.example/dav","folder":"a b","user":"me"}"#, &webdav);
        check(r#"{"kind":"dropbox","folder":""}"#, &StoredPlace::Dropbox { folder: String::new() });
        check(r#"{"kind":"one-drive","folder":"收"}"#, &StoredPlace::OneDrive { folder: "收".into() });
        let drive = StoredPlace::GoogleDrive {
            name: "Legible".into(),
            found: Some(drive::Found { folder: "1a".into(), has_twins: false }),
        };
        check(r#"{"kind":"google-drive","name":"Legible","found":{"folder":"1a"}}"#, &drive);
        let found = Some(drive::Found { folder: "1a".into(), has_twins: true });
        let twin = StoredPlace::GoogleDrive { name: "a/b".into(), found };
        check(r#"{"kind":"google-drive","name":"a/b","found":{"folder":"1a","has-twins":true}}"#, &twin);
        assert_eq!(twin.words(), "a/b on Google Drive (the oldest of several)");
        let runs = Runs::Own { program: None, config: Some("/c".into()) };
        let rclone = StoredPlace::Rclone(RclonePlace { runs, remote: "b2".into(), folder: "x".into() });
        check(
            r#"{"kind":"rclone","runs":{"kind":"own","program":null,"config":"/c"},"remote":"b2","folder":"x"}"#,
            &rclone,
        );
        assert!(serde_json::from_str::<StoredPlace>(r#"{"kind":"from-the-future"}"#).is_err());
    }

    #[test]
    fn a_place_crosses_the_wire() {
        let check = |place: StoragePlace, kind: &str, needs: Needs, words: &str| {
            let kept = StoredPlace::of_wire(&place).unwrap();
            assert_eq!((kept.kind(), kept.needs(), kept.words().as_str()), (kind, needs, words));
            assert_eq!(kept.to_wire(), place);
        };
        let sign_in = Needs::SignIn;
        let folder = || "a/b".to_owned();
        check(StoragePlace::Dropbox { folder: folder() }, "dropbox", sign_in(ProviderKind::Dropbox), "a/b on Dropbox");
        let one_drive = StoragePlace::OneDrive { folder: String::new() };
        check(one_drive, "onedrive", sign_in(ProviderKind::OneDrive), "OneDrive");
        let drive = StoragePlace::GoogleDrive { folder: "Legible".into() };
        check(drive, "google-drive", sign_in(ProviderKind::GoogleDrive), "Legible on Google Drive");
        let rclone = |runs| StoragePlace::Rclone { runs, remote: "b2".into(), folder: folder() };
        let own = RcloneRuns::Own { program: None, config: None };
        check(rclone(own), "rclone", Needs::PerhapsSecret, "b2:a/b of rclone");
        let at = |user: &str| RcloneRuns::At { url: "http://127.0.0.1:5572".into(), user: user.into() };
        check(rclone(at("")), "rclone", Needs::Nothing, "b2:a/b of rclone");
        check(rclone(at("me")), "rclone", Needs::Secret, "b2:a/b of rclone");
    }

    #[test]
    fn what_is_typed_is_put_right_or_refused() {
        let drive = StoredPlace::of_wire(&StoragePlace::GoogleDrive { folder: " ".into() }).unwrap();
        assert_eq!(drive, StoredPlace::GoogleDrive { name: "Legible".into(), found: None });
        let dropbox = StoredPlace::of_wire(&StoragePlace::Dropbox { folder: " /a/ ".into() }).unwrap();
        assert_eq!(dropbox, StoredPlace::Dropbox { folder: "a".into() });
        let own = |config: &str| RcloneRuns::Own { program: None, config: Some(config.into()) };
        let rclone = |remote: &str, runs| {
            StoredPlace::of_wire(&StoragePlace::Rclone { runs, remote: remote.into(), folder: String::new() })
        };
        assert!(matches!(rclone("b2:", own("")), Ok(StoredPlace::Rclone(place)) if place.remote == "b2"));
        let check = |place: Result<StoredPlace>, expected: &str| match place {
            Err(Error::BadRequest(told)) => assert_eq!(told, expected),
            other => panic!("{other:?}"),
        };
        check(rclone(":", own("")), "name the remote of rclone");
        check(rclone("b2", own("rclone.conf")), "rclone.conf is no absolute path");
    }

    #[test]
    fn what_opens_one_place_is_shown_to_no_other() {
        let check =
            |one: &StoredPlace, other: &StoredPlace, expected: bool| assert_eq!(one.opens_like(other), expected);
        let dropbox = |folder: &str| StoredPlace::Dropbox { folder: folder.into() };
        let webdav = |url: &str| {
            StoredPlace::Storage(Place::WebDav { url: url.into(), folder: String::new(), user: "me".into() })
        };
        check(&dropbox("a"), &dropbox("b"), true);
        check(&dropbox(""), &StoredPlace::OneDrive { folder: String::new() }, false);
        check(&webdav("https://a.example"), &webdav("https://a.example/another/folder"), true);
        check(&webdav("https://a.example"), &webdav("https://b.example"), false);
        check(&webdav("https://a.example"), &dropbox(""), false);
    }
}
