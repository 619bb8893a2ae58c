//! Reads a page and the pages that it leads to, on its host. At each distance those come first that were read longest ago,
//! so that what one look leaves for its limits comes at the next.

use super::ask::Asker;
use super::clock::millis;
use super::lists::{self, Document, Listing, Lists};
use super::{Error, Outcome, Record, Report, Sink, limits, page, urls};
use reqwest::header;
use std::collections::HashSet;
use tokio::time::Instant;
use url::Url;

/// Reads a page and those within a depth.
pub(super) async fn read(
    asker: &Asker<'_>,
    start: &Url,
    depth: u32,
    sink: &mut dyn Sink,
    report: &mut Report,
    lists: &mut Lists,
    ends: Instant,
) -> Result<(), Error> {
    let mut hosts = HashSet::from([urls::host(start)]);
    let mut seen = HashSet::from([start.clone()]);
    let mut level = vec![start.clone()];
    let mut asked = 0;
    for distance in 0..=depth {
        let mut next = Vec::new();
        for (url, known) in longest_ago_first(level, sink)? {
            if known.as_ref().is_some_and(|record| is_left_alone(record, asker.clock.now())) && distance > 0 {
                continue;
            }
            if asked == asker.limits.pages || Instant::now() >= ends {
                lists.more = true;
                return Ok(());
            }
            asked += 1;
            match one(asker, &url, distance == 0, &mut hosts, sink, report, lists).await {
                Ok(links) => next.extend(links.into_iter().filter(|link| hosts.contains(&urls::host(link)))),
                Err(error) => put_up_with(asker, &url, distance, error, sink, report)?,
            }
        }
        next.retain(|link| seen.insert(link.clone()));
        level = next;
    }
    Ok(())
}

/// Reads one page; where it leads.
async fn one(
    asker: &Asker<'_>,
    url: &Url,
    is_first: bool,
    hosts: &mut HashSet<String>,
    sink: &mut dyn Sink,
    report: &mut Report,
    lists: &mut Lists,
) -> Result<Vec<Url>, Error> {
    let (mut record, answer) = match lists::ask(asker, url, sink, report).await? {
        Listing::Unchanged(record) => {
            let links = match &record.outcome {
                Outcome::Listed { links } => links.iter().filter_map(|link| Url::parse(link).ok()).collect(),
                _ => Vec::new(),
            };
            lists.documents.push(Document { record, is_settled: true });
            return Ok(links);
        }
        Listing::Fresh(record, answer) => (record, answer),
    };
    let from = answer.url.clone();
    if is_first {
        // An address without `www` that leads to one with it is the same place to a person.
        hosts.insert(urls::host(&from));
    }
    let kind = answer.header(header::CONTENT_TYPE);
    let is_page = |kind: &String| kind.to_ascii_lowercase().contains("html");
    if !hosts.contains(&urls::host(&from)) || kind.as_ref().is_some_and(|kind| !is_page(kind)) {
        let problem = kind.unwrap_or_default();
        return Err(Error::NotAList { host: urls::host(&from), was: "something else", promised: "a page", problem });
    }
    let bytes = answer.list().await?;
    let was = page::kind(&bytes);
    if kind.is_none() && was != "a page" {
        let problem = "it does not look like HTML".to_owned();
        return Err(Error::NotAList { host: urls::host(&from), was, promised: "a page", problem });
    }
    let page = page::read(&page::text(&bytes, kind.as_deref()), &from);
    let inside = |link: &&Url| hosts.contains(&urls::host(link));
    let links: Vec<Url> = page.links.iter().filter(inside).cloned().collect();
    record.outcome = Outcome::Listed { links: links.iter().map(Url::to_string).collect() };
    lists.documents.push(Document { record, is_settled: true });
    lists.add(Some(lists.documents.len() - 1), page.images.into_iter());
    Ok(links)
}

/// What a page that failed means for the look: all, if it is the first one; else it is told, and remembered if it lasts.
fn put_up_with(
    asker: &Asker<'_>,
    url: &Url,
    distance: u32,
    error: Error,
    sink: &mut dyn Sink,
    report: &mut Report,
) -> Result<(), Error> {
    let now = asker.clock.now();
    let retry_at = match &error {
        Error::Patience { until, .. } => Some(*until),
        error if !error.may_pass() => Some(now.saturating_add(millis(limits::REFUSED_AGAIN))),
        _ => None,
    };
    if let Some(retry_at) = retry_at {
        sink.note(&[lists::refused(asker, url, &error, retry_at)]).map_err(Error::Sink)?;
    }
    match error {
        error @ (Error::Cancelled | Error::Sink(_)) => Err(error),
        error if distance == 0 => Err(error),
        // A link to what is no page, or is not meant for programs, is no fault of the page.
        Error::NotAList { .. } | Error::Robots { .. } => Ok(()),
        error @ (Error::Patience { .. } | Error::Down { .. }) => {
            report.wait(url.as_str(), &error);
            Ok(())
        }
        error => {
            report.refuse(url.as_str(), &error);
            Ok(())
        }
    }
}

/// Pages with what is known of them: the unknown ones first, in their order, then those that were read longest ago.
fn longest_ago_first(pages: Vec<Url>, sink: &mut dyn Sink) -> Result<Vec<(Url, Option<Record>)>, Error> {
    let mut known = Vec::with_capacity(pages.len());
    for url in pages {
        let record = sink.known(url.as_str()).map_err(Error::Sink)?;
        known.push((url, record));
    }
    known.sort_by_key(|(_, record)| record.as_ref().map(|record| record.seen_at));
    Ok(known)
}

/// Whether a page failed in a way that is not asked about again yet.
fn is_left_alone(record: &Record, now: i64) -> bool {
    match record.outcome {
        Outcome::Refused { lasting: true, retry_at, .. } | Outcome::Gone { retry_at } => retry_at > now,
        _ => false,
    }
}
