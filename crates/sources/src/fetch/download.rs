//! One image, from its address to its bytes: only if it changed, from where it broke off, and looked at while it comes.

use super::answer::Answer;
use super::ask::{Asker, For, Known};
use super::lists::Candidate;
use super::page::Place;
use super::partial::{Beginning, Partials};
use super::{Errand, Error, Outcome, Record, lists, page};
use reqwest::StatusCode;
use reqwest::header;
use std::time::Duration;
use url::Url;

/// How many bytes tell what a file is.
const HEAD: usize = 512;

/// An image that came.
pub(super) struct Got {
    /// What is noted of it, but for what becomes of it.
    pub record: Record,
    pub bytes: Vec<u8>,
    /// What the server wants it to be called.
    pub disposition: Option<Vec<u8>>,
    /// Where it came from in the end.
    pub from: Option<Url>,
}

/// Fetches an image; nothing when it is still the one that is known.
pub(super) async fn fetch(
    asker: &Asker<'_>,
    errand: &Errand<'_>,
    partials: &Partials<'_>,
    url: &Url,
    name: &str,
    known: Option<&Record>,
) -> Result<Option<Got>, Error> {
    if let Some(beginning) = partials.of(name) {
        let asked = Known { beginning: Some((beginning.bytes.len(), beginning.validator.clone())), ..Known::default() };
        let answer = asker.ask(url, For::Image, &asked).await?;
        match answer.status() {
            StatusCode::PARTIAL_CONTENT if goes_on(&answer, &beginning) => {
                return receive(asker, errand, partials, name, answer, beginning.bytes).await.map(Some);
            }
            // The server has another version, or does not resume.
            status if status == StatusCode::OK => {
                partials.forget(name);
                return receive(asker, errand, partials, name, answer, Vec::new()).await.map(Some);
            }
            _ => partials.forget(name),
        }
    }
    let asked = known.map(|record| Known {
        etag: record.etag.clone(),
        last_modified: record.last_modified.clone(),
        beginning: None,
    });
    let answer = asker.ask(url, For::Image, &asked.unwrap_or_default()).await?;
    match answer.status() {
        StatusCode::NOT_MODIFIED if known.is_some() => Ok(None),
        status @ (StatusCode::NOT_MODIFIED | StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE) => {
            Err(Error::Status { host: answer.host(), status: status.as_u16() })
        }
        _ => receive(asker, errand, partials, name, answer, Vec::new()).await.map(Some),
    }
}

/// Asks whether there is an image: reads no more than its beginning.
pub(super) async fn try_out(
    asker: &Asker<'_>,
    is_image: &dyn Fn(&[u8]) -> bool,
    candidate: &Candidate,
) -> Result<(), Error> {
    let Place::Web(url) = &candidate.place else { return Ok(()) };
    let mut answer = asker.ask(url, For::Image, &Known::default()).await?;
    let bytes = answer.beginning(HEAD, asker.limits.image_bytes).await?;
    // What is packed cannot be judged by its beginning.
    if answer.is_packed() || is_image(&bytes[..bytes.len().min(HEAD)]) {
        return Ok(());
    }
    Err(Error::NotAnImage { host: answer.host(), was: page::kind(&bytes).to_owned() })
}

/// An image that lies in its list.
pub(super) fn inline(errand: &Errand<'_>, name: &str, bytes: &[u8], now: i64) -> Result<Option<Got>, Error> {
    if !(errand.is_image)(&bytes[..bytes.len().min(HEAD)]) {
        return Err(Error::NotAnImage { host: "the list".to_owned(), was: page::kind(bytes).to_owned() });
    }
    let record = Record {
        url: name.to_owned(),
        etag: None,
        last_modified: None,
        fetched_at: now,
        seen_at: now,
        hash: None,
        item: None,
        outcome: Outcome::Taken,
    };
    Ok(Some(Got { record, bytes: bytes.to_vec(), disposition: None, from: None }))
}

/// Receives the rest of an image whose beginning is in `bytes`.
async fn receive(
    asker: &Asker<'_>,
    errand: &Errand<'_>,
    partials: &Partials<'_>,
    name: &str,
    mut answer: Answer<'_>,
    mut bytes: Vec<u8>,
) -> Result<Got, Error> {
    let (most, now) = (asker.limits.image_bytes, asker.clock.now());
    if answer.promised().is_some_and(|promised| promised > most.saturating_sub(bytes.len() as u64)) {
        partials.forget(name);
        return Err(Error::TooLarge { host: answer.host(), most });
    }
    let (host, is_packed) = (answer.host(), answer.is_packed());
    let not_an_image = |bytes: &[u8]| Error::NotAnImage { host: host.clone(), was: page::kind(bytes).to_owned() };
    let is_image = |bytes: &[u8]| (errand.is_image)(&bytes[..bytes.len().min(HEAD)]);
    let validator = if is_packed { None } else { strong_validator(&answer) };
    let mut keeper = validator.map(|validator| partials.keep(name, &validator, bytes.len(), now));
    let keep_every = asker.limits.keep_every;
    let mut is_looked_at = false;
    let read = answer.read(&mut bytes, most, |bytes| {
        if !is_looked_at && !is_packed && bytes.len() >= HEAD {
            is_looked_at = true;
            if !is_image(bytes) {
                return Err(not_an_image(bytes));
            }
        }
        if let Some(keeper) = keeper.as_mut().filter(|keeper| bytes.len() - keeper.written() >= keep_every) {
            keeper.write(bytes);
        }
        Ok(())
    });
    let read = read.await;
    match (&read, &mut keeper) {
        (Err(Error::Timeout { .. } | Error::Broken { .. } | Error::Cancelled), Some(keeper)) => keeper.write(&bytes),
        (_, Some(keeper)) => keeper.finish(),
        // What was resumed before, perhaps.
        (_, None) => partials.forget(name),
    }
    read?;
    let bytes = answer.unpack(bytes, most)?;
    if !is_image(&bytes) {
        return Err(not_an_image(&bytes));
    }
    let disposition = answer.headers().get(header::CONTENT_DISPOSITION).map(|value| value.as_bytes().to_vec());
    let record = lists::record(name, &answer, now);
    Ok(Got { record, bytes, disposition, from: Some(answer.url.clone()) })
}

/// Whether a part is the rest of a beginning (RFC 9110, section 14.4).
fn goes_on(answer: &Answer<'_>, beginning: &Beginning) -> bool {
    let range = answer.header(header::CONTENT_RANGE).unwrap_or_default();
    let start = range.trim().strip_prefix("bytes").and_then(|range| range.trim_start().split_once('-'));
    let start = start.and_then(|(start, _)| start.parse().ok());
    let is_same = strong_validator(answer).is_none_or(|validator| validator == beginning.validator);
    start == Some(beginning.bytes.len()) && is_same && !answer.is_packed()
}

/// What names one version and no other: a strong tag, or a date that lies far enough back that nothing else could have
/// been made in the same second (RFC 9110, section 8.8.2.2).
fn strong_validator(answer: &Answer<'_>) -> Option<String> {
    match answer.header(header::ETAG) {
        Some(tag) if tag.starts_with('"') => return Some(tag),
        _ => {}
    }
    let modified = answer.header(header::LAST_MODIFIED)?;
    let time = |text: &str| httpdate::parse_http_date(text).ok();
    let sent = time(&answer.header(header::DATE)?)?;
    let age = sent.duration_since(time(&modified)?).ok()?;
    (age >= Duration::from_secs(1)).then_some(modified)
}
