//! Which models are here. Looked up often, so what was found out about a file is kept until the file changes.

use crate::api::{ModelView, Models};
use crate::error::{Error, Result};
use crate::places::Places;
pub use legible_models::Progress;
use legible_models::{Manifest, Model, Sources, State};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// The manifest and the directories that are searched for its files.
pub struct ModelShelf {
    manifest: Manifest,
    dirs: Vec<PathBuf>,
    target: PathBuf,
    sources: Sources,
    /// Whether files were sound when their content was checked.
    checked: Mutex<HashMap<Seen, bool>>,
}

/// A file as it was: path, size in bytes, time of its last change.
type Seen = (PathBuf, u64, SystemTime);

impl ModelShelf {
    /// The shelf of these places.
    ///
    /// # Errors
    /// When the manifest that is built in cannot be parsed: a mistake of ours.
    pub fn new(places: &Places) -> Result<Self> {
        let (dirs, target) = (places.models.clone(), places.models_target());
        let (manifest, sources) = (Manifest::builtin()?, Sources::from_env());
        Ok(ModelShelf { manifest, dirs, target, sources, checked: Mutex::default() })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The directories that are searched, in order.
    pub fn dirs(&self) -> &[PathBuf] {
        &self.dirs
    }

    /// The models that an engine needs and that are not here, or not what they should be. The content of a file is
    /// checked once and again when the file changes, which takes a while: not for async code.
    pub fn missing(&self, engine: &str) -> Vec<&Model> {
        let of_engine = self.manifest.models().iter().filter(|model| model.feature == engine);
        of_engine.filter(|model| self.sound(model).is_none()).collect()
    }

    /// The models to have for an engine: the default ones and its own.
    pub fn wanted(&self, engine: &str) -> Vec<&Model> {
        self.manifest.models().iter().filter(|model| model.default || model.feature == engine).collect()
    }

    /// The models of these names; without names, the default ones.
    ///
    /// # Errors
    /// When there is no model of a name.
    pub fn named(&self, ids: &[String]) -> Result<Vec<&Model>> {
        if ids.is_empty() {
            return Ok(self.manifest.default_models().collect());
        }
        let find = |id: &String| {
            let unknown = || format!("there is no model {id}; `legible models list` names them all");
            self.manifest.find(id).ok_or_else(|| Error::BadRequest(unknown()))
        };
        ids.iter().map(find).collect()
    }

    /// The file of a model, if it is here and sound.
    fn sound(&self, model: &Model) -> Option<PathBuf> {
        let path = self.manifest.locate(&model.file, &self.dirs)?;
        let metadata = path.metadata().ok()?;
        let seen = (path.clone(), metadata.len(), metadata.modified().ok()?);
        let known = self.checked().get(&seen).copied();
        let sound = known.unwrap_or_else(|| {
            let sound = model.is_intact(&path);
            self.checked().insert(seen, sound);
            sound
        });
        sound.then_some(path)
    }

    /// Whether the file of a model is sound, hashed now whatever is known of it; `None` when it is not installed. A sound
    /// file makes up for a damaged one in another directory. Takes a while: not for async code.
    pub fn is_sound_now(&self, model: &Model) -> Option<bool> {
        let files: Vec<_> = self.dirs.iter().map(|dir| dir.join(&model.file)).filter(|path| path.exists()).collect();
        // A file may be damaged without looking changed.
        self.checked().retain(|(path, ..), _| !files.contains(path));
        (!files.is_empty()).then(|| files.iter().any(|path| model.is_intact(path)))
    }

    fn checked(&self) -> MutexGuard<'_, HashMap<Seen, bool>> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks the content of all models: file name, whether it is a default one, and `good`, `missing` or what is wrong.
    pub fn verified(&self) -> Vec<(String, bool, String)> {
        let told = |status: legible_models::Status| {
            let state = match status.state {
                State::Present(_) => "good".to_owned(),
                State::Missing => "missing".to_owned(),
                State::Damaged { path, reason } => format!("damaged: {}: {reason}", path.display()),
            };
            (status.model.file.clone(), status.model.default, state)
        };
        self.manifest.verify(&self.dirs).into_iter().map(told).collect()
    }

    /// Adds a model from a file, known by its content; returns where it lies now.
    ///
    /// # Errors
    /// When it is none of the manifest's models, or cannot be copied.
    pub fn add(&self, file: &Path) -> Result<PathBuf> {
        Ok(legible_models::add(&self.manifest, file, &self.target)?.path)
    }

    /// All models for a front end.
    pub fn view(&self) -> Models {
        let view = |status: &legible_models::Status| ModelView {
            id: status.model.id.clone(),
            purpose: status.model.purpose.clone(),
            bytes: status.model.bytes,
            licence: status.model.licence.clone(),
            default: status.model.default,
            installed: status.state.is_present(),
        };
        Models { models: self.manifest.status(&self.dirs).iter().map(view).collect() }
    }

    /// Installs those of the models that are missing and returns where all of them lie. Blocks.
    ///
    /// # Errors
    /// The first model that no source gives; those before it stay.
    pub fn install(
        &self,
        models: &[&Model],
        cancel: &AtomicBool,
        tell: &mut dyn FnMut(&str, Progress),
    ) -> Result<Vec<PathBuf>> {
        let install = |model: &&Model| match self.sound(model) {
            Some(path) => Ok(path),
            None => {
                let mut tell = |progress: Progress| tell(&model.id, progress);
                Ok(legible_models::install(model, &self.target, &self.sources, &mut tell, cancel)?.path)
            }
        };
        models.iter().map(install).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const MANIFEST: &str = r#"
        [[model]]
        id = "reads"
        file = "reads.onnx"
        feature = "ppocr"
        purpose = ""
        default = true
        bytes = 3
        sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        licence = "MIT"
        attribution = "a"
        source = [{ url = "http://127.0.0.1:1/reads.onnx" }]
        [[model]]
        id = "other-reads"
        file = "other.onnx"
        feature = "ocrs"
        purpose = ""
        default = false
        bytes = 3
        sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        licence = "MIT"
        attribution = "a"
        source = [{ url = "http://127.0.0.1:1/other.onnx" }]
    "#;

    /// A shelf with two models of the text "abc", which can be had from the directory `from`.
    fn shelf(home: &Path) -> ModelShelf {
        let (from, target) = (home.join("from"), home.join("models"));
        fs::create_dir_all(&from).unwrap();
        fs::create_dir_all(&target).unwrap();
        ["reads.onnx", "other.onnx"].iter().for_each(|file| fs::write(from.join(file), "abc").unwrap());
        let sources = Sources { models_dir: Some(from), ..Sources::from_env() };
        let manifest = Manifest::parse(MANIFEST).unwrap();
        ModelShelf { manifest, dirs: vec![target.clone()], target, sources, checked: Mutex::default() }
    }

    fn ids(models: Vec<&Model>) -> Vec<&str> {
        models.iter().map(|model| model.id.as_str()).collect()
    }

    #[test]
    fn what_an_engine_wants_is_installed_with_the_default_models() {
        let home = tempfile::tempdir().unwrap();
        let shelf = shelf(home.path());
        let install = |models: &[&Model]| {
            let paths = shelf.install(models, &AtomicBool::new(false), &mut |_, _| ()).unwrap();
            paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids(shelf.missing("ocrs")), ["other-reads"]);
        assert_eq!(install(&shelf.named(&[]).unwrap()), ["reads.onnx"]);
        assert_eq!(ids(shelf.missing("ocrs")), ["other-reads"]);
        assert_eq!(install(&shelf.wanted("ocrs")), ["reads.onnx", "other.onnx"]);
        assert_eq!((ids(shelf.missing("ocrs")), ids(shelf.missing("ppocr"))), (vec![], vec![]));
        assert_eq!(install(&shelf.named(&["other-reads".into()]).unwrap()), ["other.onnx"], "just what was asked for");
        assert!(matches!(shelf.named(&["none".into()]), Err(Error::BadRequest(_))));
    }

    #[test]
    fn a_file_is_hashed_again_only_when_it_changes() {
        let home = tempfile::tempdir().unwrap();
        let shelf = shelf(home.path());
        let file = home.path().join("models/reads.onnx");
        let write = |text: &str, seconds: u64| {
            fs::write(&file, text).unwrap();
            let changed = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            fs::File::options().write(true).open(&file).unwrap().set_modified(changed).unwrap();
            shelf.missing("ppocr").is_empty()
        };
        assert!(!write("abd", 1000));
        assert!(!write("abc", 1000), "it looks the same, so it is not looked into");
        assert!(write("abc", 1001));
        assert!(write("abd", 1001));
        assert!(!write("abd", 1002));
        assert!(!write("abc", 1002));
        let now = |id: &str| shelf.is_sound_now(shelf.manifest.find(id).unwrap());
        assert_eq!((now("reads"), now("other-reads")), (Some(true), None));
        assert!(shelf.missing("ppocr").is_empty(), "what was known of it is forgotten");
        assert!(write("abd", 1002));
        assert_eq!((now("reads"), ids(shelf.missing("ppocr"))), (Some(false), vec!["reads"]));
    }
}
