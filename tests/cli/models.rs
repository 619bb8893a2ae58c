//! `legible models` and `legible doctor`.

use crate::program::draw::{number, png};
use crate::program::{Home, models, program, said};
use std::path::PathBuf;

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
    assert_eq!(home.run(["models", "list"]).with(0).out.lines().count(), listed.len());
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
