//! Writes the texts of pictures beside them on the storage that they came from.
//!
//! A file is written where there is none, or where we wrote the one that is there: that is known by its content, also after a kill in
//! between. What a person wrote is left alone. A text that cannot be written is tried again, and says nothing of its picture.

use super::after_look::note_problem;
use super::upkeep::page_of;
use crate::changes::Changes;
use crate::cloud::in_step::JobWatch;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::limits::{MAX_TEXT_BESIDE, TEXTS_AT_ONCE};
use crate::service::Service;
use crate::sources::cloud::{CloudFolder, text_path, version, wake};
use legible_cloud::digest::ContentHash;
use legible_cloud::remote::{Expect, Remote, RemoteFile, Unkept, Upload, differs};
use legible_cloud::{Error as CloudError, FilePath};
use legible_jobs::UniquePolicy;
use legible_library::ItemId;
use legible_sources::remote::FAILURES_IN_A_ROW;
use legible_sources::remote_files::{self, DueText, Wrote};
use legible_sources::{RemoteSpec, SourceId, Spec, WriteText};
use legible_vision::worker::CancelToken;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use std::io::Cursor;

/// What stands at the top of a Markdown file.
const BESIDE: &str =
    "Written by Legible, and again when what is known of the picture changes. If you change it, it stays as it is.";

/// What is said of a file that somebody else wrote.
const NOT_OURS: &str = "a file of that name is there already, and Legible did not write it as it is";

/// The `write-texts` job.
pub struct WriteTexts;

#[derive(Debug, Deserialize)]
struct Payload {
    source: i64,
}

/// What came of it.
#[derive(Debug, Default, Clone, Copy, Serialize)]
struct Outcome {
    /// Texts that lie beside their pictures now.
    written: u32,
    /// Those that are left alone.
    left: u32,
}

impl Handler for WriteTexts {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let id = SourceId(work.payload::<Payload>()?.source);
        // Removed while its texts waited, or set to write none.
        let nothing = || -> Commit { Box::new(|_| Ok(Done::default())) };
        let source = work.service.database().read_blocking(|c| Ok(legible_sources::source(c, id)?))?;
        let Some(source) = source else { return Ok(nothing()) };
        let Spec::Remote(spec) = source.spec.clone() else { return Ok(nothing()) };
        if spec.write_text == WriteText::Off {
            return Ok(nothing());
        }
        let outcome = match work.step(|work, token| write_all(work, token, id, &spec)) {
            Ok(outcome) => outcome,
            Err(error) => {
                note_problem(work, id, &error);
                return Err(error);
            }
        };
        let (output, now) = (serde_json::to_value(outcome).ok(), work.service.now());
        Ok(Box::new(move |tx| {
            legible_sources::set_move_problem(tx, id, None)?;
            // Some may have come since.
            wake(tx, &source, UniquePolicy::AppendOrReplace, now)?;
            Ok(Done { output, changes: Changes { sources: true, ..Changes::work() } })
        }))
    }
}

/// Writes what is due. One that fails holds up no other, but is why all of it failed in the end.
fn write_all(work: &mut Work, token: &CancelToken, id: SourceId, spec: &RemoteSpec) -> Result<Outcome> {
    let service = work.service.clone();
    let watch = JobWatch::new(token, None);
    let remote = service.open_cloud_folder(&CloudFolder::of(spec)?, spec.write_text, &watch)?;
    let beside = Beside { service: &service, remote: &*remote, watch: &watch, source: id, how: spec.write_text };
    let (mut outcome, mut failed, mut failing, mut after) = (Outcome::default(), None, 0, String::new());
    loop {
        let due = service.database().read_blocking(|c| Ok(remote_files::due_texts(c, id, &after, TEXTS_AT_ONCE)?))?;
        let Some(last) = due.last() else { return failed.map_or(Ok(outcome), Err) };
        after = last.id.clone();
        for text in due {
            work.check()?;
            work.progress(0.0, &format!("{} texts written, now that of {}", outcome.written, text.path));
            match beside.write(&text) {
                Ok(wrote) => {
                    failing = 0;
                    outcome.written += u32::from(matches!(wrote, Wrote::There(_)));
                    outcome.left += u32::from(matches!(wrote, Wrote::Left(_)));
                    let note = move |tx: &Transaction<'_>| Ok(remote_files::wrote(tx, id, &text, &wrote)?);
                    service.database().write_blocking(note)?;
                }
                Err(Error::Cloud(
                    error @ (CloudError::MayPass { .. }
                    | CloudError::Stale(_)
                    | CloudError::Damaged { .. }
                    | CloudError::File { .. }),
                )) if failing + 1 < FAILURES_IN_A_ROW => {
                    failing += 1;
                    failed.get_or_insert(Error::from(error));
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Where texts are written.
struct Beside<'a> {
    service: &'a Service,
    remote: &'a dyn Remote,
    watch: &'a JobWatch,
    source: SourceId,
    how: WriteText,
}

impl Beside<'_> {
    /// Writes one text, unless there is nothing to write or somebody else wrote there.
    fn write(&self, text: &DueText) -> Result<Wrote> {
        let Some(content) = self.content(text)? else { return Ok(Wrote::Nothing) };
        let Some(path) = text_path(&text.path, self.how) else {
            return Ok(Wrote::Left(format!("the name for the text of {} would be too long", text.path)));
        };
        match self.picture(text)? {
            None => return Ok(Wrote::NotThere),
            // The next look brings it.
            Some(found) if version(self.remote, &found) != text.version => return Ok(Wrote::Nothing),
            Some(_) => {}
        }
        let hash = ContentHash::of(&content).to_string();
        let (expect, there) = match self.remote.look(&path, self.watch)? {
            None => (Expect::Absent, None),
            Some(found) => match self.hash_of(&found)? {
                Some(there) if there == hash => return Ok(Wrote::There(hash)),
                Some(there) if text.ours.contains(&there) => (Expect::Revision(found.revision), Some(there)),
                _ => return Ok(Wrote::Left(format!("{path}: {NOT_OURS}"))),
            },
        };
        let (source, due, meant) = (self.source, text.clone(), hash.clone());
        let note =
            move |tx: &Transaction<'_>| Ok(remote_files::note_meant(tx, source, &due, there.as_deref(), &meant)?);
        self.service.database().write_blocking(note)?;
        match self.put(&path, &content, &expect) {
            Ok(()) => Ok(Wrote::There(hash)),
            Err(CloudError::File { path, message }) => Ok(Wrote::Left(format!("{path}: {message}"))),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts a text there. One that arrived damaged is taken away again: nobody would know it for ours.
    fn put(&self, path: &FilePath, content: &[u8], expect: &Expect) -> legible_cloud::Result<()> {
        let (size, mut session) = (content.len() as u64, Unkept);
        let mut sent = Cursor::new(content);
        let upload = Upload { path, content: &mut sent, size, expect, session: &mut session };
        let there = self.remote.put(upload, self.watch)?;
        match differs(&there, size, content).map_err(CloudError::local(path.as_str()))? {
            None => Ok(()),
            Some(detail) => {
                self.remote.remove(&there, self.watch)?;
                Err(CloudError::Damaged { path: path.to_string(), detail })
            }
        }
    }

    /// What is to be written; nothing of an item that is deleted, or has no text.
    fn content(&self, text: &DueText) -> Result<Option<Vec<u8>>> {
        let (id, library, how) = (ItemId(text.item), self.service.folder()?, self.how);
        self.service.database().read_blocking(|c| {
            let Some(item) = legible_library::item(c, id)?.filter(|item| item.trashed_at.is_none()) else {
                return Ok(None);
            };
            let read = crate::hints::text(c, id)?.filter(|read| !read.trim().is_empty());
            // What was written of a text that is gone by now is emptied.
            let Some(read) = read.or_else(|| (!text.ours.is_empty()).then(String::new)) else { return Ok(None) };
            Ok(Some(match how {
                WriteText::Markdown => {
                    page_of(BESIDE, &item, legible_library::reading(c, id)?.as_ref(), &library).into_bytes()
                }
                WriteText::Off | WriteText::Plain => format!("{}\n", read.trim_end()).into_bytes(),
            }))
        })
    }

    /// The picture as it lies there now.
    fn picture(&self, text: &DueText) -> Result<Option<RemoteFile>> {
        let Ok(path) = FilePath::parse(&text.path) else { return Ok(None) };
        Ok(self.remote.look(&path, self.watch)?)
    }

    /// The hash of a file that may be ours; `None` of one that is too large for that.
    fn hash_of(&self, found: &RemoteFile) -> Result<Option<String>> {
        if found.size > MAX_TEXT_BESIDE {
            return Ok(None);
        }
        let mut content = Vec::new();
        self.remote.fetch(found, &mut content, self.watch)?;
        Ok(Some(ContentHash::of(&content).to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::cloud::tests::{becomes, beside, read, source, texts};
    use crate::testing::{Home, png};
    use legible_cloud::Result as CloudResult;
    use legible_cloud::remote::{Capabilities, Changes as CloudChanges, Cursor as Mark, Listing, Watch};
    use std::sync::Mutex;

    /// What becomes of what is put.
    enum Put {
        /// It is refused for now.
        Refused,
        /// It arrives with something more.
        Damaged,
        Well,
    }

    /// A storage that does not always take what it is given.
    struct Moody {
        storage: Box<dyn Remote>,
        put: Mutex<Put>,
    }

    impl Remote for Moody {
        fn capabilities(&self) -> Capabilities {
            self.storage.capabilities()
        }

        fn list(&self, watch: &dyn Watch) -> CloudResult<Listing> {
            self.storage.list(watch)
        }

        fn changes(&self, since: &Mark, watch: &dyn Watch) -> CloudResult<CloudChanges> {
            self.storage.changes(since, watch)
        }

        fn look(&self, path: &FilePath, watch: &dyn Watch) -> CloudResult<Option<RemoteFile>> {
            self.storage.look(path, watch)
        }

        fn fetch(&self, file: &RemoteFile, into: &mut dyn std::io::Write, watch: &dyn Watch) -> CloudResult<()> {
            self.storage.fetch(file, into, watch)
        }

        fn put(&self, upload: Upload<'_>, watch: &dyn Watch) -> CloudResult<RemoteFile> {
            match *self.put.lock().unwrap() {
                Put::Refused => Err(CloudError::may_pass("too many requests")),
                Put::Well => self.storage.put(upload, watch),
                Put::Damaged => {
                    let (mut content, size) = (Cursor::new(vec![b'?'; upload.size as usize + 1]), upload.size + 1);
                    let Upload { path, expect, session, .. } = upload;
                    self.storage.put(Upload { path, content: &mut content, size, expect, session }, watch)
                }
            }
        }

        fn remove(&self, file: &RemoteFile, watch: &dyn Watch) -> CloudResult<()> {
            self.storage.remove(file, watch)
        }
    }

    #[test]
    fn what_is_ours_is_known_whatever_became_of_the_writing_before() {
        let home = Home::new();
        home.write("camera/a.png", png(1));
        let id = SourceId(source(&home, crate::api::WriteText::Plain).id);
        read(&home, "a.png", "first");
        // Written, and killed before that was noted.
        let forget =
            "UPDATE source_remote_file SET text_meant = text_written, text_written = 'older' WHERE source = ?1";
        let kill = move |tx: &Transaction<'_>| Ok(tx.execute(forget, [id.0])?);
        home.service.database().write_blocking(kill).unwrap();
        let source = home.service.database().read_blocking(|c| Ok(legible_sources::source(c, id)?)).unwrap().unwrap();
        let Spec::Remote(spec) = source.spec else { panic!("{:?}", source.spec) };
        let watch = JobWatch::new(&CancelToken::new(), None);
        let folder = CloudFolder::of(&spec).unwrap();
        let storage = home.service.open_cloud_folder(&folder, spec.write_text, &watch).unwrap();
        let moody = Moody { storage, put: Mutex::new(Put::Well) };
        let write = |put: Put| {
            *moody.put.lock().unwrap() = put;
            let all = home.service.database().read_blocking(|c| Ok(remote_files::due_texts(c, id, "", 9)?)).unwrap();
            let how = spec.write_text;
            Beside { service: &home.service, remote: &moody, watch: &watch, source: id, how }.write(&all[0])
        };
        for text in ["second", "third"] {
            becomes(&home, "a.png", text);
            assert!(matches!(write(Put::Refused), Err(Error::Cloud(CloudError::MayPass { .. }))), "{text}");
        }
        assert_eq!(beside(&home), texts(&[("a.png.txt", "first\n")]));
        assert!(matches!(write(Put::Damaged), Err(Error::Cloud(CloudError::Damaged { .. }))));
        assert_eq!(beside(&home), texts(&[]), "what is damaged is nobody's");
        assert!(matches!(write(Put::Well), Ok(Wrote::There(_))));
        assert_eq!(beside(&home), texts(&[("a.png.txt", "third\n")]));
    }
}
