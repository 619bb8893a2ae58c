//! A storage as it is typed.

use crate::args::{KeyOptions, PlaceOptions, StorageOptions};
use crate::needs::conditions;
use crate::paths::{in_full, whole_path};
use anyhow::{Context, bail, ensure};
use legible_service::api::{
    Conditions, NetworkNeed, Provider, RcloneRuns, StorageDraft, StoragePlace, SyncContent, SyncDirection,
};
use legible_service::{parse_rule, system_zone};
use std::io::{BufRead, BufReader};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// The region that requests are signed for where nobody names one.
const REGION: &str = "us-east-1";

/// What is said instead of a time where there is to be none.
const NEVER: &str = "never";

/// A new storage.
///
/// # Errors
/// When something in it is not understood, or its secret cannot be read.
pub fn new(place: Option<&str>, at: &PlaceOptions, options: &StorageOptions, now: i64) -> anyhow::Result<StorageDraft> {
    let place = place_of(place, at)?;
    let network = match &place {
        StoragePlace::Folder { .. } => NetworkNeed::Any,
        _ => NetworkNeed::Connected,
    };
    let draft = StorageDraft {
        id: None,
        name: String::new(),
        place,
        secret: at.secret_from.as_deref().map(secret).transpose()?,
        sign_in: None,
        direction: SyncDirection::default(),
        content: SyncContent::default(),
        kilobytes_a_second: None,
        rule: None,
        on_change: false,
        zone: system_zone(),
        conditions: Conditions { network, ..Conditions::default() },
        enabled: true,
    };
    changed(draft, options, now)
}

/// The same, but for what is said.
///
/// # Errors
/// When something in it is not understood.
pub fn changed(draft: StorageDraft, options: &StorageOptions, now: i64) -> anyhow::Result<StorageDraft> {
    let zone = options.zone.clone().unwrap_or(draft.zone);
    let rule = match options.when.as_deref() {
        None => draft.rule,
        Some(NEVER) => None,
        Some(when) => Some(in_full(parse_rule(when, &zone, now)?)?),
    };
    Ok(StorageDraft {
        name: options.name.clone().unwrap_or(draft.name),
        direction: options.direction.unwrap_or(draft.direction),
        content: options.content.unwrap_or(draft.content),
        kilobytes_a_second: options.limit.or(draft.kilobytes_a_second).filter(|limit| *limit > 0),
        rule,
        on_change: options.on_change.unwrap_or(draft.on_change),
        zone,
        conditions: if options.needs.is_empty() { draft.conditions } else { conditions(&options.needs)? },
        ..draft
    })
}

/// The same, opened by what is said.
///
/// # Errors
/// When a storage of its kind is not opened by that, or the secret cannot be read.
pub fn opened_by(draft: StorageDraft, key: &KeyOptions) -> anyhow::Result<StorageDraft> {
    let mut place = draft.place.clone();
    if let Some(id) = &key.key_id {
        let StoragePlace::S3 { key_id, .. } = &mut place else { bail!("--key-id is for S3") };
        key_id.clone_from(id);
    }
    if let Some(name) = &key.user {
        match &mut place {
            StoragePlace::WebDav { user, .. } => user.clone_from(name),
            StoragePlace::Sftp { user, .. } => *user = Some(name.clone()),
            _ => bail!("--user is for WebDAV and SFTP"),
        }
    }
    if let Some(file) = &key.key_file {
        let StoragePlace::Sftp { key_file, .. } = &mut place else { bail!("--key-file is for SFTP") };
        *key_file = Some(whole_path(file)?);
    }
    let secret = key.secret_from.as_deref().map(secret).transpose()?;
    Ok(StorageDraft { place, secret, ..draft })
}

/// What a person is to know of a place before a password goes there: whether others can read it on its way.
pub fn warning(place: &StoragePlace) -> Option<String> {
    let (StoragePlace::WebDav { url, .. } | StoragePlace::S3 { endpoint: url, .. }) = place else { return None };
    let server = url.strip_prefix("http://")?.split(['/', '?', '#']).next()?;
    let server = server.rsplit('@').next()?;
    let host = server.rsplit_once(':').map_or(server, |(host, _)| host).trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    (!is_here).then(|| {
        format!(
            "What goes to {server} can be read by anybody on the way, the password too. Use https:// if the server has it."
        )
    })
}

/// The provider that a person signs in to for a place.
pub fn provider_of(place: &StoragePlace) -> Option<Provider> {
    match place {
        StoragePlace::Dropbox { .. } => Some(Provider::Dropbox),
        StoragePlace::OneDrive { .. } => Some(Provider::OneDrive),
        StoragePlace::GoogleDrive { .. } => Some(Provider::GoogleDrive),
        _ => None,
    }
}

/// What is said by options alone.
fn elsewhere(options: &PlaceOptions) -> anyhow::Result<StoragePlace> {
    let folder = options.folder.clone().unwrap_or_default();
    if options.dropbox {
        return Ok(StoragePlace::Dropbox { folder });
    }
    if options.onedrive {
        return Ok(StoragePlace::OneDrive { folder });
    }
    if options.google_drive {
        return Ok(StoragePlace::GoogleDrive { folder });
    }
    let rclone = options.rclone.as_deref().context("say where: `legible cloud add --help` tells what there is")?;
    let (remote, in_it) = rclone.split_once(':').unwrap_or((rclone, ""));
    let whole = |path: &Option<PathBuf>| path.as_deref().map(whole_path).transpose();
    let runs = match &options.rclone_url {
        Some(url) => RcloneRuns::At { url: url.clone(), user: options.rclone_user.clone().unwrap_or_default() },
        None => RcloneRuns::Own { program: whole(&options.rclone_program)?, config: whole(&options.rclone_config)? },
    };
    ensure!(folder.is_empty() || in_it.is_empty(), "the folder is named twice; name it once: --rclone REMOTE:FOLDER");
    let folder = if in_it.is_empty() { folder } else { in_it.to_owned() };
    Ok(StoragePlace::Rclone { runs, remote: remote.to_owned(), folder })
}

/// Where a folder on a storage is: by an address, or by options alone.
///
/// # Errors
/// When it is not understood.
pub fn place_of(place: Option<&str>, options: &PlaceOptions) -> anyhow::Result<StoragePlace> {
    match place {
        Some(place) => at_address(place, options),
        None => elsewhere(options),
    }
}

fn at_address(place: &str, options: &PlaceOptions) -> anyhow::Result<StoragePlace> {
    if let Some(rest) = place.strip_prefix("s3://") {
        let (bucket, folder) = rest.split_once('/').unwrap_or((rest, ""));
        return Ok(StoragePlace::S3 {
            endpoint: options.endpoint.clone().context("say where the server is: --endpoint https://…")?,
            region: options.region.clone().unwrap_or_else(|| REGION.to_owned()),
            bucket: bucket.to_owned(),
            folder: folder.to_owned(),
            key_id: options.key_id.clone().context("say the public half of the key: --key-id ID")?,
            virtual_host: options.virtual_host,
        });
    }
    if place.starts_with("https://") || place.starts_with("http://") {
        let (folder, user) = (options.folder.clone().unwrap_or_default(), options.user.clone().unwrap_or_default());
        return Ok(StoragePlace::WebDav { url: place.to_owned(), folder, user });
    }
    if let Some(rest) = place.strip_prefix("sftp://") {
        return sftp(rest, options);
    }
    ensure!(!place.contains("://"), "{place} is no storage that Legible knows: s3://, https://, sftp://, or a folder");
    Ok(StoragePlace::Folder { path: whole_path(Path::new(place))? })
}

/// `USER@HOST:PORT/FOLDER`, all but the host and the folder optional.
fn sftp(rest: &str, options: &PlaceOptions) -> anyhow::Result<StoragePlace> {
    let (server, folder) = rest.split_once('/').context("name a folder: sftp://HOST/FOLDER")?;
    let (user, server) = match server.rsplit_once('@') {
        Some((user, server)) => (Some(user.to_owned()), server),
        None => (None, server),
    };
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().with_context(|| format!("{port} is no port"))?)),
        None => (server, None),
    };
    let folder = match folder.strip_prefix("~/") {
        Some(of_home) => of_home.to_owned(),
        None => format!("/{folder}"),
    };
    let key_file = options.key_file.as_deref().map(whole_path).transpose()?;
    Ok(StoragePlace::Sftp { host: host.to_owned(), port, user, key_file, folder, trust_first: options.trust_first })
}

/// The first line of a file, or of standard input.
///
/// # Errors
/// When it cannot be read, or is empty.
pub fn secret(file: &Path) -> anyhow::Result<String> {
    let first = |from: &mut dyn BufRead| -> std::io::Result<String> {
        let mut line = String::new();
        from.read_line(&mut line)?;
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    };
    let secret = if file == Path::new("-") {
        first(&mut std::io::stdin().lock())
    } else {
        std::fs::File::open(file).and_then(|file| first(&mut BufReader::new(file)))
    };
    let secret = secret.with_context(|| format!("the secret in {} cannot be read", file.display()))?;
    ensure!(!secret.is_empty(), "the first line of {} is empty: no secret stands there", file.display());
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sftp_place(host: &str, port: Option<u16>, user: Option<&str>, folder: &str) -> StoragePlace {
        let user = user.map(str::to_owned);
        let (host, folder) = (host.to_owned(), folder.to_owned());
        StoragePlace::Sftp { host, port, user, key_file: None, folder, trust_first: false }
    }

    #[test]
    fn what_opens_a_storage_is_changed_where_it_is() {
        let dav = |user: &str| StoragePlace::WebDav { url: "https://a".into(), folder: "f".into(), user: user.into() };
        let draft = |place: StoragePlace| StorageDraft {
            place,
            ..new(Some("/nas"), &PlaceOptions::default(), &StorageOptions::default(), 0).unwrap()
        };
        let check = |place: StoragePlace, key: KeyOptions, expected: Option<StoragePlace>| {
            assert_eq!(opened_by(draft(place), &key).ok().map(|draft| draft.place), expected, "{key:?}");
        };
        let user = || KeyOptions { user: Some("you".into()), ..KeyOptions::default() };
        let id = || KeyOptions { key_id: Some("NEW".into()), ..KeyOptions::default() };
        let file = || KeyOptions { key_file: Some("/k".into()), ..KeyOptions::default() };
        check(dav("me"), KeyOptions::default(), Some(dav("me")));
        check(dav("me"), user(), Some(dav("you")));
        check(sftp_place("nas", None, None, "/x"), user(), Some(sftp_place("nas", None, Some("you"), "/x")));
        for key in [id(), file()] {
            check(dav("me"), key, None);
        }
        check(StoragePlace::Folder { path: "/nas".into() }, user(), None);
        let s3 = |key_id: &str| StoragePlace::S3 {
            endpoint: "https://a".into(),
            region: REGION.into(),
            bucket: "b".into(),
            folder: String::new(),
            key_id: key_id.into(),
            virtual_host: false,
        };
        check(s3("OLD"), id(), Some(s3("NEW")));
    }

    #[test]
    fn places_are_typed() {
        let options = PlaceOptions {
            endpoint: Some("https://s3.example".into()),
            key_id: Some("ID".into()),
            folder: Some("Legible".into()),
            user: Some("me".into()),
            ..PlaceOptions::default()
        };
        let check =
            |text: &str, expected: StoragePlace| assert_eq!(at_address(text, &options).unwrap(), expected, "{text}");
        let s3 = |bucket: &str, folder: &str| StoragePlace::S3 {
            endpoint: "https://s3.example".into(),
            region: "us-east-1".into(),
            bucket: bucket.into(),
            folder: folder.into(),
            key_id: "ID".into(),
            virtual_host: false,
        };
        check("s3://photos", s3("photos", ""));
        check("s3://photos/of/mine", s3("photos", "of/mine"));
        let (folder, user) = ("Legible".into(), "me".into());
        check(
            "https://cloud.example/dav",
            StoragePlace::WebDav { url: "https://cloud.example/dav".into(), folder, user },
        );
        check("sftp://nas/srv/x", sftp_place("nas", None, None, "/srv/x"));
        check("sftp://me@nas:2222/~/x", sftp_place("nas", Some(2222), Some("me"), "x"));
        let absolute = std::env::current_dir().unwrap().join("x");
        check("x", StoragePlace::Folder { path: whole_path(&absolute).unwrap() });
    }

    #[test]
    fn places_without_an_address_are_typed() {
        let check = |options: PlaceOptions, expected: Result<StoragePlace, &str>| {
            let seen = elsewhere(&options).map_err(|error| error.to_string());
            match (seen, expected) {
                (Ok(seen), Ok(expected)) => assert_eq!(seen, expected),
                (Err(seen), Err(expected)) => assert!(seen.contains(expected), "{seen}"),
                (seen, _) => panic!("{seen:?}"),
            }
        };
        let none = PlaceOptions::default;
        let folder = || Some("Legible".to_owned());
        check(
            PlaceOptions { dropbox: true, folder: folder(), ..none() },
            Ok(StoragePlace::Dropbox { folder: "Legible".into() }),
        );
        check(PlaceOptions { onedrive: true, ..none() }, Ok(StoragePlace::OneDrive { folder: String::new() }));
        check(PlaceOptions { google_drive: true, ..none() }, Ok(StoragePlace::GoogleDrive { folder: String::new() }));
        let rclone = |text: &str| PlaceOptions { rclone: Some(text.into()), ..none() };
        let place = |runs: RcloneRuns, folder: &str| {
            Ok(StoragePlace::Rclone { runs, remote: "box".into(), folder: folder.into() })
        };
        let own = || RcloneRuns::Own { program: None, config: None };
        check(rclone("box"), place(own(), ""));
        check(rclone("box:a:b/c"), place(own(), "a:b/c"));
        check(PlaceOptions { folder: folder(), ..rclone("box:") }, place(own(), "Legible"));
        check(PlaceOptions { folder: folder(), ..rclone("box:a") }, Err("twice"));
        let (url, user) = (Some("http://127.0.0.1:5572".to_owned()), Some("me".to_owned()));
        let at = RcloneRuns::At { url: "http://127.0.0.1:5572".into(), user: "me".into() };
        check(PlaceOptions { rclone_url: url, rclone_user: user, ..rclone("box") }, place(at, ""));
        check(none(), Err("--help"));
    }

    #[test]
    fn only_what_is_said_is_changed() {
        let new = |options: &StorageOptions| new(Some("x"), &PlaceOptions::default(), options, 0).unwrap();
        let said = |when: &str, limit: u32, on_change: bool| StorageOptions {
            when: Some(when.into()),
            limit: Some(limit),
            on_change: Some(on_change),
            ..StorageOptions::default()
        };
        let draft = new(&said("every 2h", 40, true));
        assert!(draft.rule.is_some() && draft.on_change && draft.kilobytes_a_second == Some(40), "{draft:?}");
        assert_eq!(changed(draft.clone(), &StorageOptions::default(), 0).unwrap(), draft);
        let named = StorageOptions { name: Some("nas".into()), ..StorageOptions::default() };
        assert_eq!(changed(draft.clone(), &named, 0).unwrap(), StorageDraft { name: "nas".into(), ..draft.clone() });
        assert_eq!(changed(draft, &said("never", 0, false), 0).unwrap(), new(&StorageOptions::default()));
    }

    #[test]
    fn who_is_read_along_is_warned() {
        let check = |url: &str, expected: bool| {
            let (url, folder, user) = (url.to_owned(), String::new(), "me".to_owned());
            assert_eq!(warning(&StoragePlace::WebDav { url: url.clone(), folder, user }).is_some(), expected, "{url}");
        };
        check("http://nas.example/dav", true);
        check("http://nas", true);
        check("https://nas.example/dav", false);
        check("http://127.0.0.1:80/dav", false);
        check("http://localhost:80", false);
        check("http://[::1]:80/dav", false);
        check("http://127.0.0.1.evil.example", true);
    }

    #[test]
    fn what_is_no_place_says_what_would_be() {
        let check = |text: &str, expected: &str| {
            let told = at_address(text, &PlaceOptions::default()).unwrap_err().to_string();
            assert!(told.contains(expected), "{told}");
        };
        check("s3://photos", "--endpoint");
        check("sftp://nas", "name a folder");
        check("sftp://nas:x/y", "no port");
        check("gopher://x", "s3://, https://, sftp://");
    }
}
