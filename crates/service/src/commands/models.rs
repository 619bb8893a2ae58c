//! Commands on the models: list, install, remove, add from a file.

use crate::api::{Done, Event, ForgetSeen, ModelFile, ModelRef, Models, NoArgs, RemoveModel};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::models::{ModelShelf, Progress};
use crate::service::Service;
use legible_models::Model;
use legible_reading::recognition::Part;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

impl Service {
    /// The models and packs.
    ///
    /// # Errors
    /// None as yet; the signature is that of all commands.
    pub async fn models(&self, _: NoArgs) -> Result<Models> {
        let choices = self.settings_or_defaults().models;
        self.blocking(move |service| Ok(service.models_shelf().view(&choices))).await
    }

    /// Fetches the missing default models and the engine's, telling progress as events.
    ///
    /// # Errors
    /// When a model cannot be had from any source.
    pub async fn install_models(&self, _: NoArgs) -> Result<Models> {
        self.blocking(|service| {
            let engine = service.current_settings()?.engine;
            service.fetch_models(&service.models_shelf().wanted(&engine))
        })
        .await?;
        self.models_changed().await
    }

    /// Fetches the missing models of a pack, or one model, telling progress as events.
    ///
    /// # Errors
    /// When nothing has that name, or a model cannot be had from any source; those before it stay.
    pub async fn install_pack(&self, args: ModelRef) -> Result<Models> {
        let fetched =
            self.blocking(move |service| service.fetch_models(&service.models_shelf().named(&[args.id])?)).await;
        // What came before a failure is here.
        let models = self.models_changed().await;
        fetched.and(models)
    }

    /// Removes a model, the models of a pack that no other pack needs, or a model of the person's own. What it saw stays, or is
    /// forgotten in the background.
    ///
    /// # Errors
    /// When nothing has that name, or a file cannot be deleted.
    pub async fn remove_model(&self, RemoveModel { id, forget }: RemoveModel) -> Result<Models> {
        let removed = self.blocking(move |service| service.models_shelf().remove(&id)).await?;
        for model in removed.gone.into_iter().filter(|_| forget) {
            let parts = Part::SEEN.map(|part| part.name().to_owned()).to_vec();
            self.forget_seen(ForgetSeen { parts, model: Some(model) }).await?;
        }
        self.models_changed().await
    }

    /// Has a model look again that was switched off because it failed on photo after photo.
    ///
    /// # Errors
    /// None as yet; the signature is that of all commands.
    pub async fn switch_on_model(&self, args: ModelRef) -> Result<Models> {
        self.blocking(move |service| Ok(service.models_shelf().switch_on(&args.id))).await?;
        self.models_changed().await
    }

    /// Adds a model from a file: one that Legible knows by its content, or one of the person's own by its TOML, which is run
    /// before it is taken. What is being done is told as events.
    ///
    /// # Errors
    /// What is wrong with the file and what to do, or that [`Service::stop_adding_model`] was called.
    pub async fn add_model(&self, args: ModelFile) -> Result<Models> {
        let path = PathBuf::from(args.path);
        if !path.is_absolute() {
            return Err(Error::BadRequest("the path must be absolute".into()));
        }
        let cancel = self.begin_adding();
        self.blocking(move |service| {
            let shelf = service.models_shelf();
            let bus = service.bus().clone();
            let mut tell = |words: &str| bus.tell(Event::ModelStep { words: words.to_owned() });
            match ModelShelf::is_own(&path) {
                true => shelf.add_own(&path, service.checking_pool(), &cancel, &mut tell).map(drop),
                false => {
                    tell("comparing it with the models that are known");
                    shelf.add(&path, &cancel).map(drop)
                }
            }
        })
        .await?;
        self.models_changed().await
    }

    /// Stops adding a model, which then ends with an error and leaves nothing behind. Without one that is being added, nothing
    /// happens.
    ///
    /// # Errors
    /// None as yet; the signature is that of all commands.
    pub async fn stop_adding_model(&self, _: NoArgs) -> Result<Done> {
        self.stop_adding();
        Ok(Done {})
    }

    /// Fetches those of the models that are missing.
    fn fetch_models(&self, models: &[&Model]) -> Result<Vec<PathBuf>> {
        let bus = self.bus().clone();
        let mut tell = |model: &str, progress: Progress| {
            if let Progress::Bytes { done, total } = progress {
                bus.tell(Event::ModelProgress { model: model.to_owned(), done, total });
            }
        };
        self.models_shelf().install(models, &AtomicBool::new(false), &mut tell)
    }

    /// Tells that other models are here, and which.
    async fn models_changed(&self) -> Result<Models> {
        self.announce(Changes::work()).await;
        self.models(NoArgs {}).await
    }
}
