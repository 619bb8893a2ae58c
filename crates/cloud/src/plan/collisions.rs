//! Names that are one name where case does not count.

use crate::ledger::InStep;
use crate::path::FilePath;
use crate::remote::Unusable;
use std::collections::{BTreeMap, BTreeSet};

/// The paths that have to give way, each with the one that it would be taken for: that which is in step, or the first.
pub fn among<'a>(
    paths: &BTreeSet<&'a FilePath>,
    in_step: &BTreeMap<FilePath, InStep>,
) -> Vec<(&'a FilePath, &'a FilePath)> {
    let mut same: BTreeMap<String, Vec<&'a FilePath>> = BTreeMap::new();
    paths.iter().for_each(|path| same.entry(path.folded()).or_default().push(path));
    let gives_way = |group: Vec<&'a FilePath>| {
        let stays = group.iter().copied().find(|path| in_step.contains_key(*path)).or_else(|| group.first().copied());
        let others = group.into_iter().filter(move |path| Some(*path) != stays);
        others.filter_map(move |path| Some((path, stays?))).collect::<Vec<_>>()
    };
    same.into_values().filter(|group| group.len() > 1).flat_map(gives_way).collect()
}

/// What is told of a path that gives way.
pub fn told(path: &FilePath, other: &FilePath) -> Unusable {
    let why = format!("there is {other} too, which is the same name where case does not count; rename one of them");
    Unusable { name: path.to_string(), why, id: None }
}
