//! Who may ask, and how one comes by tokens.

use crate::client::{Client, Reply};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use legible_cloud_fakes::Clouds;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use url::Url;

/// An endpoint that gives tokens, a page that asks for leave, and something that needs a token.
const PROVIDERS: [(&str, &str, &str, &str); 3] = [
    (
        "drive",
        "https://oauth2.googleapis.com/token",
        "https://accounts.google.com/o/oauth2/v2/auth?access_type=offline",
        "https://www.googleapis.com/drive/v3/files",
    ),
    (
        "dropbox",
        "https://api.dropboxapi.com/oauth2/token",
        "https://www.dropbox.com/oauth2/authorize?token_access_type=offline",
        "https://api.dropboxapi.com/2/users/get_current_account",
    ),
    (
        "onedrive",
        "https://login.microsoftonline.com/consumers/oauth2/v2.0/token",
        "https://login.microsoftonline.com/consumers/oauth2/v2.0/authorize?scope=Files.ReadWrite.AppFolder+offline_access",
        "https://graph.microsoft.com/v1.0/me",
    ),
];
const BACK: &str = "http://127.0.0.1:9/back";
const VERIFIER: &str = "a-verifier-that-is-long-enough-for-rfc-7636-and-more";

fn form(client: &Client, url: &str, fields: &[(&str, &str)]) -> Reply {
    let fixed = [("client_id", "app"), ("client_secret", "known to all")];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fixed.iter().chain(fields)).finish();
    client.ask("POST", url, &[("content-type", "application/x-www-form-urlencoded")], body.as_bytes())
}

fn status(clouds: &Clouds, url: &str, token: &str) -> u16 {
    let method = if url.contains("dropbox") { "POST" } else { "GET" };
    Client::new(clouds).with(token).ask(method, url, &[], b"").status
}

#[test]
fn a_person_signs_in_and_stays_so_until_it_is_taken_back() {
    let clouds = Clouds::start().unwrap();
    let client = Client::new(&clouds);
    for (name, tokens, page, asks) in PROVIDERS {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let page = format!(
            "{page}&response_type=code&client_id=app&redirect_uri={BACK}&code_challenge={challenge}&code_challenge_method=S256&state=7"
        );
        let code = || {
            let back = Url::parse(client.ask("GET", &page, &[], b"").is(302).header("location").unwrap()).unwrap();
            assert!(back.as_str().starts_with(BACK) && back.query().unwrap().ends_with("&state=7"), "{back}");
            back.query_pairs().find(|(key, _)| key == "code").unwrap().1.into_owned()
        };
        let exchange = |code: &str, verifier: &str| {
            let fields = [
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", BACK),
                ("code_verifier", verifier),
            ];
            form(&client, tokens, &fields)
        };
        let refresh = |token: &str| form(&client, tokens, &[("grant_type", "refresh_token"), ("refresh_token", token)]);

        let wrong = code();
        assert_eq!(exchange(&wrong, "another").is(400).json()["error"], "invalid_grant", "{name}");
        exchange(&wrong, VERIFIER).is(400);
        let told = exchange(&code(), VERIFIER).is(200).json();
        let (access, first) = (told["access_token"].as_str().unwrap(), told["refresh_token"].as_str().unwrap());
        assert_eq!((status(&clouds, asks, access), status(&clouds, asks, "made up")), (200, 401), "{name}");

        clouds.drive.expire_access();
        clouds.dropbox.expire_access();
        clouds.onedrive.expire_access();
        assert_eq!(status(&clouds, asks, access), 401, "{name}");
        let told = refresh(first).is(200).json();
        assert_eq!(status(&clouds, asks, told["access_token"].as_str().unwrap()), 200, "{name}");
        let turns_over = name == "onedrive";
        assert_eq!(told["refresh_token"].is_string(), turns_over, "{name}");
        assert_eq!(refresh(first).status, if turns_over { 400 } else { 200 }, "{name}");

        clouds.drive.revoke_all();
        clouds.dropbox.revoke_all();
        clouds.onedrive.revoke_all();
        let last = told["refresh_token"].as_str().unwrap_or(first);
        assert_eq!(refresh(last).is(400).json()["error"], "invalid_grant", "{name}");
    }
    clouds.dropbox.person_agrees(false);
    let page = format!(
        "{}&response_type=code&client_id=a&redirect_uri={BACK}&code_challenge=x&code_challenge_method=S256",
        PROVIDERS[1].2
    );
    assert_eq!(
        client.ask("GET", &page, &[], b"").header("location"),
        Some("http://127.0.0.1:9/back?error=access_denied")
    );
}

#[test]
fn signing_out_takes_the_tokens_back() {
    let clouds = Clouds::start().unwrap();
    let grant = clouds.dropbox.grant();
    let client = Client::new(&clouds).with(&grant.access);
    client.ask("POST", "https://api.dropboxapi.com/2/auth/token/revoke", &[], b"").is(200);
    assert!(!clouds.dropbox.refreshes(&grant.refresh));
    let grant = clouds.drive.grant();
    let revoke = "https://oauth2.googleapis.com/revoke";
    form(&Client::new(&clouds), revoke, &[("token", &grant.refresh)]).is(200);
    assert!(!clouds.drive.refreshes(&grant.refresh));
    let again = form(&Client::new(&clouds), revoke, &[("token", &grant.refresh)]).is(400).json();
    assert_eq!(again["error"], json!("invalid_token"));
}
