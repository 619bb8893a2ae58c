//! Remotes that a person set up in rclone, by the real program: on a folder of odd names, in memory, and over a WebDAV server.

use crate::faults::needs_you;
use crate::raced::{self, Between};
use crate::servers::{self, PASSWORD, USER};
use crate::suite::{On, conforms};
use legible_cloud::remote::rclone::{Rclone, RclonePlace, Runs, remotes};
use legible_cloud::remote::storage::Secret;
use legible_cloud::remote::{Expect, Remote, Unwatched};
use legible_cloud::{Error, Result};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Set for the process that holds an rclone until it is killed: the place.
pub const HOLDS: &str = "LEGIBLE_TEST_RCLONE_HOLDS";
/// Nothing of it may become an option, another folder or another remote.
const ODD: &str = "a]b: c,d=e/收据 {x}";
/// How long an rclone may take to end.
const ENDS_WITHIN: Duration = Duration::from_secs(10);

fn open(runs: &Runs, secret: &str, remote: &str, folder: &str) -> Result<Rclone> {
    let place = RclonePlace { runs: runs.clone(), remote: remote.to_owned(), folder: folder.to_owned() };
    Rclone::open(&place, &Secret::new(secret), Arc::new(|| "2026-11-22".to_owned()), &Unwatched)
}

/// A configuration of its own, and the rclone that reads it.
fn own(programs: &Path, home: &Path, text: &str) -> Runs {
    let config = home.join("rclone.conf");
    fs::write(&config, text).unwrap();
    Runs::Own { program: Some(programs.join("rclone")), config: Some(config) }
}

pub fn conforms_on_all(programs: &Path) {
    let server = servers::rclone(programs, "webdav");
    let (home, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let text = format!(
        "[odd - name]\ntype = alias\nremote = {}\n[mem]\ntype = memory\n[local]\ntype = local\n\
         [dav]\ntype = webdav\nurl = {}\nvendor = other\nuser = {USER}\npass = {}\n",
        files.path().display(),
        server.url(),
        obscured(programs, PASSWORD)
    );
    let runs = own(programs, home.path(), &text);
    let mut names = remotes(&runs, &Secret::default(), &Unwatched).unwrap();
    names.sort();
    assert_eq!(names, ["dav", "local", "mem", "odd - name"]);

    fs::create_dir(files.path().join("a]b: c,d=e")).unwrap();
    let odd = open(&runs, "", "odd - name", ODD).unwrap();
    conforms(&odd);
    assert_eq!(fs::read(files.path().join(ODD).join(".legible-trash/2026-11-22/gone.txt.2")).unwrap(), b"another");
    crate::nothing_is_left_of_uploads(&files.path().join(ODD));
    what_is_there_is_told(&odd, &files.path().join(ODD));
    drop(odd);
    let rooted = files.path().join("rooted]");
    conforms(&open(&runs, "", "local", rooted.to_str().unwrap()).unwrap());
    assert!(rooted.join(".legible-trash").is_dir(), "a path from the root is one");
    conforms(&open(&runs, "", "mem", "bucket").unwrap());
    needs_you(open(&runs, "", "mem", "no bucket/in it").unwrap().list(&Unwatched));
    let dav = open(&runs, "", "dav", "legible").unwrap();
    conforms(&dav);
    needs_you(open(&runs, "", "dav", "not/there/at all").unwrap().list(&Unwatched));
}

/// What cannot be kept in step is told, and a name that is composed otherwise is that file.
fn what_is_there_is_told(remote: &Rclone, folder: &Path) {
    fs::create_dir_all(folder.join(".hidden/deep")).unwrap();
    fs::write(folder.join(".hidden/deep/a.txt"), "no").unwrap();
    fs::write(folder.join("a:b.txt"), "no").unwrap();
    fs::write(folder.join("e\u{301}.txt"), "yes").unwrap();
    fs::write(folder.join(".legible-part-fresh"), "of somebody who is at it").unwrap();
    let on = On(remote);
    let listing = on.list();
    assert_eq!(listing.unusable.iter().map(|left| left.name.as_str()).collect::<Vec<_>>(), ["a:b.txt"]);
    assert_eq!(listing.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["é.txt"]);
    let file = &listing.files[0];
    assert_eq!((file.id.as_deref(), on.fetch(file).unwrap().as_slice()), (Some("e\u{301}.txt"), b"yes".as_slice()));
    on.put("é.txt", b"changed", &Expect::Revision(file.revision.clone())).unwrap();
    assert_eq!(fs::read(folder.join("e\u{301}.txt")).unwrap(), b"changed", "and not another one beside it");
    assert!(folder.join(".legible-part-fresh").is_file());
}

pub fn faults(programs: &Path) {
    let home = tempfile::tempdir().unwrap();
    let files = home.path().join("files");
    let failing = listing_that_fails_below();
    let text = format!(
        "[here]\ntype = alias\nremote = {}\n[gone]\ntype = webdav\nurl = http://127.0.0.1:9/\nvendor = other\n\
         [failing]\ntype = webdav\nurl = {failing}\nvendor = other\n[wrong]\ntype = no such kind\n",
        files.display()
    );
    let runs = own(programs, home.path(), &text);
    needs_you(open(&Runs::Own { program: Some("/nowhere/rclone".into()), config: None }, "", "here", ""));
    needs_you(open(&Runs::Own { program: Some("/bin/false".into()), config: None }, "", "here", ""));
    for remote in ["nowhere", "", "here:", ":local", "here,copy_links=true"] {
        needs_you(open(&runs, "", remote, ""));
    }
    needs_you(open(&runs, "", "here", "../up"));
    // It also says of itself that there is no such kind.
    open(&runs, "", "wrong", "").map(drop).expect_err("there is no such storage");
    let gone = open(&runs, "", "gone", "x").map(drop);
    assert!(matches!(gone, Err(Error::MayPass { .. })), "{gone:?}");
    // A folder below that cannot be listed: what is in it is not gone.
    let failing = open(&runs, "", "failing", "").unwrap().list(&Unwatched);
    assert!(matches!(failing, Err(Error::NeedsYou { .. })), "{failing:?}");
    needs_you(open(&runs, "", "here", "not/there").unwrap().list(&Unwatched));
    needs_you(open(&runs, "", "here", "").unwrap().list(&Unwatched));
    assert_eq!(
        On(&open(&own(programs, home.path(), "[l]\ntype = local\n"), "", "l", files.to_str().unwrap()).unwrap())
            .list()
            .files,
        []
    );
    of_a_configuration_under_lock(programs, home.path());
    of_one_that_runs_already(programs, &files);
}

fn of_a_configuration_under_lock(programs: &Path, home: &Path) {
    let runs = own(programs, home, "[here]\ntype = memory\n");
    let Runs::Own { config: Some(config), .. } = &runs else { unreachable!("it is our own") };
    let mut rclone = Command::new(programs.join("rclone"));
    let locked =
        rclone.args(["config", "encryption", "set", "--config"]).arg(config).env("RCLONE_CONFIG_PASS", PASSWORD);
    let mut locked = locked.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let twice = format!("{PASSWORD}\n{PASSWORD}\n");
    locked.stdin.take().unwrap().write_all(twice.as_bytes()).unwrap();
    assert!(locked.wait().unwrap().success());
    assert!(fs::read_to_string(config).unwrap().contains("RCLONE_ENCRYPT"));
    assert!(open(&runs, PASSWORD, "here", "x").is_ok());
    for wrong in ["", "another one"] {
        needs_you(open(&runs, wrong, "here", "x"));
    }
}

fn of_one_that_runs_already(programs: &Path, files: &Path) {
    let config = format!("[here]\ntype = alias\nremote = {}\n[mem]\ntype = memory\n", files.display());
    for serves in [true, false] {
        let server = servers::rclone_rcd(programs, &config, serves);
        let at = |user: &str| Runs::At { url: server.url(), user: user.to_owned() };
        needs_you(open(&at(USER), "wrong", "here", ""));
        needs_you(open(&at(""), "", "here", ""));
        if serves {
            put_and_removed(&open(&at(USER), PASSWORD, "here", "x").unwrap());
            somebody_writes_in_between(server.port);
        } else {
            needs_you(open(&at(USER), PASSWORD, "here", "x"));
        }
        assert!(server.is_up(), "it is not ours to end");
    }
    needs_you(open(&Runs::At { url: "http://192.0.2.1:5572".to_owned(), user: String::new() }, "", "here", ""));
}

/// On a storage that tells a hash, and on one that tells times.
fn somebody_writes_in_between(port: u16) {
    for (remote, theirs) in [("mem", raced::any()), ("here", raced::of_another_size())] {
        let at = |url: &str| {
            open(&Runs::At { url: url.to_owned(), user: USER.to_owned() }, PASSWORD, remote, "raced").unwrap()
        };
        let moved = "POST /operations/movefile";
        raced::uploads_are_told_from_what_others_write(port, Between(moved, "POST /operations/stat"), at);
        raced::removals_leave_what_others_write(port, Between("", moved), at, theirs);
    }
}

fn put_and_removed(remote: &Rclone) {
    let on = On(remote);
    let file = on.put("in/it/a.txt", b"one", &Expect::Absent).unwrap();
    assert_eq!(on.fetch(&file).unwrap(), b"one");
    let file = on.put("in/it/a.txt", b"another", &Expect::Revision(file.revision)).unwrap();
    assert_eq!(on.listed("in/it/a.txt").as_ref(), Some(&file), "no filter hides it");
    remote.remove(&file, &Unwatched).unwrap();
    assert_eq!(on.list().files, []);
}

/// A WebDAV server that lists a file and a folder, and does not let anybody into that.
fn listing_that_fails_below() -> String {
    let root = "<?xml version=\"1.0\"?><D:multistatus xmlns:D=\"DAV:\">\
        <D:response><D:href>/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop>\
        <D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>\
        <D:response><D:href>/a.txt</D:href><D:propstat><D:prop><D:resourcetype/><D:getcontentlength>3</D:getcontentlength>\
        <D:getlastmodified>Sun, 22 Nov 2026 10:00:00 GMT</D:getlastmodified></D:prop>\
        <D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>\
        <D:response><D:href>/below/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop>\
        <D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response></D:multistatus>";
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer_listing(stream, root));
        }
    });
    format!("http://127.0.0.1:{port}/")
}

fn answer_listing(mut stream: TcpStream, root: &str) {
    let mut asked = Vec::new();
    let mut buffer = [0; 4096];
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(read @ 1..) => asked.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    let (status, body) =
        if asked.starts_with(b"PROPFIND / ") { ("207 Multi-Status", root) } else { ("403 Forbidden", "") };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}

/// A place, held open until the end of this process.
pub fn hold() -> ! {
    let place: RclonePlace = serde_json::from_str(&std::env::var(HOLDS).unwrap()).unwrap();
    let _rclone = Rclone::open(&place, &Secret::default(), Arc::new(String::new), &Unwatched).unwrap();
    println!("it runs");
    loop {
        std::thread::park();
    }
}

pub fn ends_with_us(programs: &Path) {
    let home = tempfile::tempdir().unwrap();
    let runs = own(programs, home.path(), "[here]\ntype = memory\n");
    let Runs::Own { config: Some(config), .. } = &runs else { unreachable!("it is our own") };
    let remote = open(&runs, "", "here", "x").unwrap();
    let is_seen = cfg!(target_os = "linux");
    assert!(!is_seen || !running(config).is_empty());
    drop(remote);
    all_end(config);
    let place = RclonePlace { runs: runs.clone(), remote: "here".to_owned(), folder: "x".to_owned() };
    let mut holder = Command::new(std::env::current_exe().unwrap());
    holder.env(HOLDS, serde_json::to_string(&place).unwrap()).stdout(Stdio::piped());
    let mut holder = holder.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line.trim(), "it runs");
    assert!(!is_seen || !running(config).is_empty());
    holder.kill().unwrap();
    holder.wait().unwrap();
    if cfg!(unix) {
        all_end(config);
    }
}

fn all_end(config: &Path) {
    let begun = Instant::now();
    while !running(config).is_empty() {
        assert!(begun.elapsed() < ENDS_WITHIN, "it still runs: {:?}", running(config));
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The processes that know a configuration of this test, as far as the system tells.
fn running(config: &Path) -> Vec<PathBuf> {
    let setting = format!("RCLONE_CONFIG={}", config.display());
    let knows = |process: &PathBuf| {
        let told = fs::read(process.join("environ")).unwrap_or_default();
        told.split(|byte| *byte == 0).any(|told| told == setting.as_bytes())
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.map(|process| process.path()).filter(knows).collect()
}

/// A password as rclone's configuration has it.
fn obscured(programs: &Path, password: &str) -> String {
    let told = Command::new(programs.join("rclone")).args(["obscure", password]).output().unwrap();
    String::from_utf8(told.stdout).unwrap().trim().to_owned()
}
