//! What was hashed of the library folder, over restarts.

use crate::error::Result;
use crate::service::Service;
use crate::tables::folder_hashes;
use legible_cloud::local::LocalListing;

impl Service {
    /// Has the hashes at hand that earlier runs of the program made. Blocks.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn recall_hashes(&self) -> Result<()> {
        self.library_hashes().fill_once(|| self.database().read_blocking(folder_hashes::all))
    }

    /// Keeps the hashes that a look at the whole folder made. Blocks.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn keep_hashes(&self, listing: &LocalListing) -> Result<()> {
        let new = self.library_hashes().take_new();
        if new.is_empty() {
            return Ok(());
        }
        let there = listing.files.iter().map(|file| file.path.to_string()).collect();
        self.database().write_blocking(move |tx| folder_hashes::keep(tx, &new, &there))
    }
}
