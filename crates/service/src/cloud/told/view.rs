//! A storage with what is known of it: what is under way, what came of the last time, what failed.

use super::wire::found_words;
use crate::api::{Conditions, StorageDraft, StorageView, SyncContent, SyncDirection, SyncProblem, SyncResult};
use crate::cloud::accounts::account::Known;
use crate::cloud::accounts::schedule::{self, only_when_asked};
use crate::error::Result;
use crate::handlers::{SYNC, sync::subject_of};
use crate::letters::capitalised;
use crate::schedules::{conditions_view, in_words, rule_view, system_zone};
use crate::views::{self, Circumstances};
use legible_cloud::store::{self, RemoteId};
use legible_jobs::{Filter, Job, State, StoredSchedule, Zone};
use rusqlite::Connection;

/// What a person wants to know of a storage.
///
/// # Errors
/// When the database fails.
pub fn view(conn: &Connection, known: &Known, around: &Circumstances) -> Result<StorageView> {
    let schedule = schedule::by_the_clock(conn, known.id)?;
    let on_change = schedule::is_on_change(conn, known.id)?;
    let state = store::state(conn, known.id)?;
    let has_no_end = state.as_ref().is_some_and(|state| state.ended_at.is_none());
    let (outcome, problem) = state.map_or((None, None), |state| (state.outcome, state.problem.zip(state.ended_at)));
    let active = legible_jobs::jobs(conn, &jobs_of(known.id), 0, 1)?.jobs.pop();
    let next = schedule.as_ref().filter(|stored| stored.schedule.enabled && stored.problem.is_none());
    Ok(StorageView {
        id: known.id.0,
        sentence: sentence(known, schedule.as_ref(), on_change),
        found: found_words(&known.account),
        stopped: has_no_end && active.is_none(),
        job: active.as_ref().map(|job| job.id.0),
        doing: active.as_ref().and_then(doing),
        waiting_for: active.as_ref().map_or_else(Vec::new, |job| views::waiting_for(job, around)),
        held: active.as_ref().is_some_and(is_held),
        next: next.and_then(|stored| stored.next_at),
        in_step: store::count(conn, known.id)?,
        last: outcome.and_then(|outcome| serde_json::from_str::<SyncResult>(&outcome).ok()),
        problem: problem.and_then(|(error, at)| Some(SyncProblem { at, error: serde_json::from_str(&error).ok()? })),
        draft: StorageDraft { on_change, ..draft(known, schedule.as_ref()) },
    })
}

/// The jobs of a storage that are not at their end.
pub fn jobs_of(id: RemoteId) -> Filter {
    Filter { subject: Some(subject_of(id)), kinds: Some(vec![SYNC.to_owned()]), ..Filter::states(State::ACTIVE) }
}

/// What a job is at that goes on; without words where it has told nothing yet.
fn doing(job: &Job) -> Option<String> {
    let goes_on = job.state == State::Running && !is_held(job);
    goes_on.then(|| job.progress.as_ref().map(|progress| progress.words.clone()).unwrap_or_default())
}

fn is_held(job: &Job) -> bool {
    job.state == State::Running && job.resting
}

fn draft(known: &Known, schedule: Option<&StoredSchedule>) -> StorageDraft {
    let by_the_clock = schedule.filter(|stored| stored.schedule.rule != only_when_asked());
    StorageDraft {
        id: Some(known.id.0),
        name: known.name.clone(),
        place: known.account.place.to_wire(),
        secret: None,
        sign_in: None,
        direction: known.account.direction,
        content: known.account.content,
        kilobytes_a_second: known.account.kilobytes_a_second,
        rule: by_the_clock.map(|stored| rule_view(&stored.schedule.rule)),
        on_change: false,
        zone: schedule.map_or_else(system_zone, |stored| stored.schedule.zone.clone()),
        conditions: schedule.map_or_else(Conditions::default, |stored| conditions_view(&stored.schedule.conditions)),
        enabled: known.enabled,
    }
}

/// What is done with a storage: "Every hour, keeps the library in step with … ."
fn sentence(known: &Known, schedule: Option<&StoredSchedule>, on_change: bool) -> String {
    let place = known.account.place.words();
    let what = match (known.account.content, known.account.direction) {
        (SyncContent::Library, SyncDirection::Both) => format!("keeps the library in step with {place}"),
        (SyncContent::Library, SyncDirection::Up) => format!("backs the library up to {place}"),
        (SyncContent::Library, SyncDirection::Down) => format!("fetches what is new in {place} into the library"),
        (SyncContent::Text, _) => format!("sends what is known of the images, without these, to {place}"),
        (SyncContent::Markdown, _) => format!("sends the text of the images as Markdown to {place}"),
    };
    let by_the_clock = schedule.filter(|stored| stored.schedule.rule != only_when_asked());
    let clock = by_the_clock.map(|stored| {
        let zone = Zone::named(&stored.schedule.zone).unwrap_or_else(|_| Zone::utc());
        stored.schedule.rule.words(&zone)
    });
    let when = match (clock, on_change) {
        (Some(clock), true) => format!("{clock} and soon after each change"),
        (Some(clock), false) => clock,
        (None, true) => "soon after each change".to_owned(),
        (None, false) => "when you say so".to_owned(),
    };
    let conditions = schedule.map(|stored| in_words(&stored.schedule.conditions)).unwrap_or_default();
    let conditions = if conditions.is_empty() { conditions } else { format!(", when {conditions}") };
    capitalised(&format!("{when}{conditions}, {what}."))
}
