//! What an upload took the place of. Drive compares nothing: what was there in truth is found among the states that the file had, after.
//! Who wrote in between gets his content back, and we look anew. A session remembers what is to be looked at, also over a kill.

use super::words::{FileWords, PAGE, RevisionWords, Revisions, encoded, of_file};
use super::write::To;
use super::{Drive, refused};
use crate::Result;
use crate::digest::{Digest, DigestKind, Hasher};
use crate::error::Error;
use crate::limits::{CHUNK_BYTES, DRIVE_RESTORES};
use crate::path::FilePath;
use crate::remote::rest::Call;
use crate::remote::{Expect, RemoteFile, Revision, Session, Unkept, Upload, Watch};
use serde::{Deserialize, Serialize};
use std::io::{Seek, SeekFrom};

/// An upload over a state of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Over {
    /// The file.
    pub id: String,
    /// The state that it is to take the place of.
    pub expected: String,
    /// What is sent: another run knows it among the states that the file had.
    pub md5: String,
}

/// What is noted of a session.
#[derive(Default, Serialize, Deserialize)]
struct Noted {
    /// How far the upload is, if it did not end.
    parts: Option<String>,
    /// What is to be looked at when it has ended.
    over: Option<Over>,
}

/// A session that stays noted when the upload has ended, until it is known what that took the place of.
pub(super) struct Guarded<'a> {
    pub session: &'a mut dyn Session,
    pub over: Option<Over>,
}

impl Guarded<'_> {
    /// Ends it, unless something kept us from looking.
    pub fn end_if_known(&mut self, looked: &Result<()>) -> Result<()> {
        if matches!(looked, Ok(()) | Err(Error::Stale(_))) { self.session.note(None) } else { Ok(()) }
    }
}

impl Session for Guarded<'_> {
    fn last(&self) -> Option<String> {
        noted(self.session)?.parts
    }

    fn note(&mut self, state: Option<&str>) -> Result<()> {
        if state.is_none() && self.over.is_none() {
            return self.session.note(None);
        }
        let noted = Noted { parts: state.map(str::to_owned), over: self.over.clone() };
        self.session.note(Some(&serde_json::to_string(&noted).unwrap_or_default()))
    }
}

fn noted(session: &dyn Session) -> Option<Noted> {
    serde_json::from_str(&session.last()?).ok()
}

/// The hash by which what is sent is known among the states of a file.
pub(super) fn md5(upload: &mut Upload<'_>, watch: &dyn Watch) -> Result<String> {
    let local = || Error::local(upload.path.as_str());
    let (mut hasher, mut piece) = (Hasher::new(DigestKind::Md5), vec![0; CHUNK_BYTES]);
    upload.content.seek(SeekFrom::Start(0)).map_err(local())?;
    loop {
        let read = upload.content.read(&mut piece).map_err(local())?;
        if read == 0 {
            return Ok(hasher.finish().hex);
        }
        if watch.stopped() {
            return Err(Error::Stopped);
        }
        hasher.update(&piece[..read]);
    }
}

/// What was there before what we put.
enum Before<'a> {
    /// What was expected, or nothing that Drive tells of.
    Expected,
    /// What somebody wrote in between.
    Theirs(&'a RevisionWords),
    /// The same, and it was put back since.
    PutBack,
}

impl Drive {
    /// Does what an upload left to be done that was cut short after all of it was sent.
    pub(super) async fn look_what_was_overwritten(
        &self,
        path: &FilePath,
        session: &mut dyn Session,
        watch: &dyn Watch,
    ) -> Result<()> {
        let Some(over) = noted(session).and_then(|noted| noted.over) else { return Ok(()) };
        let followed = match self.revisions(&over.id, path, watch).await {
            Ok(all) => match sent(&all, &over) {
                Some(ours) => self.follows(&over, Some(&ours.id), path, watch).await,
                // It has not ended, and may go on.
                None if all.last().is_some_and(|last| last.id == over.expected) => return Ok(()),
                None => Ok(()),
            },
            Err(error) => Err(error),
        };
        Guarded { session, over: None }.end_if_known(&followed)?;
        match followed {
            // What lies there, if anything does, is looked at next.
            Ok(()) | Err(Error::Stale(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether what was put, which Drive calls `ours`, took the place of the state that was expected. If somebody wrote in between, that
    /// content is put back on top, and so is one that was written while that was done.
    pub(super) async fn follows(
        &self,
        over: &Over,
        ours: Option<&str>,
        path: &FilePath,
        watch: &dyn Watch,
    ) -> Result<()> {
        let (mut ours, mut before) = (ours.unwrap_or_default().to_owned(), over.expected.clone());
        for round in 0..DRIVE_RESTORES {
            let all = self.revisions(&over.id, path, watch).await?;
            let lost = match overwritten(&all, &ours, &before) {
                Before::Expected if round == 0 => return Ok(()),
                Before::Expected | Before::PutBack => return Err(Error::Stale(path.to_string())),
                Before::Theirs(lost) => lost.clone(),
            };
            // What lies there by now is what the next one that is put back takes the place of.
            before.clone_from(&ours);
            ours = self.put_back(&over.id, &lost, path, watch).await?;
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
        let (expect, session) = (Expect::Absent, &mut Unkept);
        let mut upload = Upload { path, content: &mut content, size, expect: &expect, session };
        let put: FileWords = self.send(&To::Over { id: id.to_owned() }, &mut upload, watch).await?;
        put.head_revision_id.ok_or_else(unknown)
    }
}

/// What we sent, among the states of a file: the first one after what was expected that has its content.
fn sent<'a>(all: &'a [RevisionWords], over: &Over) -> Option<&'a RevisionWords> {
    let after = all.iter().position(|revision| revision.id == over.expected).map_or(0, |at| at + 1);
    let is_ours = |revision: &&RevisionWords| {
        revision.md5_checksum.as_ref().is_some_and(|md5| md5.eq_ignore_ascii_case(&over.md5))
    };
    all[after..].iter().find(is_ours)
}

/// What was before `ours`. Where Drive does not tell it, nothing is known to be lost.
fn overwritten<'a>(all: &'a [RevisionWords], ours: &str, expected: &str) -> Before<'a> {
    // Of what has the same content, Drive may make no new state.
    let at = all.iter().position(|revision| revision.id == ours).filter(|_| ours != expected);
    let before = at.and_then(|at| Some((at, all.get(at.checked_sub(1)?)?)));
    match before.filter(|(_, before)| before.id != expected) {
        None => Before::Expected,
        Some((at, lost)) => {
            let is_lost =
                |later: &RevisionWords| later.md5_checksum.is_some() && later.md5_checksum == lost.md5_checksum;
            if all[at + 1..].iter().any(is_lost) { Before::PutBack } else { Before::Theirs(lost) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// States by their names, of which each has a content of its own name without digits.
    fn states(all: &[&str]) -> Vec<RevisionWords> {
        let md5 = |id: &str| Some(id.trim_end_matches(char::is_numeric).to_owned());
        all.iter().map(|id| RevisionWords { id: (*id).to_owned(), size: None, md5_checksum: md5(id) }).collect()
    }

    #[test]
    fn what_was_overwritten_is_before_what_was_put() {
        let check = |all: &[&str], ours: &str, expected: std::result::Result<Option<&str>, ()>| {
            let all = states(all);
            let told = match overwritten(&all, ours, "expected") {
                Before::Expected => Ok(None),
                Before::Theirs(lost) => Ok(Some(lost.id.as_str())),
                Before::PutBack => Err(()),
            };
            assert_eq!(told, expected, "{all:?}");
        };
        check(&["first", "expected", "ours"], "ours", Ok(None));
        check(&["expected", "theirs", "ours"], "ours", Ok(Some("theirs")));
        check(&["expected", "theirs", "ours", "later"], "ours", Ok(Some("theirs")));
        check(&["expected", "theirs1", "ours", "theirs2"], "ours", Err(()));
        check(&["ours"], "ours", Ok(None));
        check(&[], "ours", Ok(None));
        // What was put is what was there: that is not what somebody else wrote before.
        check(&["first", "expected"], "expected", Ok(None));
    }

    #[test]
    fn what_was_sent_is_known_by_its_content() {
        let check = |all: &[&str], expected: Option<&str>| {
            let over = Over { id: "1".to_owned(), expected: "expected".to_owned(), md5: "OURS".to_owned() };
            assert_eq!(sent(&states(all), &over).map(|ours| ours.id.as_str()), expected, "{all:?}");
        };
        check(&["expected"], None);
        check(&["ours1", "expected"], None);
        check(&["expected", "theirs", "ours2", "ours3"], Some("ours2"));
        // What was expected is not kept any more.
        check(&["ours1"], Some("ours1"));
    }
}
