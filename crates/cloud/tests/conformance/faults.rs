//! Servers that fail, and what comes of it.

use super::open;
use crate::servers::PASSWORD;
use crate::suite::On;
use legible_cloud::remote::storage::{Found, Place};
use legible_cloud::remote::{Expect, Remote, Unwatched};
use legible_cloud::{Error, FilePath, Result};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[track_caller]
pub fn needs_you<T>(result: Result<T>) {
    match result {
        Err(Error::NeedsYou { message, hint } | Error::SignIn { message, hint }) => {
            assert!(!message.is_empty() && !hint.is_empty())
        }
        Err(error) => panic!("nobody is needed: {error:?}"),
        Ok(_) => panic!("it went well"),
    }
}

#[track_caller]
pub fn may_pass<T>(result: Result<T>) -> Option<Duration> {
    match result {
        Err(Error::MayPass { retry_after, .. }) => retry_after,
        Err(error) => panic!("it does not pass: {error:?}"),
        Ok(_) => panic!("it went well"),
    }
}

pub fn all() {
    busy_servers_are_left_alone();
    redirects_and_errors_are_no_empty_folders();
    broken_answers_are_no_empty_folders();
    what_is_not_there_is_told();
    endless_answers_are_not_read_to_their_end();
    lists_without_an_end_are_refused();
}

fn busy_servers_are_left_alone() {
    for status in ["503 Service Unavailable", "429 Too Many Requests"] {
        let busy = format!("HTTP/1.1 {status}\r\nRetry-After: 7\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        for place in places(&answering(busy.into_bytes())) {
            assert_eq!(
                may_pass(open(&place, PASSWORD, Found::default()).list(&Unwatched)),
                Some(Duration::from_secs(7))
            );
        }
    }
}

fn redirects_and_errors_are_no_empty_folders() {
    for status in ["401 Unauthorized", "403 Forbidden"] {
        let refused = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        for place in places(&answering(refused.into_bytes())) {
            let storage = open(&place, PASSWORD, Found::default());
            needs_you(storage.list(&Unwatched));
            needs_you(storage.look(&FilePath::parse("a.png").unwrap(), &Unwatched));
            needs_you(storage.probe(&Unwatched));
        }
    }
    // What a provider shows to who is not signed in.
    let page = "<html><body>Welcome! Please sign in.</body></html>";
    let page = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    for place in places(&answering(page.into_bytes())) {
        open(&place, PASSWORD, Found::default()).list(&Unwatched).expect_err("a page is no list");
    }
}

fn broken_answers_are_no_empty_folders() {
    let s3 = "<?xml version=\"1.0\"?><ListBucketResult><Name>x</Name><KeyCount>0</KeyCount>";
    let dav = "<?xml version=\"1.0\"?><D:multistatus xmlns:D=\"DAV:\"><D:response>";
    for half in [s3, dav, ""] {
        let half = format!("HTTP/1.1 207 Multi-Status\r\nContent-Length: 9000\r\n\r\n{half}");
        for place in places(&answering(half.into_bytes())) {
            may_pass(open(&place, PASSWORD, Found::default()).list(&Unwatched));
        }
    }
}

fn what_is_not_there_is_told() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for place in places(&format!("http://127.0.0.1:{closed}")) {
        may_pass(open(&place, PASSWORD, Found::default()).list(&Unwatched));
    }
    for place in places("http://storage.invalid") {
        // Without a network no name is known: it may pass.
        open(&place, PASSWORD, Found::default()).list(&Unwatched).expect_err("there is no such name");
    }
}

fn endless_answers_are_not_read_to_their_end() {
    let entry = "<D:response><D:href>/a</D:href></D:response>".repeat(1_000);
    for status in ["207 Multi-Status", "500 Internal Server Error", "403 Forbidden"] {
        let (url, sent) = endless(status, "<D:multistatus xmlns:D=\"DAV:\">", &entry);
        for place in places(&url) {
            let storage = open(&place, PASSWORD, Found::default());
            storage.list(&Unwatched).expect_err("it has no end");
            On(&storage).put("a.png", b"one", &Expect::Absent).expect_err("it has no end");
        }
        assert!(sent.load(Ordering::SeqCst) < MOST_READ, "{status}: {sent:?} bytes were taken");
    }
    // What is put at once, by a request of our own.
    let (url, sent) = endless("403 Forbidden", "no", &entry);
    let [_, dav] = places(&url);
    let whole = Found { conditional: true, whole: true, ..Found::default() };
    open(&dav, PASSWORD, whole).probe(&Unwatched).expect_err("it has no end");
    assert!(sent.load(Ordering::SeqCst) < MOST_READ, "{sent:?} bytes were taken");
}

/// More than is read of all these answers, and than waits on their connections.
const MOST_READ: u64 = 1 << 30;

fn lists_without_an_end_are_refused() {
    let file = "<Contents><Key>folder/a.png</Key><Size>3</Size><ETag>\"x\"</ETag>\
                <LastModified>2026-11-22T10:00:00.000Z</LastModified></Contents>";
    for (next, told) in [("<NextContinuationToken>on</NextContinuationToken>", file), ("", file), ("", "")] {
        let page = format!(
            "<?xml version=\"1.0\"?><ListBucketResult><Name>x</Name><IsTruncated>true</IsTruncated>{next}{told}</ListBucketResult>"
        );
        let page = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
            page.len()
        );
        let [s3, _] = places(&answering(page.into_bytes()));
        let begun = Instant::now();
        may_pass(open(&s3, PASSWORD, Found::default()).list(&Unwatched));
        assert!(begun.elapsed() < Duration::from_secs(20), "it was listed on and on");
    }
}

/// The address of a server whose answers do not end, and how many bytes of them were taken.
fn endless(status: &str, begin: &str, piece: &str) -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n{begin}");
    let (piece, sent) = (piece.to_owned(), Arc::new(AtomicU64::new(0)));
    let taken = sent.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (head, piece, taken) = (head.clone(), piece.clone(), taken.clone());
            std::thread::spawn(move || {
                let mut asked = [0; 4096];
                let _ = stream.read(&mut asked);
                let mut next = stream.write_all(head.as_bytes());
                while next.is_ok() && taken.load(Ordering::SeqCst) < MOST_READ {
                    next = stream.write_all(piece.as_bytes());
                    taken.fetch_add(piece.len() as u64, Ordering::SeqCst);
                }
            });
        }
    });
    (format!("http://127.0.0.1:{port}"), sent)
}

/// Connections that break in the middle: what was there stays, and it is told that it may pass. `place` makes of an address the
/// place that is also `direct`.
pub fn cut_connections_change_nothing(port: u16, place: impl Fn(String) -> Place, found: Found) {
    let direct = open(&place(format!("http://127.0.0.1:{port}")), PASSWORD, found);
    let on = On(&direct);
    let before = on.put("cut.bin", &vec![1; CUT_FILE], &Expect::Absent).unwrap();
    let storage = open(&place(cutting(port)), PASSWORD, found);
    let cut = On(&storage);
    may_pass(cut.put("cut.bin", &vec![2; CUT_FILE], &Expect::Revision(before.revision.clone())));
    may_pass(cut.put("new.bin", &vec![2; CUT_FILE], &Expect::Absent));
    may_pass(cut.fetch(&before));
    assert_eq!(on.look("cut.bin").as_ref(), Some(&before));
    assert!(on.fetch(&before).unwrap() == vec![1; CUT_FILE]);
    assert!(on.look("new.bin").is_none());
    direct.remove(&before, &Unwatched).unwrap();
}

/// How large a file is that does not come through, and how much comes through of a connection in one direction.
const CUT_FILE: usize = 3 << 20;
const CUT_AFTER: u64 = 1 << 20;

/// The address of a way to a server on which connections break.
fn cutting(to: u16) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(("127.0.0.1", to)).unwrap();
            for (from, into) in [(&client, &server), (&server, &client)] {
                let (from, into) = (from.try_clone().unwrap(), into.try_clone().unwrap());
                std::thread::spawn(move || {
                    let _ = std::io::copy(&mut (&from).take(CUT_AFTER), &mut &into);
                    let _ = (from.shutdown(Shutdown::Both), into.shutdown(Shutdown::Both));
                });
            }
        }
    });
    format!("http://127.0.0.1:{port}")
}

fn places(url: &str) -> [Place; 2] {
    let (endpoint, folder) = (url.to_owned(), "folder".to_owned());
    let (region, bucket, key_id) = ("us-east-1".to_owned(), "bucket".to_owned(), "key".to_owned());
    let s3 = Place::S3 { endpoint, region, bucket, folder: folder.clone(), key_id, virtual_host: false };
    [s3, Place::WebDav { url: url.to_owned(), folder, user: "me".to_owned() }]
}

/// The address of a server that answers everything with these bytes, and closes the connection.
fn answering(bytes: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let bytes = bytes.clone();
            std::thread::spawn(move || answer(stream, &bytes));
        }
    });
    format!("http://127.0.0.1:{port}")
}

fn answer(mut stream: TcpStream, bytes: &[u8]) {
    let mut asked = Vec::new();
    let mut buffer = [0; 4096];
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(read @ 1..) => asked.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    // Until the other side has read it.
    let _ = stream.read_to_end(&mut asked);
}
