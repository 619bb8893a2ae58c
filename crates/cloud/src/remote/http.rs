//! The client of HTTP that all storages of the web are asked through, and what they answer.

use super::wait::answered;
use crate::Result;
use crate::error::{Error, needs_you};
use crate::limits::CONNECT_WITHIN;
use bytes::{Bytes, BytesMut};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

/// How this program introduces itself.
const USER_AGENT: &str = concat!("Legible/", env!("CARGO_PKG_VERSION"));

/// HTTP with TLS as the system trusts it. Who asks waits as long as is right: a limit of the client would also end long uploads.
pub fn client() -> Result<Client> {
    built(builder()?)
}

/// The same, for who looks at each place that it is sent on to: tokens must not go there.
pub fn client_that_stays() -> Result<Client> {
    built(builder()?.redirect(Policy::none()))
}

/// The same, for what runs on this machine: no proxy is asked for it, and none gets to see what is said to it.
pub fn client_of_this_machine() -> Result<Client> {
    built(builder()?.no_proxy())
}

/// The whole body of an answer; nothing if it is longer than `limit` bytes. `told` says what an error of the connection means.
///
/// # Errors
/// When it breaks off, or nothing comes for long.
pub async fn body<E: From<Error>>(
    mut answer: Response,
    limit: usize,
    told: impl Fn(reqwest::Error) -> E,
) -> std::result::Result<Option<Bytes>, E> {
    let mut body = BytesMut::new();
    while let Some(piece) = answered(answer.chunk()).await?.map_err(&told)? {
        if body.len() + piece.len() > limit {
            return Ok(None);
        }
        body.extend_from_slice(&piece);
    }
    Ok(Some(body.freeze()))
}

fn builder() -> Result<ClientBuilder> {
    let setup = |error: rustls::Error| needs_you(&error.to_string(), "Look at the certificates of the system.");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Arc::new(Verifier::new(provider.clone()).map_err(setup)?);
    let builder = rustls::ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().map_err(setup)?;
    let mut tls = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let builder = Client::builder().user_agent(USER_AGENT).tls_backend_preconfigured(tls);
    Ok(builder.connect_timeout(CONNECT_WITHIN))
}

fn built(builder: ClientBuilder) -> Result<Client> {
    builder.build().map_err(|error| needs_you(&error.to_string(), "Look at the proxy of the system."))
}
