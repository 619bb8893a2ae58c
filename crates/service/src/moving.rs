//! Moving a file of a person's into another folder without ever writing over one.

use legible_library::ContentHash;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The most names that are tried in the new folder.
const MAX_TRIES: u32 = 10_000;

/// Moves a file into a folder, which is made where it is missing; returns where it lies now. A name that is taken there gets
/// a number. `None` for a file that is gone, or that has other bytes by now than the image that was read: that one stays.
///
/// A move that was cut short is found done or is done again: nothing is lost and nothing is there twice for longer than that.
///
/// # Errors
/// When the file cannot be moved; then it is still where it was.
pub fn move_file(from: &Path, folder: &Path, hash: &ContentHash) -> io::Result<Option<PathBuf>> {
    let Some(name) = from.file_name() else { return Ok(None) };
    let is_it = |path: &Path| fs::read(path).is_ok_and(|bytes| ContentHash::of(&bytes) == *hash);
    let is_there = match from.symlink_metadata() {
        Ok(found) => found.is_file(),
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    if is_there && !is_it(from) {
        return Ok(None);
    }
    fs::create_dir_all(folder)?;
    for number in 1..=MAX_TRIES {
        let to = folder.join(numbered(Path::new(name), number));
        if is_same_place(from, &to) {
            return Ok(None);
        }
        match to.symlink_metadata() {
            // Of a move that was cut short.
            Ok(found) if found.is_file() && is_it(&to) => {
                if is_there {
                    fs::remove_file(from)?;
                }
                return Ok(Some(to));
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound && is_there => {
                return rename_or_copy(from, &to).map(|()| Some(to));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(ErrorKind::AlreadyExists, "too many files of this name"))
}

/// Whether two paths lead to one place, be it by a link to a folder: what lies there already is not moved.
fn is_same_place(from: &Path, to: &Path) -> bool {
    from.canonicalize().is_ok_and(|from| to.canonicalize().is_ok_and(|to| from == to))
}

fn rename_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    // A link fails where the name is taken meanwhile, which a rename would write over.
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        Err(_) => copy(from, to),
    }
}

/// To another disk, or one that knows no links: whole under a name of its own first.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    let mut copy = tempfile::Builder::new().prefix(".legible-").suffix(".part").tempfile_in(folder)?;
    let mut file = fs::File::open(from)?;
    io::copy(&mut file, copy.as_file_mut())?;
    copy.as_file().sync_all()?;
    let modified = file.metadata()?.modified()?;
    copy.as_file().set_times(fs::FileTimes::new().set_modified(modified))?;
    copy.persist_noclobber(to).map_err(|error| error.error)?;
    fs::remove_file(from)
}

/// `scan.png`, `scan (2).png`.
fn numbered(name: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return name.to_owned();
    }
    let mut numbered = name.file_stem().unwrap_or_default().to_owned();
    numbered.push(format!(" ({number})"));
    if let Some(ending) = name.extension() {
        numbered.push(".");
        numbered.push(ending);
    }
    numbered.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_moved_once_and_writes_over_none() {
        let home = tempfile::tempdir().unwrap();
        let (from, folder) = (home.path().join("a.png"), home.path().join("Done"));
        let hash = ContentHash::of(b"one");
        let moved = || move_file(&from, &folder, &hash).unwrap();
        assert_eq!(moved(), None, "it is gone");
        fs::write(&from, "another").unwrap();
        assert_eq!(moved(), None, "it is not the one that was read");
        assert!(from.exists());
        fs::write(&from, "one").unwrap();
        fs::write(folder.join("a.png"), "a stranger").unwrap();
        assert_eq!(moved(), Some(folder.join("a (2).png")));
        assert_eq!(moved(), Some(folder.join("a (2).png")), "after a kill it is found done");
        fs::write(&from, "one").unwrap();
        assert_eq!(moved(), Some(folder.join("a (2).png")), "a copy that was cut short before the old one went");
        assert!(!from.exists());
        assert_eq!(fs::read(folder.join("a.png")).unwrap(), b"a stranger");
        copy(&folder.join("a (2).png"), &folder.join("b")).unwrap();
        assert_eq!(fs::read(folder.join("b")).unwrap(), b"one");
        assert!(copy(&folder.join("b"), &folder.join("a.png")).is_err());
    }

    #[test]
    #[cfg(unix)]
    fn a_file_that_lies_there_already_stays() {
        let home = tempfile::tempdir().unwrap();
        let (from, alias) = (home.path().join("a.png"), home.path().join("alias"));
        fs::write(&from, "one").unwrap();
        std::os::unix::fs::symlink(home.path(), &alias).unwrap();
        for folder in [home.path(), &alias] {
            assert_eq!(move_file(&from, folder, &ContentHash::of(b"one")).unwrap(), None);
            assert_eq!(fs::read(&from).unwrap(), b"one");
        }
    }

    #[test]
    fn numbers_go_before_the_ending() {
        let check = |name: &str, expected: &str| assert_eq!(numbered(Path::new(name), 2), Path::new(expected));
        check("scan.png", "scan (2).png");
        check("scan", "scan (2)");
        check("a.tar.gz", "a.tar (2).gz");
    }
}
