//! Finding files and folders by their names, and making folders. Drive knows no paths: each name is asked for below the folders of the
//! name before.

use super::tree::composed;
use super::words::{API, FIELDS, FOLDER, FileWords, Files, Ids, NewFile, PAGE, encoded, of_file, quoted};
use super::{Drive, refused};
use crate::Result;
use crate::error::{Error, needs_you};
use crate::limits::{DRIVE_FOLDERS_AT_ONCE, DRIVE_IDS, MAX_FILES};
use crate::lock::lock;
use crate::marker;
use crate::path::FilePath;
use crate::remote::Watch;
use crate::remote::rest::{Api, Call};
use std::collections::HashSet;

/// All files that a question finds, the oldest first.
pub(super) async fn find(api: &Api, question: &str, watch: &dyn Watch) -> Result<Vec<FileWords>> {
    let fields = encoded(&format!("nextPageToken,incompleteSearch,files({FIELDS})"));
    let first = format!("{API}/files?q={}&pageSize={PAGE}&spaces=drive&fields={fields}", encoded(question));
    let (mut all, mut url, mut met) = (Vec::new(), first.clone(), HashSet::new());
    loop {
        let answer = api.ask(&Call::get(&url), watch).await?.map_err(|refused| refused::error(&refused, ""))?;
        let page = answer.json::<Files>()?;
        if page.incomplete_search {
            return Err(Error::may_pass("Google Drive did not look everywhere"));
        }
        all.extend(page.files);
        if all.len() > MAX_FILES {
            let message = format!("there are more than {MAX_FILES} files");
            return Err(needs_you(&message, "Remove some from Google Drive."));
        }
        match page.next_page_token {
            None => break,
            Some(next) if met.insert(next.clone()) => url = format!("{first}&pageToken={}", encoded(&next)),
            Some(_) => return Err(Error::may_pass("Google Drive lists without an end")),
        }
    }
    all.sort_by(|one, other| one.age().cmp(&other.age()));
    Ok(all)
}

/// Everything below a folder that has bytes, level by level: of all that a person has in Google Drive it may be little. What is in a folder
/// that a library is kept in is left out, for Legible wrote it; and documents and links of a person are nothing to be told of.
pub(super) async fn below(api: &Api, root: &str, watch: &dyn Watch) -> Result<Vec<FileWords>> {
    let (mut all, mut met) = (Vec::new(), HashSet::from([root.to_owned()]));
    let mut level = vec![root.to_owned()];
    while !level.is_empty() {
        let mut found = Vec::new();
        for some in level.chunks(DRIVE_FOLDERS_AT_ONCE) {
            found.extend(find(api, &format!("trashed = false and ({})", within(some)), watch).await?);
            if all.len() + found.len() > MAX_FILES {
                let message = format!("there are more than {MAX_FILES} files");
                return Err(needs_you(&message, "Choose a smaller folder."));
            }
        }
        let is_mark = |file: &&FileWords| file.name == marker::NAME;
        let kept: Vec<String> = found.iter().filter(is_mark).flat_map(|mark| mark.parents.clone()).collect();
        all.retain(|folder: &FileWords| !kept.contains(&folder.id));
        found.retain(|file| !file.is_of_google() && !is_in(file, &kept));
        let folders = found.iter().filter(|file| file.is_folder() && !file.name.starts_with('.'));
        level = folders.filter(|folder| met.insert(folder.id.clone())).map(|folder| folder.id.clone()).collect();
        all.extend(found);
    }
    Ok(all)
}

/// The part of a question that asks for what is in one of these folders.
pub(super) fn within(folders: &[String]) -> String {
    folders.iter().map(|id| format!("{} in parents", quoted(id))).collect::<Vec<_>>().join(" or ")
}

/// Names for new files, so that a request that is sent again makes no second one.
pub(super) async fn new_ids(api: &Api, count: usize, watch: &dyn Watch) -> Result<Vec<String>> {
    let call = Call::get(format!("{API}/files/generateIds?count={count}&space=drive&type=files"));
    let answer = api.ask(&call, watch).await?.map_err(|refused| refused::error(&refused, ""))?;
    Ok(answer.json::<Ids>()?.ids)
}

/// Makes a folder.
pub(super) async fn make(api: &Api, id: &str, name: &str, parent: &str, watch: &dyn Watch) -> Result<()> {
    let new = NewFile { id, name, parents: [parent], mime_type: FOLDER };
    let call = Call::post(format!("{API}/files?fields=id")).json(&new).repeatable();
    match api.ask(&call, watch).await? {
        Ok(_) => Ok(()),
        // It was made before, and that was not heard.
        Err(refused) if refused.status.as_u16() == 409 => Ok(()),
        Err(refused) => Err(refused::error(&refused, "")),
    }
}

impl Drive {
    /// A file by its id; `None` where there is none.
    pub(super) async fn by_id(&self, id: &str, path: &str, watch: &dyn Watch) -> Result<Option<FileWords>> {
        let call = Call::get(of_file(id, &format!("?fields={}", encoded(FIELDS)))).about(path);
        match self.api.ask(&call, watch).await? {
            Ok(answer) => answer.json().map(Some),
            Err(refused) if refused.status.as_u16() == 404 => Ok(None),
            Err(refused) => Err(refused::error(&refused, path)),
        }
    }

    /// A name that no file has yet.
    pub(super) async fn new_id(&self, watch: &dyn Watch) -> Result<String> {
        if let Some(id) = lock(&self.ids).pop() {
            return Ok(id);
        }
        let ids = new_ids(&self.api, DRIVE_IDS, watch).await?;
        let mut kept = lock(&self.ids);
        kept.extend(ids);
        kept.pop().ok_or_else(|| Error::may_pass("Google Drive gave no name for a new file"))
    }

    /// What has a name in folders, the oldest first. Drive itself takes letters of another case for the same in places.
    pub(super) async fn named(&self, name: &str, folders: &[String], watch: &dyn Watch) -> Result<Vec<FileWords>> {
        let question = format!("name = {} and trashed = false and ({})", quoted(name), within(folders));
        let mut found = find(&self.api, &question, watch).await?;
        found.retain(|file| composed(&file.name) == name && !file.trashed && is_in(file, folders));
        Ok(found)
    }

    /// The folders that have a path, the oldest first; none where there are none.
    pub(super) async fn folders(&self, path: &str, watch: &dyn Watch) -> Result<Vec<String>> {
        let known = lock(&self.by_path).get(path).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let (mut ids, mut at) = (vec![self.folder.clone()], String::new());
        for name in path.split('/') {
            at = if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") };
            let known = lock(&self.by_path).get(&at).cloned();
            ids = match known {
                Some(known) => known,
                None => {
                    let found = self.named(name, &ids, watch).await?;
                    found.into_iter().filter(FileWords::is_folder).map(|folder| folder.id).collect()
                }
            };
            if ids.is_empty() {
                return Ok(ids);
            }
            lock(&self.by_path).insert(at.clone(), ids.clone());
        }
        Ok(ids)
    }

    /// The folder that new files of a path go to: made where there is none, the oldest where there are several.
    pub(super) async fn folder_for(&self, path: &FilePath, watch: &dyn Watch) -> Result<String> {
        let mut parent = self.folder.clone();
        for (end, _) in path.as_str().match_indices('/') {
            let at = &path.as_str()[..end];
            parent = match self.folders(at, watch).await?.into_iter().next() {
                Some(oldest) => oldest,
                None => self.make_one(at, &parent, watch).await?,
            };
        }
        Ok(parent)
    }

    /// Makes the folder of a path, unless another transfer of ours does, or did.
    async fn make_one(&self, at: &str, parent: &str, watch: &dyn Watch) -> Result<String> {
        let _alone = self.making.lock().await;
        if let Some(oldest) = self.folders(at, watch).await?.into_iter().next() {
            return Ok(oldest);
        }
        let id = self.new_id(watch).await?;
        make(&self.api, &id, at.rsplit('/').next().unwrap_or(at), parent, watch).await?;
        // Another machine may have made one of the same name at the same time.
        Ok(self.folders(at, watch).await?.into_iter().next().unwrap_or(id))
    }

    /// The file that lies at a path: the one that was listed, if it is still there, or else the oldest of that name.
    pub(super) async fn words_at(&self, path: &FilePath, watch: &dyn Watch) -> Result<Option<FileWords>> {
        let above = path.as_str().rsplit_once('/').map_or("", |(above, _)| above);
        let folders = self.folders(above, watch).await?;
        if folders.is_empty() {
            return Ok(None);
        }
        let known = lock(&self.files).iter().find(|(_, at)| *at == path).map(|(id, _)| id.clone());
        if let Some(id) = known {
            let there = self.by_id(&id, path.as_str(), watch).await?;
            let is_it =
                |file: &FileWords| !file.trashed && composed(&file.name) == path.name() && is_in(file, &folders);
            if let Some(file) = there.filter(is_it) {
                return Ok(Some(file));
            }
        }
        let found = self.named(path.name(), &folders, watch).await?;
        Ok(found.into_iter().find(|file| file.file(path.clone()).is_ok()))
    }

    /// Everything that has a path, the oldest first: files, folders, and what is neither.
    pub(super) async fn all_at(&self, path: &FilePath, watch: &dyn Watch) -> Result<Vec<FileWords>> {
        let above = path.as_str().rsplit_once('/').map_or("", |(above, _)| above);
        let folders = self.folders(above, watch).await?;
        if folders.is_empty() { Ok(Vec::new()) } else { self.named(path.name(), &folders, watch).await }
    }
}

/// Whether a file is in one of these folders.
pub(super) fn is_in(file: &FileWords, folders: &[String]) -> bool {
    file.parents.iter().any(|parent| folders.contains(parent))
}
