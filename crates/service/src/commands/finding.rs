//! Commands that tell what a search could ask for, and where images were taken.

use crate::api::{FacetsQuery, FacetsView, ItemView, JudgeLabel, NoArgs, Places};
use crate::error::{Error, Result};
use crate::service::Service;

impl Service {
    /// The filters of a search, and how many images others would leave.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facets(&self, _: FacetsQuery) -> Result<FacetsView> {
        Ok(FacetsView::default())
    }

    /// Where images were taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn places_of_items(&self, _: NoArgs) -> Result<Places> {
        Ok(Places { places: vec![] })
    }

    /// Says that a label is wrong, or right after all.
    ///
    /// # Errors
    /// When there is no such item or the database fails.
    pub async fn judge_label(&self, judged: JudgeLabel) -> Result<ItemView> {
        Err(Error::NotFound(format!("image {}", judged.item)))
    }
}
