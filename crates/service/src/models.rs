//! Which models are here. Looked up often, so the answer is kept until something is installed.

use crate::api::{Event, ModelView, Models};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::places::Places;
use crate::service::Service;
pub use legible_models::Progress;
use legible_models::{Manifest, Sources, State};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// The manifest and the directories that are searched for its files.
pub struct ModelShelf {
    manifest: Manifest,
    dirs: Vec<PathBuf>,
    target: PathBuf,
    /// Files whose content was checked, as they were then.
    sound: Mutex<HashSet<(PathBuf, SystemTime)>>,
}

impl ModelShelf {
    /// The shelf of these places.
    ///
    /// # Errors
    /// When the manifest that is built in cannot be parsed: a mistake of ours.
    pub fn new(places: &Places) -> Result<Self> {
        let (dirs, target) = (places.models.clone(), places.models_target());
        Ok(ModelShelf { manifest: Manifest::builtin()?, dirs, target, sound: Mutex::default() })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The directories that are searched, in order.
    pub fn dirs(&self) -> &[PathBuf] {
        &self.dirs
    }

    /// Where models are installed.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The files that an engine needs and that are not here, or not what they should be. The content of a file is
    /// checked once and again when the file changes.
    pub fn missing(&self, engine: &str) -> Vec<String> {
        let unsound = |model: &&legible_models::Model| {
            !self.manifest.locate(&model.file, &self.dirs).is_some_and(|path| self.is_sound(&path))
        };
        self.manifest.for_feature(engine).filter(unsound).map(|model| model.file.clone()).collect()
    }

    fn is_sound(&self, path: &Path) -> bool {
        let Ok(changed) = path.metadata().and_then(|metadata| metadata.modified()) else { return false };
        let key = (path.to_owned(), changed);
        if self.sound.lock().unwrap_or_else(PoisonError::into_inner).contains(&key) {
            return true;
        }
        let checked = self.manifest.verify(&self.dirs);
        let sound = checked.iter().any(|status| matches!(&status.state, State::Present(at) if at == path));
        if sound {
            self.sound.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        }
        sound
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

    /// The files of all models that are here.
    pub fn located(&self) -> Vec<PathBuf> {
        self.manifest.models().iter().filter_map(|model| self.manifest.locate(&model.file, &self.dirs)).collect()
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

    /// Installs the models that are missing among those named, or the default ones. Blocks.
    ///
    /// # Errors
    /// The first model that no source gives; those before it stay.
    pub fn install(&self, ids: &[String], cancel: &AtomicBool, tell: &mut dyn FnMut(&str, Progress)) -> Result<()> {
        let chosen: Vec<_> = if ids.is_empty() {
            self.manifest.default_models().collect()
        } else {
            let find = |id: &String| {
                self.manifest.find(id).ok_or_else(|| {
                    Error::BadRequest(format!("there is no model {id}; `legible models list` names them all"))
                })
            };
            ids.iter().map(find).collect::<Result<_>>()?
        };
        for model in chosen {
            if !self.manifest.locate(&model.file, &self.dirs).is_some_and(|path| self.is_sound(&path)) {
                legible_models::install(
                    model,
                    &self.target,
                    &Sources::from_env(),
                    &mut |p| tell(&model.id, p),
                    cancel,
                )?;
            }
        }
        Ok(())
    }
}

impl Service {
    /// The models.
    ///
    /// # Errors
    /// None as yet; the signature is that of all commands.
    pub async fn models(&self, _: crate::api::NoArgs) -> Result<Models> {
        Ok(self.models_shelf().view())
    }

    /// Fetches the missing default models and the engine's, telling progress as events.
    ///
    /// # Errors
    /// When a model cannot be had from any source.
    pub async fn install_models(&self, _: crate::api::NoArgs) -> Result<Models> {
        let service = self.clone();
        let installed = tokio::task::spawn_blocking(move || {
            let bus = service.bus().clone();
            let mut tell = |model: &str, progress: Progress| {
                if let Progress::Bytes { done, total } = progress {
                    bus.tell(Event::ModelProgress { model: model.to_owned(), done, total });
                }
            };
            service.models_shelf().install(&[], &AtomicBool::new(false), &mut tell)
        });
        installed.await.map_err(|_| Error::Internal("installing models panicked".into()))??;
        self.announce(Changes::work()).await;
        Ok(self.models_shelf().view())
    }
}
