//! Putting a file there, whole or not at all.

use super::webdav::Condition;
use super::{Storage, Way, state};
use crate::Result;
use crate::error::Error;
use crate::limits::{CHUNK_BYTES, MAX_FILE_BYTES, PART_BYTES, PART_REMOVED_WITHIN, SAME_STATE_AFTER, SAME_STATE_TRIES};
use crate::path::FilePath;
use crate::remote::fault;
use crate::remote::sending::{answer_while, pieces};
use crate::remote::wait::{answered, done};
use crate::remote::{Expect, ReadSeek, RemoteFile, Revision, Upload, Watch, expected};
use bytes::Bytes;
use http::header;
use opendal::{Operator, Writer};
use reqwest::{RequestBuilder, Response};
use std::io::SeekFrom;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How the names of files begin that are being written: hidden, below the folder.
pub(in crate::remote) const PART: &str = ".legible-part-";

impl Storage {
    pub(super) async fn write(&self, upload: Upload<'_>, watch: &dyn Watch) -> Result<RemoteFile> {
        let Upload { path, content, size, expect, session } = upload;
        if size > MAX_FILE_BYTES {
            return Err(Error::File { path: path.to_string(), message: "it is too large".to_owned() });
        }
        if let (Way::S3(server), true) = (&self.way, size > PART_BYTES as u64) {
            return self.write_in_parts(server, Upload { path, content, size, expect, session }, watch).await;
        }
        let mut content = Content { from: content, size, path, watch };
        let mut expect = expect.clone();
        for _ in 0..SAME_STATE_TRIES {
            let before = self.still(path, &expect).await?;
            let written = self.write_once(&mut content, &expect).await?;
            let there = self.file_at(path).await?.ok_or_else(|| Error::Stale(path.to_string()))?;
            if !self.is_ours(&there, written.as_ref(), &mut content).await? {
                return Err(Error::Stale(path.to_string()));
            }
            // A state that is told by the second and the size may have the name of one that it replaced, or of one before that if all
            // were of the same second. Others would miss it.
            let looks_like = |before: &RemoteFile| {
                let is_as_old = before.modified == there.modified && before.size == there.size;
                before.revision == there.revision || is_as_old
            };
            if self.is_s3() || !before.as_ref().is_some_and(looks_like) {
                return Ok(there);
            }
            expect = Expect::Revision(there.revision);
            tokio::time::sleep(SAME_STATE_AFTER).await;
        }
        Err(Error::may_pass(format!("{path} was written, and the storage does not show that it changed")))
    }

    /// Refuses what is not expected, where the server does not do that itself. WebDAV servers have been seen to write a file that is
    /// gone, whatever state is expected of it: they are looked at in any case. Returns what lies there, if it was looked.
    async fn still(&self, path: &FilePath, expect: &Expect) -> Result<Option<RemoteFile>> {
        if self.is_s3() && self.is_conditional() {
            return Ok(None);
        }
        let found = self.file_at(path).await?;
        expected(path, expect, found.as_ref())?;
        Ok(found)
    }

    /// Whether what lies there is what was written just now: somebody may have been faster than this look, and theirs must not be taken
    /// for a content that arrived damaged. Where the server told no state of it, its size is all that speaks.
    pub(super) async fn is_ours(
        &self,
        there: &RemoteFile,
        written: Option<&Revision>,
        content: &mut Content<'_>,
    ) -> Result<bool> {
        match written {
            Some(written) if *written == there.revision => Ok(true),
            _ if there.size != content.size => Ok(false),
            // Some servers call a state otherwise a moment later.
            Some(_) => {
                let (mut compared, aside) = content.compared()?;
                let fetched = self.read(there, &mut compared, &aside).await;
                compared.holds(fetched)
            }
            None => Ok(true),
        }
    }

    /// Writes a file; gives its state, if it is known by what was written.
    async fn write_once(&self, content: &mut Content<'_>, expect: &Expect) -> Result<Option<Revision>> {
        let (path, key) = (content.path, self.key(content.path));
        content.begin()?;
        match &self.way {
            Way::S3(_) => self.write_s3(&key, content, expect).await.map(|etag| Some(Revision(etag))),
            Way::WebDav(server) => {
                self.make_folder_of(&key, path.as_str()).await?;
                if self.found.whole {
                    let condition = if self.is_conditional() { Condition::of(expect) } else { Condition::None };
                    return server.put(&key, content, &condition).await;
                }
                self.write_aside(&key, content, expect).await.map(Some)
            }
            Way::Folder(_) | Way::Sftp => self.write_aside(&key, content, expect).await.map(Some),
        }
    }

    /// Writes a file under a name of its own first; gives its state. Where that fails, nothing is left of it.
    async fn write_aside(&self, key: &str, content: &mut Content<'_>, expect: &Expect) -> Result<Revision> {
        let part = self.part();
        let written = async {
            self.write_part(&part.key, content).await?;
            self.put_in_place(&part, key, content, expect).await
        };
        match written.await {
            Ok(revision) => {
                part.placed();
                Ok(revision)
            }
            Err(error) => {
                part.remove().await;
                Err(error)
            }
        }
    }

    async fn write_part(&self, key: &str, content: &mut Content<'_>) -> Result<()> {
        if let Way::WebDav(server) = &self.way {
            return server.put(key, content, &Condition::None).await.map(drop);
        }
        let path = content.path;
        let told = |error: opendal::Error| fault::told(&error, path.as_str());
        let mut writer = answered(self.operator.writer(key)).await?.map_err(told)?;
        content.pour(&mut writer).await?;
        done(writer.close()).await?.map(drop).map_err(told)
    }

    /// Moves a part to its place, if all of it came and nobody was faster; gives its state, which it keeps.
    async fn put_in_place(&self, part: &Part, key: &str, content: &Content<'_>, expect: &Expect) -> Result<Revision> {
        let path = content.path;
        let came = self.metadata(&part.key, path.as_str()).await?;
        let came = came.map(|came| state::file(path.clone(), path.as_str(), &came, false));
        let came = came.filter(|came| came.size == content.size);
        let came = came.ok_or_else(|| Error::may_pass("a file did not arrive whole"))?;
        self.still(path, expect).await?;
        done(self.operator.rename(&part.key, key)).await?.map_err(|error| fault::told(&error, path.as_str()))?;
        Ok(came.revision)
    }

    /// S3 shows a file once all of it is there. It goes up in one part.
    async fn write_s3(&self, key: &str, content: &mut Content<'_>, expect: &Expect) -> Result<String> {
        let path = content.path;
        let told = |error: opendal::Error| fault::told(&error, path.as_str());
        let mut options = self.operator.writer_with(key).chunk(PART_BYTES);
        match expect {
            _ if !self.is_conditional() => {}
            Expect::Absent => options = options.if_not_exists(true),
            Expect::Revision(revision) => options = options.if_match(&state::quoted(revision)),
        }
        let mut writer = answered(options).await?.map_err(told)?;
        content.pour(&mut writer).await?;
        self.still(path, expect).await?;
        let written = done(writer.close()).await?.map_err(told)?;
        match written.etag() {
            Some(etag) => Ok(state::normal(etag).to_owned()),
            None => Err(Error::may_pass("the storage did not say what it has now")),
        }
    }

    fn part(&self) -> Part {
        let key = self.key_of(&format!("{PART}{}", unique()));
        Part { operator: self.operator.clone(), key, handle: Some(self.runtime.handle()) }
    }
}

/// What goes up.
pub(in crate::remote) struct Content<'a> {
    pub from: &'a mut dyn ReadSeek,
    pub size: u64,
    pub path: &'a FilePath,
    pub watch: &'a dyn Watch,
}

impl Content<'_> {
    /// From the beginning.
    pub fn begin(&mut self) -> Result<()> {
        self.begin_at(0)
    }

    /// From a byte on.
    pub fn begin_at(&mut self, at: u64) -> Result<()> {
        self.from.seek(SeekFrom::Start(at)).map(drop).map_err(Error::local(self.path.as_str()))
    }

    /// The next piece, when `left` bytes are left; nothing at the end.
    pub fn piece(&mut self, left: u64) -> Result<Bytes> {
        if self.watch.stopped() {
            return Err(Error::Stopped);
        }
        let mut piece = vec![0; left.min(CHUNK_BYTES as u64) as usize];
        self.from.read_exact(&mut piece).map_err(Error::local(self.path.as_str()))?;
        Ok(piece.into())
    }

    /// Sends so many bytes as the body of a request, a piece at a time. The answer has its time from the last piece on.
    pub async fn send(&mut self, bytes: u64, request: RequestBuilder) -> Result<Response> {
        let (sender, body) = pieces();
        let request = request.header(header::CONTENT_LENGTH, bytes);
        // An empty stream would be sent in chunks, which some servers refuse.
        let request = if bytes > 0 { request.body(body) } else { request };
        let path = self.path.as_str();
        let sent = async {
            let (mut left, sender) = (bytes, sender);
            while left > 0 {
                let piece = self.piece(left)?;
                let bytes = piece.len() as u64;
                // A server that has answered takes no more.
                if answered(sender.send(Ok(piece))).await?.is_err() {
                    break;
                }
                left -= bytes;
                self.watch.moved(bytes);
            }
            Ok::<(), Error>(())
        };
        answer_while(sent, request).await?.map_err(|error| fault::unanswered(&error, path))
    }

    async fn pour(&mut self, writer: &mut Writer) -> Result<()> {
        let mut left = self.size;
        while left > 0 {
            let piece = self.piece(left)?;
            let bytes = piece.len() as u64;
            done(writer.write(piece)).await?.map_err(|error| fault::told(&error, self.path.as_str()))?;
            left -= bytes;
            self.watch.moved(bytes);
        }
        Ok(())
    }
}

/// A file that is being written under a name of its own. It is removed, unless it was put in place.
struct Part {
    operator: Operator,
    key: String,
    handle: Option<Handle>,
}

impl Part {
    fn placed(mut self) {
        self.handle = None;
    }

    /// Removes it now: who gave it up may be about to end. A storage that does not answer is left alone soon. Where nobody waits for this any
    /// more, it is removed as one that is dropped.
    async fn remove(mut self) {
        let removed = timeout(PART_REMOVED_WITHIN, self.operator.delete(&self.key)).await;
        self.handle = None;
        match removed {
            Ok(Ok(())) => {}
            Ok(Err(error)) => left_over(&error),
            Err(_) => tracing::warn!("what was left of an upload could not be removed in time"),
        }
    }
}

fn left_over(error: &opendal::Error) {
    tracing::warn!("what was left of an upload could not be removed: {}", error.message());
}

impl Drop for Part {
    fn drop(&mut self) {
        let Some(handle) = self.handle.take() else { return };
        let (operator, key) = (self.operator.clone(), std::mem::take(&mut self.key));
        handle.spawn(async move {
            operator.delete(&key).await.unwrap_or_else(|error| left_over(&error));
        });
    }
}

/// Letters that nobody has used.
pub(in crate::remote) fn unique() -> String {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let made = MADE.fetch_add(1, Ordering::Relaxed);
    let seed = format!("{since} {} {made} {:p}", std::process::id(), &raw const MADE);
    blake3::hash(seed.as_bytes()).to_hex()[..16].to_owned()
}
