//! What changed since a mark, file by file. Drive tells which files are others now, by their ids and not by their paths: so the mark holds
//! the folders that were there, and the files are recalled from what was listed. What cannot be told file by file (a folder that came,
//! went or was renamed, a name that is there twice) makes the mark one that is forgotten: a full list follows, and never a wrong path.

use super::tree::{Folders, composed};
use super::words::{API, Change, ChangePage, FIELDS, FileWords, PAGE, StartToken, encoded};
use super::{Drive, refused};
use crate::Result;
use crate::error::{Error, needs_you};
use crate::limits::MAX_FILES;
use crate::lock::lock;
use crate::path::FilePath;
use crate::remote::rest::Call;
use crate::remote::{Changes, Cursor, RemoteFile, Unusable, Watch, Whose};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What is kept as a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// Drive's own mark.
    pub token: String,
    /// The folders that were there.
    pub folders: Folders,
    /// Folders that were there and lie elsewhere, or in the trash; none where the folder is one of the person.
    pub elsewhere: BTreeSet<String>,
    /// Files had a name twice.
    pub has_twins: bool,
}

impl Mark {
    fn is_folder(&self, id: &str) -> bool {
        self.folders.get(id).is_some() || self.elsewhere.contains(id)
    }

    /// The paths of the folders, as they are written here.
    fn folder_paths(&self, root: &str) -> impl Iterator<Item = String> {
        self.folders.ids().filter_map(|id| Some(composed(self.folders.path(root, id)?.trim_end_matches('/'))))
    }

    pub fn cursor(&self) -> Cursor {
        // Only a map with keys that are no texts could fail.
        Cursor(serde_json::to_string(self).unwrap_or_default())
    }

    fn of(cursor: &Cursor) -> Result<Self> {
        serde_json::from_str(&cursor.0).map_err(|_| Error::Expired)
    }
}

impl Drive {
    pub(super) async fn start_token(&self, watch: &dyn Watch) -> Result<String> {
        let call = Call::get(format!("{API}/changes/startPageToken"));
        let answer = self.api.ask(&call, watch).await?.map_err(|refused| refused::error(&refused, ""))?;
        Ok(answer.json::<StartToken>()?.start_page_token)
    }

    pub(super) async fn changes_since(&self, since: &Cursor, watch: &dyn Watch) -> Result<Changes> {
        let mut mark = Mark::of(since)?;
        let before = mark.folders.clone();
        let (changed, token) = self.all_changes(&mark.token, watch).await?;
        let files = lock(&self.files).clone();
        let mut changes = told(self.whose, &self.folder, &mut mark, &files, &changed)?;
        if mark.folders != before {
            *lock(&self.by_path) = self.only_root();
        }
        changes.cursor = Some(Mark { token, ..mark }.cursor());
        let mut files = lock(&self.files);
        files.retain(|_, path| !changes.gone.contains(path));
        files.extend(changes.files.iter().filter_map(|file| Some((file.id.clone()?, file.path.clone()))));
        Ok(changes)
    }

    /// The last change of each file, and the mark after them.
    async fn all_changes(&self, token: &str, watch: &dyn Watch) -> Result<(BTreeMap<String, Change>, String)> {
        let fields = format!("nextPageToken,newStartPageToken,changes(fileId,removed,file({FIELDS}))");
        let (mut all, mut token, mut met) = (BTreeMap::new(), token.to_owned(), HashSet::new());
        loop {
            let page = encoded(&token);
            let url = format!(
                "{API}/changes?pageToken={page}&pageSize={PAGE}&spaces=drive&includeRemoved=true&fields={}",
                encoded(&fields)
            );
            let answer = match self.api.ask(&Call::get(url), watch).await? {
                Ok(answer) => answer,
                // A mark that Drive does not know any more; some say so as an invalid value.
                Err(refused) if matches!(refused.status.as_u16(), 400 | 404 | 410) => return Err(Error::Expired),
                Err(refused) => return Err(refused::error(&refused, "")),
            };
            let page = answer.json::<ChangePage>()?;
            all.extend(page.changes.into_iter().filter_map(|change| Some((change.file_id.clone()?, change))));
            match (page.next_page_token, page.new_start_page_token) {
                _ if all.len() > MAX_FILES => return Err(Error::Expired),
                (None, Some(token)) => return Ok((all, token)),
                (Some(next), _) if met.insert(next.clone()) => token = next,
                _ => return Err(Error::may_pass("Google Drive tells changes without an end")),
            }
        }
    }
}

/// What changes of files are as changes of paths below `root`; the folders of the mark become those after.
fn told(
    whose: Whose,
    root: &str,
    mark: &mut Mark,
    files: &HashMap<String, FilePath>,
    changed: &BTreeMap<String, Change>,
) -> Result<Changes> {
    let mut changes = Changes { told: changed.keys().cloned().collect(), ..Changes::default() };
    folders_after(whose, root, mark, changed)?;
    let mut there: HashMap<FilePath, &str> = files.iter().map(|(id, path)| (path.clone(), id.as_str())).collect();
    let mut came: Vec<(RemoteFile, &str)> = Vec::new();
    for (id, change) in changed {
        let file = change.there();
        if id == root || mark.is_folder(id) || file.is_some_and(FileWords::is_folder) {
            continue;
        }
        let was = files.get(id);
        let above = file.and_then(|file| file.parents.iter().find_map(|parent| mark.folders.path(root, parent)));
        // Of all that changes in the Drive of a person, little does here.
        if was.is_none() && above.is_none() {
            continue;
        }
        if mark.has_twins {
            return Err(Error::Expired);
        }
        if let Some(was) = was {
            there.remove(was);
            changes.gone.push(was.clone());
        }
        let Some((file, above)) = file.zip(above) else { continue };
        if whose == Whose::Person && file.is_of_google() {
            continue;
        }
        let raw = composed(&format!("{above}{}", file.name));
        if file.name.starts_with('.') {
            continue;
        }
        let path = if file.name.contains('/') { Err("its name has a slash".to_owned()) } else { path(&raw) };
        match path.and_then(|path| file.file(path).map_err(str::to_owned)) {
            Ok(file) => came.push((file, id)),
            Err(why) => changes.unusable.push(Unusable { name: raw, why, id: Some(id.clone()) }),
        }
    }
    let folders: HashSet<String> = mark.folder_paths(root).collect();
    for (file, id) in came {
        if there.insert(file.path.clone(), id).is_some() {
            return Err(Error::Expired);
        }
        changes.files.push(file);
    }
    if there.keys().any(|path| folders.contains(path.as_str())) {
        return Err(Error::Expired);
    }
    // What only changed its content is not gone.
    changes.gone.retain(|path| !there.contains_key(path));
    Ok(changes)
}

/// Adds the folders that were made since the mark: all that is in them changed since, and is told.
///
/// # Errors
/// [`Error::Expired`] when a folder that was there before came, went, or is called otherwise: what is in it is not told.
fn folders_after(whose: Whose, root: &str, mark: &mut Mark, changed: &BTreeMap<String, Change>) -> Result<()> {
    let before = mark.folders.clone();
    let mut new = Vec::new();
    for (id, change) in changed {
        let folder = change.there();
        if id == root {
            folder.ok_or_else(|| gone_folder(whose))?;
        } else if let Some((parent, name)) = before.get(id) {
            let is_same = |folder: &FileWords| folder.parents.contains(parent) && folder.name == *name;
            if !folder.is_some_and(is_same) {
                return Err(Error::Expired);
            }
        } else if let Some(folder) = folder.filter(|folder| folder.is_folder()) {
            let Some(parent) = folder.parents.first() else { continue };
            let is_plain = !folder.name.starts_with('.') && !folder.name.contains('/');
            if is_plain {
                mark.folders.add(id, parent, &folder.name);
            }
            new.push((id, is_plain));
        } else if change.file.as_ref().is_some_and(FileWords::is_folder) {
            // It went to the trash, or was made there; what is in it was told as gone, or not at all.
            mark.elsewhere.insert(id.clone());
        }
    }
    for (id, is_plain) in new {
        let lies_below = is_plain && mark.folders.path(root, id).is_some();
        match (lies_below, mark.elsewhere.contains(id)) {
            (true, false) if whose == Whose::Legible => {}
            // It may have been elsewhere with all that is in it.
            (true, _) => return Err(Error::Expired),
            (false, _) => {
                mark.elsewhere.insert(id.clone());
            }
        }
    }
    let elsewhere: Vec<&String> = mark.elsewhere.iter().filter(|id| mark.folders.get(id).is_some()).collect();
    elsewhere.into_iter().for_each(|id| mark.folders.remove(id));
    if whose == Whose::Person {
        mark.elsewhere.clear();
    }
    Ok(())
}

fn path(raw: &str) -> std::result::Result<FilePath, String> {
    FilePath::parse(raw).map_err(|why| why.to_string())
}

pub(super) fn gone_folder(whose: Whose) -> Error {
    match whose {
        Whose::Legible => needs_you(
            "the folder of Legible is not in your Google Drive any more",
            "Take it back from the trash of Google Drive, or set the storage up again.",
        ),
        Whose::Person => needs_you(
            "the folder is not in your Google Drive any more",
            "Take it back from the trash of Google Drive, or choose another one.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::{Tree, build};
    use super::super::words::tests::node;
    use super::*;

    #[derive(Debug, PartialEq)]
    enum Means {
        Expired,
        NeedsYou,
        /// Files that came, and paths that are gone.
        Told(Vec<&'static str>, Vec<&'static str>),
    }

    fn check(changed: Vec<(&str, Option<FileWords>)>, expected: Means) {
        let before = vec![
            node("d", "d/", "root", 1),
            node("e", "e/", "d", 1),
            node("a", "a", "root", 1),
            node("b", "b", "e", 1),
            node("o", "o/", "other", 1),
            node("h", ".h/", "d", 1),
        ];
        check_of(Whose::Legible, before, changed, expected);
    }

    fn check_of(whose: Whose, before: Vec<FileWords>, changed: Vec<(&str, Option<FileWords>)>, expected: Means) {
        let tree = build("root", before);
        let Tree { folders, elsewhere, has_twins, .. } = tree;
        let mark = Mark { token: "1".to_owned(), folders, elsewhere, has_twins };
        let mut mark = Mark::of(&mark.cursor()).unwrap();
        let files = tree.listing.files.into_iter().map(|file| (file.id.unwrap(), file.path)).collect();
        let changed = changed
            .into_iter()
            .map(|(id, file)| (id.to_owned(), Change { file_id: Some(id.to_owned()), removed: file.is_none(), file }));
        let told = told(whose, "root", &mut mark, &files, &changed.collect());
        match (told, expected) {
            (Err(Error::Expired), Means::Expired) | (Err(Error::NeedsYou { .. }), Means::NeedsYou) => {}
            (Ok(changes), Means::Told(files, gone)) => {
                let names = |paths: Vec<FilePath>| paths.iter().map(ToString::to_string).collect::<Vec<_>>();
                assert_eq!(names(changes.files.iter().map(|file| file.path.clone()).collect()), files);
                assert_eq!(names(changes.gone), gone);
            }
            (told, expected) => panic!("{told:?} and not {expected:?}"),
        }
    }

    fn trashed(mut file: FileWords) -> FileWords {
        file.trashed = true;
        file
    }

    #[test]
    fn changes_of_files_are_changes_of_paths() {
        check(vec![], Means::Told(vec![], vec![]));
        check(vec![("a", Some(node("a", "a", "root", 1)))], Means::Told(vec!["a"], vec![]));
        check(vec![("n", Some(node("n", "n", "e", 1)))], Means::Told(vec!["d/e/n"], vec![]));
        check(vec![("a", None)], Means::Told(vec![], vec!["a"]));
        check(vec![("b", Some(trashed(node("b", "b", "e", 1))))], Means::Told(vec![], vec!["d/e/b"]));
        check(vec![("a", Some(node("a", "x", "d", 1)))], Means::Told(vec!["d/x"], vec!["a"]));
        // Two that change their names with each other.
        let swapped = vec![("a", Some(node("a", "b", "e", 1))), ("b", Some(node("b", "a", "root", 1)))];
        check(swapped, Means::Told(vec!["d/e/b", "a"], vec![]));
    }

    #[test]
    fn what_leaves_the_folder_is_gone_and_what_is_elsewhere_is_nothing() {
        check(vec![("a", Some(node("a", "a", "other", 1)))], Means::Told(vec![], vec!["a"]));
        check(vec![("n", Some(node("n", "n", "other", 1)))], Means::Told(vec![], vec![]));
        check(vec![("n", Some(node("n", "n", "o", 1)))], Means::Told(vec![], vec![]));
        check(vec![("n", None)], Means::Told(vec![], vec![]));
        check(vec![("o", Some(node("o", "o/", "other", 1)))], Means::Told(vec![], vec![]));
        check(vec![("n", Some(node("n", ".hidden", "d", 1)))], Means::Told(vec![], vec![]));
        check(vec![("n", Some(node("n", "n", "h", 1)))], Means::Told(vec![], vec![]));
        check(vec![("a", Some(node("a", "a:b", "root", 1)))], Means::Told(vec![], vec!["a"]));
    }

    #[test]
    fn changes_of_folders_are_a_full_list() {
        check(vec![("d", Some(node("d", "d/", "root", 1)))], Means::Told(vec![], vec![]));
        for changed in [
            ("d", Some(node("d", "x/", "root", 1))),
            ("e", Some(node("e", "e/", "root", 1))),
            ("e", Some(node("e", "e/", "other", 1))),
            ("e", Some(trashed(node("e", "e/", "d", 1)))),
            ("e", None),
            ("o", Some(node("o", "o/", "d", 1))),
            ("h", Some(node("h", "h/", "d", 1))),
            ("n", Some(node("n", "a/", "root", 9))),
        ] {
            check(vec![changed], Means::Expired);
        }
        check(vec![("root", None)], Means::NeedsYou);
        check(vec![("root", Some(node("root", "renamed/", "above", 1)))], Means::Told(vec![], vec![]));
    }

    #[test]
    fn folders_that_were_made_since_are_known_by_what_is_in_them() {
        let made = |file: FileWords| {
            vec![("f", Some(file)), ("m", Some(node("m", "m/", "n", 1))), ("n", Some(node("n", "n/", "d", 1)))]
        };
        check(made(node("f", "f", "m", 1)), Means::Told(vec!["d/n/m/f"], vec![]));
        // What was there before and lies there now.
        check(
            made(node("a", "a", "m", 1))
                .into_iter()
                .map(|(id, file)| (if id == "f" { "a" } else { id }, file))
                .collect(),
            Means::Told(vec!["d/n/m/a"], vec!["a"]),
        );
        // A second folder of a name.
        let second = vec![("f", Some(node("f", "f", "n", 1))), ("n", Some(node("n", "d/", "root", 9)))];
        check(second, Means::Told(vec!["d/f"], vec![]));
        check(vec![("n", Some(node("n", "n/", "other", 1)))], Means::Told(vec![], vec![]));
        check(vec![("n", Some(trashed(node("n", "n/", "d", 1))))], Means::Told(vec![], vec![]));
        // One that was in the trash brings back what nobody tells.
        let before = vec![node("d", "d/", "root", 1), trashed(node("t", "t/", "d", 1))];
        check_of(Whose::Legible, before, vec![("t", Some(node("t", "t/", "d", 1)))], Means::Expired);
    }

    #[test]
    fn of_a_folder_of_the_person_only_what_is_below_is_known() {
        let check = |changed: Vec<(&str, Option<FileWords>)>, expected: Means| {
            let before = vec![node("d", "d/", "root", 1), node("a", "a", "root", 1), node("b", "b", "d", 1)];
            check_of(Whose::Person, before, changed, expected);
        };
        check(vec![("n", Some(node("n", "n", "d", 1)))], Means::Told(vec!["d/n"], vec![]));
        check(vec![("n", Some(node("n", "n", "other", 1)))], Means::Told(vec![], vec![]));
        check(vec![("b", Some(node("b", "b", "other", 1)))], Means::Told(vec![], vec!["d/b"]));
        check(vec![("n", Some(node("n", "n/", "other", 1)))], Means::Told(vec![], vec![]));
        // It may be new, or have come with what was in it.
        check(vec![("n", Some(node("n", "n/", "d", 1)))], Means::Expired);
        let mut link = node("n", "n.png", "d", 1);
        link.mime_type = "application/vnd.google-apps.shortcut".to_owned();
        check(vec![("n", Some(link))], Means::Told(vec![], vec![]));
        check(vec![("root", None)], Means::NeedsYou);
    }

    #[test]
    fn names_that_are_there_twice_are_a_full_list() {
        check(vec![("n", Some(node("n", "a", "root", 9)))], Means::Expired);
        check(vec![("n", Some(node("n", "d", "root", 9)))], Means::Expired);
        let two = vec![("m", Some(node("m", "m", "d", 1))), ("n", Some(node("n", "m", "d", 1)))];
        check(two, Means::Expired);
        let twins = || vec![node("a", "a", "root", 1), node("t", "a", "root", 2)];
        let check_twins = |changed, expected| check_of(Whose::Legible, twins(), changed, expected);
        check_twins(vec![("a", None)], Means::Expired);
        check_twins(vec![("t", Some(node("t", "t", "root", 2)))], Means::Expired);
        check_twins(vec![], Means::Told(vec![], vec![]));
        // The one that was not the file is gone, and what is elsewhere is nothing to these.
        check_twins(vec![("t", None)], Means::Told(vec![], vec![]));
        check_twins(vec![("o", Some(node("o", "o", "other", 1)))], Means::Told(vec![], vec![]));
    }

    #[test]
    fn a_mark_of_something_else_is_forgotten() {
        assert!(matches!(Mark::of(&Cursor("x".to_owned())), Err(Error::Expired)));
    }
}
