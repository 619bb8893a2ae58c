//! A hidden file at the top of the folder on a storage that says which folder it is. Where it is missing or another one, the folder is
//! not the one that was kept in step: a disk that is not mounted, an account that is another. Then a person is asked.

use crate::Result;
use crate::error::Error;
use crate::path::FilePath;
use crate::plan::Question;
use crate::remote::{Expect, Remote, Unkept, Upload, Watch};
use std::io::{Cursor, Read};

/// Its name.
pub(crate) const NAME: &str = ".legible-folder";

/// Longest name of a folder, in bytes.
const MAX_BYTES: u64 = 200;

/// What the folder on the storage is called by its marker, if it has one.
///
/// # Errors
/// When the storage could not be asked.
pub fn read(remote: &dyn Remote, watch: &dyn Watch) -> Result<Option<String>> {
    let Some(found) = remote.look(&path(), watch)? else { return Ok(None) };
    let mut bytes = Vec::new();
    if found.size <= MAX_BYTES {
        match remote.fetch(&found, &mut bytes, watch) {
            // It went just now.
            Err(Error::Stale(_)) => return Ok(None),
            fetched => fetched?,
        }
    }
    let mut text = String::new();
    // A marker that somebody spoilt is another one.
    let _ = bytes.as_slice().read_to_string(&mut text);
    Ok(Some(text.trim().to_owned()))
}

/// Whether a folder below the top of a storage is marked: whether a library is kept in step with it.
///
/// # Errors
/// When the storage could not be asked.
pub fn is_in(folder: &FilePath, remote: &dyn Remote, watch: &dyn Watch) -> Result<bool> {
    let Ok(path) = FilePath::parse(&format!("{folder}/{NAME}")) else { return Ok(false) };
    Ok(remote.look(&path, watch)?.is_some())
}

/// Marks a folder that has no marker. Returns what it is called then: somebody may have been faster.
///
/// # Errors
/// When the storage does not take it.
pub fn write(remote: &dyn Remote, name: &str, watch: &dyn Watch) -> Result<String> {
    let text = format!("{name}\n");
    let upload = Upload {
        path: &path(),
        size: text.len() as u64,
        content: &mut Cursor::new(text.into_bytes()),
        expect: &Expect::Absent,
        // It is too small to be sent in parts.
        session: &mut Unkept,
    };
    match remote.put(upload, watch) {
        Ok(_) => Ok(name.to_owned()),
        Err(error @ Error::Stale(_)) => read(remote, watch)?.ok_or(error),
        Err(error) => Err(error),
    }
}

/// What is to be asked where the folder was `known` by a name and is `found` to have another.
pub fn question(known: Option<&str>, found: Option<&str>) -> Option<Question> {
    let known = known?;
    (found != Some(known)).then_some(Question::OtherFolder { marked: found.is_some(), answer: None })
}

fn path() -> FilePath {
    FilePath::parse(NAME).expect("it is a name that every system can have")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::Unwatched;
    use crate::remote::storage::{Found, Place, Secret, Storage};
    use std::sync::Arc;

    #[test]
    fn another_folder_is_asked_about() {
        let check = |known, found, expected| assert_eq!(question(known, found), expected, "{known:?}, {found:?}");
        check(None, None, None);
        check(None, Some("a"), None);
        check(Some("a"), Some("a"), None);
        check(Some("a"), Some("b"), Some(Question::OtherFolder { marked: true, answer: None }));
        check(Some("a"), None, Some(Question::OtherFolder { marked: false, answer: None }));
    }

    #[test]
    fn a_folder_is_marked_once_and_the_marker_is_none_of_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder { path: folder.path().join("folder") };
        let today = Arc::new(|| "2026-11-22".to_owned());
        let storage = Storage::open(&place, &Secret::new(""), Found::default(), today).unwrap();
        assert_eq!(read(&storage, &Unwatched).unwrap(), None);
        assert_eq!(write(&storage, "one", &Unwatched).unwrap(), "one");
        assert_eq!(write(&storage, "two", &Unwatched).unwrap(), "one", "who comes second takes the name that is there");
        assert_eq!(read(&storage, &Unwatched).unwrap().as_deref(), Some("one"));
        assert_eq!(storage.list(&Unwatched).unwrap().files, []);
        let above = Place::Folder { path: folder.path().to_owned() };
        let above = Storage::open(&above, &Secret::new(""), Found::default(), Arc::new(String::new)).unwrap();
        let is_in = |folder: &str| is_in(&FilePath::parse(folder).unwrap(), &above, &Unwatched).unwrap();
        assert_eq!([is_in("folder"), is_in("nowhere")], [true, false]);
        std::fs::write(folder.path().join("folder").join(NAME), [0xff; 999]).unwrap();
        assert_eq!(read(&storage, &Unwatched).unwrap().as_deref(), Some(""), "a spoilt one is another");
    }
}
