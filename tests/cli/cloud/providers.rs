//! Dropbox, OneDrive and Google Drive from the command line: signed in to by a person in a browser, kept in step by two machines, taken back
//! and granted again. The providers are fakes behind a proxy; the program keeps its real addresses.

use crate::program::draw::{number, png};
use crate::program::{Home, signal, wait_for};
use crate::signed_in::{DRIVE, DROPBOX, Named, ONEDRIVE, leaks, machine, registered, shows_no_secret, signing_in};
use legible_cloud_fakes::{Clouds, Fault};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

/// Sets a storage up; gives its number.
fn add(home: &Home, clouds: &Clouds, provider: &Named) -> String {
    let words = ["cloud", "add", provider.option, "--folder", "My Legible, 收", "--name", "mine", "--json"];
    let added = signing_in(home, clouds, &words).with(0);
    shows_no_secret(&added);
    added.json()["id"].to_string()
}

fn lives(
    provider: &Named,
    revoke: impl Fn(&Clouds),
    files: impl Fn(&Clouds) -> usize,
    log: impl Fn(&Clouds) -> String,
) {
    let clouds = Clouds::start().unwrap();
    let (mut desk, lap) = (registered(&clouds, provider), registered(&clouds, provider));
    desk.set("LEGIBLE_LOG", "trace");
    desk.write("in/a.png", png(&number(80_642)));
    desk.run(["add", "--wait", "in/a.png"]).with(0);
    let id = add(&desk, &clouds, provider);
    let sync = |home: &Home, code: i32| {
        let said = home.run(["cloud", "sync", "--wait"]).with(code);
        shows_no_secret(&said);
        said
    };
    let sent = sync(&desk, 0);
    assert!(sent.out.contains("2 went up"), "{sent:?}");
    assert_eq!(files(&clouds), 3, "the image, its sidecar and the mark of the folder");

    let of_lap = add(&lap, &clouds, provider);
    assert!(sync(&lap, 0).out.contains("2 came down"));
    assert_eq!(lap.found("80642"), 1);

    revoke(&clouds);
    let refused = sync(&desk, 2);
    refused.complains(&["does not let Legible in any more", &format!("legible cloud sign-in {id}")]);
    let status = desk.run(["cloud", "status", &id, "--json"]).with(0);
    shows_no_secret(&status);
    assert_eq!(status.json()["problem"]["error"]["code"], "sign_in");
    let again = signing_in(&desk, &clouds, &["cloud", "sign-in", &id]).with(0);
    shows_no_secret(&again);
    desk.write("in/b.png", png(&number(11_223)));
    desk.run(["add", "--wait", "in/b.png"]).with(0);
    sync(&desk, 0);
    assert_eq!(files(&clouds), 5, "it goes on where it was");
    assert_eq!(desk.run(["cloud", "status", &id, "--json"]).with(0).json()["problem"], serde_json::Value::Null);

    let removed = desk.run(["cloud", "remove", &id]).with(0);
    match provider.revokes {
        Some(request) => {
            assert!(log(&clouds).contains(request) && !removed.err.contains("take it back"), "{removed:?}")
        }
        None => assert!(removed.err.contains("take it back at https://account.live.com/"), "{removed:?}"),
    }
    shows_no_secret(&removed);
    assert_eq!(files(&clouds), 5, "nothing is deleted");
    lap.run(["cloud", "remove", &of_lap]).with(0);
    for home in [&desk, &lap] {
        let secret_of_settings = home.path("config/settings.toml");
        let held = leaks(&home.path(""));
        let other = held.iter().filter(|leak| !leak.starts_with(&*secret_of_settings.to_string_lossy()));
        assert_eq!(other.collect::<Vec<_>>(), Vec::<&String>::new());
    }
    assert_eq!(clouds.refused(), Vec::<String>::new(), "nobody else was asked");
}

#[test]
fn dropbox_is_signed_in_to_and_kept_in_step() {
    let log = |clouds: &Clouds| clouds.dropbox.log().iter().map(|entry| entry.line.clone()).collect();
    lives(&DROPBOX, |clouds| clouds.dropbox.revoke_all(), |clouds| clouds.dropbox.files().len(), log);
}

#[test]
fn onedrive_is_signed_in_to_and_kept_in_step() {
    let log = |clouds: &Clouds| clouds.onedrive.log().iter().map(|entry| entry.line.clone()).collect();
    lives(&ONEDRIVE, |clouds| clouds.onedrive.revoke_all(), |clouds| clouds.onedrive.files().len(), log);
}

#[test]
fn google_drive_is_signed_in_to_and_kept_in_step() {
    let log = |clouds: &Clouds| clouds.drive.log().iter().map(|entry| entry.line.clone()).collect();
    lives(&DRIVE, |clouds| clouds.drive.revoke_all(), |clouds| clouds.drive.files().len(), log);
}

#[test]
fn who_cannot_be_signed_in_is_told_what_to_do_and_nothing_is_kept() {
    let clouds = Clouds::start().unwrap();
    let home = machine(&clouds);
    let unknown = home.run(["cloud", "add", "--dropbox"]).with(1);
    unknown.complains(&["not registered with Dropbox", "docs/cloud.md"]);
    home.run(["cloud", "client", "google-drive", "--id", "an-app"]).with(0);
    home.run(["cloud", "add", "--google-drive"]).with(1).complains(&["Google wants a client secret"]);
    home.run(["cloud", "add", "--dropbox", "--onedrive"]).with(2);

    let home = registered(&clouds, &DROPBOX);
    clouds.dropbox.person_agrees(false);
    let refused = signing_in(&home, &clouds, &["cloud", "add", "--dropbox"]).with(1);
    refused.complains(&["was not allowed to use Dropbox", "agree"]);
    home.run(["cloud", "list"]).with(1);

    #[cfg(unix)]
    {
        let mut command = home.command(["cloud", "add", "--dropbox", "--no-browser"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut err = String::new();
        while !err.lines().any(|line| line.starts_with("https://")) {
            assert!(said.read_line(&mut err).unwrap() > 0, "{err}");
        }
        signal("INT", child.id());
        said.read_to_string(&mut err).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1), "{err}");
        assert!(err.contains("nothing was changed"), "{err}");
        home.run(["cloud", "list"]).with(1);
    }
}

#[test]
fn one_grant_of_google_serves_what_is_left() {
    let clouds = Clouds::start().unwrap();
    let home = registered(&clouds, &DRIVE);
    let first = add(&home, &clouds, &DRIVE);
    let words = ["cloud", "add", "--google-drive", "--folder", "Other", "--name", "other", "--json"];
    let second = signing_in(&home, &clouds, &words).with(0).json()["id"].to_string();
    let revokes = DRIVE.revokes.unwrap();
    let asked = || clouds.drive.log().iter().filter(|entry| entry.line.starts_with(revokes)).count();
    let removed = home.run(["cloud", "remove", &first]).with(0);
    removed.complains(&["other uses it", "take it back at https://myaccount.google.com/"]);
    assert_eq!(asked(), 0, "it would have signed out the other one");
    home.run(["cloud", "sync", &second, "--wait"]).with(0);
    home.run(["cloud", "remove", &second]).with(0);
    assert_eq!(asked(), 1);
}

/// The removal is killed when the storage is gone and Google does not know yet. Then nothing is reached for a while.
#[test]
fn what_a_killed_removal_left_is_taken_back() {
    let clouds = Clouds::start().unwrap();
    let home = registered(&clouds, &DRIVE);
    let id = add(&home, &clouds, &DRIVE);
    let revokes = DRIVE.revokes.unwrap();
    clouds.drive.fault(revokes, 1, Fault::StallUpload(0));
    let mut removing = home.command(["cloud", "remove", &id]).stdout(Stdio::null()).spawn().unwrap();
    wait_for("the provider is asked", || (clouds.drive.faults_left() == 0).then_some(()));
    removing.kill().unwrap();
    removing.wait().unwrap();
    home.run(["cloud", "list"]).with(1);
    let kept = || home.database().query_row("SELECT count(*) FROM secret", [], |row| row.get::<_, u32>(0)).unwrap();
    let told = || clouds.drive.log().iter().filter(|it| it.line.starts_with(revokes) && it.status == Some(200)).count();
    assert_eq!((kept(), told()), (1, 0));

    clouds.drive.fault("/token", usize::MAX, Fault::status(503));
    let asked = || clouds.drive.log().iter().any(|entry| entry.status == Some(503));
    {
        let _serving = home.serve();
        wait_for("it is tried", || asked().then_some(()));
    }
    assert_eq!((kept(), told()), (1, 0), "what cannot be taken back now stays known");
    clouds.drive.clear_faults();
    let _serving = home.serve();
    wait_for("it is taken back", || (told() == 1).then_some(()));
    wait_for("it is forgotten", || (kept() == 0).then_some(()));
}
