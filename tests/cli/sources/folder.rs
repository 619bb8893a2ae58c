//! Watched folders whose images are copied: what comes, changes its name, goes and comes back while the service runs.

use super::wait_for_sentinel;
use crate::program::draw::{number, png, speck};
use crate::program::{Home, wait_for};
use std::fs::{self, File};
use std::io::Write;
use std::time::Duration;

#[test]
fn what_comes_into_a_folder_is_read_and_found() {
    let home = Home::new();
    home.write("in/before.png", png(&number(10_101)));
    let id = home.watch("in", &[]);
    let _serving = home.serve();
    wait_for("what was there before is read", || (home.found("10101") == 1).then_some(()));
    home.write("in/later.png", png(&number(20_202)));
    fs::create_dir_all(home.path("elsewhere")).unwrap();
    home.write("elsewhere/deep/moved in.png", png(&number(30_303)));
    fs::rename(home.path("elsewhere/deep"), home.path("in/deep")).unwrap();
    wait_for("what came later is read", || (home.found("20202") + home.found("30303") == 2).then_some(()));
    let source = home.source(&id);
    assert_eq!((&source["items"], &source["watching"]), (&3.into(), &"Hears of changes as they happen".into()));
    assert!(source["found_at"].as_i64().is_some() && source["problem"].is_null(), "{source}");
    assert_eq!((home.count_jobs("read"), home.pictures().len()), (3, 3));
}

#[test]
fn only_what_is_wanted_comes() {
    let home = Home::new();
    let id = home.watch("in", &["--include", "scans/**", "--include", "*.png", "--exclude", "**/draft*"]);
    let folders = ["scans", "drafts", "scans/old", "scans/a.download", "scans/.hidden"];
    folders.iter().for_each(|folder| fs::create_dir_all(home.path("in").join(folder)).unwrap());
    let bmp = crate::program::draw::encoded(&number(1), image::ImageFormat::Bmp);
    home.write("in/scans/taken.bmp", &bmp);
    let unwanted = [
        "elsewhere.bmp",
        "drafts/no.png",
        "scans/draft 1.png",
        "scans/a.png.part",
        "scans/b.crdownload",
        "scans/c.png.filepart",
        "scans/~$d.png",
        "scans/._e.png",
        "scans/.f.png",
        "scans/a.download/g.png",
        "scans/.hidden/h.png",
        "scans/text.txt",
    ];
    unwanted.iter().zip(10..).for_each(|(name, value)| drop(home.write(&format!("in/{name}"), png(&speck(value)))));
    home.write("in/wanted.png", png(&speck(2)));
    home.write("in/scans/old/deep.PNG", png(&speck(3)));
    let tested = home.run(["sources", "test", &id]).with(0).out;
    assert!(tested.starts_with("3 images would be taken now.\n"), "{tested}");
    assert_eq!(home.found_by(&id), "3 new images");
    assert_eq!(home.names(), ["deep.PNG", "taken.bmp", "wanted.png"]);
    assert_eq!(home.found_by(&id), "Nothing new");

    home.run(["sources", "edit", &id, "--flat", "--include", "*.bmp"]).with(0);
    assert_eq!(home.found_by(&id), "1 new image");
    assert_eq!(home.names(), ["deep.PNG", "elsewhere.bmp", "taken.bmp", "wanted.png"]);
}

#[test]
fn a_file_is_read_once_it_is_whole() {
    let home = Home::new();
    let id = home.watch("in", &["--quiet", "1500"]);
    let _serving = home.serve();
    wait_for("it hears", || home.source(&id)["watching"].as_str().map(drop));
    let slow = png(&number(40_404));
    let mut file = File::create(home.path("in/slow.png")).unwrap();
    home.write("in/download.png.part", &png(&number(50_505))[..60]);
    home.write("in/first.png", png(&speck(1)));
    // The pace of a slow copy is the point: longer in all than the quiet time, and never still for as long.
    for chunk in slow.chunks(slow.len().div_ceil(16)) {
        file.write_all(chunk).unwrap();
        std::thread::sleep(Duration::from_millis(250));
    }
    drop(file);
    wait_for("the slow one is taken", || (home.names() == ["first.png", "slow.png"]).then_some(()));
    home.write("in/download.png.part", png(&number(50_505)));
    fs::rename(home.path("in/download.png.part"), home.path("in/download.png")).unwrap();
    wait_for("both are read", || (home.found("40404") + home.found("50505") == 2).then_some(()));
    assert_eq!(home.names(), ["download.png", "first.png", "slow.png"]);
    assert!(home.kept().iter().all(|kept| kept.reads <= 1), "{:?}", home.kept());
}

#[test]
fn a_half_that_stays_for_long_is_told_and_comes_whole_later() {
    let home = Home::new();
    let id = home.watch("in", &[]);
    let whole = png(&number(60_606));
    home.write("in/half.png", &whole[..whole.len() / 2]);
    home.write("in/empty.png", b"");
    home.look(&id).with(0);
    home.work();
    home.write("in/half.png", &whole);
    home.look(&id).with(0);
    home.work();
    assert_eq!(home.found("60606"), 1);
    let kept = home.kept();
    assert_eq!(kept.iter().filter(|kept| kept.text == "60606").count(), 1, "{kept:?}");
}

#[test]
fn names_change_and_nothing_is_read_again() {
    let home = Home::new();
    let id = home.watch("in", &[]);
    for value in 0..4 {
        home.write(&format!("in/{value}.png"), png(&number(70_700 + value)));
    }
    let _serving = home.serve();
    wait_for("all are read", || {
        (home.count_jobs("read") == 4 && home.jobs(&["enqueued", "running"]).is_empty()).then_some(())
    });
    let at = |name: &str| home.path("in").join(name);
    fs::rename(at("0.png"), at("renamed.png")).unwrap();
    fs::create_dir(at("sub")).unwrap();
    fs::rename(at("1.png"), at("sub/1.png")).unwrap();
    fs::rename(at("2.png"), at("between.part")).unwrap();
    fs::rename(at("3.png"), at("2.png")).unwrap();
    fs::rename(at("between.part"), at("3.png")).unwrap();
    let file_of = |value: u32| {
        let sql = "SELECT CASE dir WHEN '' THEN source_file.name ELSE dir || '/' || source_file.name END FROM source_file \
             JOIN reading ON reading.item_id = item WHERE text = ?1 AND missing_since IS NULL";
        home.database().query_row(sql, [value.to_string()], |row| row.get::<_, String>(0)).unwrap_or_default()
    };
    let ledger_is = |files: [&str; 4]| ([70_700, 70_701, 70_702, 70_703].map(file_of) == files).then_some(());
    wait_for("the ledger follows", || ledger_is(["renamed.png", "sub/1.png", "3.png", "2.png"]));
    fs::rename(at("sub"), at("another")).unwrap();
    wait_for("the ledger follows the folder", || ledger_is(["renamed.png", "another/1.png", "3.png", "2.png"]));
    home.settle();
    assert_eq!((home.images(), home.count_jobs("read")), (4, 4));
    assert_eq!(home.count("SELECT max(reads) FROM item"), 1);
    assert_eq!(home.source(&id)["problem"], serde_json::Value::Null);
}

#[test]
fn one_file_seen_twice_is_one_item() {
    let home = Home::new();
    let (first, second) = (home.watch("in", &[]), home.watch("other", &["--tag", "other"]));
    let image = png(&number(80_808));
    for name in ["in/a.png", "in/sub/copy of a.png", "other/b.png", "added.png"] {
        home.write(name, &image);
    }
    fs::hard_link(home.path("in/a.png"), home.path("in/linked.png")).unwrap();
    home.run(["add", "added.png"]).with(0);
    home.run(["sources", "off", &first, &second]).with(0);
    home.work();
    assert_eq!((home.images(), home.source(&first)["items"].clone()), (1, 0.into()), "they were off");
    let told = ["3 images known already", "1 image known already"];
    assert_eq!([home.found_by(&first), home.found_by(&second)], told);
    home.work();
    let kept = home.kept();
    assert_eq!((kept.len(), kept[0].reads, kept[0].tags.join(" ")), (1, 1, "other".to_owned()), "{kept:?}");
    assert_eq!(home.found_by(&first), "Nothing new");
}

#[test]
fn a_folder_that_goes_is_told_and_comes_back_by_itself() {
    let home = Home::new();
    let id = home.watch("in", &[]);
    home.write("in/a.png", png(&number(90_909)));
    let _serving = home.serve();
    wait_for("it is read", || (home.found("90909") == 1).then_some(()));
    fs::rename(home.path("in"), home.path("away")).unwrap();
    let problem =
        wait_for("it is told", || Some(home.source(&id)["problem"].clone()).filter(|problem| !problem.is_null()));
    assert_eq!(problem["error"]["code"], "file", "{problem}");
    assert!(problem["error"]["hint"].as_str().unwrap().contains("looked for again by itself"), "{problem}");
    assert_eq!(home.found("90909"), 1, "it stays");
    let listed = home.run(["sources", "list"]).with(0).out;
    assert!(listed.lines().any(|line| line.starts_with(&format!("{id}\tfailed: "))), "{listed}");

    fs::rename(home.path("away"), home.path("in")).unwrap();
    home.write("in/b.png", png(&number(91_919)));
    wait_for("what is new there is read", || (home.found("91919") == 1).then_some(()));
    wait_for("nothing is wrong any more", || home.source(&id)["problem"].is_null().then_some(()));
    assert_eq!((home.images(), home.count_jobs("read")), (2, 2));
    assert_eq!(home.count("SELECT count(*) FROM source_file WHERE missing_since IS NOT NULL"), 0);
}

#[test]
fn what_legible_writes_is_never_read() {
    let home = Home::new();
    let library = home.path("in/library");
    fs::create_dir_all(&library).unwrap();
    home.write("config/settings.toml", format!("library_folder = {:?}", library.to_str().unwrap()));
    let id = home.watch("in", &["--move-to", "in/done"]);
    for value in 0..3 {
        home.write(&format!("in/{value}.png"), png(&number(31_000 + value)));
    }
    let _serving = home.serve();
    wait_for("all are read and moved", || {
        let moved = fs::read_dir(home.path("in/done")).map_or(0, Iterator::count);
        (home.found("") == 3 && moved == 3).then_some(())
    });
    wait_for_sentinel(&home, "in/last.png");
    home.settle();
    assert_eq!((home.images(), home.count_jobs("read")), (4, 4));
    assert!(home.path("in/library").is_dir() && !home.path("in/0.png").exists());
    assert_eq!(home.source(&id)["items"], 4);
}

#[test]
fn a_restart_with_nothing_new_reads_nothing() {
    const FILES: u32 = 3000;
    let mut home = Home::new();
    home.without_models();
    let id = home.watch("in", &[]);
    for value in 0..FILES {
        home.write(&format!("in/{}/{value}.png", value % 30), png(&speck(value)));
    }
    let serving = home.serve();
    wait_for("all are taken", || (home.images() == i64::from(FILES)).then_some(()));
    wait_for("the look ends", || home.source(&id)["active"].is_null().then_some(()));
    assert_eq!(serving.stop(), 0);
    let (reads, thumbnails) = (home.count_jobs("read"), home.count_jobs("thumbnail"));
    assert_eq!(reads, i64::from(FILES));

    let _serving = home.serve();
    let looked = wait_for("it looks", || home.looks(&id).first().filter(|words| *words == "Nothing new").cloned());
    assert_eq!(looked, "Nothing new");
    assert_eq!((home.count_jobs("read"), home.count_jobs("thumbnail")), (reads, thumbnails));
    assert_eq!(home.images(), i64::from(FILES));
    let tested = home.run(["sources", "test", &id]).with(0).out;
    assert!(tested.starts_with("3000 images would be taken now.\n"), "{tested}");
}
