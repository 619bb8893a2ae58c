//! A provider for tests that says what it is told to say, once each, and remembers what it was asked.

use super::{Client, Provider, Redirect, Revocation};
use crate::remote::storage::Secret;
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex};
use url::Url;

/// What a provider says: a status, further headers, a body.
pub type Answer = (u16, &'static str, &'static str);

/// A provider that runs until the test ends.
pub struct Fake {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    /// Lets the next answer go, where they are held.
    pub go: Sender<()>,
}

impl Fake {
    /// Gives these answers, one for each request; what comes after is closed.
    pub fn start(answers: &[Answer]) -> Self {
        Self::run(answers, false)
    }

    /// The same, but each answer waits until it may go.
    pub fn held(answers: &[Answer]) -> Self {
        Self::run(answers, true)
    }

    fn run(answers: &[Answer], held: bool) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (go, may_go) = mpsc::channel();
        let (mut answers, heard) = (VecDeque::from(answers.to_vec()), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                heard.lock().unwrap().push(read(&mut stream));
                let Some(answer) = answers.pop_front() else { continue };
                let _ = answer_with(stream, answer, held.then_some(&may_go));
            }
        });
        Self { port, asked, go }
    }

    /// The bodies and heads of all requests.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// It as a provider.
    pub fn provider(&self) -> Provider {
        let at = |path: &str| Url::parse(&format!("http://127.0.0.1:{}{path}", self.port)).unwrap();
        Provider {
            name: "Example".into(),
            authorize: at("/authorize"),
            token: at("/token"),
            revocation: Revocation::Token(at("/revoke")),
            manage: at("/connections"),
            scopes: vec!["files".into(), "offline_access".into()],
            extra: vec![("access_type".into(), "offline".into())],
            client: Client { id: "an id".into(), secret: Some(Secret::new("its s3cret")) },
            redirect: Redirect { host: "127.0.0.1".into(), path: "/".into(), ports: vec![] },
        }
    }
}

/// A request with its body.
fn read(stream: &mut TcpStream) -> String {
    let (mut text, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let whole = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = whole.split_once("\r\n\r\n") {
            let length =
                head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return whole;
            }
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return whole,
            Ok(read) => text.extend_from_slice(&piece[..read]),
        }
    }
}

fn answer_with(mut stream: TcpStream, answer: Answer, held: Option<&Receiver<()>>) -> std::io::Result<()> {
    if let Some(may_go) = held {
        may_go.recv().map_err(std::io::Error::other)?;
    }
    let (status, headers, body) = answer;
    let length = body.len();
    write!(stream, "HTTP/1.1 {status} .\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}")
}

/// A store in memory that tells what was done to it.
#[derive(Default)]
pub struct Kept {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    token: Option<String>,
    fails: u32,
    saves: Vec<String>,
}

impl Kept {
    /// With a token in it.
    pub fn with(token: &str) -> Arc<Self> {
        let state = State { token: Some(token.to_owned()), ..State::default() };
        Arc::new(Self { state: Mutex::new(state), changed: Condvar::new() })
    }

    /// The next saves fail, so many.
    pub fn fail(&self, times: u32) {
        self.state.lock().unwrap().fails = times;
    }

    /// As if another process had stored it.
    pub fn put(&self, token: &str) {
        self.state.lock().unwrap().token = Some(token.to_owned());
    }

    pub fn token(&self) -> Option<String> {
        self.state.lock().unwrap().token.clone()
    }

    /// All that was saved.
    pub fn saves(&self) -> Vec<String> {
        self.state.lock().unwrap().saves.clone()
    }

    /// Waits until something was saved.
    pub fn wait_for_a_save(&self) {
        drop(self.changed.wait_while(self.state.lock().unwrap(), |state| state.saves.is_empty()).unwrap());
    }
}

impl super::TokenStore for Kept {
    fn load(&self) -> crate::Result<Option<Secret>> {
        Ok(self.token().map(Secret::new))
    }

    fn save(&self, token: &Secret) -> crate::Result<()> {
        let mut state = self.state.lock().unwrap();
        if state.fails > 0 {
            state.fails -= 1;
            return Err(crate::Error::may_pass("the disk is full"));
        }
        state.token = Some(token.reveal().to_owned());
        state.saves.push(token.reveal().to_owned());
        self.changed.notify_all();
        Ok(())
    }

    fn forget(&self) -> crate::Result<()> {
        self.state.lock().unwrap().token = None;
        Ok(())
    }
}
