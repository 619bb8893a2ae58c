//! OneDrive (Microsoft Graph v1.0): <https://learn.microsoft.com/graph/api/resources/onedrive>. One person's own drive.

mod address;
mod delta;
mod files;
mod items;
mod said;
mod upload;

use crate::clock::Clock;
use crate::fake::{Fake, Provider};
use crate::tokens::{Bearer, Manners, Tokens};
use crate::web::{Answer, Answered, Request};
use address::{Address, Anchor, DRIVE};
use items::{Gone, Item, ROOT};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use upload::Session;

/// Bytes that one request may bring outside of sessions.
const UPLOAD_LIMIT: usize = 250 << 20;

const API: &str = "graph.microsoft.com";
const TOKENS: &str = "login.microsoftonline.com";
/// Where uploads and downloads go that need no token.
const CONTENT: &str = "my.microsoftpersonalcontent.com";

const MANNERS: Manners = Manners {
    prefix: "EwB.",
    lifetime: 3600,
    rotates: true,
    wants_secret: false,
    offline: ("scope", "offline_access"),
    revokes_all: false,
};

/// OneDrive as a test holds it. Paths begin at the root of the drive.
pub type OneDrive = Fake<OneDriveAccount>;

/// One account of OneDrive.
pub struct OneDriveAccount {
    tokens: Tokens,
    clock: Clock,
    items: BTreeMap<String, Item>,
    gone: Vec<Gone>,
    trash: BTreeMap<String, Vec<u8>>,
    /// Marks before this one are out of date.
    oldest_token: u64,
    sessions: HashMap<String, Session>,
    /// Names of addresses that lead to the content of a file.
    downloads: HashMap<String, String>,
    room: Option<u64>,
    upload_limit: usize,
    /// It belongs to an account of work or school.
    is_of_work: bool,
    /// How many names were made, and changes counted.
    made: u64,
}

pub fn new() -> OneDrive {
    let clock = Clock::default();
    let time = clock.now();
    let root = Item {
        id: ROOT.to_owned(),
        name: "root".to_owned(),
        parent: None,
        content: None,
        created: time.clone(),
        modified: time.clone(),
        told_created: time.clone(),
        told_modified: time,
        etag: 1,
        ctag: 1,
        changed: 0,
    };
    Fake::new(OneDriveAccount {
        tokens: Tokens::new(MANNERS),
        clock,
        items: BTreeMap::from([(ROOT.to_owned(), root)]),
        gone: Vec::new(),
        trash: BTreeMap::new(),
        oldest_token: 0,
        sessions: HashMap::new(),
        downloads: HashMap::new(),
        room: None,
        upload_limit: UPLOAD_LIMIT,
        is_of_work: false,
        made: 0,
    })
}

impl OneDrive {
    /// The path of the folder of the app, which clients call `special/approot`.
    pub const APP_FOLDER: &str = items::APP_FOLDER;
    /// The identity of the drive.
    pub const DRIVE: &str = DRIVE;

    /// How many bytes one request outside of sessions may bring: 250 MiB unless a test wants less.
    pub fn set_upload_limit(&self, bytes: usize) {
        self.lock().upload_limit = bytes;
    }

    /// Whether it belongs to an account of work or school (OneDrive for Business).
    pub fn set_of_work(&self, is_of_work: bool) {
        self.lock().is_of_work = is_of_work;
    }

    /// The contents of what was removed, by its path of before.
    pub fn trash(&self) -> BTreeMap<String, Vec<u8>> {
        self.lock().trash.clone()
    }
}

impl OneDriveAccount {
    /// A number that was never given before.
    fn number(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    fn used(&self) -> u64 {
        self.items.values().map(Item::size).sum()
    }

    fn asked(&mut self, request: &Request) -> Answered {
        if self.tokens.of(request) != Some(Bearer::Good) {
            return Err(said::unauthorized());
        }
        let method = request.method.as_str();
        if (method, request.path.as_str()) == ("GET", "/v1.0/me") {
            let me = json!({"id": DRIVE, "displayName": "Test Person", "userPrincipalName": "test@example.org", "mail": "test@example.org"});
            return Ok(Answer::json(200, &me));
        }
        let unknown =
            || said::error(400, "BadRequest", &format!("the fake of Graph knows no {method} {}", request.path));
        let address = Address::read(&request.path).ok_or_else(unknown)?;
        if !self.may(request, &address) {
            return Err(said::denied());
        }
        if address.anchor == Anchor::Drive {
            return if method == "GET" { Ok(self.drive()) } else { Err(unknown()) };
        }
        match (method, address.part.as_str()) {
            ("GET", "") => self.get_item(request, &address),
            ("GET", "children") => self.list_children(request, &address),
            ("GET", "content") => self.get_content(&address),
            ("GET", "delta") => self.delta(request, &address),
            ("POST", "children") => self.make_child(request, &address),
            ("POST", "createUploadSession") => self.create_session(request, &address),
            ("PUT", "content") => self.put_content(request, &address),
            ("PATCH", "") => self.change_item(request, &address),
            ("DELETE", "") => self.delete_item(request, &address),
            _ => Err(unknown()),
        }
    }

    /// Whether that was granted (<https://learn.microsoft.com/graph/permissions-reference#files-permissions>).
    fn may(&self, request: &Request, address: &Address) -> bool {
        let scopes =
            if request.method == "GET" { &["Files.ReadWrite", "Files.Read"][..] } else { &["Files.ReadWrite"] };
        if self.tokens.may(request, scopes) {
            return true;
        }
        let of_app = self.below(ROOT, items::APP_FOLDER);
        let is_within = match &address.anchor {
            Anchor::AppFolder => true,
            Anchor::Item(id) => of_app.is_some_and(|folder| self.is_within(&id.to_uppercase(), &folder.id)),
            Anchor::Drive | Anchor::Root => false,
        };
        is_within && self.tokens.may(request, &["Files.ReadWrite.AppFolder"])
    }

    fn drive(&self) -> Answer {
        let (used, total) = (self.used(), self.room.unwrap_or(5 << 30));
        let state = if used >= total { "exceeded" } else { "normal" };
        let quota = json!({"total": total, "used": used, "remaining": total.saturating_sub(used), "deleted": 0, "state": state});
        let owner = json!({"user": {"id": DRIVE, "displayName": "Test Person"}});
        Answer::json(
            200,
            &json!({"id": DRIVE, "driveType": if self.is_of_work { "business" } else { "personal" }, "owner": owner, "quota": quota}),
        )
    }

    fn content(&mut self, request: &Request) -> Answered {
        match request.path.trim_start_matches('/').split_once('/') {
            Some(("upload", id)) => self.of_session(request, id),
            Some(("download", name)) if request.method == "GET" => self.download(request, name),
            _ => Err(said::not_found()),
        }
    }

    fn tokens_of(&mut self, request: &Request) -> Answer {
        let tenant = request.path.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest);
        match tenant {
            "oauth2/v2.0/token" => self.tokens.exchange(request),
            "oauth2/v2.0/authorize" => self.tokens.authorize(request),
            _ => Answer::text(404, "there is no such page"),
        }
    }
}

impl Provider for OneDriveAccount {
    fn hosts(&self) -> &'static [&'static str] {
        &[API, TOKENS, CONTENT]
    }

    fn answer(&mut self, request: &Request) -> Answer {
        match request.host.as_str() {
            TOKENS => self.tokens_of(request),
            CONTENT => self.content(request).unwrap_or_else(|answer| answer),
            _ => self.asked(request).unwrap_or_else(|answer| answer),
        }
    }

    fn refusal(&self, status: u16, retry_after: Option<u64>) -> Answer {
        said::refusal(status, retry_after)
    }

    fn tokens(&mut self) -> &mut Tokens {
        &mut self.tokens
    }

    fn put(&mut self, path: &str, content: &[u8]) {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = self.folder(ROOT, above);
        let written = folder.and_then(|folder| self.write(&folder, name, content.to_vec().into()));
        assert!(written.is_ok(), "{path} cannot be put there");
    }

    fn get(&self, path: &str) -> Option<Vec<u8>> {
        Some(self.below(ROOT, path)?.content.as_ref()?.bytes.to_vec())
    }

    fn remove(&mut self, path: &str) {
        let id = self.below(ROOT, path).map(|item| item.id.clone()).unwrap_or_else(|| panic!("there is no {path}"));
        self.erase(&id);
    }

    fn rename(&mut self, from: &str, to: &str) {
        let id = self.below(ROOT, from).map(|item| item.id.clone()).unwrap_or_else(|| panic!("there is no {from}"));
        assert!(self.below(ROOT, to).is_none_or(|there| there.id == id), "there is a {to}");
        let (above, name) = to.rsplit_once('/').unwrap_or(("", to));
        let folder = self.folder(ROOT, above).unwrap_or_else(|_| panic!("{above} is no folder"));
        self.leave(&id);
        self.items.entry(id.clone()).and_modify(|item| (item.name, item.parent) = (name.to_owned(), Some(folder)));
        self.touch(&id);
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let files = self.items.values().filter_map(|item| Some((self.path(item), item.content.as_ref()?)));
        files.map(|(path, content)| (path, content.bytes.to_vec())).collect()
    }

    fn expire_cursors(&mut self) {
        self.oldest_token = self.number() + 1;
        self.number();
    }

    fn expire_sessions(&mut self) {
        self.sessions.clear();
    }

    fn set_room(&mut self, bytes: Option<u64>) {
        self.room = bytes;
    }
}
