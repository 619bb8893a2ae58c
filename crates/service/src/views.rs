//! From the domain's types to the wire's.

use crate::api::{
    AttemptView, HitView, ItemCard, ItemState, JobState, JobView, LineView, OriginView, Original, ReadingView, Snippet,
    SnippetPart, WireError, WordView,
};
use crate::error::kept_error;
use crate::handler::item_of;
use crate::handlers::{FETCH, LOOK, READ, look, upkeep};
use crate::limits::MAX_CARD_CODES;
use crate::recognised::code_line;
use crate::schedules::action_of;
use legible_jobs::{ActiveJob, Attempt, Job, Machine, Reason, State, Stop, Unmet};
use legible_library::{Hit, ItemSummary, Origin, Placement, Problem};
use legible_reading::recognition::Code;
use legible_reading::{Layout, Quad, Reading};

/// What decides what waiting jobs wait for.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    /// All work is paused.
    pub paused: bool,
    /// What the machine is like.
    pub machine: Machine,
    /// Reading cannot work: its models are missing.
    pub cannot_read: bool,
    /// The time.
    pub now: i64,
}

/// A job.
pub fn job(job: &Job, around: &Circumstances) -> JobView {
    let progress = job.progress.as_ref();
    // A stop is no error: the job goes on later. Only one that ran out of time counts as failed.
    let is_stop = |reason: &&Reason| Stop::is_code(&reason.code) && reason.code != Stop::TIMEOUT;
    JobView {
        id: job.id.0,
        kind: job.kind.clone(),
        title: job.title.clone(),
        state: state(job.state),
        item: item_of(job.subject.as_deref()),
        group: job.group.map(|group| group.0),
        fraction: progress.map_or(0.0, |p| p.fraction),
        words: words(job),
        attempts: job.attempts,
        max_attempts: job.max_attempts,
        error: job.reason.as_ref().filter(|reason| !is_stop(reason)).map(kept_error),
        created_at: job.created_at,
        started_at: job.started_at,
        finished_at: job.finished_at,
        run_at: (job.state == State::Enqueued).then_some(job.run_at),
        tags: job.tags.clone(),
        name: job.unique.clone(),
        priority: job.priority,
        waiting_for: waiting_for(job, around),
        blocked_by: job.blocked_by.iter().map(|id| id.0).collect(),
        schedule: job.schedule.map(|id| id.0),
        scheduled_for: job.scheduled_for,
        stopped: job.reason.as_ref().filter(is_stop).map(|reason| reason.message.clone()),
    }
}

/// What came of a job, or what it is doing.
fn words(job: &Job) -> String {
    match (&job.output, &job.progress) {
        (Some(output), _) if job.state == State::Succeeded && (job.kind == LOOK || job.kind == FETCH) => {
            look::words(output)
        }
        (Some(output), _) if job.state == State::Succeeded && action_of(&job.kind).is_some() => {
            upkeep::words(&job.kind, output)
        }
        // Progress is told now and then: the last that was told is not what came of it.
        (_, Some(progress)) if job.state != State::Succeeded => progress.words.clone(),
        _ => String::new(),
    }
}

/// What a waiting job waits for beside its turn, in words. Its time is told apart.
pub fn waiting_for(job: &Job, around: &Circumstances) -> Vec<String> {
    if !matches!(job.state, State::Enqueued | State::Blocked) {
        return vec![];
    }
    let paused = around.paused.then(|| "the pause to end".to_owned());
    let blocked = job.blocked_by.iter().map(|id| format!("job {id}"));
    let models = (around.cannot_read && job.kind == READ).then(|| "its models".to_owned());
    let unmet = job.conditions.unmet(&around.machine, around.now);
    paused.into_iter().chain(blocked).chain(models).chain(unmet.iter().map(Unmet::words)).collect()
}

/// An attempt of a job.
pub fn attempt(attempt: &Attempt) -> AttemptView {
    AttemptView {
        attempt: attempt.attempt,
        started_at: attempt.started_at,
        ended_at: attempt.ended_at,
        outcome: attempt.outcome.map(|outcome| outcome.as_str().to_owned()),
        error: attempt.reason.as_ref().map(kept_error),
    }
}

/// The state of a job, from the queue to the wire.
pub fn state(state: State) -> JobState {
    match state {
        State::Enqueued => JobState::Enqueued,
        State::Blocked => JobState::Blocked,
        State::Running => JobState::Running,
        State::Succeeded => JobState::Succeeded,
        State::Failed => JobState::Failed,
        State::Cancelled => JobState::Cancelled,
    }
}

/// The state of a job, from the wire to the queue.
pub fn state_from(state: JobState) -> State {
    match state {
        JobState::Enqueued => State::Enqueued,
        JobState::Blocked => State::Blocked,
        JobState::Running => State::Running,
        JobState::Succeeded => State::Succeeded,
        JobState::Failed => State::Failed,
        JobState::Cancelled => State::Cancelled,
    }
}

/// An item as the grid shows it. `active` are its unfinished jobs.
pub fn card(
    item: &ItemSummary,
    snippet: Option<&legible_library::Snippet>,
    codes: &[Code],
    active: &[ActiveJob],
    thumbnail: bool,
) -> ItemCard {
    ItemCard {
        id: item.id.0,
        name: item.name.clone(),
        width: item.facts.as_ref().map(|facts| facts.width),
        height: item.facts.as_ref().map(|facts| facts.height),
        added_at: item.added_at,
        state: item_state(item, active),
        problem: item.problem.as_ref().map(problem),
        original: match item.placement {
            Placement::TextOnly => Original::TextOnly,
            Placement::Referenced { .. } if item.missing_at.is_some() => Original::Missing,
            _ => Original::Kept,
        },
        thumbnail,
        snippet: snippet.map(|snippet| Snippet { parts: parts(&snippet.text, &snippet.marks) }),
        codes: codes.iter().take(MAX_CARD_CODES).map(code_line).collect(),
        why: vec![],
    }
}

fn item_state(item: &ItemSummary, active: &[ActiveJob]) -> ItemState {
    match active.iter().find(|job| job.kind == READ).map(|job| job.state) {
        Some(State::Running) => ItemState::Reading,
        Some(_) => ItemState::Waiting,
        None if item.problem.is_some() => ItemState::Problem,
        None if item.text_len > 0 => ItemState::Text,
        None if item.has_reading => ItemState::NoText,
        None => ItemState::Unread,
    }
}

fn problem(problem: &Problem) -> WireError {
    kept_error(&legible_jobs::Reason {
        code: problem.code.clone(),
        message: problem.message.clone(),
        hint: Some(problem.hint.clone()).filter(|hint| !hint.is_empty()),
    })
}

/// Cuts a text at its marks, which are ascending ranges of characters.
fn parts(text: &str, marks: &[(usize, usize)]) -> Vec<SnippetPart> {
    let mut parts = Vec::new();
    let mut chars = text.chars();
    let mut at = 0;
    let mut take = |to: usize, hit: bool| {
        let text: String = chars.by_ref().take(to.saturating_sub(at)).collect();
        at = at.max(to);
        if !text.is_empty() {
            parts.push(SnippetPart { text, hit });
        }
    };
    for &(start, end) in marks {
        take(start, false);
        take(end, true);
    }
    take(usize::MAX, false);
    parts
}

/// A reading for the text layer, its text put together as `layout` says.
pub fn reading(reading: &Reading, layout: Layout) -> ReadingView {
    let line = |line: &legible_reading::Line| LineView {
        text: line.text.clone(),
        quad: corners(&line.quad),
        confidence: line.confidence,
        words: line.words.iter().map(|w| WordView { text: w.text.clone(), quad: corners(&w.quad) }).collect(),
    };
    ReadingView {
        engine: format!("{} {}", reading.engine.name, reading.engine.version),
        width: reading.width,
        height: reading.height,
        text: reading.text_as(layout),
        confidence: reading.confidence(),
        lines: reading.lines.iter().map(line).collect(),
    }
}

/// A count as it is told: nothing has more than fit.
pub fn small(count: impl TryInto<u32>) -> u32 {
    count.try_into().unwrap_or(u32::MAX)
}

/// A place where the search matches.
pub fn hit(hit: &Hit) -> HitView {
    HitView { line: small(hit.line), start: small(hit.start), end: small(hit.end), quad: corners(&hit.quad) }
}

/// Where an item came from.
pub fn origin(origin: &Origin) -> OriginView {
    let kind = serde_json::to_value(origin.kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    let path = origin.path.as_ref().map(|path| path.display().to_string());
    OriginView { kind, path, url: origin.url.clone(), at: origin.at }
}

fn corners(quad: &Quad) -> [[f32; 2]; 4] {
    quad.0.map(|point| [point.x, point.y])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_falls_into_parts_that_make_up_its_text() {
        let check = |text: &str, marks: &[(usize, usize)], expected: &[(&str, bool)]| {
            let parts = parts(text, marks);
            let got: Vec<_> = parts.iter().map(|part| (part.text.as_str(), part.hit)).collect();
            assert_eq!(got, expected);
        };
        check("", &[], &[]);
        check("plain", &[], &[("plain", false)]);
        check("Grüße an alle", &[(0, 5), (9, 13)], &[("Grüße", true), (" an ", false), ("alle", true)]);
        check("发票上的税号", &[(4, 6)], &[("发票上的", false), ("税号", true)]);
    }
}
