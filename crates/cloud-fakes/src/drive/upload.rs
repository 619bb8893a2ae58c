//! Contents that go up to Drive: alone, with what describes them, or in a session
//! (<https://developers.google.com/workspace/drive/api/guides/manage-uploads>).

use super::{DriveAccount, said};
use crate::web::{Answer, Answered, Request};
use bytes::Bytes;
use serde_json::{Value, json};

/// All pieces but the last are a multiple of this, in bytes.
const PIECE: usize = 256 << 10;

/// An upload that goes on over several requests.
#[derive(Debug, Clone)]
pub struct Session {
    /// The file that gets another content; `None` for a new one.
    file: Option<String>,
    metadata: Value,
    /// The request that began it, whose query says what is to be answered at the end.
    begun: Request,
    content: Vec<u8>,
    /// The file that it became.
    done: Option<String>,
}

/// What a `Content-Range` says: from where, and of how many bytes in all.
struct Range {
    from: Option<usize>,
    length: Option<usize>,
    total: Option<usize>,
}

impl DriveAccount {
    /// Begins an upload, or does all of it. `file` is the one that gets another content.
    pub(super) fn upload(&mut self, request: &Request, file: Option<&str>) -> Answered {
        match request.query("uploadType") {
            Some("media") => {
                let id = self.written(request, file, &json!({}), request.body.clone(), &request.content_type())?;
                self.one(request, &id)
            }
            Some("multipart") => {
                let (metadata, mime, content) = parts(request)
                    .ok_or_else(|| said::error(400, "global", "badContent", "Malformed multipart body."))?;
                let id = self.written(request, file, &metadata, content, &mime)?;
                self.one(request, &id)
            }
            Some("resumable") => self.begin(request, file),
            _ => Err(said::invalid("uploadType")),
        }
    }

    fn written(
        &mut self,
        request: &Request,
        file: Option<&str>,
        metadata: &Value,
        content: Bytes,
        mime: &str,
    ) -> Answered<String> {
        match file {
            Some(id) => self.update_file(request, id, metadata, Some(content)),
            None => self.create_file(metadata, Some(content), mime),
        }
    }

    fn begin(&mut self, request: &Request, file: Option<&str>) -> Answered {
        if let Some(file) = file {
            self.item(file)?;
        }
        let parsed = || {
            serde_json::from_slice(&request.body).map_err(|_| said::error(400, "global", "parseError", "Parse Error"))
        };
        let metadata: Value = if request.body.is_empty() { json!({}) } else { parsed()? };
        if file.is_none() {
            self.id_is_free(&metadata)?;
        }
        for parent in metadata["parents"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.item(parent)?;
        }
        let id = format!("AFakeUpload{:06}", self.number());
        let location = format!("https://{}{}?uploadType=resumable&upload_id={id}", request.host, request.path);
        let session = Session {
            file: file.map(str::to_owned),
            metadata,
            begun: request.clone(),
            content: Vec::new(),
            done: None,
        };
        self.sessions.insert(id, session);
        Ok(Answer::empty(200).with("location", location))
    }

    /// A piece of an upload, or the question how much came.
    pub(super) fn resume(&mut self, request: &Request, upload: &str) -> Answered {
        let session = self
            .sessions
            .get_mut(upload)
            .ok_or_else(|| said::error(404, "global", "notFound", "The upload is not known."))?;
        if let Some(done) = session.done.clone() {
            let begun = session.begun.clone();
            return self.one(&begun, &done);
        }
        let range = range(request)?;
        let came = session.content.len();
        if let Some(from) = range.from {
            if from > came {
                let message =
                    format!("The upload offset is {from} bytes, which exceeds already uploaded size of {came} bytes.");
                return Err(said::error(400, "global", "badRequest", &message));
            }
            if range.length != Some(request.body.len()) {
                return Err(said::invalid("Content-Range does not fit the body"));
            }
            let is_last = range.total == Some(from + request.body.len());
            if !is_last && !request.body.len().is_multiple_of(PIECE) {
                return Err(said::error(400, "global", "badRequest", "Pieces but the last are a multiple of 256 KiB."));
            }
            session.content.extend_from_slice(request.body.get(came - from..).unwrap_or_default());
        }
        if range.total != Some(session.content.len()) {
            return Ok(incomplete(request, session.content.len()));
        }
        let Session { file, metadata, begun, content, .. } = session.clone();
        let mime = begun.header("x-upload-content-type").unwrap_or("application/octet-stream").to_owned();
        let id = self.written(&begun, file.as_deref(), &metadata, content.into(), &mime)?;
        if let Some(session) = self.sessions.get_mut(upload) {
            (session.done, session.content) = (Some(id.clone()), Vec::new());
        }
        self.one(&begun, &id)
    }

    /// Of a piece that was cut short, whole multiples of 256 KiB are kept.
    pub(super) fn keep_piece(&mut self, request: &Request) {
        let upload = request.query("upload_id").and_then(|upload| self.sessions.get_mut(upload));
        if let (Some(session), Ok(Range { from: Some(from), .. })) = (upload, range(request))
            && from == session.content.len()
        {
            let whole = request.body.len() / PIECE * PIECE;
            session.content.extend_from_slice(&request.body[..whole]);
        }
    }
}

fn incomplete(request: &Request, came: usize) -> Answer {
    // Some clients want to see 308 only where no library takes it for a redirect.
    let answer = match request.header("x-guploader-no-308") {
        Some("yes") => Answer::empty(200).with("x-http-status-code-override", "308"),
        _ => Answer::empty(308),
    };
    if came == 0 { answer } else { answer.with("range", format!("bytes=0-{}", came - 1)) }
}

/// `bytes 0-99/200`, `bytes 0-99/*`, `bytes */200`; without it the body is all there is.
fn range(request: &Request) -> Answered<Range> {
    let length = request.body.len();
    let Some(text) = request.header("content-range") else {
        return Ok(Range { from: Some(0), length: Some(length), total: Some(length) });
    };
    let read = || {
        let (part, total) = text.strip_prefix("bytes ")?.split_once('/')?;
        let total = if total == "*" { None } else { Some(total.parse().ok()?) };
        if part == "*" {
            return Some(Range { from: None, length: None, total });
        }
        let (from, to) = part.split_once('-')?;
        let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
        Some(Range { from: Some(from), length: Some((to + 1).checked_sub(from)?), total })
    };
    read().ok_or_else(|| said::invalid("Content-Range"))
}

/// What describes a file, what kind of content it has, and the content (RFC 2387).
fn parts(request: &Request) -> Option<(Value, String, Bytes)> {
    let told = request.header("content-type")?;
    if request.content_type() != "multipart/related" {
        return None;
    }
    let boundary = told.split(';').find_map(|param| param.trim().strip_prefix("boundary="))?.trim_matches('"');
    let between = format!("\r\n--{boundary}");
    let body = [b"\r\n".as_slice(), &request.body].concat();
    let first = find(&body, between.as_bytes())?;
    let second = first + between.len() + find(&body[first + between.len()..], between.as_bytes())?;
    let end = body.windows(between.len()).rposition(|window| window == between.as_bytes())?;
    let part = |from: usize, to: usize| {
        let part = body.get(from + between.len()..to)?;
        let head = find(part, b"\r\n\r\n")?;
        Some((String::from_utf8_lossy(&part[..head]).into_owned(), Bytes::copy_from_slice(&part[head + 4..])))
    };
    let ((_, metadata), (head, content)) = (part(first, second)?, part(second, end)?);
    let mime = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned())
    });
    Some((serde_json::from_slice(&metadata).ok()?, mime.unwrap_or_default(), content))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
