//! A folder of a cloud storage as a source: what is new there, by cursor.
//!
//! A storage that can tells what changed since a **cursor**, a mark that it made itself. [`look`] goes from mark to mark. It
//! notes a new mark only after everything before it was taken, so a look that was cut short finds the rest again; what it
//! finds twice is known by its version. A mark that the storage no longer knows leads to a list of everything, and never to
//! the belief that something is gone. A storage without marks is asked for everything each time.
//!
//! A file that cannot be fetched holds up no other. It is left for the next look, and the mark stays before it.

use std::io::Write;

/// The most bytes of a file that is fetched.
pub const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// How many files in a row may fail until it is the storage that fails.
pub const FAILURES_IN_A_ROW: u32 = 3;

/// A file of a remote folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// What the storage calls it whatever its name is: it stays when the file is renamed.
    pub id: String,
    /// Names its content: another one for another content, such as a hash or a revision.
    pub version: String,
    /// Its name, as the storage has it: it may hold anything.
    pub name: String,
    /// Its size in bytes, if the storage tells.
    pub size: Option<u64>,
}

/// What changed in a remote folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Files that came or changed, in the order in which they did if the storage knows it. Deletions are not among them:
    /// readings outlive their files.
    pub files: Vec<RemoteFile>,
    /// The mark after these, where the storage has marks.
    pub cursor: Option<String>,
    /// Whether there is more after that mark now.
    pub more: bool,
}

/// Why a remote folder could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The storage does not know the mark any more.
    #[error("the storage has forgotten where the last look ended")]
    Expired,
    /// A file is gone, or has another version by now: the next list tells.
    #[error("{0} is not there any more as it was listed")]
    Gone(String),
    /// It may work another time without anybody doing something.
    #[error("{0}")]
    MayPass(String),
    /// This one file cannot be had now; others can.
    #[error("{0}")]
    File(String),
    /// Somebody has to do something: sign in again, choose another folder.
    #[error("{message}")]
    NeedsYou {
        /// What happened.
        message: String,
        /// What to do.
        hint: String,
    },
    /// The look is to end.
    #[error("stopped")]
    Stopped,
    /// What was fetched could not be put away, or what failed is no matter of the storage.
    #[error("what was fetched could not be put away: {0}")]
    Sink(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A folder of a cloud storage. Its calls block.
pub trait RemoteFolder {
    /// What changed since a mark, or with `None` everything that is there; a part at a time.
    ///
    /// # Errors
    /// [`RemoteError`].
    fn changes(&mut self, since: Option<&str>) -> Result<Changes, RemoteError>;

    /// Writes the content of a file, of the version that was listed.
    ///
    /// # Errors
    /// [`RemoteError`], also when `into` fails.
    fn fetch(&mut self, file: &RemoteFile, into: &mut dyn Write) -> Result<(), RemoteError>;
}

/// Takes what is fetched, and remembers.
pub trait Shelf {
    /// Hears what was listed, before any of it is asked about.
    ///
    /// # Errors
    /// [`RemoteError::Sink`].
    fn listed(&mut self, files: &[RemoteFile]) -> Result<(), RemoteError>;

    /// Whether this version of a file was taken or refused already.
    ///
    /// # Errors
    /// [`RemoteError::Sink`].
    fn knows(&mut self, file: &RemoteFile) -> Result<bool, RemoteError>;

    /// Whether a file is wanted, by its name and size and where it lies.
    ///
    /// # Errors
    /// [`RemoteError`], where that is to be asked and cannot be.
    fn wants(&mut self, file: &RemoteFile) -> Result<bool, RemoteError>;

    /// Takes a file, or refuses its content, and remembers its version.
    ///
    /// # Errors
    /// [`RemoteError::Sink`] when nothing can be taken now.
    fn take(&mut self, file: &RemoteFile, bytes: Vec<u8>) -> Result<(), RemoteError>;

    /// Remembers that a version of a file is not to be fetched again, and why.
    ///
    /// # Errors
    /// [`RemoteError::Sink`].
    fn refuse(&mut self, file: &RemoteFile, why: &str) -> Result<(), RemoteError>;

    /// Hears that a file is left for the next look, and why.
    fn leave(&mut self, file: &RemoteFile, why: &str);

    /// Remembers the mark up to which everything was taken; `None` forgets it.
    ///
    /// # Errors
    /// [`RemoteError::Sink`].
    fn note_cursor(&mut self, cursor: Option<&str>) -> Result<(), RemoteError>;

    /// Fails when the look is to end; asked before each file.
    ///
    /// # Errors
    /// [`RemoteError::Stopped`].
    fn check(&mut self) -> Result<(), RemoteError>;
}

/// What a look did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    /// Files that were fetched.
    pub fetched: u32,
    /// Files that were known already, or not wanted.
    pub passed: u32,
    /// Files that were gone again before they could be fetched, or are too large.
    pub skipped: u32,
    /// Files that could not be fetched and are left for the next look.
    pub left: u32,
}

/// Looks at what is new since a mark.
///
/// # Errors
/// What stopped it; everything up to the last noted mark is taken, and the next look goes on from there.
pub fn look(
    folder: &mut dyn RemoteFolder,
    shelf: &mut dyn Shelf,
    since: Option<String>,
) -> Result<Looked, RemoteError> {
    let (mut cursor, mut looked, mut anew, mut failing) = (since, Looked::default(), false, 0);
    loop {
        shelf.check()?;
        let changes = match folder.changes(cursor.as_deref()) {
            // Once: a storage that forgets the marks of this very look would be asked for ever.
            Err(RemoteError::Expired) if cursor.is_some() && !anew => {
                shelf.note_cursor(None)?;
                (cursor, anew) = (None, true);
                continue;
            }
            changes => changes?,
        };
        shelf.listed(&changes.files)?;
        for file in &changes.files {
            shelf.check()?;
            let fetched = looked.fetched;
            match take(folder, shelf, file, &mut looked) {
                Err(RemoteError::File(why)) => {
                    looked.left += 1;
                    shelf.leave(file, &why);
                }
                Err(RemoteError::MayPass(why)) if failing + 1 < FAILURES_IN_A_ROW => {
                    (looked.left, failing) = (looked.left + 1, failing + 1);
                    shelf.leave(file, &why);
                }
                taken => taken?,
            }
            if looked.fetched > fetched {
                failing = 0;
            }
        }
        if looked.left == 0 && changes.cursor.is_some() {
            shelf.note_cursor(changes.cursor.as_deref())?;
        }
        // A storage that says "more" and does not move would be asked for ever.
        if !changes.more || changes.cursor.is_none() || cursor == changes.cursor {
            return Ok(looked);
        }
        cursor = changes.cursor;
    }
}

fn take(
    folder: &mut dyn RemoteFolder,
    shelf: &mut dyn Shelf,
    file: &RemoteFile,
    looked: &mut Looked,
) -> Result<(), RemoteError> {
    if !shelf.wants(file)? || shelf.knows(file)? {
        looked.passed += 1;
        return Ok(());
    }
    let mut content = Bounded::default();
    let told_too_large = file.size.is_some_and(|size| size > MOST_BYTES);
    let fetched = if told_too_large { Ok(()) } else { folder.fetch(file, &mut content) };
    match fetched {
        _ if told_too_large || content.overflowed => {
            looked.skipped += 1;
            shelf.refuse(file, "it is too large")?;
        }
        // The next list tells.
        Err(RemoteError::Gone(_)) => looked.skipped += 1,
        fetched => {
            fetched?;
            shelf.take(file, content.bytes)?;
            looked.fetched += 1;
        }
    }
    Ok(())
}

/// Bytes in memory, up to [`MOST_BYTES`]: what a storage says of a size need not be so.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    overflowed: bool,
}

impl Write for Bounded {
    fn write(&mut self, more: &[u8]) -> std::io::Result<usize> {
        if (self.bytes.len() + more.len()) as u64 > MOST_BYTES {
            self.overflowed = true;
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// A storage with a log of what came; a mark is a place in it. Each call may fail once, as planned.
    struct Storage {
        log: Vec<RemoteFile>,
        page: usize,
        /// Marks below this are forgotten.
        forgotten: usize,
        fails_at: BTreeSet<usize>,
        calls: usize,
    }

    impl Storage {
        fn fail(&mut self) -> Result<(), RemoteError> {
            self.calls += 1;
            match self.fails_at.remove(&self.calls) {
                true => Err(RemoteError::MayPass("planned".into())),
                false => Ok(()),
            }
        }
    }

    impl RemoteFolder for Storage {
        fn changes(&mut self, since: Option<&str>) -> Result<Changes, RemoteError> {
            self.fail()?;
            let from: usize = since.map_or(0, |mark| mark.parse().unwrap());
            if since.is_some() && from < self.forgotten {
                return Err(RemoteError::Expired);
            }
            let to = (from + self.page).min(self.log.len());
            Ok(Changes { files: self.log[from..to].to_vec(), cursor: Some(to.to_string()), more: to < self.log.len() })
        }

        fn fetch(&mut self, file: &RemoteFile, into: &mut dyn Write) -> Result<(), RemoteError> {
            self.fail()?;
            into.write_all(file.version.as_bytes()).map_err(|error| RemoteError::MayPass(error.to_string()))
        }
    }

    /// What was taken, and the mark.
    #[derive(Default)]
    struct Library {
        taken: Vec<(String, String)>,
        refused: Vec<String>,
        left: Vec<String>,
        cursor: Option<String>,
    }

    impl Shelf for Library {
        fn listed(&mut self, _: &[RemoteFile]) -> Result<(), RemoteError> {
            Ok(())
        }

        fn refuse(&mut self, file: &RemoteFile, _: &str) -> Result<(), RemoteError> {
            self.refused.push(file.id.clone());
            Ok(())
        }

        fn leave(&mut self, file: &RemoteFile, _: &str) {
            self.left.push(file.id.clone());
        }

        fn knows(&mut self, file: &RemoteFile) -> Result<bool, RemoteError> {
            Ok(self.taken.contains(&(file.id.clone(), file.version.clone())))
        }

        fn wants(&mut self, file: &RemoteFile) -> Result<bool, RemoteError> {
            Ok(file.name.ends_with(".png"))
        }

        fn take(&mut self, file: &RemoteFile, bytes: Vec<u8>) -> Result<(), RemoteError> {
            assert_eq!(bytes, file.version.as_bytes());
            self.taken.push((file.id.clone(), file.version.clone()));
            Ok(())
        }

        fn note_cursor(&mut self, cursor: Option<&str>) -> Result<(), RemoteError> {
            self.cursor = cursor.map(str::to_owned);
            Ok(())
        }

        fn check(&mut self) -> Result<(), RemoteError> {
            Ok(())
        }
    }

    fn file(id: u8, version: u8) -> RemoteFile {
        let name = format!("{id}.{}", if id % 5 == 4 { "txt" } else { "png" });
        RemoteFile { id: id.to_string(), version: version.to_string(), name, size: None }
    }

    #[test]
    fn a_file_that_is_too_large_is_left() {
        let log = vec![RemoteFile { size: Some(MOST_BYTES + 1), ..file(1, 1) }, file(2, 1)];
        let mut storage = Storage { log, page: 9, forgotten: 0, fails_at: BTreeSet::new(), calls: 0 };
        let mut library = Library::default();
        let looked = look(&mut storage, &mut library, None).unwrap();
        assert_eq!(looked, Looked { fetched: 1, skipped: 1, ..Looked::default() });
        assert_eq!(library.refused, ["1"]);
        let since = library.cursor.clone();
        let again = look(&mut storage, &mut library, since).unwrap();
        assert_eq!(again, Looked::default(), "nothing new");
    }

    #[test]
    fn a_file_that_fails_holds_up_no_other_and_is_not_lost() {
        let check = |fails_at: &[usize], expected: Result<Looked, ()>, left: &[&str], taken: usize| {
            let log = (0..6).filter(|id| id % 5 != 4).map(|id| file(id, 1)).collect();
            let mut storage =
                Storage { log, page: 9, forgotten: 0, fails_at: fails_at.iter().copied().collect(), calls: 0 };
            let mut library = Library::default();
            assert_eq!(look(&mut storage, &mut library, None).map_err(drop), expected, "{fails_at:?}");
            assert_eq!((library.left.as_slice(), library.taken.len()), (texts(left).as_slice(), taken));
            assert_eq!(library.cursor.is_some(), left.is_empty() && expected.is_ok(), "the mark stays before it");
            let again = look(&mut storage, &mut library, None).unwrap();
            assert_eq!((again.fetched as usize, library.taken.len()), (5 - taken, 5));
        };
        // The first call lists.
        check(&[], Ok(Looked { fetched: 5, ..Looked::default() }), &[], 5);
        check(&[2], Ok(Looked { fetched: 4, left: 1, ..Looked::default() }), &["0"], 4);
        check(&[2, 4, 6], Ok(Looked { fetched: 2, left: 3, ..Looked::default() }), &["0", "2", "5"], 2);
        check(&[2, 3, 4], Err(()), &["0", "1"], 0);
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    proptest! {
        #[test]
        fn whatever_fails_each_version_is_taken_once(
            log in prop::collection::vec((0u8..12, 0u8..4), 0..40),
            page in 1usize..7,
            forgotten in 0usize..40,
            fails_at in prop::collection::btree_set(1usize..60, 0..20),
        ) {
            let log: Vec<RemoteFile> = log.into_iter().map(|(id, version)| file(id, version)).collect();
            let expected: BTreeSet<_> = log
                .iter()
                .filter(|file| file.name.ends_with(".png"))
                .map(|file| (file.id.clone(), file.version.clone()))
                .collect();
            let mut storage = Storage { log, page, forgotten: 0, fails_at, calls: 0 };
            let mut library = Library::default();
            for round in 0..40 {
                let since = library.cursor.clone();
                if look(&mut storage, &mut library, since).is_ok_and(|looked| looked.left == 0) {
                    break;
                }
                // Meanwhile the storage forgets.
                storage.forgotten = if round % 3 == 0 { forgotten } else { 0 };
            }
            let taken: BTreeSet<_> = library.taken.iter().cloned().collect();
            prop_assert_eq!(taken.len(), library.taken.len(), "nothing is taken twice");
            prop_assert_eq!(taken, expected);
        }
    }
}
