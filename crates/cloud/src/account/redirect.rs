//! What a browser that was sent back says: the request is read, and told from all others that may come to a port of this machine.

use super::Provider;
use crate::limits::{SIGN_IN_REQUEST_BYTES, SIGN_IN_REQUEST_WITHIN};
use crate::remote::storage::Secret;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use url::form_urlencoded;

/// The end of the head of a request.
const END: &[u8] = b"\r\n\r\n";

/// The head of a request (RFC 9112), as far as it matters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    method: String,
    target: String,
    hosts: Vec<String>,
}

/// What a request tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The person agreed: the code that becomes tokens (RFC 6749, section 4.1.2).
    Code(Secret),
    /// The provider says no: its code and its words (section 4.1.2.1).
    No { error: String, words: String },
    /// It is not from the provider.
    Foreign,
}

/// What a request must have to be from the provider.
#[derive(Clone)]
pub(super) struct Expected {
    /// `127.0.0.1:PORT`: a page of another name that leads to this machine has another one.
    pub host: String,
    /// The path.
    pub path: String,
    /// What only the provider was told (RFC 6749, section 10.12).
    pub state: String,
}

/// Reads the head of a request; `None` when it is none, too long, or too slow.
pub(super) async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut head = Vec::new();
    let whole = async {
        while !head.windows(END.len()).any(|end| end == END) {
            let room = SIGN_IN_REQUEST_BYTES.saturating_sub(head.len()) as u64;
            if stream.take(room).read_buf(&mut head).await.ok()? == 0 {
                return None;
            }
        }
        Some(())
    };
    tokio::time::timeout(SIGN_IN_REQUEST_WITHIN, whole).await.ok()??;
    parse(&head)
}

fn parse(head: &[u8]) -> Option<Request> {
    let text = std::str::from_utf8(head).ok()?;
    let mut lines = text.split("\r\n");
    let [method, target, version] = lines.next()?.split(' ').collect::<Vec<_>>()[..] else {
        return None;
    };
    let host = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim().to_owned())
    };
    let hosts = lines.take_while(|line| !line.is_empty()).filter_map(host).collect();
    version.starts_with("HTTP/1.").then(|| Request { method: method.to_owned(), target: target.to_owned(), hosts })
}

impl Expected {
    /// What the browser is expected to say that comes back to this port.
    pub fn of(provider: &Provider, port: u16, state: &str) -> Self {
        let path = if provider.redirect.path.is_empty() { "/" } else { &provider.redirect.path };
        Self { host: format!("{}:{port}", provider.redirect.host), path: path.to_owned(), state: state.to_owned() }
    }

    /// What a request tells. Whatever is not exactly as expected is foreign.
    pub fn tell(&self, request: &Request) -> Told {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let to_us = matches!(&request.hosts[..], [host] if host.eq_ignore_ascii_case(&self.host));
        if request.method != "GET" || !to_us || path != self.path {
            return Told::Foreign;
        }
        let all: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        // Section 3.1: what is there twice does not count.
        let one = |name: &str| {
            let mut values = all.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str());
            match (values.next(), values.next()) {
                (Some(value), None) if !value.is_empty() => Ok(Some(value)),
                (None, _) => Ok(None),
                _ => Err(()),
            }
        };
        let words = one("error_description").ok().flatten().unwrap_or_default().to_owned();
        match (one("state"), one("code"), one("error")) {
            (Ok(Some(state)), Ok(Some(code)), Ok(None)) if state == self.state => Told::Code(Secret::new(code)),
            (Ok(Some(state)), Ok(None), Ok(Some(error))) if state == self.state => {
                Told::No { error: error.to_owned(), words }
            }
            _ => Told::Foreign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, target: &str, headers: &str) -> Option<Request> {
        parse(format!("{method} {target} HTTP/1.1\r\n{headers}\r\n\r\n").as_bytes())
    }

    #[test]
    fn only_the_provider_is_believed() {
        let expected = Expected { host: "127.0.0.1:4000".into(), path: "/".into(), state: "s1".into() };
        let check = |method: &str, target: &str, headers: &str, told: Told| {
            let request = request(method, target, headers).unwrap();
            assert_eq!(expected.tell(&request), told, "{method} {target} {headers}");
        };
        let (host, code) = ("Host: 127.0.0.1:4000", || Told::Code(Secret::new("c")));
        check("GET", "/?code=c&state=s1", host, code());
        check(
            "GET",
            "/?state=s1&code=c&iss=https%3A%2F%2Fexample.org&scope=a",
            "accept: */*\r\nhost:127.0.0.1:4000",
            code(),
        );
        check("GET", "/?code=4%2F0A+b&state=s1", host, Told::Code(Secret::new("4/0A b")));
        let no = Told::No { error: "access_denied".into(), words: "the person said no".into() };
        check("GET", "/?error=access_denied&error_description=the+person%20said+no&state=s1", host, no);
        for target in [
            "/",
            "/favicon.ico",
            "/x?code=c&state=s1",
            "//?code=c&state=s1",
            "/?code=c",
            "/?code=c&state=",
            "/?code=c&state=s2",
            "/?code=c&state=S1",
            "/?code=c&state=s1%20",
            "/?code=&state=s1",
            "/?state=s1",
            "/?error=access_denied",
            "/?error=access_denied&state=s2",
            "/?code=c&error=access_denied&state=s1",
            "/?code=c&code=d&state=s1",
            "/?code=c&state=s1&state=s1",
            "http://127.0.0.1:4000/?code=c&state=s1",
        ] {
            check("GET", target, host, Told::Foreign);
        }
        check("POST", "/?code=c&state=s1", host, Told::Foreign);
        check("HEAD", "/?code=c&state=s1", host, Told::Foreign);
        for headers in ["Host: evil.example:4000", "Host: 127.0.0.1", "Host: localhost:4000", "Accept: */*"] {
            check("GET", "/?code=c&state=s1", headers, Told::Foreign);
        }
        check("GET", "/?code=c&state=s1", "Host: 127.0.0.1:4000\r\nHost: evil.example", Told::Foreign);
    }

    #[test]
    fn what_is_no_request_is_none() {
        let check = |head: &[u8], expected: bool| assert_eq!(parse(head).is_some(), expected, "{head:?}");
        check(b"GET / HTTP/1.1\r\n\r\n", true);
        check(b"GET / HTTP/1.0\r\n\r\n", true);
        check(b"GET  / HTTP/1.1\r\n\r\n", false);
        check(b"GET /\r\n\r\n", false);
        check(b"GET / HTTP/2\r\n\r\n", false);
        check(b"\x16\x03\x01\x02\x00\r\n\r\n", false);
        check(b"GET /\xff HTTP/1.1\r\n\r\n", false);
        check(b"", false);
    }

    #[test]
    fn a_code_is_not_shown() {
        let shown = format!("{:?}", Told::Code(Secret::new("tr0ub4dor")));
        assert!(!shown.contains("tr0ub4dor"), "{shown}");
    }
}
