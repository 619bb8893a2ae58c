//! One file over HTTP, resumed after a break with a range request (RFC 9110, sections 13.1.5 and 14).
//!
//! The unfinished file is `.NAME.part`; `.NAME.part.from` says which address and which version of the file it came from.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use ureq::Agent;
use ureq::http::Response;
use ureq::http::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, LAST_MODIFIED};

use crate::error::{Error, Failure, Result};
use crate::install::{Progress, check_cancelled};
use crate::limits::{CHUNK_BYTES, MAX_RESUMES, Timeouts};
use crate::manifest::Model;
use crate::staging::Staging;

/// Downloads `model` from `url` to `target`, going on from an earlier unfinished download of the same address.
pub(crate) fn download(
    model: &Model,
    url: &str,
    target: &Path,
    timeouts: &Timeouts,
    progress: &mut dyn FnMut(Progress<'_>),
    cancel: &AtomicBool,
) -> Result<(), Failure> {
    let part = Part::beside(target, &model.file);
    let agent = agent(timeouts);
    let mut file = Staging::open(&part.path, model.bytes)?;
    let mut version = part.version_of(url);
    if version.is_none() {
        file.restart()?;
    }
    let mut resumed = file.len() > 0;
    let mut last_reason = String::new();
    for _ in 0..=MAX_RESUMES {
        let before = file.len();
        let ended = match file.is_complete() {
            true => Ok(()),
            false => transfer(&agent, url, &mut version, &mut file, &part, progress, cancel),
        };
        match ended {
            Ok(()) => match file.finish(model, target) {
                // The pieces may be of different versions of the file: once more, from zero.
                Err(Failure::Source(reason)) if resumed => {
                    resumed = false;
                    last_reason = reason;
                    file = Staging::open(&part.path, model.bytes)?;
                }
                result => {
                    part.remove();
                    return result;
                }
            },
            Err(Stop::Broken(reason)) if file.len() > before => {
                tracing::debug!(model = model.id, url, reason, "download broke, resuming");
                resumed = true;
                last_reason = reason;
            }
            Err(Stop::StartOver(reason)) => {
                resumed = false;
                last_reason = reason;
                file.restart()?;
            }
            Err(Stop::WrongSize(reason)) => {
                part.remove();
                return Err(Failure::Source(reason));
            }
            Err(Stop::Broken(reason) | Stop::Refused(reason)) => {
                if file.len() == 0 {
                    part.remove();
                }
                return Err(Failure::Source(reason));
            }
            Err(Stop::Fatal(error)) => return Err(Failure::Fatal(error)),
        }
    }
    Err(Failure::Source(format!("{last_reason} (tried {} times)", MAX_RESUMES + 1)))
}

/// Why one transfer ended before the file was complete.
enum Stop {
    /// The connection broke or stalled: worth resuming if bytes came.
    Broken(String),
    /// What is here does not fit what is there.
    StartOver(String),
    /// The server will not give the file.
    Refused(String),
    /// Another size than the model has.
    WrongSize(String),
    /// The disk failed or the caller cancelled: no source can help.
    Fatal(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fatal(error)
    }
}

/// One request, from where `file` ends to the end of the answer.
fn transfer(
    agent: &Agent,
    url: &str,
    version: &mut Option<String>,
    file: &mut Staging,
    part: &Part,
    progress: &mut dyn FnMut(Progress<'_>),
    cancel: &AtomicBool,
) -> Result<(), Stop> {
    check_cancelled(cancel)?;
    let mut request = agent.get(url).header("accept-encoding", "identity");
    if file.len() > 0 {
        request = request.header("range", format!("bytes={}-", file.len()));
        if let Some(version) = version.as_deref().filter(|version| !version.is_empty()) {
            request = request.header("if-range", version);
        }
    }
    let response = request.call().map_err(|error| Stop::Broken(error.to_string()))?;
    begin(&response, file)?;
    *version = Some(version_in(response.headers()));
    part.remember(url, version.as_deref().unwrap_or_default())?;

    let total = file.limit();
    let mut body = response.into_body().into_reader();
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        progress(Progress::Bytes { done: file.len(), total });
        check_cancelled(cancel)?;
        match body.read(&mut buffer) {
            Ok(0) if file.is_complete() => return Ok(()),
            Ok(0) => return Err(Stop::Broken(format!("the answer ended after {} of {total} bytes", file.len()))),
            Ok(n) => file.append(&buffer[..n]).map_err(|failure| match failure {
                Failure::Source(reason) => Stop::WrongSize(reason),
                Failure::Fatal(error) => Stop::Fatal(error),
            })?,
            Err(error) => return Err(Stop::Broken(error.to_string())),
        }
    }
}

/// Looks at status and headers and brings `file` to where the answer's body begins.
fn begin<T>(response: &Response<T>, file: &mut Staging) -> Result<(), Stop> {
    let headers = response.headers();
    match response.status().as_u16() {
        200 => {
            file.restart()?;
            match content_length(headers) {
                Some(len) if len != file.limit() => {
                    Err(Stop::WrongSize(format!("the file there has {len} bytes, expected {}", file.limit())))
                }
                _ => Ok(()),
            }
        }
        206 => match content_range(headers) {
            Some((start, total)) if start == file.len() && total.is_none_or(|total| total == file.limit()) => Ok(()),
            _ => Err(Stop::StartOver("it answered with another range than the one asked for".into())),
        },
        416 if file.len() > 0 => Err(Stop::StartOver("it does not have the range asked for".into())),
        _ => Err(Stop::Refused(format!("the server answered {}", response.status()))),
    }
}

/// First byte and total size (if told) of `Content-Range: bytes 5-9/10`.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let value = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    let (range, total) = value.split_once('/')?;
    let start = range.split_once('-')?.0.parse().ok()?;
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    Some((start, total))
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The validator for `If-Range`: a strong ETag, else the date, else empty.
fn version_in(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let etag = text(ETAG).filter(|etag| !etag.starts_with("W/"));
    etag.or_else(|| text(LAST_MODIFIED)).unwrap_or_default().to_string()
}

fn agent(timeouts: &Timeouts) -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .user_agent(concat!("legible/", env!("CARGO_PKG_VERSION")))
        .timeout_resolve(Some(timeouts.connect))
        .timeout_connect(Some(timeouts.connect))
        .timeout_recv_response(Some(timeouts.response))
        .timeout_per_read(Some(timeouts.idle))
        .build()
        .into()
}

/// The unfinished file and the note on where it came from.
struct Part {
    path: PathBuf,
    note: PathBuf,
}

impl Part {
    fn beside(target: &Path, file: &str) -> Self {
        Self {
            path: target.with_file_name(format!(".{file}.part")),
            note: target.with_file_name(format!(".{file}.part.from")),
        }
    }

    /// The validator of the unfinished file, if it came from `url`.
    fn version_of(&self, url: &str) -> Option<String> {
        let note = fs::read_to_string(&self.note).ok()?;
        let (from, version) = note.split_once('\n')?;
        (from == url).then(|| version.to_string())
    }

    fn remember(&self, url: &str, version: &str) -> Result<()> {
        fs::write(&self.note, format!("{url}\n{version}")).map_err(Error::io("write", &self.note))
    }

    fn remove(&self) {
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(&self.note);
    }
}
