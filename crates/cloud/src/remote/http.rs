//! The client of HTTP that all storages of the web are asked through.

use crate::Result;
use crate::error::needs_you;
use crate::limits::CONNECT_WITHIN;
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

/// How this program introduces itself.
const USER_AGENT: &str = concat!("Legible/", env!("CARGO_PKG_VERSION"));

/// HTTP with TLS as the system trusts it. Who asks waits as long as is right: a limit of the client would also end long uploads.
pub fn client() -> Result<reqwest::Client> {
    let setup = |error: rustls::Error| needs_you(&error.to_string(), "Look at the certificates of the system.");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Arc::new(Verifier::new(provider.clone()).map_err(setup)?);
    let builder = rustls::ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().map_err(setup)?;
    let mut tls = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .tls_backend_preconfigured(tls)
        .connect_timeout(CONNECT_WITHIN)
        .build()
        .map_err(|error| needs_you(&error.to_string(), "Look at the proxy of the system."))
}
