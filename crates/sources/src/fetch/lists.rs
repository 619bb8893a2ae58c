//! The first half of a look: reads the lists, which tell the addresses of images.

use super::answer::Answer;
use super::api::{self, Nothing};
use super::ask::{Asker, For, Known};
use super::clock::millis;
use super::crawl;
use super::page::{self, Place};
use super::{Error, Outcome, Record, Report, Sink, data, feed, limits, urls};
use crate::{WebSpec, What};
use reqwest::StatusCode;
use reqwest::header;
use serde_json_path::JsonPath;
use std::collections::HashSet;
use tokio::time::Instant;
use url::Url;

/// The most bytes of images in lists themselves that one look considers.
const INLINE_BYTES: usize = 64 * 1024 * 1024;
/// The most letters of a validator that is remembered.
const VALIDATOR_BYTES: usize = 1024;

/// What the lists say.
#[derive(Default)]
pub(super) struct Lists {
    /// The images, each once.
    pub candidates: Vec<Candidate>,
    /// The lists themselves.
    pub documents: Vec<Document>,
    /// Whether there were more than one look considers.
    pub more: bool,
    places: HashSet<String>,
    inline: usize,
}

/// An image that a list names.
pub(super) struct Candidate {
    /// What it is known by; see [`Record::url`].
    pub url: String,
    /// Where it is.
    pub place: Place,
    /// The list that names it first; none for one that a person wrote.
    pub document: Option<usize>,
}

/// A list that was read or has not changed.
pub(super) struct Document {
    /// What is noted of it.
    pub record: Record,
    /// Whether everything in it was dealt with, so that it need not be read until it changes.
    pub is_settled: bool,
}

/// What asking for a list brought.
pub(super) enum Listing<'a> {
    /// It has not changed since everything in it was dealt with.
    Unchanged(Record),
    /// It is there, to be read.
    Fresh(Record, Box<Answer<'a>>),
}

/// Finds the images in a list that came from an address.
type Parse<'a> = dyn Fn(&[u8], &Url) -> Result<Vec<Place>, Error> + 'a;

/// Reads the lists of a source.
pub(super) async fn read(
    asker: &Asker<'_>,
    spec: &WebSpec,
    sink: &mut dyn Sink,
    report: &mut Report,
    ends: Instant,
) -> Result<Lists, Error> {
    let mut lists = Lists::default();
    let first = urls::of_spec(spec)?;
    let Some(url) = first.first() else { return Err(Error::NoUrls) };
    match &spec.what {
        What::Urls { .. } => lists.add(None, first.into_iter().map(Place::Web)),
        What::Page { depth, .. } => crawl::read(asker, url, *depth, sink, report, &mut lists, ends).await?,
        What::Feed { .. } => read_one(asker, url, sink, report, &mut lists, &feed_of).await?,
        What::Api { path, .. } => {
            let bad =
                |error: serde_json_path::ParseError| Error::BadPath { path: path.clone(), problem: error.to_string() };
            let path = JsonPath::parse(path.trim()).map_err(bad)?;
            read_one(asker, url, sink, report, &mut lists, &|bytes, url| json_of(bytes, url, &path)).await?;
        }
    }
    report.found = u32::try_from(lists.candidates.len()).unwrap_or(u32::MAX);
    report.more |= lists.more;
    Ok(lists)
}

async fn read_one(
    asker: &Asker<'_>,
    url: &Url,
    sink: &mut dyn Sink,
    report: &mut Report,
    lists: &mut Lists,
    parse: &Parse<'_>,
) -> Result<(), Error> {
    let listing = match ask(asker, url, sink, report).await {
        Err(error @ Error::Patience { until, .. }) => {
            // The host's wish outlives this process.
            sink.note(&[refused(asker, url, &error, until)]).map_err(Error::Sink)?;
            return Err(error);
        }
        listing => listing?,
    };
    match listing {
        Listing::Unchanged(record) => lists.documents.push(Document { record, is_settled: true }),
        Listing::Fresh(record, answer) => {
            let from = answer.url.clone();
            let images = parse(&answer.list().await?, &from)?;
            lists.documents.push(Document { record, is_settled: true });
            lists.add(Some(0), images.into_iter());
        }
    }
    Ok(())
}

/// Asks for a list, unless its host wants to be left alone.
pub(super) async fn ask<'a>(
    asker: &'a Asker<'_>,
    url: &Url,
    sink: &mut dyn Sink,
    report: &mut Report,
) -> Result<Listing<'a>, Error> {
    let now = asker.clock.now();
    let known = sink.known(url.as_str()).map_err(Error::Sink)?;
    if let Some(Record { outcome: Outcome::Refused { lasting: false, retry_at, .. }, .. }) = known
        && retry_at > now
    {
        return Err(Error::Patience { host: urls::host(url), until: retry_at });
    }
    let is_fresh = |record: &Record| {
        let since = now.saturating_sub(record.fetched_at);
        matches!(record.outcome, Outcome::Listed { .. }) && (0..millis(limits::LIST_AFRESH)).contains(&since)
    };
    let known = known.filter(is_fresh);
    let validators = known.as_ref().map(|record| Known {
        etag: record.etag.clone(),
        last_modified: record.last_modified.clone(),
        beginning: None,
    });
    report.lists += 1;
    let answer = asker.ask(url, For::List, &validators.unwrap_or_default()).await?;
    match (answer.status(), known) {
        (StatusCode::NOT_MODIFIED, Some(mut record)) => {
            report.lists_unchanged += 1;
            record.seen_at = now;
            Ok(Listing::Unchanged(record))
        }
        (status @ (StatusCode::NOT_MODIFIED | StatusCode::RANGE_NOT_SATISFIABLE), _) => {
            Err(Error::Status { host: answer.host(), status: status.as_u16() })
        }
        _ => Ok(Listing::Fresh(record(url.as_str(), &answer, now), Box::new(answer))),
    }
}

/// What is noted of an address that is being fetched; what becomes of it is for the caller to say.
pub(super) fn record(url: &str, answer: &Answer<'_>, now: i64) -> Record {
    let validator = |name| answer.header(name).filter(|value| value.len() <= VALIDATOR_BYTES);
    Record {
        url: url.to_owned(),
        etag: validator(header::ETAG),
        last_modified: validator(header::LAST_MODIFIED),
        fetched_at: now,
        seen_at: now,
        hash: None,
        item: None,
        outcome: Outcome::Listed { links: Vec::new() },
    }
}

/// What is noted of a list that failed.
pub(super) fn refused(asker: &Asker<'_>, url: &Url, error: &Error, retry_at: i64) -> Record {
    let now = asker.clock.now();
    let outcome = match error {
        Error::Gone { .. } => Outcome::Gone { retry_at },
        error => Outcome::Refused { reason: error.to_string(), lasting: !error.may_pass(), retry_at },
    };
    let (etag, last_modified, hash, item) = (None, None, None, None);
    Record { url: url.to_string(), etag, last_modified, fetched_at: now, seen_at: now, hash, item, outcome }
}

impl Lists {
    /// Adds the images of a list, those that are new here.
    pub fn add(&mut self, document: Option<usize>, images: impl Iterator<Item = Place>) {
        for place in images {
            let (url, bytes) = match &place {
                Place::Web(url) => (url.as_str().to_owned(), 0),
                Place::Inline(bytes) => (data::name(bytes), bytes.len()),
            };
            if self.places.contains(&url) {
                continue;
            }
            if self.candidates.len() >= limits::CANDIDATES || self.inline + bytes > INLINE_BYTES {
                self.more = true;
                document.and_then(|at| self.documents.get_mut(at)).into_iter().for_each(|list| list.is_settled = false);
                continue;
            }
            self.inline += bytes;
            self.places.insert(url.clone());
            self.candidates.push(Candidate { url, place, document });
        }
    }
}

fn feed_of(bytes: &[u8], url: &Url) -> Result<Vec<Place>, Error> {
    feed::read(bytes, url).map_err(|problem| not_a(bytes, url, "a feed", problem))
}

fn json_of(bytes: &[u8], url: &Url, path: &JsonPath) -> Result<Vec<Place>, Error> {
    api::read(bytes, path, url).map_err(|nothing| match nothing {
        Nothing::NotJson(problem) => not_a(bytes, url, "JSON", problem),
        Nothing::NoAddresses => Error::NothingAtPath { host: urls::host(url), path: path.to_string() },
    })
}

fn not_a(bytes: &[u8], url: &Url, promised: &'static str, problem: String) -> Error {
    Error::NotAList { host: urls::host(url), was: page::kind(bytes), promised, problem }
}
