//! One suite for every storage, on real servers of this machine. `cargo xtask test` sets these up; what is not there is said.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod faults;
mod hand;
mod marks;
mod parts;
mod providers;
mod raced;
mod rclone;
mod servers;
mod suite;

use legible_cloud::remote::storage::{Found, Place, Secret, Storage};
use legible_cloud::remote::{Remote, Unwatched};
use libtest_mimic::{Arguments, Failed, Trial};
use raced::Between;
use servers::{BUCKET, PASSWORD, USER};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};
use suite::{On, SPACED, conforms, conforms_if_nothing_breaks, conforms_one_by_one};

/// Set for the process that has an `ssh` of its own: the settings of the place.
const SFTP: &str = "LEGIBLE_TEST_SFTP";
/// Set for the one that is to be refused.
const SFTP_REFUSED: &str = "LEGIBLE_TEST_SFTP_REFUSED";

fn main() -> ExitCode {
    if let Ok(place) = std::env::var(SFTP) {
        on_sftp(&serde_json::from_str(&place).unwrap());
        return ExitCode::SUCCESS;
    }
    if let Ok(provider) = std::env::var(providers::PROVIDER) {
        providers::hold(&provider);
        return ExitCode::SUCCESS;
    }
    if std::env::var_os(rclone::HOLDS).is_some() {
        rclone::hold();
    }
    let programs = servers::programs();
    let ssh = cfg!(unix) && servers::which("ssh").is_some() && servers::which("ssh-keygen").is_some();
    let sshd = servers::which("sshd").filter(|_| ssh);
    let venv = || programs.clone().ok_or("LEGIBLE_TEST_SERVERS is not set; `cargo xtask test` sets it up");
    let in_place_of_sshd = match (&sshd, ssh) {
        (Some(_), _) => Err("OpenSSH is there, which is the better one"),
        (None, false) => Err("there is no ssh"),
        (None, true) => venv(),
    };
    let trials = vec![
        trial("a_folder_conforms", Ok(()), |()| a_folder()),
        trial("faults_mean_what_is_to_be_done", Ok(()), |()| faults::all()),
        trial("dropbox_conforms", Ok(()), |()| providers::conforms("dropbox")),
        trial("onedrive_conforms", Ok(()), |()| providers::conforms("onedrive")),
        trial("drive_conforms", Ok(()), |()| providers::conforms("drive")),
        trial("s3_by_moto_conforms", venv(), |programs| s3_by_moto(&programs)),
        trial("s3_by_rclone_conforms", venv(), |programs| s3_by_rclone(&programs)),
        trial("webdav_by_wsgidav_conforms", venv(), |programs| webdav_by_wsgidav(&programs)),
        trial("webdav_by_rclone_conforms", venv(), |programs| webdav_by_rclone(&programs)),
        trial("remotes_of_rclone_conform", venv(), |programs| rclone::conforms_on_all(&programs)),
        trial("faults_of_rclone_mean_what_is_to_be_done", venv(), |programs| rclone::faults(&programs)),
        trial("rclone_ends_with_us", venv(), |programs| rclone::ends_with_us(&programs)),
        trial("sftp_by_rclone_conforms", in_place_of_sshd, |programs| sftp_by_rclone(&programs)),
        trial("sftp_by_openssh_conforms", sshd.ok_or("there is no sshd (Debian: openssh-server)"), |sshd| {
            sftp_by_openssh(&sshd);
        }),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A test, if what it needs is there.
fn trial<T: Send + 'static>(
    name: &'static str,
    needs: Result<T, &'static str>,
    run: impl FnOnce(T) + Send + 'static,
) -> Trial {
    match needs {
        Ok(needs) => Trial::test(name, move || -> Result<(), Failed> {
            run(needs);
            Ok(())
        }),
        Err(why) => {
            eprintln!("SKIPPED {name}: {why}");
            Trial::test(name, || Ok(())).with_ignored_flag(true)
        }
    }
}

fn open(place: &Place, password: &str, found: Found) -> Storage {
    Storage::open(place, &Secret::new(password), found, Arc::new(|| "2026-11-22".to_owned())).unwrap()
}

/// Probes a place, which must find what is expected, and holds it to the suite, as it is and as if nothing were known of it.
fn check(place: &Place, expected: Found) {
    check_with(place, expected, conforms);
}

fn check_with(place: &Place, expected: Found, conforms: impl Fn(&dyn Remote)) {
    let found = open(place, PASSWORD, Found::default()).probe(&Unwatched).unwrap();
    assert_eq!(found, expected);
    conforms(&open(place, PASSWORD, found));
    conforms(&open(place, PASSWORD, Found::default()));
}

fn a_folder() {
    let above = tempfile::tempdir().unwrap();
    let path = above.path().join("NAS 收据");
    let place = Place::Folder { path: path.clone() };
    let folds_case = cfg!(any(windows, target_os = "macos"));
    check(&place, Found { folds_case, ..Found::default() });
    nothing_is_left_of_uploads(&path);
    assert_eq!(fs::read(path.join(".legible-trash/2026-11-22/gone.txt")).unwrap(), b"one");
    assert_eq!(fs::read(path.join(".legible-trash/2026-11-22/gone.txt.2")).unwrap(), b"another");
    fs::remove_dir_all(&path).unwrap();
    let storage = open(&place, "", Found::default());
    assert_eq!(On(&storage).list().files, [], "a folder that is not there, in one that is");
    #[cfg(target_os = "linux")]
    odd_names_are_told(&storage, &path);
    drop(above);
    storage.list(&Unwatched).expect_err("where nothing can be looked at nothing is known");
}

/// What was begun and stopped is removed, soon.
fn nothing_is_left_of_uploads(folder: &Path) {
    let left = || {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with(".legible-") && name != ".legible-trash").collect::<Vec<_>>()
    };
    let begun = Instant::now();
    while !left().is_empty() && begun.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(left(), [""; 0]);
}

#[cfg(target_os = "linux")]
fn odd_names_are_told(storage: &Storage, path: &Path) {
    use legible_cloud::remote::Expect;
    use std::os::unix::ffi::OsStrExt;
    fs::create_dir_all(path.join(".hidden")).unwrap();
    fs::write(path.join(".hidden/a.txt"), "no").unwrap();
    fs::write(path.join("a:b.txt"), "no").unwrap();
    fs::write(path.join(std::ffi::OsStr::from_bytes(b"bad\xff.txt")), "no").unwrap();
    std::os::unix::fs::symlink("a:b.txt", path.join("link.txt")).unwrap();
    // As macOS writes it.
    fs::write(path.join("e\u{301}.txt"), "yes").unwrap();
    let listing = On(storage).list();
    let mut left: Vec<_> = listing.unusable.iter().map(|left| left.name.as_str()).collect();
    left.sort_unstable();
    assert_eq!(left, ["a:b.txt", "bad\u{fffd}.txt", "link.txt"]);
    assert_eq!(listing.files.len(), 1);
    let file = &listing.files[0];
    assert_eq!((file.path.as_str(), file.id.as_deref()), ("é.txt", Some("e\u{301}.txt")));
    assert_eq!(On(storage).fetch(file).unwrap(), b"yes");
    let expect = Expect::Revision(file.revision.clone());
    On(storage).put("é.txt", b"changed", &expect).unwrap();
    assert_eq!(fs::read(path.join("e\u{301}.txt")).unwrap(), b"changed", "and not another one beside it");
}

fn s3(url: String, bucket: &str) -> Place {
    let (region, folder, key_id) = ("us-east-1".into(), "in a/folder".into(), USER.into());
    Place::S3 { endpoint: url, region, bucket: bucket.into(), folder, key_id, virtual_host: false }
}

fn s3_by_moto(programs: &Path) {
    let server = servers::moto(programs);
    // It makes a file of parts over any state, whichever is expected.
    let found =
        Found { conditional: true, whole: true, md5: true, parts: true, conditional_delete: true, ..Found::default() };
    check(&s3(server.url(), BUCKET), found);
    parts::go_on(server.port, found);
    let at = |found: Found| raced::at(|url| s3(url, BUCKET), found);
    for found in [found, Found::default()] {
        raced::uploads_are_told_from_what_others_write(server.port, Between("PUT ", "HEAD "), at(found));
        // After the copy.
        raced::removals_leave_what_others_write(server.port, Between("PUT ", "HEAD "), at(found), raced::any());
    }
    raced::removals_leave_what_others_write(server.port, Between("", "DELETE "), at(found), raced::any());
    faults::cut_connections_change_nothing(server.port, |url| s3(url, BUCKET), found);
    faults::needs_you(open(&s3(server.url(), "no-such-bucket"), PASSWORD, Found::default()).list(&Unwatched));
}

fn s3_by_rclone(programs: &Path) {
    let server = servers::rclone(programs, "s3");
    // It answers that all is well, whatever the condition is. What goes up at once to a new folder makes that twice there, and one of the
    // files is refused: in S3 there are no folders.
    let found = Found { whole: true, md5: true, parts: true, ..Found::default() };
    check_with(&s3(server.url(), BUCKET), found, |remote| conforms_one_by_one(remote, SPACED));
    let at = || raced::at(|url| s3(url, BUCKET), Found::default());
    raced::uploads_are_told_from_what_others_write(server.port, Between("PUT ", "HEAD "), at());
    raced::removals_leave_what_others_write(server.port, Between("PUT ", "HEAD "), at(), raced::any());
    let storage = open(&s3(server.url(), BUCKET), "wrong", Found::default());
    faults::needs_you(storage.list(&Unwatched));
    faults::needs_you(storage.probe(&Unwatched));
}

fn webdav(url: String, folder: &str) -> Place {
    Place::WebDav { url, folder: folder.into(), user: USER.into() }
}

fn webdav_by_wsgidav(programs: &Path) {
    let server = servers::wsgidav(programs);
    let at = |path: &str, folder: &str| webdav(format!("{}{path}", server.url()), folder);
    // It writes into the file itself.
    check(&at("/dav/", "in a/收据"), Found { conditional: true, ..Found::default() });
    nothing_is_left_of_uploads(&server.files().join("in a/收据"));
    // As on a server that does not, where it is the conditions that keep states apart.
    let whole = Found { conditional: true, whole: true, ..Found::default() };
    let storage = open(&at("/dav", "whole"), PASSWORD, whole);
    assert!(storage.capabilities().conditional);
    conforms_if_nothing_breaks(&storage);
    for (found, put) in [(whole, "PUT "), (Found::default(), "MOVE ")] {
        let at = || raced::at(|url| webdav(format!("{url}/dav"), "raced"), found);
        raced::uploads_are_told_from_what_others_write(server.port, Between(put, "PROPFIND "), at());
        raced::removals_leave_what_others_write(server.port, Between("", "MOVE "), at(), raced::of_another_size());
    }
    faults::cut_connections_change_nothing(server.port, |url| webdav(format!("{url}/dav"), "cut"), Found::default());
    faults::needs_you(open(&at("/dav", "x"), "wrong", Found::default()).list(&Unwatched));
    faults::needs_you(open(&at("/dav", "not/there/at all"), PASSWORD, Found::default()).list(&Unwatched));
    faults::needs_you(open(&at("/dav/nowhere", ""), PASSWORD, Found::default()).list(&Unwatched));
    assert_eq!(On(&open(&at("/dav", "not yet"), PASSWORD, Found::default())).list().files, []);
}

fn webdav_by_rclone(programs: &Path) {
    let server = servers::rclone(programs, "webdav");
    check(&webdav(server.url(), "legible"), Found::default());
    let at = || raced::at(|url| webdav(url, "raced"), Found::default());
    raced::uploads_are_told_from_what_others_write(server.port, Between("MOVE ", "PROPFIND "), at());
    raced::removals_leave_what_others_write(server.port, Between("", "MOVE "), at(), raced::of_another_size());
    faults::cut_connections_change_nothing(server.port, |url| webdav(url, "cut"), Found::default());
}

fn sftp_by_openssh(sshd: &Path) {
    let server = servers::sshd(sshd);
    let folder = server.files().join("legible");
    let mut client = sftp_client(&server, folder.to_str().unwrap());
    assert!(client.status().unwrap().success());
    nothing_is_left_of_uploads(&folder);
    another_key_is_refused(&server, client);
}

/// It changes the time of a file until a moment after it was closed, and so its state: that may look like somebody's edit. And it
/// writes what it has of a file when a connection breaks, even if that was removed before. Each of that depends on its clock and not on
/// us, so one of three folders has to conform: what we do wrong shows in all three.
fn sftp_by_rclone(programs: &Path) {
    let server = servers::rclone(programs, "sftp");
    let conforms = |folder: &str| sftp_client(&server, folder).status().unwrap().success();
    assert!(["first", "second", "third"].into_iter().any(conforms));
    another_key_is_refused(&server, sftp_client(&server, "first"));
}

/// Another server at the same place, as far as ssh can tell.
fn another_key_is_refused(server: &servers::Server, mut client: Command) {
    let other = fs::read_to_string(server.home.path().join("client.pub")).unwrap();
    fs::write(server.home.path().join("known_hosts"), format!("[127.0.0.1]:{} {other}", server.port)).unwrap();
    assert!(client.env(SFTP_REFUSED, "1").status().unwrap().success());
}

/// This program again, which holds a folder to the suite: the client of SFTP runs whatever `ssh` the search path leads to.
fn sftp_client(server: &servers::Server, folder: &str) -> Command {
    let place = Place::Sftp {
        host: "127.0.0.1".into(),
        port: Some(server.port),
        user: None,
        key_file: Some(server.home.path().join("client")),
        folder: folder.to_owned(),
        trust_first: false,
    };
    let path = std::env::var_os("PATH").unwrap();
    let all = [servers::ssh_for(server)].into_iter().chain(std::env::split_paths(&path));
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env("PATH", std::env::join_paths(all).unwrap()).env(SFTP, serde_json::to_string(&place).unwrap());
    command
}

fn on_sftp(place: &Place) {
    if std::env::var_os(SFTP_REFUSED).is_some() {
        faults::needs_you(open(place, "", Found::default()).list(&Unwatched));
        return;
    }
    check(place, Found::default());
}
