//! The durable job queue.
//!
//! A job is a kind, a payload and the rules of its life; what a kind means is the business of whoever claims it. The
//! queue keeps every promise in the database, so a process may die between any two steps:
//!
//! - a job runs under a **lease**; [`succeed`], [`fail`] and [`release`] count only while the lease is held, so an owner
//!   that was given up for dead cannot undo what its successor does;
//! - leases of dead owners come back through [`reclaim`], and each claim counts as an attempt until it is handed back
//!   with [`release`], so a job that kills its process ends as failed instead of killing it for ever;
//! - a row that cannot be read, because a newer version wrote it or the disk lost a part of it, holds nobody up: a job ends
//!   with the code [`JOB_DAMAGED`], a schedule is set aside and told of;
//! - a **group**'s end is recorded in the transaction of its last job and stays untold until [`mark_told`].
//!
//! Functions take the caller's transaction, so a job's work and its acknowledgement are one commit. Start transactions
//! that write with `BEGIN IMMEDIATE`. Every function writes all of its change or, if it returns an error and the caller
//! rolls back, none. Time and randomness are passed in. All SQL lies in `store`.
//!
//! The queue uses about 80 distinct statements through rusqlite's statement cache, whose default capacity is 16:
//! raise it with `Connection::set_prepared_statement_cache_capacity`.

mod backoff;
mod chain;
mod conditions;
mod error;
mod filter;
mod group;
mod job;
mod lease;
pub mod limits;
mod machine;
pub mod rule;
mod schedule;
mod stop;
mod store;

pub use backoff::{Backoff, BackoffKind};
pub use chain::{After, Chain, Edge, Links, Merger};
pub use conditions::{BATTERY_LOW_PERCENT, Conditions, DISK_LOW_BYTES, Hours, NetworkNeed, Unmet};
pub use error::{Error, Result};
pub use filter::{Counts, Filter, Page};
pub use group::{Group, GroupId};
pub use job::{
    ActiveJob, Attempt, Enqueued, Failure, Job, JobId, NewJob, Outcome, Progress, RUN_NOW, Reason, State, UniquePolicy,
};
pub use lease::{Claim, Lease, Owner, Reclaim};
pub use machine::{Machine, User};
pub use rule::{Missed, Rule, Trigger, Zone};
pub use schedule::{BrokenSchedule, Overlap, Schedule, ScheduleId, SchedulePolicy, StoredSchedule};
pub use stop::Stop;
pub use store::MIGRATIONS;
pub use store::again::{Applied, retry, run_now, update};
pub use store::broken::broken_schedules;
pub use store::cancel::{cancel_requests, cancelled_all_at, request_cancel};
pub use store::claim::{claim, next_run_at, paused, progress, renew, set_paused, set_resting, waiting_conditions};
pub use store::damaged::JOB_DAMAGED;
pub use store::depend::{NEEDED_CANCELLED, NEEDED_FAILED};
pub use store::enqueue::{enqueue, enqueue_chain};
pub use store::finish::{CRASHED, fail, reclaim, release, succeed};
pub use store::fire::{Fired, fire_due, folder_changed, run_schedule_because, run_schedule_now, trigger};
pub use store::group::{ended_untold, group, groups, join_group, mark_told, new_group, seal, seal_stale};
pub use store::links::links;
pub use store::prune::{forget, prune};
pub use store::query::{active_by_subject, counts, history, job, jobs};
pub use store::schedule::{
    folder_schedules, next_schedule_at, override_next, put_schedule, remove_schedule, schedule, schedule_named,
    schedules, set_enabled,
};
