//! Putting a file there: in one request, or in a session of several parts. Graph compares the state that is overwritten when such a session
//! begins, and not when it ends: so it is looked at again before the last part.

use super::words::Item;
use super::{OneDrive, names, refused};
use crate::Result;
use crate::error::Error;
use crate::limits::{MAX_FILE_BYTES, ONEDRIVE_PART_BYTES};
use crate::path::FilePath;
use crate::remote::rest::parts::{self, Parts, Took};
use crate::remote::rest::{Answer, Call, Refused};
use crate::remote::{Expect, RemoteFile, Upload, Watch, expected};
use bytes::Bytes;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

impl OneDrive {
    pub(super) async fn write(&self, mut upload: Upload<'_>, watch: &dyn Watch) -> Result<RemoteFile> {
        let (path, expect, size) = (upload.path, upload.expect, upload.size);
        let too_large = Some("it is too large").filter(|_| size > MAX_FILE_BYTES);
        if let Some(why) = names::refuses(path.as_str()).or(too_large) {
            return Err(Error::File { path: path.to_string(), message: why.to_owned() });
        }
        let raw = match expect {
            Expect::Absent => path.to_string(),
            Expect::Revision(_) => self.spelled(path, watch).await?,
        };
        let sending = Sending { on: self, path, raw, expect, size, watch };
        let answer = if size <= ONEDRIVE_PART_BYTES as u64 {
            sending.whole(parts::whole(&mut upload)?).await?
        } else {
            parts::send(&sending, &mut upload, ONEDRIVE_PART_BYTES).await?
        };
        let item: Item = answer.json()?;
        let stateless = || Error::may_pass("OneDrive did not say what state the file is in");
        self.file_of(item, path.clone()).ok_or_else(stateless)
    }
}

/// One upload.
struct Sending<'a> {
    on: &'a OneDrive,
    path: &'a FilePath,
    /// As it is spelled there.
    raw: String,
    expect: &'a Expect,
    size: u64,
    watch: &'a dyn Watch,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Begun {
    /// A secret: who has it may write the file.
    upload_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    next_expected_ranges: Vec<String>,
}

impl Sending<'_> {
    /// Sends the content in one request.
    async fn whole(&self, bytes: Bytes) -> Result<Answer> {
        // Where it is gone, a request that expects it might make it anew.
        if matches!(self.expect, Expect::Revision(_)) {
            self.still().await?;
        }
        let behaviour = match self.expect {
            Expect::Absent => "fail",
            Expect::Revision(_) => "replace",
        };
        let of_it = format!("/content?@microsoft.graph.conflictBehavior={behaviour}");
        let call = self.expecting(Call::new(Method::PUT, self.on.address(&self.raw, &of_it)).content(bytes));
        match self.on.api.ask(&call, self.watch).await? {
            Ok(answer) => Ok(answer),
            Err(refused) => Err(self.no(&refused).await),
        }
    }

    /// Refuses what is not expected there now.
    async fn still(&self) -> Result<()> {
        expected(self.path, self.expect, self.on.file_at(self.path, self.watch).await?.as_ref())
    }

    fn expecting(&self, call: Call) -> Call {
        let call = call.about(self.path.as_str());
        match self.expect {
            Expect::Absent => call,
            Expect::Revision(revision) => call.header("If-Match", &revision.0),
        }
    }

    /// The error for a refusal. A folder that is in the way does not go away by another look.
    async fn no(&self, refused: &Refused) -> Error {
        let path = self.path.as_str();
        let item = if refused.status == 409 { self.on.item(&self.raw, self.watch).await } else { Ok(None) };
        match item {
            Ok(Some(item)) if item.folder.is_some() => {
                let message = "a folder lies at this name; rename one of them".to_owned();
                Error::File { path: path.to_owned(), message }
            }
            _ => refused::error(refused, path),
        }
    }

    /// Where a session wants the next bytes from. One that wants none has lost what it had.
    fn wanted(answer: &Answer) -> Result<Took> {
        let wanted: Wanted = answer.json()?;
        let first = wanted.next_expected_ranges.first().and_then(|range| range.split('-').next()?.parse().ok());
        Ok(first.map_or(Took::Lost, Took::Until))
    }
}

impl Parts for Sending<'_> {
    fn place(&self) -> String {
        self.on.address(&self.raw, "")
    }

    async fn begin(&self) -> Result<String> {
        self.still().await?;
        let behaviour = match self.expect {
            Expect::Absent => "fail",
            Expect::Revision(_) => "replace",
        };
        let words = json!({"item": {"@microsoft.graph.conflictBehavior": behaviour}});
        let address = self.on.address(&self.raw, "/createUploadSession");
        let call = self.expecting(Call::post(address).json(&words));
        match self.on.api.ask(&call, self.watch).await? {
            Ok(answer) => Ok(answer.json::<Begun>()?.upload_url),
            Err(refused) => Err(self.no(&refused).await),
        }
    }

    async fn look(&self, session: &str, _: u64) -> Result<Took> {
        // Whatever server was noted is asked (Microsoft has many names for them): only by TLS, and never with a token.
        if !session.starts_with("https://") {
            return Ok(Took::Lost);
        }
        let call = Call::get(session).unsigned().about(self.path.as_str());
        match self.on.api.ask(&call, self.watch).await? {
            Ok(answer) => Self::wanted(&answer),
            Err(_) => Ok(Took::Lost),
        }
    }

    async fn send(&self, session: &str, at: u64, part: Bytes, is_last: bool) -> Result<Took> {
        if part.is_empty() {
            return Ok(Took::Lost);
        }
        if is_last {
            self.still().await?;
        }
        let range = format!("bytes {at}-{}/{}", at + part.len() as u64 - 1, self.size);
        let call = Call::new(Method::PUT, session).header("Content-Range", range).content(part).unsigned();
        // A part that was taken is not taken again, and the last one may have been.
        let call = if is_last { call } else { call.repeatable() };
        match self.on.api.ask(&call.about(self.path.as_str()), self.watch).await? {
            Ok(answer) if answer.status == 202 => Self::wanted(&answer),
            Ok(answer) => Ok(Took::All(answer)),
            // The address itself is what lets in, and it ends.
            Err(refused) if matches!(refused.status.as_u16(), 401 | 404 | 410) => Ok(Took::Lost),
            Err(refused) if refused.status == 416 => self.look(session, at).await,
            Err(refused) => Err(self.no(&refused).await),
        }
    }
}
