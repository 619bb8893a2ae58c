//! `legible models` and `legible doctor`.

use crate::onnx;
use crate::program::draw::{number, png};
use crate::program::{Home, models, program, said, wait_for};
use std::path::{Path, PathBuf};

const DETECTOR: &str = "PP-OCRv6_det_small.onnx";

/// A copy of the program that has no models beside it.
fn alone(home: &Home) -> PathBuf {
    let copy = home.path("bin").join(program().file_name().unwrap());
    std::fs::create_dir_all(home.path("bin")).unwrap();
    std::fs::copy(program(), &copy).unwrap();
    copy
}

#[test]
fn models_are_listed_and_verified() {
    let home = Home::new();
    let told = home.run(["models", "list", "--json"]).with(0).json();
    let listed = told["models"].as_array().unwrap();
    let default: Vec<_> = listed.iter().filter(|model| model["default"] == true).collect();
    assert!(default.len() >= 2 && default.iter().all(|model| model["installed"] == true), "{told}");
    let packs = told["packs"].as_array().unwrap();
    assert!(packs.iter().any(|pack| pack["id"] == "small" && pack["installed"] == false), "{told}");
    for list in [&["models", "list"][..], &["models"]] {
        assert_eq!(home.run(list).with(0).out.lines().count(), packs.len() + listed.len());
    }
    let verified = home.run(["models", "verify"]).with(0).out;
    assert!(verified.contains(&format!("{DETECTOR}\tgood\n")), "{verified}");
    home.run(["models", "install", "no-such-model"]).with(1).complains(&["no-such-model", "legible models list"]);
}

#[test]
fn a_model_is_added_by_its_content_and_other_files_are_refused() {
    let home = Home::new();
    let program = alone(&home);
    let run = |args: &[&str]| said(home.command_of(&program, args).env_remove("LEGIBLE_MODELS_DIR"));

    run(&["read", "n.png"]).with(1).complains(&["n.png"]);
    home.write("n.png", png(&number(5)));
    run(&["read", "n.png"]).with(1).complains(&["legible models install"]);
    run(&["doctor"]).with(1);
    home.write("other.onnx", b"not a model");
    run(&["models", "add", "other.onnx"]).with(1).complains(&["other.onnx"]);
    assert!(!home.path("data/models/other.onnx").exists());
    run(&["models", "add", "gone.onnx"]).with(1).complains(&["gone.onnx"]);

    std::fs::copy(models().join(DETECTOR), home.path("under another name")).unwrap();
    let added = run(&["models", "add", "under another name"]).with(0).out;
    let placed = home.path("data/models").join(DETECTOR);
    assert_eq!((added.trim_end(), placed.is_file()), (placed.to_str().unwrap(), true));

    let mut bytes = std::fs::read(&placed).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&placed, bytes).unwrap();
    let verified = run(&["models", "verify"]).with(2).out;
    assert!(verified.contains(&format!("{DETECTOR}\tdamaged: ")), "{verified}");
}

#[test]
fn waiting_ends_when_only_models_could_help_and_says_which() {
    let home = Home::new();
    let program = alone(&home);
    let run = |args: &[&str]| said(home.command_of(&program, args).env_remove("LEGIBLE_MODELS_DIR"));
    home.write("n.png", png(&number(22_360)));
    let ids = "legible models install ppocrv6-small-det ppocrv6-small-rec";
    run(&["add", "--wait", "n.png"]).with(1).complains(&[DETECTOR, ids]);
    run(&["run", "--until-idle"]).with(1).complains(&[DETECTOR, ids]);
    assert_eq!((home.jobs(&["enqueued"]).len(), home.library().len()), (1, 2), "it came in and waits to be read");
    home.run(["run", "--until-idle"]).with(0);
    assert_eq!(home.found("22360"), 1);

    home.write("config/settings.toml", "engine = \"ocrs\"");
    run(&["add", "n.png"]).with(0).complains(&["legible models install ocrs-detection ocrs-recognition"]);
}

#[test]
fn doctor_works_without_display_and_session_bus() {
    let home = Home::new();
    let told = home.run(["doctor", "--json"]).with(0).json();
    let health = |name: &str| {
        let check = told["checks"].as_array().unwrap().iter().find(|check| check["name"] == name);
        check.unwrap_or_else(|| panic!("no check of {name}: {told}"))["health"].as_str().unwrap()
    };
    assert_eq!(["Legible", "Database", "Library folder", "Models"].map(health), ["good"; 4], "{told}");
    assert_eq!(health("Background service"), "limited", "{told}");
    #[cfg(target_os = "linux")]
    assert_eq!(["Notifications", "Tray"].map(health), ["limited"; 2], "{told}");
    let text = home.run(["doctor"]).with(0);
    assert!(text.out.contains("legible run") && text.err.is_empty(), "{text:?}");
}

/// The folder with the models that are at hand for development; `None`, loudly, where it is not.
fn models_at_hand() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/models");
    let here = folder.join("face_detection_yunet_2023mar.onnx").is_file();
    if !here {
        eprintln!("SKIPPED: {} has no models", folder.display());
    }
    here.then_some(folder)
}

/// What is told of a model; null if it is not known.
fn model(home: &Home, id: &str) -> serde_json::Value {
    let told = home.run(["models", "--json"]).with(0).json();
    let found = told["models"].as_array().unwrap().iter().find(|model| model["id"] == id);
    found.cloned().unwrap_or_default()
}

#[test]
fn models_that_see_are_installed_from_a_directory_and_removed() {
    let Some(at_hand) = models_at_hand() else { return };
    let mut home = Home::new();
    home.set("LEGIBLE_MODELS_DIR", at_hand.to_str().unwrap());
    // From a directory that is searched they are of use at once, and not Legible's to remove.
    assert_eq!(model(&home, "yunet")["used_for"], serde_json::json!(["faces"]));
    home.run(["models", "remove", "yunet"]).with(1).complains(&["face_detection_yunet_2023mar.onnx stays"]);

    let ids = ["yunet", "yolox-nano-sample", "mobilenet-v2-embedding"];
    home.set("LEGIBLE_MODELS_DIR", home.path("none").to_str().unwrap());
    for (id, file) in
        ids.iter().zip(["face_detection_yunet_2023mar.onnx", "yolox_nano.onnx", "mobilenet_v2_imagenet_emb.onnx"])
    {
        assert_eq!(model(&home, id)["installed"], false);
        let added = home.run(["models".as_ref(), "add".as_ref(), at_hand.join(file).as_os_str()]).with(0).out;
        assert_eq!(added.trim_end(), home.path("data/models").join(file).to_str().unwrap());
        assert_eq!(model(&home, id)["installed"], true);
    }
    let used: Vec<_> = ids.iter().map(|id| model(&home, id)["used_for"].clone()).collect();
    let expected = [vec!["faces"], vec!["objects"], vec!["labels", "embedding"]];
    assert_eq!(used, expected.map(|parts| serde_json::json!(parts)));
    home.run(["models", "use", "objects", "none"]).with(0);
    assert_eq!(model(&home, "yolox-nano-sample")["used_for"], serde_json::json!([]));
    home.run(["models", "use", "objects", "yunet"]).with(1).complains(&["yunet for objects", "yolox-nano"]);

    let listed = home.run(["models", "list"]).with(0).out;
    let small = listed.lines().find(|line| line.starts_with("small\t")).unwrap();
    assert!(small.contains("\tin part\tpack\t17.9 MB\tApache-2.0, MIT\t"), "{small}");
    let removed = home.run(["models", "remove", "small", "mobilenet-v2-embedding"]).with(0).out;
    assert_eq!(removed, "yunet\tremoved\nmobilenet-v2-embedding\tremoved\n");
    assert!(!home.path("data/models/face_detection_yunet_2023mar.onnx").exists());
    home.run(["models", "remove", "small"]).with(1).complains(&["small is not installed"]);
}

#[test]
fn without_a_network_a_pack_says_its_licences_and_what_to_do_by_hand() {
    let mut home = Home::new();
    // Nobody listens there, and nothing else is asked.
    for name in ["ALL_PROXY", "HTTPS_PROXY", "https_proxy"] {
        home.set(name, "http://127.0.0.1:1");
    }
    home.set("LEGIBLE_MODELS_DIR", home.path("none").to_str().unwrap());
    let said = home.run(["models", "install", "small"]).with(1);
    said.complains(&["yunet: 0.2 MB, licence MIT, YuNet by Shiqi Yu", "yolox-nano: 3.7 MB, licence Apache-2.0"]);
    said.complains(&["no source for the model yunet", "https://huggingface.co/opencv/", "legible models add FILE"]);
    let said = home.run(["models", "install", "mobilenet-v2-embedding"]).with(1);
    said.complains(&["converted it from tf2_mobilenet_v2_1.0_224_ptq.tflite", "069c6268615c"]);
    home.run(["models", "install", "large"]).with(1).complains(&["no model or pack large", "legible models list"]);
    home.run(["models", "remove", "large"]).with(1).complains(&["no model or pack large"]);
}

#[test]
fn a_model_of_ones_own_is_run_before_it_is_taken() {
    let home = Home::new();
    let write = |onnx: &[u8], contract: &str| {
        home.write("in/net.onnx", onnx);
        home.write("in/colours.txt", "red\ngreen\nblue\n");
        home.write("in/colours.toml", format!("model = \"net.onnx\"\nlicence = \"CC0-1.0\"\n{contract}"));
    };
    let left = || std::fs::read_dir(home.path("data/models/own")).map_or(0, Iterator::count);
    let add = || home.run(["models", "add", "in/colours.toml"]);
    let good = onnx::colours().file();

    write(b"not a network", onnx::COLOURS);
    add().with(1).complains(&["colours.toml"]);
    write(
        &good,
        &onnx::COLOURS.replace("activation = \"none\"", "activation = \"sigmoid\"").replace("width = 4", "width = 8"),
    );
    add().with(1).complains(&["colours.toml"]);
    write(&good, &onnx::COLOURS.replace("colours.txt", "gone.txt"));
    add().with(1).complains(&["gone.txt"]);
    assert_eq!(left(), 0);

    write(&good, onnx::COLOURS);
    let added = add().with(0);
    added.complains(&["legible models use labels colours"]);
    assert_eq!((added.out.as_str(), left()), ("colours\tadded\n", 1));
    let told = model(&home, "colours");
    assert_eq!(
        (&told["own"], &told["licence"], &told["used_for"]),
        (&true.into(), &"CC0-1.0".into(), &serde_json::json!([]))
    );
    home.run(["models", "use", "labels", "colours"]).with(0);
    assert_eq!(model(&home, "colours")["used_for"], serde_json::json!(["labels"]));
    assert!(home.run(["models", "verify"]).out.contains("colours\tgood\n"));
    add().with(1).complains(&["already", "legible models remove colours"]);
    home.run(["models", "remove", "colours"]).with(0);
    assert_eq!((left(), model(&home, "colours").is_null()), (0, true));

    let added = home.run(["models", "add", "--use", "in/colours.toml"]).with(0).out;
    assert_eq!(added, "colours\tadded\nlabels\tcolours\n");
    assert_eq!(model(&home, "colours")["used_for"], serde_json::json!(["labels"]));
    home.write("data/models/own/colours/labels.txt", "red\n");
    home.run(["models", "verify"]).with(2);
    let told = model(&home, "colours");
    assert_eq!(told["installed"], false);
    assert!(told["problem"].as_str().unwrap().contains("add it again"), "{told}");
    home.write("n.png", png(&number(5)));
    home.run(["recognise", "n.png"]).with(0).complains(&["the model colours does not look"]);
}

#[test]
fn a_model_that_comes_while_images_are_worked_on_looks_at_once() {
    let photo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/images/photos/owl.jpg");
    if !photo.is_file() {
        eprintln!("SKIPPED: {} is not there", photo.display());
        return;
    }
    let photo = photo.to_str().unwrap();
    let home = Home::new();
    let _serving = home.serve();
    home.run(["add", "--wait", photo]).with(0);
    // The workers that wait now gave up all files but models, before there was a place for these.
    assert!(!home.path("data/models").exists());
    home.write("in/net.onnx", onnx::colours().file());
    home.write("in/colours.txt", "red\ngreen\nblue\n");
    home.write("in/colours.toml", format!("model = \"net.onnx\"\n{}", onnx::COLOURS));
    home.run(["models", "add", "--use", "in/colours.toml"]).with(0);
    let labels = home.run(["recognise", "--json", photo]).with(0).json()["recognition"]["labels"].clone();
    let label = format!("label:{}", labels[0]["name"].as_str().unwrap());
    assert_eq!(home.found(&label), 0);
    let schedules = home.schedules();
    let schedule = schedules.iter().find(|schedule| schedule["draft"]["action"] == "recognise_new").unwrap();
    home.run(["schedules", "run", &schedule["id"].to_string()]).with(0);
    wait_for("the photo has its label", || (home.found(&label) == 1).then_some(()));
}

#[test]
fn a_model_that_was_switched_off_is_told_and_looks_again_when_asked_to() {
    let home = Home::new();
    home.write("in/net.onnx", onnx::colours().file());
    home.write("in/colours.txt", "red\ngreen\nblue\n");
    home.write("in/colours.toml", format!("model = \"net.onnx\"\n{}", onnx::COLOURS));
    home.run(["models", "add", "--use", "in/colours.toml"]).with(0);
    home.run(["models", "on", "colours"]).with(1).complains(&["colours is not switched off"]);
    // As it would be after failing on photo after photo.
    let record = std::fs::read_to_string(home.path("data/models/own/colours/model.toml")).unwrap();
    let hash = |field: &str| record.split(&format!("\n{field} = \"")).nth(1).unwrap().to_owned();
    let version = format!("{}-{}", &hash("sha256")[..12], &hash("labels_sha256")[..8]);
    let faults = serde_json::json!({ "colours": { "version": version, "in_a_row": 5, "reason": "it crashed" } });
    home.write("data/models/faults.json", faults.to_string());
    let listed = home.run(["models", "list"]).with(0).out;
    let line = listed.lines().find(|line| line.starts_with("colours\t")).unwrap();
    assert!(
        line.contains("\toff\t") && line.contains("it crashed; to have it look again: legible models on"),
        "{line}"
    );
    assert_eq!(model(&home, "colours")["used_for"], serde_json::json!([]));
    home.run(["models", "on", "colours"]).with(0);
    assert_eq!(model(&home, "colours")["used_for"], serde_json::json!(["labels"]));
}

#[test]
fn what_models_saw_is_forgotten_only_when_that_is_said_twice() {
    let home = Home::new();
    home.run(["models", "forget", "faces", "labels"]).with(1).complains(&["cannot be undone", "faces labels --yes"]);
    let forgetting = |state: &str| home.jobs(&[state]).iter().filter(|job| job["kind"] == "forget-seen").count();
    assert_eq!(forgetting("enqueued"), 0);
    home.run(["models", "forget", "faces", "labels", "--yes"]).with(0).complains(&["faces, labels is queued"]);
    assert_eq!(forgetting("enqueued"), 1);
    home.run(["run", "--until-idle"]).with(0);
    assert_eq!((forgetting("enqueued"), forgetting("succeeded")), (0, 1));
    let settings = std::fs::read_to_string(home.path("config/settings.toml")).unwrap();
    assert!(settings.contains("faces = \"none\"") && settings.contains("labels = \"none\""), "{settings}");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_and_not_waited_for() {
    let home = Home::new();
    assert!(std::process::Command::new("mkfifo").arg(home.path("pipe.toml")).status().unwrap().success());
    for command in [&["recognise", "pipe.toml"][..], &["read", "pipe.toml"], &["models", "add", "pipe.toml"]] {
        home.run(command).with(1).complains(&["pipe.toml", "file"]);
    }
}
