//! A loopback HTTP server for tests that answers each request as told, faults included, and keeps what it got.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the server does with one request.
pub enum Reply {
    /// A status without more.
    Status(u16),
    /// A status with a header and a body.
    With(u16, String, &'static str),
    /// Not a single byte, until the client hangs up.
    Hang,
}

/// A server on a port of its own.
pub struct Server {
    port: u16,
    got: Arc<Mutex<Vec<(String, String)>>>,
}

impl Server {
    /// Answers one request with each reply, then refuses.
    pub fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let got = Arc::new(Mutex::new(vec![]));
        let log = Arc::clone(&got);
        std::thread::spawn(move || {
            for reply in replies {
                let (mut stream, _) = listener.accept().unwrap();
                let request = read(&stream);
                log.lock().unwrap().push(request);
                // A client that hangs up early is part of some tests.
                let _ = answer(&mut stream, reply);
            }
        });
        Server { port, got }
    }

    /// The address of a path on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Head and body of each request so far.
    pub fn got(&self) -> Vec<(String, String)> {
        self.got.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> (String, String) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    let lower = head.to_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

fn answer(stream: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
    let (status, header, body) = match reply {
        Reply::Status(status) => (status, String::new(), ""),
        Reply::With(status, header, body) => (status, header + "\r\n", body),
        Reply::Hang => {
            stream.set_read_timeout(Some(Duration::from_secs(20)))?;
            return stream.read(&mut [0]).map(drop);
        }
    };
    let length = body.len();
    write!(stream, "HTTP/1.1 {status} Told\r\nconnection: close\r\ncontent-length: {length}\r\n{header}\r\n{body}")
}
