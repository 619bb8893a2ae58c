//! HTTP/1.1 of one connection: reads what is asked, has the fake answer, and lets go wrong what is to go wrong.

use crate::fake::{Fake, Provider};
use crate::faults::{Fault, tell_wrong_hashes};
use crate::log::Entry;
use crate::web::{Answer, Request, decoded};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Most bytes of one request's body: more than any provider takes.
const MOST_BODY: usize = 512 << 20;
/// How long the beginning of an answer has to get out before its connection ends: the client is on this machine.
const GETS_OUT: Duration = Duration::from_millis(20);

/// Every fake there is.
pub type Fakes = Arc<Vec<Fake<dyn Provider>>>;

/// Whether a connection is to end by a reset.
#[derive(Clone, Default)]
pub struct Cut(Arc<AtomicBool>);

/// A connection that may end by a reset.
pub struct Wire {
    stream: TcpStream,
    cut: Cut,
}

impl Wire {
    pub fn new(stream: TcpStream, cut: Cut) -> Self {
        Wire { stream, cut }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.cut.0.load(Ordering::SeqCst) {
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Answers what is asked on a connection until it ends.
pub async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, cut: Cut, fakes: Fakes) {
    let service = service_fn(|request| {
        let (cut, fakes) = (cut.clone(), fakes.clone());
        async move { answer(&fakes, &cut, request).await }
    });
    // How it ends is the client's business, or was ordered.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Why a connection ends without an answer.
type Ended = io::Error;

async fn answer(
    fakes: &[Fake<dyn Provider>],
    cut: &Cut,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Sent>, Ended> {
    let (head, body) = request.into_parts();
    let host = head.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let Some(fake) = fakes.iter().find(|fake| fake.lock().hosts().contains(&host.as_str())) else {
        return Ok(sent(Answer::text(421, "no fake answers for this host"), Ending::Whole));
    };
    let line = format!("{} https://{host}{} ", head.method, head.uri);
    let faults = fake.faults_at(&line);
    let mut entry = Entry { line, up: 0, down: 0, status: None, file: None };

    let (body, came) = received(body, &faults).await;
    entry.up = body.len() as u64;
    let path = decoded(head.uri.path());
    let query = url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let request = path.map(|path| Request { method: head.method, host, path, query, headers: head.headers, body });
    if came == Came::InPart {
        cut.0.store(true, Ordering::SeqCst);
        request.iter().for_each(|request| fake.lock().cut_short(request));
        fake.note(entry);
        return Err(io::ErrorKind::ConnectionReset.into());
    }

    let answer = match &request {
        Some(request) => done(fake, request, &faults).await,
        None => Answer::text(400, "the path is no UTF-8"),
    };
    if faults.iter().any(|fault| matches!(fault, Fault::LoseAnswer)) {
        cut.0.store(true, Ordering::SeqCst);
        fake.note(entry);
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    let (answer, ending) = changed(answer, &faults, cut);
    entry.status = Some(answer.status);
    entry.file.clone_from(&answer.file);
    entry.down = ending.length(answer.body.len()) as u64;
    fake.note(entry);
    Ok(sent(answer, ending))
}

#[derive(PartialEq)]
enum Came {
    Whole,
    InPart,
}

/// Reads a body, or as much of it as is to come. One that is cut short by its client came in part.
async fn received(mut body: Incoming, faults: &[Fault]) -> (Bytes, Came) {
    let reset = faults.iter().find_map(|fault| if let Fault::ResetUpload(after) = fault { Some(*after) } else { None });
    let stall = faults.iter().find_map(|fault| if let Fault::StallUpload(after) = fault { Some(*after) } else { None });
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return (bytes.freeze(), Came::InPart) };
        if let Ok(data) = frame.into_data() {
            bytes.extend_from_slice(&data);
        }
        if let Some(after) = reset.filter(|after| bytes.len() >= *after) {
            bytes.truncate(after);
            return (bytes.freeze(), Came::InPart);
        }
        if stall.is_some_and(|after| bytes.len() >= after) {
            std::future::pending::<()>().await;
        }
        if bytes.len() > MOST_BODY {
            return (bytes.freeze(), Came::InPart);
        }
    }
    (bytes.freeze(), Came::Whole)
}

/// What the fake says, or what it is to say.
async fn done(fake: &Fake<dyn Provider>, request: &Request, faults: &[Fault]) -> Answer {
    let mut refused = None;
    for fault in faults {
        match fault {
            Fault::Latency(latency) => tokio::time::sleep(*latency).await,
            Fault::Before(happens) => happens(),
            Fault::Status { status, retry_after } => refused = Some((*status, *retry_after)),
            _ => {}
        }
    }
    let mut provider = fake.lock();
    match refused {
        Some((status, retry_after)) => provider.refusal(status, retry_after),
        None => provider.answer(request),
    }
}

/// An answer after what goes wrong with it, and how it ends.
fn changed(mut answer: Answer, faults: &[Fault], cut: &Cut) -> (Answer, Ending) {
    let mut ending = Ending::Whole;
    for fault in faults {
        match fault {
            Fault::WrongHash => tell_wrong_hashes(&mut answer),
            Fault::Damaged => answer.body = damaged(&answer.body),
            Fault::Truncated(after) => answer.body.truncate(*after),
            Fault::ResetDownload(after) => ending = Ending::Reset(*after, cut.clone()),
            Fault::ShortDownload(after) => ending = Ending::Short(*after),
            Fault::StallDownload(after) => ending = Ending::Stall(*after),
            _ => {}
        }
    }
    (answer, ending)
}

fn damaged(body: &Bytes) -> Bytes {
    let mut bytes = body.to_vec();
    let middle = bytes.len() / 2;
    bytes.iter_mut().skip(middle).take(1).for_each(|byte| *byte ^= 1);
    bytes.into()
}

fn sent(answer: Answer, ending: Ending) -> hyper::Response<Sent> {
    let mut response = hyper::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(*name, value);
    }
    let promised = answer.body.len() as u64;
    let mut body = answer.body;
    body.truncate(ending.length(body.len()));
    let body = Sent { promised, body: Some(body), waits: None, ending };
    response.body(body).expect("the headers of the fakes are such")
}

/// How a body ends.
enum Ending {
    Whole,
    Reset(usize, Cut),
    Short(usize),
    Stall(usize),
}

impl Ending {
    /// How many bytes of so many are sent.
    fn length(&self, whole: usize) -> usize {
        match self {
            Ending::Whole => whole,
            Ending::Reset(after, _) | Ending::Short(after) | Ending::Stall(after) => whole.min(*after),
        }
    }
}

/// The body of an answer on its way.
struct Sent {
    promised: u64,
    body: Option<Bytes>,
    waits: Option<Pin<Box<tokio::time::Sleep>>>,
    ending: Ending,
}

impl Body for Sent {
    type Data = Bytes;
    type Error = Ended;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Ended>>> {
        if let Some(body) = self.body.take().filter(|body| !body.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(body))));
        }
        match self.ending {
            Ending::Whole => return Poll::Ready(None),
            Ending::Stall(_) => return Poll::Pending,
            Ending::Reset(..) | Ending::Short(_) => {}
        }
        let waits = self.waits.get_or_insert_with(|| Box::pin(tokio::time::sleep(GETS_OUT)));
        if waits.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        if let Ending::Reset(_, cut) = &self.ending {
            cut.0.store(true, Ordering::SeqCst);
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Bytes::is_empty) && matches!(self.ending, Ending::Whole)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}
