//! Providers that people sign in to, played by fakes on this machine: the suite, and what goes wrong on the way, each with its outcome.
//!
//! The client keeps the real addresses. It is this program again, with the proxy of the fakes and their authority in its environment.

use crate::faults::{may_pass, needs_you};
use crate::hand::{Granted, Hand};
use crate::marks;
use crate::suite::{Noted, On, assert_stale, conforms_with, large};
use legible_cloud::digest::Digest;
use legible_cloud::limits::MAX_NAME_BYTES;
use legible_cloud::remote::dropbox::Dropbox;
use legible_cloud::remote::onedrive::OneDrive;
use legible_cloud::remote::{Cursor, Expect, Remote, RemoteFile, Unwatched, Whose};
use legible_cloud::{Error, FilePath, Result};
use legible_cloud_fakes::{Clouds, Fault};
use std::collections::BTreeMap;
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

mod drive;
mod person;

/// Set for the process that is the client.
pub const PROVIDER: &str = "LEGIBLE_TEST_PROVIDER";
const PROXY: &str = "HTTPS_PROXY";
const AUTHORITY: &str = "SSL_CERT_FILE";

/// Runs this program again, whose way into the net leads to the fakes.
pub fn conforms(provider: &str) {
    let home = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut client = Command::new(std::env::current_exe().unwrap());
    for name in
        ["http_proxy", "https_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_DIR"]
    {
        client.env_remove(name);
    }
    client.env(PROVIDER, provider).env(PROXY, format!("127.0.0.1:{port}")).env(AUTHORITY, home.path().join("ca.pem"));
    assert!(client.status().unwrap().success());
}

/// That program.
pub fn hold(provider: &str) {
    let clouds = Clouds::start().unwrap();
    std::fs::copy(clouds.ca_file(), std::env::var_os(AUTHORITY).unwrap()).unwrap();
    relay(&std::env::var(PROXY).unwrap(), clouds.proxy().strip_prefix("http://").unwrap());
    match provider {
        "drive" => {
            drive::holds(&clouds);
            person::drive(&clouds);
        }
        "dropbox" => {
            dropbox(&clouds);
            person::dropbox(&clouds);
        }
        "onedrive" => {
            onedrive(&clouds);
            person::onedrive(&clouds);
        }
        other => panic!("there is no {other}"),
    }
    assert_eq!(clouds.refused(), [""; 0], "nobody else was asked");
}

/// The environment must be known before the fakes have a port.
fn relay(from: &str, to: &str) {
    let (listener, to) = (TcpListener::bind(from).unwrap(), to.to_owned());
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(&to).unwrap();
            for (from, into) in [(&client, &server), (&server, &client)] {
                let (from, into) = (from.try_clone().unwrap(), into.try_clone().unwrap());
                std::thread::spawn(move || {
                    let _ = io::copy(&mut &from, &mut &into);
                    let _ = (from.shutdown(Shutdown::Both), into.shutdown(Shutdown::Both));
                });
            }
        }
    });
}

/// A fake with the client that is held to it, and the words by which requests of each kind are known.
struct Under {
    fake: Arc<dyn Hand>,
    tokens: Arc<Granted>,
    remote: Box<dyn Remote>,
    /// The folder of the client in the account.
    folder: String,
    /// Another folder of it, with what keeps that.
    other: (Box<dyn Remote>, String),
    /// A list; a small upload; a part of a large one; a download.
    list: &'static str,
    small: &'static str,
    part: &'static str,
    fetch: &'static str,
    /// A name that it does not take, if there is one.
    forbidden: Option<&'static str>,
    /// One with spaces that it does.
    spaced: &'static str,
    /// Whether a folder that was renamed makes it forget its marks.
    renames_forget: bool,
}

fn dropbox(clouds: &Clouds) {
    for folder in ["", "In a/Folder"] {
        let fake: Arc<dyn Hand> = Arc::new(clouds.dropbox.clone());
        let tokens = Granted::of(fake.clone());
        Under {
            remote: Box::new(Dropbox::open(Whose::Legible, folder, tokens.clone()).unwrap()),
            other: (
                Box::new(Dropbox::open(Whose::Legible, "Elsewhere", tokens.clone()).unwrap()),
                "Elsewhere".to_owned(),
            ),
            fake,
            tokens,
            folder: folder.to_owned(),
            list: "/list_folder ",
            small: "/files/upload ",
            part: "/upload_session/append_v2 ",
            fetch: "/files/download ",
            forbidden: Some("desktop.ini"),
            spaced: "two  spaces/ a.txt",
            renames_forget: false,
        }
        .holds(folder.is_empty());
    }
}

fn onedrive(clouds: &Clouds) {
    let app_folder = legible_cloud_fakes::OneDrive::APP_FOLDER;
    for (whose, folder, at, is_of_work) in [
        (Whose::Legible, "", app_folder.to_owned(), false),
        (Whose::Legible, "In a/Folder", format!("{app_folder}/In a/Folder"), false),
        (Whose::Person, "图书 #1", "图书 #1".to_owned(), false),
        (Whose::Person, "At work", "At work".to_owned(), true),
    ] {
        clouds.onedrive.set_of_work(is_of_work);
        // Nobody makes the folders of a person for them.
        for folder in [at.as_str(), "Elsewhere"] {
            clouds.onedrive.put(&format!("{folder}/a"), b"");
            clouds.onedrive.remove(&format!("{folder}/a"));
        }
        let fake: Arc<dyn Hand> = Arc::new(clouds.onedrive.clone());
        let tokens = Granted::of(fake.clone());
        Under {
            remote: Box::new(OneDrive::open(whose, folder, tokens.clone()).unwrap()),
            other: (
                Box::new(OneDrive::open(Whose::Person, "Elsewhere", tokens.clone()).unwrap()),
                "Elsewhere".to_owned(),
            ),
            fake,
            tokens,
            folder: at,
            list: "/delta",
            small: "PUT https://graph.microsoft.com/",
            part: "PUT https://my.microsoftpersonalcontent.com/",
            fetch: "GET https://my.microsoftpersonalcontent.com/",
            forbidden: Some("~$a.docx"),
            spaced: "two  spaces/a  b.txt",
            renames_forget: true,
        }
        .holds(folder.is_empty());
    }
}

impl Under {
    /// The suite in each folder, and the faults, which take their time, in the first of a provider.
    fn holds(&self, is_first: bool) {
        conforms_with(self.remote.as_ref(), self.spaced);
        self.others_are_seen();
        self.names_that_are_taken_apart_are_files();
        if !is_first {
            return;
        }
        self.what_passes_is_waited_for();
        self.broken_answers_are_no_lists();
        self.broken_transfers_are_told();
        self.uploads_go_on();
        self.races_are_seen();
        self.what_is_full_or_forbidden_is_told();
        self.tokens_are_renewed_or_the_person_is_asked();
    }

    fn on(&self) -> On<'_> {
        On(self.remote.as_ref())
    }

    /// Where a path of the client lies in the account.
    fn at(&self, path: &str) -> String {
        if self.folder.is_empty() { path.to_owned() } else { format!("{}/{path}", self.folder) }
    }

    /// Orders faults, does something, and sees that they all happened.
    fn with<T>(&self, matching: &str, times: usize, fault: Fault, run: impl FnOnce() -> T) -> T {
        self.fake.fault(matching, times, fault);
        let result = run();
        assert_eq!(self.fake.faults_left(), 0, "{matching} was not asked so often");
        result
    }

    fn others_are_seen(&self) {
        let on = self.on();
        on.put("first.txt", b"first", &Expect::Absent).unwrap();
        let listing = on.list();
        let (mut files, cursor) = (by_path(listing.files), listing.cursor.unwrap());
        self.fake.put(&self.at("Album/Été/one.txt"), b"1");
        self.fake.put(&self.at("Album/two.txt"), b"2");
        self.fake.put(&self.at("Album/.hidden"), b"no");
        let cursor = marks::follow(&on, &mut files, cursor);
        assert_eq!(names(&files), ["Album/two.txt", "Album/Été/one.txt", "first.txt"]);
        self.fake.rename(&self.at("Album"), &self.at("Renamed"));
        let cursor = self.after_a_rename(&mut files, cursor);
        self.fake.put(&self.at("first.txt"), b"second");
        let cursor = marks::follow(&on, &mut files, cursor);
        assert_eq!(names(&files), ["Renamed/two.txt", "Renamed/Été/one.txt", "first.txt"]);
        assert_eq!(files, by_path(on.list().files));
        self.fake.remove(&self.at("Renamed"));
        let cursor = marks::follow_or_list(&on, &mut files, cursor);
        assert_eq!(names(&files), ["first.txt"]);
        // A mark that is forgotten says nothing about what is there.
        self.fake.expire_cursors();
        assert!(matches!(self.remote.changes(&cursor, &Unwatched), Err(Error::Expired)));
        assert_eq!(names(&by_path(on.list().files)), ["first.txt"]);
        self.remote.remove(&on.look("first.txt").unwrap(), &Unwatched).unwrap();
    }

    /// As macOS writes names, in a folder that another system made: found under the name that they have, and not made twice.
    fn names_that_are_taken_apart_are_files(&self) {
        let (on, raw) = (self.on(), self.at("Été/e\u{301}te\u{301}.txt"));
        self.fake.put(&self.at("Été/one.txt"), b"1");
        self.fake.put(&raw, b"summer");
        let file = on.listed("Été/été.txt").expect("it has that name");
        assert_eq!(on.look("Été/été.txt").as_ref(), Some(&file));
        assert_eq!(on.fetch(&file).unwrap(), b"summer");
        let file = on.put("Été/été.txt", b"autumn", &Expect::Revision(file.revision)).unwrap();
        assert_eq!(self.fake.get(&raw).as_deref(), Some(b"autumn".as_slice()));
        let large_now = on.put("Été/été.txt", &large(5), &Expect::Revision(file.revision)).unwrap();
        assert!(on.fetch(&large_now).unwrap() == large(5) && on.list().files.len() == 2);
        self.remote.remove(&large_now, &Unwatched).unwrap();
        assert!(self.fake.get(&raw).is_none() && on.look("Été/été.txt").is_none());
        self.remote.remove(&on.look("Été/one.txt").unwrap(), &Unwatched).unwrap();
    }

    /// Of a folder that has another name. Where that is not told file by file, it is listed, which is never "gone".
    fn after_a_rename(&self, files: &mut BTreeMap<String, RemoteFile>, cursor: Cursor) -> Cursor {
        let on = self.on();
        if !self.renames_forget {
            return marks::follow_or_list(&on, files, cursor);
        }
        self.remote.recall(&files.values().cloned().collect::<Vec<_>>());
        assert!(matches!(self.remote.changes(&cursor, &Unwatched), Err(Error::Expired)));
        let listing = on.list();
        *files = by_path(listing.files);
        listing.cursor.unwrap()
    }

    fn what_passes_is_waited_for(&self) {
        let on = self.on();
        let put = |bytes: &[u8]| {
            let expect = on.look("a.txt").map_or(Expect::Absent, |file| Expect::Revision(file.revision));
            on.put("a.txt", bytes, &expect)
        };
        self.with(self.list, 1, Fault::throttled(1), || on.list());
        self.with(self.small, 1, Fault::throttled(1), || put(b"1")).unwrap();
        self.with(self.small, 1, Fault::status(503), || put(b"2")).unwrap();
        self.with(self.list, 2, Fault::status(500), || on.list());
        let refused = self.with(self.small, 1, Fault::throttled(600), || put(b"3"));
        assert_eq!(may_pass(refused), Some(Duration::from_secs(600)));
        may_pass(self.with(self.small, 1, Fault::status(500), || put(b"3")));
        assert_eq!(self.fake.get(&self.at("a.txt")).unwrap(), b"2");
        self.remote.remove(&on.look("a.txt").unwrap(), &Unwatched).unwrap();
    }

    fn broken_answers_are_no_lists(&self) {
        let on = self.on();
        let file = on.put("a.txt", b"1", &Expect::Absent).unwrap();
        let list = || self.remote.list(&Unwatched);
        may_pass(self.with(self.list, 1, Fault::Truncated(30), list));
        may_pass(self.with(self.list, 1, Fault::Truncated(0), list));
        may_pass(self.with(self.list, 4, Fault::ResetDownload(30), list));
        assert_eq!(self.with(self.list, 1, Fault::ResetDownload(30), list).unwrap().files.len(), 1);
        assert_eq!(self.with(self.list, 1, Fault::ShortDownload(30), list).unwrap().files.len(), 1);
        self.remote.remove(&file, &Unwatched).unwrap();
    }

    fn broken_transfers_are_told(&self) {
        let on = self.on();
        let content = vec![b'x'; 300_000];
        let file = on.put("a.bin", &content, &Expect::Absent).unwrap();
        let fetch = || on.fetch(&file);
        may_pass(self.with(self.fetch, 1, Fault::ResetDownload(100_000), fetch));
        may_pass(self.with(self.fetch, 1, Fault::ShortDownload(100_000), fetch));
        damaged(self.with(self.fetch, 1, Fault::Truncated(100_000), fetch));
        damaged(self.with(self.fetch, 1, Fault::Damaged, fetch));
        assert!(fetch().unwrap() == content);
        // Nobody knows whether it was done: the next look tells.
        let at = Expect::Revision(file.revision.clone());
        may_pass(self.with(self.small, 1, Fault::LoseAnswer, || on.put("a.bin", b"lost", &at)));
        let there = on.look("a.bin").unwrap();
        assert_eq!(there.digest, Some(digest(&there, b"lost")));
        let at = Expect::Revision(there.revision);
        may_pass(self.with(self.small, 1, Fault::ResetUpload(100), || on.put("a.bin", &content, &at)));
        assert_eq!(self.fake.get(&self.at("a.bin")).unwrap(), b"lost", "nothing of it is there");
        let put = self.with(self.small, 1, Fault::WrongHash, || on.put("a.bin", b"again", &at)).unwrap();
        assert_ne!(put.digest, Some(digest(&put, b"again")), "who put it sees what the storage told");
        self.remote.remove(&put, &Unwatched).unwrap();
    }

    fn uploads_go_on(&self) {
        let on = self.on();
        let put = |session: &mut Noted| on.put_in_session("large.bin", &large(1), &Expect::Absent, session, &Unwatched);
        let mut session = Noted::default();
        // In the middle of a part, and between two.
        let reset = Fault::ResetUpload(1 << 20);
        self.with(self.part, 1, reset.clone(), || put(&mut session)).or_else(|_| put(&mut session)).unwrap();
        self.taken("large.bin", &large(1));
        self.with(self.part, 1, Fault::LoseAnswer, || put(&mut session)).or_else(|_| put(&mut session)).unwrap();
        self.taken("large.bin", &large(1));
        // Until it is left to another time, at which the session is not known any more.
        may_pass(self.with(self.part, 1, Fault::throttled(600), || put(&mut session)));
        assert!(session.0.is_some());
        self.fake.expire_sessions();
        put(&mut session).unwrap();
        self.taken("large.bin", &large(1));
        let fake = self.fake.clone();
        let forgets = Fault::before(move || fake.expire_sessions());
        self.with(self.part, 1, forgets, || put(&mut session)).unwrap();
        self.taken("large.bin", &large(1));
        // Another folder is kept in step by now: what was begun for the one before is not for this.
        may_pass(self.with(self.part, 1, Fault::throttled(600), || put(&mut session)));
        let (other, at) = (On(self.other.0.as_ref()), format!("{}/large.bin", self.other.1));
        other.put_in_session("large.bin", &large(1), &Expect::Absent, &mut session, &Unwatched).unwrap();
        assert!(on.look("large.bin").is_none() && self.fake.get(&at).unwrap() == large(1));
        self.fake.remove(&at);
    }

    /// That it is there, as it was sent; then it is removed.
    fn taken(&self, path: &str, content: &[u8]) {
        assert!(self.fake.get(&self.at(path)).unwrap() == content);
        self.remote.remove(&self.on().look(path).unwrap(), &Unwatched).unwrap();
    }

    fn races_are_seen(&self) {
        let on = self.on();
        let writes = |path: &str| {
            let (fake, path) = (self.fake.clone(), self.at(path));
            Fault::before(move || fake.put(&path, b"theirs"))
        };
        let file = on.put("a.txt", b"ours", &Expect::Absent).unwrap();
        let at = Expect::Revision(file.revision.clone());
        assert_stale(self.with(self.fetch, 1, writes("a.txt"), || on.fetch(&file)));
        assert_stale(on.put("a.txt", b"more", &at));
        let now = on.look("a.txt").unwrap();
        let at = Expect::Revision(now.revision.clone());
        assert_stale(self.with(self.small, 1, writes("a.txt"), || on.put("a.txt", b"more", &at)));
        assert_stale(self.with(self.small, 1, writes("b.txt"), || on.put("b.txt", b"more", &Expect::Absent)));
        let large_one = || on.put("c.bin", &large(2), &Expect::Absent);
        assert_stale(self.with(self.part, 1, writes("c.bin"), large_one));
        for path in ["a.txt", "b.txt", "c.bin"] {
            assert_eq!(self.fake.get(&self.at(path)).unwrap(), b"theirs", "{path}");
            self.remote.remove(&on.look(path).unwrap(), &Unwatched).unwrap();
        }
    }

    fn what_is_full_or_forbidden_is_told(&self) {
        let on = self.on();
        self.fake.set_room(Some(10));
        may_pass(on.put("a.bin", &[0; 1_000], &Expect::Absent));
        may_pass(on.put("a.bin", &large(3), &Expect::Absent));
        self.fake.set_room(None);
        assert!(on.look("a.bin").is_none());
        if let Some(forbidden) = self.forbidden {
            let refused = on.put(forbidden, b"no", &Expect::Absent);
            assert!(matches!(refused, Err(Error::File { .. })), "{refused:?}");
        }
        // A folder is no file, and not in the way of looking.
        self.fake.put(&self.at("folder/a.txt"), b"1");
        assert!(on.look("folder").is_none());
        let refused = on.put("folder", b"no", &Expect::Absent);
        assert!(matches!(refused, Err(Error::File { .. })), "{refused:?}");
        self.fake.remove(&self.at("folder"));
        let long = FilePath::parse(&"n".repeat(MAX_NAME_BYTES)).unwrap();
        assert!(self.remote.look(&long, &Unwatched).unwrap().is_none());
    }

    fn tokens_are_renewed_or_the_person_is_asked(&self) {
        let on = self.on();
        self.fake.expire_access();
        let file = on.put("a.txt", b"1", &Expect::Absent).unwrap();
        self.fake.expire_access();
        assert_eq!(on.fetch(&file).unwrap(), b"1");
        self.fake.revoke_all();
        *self.tokens.is_revoked.lock().unwrap() = true;
        needs_you(self.remote.list(&Unwatched));
        needs_you(self.remote.look(&file.path, &Unwatched));
        needs_you(on.put("a.txt", b"2", &Expect::Revision(file.revision.clone())));
        *self.tokens.is_revoked.lock().unwrap() = false;
        self.remote.remove(&file, &Unwatched).unwrap();
    }
}

fn by_path(files: Vec<RemoteFile>) -> BTreeMap<String, RemoteFile> {
    files.into_iter().map(|file| (file.path.to_string(), RemoteFile { modified: None, ..file })).collect()
}

fn names(files: &BTreeMap<String, RemoteFile>) -> Vec<&str> {
    files.keys().map(String::as_str).collect()
}

fn digest(file: &RemoteFile, of: &[u8]) -> Digest {
    Digest::of(file.digest.as_ref().unwrap().kind, of).unwrap()
}

#[track_caller]
fn damaged<T>(result: Result<T>) {
    assert!(matches!(result, Err(Error::Damaged { .. })), "it was taken, or not for damaged: {:?}", result.err());
}
