//! Answers of known numbers, and what they mean, by small ONNX files that answer the same to every picture.

use std::sync::Arc;

use image::RgbImage;
use legible_reading::recognition::contract::Contract;
use legible_vision::recognise::models::{Recogniser, Seen, load};
use rten::ThreadPool;

use crate::onnx::{Graph, Numbers};

/// A graph that takes a picture of `side` × `side` and answers each of `outputs` (name, shape, numbers), whatever it shows.
fn constant(side: u64, outputs: &[(&str, &[u64], &[f32])]) -> Vec<u8> {
    // Something must come from the picture: the mean of its pixels, times nothing.
    let mut graph = Graph::new(&[1, 3, side, side])
        .node("GlobalAveragePool", &["picture"], "means", &[])
        .node("ReduceMean", &["means"], "mean", &[("keepdims", &[0])])
        .constant("nothing", &[1], Numbers::Floats(&[0.0]))
        .node("Mul", &["mean", "nothing"], "zero", &[]);
    for (name, shape, numbers) in outputs {
        let of = format!("{name}_numbers");
        graph =
            graph.constant(&of, shape, Numbers::Floats(numbers)).node("Add", &[&of, "zero"], name, &[]).output(name);
    }
    graph.file()
}

fn look(model: Vec<u8>, contract: &str, names: &[&str], size: (u32, u32)) -> Seen {
    let contract: Contract = toml::from_str(contract).unwrap();
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let model = load(model, &contract, names, Arc::new(ThreadPool::with_num_threads(1))).unwrap();
    model.look(&RgbImage::new(size.0, size.1)).unwrap()
}

/// Name, confidence in percent, edges in whole pixels.
fn objects(seen: &Seen) -> Vec<(&str, i32, [i32; 4])> {
    let edges =
        |(left, top, right, bottom): (f32, f32, f32, f32)| [left, top, right, bottom].map(|edge| edge.round() as i32);
    let told = |object: &legible_reading::recognition::Object| {
        ((object.confidence * 100.0).round() as i32, edges(object.quad.edges()))
    };
    seen.objects.iter().map(|object| (object.name.as_str(), told(object).0, told(object).1)).collect()
}

/// The number whose sigmoid is `chance`.
fn logit(chance: f32) -> f32 {
    (chance / (1.0 - chance)).ln()
}

const DETR: &str = r#"
part = "objects"
labels = "things.txt"
threshold = 0.5
input = { width = 64, height = 64, fit = { kind = "stretch" } }
outputs.boxes-scores = { boxes = "pred_boxes", scores = "logits", activation = "sigmoid" }
"#;

#[test]
fn boxes_with_scores_are_fractions_of_the_input() {
    let boxes = [0.5, 0.5, 0.5, 0.25, 0.1, 0.1, 0.4, 0.4, 0.9, 0.9, 0.1, 0.1];
    let scores = [0.9, 0.2, 0.1, 0.8, 0.3, 0.4].map(logit);
    let answers: &[(&str, &[u64], &[f32])] = &[("pred_boxes", &[1, 3, 4], &boxes), ("logits", &[1, 3, 2], &scores)];
    let check = |contract: &str, expected: &[(&str, i32, [i32; 4])]| {
        let seen = look(constant(64, answers), contract, &["dog", "cat"], (200, 400));
        assert_eq!(objects(&seen), expected, "{contract}");
    };
    // The second box reaches over the left and upper edge of the picture.
    check(DETR, &[("dog", 90, [50, 150, 150, 250]), ("cat", 80, [0, 0, 60, 120])]);
    check(&DETR.replace("0.5", "0.85"), &[("dog", 90, [50, 150, 150, 250])]);
    check(&DETR.replace("part =", "most = 1\npart ="), &[("dog", 90, [50, 150, 150, 250])]);
    let faces = DETR.replace("objects", "faces").replace(r#"labels = "things.txt""#, "");
    let seen = look(constant(64, answers), &faces, &[], (200, 400));
    let told: Vec<i32> = seen.faces.iter().map(|face| (face.confidence * 100.0).round() as i32).collect();
    assert_eq!((told, seen.objects.len()), (vec![90, 80], 0));
}

const YOLOX: &str = r#"
part = "objects"
labels = "things.txt"
threshold = 0.3
nms = 0.5
input = { width = 32, height = 32, fit = { kind = "letterbox-top-left", pad = 114 } }
outputs.yolox = { strides = [16] }
"#;

#[test]
fn cells_of_yolox_are_counted_in_strides() {
    // Four cells of 16 pixels: x, y, logarithms of width and height, whether it is anything, dog, cat.
    let cells = [
        [0.5, 0.5, 0.0, 0.0, 0.9, 1.0, 0.0],
        // The same dog seen by the cell to the right, less surely: one place further left.
        [-0.45, 0.5, 0.0, 0.0, 0.8, 1.0, 0.0],
        // A cat at the same place as the dog: below, so one further up.
        [0.5, -0.5, 0.0, 0.0, 0.7, 0.2, 1.0],
        [0.0, 0.0, 2.0f32.ln(), 0.0, 0.5, 0.1, 0.5],
    ];
    let model = |cells: &[[f32; 7]; 4]| constant(32, &[("output", &[1, 4, 7], &cells.concat())]);
    let check = |contract: &str, expected: &[(&str, i32, [i32; 4])]| {
        let seen = look(model(&cells), contract, &["dog", "cat"], (64, 32));
        assert_eq!(objects(&seen), expected, "{contract}");
    };
    let (dog, cat) = (("dog", 90, [0, 0, 32, 32]), ("cat", 70, [0, 0, 32, 32]));
    check(YOLOX, &[dog, cat]);
    check(&YOLOX.replace("nms = 0.5", "nms = 0.99"), &[dog, ("dog", 80, [2, 0, 34, 32]), cat]);
    let all = &[dog, ("dog", 80, [2, 0, 34, 32]), cat, ("cat", 25, [0, 16, 64, 32])];
    check(&YOLOX.replace("nms = 0.5", "nms = 0.99").replace("0.3", "0.2"), all);
}

#[test]
fn faces_of_yunet_have_landmarks() {
    let contract = r#"
        part = "faces"
        threshold = 0.5
        nms = 0.3
        input = { width = 32, height = 32, fit = { kind = "letterbox-top-left", pad = 0 } }
        outputs.yunet = { strides = [16, 32] }
    "#;
    let points = [0.0, 0.0, 0.5, 0.0, 0.25, 0.25, 0.0, 0.5, 0.5, 0.5];
    let model = constant(
        32,
        &[
            ("cls_16", &[1, 4, 1], &[0.0, 0.81, 0.0, 0.0]),
            ("obj_16", &[1, 4, 1], &[0.0, 1.0, 0.9, 0.0]),
            ("bbox_16", &[1, 4, 4], &[0.5, 0.5, 0.0, 0.0].repeat(4)),
            ("kps_16", &[1, 4, 10], &points.repeat(4)),
            ("cls_32", &[1, 1, 1], &[1.0]),
            ("obj_32", &[1, 1, 1], &[0.2]),
            ("bbox_32", &[1, 1, 4], &[0.5, 0.5, 0.0, 0.0]),
            ("kps_32", &[1, 1, 10], &points),
        ],
    );
    let seen = look(model, contract, &[], (64, 64));
    assert_eq!(seen.faces.len(), 1, "{:?}", seen.faces);
    let face = &seen.faces[0];
    assert_eq!((face.confidence, face.quad.edges()), (0.9, (32.0, 0.0, 64.0, 32.0)));
    let points: Vec<(f32, f32)> = face.landmarks.iter().map(|point| (point.x, point.y)).collect();
    assert_eq!(points, [(32.0, 0.0), (48.0, 0.0), (40.0, 8.0), (32.0, 16.0), (48.0, 16.0)]);
}

#[test]
fn classes_are_told_by_their_names() {
    let contract = r#"
        part = "labels"
        labels = "things.txt"
        threshold = 0.2
        most = 2
        input = { width = 8, height = 8, fit = { kind = "crop", short-side = 8 }, layout = "nchw" }
        outputs.classes = { activation = "softmax" }
        outputs.embedding = { output = "direction" }
    "#;
    let numbers = [0.5f32, 0.1, 0.3, 0.25].map(f32::ln);
    let direction = [3.0, 0.0, -4.0];
    let answers: &[(&str, &[u64], &[f32])] =
        &[("classes", &[1, 4], &numbers), ("direction", &[1, 3, 1, 1], &direction)];
    let check = |contract: &str, expected: &[(&str, i32)]| {
        let seen = look(constant(8, answers), contract, &["dog", "cat", "owl", "fox"], (9, 30));
        let told = seen.labels.iter().map(|label| (label.name.as_str(), (label.confidence * 115.0).round() as i32));
        assert_eq!(told.collect::<Vec<_>>(), expected, "{contract}");
        assert_eq!(seen.embedding.as_deref(), Some(&direction[..]));
    };
    check(contract, &[("dog", 50), ("owl", 30)]);
    check(&contract.replace("0.2", "0.3"), &[("dog", 50)]);
    check(&contract.replace(r#""softmax""#, r#""softmax", background = true"#), &[("owl", 30), ("fox", 25)]);
}
