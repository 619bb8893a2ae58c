//! The second half of a look: asks for the images that are not known, and hands them over.

use super::ask::Asker;
use super::clock::millis;
use super::download::{self, Got};
use super::lists::{Candidate, Lists};
use super::page::{self, Place};
use super::partial::Partials;
use super::{Errand, Error, Fetched, Outcome, Record, Report, Sink, Took, limits, names, urls};
use crate::{WebSpec, What};
use std::time::Duration;
use tokio::time::Instant;

/// Fetches what the lists name.
pub(super) async fn fetch(
    asker: &Asker<'_>,
    spec: &WebSpec,
    errand: &Errand<'_>,
    mut lists: Lists,
    sink: &mut dyn Sink,
    report: &mut Report,
    ends: Instant,
) -> Result<(), Error> {
    let partials = Partials::open(errand.partials, asker.clock.now());
    let (notes, rechecks) = (Vec::new(), asker.limits.rechecks);
    let mut images = Images { asker, spec, errand, partials, sink, report, notes, rechecks };
    let candidates = images.in_order(std::mem::take(&mut lists.candidates))?;
    let mut candidates = candidates.into_iter();
    for (candidate, known) in candidates.by_ref() {
        let list = candidate.document;
        let step = match images.is_enough(&candidate, known.as_ref(), ends) {
            true => Step::Enough,
            false => images.one(candidate, known).await?,
        };
        if step != Step::Done
            && let Some(list) = list.and_then(|at| lists.documents.get_mut(at))
        {
            list.is_settled = false;
        }
        if step == Step::Enough {
            break;
        }
    }
    for (left, _) in candidates {
        if let Some(list) = left.document.and_then(|at| lists.documents.get_mut(at)) {
            list.is_settled = false;
        }
    }
    for mut list in lists.documents {
        if !list.is_settled {
            (list.record.etag, list.record.last_modified) = (None, None);
        }
        images.notes.push(list.record);
    }
    images.note()
}

/// What became of a candidate in this look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// It is dealt with.
    Done,
    /// It comes at another look.
    Later,
    /// So does everything after it.
    Enough,
}

/// What is to be done about a candidate.
#[derive(Debug, PartialEq, Eq)]
enum Plan {
    /// Nothing was ever asked of it, or that is to be forgotten.
    Fetch,
    /// It may have changed.
    Recheck,
    /// It is known.
    Keep,
    /// It was refused, and not long ago.
    Pass,
    /// It may not be asked for before that time.
    Wait(i64),
}

struct Images<'a> {
    asker: &'a Asker<'a>,
    spec: &'a WebSpec,
    errand: &'a Errand<'a>,
    partials: Partials<'a>,
    sink: &'a mut dyn Sink,
    report: &'a mut Report,
    notes: Vec<Record>,
    rechecks: u32,
}

impl Images<'_> {
    /// Candidates with what is known of them. Those of a list that a person wrote are all asked for each time: the one
    /// that was asked longest ago comes first, so that none is left out for good.
    fn in_order(&mut self, candidates: Vec<Candidate>) -> Result<Vec<(Candidate, Option<Record>)>, Error> {
        let mut known = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let record = self.sink.known(&candidate.url).map_err(Error::Sink)?;
            known.push((candidate, record));
        }
        if matches!(self.spec.what, What::Urls { .. }) {
            known.sort_by_key(|(_, record)| record.as_ref().map(|record| record.fetched_at));
        }
        Ok(known)
    }

    /// Whether the look is over before this one; the report tells why.
    fn is_enough(&mut self, candidate: &Candidate, known: Option<&Record>, ends: Instant) -> bool {
        if (self.asker.cancelled)() {
            self.report.cancelled = true;
            return true;
        }
        let is_work = matches!(self.plan(candidate, known), Plan::Fetch | Plan::Recheck);
        let is_enough = is_work && (self.report.new >= self.spec.most || Instant::now() >= ends);
        self.report.more |= is_enough;
        is_enough
    }

    async fn one(&mut self, candidate: Candidate, known: Option<Record>) -> Result<Step, Error> {
        match self.plan(&candidate, known.as_ref()) {
            Plan::Keep => {
                self.report.unchanged += 1;
                self.still_listed(known)?;
                Ok(Step::Done)
            }
            Plan::Pass => {
                self.report.passed += 1;
                self.still_listed(known)?;
                Ok(Step::Done)
            }
            Plan::Wait(until) => {
                let host = match &candidate.place {
                    Place::Web(url) => urls::host(url),
                    Place::Inline(_) => String::new(),
                };
                self.report.wait(&candidate.url, &Error::Patience { host, until });
                Ok(Step::Later)
            }
            Plan::Recheck if self.rechecks == 0 => {
                self.report.unchanged += 1;
                self.still_listed(known)?;
                Ok(Step::Later)
            }
            Plan::Recheck => {
                self.rechecks -= u32::from(!self.is_written());
                self.ask(candidate, known, true).await
            }
            Plan::Fetch => self.ask(candidate, known, false).await,
        }
    }

    fn plan(&self, candidate: &Candidate, known: Option<&Record>) -> Plan {
        let Some(record) = known else { return Plan::Fetch };
        let now = self.asker.clock.now();
        let is_inline = matches!(candidate.place, Place::Inline(_));
        let is_old = now.saturating_sub(record.fetched_at) >= millis(limits::IMAGE_AFRESH);
        let may_change = !is_inline && (self.is_written() || self.is_page() && is_old);
        match record.outcome {
            // Nothing that is listed as an image was read as a list, unless the source was changed.
            Outcome::Listed { .. } => Plan::Fetch,
            Outcome::TooSmall { side } if side >= self.spec.min_side => Plan::Fetch,
            Outcome::Taken | Outcome::TooSmall { .. } if may_change => Plan::Recheck,
            Outcome::Taken | Outcome::TooSmall { .. } => Plan::Keep,
            Outcome::Refused { lasting: false, retry_at, .. } if retry_at > now => Plan::Wait(retry_at),
            // What a person wrote is asked for each time, so that each look says what is wrong with it.
            Outcome::Refused { lasting: true, retry_at, .. } | Outcome::Gone { retry_at }
                if retry_at > now && !self.is_written() =>
            {
                Plan::Pass
            }
            Outcome::Refused { .. } | Outcome::Gone { .. } => Plan::Fetch,
        }
    }

    /// Whether the addresses of images are those that a person wrote.
    fn is_written(&self) -> bool {
        matches!(self.spec.what, What::Urls { .. })
    }

    fn is_page(&self) -> bool {
        matches!(self.spec.what, What::Page { .. })
    }

    /// Asks for an image and hands it over.
    async fn ask(&mut self, candidate: Candidate, known: Option<Record>, is_recheck: bool) -> Result<Step, Error> {
        let before = known.as_ref().filter(|_| is_recheck);
        let got = match &candidate.place {
            Place::Inline(bytes) => download::inline(self.errand, &candidate.url, bytes, self.asker.clock.now()),
            Place::Web(url) => {
                download::fetch(self.asker, self.errand, &self.partials, url, &candidate.url, before).await
            }
        };
        match got {
            Ok(None) => {
                self.report.unchanged += 1;
                let now = self.asker.clock.now();
                self.notes.extend(known.map(|record| Record { fetched_at: now, seen_at: now, ..record }));
                self.note_many()?;
                Ok(Step::Done)
            }
            Ok(Some(got)) => self.hand_over(candidate, got, known),
            Err(error) => self.put_up_with(candidate, known, error),
        }
    }

    fn hand_over(&mut self, candidate: Candidate, got: Got, known: Option<Record>) -> Result<Step, Error> {
        let Got { mut record, bytes, disposition, from } = got;
        let size = (self.errand.size)(&bytes).map_err(Error::Sink)?;
        let side = size.map(|(width, height)| width.min(height));
        let Some(side) = side else {
            let host = from.as_ref().map_or_else(|| "the list".to_owned(), urls::host);
            let was = format!("{} that cannot be read", page::kind(&bytes));
            return self.put_up_with(candidate, known, Error::NotAnImage { host, was });
        };
        if side < self.spec.min_side {
            self.report.too_small += 1;
            record.outcome = Outcome::TooSmall { side };
            self.notes.push(record);
            self.note_many()?;
            return Ok(Step::Done);
        }
        let name = names::choose(disposition.as_deref(), from.as_ref(), &bytes);
        let image = Fetched { url: &candidate.url, name: &name, bytes: &bytes };
        match self.sink.take(image).map_err(Error::Sink)? {
            Took::Kept { hash, item, new } => {
                if new {
                    self.report.new += 1;
                } else {
                    self.report.unchanged += 1;
                }
                (record.hash, record.item, record.outcome) = (Some(hash), Some(item), Outcome::Taken);
            }
            Took::Refused(reason) => {
                let host = from.as_ref().map_or_else(|| "the list".to_owned(), urls::host);
                self.report.refuse(&candidate.url, &Error::NotAnImage { host, was: reason.clone() });
                let retry_at = self.later(limits::REFUSED_AGAIN);
                record.outcome = Outcome::Refused { reason, lasting: true, retry_at };
            }
        }
        self.notes.push(record);
        self.note()?;
        Ok(Step::Done)
    }

    /// What a failure means: it is told, and remembered, and what is known of the image stays.
    fn put_up_with(&mut self, candidate: Candidate, known: Option<Record>, error: Error) -> Result<Step, Error> {
        match error {
            Error::Cancelled => {
                self.report.cancelled = true;
                return Ok(Step::Enough);
            }
            Error::Sink(_) | Error::Setup(_) => return Err(error),
            Error::Down { .. } => {
                self.report.wait(&candidate.url, &error);
                return Ok(Step::Later);
            }
            Error::Patience { .. } => self.report.wait(&candidate.url, &error),
            _ => self.report.refuse(&candidate.url, &error),
        }
        let now = self.asker.clock.now();
        let is_lasting = !error.may_pass();
        let outcome = match &error {
            Error::Gone { .. } => Outcome::Gone { retry_at: self.later(limits::REFUSED_AGAIN) },
            Error::Patience { until, .. } => {
                Outcome::Refused { reason: error.to_string(), lasting: false, retry_at: *until }
            }
            _ if is_lasting => {
                let retry_at = self.later(limits::REFUSED_AGAIN);
                Outcome::Refused { reason: error.to_string(), lasting: true, retry_at }
            }
            _ => Outcome::Refused { reason: error.to_string(), lasting: false, retry_at: now },
        };
        let record = match known {
            Some(record) if record.outcome == Outcome::Taken => Record { fetched_at: now, seen_at: now, ..record },
            _ => Record {
                url: candidate.url,
                etag: None,
                last_modified: None,
                fetched_at: now,
                seen_at: now,
                hash: None,
                item: None,
                outcome,
            },
        };
        self.notes.push(record);
        self.note_many()?;
        Ok(if is_lasting { Step::Done } else { Step::Later })
    }

    /// Notes once in a while that an address is still listed.
    fn still_listed(&mut self, known: Option<Record>) -> Result<(), Error> {
        let now = self.asker.clock.now();
        if let Some(record) = known
            && now.saturating_sub(record.seen_at) >= millis(limits::SEEN_AFRESH)
        {
            self.notes.push(Record { seen_at: now, ..record });
        }
        self.note_many()
    }

    fn later(&self, time: Duration) -> i64 {
        self.asker.clock.now().saturating_add(millis(time))
    }

    fn note_many(&mut self) -> Result<(), Error> {
        if self.notes.len() >= limits::NOTED_AT_ONCE { self.note() } else { Ok(()) }
    }

    fn note(&mut self) -> Result<(), Error> {
        if self.notes.is_empty() {
            return Ok(());
        }
        let notes = std::mem::take(&mut self.notes);
        self.sink.note(&notes).map_err(Error::Sink)
    }
}
