//! What the server answered last within a call: the status and when to ask again, which opendal's errors do not tell.

use crate::limits::RETRY_AFTER_MOST;
use futures_util::stream;
use http::{HeaderMap, Method, Request, Response, Uri};
use opendal::{Buffer, ErrorKind, HttpBody, HttpTransport};
use opendal_http_transport_reqwest::ReqwestTransport;
use std::cell::Cell;
use std::future::Future;
use std::time::{Duration, SystemTime};

/// The last answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its status; `None` where there was none.
    pub status: Option<u16>,
    /// How long the server asks to be left alone.
    pub retry_after: Option<Duration>,
}

tokio::task_local! {
    static SEEN: Cell<Seen>;
}

impl Seen {
    /// Runs a call that notes what it sees.
    pub fn within<T>(call: impl Future<Output = T>) -> impl Future<Output = T> {
        SEEN.scope(Cell::default(), call)
    }

    /// What this call saw last.
    pub fn last() -> Self {
        SEEN.try_with(Cell::get).unwrap_or_default()
    }

    /// Notes an answer, or with `None` that there was none.
    pub fn note(answer: Option<(u16, &HeaderMap)>) {
        let seen = match answer {
            Some((status, headers)) => {
                Seen { status: Some(status), retry_after: retry_after(headers, SystemTime::now()) }
            }
            None => Seen::default(),
        };
        // Outside of a call nobody asks.
        let _ = SEEN.try_with(|last| last.set(seen));
    }
}

/// Either seconds or a date (RFC 9110, section 10.2.3); not more than [`RETRY_AFTER_MOST`].
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = value.parse().map(Duration::from_secs).ok();
    let until = || Some(httpdate::parse_http_date(value).ok()?.duration_since(now).unwrap_or_default());
    seconds.or_else(until).map(|wait| wait.min(RETRY_AFTER_MOST))
}

/// The way of requests that notes what comes back, and takes no other page for a list.
pub(super) struct Noting(pub ReqwestTransport);

impl HttpTransport for Noting {
    async fn fetch(&self, request: Request<Buffer>) -> opendal::Result<Response<HttpBody>> {
        let list = list_wanted(request.method(), request.uri());
        let answer = self.0.fetch(request).await;
        Seen::note(answer.as_ref().ok().map(|answer| (answer.status().as_u16(), answer.headers())));
        match (answer, list) {
            (Ok(answer), Some(list)) if answer.status().is_success() => whole(answer, list).await,
            (answer, _) => answer,
        }
    }
}

/// What the outermost element of the answer is called, if the request is for a list.
fn list_wanted(method: &Method, uri: &Uri) -> Option<&'static str> {
    match method.as_str() {
        "PROPFIND" => Some("multistatus"),
        "GET" if uri.query().is_some_and(|query| query.contains("list-type=")) => Some("ListBucketResult"),
        _ => None,
    }
}

/// An answer that is a list to its end. The page that a network shows to who is to sign in would be read as an empty one.
async fn whole(answer: Response<HttpBody>, list: &str) -> opendal::Result<Response<HttpBody>> {
    let (head, mut body) = answer.into_parts();
    let body = body.to_buffer().await?;
    if !ends(&body.to_bytes(), list) {
        let message = "it answered with something else than a list of files";
        return Err(opendal::Error::new(ErrorKind::Unexpected, message).set_temporary());
    }
    let bytes = body.len() as u64;
    Ok(Response::from_parts(head, HttpBody::new(stream::iter([Ok(body)]), Some(bytes))))
}

/// Whether the last thing in a page is the end of an element.
fn ends(page: &[u8], element: &str) -> bool {
    last_element(page).is_some_and(|name| name == element)
}

/// The name of the element that a page ends with.
pub(super) fn last_element(page: &[u8]) -> Option<String> {
    let from = page.windows(2).rposition(|two| two == b"</")?;
    let tag = String::from_utf8_lossy(&page[from..]);
    let name = tag.trim_end().strip_prefix("</")?.strip_suffix('>')?;
    Some(name.rsplit(':').next().unwrap_or(name).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_say_when_to_come_back() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let check = |value: &str, expected: Option<u64>| {
            let headers = HeaderMap::from_iter([(http::header::RETRY_AFTER, value.parse().unwrap())]);
            assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{value}");
        };
        check("17", Some(17));
        check("Sun, 06 Nov 1994 08:50:37 GMT", Some(60));
        check("Sun, 06 Nov 1994 08:00:00 GMT", Some(0));
        check("soon", None);
        // Nobody is left alone for ever: what is added to it, or to the time, does not overflow.
        let most = RETRY_AFTER_MOST.as_secs();
        check("18446744073709551615", Some(most));
        check("Fri, 31 Dec 9999 23:59:59 GMT", Some(most));
    }

    #[test]
    fn only_whole_lists_are_lists() {
        let check =
            |page: &str, list: &str, expected: bool| assert_eq!(ends(page.as_bytes(), list), expected, "{page}");
        check("<D:multistatus xmlns:D=\"DAV:\"><D:response/></D:multistatus>\n", "multistatus", true);
        check("<multistatus></multistatus >", "multistatus", true);
        check("<ListBucketResult><Name>x</Name></ListBucketResult>", "ListBucketResult", true);
        check("<ListBucketResult><Name>x</Name>", "ListBucketResult", false);
        check("<html><body>Sign in</body></html>", "ListBucketResult", false);
        check("", "multistatus", false);
    }
}
