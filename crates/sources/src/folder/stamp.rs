//! What tells one state of a file from another without reading it.

use crate::folder::system;
use std::fs::Metadata;
use std::path::Path;

/// The number that a file system gives a file, whatever its name: an inode, or a file index.
///
/// A volume gives it again once the file is deleted, and another volume gives the same one too. Two files are taken as
/// one only if their sizes and times agree as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u128);

/// The state of a file, as far as it can be known without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Its length in bytes.
    pub size: u64,
    /// When its content was last changed, in nanoseconds since the Unix epoch.
    pub modified_ns: i64,
    /// Which file it is; `None` where the file system gives numbers that do not last, such as FAT and many shares.
    pub id: Option<FileId>,
}

impl Stamp {
    /// The stamp of the file at `path`, absolute. A link to a file has the stamp of the file. `None` for what is no
    /// file: a folder, a device, a pipe. Nothing is opened.
    ///
    /// # Errors
    /// When the file cannot be asked, also because it is not there.
    pub fn of(path: &Path) -> std::io::Result<Option<Stamp>> {
        let metadata = path.metadata()?;
        let lasting = path.parent().is_none_or(system::ids_last);
        Ok(metadata.is_file().then(|| Stamp::from_metadata(path, &metadata, lasting)))
    }

    /// The stamp that `metadata` of the file at `path` tells.
    pub(crate) fn from_metadata(path: &Path, metadata: &Metadata, ids_last: bool) -> Stamp {
        let id = if ids_last { system::file_id(path, metadata) } else { None };
        Stamp { size: metadata.len(), modified_ns: system::modified_ns(metadata), id }
    }

    /// Whether a file that had this stamp is unchanged if it has the other one now. A missing number says nothing.
    pub fn is_unchanged(&self, now: &Stamp) -> bool {
        let other_file = matches!((self.id, now.id), (Some(a), Some(b)) if a != b);
        !other_file && self.size == now.size && self.modified_ns == now.modified_ns
    }

    /// Whether this is surely the same file, unchanged, wherever it lies.
    pub fn is_same_file(&self, other: &Stamp) -> bool {
        self.id.is_some() && self == other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_where_both_are_known() {
        let stamp = |size, modified_ns, id: Option<u128>| Stamp { size, modified_ns, id: id.map(FileId) };
        let check = |a: Stamp, b: Stamp, unchanged, same| {
            assert_eq!((a.is_unchanged(&b), a.is_same_file(&b)), (unchanged, same), "{a:?} {b:?}");
        };
        check(stamp(1, 1, Some(1)), stamp(1, 1, Some(1)), true, true);
        check(stamp(1, 1, Some(1)), stamp(1, 1, Some(2)), false, false);
        check(stamp(1, 1, Some(1)), stamp(1, 1, None), true, false);
        check(stamp(1, 1, None), stamp(1, 1, None), true, false);
        check(stamp(1, 1, Some(1)), stamp(2, 1, Some(1)), false, false);
        check(stamp(1, 1, Some(1)), stamp(1, 2, Some(1)), false, false);
    }
}
