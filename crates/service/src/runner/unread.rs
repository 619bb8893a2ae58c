//! What waits to be read while that cannot be done is recognised meanwhile, without its text. Its kind is made anew once it is read.

use super::Runner;
use crate::error::Result;
use crate::handlers::recognise::enqueue_unread;
use crate::service::Service;

impl Runner {
    /// Enqueues recognising some more of what waits to be read; returns whether there may be more of that. Each item is gone
    /// through once in the life of a runner.
    pub(super) async fn recognise_unread(&mut self) -> Result<bool> {
        let (after, now) = (self.unread_after, self.service.now());
        // Settings that cannot be read are told elsewhere, and keep nothing else from going on.
        let Ok(models) = self.service.blocking(Service::models_that_see).await else { return Ok(false) };
        let (last, more) = self.service.database().write(move |tx| enqueue_unread(tx, after, &models, now)).await?;
        self.unread_after = last;
        Ok(more)
    }
}
