//! Upload sessions of OneDrive (<https://learn.microsoft.com/graph/api/driveitem-createuploadsession>).

use super::address::Address;
use super::files::{Conflict, conflict, described, expected, matches_tag};
use super::items::Item;
use super::{CONTENT, OneDriveAccount, said};
use crate::web::{Answer, Answered, Request};
use serde_json::{Value, json};

/// All pieces but the last are a multiple of this, in bytes.
const PIECE: usize = 320 << 10;
/// The largest piece, in bytes.
const MOST_PIECE: usize = 60 << 20;
/// Until when sessions are said to be good.
const EXPIRES: &str = "2026-12-31T00:00:00Z";

/// An upload that goes on over several requests.
#[derive(Debug, Clone)]
pub struct Session {
    parent: String,
    name: String,
    conflict: Conflict,
    /// The state that is to be replaced.
    tag: Option<String>,
    modified: Option<String>,
    content: Vec<u8>,
    total: Option<usize>,
}

impl OneDriveAccount {
    pub(super) fn create_session(&mut self, request: &Request, address: &Address) -> Answered {
        let told = described(request)?;
        let item = &told["item"];
        let behaviour = item["@microsoft.graph.conflictBehavior"].as_str().or(item["@name.conflictBehavior"].as_str());
        let conflict = conflict(behaviour, Conflict::Replace)?;
        let there = self.addressed(address).ok();
        expected(request, there.as_ref())?;
        if there.is_some() && conflict == Conflict::Fail {
            return Err(said::exists());
        }
        let (parent, name) = self.place(address)?;
        let modified = item["fileSystemInfo"]["lastModifiedDateTime"].as_str().map(str::to_owned);
        let tag = request.header("if-match").map(str::to_owned);
        let id = format!("up{:08}", self.number());
        self.sessions
            .insert(id.clone(), Session { parent, name, conflict, tag, modified, content: Vec::new(), total: None });
        let mut told = progress(0);
        told["uploadUrl"] = format!("https://{CONTENT}/upload/{id}").into();
        Ok(Answer::json(200, &told))
    }

    /// What is asked of a session: a piece, how far it is, or that it ends.
    pub(super) fn of_session(&mut self, request: &Request, id: &str) -> Answered {
        if request.header("authorization").is_some() {
            return Err(said::error(401, "unauthenticated", "The address of an upload takes no token."));
        }
        let session = self
            .sessions
            .get(id)
            .cloned()
            .ok_or_else(|| said::error(404, "itemNotFound", "The upload session was not found"))?;
        match request.method.as_str() {
            "GET" => Ok(Answer::json(200, &progress(session.content.len()))),
            "DELETE" => {
                self.sessions.remove(id);
                Ok(Answer::empty(204))
            }
            "PUT" => self.piece(request, id, session),
            _ => Err(said::bad("sessions are put, got and deleted")),
        }
    }

    fn piece(&mut self, request: &Request, id: &str, mut session: Session) -> Answered {
        let (from, length, total) = range(request).ok_or_else(|| said::bad("Content-Range is missing or invalid"))?;
        if length != request.body.len() || session.total.is_some_and(|known| known != total) || from + length > total {
            return Err(said::bad("Content-Range does not fit the piece or the pieces before"));
        }
        if from != session.content.len() {
            let code = if from < session.content.len() { "fragmentOverlap" } else { "fragmentOutOfOrder" };
            return Err(said::error(416, code, "The piece does not begin where the upload is."));
        }
        let is_last = from + length == total;
        if length > MOST_PIECE || (!is_last && !length.is_multiple_of(PIECE)) {
            return Err(said::bad("Pieces are a multiple of 320 KiB, but for the last, and at most 60 MiB"));
        }
        if self.room.is_some_and(|room| self.used() + total as u64 > room) {
            return Err(said::full());
        }
        session.content.extend_from_slice(&request.body);
        session.total = Some(total);
        if !is_last {
            let told = progress(session.content.len());
            self.sessions.insert(id.to_owned(), session);
            return Ok(Answer::json(202, &told));
        }
        let there: Option<&Item> = self.child(&session.parent, &session.name);
        if let Some(tag) = &session.tag {
            matches_tag(tag, there)?;
        }
        if there.is_some() && session.conflict == Conflict::Fail {
            return Err(said::exists());
        }
        let (item, is_new) = self.write(&session.parent, &session.name, session.content.into())?;
        if let (Some(item), Some(modified)) = (self.items.get_mut(&item), session.modified) {
            item.told_modified = modified;
        }
        self.sessions.remove(id);
        let answer = self.answer_with(request, if is_new { 201 } else { 200 }, &item)?;
        Ok(answer.of(self.items.get(&item).map(|item| self.path(item)).unwrap_or_default()))
    }
}

/// How far a session is.
fn progress(came: usize) -> Value {
    json!({"expirationDateTime": EXPIRES, "nextExpectedRanges": [format!("{came}-")]})
}

/// From where, how many bytes, and of how many in all: `bytes 0-99/200`.
fn range(request: &Request) -> Option<(usize, usize, usize)> {
    let (part, total) = request.header("content-range")?.strip_prefix("bytes ")?.split_once('/')?;
    let (from, to) = part.split_once('-')?;
    let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
    Some((from, (to + 1).checked_sub(from)?, total.parse().ok()?))
}
