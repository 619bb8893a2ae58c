//! The check of a model before it is used: what is wrong is said in words.

use legible_reading::recognition::Part;
use legible_reading::recognition::contract::Contract;
use legible_vision::recognise::models::{Report, check as check_model};

use crate::onnx::{COLOURS, Graph, Numbers, colours};
use crate::shared::{MODELS, contract, folder};

const NAMES: &str = "red\ngreen\nblue\n";

fn run(contract: &str, names: &str, model: Vec<u8>) -> Result<Report, String> {
    let contract: Contract = toml::from_str(contract).unwrap();
    check_model(&contract, Some(names.as_bytes()), model).map_err(|error| error.to_string())
}

#[test]
fn a_sound_model_is_reported() {
    let report = run(COLOURS, NAMES, colours().file()).unwrap();
    assert_eq!((report.parts, report.classes), (vec![Part::Labels], 3));
    let with_background = COLOURS.replace(r#""none""#, r#""none", background = true"#);
    assert_eq!(run(&with_background, NAMES, colours().file()).unwrap().classes, 2);
}

#[test]
fn the_test_models_fit_their_contracts() {
    let Some(folder) = folder() else { return };
    let check = |(name, file): (&str, &str), parts: &[Part], classes: usize| {
        let contract = contract(name);
        let read = |file: &str| std::fs::read(folder.join("models").join(file)).unwrap();
        let labels = contract.labels.as_deref().map(read);
        let report = check_model(&contract, labels.as_deref(), read(file)).unwrap();
        assert_eq!((report.parts.as_slice(), report.classes), (parts, classes), "{name}");
    };
    check(MODELS[0], &[Part::Labels, Part::Embedding], 1000);
    check(MODELS[1], &[Part::Objects], 80);
    check(MODELS[2], &[Part::Faces], 0);
}

#[test]
fn what_is_wrong_is_said_in_words() {
    let check = |contract: &str, names: &str, model: &Graph, expected: &[&str]| {
        let told = run(contract, names, model.file()).unwrap_err();
        assert!(expected.iter().all(|part| told.contains(part)), "{told}");
    };
    check(COLOURS, "red\ngreen\n", &colours(), &["tells 3 classes, and the label file names 2", "background"]);
    check(COLOURS, "", &colours(), &["the label file is empty"]);
    check(COLOURS, "red\n\nblue", &colours(), &["the label file has no name in line 2"]);
    let wider = COLOURS.replace("width = 4", "width = 8");
    check(&wider, NAMES, &colours(), &["takes 1 × 3 × 4 × 4", "gives 1 × 3 × 4 × 8", "`input.width`"]);
    let nhwc = COLOURS.replace("width = 4", r#"layout = "nhwc", width = 4"#);
    check(&nhwc, NAMES, &colours(), &["gives 1 × 4 × 4 × 3", "`input.layout`", "nhwc"]);
    let other = COLOURS.replace(r#""classes", "#, r#""probabilities", "#);
    check(&other, NAMES, &colours(), &["no output “probabilities”; it has “classes”"]);
    check(&COLOURS.replace(r#""classes", "#, "1, "), NAMES, &colours(), &["no output number 1; it has “classes”"]);
    let named = COLOURS.replace("width = 4", r#"name = "image", width = 4"#);
    check(&named, NAMES, &colours(), &["no input “image”; it has “picture”"]);
    let softmax = COLOURS.replace(r#""none""#, r#""softmax""#);
    check(&softmax, NAMES, &already(), &["`outputs.classes.activation`", "are probabilities already", "“none”"]);
    let threshold = COLOURS.replace("0.3", "3");
    check(&threshold, NAMES, &colours(), &["`threshold` must be a number from 0 to 1"]);

    let contract: Contract = toml::from_str(COLOURS).unwrap();
    let told = check_model(&contract, None, colours().file()).unwrap_err().to_string();
    assert!(told.contains("the label file is missing"), "{told}");

    let two = colours().and_input("mask", &[1]);
    check(COLOURS, NAMES, &two, &["takes “picture”, “mask”", "nothing but a picture"]);
    let bytes = Graph::of_bytes(&[1, 3, 4, 4]).node("Identity", &["picture"], "classes", &[]).output("classes");
    check(COLOURS, NAMES, &bytes, &["32-bit floats"]);
    let unknown = Graph::new(&[1, 3, 4, 4]).node("Mish", &["picture"], "classes", &[]).output("classes");
    check(COLOURS, NAMES, &unknown, &["not supported here", "Mish"]);
    let square = Graph::new(&[1, 3, 4, 4]).node("Identity", &["picture"], "classes", &[]).output("classes");
    check(COLOURS, NAMES, &square, &["is 1 × 3 × 4 × 4, and should be 1 × classes"]);
    let divided = divided_by(0.0);
    check(COLOURS, NAMES, &divided, &["“classes” has numbers that are infinite"]);
    check(COLOURS, NAMES, &divided_by(1.0), &["`outputs.classes.activation`", "reach from", "“softmax” or “sigmoid”"]);
}

/// A classifier whose answer is a softmax already.
fn already() -> Graph {
    Graph::new(&[1, 3, 4, 4])
        .node("GlobalAveragePool", &["picture"], "mean", &[])
        .node("Flatten", &["mean"], "flat", &[("axis", &[1])])
        .node("Softmax", &["flat"], "classes", &[("axis", &[1])])
        .output("classes")
}

/// As [`colours`], but divided by something else than 255.
fn divided_by(most: f32) -> Graph {
    Graph::new(&[1, 3, 4, 4])
        .node("GlobalAveragePool", &["picture"], "mean", &[])
        .node("Flatten", &["mean"], "flat", &[("axis", &[1])])
        .constant("most", &[1], Numbers::Floats(&[most]))
        .node("Div", &["flat", "most"], "classes", &[])
        .output("classes")
}

#[test]
fn what_is_no_model_is_told_so() {
    let sound = colours().file();
    let check = |file: &[u8], expected: &str| {
        let told = run(COLOURS, NAMES, file.to_vec()).unwrap_err();
        assert!(told.contains(expected), "{told}");
    };
    check(b"", "not an ONNX model");
    check(b"\x89PNG\r\n\x1a\n", "not an ONNX model");
    check(b"RTEN\x02\x00\x00\x00", "not an ONNX model");
    check(&sound[..sound.len() / 2], "not an ONNX model");
    // Whatever byte is wrong, nothing worse happens than that it is told or does not matter.
    for at in 0..sound.len() {
        for wrong in [0x00, 0x7f, 0xff] {
            let mut file = sound.clone();
            file[at] = wrong;
            let _ = run(COLOURS, NAMES, file);
        }
    }
}
