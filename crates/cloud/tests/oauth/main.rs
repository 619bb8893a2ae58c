//! Accounts at a real provider (npm oidc-provider) on this machine, which takes no refresh token twice. `cargo xtask test` sets it up; where
//! it is not there that is said.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod browser;
mod logs;
mod server;

use browser::{Answer, Browser};
use legible_cloud::account::{
    Client, Clock, Grant, OAuthTokens, Provider, Redirect, Revocation, Revoked, SignIn, TokenStore, Tokens,
};
use legible_cloud::remote::storage::Secret;
use legible_cloud::{Error, Result};
use libtest_mimic::{Arguments, Failed, Trial};
use server::Server;
use std::future::pending;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;
use url::Url;

fn main() -> ExitCode {
    logs::keep();
    let trials = match server::packages() {
        Err(why) => {
            eprintln!("SKIPPED accounts at oidc-provider: {why}");
            vec![Trial::test("accounts_at_a_real_provider", || Ok(())).with_ignored_flag(true)]
        }
        Ok(packages) => {
            let server = Arc::new(Server::start(&packages));
            let trial = |name, run: fn(&Server)| {
                let server = server.clone();
                Trial::test(name, move || -> std::result::Result<(), Failed> {
                    run(&server);
                    Ok(())
                })
            };
            vec![
                trial("a_person_signs_in_and_stays_so", |server| run(stays_signed_in(server))),
                trial("a_refresh_token_that_was_used_ends_it", |server| run(used_twice(server))),
                trial("two_that_need_a_token_at_once_make_one_request", |server| run(two_at_once(server))),
                trial("who_signed_out_is_out", |server| run(signed_out(server))),
                trial("a_person_who_says_no_is_not_signed_in", |server| run(said_no(server))),
                trial("another_state_changes_nothing", |server| run(another_state(server))),
                trial("a_wait_that_is_stopped_ends", |server| run(stopped(server))),
            ]
        }
    };
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(test);
}

/// Where a refresh token lies for a test.
#[derive(Default)]
struct Store(Mutex<Option<Secret>>);

impl TokenStore for Store {
    fn load(&self) -> Result<Option<Secret>> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn save(&self, token: &Secret) -> Result<()> {
        *self.0.lock().unwrap() = Some(token.clone());
        Ok(())
    }

    fn forget(&self) -> Result<()> {
        *self.0.lock().unwrap() = None;
        Ok(())
    }
}

fn clock() -> Clock {
    Arc::new(|| 0)
}

fn provider(server: &Server) -> Provider {
    let at = |path: &str| Url::parse(&format!("http://127.0.0.1:{}{path}", server.port)).unwrap();
    Provider {
        name: "Example".into(),
        authorize: at("/auth"),
        token: at("/token"),
        revocation: Revocation::Token(at("/token/revocation")),
        manage: at("/"),
        scopes: vec!["openid".into(), "offline_access".into()],
        extra: vec![("prompt".into(), "consent".into())],
        client: Client { id: "legible-test".into(), secret: None },
        redirect: Redirect { host: "127.0.0.1".into(), path: "/".into(), ports: vec![] },
    }
}

/// Signs in as a person does who agrees to everything.
async fn sign_in(server: &Server) -> Grant {
    let sign_in = SignIn::begin(provider(server), clock()).await.unwrap();
    let address = sign_in.address().clone();
    let person = tokio::task::spawn_blocking(move || Browser::default().sign_in(&address, Answer::Yes));
    let (grant, page) = tokio::join!(sign_in.finish(pending()), person);
    let page = page.unwrap();
    assert!(page.body.contains("<h1>Signed in</h1>"), "{page:?}");
    grant.unwrap()
}

fn tokens(server: &Server, refresh: &Secret) -> (OAuthTokens, Arc<Store>) {
    let store = Arc::new(Store(Mutex::new(Some(refresh.clone()))));
    (OAuthTokens::new(provider(server), store.clone(), clock()), store)
}

/// Whether the provider lets somebody in with a token.
async fn serves(server: &Server, access: &str) -> bool {
    let me = Url::parse(&format!("http://127.0.0.1:{}/me", server.port)).unwrap();
    let access = access.to_owned();
    let ask = move || Browser::default().ask("GET", &me, &format!("Authorization: Bearer {access}\r\n"), "").status;
    tokio::task::spawn_blocking(ask).await.unwrap() == 200
}

fn needs_you(result: Result<String>) -> String {
    match result {
        Err(Error::NeedsYou { message, hint } | Error::SignIn { message, hint }) if !hint.is_empty() => message,
        other => panic!("{:?}", other.map(|_| "a token")),
    }
}

async fn stays_signed_in(server: &Server) {
    let grant = sign_in(server).await;
    let (tokens, store) = tokens(server, &grant.refresh);
    let tokens = tokens.with_access(grant.access.clone());
    let mut access = tokens.access(None).await.unwrap();
    assert_eq!(access, grant.access.token.reveal());
    let mut seen = vec![grant.refresh.clone(), grant.access.token];
    for _ in 0..3 {
        assert!(serves(server, &access).await);
        let next = tokens.access(Some(&access)).await.unwrap();
        assert_ne!(next, access);
        access = next;
        let refresh = store.load().unwrap().unwrap();
        assert!(!seen.contains(&refresh), "it gives another one each time");
        seen.extend([refresh, Secret::new(access.clone())]);
    }
    let shown = format!("{tokens:?} {grant:?}", grant = Grant { refresh: seen[0].clone(), ..sign_in(server).await });
    let logged = logs::all();
    assert!(logged.contains("127.0.0.1"), "the logs are those of these requests");
    for secret in &seen {
        assert!(!shown.contains(secret.reveal()) && !logged.contains(secret.reveal()), "a token is shown or logged");
    }
}

async fn used_twice(server: &Server) {
    let grant = sign_in(server).await;
    let (ours, store) = tokens(server, &grant.refresh);
    ours.access(None).await.unwrap();
    // As after a restart from a copy of the time before: the provider takes it for a thief's.
    let (of_old, kept) = tokens(server, &grant.refresh);
    for _ in 0..2 {
        assert_eq!(needs_you(of_old.access(None).await), "Example does not let Legible in any more");
    }
    assert_eq!(kept.load().unwrap(), Some(grant.refresh), "it is not forgotten, nor is what is in step");
    let last = ours.access(None).await.unwrap();
    assert_eq!(needs_you(ours.access(Some(&last)).await), "Example does not let Legible in any more");
    // Signing in again is all it takes.
    store.save(&sign_in(server).await.refresh).unwrap();
    assert!(serves(server, &ours.access(None).await.unwrap()).await);
}

async fn two_at_once(server: &Server) {
    let grant = sign_in(server).await;
    let (tokens, _) = tokens(server, &grant.refresh);
    // A second request with the same token would have ended the grant.
    let (one, other) = tokio::join!(tokens.access(None), tokens.access(None));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one, other);
    assert!(serves(server, &tokens.access(Some(&one)).await.unwrap()).await);
}

async fn signed_out(server: &Server) {
    let grant = sign_in(server).await;
    let (ours, store) = tokens(server, &grant.refresh);
    let access = ours.access(None).await.unwrap();
    let copied = store.load().unwrap().unwrap();
    assert_eq!(ours.sign_out().await.unwrap(), Revoked::There);
    assert_eq!(store.load().unwrap(), None);
    assert_eq!(needs_you(ours.access(None).await), "nobody is signed in to Example");
    let (thief, _) = tokens(server, &copied);
    assert_eq!(needs_you(thief.access(None).await), "Example does not let Legible in any more");
    assert!(!serves(server, &access).await);
}

async fn said_no(server: &Server) {
    let sign_in = SignIn::begin(provider(server), clock()).await.unwrap();
    let address = sign_in.address().clone();
    let person = tokio::task::spawn_blocking(move || Browser::default().sign_in(&address, Answer::No));
    let (grant, page) = tokio::join!(sign_in.finish(pending()), person);
    assert_eq!(needs_you(grant.map(|_| String::new())), "Legible was not allowed to use Example");
    assert!(page.unwrap().body.contains("<h1>Not signed in</h1>"));
}

async fn another_state(server: &Server) {
    let sign_in = SignIn::begin(provider(server), clock()).await.unwrap();
    let address = sign_in.address().clone();
    let person = tokio::task::spawn_blocking(move || {
        let mut other = address.clone();
        let pairs = address.query_pairs().map(|(name, value)| match &*name {
            "state" => (name, "of-another-page".into()),
            _ => (name, value),
        });
        other.query_pairs_mut().clear().extend_pairs(pairs.collect::<Vec<_>>());
        let first = Browser::default().sign_in(&other, Answer::Yes);
        (first, Browser::default().sign_in(&address, Answer::Yes))
    });
    let (grant, pages) = tokio::join!(sign_in.finish(pending()), person);
    let (first, second) = pages.unwrap();
    assert!(first.status == 404 && first.body.contains("Nothing to see here"), "{first:?}");
    assert!(second.body.contains("<h1>Signed in</h1>"), "{second:?}");
    grant.unwrap();
}

async fn stopped(server: &Server) {
    let sign_in = SignIn::begin(provider(server), clock()).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let person = async {
        // The person has come to the provider's page by now, and goes no further.
        let address = sign_in.address().clone();
        let page = tokio::task::spawn_blocking(move || Browser::default().follow(&address)).await.unwrap();
        assert!(page.body.contains("<form"), "{page:?}");
        stop.send(()).unwrap();
    };
    person.await;
    let result = sign_in.finish(async { drop(stopped.await) }).await;
    assert!(matches!(result, Err(Error::Stopped)));
}
