//! `legible jobs`, `pause` and `resume`.

use crate::args::{Choice, Jobs, Of, One};
use crate::output::{Exit, plain, print_json, print_line, say};
use crate::{context, watch};
use legible_service::api::{JobId, JobState, JobView, JobsQuery, NoArgs, SetPaused, Touched};

/// Looks at the queue or changes it.
///
/// # Errors
/// When there is no such job or the database cannot be used.
pub async fn jobs(verb: Jobs) -> anyhow::Result<Exit> {
    context::log("warn");
    let service = context::service(false)?;
    match verb {
        Jobs::List { state, of, limit, print } => {
            let page = service.jobs(JobsQuery { states: state, limit, ..query_of(&of) }).await?;
            if print.json {
                print_json(&page)?;
            } else {
                page.jobs.iter().try_for_each(|job| print_line(&line(job)))?;
                if service.status(NoArgs {}).await?.paused {
                    say("Paused: work waits until `legible resume`.");
                }
            }
            Ok(Exit::Fine)
        }
        Jobs::Show(One { id, print }) => {
            let detail = service.job(JobId { id }).await?;
            if print.json {
                print_json(&detail)?;
                return Ok(Exit::Fine);
            }
            print_line(&line(&detail.job))?;
            for attempt in &detail.history {
                let outcome = attempt.outcome.as_deref().unwrap_or("running");
                let why =
                    attempt.error.as_ref().map(|error| format!(": {}", plain(&error.message))).unwrap_or_default();
                print_line(&format!("  attempt {}\t{outcome}{why}", attempt.attempt))?;
            }
            if let Some(hint) = detail.job.error.and_then(|error| error.hint) {
                print_line(&format!("  {hint}"))?;
            }
            Ok(Exit::Fine)
        }
        Jobs::Cancel(choice) => {
            let states = vec![JobState::Enqueued, JobState::Blocked, JobState::Running];
            let touched = service.cancel_jobs(query(&choice, states)).await?;
            told(&choice, touched, "cancelled")
        }
        Jobs::Retry(choice) => {
            let touched = service.retry_jobs(query(&choice, vec![JobState::Failed, JobState::Cancelled])).await?;
            told(&choice, touched, "started again")
        }
        Jobs::Now(choice) => {
            let touched = service.run_jobs_now(query(&choice, vec![JobState::Enqueued, JobState::Blocked])).await?;
            told(&choice, touched, "moved ahead")
        }
        Jobs::Prune(choice) => {
            let ended = vec![JobState::Succeeded, JobState::Failed, JobState::Cancelled];
            let touched = service.prune_jobs(query(&choice, ended)).await?;
            told(&choice, touched, "forgotten")
        }
        Jobs::Watch { json } => watch::watch(service, json).await,
    }
}

/// Pauses or resumes all work.
///
/// # Errors
/// When the database cannot be used.
pub async fn pause(paused: bool) -> anyhow::Result<Exit> {
    context::log("warn");
    context::service(false)?.set_paused(SetPaused { paused }).await?;
    Ok(Exit::Fine)
}

fn query(choice: &Choice, states: Vec<JobState>) -> JobsQuery {
    JobsQuery { ids: choice.ids.clone(), states, ..query_of(&choice.of) }
}

fn query_of(of: &Of) -> JobsQuery {
    let Of { tag, name, schedule, kind } = of.clone();
    JobsQuery { tag, unique: name, schedule, kinds: kind, ..Default::default() }
}

fn told(choice: &Choice, touched: Touched, what: &str) -> anyhow::Result<Exit> {
    choice.print.show(&touched, |touched| print_line(&format!("{} {what}", touched.count)))?;
    Ok(if touched.count == 0 { Exit::Nothing } else { Exit::Fine })
}

/// A job on one line.
pub fn line(job: &JobView) -> String {
    let why = job.error.as_ref().map(|error| &error.message).or(job.stopped.as_ref());
    let came = Some(&job.words).filter(|words| job.state == JobState::Succeeded && !words.is_empty());
    let why = why.or(came).map(|why| format!("\t{}", plain(why))).unwrap_or_default();
    let state = match job.state {
        JobState::Enqueued | JobState::Blocked if job.waiting_for.is_empty() => "waiting".to_owned(),
        JobState::Enqueued | JobState::Blocked => format!("waiting for {}", job.waiting_for.join(", ")),
        JobState::Running => format!("running {:.0} %", job.fraction * 100.0),
        JobState::Succeeded => "done".to_owned(),
        JobState::Failed => "failed".to_owned(),
        JobState::Cancelled => "cancelled".to_owned(),
    };
    format!("{}\t{}\t{state}\t{}{why}", job.id, job.kind, plain(&job.title))
}
