//! The `ocrs` engine: the ocrs crate with its own models for Latin script.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use image::RgbImage;
use legible_reading::{Engine, Line, Quad, Reading, Script, Word};
use ocrs::{ImageSource, OcrEngine, OcrEngineParams, TextItem, TextLine};
use rten::Model;

use crate::engine::{LoadError, ReadError, TextEngine, Watch, find_model};
use crate::layout;
use crate::ppocr::panic_message;

/// The engine's name.
pub const NAME: &str = "ocrs";

const DETECTOR: &str = "text-detection.rten";
const RECOGNISER: &str = "text-recognition.rten";
pub(crate) const VERSION: &str = "ocrs-0.13/1";
/// The scripts that its models know.
pub(crate) const SCRIPTS: &[Script] = &[Script::Latin];
/// ocrs tells no confidence. This one says "read, but not measured": below what ppocr gives to clear text.
const CONFIDENCE: f32 = 0.5;
const DETECTION_SHARE: f32 = 0.4;

/// The ocrs models, loaded. Runs on rten's own shared threads: ocrs offers no choice.
pub struct Ocrs {
    engine: Engine,
    ocrs: OcrEngine,
}

impl Ocrs {
    /// Loads `text-detection.rten` and `text-recognition.rten`, each from the first of `dirs` that has it.
    ///
    /// # Errors
    /// [`LoadError::ModelMissing`] or [`LoadError::ModelUnusable`].
    pub fn load(dirs: &[PathBuf]) -> Result<Self, LoadError> {
        let [detector, recogniser] = [DETECTOR, RECOGNISER].map(|file| {
            let path = find_model(dirs, file)?;
            Model::load_file(&path).map_err(|error| LoadError::ModelUnusable { path, detail: error.to_string() })
        });
        let params = OcrEngineParams {
            detection_model: Some(detector?),
            recognition_model: Some(recogniser?),
            ..Default::default()
        };
        let ocrs = OcrEngine::new(params).map_err(|error| LoadError::ModelUnusable {
            path: find_model(dirs, DETECTOR).unwrap_or_else(|_| PathBuf::from(DETECTOR)),
            detail: error.to_string(),
        })?;
        Ok(Ocrs { engine: Engine { name: NAME.to_string(), version: VERSION.to_string() }, ocrs })
    }

    fn read_unguarded(&self, image: &RgbImage, watch: &dyn Watch) -> Result<Vec<Line>, ReadError> {
        let inference = |error: &dyn std::fmt::Display| ReadError::Inference(error.to_string());
        stop_if_cancelled(watch)?;
        let source = ImageSource::from_bytes(image.as_raw(), image.dimensions()).map_err(|e| inference(&e))?;
        let input = self.ocrs.prepare_input(source).map_err(|e| inference(&e))?;
        let words = self.ocrs.detect_words(&input).map_err(|e| inference(&e))?;
        let rows = self.ocrs.find_text_lines(&input, &words);
        watch.progress(if rows.is_empty() { 1.0 } else { DETECTION_SHARE });
        let mut lines = Vec::new();
        for (done, row) in rows.iter().enumerate() {
            stop_if_cancelled(watch)?;
            let read = self.ocrs.recognize_text(&input, std::slice::from_ref(row)).map_err(|e| inference(&e))?;
            lines.extend(read.into_iter().flatten().filter_map(|text| line(&text)));
            watch.progress(DETECTION_SHARE + (1.0 - DETECTION_SHARE) * (done + 1) as f32 / rows.len() as f32);
        }
        Ok(lines)
    }
}

impl TextEngine for Ocrs {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn read(&self, image: &RgbImage, _languages: &[String], watch: &dyn Watch) -> Result<Reading, ReadError> {
        let (width, height) = image.dimensions();
        let lines = catch_unwind(AssertUnwindSafe(|| self.read_unguarded(image, watch)))
            .unwrap_or_else(|panic| Err(ReadError::Inference(panic_message(panic.as_ref()))))?;
        Ok(Reading { engine: self.engine.clone(), width, height, lines: layout::in_reading_order(lines, |quad| *quad) })
    }
}

fn stop_if_cancelled(watch: &dyn Watch) -> Result<(), ReadError> {
    if watch.cancelled() { Err(ReadError::Cancelled) } else { Ok(()) }
}

fn line(text: &TextLine) -> Option<Line> {
    let words: Vec<Word> =
        text.words().map(|word| Word { text: word.to_string(), quad: quad(&word), confidence: CONFIDENCE }).collect();
    let trimmed = text.to_string().trim().to_string();
    (!trimmed.is_empty()).then(|| Line { text: trimmed, quad: quad(text), confidence: CONFIDENCE, words })
}

fn quad(item: &impl TextItem) -> Quad {
    let bounds = item.bounding_rect();
    Quad::from_edges(bounds.left() as f32, bounds.top() as f32, bounds.right() as f32, bounds.bottom() as f32)
}

#[cfg(test)]
mod tests {
    use rten_imageproc::Rect;

    use super::*;

    #[test]
    fn missing_models_are_named_with_what_to_do() {
        let error = Ocrs::load(&[PathBuf::from("/nowhere")]).err().unwrap();
        assert_eq!(error.to_string(), "the model text-detection.rten is not installed (looked in /nowhere)");
        assert_eq!(error.hint(), "Run `legible models install`.");
    }

    #[test]
    fn characters_become_words_with_boxes() {
        let chars = "ab c".chars().enumerate();
        let chars = chars.map(|(i, char)| ocrs::TextChar { char, rect: Rect::from_tlhw(5, i as i32 * 10, 20, 10) });
        let line = line(&TextLine::new(chars.collect())).unwrap();
        let words: Vec<_> = line.words.iter().map(|word| (word.text.as_str(), word.quad.edges())).collect();
        assert_eq!(words, [("ab", (0.0, 5.0, 20.0, 25.0)), ("c", (30.0, 5.0, 40.0, 25.0))]);
        assert_eq!((line.text.as_str(), line.quad.edges()), ("ab c", (0.0, 5.0, 40.0, 25.0)));
    }
}
