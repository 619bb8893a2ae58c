//! What changed since a mark. What cannot be told for sure from ids makes the mark one that is forgotten: a full list follows, and never a
//! wrong path.

use super::OneDrive;
use super::list::{Found, note_folders};
use super::mark::Mark;
use super::words::{Item, Tag};
use crate::Result;
use crate::error::Error;
use crate::lock::lock;
use crate::path::FilePath;
use crate::remote::{Changes, Cursor, Watch};
use std::collections::{HashMap, HashSet};

impl OneDrive {
    pub(super) async fn changes_since(&self, since: &Cursor, watch: &dyn Watch) -> Result<Changes> {
        let mark = Mark::of(since)?;
        let (items, link) = self.all_since(&mark.link, watch).await?;
        let tag = self.tag_of(&items);
        let mut files = lock(&self.files);
        let changes = told(Mark { link, ..mark }, &files, tag, items)?;
        let gone: HashSet<&FilePath> = changes.gone.iter().collect();
        let is_gone = |path: &FilePath| {
            let ends = path.as_str().match_indices('/').map(|(at, _)| &path.as_str()[..at]);
            gone.contains(path)
                || ends.filter_map(|above| FilePath::parse(above).ok()).any(|above| gone.contains(&above))
        };
        files.retain(|_, path| !is_gone(path));
        files.extend(changes.files.iter().filter_map(|file| Some((file.id.clone()?, file.path.clone()))));
        Ok(changes)
    }
}

/// What changes of items are as changes of paths, of which `files` were there.
fn told(mut mark: Mark, files: &HashMap<String, FilePath>, tag: Tag, items: Vec<Item>) -> Result<Changes> {
    let mut gone = Vec::new();
    let ids = items.iter().map(|item| item.id.clone()).collect();
    let is_folder = |mark: &Mark, id: &str| mark.folders.contains_key(id);
    for item in items.iter().filter(|item| !item.is_there()) {
        if item.id == mark.root {
            return Err(Error::Expired);
        }
        if is_folder(&mark, &item.id) {
            // One that was never taken for a path had no files that were.
            let path = mark.path(&item.id).and_then(|path| FilePath::parse(path.trim_end_matches('/')).ok());
            gone.extend(path);
        }
        gone.extend(files.get(&item.id).cloned());
    }
    items.iter().filter(|item| !item.is_there()).for_each(|item| mark.forget(&item.id));
    let new: Vec<&Item> = items.iter().filter(|item| item.is_there() && item.folder.is_some()).collect();
    let mut came = Vec::new();
    for folder in new {
        match mark.folders.get(&folder.id) {
            _ if folder.id == mark.root => {}
            Some((above, name)) if folder.parent() == Some(above.as_str()) && folder.name.as_ref() == Some(name) => {}
            // It has another path, and so has what is in it, of which nothing is told.
            Some(_) => return Err(Error::Expired),
            None => came.push(folder),
        }
    }
    // One that came from elsewhere brings what is in it, and that must be told too. Of one that seems to be empty nobody knows: where a
    // folder is moved here with all that is in it, some count nothing.
    for folder in came {
        let told = items.iter().filter(|item| item.is_there() && item.parent() == Some(folder.id.as_str())).count();
        let counted = folder.folder.as_ref().and_then(|facet| facet.child_count);
        if told == 0 || counted.is_none_or(|count| count > told as u64) {
            return Err(Error::Expired);
        }
    }
    note_folders(&mut mark, &items);
    let mut found = Found::of(tag);
    for item in items.into_iter().filter(|item| item.is_there() && item.folder.is_none()) {
        let above = item.parent().and_then(|above| mark.path(above)).ok_or(Error::Expired)?;
        let was = files.get(&item.id);
        let now = found.take(&above, item).map(|file| &file.path);
        if was != now {
            gone.extend(was.cloned());
        }
    }
    Ok(Changes {
        files: found.files,
        gone,
        unusable: found.unusable,
        told: ids,
        cursor: Some(mark.cursor().ok_or(Error::Expired)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn file(id: &str, above: &str, name: &str) -> Value {
        json!({"id": id, "name": name, "size": 1, "cTag": "c", "file": {}, "parentReference": {"id": above}})
    }

    fn folder(id: &str, above: &str, name: &str, children: u64) -> Value {
        json!({"id": id, "name": name, "folder": {"childCount": children}, "parentReference": {"id": above}})
    }

    fn gone(id: &str) -> Value {
        json!({"id": id, "deleted": {"state": "deleted"}})
    }

    /// Of a folder with `Album/a.png` and `b.png`: what came, what is gone, what cannot be used; nothing if all is to be listed.
    #[test]
    fn changes_of_items_are_changes_of_paths() {
        let check = |items: Vec<Value>, expected: Option<(&[&str], &[&str], &[&str])>| {
            let folders = BTreeMap::from([("album".to_owned(), ("root".to_owned(), "Album".to_owned()))]);
            let mark = Mark { link: "link".to_owned(), root: "root".to_owned(), folders };
            let path = |text: &str| FilePath::parse(text).unwrap();
            let files = HashMap::from([("a".to_owned(), path("Album/a.png")), ("b".to_owned(), path("b.png"))]);
            let shown = json!(items).to_string();
            let items = items.into_iter().map(|item| serde_json::from_value(item).unwrap()).collect();
            let told = match told(mark, &files, Tag::Content, items) {
                Ok(told) => told,
                Err(Error::Expired) if expected.is_none() => return,
                Err(error) => panic!("{error} {shown}"),
            };
            let (came, left, unusable) = expected.unwrap_or_else(|| panic!("it was told: {shown}"));
            assert_eq!(told.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), came, "{shown}");
            assert_eq!(told.gone.iter().map(FilePath::as_str).collect::<Vec<_>>(), left, "{shown}");
            assert_eq!(told.unusable.iter().map(|left| left.name.as_str()).collect::<Vec<_>>(), unusable, "{shown}");
        };
        check(vec![], Some((&[], &[], &[])));
        check(vec![folder("root", "drive", "Lib", 9), file("b", "root", "b.png")], Some((&["b.png"], &[], &[])));
        check(vec![file("c", "album", "c.png")], Some((&["Album/c.png"], &[], &[])));
        check(vec![gone("b")], Some((&[], &["b.png"], &[])));
        check(vec![gone("never")], Some((&[], &[], &[])));
        // A name, or a folder, that is another one.
        check(vec![file("b", "root", "d.png")], Some((&["d.png"], &["b.png"], &[])));
        check(vec![file("b", "album", "b.png")], Some((&["Album/b.png"], &["b.png"], &[])));
        check(vec![file("b", "root", "d:d.png")], Some((&[], &["b.png"], &["d:d.png"])));
        check(vec![file("b", "root", ".hidden")], Some((&[], &["b.png"], &[])));
        check(vec![file("x", "elsewhere", "x.png")], None);
        // Folders, of which one brings its files, in any order.
        check(vec![gone("album")], Some((&[], &["Album"], &[])));
        check(vec![gone("album"), gone("a")], Some((&[], &["Album", "Album/a.png"], &[])));
        let came = vec![file("n", "new", "n.png"), folder("new", "album", "New", 1)];
        check(came, Some((&["Album/New/n.png"], &[], &[])));
        check(vec![folder("new", "album", "New", 2), file("n", "new", "n.png")], None);
        // Some count none where a folder with all that is in it was moved here; that is not told, and looks like an empty one.
        check(vec![folder("new", "album", "New", 0)], None);
        let uncounted = json!({"id": "new", "name": "New", "folder": {}, "parentReference": {"id": "album"}});
        check(vec![uncounted, file("n", "new", "n.png")], None);
        check(vec![folder("album", "root", "Album", 5)], Some((&[], &[], &[])));
        check(vec![folder("album", "root", "Renamed", 1)], None);
        check(vec![gone("root")], None);
        let again = vec![gone("album"), folder("other", "root", "Album", 1), file("z", "other", "z.png")];
        check(again, Some((&["Album/z.png"], &["Album"], &[])));
    }
}
