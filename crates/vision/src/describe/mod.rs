//! Descriptions in words, as directions in the space of a model that looks at images: an image that looks as described lies
//! near (CLIP, Radford et al. 2021, arXiv 2103.00020).

mod tokens;
mod tower;

use std::path::PathBuf;
use std::sync::Arc;

use legible_reading::recognition::contract::TextContract;
use rten::ThreadPool;
use serde::{Deserialize, Serialize};

use crate::limits::MAX_MODEL_BYTES;
use crate::recognise::models::{FileState, ModelError};
use crate::worker::limits::MAX_THREADS;

pub use tower::TextTower;

/// Counts up with the code around models of text: what another version describes may lie elsewhere.
pub const VERSION: &str = "1";

/// A model of text to describe with, and where its file lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextUse {
    /// The ONNX file: a path relative to a models directory, with `/`, and without `..`.
    pub file: String,
    /// How a description goes in and what comes out.
    pub contract: TextContract,
    /// On how many threads it runs; 0 stands for 1.
    #[serde(default)]
    pub threads: usize,
}

/// The model of text from some directories that was used last, kept in memory while its file stays the same.
pub struct TextModels {
    dirs: Vec<PathBuf>,
    loaded: Option<(TextUse, FileState, TextTower)>,
}

impl TextModels {
    /// None yet; each is looked for in `dirs` in order.
    pub fn new(dirs: Vec<PathBuf>) -> Self {
        TextModels { dirs, loaded: None }
    }

    /// The model, from memory or from its file.
    ///
    /// # Errors
    /// [`ModelError`].
    pub fn get(&mut self, wanted: &TextUse) -> Result<&TextTower, ModelError> {
        let file = FileState::find(&self.dirs, &wanted.file, MAX_MODEL_BYTES)?;
        let known = self.loaded.take().filter(|(of, was, _)| of == wanted && *was == file);
        let loaded = match known {
            Some(known) => known,
            None => {
                let threads = ThreadPool::with_num_threads(wanted.threads.clamp(1, MAX_THREADS));
                let tower = TextTower::load(file.read()?, &wanted.contract, Arc::new(threads))?;
                (wanted.clone(), file, tower)
            }
        };
        Ok(&self.loaded.insert(loaded).2)
    }
}
