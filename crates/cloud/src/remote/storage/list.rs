//! What is in the folder. A part that could not be listed makes the whole fail: what is not known to be gone is not.

use super::write::PART;
use super::{Storage, Way, state};
use crate::Result;
use crate::error::{Error, needs_you};
use crate::limits::{MAX_DEPTH, MAX_ENTRIES, MAX_FILES, PART_FORGOTTEN_AFTER};
use crate::lock::lock;
use crate::path::FilePath;
use crate::remote::fault;
use crate::remote::seen::Seen;
use crate::remote::wait::answered;
use crate::remote::{Listing, Unusable};
use futures_util::TryStreamExt;
use opendal::{EntryMode, Metadata};
use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

impl Storage {
    pub(super) async fn list_all(&self) -> Result<Listing> {
        let mut seen = Listed::default();
        if self.is_s3() {
            self.list_flat(&mut seen).await?;
        } else if self.is_there().await? {
            self.walk(&mut seen).await?;
        }
        self.sweep_uploads();
        self.sweep(std::mem::take(&mut seen.forgotten));
        lock(&self.folders).extend(seen.folders);
        *lock(&self.spelled) = seen.spelled;
        Ok(seen.listing)
    }

    /// Everything below the folder: S3 knows no others.
    async fn list_flat(&self, seen: &mut Listed) -> Result<()> {
        let mut lister =
            answered(self.operator.lister_with(&self.folder).recursive(true)).await?.map_err(of_listing)?;
        while let Some(entry) = answered(lister.try_next()).await?.map_err(of_listing)? {
            seen.count()?;
            let raw = entry.path().strip_prefix(&self.folder).unwrap_or_default();
            if !raw.is_empty() && !raw.ends_with('/') {
                seen.take(raw, entry.metadata(), self.found.md5)?;
            }
        }
        Ok(())
    }

    /// Folder by folder, and not into those that are hidden.
    async fn walk(&self, seen: &mut Listed) -> Result<()> {
        let mut open = vec![String::new()];
        while let Some(folder) = open.pop() {
            let key = or_root(self.key_of(&folder));
            let mut lister = answered(self.operator.lister(&key)).await?.map_err(of_listing)?;
            let mut is_told = false;
            while let Some(entry) = answered(lister.try_next()).await?.map_err(of_listing)? {
                is_told = true;
                seen.count()?;
                let raw = entry.path().strip_prefix(&self.folder).unwrap_or_default();
                let is_itself = raw == folder || entry.path() == key;
                if folder.is_empty() && is_forgotten(raw, entry.metadata(), SystemTime::now()) {
                    seen.forgotten.push(entry.path().to_owned());
                }
                if is_itself || raw.is_empty() || is_hidden(raw) {
                    continue;
                }
                if self.is_link(raw) || (entry.metadata().is_dir() && !raw.ends_with('/')) {
                    seen.leave(raw, "it is a link");
                } else if !raw.ends_with('/') {
                    seen.take(raw, entry.metadata(), self.found.md5)?;
                } else if raw.split('/').count() > MAX_DEPTH + 1 {
                    seen.leave(raw, "it lies too deep");
                } else {
                    open.push(raw.to_owned());
                }
            }
            // A folder that is not there lists as one that is empty.
            if !is_told && (Seen::last().status == Some(404) || self.metadata(&key, &folder).await?.is_none()) {
                return Err(if folder.is_empty() { nowhere() } else { changed() });
            }
            seen.folders.push(key);
        }
        Ok(())
    }

    /// Whether the folder itself is there. If it is not, the one above must be, or nothing is known.
    pub(super) async fn is_there(&self) -> Result<bool> {
        // Where the operator begins there is always something, by its own account.
        if self.folder.is_empty() || self.metadata(&self.folder, "").await?.is_some() {
            return Ok(true);
        }
        let above = self.folder.trim_end_matches('/').rsplit_once('/').map(|(above, _)| format!("{above}/"));
        let is_above = match (above, &self.way) {
            (Some(above), _) => self.metadata(&above, "").await?.is_some(),
            (None, Way::Folder(above)) => tokio::fs::metadata(above).await.is_ok_and(|above| above.is_dir()),
            (None, Way::WebDav(_)) => {
                let mut lister = answered(self.operator.lister("/")).await?.map_err(of_listing)?;
                answered(lister.try_next()).await?.map_err(of_listing)?;
                Seen::last().status != Some(404)
            }
            (None, Way::S3(_) | Way::Sftp) => true,
        };
        if is_above { Ok(false) } else { Err(nowhere()) }
    }

    /// Removes what uploads left that were killed, while others go on. What cannot be removed is met again.
    fn sweep(&self, keys: Vec<String>) {
        let operator = self.operator.clone();
        if !keys.is_empty() {
            self.runtime.handle().spawn(async move { operator.delete_iter(keys).await });
        }
    }

    /// Whether a file of this machine is a link: what it leads to would be listed with the time of the link.
    fn is_link(&self, raw: &str) -> bool {
        let Way::Folder(above) = &self.way else { return false };
        std::fs::symlink_metadata(above.join(self.key_of(raw))).is_ok_and(|file| file.is_symlink())
    }
}

/// Whether it is a part of an upload that nobody can be at any more, even if the clocks differ.
fn is_forgotten(raw: &str, metadata: &Metadata, now: SystemTime) -> bool {
    let written = metadata.last_modified().map(SystemTime::from);
    let age = written.and_then(|written| now.duration_since(written).ok());
    raw.starts_with(PART) && !metadata.is_dir() && age.is_some_and(|age| age > PART_FORGOTTEN_AFTER)
}

fn nowhere() -> Error {
    Error::NeedsYou {
        message: "neither the folder nor the one above is there".to_owned(),
        hint: "Look whether the address is right, or connect the disk.".to_owned(),
    }
}

fn too_many(most: usize) -> Error {
    needs_you(&format!("there are more than {most} files"), "Keep a smaller folder in step.")
}

fn changed() -> Error {
    Error::may_pass("the folder was changed while it was listed")
}

fn of_listing(error: opendal::Error) -> Error {
    match fault::told(&error, "") {
        Error::Stale(_) => changed(),
        error => error,
    }
}

pub(super) fn or_root(key: String) -> String {
    if key.is_empty() { "/".to_owned() } else { key }
}

fn is_hidden(raw: &str) -> bool {
    raw.split('/').any(|name| name.starts_with('.'))
}

/// What was found so far.
#[derive(Default)]
struct Listed {
    listing: Listing,
    paths: HashSet<FilePath>,
    spelled: HashMap<FilePath, String>,
    folders: Vec<String>,
    forgotten: Vec<String>,
    entries: usize,
}

impl Listed {
    /// Counts whatever is told, so that no list goes on for ever.
    fn count(&mut self) -> Result<()> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES { Err(too_many(MAX_ENTRIES)) } else { Ok(()) }
    }

    fn take(&mut self, raw: &str, metadata: &Metadata, etags_are_md5: bool) -> Result<()> {
        if is_hidden(raw) {
            return Ok(());
        }
        if self.paths.len() >= MAX_FILES {
            return Err(too_many(MAX_FILES));
        }
        if metadata.mode() == EntryMode::Unknown {
            self.leave(raw, "it is no file");
        } else if raw.contains(char::REPLACEMENT_CHARACTER) {
            self.leave(raw, "its name is not in UTF-8");
        } else {
            match FilePath::parse(raw) {
                Err(why) => self.leave(raw, &why.to_string()),
                Ok(path) if !self.paths.insert(path.clone()) => self.leave(raw, "another file has the same name"),
                Ok(path) => {
                    if path.as_str() != raw {
                        self.spelled.insert(path.clone(), raw.to_owned());
                    }
                    self.listing.files.push(state::file(path, raw, metadata, etags_are_md5));
                }
            }
        }
        Ok(())
    }

    fn leave(&mut self, raw: &str, why: &str) {
        self.listing.unusable.push(Unusable { name: raw.to_owned(), why: why.to_owned(), id: None });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opendal::MetadataBuilder;

    #[test]
    fn names_are_taken_left_or_hidden() {
        let mut seen = Listed::default();
        let (file, link) = (MetadataBuilder::file(1).build(), MetadataBuilder::unknown().build());
        for raw in ["a.png", "é.png", "e\u{301}.png", "b:c.png", ".hidden", "x/.y/z.png", "bad\u{fffd}.png"] {
            seen.take(raw, &file, false).unwrap();
        }
        seen.take("link.png", &link, false).unwrap();
        seen.take("o\u{308}.png", &file, false).unwrap();
        let names: Vec<_> = seen.listing.files.iter().map(|file| (file.path.as_str(), file.id.as_deref())).collect();
        assert_eq!(names, [("a.png", None), ("é.png", None), ("ö.png", Some("o\u{308}.png"))]);
        let left: Vec<_> = seen.listing.unusable.iter().map(|left| left.name.as_str()).collect();
        assert_eq!(left, ["e\u{301}.png", "b:c.png", "bad\u{fffd}.png", "link.png"]);
        assert_eq!(seen.spelled.len(), 1);
    }

    #[test]
    fn whatever_is_told_counts() {
        let mut seen = Listed { entries: MAX_ENTRIES - 1, ..Listed::default() };
        seen.count().unwrap();
        assert!(matches!(seen.count(), Err(Error::NeedsYou { .. })));
    }

    #[test]
    fn only_old_parts_are_forgotten() {
        let (day, now) = (PART_FORGOTTEN_AFTER, SystemTime::UNIX_EPOCH + 10 * PART_FORGOTTEN_AFTER);
        let check = |raw: &str, written: SystemTime, expected: bool| {
            let mut metadata = MetadataBuilder::file(1);
            metadata.last_modified(written.try_into().unwrap());
            assert_eq!(is_forgotten(raw, &metadata.build(), now), expected, "{raw}");
        };
        check(".legible-part-0123", now - 2 * day, true);
        check(".legible-part-0123", now - day / 2, false);
        check(".legible-part-0123", now + day, false);
        check("a.png", now - 2 * day, false);
        check(".legible-trash/2026-11-22/a.png", now - 2 * day, false);
        assert!(
            !is_forgotten(".legible-part-0123", &MetadataBuilder::file(1).build(), now),
            "of which no time is told"
        );
    }
}
