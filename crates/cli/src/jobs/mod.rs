//! `legible jobs`, `pause` and `resume`.

mod add;
mod line;
mod show;
mod watch;

pub use line::line;

use crate::args::{Choice, Jobs, Of, One};
use crate::context;
use crate::output::{Exit, print_line, say};
use crate::times::moment;
use legible_service::api::{JobId, JobState, JobsPage, JobsQuery, NoArgs, SetPaused, Touched};

/// What is said while the queue is paused.
const PAUSED: &str = "Paused: work waits until `legible resume`.";

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
            let paused = service.status(NoArgs {}).await?.paused;
            print.show(&page, |page| list(page, paused, service.now()))?;
            Ok(Exit::Fine)
        }
        Jobs::Show(One { id, print }) => {
            let detail = service.job(JobId { id }).await?;
            print.show(&detail, |detail| {
                show::lines(detail, service.now()).iter().try_for_each(|line| print_line(line))
            })?;
            Ok(Exit::Fine)
        }
        Jobs::Add(new) => add::add(&service, &new).await,
        Jobs::Cancel(choice) => {
            let states = vec![JobState::Enqueued, JobState::Blocked, JobState::Running];
            let touched = service.cancel_jobs(query(&choice, states)).await?;
            told(&choice, touched, "cancelled", "waits or runs")
        }
        Jobs::Retry(choice) => {
            let touched = service.retry_jobs(query(&choice, vec![JobState::Failed, JobState::Cancelled])).await?;
            told(&choice, touched, "started again", "has failed or was cancelled")
        }
        Jobs::Now(choice) => {
            let touched = service.run_jobs_now(query(&choice, vec![JobState::Enqueued, JobState::Blocked])).await?;
            told(&choice, touched, "moved ahead", "waits")
        }
        Jobs::Prune(choice) => {
            let ended = vec![JobState::Succeeded, JobState::Failed, JobState::Cancelled];
            let touched = service.prune_jobs(query(&choice, ended)).await?;
            told(&choice, touched, "forgotten", "has ended and may be forgotten")
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
    say(if paused { PAUSED } else { "Work goes on." });
    Ok(Exit::Fine)
}

fn list(page: &JobsPage, paused: bool, now: i64) -> anyhow::Result<()> {
    page.jobs.iter().try_for_each(|job| print_line(&line(job, now)))?;
    if paused {
        say(PAUSED);
    }
    // Of interest to whoever wonders about what was cancelled.
    if let Some(at) = page.cancelled_all_at.filter(|_| page.jobs.iter().any(|job| job.state == JobState::Cancelled)) {
        say(&format!("All work was last cancelled {}.", moment(at)));
    }
    Ok(())
}

fn query(choice: &Choice, states: Vec<JobState>) -> JobsQuery {
    JobsQuery { ids: choice.ids.clone(), states, ..query_of(&choice.of) }
}

fn query_of(of: &Of) -> JobsQuery {
    let Of { tag, name, schedule, kind } = of.clone();
    JobsQuery { tag, unique: name, schedule, kinds: kind, ..Default::default() }
}

/// Tells how many jobs were changed. If none was, `state` says what it would have taken.
fn told(choice: &Choice, touched: Touched, what: &str, state: &str) -> anyhow::Result<Exit> {
    choice.print.show(&touched, |touched| print_line(&format!("{} {what}", touched.count)))?;
    if touched.count > 0 {
        return Ok(Exit::Fine);
    }
    say(&format!("No job of your choice {state}."));
    Ok(Exit::Nothing)
}
