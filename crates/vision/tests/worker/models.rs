//! Models that see, through a worker: asked about an image, and checked before they are used.

use std::fs;
use std::path::Path;
use std::time::Duration;

use image::{Rgb, RgbImage};
use legible_reading::recognition::contract::Contract;
use legible_reading::recognition::{ImageKind, Part};
use legible_vision::describe::TextUse;
use legible_vision::recognise::models::{ModelUse, Report};
use legible_vision::recognise::{Question, Recognised, stamps};
use legible_vision::worker::{Answer, CancelToken, Pool, PoolConfig, Task, TaskError};

use crate::images;
use crate::onnx::{COLOURS, Graph, Numbers, colour_words, colours};
use crate::pools::{SMALL, config, run};

pub const TESTS: &[(&str, fn())] = &[
    ("models_look_through_a_worker", models_look_through_a_worker),
    ("a_model_that_comes_later_is_found", a_model_that_comes_later_is_found),
    (
        "a_model_that_comes_while_a_worker_waits_is_found_at_once",
        a_model_that_comes_while_a_worker_waits_is_found_at_once,
    ),
    ("descriptions_go_through_a_worker", descriptions_go_through_a_worker),
    ("a_model_is_checked", a_model_is_checked),
    ("a_model_that_eats_memory_fails_alone", a_model_that_eats_memory_fails_alone),
    ("a_model_that_never_ends_fails_alone", a_model_that_never_ends_fails_alone),
    ("a_model_that_fails_an_image_is_named", a_model_that_fails_an_image_is_named),
    ("a_model_outside_the_models_folder_stays_out", a_model_outside_the_models_folder_stays_out),
];

const NAMES: &str = "red\ngreen\nblue";

fn contract() -> Contract {
    toml::from_str(COLOURS).unwrap()
}

fn install(dir: &Path) {
    fs::write(dir.join("colours.onnx"), colours().file()).unwrap();
    fs::write(dir.join("colours.txt"), NAMES).unwrap();
}

fn question() -> Question {
    let (file, labels) = ("colours.onnx".into(), Some("colours.txt".into()));
    let model =
        ModelUse { id: "colours".into(), file, labels, directions: None, contract: contract(), version: "1".into() };
    let kind = Some(ImageKind::Photo);
    Question { known: stamps(kind, &[]), kind, models: vec![model], ..Question::default() }
}

fn try_to_ask(pool: &Pool, question: &Question) -> Result<Answer, TaskError> {
    let mut yellow = std::io::Cursor::new(Vec::new());
    RgbImage::from_pixel(9, 9, Rgb([250, 200, 0])).write_to(&mut yellow, image::ImageFormat::Png).unwrap();
    let task = Task::Recognise { question: Box::new(question.clone()) };
    run(pool, &task, &yellow.into_inner())
}

fn ask(pool: &Pool, question: &Question) -> Recognised {
    match try_to_ask(pool, question).unwrap() {
        Answer::Recognised(recognised) => recognised,
        other => panic!("{other:?}"),
    }
}

fn labels(recognised: &Recognised) -> Vec<&str> {
    recognised.recognition.labels.iter().map(|label| label.name.as_str()).collect()
}

fn models_look_through_a_worker() {
    let dir = tempfile::tempdir().unwrap();
    install(dir.path());
    let pool = Pool::new(PoolConfig { models_dirs: vec![dir.path().into()], ..config() });
    for _ in 0..2 {
        let told = ask(&pool, &question());
        assert_eq!((labels(&told), told.faults.len()), (vec!["red", "green"], 0), "{:?}", told.faults);
        assert_eq!(told.recognition.by, stamps(Some(ImageKind::Photo), &question().models)[4..]);
    }
}

fn descriptions_go_through_a_worker() {
    let dir = tempfile::tempdir().unwrap();
    let pool = Pool::new(PoolConfig { models_dirs: vec![dir.path().into()], ..config() });
    let contract = toml::from_str(
        "of = 'colours'\ntokens = 'clip'\ninput = 'input_ids'\noutput = 'has'\nprompt = '{}'\nleast = 0.2",
    );
    let model = TextUse { file: "words.onnx".into(), contract: contract.unwrap(), threads: 1 };
    let describe = |texts: &[String], told: &mut dyn FnMut(usize)| {
        pool.describe(&model, texts, &CancelToken::new(), told).unwrap()
    };
    assert!(describe(&["red".into()], &mut |_| {}).unwrap_err().missing);
    fs::write(dir.path().join("words.onnx"), colour_words().file()).unwrap();
    let (mut texts, mut told) = (vec!["blue".to_owned(); 70], Vec::new());
    texts[69] = "red".into();
    let directions = describe(&texts, &mut |done| told.push(done)).unwrap();
    assert_eq!((directions.len(), told), (70, vec![64, 70]));
    assert_eq!((&directions[0], &directions[69]), (&vec![0.0, 0.0, 1.0], &vec![1.0, 0.0, 0.0]));
    let cancelled = CancelToken::new();
    cancelled.cancel();
    assert!(matches!(pool.describe(&model, &texts, &cancelled, &mut |_| {}), Err(TaskError::Cancelled)));
}

fn a_model_that_comes_later_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let later = dir.path().join("later");
    let pool = Pool::new(PoolConfig { models_dirs: vec![later.clone()], ..config() });
    let told = ask(&pool, &question());
    assert!(told.faults[0].missing && told.recognition.by.is_empty(), "{told:?}");
    fs::create_dir(&later).unwrap();
    install(&later);
    assert_eq!(labels(&ask(&pool, &question())), ["red", "green"]);
}

fn a_model_that_comes_while_a_worker_waits_is_found_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let later = dir.path().join("later");
    let pool = Pool::new(PoolConfig { models_dirs: vec![later.clone()], ..config() });
    run(&pool, &SMALL, &images::small()).unwrap();
    let confined = pool.pids();
    fs::create_dir(&later).unwrap();
    install(&later);
    assert_eq!(labels(&ask(&pool, &question())), ["red", "green"]);
    assert!(pool.pids().len() == 1 && pool.pids() != confined, "one that sees the folder is in its place");
}

fn check_model(pool: &Pool, names: &str, model: &[u8]) -> Result<Report, String> {
    pool.check_model(&contract(), names.as_bytes(), model, &CancelToken::new()).unwrap()
}

fn a_model_is_checked() {
    let pool = Pool::new(config());
    let report = check_model(&pool, NAMES, &colours().file()).unwrap();
    assert_eq!((report.parts, report.classes), (vec![Part::Labels], 3));
    let check = |names: &str, model: &[u8], expected: &str| {
        let told = check_model(&pool, names, model).unwrap_err();
        assert!(told.contains(expected), "{told}");
    };
    check("red\ngreen", &colours().file(), "the label file names 2");
    check("", &colours().file(), "the label file is missing");
    check(NAMES, b"PK\x03\x04", "not an ONNX model");
    check(NAMES, b"", "not an ONNX model");
    let long = "x".repeat(100_000);
    let unknown = Graph::new(&[1, 3, 4, 4]).node(&long, &["picture"], "classes", &[]).output("classes");
    check(NAMES, &unknown.file(), "not supported here");
    let pid = pool.pids();
    run(&pool, &SMALL, &images::small()).unwrap();
    assert_eq!(pool.pids(), pid, "a bad model costs no worker");
}

fn a_model_that_never_ends_fails_alone() {
    let pool = Pool::new(PoolConfig { timeout: Duration::from_millis(300), ..config() });
    let told = check_model(&pool, NAMES, &endless().file()).unwrap_err();
    assert!(told.contains("did not answer within 0 seconds"), "{told}");
    run(&pool, &SMALL, &images::small()).unwrap();
}

/// Answers three classes after hours: products of large matrices, one after the other.
fn endless() -> Graph {
    let mut graph = Graph::new(&[1, 3, 4, 4])
        .constant("size", &[2], Numbers::Integers(&[3_000, 3_000]))
        .node("ReduceMean", &["picture"], "mean", &[("keepdims", &[0])])
        .node("Expand", &["mean", "size"], "product0", &[]);
    for n in 0..1_000 {
        let (from, to) = (format!("product{n}"), format!("product{}", n + 1));
        graph = graph.node("MatMul", &[&from, &from], &to, &[]);
    }
    graph
        .node("ReduceMean", &["product1000"], "one", &[("keepdims", &[0])])
        .constant("three", &[2], Numbers::Integers(&[1, 3]))
        .node("Expand", &["one", "three"], "classes", &[])
        .output("classes")
}

/// Answers three classes, and on the way there blows one number up to 4 GB of them.
fn hungry() -> Graph {
    Graph::new(&[1, 3, 4, 4])
        .constant("size", &[2], Numbers::Integers(&[1_000, 1_000_000]))
        .node("ReduceMean", &["picture"], "mean", &[("keepdims", &[0])])
        .node("Expand", &["mean", "size"], "large", &[])
        .node("Neg", &["large"], "larger", &[])
        .node("ReduceMean", &["larger"], "one", &[("keepdims", &[0])])
        .constant("three", &[2], Numbers::Integers(&[1, 3]))
        .node("Expand", &["one", "three"], "classes", &[])
        .output("classes")
}

fn a_model_that_eats_memory_fails_alone() {
    let pool = Pool::new(PoolConfig { memory_limit_mb: 500, ..config() });
    let told = check_model(&pool, NAMES, &hungry().file()).unwrap_err();
    assert!(told.contains("more memory than the 500 MB"), "{told}");
    run(&pool, &SMALL, &images::small()).unwrap();
}

fn a_model_that_fails_an_image_is_named() {
    let dir = tempfile::tempdir().unwrap();
    install(dir.path());
    let config = || PoolConfig { models_dirs: vec![dir.path().into()], ..config() };
    let mut question = question();
    question.models.push(ModelUse { id: "bad".into(), file: "bad.onnx".into(), ..question.models[0].clone() });
    let check = |pool: PoolConfig, bad: &Graph, expected: TaskError| {
        fs::write(dir.path().join("bad.onnx"), bad.file()).unwrap();
        let error = try_to_ask(&Pool::new(pool), &question).unwrap_err();
        assert_eq!(error, TaskError::Look { model: "bad".into(), error: expected.into() });
    };
    let look_timeout = Duration::from_secs(2);
    check(PoolConfig { look_timeout, ..config() }, &endless(), TaskError::Timeout { seconds: 2 });
    check(PoolConfig { timeout: look_timeout, ..config() }, &endless(), TaskError::Timeout { seconds: 2 });
    check(PoolConfig { memory_limit_mb: 500, ..config() }, &hungry(), TaskError::MemoryLimit { limit_mb: 500 });
}

fn a_model_outside_the_models_folder_stays_out() {
    let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    install(outside.path());
    let pool = Pool::new(PoolConfig { models_dirs: vec![dir.path().into()], ..config() });
    let outside = outside.path().file_name().unwrap().to_str().unwrap();
    let mut question = question();
    question.models[0].file = format!("../{outside}/colours.onnx");
    let told = ask(&pool, &question);
    assert!(told.faults[0].message.contains("within the models folder") && !told.faults[0].missing, "{told:?}");
}
