//! A job on one line.

use crate::output::plain;
use crate::times::moment;
use legible_service::api::{JobState, JobView};

/// Number, kind, state and title of a job at `now`, in milliseconds since the Unix epoch, and why it stands there or what
/// came of it.
pub fn line(job: &JobView, now: i64) -> String {
    let more = more(job).map(|more| format!("\t{}", plain(&more))).unwrap_or_default();
    format!("{}\t{}\t{}\t{}{more}", job.id, plain(&job.kind), state(job, now), plain(&job.title))
}

fn state(job: &JobView, now: i64) -> String {
    match job.state {
        JobState::Enqueued | JobState::Blocked => waiting(job, now),
        JobState::Running => format!("running {:.0} %", job.fraction * 100.0),
        JobState::Succeeded => "done".to_owned(),
        JobState::Failed => "failed".to_owned(),
        JobState::Cancelled => "cancelled".to_owned(),
    }
}

fn waiting(job: &JobView, now: i64) -> String {
    let until = job.run_at.filter(|at| *at > now).map(|at| format!("until {}", moment(at)));
    let what = Some(job.waiting_for.join(", ")).filter(|what| !what.is_empty());
    let parts: Vec<String> = until.into_iter().chain(what.map(|what| format!("for {}", plain(&what)))).collect();
    format!("waiting {}", parts.join(" and ")).trim_end().to_owned()
}

/// Why the last attempt ended is news only until the next one begins, and before that it is the past.
fn more(job: &JobView) -> Option<String> {
    let (failed, stopped) = (job.error.as_ref().map(|error| &error.message), job.stopped.as_ref());
    match job.state {
        JobState::Running | JobState::Succeeded => Some(job.words.clone()).filter(|words| !words.is_empty()),
        JobState::Failed | JobState::Cancelled => failed.or(stopped).cloned(),
        JobState::Enqueued | JobState::Blocked => {
            let failed = failed.map(|message| format!("failed before: {message}"));
            failed.or_else(|| stopped.map(|message| format!("stopped before: {message}")))
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use legible_service::api::{ErrorCode, WireError};

    /// A job that waits for its turn.
    pub fn job(id: i64, kind: &str) -> JobView {
        JobView {
            id,
            kind: kind.into(),
            title: "Tidy up".into(),
            state: JobState::Enqueued,
            item: None,
            group: None,
            fraction: 0.0,
            words: String::new(),
            attempts: 0,
            max_attempts: 3,
            error: None,
            created_at: 0,
            started_at: None,
            finished_at: None,
            run_at: Some(0),
            tags: vec![],
            name: None,
            priority: 0,
            waiting_for: vec![],
            blocked_by: vec![],
            schedule: None,
            scheduled_for: None,
            stopped: None,
        }
    }

    #[test]
    fn a_job_says_how_it_stands_and_what_was_before_only_as_that() {
        let check = |job: JobView, expected: &str| assert_eq!(line(&job, 5), format!("7\ttidy\t{expected}"));
        let stopped = |state, words: &str| JobView {
            state,
            words: words.into(),
            stopped: Some("It has to wait for AC power.".into()),
            ..job(7, "tidy")
        };
        let failed = |state, words: &str| JobView {
            state,
            words: words.into(),
            error: Some(WireError::new(ErrorCode::File, "no disk\u{1b}")),
            ..job(7, "tidy")
        };
        check(job(7, "tidy"), "waiting\tTidy up");
        let later = |waiting_for: &[&str]| JobView {
            run_at: Some(60_000),
            waiting_for: waiting_for.iter().map(|what| (*what).to_owned()).collect(),
            ..job(7, "tidy")
        };
        let until = moment(60_000);
        check(later(&[]), &format!("waiting until {until}\tTidy up"));
        check(later(&["AC power"]), &format!("waiting until {until} and for AC power\tTidy up"));
        let waits = JobView { waiting_for: vec!["job 3".into(), "AC power".into()], ..stopped(JobState::Blocked, "") };
        check(waits, "waiting for job 3, AC power\tTidy up\tstopped before: It has to wait for AC power.");
        check(stopped(JobState::Running, ""), "running 0 %\tTidy up");
        check(stopped(JobState::Running, "12 files"), "running 0 %\tTidy up\t12 files");
        check(failed(JobState::Running, ""), "running 0 %\tTidy up");
        check(failed(JobState::Enqueued, "1 file"), "waiting\tTidy up\tfailed before: no disk\\u{1b}");
        check(failed(JobState::Failed, "1 file"), "failed\tTidy up\tno disk\\u{1b}");
        check(
            JobView { state: JobState::Succeeded, words: "1 file".into(), ..job(7, "tidy") },
            "done\tTidy up\t1 file",
        );
    }
}
