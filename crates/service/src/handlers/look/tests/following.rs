//! Files that are renamed, written over, or completed, and folders that are exchanged.

use super::*;
use crate::api::EditItem;

#[test]
fn a_file_that_is_renamed_over_another_leaves_that_one_missing() {
    use Original::{Kept, Missing};
    let home = home();
    put(&home, "a.png", 1);
    put(&home, "b.png", 2);
    let source = add(&home, draft(&home, KeepWhat::InPlace));
    look(&home, &source);
    let (first, second) = (item_called(&home, "a.png").card.id, item_called(&home, "b.png").card.id);
    fs::rename(home.path("in/a.png"), home.path("in/b.png")).unwrap();
    assert_eq!(look(&home, &source), outcome(json!({ "moved": 1, "missing": 1 })));
    let original = |id| home.ask(home.service.item(ItemQuery { id, query: String::new() })).unwrap().card.original;
    assert_eq!((original(first), original(second)), (Kept, Missing));
}

#[test]
fn more_files_than_one_transaction_takes_are_followed() {
    let home = home();
    for shade in 0..50 {
        put(&home, &format!("sub/{shade}.png"), shade);
    }
    let source = add(&home, draft(&home, KeepWhat::InPlace));
    look(&home, &source);
    fs::rename(home.path("in/sub"), home.path("in/other")).unwrap();
    assert_eq!(look(&home, &source), outcome(json!({ "moved": 50 })));
    assert!(items(&home).iter().all(|(_, original)| *original == Original::Kept));
    let path = item_called(&home, "49.png").path;
    assert_eq!(path, home.path("in/other/49.png").to_str().unwrap());
}

/// Has a source watch another folder.
fn watch_instead(home: &Home, source: &SourceView, folder: &str) {
    change(home, source, |draft| {
        let SourceSpec::Folder { path, .. } = &mut draft.spec else { unreachable!() };
        *path = home.path(folder).to_str().unwrap().into();
    });
}

#[test]
fn a_folder_that_was_renamed_is_known_again_once_its_source_says_so() {
    let home = home();
    put(&home, "a.png", 1);
    let source = add(&home, draft(&home, KeepWhat::InPlace));
    look(&home, &source);
    let reads = jobs(&home, "read");
    fs::rename(home.path("in"), home.path("papers")).unwrap();
    watch_instead(&home, &source, "papers");
    assert_eq!(look(&home, &source), outcome(json!({ "known": 1 })));
    assert_eq!(items(&home), [("a.png".into(), Original::Kept)]);
    assert_eq!(item_called(&home, "a.png").path, home.path("papers/a.png").to_str().unwrap());
    assert_eq!(jobs(&home, "read"), reads, "nothing was read again");
}

#[test]
fn an_empty_folder_that_a_source_is_given_is_no_disk_that_is_not_there() {
    let home = home();
    put(&home, "a.png", 1);
    let source = add(&home, draft(&home, KeepWhat::Copy));
    look(&home, &source);
    fs::create_dir(home.path("empty")).unwrap();
    watch_instead(&home, &source, "empty");
    assert_eq!(look(&home, &source), outcome(json!({})));
    assert_eq!(problem(&home, &source), None);
}

/// Half a picture is taken, `then` something happens to its item, and the file is completed; how many items there are.
fn completed(keep: KeepWhat, half: &[u8], then: impl FnOnce(&Home, i64)) -> usize {
    let home = home();
    age(&home.write("in/a.png", half));
    let source = add(&home, draft(&home, keep));
    assert_eq!(look(&home, &source)["new"], 1);
    then(&home, item_called(&home, "a.png").card.id);
    home.write("in/a.png", png(1));
    let found = look(&home, &source);
    assert_eq!(found["new"], 1, "{found}");
    let found = items(&home);
    assert_eq!(look(&home, &source), outcome(json!({})), "nothing comes back");
    found.len()
}

#[test]
fn of_a_file_that_was_taken_before_it_was_whole_one_item_is_left() {
    let whole = png(1);
    let half = &whole[..whole.len() / 2];
    // The room was taken first, and filled from its end.
    let hollow = [&whole[..8], &vec![0; whole.len() - 8]].concat();
    let nothing = |_: &Home, _: i64| ();
    let not_read = |home: &Home, id: i64| {
        let (code, message, hint) = ("bad_image".into(), "it ends too early".into(), String::new());
        let problem = legible_library::Problem { code, message, hint };
        let note =
            move |tx: &rusqlite::Transaction<'_>| Ok(legible_library::set_problem(tx, ItemId(id), Some(&problem))?);
        home.service.database().write_blocking(note).unwrap();
    };
    let noted = |home: &Home, id: i64| {
        let note = Some("mine".into());
        home.ask(home.service.edit_item(EditItem { id, tags: None, note })).unwrap();
    };
    let added = |home: &Home, id: i64| assert_eq!(home.take_in("a copy.png", half), id);
    for keep in [KeepWhat::Copy, KeepWhat::InPlace] {
        assert_eq!(completed(keep, half, nothing), 1, "{keep:?}");
        assert_eq!(completed(keep, &hollow, not_read), 1, "{keep:?}");
        assert_eq!(completed(keep, &hollow, nothing), 2, "{keep:?}: another picture");
        assert_eq!(completed(keep, half, noted), 2, "{keep:?}: what a person has to do with stays");
        assert_eq!(completed(keep, half, added), 2, "{keep:?}: or added too");
    }
}
