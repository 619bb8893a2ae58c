//! Lists of folders, and what changed after a cursor.

use super::tree::{folded, is_below, parent};
use super::{DropboxAccount, args, said};
use crate::web::{Answer, Answered, Request};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Entries of one page unless the client wants fewer.
const PAGE: usize = 500;
/// The most that a client may want.
const MOST_PAGE: usize = 2000;

const FIELDS: &[&str] = &[
    "path",
    "recursive",
    "include_media_info",
    "include_deleted",
    "include_has_explicit_shared_members",
    "include_mounted_folders",
    "limit",
    "include_property_groups",
    "include_restorable_info",
    "include_non_downloadable_files",
];

/// A mark. What it stands for never changes: continuing from it twice tells the same, and what came since.
#[derive(Debug, Clone)]
pub struct Cursor {
    /// The folder, in lower case; empty for the root.
    folder: String,
    recursive: bool,
    limit: usize,
    /// What is still to be told of how it was when the list began.
    rest: Vec<Value>,
    /// How many events had happened then, or were told since.
    after: usize,
}

impl Cursor {
    fn covers(&self, path: &str) -> bool {
        if self.recursive { is_below(path, &self.folder) || path == self.folder } else { parent(path) == self.folder }
    }
}

impl DropboxAccount {
    pub(super) fn list_folder(&mut self, request: &Request) -> Answered {
        let cursor = self.begin(request)?;
        Ok(self.page(cursor))
    }

    pub(super) fn latest_cursor(&mut self, request: &Request) -> Answered {
        let cursor = Cursor { rest: Vec::new(), ..self.begin(request)? };
        let cursor = self.keep(cursor);
        Ok(Answer::json(200, &json!({"cursor": cursor})))
    }

    pub(super) fn list_folder_continue(&mut self, request: &Request) -> Answered {
        let told = args::of_call(request, &["cursor"])?;
        let cursor = args::text(request, &told, "cursor")?;
        let cursor = self.cursors.get(cursor).cloned().ok_or_else(|| said::error("reset"))?;
        Ok(self.page(cursor))
    }

    /// The mark at which nothing was told yet.
    fn begin(&self, request: &Request) -> Answered<Cursor> {
        let told = args::of_call(request, FIELDS)?;
        let path = args::readable(request, &told, "path", "path")?;
        let recursive = args::flag(request, &told, "recursive")?;
        if args::flag(request, &told, "include_deleted")? {
            return Err(args::bad(request, "the fake does not list what is deleted"));
        }
        let limit = told.get("limit").filter(|limit| !limit.is_null()).map(|limit| limit.as_u64().unwrap_or_default());
        let limit = usize::try_from(limit.unwrap_or(PAGE as u64)).unwrap_or(usize::MAX);
        if !(1..=MOST_PAGE).contains(&limit) {
            return Err(args::bad(request, &format!("limit: {limit} is not within range [1, {MOST_PAGE}]")));
        }
        let folder = match path {
            "" => String::new(),
            path => match self.node(path) {
                None => return Err(said::error("path/not_found")),
                Some(node) if node.content().is_some() => return Err(said::error("path/not_folder")),
                Some(node) => folded(node.display()),
            },
        };
        let mut cursor = Cursor { folder, recursive, limit, rest: Vec::new(), after: self.events.len() };
        let covered = self.tree.iter().filter(|(path, _)| cursor.covers(path) && **path != cursor.folder);
        cursor.rest = covered.map(|(_, node)| node.told()).collect();
        Ok(cursor)
    }

    /// What comes next after a mark, and the mark after that.
    fn page(&mut self, mut cursor: Cursor) -> Answer {
        let mut entries: Vec<Value> = cursor.rest.drain(..cursor.limit.min(cursor.rest.len())).collect();
        let mut has_more = !cursor.rest.is_empty();
        if !has_more && entries.is_empty() {
            let told = self.told_after(&cursor);
            has_more = told.len() > cursor.limit;
            let page = &told[..told.len().min(cursor.limit)];
            cursor.after = page.last().filter(|_| has_more).map_or(self.events.len(), |last| last + 1);
            entries = page.iter().map(|at| self.events[*at].told.clone()).collect();
        }
        has_more = has_more || !self.told_after(&cursor).is_empty();
        let cursor = self.keep(cursor);
        Answer::json(200, &json!({"entries": entries, "cursor": cursor, "has_more": has_more}))
    }

    /// Which events are told after a mark. Of what came or changed twice, only how it is after that; but everything that went, since
    /// all that lay in a folder went with it.
    fn told_after(&self, cursor: &Cursor) -> Vec<usize> {
        let mut later = HashSet::new();
        let covered = (cursor.after..self.events.len()).rev().filter(|at| cursor.covers(&self.events[*at].path));
        let mut told: Vec<usize> = covered
            .filter(|at| {
                let event = &self.events[*at];
                later.insert(event.path.as_str()) || event.told[".tag"] == "deleted"
            })
            .collect();
        told.reverse();
        told
    }

    fn keep(&mut self, cursor: Cursor) -> String {
        let name = format!("AAFake-{:08}", self.number());
        self.cursors.insert(name.clone(), cursor);
        name
    }
}
