//! A person with a browser, as far as it takes to sign in: follows where it is sent, keeps cookies, fills in two forms.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use url::Url;

/// Most pages in a row that only send on.
const MOST_STEPS: usize = 10;

/// Whether the person agrees.
pub enum Answer {
    Yes,
    No,
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    pub address: Url,
    pub status: u16,
    pub body: String,
    location: Option<Url>,
}

#[derive(Default)]
pub struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Opens the address, signs in, and agrees or not. Gives the last page.
    pub fn sign_in(&mut self, address: &Url, answer: Answer) -> Page {
        let asks_who = self.follow(address);
        let asks_whether = self.submit(&asks_who, "prompt=login&login=somebody&password=whatever");
        match answer {
            Answer::Yes => self.submit(&asks_whether, "prompt=consent"),
            Answer::No => {
                let abort = attribute(&asks_whether.body, "href", "/abort");
                self.follow(&asks_whether.address.join(&abort).unwrap())
            }
        }
    }

    /// Opens an address, and those that it sends on to.
    pub fn follow(&mut self, address: &Url) -> Page {
        let mut page = self.ask("GET", address, "", "");
        for _ in 0..MOST_STEPS {
            let Some(next) = page.location.take() else {
                return page;
            };
            page = self.ask("GET", &next, "", "");
        }
        panic!("it sends on without end: {page:?}");
    }

    fn submit(&mut self, page: &Page, form: &str) -> Page {
        let action = page.address.join(&attribute(&page.body, "action", "")).unwrap();
        let mut page = self.ask("POST", &action, "Content-Type: application/x-www-form-urlencoded\r\n", form);
        let next = page.location.take().unwrap_or_else(|| panic!("the form was not taken: {page:?}"));
        self.follow(&next)
    }

    /// One request.
    pub fn ask(&mut self, method: &str, address: &Url, headers: &str, body: &str) -> Page {
        let at = format!("{}:{}", address.host_str().unwrap(), address.port().unwrap());
        let mut stream = TcpStream::connect(&at).unwrap();
        let target = &address[url::Position::BeforePath..url::Position::AfterQuery];
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let length = body.len();
        write!(
            stream,
            "{method} {target} HTTP/1.1\r\nHost: {at}\r\nCookie: {cookies}\r\nConnection: close\r\n\
             Content-Length: {length}\r\n{headers}\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{address}: {answer}"));
        let mut location = None;
        for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
            match &*name.to_lowercase() {
                "location" => location = Some(address.join(value).unwrap()),
                "set-cookie" => self.keep(value),
                _ => {}
            }
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Page { address: address.clone(), status, body: body.to_owned(), location }
    }

    /// `NAME=VALUE; ...`; an empty value takes it away.
    fn keep(&mut self, cookie: &str) {
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        self.cookies.remove(name);
        if !value.is_empty() {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// The first value of an attribute that ends so.
fn attribute(html: &str, name: &str, end: &str) -> String {
    let begin = format!("{name}=\"");
    let found = html.split(&begin).skip(1).filter_map(|rest| rest.split('"').next()).find(|value| value.ends_with(end));
    found.unwrap_or_else(|| panic!("no {name} that ends in {end:?}: {html}")).replace("&amp;", "&")
}
