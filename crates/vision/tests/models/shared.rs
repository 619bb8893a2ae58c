//! The models and photos that lie beside the project, and the contracts of the models.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::RgbImage;
use legible_reading::recognition::contract::Contract;
use legible_vision::decode::{Decoded, decode};
use legible_vision::recognise::models::{ModelUse, OnnxModel, load};
use rten::ThreadPool;

/// Those of the test models that look together: contract, ONNX file.
pub const MODELS: [(&str, &str); 3] = [
    ("mobilenet_v2", "mobilenet_v2_imagenet_emb.onnx"),
    ("yolox_nano", "yolox_nano.onnx"),
    ("yunet", "face_detection_yunet_2023mar.onnx"),
];

/// The folder with `models` and `images`, if it is there.
pub fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("LEGIBLE_SHARED_DIR").map_or(beside, PathBuf::from);
    if MODELS.iter().all(|(_, file)| folder.join("models").join(file).is_file()) {
        return Some(folder);
    }
    eprintln!(
        "\n*** SKIPPED: there are no test models in {}; LEGIBLE_SHARED_DIR may name another ***\n",
        folder.display()
    );
    None
}

pub fn testdata(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(file)).unwrap()
}

pub fn contract(name: &str) -> Contract {
    toml::from_str(&testdata(&format!("contracts/{name}.toml"))).unwrap()
}

/// One of the test models, as a question names it: its files lie in `models` of [`folder`].
pub fn model_use(name: &str, file: &str) -> ModelUse {
    let contract = contract(name);
    let labels = contract.labels.clone();
    ModelUse { id: name.into(), file: file.into(), labels, directions: None, contract, version: "1".into() }
}

pub fn all() -> Vec<ModelUse> {
    MODELS.iter().map(|(name, file)| model_use(name, file)).collect()
}

/// One of the test models itself, with a threshold.
pub fn loaded(folder: &Path, name: &str, file: &str, threshold: f32) -> OnnxModel {
    let contract = Contract { threshold: Some(threshold), ..contract(name) };
    let read = |file: &str| std::fs::read(folder.join("models").join(file)).unwrap();
    let names = contract.labels.as_deref().map(|labels| String::from_utf8(read(labels)).unwrap()).unwrap_or_default();
    let names: Vec<String> = names.lines().map(|line| line.split(',').next().unwrap().trim().to_lowercase()).collect();
    load(read(file), &contract, names, Arc::new(ThreadPool::with_num_threads(1))).unwrap()
}

pub fn photo(folder: &Path, name: &str) -> Decoded {
    decode(&std::fs::read(folder.join("images/photos").join(name)).unwrap()).unwrap()
}

/// The picture that `tools/reference-outputs` draws too.
pub fn drawn(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let noise = (x.wrapping_mul(2_654_435_769) ^ y.wrapping_mul(2_246_822_507)).wrapping_mul(739_982_445) >> 27;
        let inside = x.abs_diff(width / 2).pow(2) + y.abs_diff(height / 2).pow(2) < (height / 3).pow(2);
        let disc = if inside { 90 } else { 0 };
        let (red, green) = (x * 160 / width + disc, y * 220 / height + noise);
        image::Rgb([red as u8, green as u8, (200 + noise - x * 100 / width - disc / 2) as u8])
    })
}
