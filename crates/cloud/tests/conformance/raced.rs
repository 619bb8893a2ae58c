//! Somebody who writes between two requests of ours: a proxy that has them write in the middle.

use super::open;
use crate::servers::PASSWORD;
use crate::suite::{On, assert_stale};
use legible_cloud::remote::storage::{Found, Place};
use legible_cloud::remote::{Expect, Remote, Unwatched};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The name of the file in question.
const NAME: &str = "raced.txt";
/// What is there, and what goes up; and what somebody else writes, of another size and of the same.
const FIRST: &[u8] = b"first";
const OURS: &[u8] = b"ours!";
const THEIRS: [&[u8]; 2] = [b"of another size", b"their"];

/// Between which requests of ours somebody writes, by how these begin. Where the first is empty, just before the other.
#[derive(Clone, Copy)]
pub struct Between(pub &'static str, pub &'static str);

/// Holds a storage to this: what somebody writes right after our upload is theirs. `remote` opens it at an address.
pub fn uploads_are_told_from_what_others_write<R: Remote + 'static>(
    port: u16,
    between: Between,
    remote: impl Fn(&str) -> R,
) {
    let direct = Arc::new(remote(&format!("http://127.0.0.1:{port}")));
    for theirs in THEIRS {
        let first = On(&*direct).put(NAME, FIRST, &Expect::Absent).unwrap();
        let raced = remote(&raced(port, between, writes(direct.clone(), theirs)));
        assert_stale(On(&raced).put(NAME, OURS, &Expect::Revision(first.revision)));
        theirs_is_there(&*direct, theirs);
    }
}

/// Holds a storage to this: what somebody writes just before we remove a file stays.
pub fn removals_leave_what_others_write<R: Remote + 'static>(
    port: u16,
    between: Between,
    remote: impl Fn(&str) -> R,
    theirs: &[&'static [u8]],
) {
    let direct = Arc::new(remote(&format!("http://127.0.0.1:{port}")));
    for theirs in theirs {
        let first = On(&*direct).put(NAME, FIRST, &Expect::Absent).unwrap();
        let raced = remote(&raced(port, between, writes(direct.clone(), theirs)));
        assert_stale(raced.remove(&first, &Unwatched));
        theirs_is_there(&*direct, theirs);
    }
}

/// Both of another size and of the same.
pub fn any() -> &'static [&'static [u8]] {
    &THEIRS
}

/// Of another size only.
pub fn of_another_size() -> &'static [&'static [u8]] {
    &THEIRS[..1]
}

/// A place, opened at an address.
pub fn at<P: Fn(String) -> Place>(place: P, found: Found) -> impl Fn(&str) -> super::Storage {
    move |url| open(&place(url.to_owned()), PASSWORD, found)
}

fn writes<R: Remote + 'static>(direct: Arc<R>, theirs: &'static [u8]) -> impl FnOnce() + Send + 'static {
    move || {
        let on = On(&*direct);
        let expect = on.look(NAME).map_or(Expect::Absent, |there| Expect::Revision(there.revision));
        on.put(NAME, theirs, &expect).unwrap();
    }
}

/// And is gone then, for the next.
fn theirs_is_there(direct: &dyn Remote, theirs: &[u8]) {
    let there = On(direct).look(NAME).expect("it is there");
    assert_eq!(On(direct).fetch(&there).unwrap(), theirs);
    direct.remove(&there, &Unwatched).unwrap();
}

/// The address of a way to a server on which `writes` runs once, between two requests.
fn raced(to: u16, between: Between, writes: impl FnOnce() + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let turn = Arc::new(Mutex::new(Turn { is_near: between.0.is_empty(), between, writes: Some(writes) }));
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(("127.0.0.1", to)).unwrap();
            let (answers, back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || pass(answers, back, |_| {}));
            let turn = turn.clone();
            std::thread::spawn(move || pass(client, server, |bytes| turn.lock().unwrap().sees(bytes)));
        }
    });
    format!("http://127.0.0.1:{port}")
}

fn pass(mut from: TcpStream, mut into: TcpStream, sees: impl Fn(&[u8])) {
    let mut buffer = [0; 64 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        sees(&buffer[..read]);
        if into.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), into.shutdown(Shutdown::Both));
}

struct Turn<W> {
    between: Between,
    is_near: bool,
    writes: Option<W>,
}

impl<W: FnOnce()> Turn<W> {
    /// Bytes on their way to the server: a request begins with a piece of its own, since the one before was answered.
    fn sees(&mut self, bytes: &[u8]) {
        if self.is_near && bytes.starts_with(self.between.1.as_bytes()) {
            self.writes.take().into_iter().for_each(|writes| writes());
        }
        self.is_near |= bytes.starts_with(self.between.0.as_bytes());
    }
}
