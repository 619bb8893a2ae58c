//! The mark after which OneDrive tells changes. It tells them by ids, without paths, and of a folder that is renamed nothing of what is in
//! it: so the mark holds the folders that there were.

use crate::Result;
use crate::error::Error;
use crate::limits::{MAX_DEPTH, ONEDRIVE_FOLDERS};
use crate::remote::Cursor;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is kept as a cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// Where Graph tells what changed.
    pub link: String,
    /// The id of the folder that is kept in step.
    pub root: String,
    /// By their ids, the folders below: the id of the one that each lies in, and its name.
    pub folders: BTreeMap<String, (String, String)>,
}

impl Mark {
    /// As it is kept; nothing where that would be too much.
    pub fn cursor(&self) -> Option<Cursor> {
        if self.folders.len() > ONEDRIVE_FOLDERS {
            return None;
        }
        serde_json::to_string(self).ok().map(Cursor)
    }

    pub fn of(cursor: &Cursor) -> Result<Self> {
        serde_json::from_str(&cursor.0).map_err(|_| Error::Expired)
    }

    /// The path of a folder below the root, with `/` at its end, or empty for the root; `None` where it is not below it.
    pub fn path(&self, id: &str) -> Option<String> {
        let (mut names, mut at) = (Vec::new(), id);
        while at != self.root {
            let (above, name) = self.folders.get(at)?;
            names.push(name.as_str());
            at = above;
            // A file in a folder that lies too deep is told of by its path; a ring has no end.
            if names.len() > 2 * MAX_DEPTH {
                return None;
            }
        }
        Some(names.iter().rev().fold(String::new(), |path, name| path + name + "/"))
    }

    /// Forgets a folder, with those in it.
    pub fn forget(&mut self, id: &str) {
        self.folders.remove(id);
        let below: Vec<String> =
            self.folders.iter().filter(|(_, (above, _))| above == id).map(|(id, _)| id.clone()).collect();
        below.iter().for_each(|id| self.forget(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_have_paths() {
        let folder = |id: &str, above: &str, name: &str| (id.to_owned(), (above.to_owned(), name.to_owned()));
        let folders =
            [folder("1", "r", "A"), folder("2", "1", "b c"), folder("3", "x", "away"), folder("4", "4", "ring")];
        let mut mark = Mark { link: "l".to_owned(), root: "r".to_owned(), folders: BTreeMap::from(folders) };
        let check = |mark: &Mark, id: &str, expected: Option<&str>| {
            assert_eq!(mark.path(id).as_deref(), expected, "{id}");
        };
        check(&mark, "r", Some(""));
        check(&mark, "2", Some("A/b c/"));
        check(&mark, "3", None);
        check(&mark, "4", None);
        assert_eq!(Mark::of(&mark.cursor().unwrap()).unwrap(), mark);
        mark.forget("1");
        check(&mark, "2", None);
        assert!(matches!(Mark::of(&Cursor("x".to_owned())), Err(Error::Expired)));
    }
}
