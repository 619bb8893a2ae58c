//! One job with all that is known of it.

use super::line::line;
use crate::output::plain;
use crate::times::moment;
use legible_service::RUN_NOW;
use legible_service::api::{AttemptView, JobDetail, JobState};
use serde_json::Value;

/// How many characters of what went in or came out are shown.
const SHORT: usize = 200;

/// The lines about a job at `now`, in milliseconds since the Unix epoch: what it is, what was set, how it went, what to do.
pub fn lines(detail: &JobDetail, now: i64) -> Vec<String> {
    let JobDetail { job, .. } = detail;
    let facts = [
        ("name", job.name.clone()),
        ("tags", Some(job.tags.join(", ")).filter(|tags| !tags.is_empty())),
        ("needs", Some(detail.conditions.clone()).filter(|words| !words.is_empty())),
        ("after", jobs(&detail.needs)),
        ("before", jobs(&detail.needed_by)),
        ("priority", priority(job.priority)),
        ("budget", detail.budget_ms.map(|ms| format!("{} for each attempt", length(ms)))),
        ("kept for", detail.keep_ms.map(length)),
        ("input", short(&detail.input)),
        ("output", short(&detail.output)),
    ];
    let facts = facts.into_iter().filter_map(|(name, fact)| Some(format!("  {name}\t{}", plain(&fact?))));
    let hint = job.error.as_ref().filter(|_| job.state != JobState::Running).and_then(|error| error.hint.as_ref());
    std::iter::once(line(job, now))
        .chain(facts)
        .chain(detail.history.iter().map(attempt))
        .chain(hint.map(|hint| format!("  {}", plain(hint))))
        .collect()
}

fn attempt(attempt: &AttemptView) -> String {
    let outcome = match attempt.outcome.as_deref() {
        None => "running since",
        Some("succeeded") => "done",
        Some("retried") => "failed before",
        Some("released") => "stopped before",
        Some(other) => other,
    };
    let at = moment(attempt.ended_at.unwrap_or(attempt.started_at));
    let why = attempt.error.as_ref().map(|error| format!("\t{}", plain(&error.message))).unwrap_or_default();
    format!("  attempt {}\t{outcome}\t{at}{why}", attempt.attempt)
}

fn jobs(ids: &[i64]) -> Option<String> {
    let all: Vec<String> = ids.iter().map(|id| format!("job {id}")).collect();
    Some(all.join(", ")).filter(|all| !all.is_empty())
}

fn priority(priority: i32) -> Option<String> {
    match priority {
        0 => None,
        RUN_NOW.. => Some("ahead of all others".to_owned()),
        other => Some(other.to_string()),
    }
}

/// A length of time in the largest unit that it is a whole number of.
fn length(ms: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")];
    let unit = UNITS.iter().find(|(unit, _)| ms % unit == 0).filter(|_| ms > 0);
    unit.map_or_else(|| format!("{ms} ms"), |(unit, name)| format!("{} {name}", ms / unit))
}

/// The start of what went in or came out; nothing where that is nothing.
fn short(value: &Value) -> Option<String> {
    match value {
        Value::Null => return None,
        Value::Object(fields) if fields.is_empty() => return None,
        _ => {}
    }
    let text = value.to_string();
    match text.char_indices().nth(SHORT) {
        Some((end, _)) => Some(format!("{}…", &text[..end])),
        None => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::tests::job;
    use super::*;
    use legible_service::api::{ErrorCode, JobView, WireError};
    use serde_json::json;

    #[test]
    fn a_job_tells_what_is_unusual_and_how_it_went() {
        let plain = JobDetail {
            job: job(7, "tidy"),
            history: vec![],
            conditions: String::new(),
            needs: vec![],
            needed_by: vec![],
            budget_ms: None,
            keep_ms: None,
            input: json!({}),
            output: Value::Null,
        };
        assert_eq!(lines(&plain, 5), ["7\ttidy\twaiting\tTidy up"]);
        let lost = AttemptView {
            attempt: 1,
            started_at: 0,
            ended_at: Some(60_000),
            outcome: Some("released".into()),
            error: Some(WireError::new(ErrorCode::Cancelled, "It has to wait for AC power.")),
        };
        let all = JobDetail {
            job: JobView {
                state: JobState::Running,
                name: Some("nightly\u{202e}".into()),
                tags: vec!["a".into(), "b".into()],
                priority: RUN_NOW,
                stopped: Some("It has to wait for AC power.".into()),
                ..job(7, "tidy")
            },
            history: vec![
                lost,
                AttemptView { attempt: 1, started_at: 120_000, ended_at: None, outcome: None, error: None },
            ],
            conditions: "on AC power".into(),
            needs: vec![3, 4],
            needed_by: vec![9],
            budget_ms: Some(7_200_000),
            keep_ms: Some(7 * 86_400_000),
            input: json!({ "folder": "/texts" }),
            output: json!({ "long": "x".repeat(500) }),
        };
        let expected = [
            "7\ttidy\trunning 0 %\tTidy up".to_owned(),
            "  name\tnightly\\u{202e}".to_owned(),
            "  tags\ta, b".to_owned(),
            "  needs\ton AC power".to_owned(),
            "  after\tjob 3, job 4".to_owned(),
            "  before\tjob 9".to_owned(),
            "  priority\tahead of all others".to_owned(),
            "  budget\t2 h for each attempt".to_owned(),
            "  kept for\t7 d".to_owned(),
            "  input\t{\"folder\":\"/texts\"}".to_owned(),
            format!("  output\t{{\"long\":\"{}…", "x".repeat(SHORT - 9)),
            format!("  attempt 1\tstopped before\t{}\tIt has to wait for AC power.", moment(60_000)),
            format!("  attempt 1\trunning since\t{}", moment(120_000)),
        ];
        assert_eq!(lines(&all, 5), expected);
    }

    #[test]
    fn lengths_have_their_largest_unit() {
        let check = |ms, expected: &str| assert_eq!(length(ms), expected);
        check(86_400_000, "1 d");
        check(90_000_000, "25 h");
        check(90_000, "90 s");
        check(120_000, "2 min");
        check(1500, "1500 ms");
    }
}
