//! Google Drive (API v3): <https://developers.google.com/workspace/drive/api/reference/rest/v3>. One person's own Drive.

mod changes;
mod fields;
mod files;
mod items;
mod query;
mod said;
mod upload;

use crate::clock::Clock;
use crate::fake::{Fake, Provider};
use crate::tokens::{Bearer, Manners, Tokens};
use crate::web::{Answer, Answered, Request};
use fields::Wanted;
use items::{FOLDER, Item, ROOT};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use upload::Session;

const API: &str = "www.googleapis.com";
const TOKENS: &str = "oauth2.googleapis.com";
const PAGES: &str = "accounts.google.com";

/// The scopes: all files, all files to read, and those that the program made.
const ALL: &str = "https://www.googleapis.com/auth/drive";
const READ: &str = "https://www.googleapis.com/auth/drive.readonly";
const OWN: &str = "https://www.googleapis.com/auth/drive.file";

const MANNERS: Manners = Manners {
    prefix: "ya29.",
    lifetime: 3599,
    rotates: false,
    wants_secret: true,
    offline: ("access_type", "offline"),
    revokes_all: true,
};

/// Google Drive as a test holds it. In the maps of [`Fake::files`] a name that is there twice is there once.
pub type Drive = Fake<DriveAccount>;

/// One account of Google Drive.
pub struct DriveAccount {
    tokens: Tokens,
    clock: Clock,
    /// What is there, the trash included, by its id; later ids come later.
    items: BTreeMap<String, Item>,
    /// Ids of what changed, by the number of its last change.
    changes: BTreeMap<u64, String>,
    /// Marks before this one are out of date.
    oldest_token: u64,
    sessions: HashMap<String, Session>,
    /// Ids that were given and not used.
    generated: BTreeSet<String>,
    room: Option<u64>,
    /// How many names were made, and changes counted.
    made: u64,
}

pub fn new() -> Drive {
    let clock = Clock::default();
    let root = Item::new(ROOT, "My Drive", FOLDER, None, &clock.now());
    Fake::new(DriveAccount {
        tokens: Tokens::new(MANNERS),
        clock,
        items: BTreeMap::from([(ROOT.to_owned(), root)]),
        changes: BTreeMap::new(),
        oldest_token: 0,
        sessions: HashMap::new(),
        generated: BTreeSet::new(),
        room: None,
        made: 0,
    })
}

impl Drive {
    /// Adds another file of the same name, as another client may: its id.
    pub fn put_twin(&self, path: &str, content: &[u8]) -> String {
        let mut account = self.lock();
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let above = account.folder(above);
        let id = account.add(&above, name, "application/octet-stream");
        assert!(account.write(&id, content.to_vec().into()).is_ok(), "the account is full");
        id
    }

    /// Adds something without bytes, such as a document (`application/vnd.google-apps.document`), as the person does.
    pub fn put_of_google(&self, path: &str, mime: &str) {
        let mut account = self.lock();
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let above = account.folder(above);
        account.add(&above, name, mime);
    }

    /// The ids of all files and folders at a path, the oldest first; those in the trash are left out.
    pub fn ids(&self, path: &str) -> Vec<String> {
        let account = self.lock();
        let is_there = |item: &&Item| item.id != ROOT && !account.is_trashed(item) && account.path(item) == path;
        account.items.values().filter(is_there).map(|item| item.id.clone()).collect()
    }

    /// Puts a file or a folder into the trash, as a person does. Of a folder, only the folder itself is told of.
    pub fn put_in_trash(&self, path: &str) {
        let mut account = self.lock();
        let id = account.at(path).map(|item| item.id.clone()).unwrap_or_else(|| panic!("there is no {path}"));
        account.set_trashed(&id, true);
    }

    /// Takes it from there again.
    pub fn restore(&self, path: &str) {
        let mut account = self.lock();
        let trashed = account.items.values().find(|item| item.trashed && account.path(item) == path);
        let id = trashed.map(|item| item.id.clone()).unwrap_or_else(|| panic!("{path} is not in the trash"));
        account.set_trashed(&id, false);
    }

    /// The contents of what lies in the trash, by its path of before.
    pub fn trash(&self) -> BTreeMap<String, Vec<u8>> {
        let account = self.lock();
        let trashed = account.items.values().filter(|item| account.is_trashed(item));
        trashed.filter_map(|item| Some((account.path(item), item.content()?.to_vec()))).collect()
    }
}

impl DriveAccount {
    /// A number that was never given before.
    fn number(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// What of an answer the client wants; `few` if it does not say.
    fn wanted(&self, request: &Request, told: Value, few: &str) -> Answered {
        let fields = request.query("fields").filter(|fields| !fields.is_empty()).unwrap_or(few);
        let wanted = Wanted::read(fields).ok_or_else(|| said::invalid("fields"))?;
        Ok(Answer::json(200, &wanted.of(told)))
    }

    fn signed_in(&self, request: &Request) -> Answered<()> {
        match self.tokens.of(request) {
            Some(Bearer::Good) if request.method == "GET" || self.tokens.may(request, &[ALL, OWN]) => Ok(()),
            Some(Bearer::Good) => Err(said::insufficient()),
            _ => Err(said::unauthorized()),
        }
    }

    /// Whether who asks may know of an item: by the scope `drive.file`, only of what its program made.
    fn may_see(&self, request: &Request, item: &Item) -> bool {
        item.by_app || item.id == ROOT || self.tokens.may(request, &[ALL, READ])
    }

    fn asked(&mut self, request: &Request) -> Answered {
        let method = request.method.as_str();
        // Google documents PUT; rclone posts, and the real one takes it.
        if let Some(upload) = request.query("upload_id").filter(|_| matches!(method, "PUT" | "POST")) {
            // Whoever knows the address of a session may use it.
            if request.bearer().is_some() {
                self.signed_in(request)?;
            }
            return self.resume(request, upload);
        }
        self.signed_in(request)?;
        let path: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
        let named = path.iter().find_map(|part| self.items.get(*part));
        if let Some(hidden) = named.filter(|item| !self.may_see(request, item)) {
            return Err(said::not_found(&hidden.id));
        }
        match (method, path.as_slice()) {
            ("GET", ["drive", "v3", "about"]) => self.about(request),
            ("GET", ["drive", "v3", "changes", "startPageToken"]) => self.start_page_token(request),
            ("GET", ["drive", "v3", "changes"]) => self.list_changes(request),
            ("GET", ["drive", "v3", "files"]) => self.list_files(request),
            ("GET", ["drive", "v3", "files", "generateIds"]) => self.generate_ids(request),
            ("GET", ["drive", "v3", "files", id]) => self.get_file(request, id),
            ("GET", ["drive", "v3", "files", id, "revisions"]) => self.revisions(request, id, None),
            ("GET", ["drive", "v3", "files", id, "revisions", revision]) => self.revisions(request, id, Some(revision)),
            ("POST", ["drive", "v3", "files"]) => {
                let id = self.create_file(&described(request)?, None, "application/octet-stream")?;
                self.one(request, &id)
            }
            ("PATCH", ["drive", "v3", "files", id]) => {
                let id = self.update_file(request, id, &described(request)?, None)?;
                self.one(request, &id)
            }
            ("DELETE", ["drive", "v3", "files", id]) => self.delete_file(id),
            ("POST", ["upload", "drive", "v3", "files"]) => self.upload(request, None),
            ("PATCH", ["upload", "drive", "v3", "files", id]) => self.upload(request, Some(id)),
            _ => Err(said::error(
                404,
                "global",
                "notFound",
                &format!("the fake of Drive knows no {method} {}", request.path),
            )),
        }
    }

    fn about(&self, request: &Request) -> Answered {
        if request.query("fields").is_none() {
            return Err(said::error(400, "global", "required", "The 'fields' parameter is required for this method."));
        }
        let used: u64 = self.items.values().filter_map(Item::content).map(|content| content.len() as u64).sum();
        let mut quota = json!({"usage": used.to_string(), "usageInDrive": used.to_string(), "usageInDriveTrash": "0"});
        if let Some(room) = self.room {
            quota["limit"] = room.to_string().into();
        }
        let user = json!({"kind": "drive#user", "displayName": "Test Person", "me": true, "permissionId": "0",
            "emailAddress": "test@example.org"});
        let told = json!({"kind": "drive#about", "user": user, "storageQuota": quota, "importFormats": {}, "exportFormats": {}});
        self.wanted(request, told, "*")
    }

    fn tokens_of(&mut self, request: &Request) -> Answer {
        match request.path.as_str() {
            "/token" => self.tokens.exchange(request),
            "/revoke" => {
                let form = request.form();
                let told = form.iter().find(|(name, _)| name == "token").map(|(_, token)| token.as_str());
                let token = told.or(request.query("token")).unwrap_or_default();
                if self.tokens.revoke(token) {
                    return Answer::json(200, &json!({}));
                }
                Answer::json(400, &json!({"error": "invalid_token", "error_description": "Token expired or revoked"}))
            }
            _ => Answer::text(404, "there is no such page"),
        }
    }
}

/// What a request says of a file.
fn described(request: &Request) -> Answered<Value> {
    if request.body.is_empty() {
        return Ok(json!({}));
    }
    if request.content_type() != "application/json" {
        return Err(said::error(400, "global", "badContent", "Unsupported content with type."));
    }
    serde_json::from_slice(&request.body).map_err(|_| said::error(400, "global", "parseError", "Parse Error"))
}

impl Provider for DriveAccount {
    fn hosts(&self) -> &'static [&'static str] {
        &[API, TOKENS, PAGES]
    }

    fn answer(&mut self, request: &Request) -> Answer {
        match (request.host.as_str(), request.path.as_str()) {
            (PAGES, "/o/oauth2/v2/auth" | "/o/oauth2/auth") => self.tokens.authorize(request),
            (TOKENS, _) => self.tokens_of(request),
            (API, _) => self.asked(request).unwrap_or_else(|answer| answer),
            _ => Answer::text(404, "there is no such page"),
        }
    }

    fn refusal(&self, status: u16, retry_after: Option<u64>) -> Answer {
        said::refusal(status, retry_after)
    }

    fn cut_short(&mut self, request: &Request) {
        self.keep_piece(request);
    }

    fn tokens(&mut self) -> &mut Tokens {
        &mut self.tokens
    }

    fn put(&mut self, path: &str, content: &[u8]) {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let there = self.at(path).map(|item| item.id.clone());
        let id = there.unwrap_or_else(|| {
            let above = self.folder(above);
            self.add(&above, name, "application/octet-stream")
        });
        assert!(self.write(&id, content.to_vec().into()).is_ok(), "the account is full");
    }

    fn get(&self, path: &str) -> Option<Vec<u8>> {
        self.at(path)?.content().map(|content| content.to_vec())
    }

    fn remove(&mut self, path: &str) {
        let id = self.at(path).map(|item| item.id.clone()).unwrap_or_else(|| panic!("there is no {path}"));
        self.erase(&id);
    }

    fn rename(&mut self, from: &str, to: &str) {
        let id = self.at(from).map(|item| item.id.clone()).unwrap_or_else(|| panic!("there is no {from}"));
        assert!(self.at(to).is_none(), "there is a {to}");
        let (above, name) = to.rsplit_once('/').unwrap_or(("", to));
        let above = self.folder(above);
        self.items.entry(id.clone()).and_modify(|item| (item.name, item.parent) = (name.to_owned(), Some(above)));
        self.changed(&id);
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let files = self.items.values().filter(|item| !self.is_trashed(item));
        files.filter_map(|item| Some((self.path(item), item.content()?.to_vec()))).collect()
    }

    fn expire_cursors(&mut self) {
        self.oldest_token = self.number() + 1;
    }

    fn expire_sessions(&mut self) {
        self.sessions.clear();
    }

    fn set_room(&mut self, bytes: Option<u64>) {
        self.room = bytes;
    }
}
