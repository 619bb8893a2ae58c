//! Secret headers lie in the system's keychain and nowhere else.
#![cfg(target_os = "linux")]

use crate::program::draw::{number, png};
use crate::program::site::{Answer, Site};
use crate::program::sources::files_below;
use crate::program::{Home, Said, said_with_input};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

const SECRET: &str = "open-sesame-4711";
const ANOTHER: &str = "swordfish-0815";

/// A session bus with a keychain of its own. Both end with this.
struct Keychain {
    children: Vec<Child>,
    /// Its files are no part of Legible's home.
    _files: tempfile::TempDir,
}

impl Keychain {
    /// Gives the home an unlocked GNOME Keyring. `None`, said loudly, where there is none.
    fn of(home: &mut Home) -> Option<Self> {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address=1"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let has_keyring = Command::new("gnome-keyring-daemon").arg("--version").output().is_ok();
        let (true, Ok(mut bus)) = (has_keyring, command.spawn()) else {
            eprintln!("SKIPPED: needs dbus-daemon and gnome-keyring; `cargo xtask test` installs them");
            return None;
        };
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        home.set("DBUS_SESSION_BUS_ADDRESS", address.trim());
        let files = tempfile::tempdir().unwrap();
        let own = files.path();
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        command.env("DBUS_SESSION_BUS_ADDRESS", address.trim()).env("XDG_DATA_HOME", own).env("XDG_RUNTIME_DIR", own);
        command.env_remove("DISPLAY").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut keyring = command.spawn().unwrap();
        keyring.stdin.take().unwrap().write_all(b"password").unwrap();
        // It tells where its socket is once it serves.
        BufReader::new(keyring.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        Some(Keychain { children: vec![keyring, bus], _files: files })
    }

    /// Locks everything up for good: the keychain is gone.
    fn end(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Keychain {
    fn drop(&mut self) {
        self.end();
    }
}

fn add(home: &Home, words: &[&str], secrets: &str) -> Said {
    let mut command = home.command(["sources", "add"].iter().chain(words).chain(&["--json"]));
    said_with_input(&mut command, secrets.as_bytes())
}

#[track_caller]
fn is_nowhere(home: &Home, secret: &str) {
    for (path, bytes) in files_below(&home.path("")) {
        let holds = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert!(!holds, "{} holds the secret", path.display());
    }
}

#[test]
fn a_secret_lies_in_the_keychain_alone() {
    let (mut home, site) = (Home::new(), Site::new());
    let Some(mut keychain) = Keychain::of(&mut home) else { return };
    home.set("LEGIBLE_LOG", "debug");
    site.answer("/a.png", &[Answer::png(png(&number(13_531)))]);
    site.answer("/b.png", &[Answer::redirect(&Site::at("127.0.0.4").url("/away.png"))]);
    let words =
        ["urls", &site.url("/a.png"), "--name", "Private", "--secret-header", "X-Key", "--secret-header", "X-Other"];
    let made = add(&home, &words, &format!("{SECRET}\n{ANOTHER}\n")).with(0);
    let id = made.json()["id"].to_string();
    assert!(!made.out.contains(SECRET) && !made.err.contains(SECRET), "{made:?}");
    let serving = home.serve();
    let looked = home.look(&id).with(0);
    assert!(looked.out.contains("1 new image"), "{looked:?}");
    let sent = |name: &str| site.asked().last().unwrap().header(name).to_owned();
    assert_eq!((sent("x-key"), sent("x-other")), (SECRET.to_owned(), ANOTHER.to_owned()));
    assert_eq!(serving.stop(), 0);
    for args in [&["sources", "show", &id, "--json"][..], &["sources", "list", "--json"], &["sources", "test", &id]] {
        let said = home.run(args).with(0);
        assert!(!said.out.contains(SECRET) && !said.err.contains(SECRET), "{said:?}");
    }
    is_nowhere(&home, SECRET);
    is_nowhere(&home, ANOTHER);

    // What is not named stays, the secret too; a new one takes its place.
    home.run(["sources", "edit", &id, "--name", "Still private"]).with(0);
    home.look(&id).with(0);
    assert_eq!(sent("x-key"), SECRET);
    let mut edit = home.command(["sources", "edit", &id, "--secret-header", "x-key"]);
    said_with_input(&mut edit, b"changed\n").with(0);
    home.look(&id).with(0);
    assert_eq!((sent("x-key"), sent("x-other")), ("changed".to_owned(), ANOTHER.to_owned()));

    // Without the keychain the source says so, and does not ask without its key.
    let asked = site.asked().len();
    keychain.end();
    home.look(&id).with(2).complains(&["keychain cannot be used", "GNOME Keyring"]);
    assert!(super::problem(&home, &id).contains("keychain cannot be used"));
    assert_eq!(site.asked().len(), asked);
    home.run(["sources", "remove", &id]).with(0);
}

#[test]
fn a_removed_source_takes_its_secret_with_it() {
    let (mut home, site) = (Home::new(), Site::new());
    let Some(_keychain) = Keychain::of(&mut home) else { return };
    let words = ["urls", &site.url("/a.png"), "--secret-header", "X-Key"];
    let id = add(&home, &words, SECRET).with(0).json()["id"].to_string();
    home.run(["sources", "remove", &id]).with(0);
    // The number is not given again, so the name of the secret is asked for by hand.
    let made = add(&home, &words, "").code;
    assert_eq!(made, 1, "nothing was typed, and nothing is left to use");
}

#[test]
fn without_a_keychain_nothing_is_made_and_it_is_told_why() {
    let (home, site) = (Home::new(), Site::new());
    let words = ["urls", &site.url("/a.png"), "--secret-header", "X-Key"];
    let said = add(&home, &words, &format!("{SECRET}\n")).with(1);
    said.complains(&["The system's keychain cannot be used", "GNOME Keyring or KWallet", "legible unlock --new"]);
    assert!(!said.err.contains(SECRET), "{}", said.err);
    assert_eq!(home.run(["sources", "list"]).with(0).out.lines().count(), 3, "no half source is left");
    is_nowhere(&home, SECRET);
    add(&home, &words, "").with(1).complains(&["give the value of X-Key on standard input"]);
}
