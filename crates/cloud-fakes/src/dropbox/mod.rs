//! Dropbox (API v2): <https://www.dropbox.com/developers/documentation/http/documentation>. An account, or the folder of an app.

mod args;
mod files;
mod list;
mod said;
mod tree;
mod upload;

use crate::clock::Clock;
use crate::fake::{Fake, Provider};
use crate::tokens::{Bearer, Manners, Tokens};
use crate::web::{Answer, Answered, Request};
use list::Cursor;
use said::tagged;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use tree::{Event, Node};
use upload::Session;

/// Bytes that one request may bring.
const UPLOAD_LIMIT: usize = 150 << 20;

const API: &str = "api.dropboxapi.com";
const CONTENT: &str = "content.dropboxapi.com";
const PAGES: &str = "www.dropbox.com";

const MANNERS: Manners = Manners {
    prefix: "sl.",
    lifetime: 14_400,
    rotates: false,
    wants_secret: false,
    offline: ("token_access_type", "offline"),
    revokes_all: false,
};

/// Dropbox as a test holds it.
pub type Dropbox = Fake<DropboxAccount>;

/// One account of Dropbox.
pub struct DropboxAccount {
    tokens: Tokens,
    clock: Clock,
    /// What is there, by its path in lower case.
    tree: BTreeMap<String, Node>,
    /// All changes since the account is there.
    events: Vec<Event>,
    cursors: HashMap<String, Cursor>,
    sessions: HashMap<String, Session>,
    room: Option<u64>,
    upload_limit: usize,
    /// How many names were made.
    made: u64,
}

pub fn new() -> Dropbox {
    Fake::new(DropboxAccount {
        tokens: Tokens::new(MANNERS),
        clock: Clock::default(),
        tree: BTreeMap::new(),
        events: Vec::new(),
        cursors: HashMap::new(),
        sessions: HashMap::new(),
        room: None,
        upload_limit: UPLOAD_LIMIT,
        made: 0,
    })
}

impl Dropbox {
    /// How many bytes one request may bring: 150 MiB unless a test wants less.
    pub fn set_upload_limit(&self, bytes: usize) {
        self.lock().upload_limit = bytes;
    }
}

impl DropboxAccount {
    /// A number that was never given before.
    fn number(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    fn used(&self) -> u64 {
        self.tree.values().map(|node| node.content().map_or(0, |content| content.len() as u64)).sum()
    }

    fn signed_in(&self, request: &Request) -> Answered<()> {
        match self.tokens.of(request) {
            Some(Bearer::Good) => Ok(()),
            Some(Bearer::Expired) => Err(said::unauthorized("expired_access_token")),
            Some(Bearer::Unknown) => Err(said::unauthorized("invalid_access_token")),
            None => Err(Answer::text(400, "there must be a header \"Authorization\" with a bearer token")),
        }
    }

    fn asked(&mut self, request: &Request) -> Answered {
        if request.method != "POST" && !(request.host == CONTENT && request.path == "/2/files/download") {
            return Err(Answer::text(405, "requests to the API are posted"));
        }
        let (on_api, on_content) = (request.host == API, request.host == CONTENT);
        match request.path.as_str() {
            "/oauth2/token" if on_api => return Ok(self.tokens.exchange(request)),
            path if path.starts_with("/2/") => self.signed_in(request)?,
            _ => {}
        }
        if let Some(scope) = scope_for(&request.path).filter(|scope| !self.tokens.may(request, &[*scope])) {
            return Err(said::missing_scope(scope));
        }
        match request.path.strip_prefix("/2/").unwrap_or_default() {
            "auth/token/revoke" if on_api => {
                args::none(request)?;
                self.tokens.revoke(request.bearer().unwrap_or_default());
                Ok(Answer::json(200, &json!(null)))
            }
            "users/get_current_account" if on_api => {
                args::none(request)?;
                Ok(Answer::json(200, &account()))
            }
            "users/get_space_usage" if on_api => {
                args::none(request)?;
                let allocated = self.room.unwrap_or(2 << 30);
                let allocation = tagged("individual", &[("allocated", allocated.into())]);
                Ok(Answer::json(200, &json!({"used": self.used(), "allocation": allocation})))
            }
            "files/list_folder" if on_api => self.list_folder(request),
            "files/list_folder/continue" if on_api => self.list_folder_continue(request),
            "files/list_folder/get_latest_cursor" if on_api => self.latest_cursor(request),
            "files/get_metadata" if on_api => self.get_metadata(request),
            "files/delete_v2" if on_api => self.delete(request),
            "files/move_v2" if on_api => self.move_to(request),
            "files/create_folder_v2" if on_api => self.create_folder(request),
            "files/download" if on_content => self.download(request),
            "files/upload" if on_content => self.upload(request),
            "files/upload_session/start" if on_content => self.session_start(request),
            "files/upload_session/append_v2" if on_content => self.session_append(request),
            "files/upload_session/finish" if on_content => self.session_finish(request),
            "files/upload_session/finish_batch_v2" if on_api => self.session_finish_batch(request),
            _ => Err(Answer::text(404, format!("the fake of Dropbox knows no {}{}", request.host, request.path))),
        }
    }
}

impl Provider for DropboxAccount {
    fn hosts(&self) -> &'static [&'static str] {
        &[API, CONTENT, PAGES]
    }

    fn answer(&mut self, request: &Request) -> Answer {
        if request.host == PAGES {
            return match request.path.as_str() {
                "/oauth2/authorize" => self.tokens.authorize(request),
                _ => Answer::text(404, "there is no such page"),
            };
        }
        self.asked(request).unwrap_or_else(|answer| answer)
    }

    fn refusal(&self, status: u16, retry_after: Option<u64>) -> Answer {
        said::refusal(status, retry_after)
    }

    fn tokens(&mut self) -> &mut Tokens {
        &mut self.tokens
    }

    fn put(&mut self, path: &str, content: &[u8]) {
        let time = self.clock.now();
        self.write(&format!("/{path}"), content.to_vec().into(), &time);
    }

    fn get(&self, path: &str) -> Option<Vec<u8>> {
        self.tree.get(&tree::folded(&format!("/{path}")))?.content().map(|content| content.to_vec())
    }

    fn remove(&mut self, path: &str) {
        assert!(self.delete_at(&format!("/{path}")).is_some(), "there is no {path}");
    }

    fn rename(&mut self, from: &str, to: &str) {
        assert!(self.tree.contains_key(&tree::folded(&format!("/{from}"))), "there is no {from}");
        let is_free = !self.tree.contains_key(&tree::folded(&format!("/{to}")));
        assert!(is_free || tree::folded(from) == tree::folded(to), "there is a {to}");
        self.move_at(&format!("/{from}"), &format!("/{to}"));
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let files = self.tree.values().filter_map(|node| Some((node.display(), node.content()?)));
        files.map(|(path, content)| (path.trim_start_matches('/').to_owned(), content.to_vec())).collect()
    }

    fn expire_cursors(&mut self) {
        self.cursors.clear();
    }

    fn expire_sessions(&mut self) {
        self.sessions.clear();
    }

    fn set_room(&mut self, bytes: Option<u64>) {
        self.room = bytes;
    }
}

/// What has to be granted for a request, where anything has (<https://developers.dropbox.com/oauth-guide#dropbox-api-permissions>).
fn scope_for(path: &str) -> Option<&'static str> {
    Some(match path.strip_prefix("/2/files/")? {
        "download" => "files.content.read",
        "get_metadata" => "files.metadata.read",
        path if path.starts_with("list_folder") => "files.metadata.read",
        _ => "files.content.write",
    })
}

fn account() -> serde_json::Value {
    let name = json!({"given_name": "Test", "surname": "Person", "familiar_name": "Test", "display_name": "Test Person",
        "abbreviated_name": "TP"});
    json!({
        "account_id": "dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc",
        "name": name,
        "email": "test@example.org",
        "email_verified": true,
        "disabled": false,
        "country": "CH",
        "locale": "en",
        "referral_link": "https://db.tt/none",
        "is_paired": false,
        "account_type": {".tag": "basic"},
        "root_info": {".tag": "user", "root_namespace_id": "3235641", "home_namespace_id": "3235641"},
    })
}
