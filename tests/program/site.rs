//! A web site on this computer with faults as a test scripts them: one answer after the other for each path.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The longest that a connection is held whose client is to give up by itself.
const HELD: Duration = Duration::from_secs(120);

/// An answer to a request.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    manner: Manner,
}

/// How an answer is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// All of it.
    Whole,
    /// So many bytes of the body, though all of it was promised.
    CutAfter(usize),
    /// The body again and again, without end.
    Endless,
    /// Nothing at all, ever.
    Never,
}

impl Answer {
    /// A file of this type.
    pub fn file(kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let (status, headers) = (200, vec![("Content-Type".to_owned(), kind.to_owned())]);
        Answer { status, headers, body: body.into(), manner: Manner::Whole }
    }

    /// A PNG.
    pub fn png(body: impl Into<Vec<u8>>) -> Self {
        Answer::file("image/png", body)
    }

    /// A page.
    pub fn page(body: impl Into<Vec<u8>>) -> Self {
        Answer::file("text/html; charset=utf-8", body)
    }

    /// Nothing but a status.
    pub fn status(status: u16) -> Self {
        Answer { status, ..Answer::file("text/plain", "") }
    }

    /// A redirect.
    pub fn redirect(to: &str) -> Self {
        Answer::status(302).with("Location", to)
    }

    /// Nothing: the connection stays open in silence.
    pub fn never() -> Self {
        Answer { manner: Manner::Never, ..Answer::status(200) }
    }

    /// The same with a header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same, which breaks off after so many bytes of the body.
    pub fn cut_after(self, bytes: usize) -> Self {
        Answer { manner: Manner::CutAfter(bytes), ..self }
    }

    /// The same, with a body that never ends.
    pub fn endless(self) -> Self {
        Answer { manner: Manner::Endless, ..self }
    }
}

/// What was asked of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The path with its query.
    pub path: String,
    headers: HashMap<String, String>,
}

impl Asked {
    /// The value of a header, named in small letters; empty for one that was not sent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// The site. It serves until the test program ends.
pub struct Site {
    port: u16,
    host: String,
    answers: Arc<Mutex<HashMap<String, Vec<Answer>>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Site {
    /// A site that has nothing yet, on 127.0.0.1.
    pub fn new() -> Self {
        Site::at("127.0.0.1")
    }

    /// A site that has nothing yet, on an address of this computer.
    pub fn at(host: &str) -> Self {
        let listener = TcpListener::bind((host, 0)).unwrap();
        let (port, host) = (listener.local_addr().unwrap().port(), host.to_owned());
        let site = Site { port, host, answers: Arc::default(), asked: Arc::default() };
        let (answers, asked) = (Arc::clone(&site.answers), Arc::clone(&site.asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (answers, asked) = (Arc::clone(&answers), Arc::clone(&asked));
                // A client that goes away in the middle is one of the things that are tested.
                std::thread::spawn(move || drop(serve(stream, &answers, &asked)));
            }
        });
        site
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}:{}{path}", self.host, self.port)
    }

    /// Answers requests for a path from now on; the last answer counts for all that follow.
    pub fn answer(&self, path: &str, answers: &[Answer]) -> &Self {
        self.answers.lock().unwrap().insert(path.to_owned(), answers.iter().rev().cloned().collect());
        self
    }

    /// All that was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often a path was asked for.
    pub fn count(&self, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.path == path).count()
    }
}

fn serve(
    stream: TcpStream,
    answers: &Mutex<HashMap<String, Vec<Answer>>>,
    told: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut lines = reader.by_ref().lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return Ok(()) };
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let header = |line: String| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers = lines.take_while(|line| !line.is_empty()).filter_map(header).collect();
    let asked = Asked { path: path.clone(), headers };
    told.lock().unwrap().push(asked.clone());
    let answer = {
        let mut answers = answers.lock().unwrap();
        match answers.get_mut(&path) {
            Some(left) if left.len() > 1 => left.pop().unwrap(),
            Some(left) => left[0].clone(),
            None => Answer::status(404),
        }
    };
    send(reader.into_inner(), &asked, answer)
}

/// Sends an answer as a file server does: what the client has already is not sent again.
fn send(mut stream: TcpStream, asked: &Asked, mut answer: Answer) -> std::io::Result<()> {
    let tag = answer.headers.iter().find(|(name, _)| name == "ETag").map(|(_, tag)| tag.clone());
    if tag.as_deref().is_some_and(|tag| asked.header("if-none-match").contains(tag)) {
        answer = Answer { headers: answer.headers, ..Answer::status(304) };
    }
    let from = asked.header("range").strip_prefix("bytes=").and_then(|range| range.split('-').next()?.parse().ok());
    if let Some(from) = from.filter(|from: &usize| *from < answer.body.len() && answer.manner == Manner::Whole) {
        let whole = answer.body.len();
        answer.headers.push(("Content-Range".to_owned(), format!("bytes {from}-{}/{whole}", whole - 1)));
        answer.body.drain(..from);
        answer.status = 206;
    }
    let mut head = format!("HTTP/1.1 {} .\r\nConnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    match answer.manner {
        Manner::Whole | Manner::CutAfter(_) => head.push_str(&format!("Content-Length: {}\r\n", answer.body.len())),
        Manner::Endless => {}
        Manner::Never => return held(stream),
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    match answer.manner {
        Manner::CutAfter(bytes) => stream.write_all(&answer.body[..bytes]),
        Manner::Endless => loop {
            stream.write_all(&answer.body)?;
        },
        _ => stream.write_all(&answer.body),
    }
}

/// Waits until the client goes away.
fn held(mut stream: TcpStream) -> std::io::Result<()> {
    let until = Instant::now() + HELD;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    while Instant::now() < until && !matches!(stream.read(&mut [0; 64]), Ok(0)) {}
    Ok(())
}

/// So many zero bytes as gzip packs them (RFC 1952), without the check sum that nobody should come to.
pub fn gzip_bomb(bytes: u64) -> Vec<u8> {
    let header = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    [&header[..], &super::draw::zeros_deflated(bytes), &[0; 8]].concat()
}
