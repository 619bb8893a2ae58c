//! `legible run` killed again and again while a watched folder fills: in the end every image is one item, read once.

use crate::program::draw::{png, strip};
use crate::program::{Home, wait_for};
use image::{Rgb, RgbImage};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

const IMAGES: u32 = 240;
const KILLS: u32 = 20;

/// A kill comes so many milliseconds after the start: before the first look, in it, between an image's file and its row.
const MOMENTS: std::ops::Range<u64> = 0..900;

#[test]
fn killed_while_a_watched_folder_fills_no_image_is_missed_or_doubled() {
    let seed: u64 = std::env::var("LEGIBLE_SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("LEGIBLE_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    for words in [
        &["--tag", "mine", "--rename", "{name} of {source}"][..],
        &["--keep", "in-place"],
        &["--move-to", "done"],
        &["--keep", "in-place", "--move-to", "done"],
    ] {
        fill_and_kill(&mut random, words);
    }
}

fn fill_and_kill(random: &mut StdRng, words: &[&str]) {
    let home = Home::new();
    let id = home.watch("in", words);
    let mut written = 0;
    for kill in 1..=KILLS {
        let serving = home.spawn_service();
        // Some come as a whole, some are renamed when they are, some move into a folder while it is killed.
        while written < IMAGES * kill / KILLS {
            write(&home, written);
            written += 1;
        }
        // The instant is the point of this test; nothing is waited for.
        std::thread::sleep(Duration::from_millis(random.random_range(MOMENTS)));
        serving.kill();
    }
    let at_kills = home.images();
    let _serving = home.serve();
    wait_for("all images are there", || (home.images() >= i64::from(IMAGES)).then_some(()));
    home.settle();
    wait_for("what is left is filed", || {
        // On a slow machine the kills meet one image as often as it may be tried. It is given up then, and a person starts it again.
        home.run(["jobs", "retry", "--kind", "read"]);
        (home.count("SELECT count(*) FROM source_item WHERE filed_at IS NULL") == 0).then_some(())
    });
    home.settle();

    println!("{words:?}: {at_kills} of {IMAGES} were there after the last kill");
    let kept = home.kept();
    assert_eq!(kept.len(), IMAGES as usize, "every image is one item");
    assert!(kept.iter().all(|kept| kept.reads == 1 && !kept.missing), "each is read once: {kept:?}");
    assert_eq!(home.count("SELECT count(*) FROM reading"), i64::from(IMAGES));
    assert_eq!(home.count("SELECT count(*) FROM job WHERE kind = 'read' AND state = 'succeeded'"), i64::from(IMAGES));
    // A look or a filing that was killed as often as it may be tried is given up, and another one begins.
    let failed = home.jobs(&["failed"]);
    let lost = failed.iter().filter(|job| job["kind"] != "look" && job["kind"] != "file-away").collect::<Vec<_>>();
    assert!(lost.is_empty(), "{lost:?}");
    assert_eq!(home.count("SELECT count(*) FROM origin WHERE kind = 'folder'"), i64::from(IMAGES), "and came once");
    assert_eq!(home.source(&id)["items"], IMAGES);
    assert_eq!(home.found_by(&id), "Nothing new");
    let moved = words.contains(&"--move-to");
    let there: BTreeSet<_> =
        fs::read_dir(home.path(if moved { "done" } else { "in" })).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(there.len(), IMAGES as usize, "no file is lost or doubled");
    let managed = if words.contains(&"in-place") { 0 } else { IMAGES as usize };
    assert_eq!(home.pictures().len(), managed, "the library has its own bytes once");
}

fn write(home: &Home, index: u32) {
    // Every fifth takes a second to read; the others are white, each in a size of its own.
    let image = if index.is_multiple_of(5) {
        strip(10_000 + index)
    } else {
        RgbImage::from_pixel(64 + index, 64, Rgb([255; 3]))
    };
    let (bytes, name) = (png(&image), home.path(&format!("in/{index:03}.png")));
    match index % 3 {
        0 => fs::write(name, bytes).unwrap(),
        1 => fs::rename(home.write(&format!("in/{index:03}.png.part"), bytes), name).unwrap(),
        _ => fs::rename(home.write(&format!("elsewhere/{index:03}.png"), bytes), name).unwrap(),
    }
}
