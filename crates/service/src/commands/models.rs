//! Commands on the models: list, install.

use crate::api::{Event, Models, NoArgs};
use crate::changes::Changes;
use crate::error::Result;
use crate::models::Progress;
use crate::service::Service;
use std::sync::atomic::AtomicBool;

impl Service {
    /// The models.
    ///
    /// # Errors
    /// None as yet; the signature is that of all commands.
    pub async fn models(&self, _: NoArgs) -> Result<Models> {
        Ok(self.models_shelf().view())
    }

    /// Fetches the missing default models and the engine's, telling progress as events.
    ///
    /// # Errors
    /// When a model cannot be had from any source.
    pub async fn install_models(&self, _: NoArgs) -> Result<Models> {
        self.blocking(|service| {
            let bus = service.bus().clone();
            let mut tell = |model: &str, progress: Progress| {
                if let Progress::Bytes { done, total } = progress {
                    bus.tell(Event::ModelProgress { model: model.to_owned(), done, total });
                }
            };
            let (shelf, engine) = (service.models_shelf(), service.current_settings()?.engine);
            shelf.install(&shelf.wanted(&engine), &AtomicBool::new(false), &mut tell)
        })
        .await?;
        self.announce(Changes::work()).await;
        Ok(self.models_shelf().view())
    }
}
