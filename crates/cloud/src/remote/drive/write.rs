//! Putting a file there. Drive takes whatever comes: what was there is looked at just before, and what was there in truth is found among
//! the states that the file had, after. Who wrote in between gets his content back, and we look anew.

use super::folders::is_in;
use super::tree::composed;
use super::words::{FIELDS, FileWords, NewFile, PAGE, RevisionWords, Revisions, UPLOAD, encoded, of_file};
use super::{Drive, refused};
use crate::Result;
use crate::digest::{Digest, DigestKind};
use crate::error::Error;
use crate::limits::{DRIVE_RESTORES, MAX_FILE_BYTES, PART_BYTES};
use crate::lock::lock;
use crate::path::FilePath;
use crate::remote::rest::parts::{self, Parts, Took};
use crate::remote::rest::{Answer, Call};
use crate::remote::{Expect, RemoteFile, Revision, Unkept, Upload, Watch};
use bytes::Bytes;
use reqwest::Method;
use std::io::{Seek, SeekFrom};

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
        let resumable = Resumable { drive: self, to: &to, path, size, watch };
        let answer = parts::send(&resumable, &mut upload, PART_BYTES).await?;
        let put: FileWords = answer.json()?;
        let file = put.file(path.clone()).map_err(|why| Error::may_pass(why.to_owned()))?;
        match (expect, &to) {
            (Expect::Absent, To::New { folder, .. }) => self.is_first(&put, folder, path, watch).await?,
            (Expect::Revision(expected), _) => self.follows(&put, expected, path, watch).await?,
            _ => {}
        }
        self.lies_at(&put, path, watch).await?;
        lock(&self.files).insert(put.id, path.clone());
        Ok(file)
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

    /// Whether what was put took the place of the state that was expected. If somebody wrote in between, that content is put back on top,
    /// and so is one that was written while that was done.
    async fn follows(&self, put: &FileWords, expected: &Revision, path: &FilePath, watch: &dyn Watch) -> Result<()> {
        let mut ours = put.head_revision_id.clone().unwrap_or_default();
        let mut before = expected.0.clone();
        for round in 0..DRIVE_RESTORES {
            let all = self.revisions(&put.id, path, watch).await?;
            let lost = match overwritten(&all, &ours, &before) {
                None if round == 0 => return Ok(()),
                None => return Err(Error::Stale(path.to_string())),
                Some(lost) => lost.clone(),
            };
            // What lies there by now is what the next one that is put back takes the place of.
            before.clone_from(&ours);
            ours = self.put_back(&put.id, &lost, path, watch).await?;
        }
        Err(Error::may_pass(format!("{path} is written again and again by somebody else")))
    }

    /// The states that a file had, the oldest first.
    async fn revisions(&self, id: &str, path: &FilePath, watch: &dyn Watch) -> Result<Vec<RevisionWords>> {
        let fields = encoded("nextPageToken,revisions(id,size,md5Checksum)");
        let first = of_file(id, &format!("/revisions?pageSize={PAGE}&fields={fields}"));
        let (mut all, mut url) = (Vec::new(), first.clone());
        loop {
            let answer = self.api.ask(&Call::get(&url).about(path.as_str()), watch).await?;
            let page = answer.map_err(|refused| refused::error(&refused, path.as_str()))?.json::<Revisions>()?;
            let is_more = !page.revisions.is_empty();
            all.extend(page.revisions);
            match page.next_page_token.filter(|_| is_more) {
                Some(next) => url = format!("{first}&pageToken={}", encoded(&next)),
                None => return Ok(all),
            }
        }
    }

    /// Makes a state that a file had its newest again; gives what that one is called.
    async fn put_back(&self, id: &str, lost: &RevisionWords, path: &FilePath, watch: &dyn Watch) -> Result<String> {
        let unknown = || Error::may_pass("Google Drive does not tell what somebody else wrote");
        let size = lost.size.as_ref().and_then(|size| size.parse().ok()).ok_or_else(unknown)?;
        let digest = lost.md5_checksum.clone().map(|hex| Digest { kind: DigestKind::Md5, hex });
        let (revision, modified) = (Revision(lost.id.clone()), None);
        let file = RemoteFile { path: path.clone(), id: None, revision, size, digest, modified };
        let mut content = tempfile::tempfile().map_err(Error::local(std::env::temp_dir()))?;
        let url = of_file(id, &format!("/revisions/{}?alt=media", encoded(&lost.id)));
        let fetched = self.api.fetch(&Call::get(url).about(path.as_str()), &file, &mut content, watch).await?;
        fetched.map_err(|refused| refused::error(&refused, path.as_str()))?;
        content.seek(SeekFrom::Start(0)).map_err(Error::local(std::env::temp_dir()))?;
        let to = To::Over { id: id.to_owned() };
        let resumable = Resumable { drive: self, to: &to, path, size, watch };
        let (expect, session) = (Expect::Absent, &mut Unkept);
        let mut upload = Upload { path, content: &mut content, size, expect: &expect, session };
        let put: FileWords = parts::send(&resumable, &mut upload, PART_BYTES).await?.json()?;
        put.head_revision_id.ok_or_else(unknown)
    }
}

/// The state that was lost when `ours` was put: the one before it, if that is not the one that was to be overwritten. Where Drive does
/// not tell what was before, nothing is known to be lost.
fn overwritten<'a>(all: &'a [RevisionWords], ours: &str, expected: &str) -> Option<&'a RevisionWords> {
    let at = all.iter().position(|revision| revision.id == ours)?;
    let before = all.get(at.checked_sub(1)?)?;
    (before.id != expected).then_some(before)
}

/// Where a content goes to.
enum To<'a> {
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

    #[test]
    fn what_was_overwritten_is_before_what_was_put() {
        let check = |all: &[&str], expected: Option<&str>| {
            let all: Vec<_> =
                all.iter().map(|id| RevisionWords { id: (*id).to_owned(), size: None, md5_checksum: None }).collect();
            assert_eq!(overwritten(&all, "ours", "expected").map(|lost| lost.id.as_str()), expected);
        };
        check(&["first", "expected", "ours"], None);
        check(&["expected", "theirs", "ours"], Some("theirs"));
        check(&["expected", "theirs", "ours", "later"], Some("theirs"));
        check(&["ours"], None);
        check(&[], None);
    }
}
