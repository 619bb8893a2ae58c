//! What is kept of the images of a source, and what is not.

use super::*;
use legible_jobs::{Claim, Owner};
use legible_library::Placement;
use rusqlite::Transaction;

#[test]
fn a_thumbnail_that_comes_after_its_picture_was_let_go_does_not_stay() {
    let home = home();
    let id = home.take_in("a.png", &png(9));
    let item = home.service.database().read_blocking(|c| Ok(legible_library::item(c, ItemId(id))?)).unwrap().unwrap();
    let thumbnail = home.write("thumbnail", "");
    let path = crate::pictures::thumbnail_path(home.service.places(), &item.hash);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    // No worker runs here; it had answered.
    fs::rename(thumbnail, &path).unwrap();
    let now = home.service.now();
    let claim = Claim { kinds: Some(vec![crate::handlers::THUMBNAIL.into()]), ..Claim::any(1) };
    let claim = move |tx: &Transaction| Ok(legible_jobs::claim(tx, &Owner("test".into()), now, 60_000, &claim)?);
    let lease = home.service.database().write_blocking(claim).unwrap().remove(0);
    let commit = home.run(&lease).unwrap();
    let let_go = move |tx: &Transaction| Ok(legible_library::set_placement(tx, ItemId(id), &Placement::TextOnly)?);
    home.service.database().write_blocking(let_go).unwrap();
    home.service.database().write_blocking(|tx| commit(tx).map(drop)).unwrap();
    assert!(!path.exists());
}

#[test]
fn upkeep_leaves_what_is_only_text_alone() {
    let home = home();
    let mut text = draft(&home, KeepWhat::Text);
    text.filing.tags = vec!["t".into()];
    let source = add(&home, text);
    put(&home, "a.png", 9);
    look(&home, &source);
    read(&home, "a.png", "text");
    let kept = home.take_in("b.png", &png(80));
    let checked = home.do_job(crate::handlers::CHECK_LIBRARY, json!({})).unwrap();
    assert_eq!(checked["checked"], 1, "{checked}");
    let engine = Engine { name: "test".into(), version: "2".into() };
    let otherwise = |c: &rusqlite::Connection| Ok(legible_library::read_otherwise(c, &engine, ItemId(0), 9)?);
    assert!(home.service.database().read_blocking(otherwise).unwrap().is_empty());
    let ids = vec![item_called(&home, "a.png").card.id];
    assert_eq!(home.ask(home.service.read_again(ItemIds { ids })).unwrap().count, 0);
    assert!(kept > 0);
}

#[test]
fn tags_are_looked_at_before_they_are_kept_and_as_many_are_given_as_fit() {
    let home = home();
    let mut long = draft(&home, KeepWhat::Copy);
    long.filing.tags = vec!["x".repeat(201)];
    let error = home.ask(home.service.save_source(long)).unwrap_err().to_string();
    assert!(error.ends_with("is too long: it may have 200 characters"), "{error}");
    let mut many = draft(&home, KeepWhat::Copy);
    many.filing.tags = (0..=100).map(|n| n.to_string()).collect();
    assert!(home.ask(home.service.save_source(many)).is_err());
    let mut fits = draft(&home, KeepWhat::Copy);
    fits.filing.tags = vec!["new".into(), "T1".into()];
    let id = home.take_in("a.png", &png(9));
    let tags: Vec<String> = (0..99).map(|n| format!("t{n}")).collect();
    let edit = legible_library::Edit { tags: Some(tags), note: None };
    home.service.database().write_blocking(move |tx| Ok(legible_library::edit(tx, ItemId(id), &edit)?)).unwrap();
    let source = add(&home, fits);
    put(&home, "again.png", 9);
    look(&home, &source);
    let tags = item_called(&home, "a.png").tags;
    assert_eq!((tags.len(), tags.last().map(String::as_str)), (100, Some("new")), "{tags:?}");
}

#[test]
fn what_is_deleted_for_good_is_none_of_a_sources_images_any_more() {
    let home = home();
    let source = add(&home, draft(&home, KeepWhat::Copy));
    put(&home, "a.png", 9);
    look(&home, &source);
    let ids = vec![item_called(&home, "a.png").card.id];
    home.ask(home.service.trash_items(ItemIds { ids: ids.clone() })).unwrap();
    home.ask(home.service.purge_items(ItemIds { ids })).unwrap();
    let sources = home.ask(home.service.sources(crate::api::NoArgs {})).unwrap().sources;
    assert_eq!(sources.iter().find(|one| one.id == source.id).unwrap().items, 0);
}

#[test]
fn a_picture_that_another_source_kept_stays_whatever_became_of_that_source() {
    let home = home();
    put(&home, "a.png", 1);
    let first = add(&home, draft(&home, KeepWhat::Copy));
    look(&home, &first);
    home.ask(home.service.remove_source(SourceRef { id: first.id })).unwrap();
    let second = add(&home, draft(&home, KeepWhat::Text));
    assert_eq!(look(&home, &second), outcome(json!({ "known": 1 })));
    read(&home, "a.png", "the text");
    assert_eq!(items(&home), [("a.png".into(), Original::Kept)]);
}

#[test]
fn of_an_image_whose_text_alone_is_kept_nothing_else_is_left() {
    let home = home();
    put(&home, "a.png", 1);
    put(&home, "b.png", 2);
    let source = add(&home, draft(&home, KeepWhat::Text));
    look(&home, &source);
    let dropped = home.take_in("dropped.png", &png(2));
    assert_eq!(item_called(&home, "b.png").card.id, dropped);
    read(&home, "a.png", "the text");
    read(&home, "b.png", "other text");
    let originals = [("a.png".into(), Original::TextOnly), ("b.png".into(), Original::Kept)];
    assert_eq!(items(&home), originals, "what a person added is kept whole");
    let kept = walkdir::WalkDir::new(home.path("library")).into_iter().flatten();
    let kept: Vec<_> = kept
        .map(|entry| entry.file_name().to_owned())
        .filter(|name| Path::new(name).extension().is_some_and(|e| e == "png"))
        .collect();
    assert_eq!(kept, ["b.png"]);
    assert!(home.path("in/a.png").exists(), "the folder is not ours");
    let id = item_called(&home, "a.png").card.id;
    assert_eq!(item_called(&home, "a.png").reading.unwrap().text, "the text");
    home.ask(home.service.trash_items(ItemIds { ids: vec![id] })).unwrap();
    home.ask(home.service.restore_items(ItemIds { ids: vec![id] })).unwrap();
    let dropped = home.take_in("a.png", &png(1));
    assert_eq!((dropped, items(&home)[0].1), (id, Original::Kept), "added by a person, its picture is kept");
}
