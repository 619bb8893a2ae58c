//! The pictures the window shows: thumbnails from the cache, originals, and previews of formats it cannot show.

use crate::api::ErrorCode;
use crate::api::WireError;
use crate::error::{Error, Result};
use crate::intake::read_file;
use crate::limits::PREVIEW_SIDE;
use crate::places::Places;
use crate::service::Service;
use crate::settings::write_atomically;
use legible_library::{ContentHash, ItemId};
use legible_vision::worker::{Answer, CancelToken, Task};
use std::path::PathBuf;

/// An encoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Their media type, such as `image/jpeg`.
    pub media_type: String,
}

/// Which picture of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Small, for the grid.
    Thumbnail,
    /// The whole image.
    Whole,
}

/// Formats that every web view shows, with their media types.
const SHOWN: &[(&str, &str)] =
    &[("png", "image/png"), ("jpeg", "image/jpeg"), ("gif", "image/gif"), ("webp", "image/webp"), ("bmp", "image/bmp")];

/// Where the thumbnail of an image lies.
pub fn thumbnail_path(places: &Places, hash: &ContentHash) -> PathBuf {
    cached(places, "thumbnails", hash, "jpg")
}

fn cached(places: &Places, kind: &str, hash: &ContentHash, extension: &str) -> PathBuf {
    // Two digits of the hash keep the directories small.
    places.cache.join(kind).join(&hash.as_str()[..2]).join(format!("{hash}.{extension}"))
}

impl Service {
    /// Where the file of a library item lies.
    ///
    /// # Errors
    /// When there is no such item, or the library folder cannot be used.
    pub async fn file(&self, item: i64) -> Result<PathBuf> {
        let found = self.database().read(move |c| Ok(legible_library::item(c, ItemId(item))?)).await?;
        let found = found.ok_or_else(|| Error::NotFound(format!("image {item}")))?;
        Ok(self.folder()?.locate(&found.placement)?)
    }

    /// A picture of a library item. Serves nothing but library items.
    ///
    /// # Errors
    /// When there is no such item, its file is gone, or it is no image.
    pub async fn picture(&self, item: i64, view: View) -> Result<Picture> {
        let service = self.clone();
        let made = tokio::task::spawn_blocking(move || service.picture_blocking(item, view));
        made.await.map_err(|_| Error::Internal("making a picture panicked".into()))?
    }

    fn picture_blocking(&self, id: i64, view: View) -> Result<Picture> {
        let item = self.database().read_blocking(|c| Ok(legible_library::item(c, ItemId(id))?))?;
        let item = item.ok_or_else(|| Error::NotFound(format!("image {id}")))?;
        if view == View::Thumbnail {
            let path = thumbnail_path(self.places(), &item.hash);
            let bytes = std::fs::read(&path).map_err(|error| Error::File { path, error })?;
            return Ok(Picture { bytes, media_type: "image/jpeg".into() });
        }
        let path = self.folder()?.locate(&item.placement)?;
        let format = item.facts.as_ref().map(|facts| facts.format.as_str());
        if let Some((_, media_type)) = SHOWN.iter().find(|(name, _)| Some(*name) == format) {
            return Ok(Picture { bytes: read_file(&path)?, media_type: (*media_type).into() });
        }
        self.preview(&path, &item.hash)
    }

    fn preview(&self, path: &std::path::Path, hash: &ContentHash) -> Result<Picture> {
        let kept = cached(self.places(), "previews", hash, "png");
        if let Ok(bytes) = std::fs::read(&kept) {
            return Ok(Picture { bytes, media_type: "image/png".into() });
        }
        let task = Task::Preview { max_side: PREVIEW_SIDE };
        match self.pool().run(&task, &read_file(path)?, &CancelToken::new(), &mut |_| ())? {
            Answer::Image { bytes, media_type, .. } => {
                // The cache is a convenience: a full disk must not keep the picture from being shown.
                if let Err(error) = write_atomically(&kept, &bytes) {
                    tracing::debug!(%error, "a preview was not kept");
                }
                Ok(Picture { bytes, media_type })
            }
            _ => Err(WireError::new(ErrorCode::Internal, "the worker answered another task").into()),
        }
    }
}
