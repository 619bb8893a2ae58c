//! Requests of our own to S3, for what opendal does not do: uploads in parts that go on where they were cut.
//!
//! A request is signed by AWS Signature Version 4
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html>). The body is not part of what is signed: that of a
//! part is held to its MD5 by the server.

mod probe;
mod unfinished;
mod upload;
mod words;

use super::Secret;
use super::webdav::{Condition, PLAIN};
use super::write::Content;
use crate::Result;
use crate::error::{Error, needs_you};
use crate::limits::{REST_ANSWER_BYTES, S3_MOST_PARTS};
use crate::remote::fault;
use crate::remote::http::body;
use crate::remote::seen::Seen;
use crate::remote::wait::{answered, done};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::utf8_percent_encode;
use reqsign_aws_v4::{Credential, RequestSigner};
use reqsign_core::{Context, SignRequest};
use reqwest::{Client, Method, RequestBuilder, Response};
use words::{Begun, Completed, PartList, PartThere, Said, UploadThere, Uploads};

pub(super) use probe::Trial;
use upload::{hex, tag_of_parts};

/// The MD5 of a body in Base64 (RFC 1864).
const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");

/// A bucket, and who signs in.
pub(in crate::remote) struct Server {
    client: Client,
    /// The address of the bucket, without `/` at its end.
    bucket: String,
    signer: RequestSigner,
    credential: Credential,
}

/// What came of a request about an upload.
pub(super) enum Took<T> {
    /// The server did it, and tells this.
    Done(T),
    /// It does not know the upload any more, or not all of its parts.
    Lost,
}

impl Server {
    /// A bucket at an address, in its path or as part of the name of the host.
    pub fn new(
        client: Client,
        endpoint: &str,
        (bucket, is_host): (&str, bool),
        region: &str,
        (key_id, secret): (&str, &Secret),
    ) -> Self {
        let bucket = match endpoint.split_once("://") {
            Some((scheme, host)) if is_host => format!("{scheme}://{bucket}.{host}"),
            _ => format!("{endpoint}/{bucket}"),
        };
        let (access_key_id, secret_access_key) = (key_id.to_owned(), secret.reveal().to_owned());
        let credential = Credential { access_key_id, secret_access_key, ..Credential::default() };
        Server { client, bucket, signer: RequestSigner::new("s3", region), credential }
    }

    /// The address of a file.
    pub fn address(&self, key: &str) -> String {
        format!("{}/{}", self.bucket, utf8_percent_encode(key, PLAIN))
    }

    /// Begins an upload in parts; gives what it is known by (`CreateMultipartUpload`).
    ///
    /// # Errors
    /// What the server says.
    pub async fn begin(&self, key: &str, path: &str) -> Result<String> {
        let request = self.request(Method::POST, key, "uploads", HeaderMap::new()).await?;
        // Without a length, some servers refuse it.
        let request = request.header(header::CONTENT_LENGTH, 0);
        let answer = whole(answered(request.send()).await?, path).await?.map_err(|said| said.error(path))?;
        words::read::<Begun>(&answer).map(|begun| begun.upload_id)
    }

    /// Sends the next bytes of a content, of which this is the MD5, as a part; gives its tag (`UploadPart`).
    ///
    /// # Errors
    /// What the server says.
    pub async fn put_part(
        &self,
        key: &str,
        (upload, number): (&str, u64),
        content: &mut Content<'_>,
        (bytes, md5): (u64, &[u8]),
    ) -> Result<Took<String>> {
        let path = content.path.as_str();
        let query = format!("partNumber={number}&{}", of_upload(upload));
        let md5 = HeaderValue::from_str(&BASE64_STANDARD.encode(md5)).map_err(|_| odd())?;
        let request = self.request(Method::PUT, key, &query, HeaderMap::from_iter([(CONTENT_MD5, md5)])).await?;
        let answer = content.send(bytes, request).await?;
        let tag = answer.headers().get(header::ETAG).and_then(|tag| Some(tag.to_str().ok()?.to_owned()));
        match whole(Ok(answer), path).await? {
            Ok(_) => tag.map(Took::Done).ok_or_else(odd),
            Err(said) => said.lost_or_error(path),
        }
    }

    /// The parts that an upload has (`ListParts`).
    ///
    /// # Errors
    /// What the server says.
    pub async fn parts(&self, key: &str, upload: &str, path: &str) -> Result<Took<Vec<PartThere>>> {
        let (mut parts, mut after) = (Vec::new(), 0);
        loop {
            let query = format!("part-number-marker={after}&{}", of_upload(upload));
            let request = self.request(Method::GET, key, &query, HeaderMap::new()).await?;
            let answer = match whole(answered(request.send()).await?, path).await? {
                Ok(answer) => answer,
                Err(said) => return said.lost_or_error(path),
            };
            let page: PartList = words::read(&answer)?;
            parts.extend(page.parts);
            match page.next.filter(|_| page.is_truncated).and_then(|next| next.parse().ok()) {
                None => return Ok(Took::Done(parts)),
                Some(next) if next > after && parts.len() < S3_MOST_PARTS => after = next,
                Some(_) => return Err(odd()),
            }
        }
    }

    /// Makes one file of the parts of an upload, by their tags in their order; gives its tag (`CompleteMultipartUpload`).
    ///
    /// # Errors
    /// [`Error::Stale`] when the condition is not met, and what else the server says.
    pub async fn complete(
        &self,
        key: &str,
        upload: &str,
        tags: &[String],
        condition: &Condition,
        path: &str,
    ) -> Result<Took<String>> {
        let headers = condition.headers().ok_or_else(|| Error::Stale(path.to_owned()))?;
        let request = self.request(Method::POST, key, &of_upload(upload), headers).await?;
        let request = request.header(header::CONTENT_TYPE, "application/xml").body(words::of_parts(tags)?);
        let answer = match whole(done(request.send()).await?, path).await? {
            Ok(answer) => answer,
            Err(said) => return said.lost_or_error(path),
        };
        // It begins to answer that all is well before it knows.
        match words::read::<Completed>(&answer) {
            Ok(completed) => Ok(Took::Done(completed.tag)),
            Err(error) => Said::read(&answer).ok_or(error)?.lost_or_error(path),
        }
    }

    /// Ends an upload, of which nothing stays; one that is not known has ended (`AbortMultipartUpload`).
    ///
    /// # Errors
    /// What the server says.
    pub async fn abort(&self, key: &str, upload: &str, path: &str) -> Result<()> {
        let request = self.request(Method::DELETE, key, &of_upload(upload), HeaderMap::new()).await?;
        match whole(answered(request.send()).await?, path).await? {
            Ok(_) => Ok(()),
            Err(said) => said.lost_or_error::<()>(path).map(drop),
        }
    }

    /// Uploads that have not ended, of files whose keys begin so: some of them, where there are very many (`ListMultipartUploads`).
    ///
    /// # Errors
    /// What the server says.
    pub async fn uploads(&self, prefix: &str) -> Result<Vec<UploadThere>> {
        let query = format!("prefix={}&uploads", utf8_percent_encode(prefix, PLAIN));
        let request = self.request(Method::GET, "", &query, HeaderMap::new()).await?;
        let answer = whole(answered(request.send()).await?, "").await?.map_err(|said| said.error(""))?;
        words::read::<Uploads>(&answer).map(|page| page.uploads)
    }

    /// A request that is signed. `query` is as it is written in an address.
    async fn request(&self, method: Method, key: &str, query: &str, headers: HeaderMap) -> Result<RequestBuilder> {
        let url = format!("{}?{query}", self.address(key));
        let request = http::Request::builder().method(method).uri(&url).body(());
        let (mut parts, ()) = request.map_err(|error| unsigned(&error))?.into_parts();
        parts.headers = headers;
        let signed = self.signer.sign_request(&Context::new(), &mut parts, Some(&self.credential), None).await;
        signed.map_err(|error| unsigned(&error))?;
        // The client writes it itself, as each version of HTTP wants it.
        parts.headers.remove(header::HOST);
        Ok(self.client.request(parts.method, url).headers(parts.headers))
    }
}

fn of_upload(upload: &str) -> String {
    format!("uploadId={}", utf8_percent_encode(upload, PLAIN))
}

/// The body of an answer, or what the server says instead of doing what it is asked for.
async fn whole(answer: reqwest::Result<Response>, path: &str) -> Result<std::result::Result<Bytes, Said>> {
    let broken = |error: reqwest::Error| fault::unanswered(&error, path);
    let answer = answer.map_err(broken)?;
    let is_done = answer.status().is_success();
    Seen::note(Some((answer.status().as_u16(), answer.headers())));
    let body = body(answer, REST_ANSWER_BYTES, broken).await?.ok_or_else(odd)?;
    Ok(if is_done { Ok(body) } else { Err(Said::of(&body)) })
}

fn unsigned(error: &dyn std::error::Error) -> Error {
    needs_you(&error.to_string(), "Look at the settings of the storage, and enter its key again.")
}

fn odd() -> Error {
    Error::may_pass("the storage answered something else than S3 does")
}
