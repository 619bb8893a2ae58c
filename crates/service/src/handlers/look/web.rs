//! A look at servers: what they have comes into the library, and what was seen is remembered, so that nothing is fetched
//! twice.
//!
//! A look drives its requests on the thread of its job. What blocks in between says so, or the runtime would not have it.

use super::intake::{Found, Intake};
use crate::api::{SourceDraft, SourceSpec, SourceTest};
use crate::clock::millis;
use crate::error::{Error, Result};
use crate::handler::Work;
use crate::reader::run_again_if_crashed;
use crate::service::Service;
use crate::sources::{downloads_of, secret_of};
use legible_library::ContentHash;
use legible_sources::fetch::{self, Errand, Fetched, RECORDS_KEPT, Record, Refusal, Sink, SinkError, Took};
use legible_sources::{Source, WebSpec};
use legible_vision::sniff::{Content, sniff};
use legible_vision::worker::{Answer, CancelToken, Task, TaskError};
use std::cell::RefCell;
use std::collections::HashMap;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

/// The side of the picture that is made to learn how large an image is, in pixels: the smallest that a worker makes gladly.
const PROBE_SIDE: u32 = 16;

/// Looks at the servers of a source.
///
/// # Errors
/// When they cannot be looked at, or no image can be taken in now.
pub fn look(work: &mut Work, source: &Source, spec: &WebSpec, intake: &mut Intake) -> Result<()> {
    work.check()?;
    work.progress(0.0, "asking the server");
    let (service, id) = (work.service.clone(), source.id);
    let secrets = secrets(&service, source, spec)?;
    let partials = downloads_of(service.places(), id);
    let stopped = RefCell::new(false);
    let report = {
        let taking = RefCell::new(Taking { work, intake });
        let errand = Errand {
            secret: &|name| secrets.get(&name.to_ascii_lowercase()).cloned(),
            partials: &partials,
            is_image: &|bytes| matches!(sniff(bytes), Content::Image(_)),
            size: &|bytes| block_in_place(|| size(&service, bytes)),
            cancelled: &|| {
                let is_stopped = |taking: std::cell::Ref<Taking>| block_in_place(|| taking.work.check().is_err());
                let stop = taking.try_borrow().is_ok_and(is_stopped);
                *stopped.borrow_mut() |= stop;
                stop
            },
        };
        let mut sink = Shelf(&taking);
        let look = service.fetch()?.look(spec, &errand, &mut sink);
        Handle::current().block_on(look).map_err(own)?
    };
    if report.cancelled || stopped.into_inner() {
        return Err(Error::Stopped);
    }
    let outcome = &mut intake.outcome;
    outcome.refused = report.refused;
    outcome.waiting = report.waiting;
    outcome.more = report.more;
    report.reasons.iter().for_each(|refusal| outcome.reason(words(refusal)));
    if report.is_whole() {
        let before = service.now().saturating_sub(millis(RECORDS_KEPT));
        service.database().write_blocking(move |tx| Ok(legible_sources::prune_pages(tx, id, before)?))?;
    }
    Ok(())
}

/// What a source would fetch. Secrets that were typed just now are used, and those of before where none were. Blocks.
///
/// # Errors
/// When its list cannot be read.
pub fn try_out(service: &Service, source: &Source, spec: &WebSpec, draft: &SourceDraft) -> Result<SourceTest> {
    let typed = typed_secrets(draft);
    let kept = |header: &str| block_in_place(|| service.secrets().get(&secret_of(source, header)).ok());
    let secret = |header: &str| typed.get(&header.to_ascii_lowercase()).cloned().or_else(|| kept(header));
    let test = service.fetch()?.test(spec, &secret, &|bytes| matches!(sniff(bytes), Content::Image(_)), &|| false);
    let preview = Handle::current().block_on(test).map_err(own)?;
    let unusable = preview.problems.len();
    let images = if preview.found == 1 { "1 image".to_owned() } else { format!("{} images", preview.found) };
    let words = match (preview.found, preview.more) {
        _ if preview.tried > 0 && unusable > 0 => {
            format!("{unusable} of the first {} addresses cannot be used.", preview.tried)
        }
        (0, false) => "The server answers and has no images.".to_owned(),
        (_, false) => format!("{images} would be fetched, but for those that are known."),
        (_, true) => format!("{images} and more would be fetched, but for those that are known."),
    };
    let warnings = preview.problems.iter().map(self::words).collect();
    Ok(SourceTest { words, samples: preview.first, warnings, problem: None })
}

fn secrets(service: &Service, source: &Source, spec: &WebSpec) -> Result<HashMap<String, String>> {
    let names = spec.headers.iter().filter(|header| header.value.is_none()).map(|header| &header.name);
    let secret = |name: &String| Ok((name.to_ascii_lowercase(), service.secrets().get(&secret_of(source, name))?));
    names.map(secret).collect()
}

fn typed_secrets(draft: &SourceDraft) -> HashMap<String, String> {
    let SourceSpec::Web { headers, .. } = &draft.spec else { return HashMap::new() };
    let secret = headers.iter().filter(|header| header.secret);
    let typed = secret.filter_map(|header| Some((header.name.to_ascii_lowercase(), header.value.clone()?)));
    typed.filter(|(_, value)| !value.is_empty()).collect()
}

/// How large an image is, `None` for one that cannot be read; a worker looks, since the bytes come from outside.
///
/// # Errors
/// When no worker can look now.
fn size(service: &Service, bytes: &[u8]) -> std::result::Result<Option<(u32, u32)>, SinkError> {
    let task = Task::Thumbnail { max_side: PROBE_SIDE };
    match run_again_if_crashed(|| service.pool().run(&task, bytes, &CancelToken::default(), &mut |_| ())) {
        Ok(Answer::Image { facts, .. }) => Ok(Some((facts.width, facts.height))),
        Ok(_) => Err(Box::new(Error::Internal("the worker answered another task".into()))),
        Err(
            TaskError::Image { .. }
            | TaskError::MemoryLimit { .. }
            | TaskError::Timeout { .. }
            | TaskError::Crashed { .. },
        ) => Ok(None),
        Err(error) => Err(Box::new(Error::Vision(error))),
    }
}

fn words(refusal: &Refusal) -> String {
    format!("{}: {}. {}", refusal.url, refusal.message, refusal.hint)
}

/// Whether an image was deleted for good, which it was taken in as: a person does not want it back.
fn is_gone(conn: &rusqlite::Connection, hash: &ContentHash) -> Result<bool> {
    Ok(legible_library::find_by_hash(conn, hash)?.is_none())
}

/// An error of the sink is one of ours.
fn own(error: fetch::Error) -> Error {
    match error {
        fetch::Error::Sink(error) => match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => Error::Internal(error.to_string()),
        },
        fetch::Error::Cancelled => Error::Stopped,
        error => Error::Fetch(error),
    }
}

/// A look that takes in what is fetched.
struct Taking<'a, 'w> {
    work: &'a mut Work<'w>,
    intake: &'a mut Intake,
}

/// Where what is fetched goes.
struct Shelf<'a, 't, 'w>(&'a RefCell<Taking<'t, 'w>>);

impl Sink for Shelf<'_, '_, '_> {
    fn known(&mut self, url: &str) -> Result<Option<Record>, SinkError> {
        let taking = self.0.borrow();
        let id = taking.intake.source();
        let known = |c: &rusqlite::Connection| Ok(legible_sources::page(c, id, url)?);
        Ok(block_in_place(|| taking.work.service.database().read_blocking(known))?)
    }

    fn take(&mut self, image: Fetched<'_>) -> Result<Took, SinkError> {
        let known = self.known(image.url)?;
        let taking = &mut *self.0.borrow_mut();
        let Fetched { url, name, bytes } = image;
        let url = if url.starts_with("data:") { None } else { Some(url.to_owned()) };
        let hash = ContentHash::of(bytes);
        if let Some(item) = known.as_ref().and_then(|known| known.item.filter(|_| known.hash == Some(hash.to_string())))
            && block_in_place(|| taking.work.service.database().read_blocking(|c| is_gone(c, &hash)))?
        {
            return Ok(Took::Kept { hash: hash.to_string(), item, new: false });
        }
        let found = Found { name: name.to_owned(), bytes: bytes.to_vec(), path: None, url };
        let before = taking.intake.outcome.new;
        let taken = block_in_place(|| {
            let taken = taking.intake.take(taking.work, found)?;
            taking.work.progress(0.0, &format!("{} new images", taking.intake.outcome.new));
            Ok::<_, Error>(taken)
        })?;
        if let Ok(added) = &taken
            && !(added.new || added.restored)
            && known.is_some_and(|known| known.item == Some(added.id.0))
        {
            // The same image from the same address is no news, though the server did not say that it is unchanged.
            taking.intake.outcome.known -= 1;
        }
        Ok(match taken {
            Ok(added) => {
                Took::Kept { hash: hash.to_string(), item: added.id.0, new: taking.intake.outcome.new > before }
            }
            Err(error) => Took::Refused(error.to_string()),
        })
    }

    fn note(&mut self, records: &[Record]) -> Result<(), SinkError> {
        let taking = self.0.borrow();
        let (id, records) = (taking.intake.source(), records.to_vec());
        let note = move |tx: &rusqlite::Transaction| Ok(legible_sources::note_pages(tx, id, &records)?);
        Ok(block_in_place(|| taking.work.service.database().write_blocking(note))?)
    }
}
