//! Addresses as they are compared, resolved and remembered; which of them a person named.

use super::{Error, limits};
use crate::{WebSpec, What};
use std::collections::HashSet;
use url::{Host, Url};

/// The addresses that a person set up, in their order.
pub(super) fn of_spec(spec: &WebSpec) -> Result<Vec<Url>, Error> {
    match &spec.what {
        What::Urls { urls } => urls.iter().map(|url| given(url)).collect(),
        What::Page { url, .. } | What::Feed { url } | What::Api { url, .. } => Ok(vec![given(url)?]),
    }
}

/// An address that a person gave.
fn given(text: &str) -> Result<Url, Error> {
    let text = text.trim();
    let bad = |problem: &str| Error::BadUrl { url: shown(text), problem: problem.to_owned() };
    if text.len() > limits::URL_BYTES {
        return Err(bad("it is too long"));
    }
    let mut url = Url::parse(text).map_err(|error| bad(&error.to_string()))?;
    if !is_http(&url) {
        return Err(bad("it begins neither with https:// nor with http://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("a name or a password in it would lie open; make it a secret header instead"));
    }
    url.set_fragment(None);
    Ok(url)
}

/// An address that a server gave, seen from another; `None` for one that is no use.
pub(super) fn found(base: &Url, text: &str) -> Option<Url> {
    let text = text.trim();
    if text.is_empty() || text.len() > limits::URL_BYTES {
        return None;
    }
    let mut url = base.join(text).ok()?;
    if !is_http(&url) || url.as_str().len() > limits::URL_BYTES {
        return None;
    }
    url.set_fragment(None);
    // What a page puts before the host would be sent as a login.
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url)
}

pub(super) fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.host().is_some()
}

/// The host, as names of hosts are compared.
pub(super) fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// The address that a host is, if it is not a name.
pub(super) fn literal(url: &Url) -> Option<std::net::IpAddr> {
    match url.host()? {
        Host::Ipv4(ip) => Some(ip.into()),
        Host::Ipv6(ip) => Some(ip.into()),
        Host::Domain(_) => None,
    }
}

/// Scheme, host and port.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// What a person named: those hosts may be private, and get the person's headers.
pub(super) struct Named {
    urls: Vec<Url>,
    /// The hosts alone.
    pub hosts: HashSet<String>,
}

impl Named {
    pub fn new(urls: &[Url]) -> Self {
        Named { urls: urls.to_vec(), hosts: urls.iter().map(host).collect() }
    }

    /// Whether the person's headers may go to this address: to the host and port that were named, and never in the open
    /// where they were set up for a safe connection.
    pub fn may_know_headers(&self, url: &Url) -> bool {
        self.urls.iter().any(|named| {
            let ports = |url: &Url| (url.port(), url.port_or_known_default());
            let same_door = ports(named).1 == ports(url).1 || (ports(named).0.is_none() && ports(url).0.is_none());
            let is_as_safe = url.scheme() == "https" || named.scheme() == "http";
            named.host() == url.host() && same_door && is_as_safe
        })
    }
}

/// The beginning of a text that may be long.
fn shown(text: &str) -> String {
    let end = text.char_indices().nth(200).map_or(text.len(), |(at, _)| at);
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers_are_seen_from_where_they_lie() {
        let base = Url::parse("https://a.example/x/page.html?q#here").unwrap();
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(found(&base, text).as_ref().map(Url::as_str), expected, "{text}");
        };
        check("b.png", Some("https://a.example/x/b.png"));
        check(" /b.png#part ", Some("https://a.example/b.png"));
        check("//cdn.example/b.png", Some("https://cdn.example/b.png"));
        check("http://user:word@b.example/", Some("http://b.example/"));
        check("HTTP://B.example:80/é", Some("http://b.example/%C3%A9"));
        check("", None);
        check("file:///etc/passwd", None);
        check("ftp://b.example/x", None);
        check("javascript:alert(1)", None);
        check("data:image/png;base64,AA==", None);
        check(&"x".repeat(5000), None);
    }

    #[test]
    fn headers_go_where_the_person_said_and_never_into_the_open() {
        let check = |named: &str, url: &str, expected: bool| {
            let known = Named::new(&[Url::parse(named).unwrap()]).may_know_headers(&Url::parse(url).unwrap());
            assert_eq!(known, expected, "{named} -> {url}");
        };
        check("https://a.example/feed", "https://a.example/other.png", true);
        check("http://a.example/feed", "https://a.example/feed", true);
        check("http://a.example:8080/feed", "http://a.example:8080/b", true);
        check("https://a.example/feed", "http://a.example/feed", false);
        check("https://a.example/feed", "https://b.example/feed", false);
        check("https://a.example/feed", "https://cdn.a.example/feed", false);
        check("https://a.example/feed", "https://a.example:8443/feed", false);
        check("http://a.example:8080/feed", "http://a.example/feed", false);
    }
}
