//! Makes the thumbnail of an item.

use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::read::original;
use crate::limits::THUMBNAIL_SIDE;
use crate::pictures::{self, thumbnail_path};
use crate::settings::write_atomically;
use legible_library::{FolderError, Placement};
use legible_vision::worker::{Answer, Task, TaskError};

/// The `thumbnail` job.
pub struct Thumbnail;

impl Handler for Thumbnail {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let (item, bytes) = match original(work) {
            // Only its text was kept, which shows no picture.
            Err(Error::Folder(FolderError::NotKept)) => return Ok(Box::new(|_| Ok(Done::default()))),
            original => original?,
        };
        let path = thumbnail_path(work.service.places(), &item.hash);
        if !path.exists() {
            let task = Task::Thumbnail { max_side: THUMBNAIL_SIDE };
            let made = work.step(|work, token| Ok(work.service.pool().run(&task, &bytes, token, &mut |_| ())?));
            match made {
                Ok(Answer::Image { bytes, .. }) => {
                    write_atomically(&path, &bytes).map_err(|error| Error::File { path, error })?;
                }
                Ok(_) => return Err(Error::Internal("the worker answered another task".into())),
                // Reading the image tells the person what is wrong with it; once is enough.
                Err(Error::Vision(TaskError::Image { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        let places = work.service.places().clone();
        Ok(Box::new(move |tx| {
            let keeps = legible_library::item(tx, item.id)?.is_some_and(|now| now.placement != Placement::TextOnly);
            if !keeps {
                // Let go of, or deleted for good, while its picture was made.
                pictures::forget(&places, &item.hash);
            }
            Ok(Done { output: None, changes: Changes::items([item.id.0]) })
        }))
    }
}
