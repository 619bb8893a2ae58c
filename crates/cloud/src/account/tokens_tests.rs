//! Tests of the tokens of an account, with a provider that says what it is told to say. (tests/oauth.rs asks a real one.)

use super::super::fake::{Answer, Fake, Kept};
use super::*;
use std::sync::atomic::{AtomicI64, Ordering};

const FIRST: Answer = (200, "", r#"{"access_token": "acc3ss-1", "token_type": "bearer", "expires_in": 3600}"#);
const SECOND: Answer = (200, "", r#"{"access_token": "acc3ss-2", "token_type": "Bearer", "expires_in": 3600}"#);
const ROTATED: Answer =
    (200, "", r#"{"access_token": "acc3ss-3", "token_type": "Bearer", "refresh_token": "r3fresh-2"}"#);
const REFUSED: Answer = (400, "", r#"{"error": "invalid_grant", "error_description": "r3fresh-1 was revoked"}"#);
const BUSY: Answer = (429, "Retry-After: 7\r\n", "");

fn tokens(fake: &Fake, store: &Arc<Kept>) -> OAuthTokens {
    OAuthTokens::new(fake.provider(), store.clone(), Arc::new(|| 0))
}

fn needs_you(result: Result<String>) -> String {
    match result {
        Err(Error::NeedsYou { message, .. } | Error::SignIn { message, .. }) => message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_serves_until_it_ends_or_is_refused() {
    let fake = Fake::start(&[FIRST, SECOND, FIRST]);
    let now = Arc::new(AtomicI64::new(0));
    let clock = now.clone();
    let store = Kept::with("r3fresh-1");
    let tokens = OAuthTokens::new(fake.provider(), store.clone(), Arc::new(move || clock.load(Ordering::Relaxed)));
    let check = async |at: i64, refused: Option<&str>, expected: &str, asked: usize| {
        now.store(at, Ordering::Relaxed);
        assert_eq!(tokens.access(refused).await.unwrap(), expected);
        assert_eq!(fake.asked().len(), asked);
    };
    check(0, None, "acc3ss-1", 1).await;
    check(3_539_999, None, "acc3ss-1", 1).await;
    check(3_540_000, None, "acc3ss-2", 2).await;
    // Refused before the second came: that one serves.
    check(3_540_000, Some("acc3ss-1"), "acc3ss-2", 2).await;
    check(3_540_000, Some("acc3ss-2"), "acc3ss-1", 3).await;
    assert!(fake.asked()[0].contains("grant_type=refresh_token&refresh_token=r3fresh-1"));
    assert_eq!(store.saves(), [""; 0], "nothing new is to be stored");
}

#[tokio::test]
async fn all_that_ask_at_once_make_one_request() {
    let fake = Fake::held(&[FIRST, BUSY]);
    let store = Kept::with("r3fresh-1");
    let tokens = tokens(&fake, &store);
    // Both wait before the provider may answer: they are polled in turn.
    let let_go = async || fake.go.send(()).unwrap();
    let (one, other, ()) = tokio::join!(tokens.access(None), tokens.access(None), let_go());
    assert_eq!((one.unwrap(), other.unwrap()), ("acc3ss-1".to_owned(), "acc3ss-1".to_owned()));
    assert_eq!(fake.asked().len(), 1);
    let refused = Some("acc3ss-1");
    let (one, other, ()) = tokio::join!(tokens.access(refused), tokens.access(refused), let_go());
    for result in [one, other] {
        let Err(Error::MayPass { message, retry_after }) = result else { panic!("{result:?}") };
        assert_eq!((message.as_str(), retry_after), ("Example answered 429", Some(Duration::from_secs(7))));
    }
    assert_eq!(fake.asked().len(), 2);
}

#[tokio::test]
async fn another_refresh_token_is_stored_before_anything_is_used() {
    let fake = Fake::start(&[ROTATED, SECOND]);
    let store = Kept::with("r3fresh-1");
    let tokens = tokens(&fake, &store);
    store.fail(2);
    for _ in 0..2 {
        let result = tokens.access(None).await;
        assert_eq!(result.unwrap_err().to_string(), "the disk is full");
        assert_eq!(store.token().as_deref(), Some("r3fresh-1"));
    }
    assert_eq!(tokens.access(None).await.unwrap(), "acc3ss-3");
    assert_eq!((store.saves(), fake.asked().len()), (vec!["r3fresh-2".to_owned()], 1), "what was got is not lost");
    assert_eq!(tokens.access(Some("acc3ss-3")).await.unwrap(), "acc3ss-2");
    assert!(fake.asked()[1].contains("refresh_token=r3fresh-2"));
}

#[tokio::test]
async fn who_does_not_wait_any_more_loses_nothing() {
    let fake = Fake::held(&[ROTATED]);
    let store = Kept::with("r3fresh-1");
    let tokens = tokens(&fake, &store);
    {
        let mut access = tokens.access(None);
        assert!(futures_util::poll!(&mut access).is_pending());
    }
    fake.go.send(()).unwrap();
    store.wait_for_a_save();
    assert_eq!(tokens.access(None).await.unwrap(), "acc3ss-3");
    assert_eq!((store.token().as_deref(), fake.asked().len()), (Some("r3fresh-2"), 1));
}

#[tokio::test]
async fn a_grant_that_ended_needs_the_person_once() {
    let fake = Fake::start(&[REFUSED, FIRST]);
    let store = Kept::with("r3fresh-1");
    let tokens = tokens(&fake, &store);
    for _ in 0..2 {
        assert_eq!(needs_you(tokens.access(None).await), "Example does not let Legible in any more");
    }
    assert_eq!(fake.asked().len(), 1, "it is not asked again");
    assert_eq!(store.token().as_deref(), Some("r3fresh-1"));
    store.put("of another sign-in");
    assert_eq!(tokens.access(None).await.unwrap(), "acc3ss-1");
}

#[tokio::test]
async fn another_process_that_was_faster_has_the_last_word() {
    let check = async |first: Answer| {
        let fake = Fake::held(&[first, SECOND]);
        let store = Kept::with("r3fresh-1");
        let tokens = tokens(&fake, &store);
        let meanwhile = async {
            store.put("r3fresh-of-the-other");
            fake.go.send(()).unwrap();
            fake.go.send(()).unwrap();
        };
        // The first is under way, with the old token, before it is replaced.
        let mut access = tokens.access(None);
        assert!(futures_util::poll!(&mut access).is_pending());
        while fake.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        let (result, ()) = tokio::join!(access, meanwhile);
        assert_eq!(result.unwrap(), "acc3ss-2");
        assert_eq!(store.token().as_deref(), Some("r3fresh-of-the-other"));
        assert!(fake.asked()[1].contains("refresh_token=r3fresh-of-the-other"));
    };
    check(REFUSED).await;
    check(ROTATED).await;
}

#[tokio::test]
async fn what_a_provider_says_to_a_refresh_is_told() {
    let check = async |answer: Answer, expected: &str| {
        let tokens = tokens(&Fake::start(&[answer]), &Kept::with("r3fresh-1"));
        let error = tokens.access(None).await.unwrap_err();
        let shown = format!("{error} {error:?} {tokens:?}");
        let sort = match error {
            Error::SignIn { .. } => "sign in",
            Error::NeedsYou { .. } => "needs you",
            _ => "may pass",
        };
        assert_eq!(format!("{sort}: {error}"), expected);
        for secret in ["r3fresh", "acc3ss", "s3cret"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    };
    check(REFUSED, "sign in: Example does not let Legible in any more").await;
    check((401, "", r#"{"error": "invalid_client"}"#), "needs you: Example does not know this program").await;
    check(
        (400, "", r#"{"error": "invalid_request", "error_description": "no"}"#),
        "needs you: Example refused (invalid_request: no)",
    )
    .await;
    let echo = r#"{"error": "invalid_request", "error_description": "r3fresh-1 is none"}"#;
    check((400, "", echo), "needs you: Example refused (invalid_request)").await;
    check(
        (400, "", r#"{"error": "temporarily_unavailable"}"#),
        "may pass: Example cannot do it now (temporarily_unavailable)",
    )
    .await;
    check((500, "", "acc3ss"), "may pass: Example answered 500").await;
    let odd = "may pass: Example answered something else than tokens; the network may want you to sign in to it first";
    check((200, "", r#"{"access_token": "acc3ss", "token_type""#), odd).await;
    check((403, "", "<html>r3fresh-1"), odd).await;
    let elsewhere = "may pass: Example could not be reached: something else answers in its place";
    check((308, "Location: http://127.0.0.1:1/\r\n", ""), elsewhere).await;
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_it() {
    const LONG: &str = match std::str::from_utf8(&[b' '; crate::limits::TOKEN_ANSWER_BYTES + 1]) {
        Ok(text) => text,
        Err(_) => panic!(),
    };
    let tokens = tokens(&Fake::start(&[(200, "", LONG)]), &Kept::with("r3fresh-1"));
    let error = tokens.access(None).await.unwrap_err();
    assert!(error.to_string().starts_with("Example answered something else"), "{error}");
}

#[tokio::test]
async fn a_provider_that_is_not_there_may_come_back() {
    let store = Kept::with("r3fresh-1");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut provider = Fake::start(&[]).provider();
    provider.token = url::Url::parse(&format!("http://{nobody}/token")).unwrap();
    let tokens = OAuthTokens::new(provider, store, Arc::new(|| 0));
    let Err(Error::MayPass { message, .. }) = tokens.access(None).await else { panic!() };
    assert!(message.starts_with("Example could not be reached: "), "{message}");
}

#[tokio::test]
async fn signing_out_takes_the_grant_back() {
    let check = async |how: &str, answers: &[Answer], expected: &str, asked: &[&str]| {
        let fake = Fake::start(answers);
        let mut provider = fake.provider();
        let at = provider.token.join("/revoke").unwrap();
        provider.revocation = match how {
            "token" => Revocation::Token(at),
            "bearer" => Revocation::Bearer(at),
            _ => Revocation::ByHand,
        };
        let store = Kept::with("r3fresh-1");
        let tokens = OAuthTokens::new(provider, store.clone(), Arc::new(|| 0));
        let revoked = match tokens.sign_out().await.unwrap() {
            Revoked::There => "there".to_owned(),
            Revoked::OnlyHere { why, .. } => why,
        };
        assert_eq!(revoked, expected);
        assert_eq!(store.token(), None);
        assert_eq!(needs_you(tokens.access(None).await), "nobody is signed in to Example");
        assert_eq!(tokens.sign_out().await.unwrap(), Revoked::There, "what is signed out is signed out");
        let heard = fake.asked();
        assert_eq!(heard.len(), asked.len(), "{heard:?}");
        assert!(heard.iter().zip(asked).all(|(heard, asked)| heard.contains(asked)), "{heard:?}");
    };
    let ok: Answer = (200, "", "");
    check("token", &[ok], "there", &["token=r3fresh-1&token_type_hint=refresh_token&client_id=an+id"]).await;
    check("token", &[(400, "", r#"{"error": "invalid_token"}"#)], "there", &["POST /revoke"]).await;
    check("token", &[(400, "", r#"{"error": "invalid_request"}"#)], "Example did not take it back", &["POST /revoke"])
        .await;
    check("token", &[(503, "", "")], "Example answered 503", &["POST /revoke"]).await;
    check("bearer", &[FIRST, ok], "there", &["POST /token", "authorization: Bearer acc3ss-1"]).await;
    check("bearer", &[REFUSED], "there", &["POST /token"]).await;
    check("by hand", &[], "Example lets no program take it back", &[]).await;
}

#[tokio::test]
async fn what_is_forgotten_does_not_come_back() {
    let fake = Fake::held(&[ROTATED, (200, "", "")]);
    let store = Kept::with("r3fresh-1");
    let tokens = tokens(&fake, &store);
    let mut access = tokens.access(None);
    assert!(futures_util::poll!(&mut access).is_pending());
    while fake.asked().is_empty() {
        tokio::task::yield_now().await;
    }
    // As if the person signed out, in whichever process, while a refresh is under way.
    store.forget().unwrap();
    fake.go.send(()).unwrap();
    assert_eq!(needs_you(access.await), "nobody is signed in to Example");
    assert_eq!((store.token(), store.saves()), (None, vec![]));
}

#[tokio::test]
async fn what_the_sign_in_gave_serves_first() {
    let fake = Fake::start(&[]);
    let access = Access { token: Secret::new("acc3ss-0"), until: Some(1) };
    let tokens = tokens(&fake, &Kept::with("r3fresh-1")).with_access(access);
    assert_eq!(tokens.access(None).await.unwrap(), "acc3ss-0");
    assert_eq!(fake.asked(), [""; 0]);
}
