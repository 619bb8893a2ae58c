//! The answer of a server, read with an eye on how much it is, how long it takes, and whether anybody still wants it.

use super::ask::Asker;
use super::hosts::Turn;
use super::{Error, faults, limits, urls};
use flate2::read::MultiGzDecoder;
use reqwest::header::{self, HeaderMap, HeaderName};
use reqwest::{Response, StatusCode};
use std::io::Read;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// An answer whose body is still to be read. The host is asked nothing else meanwhile.
pub(super) struct Answer<'a> {
    asker: &'a Asker<'a>,
    /// Where it came from, after all redirects.
    pub url: Url,
    response: Response,
    _turn: Turn,
    /// How long it may take in all, and when that ends.
    whole: Duration,
    deadline: Instant,
}

/// What a hop brought: see [`Answer`].
pub(super) struct Arrived {
    pub response: Response,
    pub turn: Turn,
    pub whole: Duration,
    pub deadline: Instant,
}

impl<'a> Answer<'a> {
    pub fn new(asker: &'a Asker<'a>, url: Url, arrived: Arrived) -> Self {
        let Arrived { response, turn, whole, deadline } = arrived;
        Answer { asker, url, response, _turn: turn, whole, deadline }
    }

    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// A header as text.
    pub fn header(&self, name: HeaderName) -> Option<String> {
        Some(self.headers().get(name)?.to_str().ok()?.to_owned())
    }

    pub fn host(&self) -> String {
        urls::host(&self.url)
    }

    /// How many bytes are to come, by the server's own word.
    pub fn promised(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// Whether the body is packed.
    pub fn is_packed(&self) -> bool {
        !matches!(self.packing().as_str(), "" | "identity")
    }

    /// Reads a list whole, and unpacks it.
    pub async fn list(mut self) -> Result<Vec<u8>, Error> {
        let most = self.asker.limits.list_bytes;
        let mut bytes = Vec::new();
        self.read(&mut bytes, most, |_| Ok(())).await?;
        self.unpack(bytes, most)
    }

    /// Reads the beginning of a robots.txt: what is past the limit counts for nothing.
    pub async fn text_of_robots(mut self) -> Result<String, Error> {
        let mut bytes = Vec::new();
        match self.read(&mut bytes, limits::ROBOTS_BYTES, |_| Ok(())).await {
            Ok(()) => bytes = self.unpack(bytes, limits::ROBOTS_BYTES)?,
            Err(Error::TooLarge { .. }) if !self.is_packed() => {}
            Err(error) => return Err(error),
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Reads the body to the end of `bytes`, which may hold its beginning, and shows what is there after each piece.
    /// When it fails, `bytes` holds what came.
    pub async fn read(
        &mut self,
        bytes: &mut Vec<u8>,
        most: u64,
        mut look: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (began, before) = (Instant::now(), bytes.len());
        loop {
            let piece = self.piece(bytes, most).await;
            let more = piece.and_then(|more| self.keeps_pace(began, bytes.len() - before).map(|()| more));
            if !more.inspect_err(|error| self.asker.failed(&self.url, error))? {
                return Ok(());
            }
            look(bytes)?;
        }
    }

    /// Unpacks a body.
    pub fn unpack(&self, bytes: Vec<u8>, most: u64) -> Result<Vec<u8>, Error> {
        let packed = |problem: String| Error::Packed { host: self.host(), problem };
        match self.packing().as_str() {
            "" | "identity" => Ok(bytes),
            "gzip" | "x-gzip" => {
                let mut unpacked = Vec::new();
                let read = MultiGzDecoder::new(bytes.as_slice()).take(most + 1).read_to_end(&mut unpacked);
                read.map_err(|error| packed(error.to_string()))?;
                if unpacked.len() as u64 > most {
                    return Err(Error::TooLarge { host: self.host(), most });
                }
                Ok(unpacked)
            }
            other => Err(packed(format!("it is packed as {other}"))),
        }
    }

    /// Reads so many bytes of the body, or all if it has fewer.
    pub async fn beginning(&mut self, least: usize, most: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        while bytes.len() < least && self.piece(&mut bytes, most).await? {}
        Ok(bytes)
    }

    /// Fails once a body has come too slowly for too long.
    fn keeps_pace(&self, began: Instant, received: usize) -> Result<(), Error> {
        let taken = began.elapsed();
        let is_slow = (received as f64) < taken.as_secs_f64() * limits::SLOWEST as f64;
        if taken > self.asker.limits.trickle && is_slow {
            return Err(Error::Timeout { host: self.host(), what: "send more than a trickle", after: taken });
        }
        Ok(())
    }

    /// Reads the next piece of the body; whether there was one.
    async fn piece(&mut self, bytes: &mut Vec<u8>, most: u64) -> Result<bool, Error> {
        let (limits, host) = (self.asker.limits, self.host());
        let silent = Instant::now() + limits.idle;
        let waited = timeout_at(silent.min(self.deadline), self.response.chunk());
        let piece = match self.asker.unless_cancelled(waited).await? {
            Ok(piece) => piece.map_err(|error| faults::of(&error, host.clone(), limits))?,
            Err(_) if self.deadline < silent => {
                return Err(Error::Timeout { host, what: "send it all", after: self.whole });
            }
            Err(_) => return Err(Error::Timeout { host, what: "go on", after: limits.idle }),
        };
        let Some(piece) = piece else { return Ok(false) };
        if bytes.len() as u64 + piece.len() as u64 > most {
            return Err(Error::TooLarge { host, most });
        }
        bytes.extend_from_slice(&piece);
        Ok(true)
    }

    /// How the body is packed, in small letters.
    fn packing(&self) -> String {
        self.header(header::CONTENT_ENCODING).unwrap_or_default().trim().to_ascii_lowercase()
    }
}
