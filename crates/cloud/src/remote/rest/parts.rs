//! Uploads in parts, which go on where they were after a broken connection or a kill.

use crate::Result;
use crate::error::Error;
use crate::limits::REST_SETBACKS;
use crate::path::FilePath;
use crate::remote::{Expect, ReadSeek, Upload};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::io::{self, SeekFrom};

/// How a provider takes one content in parts.
pub(in crate::remote) trait Parts {
    /// Where the content goes to: a session is of one place, which may have another path by now, or none.
    fn place(&self) -> String;

    /// Opens a session; gives what it is known by, which may be a secret.
    async fn begin(&self) -> Result<String>;

    /// How far a session is that was noted to be at `noted`. A provider that cannot be asked is believed to be there: it says so when it is
    /// not.
    async fn look(&self, session: &str, noted: u64) -> Result<Took>;

    /// Sends the bytes from `at` on, which may be none where all were taken before. `is_last` is told of those that the content ends with.
    async fn send(&self, session: &str, at: u64, part: Bytes, is_last: bool) -> Result<Took>;
}

/// What came of a part.
pub(in crate::remote) enum Took {
    /// The provider has all bytes before this one, and wants those from there on. That may be less than was sent.
    Until(u64),
    /// It has all of them, and the file is there: its words for it, as they are.
    All(super::Answer),
    /// It does not know the session any more.
    Lost,
}

/// Sends a content in parts of so many bytes, of which the last one may be smaller; gives what the provider said in the end. A session
/// that was noted of the same content, to the same place, for the same expectation, goes on.
///
/// # Errors
/// What the provider says to a part. The session stays noted then, and [`Error::MayPass`] when it is sent back too often.
pub(in crate::remote) async fn send(
    parts: &impl Parts,
    upload: &mut Upload<'_>,
    part_bytes: usize,
) -> Result<super::Answer> {
    let mut kept = Kept::of(upload).filter(|kept| kept.place == parts.place());
    let mut setbacks = 0;
    let mut set_back = || {
        setbacks += 1;
        let message = "the storage took the same part of a file again and again";
        if setbacks > REST_SETBACKS { Err(Error::may_pass(message)) } else { Ok(()) }
    };
    loop {
        let looked = match &kept {
            Some(kept) => parts.look(&kept.session, kept.at).await?,
            None => Took::Lost,
        };
        let mut session = match (kept.take(), looked) {
            (_, Took::All(answer)) => return ended(upload, answer),
            (Some(kept), Took::Until(at)) if at <= upload.size => Kept { at, ..kept },
            _ => Kept { session: parts.begin().await?, at: 0, expect: words(upload.expect), place: parts.place() },
        };
        loop {
            session.note(upload)?;
            let part = part(upload.content, session.at, upload.size, part_bytes).map_err(local(upload.path))?;
            let is_last = session.at + part.len() as u64 == upload.size;
            match parts.send(&session.session, session.at, part, is_last).await? {
                Took::All(answer) => return ended(upload, answer),
                Took::Until(at) if at <= upload.size => {
                    if at <= session.at {
                        set_back()?;
                    }
                    session.at = at;
                }
                Took::Until(_) | Took::Lost => {
                    upload.session.note(None)?;
                    set_back()?;
                    break;
                }
            }
        }
    }
}

/// The whole content, if it is to go up in one part.
///
/// # Errors
/// When it cannot be read.
pub(in crate::remote) fn whole(upload: &mut Upload<'_>) -> Result<Bytes> {
    let most = usize::try_from(upload.size).unwrap_or(usize::MAX);
    part(upload.content, 0, upload.size, most).map_err(local(upload.path))
}

fn ended(upload: &mut Upload<'_>, answer: super::Answer) -> Result<super::Answer> {
    upload.session.note(None)?;
    Ok(answer)
}

/// The bytes from `at` on.
fn part(content: &mut dyn ReadSeek, at: u64, size: u64, most: usize) -> io::Result<Bytes> {
    let left = usize::try_from(size.saturating_sub(at)).unwrap_or(usize::MAX);
    let mut bytes = vec![0; left.min(most)];
    content.seek(SeekFrom::Start(at))?;
    content.read_exact(&mut bytes)?;
    Ok(bytes.into())
}

fn local(path: &FilePath) -> impl FnOnce(io::Error) -> Error {
    Error::local(path.as_str())
}

/// What is noted of a session.
#[derive(Serialize, Deserialize)]
struct Kept {
    session: String,
    at: u64,
    /// What was expected when it began: some providers compare that with what they have only by what they were told then.
    expect: String,
    /// See [`Parts::place`].
    place: String,
}

impl Kept {
    fn of(upload: &Upload<'_>) -> Option<Self> {
        let kept: Kept = serde_json::from_str(&upload.session.last()?).ok()?;
        (kept.expect == words(upload.expect)).then_some(kept)
    }

    fn note(&self, upload: &mut Upload<'_>) -> Result<()> {
        upload.session.note(Some(&serde_json::to_string(self).unwrap_or_default()))
    }
}

fn words(expect: &Expect) -> String {
    match expect {
        Expect::Absent => "absent".to_owned(),
        Expect::Revision(revision) => format!("revision {}", revision.0),
    }
}
