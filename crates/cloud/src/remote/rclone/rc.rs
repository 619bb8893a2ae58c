//! Requests to rclone's remote control (<https://rclone.org/rc/>).
//!
//! A file goes up as the body of `operations/uploadfile` and comes down by `--rc-serve`, as a stream each, and not by `operations/copyfile`
//! from and to a file of this machine. So it lies on the disk only once, a limit of the bandwidth is felt, bytes are told as they move,
//! and a stop is a connection that is closed: no job is left that would have to be found and stopped. What a stream lacks, its length
//! (rclone takes the beginning of one that breaks off early for a small file), does not matter: it goes to a name of our own, and only
//! what arrived whole is moved to its place.
//!
//! Names of files go into JSON, and into the part of an address that is a path; never where rclone reads options.

use super::fault;
use super::process::Address;
use crate::Result;
use crate::error::{Error, needs_you};
use crate::limits::RCLONE_ANSWER_BYTES;
use crate::remote::fault::unanswered;
use crate::remote::http::body;
use crate::remote::sending::{answer_while, pieces};
use crate::remote::storage::Content;
use crate::remote::wait::{answered, done};
use bytes::Bytes;
use http::header;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What of a path is written in an address as it is (RFC 3986, section 2.3).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// An rclone that listens.
pub(super) struct Rc {
    pub client: Client,
    pub address: Address,
}

impl Rc {
    /// Has rclone do something that is done soon. `path` is the file that it is about.
    pub async fn ask<T: DeserializeOwned>(&self, command: &str, words: &Value, path: &str) -> Result<T> {
        let answer = answered(self.command(command, words).send()).await?;
        self.read(answer.map_err(|error| unreached(error, path))?, path).await
    }

    /// Has rclone do something that may take long.
    pub async fn work<T: DeserializeOwned>(&self, command: &str, words: &Value, path: &str) -> Result<T> {
        let answer = done(self.command(command, words).send()).await?;
        self.read(answer.map_err(|error| unreached(error, path))?, path).await
    }

    /// The content of a file, as it comes. `fs` is what rclone calls the folder; no `]` is in it.
    pub async fn open(&self, fs: &str, raw: &str, path: &str) -> Result<Response> {
        let encoded = |text: &str| utf8_percent_encode(text, PLAIN).to_string();
        let request = self.request(Method::GET, &format!("%5B{}%5D/{}", encoded(fs), encoded(raw)));
        let answer = answered(request.send()).await?.map_err(|error| unreached(error, path))?;
        if answer.status().is_success() { Ok(answer) } else { Err(self.refused(answer, path).await) }
    }

    /// Whether files can be had from it.
    pub async fn serves(&self) -> Result<bool> {
        let answer = answered(self.request(Method::GET, "*").send()).await?.map_err(|error| unreached(error, ""))?;
        match answer.status().as_u16() {
            200..=299 => Ok(true),
            404 => Ok(false),
            _ => Err(self.refused(answer, "").await),
        }
    }

    /// Puts a content into the folder that rclone calls `fs`, under a name of plain letters, a piece at a time.
    pub async fn upload(&self, fs: &str, name: &str, content: &mut Content<'_>) -> Result<()> {
        let path = content.path.as_str().to_owned();
        // RFC 7578. The boundary cannot come in the content by chance: the name is one that nobody has used.
        let boundary = name;
        let disposition = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
        let begin = format!("--{boundary}\r\n{disposition}\r\nContent-Type: application/octet-stream\r\n\r\n");
        let end = format!("\r\n--{boundary}--\r\n");
        let (sender, body) = pieces();
        let size = content.size + (begin.len() + end.len()) as u64;
        let fs = utf8_percent_encode(fs, PLAIN);
        let request = self.request(Method::POST, &format!("operations/uploadfile?fs={fs}&remote="));
        let request = request.header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"));
        let request = request.header(header::CONTENT_LENGTH, size).body(body);
        let sent = async {
            let (mut left, sender) = (content.size, sender);
            let mut is_taken = answered(sender.send(Ok(begin.into()))).await?.is_ok();
            while left > 0 && is_taken {
                let piece = content.piece(left)?;
                let bytes = piece.len() as u64;
                is_taken = answered(sender.send(Ok(piece))).await?.is_ok();
                left -= bytes;
                content.watch.moved(bytes);
            }
            if is_taken {
                // Who does not take it has answered.
                let _ = answered(sender.send(Ok(end.into()))).await?;
            }
            Ok::<(), Error>(())
        };
        let answer = answer_while(sent, request).await?.map_err(|error| unreached(error, &path))?;
        if answer.status().is_success() { Ok(()) } else { Err(self.refused(answer, &path).await) }
    }

    fn command(&self, command: &str, words: &Value) -> RequestBuilder {
        let request = self.request(Method::POST, command).header(header::CONTENT_TYPE, "application/json");
        request.body(words.to_string())
    }

    fn request(&self, method: Method, what: &str) -> RequestBuilder {
        let Address { url, user, password } = &self.address;
        let request = self.client.request(method, format!("{url}/{what}"));
        if user.is_empty() { request } else { request.basic_auth(user, Some(password.reveal())) }
    }

    async fn read<T: DeserializeOwned>(&self, answer: Response, path: &str) -> Result<T> {
        if !answer.status().is_success() {
            return Err(self.refused(answer, path).await);
        }
        let body = whole(answer, path).await?;
        let other = |_| {
            needs_you(
                "what answers at this address is no rclone that is known",
                "Install a newer rclone, or another port.",
            )
        };
        serde_json::from_slice(&body).map_err(other)
    }

    async fn refused(&self, answer: Response, path: &str) -> Error {
        let status = answer.status().as_u16();
        let body = match whole(answer, path).await {
            Ok(body) => String::from_utf8_lossy(&body).into_owned(),
            Err(error) => return error,
        };
        // The answer also repeats what was asked for, which nobody needs to read.
        let words = serde_json::from_str::<Words>(&body).map_or(body, |words| words.error);
        fault::told(status, &words, path)
    }
}

/// What rclone answers when something went wrong.
#[derive(Deserialize)]
struct Words {
    error: String,
}

async fn whole(answer: Response, path: &str) -> Result<Bytes> {
    let too_much = || needs_you("rclone answered with more than can be read", "Keep a smaller folder in step.");
    body(answer, RCLONE_ANSWER_BYTES, |error| unreached(error, path)).await?.ok_or_else(too_much)
}

fn unreached(error: reqwest::Error, path: &str) -> Error {
    unanswered(&error.without_url(), path)
}
