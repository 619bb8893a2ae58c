//! The shelf: what is wanted, what is sound, and what is removed. Which models look at photos is in [`seeing`].

mod seeing;

use super::*;
use legible_models::own::{self, Draft};
use std::fs;

/// A manifest of two packs, two models that read, and models that see. Every file holds the text "abc".
fn manifest() -> Manifest {
    let pack = |id: &str, models: &str| {
        format!("[[pack]]\nid = \"{id}\"\ntitle = \"\"\npurpose = \"\"\nmodels = [{models}]\n")
    };
    let packs = [pack("small", r#""faces", "nano""#), pack("better", r#""faces", "big""#)];
    let fetched = |id: &str| format!(r#"source = [{{ url = "http://127.0.0.1:1/{id}.onnx" }}]"#);
    let reads =
        |id: &str, engine: &str, default: bool| format!("feature = \"{engine}\"\ndefault = {default}\n{}", fetched(id));
    let sees = |rank: u32, from: &str, contract: &str| {
        format!(
            "feature = \"recognition\"\ndefault = false\nrank = {rank}\n{from}\n[model.contract]\nthreshold = 0.5\n{contract}\n{INPUT}"
        )
    };
    let things = "part = \"objects\"\nlabels = \"coco-80.txt\"\nnms = 0.5\noutputs.yolox = { strides = [8] }";
    let labels = "part = \"labels\"\nlabels = \"imagenet-1000.txt\"\noutputs.classes = { activation = \"none\" }";
    let models = [
        ("reads", reads("reads", "ppocr", true)),
        ("other-reads", reads("other-reads", "ocrs", false)),
        ("faces", sees(10, &fetched("faces"), "part = \"faces\"\nnms = 0.5\noutputs.yunet = { strides = [8] }")),
        ("nano", sees(10, &fetched("nano"), things)),
        ("big", sees(20, &fetched("big"), things)),
        ("both", sees(10, "by_hand = \"Ask.\"", &format!("{labels}\noutputs.embedding = {{}}"))),
        ("tags", sees(20, &fetched("tags"), labels)),
    ];
    let models = models
        .map(|(id, rest)| format!("[[model]]\nid = \"{id}\"\nfile = \"{id}.onnx\"\npurpose = \"\"\n{ABC}\n{rest}\n"));
    Manifest::parse(&[packs.concat(), models.concat()].concat()).unwrap()
}

/// What a contract says of the picture that goes in.
const INPUT: &str = "input = { width = 32, height = 32, fit = { kind = \"stretch\" } }";

/// What a manifest says of a file that holds the text "abc".
const ABC: &str = r#"bytes = 3
sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
licence = "MIT"
attribution = "a""#;

/// A shelf with two models of the text "abc", which can be had from the directory `from`.
fn shelf(home: &Path) -> ModelShelf {
    let (from, target) = (home.join("from"), home.join("models"));
    fs::create_dir_all(&from).unwrap();
    fs::create_dir_all(&target).unwrap();
    ["reads.onnx", "other-reads.onnx"].iter().for_each(|file| fs::write(from.join(file), "abc").unwrap());
    let sources = Sources { models_dir: Some(from), ..Sources::from_env() };
    ModelShelf::from_sources(manifest(), vec![target.clone()], target, sources)
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
    assert_eq!(install(&shelf.wanted("ocrs")), ["reads.onnx", "other-reads.onnx"]);
    assert_eq!((ids(shelf.missing("ocrs")), ids(shelf.missing("ppocr"))), (vec![], vec![]));
    assert_eq!(
        install(&shelf.named(&["other-reads".into()]).unwrap()),
        ["other-reads.onnx"],
        "just what was asked for"
    );
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
