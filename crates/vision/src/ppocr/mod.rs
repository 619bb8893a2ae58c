//! The `ppocr` engine: PP-OCR models (PaddleOCR, Baidu) run by `rten`.
//!
//! A detector marks text in a probability map, [`boxes`] turns the map into rotated rectangles (one per line of text),
//! [`crop`] cuts each out, [`recognise`] reads it, [`turn`] tells from some of them which way up the page is, and
//! [`crate::layout`] puts the lines in reading order. Parameters follow RapidOCR 3.10 so that results compare, except
//! where a comment says otherwise.

mod boxes;
mod crop;
mod ctc;
mod detect;
mod gutters;
mod hull;
mod recognise;
mod sample;
mod turn;
mod vertical;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use image::RgbImage;
use legible_reading::{Engine, Line, Quad, Reading, Script, scripts};
use rayon::prelude::*;
use recognise::LineReader;
use rten::{Model, RunOptions, ThreadPool};
use turn::Turn;

use crate::engine::{LoadError, ReadError, TextEngine, Watch, find_model};
use crate::layout;

/// The engine's name.
pub const NAME: &str = "ppocr";

const DETECTOR: &str = "PP-OCRv6_det_small.onnx";
const RECOGNISER: &str = "PP-OCRv6_rec_small.onnx";
/// Names the models and the code around them. Raise the last number when readings change.
pub(crate) const VERSION: &str = "PP-OCRv6-small/2";
/// The share of a read's progress that detection stands for.
const DETECTION_SHARE: f32 = 0.4;
/// The scripts that the recogniser knows.
pub(crate) const SCRIPTS: &[Script] = &[Script::Latin, Script::Han, Script::Kana];
/// Lines read with a lower confidence are not text.
const MIN_CONFIDENCE: f32 = 0.5;

/// PP-OCR models, loaded. One instance serves many threads.
pub struct PpOcr {
    engine: Engine,
    detector: Model,
    recogniser: Model,
    alphabet: ctc::Alphabet,
    pool: Arc<ThreadPool>,
}

impl PpOcr {
    /// Loads `PP-OCRv6_det_small.onnx` and `PP-OCRv6_rec_small.onnx`, each from the first of `dirs` that has it, to run
    /// on `threads` threads.
    ///
    /// # Errors
    /// [`LoadError::ModelMissing`] or [`LoadError::ModelUnusable`].
    pub fn load(dirs: &[PathBuf], threads: usize) -> Result<Self, LoadError> {
        let detector_path = find_model(dirs, DETECTOR)?;
        let recogniser_path = find_model(dirs, RECOGNISER)?;
        let detector = model(&detector_path)?;
        let recogniser = model(&recogniser_path)?;
        let alphabet = recogniser.metadata().get("character").and_then(ctc::Alphabet::parse).ok_or_else(|| {
            LoadError::ModelUnusable { path: recogniser_path, detail: "it does not name its characters".to_string() }
        })?;
        let engine = Engine { name: NAME.to_string(), version: VERSION.to_string() };
        let pool = Arc::new(ThreadPool::with_num_threads(threads.max(1)));
        Ok(PpOcr { engine, detector, recogniser, alphabet, pool })
    }

    fn options(&self) -> Option<RunOptions> {
        Some(RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool))))
    }

    /// The lines of `image` in reading order.
    fn read_unguarded(&self, image: &RgbImage, expected: &[Script], watch: &dyn Watch) -> Result<Vec<Line>, ReadError> {
        stop_if_cancelled(watch)?;
        let options = || self.options();
        let quads = detect::detect(&self.detector, &options, image, watch)?;
        let likely = turn::likely(&quads);
        let quads: Vec<Quad> = quads.iter().map(|quad| likely.facing(quad)).collect();
        let mut quads = gutters::cut(image, &quads, |quad| likely.on_page(quad, image));
        let progress = Progress { watch, done: Mutex::new(0), total: quads.len() };
        progress.after_detection();
        let (alphabet, surprises) = (&self.alphabet, &self.alphabet.surprises(expected));
        let reader = LineReader { model: &self.recogniser, options: &options, alphabet, surprises, image, watch };
        let read = |quads: &[Quad], turn: Turn| -> Result<Vec<Option<Line>>, ReadError> {
            let read = |quad: &Quad| {
                stop_if_cancelled(watch)?;
                let line = reader.read(&turn.since(likely).facing(quad))?;
                progress.line_done();
                Ok(line)
            };
            self.pool.run(|| quads.par_iter().map(read).collect())
        };
        let count = turn::longest_first(&mut quads);
        let sample = read(&quads[..count], likely)?;
        let turn = turn::of_page(likely, &sample, |other| read(&quads[..count], other))?;
        let (mut lines, rest) = if turn == likely { (sample, &quads[count..]) } else { (Vec::new(), &quads[..]) };
        lines.extend(read(rest, turn)?);
        let lines = lines.into_iter().flatten().filter(|line| line.confidence >= MIN_CONFIDENCE).collect();
        Ok(layout::in_reading_order(lines, |quad| turn.on_page(quad, image)))
    }
}

impl TextEngine for PpOcr {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn read(&self, image: &RgbImage, languages: &[String], watch: &dyn Watch) -> Result<Reading, ReadError> {
        let (width, height) = image.dimensions();
        // rten panics on some inconsistencies inside a model; the models hold no state that a panic could spoil.
        let lines = catch_unwind(AssertUnwindSafe(|| self.read_unguarded(image, &scripts(languages), watch)))
            .unwrap_or_else(|panic| Err(ReadError::Inference(panic_message(panic.as_ref()))))?;
        Ok(Reading { engine: self.engine.clone(), width, height, lines })
    }
}

fn model(path: &Path) -> Result<Model, LoadError> {
    let unusable = |detail: String| LoadError::ModelUnusable { path: path.to_path_buf(), detail };
    match catch_unwind(AssertUnwindSafe(|| Model::load_file(path))) {
        Ok(loaded) => loaded.map_err(|error| unusable(error.to_string())),
        Err(panic) => Err(unusable(panic_message(panic.as_ref()))),
    }
}

pub(crate) fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_string());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it panicked".to_string())
}

fn stop_if_cancelled(watch: &dyn Watch) -> Result<(), ReadError> {
    if watch.cancelled() { Err(ReadError::Cancelled) } else { Ok(()) }
}

fn inference(error: impl std::fmt::Display) -> ReadError {
    ReadError::Inference(error.to_string())
}

/// Tells the watch how far a read is. The lock keeps calls from several threads in order.
struct Progress<'a> {
    watch: &'a dyn Watch,
    done: Mutex<usize>,
    total: usize,
}

impl Progress<'_> {
    fn after_detection(&self) {
        self.watch.progress(if self.total == 0 { 1.0 } else { DETECTION_SHARE });
    }

    fn line_done(&self) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        // Lines of a turned page are read twice.
        *done = (*done + 1).min(self.total);
        self.watch.progress(DETECTION_SHARE + (1.0 - DETECTION_SHARE) * *done as f32 / self.total as f32);
    }
}
