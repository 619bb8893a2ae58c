//! Files that are a pair: one, and its sidecar with what is said of it. What somebody says of a file counts as an edit of the file, which
//! beats that it was deleted elsewhere. What programs note beside does not.

use super::Run;
use crate::Result;
use crate::ledger::InStep;
use crate::local::LocalFile;
use crate::path::FilePath;
use crate::plan::Direction;

impl Run<'_> {
    /// Whether what is said of a file on the storage is not what was in step.
    pub(super) fn something_new_is_said_there(&self, path: &FilePath) -> Result<bool> {
        let Some(sidecar) = self.merge.sidecar_of(path) else { return Ok(false) };
        let Some(there) = self.remote.look(&sidecar, self.watch)? else { return Ok(false) };
        let was = self.ledger().one(&sidecar)?;
        if was.is_some_and(|was| was.revision == there.revision) {
            return Ok(false);
        }
        let gist = self.fetch_whole(&there)?.gist(self.merge, &sidecar)?;
        Ok(!self.says_nothing_new(&sidecar, gist.as_deref())?)
    }

    /// Whether a file of this machine, which was deleted there, says what was in step: then the delete stands, and it is noted as the one
    /// that was in step. In a backup nothing stands that was deleted there.
    pub(super) fn only_programs_changed(&self, local: &LocalFile) -> Result<bool> {
        let path = &local.path;
        let was = self.ledger().one(path)?.filter(|was| was.gist.is_some());
        let Some(was) = was.filter(|_| self.options.direction == Direction::Both) else { return Ok(false) };
        let Some(mut opened) = self.local.open(path)?.filter(|opened| opened.hash == local.hash) else {
            return Ok(false);
        };
        if self.gist(path, opened.content.as_mut(), opened.size)? != was.gist {
            return Ok(false);
        }
        self.ledger().note(path, &InStep { hash: local.hash, size: local.size, ..was })?;
        Ok(true)
    }

    /// Whether a content of which this is the gist says what was in step already. Where that is not known, it may be new.
    pub(super) fn says_nothing_new(&self, path: &FilePath, gist: Option<&[u8]>) -> Result<bool> {
        let was = self.ledger().one(path)?.and_then(|was| was.gist);
        Ok(was.is_some() && was.as_deref() == gist)
    }
}
