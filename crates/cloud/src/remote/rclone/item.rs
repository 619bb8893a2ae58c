//! What rclone tells of files, and of the storage that they lie on.

use super::settled;
use crate::digest::{Digest, DigestKind};
use crate::path::FilePath;
use crate::remote::{RemoteFile, Revision};
use opendal::raw::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

/// Hashes that content is held against here, by what rclone calls them, the best first.
const KNOWN: [(&str, DigestKind); 4] = [
    ("sha256", DigestKind::Sha256),
    ("dropbox", DigestKind::Dropbox),
    ("quickxor", DigestKind::QuickXor),
    ("md5", DigestKind::Md5),
];

/// What a storage behind rclone can do: the answer of `operations/fsinfo`, as far as it counts here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Info {
    features: Features,
    #[serde(default)]
    hashes: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct Features {
    case_insensitive: bool,
    slow_hash: bool,
    slow_mod_time: bool,
}

impl Info {
    /// Whether names that differ only in case are one.
    pub fn folds_case(&self) -> bool {
        self.features.case_insensitive
    }

    /// The hash by which states are told, by what rclone calls it; none where it would read the whole file for it.
    pub fn hash(&self) -> Option<&str> {
        let told: &[String] = self.hashes.as_deref().filter(|_| !self.features.slow_hash).unwrap_or_default();
        let known = KNOWN.iter().find_map(|(name, _)| told.iter().find(|told| told == name));
        // One that is not known here tells states apart as well.
        known.or(told.first()).map(String::as_str)
    }

    /// The hash that content is held against.
    pub fn digest(&self) -> Option<DigestKind> {
        let hash = self.hash()?;
        KNOWN.iter().find(|(name, _)| *name == hash).map(|(_, kind)| *kind)
    }

    /// How files are to be told, as `opt` of `operations/list` and `operations/stat`.
    pub fn told(&self) -> Value {
        json!({ "noMimeType": true, "showHash": self.hash().is_some(), "hashTypes": Vec::from_iter(self.hash()) })
    }

    /// Settings for a call that asks for files: the times of the server, where those that the files had before cost a request each.
    pub fn config(&self) -> Value {
        let mut config = settled::config();
        config["UseServerModTime"] = self.features.slow_mod_time.into();
        config
    }
}

/// A file or folder as rclone tells of it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Item {
    /// Its path below the folder that was asked for.
    pub path: String,
    /// In bytes; -1 where there is none, as of a document that only its provider can open.
    pub size: i64,
    #[serde(default)]
    mod_time: String,
    /// Whether it is a folder.
    pub is_dir: bool,
    #[serde(default)]
    hashes: Option<BTreeMap<String, String>>,
}

impl Item {
    /// The file that it is, if it is one that has a size.
    pub fn file(&self, path: FilePath, info: &Info) -> Option<RemoteFile> {
        let size = u64::try_from(self.size).ok().filter(|_| !self.is_dir)?;
        let changed = self.changed().and_then(|changed| changed.duration_since(UNIX_EPOCH).ok());
        let revision = match self.hash(info) {
            Some(hash) => format!("{hash}-{size}"),
            None => format!("{}-{size}", changed.unwrap_or_default().as_nanos()),
        };
        Some(RemoteFile {
            id: (self.path != path.as_str()).then(|| self.path.clone()),
            path,
            revision: Revision(revision),
            size,
            digest: info.digest().zip(self.hash(info)).map(|(kind, hash)| Digest { kind, hex: hash.to_owned() }),
            modified: changed.and_then(|changed| i64::try_from(changed.as_millis()).ok()),
        })
    }

    /// When it was changed.
    pub fn changed(&self) -> Option<SystemTime> {
        self.mod_time.parse::<Timestamp>().ok().map(SystemTime::from)
    }

    /// Its hash, if the storage has one of this file.
    pub fn hash(&self, info: &Info) -> Option<&str> {
        let hash = self.hashes.as_ref()?.get(info.hash()?)?;
        Some(hash.as_str()).filter(|hash| !hash.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(hashes: &[&str], slow: bool) -> Info {
        serde_json::from_value(json!({ "Hashes": hashes, "Features": { "SlowHash": slow, "Move": true } })).unwrap()
    }

    #[test]
    fn the_best_cheap_hash_is_taken() {
        let check = |hashes: &[&str], slow: bool, expected: (Option<&str>, Option<DigestKind>)| {
            let info = info(hashes, slow);
            assert_eq!((info.hash(), info.digest()), expected, "{hashes:?}");
        };
        check(&["md5", "sha1", "sha256"], false, (Some("sha256"), Some(DigestKind::Sha256)));
        check(&["md5"], false, (Some("md5"), Some(DigestKind::Md5)));
        check(&["whirlpool"], false, (Some("whirlpool"), None));
        check(&["md5"], true, (None, None));
        check(&[], false, (None, None));
    }

    #[test]
    fn one_state_has_one_name() {
        let check = |words: Value, hashes: &[&str], expected: Option<&str>| {
            let item: Item = serde_json::from_value(words).unwrap();
            let file = item.file(FilePath::parse("a.png").unwrap(), &info(hashes, false));
            assert_eq!(file.map(|file| file.revision.0).as_deref(), expected);
        };
        let timed = |time: &str| json!({ "Path": "a.png", "Size": 3, "ModTime": time, "IsDir": false });
        check(timed("1970-01-01T00:00:01.000000002Z"), &[], Some("1000000002-3"));
        check(timed("1970-01-01T02:00:01.000000002+02:00"), &[], Some("1000000002-3"));
        check(timed("what"), &[], Some("0-3"));
        let mut hashed = timed("1970-01-01T00:00:01Z");
        hashed["Hashes"] = json!({ "md5": "0cc1" });
        check(hashed.clone(), &["md5"], Some("0cc1-3"));
        hashed["Hashes"] = json!({ "md5": "" });
        check(hashed, &["md5"], Some("1000000000-3"));
        check(json!({ "Path": "a.png", "Size": -1, "IsDir": true }), &[], None);
        check(json!({ "Path": "a.png", "Size": -1, "IsDir": false }), &[], None);
    }
}
