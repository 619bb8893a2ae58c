//! Removing a file: it goes to a hidden folder, by the day.

use super::Storage;
use crate::Result;
use crate::error::Error;
use crate::remote::fault;
use crate::remote::wait::{answered, done};
use crate::remote::{Expect, RemoteFile, expected};

/// Where removed files lie, below the folder.
pub(in crate::remote) const TRASH: &str = ".legible-trash";
/// How many files of one name go to the trash on one day.
pub(in crate::remote) const MOST_OF_A_NAME: u32 = 1_000;

impl Storage {
    pub(super) async fn put_in_trash(&self, file: &RemoteFile) -> Result<()> {
        let Some(found) = self.file_at(&file.path).await? else { return Ok(()) };
        expected(&file.path, &Expect::Revision(file.revision.clone()), Some(&found))?;
        let (key, path) = (self.key(&file.path), file.path.as_str());
        let to = self.free_in_trash(path).await?;
        let told = |error: opendal::Error| fault::told(&error, path);
        if self.is_s3() {
            done(self.operator.copy(&key, &to)).await?.map_err(told)?;
            return answered(self.operator.delete(&key)).await?.map_err(told);
        }
        done(self.operator.rename(&key, &to)).await?.map_err(told)
    }

    /// A key in the trash of today at which nothing lies.
    async fn free_in_trash(&self, path: &str) -> Result<String> {
        let first = self.key_of(&format!("{TRASH}/{}/{path}", (self.today)()));
        for number in 1..=MOST_OF_A_NAME {
            let key = if number == 1 { first.clone() } else { format!("{first}.{number}") };
            if self.metadata(&key, path).await?.is_none() {
                return Ok(key);
            }
        }
        let message = format!("it was removed more than {MOST_OF_A_NAME} times today");
        Err(Error::File { path: path.to_owned(), message })
    }
}
