//! Where a push goes, checked when it is set. Pure.

use crate::api::PushKind;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use ureq::http::Uri;

/// The longest address.
const MAX_BYTES: usize = 2000;

/// A checked address of a webhook or of an ntfy topic. Shown and logged without its secrets: by its host.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// How the server is spoken to.
    pub kind: PushKind,
    /// Where the request goes: for ntfy the server without the topic, which is named in the body.
    pub uri: Uri,
    /// The topic, for ntfy.
    pub topic: Option<String>,
}

impl Address {
    /// Understands an address as a person typed it.
    ///
    /// # Errors
    /// In words: what is wrong with it and what one looks like.
    pub fn parse(kind: PushKind, text: &str) -> Result<Self, String> {
        let text = text.trim();
        let example = match kind {
            PushKind::Ntfy => "https://ntfy.sh/your-topic",
            _ => "https://example.org/hook",
        };
        let bad = |problem: &str| format!("{problem}; write an address such as {example}");
        if text.len() > MAX_BYTES {
            return Err(bad("the address is too long"));
        }
        if text.contains('#') {
            return Err(bad("the address must not hold a \"#\""));
        }
        let uri: Uri = text.parse().map_err(|_| bad("this is no web address"))?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(|| bad("the address names no server"))?;
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_near(host) => {}
            Some("http") => {
                return Err(format!(
                    "plain http is only for this computer and the local network, where nobody reads along; use https://{host}"
                ));
            }
            _ => return Err(bad("the address must begin with https://")),
        }
        match kind {
            PushKind::Ntfy => {
                let (uri, topic) = ntfy(&uri).ok_or_else(|| bad("the address must end with the name of a topic"))?;
                Ok(Address { kind, uri, topic: Some(topic) })
            }
            _ => Ok(Address { kind, uri, topic: None }),
        }
    }

    /// The server's name, which is all that may be told of the address.
    pub fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    /// The address that a server's redirect names, if it is on the same server and no less safe.
    pub fn redirected(&self, location: &str) -> Option<Address> {
        if location.starts_with("//") {
            // The name of another server without a scheme.
            return None;
        }
        let target: Uri = location.parse().ok()?;
        let uri = match target.host() {
            None => {
                let mut parts = self.uri.clone().into_parts();
                parts.path_and_query = Some(target.path_and_query()?.clone());
                Uri::from_parts(parts).ok()?
            }
            Some(_) => target,
        };
        let same = uri.host()?.eq_ignore_ascii_case(self.host());
        let safe = uri.scheme() == self.uri.scheme() || uri.scheme_str() == Some("https");
        let port = uri.scheme() != self.uri.scheme() || uri.port_u16() == self.uri.port_u16();
        (same && safe && port).then(|| Address { uri, ..self.clone() })
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} on {}", self.kind, self.host())
    }
}

/// Splits the address of a topic into its server and its name.
fn ntfy(uri: &Uri) -> Option<(Uri, String)> {
    let path = uri.path().trim_end_matches('/');
    let (server, topic) = path.rsplit_once('/')?;
    // What ntfy allows in the name of a topic.
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if topic.is_empty() || topic.len() > 64 || !topic.chars().all(letters) {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{server}/{query}").parse().ok()?);
    Some((Uri::from_parts(parts).ok()?, topic.to_owned()))
}

/// Whether the host is this computer or on the local network.
fn is_near(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || is_local_v6(&ip),
        Err(_) => {
            let host = bare.to_ascii_lowercase();
            let endings = [".localhost", ".local", ".lan", ".internal", ".home.arpa", ".home"];
            !host.contains('.') || endings.iter().any(|ending| host.ends_with(ending))
        }
    }
}

/// Unique local (fc00::/7, RFC 4193) and link-local (fe80::/10, RFC 4291) addresses.
fn is_local_v6(ip: &Ipv6Addr) -> bool {
    let first = ip.segments()[0];
    first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_understood_or_refused_in_words() {
        let check = |kind, text: &str, expected: Result<(&str, Option<&str>), &str>| match (
            Address::parse(kind, text),
            expected,
        ) {
            (Ok(address), Ok((uri, topic))) => {
                assert_eq!((address.uri.to_string().as_str(), address.topic.as_deref()), (uri, topic), "{text}");
            }
            (Err(told), Err(word)) => assert!(told.contains(word), "{text}: {told}"),
            (result, _) => panic!("{text}: {result:?}"),
        };
        let (hook, ntfy) = (PushKind::Webhook, PushKind::Ntfy);
        check(hook, "https://example.org/hook?key=s3cret", Ok(("https://example.org/hook?key=s3cret", None)));
        check(hook, "  https://user:pass@example.org/  ", Ok(("https://user:pass@example.org/", None)));
        check(ntfy, "https://ntfy.sh/my-topic", Ok(("https://ntfy.sh/", Some("my-topic"))));
        check(ntfy, "https://ntfy.sh/my-topic/", Ok(("https://ntfy.sh/", Some("my-topic"))));
        check(ntfy, "https://a.example/ntfy/up_1?auth=x", Ok(("https://a.example/ntfy/?auth=x", Some("up_1"))));
        check(ntfy, "https://ntfy.sh/", Err("topic"));
        check(ntfy, "https://ntfy.sh", Err("topic"));
        check(ntfy, "https://ntfy.sh/my%20topic", Err("topic"));
        for near in [
            "localhost",
            "127.0.0.1",
            "[::1]",
            "192.168.1.4",
            "10.0.0.2",
            "172.16.3.4",
            "[fd00::1]",
            "nas",
            "nas.local",
            "pi.fritz.home",
        ] {
            check(hook, &format!("http://{near}:8080/a"), Ok((&format!("http://{near}:8080/a"), None)));
        }
        for far in
            ["example.org", "8.8.8.8", "172.32.0.1", "[2001:db8::1]", "local.example.org", "127.0.0.1.example.org"]
        {
            check(hook, &format!("http://{far}/a"), Err("plain http"));
        }
        check(hook, "", Err("no web address"));
        check(hook, "example.org/hook", Err("no web address"));
        check(hook, "/hook", Err("names no server"));
        check(hook, "ftp://example.org/", Err("https://"));
        check(hook, "file:///etc/passwd", Err("https://"));
        check(hook, "https://example.org/#a", Err("#"));
        check(hook, "https:///path", Err("https://"));
        check(hook, &format!("https://example.org/{}", "a".repeat(3000)), Err("too long"));
    }

    #[test]
    fn secrets_are_not_shown() {
        let address = Address::parse(PushKind::Webhook, "https://user:pass@example.org/s3cret?k=v").unwrap();
        assert_eq!(format!("{address:?}"), "Webhook on example.org");
    }

    #[test]
    fn only_redirects_on_the_same_server_are_followed() {
        let check = |from: &str, location: &str, expected: Option<&str>| {
            let from = Address::parse(PushKind::Webhook, from).unwrap();
            let to = from.redirected(location).map(|address| address.uri.to_string());
            assert_eq!(to.as_deref(), expected, "{location}");
        };
        let from = "https://example.org/a";
        check(from, "/b?c=d", Some("https://example.org/b?c=d"));
        check(from, "https://EXAMPLE.org/b", Some("https://EXAMPLE.org/b"));
        check("http://nas/a", "https://nas/a", Some("https://nas/a"));
        check(from, "http://example.org/b", None);
        check(from, "https://example.org:444/b", None);
        check(from, "https://evil.example/b", None);
        check(from, "//evil.example/b", None);
        check(from, "", None);
    }

    proptest! {
        #[test]
        fn any_text_is_understood_or_refused(text in "\\PC{0,60}", scheme in "(https?://)?") {
            let text = scheme + &text;
            for kind in [PushKind::Webhook, PushKind::Ntfy] {
                if let Ok(address) = Address::parse(kind, &text) {
                    prop_assert!(!address.host().is_empty());
                    let _ = address.redirected(&text);
                }
            }
        }
    }
}
