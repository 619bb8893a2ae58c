//! A loopback HTTP server for tests that answers each connection as told, faults included.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server does with one connection.
#[derive(Clone)]
pub(crate) struct Answer {
    status: u16,
    body: Vec<u8>,
    etag: Option<&'static str>,
    ranges: bool,
    length: bool,
    cut: Option<usize>,
    stall: Option<usize>,
}

impl Answer {
    /// 200 with the whole body, whatever range was asked for.
    pub(crate) fn whole(body: Vec<u8>) -> Self {
        Self { status: 200, body, etag: None, ranges: false, length: true, cut: None, stall: None }
    }

    /// 206 when a range was asked for.
    pub(crate) fn ranges(body: Vec<u8>) -> Self {
        Self { ranges: true, ..Self::whole(body) }
    }

    /// An error without a body.
    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::whole(vec![]) }
    }

    /// Not a single byte.
    pub(crate) fn hang() -> Self {
        Self { status: 0, ..Self::whole(vec![]) }
    }

    pub(crate) fn etag(self, etag: &'static str) -> Self {
        Self { etag: Some(etag), ..self }
    }

    /// The end of the body is the end of the connection.
    pub(crate) fn without_length(self) -> Self {
        Self { length: false, ..self }
    }

    /// Closes the connection after so many bytes of the body.
    pub(crate) fn cut_after(self, bytes: usize) -> Self {
        Self { cut: Some(bytes), ..self }
    }

    /// Sends so many bytes of the body, then nothing more while the connection stays open.
    pub(crate) fn stall_after(self, bytes: usize) -> Self {
        Self { stall: Some(bytes), ..self }
    }

    fn send(&self, request: &str, stream: &mut TcpStream) -> std::io::Result<()> {
        if self.status == 0 {
            return wait_for_close(stream);
        }
        let range =
            request.lines().find_map(|line| line.strip_prefix("range: bytes=")?.strip_suffix('-')?.parse().ok());
        let start: usize = range.filter(|_| self.ranges).unwrap_or(0);
        let status = if start > 0 { 206 } else { self.status };
        let mut head = format!("HTTP/1.1 {status} Told\r\nconnection: close\r\n");
        if self.length {
            head += &format!("content-length: {}\r\n", self.body.len() - start);
        }
        if start > 0 {
            head += &format!("content-range: bytes {start}-{}/{}\r\n", self.body.len() - 1, self.body.len());
        }
        if let Some(etag) = self.etag {
            head += &format!("etag: {etag}\r\n");
        }
        stream.write_all((head + "\r\n").as_bytes())?;
        let end = self.cut.or(self.stall).unwrap_or(self.body.len());
        stream.write_all(&self.body[start..end])?;
        if self.stall.is_some() { wait_for_close(stream) } else { Ok(()) }
    }
}

fn wait_for_close(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.read(&mut [0]).map(|_| ())
}

pub(crate) struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves one connection per answer, then refuses.
    pub(crate) fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(vec![]));
        let log = requests.clone();
        thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let request = read_request(&stream);
                log.lock().unwrap().push(request.clone());
                // A client that hangs up early is part of some tests.
                let _ = answer.send(&request, &mut stream);
            }
        });
        Self { port, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/model.onnx", self.port)
    }

    /// Head of every request so far, in lower case.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn read_request(stream: &TcpStream) -> String {
    let lines = BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    lines.map(|line| line.to_lowercase() + "\n").collect()
}
