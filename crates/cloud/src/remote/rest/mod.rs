//! What the providers share that are asked by requests of our own: signing, patience, answers in JSON, downloads, uploads in parts.
//!
//! An adapter makes a [`Call`], which can be sent as often as is needed, and hands it to [`Api::ask`] or [`Api::fetch`]. Both give the
//! answer, or the [`Refused`] of a provider that understood and says no, which the adapter sorts by the provider's own words; what all
//! have in common (a token that ran out, too many requests, a server that fails, a broken connection) is over by then.

mod answer;
mod call;
mod moment;
mod pace;
pub(in crate::remote) mod parts;
#[cfg(test)]
mod tests;

pub(in crate::remote) use answer::{Answer, Coming, Refused};
pub(in crate::remote) use call::Call;
pub(in crate::remote) use moment::moment;
use pace::{Clock, Waiting};

use super::sending::{answer_while, pieces};
use super::wait::answered;
use super::{RemoteFile, Watch, fault, http as client};
use crate::Result;
use crate::account::Tokens;
use crate::error::Error;
use crate::limits::{CHUNK_BYTES, REST_REDIRECTS};
use http::{HeaderValue, StatusCode, header};
use pace::Pace;
use reqwest::{Client, Method, Response};
use std::io::Write;
use std::sync::Arc;
use url::Url;

/// A provider, as one account sees it.
pub(in crate::remote) struct Api {
    client: Client,
    tokens: Arc<dyn Tokens>,
    clock: Arc<dyn Clock>,
    provider: &'static str,
    is_busy: fn(&Refused) -> bool,
}

impl Api {
    /// A provider, by the name that people know. `is_busy` tells which of its refusals mean that it asks to go slower and did nothing,
    /// besides 429 and 503.
    ///
    /// # Errors
    /// [`Error::NeedsYou`] when the certificates or the proxy of the system cannot be used.
    pub fn new(provider: &'static str, tokens: Arc<dyn Tokens>, is_busy: fn(&Refused) -> bool) -> Result<Self> {
        Ok(Api { client: client::client_that_stays()?, tokens, clock: Arc::new(Waiting), provider, is_busy })
    }

    /// The same, with another time than the real one between two sends.
    #[cfg(test)]
    fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Api { clock, ..self }
    }

    /// Sends a request and reads the whole answer. What is in its body is told to the watch as it moves.
    ///
    /// # Errors
    /// [`Error::MayPass`] when the provider is busy, fails or cannot be reached, [`Error::NeedsYou`] when there is no token, or no such
    /// server that can be trusted. That it says no is no error.
    pub async fn ask(&self, call: &Call, watch: &dyn Watch) -> Result<std::result::Result<Answer, Refused>> {
        Ok(match self.deliver(call, Wants::Whole, watch).await? {
            Ok(Got::Whole(answer)) => Ok(answer),
            Ok(Got::Open(_)) => return Err(fault::silent()),
            Err(refused) => Err(refused),
        })
    }

    /// Sends a request for the content of a file, and writes it into `into` as it comes.
    ///
    /// # Errors
    /// Those of [`Api::ask`], [`Error::Damaged`] when another size or digest arrived than the file has, and when `into` fails.
    pub async fn fetch(
        &self,
        call: &Call,
        file: &RemoteFile,
        into: &mut dyn Write,
        watch: &dyn Watch,
    ) -> Result<std::result::Result<(), Refused>> {
        Ok(match self.open(call, watch).await? {
            Ok(coming) => Ok(coming.pour(file, into, watch).await?),
            Err(refused) => Err(refused),
        })
    }

    /// The same, for who looks at what is told of the content before it is taken.
    ///
    /// # Errors
    /// Those of [`Api::ask`].
    pub async fn open(&self, call: &Call, watch: &dyn Watch) -> Result<std::result::Result<Coming, Refused>> {
        Ok(match self.deliver(call, Wants::Open, watch).await? {
            Ok(Got::Open(response)) => Ok(Coming(response)),
            Ok(Got::Whole(_)) => return Err(fault::silent()),
            Err(refused) => Err(refused),
        })
    }

    /// Sends a request until there is an answer that another try would not make better.
    async fn deliver(&self, call: &Call, wants: Wants, watch: &dyn Watch) -> Result<std::result::Result<Got, Refused>> {
        let mut pace = Pace::new(self.clock.as_ref());
        let mut token = if call.is_signed { Some(self.tokens.access(None).await?) } else { None };
        let (mut is_renewed, mut told) = (false, 0);
        loop {
            if watch.stopped() {
                return Err(Error::Stopped);
            }
            let refused = match self.attempt(call, wants, token.as_deref(), &mut told, watch).await {
                Ok(Ok(got)) => return Ok(Ok(got)),
                Ok(Err(refused)) => refused,
                // Nobody knows whether it was done. Silence has taken long enough.
                Err(Broken { error, is_quick }) if is_quick && call.is_repeatable && is_passing(&error) => {
                    pace.again(None).await.map_err(|_| error)?;
                    continue;
                }
                Err(Broken { error, .. }) => return Err(error),
            };
            let status = refused.status.as_u16();
            if let (401, false, Some(old)) = (status, is_renewed, &token) {
                token = Some(self.tokens.access(Some(old)).await?);
                is_renewed = true;
                continue;
            }
            let is_busy = matches!(status, 429 | 503 | 509) || (self.is_busy)(&refused);
            let is_failing = matches!(status, 408 | 500..=506 | 508 | 510..=599);
            if !is_busy && !is_failing {
                return Ok(Err(refused));
            }
            let message = match is_busy && status != 503 {
                true => format!("{} asks to go slower", self.provider),
                false => format!("{} does not work at the moment ({status})", self.provider),
            };
            if !is_busy && !call.is_repeatable {
                return Err(Error::MayPass { message, retry_after: refused.retry_after });
            }
            let too_long = |retry_after| Error::MayPass { message, retry_after };
            pace.again(refused.retry_after).await.map_err(too_long)?;
        }
    }

    /// Sends a request once, and to where it is sent on. No token goes to another server.
    async fn attempt(
        &self,
        call: &Call,
        wants: Wants,
        token: Option<&str>,
        told: &mut u64,
        watch: &dyn Watch,
    ) -> std::result::Result<std::result::Result<Got, Refused>, Broken> {
        let first = Url::parse(&call.url).map_err(|_| self.misled())?;
        let mut url = first.clone();
        for _ in 0..=REST_REDIRECTS {
            let token = token.filter(|_| url.origin() == first.origin());
            let response = self.send(call, &url, token, told, watch).await?;
            let location = response.headers().get(header::LOCATION).filter(|_| response.status().is_redirection());
            let Some(location) = location.filter(|_| call.method == Method::GET) else {
                return self.sort(response, wants, call).await;
            };
            let next = location.to_str().ok().and_then(|to| url.join(to).ok());
            // Nothing that was asked for under lock goes on in the open.
            url = next.filter(|next| next.scheme() == first.scheme()).ok_or_else(|| self.misled())?;
        }
        Err(self.misled())
    }

    fn misled(&self) -> Broken {
        let message = format!("{} leads to an address that cannot be used", self.provider);
        Broken { error: Error::may_pass(message), is_quick: false }
    }

    async fn send(
        &self,
        call: &Call,
        url: &Url,
        token: Option<&str>,
        told: &mut u64,
        watch: &dyn Watch,
    ) -> std::result::Result<Response, Broken> {
        let mut request = self.client.request(call.method.clone(), url.clone());
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| self.misled())?;
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
        let Some(body) = &call.body else {
            return answered(request.send()).await?.map_err(|error| broken(error, &call.about));
        };
        request = request.header(header::CONTENT_LENGTH, body.len());
        if !call.is_content {
            let answer = answered(request.body(body.clone()).send()).await?;
            return answer.map_err(|error| broken(error, &call.about));
        }
        // An empty stream would be sent in chunks, which not all servers take.
        let (sender, stream) = pieces();
        let request = if body.is_empty() { request } else { request.body(stream) };
        let sent = async {
            let mut at = 0;
            while at < body.len() {
                if watch.stopped() {
                    return Err(Error::Stopped);
                }
                let piece = body.slice(at..body.len().min(at + CHUNK_BYTES));
                at += piece.len();
                // A server that has answered takes no more.
                if answered(sender.send(Ok(piece))).await?.is_err() {
                    break;
                }
                // What is sent again was told before.
                if at as u64 > *told {
                    watch.moved(at as u64 - *told);
                    *told = at as u64;
                }
            }
            drop(sender);
            Ok::<(), Error>(())
        };
        answer_while(sent, request).await?.map_err(|error| broken(error, &call.about))
    }

    async fn sort(
        &self,
        response: Response,
        wants: Wants,
        call: &Call,
    ) -> std::result::Result<std::result::Result<Got, Refused>, Broken> {
        let status = response.status();
        // What Google answers to a part of an upload: it has been taken, and more is expected.
        let is_taken = status.is_success() || status == StatusCode::PERMANENT_REDIRECT;
        Ok(match (is_taken, wants) {
            (true, Wants::Open) => Ok(Got::Open(response)),
            (true, Wants::Whole) => Ok(Got::Whole(Answer::read(response, self.provider, &call.about).await?)),
            (false, _) => Err(Refused::read(response, &call.about).await?),
        })
    }
}

/// How an answer is wanted.
#[derive(Clone, Copy)]
enum Wants {
    Whole,
    Open,
}

/// An answer that is no refusal.
enum Got {
    Whole(Answer),
    Open(Response),
}

/// There was no whole answer.
struct Broken {
    error: Error,
    /// Whether it took no long time to find that out.
    is_quick: bool,
}

impl From<Error> for Broken {
    /// What was waited for in vain.
    fn from(error: Error) -> Self {
        Broken { error, is_quick: false }
    }
}

/// An error of the connection. Its address is left out: some of them open an upload or a download to whoever has them.
fn broken(error: reqwest::Error, about: &str) -> Broken {
    Broken { error: fault::unanswered(&error.without_url(), about), is_quick: true }
}

fn is_passing(error: &Error) -> bool {
    matches!(error, Error::MayPass { .. })
}
