//! A source on a storage, from the command that sets it up to what is in the library and beside the pictures then. The storage is a
//! folder of this machine.

use super::{CloudFolder, passed_over, text_path};
use crate::api::{
    Conditions, EditItem, ErrorCode, Filing, ItemIds, ItemsQuery, KeepWhat, NoArgs, SourceDraft, SourceRef, SourceSpec,
    SourceView, StorageDraft, StoragePlace, SyncContent, SyncDirection, TextLayout, WriteText,
};
use crate::cloud::accounts::place::StoredPlace;
use crate::filing;
use crate::handlers::FETCH;
use crate::testing::{Home, png};
use legible_cloud::FilePath;
use legible_cloud::remote::storage::{Found, Place};
use legible_library::ItemId;
use legible_reading::{Engine, Line, Quad, Reading};
use legible_sources::SourceId;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// Long enough for texts that wait for some more to come.
const LATER: Duration = Duration::from_secs(60);

fn draft(home: &Home, write_text: WriteText) -> SourceDraft {
    fs::create_dir_all(home.path("camera")).unwrap();
    let spec = SourceSpec::Cloud {
        place: StoragePlace::Folder { path: home.path("camera").to_str().unwrap().into() },
        secret: None,
        sign_in: None,
        include: vec![],
        exclude: vec!["drafts/**".into()],
        most_megabytes: Some(1),
        write_text,
    };
    let filing = Filing {
        keep: KeepWhat::Copy,
        tags: vec!["phone".into()],
        engine: None,
        languages: vec![],
        layout: TextLayout::Lines,
        name: None,
        move_to: None,
        notify: false,
        rules: vec![],
    };
    let (zone, conditions) = ("UTC".to_owned(), Conditions::default());
    SourceDraft { id: None, name: String::new(), spec, filing, rule: None, zone, conditions, enabled: true }
}

/// A source whose first look is over.
pub fn source(home: &Home, write_text: WriteText) -> SourceView {
    let source = home.ask(home.service.save_source(draft(home, write_text))).unwrap();
    home.work();
    source
}

/// What came of a look.
fn look(home: &Home, source: &SourceView) -> Value {
    home.ask(home.service.look_now(SourceRef { id: source.id })).unwrap();
    home.clock.advance(1000);
    home.work().into_iter().next().unwrap_or_default()
}

fn view(home: &Home, source: &SourceView) -> SourceView {
    let all = home.ask(home.service.sources(NoArgs {})).unwrap().sources;
    all.into_iter().find(|one| one.id == source.id).unwrap()
}

fn save(home: &Home, source: &SourceView, change: impl FnOnce(&mut SourceDraft)) -> Result<SourceView, crate::Error> {
    let mut draft = SourceDraft { id: Some(source.id), ..source.draft.clone() };
    change(&mut draft);
    home.ask(home.service.save_source(draft))
}

/// The names of all items, and their numbers.
fn items(home: &Home) -> Vec<(String, i64)> {
    let page = home.ask(home.service.items(ItemsQuery::default())).unwrap();
    let mut items: Vec<_> = page.items.into_iter().map(|card| (card.name, card.id)).collect();
    items.sort();
    items
}

/// Has an item read by hand, and what follows done.
pub fn read(home: &Home, name: &str, text: &str) {
    becomes(home, name, text);
    write(home);
}

/// Has an item read by hand, as the `read` job does.
pub fn becomes(home: &Home, name: &str, text: &str) {
    let id = ItemId(items(home).into_iter().find(|(known, _)| known == name).unwrap().1);
    let line = Line { text: text.into(), quad: Quad::from_edges(0.0, 0.0, 1.0, 1.0), confidence: 1.0, words: vec![] };
    let engine = Engine { name: "test".into(), version: "1".into() };
    let reading = Reading { engine, width: 2, height: 2, lines: vec![line] };
    let (name, now) = (name.to_owned(), home.service.now());
    let save = move |tx: &rusqlite::Transaction<'_>| {
        legible_library::save_reading(tx, id, &reading, now)?;
        filing::enqueue(tx, id, &name, now)?;
        super::became(tx, id, super::Became::AnotherText, now)
    };
    home.service.database().write_blocking(save).unwrap();
}

/// Does what is due now and soon.
fn write(home: &Home) {
    home.work();
    home.clock.advance(LATER.as_millis() as i64);
    home.work();
}

/// The files of the storage that are no pictures, with what is in them.
pub fn beside(home: &Home) -> Vec<(String, String)> {
    let entries = fs::read_dir(home.path("camera")).unwrap().map(|entry| entry.unwrap());
    let shown = entries.map(|entry| (entry.file_name().into_string().unwrap(), entry.path()));
    let texts = shown.filter(|(name, path)| !name.starts_with('.') && !name.ends_with(".png") && path.is_file());
    let mut texts: Vec<_> = texts.map(|(name, path)| (name, fs::read_to_string(path).unwrap())).collect();
    texts.sort();
    texts
}

pub fn texts(texts: &[(&str, &str)]) -> Vec<(String, String)> {
    texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn new_pictures_come_in_once_and_say_where_from() {
    let home = Home::new();
    home.write("camera/2026/a.png", png(1));
    home.write("camera/drafts/b.png", png(2));
    home.write("camera/notes.txt", "no picture");
    home.write("camera/c.png", "no image");
    let source = source(&home, WriteText::Off);
    let found = view(&home, &source);
    assert_eq!((found.found, found.items, found.problem), (1, 1, None));
    assert_eq!(found.remark.as_deref().map(|remark| remark.starts_with("1 could not be used: c.png: ")), Some(true));
    assert!(found.sentence.starts_with("Fetches new pictures of ") && found.sentence.contains("camera"));
    let [(name, id)] = items(&home).try_into().unwrap();
    let item = home.ask(home.service.item(crate::api::ItemQuery { id, query: String::new() })).unwrap();
    assert_eq!((name.as_str(), item.tags.as_slice()), ("a.png", ["phone".to_owned()].as_slice()));
    assert_eq!(item.origins[0].kind, "remote");
    assert_eq!(item.origins[0].path.as_deref(), home.path("camera/2026/a.png").to_str());

    assert_eq!(look(&home, &source)["new"], 0);
    home.write("camera/d.png", png(4));
    assert_eq!(look(&home, &source)["new"], 1);
    assert_eq!(items(&home).len(), 2);
}

#[test]
fn what_is_renamed_is_not_another_picture_and_what_is_deleted_does_not_come_back() {
    let home = Home::new();
    home.write("camera/a.png", png(1));
    let source = source(&home, WriteText::Off);
    fs::rename(home.path("camera/a.png"), home.path("camera/b.png")).unwrap();
    let looked = look(&home, &source);
    assert_eq!((&looked["new"], items(&home).len()), (&json!(0), 1));
    let ids = vec![items(&home)[0].1];
    home.ask(home.service.trash_items(ItemIds { ids: ids.clone() })).unwrap();
    home.ask(home.service.purge_items(ItemIds { ids })).unwrap();
    fs::rename(home.path("camera/b.png"), home.path("camera/c.png")).unwrap();
    assert_eq!((&look(&home, &source)["new"], items(&home).len()), (&json!(0), 0));
}

#[test]
fn a_look_that_is_stopped_goes_on_where_it_was() {
    let home = Home::new();
    (1..=4).for_each(|shade| drop(home.write(&format!("camera/{shade}.png"), png(shade))));
    let mut stopped = 0;
    let made = home.ask(home.service.save_source(draft(&home, WriteText::Off))).unwrap();
    for number in 0..40 {
        let Some(lease) = home.claim() else { break };
        assert_eq!(lease.kind, FETCH);
        if home.stop_at(&lease, number).is_some() {
            break;
        }
        stopped += 1;
    }
    home.work();
    assert!(stopped > 4, "it was stopped at {stopped} points");
    assert_eq!((items(&home).len(), view(&home, &made).items), (4, 4));
    let again = look(&home, &made);
    assert_eq!((&again["new"], &again["known"]), (&json!(0), &json!(0)), "nothing was fetched again");
}

#[test]
fn texts_are_written_beside_their_pictures_and_follow_them() {
    let home = Home::new();
    home.write("camera/a.png", png(1));
    home.write("camera/b.png", png(2));
    let source = source(&home, WriteText::Plain);
    assert_eq!(beside(&home), texts(&[]), "nothing is read yet");
    read(&home, "a.png", "first");
    assert_eq!(beside(&home), texts(&[("a.png.txt", "first\n")]));
    read(&home, "a.png", "second");
    read(&home, "b.png", "");
    assert_eq!(beside(&home), texts(&[("a.png.txt", "second\n")]), "what says nothing has no text");

    fs::rename(home.path("camera/a.png"), home.path("camera/c.png")).unwrap();
    assert_eq!(look(&home, &source)["new"], 0);
    write(&home);
    assert_eq!(beside(&home), texts(&[("a.png.txt", "second\n"), ("c.png.txt", "second\n")]));
    assert_eq!((items(&home).len(), view(&home, &source).problem), (2, None), "no text is a picture");

    let changed = save(&home, &source, |draft| set(draft, WriteText::Markdown)).unwrap();
    write(&home);
    let written: Vec<String> = beside(&home).into_iter().map(|(name, _)| name).collect();
    assert_eq!(written, ["a.png.txt", "c.png.md", "c.png.txt"]);
    assert!(changed.sentence.contains("writes their text beside them"), "{}", changed.sentence);
    let id = items(&home).into_iter().find(|(name, _)| name == "a.png").unwrap().1;
    let edit = EditItem { id, tags: Some(vec!["rent".into()]), note: None };
    home.ask(home.service.edit_item(edit)).unwrap();
    write(&home);
    let page = fs::read_to_string(home.path("camera/c.png.md")).unwrap();
    assert!(page.contains("\"rent\"") && page.contains("second"), "{page}");
}

fn set(draft: &mut SourceDraft, how: WriteText) {
    if let SourceSpec::Cloud { write_text, .. } = &mut draft.spec {
        *write_text = how;
    }
}

#[test]
fn what_a_person_wrote_is_left_alone() {
    let home = Home::new();
    home.write("camera/a.png", png(1));
    home.write("camera/a.png.txt", "mine");
    home.write("camera/b.png", png(2));
    let source = source(&home, WriteText::Plain);
    read(&home, "a.png", "text of a");
    read(&home, "b.png", "text of b");
    assert_eq!(beside(&home), texts(&[("a.png.txt", "mine"), ("b.png.txt", "text of b\n")]));
    let remark = view(&home, &source).remark.unwrap();
    assert!(remark.starts_with("1 text was not written: a.png.txt: "), "{remark}");
    home.write("camera/b.png.txt", "text of b, corrected");
    read(&home, "b.png", "another text of b");
    assert_eq!(beside(&home)[1].1, "text of b, corrected");
    fs::remove_file(home.path("camera/a.png.txt")).unwrap();
    read(&home, "a.png", "text of a, again");
    assert_eq!(beside(&home)[0].1, "text of a, again\n");
}

#[test]
fn what_was_written_before_a_kill_is_known_for_ours() {
    let home = Home::new();
    home.write("camera/a.png", png(1));
    let source = source(&home, WriteText::Plain);
    read(&home, "a.png", "first");
    let id = SourceId(source.id);
    // Written, and killed before that was noted; then the text became another.
    let forget = "UPDATE source_remote_file SET text_meant = text_written, text_written = NULL WHERE source = ?1";
    let kill = move |tx: &rusqlite::Transaction<'_>| Ok(tx.execute(forget, [id.0])?);
    home.service.database().write_blocking(kill).unwrap();
    read(&home, "a.png", "second");
    assert_eq!(beside(&home), texts(&[("a.png.txt", "second\n")]));
}

#[test]
fn a_storage_that_is_away_for_a_while_loses_no_text() {
    let home = Home::new();
    home.write("camera/a.png", png(1));
    let source = source(&home, WriteText::Plain);
    fs::rename(home.path("camera"), home.path("away")).unwrap();
    read(&home, "a.png", "text");
    assert!(!home.path("camera").exists(), "no folder is made where the disk is not");
    fs::rename(home.path("away"), home.path("camera")).unwrap();
    assert_eq!(beside(&home), texts(&[]));
    look(&home, &source);
    write(&home);
    assert_eq!(beside(&home), texts(&[("a.png.txt", "text\n")]));
    assert_eq!((view(&home, &source).problem, view(&home, &source).items), (None, 1));
}

#[test]
fn what_legible_wrote_is_no_source() {
    let home = Home::new();
    let refused = |path: PathBuf| {
        let mut draft = draft(&home, WriteText::Off);
        if let SourceSpec::Cloud { place, .. } = &mut draft.spec {
            *place = StoragePlace::Folder { path: path.to_str().unwrap().into() };
        }
        home.ask(home.service.save_source(draft)).unwrap_err().to_string()
    };
    fs::create_dir_all(home.path("library/2026")).unwrap();
    assert!(refused(home.path("library/2026")).contains("belongs to Legible"));
    fs::create_dir_all(home.path("nas/Legible/2026")).unwrap();
    let storage = StorageDraft {
        id: None,
        name: "nas".into(),
        place: StoragePlace::Folder { path: home.path("nas/Legible").to_str().unwrap().into() },
        secret: None,
        direction: SyncDirection::Both,
        content: SyncContent::Library,
        sign_in: None,
        kilobytes_a_second: None,
        rule: None,
        on_change: false,
        zone: "UTC".into(),
        conditions: Conditions::default(),
        enabled: true,
    };
    home.ask(home.service.save_storage(storage)).unwrap();
    assert!(refused(home.path("nas/Legible/2026")).contains("“nas”"));
    let folder = |path: &str| CloudFolder {
        place: StoredPlace::Storage(Place::Folder { path: home.path(path) }),
        found: Found::default(),
        secret: None,
    };
    assert_eq!(passed_over(&home.service, &folder("nas"), &[]).unwrap(), ["Legible/"]);
    assert!(passed_over(&home.service, &folder("elsewhere"), &[]).unwrap().is_empty());
    // Another machine keeps its library there.
    home.write("theirs/.legible-folder", "folder:1:2");
    assert!(refused(home.path("theirs")).contains("kept in step"));
}

#[test]
fn a_folder_that_is_gone_is_told_until_it_is_there_again() {
    let home = Home::new();
    home.write("camera/a.png", png(1));
    let source = source(&home, WriteText::Off);
    fs::rename(home.path("camera"), home.path("elsewhere")).unwrap();
    look(&home, &source);
    assert!(view(&home, &source).problem.is_some_and(|problem| problem.error.message.contains("not there")));
    let gone = SourceDraft { id: Some(source.id), ..source.draft.clone() };
    for write_text in [WriteText::Off, WriteText::Plain] {
        let SourceSpec::Cloud { place, secret, sign_in, include, exclude, most_megabytes, .. } = gone.spec.clone()
        else {
            panic!()
        };
        let spec = SourceSpec::Cloud { place, secret, sign_in, include, exclude, most_megabytes, write_text };
        let refused = home.ask(home.service.save_source(SourceDraft { spec, ..gone.clone() })).unwrap_err().to_string();
        assert!(refused.contains("not there") && !home.path("camera").exists(), "{refused}");
    }
    fs::rename(home.path("elsewhere"), home.path("camera")).unwrap();
    home.write("camera/b.png", png(2));
    look(&home, &source);
    assert_eq!((view(&home, &source).problem, items(&home).len()), (None, 2));
}

#[test]
fn a_library_of_another_machine_within_the_folder_is_passed_over() {
    let home = Home::new();
    for name in ["a.png", "trip/b.png", "Legible/2026/11/c.png", "Legible/d.png"] {
        home.write(&format!("camera/{name}"), png(name.len() as u8));
    }
    home.write("camera/Legible/.legible-folder", "folder:1:2");
    let source = source(&home, WriteText::Plain);
    let names = |home: &Home| items(home).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(&home), ["a.png", "b.png"]);
    // Once no library is kept there any more, what comes there is fetched.
    fs::remove_file(home.path("camera/Legible/.legible-folder")).unwrap();
    home.write("camera/Legible/e.png", png(99));
    look(&home, &source);
    assert!(names(&home).contains(&"e.png".to_owned()));
}

#[test]
fn secrets_go_with_their_place_and_their_source() {
    let home = Home::new();
    let dav = |secret: Option<&str>| SourceSpec::Cloud {
        // Nobody listens there.
        place: StoragePlace::WebDav { url: "http://127.0.0.1:9/dav".into(), folder: "x".into(), user: "me".into() },
        secret: secret.map(str::to_owned),
        sign_in: None,
        include: vec![],
        exclude: vec![],
        most_megabytes: None,
        write_text: WriteText::Off,
    };
    let unreachable = SourceDraft { spec: dav(Some("tr0ub4dor")), ..draft(&home, WriteText::Off) };
    let told = home.ask(home.service.save_source(unreachable.clone())).unwrap_err().to_wire();
    assert_eq!(told.code, ErrorCode::Network, "{told:?}");
    assert!(!format!("{told:?}").contains("tr0ub4dor"));
    let test = home.ask(home.service.test_source(unreachable)).unwrap();
    assert_eq!(test.problem.map(|problem| problem.code), Some(ErrorCode::Network));
    let listed = home.ask(home.service.sources(NoArgs {})).unwrap().sources;
    assert!(listed.iter().all(|source| source.built_in), "nothing was made");
    let source = source(&home, WriteText::Off);
    let moved = save(&home, &source, |draft| draft.spec = dav(None)).unwrap_err().to_string();
    assert!(moved.contains("type the password or key"), "{moved}");
}

#[test]
fn a_source_is_tried_before_it_is_saved() {
    let home = Home::new();
    let empty = home.ask(home.service.test_source(draft(&home, WriteText::Off))).unwrap();
    assert_eq!((empty.problem, empty.warnings.len()), (None, 1), "{:?}", empty.warnings);
    home.write("camera/a.png", png(1));
    home.write("camera/b:c.png", png(1));
    home.write("camera/large.png", vec![0; 2_000_000]);
    let tried = home.ask(home.service.test_source(draft(&home, WriteText::Plain))).unwrap();
    assert_eq!(tried.words, "1 image would be fetched (1 MB).");
    assert_eq!((tried.samples, tried.problem), (vec!["a.png".to_owned()], None));
    assert!(tried.warnings[0].starts_with("b:c.png: "), "{:?}", tried.warnings);
    assert!(items(&home).is_empty() && beside(&home).is_empty());
}

#[test]
fn at_a_provider_the_folder_is_named_and_somebody_signed_in() {
    let home = Home::new();
    for (place, name) in [
        (StoragePlace::Dropbox { folder: " / ".into() }, "Dropbox"),
        (StoragePlace::OneDrive { folder: String::new() }, "OneDrive"),
        (StoragePlace::GoogleDrive { folder: String::new() }, "Google Drive"),
    ] {
        let told = CloudFolder::at(&place).unwrap_err().to_string();
        assert!(told.contains(name) && told.contains("name the folder"), "{told}");
    }
    let mut new = draft(&home, WriteText::Plain);
    if let SourceSpec::Cloud { place, .. } = &mut new.spec {
        *place = StoragePlace::Dropbox { folder: "/Camera Uploads/".into() };
    }
    let told = home.ask(home.service.save_source(new)).unwrap_err().to_wire();
    assert_eq!((told.code, told.message.as_str()), (ErrorCode::SignIn, "Nobody is signed in to Dropbox"));
}

#[test]
fn texts_lie_beside_their_pictures() {
    use legible_sources::WriteText::{Markdown, Off, Plain};
    let check = |picture: &str, how, expected: Option<&str>| {
        assert_eq!(text_path(picture, how).as_ref().map(FilePath::as_str), expected, "{picture}");
    };
    check("2026/a.png", Plain, Some("2026/a.png.txt"));
    check("2026/a.png", Markdown, Some("2026/a.png.md"));
    check("2026/a.png", Off, None);
    check(&"n".repeat(253), Plain, None);
}

#[test]
fn places_say_where_a_file_lies() {
    let check = |place: Place, name: &str, address: Option<&str>| {
        let folder = CloudFolder { place: StoredPlace::Storage(place), found: Found::default(), secret: None };
        assert_eq!((folder.name().as_str(), folder.address_of("x/a.png").as_deref()), (name, address));
    };
    let dav = |folder: &str| Place::WebDav {
        url: "https://cloud.example/dav/".into(),
        folder: folder.into(),
        user: String::new(),
    };
    check(dav("Photos/Camera/"), "Camera", Some("https://cloud.example/dav/Photos/Camera/x/a.png"));
    check(dav(""), "cloud.example", Some("https://cloud.example/dav/x/a.png"));
    let sftp = |folder: &str| Place::Sftp {
        host: "nas".into(),
        port: None,
        user: None,
        key_file: None,
        folder: folder.into(),
        trust_first: false,
    };
    check(sftp("in/box"), "box", Some("sftp://nas/~/in/box/x/a.png"));
    check(sftp("/srv"), "srv", Some("sftp://nas/srv/x/a.png"));
    check(Place::Folder { path: "/home/me/Camera Uploads".into() }, "Camera Uploads", None);
    let place = StoragePlace::OneDrive { folder: "Pictures/Camera Roll".into() };
    let folder = CloudFolder::at(&place).unwrap();
    let told = (folder.name(), folder.address_of("a.png"));
    assert_eq!(told, ("Camera Roll".to_owned(), Some("onedrive:/Pictures/Camera Roll/a.png".to_owned())));
}

#[test]
fn pictures_that_are_thrown_away_get_no_text() {
    let home = Home::new();
    home.write("camera/a.png", png(1));
    let _source = source(&home, WriteText::Plain);
    let ids = vec![items(&home)[0].1];
    read(&home, "a.png", "");
    home.ask(home.service.trash_items(ItemIds { ids })).unwrap();
    write(&home);
    assert_eq!((beside(&home), items(&home).len()), (texts(&[]), 0));
}
