//! Sources at Dropbox, OneDrive and Google Drive: a person signs in in a browser, pictures of a folder of theirs are fetched from mark to
//! mark, their text goes beside them once that is granted too; the leave is taken back and given again. The providers are fakes behind a
//! proxy; the program keeps its real addresses.

use super::problem;
use crate::program::draw::{number, png};
use crate::program::{Home, Said};
use crate::signed_in::{DRIVE, DROPBOX, Named, ONEDRIVE, leaks, registered, shows_no_secret, signing_in};
use legible_cloud_fakes::{Clouds, Fake, Provider};
use serde_json::Value;

const FOLDER: &str = "Pictures/Camera Uploads";

/// A fake, and what stands in a request of it that lists everything in a folder.
struct Under<'a> {
    clouds: &'a Clouds,
    fake: Fake<dyn Provider>,
    provider: &'a Named,
    lists: &'static str,
}

impl Under<'_> {
    fn put(&self, name: &str, value: u32) {
        self.fake.put(&format!("{FOLDER}/{name}"), &png(&number(value)));
    }

    fn text(&self, name: &str) -> String {
        self.fake.get(&format!("{FOLDER}/{name}")).map_or_else(String::new, |text| String::from_utf8(text).unwrap())
    }

    fn asked(&self) -> Vec<String> {
        self.fake.take_log().into_iter().map(|entry| entry.line).collect()
    }

    /// Runs a command that has a person sign in.
    fn signing_in(&self, home: &Home, words: &[&str]) -> Said {
        let said = signing_in(home, self.clouds, words);
        shows_no_secret(&said);
        said
    }

    fn lives(&self) {
        let mut home = registered(self.clouds, self.provider);
        home.set("LEGIBLE_LOG", "trace");
        self.put("2026/a.png", 80_642);
        self.fake.put("Elsewhere/z.png", &png(&number(97_531)));
        let add = |more: &[&str]| {
            let place = ["cloud", self.provider.option, "--folder", FOLDER, "--needs", "none"];
            self.signing_in(&home, &[&["sources", "add"], more, &place].concat())
        };
        let tried = add(&["--try"]).with(0).out;
        assert!(tried.starts_with("1 image would be fetched (1 MB).\n  2026/a.png"), "{tried}");
        assert!(!home.run(["sources", "list"]).with(0).out.contains("Camera Uploads"), "nothing is made");
        add(&[]).with(0);
        let listed = home.run(["sources", "list", "--json"]).with(0).json();
        let is_ours = |source: &&Value| source["draft"]["name"] == "Camera Uploads";
        let id = listed.as_array().unwrap().iter().find(is_ours).unwrap()["id"].to_string();
        home.work();
        assert_eq!((home.found("80642"), home.images()), (1, 1), "{}", problem(&home, &id));

        self.put("b.png", 13_579);
        self.asked();
        assert_eq!(home.found_by(&id), "1 new image");
        let asked = self.asked();
        assert!(!asked.iter().any(|line| line.contains(self.lists)), "from mark to mark: {asked:?}");
        assert_eq!(self.fake.files().len(), 3, "nothing is written");

        // Who may only read is not sent to write at night.
        self.signing_in(&home, &["sources", "edit", &id, "--write-text", "plain"])
            .with(0)
            .complains(&["You let Legible read at", "and not write"]);
        home.work();
        assert!(self.text("2026/a.png.txt").contains("80642") && self.text("b.png.txt").contains("13579"));

        self.fake.revoke_all();
        self.put("c.png", 24_680);
        let refused = home.look(&id).with(2);
        shows_no_secret(&refused);
        refused.complains(&["does not let Legible in any more", &format!("legible sources sign-in {id}")]);
        assert_eq!(home.source(&id)["problem"]["error"]["code"], "sign_in");
        self.signing_in(&home, &["sources", "sign-in", &id]).with(0);
        home.work();
        assert_eq!((home.found("24680"), problem(&home, &id)), (1, String::new()), "it goes on where it was");
        assert!(self.text("c.png.txt").contains("24680"));

        self.asked();
        let removed = home.run(["sources", "remove", &id]).with(0);
        shows_no_secret(&removed);
        match self.provider.revokes {
            Some(request) => assert!(self.asked().iter().any(|line| line.starts_with(request)), "{removed:?}"),
            None => removed.complains(&["take it back at https://account.live.com/"]),
        }
        assert_eq!((home.images(), self.fake.files().len()), (3, 7), "nothing is deleted");
        let settings = home.path("config/settings.toml");
        let held = leaks(&home.path(""));
        let other = held.iter().filter(|leak| !leak.starts_with(&*settings.to_string_lossy()));
        assert_eq!(other.collect::<Vec<_>>(), Vec::<&String>::new());
        assert_eq!(self.clouds.refused(), Vec::<String>::new(), "nobody else was asked");
    }
}

#[test]
fn dropbox_is_a_source() {
    let clouds = Clouds::start().unwrap();
    Under { clouds: &clouds, fake: clouds.dropbox.any(), provider: &DROPBOX, lists: "/list_folder " }.lives();
}

#[test]
fn onedrive_is_a_source() {
    let clouds = Clouds::start().unwrap();
    Under { clouds: &clouds, fake: clouds.onedrive.any(), provider: &ONEDRIVE, lists: "/delta?$select" }.lives();
}

#[test]
fn google_drive_is_a_source() {
    let clouds = Clouds::start().unwrap();
    Under { clouds: &clouds, fake: clouds.drive.any(), provider: &DRIVE, lists: "?q=trashed" }.lives();
}

#[test]
fn a_folder_that_cannot_be_one_is_told_and_what_was_granted_is_given_back() {
    let clouds = Clouds::start().unwrap();
    let home = registered(&clouds, &DROPBOX);
    let add = |folder: &str| {
        let words = ["sources", "add", "cloud", "--dropbox", "--folder", folder, "--write-text", "plain"];
        signing_in(&home, &clouds, &words)
    };
    let revoked = || {
        let log = clouds.dropbox.take_log();
        log.iter().filter(|entry| entry.line.starts_with(DROPBOX.revokes.unwrap())).count()
    };
    add("Nowhere").with(1).complains(&["no folder “Nowhere”", "Full Dropbox"]);
    assert_eq!((revoked(), clouds.dropbox.files().len()), (1, 0));
    add(" / ").with(1).complains(&["name the folder"]);

    // A library is kept in step there, by this machine or by another.
    let words = ["cloud", "add", "--dropbox", "--folder", "Kept/Legible"];
    signing_in(&home, &clouds, &words).with(0);
    home.write("a.png", png(&number(80_642)));
    home.run(["add", "--wait", "a.png"]).with(0);
    home.run(["cloud", "sync", "--wait"]).with(0);
    home.run(["cloud", "remove", "1"]).with(0);
    for folder in ["Kept/Legible", "Kept/Legible/1970"] {
        clouds.dropbox.put("Kept/Legible/1970/b.png", b"b");
        add(folder).with(1).complains(&["kept in step", "Choose the folder that your camera"]);
    }
    let listed = home.run(["sources", "list", "--json"]).with(0).json();
    assert!(listed.as_array().unwrap().iter().all(|source| source["built_in"] == true), "{listed}");
}

#[test]
fn one_grant_of_google_serves_sources_and_storages() {
    let clouds = Clouds::start().unwrap();
    let home = registered(&clouds, &DRIVE);
    clouds.drive.put("Camera/a.png", &png(&number(80_642)));
    let add = ["sources", "add", "cloud", "--google-drive", "--folder", "Camera", "--json"];
    let source = signing_in(&home, &clouds, &add).with(0).json()["id"].to_string();
    let add = ["cloud", "add", "--google-drive", "--name", "mine", "--json"];
    let storage = signing_in(&home, &clouds, &add).with(0).json()["id"].to_string();
    let revokes = DRIVE.revokes.unwrap();
    let asked = || clouds.drive.log().iter().filter(|entry| entry.line.starts_with(revokes)).count();
    let removed = home.run(["cloud", "remove", &storage]).with(0);
    removed.complains(&["Camera uses it", "take it back at https://myaccount.google.com/"]);
    assert_eq!(asked(), 0, "it would have signed out the source");
    assert_eq!(home.found_by(&source), "1 new image");
    home.run(["sources", "remove", &source]).with(0);
    assert_eq!(asked(), 1);
}
