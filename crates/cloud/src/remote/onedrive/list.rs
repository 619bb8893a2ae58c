//! What is in the folder: the changes since there was nothing, which Graph tells whole and with a mark at the end.

use super::mark::Mark;
use super::words::{FIELDS, Item, Page, Tag};
use super::{GRAPH, OneDrive, refused};
use crate::Result;
use crate::error::{Error, needs_you};
use crate::limits::{MAX_FILES, ONEDRIVE_PAGE};
use crate::path::FilePath;
use crate::remote::rest::Call;
use crate::remote::{Listing, RemoteFile, Unusable, Watch, Whose};
use std::collections::{BTreeMap, HashSet};

impl OneDrive {
    pub(super) async fn list_all(&self, watch: &dyn Watch) -> Result<Listing> {
        let root = match (self.item("", watch).await?, self.whose) {
            (Some(root), _) => root,
            // The account answered, and the first upload makes the folder.
            (None, Whose::Legible) => return Ok(Listing::default()),
            (None, Whose::Person) => return Err(super::not_there(&self.folder)),
        };
        if root.folder.is_none() {
            return Err(super::no_folder("a file has its name"));
        }
        let first = format!("{GRAPH}/me/drive/items/{}/delta?$select={FIELDS}&$top={ONEDRIVE_PAGE}", root.id);
        let (items, link) = match self.all_since(&first, watch).await {
            // Gone since, or Graph has lost its place: nothing is known about what is there.
            Err(Error::Expired) => return Err(Error::may_pass("the folder was changed while it was listed")),
            told => told?,
        };
        let mut found = Found::of(self.tag_of(items.iter().chain([&root])));
        let mut mark = Mark { link, root: root.id, folders: BTreeMap::new() };
        note_folders(&mut mark, &items);
        for item in items.into_iter().filter(|item| item.is_there() && item.folder.is_none()) {
            if let Some(above) = item.parent().and_then(|above| mark.path(above)) {
                found.take(&above, item);
            }
        }
        Ok(Listing { files: found.files, unusable: found.unusable, cursor: mark.cursor() })
    }

    /// The last that is told of each item, and the mark after it.
    ///
    /// # Errors
    /// [`Error::Expired`] when Graph does not know the mark.
    pub(super) async fn all_since(&self, link: &str, watch: &dyn Watch) -> Result<(Vec<Item>, String)> {
        self.spelled.clear();
        let (mut items, mut at, mut link, mut met) =
            (Vec::<Option<Item>>::new(), BTreeMap::new(), link.to_owned(), HashSet::new());
        loop {
            // What is signed goes to Graph and nowhere else, whatever a page says.
            if !link.starts_with(&format!("{GRAPH}/")) || !met.insert(link.clone()) {
                return Err(Error::may_pass("OneDrive tells changes without an end"));
            }
            let answer = match self.api.ask(&Call::get(link.as_str()), watch).await? {
                Ok(answer) => answer,
                Err(refused) if matches!(refused.status.as_u16(), 400 | 404 | 410) => return Err(Error::Expired),
                Err(refused) => return Err(refused::error(&refused, "")),
            };
            let page = answer.json::<Page>()?;
            for item in page.value {
                if let Some(before) = at.insert(item.id.clone(), items.len()) {
                    items[before] = None;
                }
                items.push(Some(item));
            }
            if at.len() > MAX_FILES {
                let message = format!("there are more than {MAX_FILES} files");
                return Err(needs_you(&message, "Keep a smaller folder in step."));
            }
            link = match (page.next, page.delta) {
                (Some(next), _) => next,
                (None, Some(mark)) => return Ok((items.into_iter().flatten().collect(), mark)),
                (None, None) => return Err(Error::may_pass("OneDrive did not say where its list ends")),
            };
        }
    }
}

/// Notes all folders that are told of.
pub(super) fn note_folders(mark: &mut Mark, items: &[Item]) {
    for item in items.iter().filter(|item| item.is_there() && item.folder.is_some() && item.id != mark.root) {
        if let (Some(name), Some(above)) = (&item.name, item.parent()) {
            mark.folders.insert(item.id.clone(), (above.to_owned(), name.clone()));
        }
    }
}

/// What was found so far.
#[derive(Default)]
pub(super) struct Found {
    pub files: Vec<RemoteFile>,
    pub unusable: Vec<Unusable>,
    paths: HashSet<FilePath>,
    tag: Tag,
}

impl Found {
    /// Nothing yet, in a drive whose states are named by this.
    pub fn of(tag: Tag) -> Self {
        Found { tag, ..Found::default() }
    }

    /// Takes what lies in a folder, whose path ends with `/` or is empty; gives its path if it is a file that can be kept in step.
    pub fn take(&mut self, above: &str, item: Item) -> Option<&RemoteFile> {
        let raw = format!("{above}{}", item.name.as_deref()?);
        if raw.split('/').any(|name| name.starts_with('.')) {
            return None;
        }
        let id = Some(item.id.clone());
        let why = match FilePath::parse(&raw) {
            Err(why) => why.to_string(),
            Ok(path) if !self.paths.insert(path.clone()) => "another file has the same name".to_owned(),
            Ok(path) => match item.is_no_file() {
                Some(why) => why.to_owned(),
                None => match item.file_at(path, self.tag) {
                    Some(file) => {
                        self.files.push(file);
                        return self.files.last();
                    }
                    None => "OneDrive does not tell what state it is in".to_owned(),
                },
            },
        };
        self.unusable.push(Unusable { name: raw, why, id });
        None
    }
}
