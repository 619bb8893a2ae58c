//! Uploads in parts that nobody goes on with: what came of them is not seen in any list of files, and costs money until they are aborted.
//!
//! An upload says neither which program nor which machine began it. So the rule is the same for all that are below the folder: one to which
//! no part came for [`UPLOAD_FORGOTTEN_AFTER`] is forgotten, and another machine that still goes on with one keeps it.

use super::{Server, Took};
use crate::Result;
use crate::limits::UPLOAD_FORGOTTEN_AFTER;
use crate::path::FilePath;
use crate::remote::rest::moment;
use crate::remote::storage::{Storage, Way};
use std::time::{Duration, SystemTime};

impl Storage {
    /// Aborts those of the folder, while others go on. What cannot be aborted is met again.
    pub(in crate::remote::storage) fn sweep_uploads(&self) {
        let Way::S3(server) = &self.way else { return };
        let (server, folder) = (server.clone(), self.folder.clone());
        self.runtime.handle().spawn(async move {
            if let Err(error) = sweep(&server, &folder, SystemTime::now()).await {
                tracing::debug!("uploads that were left could not be looked at: {error}");
            }
        });
    }
}

async fn sweep(server: &Server, folder: &str, now: SystemTime) -> Result<()> {
    for upload in server.uploads(folder).await? {
        let is_file = upload.key.strip_prefix(folder).is_some_and(|raw| FilePath::parse(raw).is_ok());
        if !is_file || !is_long_ago(&upload.begun, now) {
            continue;
        }
        let Took::Done(parts) = server.parts(&upload.key, &upload.id, "").await? else { continue };
        if parts.iter().all(|part| is_long_ago(&part.written, now)) {
            server.abort(&upload.key, &upload.id, "").await?;
        }
    }
    Ok(())
}

/// Whether a time that the server tells is over by so much that it does not matter how the clocks differ. One that cannot be read is not.
fn is_long_ago(told: &str, now: SystemTime) -> bool {
    let since = moment(told).and_then(|told| u64::try_from(told).ok());
    let told = since.map(|since| SystemTime::UNIX_EPOCH + Duration::from_millis(since));
    let age = told.and_then(|told| now.duration_since(told).ok());
    age.is_some_and(|age| age > UPLOAD_FORGOTTEN_AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_old_is_forgotten() {
        // 2026-11-22T12:00:00Z.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_348_800);
        let check = |told: &str, expected: bool| assert_eq!(is_long_ago(told, now), expected, "{told}");
        check("2026-11-15T11:59:59.000Z", true);
        check("2010-11-10T20:48:33.000Z", true);
        check("2026-11-15T12:00:01.000Z", false);
        check("2026-11-22T11:59:59Z", false);
        check("2027-01-01T00:00:00.000Z", false);
        check("", false);
        check("long ago", false);
    }
}
