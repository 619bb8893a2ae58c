//! Commands for looking through images that look alike.

use crate::api::{Duplicates, DuplicatesQuery, KeepOne, KeptOne, TellApart, Touched};
use crate::error::{Error, Result};
use crate::service::Service;

impl Service {
    /// Images that look alike.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn duplicates(&self, _: DuplicatesQuery) -> Result<Duplicates> {
        Ok(Duplicates { total: 0, images: 0, spare_bytes: 0, unseen: 0, groups: vec![] })
    }

    /// Keeps one of images that look alike; the others go to the trash.
    ///
    /// # Errors
    /// When a file cannot be moved or the database fails.
    pub async fn keep_one(&self, one: KeepOne) -> Result<KeptOne> {
        Err(Error::NotFound(format!("image {}", one.keep)))
    }

    /// Says that images are not the same, or takes that back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell_apart(&self, apart: TellApart) -> Result<Touched> {
        Ok(Touched { count: apart.ids.len() as u32 })
    }
}
