//! Pushes against a loopback server: what arrives, what is tried again, what is final.

use super::server::{Reply, Server};
use super::*;
use crate::api::{ErrorCode, WireError};
use crate::handler::Work;
use crate::handlers;
use crate::service::Config;
use crate::testing::Home;
use crate::worker_pool::Control;
use legible_jobs::{Claim, Filter, JobId, Lease, Owner, State};
use std::time::{Duration, Instant};

const PATIENT: Limits = Limits { connect: Duration::from_secs(5), whole: Duration::from_secs(5) };

fn pushed() -> Pushed {
    Pushed { kind: Kind::Failure, title: "1 failed".into(), body: "Try again.".into(), time: 1_000_000 }
}

fn send_to(server: &Server, limits: &Limits) -> Result<(), PushError> {
    send(&Address::parse(PushKind::Webhook, &server.url("/hook?key=s3cret")).unwrap(), &pushed(), limits)
}

#[test]
fn a_push_arrives_once_with_what_the_notification_says() {
    let server = Server::start(vec![Reply::Status(200), Reply::Status(200)]);
    send_to(&server, &PATIENT).unwrap();
    let topic = Address::parse(PushKind::Ntfy, &server.url("/up/mine?auth=abc")).unwrap();
    send(&topic, &pushed(), &PATIENT).unwrap();
    let [(hook, body), (ntfy, json)] = &server.got()[..] else { panic!("{:?}", server.got()) };
    assert!(hook.starts_with("POST /hook?key=s3cret HTTP/1.1"), "{hook}");
    assert!(hook.to_lowercase().contains("content-type: application/json"), "{hook}");
    let said = r#"{"app":"Legible","body":"Try again.","kind":"failure","time":1000000,"title":"1 failed"}"#;
    assert_eq!(serde_json::from_str::<serde_json::Value>(body).unwrap().to_string(), said);
    assert!(ntfy.starts_with("POST /up/?auth=abc HTTP/1.1"), "{ntfy}");
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!((&json["topic"], &json["message"]), (&"mine".into(), &"Try again.".into()));
}

#[test]
fn a_name_and_password_in_the_address_are_sent_as_such() {
    let server = Server::start(vec![Reply::Status(204)]);
    let url = server.url("/a").replace("127", "user:pass@127");
    send(&Address::parse(PushKind::Webhook, &url).unwrap(), &pushed(), &PATIENT).unwrap();
    assert!(server.got()[0].0.contains("Basic dXNlcjpwYXNz"), "{:?}", server.got());
}

#[test]
fn what_went_wrong_is_told_and_decides_about_another_attempt() {
    let check = |reply: Reply, words: &str, again: bool| {
        let error = send_to(&Server::start(vec![reply]), &PATIENT).unwrap_err();
        let told = format!("{error}. {}", error.hint());
        assert!(told.contains(words), "{told}");
        assert_eq!(error.may_pass(), again, "{told}");
        assert!(!told.contains("s3cret") && !told.contains("/hook"), "{told}");
    };
    check(Reply::Status(500), "500", true);
    check(Reply::With(503, "a: b".into(), "{\"error\":\"full\"}"), "503 (full)", true);
    check(Reply::Status(429), "no more for now", true);
    check(Reply::With(401, "a: b".into(), "unauthorized"), "password or token", false);
    check(Reply::Status(404), "path", false);
    check(Reply::Status(418), "418", false);
    check(Reply::With(302, "location: /other".into(), ""), "another page", false);
    check(Reply::With(308, "location: https://evil.example/p".into(), ""), "https://evil.example,", false);
    check(Reply::With(307, "location: http://127.0.0.1:1/p".into(), ""), "127.0.0.1:1", false);
    let gone = Address::parse(PushKind::Webhook, "http://127.0.0.1:1/").unwrap();
    let error = send(&gone, &pushed(), &PATIENT).unwrap_err();
    assert!(error.to_string().contains("nothing listens") && error.may_pass(), "{error}");
}

#[test]
fn a_redirect_on_the_same_server_is_followed_but_not_for_ever() {
    let onward = || Reply::With(307, "location: /next".into(), "");
    let server = Server::start(vec![onward(), Reply::Status(200)]);
    send_to(&server, &PATIENT).unwrap();
    assert!(server.got()[1].0.starts_with("POST /next ") && !server.got()[1].1.is_empty(), "{:?}", server.got());
    let error = send_to(&Server::start((0..9).map(|_| onward()).collect()), &PATIENT).unwrap_err();
    assert!(error.to_string().contains("again and again"), "{error}");
}

#[test]
fn a_server_that_hangs_is_given_up() {
    let began = Instant::now();
    let server = Server::start(vec![Reply::Hang]);
    let error = send_to(&server, &Limits { connect: PATIENT.connect, whole: Duration::from_millis(300) }).unwrap_err();
    assert!(error.to_string().contains("too long") && error.may_pass(), "{error}");
    assert!(began.elapsed() < Duration::from_secs(5));
}

/// A home whose pushes go to this server.
fn home_to(server: &Server) -> Home {
    let home = Home::new();
    set(&home, PushKind::Webhook, &server.url("/"));
    home
}

fn set(home: &Home, kind: PushKind, url: &str) {
    let settings = home.service.settings_file().load().unwrap();
    let push = Push { kind, url: url.to_owned() };
    home.service.settings_file().save(&crate::api::Settings { push, ..settings }).unwrap();
}

/// Enqueues one push, as of now.
fn put(home: &Home) {
    let now = home.service.now();
    let payload = Payload { message: Pushed { time: now, ..pushed() }, put_off: 0 };
    home.service.database().write_blocking(move |tx| enqueue(tx, &payload, now, now)).unwrap();
}

fn claim(home: &Home) -> Option<Lease> {
    let (now, owner) = (home.service.now(), Owner("test".into()));
    let claim = Claim { limit: 1, kinds: Some(handlers::Lane::Net.kinds(false)), ..Claim::default() };
    let claimed = move |tx: &Transaction<'_>| Ok(legible_jobs::claim(tx, &owner, now, 60_000, &claim)?);
    home.service.database().write_blocking(claimed).unwrap().pop()
}

/// Runs a claimed push as the runner does, failures noted; returns where it stands.
fn run(home: &Home, lease: &Lease) -> State {
    let handler = handlers::handler(PUSH).unwrap();
    let done = handler.run(&mut Work::new(&home.service, lease, &Control::default(), 1));
    let (now, lease) = (home.service.now(), lease.clone());
    let ended = move |tx: &Transaction<'_>| match done {
        Ok(commit) => {
            let output = commit(tx)?.output;
            legible_jobs::succeed(tx, &lease, output, now)?;
            Ok(State::Succeeded)
        }
        Err(error) => {
            let failure = error.failure(lease.attempt);
            let state = legible_jobs::fail(tx, &lease, &failure, now, 0.0)?;
            if state == State::Failed {
                handler.failed(tx, None, failure.reason(), 0)?;
            }
            Ok(state)
        }
    };
    home.service.database().write_blocking(ended).unwrap()
}

/// What the last attempt came to.
fn output(home: &Home, id: JobId) -> serde_json::Value {
    let job = home.service.database().read_blocking(|c| Ok(legible_jobs::job(c, id)?)).unwrap().unwrap();
    job.output.unwrap_or_default()
}

/// The summaries that wait to be shown.
fn waiting(home: &Home) -> Vec<String> {
    let (waiting, _) = home.service.database().read_blocking(crate::tables::outbox::waiting).unwrap();
    waiting.into_iter().map(|one| one.message.summary).collect()
}

#[test]
fn a_failed_push_is_tried_again_after_a_while() {
    let server = Server::start(vec![Reply::Status(500), Reply::Status(200)]);
    let home = home_to(&server);
    put(&home);
    assert_eq!(run(&home, &claim(&home).unwrap()), State::Enqueued);
    assert!(claim(&home).is_none(), "it waits");
    home.clock.advance(10_000);
    let lease = claim(&home).unwrap();
    assert_eq!(run(&home, &lease), State::Succeeded);
    assert_eq!(output(&home, lease.id)["sent"], true);
    assert_eq!((server.got().len(), claim(&home)), (2, None));
}

#[test]
fn a_push_is_kept_through_a_kill() {
    let server = Server::start(vec![Reply::Status(200)]);
    let home = home_to(&server);
    put(&home);
    // Claimed by a process that is killed; the next one gives it back and sends it.
    claim(&home).unwrap();
    let Home { service, .. } = &home;
    let (places, clock) = (service.places().clone(), home.clock.clone());
    let config = Config {
        places,
        worker: ("no worker".into(), vec![]),
        clock,
        chance: std::sync::Arc::new(crate::chance::Counting::default()),
        runs: false,
        keychain: std::sync::Arc::new(crate::testing::Keyring::default()),
        machine: None,
    };
    let next = Service::open(config).unwrap();
    let now = next.now();
    let back = |tx: &Transaction<'_>| {
        Ok(legible_jobs::reclaim(tx, &legible_jobs::Reclaim::NotOwnedBy(&Owner("next".into())), 1_000_000)?)
    };
    assert_eq!((next.database().write_blocking(back).unwrap().len(), now), (1, 1_000_000));
    home.clock.advance(3_600_000);
    assert_eq!(run(&home, &claim(&home).unwrap()), State::Succeeded);
    assert_eq!((server.got().len(), claim(&home)), (1, None));
}

#[test]
fn a_push_that_can_never_arrive_is_told_on_the_screen_once() {
    let server = Server::start(vec![Reply::Status(401)]);
    let home = home_to(&server);
    put(&home);
    assert_eq!(run(&home, &claim(&home).unwrap()), State::Failed);
    assert_eq!(waiting(&home), ["A notification could not be pushed"]);
    let failed = |c: &rusqlite::Connection| Ok(legible_jobs::jobs(c, &Filter::states([State::Failed]), 0, 1)?);
    let failed = home.service.database().read_blocking(failed).unwrap();
    let reason = failed.jobs[0].reason.clone().unwrap();
    assert!(reason.message.contains("401") && reason.hint.unwrap().contains("token"), "{}", reason.message);
}

#[test]
fn a_server_that_puts_pushes_off_is_asked_again_when_it_said() {
    let later = Reply::With(429, "retry-after: 120".into(), "");
    let server = Server::start(vec![later, Reply::Status(200)]);
    let home = home_to(&server);
    put(&home);
    assert_eq!(run(&home, &claim(&home).unwrap()), State::Succeeded);
    home.clock.advance(119_999);
    assert!(claim(&home).is_none());
    home.clock.advance(1);
    let lease = claim(&home).unwrap();
    run(&home, &lease);
    assert_eq!((output(&home, lease.id)["sent"].clone(), server.got().len()), (true.into(), 2));
}

#[test]
fn what_is_old_or_no_longer_wanted_is_not_sent() {
    let server = Server::start(vec![Reply::Status(200)]);
    let home = home_to(&server);
    put(&home);
    home.clock.advance(STALE_MS + 1);
    let lease = claim(&home).unwrap();
    assert_eq!((run(&home, &lease), output(&home, lease.id)["sent"].clone()), (State::Succeeded, false.into()));
    put(&home);
    set(&home, PushKind::Off, "");
    let lease = claim(&home).unwrap();
    assert_eq!((run(&home, &lease), output(&home, lease.id)["sent"].clone()), (State::Succeeded, false.into()));
    assert_eq!(server.got().len(), 0);
}

#[test]
fn the_address_is_in_no_job() {
    let server = Server::start(vec![Reply::Status(404)]);
    let home = home_to(&server);
    set(&home, PushKind::Webhook, &server.url("/hook?key=s3cret"));
    put(&home);
    run(&home, &claim(&home).unwrap());
    let text: String = home
        .service
        .database()
        .read_blocking(|c| {
            Ok(c.query_row(
                "SELECT payload || coalesce(reason_message, '') || coalesce(reason_hint, '') FROM job",
                [],
                |r| r.get(0),
            )?)
        })
        .unwrap();
    assert!(text.contains("404") && !text.contains("s3cret"), "{text}");
}

#[test]
fn a_try_says_what_went_wrong() {
    let server = Server::start(vec![Reply::Status(200), Reply::Status(401)]);
    let home = home_to(&server);
    let ask = |home: &Home| home.ask(home.service.test_push(NoArgs {})).map_err(|error| error.to_wire());
    ask(&home).unwrap();
    let error = ask(&home).unwrap_err();
    assert_eq!((error.code, error.hint.unwrap().contains("token")), (ErrorCode::Network, true));
    set(&home, PushKind::Off, "");
    let WireError { code, message, .. } = ask(&home).unwrap_err();
    assert_eq!((code, message.as_str()), (ErrorCode::BadRequest, "Choose first where to push to"));
}
