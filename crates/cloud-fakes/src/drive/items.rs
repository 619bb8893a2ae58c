//! What lies in a Drive: items with ids, whose names need not differ, and the changes of them.

use super::DriveAccount;
use super::said;
use crate::hash;
use crate::web::Answered;
use bytes::Bytes;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What a folder says that it is.
pub const FOLDER: &str = "application/vnd.google-apps.folder";
/// The folder that is there from the beginning.
pub const ROOT: &str = "0AFakeRoot";

/// A file or a folder.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: String,
    pub name: String,
    pub mime: String,
    pub parent: Option<String>,
    /// Whether it was itself put into the trash.
    pub trashed: bool,
    /// Whether a program made it by the API, and not the person.
    pub by_app: bool,
    pub created: String,
    pub modified: String,
    pub app_properties: BTreeMap<String, String>,
    /// Its contents, the last one at the end. A folder has none.
    pub revisions: Vec<Revision>,
    /// Counts every change.
    pub version: u64,
}

/// One content of a file.
#[derive(Debug, Clone)]
pub struct Revision {
    pub id: String,
    pub content: Bytes,
    pub modified: String,
    pub md5: String,
    pub sha256: String,
}

impl Item {
    pub fn new(id: &str, name: &str, mime: &str, parent: Option<&str>, time: &str) -> Self {
        Item {
            id: id.to_owned(),
            name: name.to_owned(),
            mime: mime.to_owned(),
            parent: parent.map(str::to_owned),
            trashed: false,
            by_app: false,
            created: time.to_owned(),
            modified: time.to_owned(),
            app_properties: BTreeMap::new(),
            revisions: Vec::new(),
            version: 1,
        }
    }

    pub fn is_folder(&self) -> bool {
        self.mime == FOLDER
    }

    pub fn content(&self) -> Option<&Bytes> {
        self.revisions.last().map(|revision| &revision.content)
    }
}

impl Revision {
    pub fn told(&self, mime: &str) -> Value {
        json!({
            "kind": "drive#revision",
            "id": self.id,
            "mimeType": mime,
            "modifiedTime": self.modified,
            "keepForever": false,
            "published": false,
            "md5Checksum": self.md5,
            "size": self.content.len().to_string(),
        })
    }
}

impl DriveAccount {
    /// What an id names.
    pub fn item(&self, id: &str) -> Answered<&Item> {
        let real = if id == "root" { ROOT } else { id };
        self.items.get(real).ok_or_else(|| said::not_found(id))
    }

    /// Whether an item lies in the trash, by itself or with a folder above it.
    pub fn is_trashed(&self, item: &Item) -> bool {
        let above = item.parent.as_deref().and_then(|parent| self.items.get(parent));
        item.trashed || above.is_some_and(|above| self.is_trashed(above))
    }

    /// Whether an item is another, or lies below it.
    pub fn is_within(&self, id: &str, folder: &str) -> bool {
        let parent = || self.items.get(id).and_then(|item| item.parent.as_deref());
        id == folder || parent().is_some_and(|parent| self.is_within(parent, folder))
    }

    /// All fields of an item.
    pub fn told(&self, item: &Item) -> Value {
        let mut told = json!({
            "kind": "drive#file",
            "id": item.id,
            "name": item.name,
            "mimeType": item.mime,
            "parents": item.parent.iter().collect::<Vec<_>>(),
            "trashed": self.is_trashed(item),
            "explicitlyTrashed": item.trashed,
            "createdTime": item.created,
            "modifiedTime": item.modified,
            "version": item.version.to_string(),
            "spaces": ["drive"],
            "starred": false,
            "shared": false,
            "ownedByMe": true,
            "capabilities": {"canEdit": true, "canDownload": !item.is_folder(), "canTrash": true, "canDelete": true},
        });
        if !item.app_properties.is_empty() {
            told["appProperties"] = json!(item.app_properties);
        }
        if let Some(revision) = item.revisions.last() {
            told["size"] = revision.content.len().to_string().into();
            told["md5Checksum"] = revision.md5.as_str().into();
            told["sha256Checksum"] = revision.sha256.as_str().into();
            told["headRevisionId"] = revision.id.as_str().into();
            told["originalFilename"] = item.name.as_str().into();
        }
        told
    }

    /// A new id, as `files.generateIds` gives it too. Ids of later items come later.
    pub fn new_id(&mut self) -> String {
        format!("1Fake{:028}", self.number())
    }

    /// Says that an item changed. Of several changes only the last is told.
    pub fn changed(&mut self, id: &str) {
        let number = self.number();
        self.changes.retain(|_, changed| changed != id);
        self.changes.insert(number, id.to_owned());
        if let Some(item) = self.items.get_mut(id) {
            item.version += 1;
        }
    }

    /// Gives a file another content.
    pub fn write(&mut self, id: &str, content: Bytes) -> Answered<()> {
        let kept: u64 = self.items.values().filter_map(Item::content).map(|content| content.len() as u64).sum();
        let before = self.item(id)?.content().map_or(0, |content| content.len() as u64);
        if self.room.is_some_and(|room| kept - before + content.len() as u64 > room) {
            return Err(said::full());
        }
        let (md5, sha256) = (hash::md5(&content), hash::sha256(&content));
        let id_of_content = format!("0BFakeRev{:020}", self.number());
        let revision = Revision { id: id_of_content, content, modified: self.clock.tick(), md5, sha256 };
        if let Some(item) = self.items.get_mut(id) {
            item.modified.clone_from(&revision.modified);
            item.revisions.push(revision);
        }
        self.changed(id);
        Ok(())
    }

    /// Puts an item into the trash or takes it from there.
    pub fn set_trashed(&mut self, id: &str, trashed: bool) {
        self.items.entry(id.to_owned()).and_modify(|item| item.trashed = trashed);
        self.changed(id);
    }

    /// Removes an item for ever, with all below it. Only itself is told of.
    pub fn erase(&mut self, id: &str) {
        let below: BTreeSet<String> = self.items.keys().filter(|other| self.is_within(other, id)).cloned().collect();
        self.items.retain(|other, _| !below.contains(other));
        self.changes.retain(|_, changed| !below.contains(changed));
        self.changed(id);
    }

    /// The first item of a path that is not in the trash.
    pub fn at(&self, path: &str) -> Option<&Item> {
        let mut at = self.items.get(ROOT)?;
        for name in path.split('/') {
            let is_next = |item: &&Item| item.parent.as_ref() == Some(&at.id) && item.name == name && !item.trashed;
            at = self.items.values().find(is_next)?;
        }
        Some(at)
    }

    /// The folder of a path, made where it is not there.
    pub fn folder(&mut self, path: &str) -> String {
        if path.is_empty() {
            return ROOT.to_owned();
        }
        if let Some(there) = self.at(path) {
            return there.id.clone();
        }
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let above = self.folder(above);
        self.add(&above, name, FOLDER)
    }

    /// Adds an item without content.
    pub fn add(&mut self, parent: &str, name: &str, mime: &str) -> String {
        let (id, time) = (self.new_id(), self.clock.tick());
        self.items.insert(id.clone(), Item::new(&id, name, mime, Some(parent), &time));
        self.changed(&id);
        id
    }

    /// The path of an item that is not in the trash.
    pub fn path(&self, item: &Item) -> String {
        match item.parent.as_deref().and_then(|parent| self.items.get(parent)) {
            Some(above) if above.id != ROOT => format!("{}/{}", self.path(above), item.name),
            _ => item.name.clone(),
        }
    }
}
