//! A source with what is known of it: its last look, what failed, the look that goes on.

use super::built_in::BUILT_IN;
use super::sentence::sentence;
use super::wire::draft;
use super::{schedule_of, subject_of};
use crate::api::{BrokenSource, ErrorCode, LookView, SourceProblem, SourceView, WireError};
use crate::error::Result;
use crate::handlers::{FETCH, LOOK, look};
use crate::letters::counted;
use crate::views::{self, Circumstances};
use legible_jobs::{Filter, Job, State};
use legible_sources::{DamagedSource, Kind, Problem, Source, SourceId};
use rusqlite::Connection;

/// What a person wants to know of a source.
///
/// # Errors
/// When the database fails, or where it looks cannot be understood.
pub fn view(conn: &Connection, source: &Source, around: &Circumstances) -> Result<SourceView> {
    let draft = draft(conn, source)?;
    let schedule = schedule_of(conn, source.id)?;
    let state = legible_sources::state(conn, source.id)?;
    let looked = legible_jobs::jobs(conn, &looks(source.id, Some(&[State::Succeeded])), 0, 1)?.jobs.pop();
    let active = legible_jobs::jobs(conn, &looks(source.id, Some(&State::ACTIVE)), 0, 1)?.jobs.pop();
    Ok(SourceView {
        id: source.id.0,
        built_in: BUILT_IN.contains(&source.spec.kind()),
        sentence: sentence(source, schedule.as_ref()),
        watching: state.watching.filter(|_| source.enabled),
        looked_at: state.looked_at,
        found_at: state.found_at,
        found: state.found,
        items: state.items,
        next: schedule.and_then(|stored| stored.next_at.filter(|_| source.enabled && stored.problem.is_none())),
        waiting_for: active.as_ref().map_or_else(Vec::new, |job| views::waiting_for(job, around)),
        active: active.as_ref().map(look_view),
        remark: {
            let looked = looked.and_then(|job| look::remark(&job.output?));
            let left_out = if looked.is_some() { looked } else { refused(conn, source)? };
            both(left_out, texts_left(conn, source)?)
        },
        problem: state.problem.or(state.move_problem).map(problem),
        draft,
    })
}

fn both(one: Option<String>, other: Option<String>) -> Option<String> {
    let told: Vec<String> = one.into_iter().chain(other).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// What could not be used at looks before the last, in words.
fn refused(conn: &Connection, source: &Source) -> Result<Option<String>> {
    let (one, many) = if source.spec.kind() == Kind::Web { ("address", "addresses") } else { ("file", "files") };
    Ok(match legible_sources::refused(conn, source.id)? {
        0 => None,
        count => Some(format!("{} could not be used", counted(count.into(), one, many))),
    })
}

/// What texts were not written beside their pictures, in words.
fn texts_left(conn: &Connection, source: &Source) -> Result<Option<String>> {
    let left = legible_sources::remote_files::texts_left(conn, source.id)?;
    Ok(left.map(|(count, why)| format!("{} not written: {why}", counted(count.into(), "text was", "texts were"))))
}

/// What a person wants to know of a source that cannot be read.
pub fn broken_view(broken: DamagedSource) -> BrokenSource {
    BrokenSource { id: broken.id.0, name: broken.name, problem: broken.error.to_string() }
}

/// One look.
pub fn look_view(job: &Job) -> LookView {
    let view = views::job(job, &Circumstances::default());
    LookView {
        job: view.id,
        asked_at: view.created_at,
        started_at: view.started_at,
        finished_at: view.finished_at,
        state: view.state,
        words: view.words,
        reasons: job.output.as_ref().map_or_else(Vec::new, look::reasons),
        error: view.error,
    }
}

/// The looks of a source, in some states or in all.
pub fn looks(id: SourceId, states: Option<&[State]>) -> Filter {
    let states = states.map(<[State]>::to_vec);
    Filter {
        subject: Some(subject_of(id)),
        kinds: Some(vec![LOOK.to_owned(), FETCH.to_owned()]),
        states,
        ..Filter::default()
    }
}

fn problem(problem: Problem) -> SourceProblem {
    let code = serde_json::from_value(problem.code.into()).unwrap_or(ErrorCode::Network);
    let error = WireError { code, message: problem.message, hint: problem.hint };
    SourceProblem { at: problem.at, error }
}
