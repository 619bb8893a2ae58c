//! Descriptions: their directions by a model of text, and labels that are descriptions. The models are made on the spot; their
//! tokens are those of CLIP.

use std::fs;
use std::sync::Arc;

use image::{Rgb, RgbImage};
use legible_reading::recognition::contract::{Contract, OutputName, TextContract};
use legible_vision::describe::{TextModels, TextTower, TextUse};
use legible_vision::recognise::models::{ModelError, Recogniser, Vocabulary, load};
use rten::ThreadPool;

use crate::onnx::{Graph, colour_words, colours};

const TEXT: &str = r#"
of = "colours"
tokens = "clip"
input = "input_ids"
output = "has"
prompt = "a photo of {}"
least = 0.2
"#;

fn contract() -> TextContract {
    toml::from_str(TEXT).unwrap()
}

fn tower(graph: &Graph, contract: &TextContract) -> Result<TextTower, ModelError> {
    TextTower::load(graph.file(), contract, Arc::new(ThreadPool::with_num_threads(1)))
}

#[test]
fn a_description_is_a_direction() {
    let tower = tower(&colour_words(), &contract()).unwrap();
    let check = |text: &str, expected: [f32; 3]| assert_eq!(tower.describe(text).unwrap(), expected, "{text}");
    check("red", [1.0, 0.0, 0.0]);
    check("A photo of a Blue, RED car", [1.0, 0.0, 1.0]);
    check("greenish", [0.0; 3]);
    check("", [0.0; 3]);
    check(&format!("{} red", "dog ".repeat(70)), [1.0, 0.0, 0.0]);
    check(&format!("{} red", "dog ".repeat(80)), [0.0; 3]);
}

#[test]
fn a_model_of_text_that_does_not_fit_is_told() {
    let check = |graph: &Graph, contract: &TextContract, expected: &str| match tower(graph, contract) {
        Ok(tower) => assert!(tower.describe("x").unwrap_err().to_string().contains(expected)),
        Err(error) => assert!(error.to_string().contains(expected), "{error}"),
    };
    let words = colour_words;
    check(&colours(), &contract(), "it should take “input_ids” and takes “picture”");
    check(&words().and_input("more", &[1]), &contract(), "it should take “input_ids” and takes");
    check(&words(), &TextContract { output: OutputName::Name("logits".into()), ..contract() }, "no output");
    check(
        &words().output("ones"),
        &TextContract { output: OutputName::Name("ones".into()), ..contract() },
        "should be",
    );
    let error = TextTower::load(b"nonsense".to_vec(), &contract(), Arc::new(ThreadPool::with_num_threads(1)));
    assert!(error.err().unwrap().to_string().contains("not an ONNX model"));
}

#[test]
fn an_image_has_the_labels_that_describe_it() {
    let contract: Contract = toml::from_str(
        r#"
        part = "labels"
        labels = "colours.txt"
        threshold = 0.3
        input = { width = 4, height = 4, fit = { kind = "stretch" } }
        outputs.described = { output = "classes", scale = 100 }
        outputs.embedding = { output = "classes" }
        "#,
    )
    .unwrap();
    let tower = tower(&colour_words(), &self::contract()).unwrap();
    let names = ["red", "a blue thing", "green", "red and green"].map(str::to_owned).to_vec();
    let directions: Vec<f32> = names.iter().flat_map(|name| tower.describe(name).unwrap()).collect();
    let load = |directions: Vec<f32>| {
        let vocabulary = Vocabulary { names: names.clone(), directions };
        load(colours().file(), &contract, vocabulary, Arc::new(ThreadPool::with_num_threads(1))).unwrap()
    };
    let model = load(directions.clone());
    let check = |colour: [u8; 3], expected: &[&str]| {
        let seen = model.look(&RgbImage::from_pixel(9, 9, Rgb(colour))).unwrap();
        let labels: Vec<&str> = seen.labels.iter().map(|label| label.name.as_str()).collect();
        assert_eq!((labels.as_slice(), seen.embedding.is_some()), (expected, true), "{colour:?}");
    };
    check([250, 0, 0], &["red"]);
    check([0, 10, 250], &["a blue thing"]);
    check([250, 250, 0], &["red and green"]);
    let cut = load(directions[1..].to_vec()).look(&RgbImage::new(9, 9)).unwrap_err();
    assert!(matches!(cut, ModelError::Labels(_)), "{cut}");
}

#[test]
fn a_model_of_text_is_loaded_again_when_its_file_changes() {
    let dir = tempfile::tempdir().unwrap();
    let wanted = TextUse { file: "words.onnx".into(), contract: contract(), threads: 0 };
    let mut models = TextModels::new(vec![dir.path().into()]);
    assert!(matches!(models.get(&wanted), Err(ModelError::Missing { .. })));
    fs::write(dir.path().join("words.onnx"), colour_words().file()).unwrap();
    assert_eq!(models.get(&wanted).unwrap().describe("red").unwrap(), [1.0, 0.0, 0.0]);
    fs::write(dir.path().join("words.onnx"), "gone").unwrap();
    assert!(matches!(models.get(&wanted), Err(ModelError::Unusable(_))));
    let outside = TextUse { file: "../words.onnx".into(), ..wanted };
    assert!(matches!(models.get(&outside), Err(ModelError::File { .. })));
}
