//! Moving a file of a person's into another folder without ever writing over one.

use legible_library::ContentHash;
use legible_sources::folder::Stamp;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The most names that are tried in the new folder.
const MAX_TRIES: u32 = 10_000;

/// Moves a file into a folder, which is made where it is missing; returns where it lies now. A name that is taken there gets
/// a number. `None` for a file that is gone, or that has other bytes by now than the image that was read: that one stays,
/// also if it is written to while it moves. The system cannot ask and remove in one step: between the last question and the
/// removal lies an instant in which a newer file would go unseen.
///
/// A move that was cut short is found done or is done again: nothing is lost and nothing is there twice for longer than that.
///
/// # Errors
/// When the file cannot be moved; then it is still where it was.
pub fn move_file(from: &Path, folder: &Path, hash: &ContentHash) -> io::Result<Option<PathBuf>> {
    let Some(name) = from.file_name() else { return Ok(None) };
    let is_it = |path: &Path| fs::read(path).is_ok_and(|bytes| ContentHash::of(&bytes) == *hash);
    let there = match from.symlink_metadata() {
        Ok(found) if found.is_file() => Stamp::of(from)?,
        Ok(_) => None,
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // After its stamp was taken: what is written from now on shows by that.
    if there.is_some() && !is_it(from) {
        return Ok(None);
    }
    if there.is_some() {
        fs::create_dir_all(folder)?;
    }
    for number in 1..=MAX_TRIES {
        let to = folder.join(numbered(Path::new(name), number));
        if is_same_place(from, &to) {
            return Ok(None);
        }
        match to.symlink_metadata() {
            // Of a move that was cut short.
            Ok(found) if found.is_file() && is_it(&to) => {
                let moved = there.map_or(Ok(true), |stamp| remove_unchanged(from, &stamp))?;
                return Ok(moved.then_some(to));
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let Some(stamp) = there else { return Ok(None) };
                return Ok(rename_or_copy(from, &to, &stamp, hash)?.then_some(to));
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(ErrorKind::AlreadyExists, "too many files of this name"))
}

/// Whether two paths lead to one place, be it by a link to a folder: what lies there already is not moved.
fn is_same_place(from: &Path, to: &Path) -> bool {
    from.canonicalize().is_ok_and(|from| to.canonicalize().is_ok_and(|to| from == to))
}

/// Gives a file that had this stamp its new name. Returns whether it could: one that has other bytes by now keeps its old one.
fn rename_or_copy(from: &Path, to: &Path, stamp: &Stamp, hash: &ContentHash) -> io::Result<bool> {
    // A link fails where the name is taken meanwhile, which a rename would write over.
    let is_there_too = match fs::hard_link(from, to) {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
        Err(_) => copy(from, to, hash)?,
    };
    if !is_there_too {
        return Ok(false);
    }
    let moved = remove_unchanged(from, stamp)?;
    if !moved {
        fs::remove_file(to)?;
    }
    Ok(moved)
}

/// Removes a file if it still has this stamp: a scanner writes each page over the one before. Returns whether it had.
fn remove_unchanged(path: &Path, stamp: &Stamp) -> io::Result<bool> {
    let unchanged = Stamp::of(path).is_ok_and(|now| now == Some(*stamp));
    if unchanged {
        fs::remove_file(path)?;
    }
    Ok(unchanged)
}

/// To another disk, or one that knows no links: whole under a name of its own first. Returns whether it had these very bytes.
fn copy(from: &Path, to: &Path, hash: &ContentHash) -> io::Result<bool> {
    let folder = to.parent().unwrap_or(Path::new("."));
    let mut copy = tempfile::Builder::new().prefix(".legible-").suffix(".part").tempfile_in(folder)?;
    let mut file = fs::File::open(from)?;
    io::copy(&mut file, copy.as_file_mut())?;
    copy.as_file().sync_all()?;
    if ContentHash::of_reader(fs::File::open(copy.path())?)? != *hash {
        return Ok(false);
    }
    let modified = file.metadata()?.modified()?;
    copy.as_file().set_times(fs::FileTimes::new().set_modified(modified))?;
    copy.persist_noclobber(to).map_err(|error| error.error)?;
    Ok(true)
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
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("a.png"), "a stranger").unwrap();
        assert_eq!(moved(), Some(folder.join("a (2).png")));
        assert_eq!(moved(), Some(folder.join("a (2).png")), "after a kill it is found done");
        fs::write(&from, "one").unwrap();
        assert_eq!(moved(), Some(folder.join("a (2).png")), "a copy that was cut short before the old one went");
        assert!(!from.exists());
        assert_eq!(fs::read(folder.join("a.png")).unwrap(), b"a stranger");
        assert!(copy(&folder.join("a (2).png"), &folder.join("b"), &hash).unwrap());
        assert_eq!(fs::read(folder.join("b")).unwrap(), b"one");
        assert!(copy(&folder.join("b"), &folder.join("a.png"), &hash).is_err());
    }

    /// Page 1 was hashed, then page 2 was written over it or renamed over it.
    #[test]
    fn a_file_that_is_written_over_while_it_moves_stays() {
        let home = tempfile::tempdir().unwrap();
        let (from, newer, to) = (home.path().join("scan.png"), home.path().join("newer"), home.path().join("to.png"));
        let hash = ContentHash::of(b"one");
        let written: &dyn Fn() = &|| fs::write(&from, "page 2").unwrap();
        let renamed: &dyn Fn() = &|| {
            fs::write(&newer, "page 2").unwrap();
            fs::rename(&newer, &from).unwrap();
        };
        for overwrite in [written, renamed] {
            fs::write(&from, "one").unwrap();
            let stamp = Stamp::of(&from).unwrap().unwrap();
            overwrite();
            assert!(!copy(&from, &to, &hash).unwrap(), "what was copied is not what was read");
            assert!(!rename_or_copy(&from, &to, &stamp, &hash).unwrap());
            assert!(!remove_unchanged(&from, &stamp).unwrap());
            assert_eq!((fs::read(&from).unwrap(), to.exists()), (b"page 2".to_vec(), false));
        }
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
