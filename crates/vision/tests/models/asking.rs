//! What a question makes models do: which look, at what, how that is signed, and what becomes of one that cannot.

use std::fs;
use std::path::Path;

use image::{Rgb, RgbImage};
use legible_reading::recognition::{ImageKind, Part, Recognition, Stamp};
use legible_vision::decode::{Decoded, decode};
use legible_vision::engine::Unwatched;
use legible_vision::recognise::models::{ModelUse, Models};
use legible_vision::recognise::{Question, Recognised, due, recognise, signature, stamps};

use crate::onnx::{COLOURS, colours};

const PHOTO: Option<ImageKind> = Some(ImageKind::Photo);

/// A model in `dir` that tells how red, green and blue an image is, by these names.
fn install(dir: &Path, id: &str, names: &str) -> ModelUse {
    fs::create_dir_all(dir.join(id)).unwrap();
    fs::write(dir.join(id).join("model.onnx"), colours().file()).unwrap();
    fs::write(dir.join(id).join("labels.txt"), names).unwrap();
    let contract = toml::from_str(COLOURS).unwrap();
    let path = |file: &str| format!("{id}/{file}");
    ModelUse {
        id: id.into(),
        file: path("model.onnx"),
        labels: Some(path("labels.txt")),
        directions: None,
        contract,
        version: "1".into(),
    }
}

/// An image in one colour.
fn image(colour: [u8; 3]) -> Decoded {
    let mut bytes = std::io::Cursor::new(Vec::new());
    RgbImage::from_pixel(20, 10, Rgb(colour)).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    decode(&bytes.into_inner()).unwrap()
}

/// A question to models alone: all that needs none is known.
fn to_models(models: &[ModelUse], kind: Option<ImageKind>) -> Question {
    Question { known: stamps(kind, &[]), kind, models: models.to_vec(), ..Question::default() }
}

fn ask(models: &mut Models, question: &Question, colour: [u8; 3]) -> Recognised {
    recognise(&image(colour), question, models, &Unwatched).unwrap()
}

fn names(recognition: &Recognition) -> Vec<&str> {
    recognition.labels.iter().map(|label| label.name.as_str()).collect()
}

fn parts(stamps: &[Stamp]) -> Vec<Part> {
    stamps.iter().map(|stamp| stamp.part).collect()
}

const YELLOW: [u8; 3] = [250, 200, 0];

#[test]
fn models_look_at_photos_alone() {
    let dir = tempfile::tempdir().unwrap();
    let used = [install(dir.path(), "colours", "red\ngreen\nblue")];
    let mut models = Models::new(vec![dir.path().into()]);
    let mut check = |kind: Option<ImageKind>, labels: &[&str], signed: &[Part]| {
        let question = to_models(&used, kind);
        assert_eq!(due(&question), signed, "{kind:?}");
        let told = ask(&mut models, &question, YELLOW);
        assert_eq!((names(&told.recognition), parts(&told.recognition.by)), (labels.to_vec(), signed.to_vec()));
        assert_eq!(told.faults, [], "{kind:?}");
    };
    check(PHOTO, &["red", "green"], &[Part::Labels]);
    check(None, &[], &[]);
    for kind in ImageKind::ALL.into_iter().filter(|kind| *kind != ImageKind::Photo) {
        check(Some(kind), &[], &[]);
    }
}

#[test]
fn the_kind_that_is_made_counts_before_the_known_one() {
    let dir = tempfile::tempdir().unwrap();
    let used = [install(dir.path(), "colours", "red\ngreen\nblue")];
    let mut models = Models::new(vec![dir.path().into()]);
    let question = Question { models: used.to_vec(), kind: PHOTO, ..Question::default() };
    assert_eq!(due(&question), [Part::Codes, Part::Colours, Part::Hash, Part::Kind, Part::Labels]);
    let told = ask(&mut models, &question, YELLOW).recognition;
    // A plain colour is anything but a photo.
    assert!(told.kind.is_none_or(|guess| guess.kind != ImageKind::Photo), "{:?}", told.kind);
    assert_eq!((names(&told), told.stamp(Part::Labels)), (vec![], None));
}

#[test]
fn a_model_runs_again_only_for_what_it_changes() {
    let dir = tempfile::tempdir().unwrap();
    let colours = install(dir.path(), "colours", "red\ngreen\nblue");
    let known = stamps(PHOTO, std::slice::from_ref(&colours));
    let plain = signature(PHOTO, std::slice::from_ref(&colours));
    let check = |change: &dyn Fn(&mut ModelUse), expected: &[Part]| {
        let mut changed = colours.clone();
        change(&mut changed);
        let models = vec![changed];
        assert_eq!(signature(PHOTO, &models) == plain, expected.is_empty());
        assert_eq!(signature(Some(ImageKind::Receipt), &models), signature(Some(ImageKind::Receipt), &[]));
        assert_eq!(due(&Question { known: known.clone(), kind: PHOTO, models, ..Question::default() }), expected);
    };
    check(&|_| {}, &[]);
    check(&|model| model.file = "elsewhere/model.onnx".into(), &[]);
    check(&|model| model.contract.labels = Some("other.txt".into()), &[]);
    check(&|model| model.version = "2".into(), &[Part::Labels]);
    check(&|model| model.id = "shades".into(), &[Part::Labels]);
    check(&|model| model.contract.threshold = Some(0.9), &[Part::Labels]);
    check(&|model| model.contract.input.std = [2.0; 3], &[Part::Labels]);
    let embeds = |model: &mut ModelUse| model.contract.outputs.embedding = Some(Default::default());
    check(&embeds, &[Part::Embedding]);
    assert_eq!(
        due(&Question { known, kind: PHOTO, ..Question::default() }),
        [],
        "a model that goes leaves what it saw"
    );
}

/// Stamps lie in sidecars: one that changes has every photo looked at again.
#[test]
fn a_stamp_stays_what_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let stamps = stamps(PHOTO, &[install(dir.path(), "colours", "red\ngreen\nblue")]);
    let stamp = stamps.iter().find(|stamp| stamp.part == Part::Labels).unwrap();
    assert_eq!((stamp.name.as_str(), stamp.version.as_str()), ("colours", "1.847d327a.1"));
}

#[test]
fn several_models_make_a_part_together() {
    let dir = tempfile::tempdir().unwrap();
    let first = install(dir.path(), "colours", "red\ngreen\nblue");
    let second = install(dir.path(), "shades", "warm\ngreen\ncold");
    let mut models = Models::new(vec![dir.path().into()]);
    let told = ask(&mut models, &to_models(&[first.clone(), second.clone()], PHOTO), YELLOW).recognition;
    assert_eq!(names(&told), ["red", "warm", "green"]);
    let stamp = told.stamp(Part::Labels).unwrap();
    assert_eq!((stamp.name.as_str(), stamp.version.matches('+').count()), ("colours+shades", 1));

    // Without one of them the other signs alone, so that the part is due as soon as both can look.
    fs::remove_file(dir.path().join("shades/model.onnx")).unwrap();
    let question = to_models(&[first.clone(), second], PHOTO);
    let told = ask(&mut models, &question, YELLOW);
    assert_eq!(names(&told.recognition), ["red", "green"]);
    assert_eq!(told.recognition.by, [stamps(PHOTO, &[first])[4].clone()]);
    assert_eq!((told.faults[0].model.as_str(), told.faults[0].missing), ("shades", true));
    assert!(told.faults[0].message.contains("shades/model.onnx") && told.faults[0].message.contains("install"));
    assert_eq!(
        due(&Question { known: [question.known.clone(), told.recognition.by].concat(), ..question }),
        [Part::Labels]
    );
}

#[test]
fn one_embedding_is_made_by_one_model() {
    let dir = tempfile::tempdir().unwrap();
    let embeds = |id: &str| {
        let mut model = install(dir.path(), id, "red\ngreen\nblue");
        model.contract.outputs.embedding = Some(Default::default());
        model
    };
    let mut models = Models::new(vec![dir.path().into()]);
    let used = [embeds("colours"), embeds("shades")];
    let mut ask = |colour| ask(&mut models, &to_models(&used, PHOTO), colour).recognition;
    let (red, pink, blue) = (ask([200, 0, 0]), ask([255, 100, 100]), ask([0, 0, 99]));
    assert_eq!(red.stamp(Part::Embedding).unwrap().name, "colours");
    let similarity = |a: &Recognition, b: &Recognition| {
        (a.embedding.as_ref().unwrap().similarity(b.embedding.as_ref().unwrap()).unwrap() * 100.0).round()
    };
    assert_eq!((similarity(&red, &red), similarity(&red, &pink), similarity(&red, &blue)), (100.0, 87.0, 0.0));
    assert_eq!(ask([0, 0, 0]).embedding, None, "black has no direction");
}

#[test]
fn a_model_that_cannot_look_costs_its_own_part() {
    let dir = tempfile::tempdir().unwrap();
    let sound = install(dir.path(), "colours", "red\ngreen\nblue");
    let mut models = Models::new(vec![dir.path().into()]);
    let mut check = |change: &dyn Fn(&mut ModelUse), missing: bool, expected: &str| {
        let mut wrong = install(dir.path(), "wrong", "red\ngreen\nblue");
        change(&mut wrong);
        // It fails in the same way again, and whoever is asked after it answers.
        for _ in 0..2 {
            let told = ask(&mut models, &to_models(&[wrong.clone(), sound.clone()], PHOTO), YELLOW);
            assert_eq!(names(&told.recognition), ["red", "green"], "{expected}");
            let [fault] = told.faults.as_slice() else { panic!("{expected}: {:?}", told.faults) };
            assert_eq!((fault.model.as_str(), fault.missing), ("wrong", missing), "{expected}");
            assert!(fault.message.contains(expected), "{expected}: {}", fault.message);
        }
    };
    let write = |file: &str, content: &[u8]| fs::write(dir.path().join("wrong").join(file), content).unwrap();
    check(&|model| model.file = "nowhere.onnx".into(), true, "nowhere.onnx of the model is not installed");
    check(&|model| model.labels = Some("wrong/none.txt".into()), true, "wrong/none.txt of the model is not installed");
    check(&|model| model.file = "../../etc/passwd".into(), false, "a path within the models folder");
    check(&|model| model.file = "/etc/passwd".into(), false, "a path within the models folder");
    check(&|model| model.labels = None, false, "the label file is missing");
    check(&|_| write("model.onnx", b"GIF89a"), false, "not an ONNX model");
    check(&|_| write("labels.txt", b"red\ngreen"), false, "tells 3 classes, and the label file names 2");
    check(&|model| model.contract.input.width = 5, false, "takes 1 × 3 × 4 × 4");
    check(&|model| model.contract.threshold = None, false, "`threshold` is missing");
}

#[test]
fn a_file_that_changes_is_loaded_again() {
    let dir = tempfile::tempdir().unwrap();
    let used = [install(dir.path(), "colours", "red\ngreen\nblue")];
    let mut models = Models::new(vec!["/nowhere".into(), dir.path().into()]);
    let mut ask = || names(&ask(&mut models, &to_models(&used, PHOTO), YELLOW).recognition).join(" ");
    assert_eq!(ask(), "red green");
    fs::write(dir.path().join("colours/labels.txt"), "crimson\nlime\nnavy").unwrap();
    assert_eq!(ask(), "crimson lime");
}

#[test]
fn more_models_than_stay_in_memory_all_look() {
    let dir = tempfile::tempdir().unwrap();
    let used: Vec<ModelUse> =
        (0..9).map(|n| install(dir.path(), &format!("model{n}"), &format!("red{n}\ngreen\nblue"))).collect();
    let mut models = Models::new(vec![dir.path().into()]);
    for threads in [0, 1, 2] {
        let question = Question { threads, ..to_models(&used, PHOTO) };
        let told = ask(&mut models, &question, YELLOW);
        assert_eq!((told.recognition.labels.len(), told.faults), (10, vec![]));
    }
}
