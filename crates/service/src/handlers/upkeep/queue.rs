//! Reading and recognising that upkeep puts into the queue, behind all that a person waits for.

use super::fraction;
use crate::api::ErrorCode;
use crate::changes::Changes;
use crate::error::Result;
use crate::handler::{Work, refuse_cancelled, subject_of};
use crate::handlers::{READ, RECOGNISE, THUMBNAIL};
use crate::intake::{is_due, item_job};
use crate::limits::UPKEEP_TRIES;
use crate::pictures::thumbnail_path;
use crate::places::Places;
use crate::service::Service;
use legible_jobs::{Filter, GroupId, Lease, NewJob, State};
use legible_library::{ItemId, ItemSummary, Placement, Problem};
use rusqlite::Transaction;

/// The work on images that a job puts into the queue. It needs of the machine what the job needs: what is to be read at night
/// is not read in the morning, when a person is back.
pub struct Queued {
    lease: Lease,
    /// The group of the job, which is made with the first image: what has nothing to do is no batch.
    group: Option<GroupId>,
    priority: i32,
}

/// Goes through images a batch at a time, in the order of their numbers, and puts work on them into the queue on the way.
/// `batch` takes the next images after a number, in a transaction and at a time; `words` says how far it is, from how many
/// images were seen and how many there are. Returns how much of it there is by now, with that of an attempt before.
///
/// # Errors
/// When the job is to stop or the database fails.
pub fn gather<B>(work: &mut Work, priority: i32, words: impl Fn(usize, usize) -> String, batch: B) -> Result<u64>
where
    B: Fn(&Transaction, &mut Queued, ItemId, i64) -> Result<Vec<ItemSummary>> + Clone + Send + 'static,
{
    let total = work.service.database().read_blocking(|c| Ok(legible_library::counts(c)?.items))?;
    let mut queued = Queued { lease: work.lease.clone(), group: work.lease.group, priority };
    let (mut after, mut seen) = (ItemId(0), 0);
    loop {
        work.check()?;
        work.progress(fraction(seen, total), &words(seen, total));
        let (batch, now) = (batch.clone(), work.service.now());
        let taken = work.service.database().write_blocking(move |tx| {
            let items = batch(tx, &mut queued, after, now)?;
            Ok((items.len(), items.last().map(|item| item.id), queued))
        });
        let (count, last, put) = taken?;
        queued = put;
        let Some(last) = last else { return queued.count(work.service) };
        (after, seen) = (last, seen + count);
        work.service.bus().note(queued.changes());
    }
}

impl Queued {
    /// Puts a job of this kind about an item into the queue. Returns whether that is new: it may wait there already, or have failed too
    /// often.
    ///
    /// # Errors
    /// When the database fails, or the job has lost its lease.
    pub fn put(&mut self, tx: &Transaction, item: &ItemSummary, kind: &str, now: i64) -> Result<bool> {
        if !is_worth_trying(tx, kind, item)? || is_due(tx, kind, item.id)? {
            return Ok(false);
        }
        refuse_cancelled(tx, &self.lease)?;
        let job = NewJob {
            group: Some(self.group(tx, now)?),
            priority: self.priority,
            conditions: self.lease.conditions.clone(),
            ..item_job(kind, item.id, &item.name, now)
        };
        Ok(legible_jobs::enqueue(tx, &job, now)?.new)
    }

    /// What changed with them.
    fn changes(&self) -> Changes {
        Changes::work().and_group(self.group.map(|group| group.0))
    }

    fn count(&self, service: &Service) -> Result<u64> {
        let Some(group) = self.group else { return Ok(0) };
        let kinds = [READ, RECOGNISE].map(str::to_owned).to_vec();
        let reads = Filter { kinds: Some(kinds), ..Filter::group(group) };
        service.database().read_blocking(|c| Ok(legible_jobs::jobs(c, &reads, 0, 1)?.total))
    }

    fn group(&mut self, tx: &Transaction, now: i64) -> Result<GroupId> {
        if let Some(group) = self.group {
            return Ok(group);
        }
        let group = legible_jobs::new_group(tx, &self.lease.title, now)?;
        legible_jobs::join_group(tx, &self.lease, group, now)?;
        self.group = Some(group);
        Ok(group)
    }
}

/// Puts making the thumbnail of an item into the queue, if it has none.
///
/// # Errors
/// When the database fails.
pub fn thumbnail(tx: &Transaction, places: &Places, item: &ItemSummary, priority: i32, now: i64) -> Result<()> {
    let shows_one = item.placement != Placement::TextOnly;
    if shows_one && !thumbnail_path(places, &item.hash).exists() && is_worth_trying(tx, THUMBNAIL, item)? {
        let job = NewJob { priority, ..item_job(THUMBNAIL, item.id, &item.name, now) };
        legible_jobs::enqueue(tx, &job, now)?;
    }
    Ok(())
}

/// Whether another try may end otherwise. An image that crashes the workers is not to do so every night.
fn is_worth_trying(tx: &Transaction, kind: &str, item: &ItemSummary) -> Result<bool> {
    let Some(problem) = &item.problem else { return has_tries_left(tx, kind, item) };
    Ok(may_pass(problem) && has_tries_left(tx, kind, item)?)
}

fn has_tries_left(tx: &Transaction, kind: &str, item: &ItemSummary) -> Result<bool> {
    let failed = Filter {
        kinds: Some(vec![kind.to_owned()]),
        subject: Some(subject_of(item.id.0)),
        ..Filter::states([State::Failed])
    };
    Ok(legible_jobs::jobs(tx, &failed, 0, 1)?.total < UPKEEP_TRIES)
}

/// Whether what went wrong was not the image: then it may have passed since.
fn may_pass(problem: &Problem) -> bool {
    use ErrorCode::{Database, DiskFull, LibraryFolder, ModelMissing, Worker};
    let code = serde_json::from_value::<ErrorCode>(problem.code.clone().into());
    code.is_ok_and(|code| matches!(code, Worker | DiskFull | Database | LibraryFolder | ModelMissing))
}
