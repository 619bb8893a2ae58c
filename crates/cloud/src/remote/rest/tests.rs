//! The base against a server of this machine that answers what it is told to.

use super::*;
use crate::digest::{Digest, DigestKind};
use crate::path::FilePath;
use crate::remote::wait::Runtime;
use crate::remote::{Revision, Unwatched};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use std::io::{BufRead, BufReader, Read};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What a server does with one connection.
#[derive(Clone)]
enum Does {
    /// It answers these words after reading the request.
    Says(String),
    /// It closes the connection.
    Breaks,
}

/// A server that does one thing after the other, and keeps what it was asked.
struct Server {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(does: Vec<Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let keeps = asked.clone();
        std::thread::spawn(move || {
            for (does, stream) in does.into_iter().zip(listener.incoming().flatten()) {
                answer(stream, &does, &keeps);
            }
        });
        Server { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, does: &Does, asked: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let head = head.to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    asked.lock().unwrap().push(format!("{head}{}", String::from_utf8_lossy(&body)));
    if let Does::Says(words) = does {
        let _ = stream.write_all(words.as_bytes());
        let _ = stream.shutdown(Shutdown::Write);
        let _ = reader.read_to_end(&mut body);
    }
}

fn says(status: &str, headers: &str, body: &str) -> Does {
    let length = body.len();
    Does::Says(format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"))
}

/// Gives numbered tokens, one more each time one was refused.
#[derive(Default)]
struct Numbered(AtomicU64);

impl Tokens for Numbered {
    fn access<'a>(&'a self, refused: Option<&'a str>) -> BoxFuture<'a, Result<String>> {
        if refused == Some(&format!("secret-{}", self.0.load(Ordering::SeqCst))) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
        Box::pin(async { Ok(format!("secret-{}", self.0.load(Ordering::SeqCst))) })
    }
}

/// Time that passes at once, and is counted in milliseconds; chance is always highest.
#[derive(Default)]
struct Counted(Mutex<Vec<u128>>);

impl Clock for Counted {
    fn pause(&self, how_long: Duration) -> BoxFuture<'_, ()> {
        self.0.lock().unwrap().push(how_long.as_millis());
        Box::pin(async {})
    }

    fn chance(&self) -> f64 {
        1.0
    }
}

#[derive(Debug, PartialEq)]
enum Outcome {
    Says(u32),
    Refused(u16),
    MayPass(Option<u64>),
    NeedsYou,
    Damaged,
}

fn outcome(result: Result<std::result::Result<u32, Refused>>) -> Outcome {
    match result {
        Ok(Ok(says)) => Outcome::Says(says),
        Ok(Err(refused)) => Outcome::Refused(refused.status.as_u16()),
        Err(error) => {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("secret") && !shown.contains("127.0.0.1"), "{shown}");
            match error {
                Error::MayPass { retry_after, .. } => Outcome::MayPass(retry_after.map(|wait| wait.as_secs())),
                Error::NeedsYou { .. } => Outcome::NeedsYou,
                Error::Damaged { .. } => Outcome::Damaged,
                other => panic!("{other:?}"),
            }
        }
    }
}

#[derive(Deserialize)]
struct Words {
    says: u32,
}

/// What comes of a request, how long was waited between its sends, and what the server was asked.
fn ask(does: Vec<Does>, call: impl FnOnce(&str) -> Call) -> (Outcome, Vec<u128>, Vec<String>) {
    let (server, clock, runtime) = (Server::start(does), Arc::new(Counted::default()), Runtime::start().unwrap());
    let api = api().with_clock(clock.clone());
    let call = call(&server.url);
    let asked = async {
        Ok(match api.ask(&call, &Unwatched).await? {
            Ok(answer) => Ok(answer.json::<Words>()?.says),
            Err(refused) => Err(refused),
        })
    };
    let outcome = outcome(runtime.wait(&Unwatched, asked));
    let waited = clock.0.lock().unwrap().clone();
    (outcome, waited, server.asked())
}

fn api() -> Api {
    let is_busy = |refused: &Refused| refused.status == 403 && refused.body.contains("rateLimitExceeded");
    Api::new("Provider", Arc::new(Numbered::default()), is_busy).unwrap()
}

fn get(url: &str) -> Call {
    Call::get(format!("{url}/secret/path"))
}

fn post(url: &str) -> Call {
    Call::post(format!("{url}/secret/path")).json(&["words"])
}

fn well() -> Does {
    says("200 OK", "", r#"{"says": 5}"#)
}

#[test]
fn what_passes_is_waited_for() {
    let check = |does: Vec<Does>, call: fn(&str) -> Call, expected: Outcome, waits: &[u128]| {
        let sends = waits.len() + 1;
        let (outcome, waited, asked) = ask(does, call);
        assert_eq!((outcome, waited.as_slice()), (expected, waits));
        assert_eq!(asked.len(), sends);
    };
    let busy = |after: &str| says("429 Too Many Requests", &format!("Retry-After: {after}\r\n"), "");
    let failing = || says("502 Bad Gateway", "", "<html>");
    check(vec![well()], get, Outcome::Says(5), &[]);
    check(vec![busy("3"), well()], get, Outcome::Says(5), &[3_000]);
    // It did nothing: also what cannot be repeated is sent again.
    check(vec![busy("3"), busy("4"), well()], post, Outcome::Says(5), &[3_000, 4_000]);
    check(vec![says("503 Unavailable", "", ""), well()], post, Outcome::Says(5), &[500]);
    check(vec![says("403 Forbidden", "", "rateLimitExceeded"), well()], post, Outcome::Says(5), &[500]);
    check(vec![says("403 Forbidden", "", "no")], get, Outcome::Refused(403), &[]);
    // It asks for more than is waited, at once or in sum.
    check(vec![busy("600")], get, Outcome::MayPass(Some(600)), &[]);
    check(vec![busy("15"), busy("15")], get, Outcome::MayPass(Some(15)), &[15_000]);
    check(vec![busy("1"); 4], get, Outcome::MayPass(Some(1)), &[1_000; 3]);
    check(vec![failing(); 4], get, Outcome::MayPass(None), &[500, 1_000, 2_000]);
    // Nobody knows whether it was done.
    check(vec![failing()], post, Outcome::MayPass(None), &[]);
    check(vec![failing(), well()], |url| post(url).repeatable(), Outcome::Says(5), &[500]);
    check(vec![Does::Breaks, well()], get, Outcome::Says(5), &[500]);
    check(vec![Does::Breaks], post, Outcome::MayPass(None), &[]);
    let half = || Does::Says("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"says\"".to_owned());
    check(vec![half(), well()], get, Outcome::Says(5), &[500]);
    check(vec![half()], post, Outcome::MayPass(None), &[]);
    check(vec![says("507 Full", "", "")], get, Outcome::Refused(507), &[]);
}

#[test]
fn pages_are_no_answers() {
    for page in ["<html>Welcome! Please sign in.</html>", "", "{}", "[]", r#"{"says": 5"#] {
        assert_eq!(ask(vec![says("200 OK", "", page)], get).0, Outcome::MayPass(None), "{page}");
    }
    let long = format!("{}5", " ".repeat(crate::limits::REST_ANSWER_BYTES));
    assert_eq!(ask(vec![says("200 OK", "", &long)], get).0, Outcome::MayPass(None));
}

#[test]
fn a_token_is_renewed_once() {
    let no = || says("401 Unauthorized", "", "secret-0 is not known");
    let tokens = |asked: &[String]| {
        let tokens = asked.iter().map(|head| head.split("authorization: bearer ").nth(1));
        tokens.map(|rest| rest.and_then(|rest| rest.split("\r\n").next()).map(str::to_owned)).collect::<Vec<_>>()
    };
    let (first, second) = (Some("secret-0".to_owned()), Some("secret-1".to_owned()));
    let (outcome, _, asked) = ask(vec![no(), well()], post);
    assert_eq!((outcome, tokens(&asked)), (Outcome::Says(5), vec![first.clone(), second.clone()]));
    let (outcome, _, asked) = ask(vec![no(), no()], get);
    assert_eq!((outcome, tokens(&asked)), (Outcome::Refused(401), vec![first.clone(), second]));
    let (outcome, _, asked) = ask(vec![no()], |url| get(url).unsigned());
    assert_eq!((outcome, tokens(&asked)), (Outcome::Refused(401), vec![None]));
    // Another server is not told; the same one is.
    let other = Server::start(vec![well()]);
    let away = says("302 Found", &format!("Location: {}/elsewhere\r\n", other.url), "");
    assert_eq!(ask(vec![away], get).0, Outcome::Says(5));
    assert_eq!(tokens(&other.asked()), [None]);
    let (outcome, _, asked) = ask(vec![says("302 Found", "Location: /here\r\n", ""), well()], get);
    assert_eq!((outcome, tokens(&asked)), (Outcome::Says(5), vec![first.clone(), first]));
    assert_eq!(ask(vec![says("302 Found", "Location: /\r\n", "")], post).0, Outcome::Refused(302));
    assert_eq!(ask(vec![says("302 Found", "Location: /\r\n", ""); 4], get).0, Outcome::MayPass(None));
    assert_eq!(ask(vec![says("302 Found", "Location: ftp://x/\r\n", "")], get).0, Outcome::MayPass(None));
}

/// Counts what moves.
#[derive(Default)]
struct Moved(Mutex<Vec<u64>>);

impl Watch for Moved {
    fn stopped(&self) -> bool {
        false
    }

    fn moved(&self, bytes: u64) {
        self.0.lock().unwrap().push(bytes);
    }
}

#[test]
fn what_arrives_is_what_was_told() {
    let content = "0123456789".repeat(10_000);
    let check = |served: Does, digest: Option<&str>, expected: Outcome| {
        let digest = digest.map(|of| Digest::of(DigestKind::Md5, of.as_bytes()).unwrap());
        let path = FilePath::parse("a.png").unwrap();
        let (size, revision) = (content.len() as u64, Revision("1".to_owned()));
        let file = RemoteFile { path, id: None, revision, size, digest, modified: None };
        let (server, runtime) = (Server::start(vec![served]), Runtime::start().unwrap());
        let (api, watch, mut into) = (api(), Moved::default(), Vec::new());
        let call = get(&server.url);
        let fetched = runtime.wait(&watch, api.fetch(&call, &file, &mut into, &watch));
        assert_eq!(outcome(fetched.map(|fetched| fetched.map(|()| 5))), expected);
        let moved = watch.0.lock().unwrap();
        if expected == Outcome::Says(5) {
            assert_eq!((into, moved.iter().sum::<u64>()), (content.clone().into_bytes(), size));
        }
        assert!(moved.iter().all(|bytes| *bytes <= CHUNK_BYTES as u64));
    };
    let whole = || says("200 OK", "", &content);
    check(whole(), None, Outcome::Says(5));
    check(whole(), Some(&content), Outcome::Says(5));
    check(whole(), Some("another"), Outcome::Damaged);
    check(says("200 OK", "", &content[1..]), None, Outcome::Damaged);
    check(says("200 OK", "", &format!("{content}0")), None, Outcome::Damaged);
    let half = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", content.len(), &content[..70_000]);
    check(Does::Says(half), Some(&content), Outcome::MayPass(None));
    check(says("404 Not Found", "", ""), None, Outcome::Refused(404));
}

#[test]
fn what_is_sent_again_is_told_once() {
    let content = Bytes::from(vec![b'x'; 150_000]);
    let (server, runtime) = (Server::start(vec![says("429 Busy", "", ""), well()]), Runtime::start().unwrap());
    let (api, watch) = (api().with_clock(Arc::new(Counted::default())), Moved::default());
    let call = Call::post(server.url.clone()).content(content.clone());
    let answer = runtime.wait(&watch, api.ask(&call, &watch)).unwrap();
    assert_eq!(answer.ok().unwrap().json::<Words>().unwrap().says, 5);
    assert_eq!(watch.0.lock().unwrap().iter().sum::<u64>(), content.len() as u64);
    for asked in server.asked() {
        assert!(asked.contains("content-length: 150000") && asked.ends_with(&"x".repeat(150_000)));
    }
}

/// Stops while the server's wish to be left alone is waited for.
#[test]
fn a_stop_ends_a_wait() {
    struct Asked<'a>(&'a Server);
    impl Watch for Asked<'_> {
        fn stopped(&self) -> bool {
            !self.0.asked().is_empty()
        }

        fn moved(&self, _: u64) {}
    }
    let server = Server::start(vec![says("429 Busy", "Retry-After: 19\r\n", "")]);
    let (runtime, begun) = (Runtime::start().unwrap(), std::time::Instant::now());
    let stopped = runtime.wait(&Asked(&server), async { api().ask(&get(&server.url), &Unwatched).await });
    assert!(matches!(stopped, Err(Error::Stopped)));
    assert!(begun.elapsed() < Duration::from_secs(10));
}
