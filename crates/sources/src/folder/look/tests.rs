//! Looks at real folders.

use super::bench::{Bench, watched};
use super::*;
use crate::folder::{Stamp, ledger};
use std::fs;
use std::time::{Duration, SystemTime};

/// Makes `before`, looks, does `then`, and compares what a whole look finds. Each file's content is its path.
fn check(before: &str, then: impl Fn(&Bench), expected: &[&str]) {
    let mut bench = Bench::new(0);
    before.split_whitespace().for_each(|path| bench.write(path, path));
    bench.look();
    then(&bench);
    assert_eq!(bench.look(), expected, "{before}");
    assert_eq!(bench.look(), Vec::<String>::new(), "{before}: a second look");
}

fn settled(paths: &[&str]) -> Vec<Place> {
    paths.iter().map(|path| Place::Settled(path.into())).collect()
}

#[test]
fn what_is_there_is_new_once_and_in_order() {
    let mut bench = Bench::new(0);
    for path in
        ["b.png", "a/z.png", "a/b/c.jpg", "a.png", "note.txt", ".h.png", "own/x.png", "half.png.part", "a/._z.png"]
    {
        bench.write(path, path);
    }
    bench.write("empty.png", "");
    assert_eq!(bench.look(), ["new a.png", "new b.png", "new a/z.png", "new a/b/c.jpg"]);
    assert_eq!(bench.look(), Vec::<String>::new());
}

#[test]
fn what_happened_to_known_files_is_told() {
    check("a.png b.png", |bench| bench.write("a.png", "other"), &["changed a.png"]);
    check("a.png", |bench| bench.rename("a.png", "b.png"), &["moved a.png to b.png"]);
    check("b.png", |bench| bench.rename("b.png", "a.png"), &["moved b.png to a.png"]);
    check("a/b.png", |bench| bench.rename("a/b.png", "z/c.png"), &["moved a/b.png to z/c.png"]);
    check("z/b.png", |bench| bench.rename("z/b.png", "a/c.png"), &["moved z/b.png to a/c.png"]);
    check(
        "d/a.png d/e/b.png",
        |bench| bench.rename("d", "c"),
        &["moved d/a.png to c/a.png", "moved d/e/b.png to c/e/b.png"],
    );
    check("a.png", |bench| fs::remove_file(bench.root.join("a.png")).unwrap(), &["missing a.png"]);
    check(
        "d/a.png d/e/b.png c.png",
        |bench| fs::remove_dir_all(bench.root.join("d")).unwrap(),
        &["missing d/a.png", "missing d/e/b.png"],
    );
    check("a.png", |bench| bench.rename("a.png", "A.png"), &["moved a.png to A.png"]);
    check("d/a.png", |bench| bench.rename("d", "D"), &["moved d/a.png to D/a.png"]);
}

#[test]
fn names_that_go_round_are_moves() {
    let swap = |bench: &Bench| {
        bench.rename("a.png", "t.png");
        bench.rename("b.png", "a.png");
        bench.rename("t.png", "b.png");
    };
    check("a.png b.png", swap, &["moved b.png to a.png", "moved a.png to b.png"]);
    let ring = |bench: &Bench| {
        bench.rename("x/a.png", "t.png");
        bench.rename("b.png", "x/a.png");
        bench.rename("y/c.png", "b.png");
        bench.rename("t.png", "y/c.png");
    };
    let expected = ["moved y/c.png to b.png", "moved b.png to x/a.png", "moved x/a.png to y/c.png"];
    check("x/a.png b.png y/c.png", ring, &expected);
}

#[test]
fn a_name_that_another_file_took() {
    check("a.png b.png", |bench| bench.rename("b.png", "a.png"), &["moved b.png to a.png over"]);
    let save = |bench: &Bench| {
        bench.write("a.png.tmp", "saved");
        bench.rename("a.png.tmp", "a.png");
    };
    check("a.png", save, &["changed a.png"]);
    let rotate = |bench: &Bench| {
        bench.rename("a.png", "z/old.png");
        bench.write("a.png", "fresh");
    };
    check("a.png", rotate, &["moved a.png to z/old.png", "new a.png"]);
    let chain = |bench: &Bench| {
        bench.rename("b.png", "c.png");
        bench.rename("a.png", "b.png");
        bench.write("a.png", "fresh");
    };
    check("a.png b.png", chain, &["moved b.png to c.png", "moved a.png to b.png", "new a.png"]);
}

#[test]
fn a_file_that_lost_its_name_is_known_under_its_next_one_in_a_later_look() {
    let mut bench = Bench::new(0);
    bench.write("a.png", "a");
    bench.look();
    bench.rename("a.png", "b.png");
    bench.write("a.png", "fresh");
    assert_eq!(bench.look_at(settled(&["a.png"])), ["changed a.png"]);
    assert_eq!(bench.look_at(settled(&["b.png"])), ["moved a.png to b.png"]);
    assert_eq!(bench.known(), ["a.png", "b.png"]);
    assert_eq!(bench.look(), Vec::<String>::new());
}

#[test]
fn two_names_of_one_file_are_two_files() {
    let link = |bench: &Bench| fs::hard_link(bench.root.join("a.png"), bench.root.join("x.png")).unwrap();
    check("a.png", link, &["new x.png"]);
    let mut bench = Bench::new(0);
    bench.write("a.png", "a");
    link(&bench);
    bench.look();
    bench.rename("x.png", "d/y.png");
    assert_eq!(bench.look(), ["moved x.png to d/y.png"]);
}

#[test]
fn a_missing_file_comes_back_wherever() {
    let mut bench = Bench::new(0);
    ["a.png", "d/b.png"].iter().for_each(|path| bench.write(path, path));
    bench.look();
    let away = bench.root.with_file_name("away");
    fs::create_dir(&away).unwrap();
    fs::rename(bench.root.join("a.png"), away.join("a.png")).unwrap();
    fs::rename(bench.root.join("d"), away.join("d")).unwrap();
    assert_eq!(bench.look(), ["missing a.png", "missing d/b.png"]);
    assert_eq!(bench.known(), ["a.png*", "d/b.png*"]);
    fs::rename(away.join("a.png"), bench.root.join("a.png")).unwrap();
    fs::rename(away.join("d"), bench.root.join("e")).unwrap();
    assert_eq!(bench.look(), ["back a.png", "moved d/b.png to e/b.png"]);
    assert_eq!(bench.known(), ["a.png", "e/b.png"]);
}

#[test]
fn a_refused_file_is_tried_again_when_it_changes() {
    let mut bench = Bench::new(0);
    bench.write("a.png", "bad");
    assert_eq!(bench.look(), ["new a.png"]);
    assert_eq!(bench.look(), Vec::<String>::new());
    bench.rename("a.png", "b.png");
    assert_eq!(bench.look(), ["moved a.png to b.png"]);
    bench.write("b.png", "good");
    assert_eq!(bench.look(), ["changed b.png"]);
}

#[test]
fn parts_are_looked_at_by_themselves() {
    let mut bench = Bench::new(0);
    ["a.png", "d/b.png", "d/e/c.png", "f/g.png"].iter().for_each(|path| bench.write(path, path));
    bench.look();
    fs::remove_dir_all(bench.root.join("d")).unwrap();
    fs::remove_file(bench.root.join("a.png")).unwrap();
    bench.rename("f", "h");
    bench.write("i/j.png", "j");
    assert_eq!(bench.look_at(settled(&["a.png"])), ["missing a.png"]);
    assert_eq!(bench.look_at(settled(&["d"])), ["missing d/b.png", "missing d/e/c.png"]);
    assert_eq!(bench.look_at(vec![Place::Tree("h".into())]), ["moved f/g.png to h/g.png"]);
    assert_eq!(bench.look_at(settled(&["f", "../f", "none", "own/x.png"])), Vec::<String>::new());
    assert_eq!(bench.look_at(settled(&["i"])), ["new i/j.png"]);
    assert_eq!(bench.look(), Vec::<String>::new());
}

#[test]
fn a_young_file_is_not_ready_unless_it_settled() {
    let mut bench = Bench::new(60_000);
    bench.write("a.png", "a");
    bench.write("b.png", "b");
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64;
    bench.now = now + 1000;
    assert_eq!(bench.look(), ["not yet a.png", "not yet b.png"]);
    assert_eq!(bench.look_at(settled(&["a.png"])), ["new a.png"]);
    let later = SystemTime::now() + Duration::from_secs(86_400);
    fs::File::options().write(true).open(bench.root.join("b.png")).unwrap().set_modified(later).unwrap();
    bench.now = now + 120_000;
    assert_eq!(bench.look(), ["not yet b.png"], "a time to come says nothing");
    assert_eq!(bench.look_at(settled(&["b.png"])), ["new b.png"]);
    bench.rename("b.png", "c.png");
    assert_eq!(bench.look(), ["moved b.png to c.png"], "what is known is whole");
}

#[test]
fn without_its_folder_nothing_is_missing() {
    let mut bench = Bench::new(0);
    bench.write("a.png", "a");
    bench.look();
    let away = bench.root.with_file_name("away");
    fs::rename(&bench.root, &away).unwrap();
    assert_eq!(bench.look(), ["root missing"]);
    fs::create_dir(&bench.root).unwrap();
    assert_eq!(bench.look(), ["root missing"], "the empty place of a disk");
    assert_eq!(bench.look_at(settled(&["a.png"])), ["root missing"]);
    fs::remove_dir(&bench.root).unwrap();
    fs::write(&bench.root, "no folder").unwrap();
    assert_eq!(bench.look(), ["root missing"]);
    fs::remove_file(&bench.root).unwrap();
    fs::rename(&away, &bench.root).unwrap();
    assert_eq!(bench.look(), Vec::<String>::new());
    fs::remove_file(bench.root.join("a.png")).unwrap();
    assert_eq!(bench.look(), ["missing a.png"], "the same folder may be emptied");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_to_folders_are_not_followed_and_own_files_are_not_read_through_links() {
        let mut bench = Bench::new(0);
        ["d/a.png", "own/o.png"].iter().for_each(|path| bench.write(path, path));
        let root = bench.root.clone();
        symlink(&root, root.join("d/loop")).unwrap();
        symlink(root.join("d"), root.join("e")).unwrap();
        symlink(root.join("own/o.png"), root.join("o.png")).unwrap();
        symlink(root.join("none"), root.join("dangling.png")).unwrap();
        let elsewhere = root.with_file_name("elsewhere.png");
        fs::write(&elsewhere, "x").unwrap();
        symlink(&elsewhere, root.join("x.png")).unwrap();
        assert_eq!(bench.look(), ["new x.png", "new d/a.png"]);
        assert_eq!(bench.look_at(settled(&["e/a.png", "d/loop/d/a.png", "e", "o.png"])), Vec::<String>::new());
        fs::remove_file(&elsewhere).unwrap();
        assert_eq!(bench.look(), ["missing x.png"]);
    }

    #[test]
    fn pipes_are_left_alone() {
        let mut bench = Bench::new(0);
        let made = std::process::Command::new("mkfifo").arg(bench.root.join("p.png")).status().unwrap();
        assert!(made.success());
        assert_eq!(bench.look(), Vec::<String>::new());
        assert_eq!(bench.look_at(settled(&["p.png"])), Vec::<String>::new());
    }

    #[test]
    fn names_that_are_not_unicode_are_names() {
        use std::os::unix::ffi::OsStrExt;
        let mut bench = Bench::new(0);
        let folder = bench.root.join("d").join(std::ffi::OsStr::from_bytes(b"\xff"));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(std::ffi::OsStr::from_bytes(b"\xfe.png"));
        fs::write(&file, "a").unwrap();
        let mut look = Look::at(bench.wanted.clone(), bench.source, [Place::Tree("d".into())]);
        let mut found = Vec::new();
        while let Step::Found(findings) = look.step(&bench.conn, bench.now).unwrap() {
            found.extend(findings);
        }
        let path = file.strip_prefix(&bench.root).unwrap().to_owned();
        let stamp = Stamp::of(&file).unwrap().unwrap();
        assert!(found.contains(&Finding::New { path: path.clone(), stamp }), "{found:?}");
        let tx = bench.conn.transaction().unwrap();
        ledger::note_taken(&tx, bench.source, &path, &stamp, "a", 1).unwrap();
        tx.commit().unwrap();
        fs::remove_dir_all(&folder).unwrap();
        let mut look = Look::at(bench.wanted.clone(), bench.source, [Place::Settled("d".into())]);
        let mut found = Vec::new();
        while let Step::Found(findings) = look.step(&bench.conn, bench.now).unwrap() {
            found.extend(findings);
        }
        assert!(matches!(&found[..], [Finding::Root(_), Finding::Missing(known)] if known.path == path), "{found:?}");
    }
}

/// A path may grow too long for the system, whoever asks.
#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_opened_keeps_what_is_known_of_it() {
    let mut bench = Bench::new(0);
    let deep = format!("{}/", "d".repeat(245)).repeat(15);
    bench.write(&format!("{deep}a.png"), "a");
    bench.write("b.png", "b");
    bench.look();
    let long = bench.root.with_file_name("w".repeat(250)).join("w".repeat(250));
    fs::create_dir(long.parent().unwrap()).unwrap();
    fs::rename(&bench.root, &long).unwrap();
    fs::remove_file(long.join("b.png")).unwrap();
    (bench.wanted, bench.root) = (watched(&long, 0), long);
    let found = bench.look();
    let [trouble, missing] = &found[..] else { panic!("{found:?}") };
    assert!(trouble.starts_with("trouble ddd") && trouble.ends_with("Unreadable"), "{trouble}");
    assert_eq!(missing, "missing b.png");
    assert_eq!(bench.look_at(settled(&[&"d".repeat(245)])).len(), 1, "the same trouble");
}

#[test]
fn what_lies_too_deep_is_told() {
    let mut bench = Bench::new(0);
    let deep = "d/".repeat(MAX_DEPTH + 1) + "a.png";
    bench.write(&deep, "a");
    let expected = format!("trouble {} TooDeep", ["d"; MAX_DEPTH + 1].join("/"));
    assert_eq!(bench.look(), [expected]);
}
