//! What is still to be recognised after models came and went. No test here has a worker: asking one would fail.

use super::*;
use crate::api::{ItemIds, NoArgs, RemoveModel};
use crate::handlers::{Lane, RECOGNISE_NEW};
use crate::testing::{Home, png};
use legible_reading::recognition::{ImageKind, KindGuess, Label};
use legible_vision::recognise::stamps;
use serde_json::json;

/// Writes down what all code and these models would have recognised in a photo.
fn recognise_photo(home: &Home, id: i64, models: &[ModelUse]) {
    let kind = Some(ImageKind::Photo);
    let recognition = Recognition {
        by: stamps(kind, models),
        kind: Some(KindGuess { kind: ImageKind::Photo, confidence: 0.9 }),
        labels: vec![Label { name: "morel".into(), confidence: 0.9 }],
        ..Recognition::default()
    };
    let signature = signature(kind, models);
    let save =
        move |tx: &Transaction| Ok(legible_library::save_recognition(tx, ItemId(id), &recognition, &signature, 1)?);
    home.service.database().write_blocking(save).unwrap();
}

/// Some photos that were recognised with the model `mine`.
fn home_with_photos() -> (Home, Vec<i64>) {
    let home = Home::new();
    home.add_model("mine");
    let ids: Vec<i64> = (1..=3).map(|shade| home.take_in(&format!("{shade}.png"), &png(shade))).collect();
    ids.iter().for_each(|id| recognise_photo(&home, *id, &home.service.models_that_see().unwrap()));
    (home, ids)
}

/// What would be made of an image now.
fn parts_due(home: &Home, id: i64) -> Vec<Part> {
    let models = home.service.models_that_see().unwrap();
    let asked = |conn: &Connection| question(conn, ItemId(id), &known(conn, ItemId(id))?, models);
    due(&home.service.database().read_blocking(asked).unwrap())
}

fn queued(home: &Home) -> u64 {
    home.do_job(RECOGNISE_NEW, json!({})).unwrap()["queued"].as_u64().unwrap()
}

fn signed(home: &Home, id: i64) -> String {
    home.service.database().read_blocking(|conn| Ok(legible_library::made(conn, ItemId(id))?)).unwrap().unwrap().1
}

#[test]
fn a_model_that_goes_leaves_nothing_to_do_and_one_that_comes_its_own_parts_alone() {
    let (home, ids) = home_with_photos();
    assert_eq!(queued(&home), 0);
    let before = signed(&home, ids[0]);
    home.ask(home.service.remove_model(RemoveModel { id: "mine".into(), forget: false })).unwrap();
    assert_eq!(queued(&home), 0, "nothing is to be asked of a worker");
    assert!(ids.iter().all(|id| signed(&home, *id) != before), "they are signed anew");
    home.add_model("other");
    assert_eq!(parts_due(&home, ids[0]), [Part::Labels]);
    assert_eq!(queued(&home), 3);
}

#[test]
fn a_job_whose_model_went_meanwhile_ends_without_a_worker_and_without_the_original() {
    let (home, ids) = home_with_photos();
    home.add_model("other");
    assert_eq!(queued(&home), 3);
    let mut settings = home.ask(home.service.settings(NoArgs {})).unwrap();
    settings.models.labels = "none".into();
    home.ask(home.service.save_settings(settings)).unwrap();
    std::fs::remove_dir_all(home.path("library")).unwrap();
    for _ in &ids {
        let lease = home.claim_of(&[Lane::Recognising]).unwrap();
        home.work_one(&lease);
    }
    assert!(ids.iter().all(|id| signed(&home, *id) == signature(Some(ImageKind::Photo), &[])));
    let labels = |id| home.service.database().read_blocking(move |conn| known(conn, ItemId(id))).unwrap().labels.len();
    assert!(ids.iter().all(|id| labels(*id) == 1), "what the model saw stays");
}

#[test]
fn what_no_one_looked_at_is_left_and_so_is_what_is_damaged() {
    let (home, ids) = home_with_photos();
    let is_left = |change: &'static str| {
        let (id, models) = (ItemId(ids[0]), home.service.models_that_see().unwrap());
        let look = move |tx: &Transaction| {
            tx.execute(change, [id.0])?;
            is_left(tx, id, &models)
        };
        home.service.database().write_blocking(look).unwrap()
    };
    assert!(!is_left("UPDATE recognition SET signature = 'older' WHERE item_id = ?1"));
    assert!(is_left("UPDATE recognition SET data = '{' WHERE item_id = ?1"));
    assert!(is_left("UPDATE recognition SET data = '{}' WHERE item_id = ?1"));
    assert!(is_left("DELETE FROM recognition WHERE item_id = ?1"));
}

#[test]
fn each_model_is_noted_for_what_it_did() {
    let (home, _) = home_with_photos();
    let mine = home.service.models_that_see().unwrap().remove(0);
    let named = |id: &str| ModelUse { id: id.into(), ..mine.clone() };
    let models = ["sees", "idle", "fails", "crashes", "gone"].map(named).to_vec();
    let question = Question { models, ..Question::default() };
    let by = vec![Stamp { part: Part::Labels, name: "other+sees".into(), version: String::new() }];
    let fault = |model: &str, missing| Fault { model: model.into(), missing, message: "it failed".into() };
    let found = Recognised {
        recognition: Recognition { by, ..Recognition::default() },
        faults: vec![fault("fails", false), fault("gone", true)],
    };
    let left_out = [LeftOut { what: Costly::Model("crashes".into()), why: "it crashed".into() }];
    let looks = looks(&question, &found, &left_out);
    let good: Vec<&str> = looks.good.iter().map(|model| model.id.as_str()).collect();
    let failed: Vec<(&str, &str)> = looks.failed.iter().map(|(model, why)| (model.id.as_str(), why.as_str())).collect();
    assert_eq!((good, failed), (vec!["sees"], vec![("fails", "it failed"), ("crashes", "it crashed")]));
}

/// Writes down that an image was read, in which these lines stand.
fn read_lines(home: &Home, id: i64, lines: &[&str]) {
    let line = |text: &&str| {
        let (quad, words) = (legible_reading::Quad::from_edges(0.0, 0.0, 1.0, 1.0), vec![]);
        legible_reading::Line { text: (*text).to_owned(), quad, confidence: 0.9, words }
    };
    let reading = Reading {
        engine: legible_reading::Engine { name: "ppocr".into(), version: "1".into() },
        width: 2,
        height: 2,
        lines: lines.iter().map(line).collect(),
    };
    let save = move |tx: &Transaction| save_reading(tx, ItemId(id), &reading, 1);
    home.service.database().write_blocking(save).unwrap();
}

fn read(home: &Home, id: i64) {
    read_lines(home, id, &[]);
}

#[test]
fn the_kind_is_made_anew_when_the_text_tells_something_else_of_it() {
    let (home, ids) = home_with_photos();
    let models = home.service.models_that_see().unwrap();
    let check = |lines: &[&str], due: &[Part]| {
        recognise_photo(&home, ids[0], &models);
        read_lines(&home, ids[0], lines);
        let (id, models) = (ItemId(ids[0]), models.clone());
        let left = home.service.database().write_blocking(move |tx| is_left(tx, id, &models)).unwrap();
        assert_eq!((parts_due(&home, ids[0]), left), (due.to_vec(), !due.is_empty()), "{lines:?}");
        assert_eq!(known_of(&home, ids[0]).kind.map(|guess| guess.kind), Some(ImageKind::Photo), "it stays meanwhile");
    };
    assert_eq!(parts_due(&home, ids[0]), []);
    check(&[], &[Part::Kind]);
    check(&[], &[]);
    check(&["Total 12.50"], &[Part::Kind]);
    check(&["Total 12.50"], &[]);
    assert_eq!(queued(&home), 0);
    read_lines(&home, ids[0], &["Total 12.50", "VAT 1.20"]);
    assert_eq!(queued(&home), 1);
}

#[test]
fn what_was_still_to_be_recognised_is_so_when_it_is_back_from_the_trash() {
    let (home, ids) = home_with_photos();
    home.add_model("other");
    ids[..2].iter().for_each(|id| read(&home, *id));
    recognise_photo(&home, ids[1], &home.service.models_that_see().unwrap());
    let trash = || home.ask(home.service.trash_items(ItemIds { ids: ids.clone() })).unwrap();
    let due = || ids.iter().map(|id| is_recognising_due(&home, *id)).collect::<Vec<_>>();
    trash();
    assert_eq!(due(), [false; 3]);
    home.ask(home.service.restore_items(ItemIds { ids: ids.clone() })).unwrap();
    assert_eq!(due(), [true, false, false], "not what is recognised, and not before it is read");
    trash();
    assert_eq!(due(), [false; 3], "what waits for what is thrown away is cancelled");
    home.take_in("1.png", &png(1));
    assert_eq!(due(), [true, false, false], "adding it again brings it back, too");
}

fn is_recognising_due(home: &Home, id: i64) -> bool {
    home.service.database().read_blocking(|conn| crate::intake::is_due(conn, RECOGNISE, ItemId(id))).unwrap()
}

#[test]
fn a_model_that_cost_the_worker_looks_again_with_the_next_run_of_the_schedule() {
    let (home, ids) = home_with_photos();
    home.add_model("other");
    let models = home.service.models_that_see().unwrap();
    let left_out = |what| LeftOut { what, why: "killed".into() };
    let fault = |missing| Fault { model: "other".into(), missing, message: "it failed".into() };
    let check = |faults: &[Fault], left_out: &[LeftOut], is_left: bool| {
        let answered = that_answered(&models, faults, left_out);
        let (id, kind) = (ItemId(ids[0]), Some(ImageKind::Photo));
        let made = Recognition { by: stamps(kind, &answered), ..known_of(&home, ids[0]) };
        let (signature, models) = (signature(kind, &answered), models.clone());
        let save = move |tx: &Transaction| {
            legible_library::save_recognition(tx, id, &made, &signature, 1)?;
            super::is_left(tx, id, &models)
        };
        assert_eq!(home.service.database().write_blocking(save).unwrap(), is_left, "{faults:?} {left_out:?}");
    };
    check(&[], &[], false);
    check(&[], &[left_out(Costly::Codes)], false);
    check(&[], &[left_out(Costly::Model("other".into()))], true);
    check(&[], &[left_out(Costly::Models)], true);
    check(&[], &[left_out(Costly::Model("mine".into()))], false);
    check(&[fault(false)], &[], false);
    check(&[fault(true)], &[], true);
}

fn known_of(home: &Home, id: i64) -> Recognition {
    home.service.database().read_blocking(|conn| known(conn, ItemId(id))).unwrap()
}

#[test]
fn what_waits_to_be_read_is_recognised_without_its_text() {
    let home = Home::new();
    let ids: Vec<i64> = (1..=3).map(|shade| home.take_in(&format!("{shade}.png"), &png(shade))).collect();
    recognise_photo(&home, ids[0], &[]);
    let cancel = move |tx: &Transaction| {
        let job = Filter { subject: Some(subject_of(ids[2])), ..Filter::default() };
        Ok(legible_jobs::request_cancel(tx, &job, 1)?)
    };
    let due = |home: &Home| (1..=3).map(|id| is_recognising_due(home, id)).collect::<Vec<_>>();
    home.service.database().write_blocking(cancel).unwrap();
    assert_eq!(due(&home), [false; 3]);
    let check = |after: i64, expected: &[bool]| {
        let enqueue = move |tx: &Transaction| enqueue_unread(tx, ItemId(after), &[], 1);
        assert_eq!(home.service.database().write_blocking(enqueue).unwrap(), (ItemId(3), false));
        assert_eq!(due(&home), expected);
    };
    check(3, &[false; 3]);
    check(2, &[false; 3]);
    check(0, &[false, true, false]);
    check(0, &[false, true, false]);
}
