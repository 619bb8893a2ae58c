//! Each case of a file on two sides, and what is asked before much is deleted.

use super::*;
use crate::remote::Revision;
use proptest::prelude::*;

fn path(text: &str) -> FilePath {
    FilePath::parse(text).unwrap()
}

fn local(path: &FilePath, content: u8) -> LocalFile {
    LocalFile { path: path.clone(), hash: ContentHash([content; 32]), size: u64::from(content) }
}

fn remote(path: &FilePath, content: u8) -> RemoteFile {
    let revision = Revision(content.to_string());
    RemoteFile { path: path.clone(), id: None, revision, size: u64::from(content), digest: None, modified: None }
}

fn in_step(content: u8) -> InStep {
    let revision = Revision(content.to_string());
    InStep { hash: ContentHash([content; 32]), size: u64::from(content), revision, gist: None }
}

/// Sides out of files `(name, here, there, in step)`; 0 stands for none.
fn sides(files: &[(&str, u8, u8, u8)]) -> Sides {
    let mut sides = Sides::default();
    for (name, here, there, was) in files {
        let path = path(name);
        let there_is = |content: u8| content > 0;
        there_is(*here).then(|| sides.local.insert(path.clone(), local(&path, *here)));
        there_is(*there).then(|| sides.remote.insert(path.clone(), remote(&path, *there)));
        there_is(*was).then(|| sides.in_step.insert(path.clone(), in_step(*was)));
    }
    sides
}

fn word(action: &Action) -> &'static str {
    match action {
        Action::Upload { expect: Expect::Absent, .. } => "up",
        Action::Upload { .. } => "up over",
        Action::Download { was: None, .. } => "down",
        Action::Download { .. } => "down over",
        Action::RemoveRemote(_) => "remove there",
        Action::PutAway(_) => "put away here",
        Action::Settle { .. } => "settle",
        Action::Forget => "forget",
    }
}

fn words(plan: &Plan) -> Vec<&'static str> {
    plan.steps.iter().map(|step| word(&step.action)).collect()
}

#[test]
fn each_case_has_its_action() {
    let check = |here, there, was, expected: &[&str]| {
        let sides = sides(&[("a", here, there, was)]);
        assert_eq!(words(&plan(&sides, Direction::Both, false)), expected, "{here} {there} {was}");
    };
    check(1, 1, 1, &[]);
    check(0, 0, 1, &["forget"]);
    check(1, 0, 0, &["up"]);
    check(2, 1, 1, &["up over"]);
    check(0, 1, 0, &["down"]);
    check(1, 2, 1, &["down over"]);
    check(0, 1, 1, &["remove there"]);
    check(1, 0, 1, &["put away here"]);
    // An edit beats a delete.
    check(2, 0, 1, &["up"]);
    check(0, 2, 1, &["down"]);
    // Only the content tells.
    check(1, 1, 0, &["settle"]);
    check(2, 3, 1, &["settle"]);
    check(2, 2, 1, &["settle"]);
}

#[test]
fn a_direction_changes_one_side_alone() {
    let all = sides(&[
        ("1 forget", 0, 0, 1),
        ("2 up", 1, 0, 0),
        ("3 down", 0, 1, 0),
        ("4 remove", 0, 1, 1),
        ("5 away", 1, 0, 1),
        ("6 settle", 2, 3, 1),
    ]);
    let check = |direction, expected: &[&str]| assert_eq!(words(&plan(&all, direction, false)), expected);
    check(Direction::Both, &["forget", "up", "down", "remove there", "put away here", "settle"]);
    check(Direction::Up, &["forget", "up", "up", "settle"]);
    check(Direction::Down, &["forget", "down", "settle"]);
}

#[test]
fn of_names_that_are_one_the_known_one_stays() {
    let two = sides(&[("A.png", 1, 0, 0), ("a.png", 2, 2, 2), ("b.png", 1, 0, 0), ("B.png", 0, 1, 0)]);
    assert_eq!(words(&plan(&two, Direction::Both, false)), ["up", "down", "up"]);
    let told = plan(&two, Direction::Both, true);
    assert_eq!(words(&told), ["down"], "B.png comes first");
    let names: Vec<&str> = told.unusable.iter().map(|unusable| unusable.name.as_str()).collect();
    assert_eq!(names, ["A.png", "b.png"]);
    assert!(told.unusable[0].why.contains("a.png"));
    let check = |here, there, was, expected: &[&str]| {
        let sides = sides(&[("A.png", here, there, was), ("a.png", 0, 2, 0)]);
        let told = plan(&sides, Direction::Both, true);
        assert_eq!((words(&told), told.unusable.len()), (expected.to_vec(), 2 - expected.len()));
    };
    // What goes away makes room.
    check(1, 0, 1, &["put away here", "down"]);
    check(0, 0, 1, &["forget", "down"]);
    check(2, 0, 1, &["up"]);
}

/// What is asked when of `all` files that were in step the first `here` are deleted here and the next `there` there.
fn asked(all: usize, here: usize, there: usize) -> Vec<Question> {
    asked_of(|number| format!("{number:05}"), all, here, there)
}

/// The same of files with other names.
fn asked_of(name: impl Fn(usize) -> String, all: usize, here: usize, there: usize) -> Vec<Question> {
    let names: Vec<String> = (0..all).map(name).collect();
    let is = |deleted: bool| u8::from(!deleted);
    let files: Vec<(&str, u8, u8, u8)> = names
        .iter()
        .enumerate()
        .map(|(at, name)| (name.as_str(), is(at < here), is(at >= here && at < here + there), 1))
        .collect();
    let sides = sides(&files);
    questions(&sides, &plan(&sides, Direction::Both, false), &|path| !path.as_str().ends_with(".json"))
}

#[test]
fn who_deletes_much_is_asked() {
    let many = |side, deletes, of| Question::ManyDeletes { side, deletes, of };
    assert_eq!(asked(1_000, 250, 250), []);
    assert_eq!(asked(1_000, 251, 0), [many(Side::Remote, 251, 1_000)]);
    assert_eq!(asked(40, 0, 25), [], "a few are a few, whatever share they are");
    assert_eq!(asked(40, 0, 26), [many(Side::Local, 26, 40)]);
    assert_eq!(asked(20_000, 1_000, 1_000), [], "each side for itself");
    assert_eq!(asked(20_000, 1_001, 0), [many(Side::Remote, 1_001, 20_000)]);
    assert_eq!(asked(20_000, 0, 1_001), [many(Side::Local, 1_001, 20_000)]);
    // A picture and what tells of it.
    let pairs = |number: usize| format!("{:05}.png{}", number / 2, if number.is_multiple_of(2) { "" } else { ".json" });
    assert_eq!(asked_of(pairs, 20_000, 2_000, 0), []);
    assert_eq!(asked_of(pairs, 20_000, 2_001, 0), [many(Side::Remote, 2_001, 20_000)]);
    let empty = |side, had| Question::Empty { side, had };
    assert_eq!(asked(3, 3, 0), [empty(Side::Local, 3)]);
    assert_eq!(asked(30, 0, 30), [many(Side::Local, 30, 30), empty(Side::Remote, 30)]);
    // Another content is in the place of these.
    let replaced = |name: &str| -> Vec<Question> {
        let names: Vec<String> = (0..40).map(|number| format!("{number:02}.{name}")).collect();
        let files: Vec<_> =
            names.iter().enumerate().map(|(at, name)| (name.as_str(), if at < 26 { 2 } else { 1 }, 1, 1)).collect();
        let sides = sides(&files);
        questions(&sides, &plan(&sides, Direction::Both, false), &|path| !path.as_str().ends_with(".json"))
    };
    assert_eq!(replaced("png"), [many(Side::Remote, 26, 40)]);
    assert_eq!(replaced("png.json"), [], "what is said changes often");
    let meeting = |files: &[(&str, u8, u8, u8)]| {
        let sides = sides(files);
        questions(&sides, &plan(&sides, Direction::Both, false), &|path| !path.as_str().ends_with(".json"))
    };
    assert_eq!(meeting(&[("a", 1, 0, 0), ("b", 0, 1, 0)]), [Question::FirstMeeting { local: 1, remote: 1 }]);
    assert_eq!(meeting(&[("a", 1, 0, 0), ("b", 1, 0, 0)]), []);
}

#[test]
fn who_agreed_has_not_agreed_to_more() {
    let many = |side, deletes| Question::ManyDeletes { side, deletes, of: 100 };
    let check = |question: &Question, agreed: &Question, expected| {
        assert_eq!(question.is_covered_by(agreed), expected, "{question:?} {agreed:?}");
    };
    check(&many(Side::Local, 30), &many(Side::Local, 30), true);
    check(&many(Side::Local, 31), &many(Side::Local, 30), false);
    check(&many(Side::Local, 30), &many(Side::Remote, 30), false);
    let empty = |side| Question::Empty { side, had: 3 };
    check(&empty(Side::Local), &empty(Side::Local), true);
    check(&empty(Side::Local), &empty(Side::Remote), false);
    check(&empty(Side::Local), &many(Side::Local, 3), false);
}

proptest! {
    #[test]
    fn any_three_trees_have_a_plan_that_brings_them_together(
        files in prop::collection::btree_map("[a-c]/[a-c]", (0u8..3, 0u8..3, 0u8..3), 0..9),
    ) {
        let files: Vec<(&str, u8, u8, u8)> =
            files.iter().map(|(name, (here, there, was))| (name.as_str(), *here, *there, *was)).collect();
        let mut sides = sides(&files);
        for Step { path, action } in plan(&sides, Direction::Both, false).steps {
            let content = match &action {
                Action::Upload { local, .. } => Some(local.hash.0[0]),
                Action::Download { remote, .. } => remote.revision.0.parse().ok(),
                // As if the other had won; whether they differ is not known to the plan.
                Action::Settle { remote, .. } => remote.revision.0.parse().ok(),
                Action::RemoveRemote(_) | Action::PutAway(_) | Action::Forget => None,
            };
            // Nothing that was never in step is deleted, and nothing that differs from that.
            if let Action::RemoveRemote(remote) = &action {
                prop_assert_eq!(&sides.in_step[&path].revision, &remote.revision);
            }
            if let Action::PutAway(local) = &action {
                prop_assert_eq!(sides.in_step[&path].hash, local.hash);
            }
            sides.local.remove(&path);
            sides.remote.remove(&path);
            sides.in_step.remove(&path);
            if let Some(content) = content {
                sides.local.insert(path.clone(), local(&path, content));
                sides.remote.insert(path.clone(), remote(&path, content));
                sides.in_step.insert(path.clone(), in_step(content));
            }
        }
        prop_assert_eq!(plan(&sides, Direction::Both, false).steps, vec![]);
        prop_assert_eq!(sides.local.keys().collect::<Vec<_>>(), sides.remote.keys().collect::<Vec<_>>());
    }
}
