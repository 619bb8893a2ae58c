//! Uploads to S3 in parts, and what goes wrong with them on the way. The server is moto, which forgets no upload by itself, and does not look
//! at a state at the end of one: what others do, a way to it does.

use crate::faults::may_pass;
use crate::servers::{BUCKET, PASSWORD};
use crate::suite::{LARGE, Noted, On, STOP_AFTER, StopAfter, assert_stale, large};
use crate::{open, s3};
use legible_cloud::remote::storage::{Found, Storage};
use legible_cloud::remote::{Expect, Remote, RemoteFile, Unwatched};
use legible_cloud::{FilePath, Result};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Bytes of the first part, and of the second one.
const FIRST: u64 = 8 << 20;
const SECOND: u64 = LARGE as u64 - FIRST;
/// Where the files lie in an address: see [`s3`].
const FOLDER: &str = "in%20a/folder";

/// What goes wrong with one request.
enum Fault {
    /// The connection breaks after so many bytes of its body.
    Cut(usize),
    /// It is not done, and answered so.
    Answer(String),
    /// It is done, and the connection breaks before the answer.
    LoseAnswer,
    /// Something happens just before it is done.
    Before(Box<dyn FnOnce() + Send>),
}

/// What goes wrong next: with the first request whose line has these words.
type Order = Arc<Mutex<Option<(&'static str, Fault)>>>;

pub fn go_on(port: u16, found: Found) {
    let order = Order::default();
    let url = way(port, order.clone());
    let under = Under { port, url, order, found };
    // What was stopped before, and nobody goes on with.
    under.abort_all();
    under.cut_uploads_go_on();
    under.parts_of_another_content_are_not_taken();
    under.uploads_that_are_not_known_begin_anew();
    under.an_end_that_fails_is_tried_again();
    under.stale_uploads_are_aborted();
    under.damage_is_told();
    under.who_cannot_go_on_begins_anew();
    under.what_is_given_up_is_aborted();
}

struct Under {
    port: u16,
    url: String,
    order: Order,
    found: Found,
}

impl Under {
    /// The folder, as after each start of the program.
    fn storage(&self, found: Found) -> Storage {
        open(&s3(self.url.clone(), BUCKET), PASSWORD, found)
    }

    fn put(&self, session: &mut Noted, expect: &Expect) -> Result<RemoteFile> {
        self.put_as(self.found, session, expect).0
    }

    /// Puts a large file; tells how many bytes of it were moved.
    fn put_as(&self, found: Found, session: &mut Noted, expect: &Expect) -> (Result<RemoteFile>, u64) {
        let (storage, moved) = (self.storage(found), StopAfter::new(u64::MAX));
        let put = On(&storage).put_in_session("it's #1 +é.bin", &large(1), expect, session, &moved);
        (put, moved.moved.load(Ordering::SeqCst))
    }

    fn with<T>(&self, matching: &'static str, fault: Fault, run: impl FnOnce() -> T) -> T {
        *self.order.lock().unwrap() = Some((matching, fault));
        let result = run();
        assert!(self.order.lock().unwrap().is_none(), "{matching} was not asked for");
        result
    }

    /// That it is there, as it was sent, and nothing else of it; then it is removed.
    #[track_caller]
    fn taken(&self, put: Result<RemoteFile>, session: &Noted) {
        let (put, storage) = (put.unwrap(), self.storage(self.found));
        assert_eq!((session.0.as_deref(), self.uploads()), (None, 0));
        assert_eq!(On(&storage).look("it's #1 +é.bin").as_ref(), Some(&put));
        assert!(On(&storage).fetch(&put).unwrap() == large(1));
        storage.remove(&put, &Unwatched).unwrap();
    }

    /// How many uploads have not ended.
    fn uploads(&self) -> usize {
        ask(self.port, &format!("GET /{BUCKET}?uploads")).matches("<UploadId>").count()
    }

    fn cut_uploads_go_on(&self) {
        // In the middle of a part, and between two.
        for fault in
            [Fault::Cut(1 << 20), Fault::Answer(answer("503 Slow Down", "<Error><Code>SlowDown</Code></Error>"))]
        {
            let mut session = Noted::default();
            may_pass(self.with("partNumber=2", fault, || self.put(&mut session, &Expect::Absent)));
            assert!(session.0.is_some() && self.uploads() == 1);
            let (put, moved) = self.put_as(self.found, &mut session, &Expect::Absent);
            assert_eq!(moved, SECOND);
            self.taken(put, &session);
        }
        let mut session = Noted::default();
        may_pass(self.with("partNumber=1", Fault::Cut(1 << 20), || self.put(&mut session, &Expect::Absent)));
        self.taken(self.put(&mut session, &Expect::Absent), &session);
        // A part whose answer was lost is there.
        may_pass(self.with("partNumber=1", Fault::LoseAnswer, || self.put(&mut session, &Expect::Absent)));
        let (put, moved) = self.put_as(self.found, &mut session, &Expect::Absent);
        assert_eq!(moved, SECOND);
        self.taken(put, &session);
    }

    fn parts_of_another_content_are_not_taken(&self) {
        let mut session = Noted::default();
        let (storage, stop) = (self.storage(self.found), StopAfter::new(STOP_AFTER));
        stop.ended_soon(On(&storage).put_in_session("it's #1 +é.bin", &large(2), &Expect::Absent, &mut session, &stop));
        let (put, moved) = self.put_as(self.found, &mut session, &Expect::Absent);
        assert_eq!(moved, LARGE as u64);
        self.taken(put, &session);
    }

    fn uploads_that_are_not_known_begin_anew(&self) {
        let unknown = || answer("404 Not Found", "<Error><Code>NoSuchUpload</Code><Message>x</Message></Error>");
        for request in ["partNumber=1", "partNumber=2", END] {
            let mut session = Noted::default();
            let put = self.with(request, Fault::Answer(unknown()), || self.put(&mut session, &Expect::Absent));
            self.taken(put, &session);
        }
        // Between two runs.
        let mut session = Noted::default();
        may_pass(self.with("partNumber=2", Fault::Cut(9), || self.put(&mut session, &Expect::Absent)));
        ask(self.port, &format!("DELETE {}", self.upload_of(&session)));
        assert_eq!(self.uploads(), 0);
        self.taken(self.put(&mut session, &Expect::Absent), &session);
        for noted in ["", "{}", r#"{"upload": "x", "place": "elsewhere"}"#] {
            let mut session = Noted(Some(noted.to_owned()));
            self.taken(self.put(&mut session, &Expect::Absent), &session);
        }
    }

    /// The address of an upload, from the bucket on.
    fn upload_of(&self, session: &Noted) -> String {
        let noted: serde_json::Value = serde_json::from_str(session.0.as_deref().unwrap()).unwrap();
        let place = noted["place"].as_str().unwrap().strip_prefix(&self.url).unwrap().to_owned();
        format!("{place}?uploadId={}", noted["upload"].as_str().unwrap())
    }

    fn an_end_that_fails_is_tried_again(&self) {
        let mut session = Noted::default();
        // It says that all is well before it knows.
        let failed = answer("200 OK", "<?xml version=\"1.0\"?>\n \n<Error><Code>InternalError</Code></Error>");
        let half = answer("200 OK", "<?xml version=\"1.0\"?><CompleteMultipartUploadResult><ETag>\"0-2\"</ETag>");
        let page = answer("200 OK", "<html><body>Welcome! Please sign in.</body></html>");
        for said in [failed, half, page] {
            may_pass(self.with(END, Fault::Answer(said), || self.put(&mut session, &Expect::Absent)));
            assert!(session.0.is_some() && On(&self.storage(self.found)).look("it's #1 +é.bin").is_none());
        }
        let (put, moved) = self.put_as(self.found, &mut session, &Expect::Absent);
        assert_eq!(moved, 0, "all of it is there");
        self.taken(put, &session);
        // Nobody knows whether it was done: the next look tells.
        may_pass(self.with(END, Fault::LoseAnswer, || self.put(&mut session, &Expect::Absent)));
        let there = On(&self.storage(self.found)).look("it's #1 +é.bin").unwrap();
        assert_stale(self.put(&mut session, &Expect::Absent));
        self.taken(Ok(there), &session);
    }

    fn stale_uploads_are_aborted(&self) {
        let direct = open(&s3(format!("http://127.0.0.1:{}", self.port), BUCKET), PASSWORD, self.found);
        let compares = Found { conditional_parts: true, ..self.found };
        let refused = "<Error><Code>PreconditionFailed</Code><Message>At least one is not met</Message></Error>";
        for status in ["412 Precondition Failed", "200 OK"] {
            let mut session = Noted::default();
            let put = || self.put_as(compares, &mut session, &Expect::Absent).0;
            assert_stale(self.with(END, Fault::Answer(answer(status, refused)), put));
            assert_eq!((session.0, self.uploads()), (None, 0));
        }
        // One that does not compare is looked at just before.
        let theirs = move || drop(On(&direct).put("it's #1 +é.bin", b"theirs", &Expect::Absent).unwrap());
        let mut session = Noted::default();
        let put = || self.put(&mut session, &Expect::Absent);
        assert_stale(self.with("partNumber=2", Fault::Before(Box::new(theirs)), put));
        assert_eq!((session.0, self.uploads()), (None, 0));
        let storage = self.storage(self.found);
        let there = On(&storage).look("it's #1 +é.bin").unwrap();
        assert_eq!(On(&storage).fetch(&there).unwrap(), b"theirs");
        // What was begun is of no use any more.
        let mut session = Noted::default();
        let at = Expect::Revision(there.revision.clone());
        may_pass(self.with("partNumber=2", Fault::Cut(9), || self.put(&mut session, &at)));
        storage.remove(&there, &Unwatched).unwrap();
        let (put, moved) = self.put_as(self.found, &mut session, &at);
        assert_stale(put);
        assert_eq!((moved, session.0, self.uploads()), (0, None, 0));
    }

    fn damage_is_told(&self) {
        let storage = self.storage(self.found);
        // What came of the parts is what is there, and something else than was sent.
        let there = On(&storage).put("it's #1 +é.bin", &large(3), &Expect::Absent).unwrap();
        let tag = format!("<ETag>&quot;{}&quot;</ETag>", there.revision.0);
        let other = format!("<CompleteMultipartUploadResult>{tag}</CompleteMultipartUploadResult>");
        let mut session = Noted::default();
        let at = Expect::Revision(there.revision.clone());
        let put = || self.put(&mut session, &at);
        let put = self.with(END, Fault::Answer(answer("200 OK", &other)), put).unwrap();
        assert_eq!(Some(put.digest.unwrap().hex.as_str()), there.revision.0.strip_suffix("-2"), "who put it sees that");
        storage.remove(&there, &Unwatched).unwrap();
        self.abort_all();
    }

    fn who_cannot_go_on_begins_anew(&self) {
        let mut session = Noted::default();
        let put = |session: &mut Noted| self.put_as(Found::default(), session, &Expect::Absent);
        may_pass(self.with("partNumber=2", Fault::Cut(9), || put(&mut session).0));
        assert_eq!(self.uploads(), 1);
        let (put, moved) = put(&mut session);
        assert_eq!(moved, LARGE as u64);
        self.taken(put.map(|file| RemoteFile { digest: None, ..file }), &session);
    }

    fn what_is_given_up_is_aborted(&self) {
        let mut session = Noted::default();
        may_pass(self.with("partNumber=2", Fault::Cut(9), || self.put(&mut session, &Expect::Absent)));
        let (storage, path) = (self.storage(self.found), FilePath::parse("it's #1 +é.bin").unwrap());
        // By who forgot it: moto says of all uploads that they are of 2010, and of this one that a part came just now.
        let begun = ask(self.port, &format!("POST /{BUCKET}/{FOLDER}/forgotten.bin?uploads"));
        assert!(begun.contains("<UploadId>") && self.uploads() == 2, "{begun}");
        let elsewhere = ask(self.port, &format!("POST /{BUCKET}/elsewhere/of%20others.bin?uploads"));
        assert!(elsewhere.contains("<UploadId>") && self.uploads() == 3, "{elsewhere}");
        storage.list(&Unwatched).unwrap();
        let begun = Instant::now();
        while self.uploads() > 2 && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let left = ask(self.port, &format!("GET /{BUCKET}?uploads"));
        assert!(left.contains("of others.bin") && !left.contains("forgotten.bin"), "{left}");
        storage.give_up(&path, &mut session, &Unwatched).unwrap();
        assert_eq!((session.0.as_deref(), self.uploads()), (None, 1));
        storage.give_up(&path, &mut session, &Unwatched).expect("what has ended is given up");
        self.abort_all();
    }

    fn abort_all(&self) {
        let uploads = ask(self.port, &format!("GET /{BUCKET}?uploads"));
        for upload in uploads.split("<Upload>").skip(1) {
            let of = |name: &str| upload.split(&format!("<{name}>")).nth(1).unwrap().split('<').next().unwrap();
            let key = of("Key").replace(' ', "%20").replace('#', "%23").replace('+', "%2B").replace('é', "%C3%A9");
            ask(self.port, &format!("DELETE /{BUCKET}/{key}?uploadId={}", of("UploadId")));
        }
        assert_eq!(self.uploads(), 0);
    }
}

/// The request that makes a file of its parts.
const END: &str = ".bin?uploadId";

fn answer(status: &str, body: &str) -> String {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    head + body
}

/// Has the server do something that nobody signed.
fn ask(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!("{request} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The address of a way to a server, on which the next thing that goes wrong can be ordered.
fn way(to: u16, order: Order) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let order = order.clone();
            std::thread::spawn(move || passes(client, to, &order));
        }
    });
    format!("http://127.0.0.1:{port}")
}

/// One request of a connection, which ends with it. Who breaks off is left.
fn passes(mut client: TcpStream, to: u16, order: &Order) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let line = head.lines().next().unwrap();
    let fault = order.lock().unwrap().take_if(|(matching, _)| is_it(line, matching)).map(|(_, fault)| fault);
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let length = length.unwrap_or(0);
    let passed = match &fault {
        Some(Fault::Cut(bytes)) => length.min(*bytes),
        _ => length,
    };
    let mut body = vec![0; passed];
    client.read_exact(&mut body).ok()?;
    match fault {
        Some(Fault::Answer(answer)) => client.write_all(answer.as_bytes()).ok()?,
        fault => {
            if let Some(Fault::Before(happens)) = fault {
                happens();
            } else if let Some(Fault::Cut(_) | Fault::LoseAnswer) = fault {
                let _ = pass(to, &head, &body, length == passed);
                return client.shutdown(Shutdown::Both).ok();
            }
            client.write_all(&pass(to, &head, &body, true)?).ok()?;
        }
    }
    client.shutdown(Shutdown::Write).ok()?;
    client.read_to_end(&mut Vec::new()).ok().map(drop)
}

/// Whether a request line has these words; of the end of an upload, only that.
fn is_it(line: &str, matching: &str) -> bool {
    line.contains(matching) && (matching != END || line.starts_with("POST "))
}

/// The answer of the server, if one is waited for.
fn pass(to: u16, head: &str, body: &[u8], is_whole: bool) -> Option<Vec<u8>> {
    let mut server = TcpStream::connect(("127.0.0.1", to)).ok()?;
    let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    server.write_all(head.as_bytes()).and_then(|()| server.write_all(body)).ok()?;
    let mut answer = Vec::new();
    if is_whole {
        server.read_to_end(&mut answer).ok()?;
    }
    Some(answer)
}
