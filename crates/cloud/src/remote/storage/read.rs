//! Fetching a file in the state that was listed.

use super::{Storage, state};
use crate::Result;
use crate::error::Error;
use crate::remote::fault;
use crate::remote::wait::answered;
use crate::remote::{Expect, RemoteFile, Watch, expected};
use futures_util::TryStreamExt;
use std::io::Write;

impl Storage {
    /// Looks before and after, since few servers keep a state for who reads it; one that compares states is told which.
    pub(super) async fn read(&self, file: &RemoteFile, into: &mut dyn Write, watch: &dyn Watch) -> Result<()> {
        let (path, listed) = (file.path.as_str(), Expect::Revision(file.revision.clone()));
        let told = |error: opendal::Error| fault::told(&error, path);
        let is_compared = self.is_s3() && self.found.conditional;
        if !is_compared {
            expected(&file.path, &listed, self.file_at(&file.path).await?.as_ref())?;
        }
        let key = file.id.as_deref().map_or_else(|| self.key(&file.path), |raw| self.key_of(raw));
        let mut reader = self.operator.reader_with(&key);
        if is_compared {
            reader = reader.if_match(&state::quoted(&file.revision));
        }
        let reader = answered(reader).await?.map_err(told)?;
        // An empty range would ask for the whole.
        let mut stream = match file.size {
            0 => None,
            size => Some(answered(reader.into_stream(0..size)).await?.map_err(told)?),
        };
        while let Some(stream) = &mut stream {
            let Some(piece) = answered(stream.try_next()).await?.map_err(told)? else { break };
            for bytes in piece {
                into.write_all(&bytes).map_err(Error::local(path))?;
                watch.moved(bytes.len() as u64);
            }
            if watch.stopped() {
                return Err(Error::Stopped);
            }
        }
        if is_compared && file.size > 0 {
            return Ok(());
        }
        expected(&file.path, &listed, self.file_at(&file.path).await?.as_ref())
    }
}
