//! The browser of a person who signs in: it opens the page of a provider, which sends it back to the program at once.

use crate::Clouds;
use crate::web::{Answer, Request, decoded};
use bytes::Bytes;
use http::{HeaderMap, Method};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use url::Url;

impl Clouds {
    /// Opens an address that a program gave to sign in at, and gives the page that the person sees in the end: that of the program, or
    /// what the provider says where it does not send back.
    ///
    /// # Errors
    /// When it is no address of a fake, or the program does not answer where it said that it would.
    pub fn browse(&self, address: &str) -> io::Result<String> {
        let none = |what: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("{what}: {address}"));
        let url = Url::parse(address).map_err(|_| none("this is no address"))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let fake = [self.drive.any(), self.dropbox.any(), self.onedrive.any()];
        let fake = fake.into_iter().find(|fake| fake.lock().hosts().contains(&host.as_str()));
        let fake = fake.ok_or_else(|| none("no fake answers for this"))?;
        let request = Request {
            method: Method::GET,
            path: decoded(url.path()).ok_or_else(|| none("the path is no UTF-8"))?,
            host,
            query: url.query_pairs().into_owned().collect(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        let answer = fake.lock().answer(&request);
        let Answer { headers, body, .. } = answer;
        match headers.into_iter().find(|(name, _)| *name == "location") {
            Some((_, back)) => come_back(&back),
            None => Ok(String::from_utf8_lossy(&body).into_owned()),
        }
    }
}

/// Asks the program that listens on this machine.
fn come_back(to: &str) -> io::Result<String> {
    let none = || io::Error::new(io::ErrorKind::InvalidInput, "the provider sends back to no program");
    let url = Url::parse(to).map_err(|_| none())?;
    let (host, port) = url.host_str().zip(url.port()).ok_or_else(none)?;
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let path = &url[url::Position::BeforePath..];
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n")?;
    let mut page = String::new();
    stream.read_to_string(&mut page)?;
    Ok(page)
}
