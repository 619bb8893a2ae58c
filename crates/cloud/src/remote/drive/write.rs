//! Putting a file there. Drive takes whatever comes: what was there is looked at just before, and what was there in truth is found
//! after (see [`super::overwritten`]).

use super::folders::is_in;
use super::overwritten::{Guarded, Over, md5};
use super::tree::composed;
use super::words::{FIELDS, FileWords, NewFile, UPLOAD, encoded};
use super::{Drive, refused};
use crate::Result;
use crate::error::Error;
use crate::limits::{MAX_FILE_BYTES, PART_BYTES};
use crate::lock::lock;
use crate::path::FilePath;
use crate::remote::rest::parts::{self, Parts, Took};
use crate::remote::rest::{Answer, Call};
use crate::remote::{Expect, RemoteFile, Upload, Watch};
use bytes::Bytes;
use reqwest::Method;

/// What Drive calls a content of which it is told nothing.
const BYTES: &str = "application/octet-stream";

impl Drive {
    pub(super) async fn write(&self, mut upload: Upload<'_>, watch: &dyn Watch) -> Result<RemoteFile> {
        let (path, size, expect) = (upload.path, upload.size, upload.expect);
        if size > MAX_FILE_BYTES {
            return Err(Error::File { path: path.to_string(), message: "it is too large".to_owned() });
        }
        let to = match expect {
            Expect::Absent => {
                self.is_free(path, watch).await?;
                let (folder, id) = (self.folder_for(path, watch).await?, self.new_id(watch).await?);
                To::New { id, folder, name: path.name() }
            }
            Expect::Revision(expected) => match self.words_at(path, watch).await? {
                Some(there) if there.head_revision_id.as_ref() == Some(&expected.0) => To::Over { id: there.id },
                _ => return Err(Error::Stale(path.to_string())),
            },
        };
        let over = match (&to, expect) {
            (To::Over { id }, Expect::Revision(expected)) => {
                Some(Over { id: id.clone(), expected: expected.0.clone(), md5: md5(&mut upload, watch)? })
            }
            _ => None,
        };
        let mut session = Guarded { session: upload.session, over: over.clone() };
        let mut sent = Upload { path, content: upload.content, size, expect, session: &mut session };
        let put = self.send(&to, &mut sent, watch).await?;
        let file = put.file(path.clone()).map_err(|why| Error::may_pass(why.to_owned()))?;
        match (&over, &to) {
            (_, To::New { folder, .. }) => self.is_first(&put, folder, path, watch).await?,
            (Some(over), _) => {
                let follows = self.follows(over, put.head_revision_id.as_deref(), path, watch).await;
                session.end_if_known(&follows)?;
                follows?;
            }
            (None, To::Over { .. }) => {}
        }
        self.lies_at(&put, path, watch).await?;
        lock(&self.files).insert(put.id, path.clone());
        Ok(file)
    }

    /// Sends a content; gives what lies there then.
    pub(super) async fn send(&self, to: &To<'_>, upload: &mut Upload<'_>, watch: &dyn Watch) -> Result<FileWords> {
        let resumable = Resumable { drive: self, to, path: upload.path, size: upload.size, watch };
        parts::send(&resumable, upload, PART_BYTES).await?.json()
    }

    /// Whether a new file can have a name: Drive itself would take it a second time.
    async fn is_free(&self, path: &FilePath, watch: &dyn Watch) -> Result<()> {
        let there = self.all_at(path, watch).await?;
        if there.iter().any(|file| file.file(path.clone()).is_ok()) {
            return Err(Error::Stale(path.to_string()));
        }
        match there.first() {
            None => Ok(()),
            Some(_) => {
                let message = "a folder or something that is no file has the same name".to_owned();
                Err(Error::File { path: path.to_string(), message })
            }
        }
    }

    /// Whether a new file is the only one of its name, or the oldest: else somebody was faster, or its folder went to the trash, and ours
    /// is not needed.
    async fn is_first(&self, put: &FileWords, folder: &str, path: &FilePath, watch: &dyn Watch) -> Result<()> {
        if !put.trashed {
            let found = self.named(path.name(), &[folder.to_owned()], watch).await?;
            let first = found.into_iter().find(|file| file.file(path.clone()).is_ok());
            if first.is_none_or(|first| first.id == put.id) {
                return Ok(());
            }
        }
        // In the trash with its folder, it would come back with that beside the one that is put another time.
        *lock(&self.by_path) = self.only_root();
        self.set_trashed(&put.id, true, path.as_str(), watch).await?;
        Err(Error::Stale(path.to_string()))
    }

    /// Whether what was put lies where it was to go: Drive also takes contents of files, and into folders, that went to the trash or
    /// elsewhere meanwhile.
    async fn lies_at(&self, put: &FileWords, path: &FilePath, watch: &dyn Watch) -> Result<()> {
        let above = path.as_str().rsplit_once('/').map_or("", |(above, _)| above);
        let folders = self.folders(above, watch).await?;
        if !put.trashed && composed(&put.name) == path.name() && is_in(put, &folders) {
            return Ok(());
        }
        // The folders may be others too.
        *lock(&self.by_path) = self.only_root();
        Err(Error::Stale(path.to_string()))
    }
}

/// Where a content goes to.
pub(super) enum To<'a> {
    New { id: String, folder: String, name: &'a str },
    Over { id: String },
}

/// An upload in parts (<https://developers.google.com/workspace/drive/api/guides/manage-uploads#resumable>).
struct Resumable<'a> {
    drive: &'a Drive,
    to: &'a To<'a>,
    path: &'a FilePath,
    size: u64,
    watch: &'a dyn Watch,
}

impl Resumable<'_> {
    async fn ask(&self, call: &Call) -> Result<std::result::Result<Answer, crate::remote::rest::Refused>> {
        self.drive.api.ask(call, self.watch).await
    }

    /// What came of a part, or of a question how far the session is.
    async fn took(&self, call: Call) -> Result<Took> {
        let call = call.about(self.path.as_str());
        match self.ask(&call).await? {
            Ok(answer) if answer.status.as_u16() == 308 => Ok(Took::Until(taken(answer.header("range"))?)),
            Ok(answer) => Ok(Took::All(answer)),
            Err(refused) if matches!(refused.status.as_u16(), 404 | 410) => Ok(Took::Lost),
            // A file of this name for new ones is there: the request before this one was heard.
            Err(refused) if refused.status.as_u16() == 409 => Err(Error::Stale(self.path.to_string())),
            Err(refused) => Err(refused::error(&refused, self.path.as_str())),
        }
    }

    async fn how_far(&self, session: &str) -> Result<Took> {
        let range = format!("bytes */{}", self.size);
        self.took(Call::new(Method::PUT, session).header("content-range", range).empty().repeatable()).await
    }
}

impl Parts for Resumable<'_> {
    /// The file, or the folder that a new one goes to.
    fn place(&self) -> String {
        match self.to {
            To::New { folder, .. } => folder.clone(),
            To::Over { id } => id.clone(),
        }
    }

    async fn begin(&self) -> Result<String> {
        let asked = format!("uploadType=resumable&fields={}", encoded(FIELDS));
        let call = match self.to {
            To::New { id, folder, name } => {
                let new = NewFile { id, name, parents: [folder], mime_type: BYTES };
                Call::post(format!("{UPLOAD}?{asked}")).json(&new)
            }
            To::Over { id } => {
                let url = format!("{UPLOAD}/{}?{asked}", encoded(id));
                Call::new(Method::PATCH, url).json(&serde_json::json!({}))
            }
        };
        let call = call.header("x-upload-content-type", BYTES).header("x-upload-content-length", self.size.to_string());
        let answer = self.ask(&call.about(self.path.as_str()).repeatable()).await?;
        let answer = answer.map_err(|refused| refused::error(&refused, self.path.as_str()))?;
        let session = answer.header("location").filter(|session| session.starts_with(UPLOAD)).map(str::to_owned);
        session.ok_or_else(|| Error::may_pass("Google Drive did not begin an upload"))
    }

    async fn look(&self, session: &str, _: u64) -> Result<Took> {
        // What was noted is believed to be an address of Drive only if it is one.
        if session.starts_with(UPLOAD) { self.how_far(session).await } else { Ok(Took::Lost) }
    }

    async fn send(&self, session: &str, at: u64, part: Bytes, _: bool) -> Result<Took> {
        // With nothing to send, this is also how an empty file is put.
        if part.is_empty() {
            return self.how_far(session).await;
        }
        let range = format!("bytes {at}-{}/{}", at + part.len() as u64 - 1, self.size);
        let call = Call::new(Method::PUT, session).header("content-range", range).content(part);
        self.took(call).await
    }
}

/// How many bytes are taken, by the header of an answer that wants more: `bytes=0-LAST`, or none where that is none.
fn taken(range: Option<&str>) -> Result<u64> {
    let Some(range) = range else { return Ok(0) };
    let last = range.strip_prefix("bytes=0-").and_then(|last| last.parse::<u64>().ok());
    last.map(|last| last + 1).ok_or_else(|| Error::may_pass("Google Drive does not tell how far an upload is"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_tell_what_is_taken() {
        let check = |range: Option<&str>, expected: Option<u64>| assert_eq!(taken(range).ok(), expected, "{range:?}");
        check(None, Some(0));
        check(Some("bytes=0-0"), Some(1));
        check(Some("bytes=0-8388607"), Some(8_388_608));
        check(Some("bytes=5-9"), None);
        check(Some("0-9"), None);
    }
}
