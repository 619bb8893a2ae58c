//! `legible workers`: what runs just now.

use crate::args::Workers;
use crate::context;
use crate::output::{Exit, plain, print_line};
use legible_service::api::{self, ControlWorker, NoArgs, WorkerAction, WorkerState};

/// Lists workers, or pauses, resumes or stops one.
///
/// # Errors
/// When there is no such worker or the database cannot be used.
pub async fn workers(verb: Workers) -> anyhow::Result<Exit> {
    context::log("warn");
    let service = context::service(false)?;
    let (id, action, what) = match verb {
        Workers::List(print) => {
            let workers = service.workers(NoArgs {}).await?;
            print.show(&workers, |all| all.workers.iter().try_for_each(|worker| print_line(&line(worker))))?;
            return Ok(if workers.workers.is_empty() { Exit::Nothing } else { Exit::Fine });
        }
        Workers::Pause { id } => (id, WorkerAction::Pause, "is told to rest"),
        Workers::Resume { id } => (id, WorkerAction::Resume, "is told to go on"),
        Workers::Stop { id } => (id, WorkerAction::Kill, "is told to stop"),
    };
    service.control_worker(ControlWorker { id, action }).await?;
    print_line(&format!("worker {id} {what}"))?;
    Ok(Exit::Fine)
}

fn line(worker: &api::WorkerView) -> String {
    let state = match worker.state {
        WorkerState::Running => "running",
        WorkerState::Paused => "paused",
        WorkerState::Stopping => "stopping",
    };
    format!("{}\t{state}\t{}", worker.id, plain(&worker.what))
}
