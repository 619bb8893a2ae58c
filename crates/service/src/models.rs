//! Which models are here. Looked up often, so the answer is kept until something is installed.

use crate::api::{Event, ModelView, Models};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::places::Places;
use crate::service::Service;
use legible_models::{Manifest, Progress, Sources};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// The manifest and the directories that are searched for its files.
pub struct ModelShelf {
    manifest: Manifest,
    dirs: Vec<PathBuf>,
    target: PathBuf,
}

impl ModelShelf {
    /// The shelf of these places.
    ///
    /// # Errors
    /// When the manifest that is built in cannot be parsed: a mistake of ours.
    pub fn new(places: &Places) -> Result<Self> {
        let (dirs, target) = (places.models.clone(), places.models_target());
        Ok(ModelShelf { manifest: Manifest::builtin()?, dirs, target })
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

    /// The files that an engine needs and that are not here. Looks at names and sizes; [`Manifest::verify`] at content.
    pub fn missing(&self, engine: &str) -> Vec<String> {
        self.manifest
            .for_feature(engine)
            .filter(|model| self.manifest.locate(&model.file, &self.dirs).is_none())
            .map(|model| model.file.clone())
            .collect()
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
            if self.manifest.locate(&model.file, &self.dirs).is_none() {
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
