//! What changed in a Drive after a mark, and the contents that files had.

use super::{DriveAccount, said};
use crate::web::{Answer, Answered, Request};
use serde_json::{Value, json};

/// Changes of one page unless the client wants fewer, and the most that it may want.
const PAGE: usize = 100;
const MOST_PAGE: usize = 1000;

impl DriveAccount {
    pub(super) fn start_page_token(&mut self, request: &Request) -> Answered {
        let token = self.made + 1;
        let told = json!({"kind": "drive#startPageToken", "startPageToken": token.to_string()});
        self.wanted(request, told, "*")
    }

    pub(super) fn list_changes(&mut self, request: &Request) -> Answered {
        let token = request.query("pageToken").ok_or_else(|| said::invalid("pageToken is required"))?;
        let token: u64 = token.parse().map_err(|_| said::invalid("pageToken"))?;
        if token < self.oldest_token {
            return Err(said::error(410, "global", "gone", "The page token is no longer valid."));
        }
        if token > self.made + 1 {
            return Err(said::error(404, "global", "notFound", "Page token not found."));
        }
        let limit = page_size(request, PAGE, MOST_PAGE)?;
        let removed_too = request.query("includeRemoved") != Some("false");
        let mut changes: Vec<Value> = Vec::new();
        let mut next = None;
        for (number, id) in self.changes.range(token..) {
            if changes.len() == limit {
                next = Some(number.to_string());
                break;
            }
            if self.items.get(id).is_some_and(|item| !self.may_see(request, item)) {
                continue;
            }
            let mut change = json!({"kind": "drive#change", "changeType": "file", "type": "file", "fileId": id});
            change["time"] = self.clock.now().into();
            change["removed"] = (!self.items.contains_key(id)).into();
            match self.items.get(id) {
                Some(item) => change["file"] = self.told(item),
                None if !removed_too => continue,
                None => {}
            }
            changes.push(change);
        }
        let mut told = json!({"kind": "drive#changeList", "changes": changes});
        match next {
            Some(next) => told["nextPageToken"] = next.into(),
            None => told["newStartPageToken"] = (self.made + 1).to_string().into(),
        }
        let few = "kind,nextPageToken,newStartPageToken,changes(kind,changeType,type,time,removed,fileId,file(kind,id,name,mimeType))";
        self.wanted(request, told, few)
    }

    /// The contents that a file had, the oldest first; or one of them.
    pub(super) fn revisions(&mut self, request: &Request, id: &str, revision: Option<&str>) -> Answered {
        let item = self.item(id)?;
        if item.is_folder() {
            return Err(said::error(403, "global", "revisionsNotSupported", "The file does not support revisions."));
        }
        let Some(revision) = revision else {
            let revisions: Vec<Value> = item.revisions.iter().map(|revision| revision.told(&item.mime)).collect();
            let told = json!({"kind": "drive#revisionList", "revisions": revisions});
            return self.wanted(request, told, "kind,nextPageToken,revisions(kind,id,mimeType,modifiedTime)");
        };
        let found =
            item.revisions.iter().find(|known| known.id == revision).ok_or_else(|| said::not_found(revision))?;
        match request.query("alt") {
            Some("media") => Ok(Answer::content(request, &found.content).of(item.name.clone())),
            _ => self.wanted(request, found.told(&item.mime), "kind,id,mimeType,modifiedTime"),
        }
    }
}

/// How many entries a page is to have.
pub fn page_size(request: &Request, usual: usize, most: usize) -> Answered<usize> {
    let size = request.query("pageSize").map_or(Ok(usual), str::parse);
    size.ok().filter(|size| (1..=most).contains(size)).ok_or_else(|| said::invalid("pageSize"))
}
