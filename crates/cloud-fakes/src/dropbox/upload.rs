//! Uploads: in one request, and in sessions of several.

use super::said::tagged;
use super::tree::Node;
use super::{DropboxAccount, args, said};
use crate::clock::is_time;
use crate::hash;
use crate::web::{Answer, Answered, Request};
use bytes::Bytes;
use serde_json::{Value, json};

/// What is told of the file that is to be.
const COMMIT: &[&str] =
    &["path", "mode", "autorename", "client_modified", "mute", "property_groups", "strict_conflict", "content_hash"];
/// Letters of the shortest revision.
const LEAST_REV: usize = 9;

/// An upload that is not finished.
#[derive(Debug, Clone, Default)]
pub struct Session {
    content: Vec<u8>,
    closed: bool,
}

/// What may lie where a file goes.
enum Mode {
    Add,
    Overwrite,
    Update(String),
}

impl DropboxAccount {
    pub(super) fn upload(&mut self, request: &Request) -> Answered {
        args::is_content(request)?;
        let told = args::of_content(request, COMMIT)?;
        self.fits(request).map_err(said::error)?;
        self.hash_fits(request, &told).map_err(said::error)?;
        let told = self.commit(request, &told, request.body.clone())?.map_err(|reason| said::upload_error(&reason))?;
        Ok(Answer::json(200, &told).of(shown(&told)))
    }

    pub(super) fn session_start(&mut self, request: &Request) -> Answered {
        args::is_content(request)?;
        let told = args::of_content(request, &["close", "session_type", "content_hash"])?;
        if told["session_type"][".tag"]
            .as_str()
            .or(told["session_type"].as_str())
            .is_some_and(|kind| kind != "sequential")
        {
            return Err(args::bad(request, "the fake knows no concurrent sessions"));
        }
        self.fits(request).map_err(said::error)?;
        self.hash_fits(request, &told).map_err(said::error)?;
        let id = format!("pid_upload_session:AAfake{:06}", self.number());
        let closed = args::flag(request, &told, "close")?;
        self.sessions.insert(id.clone(), Session { content: request.body.to_vec(), closed });
        Ok(Answer::json(200, &json!({"session_id": id})))
    }

    pub(super) fn session_append(&mut self, request: &Request) -> Answered {
        args::is_content(request)?;
        let told = args::of_content(request, &["cursor", "close", "content_hash"])?;
        let close = args::flag(request, &told, "close")?;
        self.hash_fits(request, &told).map_err(said::error)?;
        self.fits(request).map_err(said::error)?;
        let session = self.session(request, &told["cursor"])?.map_err(|error| said::conflict(&error))?;
        if session.closed {
            return Err(said::error("closed"));
        }
        session.content.extend_from_slice(&request.body);
        session.closed = close;
        Ok(Answer::json(200, &json!(null)))
    }

    pub(super) fn session_finish(&mut self, request: &Request) -> Answered {
        args::is_content(request)?;
        let told = args::of_content(request, &["cursor", "commit", "content_hash"])?;
        let commit = args::only(request, told["commit"].clone(), COMMIT)?;
        self.hash_fits(request, &told).map_err(said::error)?;
        self.fits(request).map_err(said::error)?;
        let session = self.session(request, &told["cursor"])?;
        let session = session.map_err(|error| said::conflict(&tagged("lookup_failed", &[("lookup_failed", error)])))?;
        if session.closed && !request.body.is_empty() {
            return Err(said::error("lookup_failed/closed"));
        }
        let content: Bytes = [&session.content[..], &request.body].concat().into();
        let id = told["cursor"]["session_id"].as_str().unwrap_or_default();
        let told = self.commit(request, &commit, content)?.map_err(|reason| said::error(&format!("path/{reason}")))?;
        self.sessions.remove(id);
        Ok(Answer::json(200, &told).of(shown(&told)))
    }

    pub(super) fn session_finish_batch(&mut self, request: &Request) -> Answered {
        let told = args::of_call(request, &["entries"])?;
        let entries = told["entries"].as_array().ok_or_else(|| args::bad(request, "entries: expected list"))?;
        let mut done = Vec::new();
        for entry in entries {
            let entry = args::only(request, entry.clone(), &["cursor", "commit", "content_hash"])?;
            done.push(match self.finish_one(request, &entry)? {
                Ok(mut told) => {
                    told[".tag"] = "success".into();
                    told
                }
                Err(failure) => tagged("failure", &[("failure", failure)]),
            });
        }
        Ok(Answer::json(200, &json!({"entries": done})))
    }

    /// Finishes one session of a batch, which must be closed: the file, or why it is none.
    fn finish_one(&mut self, request: &Request, entry: &Value) -> Answered<Result<Value, Value>> {
        let commit = args::only(request, entry["commit"].clone(), COMMIT)?;
        let content = match self.session(request, &entry["cursor"])? {
            Err(error) => return Ok(Err(tagged("lookup_failed", &[("lookup_failed", error)]))),
            Ok(session) if !session.closed => return Ok(Err(said::nested("lookup_failed/not_closed"))),
            Ok(session) => session.content.clone(),
        };
        let done = self.commit(request, &commit, content.into())?;
        if done.is_ok() {
            self.sessions.remove(entry["cursor"]["session_id"].as_str().unwrap_or_default());
        }
        Ok(done.map_err(|reason| said::nested(&format!("path/{reason}"))))
    }

    /// The session of a cursor which says where it is; or what is wrong with it.
    fn session(&mut self, request: &Request, cursor: &Value) -> Answered<Result<&mut Session, Value>> {
        let cursor = args::only(request, cursor.clone(), &["session_id", "offset"])?;
        let offset = cursor["offset"].as_u64().ok_or_else(|| args::bad(request, "cursor.offset: expected integer"))?;
        let Some(session) = self.sessions.get_mut(args::text(request, &cursor, "session_id")?) else {
            return Ok(Err(said::nested("not_found")));
        };
        let correct = session.content.len() as u64;
        if offset != correct {
            return Ok(Err(tagged("incorrect_offset", &[("correct_offset", correct.into())])));
        }
        Ok(Ok(session))
    }

    /// Writes a file if it may be: what is told of it, or the reason.
    fn commit(&mut self, request: &Request, told: &Value, content: Bytes) -> Answered<Result<Value, String>> {
        let mode = mode(request, told)?;
        let strict = args::flag(request, told, "strict_conflict")?;
        if args::flag(request, told, "autorename")? {
            return Err(args::bad(request, "the fake finds no other names"));
        }
        let time = told["client_modified"].as_str();
        if time.is_some_and(|time| !is_time(time) || !time.ends_with('Z') || time.contains('.')) {
            return Err(args::bad(request, "client_modified: does not match the format %Y-%m-%dT%H:%M:%SZ"));
        }
        let path = match args::writable(request, told, "path")? {
            Ok(path) => path,
            Err(why) => return Ok(Err(why.to_owned())),
        };
        let freed = match self.node(path) {
            Some(Node::Folder { .. }) => return Ok(Err("conflict/folder".to_owned())),
            None if self.file_above(path) => return Ok(Err("conflict/file_ancestor".to_owned())),
            None if strict && matches!(mode, Mode::Update(_)) => return Ok(Err("conflict/file".to_owned())),
            None => 0,
            Some(node @ Node::File(file)) => {
                let expected = match &mode {
                    Mode::Add => false,
                    Mode::Overwrite => true,
                    Mode::Update(rev) => *rev == file.rev,
                };
                if !expected && !strict && file.content == content {
                    return Ok(Ok(node.told()));
                }
                if !expected {
                    return Ok(Err("conflict/file".to_owned()));
                }
                file.content.len() as u64
            }
        };
        if self.room.is_some_and(|room| self.used() - freed + content.len() as u64 > room) {
            return Ok(Err("insufficient_space".to_owned()));
        }
        let now = self.clock.now();
        Ok(Ok(self.write(path, content, time.unwrap_or(&now))))
    }

    fn fits(&self, request: &Request) -> Result<(), &'static str> {
        if request.body.len() > self.upload_limit { Err("payload_too_large") } else { Ok(()) }
    }

    /// The hash that is told of a body must be its own.
    fn hash_fits(&self, request: &Request, told: &Value) -> Result<(), &'static str> {
        let fits = told["content_hash"].as_str().is_none_or(|told| told == hash::dropbox(&request.body));
        if fits { Ok(()) } else { Err("content_hash_mismatch") }
    }
}

fn mode(request: &Request, told: &Value) -> Answered<Mode> {
    let mode = &told["mode"];
    let rev = mode["update"].as_str().unwrap_or_default();
    match mode[".tag"].as_str().or(mode.as_str()) {
        None if mode.is_null() => Ok(Mode::Add),
        Some("add") => Ok(Mode::Add),
        Some("overwrite") => Ok(Mode::Overwrite),
        Some("update")
            if rev.len() >= LEAST_REV && rev.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) =>
        {
            Ok(Mode::Update(rev.to_owned()))
        }
        Some("update") => Err(args::bad(request, &format!("mode: update: '{rev}' did not match pattern '[0-9a-f]+'"))),
        _ => Err(args::bad(request, "mode: there are add, overwrite and update")),
    }
}

/// The path of a file without the slash before it.
fn shown(told: &Value) -> String {
    told["path_display"].as_str().unwrap_or_default().trim_start_matches('/').to_owned()
}
