//! Adding own models: what is good is taken whole, what is bad leaves nothing.

use super::*;
use crate::error::Result;
use crate::install::tests::manifest;
use crate::limits::{MAX_OWN_MODEL_BYTES, MAX_OWN_MODELS};
use crate::manifest::Manifest;
use std::fs::{self, File};
use std::sync::atomic::{AtomicBool, Ordering};

const GOOD: &str = r#"
name = "mushrooms"
model = "net.onnx"
purpose = "Tells mushrooms apart"
licence = "CC0-1.0"
part = "labels"
labels = "names.txt"
threshold = 0.5

[input]
width = 32
height = 32
fit = { kind = "stretch" }

[outputs.classes]
activation = "softmax"
"#;

/// A folder with a model as a person has it, and a models directory.
struct Home {
    from: tempfile::TempDir,
    dir: tempfile::TempDir,
    manifest: Manifest,
}

impl Home {
    fn new() -> Self {
        let (from, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let home = Home { from, dir, manifest: manifest("https://example.org/x") };
        home.write("net.onnx", b"the network");
        home.write("names.txt", b"fly agaric\nboletus\n");
        home.write("my.toml", GOOD.as_bytes());
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.from.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn add_checked(&self, check: &mut dyn FnMut(&Candidate) -> Result<(), Refusal>) -> Result<OwnModel> {
        add(&self.manifest, &Draft::read(&self.path("my.toml"))?, self.dir.path(), &AtomicBool::new(false), check)
    }

    fn add(&self) -> Result<OwnModel> {
        self.add_checked(&mut |_| Ok(()))
    }

    /// What lies in the folder of own models, hidden or not.
    fn left(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.dir.path().join("own")) else { return vec![] };
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[track_caller]
    fn refuses(&self, expected: &str) {
        let before = self.left();
        let error = self.add().unwrap_err().to_string();
        assert!(error.contains(expected), "{expected:?} is not in: {error}");
        assert_eq!(self.left(), before, "nothing of it is taken");
    }
}

#[test]
fn a_model_is_taken_with_its_labels_after_the_very_copies_were_checked() {
    let home = Home::new();
    let own = home.dir.path().join("own/mushrooms");
    let mut checked = vec![];
    let added = home.add_checked(&mut |candidate| {
        assert!(!own.exists(), "it is not seen before it is checked");
        checked.push((fs::read(candidate.model).unwrap(), fs::read(candidate.labels.unwrap()).unwrap()));
        Ok(())
    });
    let added = added.unwrap();
    assert_eq!(checked, [(b"the network".to_vec(), b"fly agaric\nboletus\n".to_vec())]);
    assert_eq!((added.id.as_str(), added.bytes, added.licence.as_str()), ("mushrooms", 11, "CC0-1.0"));
    assert_eq!(added.sha256, crate::sha256_of(&home.path("net.onnx")).unwrap());
    assert_eq!(added.labels_sha256, Some(crate::sha256_of(&home.path("names.txt")).unwrap()));
    let placed = [added.file(), added.labels().unwrap()].map(|file| fs::read(home.dir.path().join(file)).unwrap());
    assert_eq!(placed, [b"the network".to_vec(), b"fly agaric\nboletus\n".to_vec()]);
    assert_eq!(all(home.dir.path()).unwrap(), [Entry { id: "mushrooms".into(), model: Ok(added) }]);
    assert_eq!(home.left(), ["mushrooms"]);
}

#[test]
fn a_model_without_a_name_is_called_like_its_toml_and_so_is_its_file() {
    let home = Home::new();
    home.write("my.onnx", b"network");
    home.write("my.toml", GOOD.replace("name = \"mushrooms\"\nmodel = \"net.onnx\"\n", "").as_bytes());
    let added = home.add().unwrap();
    assert_eq!((added.id.as_str(), added.bytes), ("my", 7));
    fs::rename(home.path("my.toml"), home.path("My Model.toml")).unwrap();
    let error = Draft::read(&home.path("My Model.toml")).unwrap_err().to_string();
    assert!(error.contains("name = \"my-model\""), "{error}");
}

#[test]
fn what_a_person_wrote_wrongly_is_said() {
    let home = Home::new();
    let check = |from: &str, to: &str, expected: &str| {
        assert!(GOOD.contains(from), "{from}");
        home.write("my.toml", GOOD.replacen(from, to, 1).as_bytes());
        home.refuses(expected);
    };
    check("model = \"net.onnx\"", "", "there is no my.onnx beside it");
    check("\"net.onnx\"", "7", "model must be a text");
    check("\"net.onnx\"", "\"../net.onnx\"", "without a folder");
    check("\"net.onnx\"", "\"/etc/passwd\"", "without a folder");
    check("\"net.onnx\"", "\"C:net.onnx\"", "without a folder");
    check("\"net.onnx\"", "\".hidden\"", "without a folder");
    check("\"net.onnx\"", "\"gone.onnx\"", "gone.onnx");
    check("\"names.txt\"", "\"..\\\\names.txt\"", "without a folder");
    check("\"names.txt\"", "\"gone.txt\"", "gone.txt");
    check("labels = \"names.txt\"", "", "`labels` is missing");
    check("\"mushrooms\"", "\"../up\"", "cannot be the name");
    check("\"mushrooms\"", "\"Mushrooms\"", "cannot be the name");
    check("\"mushrooms\"", "\".tmp\"", "cannot be the name");
    check("\"mushrooms\"", "\"automatic\"", "stands for something else");
    check("\"mushrooms\"", "\"con.a\"", "stands for something else");
    check("\"mushrooms\"", "\"com1\"", "stands for something else");
    check("\"mushrooms\"", "\"model\"", "a model or a pack of Legible");
    check("width = 32", "width = 0", "input.width");
    check("width = 32", "breadth = 32", "breadth");
    check("part = \"labels\"", "part = \"smell\"", "smell");
    check("[input]", "[input", "it is no TOML");
    check("licence = \"CC0-1.0\"", "licence = \"a\\nb\"", "licence must be one line");
    check("licence = \"CC0-1.0\"", &format!("licence = \"{}\"", "x".repeat(301)), "at most 300");
    home.write("my.toml", b"\xff\xfe");
    home.refuses("UTF-8");
    home.write("my.toml", &[b'#'; 65_537]);
    home.refuses("65536 bytes");
    fs::remove_file(home.path("my.toml")).unwrap();
    home.refuses("could not read");
    fs::create_dir(home.path("my.toml")).unwrap();
    home.refuses("not a file");
}

#[test]
fn files_that_are_none_or_too_large_are_refused() {
    let home = Home::new();
    home.write("net.onnx", b"");
    home.refuses("it is empty");
    let huge = File::create(home.path("net.onnx")).unwrap();
    huge.set_len(MAX_OWN_MODEL_BYTES + 1).unwrap();
    home.refuses("it has 251 MB, and 250 MB is the most");
    fs::remove_file(home.path("net.onnx")).unwrap();
    fs::create_dir(home.path("net.onnx")).unwrap();
    home.refuses("not a file");
    #[cfg(unix)]
    {
        fs::remove_dir(home.path("net.onnx")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", home.path("net.onnx")).unwrap();
        home.refuses("it is a link");
    }
}

#[test]
fn a_file_that_grew_after_it_was_looked_at_is_refused() {
    let home = Home::new();
    let draft = Draft::read(&home.path("my.toml")).unwrap();
    File::options().write(true).open(home.path("names.txt")).unwrap().set_len((4 << 20) + 1).unwrap();
    let error =
        add(&home.manifest, &draft, home.dir.path(), &AtomicBool::new(false), &mut |_| Ok(())).unwrap_err().to_string();
    assert!(error.contains("names.txt") && error.contains("more than 4 MB"), "{error}");
    assert_eq!(home.left(), Vec::<String>::new());
}

#[test]
fn what_the_check_is_against_is_not_taken() {
    let home = Home::new();
    let error = home.add_checked(&mut |_| Err(Refusal::Wrong("it answers nonsense".into()))).unwrap_err().to_string();
    assert!(error.contains("it answers nonsense") && error.contains("my.toml"), "{error}");
    assert_eq!(home.left(), Vec::<String>::new());
}

#[test]
fn others_add_and_remove_while_one_is_checked() {
    let home = Home::new();
    home.add().unwrap();
    home.write("my.toml", GOOD.replace("mushrooms", "second").as_bytes());
    let second = home.add_checked(&mut |candidate| {
        assert!(remove("mushrooms", home.dir.path()).unwrap());
        home.write("my.toml", GOOD.replace("mushrooms", "third").as_bytes());
        home.add().unwrap();
        assert!(candidate.model.is_file(), "what is checked is nothing that was left");
        Ok(())
    });
    assert_eq!(second.unwrap().id, "second");
    let mut left = home.left();
    left.sort();
    assert_eq!(left, ["second", "third"]);
}

#[test]
fn of_two_models_of_one_name_the_first_that_is_checked_stays() {
    let home = Home::new();
    let error = home.add_checked(&mut |_| home.add().map(drop).map_err(|error| Refusal::Wrong(error.to_string())));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("of yours already"), "{error}");
    assert_eq!((home.left(), all(home.dir.path()).unwrap().len()), (vec!["mushrooms".to_owned()], 1));
}

#[test]
fn what_nobody_waits_for_is_not_taken() {
    let home = Home::new();
    let check = |cancelled: bool, check: &mut dyn FnMut(&Candidate) -> Result<(), Refusal>| {
        let draft = Draft::read(&home.path("my.toml")).unwrap();
        let cancel = AtomicBool::new(cancelled);
        let mut check = |candidate: &Candidate| check(candidate).inspect(|()| cancel.store(true, Ordering::Relaxed));
        let error = add(&home.manifest, &draft, home.dir.path(), &cancel, &mut check).unwrap_err();
        assert!(matches!(error, crate::Error::Cancelled), "{error}");
        assert_eq!(home.left(), Vec::<String>::new());
    };
    check(true, &mut |_| panic!("it is not even copied"));
    check(false, &mut |_| Err(Refusal::Cancelled));
    check(false, &mut |_| Ok(()));
}

#[test]
fn a_name_is_taken_once_until_it_is_removed() {
    let home = Home::new();
    let first = home.add().unwrap();
    home.write("net.onnx", b"another network");
    home.refuses("legible models remove mushrooms");
    assert_eq!(all(home.dir.path()).unwrap()[0].model, Ok(first));
    assert!(remove("mushrooms", home.dir.path()).unwrap());
    assert!(!remove("mushrooms", home.dir.path()).unwrap());
    assert_eq!(home.left(), Vec::<String>::new());
    assert_eq!(home.add().unwrap().bytes, 15);
}

#[test]
fn what_a_killed_process_left_is_in_nobodys_way() {
    let home = Home::new();
    for left in ["own/.mushrooms.tmp", "own/.other.7-0.tmp", "own/.mushrooms.gone", "own/.other.gone"] {
        fs::create_dir_all(home.dir.path().join(left)).unwrap();
        fs::write(home.dir.path().join(left).join("model.onnx"), "half").unwrap();
    }
    assert_eq!(all(home.dir.path()).unwrap(), []);
    home.add().unwrap();
    assert_eq!(home.left(), ["mushrooms"]);
    fs::create_dir(home.dir.path().join("own/.other.8-0.tmp")).unwrap();
    assert!(remove("mushrooms", home.dir.path()).unwrap());
    assert_eq!(home.left(), Vec::<String>::new());
}

#[test]
fn removing_goes_by_names_alone_and_follows_no_link() {
    let home = Home::new();
    let keep = home.dir.path().join("keep.onnx");
    fs::write(&keep, "x").unwrap();
    for id in ["..", "../keep.onnx", "", ".", "/"] {
        assert!(!remove(id, home.dir.path()).unwrap(), "{id}");
    }
    #[cfg(unix)]
    {
        fs::create_dir_all(home.dir.path().join("own")).unwrap();
        std::os::unix::fs::symlink(home.from.path(), home.dir.path().join("own/link")).unwrap();
        assert!(remove("link", home.dir.path()).unwrap());
    }
    assert!(keep.exists() && home.path("net.onnx").exists());
}

#[test]
fn what_changed_since_it_was_added_is_told() {
    let check = |change: &dyn Fn(&Path), expected: &str| {
        let home = Home::new();
        home.add().unwrap();
        change(&home.dir.path().join("own/mushrooms"));
        let problem = all(home.dir.path()).unwrap().remove(0).model.unwrap_err();
        assert!(problem.contains(expected) && problem.contains("add it again"), "{problem}");
        assert!(remove("mushrooms", home.dir.path()).unwrap(), "it can be removed all the same");
    };
    check(&|own| fs::write(own.join("model.onnx"), "short").unwrap(), "model.onnx is not the one");
    check(&|own| fs::remove_file(own.join("model.onnx")).unwrap(), "model.onnx cannot be read");
    check(&|own| fs::remove_file(own.join("labels.txt")).unwrap(), "labels.txt is gone");
    check(&|own| fs::remove_file(own.join("model.toml")).unwrap(), "model.toml cannot be read");
    check(&|own| fs::write(own.join("model.toml"), "bytes = 3").unwrap(), "another version");
    #[cfg(unix)]
    check(&|own| fs::remove_file(own.join("model.toml")).map(|()| pipe(&own.join("model.toml"))).unwrap(), "a pipe");
    check(&|own| fs::remove_dir_all(own).and_then(|()| fs::write(own, "x")).unwrap(), "cannot be read");
}

/// Makes a pipe that nobody writes into.
#[cfg(unix)]
fn pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_and_not_waited_for() {
    let home = Home::new();
    pipe(&home.path("pipe.onnx"));
    let never = AtomicBool::new(false);
    let error = crate::add(&home.manifest, &home.path("pipe.onnx"), home.dir.path(), &never).unwrap_err().to_string();
    assert!(error.contains("pipe.onnx") && error.contains("no file"), "{error}");
    for name in ["my.toml", "net.onnx", "names.txt"] {
        let home = Home::new();
        fs::remove_file(home.path(name)).unwrap();
        pipe(&home.path(name));
        home.refuses("not a file");
    }
}

#[test]
fn there_are_only_so_many() {
    let home = Home::new();
    for number in 0..MAX_OWN_MODELS {
        fs::create_dir_all(home.dir.path().join(format!("own/m{number}"))).unwrap();
    }
    home.refuses("100 models of yours already");
}

#[test]
fn a_models_directory_that_cannot_hold_it_is_told() {
    let home = Home::new();
    fs::write(home.dir.path().join("own"), "a file").unwrap();
    let error = home.add().unwrap_err().to_string();
    assert!(error.contains("could not create"), "{error}");
}
