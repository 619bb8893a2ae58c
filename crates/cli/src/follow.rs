//! Staying with one group of jobs until it ends, with its progress on the terminal.

use crate::output::{Exit, complain, end_progress, plain, say, show_progress};
use legible_service::Service;
use legible_service::api::{JobState, JobsQuery};
use std::collections::HashSet;
use std::time::Duration;
use tokio::sync::watch;

/// How often the group is looked at when no event says that it went on.
const LOOK: Duration = Duration::from_millis(500);

/// Runs the service, or follows the process that does, until the group ended; then tells what failed.
///
/// # Errors
/// When the service fails, or when nothing of the group can go on until a person does something.
pub async fn group(service: Service, id: i64) -> anyhow::Result<Exit> {
    let mut events = service.subscribe();
    let mut told = HashSet::new();
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn({
        let service = service.clone();
        async move { service.run(stopped).await }
    });
    let mut standstill = None;
    let ended = loop {
        let group = service.group(id).await?;
        show_progress(&format!("{} of {} read, {} failed", group.done, group.images, group.failed));
        tell_setbacks(&service, id, &mut told).await?;
        if group.ended_at.is_some() {
            break group;
        }
        if running.is_finished() {
            break group;
        }
        standstill = service.standstill(Some(id)).await?;
        if standstill.is_some() {
            break group;
        }
        // Whichever comes first; a missed event costs half a second.
        let _ = tokio::time::timeout(LOOK, events.recv()).await;
    };
    end_progress();
    let _ = stop.send(true);
    running.await??;
    let failed = JobsQuery { group: Some(id), states: vec![JobState::Failed], ..Default::default() };
    for job in service.jobs(failed).await?.jobs {
        if let Some(mut error) = job.error {
            error.message = format!("{}: {}", job.title, error.message);
            complain(&error);
        }
    }
    if let Some(error) = standstill {
        return Err(error.into());
    }
    if ended.restored > 0 || ended.unusable > 0 {
        say(&format!("{}.", plain(&ended.outcome())));
    }
    Ok(if ended.failed > 0 || ended.unusable > 0 { Exit::SomeFailed } else { Exit::Fine })
}

/// Tells each error for which a job of the group waits to be tried again, once.
async fn tell_setbacks(service: &Service, group: i64, told: &mut HashSet<String>) -> anyhow::Result<()> {
    let waiting = JobsQuery { group: Some(group), states: vec![JobState::Enqueued], ..Default::default() };
    for job in service.jobs(waiting).await?.jobs {
        let Some(mut error) = job.error.filter(|error| told.insert(error.message.clone())) else { continue };
        error.message = format!("{}: {} It is tried again.", job.title, sentence(&error.message));
        complain(&error);
    }
    Ok(())
}

fn sentence(message: &str) -> String {
    format!("{}.", message.trim_end_matches('.'))
}
