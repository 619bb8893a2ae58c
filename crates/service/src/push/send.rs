//! One push over HTTP, within limits of time and size.

use super::Pushed;
use super::address::Address;
use super::body::body;
use super::error::PushError;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Response;
use ureq::http::header::{HeaderMap, LOCATION, RETRY_AFTER};

/// How many redirects on the same server are followed.
const REDIRECTS: usize = 3;

/// How much of an answer is read.
const ANSWER_BYTES: u64 = 4096;

/// How many characters of an answer are told.
const WORDS: usize = 120;

/// The longest that a server may put a push off.
const MAX_WAIT: Duration = Duration::from_secs(6 * 3600);

/// How long a push may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until the server is found and connected.
    pub connect: Duration,
    /// From the start to the end of the answer.
    pub whole: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { connect: Duration::from_secs(10), whole: Duration::from_secs(30) }
    }
}

/// Sends a push; blocks.
///
/// # Errors
/// Why it did not arrive.
pub fn send(address: &Address, pushed: &Pushed, limits: &Limits) -> Result<(), PushError> {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_response_header_size(16 * 1024)
        .user_agent(concat!("legible/", env!("CARGO_PKG_VERSION")))
        .timeout_resolve(Some(limits.connect))
        .timeout_connect(Some(limits.connect))
        .timeout_global(Some(limits.whole))
        .build()
        .into();
    let text = body(address, pushed).to_string();
    let mut address = address.clone();
    for _ in 0..=REDIRECTS {
        let request = agent.post(&address.uri).content_type("application/json; charset=utf-8");
        let mut answer = request.send(&text).map_err(|error| unreached(&address, &error))?;
        match answer.status().as_u16() {
            200..=299 => return Ok(()),
            // The others would turn the POST into a GET, which pushes nothing.
            307 | 308 => address = onward(&address, answer.headers())?,
            301..=303 => {
                // Only to tell where it leads.
                let target = target(answer.headers());
                return Err(PushError::Elsewhere { host: address.host().to_owned(), target });
            }
            status => return Err(refused(&address, status, &mut answer)),
        }
    }
    Err(PushError::Elsewhere { host: address.host().to_owned(), target: "itself, again and again".into() })
}

fn unreached(address: &Address, error: &ureq::Error) -> PushError {
    let detail = match error {
        ureq::Error::Timeout(_) => "it took too long to answer".to_owned(),
        ureq::Error::HostNotFound => "no server has this name".to_owned(),
        ureq::Error::ConnectionFailed => "the connection failed".to_owned(),
        ureq::Error::Io(error) => match error.kind() {
            std::io::ErrorKind::ConnectionRefused => "nothing listens at this address".to_owned(),
            std::io::ErrorKind::TimedOut => "it took too long to answer".to_owned(),
            _ => "the connection broke".to_owned(),
        },
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => "its certificate could not be checked".to_owned(),
        // Others may hold the address.
        _ => "the transfer failed".to_owned(),
    };
    PushError::Unreached { host: address.host().to_owned(), detail }
}

fn onward(address: &Address, headers: &HeaderMap) -> Result<Address, PushError> {
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let elsewhere = || PushError::Elsewhere { host: address.host().to_owned(), target: target(headers) };
    address.redirected(location).ok_or_else(elsewhere)
}

/// The server that a redirect names; its path may hold what is nobody's business.
fn target(headers: &HeaderMap) -> String {
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let uri = location.parse::<ureq::http::Uri>().ok();
    let named = uri.and_then(|uri| {
        let scheme = uri.scheme_str().map(|scheme| format!("{scheme}://")).unwrap_or_default();
        let port = uri.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
        Some(format!("{scheme}{}{port}", uri.host()?))
    });
    named.unwrap_or_else(|| "another page".to_owned())
}

fn refused(address: &Address, status: u16, answer: &mut Response<ureq::Body>) -> PushError {
    let again_in = again_in(answer.headers());
    let words = answer.body_mut().with_config().limit(ANSWER_BYTES).lossy_utf8(true).read_to_string();
    PushError::Refused {
        host: address.host().to_owned(),
        status,
        words: words_of(&words.unwrap_or_default()),
        again_in,
    }
}

/// `Retry-After` in seconds (RFC 9110, section 10.2.3). Its other form, a date, would trust two clocks to agree; the
/// queue's own wait then holds.
fn again_in(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_WAIT))
}

/// What an answer says in plain text or in the `error` of ntfy's JSON; a page of HTML says nothing to a person.
fn words_of(answer: &str) -> String {
    let told = match serde_json::from_str::<serde_json::Value>(answer) {
        Ok(json) => {
            let named = ["error", "message", "detail"].iter().find_map(|name| json.get(name)?.as_str());
            named.unwrap_or_default().to_owned()
        }
        Err(_) if answer.trim_start().starts_with('<') => String::new(),
        Err(_) => answer.to_owned(),
    };
    let line = told.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_told_in_few_words() {
        let check = |answer: &str, expected: &str| assert_eq!(words_of(answer), expected, "{answer}");
        check("", "");
        check(r#"{"code":40101,"http":401,"error":"unauthorized"}"#, "unauthorized");
        check("{\"a\":1}", "");
        check("\n  Not \u{7}here \nmore", "Not here");
        check("<html>Not here</html>", "");
        check(&"ä".repeat(500), &"ä".repeat(WORDS));
    }

    #[test]
    fn a_server_may_say_when_to_come_again() {
        let check = |value: &str, expected: Option<u64>| {
            let headers: HeaderMap = [(RETRY_AFTER, value.parse().unwrap())].into_iter().collect();
            assert_eq!(again_in(&headers), expected.map(Duration::from_secs), "{value}");
        };
        check("120", Some(120));
        check("99999999", Some(MAX_WAIT.as_secs()));
        check("-1", None);
        check("Wed, 21 Oct 2026 07:28:00 GMT", None);
    }
}
