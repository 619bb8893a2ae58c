//! A file that both sides changed, or have and were never compared: the same content is in step, two that can be merged become
//! one, and of others both are kept, the one of this machine under a name that says whose and when.

use super::transfer::{Came, few_bytes};
use super::{Run, Tally};
use crate::Result;
use crate::conflict;
use crate::digest::ContentHash;
use crate::error::Error;
use crate::ledger::InStep;
use crate::limits::MAX_BESIDE;
use crate::local::{LocalFile, Opened};
use crate::path::FilePath;
use crate::plan::Direction;
use crate::remote::{Expect, RemoteFile};
use std::io::{self, Seek, SeekFrom, Write};

impl Run<'_> {
    pub(super) fn settle(&self, local: &LocalFile, remote: &RemoteFile) -> Result<Tally> {
        let path = &local.path;
        if self.is_same(path, &local.hash, remote)? {
            return self.adopt(path, local.hash, remote);
        }
        let came = self.fetch_whole(remote)?;
        if came.hash == local.hash {
            return self.adopt(path, local.hash, remote);
        }
        let was = self.ledger().one(path)?.filter(|was| was.hash == came.hash);
        if let Some(was) = was {
            return self.put_over_the_same(local, remote, was);
        }
        if self.merge.may_merge(path) && came.bytes()?.is_some_and(|bytes| self.merge.is_damaged(path, &bytes)) {
            let message = "what is on the storage is damaged, and was left there; delete it there, and what is known here goes up";
            return Err(Error::File { path: path.to_string(), message: message.to_owned() });
        }
        let opened = self.local.open(path)?.filter(|opened| opened.hash == local.hash);
        let mut ours = opened.ok_or_else(|| Error::Stale(path.to_string()))?;
        let tally = match self.merged(path, &mut ours, &came)? {
            Some(merged) => self.put_merged(local, remote, &came, &merged)?,
            None if self.options.direction == Direction::Up => self.keep_theirs_beside(local, remote, came)?,
            None => self.keep_ours_beside(local, remote, ours, came)?,
        };
        Ok(Tally { bytes: tally.bytes + remote.size, ..tally })
    }

    /// Sends a file in whose place the storage has what was in step, in another state: somebody wrote the same again, which is no edit.
    fn put_over_the_same(&self, local: &LocalFile, remote: &RemoteFile, was: InStep) -> Result<Tally> {
        self.note(&local.path, was.hash, remote, was.gist)?;
        let sent = match self.options.direction {
            Direction::Down => Tally::default(),
            Direction::Up | Direction::Both => self.upload(local, &Expect::Revision(remote.revision.clone()))?,
        };
        Ok(Tally { bytes: sent.bytes + remote.size, ..sent })
    }

    /// One content out of both, if this side may get it and there can be one.
    fn merged(&self, path: &FilePath, ours: &mut Opened, came: &Came) -> Result<Option<Vec<u8>>> {
        if self.options.direction == Direction::Up || !self.merge.may_merge(path) {
            return Ok(None);
        }
        let Some((ours, theirs)) = bytes_of(path, ours)?.zip(came.bytes()?) else { return Ok(None) };
        let was = self.ledger().one(path)?.and_then(|was| was.gist);
        Ok(self.merge.merge(path, was.as_deref(), &ours, &theirs))
    }

    /// Puts a merged content in place on both sides, or on the one that may change.
    fn put_merged(&self, local: &LocalFile, remote: &RemoteFile, came: &Came, merged: &[u8]) -> Result<Tally> {
        let path = &local.path;
        let hash = ContentHash::of(merged);
        if hash != local.hash {
            let mut incoming = self.local.incoming()?;
            incoming.write_all(merged).map_err(Error::local(path.as_str()))?;
            self.local.place(path, incoming, Some(&local.hash))?;
        }
        // From now on it is an edit of this machine to what the storage has.
        self.note(path, came.hash, remote, came.gist(self.merge, path)?)?;
        let merged = Tally { merged: 1, ..Tally::default() };
        if hash == came.hash || self.options.direction == Direction::Down {
            return Ok(merged);
        }
        let local = LocalFile { hash, ..local.clone() };
        let sent = self.upload(&local, &Expect::Revision(remote.revision.clone()))?;
        Ok(Tally { uploaded: 0, ..Tally { merged: 1, ..sent } })
    }

    /// Keeps the version of this machine under another name, and puts that of the storage in its place.
    fn keep_ours_beside(&self, local: &LocalFile, remote: &RemoteFile, mut ours: Opened, came: Came) -> Result<Tally> {
        let path = &local.path;
        let beside = self.put_beside_here(path, &mut ours)?;
        let gist = came.gist(self.merge, path)?;
        let hash = self.local.place(path, came.incoming, Some(&local.hash))?;
        self.note(path, hash, remote, gist)?;
        Ok(Tally { downloaded: 1, kept_both: vec![beside], ..Tally::default() })
    }

    /// Puts a copy under the first name that is free, unless it is there already: a run before was cut short then.
    fn put_beside_here(&self, path: &FilePath, ours: &mut Opened) -> Result<FilePath> {
        let tag = self.tag(path, bytes_of(path, ours)?, &ours.hash);
        for number in 1..=MAX_BESIDE {
            let beside = self.kept_at(path, &tag, number);
            match self.local.look(&beside)? {
                Some(hash) if hash == ours.hash => return Ok(beside),
                Some(_) => continue,
                None => {}
            }
            let mut copy = self.local.incoming()?;
            let copied = ours.content.rewind();
            let copied = copied.and_then(|()| io::copy(&mut self.watched(&mut ours.content), &mut copy));
            copied.map_err(|error| self.unread(path, error))?;
            self.local.place(&beside, copy, None)?;
            return Ok(beside);
        }
        Err(too_many_beside(path))
    }

    /// The same on the storage.
    fn put_beside_there(&self, path: &FilePath, theirs: &mut Opened, bytes: Option<Vec<u8>>) -> Result<FilePath> {
        let tag = self.tag(path, bytes, &theirs.hash);
        for number in 1..=MAX_BESIDE {
            let beside = self.kept_at(path, &tag, number);
            match self.remote.look(&beside, self.watch)? {
                Some(there) if self.fetch_whole(&there)?.hash == theirs.hash => return Ok(beside),
                Some(_) => continue,
                None => {}
            }
            self.put_whole(&beside, theirs, &Expect::Absent)?;
            return Ok(beside);
        }
        Err(too_many_beside(path))
    }

    /// Keeps the version of the storage under another name there, and sends that of this machine.
    fn keep_theirs_beside(&self, local: &LocalFile, remote: &RemoteFile, came: Came) -> Result<Tally> {
        let path = &local.path;
        let file = std::fs::File::open(came.incoming.path()).map_err(Error::local(came.incoming.path()))?;
        let mut theirs = Opened { content: Box::new(file), size: remote.size, hash: came.hash };
        let beside = self.put_beside_there(path, &mut theirs, came.bytes()?)?;
        let sent = self.upload(local, &Expect::Revision(remote.revision.clone()))?;
        Ok(Tally { kept_both: vec![beside], ..sent })
    }

    /// What names one of two contents.
    fn tag(&self, path: &FilePath, bytes: Option<Vec<u8>>, hash: &ContentHash) -> String {
        let named_by = bytes.and_then(|bytes| self.merge.named_by(path, &bytes));
        named_by.unwrap_or_else(|| hash.to_string())
    }

    /// The name under which a content is kept. A copy that was kept before may have been changed since.
    fn kept_at(&self, path: &FilePath, tag: &str, number: usize) -> FilePath {
        conflict::kept_at(path, self.options.device, self.options.today, tag, number)
    }
}

fn too_many_beside(path: &FilePath) -> Error {
    let message = "there are too many copies of it already, kept for conflicts".to_owned();
    Error::File { path: path.to_string(), message }
}

fn bytes_of(path: &FilePath, opened: &mut Opened) -> Result<Option<Vec<u8>>> {
    let bytes = opened.content.seek(SeekFrom::Start(0)).and_then(|_| few_bytes(opened.content.as_mut()));
    bytes.map_err(Error::local(path.as_str()))
}
