//! An image and its sidecar are a pair: what somebody says of an image counts as an edit of it, on any number of machines.

use super::*;
use crate::intake::write_sidecar;
use legible_library::{ItemId, Problem};
use proptest::prelude::*;
use std::collections::BTreeMap;

impl Machine {
    /// Has a program note something in the sidecar of an image, as reading it again does.
    fn note(&self, id: i64, message: &str) {
        let service = &self.home.service;
        let folder = service.folder_to_fill().unwrap();
        let (code, hint) = ("no_text".to_owned(), String::new());
        let problem = Problem { code, message: message.to_owned(), hint };
        let note = move |tx: &rusqlite::Transaction<'_>| {
            legible_library::set_problem(tx, ItemId(id), Some(&problem))?;
            write_sidecar(tx, &folder, ItemId(id))
        };
        service.database().write_blocking(note).unwrap();
    }

    /// The items of these names that lie in the trash.
    fn trashed(&self, name: &str) -> Option<i64> {
        let query = ItemsQuery { trashed: true, ..ItemsQuery::default() };
        let page = self.home.ask(self.home.service.items(query)).unwrap();
        page.items.iter().find(|card| card.name == name).map(|card| card.id)
    }

    fn find(&self, name: &str) -> Option<i64> {
        let page = self.home.ask(self.home.service.items(ItemsQuery::default())).unwrap();
        page.items.iter().find(|card| card.name == name).map(|card| card.id)
    }

    /// Brings it in step, agreeing to all that is asked. Returns whether anything was done.
    fn sync_agreeing_to_all(&self) -> bool {
        let mut done = self.sync();
        if !done.questions.is_empty() {
            done = self.sync_agreeing(done.questions);
        }
        assert!(done.problems.is_empty() && done.questions.is_empty(), "{done:?}");
        [done.uploaded, done.downloaded, done.removed, done.put_away, done.merged].iter().any(|count| *count > 0)
    }
}

/// Brings all in step, one after the other. Returns whether anything was done.
fn round(machines: &[&Machine]) -> bool {
    machines.iter().filter(|machine| machine.sync_agreeing_to_all()).count() > 0
}

#[test]
fn what_is_said_of_an_image_beats_that_it_was_deleted_whoever_comes_first() {
    let check = |lap_first: bool| {
        let (_folder, desk, lap) = two();
        desk.take_in("a.png", 1);
        desk.take_in("b.png", 2);
        round(&[&desk, &lap]);
        lap.tag(lap.id("b.png"), &["keep"]);
        desk.trash(desk.id("b.png"));
        let order = if lap_first { [&lap, &desk] } else { [&desk, &lap] };
        for _ in 0..3 {
            round(&order);
        }
        let expected = items(&[("a.png", &[]), ("b.png", &["keep"])]);
        assert_eq!((desk.items(), lap.items()), (expected.clone(), expected), "lap first: {lap_first}");
        assert!(!round(&order), "and that comes to an end");
    };
    check(true);
    check(false);
}

#[test]
fn what_programs_note_of_an_image_brings_back_none_that_was_deleted() {
    let check = |lap_first: bool| {
        let (folder, desk, lap) = two();
        desk.take_in("a.png", 1);
        desk.take_in("b.png", 2);
        round(&[&desk, &lap]);
        lap.note(lap.id("b.png"), "nothing was found by a newer model");
        desk.trash(desk.id("b.png"));
        let order = if lap_first { [&lap, &desk] } else { [&desk, &lap] };
        for _ in 0..3 {
            round(&order);
        }
        let expected = items(&[("a.png", &[])]);
        assert_eq!((desk.items(), lap.items()), (expected.clone(), expected), "lap first: {lap_first}");
        let there = folder.path().join("between/1970/01");
        assert!(!there.join("b.png").exists() && !there.join("b.png.json").exists());
        assert!(!round(&order), "and that comes to an end");
    };
    check(true);
    check(false);
}

/// What somebody does on one of three machines.
#[derive(Debug, Clone)]
enum Act {
    Add(usize, u8),
    Tag(usize, u8),
    Note(usize, u8),
    Trash(usize, u8),
    Restore(usize, u8),
    Sync(usize),
}

const MACHINES: usize = 3;
const IMAGES: u8 = 3;

fn act() -> impl Strategy<Value = Act> {
    let (machine, image) = (0..MACHINES, 0..IMAGES);
    let of = move || (machine.clone(), image.clone());
    prop_oneof![
        2 => of().prop_map(|(machine, image)| Act::Add(machine, image)),
        3 => of().prop_map(|(machine, image)| Act::Tag(machine, image)),
        1 => of().prop_map(|(machine, image)| Act::Note(machine, image)),
        2 => of().prop_map(|(machine, image)| Act::Trash(machine, image)),
        1 => of().prop_map(|(machine, image)| Act::Restore(machine, image)),
        4 => (0..MACHINES).prop_map(Act::Sync),
    ]
}

/// What is known of one image by who sees all machines.
#[derive(Debug, Default)]
struct Said {
    tags: BTreeSet<String>,
    /// Whether nobody deleted it since it was last added, tagged or taken back.
    lives: bool,
}

fn name(image: u8) -> String {
    format!("{image}.png")
}

proptest! {
    // Each case opens three libraries on the disk.
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn three_machines_end_with_the_same_and_lose_nothing_that_was_said(acts in prop::collection::vec(act(), 5..25)) {
        let folder = tempfile::tempdir().unwrap();
        let between = folder.path().join("between");
        std::fs::create_dir(&between).unwrap();
        let machines: Vec<Machine> = (0..MACHINES).map(|_| Machine::new(&between, SyncDirection::Both)).collect();
        let mut said: BTreeMap<u8, Said> = BTreeMap::new();
        // What went to the trash of a machine since it was last in step.
        let mut nobody_knows: BTreeSet<(usize, u8)> = BTreeSet::new();
        for (number, act) in acts.into_iter().enumerate() {
            match act {
                Act::Add(at, image) => {
                    let known = machines[at].find(&name(image)).is_some() || machines[at].trashed(&name(image)).is_some();
                    if !known {
                        machines[at].take_in(&name(image), image + 1);
                        // One that others had is nothing new where they have it: that they deleted it may stand.
                        said.entry(image).or_insert_with(|| Said { lives: true, ..Said::default() });
                    }
                }
                Act::Tag(at, image) => {
                    if let Some(id) = machines[at].find(&name(image)) {
                        let tag = format!("{at} said {number}");
                        let tags = [machines[at].tags(id), vec![tag.clone()]].concat();
                        machines[at].tag(id, &tags.iter().map(String::as_str).collect::<Vec<_>>());
                        let said = said.entry(image).or_default();
                        said.tags.insert(tag);
                        said.lives = true;
                    }
                }
                Act::Note(at, image) => {
                    if let Some(id) = machines[at].find(&name(image)) {
                        machines[at].note(id, &format!("{at} found nothing {number}"));
                    }
                }
                Act::Trash(at, image) => {
                    if let Some(id) = machines[at].find(&name(image)) {
                        machines[at].trash(id);
                        nobody_knows.insert((at, image));
                        said.entry(image).or_default().lives = false;
                    }
                }
                Act::Restore(at, image) => {
                    if let Some(id) = machines[at].trashed(&name(image)) {
                        machines[at].home.ask(machines[at].home.service.restore_items(ItemIds { ids: vec![id] })).unwrap();
                        // What came back before anybody knew was never gone, and another one may have deleted it.
                        if !nobody_knows.remove(&(at, image)) {
                            said.entry(image).or_default().lives = true;
                        }
                    }
                }
                Act::Sync(at) => {
                    machines[at].sync_agreeing_to_all();
                    nobody_knows.retain(|(of, _)| *of != at);
                }
            }
        }
        let all: Vec<&Machine> = machines.iter().collect();
        let rounds = (0..8).take_while(|_| round(&all)).count();
        prop_assert!(rounds < 8, "they never come to rest");
        let sets = |machine: &Machine| -> BTreeMap<String, BTreeSet<String>> {
            machine.items().into_iter().map(|(name, tags)| (name, tags.into_iter().collect())).collect()
        };
        let first = sets(&machines[0]);
        for machine in &machines[1..] {
            prop_assert_eq!(&sets(machine), &first);
        }
        for (image, said) in &said {
            match first.get(&name(*image)) {
                Some(tags) => prop_assert_eq!(tags, &said.tags, "of {}", image),
                None => prop_assert!(!said.lives, "{} is gone", image),
            }
        }
    }
}
