//! Images that lie in two places of the library folder, or in it and in the trash; and what is left of a run that is killed between.

use super::*;
use crate::tables::arrivals;

const FOLDER: &str = "1970/01";

impl Machine {
    /// Where a file lies in the month's folder of the library.
    fn at(&self, name: &str) -> std::path::PathBuf {
        self.home.path("library").join(FOLDER).join(name)
    }

    /// Does to an image and its sidecar what a file manager does on "copy" and "paste"; from the trash too.
    fn copy_pair(&self, from: &str, to: &str) {
        for ending in ["", ".json"] {
            let (from, to) =
                (self.home.path("library").join(format!("{from}{ending}")), self.at(&format!("{to}{ending}")));
            std::fs::copy(from, to).unwrap();
        }
    }

    /// The files in the month's folder of the library, or of its trash.
    fn files(&self, folder: &str) -> Vec<String> {
        let Ok(all) = std::fs::read_dir(self.home.path("library").join(folder)) else { return vec![] };
        let mut names: Vec<String> = all.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Brings it in step while the database refuses something, as a kill at that moment does.
    fn is_killed_at(&self, refuses: &str) {
        let sql = |text: String| {
            self.home.service.database().write_blocking(move |tx| Ok(tx.execute_batch(&text)?)).unwrap();
        };
        sql(format!("CREATE TRIGGER killed BEFORE {refuses} BEGIN SELECT RAISE(ABORT, 'killed'); END"));
        self.home.ask(self.home.service.sync_storage(SyncNow { id: self.storage, agreed: vec![] })).unwrap();
        self.home.work();
        sql("DROP TRIGGER killed".to_owned());
        let problem = self.view().problem.expect("it came to its end");
        assert!(problem.error.message.contains("killed"), "{problem:?}");
    }
}

/// Brings machines in step until nothing moves any more.
fn to_rest(machines: &[&Machine]) {
    let moved = |done: &SyncResult| done.uploaded + done.downloaded + done.removed + done.put_away + done.merged > 0;
    let rounds = (0..6).take_while(|_| machines.iter().filter(|machine| moved(&machine.sync())).count() > 0).count();
    assert!(rounds < 6, "they never come to rest");
}

#[test]
fn what_takes_the_place_of_an_image_that_is_moved_is_known_after_a_kill_too() {
    let (_folder, desk, lap) = two();
    desk.tag(desk.take_in("a.png", 1), &["apple"]);
    to_rest(&[&desk, &lap]);
    std::fs::rename(desk.at("a.png"), desk.at("d.png")).unwrap();
    std::fs::write(desk.at("a.png"), png(9)).unwrap();
    desk.is_killed_at("INSERT ON item WHEN NEW.path = '1970/01/a.png'");
    desk.sync();
    assert_eq!(desk.count(), 2, "by itself");
    to_rest(&[&desk, &lap]);
    for machine in [&desk, &lap] {
        assert_eq!(machine.files(FOLDER), ["a.png", "a.png.json", "d.png", "d.png.json"]);
        assert_eq!(machine.count(), 2, "{:?}", machine.items());
        assert!(machine.items().iter().any(|(_, tags)| tags == &["apple"]));
    }
}

#[test]
fn of_an_image_that_was_kept_before_a_kill_both_versions_keep_what_was_said() {
    let (folder, desk, lap) = two();
    desk.tag(desk.take_in("a.png", 1), &["kept"]);
    to_rest(&[&desk, &lap]);
    std::fs::write(folder.path().join("between/1970/01/a.png"), png(8)).unwrap();
    std::fs::write(lap.at("a.png"), png(9)).unwrap();
    lap.is_killed_at("INSERT ON item WHEN NEW.path = '1970/01/a.png'");
    assert_eq!(std::fs::read(lap.at("a.png")).unwrap(), png(8), "it was killed after the other one had its place");
    to_rest(&[&lap, &desk]);
    for machine in [&desk, &lap] {
        assert_eq!(machine.count(), 2, "{:?}", machine.items());
        assert!(machine.items().iter().all(|(_, tags)| tags == &["kept"]), "{:?}", machine.items());
    }
}

#[test]
fn who_deletes_an_image_means_each_copy_of_it() {
    let (_folder, desk, lap) = two();
    let id = desk.take_in("a.png", 1);
    desk.tag(id, &["apple"]);
    desk.take_in("z.png", 7);
    desk.copy_pair("1970/01/a.png", "c.png");
    to_rest(&[&desk, &lap]);
    assert_eq!((desk.count(), lap.count(), lap.files(FOLDER).len()), (2, 2, 6));
    desk.trash(id);
    to_rest(&[&desk, &lap]);
    for machine in [&desk, &lap] {
        assert_eq!((machine.count(), machine.files(FOLDER)), (1, vec!["z.png".to_owned(), "z.png.json".to_owned()]));
        assert!(machine.files(".trash/1970/01").iter().any(|name| name.ends_with(".png")), "it can be taken back");
    }
    desk.home.ask(desk.home.service.restore_items(ItemIds { ids: vec![id] })).unwrap();
    to_rest(&[&desk, &lap]);
    let all = items(&[("a.png", &["apple"]), ("z.png", &[])]);
    assert_eq!((desk.items(), lap.items()), (all.clone(), all));
}

#[test]
fn an_image_whose_other_place_is_taken_or_emptied_elsewhere_goes_on_where_it_lies_besides() {
    for is_taken in [true, false] {
        let (_folder, desk, lap) = two();
        desk.tag(desk.take_in("a.png", 1), &["apple"]);
        desk.take_in("z.png", 7);
        desk.copy_pair("1970/01/a.png", "c.png");
        to_rest(&[&desk, &lap]);
        // With a file manager: at the other machine the item goes on by itself.
        match is_taken {
            true => std::fs::write(desk.at("a.png"), png(9)).unwrap(),
            false => ["a.png", "a.png.json"].iter().for_each(|name| std::fs::remove_file(desk.at(name)).unwrap()),
        }
        to_rest(&[&desk, &lap]);
        for machine in [&desk, &lap] {
            assert_eq!(std::fs::read(machine.at("c.png")).unwrap(), png(1));
            assert_eq!(machine.count(), 2 + usize::from(is_taken), "{is_taken} {:?}", machine.items());
            assert!(machine.items().contains(&("a.png".to_owned(), vec!["apple".to_owned()])), "{:?}", machine.items());
        }
    }
}

#[test]
fn an_image_that_is_put_back_with_another_program_is_out_of_the_trash() {
    for to in ["a.png", "e.png"] {
        let (_folder, desk, lap) = two();
        let id = desk.take_in("a.png", 1);
        desk.tag(id, &["apple"]);
        to_rest(&[&desk, &lap]);
        desk.trash(id);
        to_rest(&[&desk, &lap]);
        desk.copy_pair(".trash/1970/01/a.png", to);
        to_rest(&[&desk, &lap]);
        for machine in [&desk, &lap] {
            assert_eq!(machine.items(), items(&[("a.png", &["apple"])]), "{to}");
            assert_eq!(machine.files(FOLDER), [to.to_owned(), format!("{to}.json")]);
            assert_eq!(machine.files(".trash/1970/01"), [""; 0], "nothing of it stays there for good");
        }
    }
}

#[test]
fn an_image_that_is_put_back_and_drawn_over_is_one_of_the_library() {
    let (_folder, desk, lap) = two();
    let id = desk.take_in("a.png", 1);
    desk.tag(id, &["apple"]);
    desk.take_in("z.png", 7);
    to_rest(&[&desk, &lap]);
    desk.trash(id);
    to_rest(&[&desk, &lap]);
    desk.copy_pair(".trash/1970/01/a.png", "a.png");
    std::fs::write(desk.at("a.png"), png(9)).unwrap();
    to_rest(&[&desk, &lap]);
    for machine in [&desk, &lap] {
        assert_eq!(machine.items(), items(&[("a.png", &["apple"]), ("z.png", &[])]));
        assert_eq!(std::fs::read(machine.at("a.png")).unwrap(), png(9));
    }
}

#[test]
fn what_is_said_beside_another_copy_is_taken_over_once() {
    let (_folder, desk, lap) = two();
    let id = desk.take_in("a.png", 1);
    desk.take_in("z.png", 7);
    to_rest(&[&desk, &lap]);
    std::fs::rename(lap.at("a.png"), lap.at("c.png")).unwrap();
    std::fs::rename(lap.at("a.png.json"), lap.at("c.png.json")).unwrap();
    desk.tag(id, &["told"]);
    desk.sync();
    // It breaks off after the sidecar came.
    lap.is_killed_at("INSERT ON cloud_in_step WHEN NEW.path = '1970/01/a.png.json'");
    let here = lap.id("a.png");
    assert_eq!(lap.tags(here), ["told"]);
    lap.tag(here, &[]);
    lap.sync();
    assert_eq!(lap.tags(here), [""; 0], "a tag that was taken away stays away");
    let left = lap.home.service.database().read_blocking(arrivals::expected).unwrap();
    assert_eq!(left, [""; 0]);
}

#[test]
fn a_sidecar_that_a_newer_program_wrote_stops_no_other_image() {
    let (_folder, desk, lap) = two();
    let newer = br#"{"version":999,"hash":"unknown"}"#;
    for (name, shade) in [("a.png", 1), ("b.png", 2), ("z.png", 3)] {
        desk.take_in(name, shade);
    }
    to_rest(&[&desk, &lap]);
    for (from, to) in [("a.png", "c.png"), ("b.png", "d.png")] {
        std::fs::rename(desk.at(from), desk.at(to)).unwrap();
    }
    std::fs::write(desk.at("c.png.json"), newer).unwrap();
    desk.sync();
    assert_eq!(desk.files(FOLDER), ["c.png", "c.png.json", "d.png", "d.png.json", "z.png", "z.png.json"]);
    assert_eq!((desk.count(), std::fs::read(desk.at("c.png.json")).unwrap()), (3, newer.to_vec()));
}
