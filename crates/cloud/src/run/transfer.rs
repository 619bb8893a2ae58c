//! Whole contents, on their way up and down, held against what the storage says of them.

use super::{Merge, Run};
use crate::Result;
use crate::digest::{ContentHash, Digest, Hasher};
use crate::error::Error;
use crate::limits::MAX_MERGED_BYTES;
use crate::local::{Incoming, Opened};
use crate::path::FilePath;
use crate::remote::{Expect, ReadSeek, RemoteFile, Session, Upload, Watch, differs};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// How often a content that arrived damaged is sent.
const SENDS: u32 = 2;

/// What came down, whole, and lies nowhere yet.
pub(super) struct Came {
    pub(super) incoming: Box<dyn Incoming>,
    pub(super) hash: ContentHash,
}

impl Came {
    /// Its bytes, if they are few enough to be merged.
    pub(super) fn bytes(&self) -> Result<Option<Vec<u8>>> {
        let file = self.incoming.path();
        File::open(file).and_then(few_bytes).map_err(Error::local(file))
    }

    pub(super) fn gist(&self, merge: &dyn Merge, path: &FilePath) -> Result<Option<Vec<u8>>> {
        if !merge.may_merge(path) {
            return Ok(None);
        }
        Ok(self.bytes()?.and_then(|bytes| merge.gist(path, &bytes)))
    }
}

impl Run<'_> {
    /// Sends a content, again if it arrived damaged.
    pub(super) fn put_whole(&self, path: &FilePath, opened: &mut Opened, expect: &Expect) -> Result<RemoteFile> {
        let mut expect = expect.clone();
        let mut sends = 0;
        loop {
            sends += 1;
            opened.content.rewind().map_err(Error::local(path.as_str()))?;
            let mut session = Kept { run: self, path, hash: opened.hash };
            let upload = Upload {
                path,
                content: opened.content.as_mut(),
                size: opened.size,
                expect: &expect,
                session: &mut session,
            };
            let there = self.remote.put(upload, self.watch)?;
            let sent = opened.content.rewind();
            let sent = sent.and_then(|()| differs(&there, opened.size, self.watched(opened.content.as_mut())));
            let Some(detail) = sent.map_err(|error| self.unread(path, error))? else { return Ok(there) };
            // What was in step is overwritten, and what others put there from now on was not made out of it.
            self.ledger().forget(path)?;
            if sends >= SENDS {
                // What is there is nobody's edit, and must not be taken for one.
                self.remote.remove(&there, self.watch)?;
                return Err(Error::Damaged { path: path.to_string(), detail });
            }
            expect = Expect::Revision(there.revision);
        }
    }

    /// Has the storage do what uploads left to be done that were cut short, and ends those whose content nobody wants there any more.
    pub(super) fn follow_up(&self) -> Result<()> {
        let sessions = self.ledger().sessions()?;
        for (path, hash) in sessions {
            let mut session = Kept { run: self, path: &path, hash };
            self.remote.follow_up(&path, &mut session, self.watch)?;
            match self.local.look(&path) {
                Ok(Some(lies_here)) if lies_here == hash => {}
                // What cannot be read now stops no other file. It is told when all is looked at, and may be read again.
                Err(Error::File { .. }) => {}
                looked => {
                    looked?;
                    self.remote.give_up(&path, &mut session, self.watch)?;
                }
            }
        }
        Ok(())
    }

    /// Fetches a content.
    pub(super) fn fetch_whole(&self, remote: &RemoteFile) -> Result<Came> {
        let mut incoming = self.local.incoming()?;
        let mut into = Hashing {
            into: incoming.as_mut(),
            ours: blake3::Hasher::new(),
            theirs: remote.digest.as_ref().map(|digest| Hasher::new(digest.kind)),
            size: 0,
        };
        self.remote.fetch(remote, &mut into, self.watch)?;
        into.flush().map_err(|error| Error::Local { path: remote.path.as_str().into(), error })?;
        let (hash, digest, size) =
            (ContentHash(into.ours.finalize().into()), into.theirs.map(Hasher::finish), into.size);
        let damaged = |detail: String| Error::Damaged { path: remote.path.to_string(), detail };
        if size != remote.size {
            return Err(damaged(format!("{size} bytes came, and it has {}", remote.size)));
        }
        if digest != remote.digest {
            return Err(damaged("its hash is another".to_owned()));
        }
        Ok(Came { incoming, hash })
    }

    /// Whether the content of this machine is known to be the one of the storage, without fetching that.
    pub(super) fn is_same(&self, path: &FilePath, hash: &ContentHash, remote: &RemoteFile) -> Result<bool> {
        let Some(digest) = &remote.digest else { return Ok(false) };
        let Some(mut opened) = self.local.open(path)?.filter(|opened| opened.hash == *hash) else { return Ok(false) };
        if opened.size != remote.size {
            return Ok(false);
        }
        let own = Digest::of(digest.kind, self.watched(opened.content.as_mut()));
        Ok(own.map_err(|error| self.unread(path, error))? == *digest)
    }

    /// The same to read, until the run is to stop.
    pub(super) fn watched<R: Read>(&self, from: R) -> Watched<'_, R> {
        Watched { from, watch: self.watch }
    }

    /// Why a content could not be read or copied here: because the run is to stop, where it is.
    pub(super) fn unread(&self, path: &FilePath, error: io::Error) -> Error {
        if self.watch.stopped() { Error::Stopped } else { Error::local(path.as_str())(error) }
    }

    /// The gist of a content of this machine.
    pub(super) fn gist(&self, path: &FilePath, content: &mut dyn ReadSeek, size: u64) -> Result<Option<Vec<u8>>> {
        if size > MAX_MERGED_BYTES || !self.merge.may_merge(path) {
            return Ok(None);
        }
        let bytes = content.seek(SeekFrom::Start(0)).and_then(|_| few_bytes(content));
        let bytes = bytes.map_err(Error::local(path.as_str()))?;
        Ok(bytes.and_then(|bytes| self.merge.gist(path, &bytes)))
    }
}

/// All bytes, if these are few enough to be merged.
pub(super) fn few_bytes(from: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take(MAX_MERGED_BYTES + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= MAX_MERGED_BYTES).then_some(bytes))
}

/// Reads on while nobody says that it is to stop.
pub(super) struct Watched<'a, R> {
    from: R,
    watch: &'a dyn Watch,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.watch.stopped() {
            return Err(io::Error::other("stopped"));
        }
        self.from.read(into)
    }
}

/// The session of one upload, in the ledger.
struct Kept<'a, 'b> {
    run: &'a Run<'b>,
    path: &'a FilePath,
    hash: ContentHash,
}

impl Session for Kept<'_, '_> {
    fn last(&self) -> Option<String> {
        // Without it the upload begins anew.
        self.run.ledger().session(self.path, &self.hash).ok().flatten()
    }

    fn note(&mut self, state: Option<&str>) -> Result<()> {
        self.run.ledger().note_session(self.path, &self.hash, state)
    }
}

/// Hashes what it hands on.
struct Hashing<'a> {
    into: &'a mut dyn Incoming,
    ours: blake3::Hasher,
    theirs: Option<Hasher>,
    size: u64,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.into.write(bytes)?;
        let bytes = &bytes[..written];
        self.ours.update(bytes);
        if let Some(theirs) = &mut self.theirs {
            theirs.update(bytes);
        }
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}
