//! What the service keeps beside the tables: the secrets of sources, and the places that no source looks into.

use super::secret_of;
use crate::api::{SourceDraft, SourceSpec};
use crate::error::Result;
use crate::handlers::EXPORT;
use crate::service::Service;
use legible_sources::{Source, Spec};
use rusqlite::Connection;
use std::path::PathBuf;

impl Service {
    /// The places that Legible writes to: a source that looked there would find its own output for ever.
    ///
    /// # Errors
    /// When the database or the settings fail.
    pub(crate) fn own_places(&self) -> Result<Vec<PathBuf>> {
        let mut own = vec![self.places().data.clone(), self.places().cache.clone(), self.folder()?.root().to_owned()];
        own.extend(self.places().models.iter().cloned());
        own.extend(self.database().read_blocking(written_to)?);
        Ok(own)
    }

    /// Puts the secrets of a draft into the keychain. One that was left empty stays as it is. Blocks.
    ///
    /// # Errors
    /// When the keychain cannot be used.
    pub(crate) fn keep_secrets(&self, source: &Source, draft: &SourceDraft) -> Result<()> {
        let SourceSpec::Web { headers, .. } = &draft.spec else { return Ok(()) };
        for header in headers.iter().filter(|header| header.secret) {
            if let Some(secret) = header.value.as_deref().filter(|value| !value.is_empty()) {
                self.secrets().set(&secret_of(source, &header.name), secret)?;
            }
        }
        Ok(())
    }

    /// Deletes the secrets of a source from the keychain. One that cannot be reached keeps them: that is told in the log, for
    /// the source is gone already. Blocks.
    pub(crate) fn forget_secrets(&self, source: &Source) {
        let Spec::Web(web) = &source.spec else { return };
        for header in web.headers.iter().filter(|header| header.value.is_none()) {
            if let Err(error) = self.secrets().forget(&secret_of(source, &header.name)) {
                tracing::warn!(%error, "a secret stays in the keychain");
            }
        }
    }
}

/// Where exports go, and the files of sources once they are read.
fn written_to(conn: &Connection) -> Result<Vec<PathBuf>> {
    let exports = legible_jobs::schedules(conn, Some(EXPORT))?;
    let folder =
        |stored: &legible_jobs::StoredSchedule| stored.schedule.payload.get("folder")?.as_str().map(str::to_owned);
    let mut places: Vec<PathBuf> =
        exports.iter().filter_map(folder).filter_map(|text| legible_paths::from_text(&text)).collect();
    places.extend(legible_sources::sources(conn)?.into_iter().flatten().filter_map(|source| source.filing.move_to));
    Ok(places)
}
