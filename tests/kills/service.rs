//! `legible run` with 300 queued images, killed again and again at random moments.

use crate::listener::Listener;
use crate::program::draw::{png, strip};
use crate::program::{Home, wait_for};
use image::{Rgb, RgbImage};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const IMAGES: u32 = 300;
const KILLS: u32 = 20;

/// A kill comes after this many further jobs, whatever the speed of the machine, ...
const JOBS: std::ops::Range<i64> = 0..20;

/// ... and so many milliseconds more, which may hit any instant of the start or of a job.
const MOMENTS: std::ops::Range<u64> = 0..400;

/// Import is one job of five attempts. A kill costs one, so the last is let end; a person could start it again.
const KILLS_OF_IMPORT: i64 = 4;

#[test]
fn killed_at_random_moments_every_image_is_read_exactly_once() {
    let seed: u64 = std::env::var("LEGIBLE_SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("LEGIBLE_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let home = Home::new();
    for index in 0..IMAGES {
        home.write(&format!("in/{index:03}.png"), png(&image(index)));
    }
    home.run(["add", "in"]).with(0);
    let listener = Listener::at(home.path("data/legible.sock"));
    let mut ended_at_kills = Vec::new();
    for _ in 0..KILLS {
        let serving = home.spawn_service();
        let enough = ended(&home) + random.random_range(JOBS);
        wait_for("some more jobs end", || (ended(&home) >= enough || is_done(&home)).then_some(()));
        wait_for("the import ends or may be killed", || may_be_killed(&home).then_some(()));
        // The instant is the point of this test; nothing is waited for.
        std::thread::sleep(Duration::from_millis(random.random_range(MOMENTS)));
        serving.kill();
        ended_at_kills.push(ended(&home));
    }
    println!("jobs ended at each kill: {ended_at_kills:?}");
    let serving = home.serve();
    while !is_done(&home) {
        let before = ended(&home);
        wait_for("one more job ends", || (ended(&home) > before || is_done(&home)).then_some(()));
    }
    wait_for("left-overs are swept", || home.library().iter().all(|file| !file.contains("/.")).then_some(()));
    assert_eq!(serving.stop(), 0);

    jobs_all_succeeded(&home);
    images_are_read_once(&home);
    folder_is_whole(&home);
    assert_eq!(listener.groups_ended(), [(1, 1)].into(), "the group's end is told once");
    let crashed = count(&home, "SELECT count(*) FROM job_attempt WHERE outcome = 'crashed'");
    println!("{crashed} attempts were killed");
    assert!(crashed > 0, "the kills hit running jobs");
    assert!(ended_at_kills[0] < i64::from(2 * IMAGES), "the first kill came in the middle of the work");
}

/// Every fifth image shows a number, which takes a second to read; the others are white, each in a size of its own.
fn image(index: u32) -> RgbImage {
    match text(index).parse() {
        Ok(number) => strip(number),
        Err(_) => RgbImage::from_pixel(64 + index, 64, Rgb([255; 3])),
    }
}

/// What an image shows.
fn text(index: u32) -> String {
    if index.is_multiple_of(5) { (10_000 + index * 7).to_string() } else { String::new() }
}

fn ended(home: &Home) -> i64 {
    count(home, "SELECT count(*) FROM job WHERE state IN ('succeeded', 'failed', 'cancelled')")
}

/// Whether no job waits or runs, and the group's end is told.
fn is_done(home: &Home) -> bool {
    let open = "SELECT (SELECT count(*) FROM job WHERE state NOT IN ('succeeded', 'failed', 'cancelled')) \
         + (SELECT count(*) FROM job_group WHERE told_at IS NULL)";
    count(home, open) == 0
}

fn may_be_killed(home: &Home) -> bool {
    let sql = format!(
        "SELECT count(*) FROM job WHERE kind = 'import' AND state <> 'succeeded' AND attempts > {KILLS_OF_IMPORT}"
    );
    count(home, &sql) == 0
}

fn jobs_all_succeeded(home: &Home) {
    let database = open(home);
    let mut query = database.prepare("SELECT kind, state, count(*) FROM job GROUP BY kind, state").unwrap();
    let counts: Vec<(String, String, u32)> =
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap().map(Result::unwrap).collect();
    let expected = [("import", 1), ("read", IMAGES), ("recognise", IMAGES), ("thumbnail", IMAGES)];
    let expected = expected.map(|(kind, count)| (kind.to_owned(), "succeeded".to_owned(), count));
    assert_eq!(counts, expected);
}

fn images_are_read_once(home: &Home) {
    let database = open(home);
    let mut query =
        database.prepare("SELECT item.name, reads, text FROM item JOIN reading ON item_id = item.id").unwrap();
    let rows =
        query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get::<_, String>(2)?)));
    let read: BTreeMap<String, (u32, String)> =
        rows.unwrap().map(Result::unwrap).map(|(name, reads, text)| (name, (reads, text))).collect();
    assert_eq!(read.len(), IMAGES as usize);
    assert_eq!(count(home, "SELECT count(*) FROM item"), i64::from(IMAGES));
    assert!(read.values().all(|(reads, _)| *reads == 1), "{read:?}");
    let wrong: Vec<_> = (0..IMAGES).filter(|index| read[&format!("{index:03}.png")].1 != text(*index)).collect();
    assert!(wrong.len() <= 3, "readings belong to their images: {wrong:?} do not");
}

/// Each image lies in the library once, with its own bytes and a sidecar that tells the one reading, and nothing else.
fn folder_is_whole(home: &Home) {
    let files = home.library();
    assert_eq!(files.len(), 2 * IMAGES as usize, "{files:?}");
    let images: BTreeSet<&str> = files.iter().filter(|file| file.ends_with(".png")).map(|file| &file[8..]).collect();
    assert_eq!(images.len(), IMAGES as usize);
    for image in files.iter().filter(|file| file.ends_with(".png")) {
        let path = home.path("library").join(image);
        assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(home.path("in").join(&image[8..])).unwrap(), "{image}");
        let sidecar = std::fs::read(path.with_extension("png.json")).unwrap();
        let sidecar: Value = serde_json::from_slice(&sidecar).unwrap();
        let readings = sidecar["readings"].as_array().unwrap();
        assert_eq!((sidecar["reads"].as_u64(), readings.len()), (Some(1), 1), "{sidecar}");
        assert!(sidecar["recognition"]["hash"].is_string(), "{sidecar}");
        assert_eq!((&sidecar["problem"], &sidecar["name"]), (&Value::Null, &image[8..].into()), "{sidecar}");
    }
}

fn count(home: &Home, sql: &str) -> i64 {
    open(home).query_row(sql, [], |row| row.get(0)).unwrap()
}

fn open(home: &Home) -> Connection {
    let database =
        Connection::open_with_flags(home.path("data/legible.db"), OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    database.busy_timeout(Duration::from_secs(20)).unwrap();
    database
}
