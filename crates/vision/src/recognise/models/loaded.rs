//! The models in memory: loaded once, kept while their files and contracts stay the same, the longest unused let go first.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use rten::ThreadPool;

use super::files::Files;
use super::{ModelError, ModelUse, Recogniser, load};
use crate::limits::{MAX_LOADED_MODEL_BYTES, MAX_LOADED_MODELS};
use crate::worker::limits::MAX_THREADS;

/// Models from some directories.
pub struct Models {
    dirs: Vec<PathBuf>,
    threads: usize,
    pool: Option<Arc<ThreadPool>>,
    /// The last used one comes last.
    loaded: VecDeque<Loaded>,
}

struct Loaded {
    of: ModelUse,
    files: Files,
    /// One that cannot be used is not tried again with each image.
    model: Result<Box<dyn Recogniser>, ModelError>,
}

impl Models {
    /// None yet; each is looked for in `dirs` in order.
    pub fn new(dirs: Vec<PathBuf>) -> Self {
        Models { dirs, threads: 1, pool: None, loaded: VecDeque::new() }
    }

    /// On how many threads models run from now on, at least one.
    pub fn run_on(&mut self, threads: usize) {
        let threads = threads.clamp(1, MAX_THREADS);
        if self.threads != threads {
            // Each model holds the threads that it runs on.
            self.loaded.clear();
            self.pool = None;
            self.threads = threads;
        }
    }

    /// The model, from memory or from its files.
    ///
    /// # Errors
    /// [`ModelError`], the same again until the files or the contract change.
    pub fn get(&mut self, wanted: &ModelUse) -> Result<&dyn Recogniser, ModelError> {
        let files = Files::of(wanted, &self.dirs)?;
        let known = self.loaded.iter().position(|loaded| loaded.of == *wanted && loaded.files == files);
        let loaded = match known.and_then(|at| self.loaded.remove(at)) {
            Some(loaded) => loaded,
            None => {
                self.loaded.retain(|loaded| loaded.of.id != wanted.id);
                self.make_room(files.bytes());
                let model = self.load(wanted, &files);
                Loaded { of: wanted.clone(), files, model }
            }
        };
        self.loaded.push_back(loaded);
        match &self.loaded[self.loaded.len() - 1].model {
            Ok(model) => Ok(model.as_ref()),
            Err(error) => Err(error.clone()),
        }
    }

    fn make_room(&mut self, bytes: u64) {
        let taken = |loaded: &VecDeque<Loaded>| loaded.iter().map(|loaded| loaded.files.bytes()).sum::<u64>();
        while self.loaded.len() >= MAX_LOADED_MODELS || taken(&self.loaded) + bytes > MAX_LOADED_MODEL_BYTES {
            if self.loaded.pop_front().is_none() {
                return;
            }
        }
    }

    fn load(&mut self, wanted: &ModelUse, files: &Files) -> Result<Box<dyn Recogniser>, ModelError> {
        let threads = self.threads;
        let pool = self.pool.get_or_insert_with(|| Arc::new(ThreadPool::with_num_threads(threads)));
        Ok(Box::new(load(files.model.read()?, &wanted.contract, files.vocabulary()?, Arc::clone(pool))?))
    }
}
