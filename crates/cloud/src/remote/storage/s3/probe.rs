//! What a server does with an upload in parts, tried with small ones.

use super::{PartThere, Server, Took, hex, tag_of_parts};
use crate::Result;
use crate::error::Error;
use crate::path::FilePath;
use crate::remote::Watch;
use crate::remote::seen::Seen;
use crate::remote::storage::state;
use crate::remote::storage::webdav::Condition;
use crate::remote::storage::write::Content;
use md5::{Digest, Md5};
use std::io::Cursor;

/// A file with which a server is tried.
pub(in crate::remote::storage) struct Trial<'a> {
    pub server: &'a Server,
    pub key: &'a str,
    pub path: &'a FilePath,
    pub watch: &'a dyn Watch,
}

impl Trial<'_> {
    /// Whether it tells which parts an upload has, and calls them and what is made of them by their MD5 hashes. If so, the file has this
    /// content then.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn tells_parts(&self, content: &'static [u8]) -> Result<bool> {
        let md5 = Md5::digest(content).to_vec();
        let own = hex(&md5);
        let tells = async |upload: &str, tag: String| {
            let Took::Done(parts) = self.server.parts(self.key, upload, self.path.as_str()).await? else {
                return Ok(false);
            };
            let is_own = |part: &PartThere| part.number == 1 && part.is(content.len() as u64, &own);
            if !matches!(&*parts, [part] if is_own(part)) || state::normal(&tag) != own {
                return Ok(false);
            }
            let completed = self.complete(upload, tag, &Condition::None).await?;
            Ok(
                matches!(completed, Took::Done(tag) if state::normal(&tag) == tag_of_parts([md5.as_slice()].into_iter())),
            )
        };
        self.with_a_part(content, tells).await
    }

    /// Whether a file is made of parts under this condition.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn is_made(&self, content: &'static [u8], condition: &Condition) -> Result<bool> {
        let made = async |upload: &str, tag: String| {
            self.complete(upload, tag, condition).await.map(|completed| matches!(completed, Took::Done(_)))
        };
        self.with_a_part(content, made).await
    }

    /// Does something with an upload that has one part, of which nothing stays if it does not come of it. A server that does not know how,
    /// or does not let this key do it, does not do it.
    async fn with_a_part(
        &self,
        content: &'static [u8],
        does: impl AsyncFnOnce(&str, String) -> Result<bool>,
    ) -> Result<bool> {
        let upload = self.server.begin(self.key, self.path.as_str()).await?;
        let done = match self.put_part(&upload, content).await {
            Ok(Took::Done(tag)) => does(&upload, tag).await,
            Ok(Took::Lost) => Ok(false),
            Err(error) => Err(error),
        };
        let is_refused = matches!(Seen::last().status, Some(400..=499 | 501));
        if !matches!(done, Ok(true)) {
            self.server.abort(self.key, &upload, self.path.as_str()).await?;
        }
        match done {
            Err(Error::Stale(_)) => Ok(false),
            Err(_) if is_refused => Ok(false),
            done => done,
        }
    }

    async fn put_part(&self, upload: &str, content: &'static [u8]) -> Result<Took<String>> {
        let (size, md5, mut from) = (content.len() as u64, Md5::digest(content), Cursor::new(content));
        let mut content = Content { from: &mut from, size, path: self.path, watch: self.watch };
        self.server.put_part(self.key, (upload, 1), &mut content, (size, &md5)).await
    }

    async fn complete(&self, upload: &str, tag: String, condition: &Condition) -> Result<Took<String>> {
        self.server.complete(self.key, upload, &[tag], condition, self.path.as_str()).await
    }
}
