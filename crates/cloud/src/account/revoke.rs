//! Taking a grant back at the provider.

use super::exchange::send;
use super::{Provider, Revocation};
use crate::Result;
use crate::error::Error;
use crate::remote::http::client_that_stays;
use crate::remote::storage::Secret;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method};
use oauth2::HttpRequest;
use url::{Url, form_urlencoded};

/// What came of signing out. On this machine nothing is left in either case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// The provider took the grant back, or there was none.
    There,
    /// The provider still has it: nobody here can use it any more, and the person can take it back.
    OnlyHere {
        /// Why.
        why: String,
        /// Where the person takes it back.
        manage: Url,
    },
}

/// Posts the refresh token to be taken back (RFC 7009).
pub(super) async fn by_token(provider: &Provider, at: &Url, refresh: &Secret) -> Result<()> {
    let id = [("client_id", provider.client.id.as_str())];
    let secret = provider.client.secret.iter().map(|secret| ("client_secret", secret.reveal()));
    let token = [("token", refresh.reveal()), ("token_type_hint", "refresh_token")];
    let form = token.into_iter().chain(id).chain(secret);
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = post(at, form);
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let answer = send(client_that_stays()?, request, provider.name.clone()).await?;
    // What does not hold any more is taken back already; Google says so by an error, against section 2.2.
    let gone = answer.status().as_u16() == 400 && says(answer.body(), "invalid_token");
    done(provider, answer.status().is_success() || gone)
}

/// Says by an access token that it and its grant are to be taken back.
pub(super) async fn by_bearer(provider: &Provider, at: &Url, access: &Secret) -> Result<()> {
    let mut request = post(at, String::new());
    let mut value = HeaderValue::try_from(format!("Bearer {}", access.reveal()))
        .map_err(|_| Error::may_pass(format!("{} gave a token that cannot be sent", provider.name)))?;
    value.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, value);
    let answer = send(client_that_stays()?, request, provider.name.clone()).await?;
    done(provider, answer.status().is_success() || answer.status().as_u16() == 401)
}

fn post(at: &Url, body: String) -> HttpRequest {
    let mut request = HttpRequest::new(body.into_bytes());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = at.as_str().parse().expect("an address is one");
    request
}

fn says(body: &[u8], code: &str) -> bool {
    body.windows(code.len()).any(|words| words == code.as_bytes())
}

fn done(provider: &Provider, is_done: bool) -> Result<()> {
    match is_done {
        true => Ok(()),
        false => Err(Error::may_pass(format!("{} did not take it back", provider.name))),
    }
}

/// Why no program can take it back there.
pub(super) fn by_hand(provider: &Provider) -> Error {
    debug_assert_eq!(provider.revocation, Revocation::ByHand);
    Error::may_pass(format!("{} lets no program take it back", provider.name))
}
