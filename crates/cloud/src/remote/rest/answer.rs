//! What a provider answers: words in JSON, a refusal, the content of a file.

use super::{Broken, broken};
use crate::Result;
use crate::digest::Hasher;
use crate::error::Error;
use crate::limits::{CHUNK_BYTES, REST_ANSWER_BYTES, REST_REFUSAL_BYTES};
use crate::remote::http::body;
use crate::remote::seen::{Seen, retry_after};
use crate::remote::wait::answered;
use crate::remote::{RemoteFile, Watch, fault};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use reqwest::Response;
use serde::de::DeserializeOwned;
use std::io::Write;
use std::time::{Duration, SystemTime};

/// An answer, whole.
pub(in crate::remote) struct Answer {
    /// Its status: a success, or 308.
    pub status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    provider: &'static str,
}

impl Answer {
    pub(super) async fn read(
        response: Response,
        provider: &'static str,
        about: &str,
    ) -> std::result::Result<Self, Broken> {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = body(response, REST_ANSWER_BYTES, |error| broken(error, about)).await?;
        let too_long = || Broken::from(Error::may_pass(format!("{provider} answered with more than can be read")));
        Ok(Answer { status, headers, body: body.ok_or_else(too_long)?, provider })
    }

    /// A header, if it is there and can be read.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The words in it. What must be there is no `Option` and has no default: the page that a network shows to who is to sign in must not
    /// be read as an empty list.
    ///
    /// # Errors
    /// [`Error::MayPass`] when they are others.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|_| {
            let provider = self.provider;
            Error::may_pass(format!(
                "something else than {provider} answered: perhaps this network wants you to sign in"
            ))
        })
    }
}

/// An answer that says no.
pub(in crate::remote) struct Refused {
    /// Its status.
    pub status: StatusCode,
    /// How long the provider asks to be left alone.
    pub retry_after: Option<Duration>,
    /// The beginning of its words, as they are.
    pub body: String,
    about: String,
}

impl Refused {
    pub(super) async fn read(response: Response, about: &str) -> std::result::Result<Self, Broken> {
        let status = response.status();
        let retry_after = retry_after(response.headers(), SystemTime::now());
        // A refusal whose words break off is one.
        let body = body(response, REST_REFUSAL_BYTES, |error| broken(error, about)).await;
        let body = body.unwrap_or_default().unwrap_or_default();
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok(Refused { status, retry_after, body, about: about.to_owned() })
    }

    /// Its words in JSON, if they are these.
    pub fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.body).ok()
    }

    /// The error for it where the provider has no words of its own that tell more. `words` are shown to people.
    pub fn error(&self, words: &str) -> Error {
        let seen = Seen { status: Some(self.status.as_u16()), retry_after: self.retry_after };
        fault::answer(seen, words, &self.about)
    }
}

/// The content of a file, of which nothing is taken yet.
pub(in crate::remote) struct Coming(pub(super) Response);

impl Coming {
    /// A header, if it is there and can be read.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name)?.to_str().ok()
    }

    /// Writes it as it comes, and holds it against what the provider told of the file.
    ///
    /// # Errors
    /// [`Error::Damaged`] when another size or digest arrived, [`Error::MayPass`] when it breaks off, and when `into` fails.
    pub async fn pour(mut self, file: &RemoteFile, into: &mut dyn Write, watch: &dyn Watch) -> Result<()> {
        let path = file.path.as_str();
        let damaged = |detail: String| Error::Damaged { path: path.to_owned(), detail };
        let mut hasher = file.digest.as_ref().map(|digest| Hasher::new(digest.kind));
        let mut size = 0;
        while let Some(came) = answered(self.0.chunk()).await?.map_err(|error| broken(error, path).error)? {
            for piece in came.chunks(CHUNK_BYTES) {
                size += piece.len() as u64;
                if size > file.size {
                    return Err(damaged(format!("more than {} bytes came", file.size)));
                }
                if let Some(hasher) = &mut hasher {
                    hasher.update(piece);
                }
                into.write_all(piece).map_err(Error::local(path))?;
                watch.moved(piece.len() as u64);
                if watch.stopped() {
                    return Err(Error::Stopped);
                }
            }
        }
        if size != file.size {
            return Err(damaged(format!("{size} bytes came, and it has {}", file.size)));
        }
        if hasher.map(Hasher::finish) != file.digest {
            return Err(damaged("its hash is another".to_owned()));
        }
        Ok(())
    }
}
