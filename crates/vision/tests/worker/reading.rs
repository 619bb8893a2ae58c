//! Reading text through a worker, with the real engine. Needs the models; without them it says so loudly.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use legible_vision::worker::{Answer, CancelToken, Pool, PoolConfig, Task, TaskError};

use crate::faults::kill;
use crate::images;
use crate::pools::{SMALL, config, run};

pub const TESTS: &[(&str, fn())] = &[
    ("a_missing_engine_or_model_is_told", a_missing_engine_or_model_is_told),
    ("text_is_read", text_is_read),
    ("a_worker_killed_mid_read_costs_one_try", a_worker_killed_mid_read_costs_one_try),
    ("a_read_is_cancelled_soon", a_read_is_cancelled_soon),
    ("a_read_over_the_memory_limit_fails_alone", a_read_over_the_memory_limit_fails_alone),
];

fn read(threads: usize) -> Task {
    Task::Read { engine: "ppocr".into(), threads, languages: vec![] }
}

/// A pool that finds the models named by `LEGIBLE_MODELS_DIR`, if they are there.
fn with_models(change: impl FnOnce(PoolConfig) -> PoolConfig) -> Option<Pool> {
    let dir = std::env::var_os("LEGIBLE_MODELS_DIR").map(PathBuf::from);
    let dir = dir.filter(|dir| dir.join("PP-OCRv6_det_small.onnx").is_file());
    if dir.is_none() {
        eprintln!("SKIPPED: LEGIBLE_MODELS_DIR names no directory with the models; run `cargo xtask test`");
    }
    dir.map(|dir| Pool::new(change(PoolConfig { models_dirs: vec!["/nowhere".into(), dir], ..config() })))
}

fn text_of(answer: Answer) -> String {
    match answer {
        Answer::Reading { reading, .. } => reading.text(),
        _ => panic!("{answer:?}"),
    }
}

fn a_missing_engine_or_model_is_told() {
    let models = tempfile::tempdir().unwrap();
    let pool = Pool::new(PoolConfig { models_dirs: vec![models.path().into()], ..config() });
    let check = |engine: &str, code: &str| {
        let error = run(&pool, &Task::Read { engine: engine.into(), threads: 1, languages: vec![] }, &images::small())
            .unwrap_err();
        assert_eq!((error.code(), error.retryable()), (code, false), "{error}");
        assert!(error.hint().is_some());
    };
    check("ppocr", "model-missing");
    check("ocrs", "model-missing");
    check("mind-reader", "engine-unknown");
}

fn text_is_read() {
    let Some(pool) = with_models(|c| c) else { return };
    let mut told = Vec::new();
    let mut pids = Vec::new();
    for threads in [1, 2, 2] {
        let answer = pool.run(&read(threads), &images::hello(3), &CancelToken::new(), &mut |f| told.push(f)).unwrap();
        assert_eq!(text_of(answer), ["HELLO WHEEL"; 3].join("\n"));
        pids.extend(pool.pids());
    }
    assert!(pids.iter().all(|pid| *pid == pids[0]), "one worker did it all: {pids:?}");
    assert!(told.iter().any(|f| (0.01..0.999).contains(f)), "{told:?}");
}

fn a_worker_killed_mid_read_costs_one_try() {
    let Some(pool) = with_models(|c| c) else { return };
    let (image, cancel) = (images::hello(20), CancelToken::new());
    let mut victim = None;
    let error = pool.run(&read(2), &image, &cancel, &mut |_| {
        if victim.is_none() {
            victim = Some(pool.pids()[0]);
            kill(pool.pids()[0]);
        }
    });
    assert!(matches!(error, Err(TaskError::Crashed { .. })), "{error:?}");
    let answer = run(&pool, &read(2), &image).unwrap();
    assert_eq!(text_of(answer), ["HELLO WHEEL"; 20].join("\n"));
    assert_ne!(pool.pids(), [victim.unwrap()]);
}

fn a_read_is_cancelled_soon() {
    let Some(pool) = with_models(|c| c) else { return };
    let (image, cancel) = (images::hello(40), CancelToken::new());
    let mut cancelled_at = None;
    let result = pool.run(&read(1), &image, &cancel, &mut |_| {
        cancelled_at.get_or_insert_with(Instant::now);
        cancel.cancel();
    });
    assert_eq!(result, Err(TaskError::Cancelled));
    let took = cancelled_at.unwrap().elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}");
    // Whether words so far apart are one line or two is not this test's business.
    let text = text_of(run(&pool, &read(1), &images::hello(1)).unwrap());
    assert_eq!(text.split_whitespace().collect::<Vec<_>>(), ["HELLO", "WHEEL"]);
}

fn a_read_over_the_memory_limit_fails_alone() {
    let Some(pool) = with_models(|c| PoolConfig { memory_limit_mb: 300, ..c }) else { return };
    let error = run(&pool, &read(2), &images::black(12_000, 12_000)).unwrap_err();
    assert_eq!(error, TaskError::MemoryLimit { limit_mb: 300 });
    run(&pool, &SMALL, &images::small()).unwrap();
}
