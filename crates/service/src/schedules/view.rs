//! A schedule with what is known of it: next runs, the run that goes on, the last one.

use super::wire::{draft, is_built_in};
use super::{sentence, words_of};
use crate::api::{BrokenSchedule, RunView, ScheduleView};
use crate::error::Result;
use crate::limits::NEXT_RUNS;
use crate::views::{self, Circumstances};
use legible_jobs::rule::preview;
use legible_jobs::{Filter, Job, Schedule, State, StoredSchedule, Zone};
use rusqlite::Connection;

/// What a person wants to know of a schedule; nothing for one that no person can schedule, such as a reminder.
///
/// # Errors
/// When the database fails.
pub fn view(conn: &Connection, stored: &StoredSchedule, around: &Circumstances) -> Result<Option<ScheduleView>> {
    let Some(draft) = draft(stored) else { return Ok(None) };
    let newest = |states: [State; 3]| -> Result<Option<Job>> {
        let runs = Filter { schedule: Some(stored.id), ..Filter::states(states) };
        Ok(legible_jobs::jobs(conn, &runs, 0, 1)?.jobs.pop())
    };
    let active = newest(State::ACTIVE)?;
    let zone = zone_of(&stored.schedule);
    let (runs, after) = (stored.problem.is_none(), stored.handled_at.max(around.now));
    Ok(Some(ScheduleView {
        id: stored.id.0,
        built_in: is_built_in(stored),
        sentence: sentence(&stored.schedule.rule, &zone, &stored.schedule.conditions, words_of(draft.action)),
        next: stored.next_at.filter(|_| runs && stored.schedule.enabled),
        next_runs: if runs { next_runs(&stored.schedule, stored.override_at, after) } else { vec![] },
        waiting_for: active.as_ref().map_or_else(Vec::new, |job| views::waiting_for(job, around)),
        active: active.as_ref().map(run),
        last: newest(State::ENDED)?.as_ref().map(run),
        skipped: views::small(stored.skipped),
        changed_at: stored.updated_at,
        problem: stored.problem.clone(),
        draft,
    }))
}

/// What a person wants to know of a schedule that cannot be read.
pub fn broken_view(broken: legible_jobs::BrokenSchedule) -> BrokenSchedule {
    BrokenSchedule { id: broken.id.0, title: broken.title, problem: broken.problem }
}

/// When a schedule runs next after a time, whether or not it is switched on.
pub fn next_runs(schedule: &Schedule, by_hand: Option<i64>, after: i64) -> Vec<i64> {
    let by_rule = preview(&schedule.rule, &zone_of(schedule), by_hand.unwrap_or(after).max(after), NEXT_RUNS);
    by_hand.into_iter().chain(by_rule).take(NEXT_RUNS).collect()
}

/// The zone of a schedule; UTC if this system no longer knows it.
fn zone_of(schedule: &Schedule) -> Zone {
    Zone::named(&schedule.zone).unwrap_or_else(|_| Zone::utc())
}

fn run(job: &Job) -> RunView {
    let view = views::job(job, &Circumstances::default());
    RunView {
        job: job.id.0,
        scheduled_for: job.scheduled_for.unwrap_or(job.created_at),
        started_at: job.started_at,
        finished_at: job.finished_at,
        state: view.state,
        words: view.words,
        error: view.error,
    }
}
