//! The tree of folders that Drive's files make by naming the folders that they are in: with names twice, without ends, in circles.

use super::words::FileWords;
use crate::limits::MAX_DEPTH;
use crate::path::FilePath;
use crate::remote::{Listing, Unusable};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use unicode_normalization::UnicodeNormalization;

/// The folders below the one that is kept in step, by their id: whose child each is, and what it is called, as Drive has it. Folders of
/// one path are one folder to us.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Folders(BTreeMap<String, (String, String)>);

impl Folders {
    /// Whose child it is, and what it is called.
    pub fn get(&self, id: &str) -> Option<&(String, String)> {
        self.0.get(id)
    }

    /// Adds a folder that came.
    pub fn add(&mut self, id: &str, parent: &str, name: &str) {
        self.0.insert(id.to_owned(), (parent.to_owned(), name.to_owned()));
    }

    /// Leaves out a folder that lies elsewhere.
    pub fn remove(&mut self, id: &str) {
        self.0.remove(id);
    }

    /// All of them.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The path of a folder, with `/` at its end, where `root` is empty.
    pub fn path(&self, root: &str, id: &str) -> Option<String> {
        let (mut path, mut id) = (String::new(), id);
        for _ in 0..=MAX_DEPTH {
            if id == root {
                return Some(path);
            }
            let (parent, name) = self.0.get(id)?;
            path = format!("{name}/{path}");
            id = parent;
        }
        None
    }
}

/// What lies below a folder.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub listing: Listing,
    pub folders: Folders,
    /// The ids of the folders of each path, without `/` at its end; the oldest first.
    pub by_path: HashMap<String, Vec<String>>,
    /// The ids of folders that are seen and lie elsewhere, are hidden or in the trash: what comes from there into ours is not told file by file.
    pub elsewhere: BTreeSet<String>,
    /// Files have a name twice: what a change of one does to the others is not told.
    pub has_twins: bool,
}

/// What lies below `root`, of all files that there are.
pub(super) fn build(root: &str, all: Vec<FileWords>) -> Tree {
    let mut children: HashMap<&str, Vec<&FileWords>> = HashMap::new();
    for node in all.iter().filter(|node| !node.trashed) {
        for parent in &node.parents {
            children.entry(parent).or_default().push(node);
        }
    }
    let mut tree = Tree::default();
    tree.by_path.insert(String::new(), vec![root.to_owned()]);
    let mut seen = BTreeSet::from([root]);
    let mut named: BTreeMap<String, Vec<&FileWords>> = BTreeMap::new();
    let mut open = vec![(vec![root], String::new(), 0)];
    while let Some((ids, above, depth)) = open.pop() {
        let mut folders: BTreeMap<String, Vec<&FileWords>> = BTreeMap::new();
        for id in &ids {
            for node in children.get(id).into_iter().flatten() {
                let raw = format!("{above}{}", node.name);
                // Who has two parents is met twice, and who is its own ancestor without end.
                if node.name.starts_with('.') || !seen.insert(&node.id) {
                    continue;
                }
                if node.name.contains('/') {
                    tree.leave(raw, "its name has a slash", node);
                } else if node.is_folder() && depth >= MAX_DEPTH {
                    tree.leave(raw, "it lies too deep", node);
                } else if node.is_folder() {
                    tree.folders.0.insert(node.id.clone(), ((*id).to_owned(), node.name.clone()));
                    folders.entry(composed(&raw)).or_default().push(node);
                } else {
                    named.entry(composed(&raw)).or_default().push(node);
                }
            }
        }
        for (path, mut same) in folders {
            same.sort_by_key(|node| node.age());
            let ids: Vec<&str> = same.iter().map(|node| node.id.as_str()).collect();
            tree.by_path.insert(path.clone(), ids.iter().map(|id| (*id).to_owned()).collect());
            open.push((ids, format!("{path}/"), depth + 1));
        }
    }
    for (raw, same) in named {
        tree.take(raw, same);
    }
    let others = all.iter().filter(|node| node.is_folder() && node.id != root && tree.folders.get(&node.id).is_none());
    tree.elsewhere = others.map(|node| node.id.clone()).collect();
    tree
}

impl Tree {
    /// Of files of one name the oldest is the file, and the others are told until a person renames them.
    fn take(&mut self, raw: String, mut same: Vec<&FileWords>) {
        same.sort_by_key(|node| node.age());
        self.has_twins |= same.len() > 1;
        if self.by_path.contains_key(&raw) {
            self.has_twins = true;
            return same.iter().take(1).for_each(|node| self.leave(raw.clone(), "a folder has the same name", node));
        }
        let path = match FilePath::parse(&raw) {
            Ok(path) => path,
            Err(why) => return same.iter().take(1).for_each(|node| self.leave(raw.clone(), &why.to_string(), node)),
        };
        let first = same.iter().position(|node| node.file(path.clone()).is_ok());
        for (at, node) in same.iter().enumerate() {
            match node.file(path.clone()) {
                Ok(file) if first == Some(at) => self.listing.files.push(file),
                told => {
                    // The file of this name goes on being kept in step, if there is one: others are told under another.
                    let name = if first.is_some() { format!("{raw} ({})", node.id) } else { raw.clone() };
                    self.leave(name, told.err().unwrap_or("an older file has the same name"), node);
                }
            }
        }
    }

    fn leave(&mut self, name: String, why: &str, node: &FileWords) {
        self.listing.unusable.push(Unusable { name, why: why.to_owned(), id: Some(node.id.clone()) });
    }
}

/// A name as it is written here.
pub(super) fn composed(name: &str) -> String {
    if name.is_ascii() { name.to_owned() } else { name.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::node;
    use super::*;

    /// Nodes as (id, name, parent, second in which it was made).
    fn check(nodes: &[(&str, &str, &str, u32)], files: &[(&str, &str)], unusable: &[&str]) -> Tree {
        let nodes = nodes.iter().map(|(id, name, parent, made)| node(id, name, parent, *made)).collect();
        let tree = build("root", nodes);
        let mut found: Vec<_> =
            tree.listing.files.iter().map(|file| (file.path.as_str(), file.id.as_deref().unwrap())).collect();
        found.sort_unstable();
        assert_eq!(found, files);
        let mut left: Vec<_> = tree.listing.unusable.iter().map(|left| left.name.as_str()).collect();
        left.sort_unstable();
        assert_eq!(left, unusable);
        tree
    }

    #[test]
    fn paths_come_of_parents() {
        let nodes =
            [("f", "b.png", "d2", 1), ("d2", "收/", "d1", 1), ("d1", "a/", "root", 1), ("g", "c.png", "root", 1)];
        let tree = check(&nodes, &[("a/收/b.png", "f"), ("c.png", "g")], &[]);
        assert_eq!(tree.folders.path("root", "d2").as_deref(), Some("a/收/"));
        assert_eq!(tree.folders.path("root", "elsewhere"), None);
        assert!(!tree.has_twins);
    }

    #[test]
    fn the_oldest_of_a_name_is_the_file() {
        let tree = check(&[("n", "a", "root", 9), ("o", "a", "root", 1)], &[("a", "o")], &["a (n)"]);
        assert!(tree.has_twins);
        // Composed otherwise, it is the same name.
        check(&[("n", "e\u{301}", "root", 9), ("o", "é", "root", 1)], &[("é", "o")], &["é (n)"]);
    }

    #[test]
    fn folders_of_a_name_are_one() {
        let nodes = [("n", "d/", "root", 9), ("o", "d/", "root", 1), ("a", "a", "n", 1), ("b", "b", "o", 1)];
        let tree = check(&nodes, &[("d/a", "a"), ("d/b", "b")], &[]);
        assert_eq!(tree.by_path["d"], ["o", "n"]);
        assert!(!tree.has_twins);
        let both = [("n", "d/", "root", 9), ("o", "d/", "root", 1), ("a", "x", "n", 1), ("b", "x", "o", 5)];
        check(&both, &[("d/x", "a")], &["d/x (b)"]);
        check(&[("d", "x/", "root", 9), ("f", "x", "root", 1)], &[], &["x"]);
    }

    #[test]
    fn orphans_and_circles_are_elsewhere() {
        let circle = [("a", "a/", "b", 1), ("b", "b/", "a", 1), ("f", "f", "a", 1), ("o", "o", "gone", 1)];
        check(&circle, &[], &[]);
        // The folder itself is in one.
        check(&[("root", "r/", "a", 1), ("a", "a/", "root", 1), ("f", "f", "a", 1)], &[("a/f", "f")], &[]);
        let two_parents = [("d", "d/", "root", 1), ("e", "e/", "root", 1)];
        let mut nodes: Vec<_> = two_parents.iter().map(|(id, name, up, made)| node(id, name, up, *made)).collect();
        let mut both = node("f", "f", "d", 1);
        both.parents.push("e".to_owned());
        nodes.push(both);
        assert_eq!(build("root", nodes).listing.files.len(), 1);
    }

    #[test]
    fn names_that_cannot_be_are_told_and_hidden_ones_are_not() {
        let nodes = [("s", "a/b", "root", 1), ("h", ".x", "root", 1), ("d", ".d/", "root", 1), ("f", "f", "d", 1)];
        check(&nodes, &[], &["a/b"]);
        check(&[("c", "a:b", "root", 1)], &[], &["a:b"]);
        let mut trashed = node("t", "t", "root", 1);
        trashed.trashed = true;
        assert!(build("root", vec![trashed]).listing.files.is_empty());
    }
}
