//! Work that a person asks for once, as the queue takes it.

use crate::api;
use crate::clock::millis;
use crate::error::{Error, Result};
use crate::limits::{RUN_ATTEMPTS, RUN_BUDGET};
use crate::schedules::{conditions, kind_of, payload, system_zone, title_of, zone};
use legible_jobs::{Backoff, BackoffKind, Chain, Conditions, Merger, NewJob, RUN_NOW, UniquePolicy};

/// The least and the most urgent priority that a person may choose; [`RUN_NOW`] is far above.
const PRIORITIES: std::ops::RangeInclusive<i32> = -1000..=1000;

/// What is to be enqueued, as one.
#[derive(Debug, PartialEq)]
pub struct Plan {
    /// The jobs.
    pub chain: Chain,
    /// The name that they hold together, and what happens when it is held.
    pub unique: Option<(String, UniquePolicy)>,
}

/// The plan for what a person asked for.
///
/// # Errors
/// When something in it cannot be used; the message says what, and what would be right.
pub fn plan(draft: &api::JobsDraft, now: i64) -> Result<Plan> {
    let common = common(draft, now)?;
    let mut steps = draft.steps.iter().map(|step| jobs(step, &common));
    let first = steps.next().ok_or_else(|| refused("say what is to be done"))??;
    let first = first.into_iter().map(|job| NewJob { run_at: begin(draft, now), ..job });
    let chain = steps.try_fold(Chain::begin(first), |chain, step| Ok::<_, Error>(chain.then(step?)))?;
    Ok(Plan { chain, unique: unique(draft)? })
}

/// How many jobs each step of the draft has.
pub fn widths(draft: &api::JobsDraft) -> Vec<usize> {
    draft.steps.iter().map(Vec::len).collect()
}

/// What all jobs of the draft have in common.
fn common(draft: &api::JobsDraft, now: i64) -> Result<NewJob> {
    if !PRIORITIES.contains(&draft.priority) {
        let (least, most) = (PRIORITIES.start(), PRIORITIES.end());
        return Err(refused(&format!("{} is no priority; choose one from {least} to {most}", draft.priority)));
    }
    if draft.budget_seconds == Some(0) {
        return Err(refused("an attempt must be given at least 1 second"));
    }
    if draft.attempts == Some(0) {
        return Err(refused("a job must be tried at least once"));
    }
    // Also where nothing comes of them: what cannot be used is no less wrong with `now`.
    let zone = zone(&draft.zone.clone().unwrap_or_else(system_zone))?;
    let needed = conditions(&draft.conditions, zone.name())?;
    let budget_ms = draft.budget_seconds.map_or(millis(RUN_BUDGET), |seconds| i64::from(seconds) * 1000);
    Ok(NewJob {
        tags: draft.tags.clone(),
        priority: if draft.now { RUN_NOW } else { draft.priority },
        conditions: if draft.now { Conditions::default() } else { needed },
        max_attempts: draft.attempts.unwrap_or(RUN_ATTEMPTS),
        backoff: draft.backoff.map_or(Ok(Backoff::default()), backoff)?,
        budget_ms: Some(budget_ms),
        keep_ms: draft.keep_seconds.map(|seconds| i64::from(seconds) * 1000),
        merger: match draft.merge {
            api::Merge::Overwrite => Merger::Overwriting,
            api::Merge::Collect => Merger::ArrayCreating,
        },
        ..NewJob::new("", serde_json::Value::Null, now)
    })
}

fn jobs(step: &[api::StepDraft], common: &NewJob) -> Result<Vec<NewJob>> {
    if step.is_empty() {
        return Err(refused("say what is to be done in each step"));
    }
    let job = |one: &api::StepDraft| {
        if one.folder.is_some() && one.action != api::Action::Export {
            return Err(refused("only an export writes to a folder"));
        }
        Ok(NewJob {
            kind: kind_of(one.action).to_owned(),
            title: title_of(one.action),
            payload: payload(one.action, one.folder.as_deref(), true)?,
            ..common.clone()
        })
    };
    step.iter().map(job).collect()
}

/// When the first step may begin.
fn begin(draft: &api::JobsDraft, now: i64) -> i64 {
    draft.run_at.filter(|_| !draft.now).map_or(now, |at| at.max(now))
}

fn backoff(draft: api::BackoffDraft) -> Result<Backoff> {
    if draft.longest_seconds < draft.first_seconds {
        return Err(refused("the longest wait between attempts must not be shorter than the first"));
    }
    Ok(Backoff {
        initial_ms: i64::from(draft.first_seconds) * 1000,
        max_ms: i64::from(draft.longest_seconds) * 1000,
        kind: match draft.growth {
            api::Growth::Linear => BackoffKind::Linear,
            api::Growth::Exponential => BackoffKind::Exponential,
        },
    })
}

fn unique(draft: &api::JobsDraft) -> Result<Option<(String, UniquePolicy)>> {
    let Some(name) = &draft.name else { return Ok(None) };
    let name = name.trim();
    if name.is_empty() {
        return Err(refused("a name must not be empty"));
    }
    // Such as `schedule:7`: the program names its own jobs so, and work under such a name would be in their way.
    if name.contains(':') {
        return Err(refused(&format!("the name {name} must not have a colon in it; the program's own names do")));
    }
    let policy = match draft.policy {
        api::NamePolicy::Keep => UniquePolicy::Keep,
        api::NamePolicy::Replace => UniquePolicy::Replace,
        api::NamePolicy::Append => UniquePolicy::Append,
        api::NamePolicy::AppendOrReplace => UniquePolicy::AppendOrReplace,
    };
    Ok(Some((name.to_owned(), policy)))
}

fn refused(problem: &str) -> Error {
    Error::BadRequest(problem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Action, BackoffDraft, Growth, JobsDraft, Merge, NamePolicy, StepDraft};
    use serde_json::json;

    const NOW: i64 = 1_000_000;

    fn step(actions: &[Action]) -> Vec<StepDraft> {
        actions.iter().map(|action| StepDraft { action: *action, folder: None }).collect()
    }

    fn draft(steps: &[&[Action]]) -> JobsDraft {
        JobsDraft { steps: steps.iter().map(|actions| step(actions)).collect(), ..JobsDraft::default() }
    }

    /// A job as a draft without wishes makes it.
    fn job(kind: &str, title: &str) -> NewJob {
        let six_hours = Some(6 * 3_600_000);
        NewJob { title: title.into(), max_attempts: 3, budget_ms: six_hours, ..NewJob::new(kind, json!({}), NOW) }
    }

    fn tidy() -> NewJob {
        job("tidy", "Tidy up the trash and old files")
    }

    fn models() -> NewJob {
        job("check-models", "Check the models")
    }

    #[test]
    fn steps_wait_for_all_of_the_step_before() {
        let check = |draft: JobsDraft, expected: Chain| {
            assert_eq!(plan(&draft, NOW).unwrap(), Plan { chain: expected, unique: None });
        };
        check(draft(&[&[Action::Tidy]]), Chain::begin([tidy()]));
        let alike = || job("find-duplicates", "Find images that look alike");
        let steps: &[&[Action]] = &[&[Action::CheckModels, Action::Tidy], &[Action::FindDuplicates]];
        check(draft(steps), Chain::begin([models(), tidy()]).then([alike()]));
        assert_eq!(widths(&draft(steps)), [2, 1]);
        // Only the first step has to wait for the time: the others wait for it.
        let later = JobsDraft { run_at: Some(NOW + 5), ..draft(&[&[Action::CheckModels], &[Action::Tidy]]) };
        check(later, Chain::begin([NewJob { run_at: NOW + 5, ..models() }]).then([tidy()]));
    }

    #[test]
    fn what_is_wished_for_holds_for_each_job() {
        let check = |draft: JobsDraft, expected: &dyn Fn(NewJob) -> NewJob| {
            let steps = draft.steps.clone();
            assert_eq!(steps, [step(&[Action::CheckModels]), step(&[Action::Tidy])]);
            let chain = Chain::begin([expected(models())]).then([expected(tidy())]);
            assert_eq!(plan(&draft, NOW).unwrap().chain, chain);
        };
        let two = || draft(&[&[Action::CheckModels], &[Action::Tidy]]);
        let needs = || api::Conditions { ac_power: true, ..api::Conditions::default() };
        let on_power = || Conditions { ac_power: true, ..Conditions::default() };
        check(JobsDraft { conditions: needs(), ..two() }, &|job| NewJob { conditions: on_power(), ..job });
        check(JobsDraft { tags: vec!["night".into()], priority: -7, ..two() }, &|job| NewJob {
            tags: vec!["night".into()],
            priority: -7,
            ..job
        });
        let backoff = BackoffDraft { growth: Growth::Linear, first_seconds: 5, longest_seconds: 60 };
        let given = JobsDraft { attempts: Some(9), backoff: Some(backoff), ..two() };
        check(given, &|job| NewJob {
            max_attempts: 9,
            backoff: Backoff { initial_ms: 5000, max_ms: 60_000, kind: BackoffKind::Linear },
            ..job
        });
        let given = JobsDraft { budget_seconds: Some(7200), keep_seconds: Some(60), merge: Merge::Collect, ..two() };
        check(given, &|job| NewJob {
            budget_ms: Some(7_200_000),
            keep_ms: Some(60_000),
            merger: Merger::ArrayCreating,
            ..job
        });
        let at_once = JobsDraft { now: true, run_at: Some(NOW + 5), conditions: needs(), ..two() };
        check(at_once, &|job| NewJob { priority: RUN_NOW, ..job });
    }

    #[test]
    fn a_name_is_held_by_the_whole() {
        let check = |policy, expected| {
            let draft = JobsDraft { name: Some(" nightly ".into()), policy, ..draft(&[&[Action::Tidy]]) };
            assert_eq!(plan(&draft, NOW).unwrap().unique, Some(("nightly".to_owned(), expected)));
        };
        check(NamePolicy::Keep, UniquePolicy::Keep);
        check(NamePolicy::Replace, UniquePolicy::Replace);
        check(NamePolicy::Append, UniquePolicy::Append);
        check(NamePolicy::AppendOrReplace, UniquePolicy::AppendOrReplace);
    }

    #[test]
    fn what_cannot_be_used_says_what_would_be_right() {
        let check = |draft: JobsDraft, expected: &str| {
            let said = plan(&draft, NOW).unwrap_err().to_string();
            assert!(said.contains(expected), "{said}");
        };
        let one = || draft(&[&[Action::Tidy]]);
        check(JobsDraft::default(), "say what is to be done");
        check(draft(&[&[Action::Tidy], &[]]), "in each step");
        check(JobsDraft { priority: RUN_NOW, ..one() }, "from -1000 to 1000");
        check(JobsDraft { budget_seconds: Some(0), ..one() }, "at least 1 second");
        check(JobsDraft { attempts: Some(0), ..one() }, "at least once");
        check(JobsDraft { name: Some(" ".into()), ..one() }, "must not be empty");
        check(JobsDraft { name: Some("schedule:1".into()), ..one() }, "colon");
        check(JobsDraft { zone: Some("Mars/Olympus".into()), ..one() }, "Mars/Olympus");
        let backoff = Some(BackoffDraft { growth: Growth::Linear, first_seconds: 60, longest_seconds: 5 });
        check(JobsDraft { backoff, ..one() }, "not be shorter");
        check(draft(&[&[Action::Export]]), "choose the folder");
        let folder = Some("/texts".to_owned());
        check(JobsDraft { steps: vec![vec![StepDraft { action: Action::Tidy, folder }]], ..one() }, "only an export");
        let hours = Some(api::Hours { from: "22:00".into(), to: "22:00".into() });
        let conditions = api::Conditions { hours, ..api::Conditions::default() };
        check(JobsDraft { conditions, now: true, ..one() }, "22:00");
    }
}
