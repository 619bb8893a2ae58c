//! What a person does from a notification.

use super::Open;
use super::message::{Act, OF_BATCHES};
use super::screen::Response;
use crate::api::{self, JobState, JobsQuery, WireError};
use crate::service::Service;
use crate::tables::outbox;
use serde_json::json;
use std::collections::BTreeSet;
use tracing::warn;

/// Does what the person chose.
pub async fn act(service: Service, open: Open, response: Response) {
    let done = match response {
        // Making a window may block.
        Response::Open(place) => {
            tokio::task::spawn_blocking(move || open(place)).await.map_err(|error| error.to_string())
        }
        Response::Act(act) => carry_out(&service, act).await.map_err(|error| error.message),
    };
    if let Err(error) = done {
        warn!(%error, "what was chosen from a notification could not be done");
    }
}

async fn carry_out(service: &Service, act: Act) -> Result<(), WireError> {
    match act {
        Act::Cancel { group } => {
            service.cancel_jobs(JobsQuery { group: Some(group), ..JobsQuery::default() }).await?;
        }
        Act::Retry { group } => {
            // Whoever tries again wants to know how it went, even when it fails for the same reason.
            let forget = |tx: &rusqlite::Transaction<'_>| outbox::mended(tx, OF_BATCHES, &BTreeSet::new());
            service.database().write(forget).await?;
            let failed = JobsQuery { group: Some(group), states: vec![JobState::Failed], ..JobsQuery::default() };
            service.retry_jobs(failed).await?;
        }
        Act::Snooze { reminder, minutes } => {
            let until = service.now().saturating_add(i64::from(minutes) * 60_000);
            api::call(service, "snooze_reminder", json!({ "id": reminder, "until": until })).await?;
        }
        Act::Finish { reminder } => {
            api::call(service, "finish_reminder", json!({ "id": reminder })).await?;
        }
    }
    Ok(())
}
