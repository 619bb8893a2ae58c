//! Which models look at photos, and what is told of them.

use super::*;
use legible_models::labels;
use legible_reading::recognition::Part;
use legible_vision::recognise::models::ModelUse;

#[test]
fn the_best_that_is_here_looks_unless_another_was_chosen() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    let check = |choices: ModelChoices, expected: &[(&str, &[Part])]| {
        let used = shelf.in_use(&choices);
        let told: Vec<_> = used.iter().map(|used| (used.id.as_str(), used.contract.parts())).collect();
        let expected: Vec<_> = expected.iter().map(|(id, parts)| (*id, parts.to_vec())).collect();
        assert_eq!(told, expected, "{choices:?}");
        for used in &used {
            used.contract.validate().unwrap();
            for file in [Some(&used.file), used.labels.as_ref()].into_iter().flatten() {
                assert!(shelf.target.join(file).is_file(), "{file}");
            }
        }
    };
    use Part::{Embedding, Faces, Labels, Objects};
    let automatic = ModelChoices::default;
    check(automatic(), &[]);
    place(&shelf, &["faces", "nano", "both"]);
    check(automatic(), &[("both", &[Labels, Embedding]), ("nano", &[Objects]), ("faces", &[Faces])]);
    place(&shelf, &["big", "tags"]);
    let better: &[(&str, &[Part])] =
        &[("tags", &[Labels]), ("big", &[Objects]), ("faces", &[Faces]), ("both", &[Embedding])];
    check(automatic(), better);
    add_own(&shelf, home.path(), "mine");
    check(automatic(), better);
    let with = |labels: &str| choices(|choices| choices.labels = labels.into());
    check(with("mine"), &[("mine", &[Labels]), ("big", &[Objects]), ("faces", &[Faces]), ("both", &[Embedding])]);
    check(with("both"), &[("both", &[Labels, Embedding]), ("big", &[Objects]), ("faces", &[Faces])]);
    check(with("none"), &better[1..]);
    for not_here in ["gone", "faces"] {
        check(with(not_here), better);
    }
    let none = || "none".to_owned();
    check(ModelChoices { labels: none(), objects: none(), faces: none(), embedding: none(), tags: vec![] }, &[]);
    fs::write(shelf.target.join("big.onnx"), "abd").unwrap();
    let nano = choices(|choices| (choices.labels, choices.faces, choices.embedding) = (none(), none(), none()));
    shelf.checked().clear();
    check(nano, &[("nano", &[Objects])]);
}

#[test]
fn the_version_of_a_model_tells_its_files() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    place(&shelf, &["faces", "nano"]);
    add_own(&shelf, home.path(), "mine");
    let used = || shelf.in_use(&choices(|choices| choices.labels = "mine".into()));
    let version = |id: &str| used().into_iter().find(|used: &ModelUse| used.id == id).unwrap().version;
    assert_eq!(version("faces"), "ba7816bf8f01");
    let list = labels::version("coco-80.txt").unwrap();
    assert_eq!(version("nano"), format!("ba7816bf8f01-{list}"));
    let of_file = |name: &str| legible_models::sha256_of(&home.path().join(name)).unwrap();
    assert_eq!(version("mine"), format!("{}-{}", &of_file("net.onnx")[..12], &of_file("names.txt")[..8]));
}

#[test]
fn an_own_model_whose_files_changed_does_not_look() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    add_own(&shelf, home.path(), "mine");
    let used = || shelf.in_use(&choices(|choices| choices.labels = "mine".into())).len();
    assert_eq!((used(), shelf.verified_own()), (1, vec![("mine".to_owned(), None)]));
    fs::write(shelf.target.join("own/mine/labels.txt"), "boletus").unwrap();
    shelf.checked().clear();
    assert_eq!(used(), 0);
    assert!(shelf.verified_own()[0].1.as_ref().unwrap().contains("add it again"));
}

#[test]
fn all_models_are_told_with_what_they_are_used_for() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    place(&shelf, &["faces", "both"]);
    fs::write(shelf.target.join("nano.onnx"), "no").unwrap();
    add_own(&shelf, home.path(), "mine");
    fs::create_dir(shelf.target.join("own/broken")).unwrap();
    let view = shelf.view(&choices(|choices| choices.labels = "mine".into()));
    let told = |id: &str| {
        let model = view.models.iter().find(|model| model.id == id).unwrap();
        let joined = |parts: &[String]| parts.join(" ");
        (model.installed, model.removable, model.own, joined(&model.parts), joined(&model.used_for))
    };
    let expected = |here: bool, removable: bool, own: bool, parts: &str, used_for: &str| {
        (here, removable, own, parts.to_owned(), used_for.to_owned())
    };
    assert_eq!(told("reads"), expected(false, false, false, "", ""));
    assert_eq!(told("faces"), expected(true, true, false, "faces", "faces"));
    assert_eq!(told("both"), expected(true, true, false, "labels embedding", "embedding"));
    assert_eq!(told("nano"), expected(false, true, false, "objects", ""));
    assert_eq!(told("mine"), expected(true, true, true, "labels", "labels"));
    assert_eq!(told("broken"), expected(false, true, true, "", ""));
    let problems: Vec<_> = view.models.iter().filter(|model| model.problem.is_some()).map(|model| &model.id).collect();
    assert_eq!(problems, ["nano", "broken"]);
    let automatic: Vec<_> = view.parts.iter().map(|one| (one.part.as_str(), one.automatic.as_deref())).collect();
    let expected = [("labels", Some("both")), ("objects", None), ("faces", Some("faces")), ("embedding", Some("both"))];
    assert_eq!(automatic, expected, "whatever was chosen");
    let both = view.models.iter().find(|model| model.id == "both").unwrap();
    assert_eq!(both.by_hand.as_deref(), Some("Ask."));
}

#[test]
fn a_model_that_fails_on_photo_after_photo_is_switched_off() {
    use crate::limits::MODEL_FAULTS_IN_A_ROW as MOST;
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    place(&shelf, &["nano", "big", "faces"]);
    let used = || shelf.in_use(&ModelChoices::default());
    let fail = |times: u32| {
        let times = (0..times).map(|_| {
            let used = used();
            let (failed, good) = used.iter().partition::<Vec<_>, _>(|model| model.id == "big");
            let failed = failed.into_iter().map(|model| (model, "it crashed".to_owned())).collect();
            shelf.note_looks(&Looks { good, failed })
        });
        times.collect::<Vec<_>>().concat()
    };
    let look = || shelf.note_looks(&Looks { good: used().iter().collect(), ..Looks::default() });
    let off = || {
        let view = shelf.view(&ModelChoices::default()).models;
        let off = view.iter().find(|model| model.id == "big").unwrap().off.clone();
        (used().iter().map(|model| model.id.clone()).collect::<Vec<_>>().join(" "), off)
    };
    let on = || ("big faces".to_owned(), None);
    let why = format!("It failed on {MOST} photos in a row and is switched off: it crashed");
    let switched_off = || ("nano faces".to_owned(), Some(why.clone()));

    assert_eq!((fail(MOST - 1), off()), (vec![], on()));
    look();
    assert_eq!((fail(MOST - 1), off()), (vec![], on()), "one that saw something has failed for other reasons");
    assert_eq!((fail(1), off()), (vec!["big".to_owned()], switched_off()));
    look();
    assert_eq!(off(), switched_off(), "others that look do not switch it on");
    assert!(shelf.switch_on("big") && !shelf.switch_on("big"));
    assert_eq!(off(), on());

    fail(MOST);
    assert_eq!(off(), switched_off());
    let big = shelf.named(&["big".into()]).unwrap();
    shelf.install(&big, &AtomicBool::new(false), &mut |_, _| ()).unwrap();
    assert_eq!(off(), on(), "installing it anew switches it on");
    fail(MOST);
    shelf.remove("big").unwrap();
    place(&shelf, &["big"]);
    assert_eq!(off(), on(), "what was removed is forgotten");
    fs::write(shelf.target.join("faults.json"), "no JSON").unwrap();
    assert_eq!(off(), on());
}

#[test]
fn a_damaged_model_is_told_once_its_content_was_looked_into() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    place(&shelf, &["big", "both", "faces"]);
    add_own(&shelf, home.path(), "mine");
    for file in ["big.onnx", "both.onnx"] {
        fs::write(shelf.target.join(file), "abd").unwrap();
    }
    fs::write(shelf.target.join("own/mine/model.onnx"), "nat").unwrap();
    let told = |damaged: Vec<Damaged>| damaged.into_iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(told(shelf.known_damaged()), Vec::<String>::new(), "they have the right sizes");
    assert_eq!(told(shelf.damaged()), ["big", "both", "mine"]);
    assert_eq!(told(shelf.known_damaged()), ["big", "both", "mine"]);
    let problem = |id: &str| {
        let view = shelf.view(&ModelChoices::default());
        let model = view.models.into_iter().find(|model| model.id == id).unwrap();
        assert!(!model.installed && model.used_for.is_empty(), "{model:?}");
        model.problem.unwrap()
    };
    for (id, advice) in
        [("big", "`legible models install big`"), ("both", "`legible models add FILE`"), ("mine", "add it again")]
    {
        assert!(problem(id).contains(advice), "{}", problem(id));
    }
    place(&shelf, &["big"]);
    assert_eq!(told(shelf.damaged()), ["both", "mine"]);
}

#[test]
fn a_damaged_file_that_hides_a_sound_one_is_told_and_does_not_look() {
    let home = tempfile::tempdir().unwrap();
    let mut shelf = shelf(home.path());
    place(&shelf, &["big"]);
    let given = home.path().join("given");
    fs::create_dir_all(&given).unwrap();
    shelf.dirs.insert(0, given.clone());
    let check = |content: &str, advice: &[&str]| {
        fs::write(given.join("big.onnx"), content).unwrap();
        let told: Vec<String> = shelf.damaged().into_iter().map(|one| one.problem).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(advice.iter().all(|part| told[0].contains(part)), "{told:?}");
        assert!(shelf.in_use(&ModelChoices::default()).is_empty());
    };
    check("another size", &["given", "is damaged and hides", "Delete it"]);
    check("abd", &["given", "is damaged. Delete it"]);
    fs::remove_file(given.join("big.onnx")).unwrap();
    assert_eq!((shelf.damaged(), shelf.in_use(&ModelChoices::default()).len()), (vec![], 1));
}

#[test]
fn a_model_whose_labels_cannot_be_written_is_left_out_alone() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    place(&shelf, &["nano", "tags", "faces"]);
    let check = |used: &[&str], unlisted: &[&str]| {
        let choices = ModelChoices::default();
        let told: Vec<String> = shelf.in_use(&choices).into_iter().map(|one| one.id).collect();
        assert_eq!(told, used);
        let damaged = shelf.damaged();
        assert_eq!(damaged.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), unlisted);
        assert!(damaged.iter().all(|one| one.problem.contains("labels") && one.problem.contains("delete")));
        let problems = shelf.view(&choices).models.into_iter().filter(|model| model.problem.is_some());
        let problems: Vec<(String, bool)> = problems.map(|model| (model.id, model.used_for.is_empty())).collect();
        assert_eq!(problems, unlisted.iter().map(|id| ((*id).to_owned(), true)).collect::<Vec<_>>());
    };
    let folder = shelf.target.join(labels::FOLDER);
    fs::write(&folder, "a file where the folder belongs").unwrap();
    check(&["faces"], &["nano", "tags"]);
    fs::remove_file(&folder).unwrap();
    check(&["tags", "nano", "faces"], &[]);
    fs::remove_dir_all(&folder).unwrap();
    fs::create_dir_all(folder.join("coco-80.txt")).unwrap();
    check(&["tags", "faces"], &["nano"]);
}

#[test]
fn models_that_should_look_and_do_not_are_named() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    place(&shelf, &["big", "faces"]);
    let check = |set: &dyn Fn(&mut ModelChoices), expected: &[&str]| {
        assert_eq!(shelf.wanting(&choices(set)), expected);
    };
    check(&|_| (), &[]);
    check(&|choices| (choices.labels, choices.objects) = ("none".into(), "big".into()), &[]);
    check(&|choices| choices.objects = "nano".into(), &["nano"]);
    check(&|choices| (choices.labels, choices.embedding) = ("gone".into(), "gone".into()), &["gone"]);
    fs::write(shelf.target.join("big.onnx"), "abd").unwrap();
    check(&|_| (), &["big"]);
    check(&|choices| (choices.objects, choices.labels) = ("big".into(), "tags".into()), &["big", "tags"]);
}
