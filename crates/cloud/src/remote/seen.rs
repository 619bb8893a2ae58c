//! What the server answered last within a call: the status and when to ask again, which opendal's errors do not tell.

use crate::limits::{MAX_PAGES, REST_REFUSAL_BYTES, RETRY_AFTER_MOST, S3_ANSWER_BYTES, WEBDAV_ANSWER_BYTES};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http::{HeaderMap, Method, Request, Response, Uri};
use opendal::raw::oio::ReadStream;
use opendal::{Buffer, ErrorKind, HttpBody, HttpTransport};
use opendal_http_transport_reqwest::ReqwestTransport;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
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
    /// The pages of lists that this call asked for.
    static PAGES: RefCell<HashSet<blake3::Hash>>;
}

impl Seen {
    /// Runs a call that notes what it sees.
    pub fn within<T>(call: impl Future<Output = T>) -> impl Future<Output = T> {
        SEEN.scope(Cell::default(), PAGES.scope(RefCell::default(), call))
    }

    /// Whether this call may ask for a page of a list: it did not before, and there are not too many. A server that names one page as the
    /// next again, or none, would be listed for ever.
    fn is_new_page(uri: &Uri) -> bool {
        let page = blake3::hash(uri.to_string().as_bytes());
        let is_new = |pages: &mut HashSet<_>| pages.len() < MAX_PAGES && pages.insert(page);
        PAGES.try_with(|pages| is_new(&mut pages.borrow_mut())).unwrap_or(true)
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

/// The way of requests that notes what comes back, takes no other page for a list, and reads no more than is right: what opendal reads
/// at once, it reads to its end.
pub(super) struct Noting(pub ReqwestTransport);

impl HttpTransport for Noting {
    async fn fetch(&self, request: Request<Buffer>) -> opendal::Result<Response<HttpBody>> {
        let list = List::wanted(request.method(), request.uri());
        let is_content = request.method() == Method::GET && list.is_none();
        if list == Some(List::S3) && !Seen::is_new_page(request.uri()) {
            return Err(refused("it lists without an end"));
        }
        let answer = self.0.fetch(request).await;
        Seen::note(answer.as_ref().ok().map(|answer| (answer.status().as_u16(), answer.headers())));
        let answer = answer?;
        match list {
            _ if !answer.status().is_success() => beginning(answer).await,
            Some(list) => whole(answer, list).await,
            // It is taken as it comes, up to the size that was listed.
            None if is_content => Ok(answer),
            None => all(answer, S3_ANSWER_BYTES).await.map(|(answer, _)| answer),
        }
    }
}

/// A list that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    WebDav,
    S3,
}

impl List {
    fn wanted(method: &Method, uri: &Uri) -> Option<Self> {
        match method.as_str() {
            "PROPFIND" => Some(List::WebDav),
            "GET" if uri.query().is_some_and(|query| query.contains("list-type=")) => Some(List::S3),
            _ => None,
        }
    }

    /// What the outermost element of the answer is called.
    fn element(self) -> &'static str {
        match self {
            List::WebDav => "multistatus",
            List::S3 => "ListBucketResult",
        }
    }

    /// Longest answer, in bytes. WebDAV has all of a folder in one.
    fn most_bytes(self) -> usize {
        match self {
            List::WebDav => WEBDAV_ANSWER_BYTES,
            List::S3 => S3_ANSWER_BYTES,
        }
    }
}

/// An answer that is a list to its end. The page that a network shows to who is to sign in would be read as an empty one.
async fn whole(answer: Response<HttpBody>, list: List) -> opendal::Result<Response<HttpBody>> {
    let (answer, page) = all(answer, list.most_bytes()).await?;
    if ends(&page, list.element()) {
        Ok(answer)
    } else {
        Err(refused("it answered with something else than a list of files"))
    }
}

/// An answer, with all of its body, which is not longer than so many bytes.
async fn all(answer: Response<HttpBody>, most: usize) -> opendal::Result<(Response<HttpBody>, Bytes)> {
    let (head, mut body) = answer.into_parts();
    match up_to(&mut body, most).await? {
        (bytes, true) => Ok((Response::from_parts(head, of(bytes.clone())), bytes)),
        (_, false) => Err(refused("it answered with more than can be read")),
    }
}

/// An answer that refuses. How its words go on does not matter, nor that they break off.
async fn beginning(answer: Response<HttpBody>) -> opendal::Result<Response<HttpBody>> {
    let (head, mut body) = answer.into_parts();
    let bytes = up_to(&mut body, REST_REFUSAL_BYTES).await.map(|(bytes, _)| bytes).unwrap_or_default();
    Ok(Response::from_parts(head, of(bytes)))
}

/// So many bytes of a body, and whether that is all of it.
async fn up_to(body: &mut HttpBody, most: usize) -> opendal::Result<(Bytes, bool)> {
    let mut bytes = BytesMut::new();
    loop {
        let piece = body.read().await?;
        if piece.is_empty() {
            return Ok((bytes.freeze(), true));
        }
        let room = most - bytes.len();
        let is_all = piece.len() <= room;
        bytes.extend_from_slice(&piece.to_bytes()[..piece.len().min(room)]);
        if !is_all {
            return Ok((bytes.freeze(), false));
        }
    }
}

fn of(bytes: Bytes) -> HttpBody {
    let size = bytes.len() as u64;
    HttpBody::new(stream::iter([Ok(bytes.into())]), Some(size))
}

fn refused(message: &str) -> opendal::Error {
    opendal::Error::new(ErrorKind::Unexpected, message).set_temporary()
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
    fn one_call_asks_for_a_page_once_and_not_for_ever() {
        let page =
            |number: usize| format!("http://s3.example/b?list-type=2&continuation-token={number}").parse().unwrap();
        let one_call = async {
            assert!(Seen::is_new_page(&page(1)) && Seen::is_new_page(&page(2)));
            assert!(!Seen::is_new_page(&page(1)), "where it was before");
            (3..=MAX_PAGES).for_each(|number| assert!(Seen::is_new_page(&page(number))));
            assert!(!Seen::is_new_page(&page(0)), "one more");
        };
        let asks_anew = async { assert!(Seen::is_new_page(&page(1))) };
        futures_util::FutureExt::now_or_never(async {
            Seen::within(one_call).await;
            Seen::within(asks_anew).await;
        })
        .unwrap();
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
