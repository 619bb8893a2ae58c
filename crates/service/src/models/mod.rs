//! Which models are here. Looked up often, so what was found out about a file is kept until the file changes.
//!
//! [`in_use`] chooses those that look at photos, [`described`] makes labels of descriptions, [`own`] those of the person's own, [`check`]
//! runs one before it is taken, [`faults`] switches off those that fail, and [`view`] tells a front end of all of them.

mod check;
mod damaged;
mod described;
mod faults;
mod in_use;
mod own;
mod remove;
#[cfg(test)]
mod tests;
mod view;

use crate::api::ModelChoices;
use crate::error::{Error, Result};
use crate::places::Places;
use crate::settings::SettingsFile;
pub use check::checking_pool;
pub use damaged::Damaged;
pub use described::Describer;
use described::Vocabulary;
pub use faults::Looks;
pub(crate) use in_use::choice;
pub use in_use::{AUTOMATIC, NONE};
pub use legible_models::Progress;
use legible_models::{Manifest, Model, Sources, State};
pub use legible_vision::worker::CancelToken;
pub use remove::Removed;
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
    /// The models whose lists of labels could not be written when that was tried last, and why.
    unwritten: Mutex<HashMap<String, String>>,
    /// How often vocabularies could not be described. Held while one is described.
    describing: Mutex<HashMap<String, u32>>,
    changing_faults: Mutex<()>,
}

/// A file as it was: path, size in bytes, time of its last change.
type Seen = (PathBuf, u64, SystemTime);

impl ModelShelf {
    /// The shelf of these places.
    ///
    /// # Errors
    /// When the manifest that is built in cannot be parsed: a mistake of ours.
    pub fn new(places: &Places) -> Result<Self> {
        Ok(Self::with(Manifest::builtin()?, places))
    }

    /// The shelf of these places, with the models of this manifest.
    pub fn with(manifest: Manifest, places: &Places) -> Self {
        Self::from_sources(manifest, places.models.clone(), places.models_target(), Sources::from_env())
    }

    fn from_sources(manifest: Manifest, dirs: Vec<PathBuf>, target: PathBuf, sources: Sources) -> Self {
        let (checked, unwritten) = (Mutex::default(), Mutex::default());
        let (describing, changing_faults) = (Mutex::default(), Mutex::default());
        ModelShelf { manifest, dirs, target, sources, checked, unwritten, describing, changing_faults }
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

    /// The models of these names, each once: a name is that of a model or of a pack. Without names, the default ones.
    ///
    /// # Errors
    /// When there is neither model nor pack of a name.
    pub fn named(&self, ids: &[String]) -> Result<Vec<&Model>> {
        if ids.is_empty() {
            return Ok(self.manifest.default_models().collect());
        }
        let mut named: Vec<&Model> = Vec::new();
        for id in ids {
            let found: Vec<&Model> = match self.manifest.pack(id) {
                Some(pack) => self.manifest.models_of(pack).collect(),
                None => self.manifest.find(id).into_iter().collect(),
            };
            if found.is_empty() {
                return Err(unknown(id));
            }
            for model in found {
                if !named.iter().any(|other| other.id == model.id) {
                    named.push(model);
                }
            }
        }
        Ok(named)
    }

    /// The file of a model, if it is here and sound.
    fn sound(&self, model: &Model) -> Option<PathBuf> {
        let path = self.manifest.locate(&model.file, &self.dirs)?;
        self.is_sound(&path, || model.is_intact(&path)).then_some(path)
    }

    /// Whether a file is sound: looked into once, and again when the file changes.
    fn is_sound(&self, path: &Path, look: impl FnOnce() -> bool) -> bool {
        let Ok(metadata) = path.metadata() else { return false };
        let Ok(changed) = metadata.modified() else { return look() };
        let seen = (path.to_path_buf(), metadata.len(), changed);
        let known = self.checked().get(&seen).copied();
        known.unwrap_or_else(|| {
            let sound = look();
            if !sound {
                tracing::info!(path = %path.display(), "the file of a model is damaged and passed over");
            }
            self.checked().insert(seen, sound);
            sound
        })
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

    fn unwritten(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// When it is none of the manifest's models, cannot be copied, or that was cancelled.
    pub fn add(&self, file: &Path, cancel: &CancelToken) -> Result<PathBuf> {
        Ok(legible_models::add(&self.manifest, file, &self.target, cancel.flag())?.path)
    }

    /// Those of the models that are not here and sound.
    pub fn absent<'a>(&self, models: &[&'a Model]) -> Vec<&'a Model> {
        models.iter().filter(|model| self.sound(model).is_none()).copied().collect()
    }

    /// Installs those of the models that are missing, switches them on, and returns where all of them lie. Blocks.
    ///
    /// # Errors
    /// The first model that no source gives; those before it stay.
    pub fn install(
        &self,
        models: &[&Model],
        cancel: &AtomicBool,
        tell: &mut dyn FnMut(&str, Progress),
    ) -> Result<Vec<PathBuf>> {
        let install = |model: &&Model| {
            self.switch_on(&model.id);
            if let Some(path) = self.sound(model) {
                return Ok(path);
            }
            let mut tell = |progress: Progress| tell(&model.id, progress);
            Ok(legible_models::install(model, &self.target, &self.sources, &mut tell, cancel)?.path)
        };
        models.iter().map(install).collect()
    }
}

/// What is chosen in the settings of these places; the defaults while the settings cannot be read.
pub fn choices(places: &Places) -> ModelChoices {
    let settings = SettingsFile::new(places);
    settings.load().unwrap_or_else(|_| settings.defaults().clone()).models
}

/// What is said of a name that no model and no pack has.
fn unknown(id: &str) -> Error {
    Error::BadRequest(format!("there is no model or pack {id}; `legible models list` names them all"))
}
