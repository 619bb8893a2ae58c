//! The pictures the window shows: thumbnails from the cache, originals, and previews of formats it cannot show.

use crate::api::ErrorCode;
use crate::api::WireError;
use crate::error::{Error, Result};
use crate::intake::read_file;
use crate::limits::{PREVIEW_SIDE, PREVIEWS_BYTES};
use crate::places::Places;
use crate::service::Service;
use crate::settings::write_atomically;
use legible_library::{ContentHash, ItemId};
use legible_vision::sniff::{Content, sniff};
use legible_vision::worker::{Answer, CancelToken, Task};
use std::path::{Path, PathBuf};

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

/// The directory of the previews in the cache.
const PREVIEWS: &str = "previews";

/// Media types that every web view shows.
const SHOWN: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"];

/// The directory of the thumbnails in the cache.
const THUMBNAILS: &str = "thumbnails";

/// The directories of the cache that hold pictures, two levels deep.
pub fn cache_roots(places: &Places) -> [PathBuf; 2] {
    [THUMBNAILS, PREVIEWS].map(|kind| places.cache.join(kind))
}

/// The image that a file of the cache shows, by its name; `None` for a file that is not named by us.
pub fn shown_by(path: &Path) -> Option<ContentHash> {
    let ours = path.extension().is_some_and(|extension| extension == "jpg" || extension == "png");
    let stem = path.file_stem().filter(|_| ours)?;
    ContentHash::parse(stem.to_str()?).ok()
}

/// Where the thumbnail of an image lies.
pub fn thumbnail_path(places: &Places, hash: &ContentHash) -> PathBuf {
    cached(places, THUMBNAILS, hash, "jpg")
}

/// Deletes what the cache shows of an image. The cache may be cleared at any time, so a file that stays is no error.
pub fn forget(places: &Places, hash: &ContentHash) {
    for path in cached_paths(places, hash) {
        let _ = std::fs::remove_file(path);
    }
}

/// Where the cache keeps what it has of an image.
pub fn cached_paths(places: &Places, hash: &ContentHash) -> [PathBuf; 2] {
    [thumbnail_path(places, hash), preview_path(places, hash)]
}

fn preview_path(places: &Places, hash: &ContentHash) -> PathBuf {
    cached(places, PREVIEWS, hash, "png")
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
        self.blocking(move |service| {
            let found = service.database().read_blocking(|c| Ok(legible_library::item(c, ItemId(item))?))?;
            let found = found.ok_or_else(|| Error::NotFound(format!("image {item}")))?;
            Ok(service.folder()?.locate(&found.placement)?)
        })
        .await
    }

    /// A picture of a library item. Serves nothing but library items.
    ///
    /// # Errors
    /// When there is no such item, its file is gone, or it is no image.
    pub async fn picture(&self, item: i64, view: View) -> Result<Picture> {
        self.blocking(move |service| service.picture_blocking(item, view)).await
    }

    fn picture_blocking(&self, id: i64, view: View) -> Result<Picture> {
        let item = self.database().read_blocking(|c| Ok(legible_library::item(c, ItemId(id))?))?;
        let item = item.ok_or_else(|| Error::NotFound(format!("image {id}")))?;
        if view == View::Thumbnail {
            let path = thumbnail_path(self.places(), &item.hash);
            let bytes = std::fs::read(&path).map_err(|error| Error::File { path, error })?;
            return Ok(Picture { bytes, media_type: "image/jpeg".into() });
        }
        let bytes = read_file(&self.folder()?.locate(&item.placement)?)?;
        // What was found when it was read does not count: it may not have been read yet.
        let media_type = match sniff(&bytes) {
            Content::Image(format) => format.to_mime_type(),
            _ => "",
        };
        if SHOWN.contains(&media_type) {
            return Ok(Picture { bytes, media_type: media_type.into() });
        }
        self.preview(&bytes, &item.hash)
    }

    fn preview(&self, original: &[u8], hash: &ContentHash) -> Result<Picture> {
        let kept = preview_path(self.places(), hash);
        if let Ok(bytes) = std::fs::read(&kept) {
            return Ok(Picture { bytes, media_type: "image/png".into() });
        }
        let task = Task::Preview { max_side: PREVIEW_SIDE };
        match self.pool().run(&task, original, &CancelToken::new(), &mut |_| ())? {
            Answer::Image { bytes, media_type, .. } => {
                // The cache is a convenience: a full disk must not keep the picture from being shown.
                if let Err(error) = write_atomically(&kept, &bytes) {
                    tracing::debug!(%error, "a preview was not kept");
                }
                trim(&self.places().cache.join(PREVIEWS), PREVIEWS_BYTES);
                Ok(Picture { bytes, media_type })
            }
            _ => Err(WireError::new(ErrorCode::Internal, "the worker answered another task").into()),
        }
    }
}

/// Deletes the oldest files below a directory of the cache until the rest takes at most this many bytes.
fn trim(directory: &Path, max_bytes: u64) {
    let files = walkdir::WalkDir::new(directory).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let mut files: Vec<_> = files
        .filter_map(|entry| entry.metadata().ok().map(|m| (m.modified().ok(), m.len(), entry.into_path())))
        .collect();
    files.sort();
    let mut bytes: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
    for (_, size, path) in files {
        if bytes <= max_bytes {
            return;
        }
        if std::fs::remove_file(path).is_ok() {
            bytes -= size;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Home, png};
    use std::fs::{self, File};
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn an_image_is_shown_before_it_is_read_and_without_a_worker() {
        let home = Home::new();
        let image = image::load_from_memory(&png(1)).unwrap();
        for format in ["png", "jpeg", "gif", "webp", "bmp"] {
            let mut bytes = std::io::Cursor::new(Vec::new());
            image.to_rgb8().write_to(&mut bytes, image::ImageFormat::from_extension(format).unwrap()).unwrap();
            let bytes = bytes.into_inner();
            // Its name says nothing.
            let id = home.take_in("image", &bytes);
            let shown = home.ask(home.service.picture(id, View::Whole)).unwrap();
            assert_eq!(shown, Picture { bytes, media_type: format!("image/{format}") });
        }
    }

    #[test]
    fn previews_take_no_more_room_than_they_may_and_the_oldest_go_first() {
        let home = tempfile::tempdir().unwrap();
        for (name, age) in [("ab/new", 3), ("cd/old", 1), ("cd/middle", 2)] {
            let path = home.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, [0; 100]).unwrap();
            File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_modified(UNIX_EPOCH + Duration::from_secs(age))
                .unwrap();
        }
        let check = |max_bytes, expected: [bool; 3]| {
            trim(home.path(), max_bytes);
            assert_eq!(["cd/old", "cd/middle", "ab/new"].map(|name| home.path().join(name).exists()), expected);
        };
        check(300, [true, true, true]);
        check(299, [false, true, true]);
        check(100, [false, false, true]);
        check(0, [false, false, false]);
    }
}
