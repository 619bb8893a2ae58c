//! What a server really honours, tried on hidden files of our own when an account is set up. A server that says yes to everything
//! is found out here, and what it does not do is then done by looking before and after.

use super::s3::Trial;
use super::webdav::Condition;
use super::write::{Content, PART, unique};
use super::{Storage, Way, list, state};
use crate::Result;
use crate::digest::{Digest, DigestKind};
use crate::error::{Error, needs_you};
use crate::limits::BROKEN_OFF_AFTER;
use crate::path::FilePath;
use crate::remote::fault;
use crate::remote::wait::answered;
use crate::remote::{Revision, Watch};
use bytes::Bytes;
use futures_util::TryStreamExt;
use opendal::Metadata;
use serde::{Deserialize, Serialize};
use std::io::Cursor;

/// What the files of a probe hold: of different lengths, so that a server that tells states by the size tells these apart.
const FIRST: &[u8] = b"Legible looks what this storage can do.";
const SECOND: &[u8] = b"Legible looks what this storage can do, and overwrites.";
const THIRD: &[u8] = b"Legible looks what this storage can do, and makes a file of parts.";
/// An entity tag as S3 makes them, which none of these has.
const NO_SUCH_TAG: &str = "\"00000000000000000000000000000000\"";
/// How many bytes are promised to a server that then gets fewer.
const PROMISED: u64 = 4 << 20;
const SENT: usize = 512 << 10;

/// What was found out about a storage. Nothing, where it was not probed: then every care is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Found {
    /// It refused to overwrite another state than the expected one, and to overwrite at all where nothing was expected.
    pub conditional: bool,
    /// What was being overwritten stayed when the connection broke in the middle.
    pub whole: bool,
    /// It takes names that differ only in case for one.
    pub folds_case: bool,
    /// Its entity tags are MD5 hashes of what was put in one part.
    pub md5: bool,
    /// It tells which parts of an upload it has, by their MD5 hashes, so that one that was cut short goes on.
    pub parts: bool,
    /// It refused, also at the end of an upload in parts, to overwrite another state than the expected one.
    pub conditional_parts: bool,
    /// It refused to remove another state than the expected one.
    pub conditional_delete: bool,
}

impl Storage {
    pub(super) async fn probe_all(&self, watch: &dyn Watch) -> Result<Found> {
        // If this is killed, it is removed like what is left of an upload.
        let name = format!("{PART}{}", unique());
        let path = FilePath::parse(&name).map_err(|why| Error::may_pass(why.to_string()))?;
        let key = self.key_of(&name);
        let found = self.probe_with(&path, &key, watch).await.map_err(not_shown);
        let removed = answered(self.operator.delete(&key)).await?;
        let found = found?;
        removed.map_err(|error| fault::told(&error, ""))?;
        match self.metadata(&key, "").await? {
            None => Ok(found),
            Some(_) => Err(disobeys("a file that was removed is still there")),
        }
    }

    async fn probe_with(&self, path: &FilePath, key: &str, watch: &dyn Watch) -> Result<Found> {
        self.put_plainly(path, key, FIRST, &Condition::None, watch).await?;
        let first = self.stat_there(key).await?;
        self.reads_back(key, FIRST).await?;
        self.shows(key).await?;
        let folds_case = self.metadata(&other_case(key, path), "").await?.is_some();
        let md5 = self.is_s3() && state::file(path.clone(), path.as_str(), &first, true).digest == md5_of(FIRST);
        let conditional = match self.way {
            Way::Sftp | Way::Folder(_) => false,
            _ => self.is_obeyed(path, key, &first, watch).await?,
        };
        let (parts, conditional_parts) = match &self.way {
            Way::S3(server) => self.tried_in_parts(&Trial { server, key, path, watch }).await?,
            _ => (false, false),
        };
        let whole = match &self.way {
            Way::S3(_) => true,
            Way::Sftp | Way::Folder(_) => false,
            Way::WebDav(_) => self.is_kept_whole(path, key, watch).await?,
        };
        let conditional_delete = self.is_s3() && self.keeps_another_state(key).await?;
        Ok(Found { conditional, whole, folds_case, md5, parts, conditional_parts, conditional_delete })
    }

    /// Whether a condition counts for what is removed: one that is not met, and one that is. The file may be gone after that.
    async fn keeps_another_state(&self, key: &str) -> Result<bool> {
        let unmet = answered(self.operator.delete_with(key).if_match(NO_SUCH_TAG)).await?;
        let there = self.metadata(key, "").await?;
        let (true, Some(tag)) = (unmet.is_err(), there.as_ref().and_then(tag)) else {
            return Ok(false);
        };
        let met = answered(self.operator.delete_with(key).if_match(&tag)).await?;
        Ok(met.is_ok() && self.metadata(key, "").await?.is_none())
    }

    /// Whether conditions are honoured: those that are not met, and those that are.
    async fn is_obeyed(&self, path: &FilePath, key: &str, first: &Metadata, watch: &dyn Watch) -> Result<bool> {
        let Some(tag) = tag(first) else { return Ok(false) };
        let stale = if self.is_s3() { no_such_state() } else { Condition::Tag("\"legible-no-such-state\"".to_owned()) };
        for unmet in [stale, Condition::Absent] {
            match self.put_plainly(path, key, SECOND, &unmet, watch).await {
                Err(Error::Stale(_)) => {}
                // It was overwritten, or the server cannot make anything of the condition.
                Ok(()) | Err(Error::File { .. }) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        self.reads_back(key, FIRST).await?;
        match self.put_plainly(path, key, SECOND, &Condition::Tag(tag), watch).await {
            Ok(()) => self.reads_back(key, SECOND).await.map(|()| true),
            Err(Error::Stale(_) | Error::File { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether uploads in parts go on, and whether conditions are honoured at their end: those that are not met, and those that are.
    async fn tried_in_parts(&self, trial: &Trial<'_>) -> Result<(bool, bool)> {
        let key = trial.key;
        let parts = trial.tells_parts(FIRST).await?;
        if parts {
            self.reads_back(key, FIRST).await?;
        }
        let before = tag(&self.stat_there(key).await?);
        for unmet in [no_such_state(), Condition::Absent] {
            if trial.is_made(SECOND, &unmet).await? {
                return Ok((parts, false));
            }
        }
        let unchanged = tag(&self.stat_there(key).await?).filter(|now| Some(now) == before.as_ref());
        let Some(tag) = unchanged else { return Ok((parts, false)) };
        let conditional = trial.is_made(THIRD, &Condition::Tag(tag)).await?;
        if conditional {
            self.reads_back(key, THIRD).await?;
        }
        Ok((parts, conditional))
    }

    /// Whether what was there stays when what should replace it breaks off.
    async fn is_kept_whole(&self, path: &FilePath, key: &str, watch: &dyn Watch) -> Result<bool> {
        let Way::WebDav(server) = &self.way else { return Ok(false) };
        self.put_plainly(path, key, FIRST, &Condition::None, watch).await?;
        server.break_off(key, Bytes::from(vec![b'x'; SENT]), PROMISED).await;
        tokio::time::sleep(BROKEN_OFF_AFTER).await;
        let bytes = answered(self.operator.read(key)).await?;
        Ok(bytes.is_ok_and(|bytes| bytes.to_vec() == FIRST))
    }

    /// Puts a small file there without any of the care that is taken otherwise.
    async fn put_plainly(
        &self,
        path: &FilePath,
        key: &str,
        bytes: &'static [u8],
        condition: &Condition,
        watch: &dyn Watch,
    ) -> Result<()> {
        if let Way::WebDav(server) = &self.way {
            self.make_folder_of(key, "").await?;
            let mut from = Cursor::new(bytes);
            let mut content = Content { from: &mut from, size: bytes.len() as u64, path, watch };
            return server.put(key, &mut content, condition).await.map(drop);
        }
        let mut write = self.operator.write_with(key, bytes);
        match condition {
            Condition::None => {}
            Condition::Absent => write = write.if_not_exists(true),
            Condition::Tag(tag) => write = write.if_match(tag),
        }
        answered(write).await?.map(drop).map_err(|error| fault::told(&error, path.as_str()))
    }

    async fn stat_there(&self, key: &str) -> Result<Metadata> {
        self.metadata(key, "").await?.ok_or_else(|| disobeys("a file that was written is not there"))
    }

    async fn reads_back(&self, key: &str, expected: &[u8]) -> Result<()> {
        let read = answered(self.operator.read(key)).await?.map_err(|error| fault::told(&error, ""))?;
        if read.to_vec() == expected {
            Ok(())
        } else {
            Err(disobeys("a file reads as something else than was written"))
        }
    }

    /// The list of the folder shows a file, in the state in which it is when it is looked at.
    async fn shows(&self, key: &str) -> Result<()> {
        let told = |error: opendal::Error| fault::told(&error, "");
        let mut lister = answered(self.operator.lister(&list::or_root(self.folder.clone()))).await?.map_err(told)?;
        while let Some(entry) = answered(lister.try_next()).await?.map_err(told)? {
            if entry.path() == key {
                let path = FilePath::parse("a").map_err(|why| Error::may_pass(why.to_string()))?;
                let state = |metadata: &Metadata| state::file(path.clone(), "a", metadata, false).revision;
                let is_same = state(entry.metadata()) == state(&self.stat_there(key).await?);
                return if is_same {
                    Ok(())
                } else {
                    Err(disobeys("a file has another state in the list of its folder"))
                };
            }
        }
        Err(disobeys("a file that was written is not in the list of its folder"))
    }
}

/// The entity tag of a file, as it is written in a condition.
fn tag(there: &Metadata) -> Option<String> {
    there.etag().map(|etag| state::quoted(&Revision(state::normal(etag).to_owned())))
}

/// That a file has an entity tag as S3 makes them, and none that it has.
fn no_such_state() -> Condition {
    Condition::Tag(NO_SUCH_TAG.to_owned())
}

fn other_case(key: &str, path: &FilePath) -> String {
    let folder = key.strip_suffix(path.as_str()).unwrap_or_default();
    format!("{folder}{}", path.as_str().to_uppercase())
}

fn md5_of(bytes: &[u8]) -> Option<Digest> {
    Digest::of(DigestKind::Md5, bytes).ok()
}

/// Nobody else knows the name of what is tried.
fn not_shown(error: Error) -> Error {
    match error {
        Error::Stale(_) => needs_you(
            "what was just written there is not found again",
            "Look whether the address is right: to the end of its path on a server of WebDAV, without the bucket on one of S3.",
        ),
        error => error,
    }
}

fn disobeys(what: &str) -> Error {
    Error::NeedsYou {
        message: format!("the storage cannot be trusted with files: {what}"),
        hint: "Choose another storage, or ask who runs this one.".to_owned(),
    }
}
