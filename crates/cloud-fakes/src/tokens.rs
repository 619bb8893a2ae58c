//! Who may ask: OAuth 2 as the three providers have it in common (RFC 6749, PKCE of RFC 7636).

use crate::web::{Answer, Request};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use url::Url;

/// Tokens of somebody who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What requests bear.
    pub access: String,
    /// What gets the next one.
    pub refresh: String,
}

/// In what the providers differ.
#[derive(Debug, Clone, Copy)]
pub struct Manners {
    /// What the tokens begin with.
    pub prefix: &'static str,
    /// How long an access token is said to live, in seconds.
    pub lifetime: u64,
    /// Refreshing gives a new refresh token, and the old one is worth nothing any more.
    pub rotates: bool,
    /// Clients of the desktop have a secret too.
    pub wants_secret: bool,
    /// What the page that asks for leave is told so that a refresh token is given: the name in its query and a word of the value.
    pub offline: (&'static str, &'static str),
    /// Taking one grant back takes back all that were ever given to the program.
    pub revokes_all: bool,
}

/// What a bearer token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    Good,
    Expired,
    Unknown,
}

/// What a person granted on one occasion.
#[derive(Debug, Clone, PartialEq)]
struct Granted {
    /// Which occasion.
    number: u64,
    /// The words of a scope (RFC 6749, section 3.3); `None` for all there is, as a test grants it.
    scopes: Option<Vec<String>>,
}

/// The tokens that were given.
pub struct Tokens {
    manners: Manners,
    access: HashMap<String, (Bearer, Granted)>,
    refresh: HashMap<String, Granted>,
    codes: HashMap<String, Code>,
    agrees: bool,
    made: u64,
}

/// What was asked on the page that asks for leave.
struct Code {
    client: String,
    redirect: String,
    challenge: String,
    offline: bool,
    granted: Granted,
}

impl Tokens {
    pub fn new(manners: Manners) -> Self {
        let (access, refresh, codes) = Default::default();
        Tokens { manners, access, refresh, codes, agrees: true, made: 0 }
    }

    pub fn grant(&mut self) -> Grant {
        self.granted(None)
    }

    pub fn grant_only(&mut self, scopes: &[&str]) -> Grant {
        self.granted(Some(scopes.iter().map(|scope| (*scope).to_owned()).collect()))
    }

    fn granted(&mut self, scopes: Option<Vec<String>>) -> Grant {
        self.made += 1;
        let granted = Granted { number: self.made, scopes };
        Grant { access: self.new_access(granted.clone()), refresh: self.new_refresh(granted) }
    }

    pub fn expire_access(&mut self) {
        self.access.values_mut().for_each(|(token, _)| *token = Bearer::Expired);
    }

    pub fn revoke_all(&mut self) {
        self.access.clear();
        self.refresh.clear();
        self.codes.clear();
    }

    pub fn refreshes(&self, token: &str) -> bool {
        self.refresh.contains_key(token)
    }

    pub fn person_agrees(&mut self, agrees: bool) {
        self.agrees = agrees;
    }

    /// What the bearer token of a request is; `None` if it has none.
    pub fn of(&self, request: &Request) -> Option<Bearer> {
        request.bearer().map(|token| self.access.get(token).map_or(Bearer::Unknown, |(bearer, _)| *bearer))
    }

    /// Whether one of these scopes was granted to who asks.
    pub fn may(&self, request: &Request, scopes: &[&str]) -> bool {
        let granted = request.bearer().and_then(|token| self.access.get(token)).map(|(_, granted)| granted);
        let has = |granted: &Vec<String>| granted.iter().any(|scope| scopes.contains(&scope.as_str()));
        granted.is_some_and(|granted| granted.scopes.as_ref().is_none_or(has))
    }

    /// Takes a token back, with those that belong to it. Whether it was known.
    pub fn revoke(&mut self, token: &str) -> bool {
        let of_access = self.access.get(token).map(|(_, granted)| granted.number);
        let Some(number) = of_access.or(self.refresh.get(token).map(|granted| granted.number)) else { return false };
        if self.manners.revokes_all {
            self.revoke_all();
        }
        self.access.retain(|_, (_, granted)| granted.number != number);
        self.refresh.retain(|_, granted| granted.number != number);
        true
    }

    /// The page that asks for leave, of which the person is done at once: it leads back to the program.
    pub fn authorize(&mut self, request: &Request) -> Answer {
        let refused = |why: &str| Answer::text(400, why);
        let named = |name: &str| request.query(name).unwrap_or_default().to_owned();
        let Ok(mut back) = Url::parse(&named("redirect_uri")) else { return refused("redirect_uri is no address") };
        if !matches!(back.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")) {
            return refused("redirect_uri must be on this machine");
        }
        if named("response_type") != "code" || named("client_id").is_empty() {
            return refused("response_type must be code, and there must be a client_id");
        }
        if named("code_challenge_method") != "S256" || named("code_challenge").is_empty() {
            return refused("there must be a code_challenge of S256");
        }
        if self.agrees {
            let code = self.name("code");
            let (name, word) = self.manners.offline;
            let offline = named(name).split(' ').any(|told| told == word);
            let (client, redirect, challenge) = (named("client_id"), named("redirect_uri"), named("code_challenge"));
            let scopes = Some(named("scope").split(' ').map(str::to_owned).collect());
            let granted = Granted { number: self.made, scopes };
            self.codes.insert(code.clone(), Code { client, redirect, challenge, offline, granted });
            back.query_pairs_mut().append_pair("code", &code);
        } else {
            back.query_pairs_mut().append_pair("error", "access_denied");
        }
        if let Some(state) = request.query("state") {
            back.query_pairs_mut().append_pair("state", state);
        }
        Answer::empty(302).with("location", back.as_str())
    }

    /// The endpoint that gives tokens for a code or a refresh token.
    pub fn exchange(&mut self, request: &Request) -> Answer {
        let refused = |error: &str, why: &str| Answer::json(400, &json!({"error": error, "error_description": why}));
        if request.method != "POST" || request.content_type() != "application/x-www-form-urlencoded" {
            return refused("invalid_request", "a form is to be posted");
        }
        let form = request.form();
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let basic = basic(request);
        let client = basic.as_ref().map(|(client, _)| client.as_str()).or(field("client_id")).unwrap_or_default();
        let secret = basic.as_ref().map(|(_, secret)| secret.as_str()).or(field("client_secret"));
        if client.is_empty() {
            return refused("invalid_request", "client_id is missing");
        }
        if self.manners.wants_secret && secret.is_none_or(str::is_empty) {
            return refused("invalid_request", "client_secret is missing.");
        }
        let (refresh, granted) = match field("grant_type") {
            Some("refresh_token") => {
                let token = field("refresh_token").unwrap_or_default();
                let Some(granted) = self.refresh.get(token).cloned() else {
                    return refused("invalid_grant", "the refresh token is not known, was used or was taken back");
                };
                if self.manners.rotates {
                    self.refresh.remove(token);
                }
                (self.manners.rotates.then(|| self.new_refresh(granted.clone())), granted)
            }
            Some("authorization_code") => {
                // A code is good for one try, whatever comes of it.
                let code = self.codes.remove(field("code").unwrap_or_default());
                let verifier = field("code_verifier").unwrap_or_default();
                let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
                let fits = |code: &Code| {
                    code.client == client
                        && Some(code.redirect.as_str()) == field("redirect_uri")
                        && code.challenge == challenge
                };
                let Some(code) = code.filter(fits) else {
                    return refused("invalid_grant", "the code is not known, or is somebody else's");
                };
                (code.offline.then(|| self.new_refresh(code.granted.clone())), code.granted)
            }
            _ => return refused("unsupported_grant_type", "there are authorization_code and refresh_token"),
        };
        let scope = granted.scopes.as_ref().map(|scopes| scopes.join(" "));
        let access = self.new_access(granted);
        let mut told = json!({"access_token": access, "token_type": "bearer", "expires_in": self.manners.lifetime});
        if let Some(refresh) = refresh {
            told["refresh_token"] = refresh.into();
        }
        if let Some(scope) = scope.as_deref().or(field("scope")) {
            told["scope"] = scope.into();
        }
        Answer::json(200, &told)
    }

    fn new_access(&mut self, granted: Granted) -> String {
        let token = self.name("access");
        self.access.insert(token.clone(), (Bearer::Good, granted));
        token
    }

    fn new_refresh(&mut self, granted: Granted) -> String {
        let token = self.name("refresh");
        self.refresh.insert(token.clone(), granted);
        token
    }

    fn name(&mut self, what: &str) -> String {
        self.made += 1;
        format!("{}{what}-{:04}", self.manners.prefix, self.made)
    }
}

/// Client and secret in the header, as RFC 6749 has it too.
fn basic(request: &Request) -> Option<(String, String)> {
    let told = STANDARD.decode(request.header("authorization")?.strip_prefix("Basic ")?).ok()?;
    let (client, secret) = std::str::from_utf8(&told).ok()?.split_once(':')?;
    Some((crate::web::decoded(client)?, crate::web::decoded(secret)?))
}
