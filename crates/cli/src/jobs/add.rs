//! `legible jobs add`: work for the queue, in steps.

use crate::args::{ACTIONS, NewJobs, choice};
use crate::needs::conditions;
use crate::output::{Exit, complain, plain, print_line, say};
use crate::paths::whole_path;
use crate::times::moment;
use anyhow::{Context, bail, ensure};
use legible_service::api::{
    Action, AddedJobs, BackoffDraft, Growth, JobState, JobView, JobsDraft, Rule, Runner, StepDraft,
};
use legible_service::{Service, parse_rule, system_zone};

/// The waits between attempts where only their growth is said, in seconds: those that jobs have anyway.
const WAITS: (u32, u32) = (10, 3600);

/// Puts work into the queue and says what will happen.
///
/// # Errors
/// When something in it cannot be used, or the database cannot.
pub async fn add(service: &Service, new: &NewJobs) -> anyhow::Result<Exit> {
    let zone = new.terms.zone.clone().unwrap_or_else(system_zone);
    let added = service.add_jobs(plan(new, &zone, service.now())?).await?;
    new.print.show(&added, |added| print_line(&words(added, service.now())))?;
    if let Some(error) = hopeless(&added).and_then(|job| job.error.as_ref()) {
        complain(error);
        return Ok(Exit::Nothing);
    }
    if added.kept.is_none() && service.runner() == Runner::Nobody {
        say("Queued. Start the app or `legible run` to work on it.");
    }
    Ok(Exit::Fine)
}

/// What was typed, as the service takes it. Times are read on the clock of `zone`, and from `now` on, in milliseconds
/// since the Unix epoch.
///
/// # Errors
/// When something of it is not to be understood; the message says what would be.
fn plan(new: &NewJobs, zone: &str, now: i64) -> anyhow::Result<JobsDraft> {
    let folder = new.terms.folder.as_deref().map(whole_path).transpose()?;
    let steps = steps(&new.steps)?;
    let exports = steps.iter().flatten().any(|action| *action == Action::Export);
    ensure!(folder.is_none() || exports, "--folder is for export only");
    let job = |action| StepDraft { action, folder: folder.clone().filter(|_| action == Action::Export) };
    Ok(JobsDraft {
        steps: steps.into_iter().map(|step| step.into_iter().map(job).collect()).collect(),
        run_at: begin(new, zone, now)?,
        now: new.now,
        zone: Some(zone.to_owned()),
        conditions: conditions(&new.terms.needs)?,
        tags: new.tag.clone(),
        name: new.name.clone(),
        policy: new.policy.unwrap_or_default(),
        priority: new.priority.unwrap_or_default(),
        attempts: new.attempts,
        backoff: new.backoff.as_deref().map(backoff).transpose()?,
        budget_seconds: new.budget.as_deref().map(|text| seconds("--budget", text)).transpose()?,
        keep_seconds: new.keep_for.as_deref().map(|text| seconds("--keep-for", text)).transpose()?,
        merge: new.merge.unwrap_or_default(),
    })
}

/// Reads `a+b then c`, with or without spaces around the plus.
fn steps(typed: &[String]) -> anyhow::Result<Vec<Vec<Action>>> {
    let text = typed.join(" ").replace('+', " + ");
    let mut steps = vec![vec![]];
    let mut before = "";
    for word in text.split_whitespace() {
        let after_work = !matches!(before, "" | "+" | "then");
        match word {
            "+" | "then" if !after_work => {
                bail!("there is no work before {word}; write like tidy+check-models then export")
            }
            "+" => {}
            "then" => steps.push(vec![]),
            work if after_work => bail!("write + or then between {before} and {work}"),
            work => steps.last_mut().unwrap_or(&mut vec![]).push(action(work)?),
        }
        before = word;
    }
    ensure!(
        !matches!(before, "+" | "then"),
        "there is no work after {before}; write like tidy+check-models then export"
    );
    Ok(steps)
}

fn action(name: &str) -> anyhow::Result<Action> {
    choice(name)
        .ok()
        .filter(|_| ACTIONS.contains(&name))
        .with_context(|| format!("{name} is no work; there are {}", ACTIONS.join(", ")))
}

fn begin(new: &NewJobs, zone: &str, now: i64) -> anyhow::Result<Option<i64>> {
    let rule = match (&new.after, &new.at) {
        (Some(wait), _) => format!("in {wait}"),
        (None, Some(time)) => format!("at {time}"),
        (None, None) => return Ok(None),
    };
    match parse_rule(&rule, zone, now)? {
        Rule::Once { at } => Ok(Some(at)),
        _ => bail!("{rule} is no time to begin; write one like --in 20m or --at \"2026-12-24 18:00\""),
    }
}

/// A length of time in seconds, as in "every 15m".
fn seconds(option: &str, text: &str) -> anyhow::Result<u32> {
    match parse_rule(&format!("every {text}"), "UTC", 0) {
        Ok(Rule::Every { seconds }) => Ok(seconds),
        _ => bail!(
            "{text} is no length of time for {option}; write one from 1 second to 10 years, like 90s, 15m, 2h or 7d"
        ),
    }
}

/// Reads `linear`, `exponential:10s` or `exponential:10s..1h`.
fn backoff(text: &str) -> anyhow::Result<BackoffDraft> {
    let (growth, waits) = text.split_once(':').map_or((text, None), |(growth, waits)| (growth, Some(waits)));
    let Ok(growth) = choice::<Growth>(growth) else {
        bail!("{growth} is neither linear nor exponential; write like exponential:10s..1h")
    };
    let (first, longest) = match waits.map(|waits| waits.split_once("..").unwrap_or((waits, ""))) {
        None => WAITS,
        Some((first, "")) => {
            let first = seconds("--backoff", first)?;
            (first, WAITS.1.max(first))
        }
        Some((first, longest)) => (seconds("--backoff", first)?, seconds("--backoff", longest)?),
    };
    Ok(BackoffDraft { growth, first_seconds: first, longest_seconds: longest })
}

/// What will happen, in one line.
fn words(added: &AddedJobs, now: i64) -> String {
    if let Some(holder) = &added.kept {
        let name = holder.name.as_deref().map(plain).unwrap_or_default();
        return format!("Job {} {} holds the name {name} and is kept; nothing was added", holder.id, holder.kind);
    }
    let step = |jobs: &Vec<JobView>| listed(jobs.iter().map(|job| format!("{} {}", job.id, job.kind)).collect());
    let steps: Vec<String> = added.steps.iter().map(step).collect();
    let first = added.steps.first().map_or(&[][..], Vec::as_slice);
    let mut words = format!("Job {}", steps.join(", then "));
    if let Some(at) = first.iter().filter_map(|job| job.run_at).max().filter(|at| *at > now) {
        words += &format!("; begins {}", moment(at));
    }
    let mut needs: Vec<&str> = Vec::new();
    for need in first.iter().flat_map(|job| &job.waiting_for) {
        if !needs.contains(&need.as_str()) {
            needs.push(need);
        }
    }
    if !needs.is_empty() {
        words += &format!("; waits for {}", plain(&needs.join(", ")));
    }
    if let Some(job) = hopeless(added) {
        words += if job.state == JobState::Failed { "; failed at once" } else { "; cancelled at once" };
    }
    words
}

/// A first job that ended the moment it came: it was appended to what had failed or was cancelled.
fn hopeless(added: &AddedJobs) -> Option<&JobView> {
    added.steps.first()?.iter().find(|job| matches!(job.state, JobState::Failed | JobState::Cancelled))
}

/// `a`, `a and b`, `a, b and c`.
fn listed(mut all: Vec<String>) -> String {
    match all.pop() {
        Some(last) if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        last => last.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::tests::job;
    use super::*;
    use legible_service::api::{Conditions, Merge, NamePolicy};

    const NOW: i64 = 1_790_000_000_000; // 2026-09-21 14:13:20 UTC

    fn typed(words: &str) -> NewJobs {
        NewJobs { steps: words.split(' ').map(str::to_owned).collect(), ..NewJobs::default() }
    }

    fn planned(new: NewJobs) -> Result<JobsDraft, String> {
        plan(&new, "Europe/Berlin", NOW).map_err(|error| error.to_string())
    }

    #[test]
    fn steps_are_read() {
        use Action::{CheckLibrary, CheckModels, FindDuplicates, Tidy};
        let check = |words: &str, expected: &[&[Action]]| {
            let seen = steps(&typed(words).steps).map_err(|error| error.to_string());
            assert_eq!(seen, Ok(expected.iter().map(|step| step.to_vec()).collect()), "{words}");
        };
        check("tidy", &[&[Tidy]]);
        check("check-models+find-duplicates then tidy", &[&[CheckModels, FindDuplicates], &[Tidy]]);
        check("check-models + tidy", &[&[CheckModels, Tidy]]);
        check("tidy then check-models then check-library", &[&[Tidy], &[CheckModels], &[CheckLibrary]]);
        let check = |words: &str, expected: &str| {
            let said = steps(&typed(words).steps).unwrap_err().to_string();
            assert!(said.contains(expected), "{words}: {said}");
        };
        check("dance", "dance is no work; there are read-new, read-newer-model");
        check("check_models", "check_models is no work");
        check("tidy export", "write + or then between tidy and export");
        check("then tidy", "no work before then");
        check("tidy then", "no work after then");
        check("tidy+", "no work after +");
        check("tidy++export", "no work before +");
        check("tidy then then export", "no work before then");
    }

    #[test]
    fn what_is_typed_becomes_a_draft() {
        let check = |new: NewJobs, expected: &dyn Fn(JobsDraft) -> JobsDraft| {
            let plain = JobsDraft {
                steps: vec![vec![StepDraft { action: Action::Tidy, folder: None }]],
                zone: Some("Europe/Berlin".into()),
                ..JobsDraft::default()
            };
            assert_eq!(planned(new), Ok(expected(plain)));
        };
        let text = |text: &str| Some(text.to_owned());
        check(typed("tidy"), &|draft| draft);
        check(NewJobs { after: text("20m"), ..typed("tidy") }, &|draft| JobsDraft {
            run_at: Some(NOW + 1_200_000),
            ..draft
        });
        let christmas = Some(1_798_131_600_000);
        check(NewJobs { at: text("2026-12-24 18:00"), ..typed("tidy") }, &|draft| JobsDraft {
            run_at: christmas,
            ..draft
        });
        let mut on_power = typed("tidy");
        on_power.terms.needs = vec!["ac".into()];
        let conditions = Conditions { ac_power: true, ..Conditions::default() };
        check(on_power, &|draft| JobsDraft { conditions: conditions.clone(), ..draft });
        let named =
            NewJobs { name: text("night"), policy: Some(NamePolicy::Append), tag: vec!["a".into()], ..typed("tidy") };
        check(named, &|draft| JobsDraft {
            name: text("night"),
            policy: NamePolicy::Append,
            tags: vec!["a".into()],
            ..draft
        });
        let limits = NewJobs { budget: text("2h"), keep_for: text("7d"), attempts: Some(9), ..typed("tidy") };
        check(limits, &|draft| JobsDraft {
            budget_seconds: Some(7200),
            keep_seconds: Some(604_800),
            attempts: Some(9),
            ..draft
        });
        check(NewJobs { now: true, merge: Some(Merge::Collect), ..typed("tidy") }, &|draft| JobsDraft {
            now: true,
            merge: Merge::Collect,
            ..draft
        });
        let waits =
            |growth, first_seconds, longest_seconds| Some(BackoffDraft { growth, first_seconds, longest_seconds });
        let backoff = |given: &str| NewJobs { backoff: text(given), ..typed("tidy") };
        check(backoff("linear"), &|draft| JobsDraft { backoff: waits(Growth::Linear, 10, 3600), ..draft });
        check(backoff("linear:2h"), &|draft| JobsDraft { backoff: waits(Growth::Linear, 7200, 7200), ..draft });
        check(backoff("exponential:1s..5m"), &|draft| JobsDraft {
            backoff: waits(Growth::Exponential, 1, 300),
            ..draft
        });
    }

    #[test]
    fn the_folder_goes_to_exports() {
        let mut new = typed("tidy then export");
        new.terms.folder = Some("/texts".into());
        let steps = planned(new).unwrap().steps;
        assert_eq!((&steps[0][0].folder, steps[1][0].folder.as_deref()), (&None, Some("/texts")));
        let mut new = typed("tidy");
        new.terms.folder = Some("/texts".into());
        assert_eq!(planned(new), Err("--folder is for export only".to_owned()));
    }

    #[test]
    fn what_is_not_understood_says_what_would_be() {
        let check = |new: NewJobs, expected: &str| {
            let said = planned(new).unwrap_err();
            assert!(said.contains(expected), "{said}");
        };
        let text = |text: &str| Some(text.to_owned());
        check(NewJobs { after: text("soon"), ..typed("tidy") }, "90s");
        check(NewJobs { after: text("-5m"), ..typed("tidy") }, "90s");
        check(NewJobs { at: text("2020-01-01 10:00"), ..typed("tidy") }, "has passed");
        check(NewJobs { budget: text("0s"), ..typed("tidy") }, "0s is no length of time for --budget");
        check(NewJobs { keep_for: text("ever"), ..typed("tidy") }, "ever is no length of time for --keep-for");
        check(NewJobs { backoff: text("sometimes"), ..typed("tidy") }, "neither linear nor exponential");
        check(NewJobs { backoff: text("linear:x..1h"), ..typed("tidy") }, "x is no length of time for --backoff");
    }

    #[test]
    fn what_will_happen_is_said_in_words() {
        let check = |added: AddedJobs, expected: &str| assert_eq!(words(&added, NOW), expected);
        let steps = |steps| AddedJobs { steps, kept: None };
        check(steps(vec![vec![job(12, "tidy")]]), "Job 12 tidy");
        let waits = |id, kind| JobView { waiting_for: vec!["job 9".into(), "AC power".into()], ..job(id, kind) };
        let blocked = JobView { waiting_for: vec!["job 12".into()], ..job(14, "export") };
        check(
            steps(vec![vec![waits(12, "check-models"), waits(13, "find-duplicates")], vec![blocked]]),
            "Job 12 check-models and 13 find-duplicates, then 14 export; waits for job 9, AC power",
        );
        let later = JobView { run_at: Some(NOW + 60_000), ..job(12, "tidy") };
        check(steps(vec![vec![later]]), &format!("Job 12 tidy; begins {}", moment(NOW + 60_000)));
        let holder = JobView { name: Some("night".into()), ..job(9, "tidy") };
        let kept = AddedJobs { steps: vec![], kept: Some(holder) };
        check(kept, "Job 9 tidy holds the name night and is kept; nothing was added");
        let cancelled = JobView { state: JobState::Cancelled, ..job(12, "tidy") };
        check(steps(vec![vec![cancelled]]), "Job 12 tidy; cancelled at once");
    }
}
