//! A file that goes up in parts, and goes on where it was after a broken connection, a stop or a kill: S3 keeps the parts until an upload is
//! made a file or aborted, and tells which it has. A part is ours if it has the MD5 of ours, so nothing but the upload is noted.

use super::{PartThere, Server, Took};
use crate::Result;
use crate::digest::{Digest, DigestKind};
use crate::error::Error;
use crate::limits::{PART_BYTES, REST_SETBACKS, S3_MOST_PARTS};
use crate::path::FilePath;
use crate::remote::storage::webdav::Condition;
use crate::remote::storage::write::Content;
use crate::remote::storage::{Storage, state};
use crate::remote::{Expect, RemoteFile, Revision, Session, Upload, Watch, expected};
use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

impl Storage {
    /// Puts a file there that is larger than one part.
    pub(in crate::remote::storage) async fn write_in_parts(
        &self,
        server: &Server,
        upload: Upload<'_>,
        watch: &dyn Watch,
    ) -> Result<RemoteFile> {
        let Upload { path, content, size, expect, session } = upload;
        let content = Content { from: content, size, path, watch };
        InParts { on: self, server, key: self.key(path), content, expect, session }.go().await
    }

    /// Ends an upload that is noted, of which nothing stays.
    pub(in crate::remote::storage) async fn abort_noted(
        &self,
        server: &Server,
        path: &FilePath,
        session: &mut dyn Session,
    ) -> Result<()> {
        let key = self.key(path);
        if let Some(noted) = Noted::of(session, &server.address(&key)) {
            match server.abort(&key, &noted.upload, path.as_str()).await {
                Ok(()) => {}
                Err(error @ Error::MayPass { .. }) => return Err(error),
                Err(error) => tracing::warn!("what was left of an upload could not be removed: {error}"),
            }
        }
        session.note(None)
    }
}

/// One file on its way.
struct InParts<'a> {
    on: &'a Storage,
    server: &'a Server,
    key: String,
    content: Content<'a>,
    expect: &'a Expect,
    session: &'a mut dyn Session,
}

impl InParts<'_> {
    async fn go(&mut self) -> Result<RemoteFile> {
        for _ in 0..REST_SETBACKS {
            match self.once().await {
                Ok(Took::Done(file)) => {
                    self.session.note(None)?;
                    return Ok(file);
                }
                Ok(Took::Lost) => self.give_up().await?,
                Err(error @ (Error::Stale(_) | Error::File { .. })) => {
                    self.give_up().await?;
                    return Err(error);
                }
                // It goes on there another time.
                Err(error) => return Err(error),
            }
        }
        Err(Error::may_pass("the storage lost an upload again and again"))
    }

    async fn once(&mut self) -> Result<Took<RemoteFile>> {
        // Nobody wants to send all of a large file to learn this.
        self.still().await?;
        let (upload, there) = match self.noted().await? {
            Some(going_on) => going_on,
            None => (self.begin().await?, HashMap::new()),
        };
        let Took::Done(sums) = self.send(&upload, there).await? else { return Ok(Took::Lost) };
        self.complete(&upload, &sums).await
    }

    async fn still(&self) -> Result<()> {
        expected(self.content.path, self.expect, self.on.file_at(self.content.path).await?.as_ref())
    }

    /// The upload that is noted, with the parts that the server has of it by their numbers. One whose parts cannot be told to be ours is
    /// aborted.
    async fn noted(&mut self) -> Result<Option<(String, HashMap<u64, PartThere>)>> {
        let Some(noted) = Noted::of(self.session, &self.server.address(&self.key)) else { return Ok(None) };
        if self.on.found.parts
            && let Took::Done(parts) = self.server.parts(&self.key, &noted.upload, self.content.path.as_str()).await?
        {
            return Ok(Some((noted.upload, parts.into_iter().map(|part| (part.number, part)).collect())));
        }
        self.give_up().await.map(|()| None)
    }

    async fn begin(&mut self) -> Result<String> {
        let upload = self.server.begin(&self.key, self.content.path.as_str()).await?;
        Noted { upload: upload.clone(), place: self.server.address(&self.key) }.note(self.session)?;
        Ok(upload)
    }

    /// Sends all parts but those that are there.
    async fn send(&mut self, upload: &str, mut there: HashMap<u64, PartThere>) -> Result<Took<Vec<Sent>>> {
        let (most, mut at, mut sent) = (part_bytes(self.content.size), 0, Vec::new());
        while at < self.content.size {
            let (number, size) = (sent.len() as u64 + 1, most.min(self.content.size - at));
            let md5 = self.content.md5(at, size)?;
            let tag = match there.remove(&number).filter(|part| part.is(size, &hex(&md5))) {
                Some(part) => part.tag,
                None => {
                    self.content.begin_at(at)?;
                    let part = (upload, number);
                    match self.server.put_part(&self.key, part, &mut self.content, (size, &md5)).await? {
                        Took::Done(tag) => tag,
                        Took::Lost => return Ok(Took::Lost),
                    }
                }
            };
            sent.push(Sent { md5, tag });
            at += size;
        }
        Ok(Took::Done(sent))
    }

    async fn complete(&mut self, upload: &str, sent: &[Sent]) -> Result<Took<RemoteFile>> {
        let path = self.content.path;
        let condition = if self.on.found.conditional_parts {
            Condition::of(self.expect)
        } else {
            self.still().await?;
            Condition::None
        };
        let tags: Vec<String> = sent.iter().map(|sent| sent.tag.clone()).collect();
        let completed = self.server.complete(&self.key, upload, &tags, &condition, path.as_str()).await?;
        let Took::Done(tag) = completed else { return Ok(Took::Lost) };
        let tag = state::normal(&tag);
        let there = self.on.file_at(path).await?.ok_or_else(|| Error::Stale(path.to_string()))?;
        if !self.on.is_ours(&there, Some(&Revision(tag.to_owned())), &mut self.content).await? {
            return Err(Error::Stale(path.to_string()));
        }
        let is_whole = !self.on.found.parts || tag == tag_of_parts(sent.iter().map(|sent| sent.md5.as_slice()));
        if is_whole {
            return Ok(Took::Done(there));
        }
        // Who put it sees that it is another content.
        let digest = Digest { kind: DigestKind::Md5, hex: tag.chars().take_while(|letter| *letter != '-').collect() };
        Ok(Took::Done(RemoteFile { digest: Some(digest), ..there }))
    }

    async fn give_up(&mut self) -> Result<()> {
        self.on.abort_noted(self.server, self.content.path, self.session).await
    }
}

/// A part that a server has.
struct Sent {
    md5: Vec<u8>,
    tag: String,
}

impl Content<'_> {
    /// The MD5 of some bytes of it.
    fn md5(&mut self, at: u64, bytes: u64) -> Result<Vec<u8>> {
        self.begin_at(at)?;
        let (mut left, mut hasher) = (bytes, Md5::new());
        while left > 0 {
            let piece = self.piece(left)?;
            hasher.update(&piece);
            left -= piece.len() as u64;
        }
        Ok(hasher.finalize().to_vec())
    }
}

/// What is noted of an upload.
#[derive(Serialize, Deserialize)]
struct Noted {
    upload: String,
    /// The address of the file: the folder may be another one by now.
    place: String,
}

impl Noted {
    fn of(session: &dyn Session, place: &str) -> Option<Self> {
        let noted: Noted = serde_json::from_str(&session.last()?).ok()?;
        (noted.place == place).then_some(noted)
    }

    fn note(&self, session: &mut dyn Session) -> Result<()> {
        session.note(Some(&serde_json::to_string(self).unwrap_or_default()))
    }
}

/// How large the parts of a file are, in bytes, but for the last: [`PART_BYTES`], and of a file that has too many of these, as many whole MiB
/// as are needed.
fn part_bytes(size: u64) -> u64 {
    size.div_ceil(S3_MOST_PARTS as u64).next_multiple_of(1 << 20).max(PART_BYTES as u64)
}

/// The entity tag of a file that was made of parts with these MD5 hashes, where entity tags are made of them: the MD5 of all of these, and
/// how many there are.
pub(super) fn tag_of_parts<'a>(md5s: impl Iterator<Item = &'a [u8]>) -> String {
    let (hasher, count) = md5s.fold((Md5::new(), 0), |(hasher, count), md5| (hasher.chain_update(md5), count + 1));
    format!("{}-{count}", hex(&hasher.finalize()))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_as_large_as_is_needed() {
        let check = |size: u64, expected: u64| {
            let bytes = part_bytes(size);
            assert_eq!(bytes, expected, "{size}");
            assert!(size.div_ceil(bytes) <= S3_MOST_PARTS as u64);
        };
        let mib = 1 << 20;
        check(8 * mib + 1, 8 * mib);
        check(2048 * mib, 8 * mib);
        check(80_000 * mib, 8 * mib);
        check(80_000 * mib + 1, 9 * mib);
        check(5 << 40, 525 * mib);
    }

    #[test]
    fn tags_of_parts_are_those_of_s3() {
        let md5 = |bytes: &[u8]| Md5::digest(bytes).to_vec();
        let check = |parts: &[&[u8]], expected: &str| {
            let md5s: Vec<_> = parts.iter().map(|part| md5(part)).collect();
            assert_eq!(tag_of_parts(md5s.iter().map(Vec::as_slice)), expected);
        };
        check(&[b""], "59adb24ef3cdbe0297f05b395827453f-1");
        check(&[b"a", b"b"], "96e024ba2074fe77e8e965ba43a704be-2");
    }
}
