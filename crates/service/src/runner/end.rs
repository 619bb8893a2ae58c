//! Carrying out one job: its handler, then its end, written down together with what the handler made.

use super::outcome::Run;
use crate::api::ErrorCode;
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work, item_of};
use crate::handlers;
use crate::service::Service;
use crate::worker_pool::Control;
use legible_jobs::{Failure, JobId, Lease, State, Stop};
use rusqlite::Transaction;
use tracing::{debug, error};

/// Runs one job to its end and writes that end down.
pub(super) fn carry_out(service: &Service, lease: &Lease, control: &Control, threads: usize) {
    let Some(handler) = handlers::handler(&lease.kind) else {
        return settle(
            service,
            lease,
            None,
            control,
            Err(Error::Internal(format!("no handler for {} jobs", lease.kind))),
        );
    };
    let run = || handler.run(&mut Work::new(service, lease, control, threads));
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(Error::Internal(format!("a {} job panicked", lease.kind))));
    settle(service, lease, Some(handler), control, result);
}

/// Acknowledges a job together with its handler's commit, or writes down why it did not come to one.
fn settle(
    service: &Service,
    lease: &Lease,
    handler: Option<&'static dyn Handler>,
    control: &Control,
    result: Result<Commit>,
) {
    let error = match result.and_then(|commit| succeed(service, lease, commit)) {
        Ok(changes) => return service.bus().note(told(changes, lease)),
        Err(error) => error,
    };
    match end_unsuccessfully(service, lease, handler, control, error) {
        Ok(changes) => service.bus().note(told(changes, lease)),
        // The lease was lost, or the database fails: then the lease runs out, and the runner takes the job back.
        Err(error) => error!(%error, job = lease.id.0, "the end of a job could not be written down"),
    }
}

fn succeed(service: &Service, lease: &Lease, commit: Commit) -> Result<Changes> {
    let (lease, now) = (lease.clone(), service.now());
    service.database().write_blocking(move |tx| {
        let Done { output, changes } = commit(tx)?;
        if let Some(run) = Run::leased(&lease) {
            run.tell_success(tx, output.as_ref(), now)?;
        }
        legible_jobs::succeed(tx, &lease, output, now)?;
        Ok(changes)
    })
}

fn end_unsuccessfully(
    service: &Service,
    lease: &Lease,
    handler: Option<&'static dyn Handler>,
    control: &Control,
    error: Error,
) -> Result<Changes> {
    let (lease, now, jitter) = (lease.clone(), service.now(), service.jitter());
    // What failed by itself just when it was to stop failed all the same.
    let stopped = control.why().filter(|_| error.code() == ErrorCode::Cancelled).cloned();
    if let (Some(why), Some(handler)) = (&stopped, handler) {
        handler.stopped(service, &lease, why);
    }
    let failure = match &stopped {
        Some(why @ Stop::Timeout { .. }) => Failure::Retryable(why.reason()),
        _ => error.failure(lease.attempt),
    };
    debug!(job = lease.id.0, kind = lease.kind, code = failure.reason().code, "a job did not succeed");
    service.database().write_blocking(move |tx| {
        if let Some(why) = stopped.filter(|why| !matches!(why, Stop::Timeout { .. })) {
            // A cancel that a person asked for ends it; all else hands it back unused.
            legible_jobs::release(tx, &lease, &why, now)?;
            return Ok(Changes::default());
        }
        let state = legible_jobs::fail(tx, &lease, &failure, now, jitter)?;
        if let Some(run) = Run::leased(&lease).filter(|_| state == State::Failed) {
            run.tell_failure(tx, failure.reason(), now)?;
        }
        match handler {
            Some(handler) if state == State::Failed => {
                handler.failed(tx, lease.subject.as_deref(), failure.reason(), now)
            }
            _ => Ok(Changes::default()),
        }
    })
}

/// Notes what a job that failed because its runner died leaves behind.
pub(super) fn note_failure(tx: &Transaction, job: JobId, now: i64) -> Result<Changes> {
    let Some(job) = legible_jobs::job(tx, job)? else { return Ok(Changes::default()) };
    let Some(reason) = &job.reason else { return Ok(Changes::default()) };
    if let Some(run) = Run::stored(&job) {
        run.tell_failure(tx, reason, now)?;
    }
    match handlers::handler(&job.kind) {
        Some(handler) => handler.failed(tx, job.subject.as_deref(), reason, now),
        None => Ok(Changes::default()),
    }
}

fn told(mut changes: Changes, lease: &Lease) -> Changes {
    changes.schedules |= lease.schedule.is_some();
    changes.and_job(lease.id.0).and_group(lease.group.map(|group| group.0)).and_item_of(lease).and_work()
}

impl Changes {
    pub(super) fn and_item_of(mut self, lease: &Lease) -> Self {
        self.items.extend(item_of(lease.subject.as_deref()));
        self
    }
}
