//! Items of OneDrive: what they are, what lies in them, their content, making, moving, removing.

use super::address::Address;
use super::items::{Item, ROOT, check_name};
use super::{OneDriveAccount, said};
use crate::clock::is_time;
use crate::web::{Answer, Answered, Request};
use serde_json::{Map, Value, json};

/// Items of one page unless the client wants others, and the most that it may want.
const PAGE: usize = 200;
const MOST_PAGE: usize = 1000;

/// What is to happen when a name is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Conflict {
    Fail,
    Replace,
}

impl OneDriveAccount {
    pub(super) fn get_item(&mut self, request: &Request, address: &Address) -> Answered {
        let item = self.addressed(address)?;
        Ok(self.one(request, 200, &item))
    }

    pub(super) fn list_children(&mut self, request: &Request, address: &Address) -> Answered {
        let folder = self.addressed(address)?;
        let children = self.children(&folder.id);
        let top = page_size(request)?;
        let skip: usize = request.query("$skiptoken").map_or(Ok(0), str::parse).map_err(|_| said::bad("$skiptoken"))?;
        let page: Vec<Item> =
            children.iter().skip(skip).take(top).filter_map(|id| self.items.get(id).cloned()).collect();
        let value: Vec<Value> = page.iter().map(|item| self.selected(request, item, true)).collect();
        let mut told = json!({"value": value});
        if skip + page.len() < children.len() {
            let next = skip + page.len();
            let select = request.query("$select").map(|select| format!("&$select={select}")).unwrap_or_default();
            let link = format!(
                "https://{}/v1.0/me/drive/items/{}/children?$top={top}&$skiptoken={next}{select}",
                request.host, folder.id
            );
            told["@odata.nextLink"] = link.into();
        }
        Ok(Answer::json(200, &told))
    }

    pub(super) fn make_child(&mut self, request: &Request, address: &Address) -> Answered {
        let folder = self.addressed(address)?;
        let told = described(request)?;
        let name = told["name"].as_str().ok_or_else(|| said::bad("name is missing"))?;
        check_name(name)?;
        if !told["folder"].is_object() || folder.content.is_some() {
            return Err(said::bad("Only folders are made so, in folders."));
        }
        if conflict(told["@microsoft.graph.conflictBehavior"].as_str(), Conflict::Fail)? == Conflict::Replace {
            return Err(said::bad("the fake replaces no folders"));
        }
        if self.child(&folder.id, name).is_some() {
            return Err(said::exists());
        }
        let id = self.make_folder(&folder.id, name)?;
        self.answer_with(request, 201, &id)
    }

    pub(super) fn put_content(&mut self, request: &Request, address: &Address) -> Answered {
        if request.body.len() > self.upload_limit {
            return Err(said::error(413, "requestTooLarge", "The request body is too large; use an upload session."));
        }
        let replaces = conflict(request.query("@microsoft.graph.conflictBehavior"), Conflict::Replace)?;
        // What is not expected must not leave folders behind.
        let there = self.addressed(address).ok();
        expected(request, there.as_ref())?;
        if there.is_some() && replaces == Conflict::Fail {
            return Err(said::exists());
        }
        let (parent, name) = self.place(address)?;
        let (id, is_new) = self.write(&parent, &name, request.body.clone())?;
        let answer = self.answer_with(request, if is_new { 201 } else { 200 }, &id)?;
        Ok(answer.of(self.items.get(&id).map(|item| self.path(item)).unwrap_or_default()))
    }

    pub(super) fn get_content(&mut self, address: &Address) -> Answered {
        let item = self.addressed(address)?;
        if item.content.is_none() {
            return Err(said::bad("A folder has no content."));
        }
        Ok(Answer::empty(302).with("location", self.download_url(&item.id)))
    }

    /// The content behind an address that needs no token.
    pub(super) fn download(&self, request: &Request, name: &str) -> Answered {
        if request.bearer().is_some() {
            return Err(said::error(401, "unauthenticated", "The address of a download takes no token."));
        }
        let id = self.downloads.get(name).ok_or_else(said::not_found)?;
        let item = self.items.get(id).ok_or_else(said::not_found)?;
        let content = item.content.as_ref().ok_or_else(said::not_found)?;
        Ok(Answer::content(request, &content.bytes).with("etag", item.etag()).of(self.path(item)))
    }

    pub(super) fn change_item(&mut self, request: &Request, address: &Address) -> Answered {
        let told = described(request)?;
        let mut item = self.addressed(address)?;
        expected(request, Some(&item))?;
        if item.id == ROOT {
            return Err(said::bad("The root cannot be changed."));
        }
        let (name, parent) = (told["name"].as_str().unwrap_or(&item.name).to_owned(), self.new_parent(&told, &item)?);
        check_name(&name)?;
        if self.child(&parent, &name).is_some_and(|there| there.id != item.id) {
            return Err(said::exists());
        }
        for (field, time) in told["fileSystemInfo"].as_object().into_iter().flatten() {
            let time =
                time.as_str().filter(|time| is_time(time)).ok_or_else(|| said::bad("fileSystemInfo: no time"))?;
            match field.as_str() {
                "createdDateTime" => time.clone_into(&mut item.told_created),
                "lastModifiedDateTime" => time.clone_into(&mut item.told_modified),
                _ => {}
            }
        }
        if item.parent.as_ref() != Some(&parent) {
            self.leave(&item.id);
        }
        (item.name, item.parent) = (name, Some(parent));
        let id = item.id.clone();
        self.items.insert(id.clone(), item);
        self.touch(&id);
        self.answer_with(request, 200, &id)
    }

    /// The folder that an item is to lie in.
    fn new_parent(&mut self, told: &Value, item: &Item) -> Answered<String> {
        let reference = &told["parentReference"];
        let parent = match (reference["id"].as_str(), reference["path"].as_str()) {
            (Some(id), _) => self.items.get(&id.to_uppercase()).cloned(),
            (None, Some(path)) => {
                let path = crate::web::decoded(path).and_then(|path| Some(path.split_once("root:")?.1.to_owned()));
                path.and_then(|path| self.below(ROOT, &path).cloned())
            }
            (None, None) => return Ok(item.parent.clone().unwrap_or_default()),
        };
        let parent = parent.ok_or_else(said::not_found)?;
        if parent.content.is_some() || parent.id == item.id || self.above(&parent.id).contains(&item.id) {
            return Err(said::bad("An item lies in a folder, and in none of its own."));
        }
        Ok(parent.id)
    }

    pub(super) fn delete_item(&mut self, request: &Request, address: &Address) -> Answered {
        let item = self.addressed(address)?;
        expected(request, Some(&item))?;
        if item.id == ROOT {
            return Err(said::bad("The root cannot be deleted."));
        }
        self.erase(&item.id);
        Ok(Answer::empty(204))
    }

    pub(super) fn answer_with(&mut self, request: &Request, status: u16, id: &str) -> Answered {
        let item = self.items.get(id).cloned().ok_or_else(said::not_found)?;
        Ok(self.one(request, status, &item))
    }

    fn one(&mut self, request: &Request, status: u16, item: &Item) -> Answer {
        Answer::json(status, &self.selected(request, item, true))
    }

    /// What is told of an item, or what of it the client wants.
    pub(super) fn selected(&mut self, request: &Request, item: &Item, with_path: bool) -> Value {
        let told = self.told(item, with_path);
        let Some(select) = request.query("$select") else { return told };
        let wanted: Vec<&str> = select.split(',').map(str::trim).collect();
        let fields = told.as_object().cloned().unwrap_or_default();
        fields
            .into_iter()
            .filter(|(name, _)| wanted.contains(&name.as_str()) || name == "root")
            .collect::<Map<_, _>>()
            .into()
    }
}

/// How many items a page is to have.
pub fn page_size(request: &Request) -> Answered<usize> {
    let top = request.query("$top").map_or(Ok(PAGE), str::parse::<usize>);
    top.ok().filter(|top| *top >= 1).map(|top| top.min(MOST_PAGE)).ok_or_else(|| said::bad("$top"))
}

/// What the client wants when a name is taken.
pub fn conflict(told: Option<&str>, usual: Conflict) -> Answered<Conflict> {
    match told {
        None => Ok(usual),
        Some("fail") => Ok(Conflict::Fail),
        Some("replace") => Ok(Conflict::Replace),
        Some(_) => Err(said::bad("the fake knows fail and replace")),
    }
}

/// Refuses what is not in the state that the client expects, by eTag or cTag.
pub fn expected(request: &Request, item: Option<&Item>) -> Answered<()> {
    let Some(tag) = request.header("if-match") else { return Ok(()) };
    matches_tag(tag, item)
}

/// The same for a tag that was told before.
pub fn matches_tag(tag: &str, item: Option<&Item>) -> Answered<()> {
    match item {
        Some(item) if tag == "*" || tag == item.etag() || tag == item.ctag() => Ok(()),
        _ => Err(said::modified()),
    }
}

/// What a request says of an item.
pub fn described(request: &Request) -> Answered<Value> {
    if request.body.is_empty() {
        return Ok(json!({}));
    }
    if request.content_type() != "application/json" {
        return Err(said::error(415, "invalidRequest", "The content must be application/json."));
    }
    let value: Value =
        serde_json::from_slice(&request.body).map_err(|_| said::bad("Unable to read JSON request payload."))?;
    if value.is_object() { Ok(value) } else { Err(said::bad("Unable to read JSON request payload.")) }
}
