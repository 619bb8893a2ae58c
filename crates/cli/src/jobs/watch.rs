//! `legible jobs watch`: what happens to jobs, as it happens.

use super::line::line;
use crate::output::{Exit, plain, print_json, print_line, say};
use legible_service::Service;
use legible_service::api::Event;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

/// Follows whichever process runs the jobs, until interrupted. Runs none itself: while nobody does, it says so.
///
/// # Errors
/// When the process that runs the jobs cannot be followed, or standard output is closed.
pub async fn watch(service: Service, json: bool) -> anyhow::Result<Exit> {
    let mut events = service.subscribe();
    let (stop, stopped) = watch::channel(false);
    let following = tokio::spawn({
        let service = service.clone();
        async move { service.follow_only(stopped, || say("Nobody runs the jobs just now. Waiting.")).await }
    });
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            _ = tokio::signal::ctrl_c() => break,
        };
        match event {
            Ok(event) if json => print_json(&event)?,
            Ok(event) => print(&event, service.now())?,
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => break,
        }
    }
    let _ = stop.send(true);
    following.await?;
    Ok(Exit::Fine)
}

fn print(event: &Event, now: i64) -> anyhow::Result<()> {
    match event {
        Event::JobChanged { job } => print_line(&line(job, now)),
        Event::Progress { job, fraction, words, .. } => {
            print_line(&format!("{job}\t{:.0} %\t{}", fraction * 100.0, plain(words)))
        }
        Event::GroupEnded { group, .. } => print_line(&format!("{}: {}", plain(&group.label), plain(&group.outcome()))),
        _ => Ok(()),
    }
}
