//! The shelf: what is wanted, what is sound, what is removed, and which models look at photos.

use super::*;
use legible_models::labels;
use legible_models::own::{self, Draft};
use legible_reading::recognition::Part;
use legible_vision::recognise::models::ModelUse;
use std::fs;

const MANIFEST: &str = r#"
    [[pack]]
    id = "small"
    title = ""
    purpose = ""
    models = ["faces", "nano"]
    [[pack]]
    id = "better"
    title = ""
    purpose = ""
    models = ["faces", "big"]
    [[model]]
    id = "reads"
    file = "reads.onnx"
    feature = "ppocr"
    purpose = ""
    default = true
    bytes = 3
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    licence = "MIT"
    attribution = "a"
    source = [{ url = "http://127.0.0.1:1/reads.onnx" }]
    [[model]]
    id = "other-reads"
    file = "other.onnx"
    feature = "ocrs"
    purpose = ""
    default = false
    bytes = 3
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    licence = "MIT"
    attribution = "a"
    source = [{ url = "http://127.0.0.1:1/other.onnx" }]
    [[model]]
    id = "faces"
    file = "faces.onnx"
    feature = "recognition"
    purpose = ""
    default = false
    rank = 10
    bytes = 3
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    licence = "MIT"
    attribution = "a"
    source = [{ url = "http://127.0.0.1:1/faces.onnx" }]
    [model.contract]
    part = "faces"
    threshold = 0.5
    nms = 0.5
    [model.contract.input]
    width = 32
    height = 32
    fit = { kind = "stretch" }
    [model.contract.outputs.yunet]
    strides = [8]
    [[model]]
    id = "nano"
    file = "nano.onnx"
    feature = "recognition"
    purpose = ""
    default = false
    rank = 10
    bytes = 3
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    licence = "MIT"
    attribution = "a"
    source = [{ url = "http://127.0.0.1:1/nano.onnx" }]
    [model.contract]
    part = "objects"
    labels = "coco-80.txt"
    threshold = 0.5
    nms = 0.5
    [model.contract.input]
    width = 32
    height = 32
    fit = { kind = "stretch" }
    [model.contract.outputs.yolox]
    strides = [8]
    [[model]]
    id = "big"
    file = "big.onnx"
    feature = "recognition"
    purpose = ""
    default = false
    rank = 20
    bytes = 3
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    licence = "MIT"
    attribution = "a"
    source = [{ url = "http://127.0.0.1:1/big.onnx" }]
    [model.contract]
    part = "objects"
    labels = "coco-80.txt"
    threshold = 0.5
    nms = 0.5
    [model.contract.input]
    width = 32
    height = 32
    fit = { kind = "stretch" }
    [model.contract.outputs.yolox]
    strides = [8]
    [[model]]
    id = "both"
    file = "both.onnx"
    feature = "recognition"
    purpose = ""
    default = false
    rank = 10
    bytes = 3
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    licence = "MIT"
    attribution = "a"
    by_hand = "Ask."
    [model.contract]
    part = "labels"
    labels = "imagenet-1000.txt"
    threshold = 0.5
    [model.contract.input]
    width = 32
    height = 32
    fit = { kind = "stretch" }
    [model.contract.outputs.classes]
    activation = "none"
    [model.contract.outputs.embedding]
    [[model]]
    id = "tags"
    file = "tags.onnx"
    feature = "recognition"
    purpose = ""
    default = false
    rank = 20
    bytes = 3
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    licence = "MIT"
    attribution = "a"
    source = [{ url = "http://127.0.0.1:1/tags.onnx" }]
    [model.contract]
    part = "labels"
    labels = "imagenet-1000.txt"
    threshold = 0.5
    [model.contract.input]
    width = 32
    height = 32
    fit = { kind = "stretch" }
    [model.contract.outputs.classes]
    activation = "none"
"#;

/// A shelf with two models of the text "abc", which can be had from the directory `from`.
fn shelf(home: &Path) -> ModelShelf {
    let (from, target) = (home.join("from"), home.join("models"));
    fs::create_dir_all(&from).unwrap();
    fs::create_dir_all(&target).unwrap();
    ["reads.onnx", "other.onnx"].iter().for_each(|file| fs::write(from.join(file), "abc").unwrap());
    let sources = Sources { models_dir: Some(from), ..Sources::from_env() };
    let manifest = Manifest::parse(MANIFEST).unwrap();
    ModelShelf::from_sources(manifest, vec![target.clone()], target, sources)
}

fn ids(models: Vec<&Model>) -> Vec<&str> {
    models.iter().map(|model| model.id.as_str()).collect()
}

#[test]
fn what_an_engine_wants_is_installed_with_the_default_models() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    let install = |models: &[&Model]| {
        let paths = shelf.install(models, &AtomicBool::new(false), &mut |_, _| ()).unwrap();
        paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(shelf.missing("ocrs")), ["other-reads"]);
    assert_eq!(install(&shelf.named(&[]).unwrap()), ["reads.onnx"]);
    assert_eq!(ids(shelf.missing("ocrs")), ["other-reads"]);
    assert_eq!(install(&shelf.wanted("ocrs")), ["reads.onnx", "other.onnx"]);
    assert_eq!((ids(shelf.missing("ocrs")), ids(shelf.missing("ppocr"))), (vec![], vec![]));
    assert_eq!(install(&shelf.named(&["other-reads".into()]).unwrap()), ["other.onnx"], "just what was asked for");
    assert!(matches!(shelf.named(&["none".into()]), Err(Error::BadRequest(_))));
}

#[test]
fn a_file_is_hashed_again_only_when_it_changes() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    let file = home.path().join("models/reads.onnx");
    let write = |text: &str, seconds: u64| {
        fs::write(&file, text).unwrap();
        let changed = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        fs::File::options().write(true).open(&file).unwrap().set_modified(changed).unwrap();
        shelf.missing("ppocr").is_empty()
    };
    assert!(!write("abd", 1000));
    assert!(!write("abc", 1000), "it looks the same, so it is not looked into");
    assert!(write("abc", 1001));
    assert!(write("abd", 1001));
    assert!(!write("abd", 1002));
    assert!(!write("abc", 1002));
    let now = |id: &str| shelf.is_sound_now(shelf.manifest.find(id).unwrap());
    assert_eq!((now("reads"), now("other-reads")), (Some(true), None));
    assert!(shelf.missing("ppocr").is_empty(), "what was known of it is forgotten");
    assert!(write("abd", 1002));
    assert_eq!((now("reads"), ids(shelf.missing("ppocr"))), (Some(false), vec!["reads"]));
}

/// Puts the files of these models where they are installed.
fn place(shelf: &ModelShelf, ids: &[&str]) {
    ids.iter().for_each(|id| fs::write(shelf.target.join(format!("{id}.onnx")), "abc").unwrap());
}

/// Adds an own classifier without a run of it.
fn add_own(shelf: &ModelShelf, home: &Path, name: &str) {
    let toml = r#"
        model = "net.onnx"
        licence = "CC0-1.0"
        part = "labels"
        labels = "names.txt"
        threshold = 0.5
        input = { width = 4, height = 4, fit = { kind = "stretch" } }
        outputs.classes = { activation = "none" }
    "#;
    let write = |name: &str, text: &str| fs::write(home.join(name), text).unwrap();
    write("net.onnx", "net");
    write("names.txt", "morel");
    write(&format!("{name}.toml"), toml);
    let draft = Draft::read(&home.join(format!("{name}.toml"))).unwrap();
    own::add(&shelf.manifest, &draft, &shelf.target, &AtomicBool::new(false), &mut |_| Ok(())).unwrap();
}

fn choices(set: impl FnOnce(&mut ModelChoices)) -> ModelChoices {
    let mut choices = ModelChoices::default();
    set(&mut choices);
    choices
}

#[test]
fn a_name_of_a_pack_stands_for_its_models() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    let check = |names: &[&str], expected: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(ids(shelf.named(&names).unwrap()), expected, "{names:?}");
    };
    check(&["small"], &["faces", "nano"]);
    check(&["nano", "small", "better"], &["nano", "faces", "big"]);
    check(&[], &["reads"]);
}

#[test]
fn what_of_an_interrupted_pack_is_whole_stays() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    fs::write(home.path().join("from/faces.onnx"), "abc").unwrap();
    let install = || {
        let small = shelf.named(&["small".into()]).unwrap();
        shelf.install(&small, &AtomicBool::new(false), &mut |_, _| ()).map(|paths| paths.len())
    };
    let error = install().unwrap_err().to_string();
    assert!(error.contains("nano") && error.contains("legible models add FILE"), "{error}");
    let pack = |index: usize| shelf.view(&ModelChoices::default()).packs.remove(index);
    assert_eq!((pack(0).installed, pack(0).bytes, pack(0).missing_bytes), (false, 6, 3));
    fs::write(home.path().join("from/nano.onnx"), "abc").unwrap();
    fs::remove_file(home.path().join("from/faces.onnx")).unwrap();
    assert_eq!(install().unwrap(), 2, "the first is not fetched again");
    assert_eq!((pack(0).installed, pack(0).missing_bytes), (true, 0));
    assert!(!pack(1).installed);
}

#[test]
fn a_model_that_cannot_be_downloaded_says_where_it_comes_from() {
    let home = tempfile::tempdir().unwrap();
    let mut shelf = shelf(home.path());
    shelf.sources.models_dir = None;
    let both = shelf.named(&["both".into()]).unwrap();
    let error = shelf.install(&both, &AtomicBool::new(false), &mut |_, _| ()).unwrap_err().to_string();
    assert!(error.starts_with("the model both cannot be downloaded:\n  Ask."), "{error}");
}

#[test]
fn a_pack_is_removed_but_for_what_another_needs() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    let removed = |id: &str| shelf.remove(id).unwrap();
    place(&shelf, &["faces", "nano", "big"]);
    assert_eq!(removed("small"), Removed { gone: vec!["nano".into()], shared: vec!["faces".into()], kept: vec![] });
    let gone = vec!["faces".to_owned(), "big".to_owned()];
    assert_eq!(removed("better"), Removed { gone, ..Removed::default() });
    assert_eq!(removed("better"), Removed::default(), "it is gone already");
    place(&shelf, &["nano"]);
    assert_eq!(removed("nano.onnx").gone, ["nano"]);
    add_own(&shelf, home.path(), "mine");
    assert_eq!(removed("mine").gone, ["mine"]);
    for unknown in ["mine", "none", "../from"] {
        assert!(matches!(shelf.remove(unknown), Err(Error::BadRequest(_))), "{unknown}");
    }
    assert!(home.path().join("from/reads.onnx").exists());
}

#[test]
fn what_lies_elsewhere_is_not_removed() {
    let home = tempfile::tempdir().unwrap();
    let mut shelf = shelf(home.path());
    shelf.dirs.insert(0, home.path().join("from"));
    place(&shelf, &["reads"]);
    let kept = vec![home.path().join("from/reads.onnx")];
    assert_eq!(shelf.remove("reads").unwrap(), Removed { gone: vec!["reads".into()], kept, ..Removed::default() });
    let view = shelf.view(&ModelChoices::default());
    assert!(view.models.iter().all(|model| !model.removable), "{view:?}");
}

#[test]
fn the_best_that_is_here_looks_unless_another_was_chosen() {
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    let check = |choices: ModelChoices, expected: &[(&str, &[Part])]| {
        let used = shelf.in_use(&choices).unwrap();
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
    let used = || shelf.in_use(&choices(|choices| choices.labels = "mine".into())).unwrap();
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
    let used = || shelf.in_use(&choices(|choices| choices.labels = "mine".into())).unwrap().len();
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
    let both = view.models.iter().find(|model| model.id == "both").unwrap();
    assert_eq!(both.by_hand.as_deref(), Some("Ask."));
}

#[test]
fn a_model_that_fails_on_photo_after_photo_is_switched_off() {
    use crate::limits::MODEL_FAULTS_IN_A_ROW as MOST;
    let home = tempfile::tempdir().unwrap();
    let shelf = shelf(home.path());
    place(&shelf, &["nano", "big", "faces"]);
    let used = || shelf.in_use(&ModelChoices::default()).unwrap();
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
