//! The test models against what onnxruntime (and for faces OpenCV's own detector) makes of the same pictures: see
//! `tools/reference-outputs`. Tolerances for the same input are those of `notes/recognition.md`; photos differ a little more, as
//! their JPEG is decoded by another hand and rounded once less.

use std::collections::BTreeMap;
use std::path::Path;

use legible_reading::recognition::Embedding;
use legible_vision::recognise::models::{Recogniser, Seen};
use serde::Deserialize;

use crate::shared::{MODELS, drawn, folder, loaded, photo, testdata};

#[derive(Deserialize)]
struct References {
    labels: Reference<(String, f32)>,
    objects: Reference<(String, f32, [f32; 4])>,
    faces: Reference<(f32, Vec<f32>)>,
}

#[derive(Deserialize)]
struct Reference<T> {
    drawn: BTreeMap<String, Sample>,
    photos: BTreeMap<String, Vec<T>>,
    #[serde(default)]
    similarities: Vec<(String, String, f32)>,
}

/// Every `step`th number of one answer.
#[derive(Deserialize)]
struct Sample {
    shape: Vec<usize>,
    step: usize,
    values: Vec<f32>,
}

fn references() -> References {
    serde_json::from_str(&testdata("references.json")).unwrap()
}

#[test]
fn raw_answers_are_those_of_onnxruntime() {
    let Some(folder) = folder() else { return };
    let references = references();
    let check = |(name, file): (&str, &str), side: u32, expected: &BTreeMap<String, Sample>, tolerance: f32| {
        let answers = loaded(&folder, name, file, 0.5).answers(&drawn(side, side)).unwrap();
        assert_eq!(answers.len(), expected.len(), "{name}");
        let mut largest = 0.0f32;
        for answer in &answers {
            let sample = &expected[answer.name.trim_matches(['“', '”'])];
            assert!(sample.values.len() >= 24, "{name} {}", answer.name);
            assert_eq!(answer.shape, sample.shape, "{name} {}", answer.name);
            for (told, expected) in answer.values.iter().step_by(sample.step).zip(&sample.values) {
                largest = largest.max((told - expected).abs());
            }
        }
        eprintln!("{name}: largest difference {largest:e}");
        assert!(largest <= tolerance, "{name}: {largest} of at most {tolerance}");
    };
    check(MODELS[0], 256, &references.labels.drawn, 2e-5);
    check(MODELS[1], 416, &references.objects.drawn, 1e-3);
    check(MODELS[2], 640, &references.faces.drawn, 1e-4);
}

fn look(folder: &Path, model: usize, threshold: f32, photo_name: &str) -> Seen {
    let (name, file) = MODELS[model];
    loaded(folder, name, file, threshold).look(&photo(folder, photo_name).pixels).unwrap()
}

#[test]
fn photos_have_the_labels_of_the_reference() {
    let Some(folder) = folder() else { return };
    let references = references().labels;
    let mut directions = BTreeMap::new();
    for (photo, expected) in &references.photos {
        let seen = look(&folder, 0, 0.0, photo);
        for (name, chance) in expected {
            let told = seen.labels.iter().find(|label| label.name == *name).map_or(0.0, |label| label.confidence);
            // The fifth of one list may be the sixth of the other.
            let near = (told - chance).abs() < 0.03 || (told == 0.0 && *chance < 0.05);
            assert!(near, "{photo}: {name} {told} instead of {chance}; {:?}", seen.labels);
        }
        assert_eq!(seen.labels[0].name, expected[0].0, "{photo}");
        directions.insert(photo.as_str(), Embedding::new("m", &seen.embedding.unwrap()).unwrap());
    }
    assert!(references.similarities.len() > 10);
    for (one, other, expected) in &references.similarities {
        let told = directions[one.as_str()].similarity(&directions[other.as_str()]).unwrap();
        assert!((told - expected).abs() < 0.03, "{one} {other}: {told} instead of {expected}");
    }
}

/// Edges may differ by two pixels, or by so much of the box.
const EDGE: f32 = 0.02;

fn assert_near(told: &[f32], expected: &[f32], scale: f32, what: &str) {
    let far = told.iter().zip(expected).find(|(told, expected)| (*told - *expected).abs() > (EDGE * scale).max(2.0));
    assert!(far.is_none() && told.len() == expected.len(), "{what}: {told:?} instead of {expected:?}");
}

#[test]
fn photos_have_the_objects_of_the_reference() {
    let Some(folder) = folder() else { return };
    let mut compared = 0;
    for (photo_name, expected) in &references().objects.photos {
        let size = photo(&folder, photo_name).pixels.dimensions();
        let mut told = look(&folder, 1, 0.2, photo_name).objects;
        for (name, score, [left, top, right, bottom]) in expected.iter().filter(|(_, score, _)| *score > 0.25) {
            let edges = [left.max(0.0), top.max(0.0), right.min(size.0 as f32), bottom.min(size.1 as f32)];
            let near = |told: &[f32; 4]| told.iter().zip(edges).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            let edges_of = |object: &legible_reading::recognition::Object| <[f32; 4]>::from(object.quad.edges());
            let same = told.iter().enumerate().filter(|(_, object)| object.name == *name);
            let best = same.min_by(|(_, a), (_, b)| near(&edges_of(a)).total_cmp(&near(&edges_of(b))));
            let (at, object) = best.unwrap_or_else(|| panic!("{photo_name}: no {name} {score}: {told:?}"));
            assert_near(&edges_of(object), &edges, edges[2] - edges[0], &format!("{photo_name} {name}"));
            assert!((object.confidence - score).abs() < 0.05, "{photo_name} {name}: {} {score}", object.confidence);
            told.remove(at);
            compared += 1;
        }
        let left = told.iter().find(|object| object.confidence > 0.3);
        assert!(left.is_none(), "{photo_name}: the reference has no {left:?}");
    }
    assert!(compared >= 12, "{compared}");
}

#[test]
fn photos_have_the_faces_of_the_reference() {
    let Some(folder) = folder() else { return };
    let mut faces = 0;
    for (photo, expected) in &references().faces.photos {
        let told = look(&folder, 2, 0.3, photo).faces;
        let expected: Vec<_> = expected.iter().filter(|(score, _)| *score > 0.35).collect();
        assert_eq!(told.iter().filter(|face| face.confidence > 0.35).count(), expected.len(), "{photo}: {told:?}");
        for (score, numbers) in expected {
            let (width, middle) = (numbers[2], numbers[0] + numbers[2] / 2.0);
            let distance = |face: &legible_reading::recognition::Face| {
                let (left, _, right, _) = face.quad.edges();
                ((left + right) / 2.0 - middle).abs()
            };
            let face = told.iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap();
            let (left, top, right, bottom) = face.quad.edges();
            let points = face.landmarks.iter().flat_map(|point| [point.x, point.y]);
            let told: Vec<f32> = [left, top, right - left, bottom - top].into_iter().chain(points).collect();
            assert_near(&told, numbers, width, photo);
            assert!((face.confidence - score).abs() < 0.03, "{photo}: {} {score}", face.confidence);
            faces += 1;
        }
    }
    assert!(faces >= 5, "{faces}");
}
