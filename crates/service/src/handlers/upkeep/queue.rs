//! Reading that upkeep puts into the queue, behind all that a person waits for.

use crate::api::ErrorCode;
use crate::error::Result;
use crate::handler::{Work, subject_of};
use crate::handlers::{READ, THUMBNAIL};
use crate::intake::{READ_ATTEMPTS, item_job};
use crate::limits::UPKEEP_TRIES;
use crate::pictures::thumbnail_path;
use crate::places::Places;
use legible_jobs::{Filter, GroupId, NewJob, State};
use legible_library::{ItemSummary, Problem};
use rusqlite::Transaction;

/// Puts reading an item into the queue. Returns whether that is new: it may wait there already, or have failed too often.
///
/// # Errors
/// When the database fails.
pub fn read(tx: &Transaction, item: &ItemSummary, group: Option<GroupId>, priority: i32, now: i64) -> Result<bool> {
    if !is_worth_trying(tx, READ, item)? {
        return Ok(false);
    }
    let job = item_job(READ, item.id, &item.name, now);
    let job = NewJob { group, priority, max_attempts: READ_ATTEMPTS, ..job };
    Ok(legible_jobs::enqueue(tx, &job, now)?.new)
}

/// Puts making the thumbnail of an item into the queue, if it has none.
///
/// # Errors
/// When the database fails.
pub fn thumbnail(tx: &Transaction, places: &Places, item: &ItemSummary, priority: i32, now: i64) -> Result<()> {
    if !thumbnail_path(places, &item.hash).exists() && is_worth_trying(tx, THUMBNAIL, item)? {
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

/// How many images a job has put into the queue: those of its group, which also hold what an attempt before put there, or
/// without a group those of this attempt.
///
/// # Errors
/// When the database fails.
pub fn queued(work: &Work, by_this_attempt: usize) -> Result<u64> {
    let Some(group) = work.lease.group else { return Ok(by_this_attempt as u64) };
    let reads = Filter { kinds: Some(vec![READ.to_owned()]), ..Filter::group(group) };
    work.service.database().read_blocking(|c| Ok(legible_jobs::jobs(c, &reads, 0, 1)?.total))
}
