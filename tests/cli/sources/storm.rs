//! A storm over a watched folder while the service runs: in the end the library holds exactly the images that are there.

use crate::program::draw::{png, speck};
use crate::program::{Home, wait_for};
use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

/// What happens in the folder, each with an image of its own.
const DEEDS: u32 = 20_000;

/// The longest from the first deed to the last image, on a machine with two busy cores.
const LONGEST: Duration = Duration::from_secs(180);

/// How many deeds go into one folder.
const A_FOLDER: u32 = 500;

#[test]
fn after_a_storm_the_library_holds_exactly_what_is_there() {
    let mut home = Home::new();
    // Only what comes in is measured; reading waits for its models.
    home.without_models();
    let id = home.watch("in", &["--keep", "in-place"]);
    let _serving = home.serve();
    wait_for("it hears", || home.source(&id)["watching"].as_str().map(drop));
    let began = Instant::now();
    let expected = storm(&home);
    println!("{DEEDS} deeds took {:?}, {} images are left", began.elapsed(), expected.len());
    let wanted = expected.len() as i64;
    let count = "SELECT count(*) FROM item WHERE missing_at IS NULL";
    wait_for("all are there", || (home.count(count) == wanted).then_some(()));
    let took = began.elapsed();
    wait_for("nothing is left to look at", || home.source(&id)["active"].is_null().then_some(()));
    println!("the last image was there {took:?} after the first deed");
    assert_eq!(there(&home), expected);
    // A look at everything finds nothing that was missed, and nothing came twice.
    assert_eq!(home.found_by(&id), "Nothing new");
    assert_eq!(there(&home), expected);
    assert_eq!(home.count_jobs("read"), home.images());
    assert!(took < LONGEST, "it took {took:?}");
}

/// Creates, renames, half-written files and deletes; returns the paths that are left.
fn storm(home: &Home) -> BTreeSet<String> {
    let mut left = BTreeSet::new();
    for deed in 0..DEEDS {
        let folder = home.path(&format!("in/{}", deed / A_FOLDER));
        if deed % A_FOLDER == 0 {
            fs::create_dir_all(&folder).unwrap();
        }
        let image = png(&speck(deed));
        let (file, other) = (folder.join(format!("{deed}.png")), folder.join(format!("{deed} renamed.png")));
        let last = match deed % 8 {
            // Written at once.
            0..=3 => fs::write(&file, image).map(|()| Some(file)),
            // A download that takes its name in the end.
            4 => {
                let part = folder.join(format!("{deed}.png.part"));
                fs::write(&part, &image[..20]).unwrap();
                fs::write(&part, image).unwrap();
                fs::rename(part, &file).map(|()| Some(file))
            }
            // Written in halves.
            5 => {
                fs::write(&file, &image[..20]).unwrap();
                fs::write(&file, image).map(|()| Some(file))
            }
            6 => {
                fs::write(&file, image).unwrap();
                fs::rename(file, &other).map(|()| Some(other))
            }
            // Gone before anybody looked, or a download that never ends.
            _ if deed % 16 == 7 => {
                fs::write(&file, image).unwrap();
                fs::remove_file(file).map(|()| None)
            }
            _ => fs::write(folder.join(format!("{deed}.png.part")), image).map(|()| None),
        };
        left.extend(last.unwrap().map(|path| path.to_str().unwrap().to_owned()));
    }
    left
}

/// The files of all images that are not marked missing.
fn there(home: &Home) -> BTreeSet<String> {
    let database = home.database();
    let mut query = database.prepare("SELECT path FROM item WHERE missing_at IS NULL").unwrap();
    let paths = query.query_map([], |row| row.get(0)).unwrap();
    paths.map(Result::unwrap).collect()
}
