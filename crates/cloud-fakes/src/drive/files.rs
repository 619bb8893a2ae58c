//! `files` of Drive: lists, metadata, content, making, changing, removing.

use super::changes::page_size;
use super::items::{FOLDER, Item, ROOT};
use super::query::Query;
use super::{DriveAccount, said};
use crate::clock::is_time;
use crate::web::{Answer, Answered, Request};
use bytes::Bytes;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Entries of one page unless the client wants others, and the most that it may want.
const PAGE: usize = 100;
const MOST_PAGE: usize = 1000;
/// What is told of a file when nothing is said of fields.
pub const FEW: &str = "kind,id,name,mimeType";

/// What may be told of a new item, and what is Drive's to say.
const WRITABLE: &[&str] = &[
    "id",
    "name",
    "mimeType",
    "parents",
    "createdTime",
    "modifiedTime",
    "appProperties",
    "description",
    "starred",
    "trashed",
];

impl DriveAccount {
    pub(super) fn list_files(&mut self, request: &Request) -> Answered {
        if request.query("spaces").is_some_and(|spaces| spaces != "drive") {
            return Err(said::invalid("spaces"));
        }
        let query = match request.query("q").filter(|query| !query.trim().is_empty()) {
            Some(text) => Some(Query::read(text).ok_or_else(|| said::invalid("q"))?),
            None => None,
        };
        let limit = page_size(request, PAGE, MOST_PAGE)?;
        let after = match request.query("pageToken") {
            None => "",
            Some(token) => token.strip_prefix("~fake~").ok_or_else(|| said::invalid("pageToken"))?,
        };
        let found = |item: &&Item| {
            let finds = |query: &Query| query.finds(item, ROOT, self.is_trashed(item));
            item.id != ROOT
                && self.may_see(request, item)
                && item.id.as_str() > after
                && query.as_ref().is_none_or(finds)
        };
        let found: Vec<&Item> = self.items.values().filter(found).take(limit + 1).collect();
        let page = &found[..found.len().min(limit)];
        let files: Vec<Value> = page.iter().map(|item| self.told(item)).collect();
        let mut told = json!({"kind": "drive#fileList", "incompleteSearch": false, "files": files});
        if let Some(last) = page.last().filter(|_| found.len() > limit) {
            told["nextPageToken"] = format!("~fake~{}", last.id).into();
        }
        self.wanted(request, told, "kind,incompleteSearch,nextPageToken,files(kind,id,name,mimeType)")
    }

    pub(super) fn get_file(&mut self, request: &Request, id: &str) -> Answered {
        let item = self.item(id)?;
        if request.query("alt") != Some("media") {
            return self.wanted(request, self.told(item), FEW);
        }
        match item.content() {
            Some(content) => Ok(Answer::content(request, content).of(item.name.clone())),
            None => Err(said::error(
                403,
                "global",
                "fileNotDownloadable",
                "Only files with binary content can be downloaded.",
            )),
        }
    }

    /// Makes a file or a folder: its id.
    pub(super) fn create_file(&mut self, metadata: &Value, content: Option<Bytes>, mime: &str) -> Answered<String> {
        let id = self.make(metadata, content.as_ref(), mime)?;
        if let Some(content) = content {
            self.set_content(&id, content, metadata)?;
        }
        Ok(id)
    }

    /// Changes a file or a folder, as the query of the request says too: its id.
    pub(super) fn update_file(
        &mut self,
        request: &Request,
        id: &str,
        metadata: &Value,
        content: Option<Bytes>,
    ) -> Answered<String> {
        let id = self.item(id)?.id.clone();
        self.check_fields(metadata, &["id", "parents"])?;
        self.move_parents(request, &id)?;
        if let Some(content) = content {
            if self.item(&id)?.is_folder() {
                return Err(said::error(403, "global", "uploadOfFolder", "A folder has no content."));
            }
            self.set_content(&id, content, metadata)?;
        }
        self.set_fields(&id, metadata);
        self.changed(&id);
        Ok(id)
    }

    pub(super) fn delete_file(&mut self, id: &str) -> Answered {
        let id = self.item(id)?.id.clone();
        if id == ROOT {
            return Err(said::error(403, "global", "insufficientFilePermissions", "The root cannot be deleted."));
        }
        self.erase(&id);
        Ok(Answer::empty(204))
    }

    pub(super) fn generate_ids(&mut self, request: &Request) -> Answered {
        let count = request.query("count").map_or(Ok(10), str::parse).ok().filter(|count| (1..=1000).contains(count));
        let count: usize = count.ok_or_else(|| said::invalid("count"))?;
        let ids: Vec<String> = (0..count).map(|_| self.new_id()).collect();
        self.generated.extend(ids.iter().cloned());
        self.wanted(request, json!({"kind": "drive#generatedIds", "space": "drive", "ids": ids}), "*")
    }

    /// Adds an item as it is described, without content: its id.
    fn make(&mut self, metadata: &Value, content: Option<&Bytes>, mime: &str) -> Answered<String> {
        self.check_fields(metadata, &["trashed"])?;
        let parents: Vec<&str> =
            metadata["parents"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let parent = match parents[..] {
            [] => ROOT.to_owned(),
            [parent] => self.item(parent)?.id.clone(),
            _ => return Err(said::error(400, "global", "invalid", "A file cannot be placed in several folders.")),
        };
        if !self.item(&parent)?.is_folder() {
            return Err(said::error(403, "global", "parentNotAFolder", "The specified parent is not a folder."));
        }
        let name = metadata["name"].as_str().unwrap_or("Untitled");
        let mime = metadata["mimeType"].as_str().unwrap_or(mime);
        if mime == FOLDER && content.is_some() {
            return Err(said::error(400, "global", "badRequest", "A folder has no content."));
        }
        self.id_is_free(metadata)?;
        let id = match metadata["id"].as_str() {
            None => self.add(&parent, name, mime),
            Some(id) => {
                self.generated.remove(id);
                let time = self.clock.tick();
                self.items.insert(id.to_owned(), Item::new(id, name, mime, Some(&parent), &time));
                self.changed(id);
                id.to_owned()
            }
        };
        self.items.entry(id.clone()).and_modify(|item| item.by_app = true);
        self.set_fields(&id, metadata);
        if content.is_none() && mime != FOLDER {
            // A file that is only described is there, and empty.
            self.set_content(&id, Bytes::new(), metadata)?;
        }
        Ok(id)
    }

    /// That a new item may have the id that it is to have: one that was given, and not used.
    pub(super) fn id_is_free(&self, metadata: &Value) -> Answered<()> {
        match metadata["id"].as_str() {
            Some(id) if self.items.contains_key(id) => {
                Err(said::error(409, "global", "fileIdInUse", "A file already exists with the provided ID."))
            }
            Some(id) if !self.generated.contains(id) => {
                Err(said::error(400, "global", "invalid", "The provided file ID is not usable."))
            }
            _ => Ok(()),
        }
    }

    /// Writes a content; what could not be written is not there, if it is new. The content that is there makes no new revision: Google
    /// leaves open whether it does.
    fn set_content(&mut self, id: &str, content: Bytes, metadata: &Value) -> Answered<()> {
        if self.item(id)?.content() == Some(&content) {
            self.changed(id);
        } else if let Err(answer) = self.write(id, content) {
            if self.item(id)?.revisions.is_empty() {
                self.items.remove(id);
                self.changes.retain(|_, changed| changed != id);
                self.generated.insert(id.to_owned());
            }
            return Err(answer);
        }
        self.set_fields(id, metadata);
        Ok(())
    }

    fn check_fields(&self, metadata: &Value, refused: &[&str]) -> Answered<()> {
        let fields = metadata.as_object().ok_or_else(|| said::error(400, "global", "parseError", "Parse Error"))?;
        for (name, value) in fields {
            if refused.contains(&name.as_str()) || !WRITABLE.contains(&name.as_str()) {
                let message = format!("The field {name} is not directly writable here.");
                return Err(said::error(403, "global", "fieldNotWritable", &message));
            }
            if name.ends_with("Time") && !value.as_str().is_some_and(is_time) {
                return Err(said::invalid(name));
            }
        }
        Ok(())
    }

    fn set_fields(&mut self, id: &str, metadata: &Value) {
        let Some(item) = self.items.get_mut(id) else { return };
        let set = |field: &str, into: &mut String| {
            metadata[field].as_str().into_iter().for_each(|text| text.clone_into(into));
        };
        set("name", &mut item.name);
        set("mimeType", &mut item.mime);
        set("createdTime", &mut item.created);
        set("modifiedTime", &mut item.modified);
        if let Some(trashed) = metadata["trashed"].as_bool() {
            item.trashed = trashed;
        }
        let told: BTreeMap<&String, &Value> = metadata["appProperties"].as_object().into_iter().flatten().collect();
        for (name, value) in told {
            match value.as_str() {
                Some(value) => item.app_properties.insert(name.clone(), value.to_owned()),
                None => item.app_properties.remove(name),
            };
        }
    }

    /// Moves an item where the query says so: out of one folder, into another.
    fn move_parents(&mut self, request: &Request, id: &str) -> Answered<()> {
        let Some(to) = request.query("addParents") else { return Ok(()) };
        let to = self.item(to)?.id.clone();
        let from = request.query("removeParents").map(|from| if from == "root" { ROOT } else { from });
        if from != self.item(id)?.parent.as_deref() {
            return Err(said::error(
                403,
                "global",
                "cannotAddParent",
                "A file has one parent; the old one is to be removed.",
            ));
        }
        if self.is_within(&to, id) {
            return Err(said::error(403, "global", "cyclicMembershipsNotAllowed", "A folder cannot lie in itself."));
        }
        self.items.entry(id.to_owned()).and_modify(|item| item.parent = Some(to));
        Ok(())
    }

    /// What a request that made or changed a file is answered.
    pub(super) fn one(&self, request: &Request, id: &str) -> Answered {
        let item = self.item(id)?;
        let answer = self.wanted(request, self.told(item), FEW)?;
        Ok(if request.path.starts_with("/upload/") { answer.of(item.name.clone()) } else { answer })
    }
}
