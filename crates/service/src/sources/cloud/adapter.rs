//! A storage as the crate that looks at sources has it: a folder whose new files are told from mark to mark.

use crate::error::{Error, Result};
use legible_cloud::remote::{Cursor, Remote, RemoteFile as File, Revision, Watch};
use legible_cloud::{Error as CloudError, FilePath};
use legible_sources::remote::{Changes, RemoteError, RemoteFile, RemoteFolder};
use legible_sources::remote_files::KnownFile;
use std::collections::HashMap;
use std::io::Write;

/// What begins the name of a file that its storage calls by an id, and of one that it calls by its path.
const ID: &str = "id:";
const PATH: &str = "path:";

/// A storage that is looked at.
pub struct Adapter<'a> {
    remote: &'a dyn Remote,
    watch: &'a dyn Watch,
    known: &'a [KnownFile],
    /// What was listed last, by what it is called.
    listed: HashMap<String, File>,
    /// Files that are there and cannot be had: their names, and why.
    pub unusable: Vec<(String, String)>,
}

impl<'a> Adapter<'a> {
    /// One of whose files these are known.
    pub fn new(remote: &'a dyn Remote, watch: &'a dyn Watch, known: &'a [KnownFile]) -> Self {
        Adapter { remote, watch, known, listed: HashMap::new(), unusable: Vec::new() }
    }

    fn tell(&mut self, files: Vec<File>, cursor: Option<Cursor>) -> Changes {
        let found = files.iter().map(|file| RemoteFile {
            id: called(file),
            version: version(self.remote, file),
            name: file.path.to_string(),
            size: Some(file.size),
        });
        let changes = Changes { files: found.collect(), cursor: cursor.map(|cursor| cursor.0), more: false };
        self.listed = files.into_iter().map(|file| (called(&file), file)).collect();
        changes
    }
}

impl RemoteFolder for Adapter<'_> {
    fn changes(&mut self, since: Option<&str>) -> std::result::Result<Changes, RemoteError> {
        let (files, unusable, cursor) = match since {
            Some(mark) => {
                let seen: Vec<File> = self.known.iter().filter_map(recalled).collect();
                self.remote.recall(&seen);
                let changes = self.remote.changes(&Cursor(mark.to_owned()), self.watch).map_err(told)?;
                (changes.files, changes.unusable, changes.cursor)
            }
            None => {
                let listing = self.remote.list(self.watch).map_err(told)?;
                (listing.files, listing.unusable, listing.cursor)
            }
        };
        self.unusable.extend(unusable.into_iter().map(|file| (file.name, file.why)));
        Ok(self.tell(files, cursor))
    }

    fn fetch(&mut self, file: &RemoteFile, into: &mut dyn Write) -> std::result::Result<(), RemoteError> {
        let found = self.listed.get(&file.id).ok_or_else(|| RemoteError::Gone(file.name.clone()))?;
        self.remote.fetch(found, into, self.watch).map_err(told)
    }
}

/// What a file is called whatever its name is, where its storage has such names; else it is another file with another name.
fn called(file: &File) -> String {
    match &file.id {
        Some(id) => format!("{ID}{id}"),
        None => format!("{PATH}{}", file.path),
    }
}

/// What names the content of a file. A hash, where the storage tells it of each file: it stays when the file is moved.
pub fn version(remote: &dyn Remote, file: &File) -> String {
    match file.digest.as_ref().filter(|_| remote.capabilities().cursor) {
        Some(digest) => format!("{:?} {} {}", digest.kind, digest.hex, file.size),
        None => file.revision.0.clone(),
    }
}

/// A file that was there before, as far as a storage with ids needs to know it.
fn recalled(known: &KnownFile) -> Option<File> {
    let id = Some(known.id.strip_prefix(ID)?.to_owned());
    let (path, revision) = (FilePath::parse(&known.path).ok()?, Revision(String::new()));
    Some(File { path, id, revision, size: 0, digest: None, modified: None })
}

/// An error of a storage, as a look at a source takes it: what concerns one file holds up no other.
pub fn told(error: CloudError) -> RemoteError {
    match error {
        CloudError::Expired => RemoteError::Expired,
        CloudError::Stale(path) => RemoteError::Gone(path),
        error @ (CloudError::Damaged { .. } | CloudError::File { .. }) => RemoteError::File(error.to_string()),
        CloudError::MayPass { message, .. } => RemoteError::MayPass(message),
        CloudError::NeedsYou { message, hint } => RemoteError::NeedsYou { message, hint },
        error @ CloudError::SignIn { .. } => RemoteError::Sink(Box::new(Error::from(error))),
        CloudError::Stopped => RemoteError::Stopped,
        error @ (CloudError::Local { .. } | CloudError::Ledger(_)) => RemoteError::Sink(Box::new(Error::from(error))),
    }
}

/// Why a look ended, as the service tells it.
pub fn back(error: RemoteError) -> Error {
    match error {
        RemoteError::Expired => CloudError::Expired.into(),
        RemoteError::Gone(path) => CloudError::Stale(path).into(),
        RemoteError::MayPass(message) | RemoteError::File(message) => CloudError::may_pass(message).into(),
        RemoteError::NeedsYou { message, hint } => CloudError::NeedsYou { message, hint }.into(),
        RemoteError::Stopped => Error::Stopped,
        RemoteError::Sink(error) => match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => Error::Internal(error.to_string()),
        },
    }
}

/// Something of ours that failed within a look.
///
/// # Errors
/// [`RemoteError::Sink`], which [`back`] takes back.
pub fn ours<T>(result: Result<T>) -> std::result::Result<T, RemoteError> {
    result.map_err(|error| match error {
        Error::Stopped => RemoteError::Stopped,
        error => RemoteError::Sink(Box::new(error)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use legible_cloud::Result as CloudResult;
    use legible_cloud::digest::{Digest, DigestKind};
    use legible_cloud::remote::{Capabilities, Changes as CloudChanges, Listing, Unwatched, Upload};
    use std::sync::Mutex;

    /// A storage with marks and ids that tells what it is asked for.
    #[derive(Default)]
    struct Marked {
        files: Vec<File>,
        forgotten: bool,
        recalled: Mutex<Vec<(Option<String>, String)>>,
    }

    impl Remote for Marked {
        fn capabilities(&self) -> Capabilities {
            Capabilities { cursor: true, digest: Some(DigestKind::Md5), ..Capabilities::default() }
        }

        fn list(&self, _: &dyn Watch) -> CloudResult<Listing> {
            Ok(Listing { files: self.files.clone(), unusable: vec![], cursor: Some(Cursor("all".into())) })
        }

        fn changes(&self, since: &Cursor, _: &dyn Watch) -> CloudResult<CloudChanges> {
            match self.forgotten {
                true => Err(CloudError::Expired),
                false => Ok(CloudChanges {
                    cursor: Some(Cursor(format!("{} and more", since.0))),
                    ..CloudChanges::default()
                }),
            }
        }

        fn recall(&self, files: &[File]) {
            let recalled = files.iter().map(|file| (file.id.clone(), file.path.to_string()));
            *self.recalled.lock().unwrap() = recalled.collect();
        }

        fn look(&self, _: &FilePath, _: &dyn Watch) -> CloudResult<Option<File>> {
            Ok(None)
        }

        fn fetch(&self, file: &File, _: &mut dyn std::io::Write, _: &dyn Watch) -> CloudResult<()> {
            match file.path.as_str() {
                "stale.png" => Err(CloudError::Stale(file.path.to_string())),
                "damaged.png" => Err(CloudError::Damaged { path: file.path.to_string(), detail: "half of it".into() }),
                _ => Err(CloudError::NeedsYou { message: "signed out".into(), hint: "Sign in again.".into() }),
            }
        }

        fn put(&self, upload: Upload<'_>, _: &dyn Watch) -> CloudResult<File> {
            Err(CloudError::Stale(upload.path.to_string()))
        }

        fn remove(&self, _: &File, _: &dyn Watch) -> CloudResult<()> {
            Ok(())
        }
    }

    fn remote_file(name: &str, id: Option<&str>, revision: &str) -> File {
        File {
            path: FilePath::parse(name).unwrap(),
            id: id.map(str::to_owned),
            revision: Revision(revision.into()),
            size: 5,
            digest: Some(Digest { kind: DigestKind::Md5, hex: "aa".into() }),
            modified: None,
        }
    }

    #[test]
    fn a_storage_is_asked_from_its_mark_and_for_everything_when_that_is_forgotten() {
        let mut storage = Marked { files: vec![remote_file("a.png", Some("1"), "r1")], ..Marked::default() };
        let known = [("id:1", "a.png"), ("path:b.png", "b.png")].map(|(id, path)| KnownFile {
            id: id.into(),
            version: "v".into(),
            path: path.into(),
            text_waits: false,
        });
        let all = Adapter::new(&storage, &Unwatched, &known).changes(None).unwrap();
        assert_eq!((all.cursor.as_deref(), all.files[0].id.as_str()), (Some("all"), "id:1"));
        let since = Adapter::new(&storage, &Unwatched, &known).changes(Some("mark")).unwrap();
        assert_eq!((since.cursor.as_deref(), since.files.len()), (Some("mark and more"), 0));
        let recalled = vec![(Some("1".to_owned()), "a.png".to_owned())];
        assert_eq!(*storage.recalled.lock().unwrap(), recalled, "only what has an id");
        storage.forgotten = true;
        let forgotten = Adapter::new(&storage, &Unwatched, &known).changes(Some("mark"));
        assert!(matches!(forgotten, Err(RemoteError::Expired)));
    }

    #[test]
    fn a_version_names_the_content_and_not_the_place() {
        let storage = Marked::default();
        let of = |name: &str, revision: &str| version(&storage, &remote_file(name, Some("1"), revision));
        assert_eq!(of("a.png", "r1"), of("b.png", "r2"), "a file that was moved may have another revision");
    }

    #[test]
    fn what_concerns_one_file_holds_up_no_other() {
        let names = ["stale.png", "damaged.png", "other.png"];
        let storage = Marked {
            files: names.iter().map(|name| remote_file(name, Some(name), "r")).collect(),
            ..Marked::default()
        };
        let mut adapter = Adapter::new(&storage, &Unwatched, &[]);
        let files = adapter.changes(None).unwrap().files;
        let mut fetch = |at: usize| adapter.fetch(&files[at], &mut Vec::new()).unwrap_err();
        assert!(matches!(fetch(0), RemoteError::Gone(_)));
        assert!(matches!(fetch(1), RemoteError::File(_)));
        let told = back(fetch(2)).to_wire();
        assert_eq!((told.message.as_str(), told.hint.as_deref()), ("Signed out", Some("Sign in again.")));
    }
}
