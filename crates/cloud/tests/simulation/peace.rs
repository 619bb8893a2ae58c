//! What runs do when nothing goes wrong and nobody comes between: who is asked, and what both sides keep.

use crate::world::World;
use legible_cloud::FilePath;
use legible_cloud::local::{FolderSide, InMemory};
use legible_cloud::plan::{Direction, Question, Side};
use std::collections::BTreeMap;

/// A world of peace whose devices go these ways.
fn world(directions: &[Direction]) -> World {
    let world = World::new(1, None);
    let mut state = world.state();
    state.is_rough = false;
    state.devices = Vec::new();
    state.devices.resize_with(directions.len(), Default::default);
    state.devices.iter_mut().zip(directions).for_each(|(device, direction)| device.direction = *direction);
    drop(state);
    world
}

fn write(world: &World, device: usize, files: &[(&str, &str)]) {
    let files = files.iter().map(|(path, text)| (FilePath::parse(path).unwrap(), text.as_bytes().to_vec()));
    world.state().devices[device].files.extend(files);
}

/// What a run that nobody agreed to anything of asks.
fn asked(world: &World, device: usize) -> Vec<Question> {
    let before = (world.stored(), world.state().devices[device].files.clone());
    let outcome = world.run(device, false).unwrap().unwrap();
    assert_eq!(outcome.plan.is_some(), !outcome.questions.is_empty());
    assert_eq!(before, (world.stored(), world.state().devices[device].files.clone()), "nothing is done unasked");
    outcome.questions
}

fn texts(files: &BTreeMap<FilePath, Vec<u8>>) -> Vec<(&str, &str)> {
    files.iter().map(|(path, bytes)| (path.as_str(), std::str::from_utf8(bytes).unwrap())).collect()
}

#[test]
fn who_meets_or_empties_is_asked() {
    let world = world(&[Direction::Both, Direction::Both]);
    write(&world, 0, &[("a.bin", "1"), ("c.bin", "2"), ("g.bin", "3")]);
    world.run(0, false).unwrap().unwrap();
    assert_eq!(world.stored().len(), 3, "an empty storage is nobody's");
    write(&world, 1, &[("b.words", "4")]);
    assert_eq!(asked(&world, 1), [Question::FirstMeeting { local: 1, remote: 3 }]);
    world.come_to_rest().unwrap();
    world.state().devices[0].files.clear();
    assert_eq!(asked(&world, 0), [Question::Empty { side: Side::Local, had: 4 }]);
    world.run(0, true).unwrap().unwrap();
    assert_eq!(world.stored().len(), 0);
    assert_eq!(asked(&world, 1), [Question::Empty { side: Side::Remote, had: 4 }]);
}

#[test]
fn a_backup_keeps_both_there_and_a_reader_here() {
    let both = world(&[Direction::Both, Direction::Up]);
    write(&both, 0, &[("a.bin", "theirs")]);
    write(&both, 1, &[("a.bin", "ours")]);
    both.come_to_rest().unwrap();
    let hash = legible_cloud::digest::ContentHash::of(b"theirs").to_string();
    let copy = format!("a (conflict, Lap, 2026-11-22, {}).bin", &hash[..8]);
    assert_eq!(texts(&both.stored()), [(copy.as_str(), "theirs"), ("a.bin", "ours")]);
    assert_eq!(texts(&both.state().devices[1].files), [("a.bin", "ours")]);

    let reader = world(&[Direction::Both, Direction::Down]);
    write(&reader, 0, &[("a.bin", "theirs")]);
    write(&reader, 1, &[("a.bin", "ours"), ("g.bin", "own")]);
    reader.come_to_rest().unwrap();
    let hash = legible_cloud::digest::ContentHash::of(b"ours").to_string();
    let copy = format!("a (conflict, Lap, 2026-11-22, {}).bin", &hash[..8]);
    let here = reader.state().devices[1].files.clone();
    assert_eq!(texts(&here), [(copy.as_str(), "ours"), ("a.bin", "theirs"), ("g.bin", "own")]);
    assert_eq!(texts(&reader.stored()), [("a.bin", "theirs")]);
}

#[test]
fn a_copy_that_was_changed_is_not_taken_for_the_content_that_it_had() {
    let hash = |text: &str| legible_cloud::digest::ContentHash::of(text.as_bytes()).to_string()[..8].to_owned();
    let world = world(&[Direction::Both, Direction::Both]);
    let copy = format!("a (conflict, Lap, 2026-11-22, {}).bin", hash("ours"));
    let second = format!("a (conflict, Lap, 2026-11-22, {}, 2).bin", hash("ours"));
    write(&world, 0, &[("a.bin", "theirs")]);
    write(&world, 1, &[("a.bin", "ours"), (&copy, "changed since")]);
    world.come_to_rest().unwrap();
    let expected = [(copy.as_str(), "changed since"), (second.as_str(), "ours"), ("a.bin", "theirs")];
    assert_eq!(texts(&world.stored()), expected);
}

#[test]
fn many_are_moved_at_once() {
    let world = world(&[Direction::Both, Direction::Both]);
    world.state().at_once = 4;
    let names: Vec<String> = (0..200).map(|number| format!("d/{number:03}.bin")).collect();
    write(&world, 0, &names.iter().map(|name| (name.as_str(), name.as_str())).collect::<Vec<_>>());
    let up = world.run(0, true).unwrap().unwrap();
    let down = world.run(1, true).unwrap().unwrap();
    assert_eq!((up.tally.uploaded, down.tally.downloaded), (200, 200));
    assert_eq!(up.tally.bytes, down.tally.bytes);
    let stored = world.stored();
    assert_eq!(world.state().devices[1].files, stored);
    world.come_to_rest().unwrap();
}

#[test]
fn a_real_folder_is_kept_in_step() {
    let world = world(&[Direction::Both, Direction::Both]);
    write(&world, 0, &[("d/e.bin", "from afar"), ("b.words", "1 2")]);
    world.run(0, true).unwrap().unwrap();
    let home = tempfile::tempdir().unwrap();
    let place = |name: &str| home.path().join(name);
    let side = FolderSide::open(home.path(), Box::new(InMemory::default())).unwrap();
    std::fs::write(place("a.bin"), "from here").unwrap();
    std::fs::write(place("b.words"), "2 3").unwrap();
    let asked = world.bring(1, &side, false).unwrap();
    assert_eq!(asked.questions, [Question::FirstMeeting { local: 2, remote: 2 }]);
    let done = world.bring(1, &side, true).unwrap();
    assert_eq!((done.tally.uploaded, done.tally.downloaded, done.tally.merged), (1, 1, 1));
    let all = [("a.bin", "from here"), ("b.words", "1 2 3"), ("d/e.bin", "from afar")];
    assert_eq!(texts(&world.stored()), all);
    all.iter().for_each(|(name, text)| assert_eq!(std::fs::read_to_string(place(name)).unwrap(), *text));
    assert_eq!(world.bring(1, &side, true).unwrap().tally, Default::default());

    // What is there and cannot be used is not gone.
    #[cfg(unix)]
    {
        std::fs::rename(place("d"), place(".d")).unwrap();
        std::os::unix::fs::symlink(".d", place("d")).unwrap();
        let left = world.bring(1, &side, true).unwrap();
        assert_eq!((left.problems.len(), left.left.len()), (1, 0), "{left:?}");
        assert_eq!(texts(&world.stored()), all);
        std::fs::remove_file(place("d")).unwrap();
    }
    #[cfg(not(unix))]
    std::fs::rename(place("d"), place(".d")).unwrap();
    world.bring(1, &side, true).unwrap();
    assert_eq!(texts(&world.stored()), all[..2]);

    world.state().storage.files.clear();
    assert_eq!(world.bring(1, &side, false).unwrap().questions, [Question::Empty { side: Side::Remote, had: 2 }]);
    world.bring(1, &side, true).unwrap();
    assert_eq!(std::fs::read_to_string(place(".trash/a.bin")).unwrap(), "from here");
    assert!(!place("a.bin").exists());
}
