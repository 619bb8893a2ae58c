//! What is in the folder, and what changed after a cursor.

use super::refused::{self, Said};
use super::words::{Entry, FileWords, Named, Page};
use super::{Dropbox, asks};
use crate::Result;
use crate::error::{Error, needs_you};
use crate::limits::{DROPBOX_PAGE, MAX_FILES};
use crate::lock::lock;
use crate::path::FilePath;
use crate::remote::rest::Refused;
use crate::remote::{Changes, Cursor, Listing, RemoteFile, Unusable, Watch, Whose};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::MutexGuard;

impl Dropbox {
    pub(super) async fn list_all(&self, watch: &dyn Watch) -> Result<Listing> {
        let words = json!({"path": self.root, "recursive": true, "limit": DROPBOX_PAGE});
        let first = match self.api.ask(&asks("list_folder", &words), watch).await? {
            Ok(answer) => answer.json::<Page>()?,
            Err(refused) if Said::of(&refused).has("not_found") => {
                return match self.whose {
                    // The account answered, and the first upload makes the folder.
                    Whose::Legible => Ok(Listing::default()),
                    Whose::Person => Err(super::not_there(&self.root)),
                };
            }
            Err(refused) => return Err(refused::error(&refused, "")),
        };
        let (entries, cursor) = self.pages(first, watch).await?;
        let changes = self.gather(entries, watch).await?;
        Ok(Listing { files: changes.files, unusable: changes.unusable, cursor: Some(cursor) })
    }

    pub(super) async fn changes_since(&self, since: &Cursor, watch: &dyn Watch) -> Result<Changes> {
        let first = self.page_after(&since.0, watch).await?;
        let (entries, cursor) = self.pages(first, watch).await?;
        let told = entries.iter().filter_map(|entry| entry.named()?.path_lower.clone()).collect();
        Ok(Changes { cursor: Some(cursor), told, ..self.gather(entries, watch).await? })
    }

    /// All that is told from a page on, and where that ended.
    async fn pages(&self, first: Page, watch: &dyn Watch) -> Result<(Vec<Entry>, Cursor)> {
        let mut page = first;
        let (mut entries, mut met) = (Vec::new(), HashSet::new());
        loop {
            entries.append(&mut page.entries);
            if page.has_more && !met.insert(page.cursor.clone()) {
                return Err(Error::may_pass("Dropbox lists without an end"));
            }
            // Pages may be empty.
            if entries.len() + met.len() > 2 * MAX_FILES {
                let message = format!("there are more than {MAX_FILES} files");
                return Err(needs_you(&message, "Keep a smaller folder in step."));
            }
            if !page.has_more {
                return Ok((entries, Cursor(page.cursor)));
            }
            page = self.page_after(&page.cursor, watch).await?;
        }
    }

    async fn page_after(&self, cursor: &str, watch: &dyn Watch) -> Result<Page> {
        match self.api.ask(&asks("list_folder/continue", &json!({ "cursor": cursor })), watch).await? {
            Ok(answer) => answer.json(),
            Err(refused) if forgets(&refused) => Err(Error::Expired),
            Err(refused) => Err(refused::error(&refused, "")),
        }
    }

    /// Puts together what the entries say, the later ones over the earlier.
    async fn gather(&self, entries: Vec<Entry>, watch: &dyn Watch) -> Result<Changes> {
        self.spelled.clear();
        self.learn(&entries, watch).await?;
        let mut gathered = Gathered::default();
        for entry in entries {
            match entry {
                Entry::File(words) => self.take(words, &mut gathered),
                Entry::Deleted(named) => self.take_away(&named, &mut gathered),
                Entry::Folder(_) | Entry::Other => {}
            }
        }
        Ok(gathered.changes())
    }

    fn take(&self, words: FileWords, gathered: &mut Gathered) {
        let raw = self.path_of(&words.named);
        let Some(raw) = raw.filter(|raw| !is_hidden(raw)) else { return };
        let lower = words.named.path_lower.clone().unwrap_or_default();
        // A folder that was there is not any more, with all that was in it.
        gathered.drop_below(&lower);
        gathered.unusable.remove(&lower);
        match (FilePath::parse(&raw), words.is_no_file()) {
            (Ok(path), None) => {
                gathered.files.insert(lower, words.file(path));
            }
            (Ok(path), Some(why)) => {
                gathered.gone.insert(lower.clone(), path);
                gathered.leave(lower, raw, why);
            }
            (Err(why), _) => {
                gathered.leave(lower, raw, &why.to_string());
            }
        }
    }

    fn take_away(&self, named: &Named, gathered: &mut Gathered) {
        let Some(raw) = self.path_of(named) else { return };
        let lower = named.path_lower.clone().unwrap_or_default();
        self.spelling().forget(&lower);
        gathered.drop_below(&lower);
        gathered.files.remove(&lower);
        gathered.unusable.remove(&lower);
        if let Ok(path) = FilePath::parse(&raw) {
            gathered.gone.insert(lower, path);
        }
    }

    /// Learns how the folders above all files are written: from the entries, and from Dropbox. What is gone is known in any case.
    async fn learn(&self, entries: &[Entry], watch: &dyn Watch) -> Result<()> {
        for entry in entries {
            if let Entry::Folder(Named { name, path_lower: Some(lower) }) = entry {
                self.spelling().note(lower, name);
            }
        }
        let mut missing = BTreeSet::new();
        for entry in entries {
            let Entry::File(FileWords { named: Named { path_lower: Some(lower), .. }, .. }) = entry else { continue };
            let unknown = self.spelling().unknown(lower, &self.root);
            for folder in unknown.into_iter().filter(|folder| !missing.contains(*folder)).collect::<Vec<_>>() {
                match self.entry(folder, "", watch).await? {
                    Some(Entry::Folder(named)) => self.spelling().note(folder, &named.name),
                    // It is gone since, with what is in it: the next changes tell.
                    _ => drop(missing.insert(folder)),
                }
            }
        }
        Ok(())
    }

    fn path_of(&self, named: &Named) -> Option<String> {
        self.spelling().path(named.path_lower.as_deref()?, &named.name, &self.root)
    }

    fn spelling(&self) -> MutexGuard<'_, super::Spelling> {
        lock(&self.spelling)
    }
}

/// Whether it is the cursor that is refused. Of a folder that is gone, a list tells.
fn forgets(refused: &Refused) -> bool {
    let said = Said::of(refused);
    said.has("reset") || said.has("not_found") || refused.status == 400
}

fn is_hidden(raw: &str) -> bool {
    raw.split('/').any(|name| name.starts_with('.'))
}

/// What the entries say so far, by paths in lower case.
#[derive(Default)]
struct Gathered {
    files: BTreeMap<String, RemoteFile>,
    gone: BTreeMap<String, FilePath>,
    unusable: BTreeMap<String, Unusable>,
}

impl Gathered {
    /// What lay below this is not there any more.
    fn drop_below(&mut self, lower: &str) {
        // What follows a slash comes before what follows a zero.
        let (from, to) = (format!("{lower}/"), format!("{lower}0"));
        let below: Vec<String> = self.files.range(from.clone()..to.clone()).map(|(path, _)| path.clone()).collect();
        below.iter().for_each(|path| drop(self.files.remove(path)));
        let below: Vec<String> = self.unusable.range(from..to).map(|(path, _)| path.clone()).collect();
        below.iter().for_each(|path| drop(self.unusable.remove(path)));
    }

    fn leave(&mut self, lower: String, name: String, why: &str) {
        let left = Unusable { name, why: why.to_owned(), id: Some(lower.clone()) };
        self.unusable.insert(lower, left);
    }

    fn changes(self) -> Changes {
        let mut unusable: Vec<Unusable> = self.unusable.into_values().collect();
        // Names that are one when they are composed, which Dropbox has been seen to keep apart.
        let mut files: BTreeMap<FilePath, RemoteFile> = BTreeMap::new();
        for (lower, file) in self.files {
            if files.contains_key(&file.path) {
                let why = "another file has the same name".to_owned();
                unusable.push(Unusable { name: file.path.to_string(), why, id: Some(lower) });
            } else {
                files.insert(file.path.clone(), file);
            }
        }
        let gone = self.gone.into_values().collect();
        Changes { files: files.into_values().collect(), gone, unusable, told: Vec::new(), cursor: None }
    }
}
