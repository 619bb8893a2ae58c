//! A folder of the disk and the one in memory that lives are made of do the same: what holds for the one holds for the other.

use crate::chance::Chance;
use crate::device::Folder;
use crate::world::World;
use legible_cloud::digest::ContentHash;
use legible_cloud::local::{FolderSide, InMemory, Local};
use legible_cloud::{Error, FilePath, Result};
use std::collections::BTreeMap;
use std::fs;

const PATHS: [&str; 4] = ["a.bin", "d/b.bin", "d/e/c.bin", "收据.bin"];
const TEXTS: [&str; 3] = ["1", "2", "other"];
const STEPS: usize = 60;

/// What can be told of an answer: what it is, or what kind of an error.
fn told<T: std::fmt::Debug>(answer: Result<T>) -> String {
    match answer {
        Ok(answer) => format!("{answer:?}"),
        Err(Error::Stale(_)) => "stale".to_owned(),
        Err(error) => panic!("{error}"),
    }
}

fn all(side: &dyn Local) -> BTreeMap<FilePath, ContentHash> {
    let listing = side.list(&|| false).unwrap();
    assert_eq!(listing.unusable, []);
    listing.files.into_iter().map(|file| (file.path, file.hash)).collect()
}

fn opened(side: &dyn Local, path: &FilePath) -> Result<Option<(Vec<u8>, u64, ContentHash)>> {
    let mut bytes = Vec::new();
    let opened = side.open(path)?;
    Ok(opened.map(|mut opened| {
        opened.content.read_to_end(&mut bytes).unwrap();
        (bytes, opened.size, opened.hash)
    }))
}

fn place(side: &dyn Local, path: &FilePath, text: &str, expected: Option<&ContentHash>) -> Result<ContentHash> {
    let mut came = side.incoming()?;
    came.write_all(text.as_bytes()).unwrap();
    side.place(path, came, expected)
}

fn compare(seed: u64) {
    let mut chance = Chance(seed);
    let world = World::new(seed, None);
    world.state().is_rough = false;
    world.state().devices[0].direction = Default::default();
    let memory = Folder { world: &world, device: 0 };
    let home = tempfile::tempdir_in(crate::device::quick_folder()).unwrap();
    let disk = FolderSide::open(home.path(), Box::new(InMemory::default())).unwrap();
    for step in 0..STEPS {
        let path = FilePath::parse(chance.pick(&PATHS).unwrap()).unwrap();
        let text = chance.pick(&TEXTS).unwrap();
        let expected = chance.pick(&TEXTS.map(|text| ContentHash::of(text.as_bytes()))).unwrap();
        let expected_or_none = Some(expected).filter(|_| chance.one_in(2));
        let on_disk = home.path().join(path.as_str());
        let both = |act: &dyn Fn(&dyn Local) -> String| (act(&disk), act(&memory));
        let (there, here) = match chance.below(6) {
            0 => {
                fs::create_dir_all(on_disk.parent().unwrap()).unwrap();
                fs::write(on_disk, text).unwrap();
                world.state().devices[0].files.insert(path, text.as_bytes().to_vec());
                Default::default()
            }
            1 => {
                let was = world.state().devices[0].files.remove(&path);
                assert_eq!(fs::remove_file(on_disk).is_ok(), was.is_some());
                Default::default()
            }
            2 => both(&|side| told(side.look(&path))),
            3 => both(&|side| told(opened(side, &path))),
            4 => both(&|side| told(place(side, &path, text, expected_or_none.as_ref()))),
            _ => both(&|side| told(side.put_away(&path, &expected))),
        };
        assert_eq!(there, here, "seed {seed}, step {step}");
        assert_eq!(all(&disk), all(&memory), "seed {seed}, step {step}");
    }
}

#[test]
fn a_folder_on_the_disk_does_what_the_one_in_memory_does() {
    (0..100).for_each(compare);
}
