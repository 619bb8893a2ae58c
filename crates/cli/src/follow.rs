//! Staying with one group of jobs until it ends, with its progress on the terminal.

use crate::output::{Exit, complain, end_progress, plain, print_line, say, show_progress};
use crate::signals::interrupted;
use anyhow::{anyhow, ensure};
use legible_service::Service;
use legible_service::api::{ErrorCode, ItemQuery, JobState, JobsQuery, NoArgs, SourceRef, StorageView};
use std::collections::HashSet;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::watch;

/// How long one wait for a text lasts, before it is looked whether it can still come.
const PATIENCE: Duration = Duration::from_secs(2);

/// What who ends this program is told. What it did goes on with the next process, where it was handed over.
const INTERRUPTED: &str =
    "This waits no longer. What is not done goes on where Legible runs, or with the next `legible run`.";

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
    let (mut standstill, mut was_interrupted, mut interrupt) = (None, false, pin!(interrupted()));
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
        tokio::select! {
            _ = tokio::time::timeout(LOOK, events.recv()) => {}
            () = &mut interrupt => {
                was_interrupted = true;
                break group;
            }
        }
    };
    end_progress();
    let _ = stop.send(true);
    running.await??;
    ensure!(!was_interrupted, INTERRUPTED);
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
    if ended.unusable > 0 {
        let worked = JobsQuery { group: Some(id), states: vec![JobState::Succeeded], ..Default::default() };
        let rebuilt = service.jobs(worked).await?.jobs.into_iter().filter(|job| job.kind == "rebuild");
        rebuilt.filter(|job| !job.words.is_empty()).for_each(|job| say(&plain(&job.words)));
    }
    if ended.restored > 0 || ended.unusable > 0 {
        say(&format!("{}.", plain(&ended.outcome())));
    }
    Ok(if ended.failed > 0 || ended.unusable > 0 { Exit::SomeFailed } else { Exit::Fine })
}

/// Runs the service, or follows the process that does, until an item was read; returns its text.
///
/// # Errors
/// When the service fails, the item cannot be read, or nothing can go on until a person does something.
pub async fn reading(service: Service, item: i64) -> anyhow::Result<String> {
    let text = while_running(&service, async {
        loop {
            if let Some(text) = service.text_of(item, PATIENCE).await? {
                return Ok(text);
            }
            let view = service.item(ItemQuery { id: item, query: String::new() }).await?;
            if let Some(problem) = view.card.problem {
                return Err(problem.into());
            }
            if let Some(error) = service.standstill(None).await? {
                return Err(error.into());
            }
        }
    });
    text.await
}

/// Runs the service, or follows the process that does, until these looks ended, each a source and its job; tells what each
/// found.
///
/// # Errors
/// When the service fails.
pub async fn looks(service: Service, asked: &[(i64, i64)]) -> anyhow::Result<Exit> {
    let mut events = service.subscribe();
    let looked = while_running(&service, async {
        let mut exit = Exit::Fine;
        for (id, job) in asked {
            let look = loop {
                let looks = service.looks(SourceRef { id: *id }).await?.looks;
                match looks.into_iter().find(|look| look.job == *job) {
                    None => break None,
                    Some(look) if look.finished_at.is_some() => break Some(look),
                    Some(_) => drop(tokio::time::timeout(LOOK, events.recv()).await),
                }
            };
            let Some(look) = look else { continue };
            match look.error.filter(|_| look.state == JobState::Failed) {
                Some(error) => {
                    complain(&error);
                    if error.code == ErrorCode::SignIn {
                        say(&format!("Sign in again: `legible sources sign-in {id}`."));
                    }
                    exit = Exit::SomeFailed;
                }
                None => print_line(&format!("{id}\t{}", plain(&look.words)))?,
            }
        }
        Ok(exit)
    });
    looked.await
}

/// Runs the service, or follows the process that does, until these jobs ended, each with its storage; gives the storages as they are
/// then.
///
/// # Errors
/// When the service fails.
pub async fn storages(service: &Service, asked: &[(i64, i64)]) -> anyhow::Result<Vec<StorageView>> {
    let mut events = service.subscribe();
    let synced = while_running(service, async {
        let mut ended = Vec::new();
        for &(id, mut job) in asked {
            let storage = loop {
                let all = service.storages(NoArgs {}).await?.storages;
                let Some(storage) = all.into_iter().find(|storage| storage.id == id) else { break None };
                match storage.job {
                    Some(going) if going == job => {
                        show_progress(storage.doing.as_deref().unwrap_or("waiting"));
                        drop(tokio::time::timeout(LOOK, events.recv()).await);
                    }
                    // Somebody else asked for the same before it began.
                    Some(other) if gave_way(service, job).await? => job = other,
                    _ => break Some(storage),
                }
            };
            ended.extend(storage);
        }
        end_progress();
        Ok(ended)
    });
    synced.await
}

/// Whether a job was cancelled before it began.
async fn gave_way(service: &Service, job: i64) -> anyhow::Result<bool> {
    let query = JobsQuery { ids: vec![job], states: vec![JobState::Cancelled], ..Default::default() };
    Ok(service.jobs(query).await?.jobs.iter().any(|job| job.started_at.is_none()))
}

/// Does work that needs the service to run.
async fn while_running<T>(service: &Service, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let (stop, stopped) = watch::channel(false);
    let runs = service.clone();
    let mut running = tokio::spawn(async move { runs.run(stopped).await });
    let done = tokio::select! {
        done = work => done,
        () = interrupted() => Err(anyhow!(INTERRUPTED)),
        ended = &mut running => {
            ended??;
            anyhow::bail!("the background service ended by itself")
        }
    };
    let _ = stop.send(true);
    running.await??;
    done
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
