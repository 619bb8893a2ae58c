//! A loopback HTTP server that answers each path as told, faults included.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What was asked.
#[derive(Debug, Clone)]
pub struct Request {
    pub path: String,
    headers: HashMap<String, String>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What is answered, and how.
#[derive(Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    manner: Manner,
}

#[derive(Clone, Copy)]
enum Manner {
    Whole,
    /// Not a single byte, until the client goes.
    Silent,
    /// So many bytes of the body, then the connection is closed.
    CutAfter(usize),
    /// So many bytes of the body, then nothing until the client goes.
    StallAfter(usize),
    /// The body again and again in chunks, until the client goes.
    Endless,
    /// The body a byte at a time, fifty a second.
    Dripping,
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Reply { status, headers: Vec::new(), body: Vec::new(), manner: Manner::Whole }
    }

    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Reply { body: body.into(), ..Reply::status(200) }
    }

    pub fn html(body: &str) -> Self {
        Reply::ok(body).with("Content-Type", "text/html")
    }

    pub fn to(place: &str) -> Self {
        Reply::status(302).with("Location", place)
    }

    pub fn silent() -> Self {
        Reply { manner: Manner::Silent, ..Reply::status(200) }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same as a part of something (206).
    pub fn partly(self) -> Self {
        Reply { status: 206, ..self }
    }

    pub fn cut_after(self, bytes: usize) -> Self {
        Reply { manner: Manner::CutAfter(bytes), ..self }
    }

    pub fn stall_after(self, bytes: usize) -> Self {
        Reply { manner: Manner::StallAfter(bytes), ..self }
    }

    pub fn endless(self) -> Self {
        Reply { manner: Manner::Endless, ..self }
    }

    pub fn dripping(self) -> Self {
        Reply { manner: Manner::Dripping, ..self }
    }
}

type Routes = HashMap<String, Arc<dyn Fn(&Request) -> Reply + Send + Sync>>;

/// A server; what it does not know is not there.
pub struct Server {
    address: SocketAddr,
    routes: Arc<Mutex<Routes>>,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub fn start() -> Self {
        Self::start_at([127, 0, 0, 1].into())
    }

    pub fn start_at(ip: IpAddr) -> Self {
        let listener = TcpListener::bind((ip, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (routes, asked) = (Arc::new(Mutex::new(Routes::new())), Arc::new(Mutex::new(Vec::new())));
        let (known, log) = (routes.clone(), asked.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (known, log) = (known.clone(), log.clone());
                // A client that goes in the middle is what is tested.
                thread::spawn(move || drop(serve(stream, &known, &log)));
            }
        });
        Server { address, routes, asked }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Answers a path like this each time.
    pub fn on(&self, path: &str, reply: Reply) {
        self.when(path, move |_| reply.clone());
    }

    /// Answers a path by what is asked.
    pub fn when(&self, path: &str, answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) {
        self.routes.lock().unwrap().insert(path.to_owned(), Arc::new(answer));
    }

    /// What was asked since the last time, without robots.txt.
    pub fn asked(&self) -> Vec<String> {
        let asked = self.requests().into_iter().map(|request| request.path);
        asked.filter(|path| path != "/robots.txt").collect()
    }

    pub fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn serve(mut stream: TcpStream, routes: &Mutex<Routes>, log: &Mutex<Vec<Request>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let request = read(&mut reader)?;
    log.lock().unwrap().push(request.clone());
    let route = routes.lock().unwrap().get(&request.path).cloned();
    let Reply { status, headers, body, manner } = route.map_or(Reply::status(404), |route| route(&request));
    if let Manner::Silent = manner {
        return until_gone(&mut reader);
    }
    let mut head = format!("HTTP/1.1 {status} Told\r\nConnection: close\r\n");
    let has = |name: &str| headers.iter().any(|(told, _)| told == name);
    if let Manner::Endless = manner {
        head += "Transfer-Encoding: chunked\r\n";
    } else if !has("Content-Length") && status != 304 {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
    stream.write_all((head + "\r\n").as_bytes())?;
    match manner {
        Manner::Whole => stream.write_all(&body),
        Manner::Silent => Ok(()),
        Manner::CutAfter(bytes) => stream.write_all(&body[..bytes]),
        Manner::StallAfter(bytes) => {
            stream.write_all(&body[..bytes])?;
            until_gone(&mut reader)
        }
        Manner::Endless => loop {
            stream.write_all(format!("{:x}\r\n", body.len()).as_bytes())?;
            stream.write_all(&body)?;
            stream.write_all(b"\r\n")?;
        },
        Manner::Dripping => body.iter().try_for_each(|byte| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            stream.write_all(&[*byte])
        }),
    }
}

fn read(reader: &mut impl BufRead) -> std::io::Result<Request> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = HashMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { return Ok(Request { path, headers }) };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
}

fn until_gone(reader: &mut impl Read) -> std::io::Result<()> {
    reader.read_to_end(&mut Vec::new()).map(|_| ())
}
