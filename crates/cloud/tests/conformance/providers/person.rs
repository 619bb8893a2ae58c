//! Folders of a person at the providers, by what is granted to read there, and to write too: what is in them, what changes, what is refused.

use futures_util::future::BoxFuture;
use legible_cloud::account::{Client, Provider as Known, ProviderKind, Reach, Tokens};
use legible_cloud::remote::drive::{Drive, Found};
use legible_cloud::remote::dropbox::Dropbox;
use legible_cloud::remote::onedrive::OneDrive;
use legible_cloud::remote::{Expect, Remote, Unkept, Unwatched, Upload, Whose};
use legible_cloud::{Error, FilePath, Result};
use legible_cloud_fakes::{Clouds, Fake, Provider};
use std::io::Cursor;
use std::sync::Arc;

/// The folder, from the top of all files of the person.
const FOLDER: &str = "Pictures/Camera it's";

/// A token that lets do what is asked for a reach, and no more.
struct Only(String);

impl Only {
    fn of(fake: &Fake<dyn Provider>, kind: ProviderKind, reach: Reach) -> Arc<Self> {
        let asked = Known::known(kind, Client::of("an app", Some("a secret")), reach).unwrap();
        let scopes: Vec<&str> = asked.scopes.iter().map(String::as_str).collect();
        Arc::new(Only(fake.grant_only(&scopes).access))
    }
}

impl Tokens for Only {
    fn access<'a>(&'a self, _: Option<&'a str>) -> BoxFuture<'a, Result<String>> {
        let token = self.0.clone();
        Box::pin(async { Ok(token) })
    }
}

pub fn dropbox(clouds: &Clouds) {
    let open = |folder: &str, tokens: Arc<Only>| -> Result<Box<dyn Remote>> {
        Ok(Box::new(Dropbox::open(Whose::Person, folder, tokens)?))
    };
    holds(&clouds.dropbox.any(), ProviderKind::Dropbox, open);
}

pub fn onedrive(clouds: &Clouds) {
    let open = |folder: &str, tokens: Arc<Only>| -> Result<Box<dyn Remote>> {
        Ok(Box::new(OneDrive::open(Whose::Person, folder, tokens)?))
    };
    holds(&clouds.onedrive.any(), ProviderKind::OneDrive, open);
}

pub fn drive(clouds: &Clouds) {
    let open = |folder: &str, tokens: Arc<Only>| -> Result<Box<dyn Remote>> {
        let found = Found::at(folder, tokens.clone(), &Unwatched)?;
        Ok(Box::new(Drive::open(Whose::Person, &found, tokens)?))
    };
    holds(&clouds.drive.any(), ProviderKind::GoogleDrive, open);
    only_drive(clouds);
}

fn names(files: &[legible_cloud::remote::RemoteFile]) -> Vec<&str> {
    let mut names: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    names.sort_unstable();
    names
}

fn put(remote: &dyn Remote, path: &str, content: &[u8]) -> Result<()> {
    let upload = Upload {
        path: &FilePath::parse(path).unwrap(),
        content: &mut Cursor::new(content.to_vec()),
        size: content.len() as u64,
        expect: &Expect::Absent,
        session: &mut Unkept,
    };
    remote.put(upload, &Unwatched).map(drop)
}

fn holds(fake: &Fake<dyn Provider>, kind: ProviderKind, open: impl Fn(&str, Arc<Only>) -> Result<Box<dyn Remote>>) {
    let at = |path: &str| format!("{FOLDER}/{path}");
    fake.put(&at("a.png"), b"a");
    fake.put(&at("2026/b.png"), b"bb");
    fake.put("Elsewhere/c.png", b"ccc");
    let reads = open(FOLDER, Only::of(fake, kind, Reach::Read)).unwrap();
    let listing = reads.list(&Unwatched).unwrap();
    assert_eq!((names(&listing.files), listing.unusable.len()), (vec!["2026/b.png", "a.png"], 0));
    let (mut bytes, b) = (Vec::new(), listing.files.iter().find(|file| file.path.name() == "b.png").unwrap());
    reads.fetch(b, &mut bytes, &Unwatched).unwrap();
    assert_eq!(bytes, b"bb");

    fake.put(&at("2026/d.png"), b"d");
    fake.put("Elsewhere/e.png", b"e");
    let changes = reads.changes(&listing.cursor.unwrap(), &Unwatched).unwrap();
    assert_eq!((names(&changes.files), changes.gone.len()), (vec!["2026/d.png"], 0));
    let again = reads.changes(&changes.cursor.unwrap(), &Unwatched).unwrap();
    assert_eq!((again.files.len(), again.gone.len()), (0, 0));

    let refused = put(&*reads, "a.png.txt", b"text");
    assert!(matches!(refused, Err(Error::SignIn { .. })), "{refused:?}");
    assert_eq!(fake.get(&at("a.png.txt")), None);
    let writes = open(FOLDER, Only::of(fake, kind, Reach::ReadWrite)).unwrap();
    put(&*writes, "a.png.txt", b"text").unwrap();
    assert_eq!(fake.get(&at("a.png.txt")).as_deref(), Some(&b"text"[..]));

    let missing = || open("Pictures/Nowhere", Only::of(fake, kind, Reach::ReadWrite));
    for told in [missing().and_then(|at| at.list(&Unwatched).map(drop)), missing().and_then(|at| at.enter(&Unwatched))]
    {
        let is_named = |message: &str| message.contains("“Pictures/Nowhere”");
        assert!(matches!(&told, Err(Error::NeedsYou { message, .. }) if is_named(message)), "{told:?}");
    }
    reads.enter(&Unwatched).unwrap();
    assert!(fake.files().keys().all(|path| !path.contains("Nowhere")), "nothing is made for the person");

    // What is granted for a library reads nothing of the person; of Dropbox that depends on how the program is registered.
    if kind != ProviderKind::Dropbox {
        let narrow = open(FOLDER, Only::of(fake, kind, Reach::OwnFolder)).and_then(|at| at.list(&Unwatched));
        assert!(matches!(narrow, Err(Error::NeedsYou { .. } | Error::SignIn { .. })), "{narrow:?}");
    }
}

/// Names that are there twice, what has no bytes, what moves with all that is in it, and a library in the folder.
fn only_drive(clouds: &Clouds) {
    let (fake, at) = (&clouds.drive, |path: &str| format!("{FOLDER}/{path}"));
    let tokens = Only::of(&fake.any(), ProviderKind::GoogleDrive, Reach::Read);
    let found = Found::at(FOLDER, tokens.clone(), &Unwatched).unwrap();
    assert_eq!((&found.folder, found.has_twins), (&fake.ids(FOLDER)[0], false));
    let camera = Drive::open(Whose::Person, &found, tokens.clone()).unwrap();

    fake.put_of_google(&at("Notes"), "application/vnd.google-apps.document");
    fake.put_of_google(&at("link.png"), "application/vnd.google-apps.shortcut");
    fake.put(&at("Kept/.legible-folder"), b"folder:1:2");
    fake.put(&at("Kept/2026/x.png"), b"x");
    let listing = camera.list(&Unwatched).unwrap();
    assert_eq!(names(&listing.files), ["2026/b.png", "2026/d.png", "a.png", "a.png.txt"], "Legible wrote the rest");
    assert!(listing.unusable.is_empty(), "documents and links are nothing to be told of");
    fake.put(&at("Kept/2026/y.png"), b"y");
    fake.put_of_google(&at("other.png"), "application/vnd.google-apps.shortcut");
    let changes = camera.changes(&listing.cursor.unwrap(), &Unwatched).unwrap();
    assert_eq!((changes.files.len(), changes.unusable.len()), (0, 0));

    // What was elsewhere with all that is in it is told of by nothing but the folder itself.
    fake.put("Elsewhere/Trip/t.png", b"t");
    let cursor = camera.list(&Unwatched).unwrap().cursor.unwrap();
    fake.rename("Elsewhere/Trip", &at("Trip"));
    assert!(matches!(camera.changes(&cursor, &Unwatched), Err(Error::Expired)));
    assert!(names(&camera.list(&Unwatched).unwrap().files).contains(&"Trip/t.png"));

    // The folder stays the same one by another name; by its path, the oldest is taken.
    fake.rename(FOLDER, "Pictures/Old");
    camera.enter(&Unwatched).unwrap();
    assert!(names(&camera.list(&Unwatched).unwrap().files).contains(&"a.png"));
    fake.put(&at("new.png"), b"new");
    fake.put_of_google(FOLDER, "application/vnd.google-apps.folder");
    let twin = Found::at(FOLDER, tokens, &Unwatched).unwrap();
    assert_eq!((twin.has_twins, &twin.folder), (true, &fake.ids(FOLDER)[0]));
    fake.put_in_trash("Pictures/Old");
    assert!(matches!(camera.enter(&Unwatched), Err(Error::NeedsYou { .. })));
    assert!(matches!(camera.list(&Unwatched), Err(Error::NeedsYou { .. })));
}
