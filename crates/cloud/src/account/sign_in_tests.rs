//! Tests of signing in, with a provider that says what it is told to say. (tests/oauth.rs signs in at a real one.)

use super::super::fake::{Answer, Fake};
use super::*;
use crate::remote::storage::Secret;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::future::{pending, ready};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// When it is, in milliseconds.
const NOW: i64 = 1_000_000;
const TOKENS: Answer = (
    200,
    "Content-Type: application/json\r\n",
    r#"{"access_token": "acc3ss", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "r3fresh", "scope": "files"}"#,
);

async fn begin(provider: Provider) -> SignIn {
    SignIn::begin(provider, Arc::new(|| NOW)).await.unwrap()
}

/// What an address says.
fn query(address: &Url) -> HashMap<String, String> {
    address.query_pairs().into_owned().collect()
}

/// Asks as a browser does, and gives the answer.
async fn ask(redirect: &str, target: &str, host: Option<&str>) -> String {
    let redirect = Url::parse(redirect).unwrap();
    let at = format!("127.0.0.1:{}", redirect.port().unwrap());
    let mut stream = TcpStream::connect(&at).await.unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", host.unwrap_or(&at));
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Begins to sign in at a fake and runs what the browser does meanwhile, which gets the address to come back to and the state.
async fn signed_in<T>(fake: &Fake, browser: impl AsyncFnOnce(String, String) -> T) -> (Result<Grant>, T) {
    let sign_in = begin(fake.provider()).await;
    let said = query(sign_in.address());
    tokio::join!(sign_in.finish(pending()), browser(said["redirect_uri"].clone(), said["state"].clone()))
}

#[tokio::test]
async fn a_person_signs_in_whatever_else_asks() {
    let fake = Fake::start(&[TOKENS]);
    let sign_in = begin(fake.provider()).await;
    let said = query(sign_in.address());
    let (redirect, state) = (&said["redirect_uri"], &said["state"]);
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "an id"),
        ("scope", "files offline_access"),
        ("access_type", "offline"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(said[name], value, "{name}");
    }
    let browser = async {
        let check = async |target: &str, host: Option<&str>| {
            let answer = ask(redirect, target, host).await;
            assert!(answer.starts_with("HTTP/1.1 404"), "{target}: {answer}");
        };
        // One that is opened ahead and says nothing.
        let _ahead = TcpStream::connect(redirect.trim_start_matches("http://").trim_end_matches('/')).await.unwrap();
        check("/favicon.ico", None).await;
        check("/?code=c0de&state=another", None).await;
        check("/?error=access_denied&state=another", None).await;
        check(&format!("/?code=c0de&state={state}"), Some("evil.example")).await;
        ask(redirect, &format!("/?code=c0de&state={state}"), None).await
    };
    let (grant, page) = tokio::join!(sign_in.finish(pending()), browser);
    let access = super::super::Access { token: Secret::new("acc3ss"), until: Some(NOW + 3_540_000) };
    assert_eq!(grant.unwrap(), Grant { refresh: Secret::new("r3fresh"), access });
    assert!(page.contains("<h1>Signed in</h1>"), "{page}");
    let [asked] = &fake.asked()[..] else { panic!("{:?}", fake.asked()) };
    let (head, form) = asked.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /token "), "{head}");
    let form: HashMap<String, String> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    assert_eq!((&form["code"], &form["redirect_uri"]), (&"c0de".to_owned(), redirect));
    assert_eq!((form["client_id"].as_str(), form["client_secret"].as_str()), ("an id", "its s3cret"));
    // RFC 7636, section 4.6
    let challenge = base64_url(&Sha256::digest(&form["code_verifier"]));
    assert_eq!(challenge, said["code_challenge"]);
}

/// RFC 4648, section 5, without padding.
fn base64_url(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let letter = |group: &[u8], at: usize| {
        let bits = group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        LETTERS[(bits >> (18 - 6 * at) & 63) as usize] as char
    };
    bytes.chunks(3).flat_map(|group| (0..=group.len()).map(move |at| letter(group, at))).collect()
}

#[tokio::test]
async fn what_a_provider_says_to_the_browser_is_told() {
    let check = async |error: &str, expected: &str, heading: &str| {
        let (grant, page) = signed_in(&Fake::start(&[]), async |redirect, state| {
            ask(&redirect, &format!("/?error={error}&error_description=s%3Cb%3E+%1b&state={state}"), None).await
        })
        .await;
        assert_eq!(grant.unwrap_err().to_string(), expected);
        assert!(page.contains(heading) && !page.contains("<b>"), "{page}");
    };
    check("access_denied", "Legible was not allowed to use Example", "<h1>Not signed in</h1>").await;
    check("server_error", "Example cannot do it now (server_error: s<b>)", "<h1>That did not work</h1>").await;
    let unknown = "Example does not know this program, or does not let it do this (invalid_scope: s<b>)";
    check("invalid_scope", unknown, "<h1>That did not work</h1>").await;
    check("%1b[2Jother", "Example refused ([2Jother: s<b>)", "<h1>That did not work</h1>").await;
}

#[tokio::test]
async fn what_a_provider_says_to_a_code_is_told() {
    let check = async |answer: Answer, expected: &str| {
        let fake = Fake::start(&[answer]);
        let (grant, page) =
            signed_in(&fake, async |redirect, state| ask(&redirect, &format!("/?code=c0de&state={state}"), None).await)
                .await;
        let error = grant.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(error.to_string().starts_with(expected), "{shown}");
        for secret in ["c0de", "s3cret", "acc3ss", "r3fresh"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(page.contains("<h1>That did not work</h1>"), "{page}");
    };
    check((400, "", r#"{"error": "invalid_grant"}"#), "Example did not take what the browser brought").await;
    check((401, "", r#"{"error": "invalid_client"}"#), "Example does not know this program").await;
    check((503, "", ""), "Example answered 503").await;
    check((307, "Location: https://elsewhere.example/\r\n", ""), "Example could not be reached").await;
    check((200, "", "<html>Sign in to the network, c0de</html>"), "Example answered something else than tokens").await;
    let once = r#"{"access_token": "acc3ss", "token_type": "Bearer", "expires_in": 3600}"#;
    check((200, "", once), "Example let Legible in for an hour only").await;
    let part = r#"{"access_token": "acc3ss", "token_type": "Bearer", "refresh_token": "r3fresh", "scope": "openid"}"#;
    check((200, "", part), "Example lets Legible do only a part").await;
    let mac = r#"{"access_token": "acc3ss", "token_type": "mac", "refresh_token": "r3fresh"}"#;
    check((200, "", mac), "Example answered something else than tokens").await;
}

#[tokio::test]
async fn it_ends_when_it_is_stopped_or_takes_too_long() {
    let fake = Fake::start(&[]);
    let stopped = begin(fake.provider()).await;
    let port = stopped.listener.local_addr().unwrap();
    assert!(matches!(stopped.finish(ready(())).await, Err(Error::Stopped)));
    TcpStream::connect(port).await.expect_err("nobody listens any more");
    let late = begin(fake.provider()).await.within(Duration::ZERO).finish(pending()).await;
    assert_eq!(late.unwrap_err().to_string(), "nobody signed in to Example in the browser");
}

#[tokio::test]
async fn who_asks_without_end_is_not_listened_to() {
    let fake = Fake::start(&[]);
    let sign_in = begin(fake.provider()).await;
    let port = sign_in.listener.local_addr().unwrap();
    let flood = async {
        while let Ok(mut stream) = TcpStream::connect(port).await {
            let _ = stream.write_all(&[b'x'; crate::limits::SIGN_IN_REQUEST_BYTES + 1]).await;
        }
    };
    let (grant, ()) = tokio::join!(sign_in.finish(pending()), flood);
    assert_eq!(grant.unwrap_err().to_string(), "another program or page kept asking in place of the browser");
}

#[tokio::test]
async fn a_port_that_is_taken_leaves_the_next() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = taken.local_addr().unwrap().port();
    assert_ne!(listen(&[port, 0]).await.unwrap().local_addr().unwrap().port(), port);
    assert!(matches!(listen(&[port]).await, Err(Error::NeedsYou { .. })));
}

#[tokio::test]
async fn what_the_provider_alone_is_told_is_not_shown() {
    let sign_in = begin(Fake::start(&[]).provider()).await;
    let shown = format!("{sign_in:?}");
    assert!(!shown.contains(&query(sign_in.address())["state"]) && !shown.contains("s3cret"), "{shown}");
}
