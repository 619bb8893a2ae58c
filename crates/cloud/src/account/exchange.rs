//! What a provider is asked about tokens (RFC 6749, sections 4.1.3 and 6), and what its answers mean.

use super::{Access, Grant, Provider};
use crate::Result;
use crate::error::{Error, needs_you};
use crate::limits::{ANSWER_WITHIN, TOKEN_ANSWER_BYTES, TOKEN_ENDS_EARLY};
use crate::remote::http::client_that_stays;
use crate::remote::retry_after;
use crate::remote::storage::Secret;
use crate::words::short;
use oauth2::basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse, BasicTokenType};
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, TokenResponse, TokenUrl,
};
use std::time::Duration;

/// What is asked for but not told back as granted: it makes the refresh token come, which is looked for itself.
const NOT_TOLD: &str = "offline_access";

/// How a provider is spoken to.
pub(super) type Speaker = BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// What came of a refresh.
pub(super) struct Renewed {
    pub access: Access,
    /// The refresh token that is to be used from now on, if the old one is not.
    pub refresh: Option<Secret>,
}

/// Why nothing came of it.
#[derive(Debug)]
pub(super) enum Unable {
    /// The grant does not hold any more, or was used up: `invalid_grant`.
    Refused,
    /// Anything else.
    Failed(Error),
}

/// Turns the code that the browser brought into a grant. `now` is in milliseconds since the Unix epoch.
pub(super) async fn by_code(
    provider: &Provider,
    redirect: &RedirectUrl,
    code: &Secret,
    verifier: PkceCodeVerifier,
    now: i64,
) -> Result<Grant> {
    let http = client_that_stays()?;
    let request = speaker(provider).set_redirect_uri(redirect.clone());
    let request = request.exchange_code(AuthorizationCode::new(code.reveal().to_owned())).set_pkce_verifier(verifier);
    let answer = request.request_async(&|request| send(http.clone(), request, provider.name.clone())).await;
    let answer = answer.map_err(|error| match unable(provider, code, error) {
        Unable::Refused => needs_you(
            &format!("{} did not take what the browser brought from it", provider.name),
            "Sign in once more, and finish without going back in the browser.",
        ),
        Unable::Failed(error) => error,
    })?;
    all_granted(provider, &answer)?;
    let refresh = answer.refresh_token().map(|token| Secret::new(token.secret()));
    let refresh = refresh.ok_or_else(|| {
        needs_you(
            &format!("{} let Legible in for an hour only, and not for good", provider.name),
            "Take Legible off the list of connected apps there, and sign in again.",
        )
    })?;
    Ok(Grant { refresh, access: access(provider, &answer, now)? })
}

/// Asks for another access token. `now` is in milliseconds since the Unix epoch.
pub(super) async fn by_refresh(
    provider: &Provider,
    refresh: &Secret,
    now: i64,
) -> std::result::Result<Renewed, Unable> {
    let http = client_that_stays().map_err(Unable::Failed)?;
    let token = RefreshToken::new(refresh.reveal().to_owned());
    let request = speaker(provider);
    let answer = request
        .exchange_refresh_token(&token)
        .request_async(&|request| send(http.clone(), request, provider.name.clone()))
        .await
        .map_err(|error| unable(provider, refresh, error))?;
    let new = answer.refresh_token().map(|token| Secret::new(token.secret())).filter(|new| new != refresh);
    Ok(Renewed { access: access(provider, &answer, now).map_err(Unable::Failed)?, refresh: new })
}

fn speaker(provider: &Provider) -> Speaker {
    let client = BasicClient::new(ClientId::new(provider.client.id.clone()))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::from_url(provider.token.clone()));
    match &provider.client.secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.reveal().to_owned())),
        None => client,
    }
}

/// Sends a request and reads its answer, which is short. It is sent nowhere else than where it was meant to go.
pub(super) async fn send(http: reqwest::Client, request: HttpRequest, name: String) -> Result<HttpResponse> {
    let (head, body) = request.into_parts();
    let unreachable =
        |error: reqwest::Error| Error::may_pass(format!("{name} could not be reached: {}", chain(error.without_url())));
    let answered = async {
        let request = http.request(head.method, head.uri.to_string()).headers(head.headers).body(body);
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        if status.is_server_error() || status.as_u16() == 429 {
            let message = format!("{name} answered {}", status.as_u16());
            return Err(Error::MayPass { message, retry_after: retry_after(response.headers()) });
        }
        if status.is_redirection() {
            return Err(Error::may_pass(format!("{name} could not be reached: something else answers in its place")));
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(unreachable)? {
            if body.len() + piece.len() > TOKEN_ANSWER_BYTES {
                return Err(misunderstood(&name));
            }
            body.extend_from_slice(&piece);
        }
        let mut answer = HttpResponse::new(body);
        (*answer.status_mut(), *answer.headers_mut()) = (status, response.headers().clone());
        Ok(answer)
    };
    let late = |_| Error::may_pass(format!("{name} does not answer"));
    tokio::time::timeout(ANSWER_WITHIN, answered).await.map_err(late)?
}

fn chain(error: reqwest::Error) -> String {
    let all = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
    short(&all.map(ToString::to_string).collect::<Vec<_>>().join(": "))
}

/// What a failed request for tokens means. The answer itself is never shown, and its words only without what was sent.
fn unable(provider: &Provider, sent: &Secret, error: RequestTokenError<Error, BasicErrorResponse>) -> Unable {
    let name = &provider.name;
    let answer = match error {
        RequestTokenError::Request(error) => return Unable::Failed(error),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            return Unable::Failed(misunderstood(&provider.name));
        }
        RequestTokenError::ServerResponse(answer) => answer,
    };
    match answer.error() {
        BasicErrorResponseType::InvalidGrant => Unable::Refused,
        BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient => {
            Unable::Failed(Error::NeedsYou {
                message: format!("{name} does not know this program"),
                hint: "Look at the client id of it in the settings.".to_owned(),
            })
        }
        BasicErrorResponseType::Extension(code) if passes(code) => {
            Unable::Failed(Error::may_pass(format!("{name} cannot do it now ({})", short(code))))
        }
        code => {
            let secrets = [Some(sent), provider.client.secret.as_ref()];
            let has_one = |words: &String| secrets.into_iter().flatten().any(|secret| words.contains(secret.reveal()));
            let words = answer.error_description().filter(|words| !has_one(words));
            Unable::Failed(said_no(provider, code.as_ref(), words.map_or("", |words| words)))
        }
    }
}

fn passes(code: &str) -> bool {
    ["temporarily_unavailable", "server_error", "slow_down"].contains(&code)
}

/// The error for what a provider says to a browser or to us (RFC 6749, sections 4.1.2.1 and 5.2).
pub(super) fn said_no(provider: &Provider, code: &str, words: &str) -> Error {
    let name = &provider.name;
    let because = if words.is_empty() { short(code) } else { format!("{}: {}", short(code), short(words)) };
    let needs_you = |message: String, hint: &str| Error::NeedsYou { message, hint: hint.to_owned() };
    match code {
        "access_denied" => needs_you(
            format!("Legible was not allowed to use {name}"),
            "If that was a mistake, sign in again and agree to what is asked.",
        ),
        code if passes(code) => Error::may_pass(format!("{name} cannot do it now ({because})")),
        "unauthorized_client" | "invalid_client" | "invalid_scope" | "unsupported_response_type" => needs_you(
            format!("{name} does not know this program, or does not let it do this ({because})"),
            "Look at the client id in the settings, and at what the program is registered for there.",
        ),
        _ => needs_you(format!("{name} refused ({because})"), "Sign in again."),
    }
}

fn misunderstood(name: &str) -> Error {
    let message = "answered something else than tokens; the network may want you to sign in to it first";
    Error::may_pass(format!("{name} {message}"))
}

fn access(provider: &Provider, answer: &BasicTokenResponse, now: i64) -> Result<Access> {
    let is_usable = !answer.access_token().secret().is_empty() && *answer.token_type() == BasicTokenType::Bearer;
    let token = is_usable.then(|| Secret::new(answer.access_token().secret()));
    let token = token.ok_or_else(|| misunderstood(&provider.name))?;
    Ok(Access { token, until: answer.expires_in().map(|life| now.saturating_add(usable_for(life))) })
}

/// How long a token that lives so long is used, in milliseconds.
fn usable_for(life: Duration) -> i64 {
    let usable = life - TOKEN_ENDS_EARLY.min(life / 2);
    i64::try_from(usable.as_millis()).unwrap_or(i64::MAX)
}

/// People may agree to a part only.
fn all_granted(provider: &Provider, answer: &BasicTokenResponse) -> Result<()> {
    let Some(granted) = answer.scopes() else {
        return Ok(());
    };
    let is_granted = |asked: &String| asked == NOT_TOLD || granted.iter().any(|granted| same_scope(granted, asked));
    match provider.scopes.iter().all(is_granted) {
        true => Ok(()),
        false => Err(needs_you(
            &format!("{} lets Legible do only a part of what it needs", provider.name),
            "Sign in again and agree to all that is asked: it is as little as serves.",
        )),
    }
}

/// Microsoft names scopes with or without the address of the service before them.
fn same_scope(one: &str, other: &str) -> bool {
    let last = |scope: &str| scope.rsplit('/').next().unwrap_or(scope).to_ascii_lowercase();
    last(one) == last(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_used_until_shortly_before_their_end() {
        let check = |seconds: u64, expected: i64| {
            assert_eq!(usable_for(Duration::from_secs(seconds)), expected * 1_000, "{seconds}");
        };
        check(3_600, 3_540);
        check(120, 60);
        check(60, 30);
        check(2, 1);
        check(0, 0);
    }

    #[test]
    fn scopes_are_the_same_however_they_are_named() {
        let check =
            |one: &str, other: &str, expected: bool| assert_eq!(same_scope(one, other), expected, "{one} {other}");
        check("https://graph.microsoft.com/Files.ReadWrite.AppFolder", "Files.ReadWrite.AppFolder", true);
        check("files.readwrite.appfolder", "Files.ReadWrite.AppFolder", true);
        check("files.content.read", "files.content.write", false);
    }
}
