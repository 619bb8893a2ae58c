//! Folders within the one that is kept in step with which another library is kept in step, of this machine or another: each has a mark.
//! Taken for a part of this one, the library would be copied into itself for ever.

use super::Run;
use crate::Result;
use crate::marker;
use crate::path::FilePath;
use crate::plan::{Direction, Sides};
use crate::remote::Unusable;
use std::collections::BTreeSet;

impl Run<'_> {
    /// Leaves such folders alone, and tells which they are. Only the folders above what would come are asked about.
    pub(super) fn leave_others(&self, sides: &mut Sides) -> Result<Vec<Unusable>> {
        // What only goes up brings nothing here.
        if self.options.direction == Direction::Up {
            return Ok(Vec::new());
        }
        let new = sides.remote.keys().filter(|path| !sides.in_step.contains_key(path));
        let mut found: Vec<FilePath> = Vec::new();
        // A folder comes before those in it.
        for folder in new.flat_map(folders_above).collect::<BTreeSet<FilePath>>() {
            if !found.iter().any(|above| is_in(&folder, above)) && marker::is_in(&folder, self.remote, self.watch)? {
                found.push(folder);
            }
        }
        let stays = |path: &FilePath| !found.iter().any(|above| is_in(path, above));
        sides.local.retain(|path, _| stays(path));
        sides.remote.retain(|path, _| stays(path));
        sides.in_step.retain(|path, _| stays(path));
        let why = "another library of Legible is kept in step with this folder: it is left alone";
        let left_alone = |folder: FilePath| Unusable { name: folder.to_string(), why: why.to_owned(), id: None };
        Ok(found.into_iter().map(left_alone).collect())
    }
}

fn folders_above(path: &FilePath) -> impl Iterator<Item = FilePath> + '_ {
    let path = path.as_str();
    path.match_indices('/').filter_map(|(at, _)| FilePath::parse(&path[..at]).ok())
}

fn is_in(path: &FilePath, folder: &FilePath) -> bool {
    path.as_str().strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
}
