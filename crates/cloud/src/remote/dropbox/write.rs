//! Putting a file there: in one request, or in a session of several parts. In both Dropbox shows it when it is whole, and only over the
//! revision that was expected.

use super::refused::{self, Said};
use super::words::FileWords;
use super::{ARG, CONTENT, Dropbox, arg};
use crate::Result;
use crate::digest::{Digest, DigestKind};
use crate::error::Error;
use crate::limits::{DROPBOX_PART_BYTES, MAX_FILE_BYTES};
use crate::remote::rest::parts::{self, Parts, Took};
use crate::remote::rest::{Answer, Call, Refused};
use crate::remote::{Expect, RemoteFile, Upload, Watch};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

impl Dropbox {
    pub(super) async fn write(&self, mut upload: Upload<'_>, watch: &dyn Watch) -> Result<RemoteFile> {
        let path = upload.path;
        if upload.size > MAX_FILE_BYTES {
            return Err(Error::File { path: path.to_string(), message: "it is too large".to_owned() });
        }
        let sending = Sending { on: self, about: path.as_str(), commit: self.commit(&upload, watch).await?, watch };
        let answer = if upload.size <= DROPBOX_PART_BYTES as u64 {
            let whole = parts::whole(&mut upload)?;
            let answer = sending.send("upload", sending.commit.clone(), whole, false).await?;
            answer.map_err(|refused| refused::error(&refused, path.as_str()))?
        } else {
            parts::send(&sending, &mut upload, DROPBOX_PART_BYTES).await?
        };
        Ok(answer.json::<FileWords>()?.file(path.clone()))
    }

    /// Where the file goes, and over what.
    async fn commit(&self, upload: &Upload<'_>, watch: &dyn Watch) -> Result<Value> {
        let (mode, at) = match upload.expect {
            Expect::Absent => (json!("add"), self.at(upload.path.as_str())),
            Expect::Revision(revision) => {
                (json!({".tag": "update", "update": revision.0}), self.place_of(upload.path, watch).await?)
            }
        };
        // Without `strict_conflict`, the same content over another revision would be no conflict.
        Ok(json!({"path": at, "mode": mode, "autorename": false, "mute": true, "strict_conflict": true}))
    }
}

/// One upload.
struct Sending<'a> {
    on: &'a Dropbox,
    about: &'a str,
    commit: Value,
    watch: &'a dyn Watch,
}

#[derive(Deserialize)]
struct Begun {
    session_id: String,
}

impl Sending<'_> {
    /// Sends bytes with words about them, and with their hash: what arrives damaged is not taken.
    async fn send(
        &self,
        what: &str,
        mut words: Value,
        bytes: Bytes,
        is_repeatable: bool,
    ) -> Result<std::result::Result<Answer, Refused>> {
        let hash = Digest::of(DigestKind::Dropbox, bytes.as_ref()).map_err(Error::local(self.about))?;
        words["content_hash"] = hash.hex.into();
        let call = Call::post(format!("{CONTENT}/{what}")).header(ARG, arg::header(&words)).content(bytes);
        let call = if is_repeatable { call.repeatable() } else { call };
        self.on.api.ask(&call.about(self.about), self.watch).await
    }
}

impl Parts for Sending<'_> {
    /// A session has none until it ends.
    fn place(&self) -> String {
        String::new()
    }

    async fn begin(&self) -> Result<String> {
        let answer = self.send("upload_session/start", json!({"close": false}), Bytes::new(), true).await?;
        let answer = answer.map_err(|refused| refused::error(&refused, self.about))?;
        Ok(answer.json::<Begun>()?.session_id)
    }

    /// It cannot be asked, and says with the next part where it is.
    async fn look(&self, _: &str, noted: u64) -> Result<Took> {
        Ok(Took::Until(noted))
    }

    async fn send(&self, session: &str, at: u64, part: Bytes, is_last: bool) -> Result<Took> {
        let (cursor, end) = (json!({"session_id": session, "offset": at}), at + part.len() as u64);
        let answer = if is_last {
            let words = json!({"cursor": cursor, "commit": self.commit});
            Sending::send(self, "upload_session/finish", words, part, false).await?
        } else {
            // A part that was taken is not taken again.
            let words = json!({"cursor": cursor, "close": false});
            Sending::send(self, "upload_session/append_v2", words, part, true).await?
        };
        let refused = match answer {
            Ok(answer) if is_last => return Ok(Took::All(answer)),
            Ok(_) => return Ok(Took::Until(end)),
            Err(refused) => refused,
        };
        let said = Said::of(&refused);
        let of_session = !said.has("path");
        match said.correct_offset() {
            Some(at) => Ok(Took::Until(at)),
            None if of_session && (said.has("not_found") || said.has("closed")) => Ok(Took::Lost),
            None => Err(refused::error(&refused, self.about)),
        }
    }
}
