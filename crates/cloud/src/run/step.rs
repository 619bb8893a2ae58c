//! One step of a plan. Each looks again whether both sides are what the plan took them for, and notes in the end what is in step.

use super::{Run, Tally};
use crate::Result;
use crate::digest::ContentHash;
use crate::error::Error;
use crate::ledger::InStep;
use crate::local::LocalFile;
use crate::path::FilePath;
use crate::plan::{Action, Step};
use crate::remote::{Expect, RemoteFile};

impl Run<'_> {
    pub(super) fn do_step(&self, step: &Step) -> Result<Tally> {
        match &step.action {
            Action::Upload { local, expect: Expect::Absent } if self.only_programs_changed(local)? => {
                Err(Error::Stale(step.path.to_string()))
            }
            Action::Upload { local, expect } => self.upload(local, expect),
            Action::Download { remote, was } => self.download(remote, was.as_ref()),
            Action::RemoveRemote(remote) => self.remove_remote(remote),
            Action::PutAway(local) => self.put_away(local),
            Action::Settle { local, remote } => self.settle(local, remote),
            Action::Forget => {
                self.ledger().forget(&step.path)?;
                Ok(Tally::default())
            }
        }
    }

    pub(super) fn upload(&self, local: &LocalFile, expect: &Expect) -> Result<Tally> {
        let path = &local.path;
        let opened = self.local.open(path)?.filter(|opened| opened.hash == local.hash);
        let mut opened = opened.ok_or_else(|| Error::Stale(path.to_string()))?;
        let was = self.put_gist_aside(path)?;
        let put = self.put_whole(path, &mut opened, expect);
        if let Err(Error::Stale(_)) = put {
            self.put_gist_back(path, was)?;
        }
        let there = put?;
        let gist = self.gist(path, opened.content.as_mut(), opened.size)?;
        self.note(path, local.hash, &there, gist)?;
        Ok(Tally { uploaded: 1, bytes: opened.size, ..Tally::default() })
    }

    /// Takes the base of merges away while it is not known what the storage has: of a file that arrived damaged, and that others then
    /// replaced, a merge would think that they had deleted what was in it. Without a base, or by a bare one, a merge keeps all.
    fn put_gist_aside(&self, path: &FilePath) -> Result<Option<InStep>> {
        let was = self.ledger().one(path)?.filter(|was| was.gist.is_some());
        if let Some(was) = &was {
            let bare = was.gist.as_deref().and_then(|gist| self.merge.bare(gist));
            self.ledger().note(path, &InStep { gist: bare, ..was.clone() })?;
        }
        Ok(was)
    }

    /// Puts it back after nothing was sent, unless the file was forgotten meanwhile.
    fn put_gist_back(&self, path: &FilePath, was: Option<InStep>) -> Result<()> {
        let is_noted = self.ledger().one(path)?.is_some();
        match was.filter(|_| is_noted) {
            Some(was) => self.ledger().note(path, &was),
            None => Ok(()),
        }
    }

    fn download(&self, remote: &RemoteFile, was: Option<&ContentHash>) -> Result<Tally> {
        let path = &remote.path;
        if let Some(hash) = was
            && self.is_same(path, hash, remote)?
        {
            return self.adopt(path, *hash, remote);
        }
        let came = self.fetch_whole(remote)?;
        if was == Some(&came.hash) {
            // The storage has it in another state: somebody wrote the same again.
            return self.adopt(path, came.hash, remote);
        }
        let gist = came.gist(self.merge, path)?;
        if was.is_none() && self.says_nothing_new(path, gist.as_deref())? {
            // It was deleted here, and that stands.
            self.note(path, came.hash, remote, gist)?;
            return Err(Error::Stale(path.to_string()));
        }
        let hash = self.local.place(path, came.incoming, was)?;
        self.note(path, hash, remote, gist)?;
        Ok(Tally { downloaded: 1, bytes: remote.size, ..Tally::default() })
    }

    fn remove_remote(&self, remote: &RemoteFile) -> Result<Tally> {
        if self.local.look(&remote.path)?.is_some() {
            return Err(Error::Stale(remote.path.to_string()));
        }
        if self.something_new_is_said_there(&remote.path)? {
            // As of one that was edited itself: it comes back.
            self.ledger().forget(&remote.path)?;
            return Err(Error::Stale(remote.path.to_string()));
        }
        self.remote.remove(remote, self.watch)?;
        self.ledger().forget(&remote.path)?;
        Ok(Tally { removed: 1, ..Tally::default() })
    }

    fn put_away(&self, local: &LocalFile) -> Result<Tally> {
        if self.remote.look(&local.path, self.watch)?.is_some() {
            return Err(Error::Stale(local.path.to_string()));
        }
        self.local.put_away(&local.path, &local.hash)?;
        self.ledger().forget(&local.path)?;
        Ok(Tally { put_away: 1, ..Tally::default() })
    }

    /// Notes that what lies on both sides is the same.
    pub(super) fn adopt(&self, path: &FilePath, hash: ContentHash, remote: &RemoteFile) -> Result<Tally> {
        let opened = self.local.open(path)?.filter(|opened| opened.hash == hash);
        let mut opened = opened.ok_or_else(|| Error::Stale(path.to_string()))?;
        let gist = self.gist(path, opened.content.as_mut(), opened.size)?;
        self.note(path, hash, remote, gist)?;
        Ok(Tally { adopted: 1, ..Tally::default() })
    }

    pub(super) fn note(
        &self,
        path: &FilePath,
        hash: ContentHash,
        remote: &RemoteFile,
        gist: Option<Vec<u8>>,
    ) -> Result<()> {
        let in_step = InStep { hash, size: remote.size, revision: remote.revision.clone(), gist };
        self.ledger().note(path, &in_step)
    }
}
