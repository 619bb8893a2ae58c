//! Images that other programs edit where they lie in the library folder, on any number of machines.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

impl Machine {
    /// Does to an image what an image editor does on "save".
    fn edit_in_place(&self, path: &str, shade: u8) {
        std::fs::write(self.home.path("library").join(path), png(shade)).unwrap();
    }

    /// The images of the library folder: where they lie, and their bytes.
    fn images(&self) -> BTreeMap<String, Vec<u8>> {
        images_in(&self.home.path("library/1970/01"))
    }

    /// The name and the bytes of one of its images, if there is one.
    fn image(&self, number: usize) -> Option<(String, Vec<u8>)> {
        self.images().into_iter().filter(|(name, _)| name != STAYS).collect::<Vec<_>>().into_iter().cycle().nth(number)
    }

    /// One of its items, if there is one that is not in the trash.
    fn nth(&self, number: usize) -> Option<i64> {
        let page = self.home.ask(self.home.service.items(ItemsQuery::default())).unwrap();
        page.items.iter().filter(|card| card.name != STAYS).cycle().nth(number).map(|card| card.id)
    }

    /// Copies an image and what is said of it from the trash back to where it lay, if nothing lies there.
    fn put_back(&self) {
        let [library, trash] = ["library/1970/01", "library/.trash/1970/01"].map(|folder| self.home.path(folder));
        let Some(name) = images_in(&trash).into_keys().find(|name| !library.join(name).exists()) else { return };
        for file in [format!("{name}.json"), name] {
            _ = std::fs::copy(trash.join(&file), library.join(&file));
        }
    }

    /// Brings it in step, agreeing to all that is asked. Returns whether anything moved, or could not yet.
    fn moves(&self) -> bool {
        let mut done = self.sync();
        if !done.questions.is_empty() {
            done = self.sync_agreeing(done.questions);
        }
        assert_eq!(done.questions.len(), 0, "{done:?}");
        done.uploaded + done.downloaded + done.removed + done.put_away + done.merged > 0 || done.problem_count > 0
    }
}

/// The images of a folder, by name.
fn images_in(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(all) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    let names = all.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name.ends_with(".png"))
        .map(|name| (name.clone(), std::fs::read(folder.join(name)).unwrap()))
        .collect()
}

/// What the library of a machine says of each picture: its tags, which are a set.
fn said_of(machine: &Machine) -> BTreeMap<String, BTreeSet<String>> {
    let known = machine.home.service.database().read_blocking(|conn| Ok(legible_library::contents(conn)?)).unwrap();
    known.into_iter().map(|(id, _, hash)| (hash.to_string(), machine.tags(id.0).into_iter().collect())).collect()
}

/// What the items of a machine are called.
fn names(machine: &Machine) -> BTreeSet<String> {
    machine.items().into_iter().map(|(name, _)| name).collect()
}

/// The tags that sidecars of a folder have.
fn said_in(folder: &Path) -> Vec<String> {
    let Ok(all) = std::fs::read_dir(folder) else { return Vec::new() };
    let sidecars = all.map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    sidecars.filter_map(|text| legible_library::understood(&text)).flat_map(|sidecar| sidecar.tags).collect()
}

/// Whether what is said beside an image is said of the bytes that lie there, on a machine and in its library.
fn is_told_of_what_lies_there(machine: &Machine, path: &str) -> bool {
    let sidecar = legible_library::understood(&machine.read(&format!("{path}.json"))).unwrap();
    let lies_there = legible_library::ContentHash::of(&machine.read(path));
    let known = |conn: &rusqlite::Connection| Ok(legible_library::find_by_hash(conn, &lies_there)?);
    sidecar.hash == lies_there && machine.home.service.database().read_blocking(known).unwrap().is_some()
}

#[test]
fn an_image_that_another_program_edits_is_read_anew_and_keeps_what_was_said_of_it() {
    let (_folder, desk, lap) = two();
    let id = desk.take_in("a.png", 1);
    desk.tag(id, &["kept"]);
    desk.sync();
    lap.sync();
    desk.edit_in_place("1970/01/a.png", 9);
    lap.tag(lap.id("a.png"), &["kept", "meanwhile"]);
    for _ in 0..3 {
        desk.sync();
        lap.sync();
    }
    for machine in [&desk, &lap] {
        assert_eq!(machine.read("1970/01/a.png"), png(9));
        assert!(is_told_of_what_lies_there(machine, "1970/01/a.png"));
        assert_eq!(machine.items(), items(&[("a.png", &["kept", "meanwhile"])]));
        let result = machine.sync();
        assert_eq!((result.uploaded, result.downloaded, result.problem_count), (0, 0, 0), "{result:?}");
    }
    assert_eq!(desk.id("a.png"), id, "it is the same image");
    assert!(lap.home.path("library/.trash/1970/01/a.png").exists(), "what it was can be taken back there");
}

/// Has two programs' worth of shuffling done to the files of a machine, and all machines come to rest with what is `expected` of each image:
/// the shade of its picture and its tags.
fn shuffled(shuffle: impl Fn(&Path), expected: &[(&str, u8, &[&str])]) {
    let (_folder, desk, lap) = two();
    for (name, shade, tag) in [("a.png", 1, "apple"), ("b.png", 2, "banana")] {
        desk.tag(desk.take_in(name, shade), &[tag]);
    }
    desk.sync();
    lap.sync();
    shuffle(&desk.home.path("library/1970/01"));
    for _ in 0..4 {
        desk.moves();
        lap.moves();
    }
    let images: BTreeMap<String, Vec<u8>> =
        expected.iter().map(|(name, shade, _)| ((*name).to_owned(), png(*shade))).collect();
    for machine in [&desk, &lap] {
        assert!(machine.images() == images, "{:?}", machine.images().keys());
        for (name, _, tags) in expected {
            let path = format!("1970/01/{name}");
            assert!(is_told_of_what_lies_there(machine, &path), "{name}");
            let sidecar = legible_library::understood(&machine.read(&format!("{path}.json"))).unwrap();
            assert_eq!(sidecar.tags, *tags, "{name}");
        }
        let sidecars = std::fs::read_dir(machine.home.path("library/1970/01")).unwrap().count() - expected.len();
        assert_eq!(
            (sidecars, machine.count()),
            (expected.len(), expected.len()),
            "nothing is said of what is not there"
        );
        assert!(!machine.moves(), "they are at rest");
    }
}

/// Has two files exchange their names; where one is not there, the other just gets another name.
fn exchange(folder: &Path, one: &str, other: &str) {
    let rename = |from: &str, to: &str| _ = std::fs::rename(folder.join(from), folder.join(to));
    rename(one, "t");
    rename(other, one);
    rename("t", other);
}

#[test]
fn images_keep_what_is_said_of_them_wherever_other_programs_move_them() {
    let to =
        |from: &'static str, to: &'static str| move |at: &Path| std::fs::rename(at.join(from), at.join(to)).unwrap();
    shuffled(|at| exchange(at, "a.png", "b.png"), &[("a.png", 2, &["banana"]), ("b.png", 1, &["apple"])]);
    shuffled(to("a.png", "c.png"), &[("b.png", 2, &["banana"]), ("c.png", 1, &["apple"])]);
    shuffled(to("a.png", "b.png"), &[("b.png", 1, &["apple"])]);
    let copy_over = |at: &Path| _ = std::fs::copy(at.join("a.png"), at.join("b.png")).unwrap();
    shuffled(copy_over, &[("a.png", 1, &["apple"])]);
    let one_goes_and_one_comes = |at: &Path| {
        to("a.png", "c.png")(at);
        std::fs::write(at.join("a.png"), png(9)).unwrap();
    };
    shuffled(one_goes_and_one_comes, &[("a.png", 9, &[]), ("b.png", 2, &["banana"]), ("c.png", 1, &["apple"])]);
    shuffled(|at| std::fs::remove_file(at.join("a.png")).unwrap(), &[("b.png", 2, &["banana"])]);
}

#[test]
fn of_two_edits_both_are_kept_each_with_its_own_words() {
    let (_folder, desk, lap) = two();
    desk.take_in("a.png", 1);
    desk.sync();
    lap.sync();
    desk.edit_in_place("1970/01/a.png", 8);
    lap.edit_in_place("1970/01/a.png", 9);
    for _ in 0..3 {
        desk.sync();
        lap.sync();
    }
    for machine in [&desk, &lap] {
        let images = machine.images();
        assert_eq!(images.len(), 2, "{:?}", images.keys());
        for image in images.keys() {
            assert!(is_told_of_what_lies_there(machine, &format!("1970/01/{image}")), "{image}");
        }
        let result = machine.sync();
        assert_eq!((result.uploaded, result.downloaded, result.problem_count), (0, 0, 0), "{result:?}");
    }
}

#[test]
fn an_image_that_was_edited_here_and_on_the_storage_itself_is_two() {
    let (folder, desk, lap) = two();
    let id = desk.take_in("a.png", 1);
    desk.tag(id, &["kept"]);
    desk.sync();
    lap.sync();
    // As does somebody in the browser, or a machine that is killed before it sends what is said of it.
    std::fs::write(folder.path().join("between/1970/01/a.png"), png(8)).unwrap();
    lap.edit_in_place("1970/01/a.png", 9);
    let rounds = (0..6).take_while(|_| [&lap, &desk].iter().filter(|machine| machine.moves()).count() > 0).count();
    assert!(rounds < 6, "they never come to rest");
    for machine in [&desk, &lap] {
        let images = machine.images();
        assert_eq!(images.values().cloned().collect::<BTreeSet<_>>(), BTreeSet::from([png(8), png(9)]));
        for image in images.keys() {
            assert!(is_told_of_what_lies_there(machine, &format!("1970/01/{image}")), "{image}");
        }
        assert_eq!(machine.items(), desk.items());
        assert!(machine.items().iter().all(|(_, tags)| tags == &["kept"]), "{:?}", machine.items());
    }
}

/// What somebody does on one of several machines.
#[derive(Debug, Clone)]
enum Act {
    Edit(usize, usize),
    /// Gives an image another name; what has that name gets the one that this had.
    Move(usize, usize, &'static str),
    Tag(usize, usize),
    Trash(usize, usize),
    /// Copies what lies in the trash back with a file manager.
    PutBack(usize),
    Sync(usize),
}

const MACHINES: usize = 3;

/// An image that nobody does anything to: a folder without any is not taken for the library's.
const STAYS: &str = "z.png";

fn act() -> impl Strategy<Value = Act> {
    let of = || (0..MACHINES, 0..4_usize);
    prop_oneof![
        3 => of().prop_map(|(machine, image)| Act::Edit(machine, image)),
        2 => (of(), prop::sample::select(vec!["a.png", "b.png", "c.png"]))
            .prop_map(|((machine, image), to)| Act::Move(machine, image, to)),
        2 => of().prop_map(|(machine, image)| Act::Tag(machine, image)),
        1 => of().prop_map(|(machine, image)| Act::Trash(machine, image)),
        1 => (0..MACHINES).prop_map(Act::PutBack),
        4 => (0..MACHINES).prop_map(Act::Sync),
    ]
}

proptest! {
    // Each case opens three libraries on the disk.
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn machines_end_with_the_same_images_and_all_that_was_drawn_and_said(acts in prop::collection::vec(act(), 5..20)) {
        let folder = tempfile::tempdir().unwrap();
        let between = folder.path().join("between");
        std::fs::create_dir(&between).unwrap();
        let machines: Vec<Machine> = (0..MACHINES).map(|_| Machine::new(&between, SyncDirection::Both)).collect();
        for (name, shade) in [("a.png", 1), ("b.png", 2), (STAYS, 3)] {
            machines[0].take_in(name, shade);
        }
        for machine in &machines {
            machine.moves();
        }
        let (mut drawn, mut said) = (BTreeSet::new(), BTreeSet::new());
        for (act, number) in acts.into_iter().zip(10_u8..) {
            match act {
                Act::Edit(at, image) => {
                    let Some((name, was)) = machines[at].image(image) else { continue };
                    // Who saves over a picture that nobody else has does away with it.
                    drawn.remove(&was);
                    drawn.insert(png(number));
                    machines[at].edit_in_place(&format!("1970/01/{name}"), number);
                }
                Act::Move(at, image, to) => {
                    // What was drawn anew and moved before anybody looked is told from a new image by nobody.
                    machines[at].moves();
                    let Some((name, _)) = machines[at].image(image) else { continue };
                    exchange(&machines[at].home.path("library/1970/01"), &name, to);
                    machines[at].moves();
                }
                Act::Tag(at, image) => {
                    let Some(id) = machines[at].nth(image) else { continue };
                    let tag = format!("{at} said {number}");
                    let tags = [machines[at].tags(id), vec![tag.clone()]].concat();
                    machines[at].tag(id, &tags.iter().map(String::as_str).collect::<Vec<_>>());
                    said.insert(tag);
                }
                Act::Trash(at, image) => machines[at].nth(image).into_iter().for_each(|id| machines[at].trash(id)),
                Act::PutBack(at) => machines[at].put_back(),
                Act::Sync(at) => _ = machines[at].moves(),
            }
        }
        let rounds = (0..8).take_while(|_| machines.iter().filter(|machine| machine.moves()).count() > 0).count();
        prop_assert!(rounds < 8, "they never come to rest");

        let first = machines[0].images();
        for machine in &machines {
            let images = machine.images();
            prop_assert!(images == first, "{:?} and {:?}", images.keys(), first.keys());
            prop_assert_eq!(said_of(machine), said_of(&machines[0]));
            // Of an image that one moved while another one tagged it, both places stay.
            let pictures: BTreeSet<&Vec<u8>> = first.values().collect();
            prop_assert_eq!(machine.count(), pictures.len(), "each image is one of the library");
            // One that lies in two places is called after the one or after the other.
            prop_assert!(pictures.len() < first.len() || names(machine) == names(&machines[0]));
            // Of a picture that lies in two places, something may be said beside one of them alone.
            let is_told_of = |name: &&String| machine.home.path(&format!("library/1970/01/{name}.json")).exists();
            let told_of: Vec<&String> = first.keys().filter(is_told_of).collect();
            prop_assert_eq!(told_of.iter().map(|name| &first[*name]).collect::<BTreeSet<_>>(), pictures);
            for name in told_of {
                prop_assert!(is_told_of_what_lies_there(machine, &format!("1970/01/{name}")), "{}", name);
            }
        }
        // What was said of a picture that was drawn over and moved meanwhile lies in the trash with that.
        let trashed = machines.iter().flat_map(|machine| said_in(&machine.home.path("library/.trash/1970/01")));
        let kept: BTreeSet<String> = machines[0].items().into_iter().flat_map(|(_, tags)| tags).chain(trashed).collect();
        prop_assert!(said.is_subset(&kept), "{:?} of {:?}", kept, said);
        let trashes = machines.iter().map(|machine| images_in(&machine.home.path("library/.trash/1970/01")));
        let lies: BTreeSet<Vec<u8>> = trashes.chain([first]).flat_map(BTreeMap::into_values).collect();
        prop_assert!(drawn.is_subset(&lies), "a picture is gone");
    }
}
