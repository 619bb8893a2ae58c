//! What settles when.

use super::*;

/// A disk that changes by the clock: what is at a path from a time on.
struct Disk(Vec<(&'static str, i64, Probe)>);

impl Disk {
    fn at(&self, path: &Path, now: i64) -> Probe {
        let then = |(of, since, _): &&(&str, i64, Probe)| Path::new(of) == path && *since <= now;
        self.0.iter().rev().find(then).map_or(Probe::Nothing, |(_, _, probe)| *probe)
    }
}

fn file(size: u64) -> Probe {
    Probe::File { size, modified_ns: size as i64 }
}

fn touched(path: &str) -> Event {
    Event::Touched(path.into())
}

fn appeared(path: &str) -> Event {
    Event::Appeared(path.into())
}

fn gone(path: &str) -> Event {
    Event::Gone(path.into())
}

/// Lets events happen at their times, asks only when told to, and compares what settles when.
fn check(settle: &mut Settle, disk: &Disk, events: &[(i64, Event)], expected: &[(i64, &str)]) {
    let mut events = events.iter().peekable();
    let mut told = Vec::new();
    loop {
        let next = settle.next_at();
        let event = events.peek().map(|(at, _)| *at);
        match (event, next) {
            (Some(at), next) if next.is_none_or(|next| at <= next) => {
                let Some((at, event)) = events.next() else { return };
                settle.hear(event.clone(), *at);
            }
            (_, Some(at)) => {
                for place in settle.ready(at, |path| disk.at(path, at)) {
                    told.push((
                        at,
                        match place {
                            Place::Settled(path) => path.display().to_string(),
                            Place::Tree(path) => format!("{}/", path.display()),
                        },
                    ));
                }
                assert!(settle.next_at().is_none_or(|next| next > at), "it wants to be asked at {at} again");
            }
            _ => break,
        }
    }
    let told: Vec<(i64, &str)> = told.iter().map(|(at, place)| (*at, place.as_str())).collect();
    assert_eq!(told, expected);
    assert_eq!(settle.next_at(), None);
}

#[test]
fn a_file_settles_when_it_is_left_alone() {
    let disk = Disk(vec![("a", 0, file(1)), ("b", 0, file(1)), ("b", 900, file(2)), ("slow", 0, file(1))]);
    let check = |events: &[(i64, Event)], expected: &[(i64, &str)]| {
        check(&mut Settle::new(1000), &disk, events, expected);
    };
    check(&[(0, touched("a"))], &[(1000, "a")]);
    check(&[(0, touched("a")), (400, touched("a")), (900, touched("a"))], &[(1900, "a")]);
    check(&[(0, appeared("a")), (10, touched("a"))], &[(1010, "a")]);
    // It grew without an event: its quiet time begins when that is seen.
    check(&[(0, touched("b"))], &[(2000, "b")]);
    check(&[(0, touched("a")), (100, touched("slow"))], &[(1000, "a"), (1100, "slow")]);
}

#[test]
fn without_a_quiet_time_a_file_is_asked_about_twice_even_so() {
    let disk = Disk(vec![("a", 0, file(1))]);
    check(&mut Settle::new(0), &disk, &[(0, touched("a"))], &[(500, "a")]);
}

#[test]
fn what_is_gone_is_given_longer() {
    let disk = Disk(vec![
        ("back", 0, file(1)),
        ("back", 100, Probe::Nothing),
        ("back", 1500, file(2)),
        ("d", 0, Probe::Folder),
    ]);
    let check = |events: &[(i64, Event)], expected: &[(i64, &str)]| {
        check(&mut Settle::new(1000), &disk, events, expected);
    };
    check(&[(0, gone("a"))], &[(2000, "a")]);
    // Nobody told that it went.
    check(&[(0, touched("a"))], &[(2000, "a")]);
    check(&[(100, gone("back"))], &[(2600, "back")]);
    check(&[(100, gone("back")), (1500, touched("back"))], &[(2500, "back")]);
    check(&[(0, gone("d"))], &[(2000, "d/")]);
}

#[test]
fn a_new_folder_is_looked_at_and_a_touched_one_is_not() {
    let disk = Disk(vec![("d", 0, Probe::Folder), ("d/a", 0, file(1))]);
    let check = |events: &[(i64, Event)], expected: &[(i64, &str)]| {
        check(&mut Settle::new(1000), &disk, events, expected);
    };
    check(&[(0, appeared("d"))], &[(500, "d/")]);
    check(&[(0, touched("d"))], &[]);
    check(&[(0, appeared("d")), (10, touched("d/a"))], &[(500, "d/"), (1010, "d/a")]);
}

#[test]
fn lost_events_are_everything() {
    let disk = Disk(vec![("a", 0, file(1))]);
    let check = |events: &[(i64, Event)], expected: &[(i64, &str)]| {
        check(&mut Settle::new(1000), &disk, events, expected);
    };
    check(&[(0, touched("a")), (100, Event::Everything), (200, touched("a"))], &[(1100, "/")]);
    check(&[(0, Event::RootGone)], &[(2000, "/")]);
    check(&[(0, Event::Everything), (500, Event::Everything)], &[(1000, "/")]);
}

#[test]
fn too_much_becomes_folders_and_then_everything() {
    let disk = Disk(vec![]);
    let names: Vec<String> = (0..4).map(|number| format!("{number}")).collect();
    let events = |folders: &[&str]| -> Vec<(i64, Event)> {
        folders
            .iter()
            .flat_map(|folder| names.iter().map(move |name| (0, touched(&format!("{folder}/{name}")))))
            .collect()
    };
    let few = || Settle::bounded(1000, 3, 1);
    check(&mut few(), &disk, &events(&["d"]), &[(1000, "d/")]);
    check(&mut few(), &disk, &events(&["d", "e"]), &[(1000, "/")]);
    check(&mut few(), &disk, &events(&["d", "d/e"]), &[(1000, "d/")]);
    // What goes on and on is looked at even so.
    let busy: Vec<(i64, Event)> = (0..30).map(|time| (time * 500, touched(&format!("d/{time}")))).collect();
    let told = [(11_500, "d/"), (14_000, "d/24")];
    let mut settle = few();
    check(&mut settle, &disk, &busy[..25], &told);
}

#[test]
fn files_that_are_turned_away_are_found_by_another_look() {
    let disk = Disk(vec![("0", 0, file(1)), ("1", 0, file(1))]);
    let mut settle = Settle::bounded(1000, 2, 1);
    ["0", "1", "2", "3"].iter().for_each(|path| settle.not_yet(path.into(), 0));
    check(&mut settle, &disk, &[], &[(1000, "0"), (1000, "1"), (2000, "/")]);
}
