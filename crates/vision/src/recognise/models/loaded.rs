//! The models in memory: loaded once, kept while their files and contracts stay the same, the longest unused let go first.

use std::collections::VecDeque;
use std::fs::Metadata;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rten::ThreadPool;

use super::{ModelError, ModelUse, Recogniser, load, names};
use crate::limits::{MAX_LABEL_FILE_BYTES, MAX_LOADED_MODEL_BYTES, MAX_LOADED_MODELS, MAX_MODEL_BYTES};
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
    /// The files as they were: paths, sizes, times of their last change.
    files: Vec<FileState>,
    bytes: u64,
    /// One that cannot be used is not tried again with each image.
    model: Result<Box<dyn Recogniser>, ModelError>,
}

#[derive(PartialEq)]
struct FileState {
    path: PathBuf,
    bytes: u64,
    changed: Option<std::time::SystemTime>,
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
        let files = self.files(wanted)?;
        let known = self.loaded.iter().position(|loaded| loaded.of == *wanted && loaded.files == files);
        let loaded = match known.and_then(|at| self.loaded.remove(at)) {
            Some(loaded) => loaded,
            None => {
                self.loaded.retain(|loaded| loaded.of.id != wanted.id);
                let bytes = files.iter().map(|file| file.bytes).sum();
                self.make_room(bytes);
                let model = self.load(wanted, &files);
                Loaded { of: wanted.clone(), files, bytes, model }
            }
        };
        self.loaded.push_back(loaded);
        match &self.loaded[self.loaded.len() - 1].model {
            Ok(model) => Ok(model.as_ref()),
            Err(error) => Err(error.clone()),
        }
    }

    fn make_room(&mut self, bytes: u64) {
        let taken = |loaded: &VecDeque<Loaded>| loaded.iter().map(|loaded| loaded.bytes).sum::<u64>();
        while self.loaded.len() >= MAX_LOADED_MODELS || taken(&self.loaded) + bytes > MAX_LOADED_MODEL_BYTES {
            if self.loaded.pop_front().is_none() {
                return;
            }
        }
    }

    /// The model's file and, if it has one, its label file.
    fn files(&self, wanted: &ModelUse) -> Result<Vec<FileState>, ModelError> {
        let file = self.find(&wanted.file, MAX_MODEL_BYTES)?;
        let labels = wanted.labels.as_ref().map(|labels| self.find(labels, MAX_LABEL_FILE_BYTES)).transpose()?;
        Ok([file].into_iter().chain(labels).collect())
    }

    fn find(&self, file: &str, most_bytes: u64) -> Result<FileState, ModelError> {
        let unusable = |detail: String| ModelError::File { file: file.to_string(), detail };
        if !is_relative(file) {
            return Err(unusable("its name must be a path within the models folder".into()));
        }
        let there = |path: PathBuf| path.metadata().ok().filter(Metadata::is_file).map(|data| (path, data));
        let found = self.dirs.iter().find_map(|dir| there(dir.join(file)));
        let (path, data) = found.ok_or_else(|| ModelError::Missing { file: file.to_string() })?;
        if data.len() > most_bytes {
            let (has, most) = (data.len() >> 20, most_bytes >> 20);
            return Err(unusable(format!("it has {has} MB, and {most} MB is the most that is loaded")));
        }
        Ok(FileState { path, bytes: data.len(), changed: data.modified().ok() })
    }

    fn load(&mut self, wanted: &ModelUse, files: &[FileState]) -> Result<Box<dyn Recogniser>, ModelError> {
        let read = |file: &FileState| {
            let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            std::fs::read(&file.path).map_err(|error| ModelError::File { file: name, detail: error.to_string() })
        };
        let names = files.get(1).map(|file| read(file).and_then(|bytes| names::names(&bytes))).transpose()?;
        let bytes = files.first().map_or_else(|| Ok(Vec::new()), read)?;
        let threads = self.threads;
        let pool = self.pool.get_or_insert_with(|| Arc::new(ThreadPool::with_num_threads(threads)));
        Ok(Box::new(load(bytes, &wanted.contract, names.unwrap_or_default(), Arc::clone(pool))?))
    }
}

/// Whether it names a file beneath a directory, whichever that is, on every system.
fn is_relative(file: &str) -> bool {
    let plain = !file.is_empty() && !file.contains(['\\', ':', '\0']);
    plain && Path::new(file).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_lie_beneath_the_models_directory() {
        let check = |file: &str, expected: bool| assert_eq!(is_relative(file), expected, "{file}");
        check("model.onnx", true);
        check("own/mushrooms/model.onnx", true);
        for file in ["", "/etc/passwd", "../x", "own/../../x", "./x", r"..\x", r"C:\x", "C:x", "a\0b"] {
            check(file, false);
        }
    }
}
