//! What lies in a drive of OneDrive: items with ids, whose names differ in more than case, and what happened to them.

use super::address::{Address, Anchor, DRIVE};
use super::{CONTENT, OneDriveAccount, said};
use crate::hash;
use crate::web::Answered;
use bytes::Bytes;
use serde_json::{Value, json};

/// The folder that is there from the beginning.
pub const ROOT: &str = "FA4E0000FA4E0000!101";
/// The folder of the app, which is there as soon as somebody asks for it.
pub const APP_FOLDER: &str = "Apps/Legible";

/// Letters of a name and of a path.
const MOST_NAME: usize = 255;
const MOST_PATH: usize = 400;
const FORBIDDEN: &[char] = &['"', '*', ':', '<', '>', '?', '/', '\\', '|'];
const RESERVED: &[&str] = &[".lock", "con", "prn", "aux", "nul", "desktop.ini"];

/// A file or a folder.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: String,
    pub name: String,
    pub parent: Option<String>,
    /// `None` for a folder.
    pub content: Option<Content>,
    pub created: String,
    pub modified: String,
    /// Times as the client told them.
    pub told_created: String,
    pub told_modified: String,
    /// Counts every change, and those of the content.
    pub etag: u64,
    pub ctag: u64,
    /// The number of the last change.
    pub changed: u64,
}

/// What a file holds.
#[derive(Debug, Clone)]
pub struct Content {
    pub bytes: Bytes,
    pub hash: String,
}

/// An item that is not where it was: it was removed, or moved.
#[derive(Debug, Clone)]
pub struct Gone {
    pub number: u64,
    pub id: String,
    /// The folders above it then.
    pub above: Vec<String>,
}

impl Item {
    /// Its state, which every change of it makes another one.
    pub fn etag(&self) -> String {
        format!("\"{{{}}},{}\"", self.id, self.etag)
    }

    /// The state of its content.
    pub fn ctag(&self) -> String {
        format!("\"c:{{{}}},{}\"", self.id, self.ctag)
    }

    pub fn size(&self) -> u64 {
        self.content.as_ref().map_or(0, |content| content.bytes.len() as u64)
    }
}

/// A name as it is compared.
pub fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// Refuses what OneDrive does not take for a name.
pub fn check_name(name: &str) -> Answered<()> {
    let lower = folded(name);
    let device = |prefix: &str| {
        lower.strip_prefix(prefix).is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    };
    let refused = name.is_empty()
        || name.chars().count() > MOST_NAME
        || name.contains(FORBIDDEN)
        || name.chars().any(char::is_control)
        || name.starts_with([' ', '~'])
        || name.ends_with([' ', '.'])
        || RESERVED.contains(&lower.as_str())
        || lower.contains("_vti_")
        || device("com")
        || device("lpt");
    if refused {
        Err(said::bad("The provided name cannot contain any of the following characters or be reserved."))
    } else {
        Ok(())
    }
}

impl OneDriveAccount {
    /// A new item, which nothing knows of yet.
    fn item_of(&mut self, parent: &str, name: &str) -> Item {
        let time = self.clock.tick();
        Item {
            id: format!("FA4E0000FA4E0000!{}", self.number() + 1000),
            name: name.to_owned(),
            parent: Some(parent.to_owned()),
            content: None,
            created: time.clone(),
            modified: time.clone(),
            told_created: time.clone(),
            told_modified: time,
            etag: 0,
            ctag: 1,
            changed: 0,
        }
    }

    /// What has a name in a folder.
    pub fn child(&self, parent: &str, name: &str) -> Option<&Item> {
        let name = folded(name);
        self.items.values().find(|item| item.parent.as_deref() == Some(parent) && folded(&item.name) == name)
    }

    /// The item at a path below another.
    pub fn below(&self, id: &str, path: &str) -> Option<&Item> {
        let names = path.split('/').filter(|name| !name.is_empty());
        names.map(str::to_owned).try_fold(self.items.get(id)?, |above, name| self.child(&above.id, &name))
    }

    /// Whether an item is another, or lies below it.
    pub fn is_within(&self, id: &str, folder: &str) -> bool {
        let above = || self.items.get(id).and_then(|item| item.parent.as_deref());
        id == folder || above().is_some_and(|above| self.is_within(above, folder))
    }

    /// Where the path of an address begins.
    pub fn anchor(&mut self, address: &Address) -> Answered<String> {
        match &address.anchor {
            Anchor::Drive | Anchor::Root => Ok(ROOT.to_owned()),
            Anchor::AppFolder => self.folder(ROOT, APP_FOLDER),
            Anchor::Item(id) => {
                self.items.get(&id.to_uppercase()).map(|item| item.id.clone()).ok_or_else(said::not_found)
            }
        }
    }

    /// The item of an address.
    pub fn addressed(&mut self, address: &Address) -> Answered<Item> {
        let anchor = self.anchor(address)?;
        self.below(&anchor, &address.path).cloned().ok_or_else(said::not_found)
    }

    /// The folder and the name that an address says, for something that may not be there. The folders above it are made.
    pub fn place(&mut self, address: &Address) -> Answered<(String, String)> {
        let anchor = self.anchor(address)?;
        if address.path.is_empty() {
            let item = self.items.get(&anchor).ok_or_else(said::not_found)?;
            return Ok((item.parent.clone().ok_or_else(|| said::bad("The root has no content."))?, item.name.clone()));
        }
        if address.path.chars().count() > MOST_PATH {
            return Err(said::bad("The path is too long."));
        }
        let (above, name) = address.path.rsplit_once('/').unwrap_or(("", &address.path));
        check_name(name)?;
        Ok((self.folder(&anchor, above)?, name.to_owned()))
    }

    /// The folder at a path below another, made with those above it where they are not there.
    pub fn folder(&mut self, id: &str, path: &str) -> Answered<String> {
        let mut at = id.to_owned();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let there = self.child(&at, name).map(|item| (item.id.clone(), item.content.is_some()));
            at = match there {
                Some((_, true)) => {
                    return Err(said::error(409, "nameAlreadyExists", "A file lies where a folder is needed."));
                }
                Some((id, false)) => id,
                None => self.make_folder(&at, name)?,
            };
        }
        Ok(at)
    }

    /// Makes a folder whose name is free.
    pub fn make_folder(&mut self, parent: &str, name: &str) -> Answered<String> {
        check_name(name)?;
        let item = self.item_of(parent, name);
        let id = item.id.clone();
        self.items.insert(id.clone(), item);
        self.touch(&id);
        Ok(id)
    }

    /// Writes a file: its id, and whether it is new. It keeps its id and the case of its name if it is there.
    pub fn write(&mut self, parent: &str, name: &str, bytes: Bytes) -> Answered<(String, bool)> {
        let there = self.child(parent, name).cloned();
        if there.as_ref().is_some_and(|item| item.content.is_none()) {
            return Err(said::exists());
        }
        let freed = there.as_ref().map_or(0, Item::size);
        if self.room.is_some_and(|room| self.used() - freed + bytes.len() as u64 > room) {
            return Err(said::full());
        }
        let is_new = there.is_none();
        let mut item = there.unwrap_or_else(|| self.item_of(parent, name));
        let hash = hash::quick_xor(&bytes);
        item.content = Some(Content { bytes, hash });
        item.ctag += 1;
        item.modified = self.clock.tick();
        item.told_modified.clone_from(&item.modified);
        let id = item.id.clone();
        self.items.insert(id.clone(), item);
        self.touch(&id);
        Ok((id, is_new))
    }

    /// Says that an item changed.
    pub fn touch(&mut self, id: &str) {
        let number = self.number();
        if let Some(item) = self.items.get_mut(id) {
            (item.etag, item.changed) = (item.etag + 1, number);
        }
    }

    /// Says that an item is not any more where it was.
    pub fn leave(&mut self, id: &str) {
        let (number, above) = (self.number(), self.above(id));
        self.gone.push(Gone { number, id: id.to_owned(), above });
    }

    /// Removes an item with all below it; each of them is told of.
    pub fn erase(&mut self, id: &str) {
        self.leave(id);
        let below: Vec<String> =
            self.items.values().filter(|item| item.parent.as_deref() == Some(id)).map(|item| item.id.clone()).collect();
        below.iter().for_each(|child| self.erase(child));
        if let Some(item) = self.items.get(id).cloned()
            && let Some(content) = item.content.clone()
        {
            self.trash.insert(self.path(&item), content.bytes.to_vec());
        }
        self.items.remove(id);
    }

    /// The folders above an item, the nearest first.
    pub fn above(&self, id: &str) -> Vec<String> {
        let parent = |id: &String| self.items.get(id).and_then(|item| item.parent.clone());
        std::iter::successors(parent(&id.to_owned()), parent).collect()
    }

    /// Where an item lies.
    pub fn path(&self, item: &Item) -> String {
        match item.parent.as_deref().and_then(|parent| self.items.get(parent)) {
            Some(above) if above.id != ROOT => format!("{}/{}", self.path(above), item.name),
            _ => item.name.clone(),
        }
    }

    /// What is told of an item. Delta tells no paths: a folder that is renamed changes them without a word. Of a drive of work or
    /// school it tells no cTags either.
    pub fn told(&mut self, item: &Item, with_path: bool) -> Value {
        let times = json!({"createdDateTime": item.told_created, "lastModifiedDateTime": item.told_modified});
        let mut told = json!({
            "id": item.id,
            "name": item.name,
            "eTag": item.etag(),
            "cTag": item.ctag(),
            "size": self.size_of(item),
            "createdDateTime": item.created,
            "lastModifiedDateTime": item.modified,
            "fileSystemInfo": times,
            "webUrl": format!("https://onedrive.live.com/?id={}", item.id),
        });
        let kind = if self.is_of_work { "business" } else { "personal" };
        if self.is_of_work
            && !with_path
            && let Some(fields) = told.as_object_mut()
        {
            fields.remove("cTag");
        }
        let Some(parent) = &item.parent else {
            told["root"] = json!({});
            told["folder"] = json!({"childCount": self.children(&item.id).len()});
            told["parentReference"] = json!({"driveId": DRIVE, "driveType": kind});
            return told;
        };
        told["parentReference"] = json!({"driveId": DRIVE, "driveType": kind, "id": parent});
        if with_path {
            let above =
                self.items.get(parent).filter(|above| above.id != ROOT).map(|above| format!("/{}", self.path(above)));
            told["parentReference"]["path"] = format!("/drive/root:{}", above.unwrap_or_default()).into();
        }
        match &item.content {
            None => told["folder"] = json!({"childCount": self.children(&item.id).len()}),
            Some(content) => {
                told["file"] =
                    json!({"mimeType": "application/octet-stream", "hashes": {"quickXorHash": content.hash}});
                told["@microsoft.graph.downloadUrl"] = self.download_url(&item.id).into();
            }
        }
        told
    }

    /// The ids of what lies in a folder, in the order of their names.
    pub fn children(&self, id: &str) -> Vec<String> {
        let mut children: Vec<&Item> = self.items.values().filter(|item| item.parent.as_deref() == Some(id)).collect();
        children.sort_by_key(|item| folded(&item.name));
        children.into_iter().map(|item| item.id.clone()).collect()
    }

    fn size_of(&self, item: &Item) -> u64 {
        if item.content.is_some() {
            return item.size();
        }
        let below = self.items.values().filter(|other| self.above(&other.id).contains(&item.id));
        below.map(Item::size).sum()
    }

    /// An address that needs no token and leads to the content of a file.
    pub fn download_url(&mut self, id: &str) -> String {
        let name = format!("dl{:08}", self.number());
        self.downloads.insert(name.clone(), id.to_owned());
        format!("https://{CONTENT}/download/{name}?tempauth=v1e.fake")
    }
}
