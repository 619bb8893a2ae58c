//! Looks at real folders, from the command that asks for them to what is in the library then.

mod ends;
mod following;
mod keeping;
mod moves;

use crate::api::{
    Conditions, Filing, FilingRule, ItemIds, ItemQuery, ItemView, ItemsQuery, KeepWhat, Original, SourceDraft,
    SourceRef, SourceSpec, SourceView, TextLayout,
};
use crate::filing;
use crate::testing::{Home, png};
use legible_jobs::Filter;
use legible_library::ItemId;
use legible_reading::{Engine, Line, Quad, Reading};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

const DAY: i64 = 86_400_000;

/// A home whose clock is that of the files, a day ahead: all that is written in the test was left alone since.
fn home() -> Home {
    let home = Home::new();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64;
    home.clock.advance(now + DAY - home.service.now());
    home
}

/// A source on the folder `in` of a home, which is there.
fn draft(home: &Home, keep: KeepWhat) -> SourceDraft {
    fs::create_dir_all(home.path("in")).unwrap();
    let spec = SourceSpec::Folder {
        path: home.path("in").to_str().unwrap().into(),
        recursive: true,
        include: vec![],
        exclude: vec![],
        quiet_ms: 0,
    };
    let (engine, languages, layout) = (None, vec![], TextLayout::Lines);
    let (name, move_to, rules) = (None, None, vec![]);
    let filing = Filing { keep, tags: vec![], engine, languages, layout, name, move_to, notify: false, rules };
    let (name, zone, conditions) = (String::new(), "UTC".to_owned(), Conditions::default());
    SourceDraft { id: None, name, spec, filing, rule: None, zone, conditions, enabled: true }
}

fn add(home: &Home, draft: SourceDraft) -> SourceView {
    home.ask(home.service.save_source(draft)).unwrap()
}

/// What came of a look that a person asked for.
fn look(home: &Home, source: &SourceView) -> Value {
    home.ask(home.service.look_now(SourceRef { id: source.id })).unwrap();
    home.clock.advance(1000);
    let found = home.work();
    found.into_iter().next().unwrap_or_default()
}

/// Writes an image that was left alone for a while.
fn put(home: &Home, name: &str, shade: u8) {
    let path = home.write(&format!("in/{name}"), png(shade));
    age(&path);
}

fn age(path: &Path) {
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1)).unwrap();
}

/// The names of all items with whether their picture is there.
fn items(home: &Home) -> Vec<(String, Original)> {
    let page = home.ask(home.service.items(ItemsQuery::default())).unwrap();
    let mut items: Vec<_> = page.items.into_iter().map(|card| (card.name, card.original)).collect();
    items.sort_by(|a, b| a.0.cmp(&b.0));
    items
}

fn names(home: &Home) -> Vec<String> {
    items(home).into_iter().map(|(name, _)| name).collect()
}

fn item_called(home: &Home, name: &str) -> ItemView {
    let page = home.ask(home.service.items(ItemsQuery::default())).unwrap();
    let id = page.items.iter().find(|card| card.name == name).unwrap().id;
    home.ask(home.service.item(ItemQuery { id, query: String::new() })).unwrap()
}

/// Has an item read by hand, as the `read` job does, and what follows done.
fn read(home: &Home, name: &str, text: &str) {
    save_reading(home, name, text);
    home.work();
}

/// Has an item read by hand, as the `read` job does.
fn save_reading(home: &Home, name: &str, text: &str) {
    let id = ItemId(item_called(home, name).card.id);
    let quad = Quad::from_edges(0.0, 0.0, 1.0, 1.0);
    let line = Line { text: text.into(), quad, confidence: 1.0, words: vec![] };
    let engine = Engine { name: "test".into(), version: "1".into() };
    let reading = Reading { engine, width: 2, height: 2, lines: vec![line] };
    let (name, now) = (name.to_owned(), home.service.now());
    home.service
        .database()
        .write_blocking(move |tx| {
            legible_library::save_reading(tx, id, &reading, now)?;
            filing::enqueue(tx, id, &name, now)
        })
        .unwrap();
}

/// What is wrong with a source.
fn problem(home: &Home, source: &SourceView) -> Option<String> {
    let sources = home.ask(home.service.sources(crate::api::NoArgs {})).unwrap().sources;
    let found = sources.into_iter().find(|one| one.id == source.id).unwrap();
    found.problem.map(|problem| problem.error.message)
}

/// Changes a source.
fn change(home: &Home, source: &SourceView, change: impl FnOnce(&mut SourceDraft)) {
    let mut draft = SourceDraft { id: Some(source.id), ..source.draft.clone() };
    change(&mut draft);
    home.ask(home.service.save_source(draft)).unwrap();
}

/// How many jobs of a kind there are or were.
fn jobs(home: &Home, kind: &str) -> u64 {
    let filter = Filter { kinds: Some(vec![kind.into()]), ..Filter::default() };
    home.service.database().read_blocking(|c| Ok(legible_jobs::jobs(c, &filter, 0, 1)?.total)).unwrap()
}

#[test]
fn files_that_are_left_where_they_are_are_followed() {
    use Original::{Kept, Missing};
    let home = home();
    put(&home, "a.png", 1);
    put(&home, "sub/b.png", 2);
    put(&home, "same as a.png", 1);
    let source = add(&home, draft(&home, KeepWhat::InPlace));
    assert_eq!(look(&home, &source), outcome(json!({ "new": 2, "known": 1 })));
    assert_eq!(look(&home, &source), outcome(json!({})), "nothing new");
    let reads = jobs(&home, "read");

    fs::rename(home.path("in/sub/b.png"), home.path("in/c.png")).unwrap();
    assert_eq!(look(&home, &source), outcome(json!({ "moved": 1 })));
    assert_eq!(items(&home), [("a.png".into(), Kept), ("c.png".into(), Kept)]);

    fs::remove_file(home.path("in/c.png")).unwrap();
    assert_eq!(look(&home, &source), outcome(json!({ "missing": 1 })));
    assert_eq!(items(&home), [("a.png".into(), Kept), ("c.png".into(), Missing)]);
    fs::remove_file(home.path("in/a.png")).unwrap();
    assert_eq!(look(&home, &source), outcome(json!({ "missing": 1 })));
    assert_eq!(items(&home)[0], ("a.png".into(), Kept), "its other copy is there");

    put(&home, "c.png", 2);
    let back = look(&home, &source);
    assert_eq!((back["new"].as_u64(), items(&home)[1].1), (Some(0), Kept), "{back}");
    assert_eq!(jobs(&home, "read"), reads, "nothing was read again");
    assert_eq!(fs::read_dir(home.path("library")).unwrap().count(), 1, "only the sidecars lie in the library");
}

#[test]
fn what_a_file_shows_now_is_a_new_item_and_the_old_one_is_missing() {
    let home = home();
    put(&home, "a.png", 1);
    let source = add(&home, draft(&home, KeepWhat::InPlace));
    look(&home, &source);
    fs::write(home.path("in/a.png"), png(9)).unwrap();
    let found = look(&home, &source);
    assert_eq!(found["new"], 1, "{found}");
    assert_eq!(items(&home), [("a.png".into(), Original::Kept), ("a.png".into(), Original::Missing)]);
}

#[test]
fn what_is_no_image_is_refused_once_and_hurts_no_other() {
    let home = home();
    put(&home, "a.png", 1);
    age(&home.write("in/page.png", "<html>not found</html>"));
    let source = add(&home, draft(&home, KeepWhat::Copy));
    let found = look(&home, &source);
    assert_eq!((&found["new"], &found["refused"]), (&json!(1), &json!(1)));
    assert!(found["reasons"][0].as_str().unwrap().starts_with("page.png: "), "{found}");
    assert_eq!(look(&home, &source), outcome(json!({})), "it is not tried again");
    fs::write(home.path("in/page.png"), png(3)).unwrap();
    assert_eq!(look(&home, &source)["new"], 1, "until it changes");
    assert_eq!(names(&home), ["a.png", "page.png"]);
}

#[test]
fn legible_never_reads_what_it_wrote() {
    let home = home();
    put(&home, "a.png", 1);
    let mut all = draft(&home, KeepWhat::Copy);
    let SourceSpec::Folder { path, .. } = &mut all.spec else { unreachable!() };
    *path = home.path("").to_str().unwrap().trim_end_matches('/').into();
    let source = add(&home, all);
    assert_eq!(look(&home, &source), outcome(json!({ "new": 1 })));
    assert_eq!(look(&home, &source), outcome(json!({})));
    let mut library = draft(&home, KeepWhat::Copy);
    let SourceSpec::Folder { path, .. } = &mut library.spec else { unreachable!() };
    *path = home.path("library").to_str().unwrap().into();
    let refused = home.ask(home.service.save_source(library)).unwrap_err().to_string();
    assert!(refused.contains("belongs to Legible"), "{refused}");
}

#[test]
fn a_folder_that_is_gone_says_so_until_it_is_back() {
    let home = home();
    put(&home, "a.png", 1);
    let source = add(&home, draft(&home, KeepWhat::InPlace));
    look(&home, &source);
    fs::rename(home.path("in"), home.path("elsewhere")).unwrap();
    look(&home, &source);
    let view = || home.ask(home.service.sources(crate::api::NoArgs {})).unwrap().sources.pop().unwrap();
    let problem = view().problem.unwrap().error;
    assert!(problem.message.contains("is not there"), "{problem}");
    assert_eq!(items(&home)[0].1, Original::Kept, "it is not known to be gone");
    fs::rename(home.path("elsewhere"), home.path("in")).unwrap();
    home.clock.advance(3_600_000);
    look(&home, &source);
    assert_eq!((view().problem, view().items), (None, 1));
}

#[test]
fn images_are_filed_once_as_their_source_says() {
    let home = home();
    put(&home, "scan.png", 1);
    let mut draft = draft(&home, KeepWhat::InPlace);
    draft.filing = Filing {
        tags: vec!["paper".into()],
        name: Some("{source} {n}".into()),
        move_to: Some(home.path("in/Done").to_str().unwrap().into()),
        rules: vec![
            FilingRule { when: "invoice".into(), tags: vec!["bill".into()], remind_days_before: Some(3) },
            FilingRule { when: "receipt".into(), tags: vec!["never".into()], remind_days_before: None },
        ],
        ..draft.filing
    };
    draft.name = "Scanner".into();
    let source = add(&home, draft);
    look(&home, &source);
    assert_eq!(names(&home), ["Scanner 1.png"]);
    assert_eq!(item_called(&home, "Scanner 1.png").tags, ["paper"]);
    assert!(home.path("in/scan.png").exists(), "it is moved once it is read");

    let due = legible_library::timestamp(home.service.now() + 30 * DAY);
    read(&home, "Scanner 1.png", &format!("Invoice no. 7, payable by {}", &due[..10]));
    let item = item_called(&home, "Scanner 1.png");
    assert_eq!(item.tags, ["paper", "bill"]);
    assert_eq!(item.path, home.path("in/Done/scan.png").to_str().unwrap());
    assert!(home.path("in/Done/scan.png").exists() && !home.path("in/scan.png").exists());
    let reminders = home.ask(home.service.reminders(crate::api::NoArgs {})).unwrap().reminders;
    assert_eq!(reminders.len(), 1, "{reminders:?}");
    let days = (reminders[0].next.unwrap() - home.service.now()) / DAY;
    assert!((26..=27).contains(&days), "three days before it is due: {days}");

    let (id, tags) = (item.card.id, Some(vec!["mine".into()]));
    home.ask(home.service.edit_item(crate::api::EditItem { id, tags, note: None })).unwrap();
    read(&home, "Scanner 1.png", "Invoice, read again");
    assert_eq!(item_called(&home, "Scanner 1.png").tags, ["mine"], "each source has its say once");
    assert_eq!(look(&home, &source), outcome(json!({})), "where files are moved to is not looked at");
}

#[test]
fn a_file_that_is_being_written_waits() {
    let home = home();
    home.write("in/a.png", png(1));
    let mut draft = draft(&home, KeepWhat::Copy);
    let SourceSpec::Folder { quiet_ms, .. } = &mut draft.spec else { unreachable!() };
    *quiet_ms = 3_600_000;
    let source = add(&home, draft);
    home.clock.advance(-DAY);
    assert_eq!(look(&home, &source), outcome(json!({ "waiting": 1 })));
    home.clock.advance(DAY);
    assert_eq!(look(&home, &source), outcome(json!({ "new": 1 })));
}

/// The output of a look with these counts and no others.
fn outcome(counts: Value) -> Value {
    let mut outcome = serde_json::to_value(super::Outcome::default()).unwrap();
    outcome.as_object_mut().unwrap().extend(counts.as_object().unwrap().clone());
    outcome
}

#[test]
fn no_source_brings_back_what_a_person_put_in_the_trash() {
    let home = home();
    put(&home, "a.png", 1);
    let source = add(&home, draft(&home, KeepWhat::InPlace));
    look(&home, &source);
    let id = item_called(&home, "a.png").card.id;
    home.ask(home.service.trash_items(ItemIds { ids: vec![id] })).unwrap();
    put(&home, "again.png", 1);
    assert_eq!(look(&home, &source), outcome(json!({ "known": 1 })));
    assert!(items(&home).is_empty());
    assert_eq!(home.take_in("a.png", &png(1)), id, "a person does");
    assert_eq!(names(&home), ["a.png"]);
}

#[test]
fn files_are_not_moved_to_where_a_source_looks() {
    let home = home();
    let watched = add(&home, draft(&home, KeepWhat::Copy));
    let refused = |path: &str, move_to: &str| {
        fs::create_dir_all(home.path(path)).unwrap();
        let mut draft = draft(&home, KeepWhat::Copy);
        let SourceSpec::Folder { path: at, .. } = &mut draft.spec else { unreachable!() };
        *at = home.path(path).to_str().unwrap().into();
        draft.filing.move_to = Some(home.path(move_to).to_str().unwrap().into());
        home.ask(home.service.save_source(draft)).map_err(|error| error.to_string()).err()
    };
    assert!(refused("other", "in").is_some_and(|error| error.contains("where in looks")), "{watched:?}");
    assert!(refused("other", "other").is_some_and(|error| error.contains("where they come from")));
    assert_eq!(refused("other", "other/Done"), None);
}

#[test]
fn a_look_that_was_stopped_tells_of_all_of_its_images_in_the_end() {
    let home = home();
    let mut told = draft(&home, KeepWhat::Copy);
    told.filing.notify = true;
    let source = add(&home, told);
    (0..3).for_each(|shade| put(&home, &format!("{shade}.png"), shade * 40));
    home.ask(home.service.look_now(SourceRef { id: source.id })).unwrap();
    home.clock.advance(1000);
    let lease = home.claim().unwrap();
    let groups = |home: &Home| home.ask(home.service.groups(crate::api::NoArgs {})).unwrap().groups;
    // At each of its safe points in turn, so surely between two of its images.
    let mut stops = 0;
    let mut lease = Some(lease);
    let found = loop {
        let ended = home.stop_at(&lease.take().unwrap(), stops);
        if let Some(found) = ended {
            break found;
        }
        stops += 1;
        lease = home.claim();
    };
    assert!(stops > 2 && items(&home).len() == 3, "{stops} {found}");
    let [group] = &groups(&home)[..] else { panic!("one batch: {:?}", groups(&home)) };
    assert_eq!((group.images, group.gathering), (3, false), "the look is none of its images");
}

#[test]
fn what_is_known_and_read_is_no_news_to_tell() {
    let home = home();
    let mut told = draft(&home, KeepWhat::Copy);
    told.filing.notify = true;
    home.take_in("known.png", &png(7));
    read(&home, "known.png", "text");
    let source = add(&home, told);
    put(&home, "same.png", 7);
    assert_eq!(look(&home, &source)["known"], 2, "the file that was taken in lies there too");
    let groups = home.ask(home.service.groups(crate::api::NoArgs {})).unwrap().groups;
    assert!(groups.is_empty(), "{groups:?}");
}
