//! Signing in: the address that is opened in the browser, and the wait until the browser comes back with the provider's answer.

use super::page::Page;
use super::redirect::{self, Expected, Request, Told};
use super::{Clock, Grant, Provider, exchange};
use crate::Result;
use crate::error::{Error, needs_you};
use crate::limits::{SIGN_IN_AT_ONCE, SIGN_IN_REQUESTS, SIGN_IN_WITHIN};
use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use std::fmt::{self, Debug, Formatter};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

/// Waits for a person who signs in. What it waits with ends with it.
pub struct SignIn {
    provider: Provider,
    clock: Clock,
    listener: TcpListener,
    address: Url,
    redirect: RedirectUrl,
    expected: Expected,
    verifier: PkceCodeVerifier,
    within: Duration,
}

impl SignIn {
    /// Begins to wait. Call it on a runtime of tokio.
    ///
    /// # Errors
    /// When the provider cannot be signed in to safely, or this machine has no free port that the provider takes.
    pub async fn begin(provider: Provider, clock: Clock) -> Result<Self> {
        provider.check()?;
        let listener = listen(&provider.redirect.ports).await?;
        let port = listener.local_addr().map_err(no_port)?.port();
        let redirect = format!("http://{}:{port}{}", provider.redirect.host, provider.redirect.path);
        let redirect = RedirectUrl::new(redirect).map_err(no_port)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = BasicClient::new(ClientId::new(provider.client.id.clone()))
            .set_auth_uri(AuthUrl::from_url(provider.authorize.clone()))
            .set_redirect_uri(redirect.clone());
        let mut request = client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(provider.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge);
        for (name, value) in &provider.extra {
            request = request.add_extra_param(name, value);
        }
        let (address, state) = request.url();
        let expected = Expected::of(&provider, port, state.secret());
        Ok(Self { provider, clock, listener, address, redirect, expected, verifier, within: SIGN_IN_WITHIN })
    }

    /// What is to be opened in the browser of the person.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// Waits until the person has signed in, and ends at once when `stopped` does.
    ///
    /// # Errors
    /// [`Error::Stopped`]; [`Error::NeedsYou`] when the person said no, took too long, or the provider refuses; [`Error::MayPass`] when the
    /// provider cannot be reached.
    pub async fn finish(self, stopped: impl Future<Output = ()>) -> Result<Grant> {
        tokio::select! {
            biased;
            () = stopped => Err(Error::Stopped),
            grant = self.wait() => grant,
        }
    }

    async fn wait(self) -> Result<Grant> {
        let Self { provider, clock, listener, redirect, expected, verifier, within, .. } = self;
        let answer = tokio::time::timeout(within, answer_of(&provider.name, listener, &expected));
        let (mut browser, told) = answer.await.map_err(|_| took_too_long(&provider))??;
        let (result, otherwise) = match told {
            Told::Code(code) => (exchange::by_code(&provider, &redirect, &code, verifier, clock()).await, Page::Failed),
            Told::No { error, words } => {
                let page = if error == "access_denied" { Page::Denied } else { Page::Failed };
                (Err(exchange::said_no(&provider, &error, &words)), page)
            }
            Told::Foreign => unreachable!("it was not waited for"),
        };
        let page = if result.is_ok() { Page::SignedIn } else { otherwise };
        page.show(&provider.name, &mut browser).await;
        result
    }

    /// As if the person had so long.
    #[cfg(test)]
    fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }
}

/// Without what only the provider and the browser are told.
impl Debug for SignIn {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "SignIn({}, {})", self.provider.name, self.redirect.as_str())
    }
}

/// Listens on this machine only.
async fn listen(ports: &[u16]) -> Result<TcpListener> {
    let ports = if ports.is_empty() { &[0] } else { ports };
    let mut last = None;
    for port in ports {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) => last = Some(error),
        }
    }
    Err(last.map_or_else(|| no_port("there are none"), no_port))
}

/// Answers requests until one is from the provider; that one is left to be answered.
async fn answer_of(name: &str, listener: TcpListener, expected: &Expected) -> Result<(TcpStream, Told)> {
    let mut open = JoinSet::new();
    let mut came = 0;
    loop {
        tokio::select! {
            accepted = listener.accept(), if open.len() < SIGN_IN_AT_ONCE => {
                came += 1;
                if came > SIGN_IN_REQUESTS {
                    return Err(needs_you(
                        "another program or page kept asking in place of the browser",
                        "Close other pages and sign in again.",
                    ));
                }
                // A connection that is gone before it was looked at is nobody's.
                if let Ok((stream, _)) = accepted {
                    open.spawn(serve(stream, expected.clone(), name.to_owned()));
                }
            }
            Some(served) = open.join_next() => {
                if let Ok(Some(answer)) = served {
                    return Ok(answer);
                }
            }
        }
    }
}

/// Answers a request, unless it is from the provider.
async fn serve(mut stream: TcpStream, expected: Expected, name: String) -> Option<(TcpStream, Told)> {
    let request: Option<Request> = redirect::read(&mut stream).await;
    match expected.tell(&request?) {
        Told::Foreign => {
            Page::Foreign.show(&name, &mut stream).await;
            None
        }
        told => Some((stream, told)),
    }
}

fn no_port(error: impl fmt::Display) -> Error {
    let message = format!("nothing could be listened to for the browser: {error}");
    Error::NeedsYou { message, hint: "Look whether another program is just signing in, and try again.".to_owned() }
}

fn took_too_long(provider: &Provider) -> Error {
    needs_you(
        &format!("nobody signed in to {} in the browser", provider.name),
        "Sign in again. If the browser showed an error, look at the client id in the settings.",
    )
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod tests;
