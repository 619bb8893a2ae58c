//! Sending notifications to another device: a webhook, or a topic of an ntfy server. The one place of the service that
//! reaches the network. Nothing is sent but what the notification says, and no address is ever logged.

mod address;
mod body;
mod error;
mod send;
#[cfg(test)]
mod server;
#[cfg(test)]
mod tests;

pub use address::Address;
pub use error::PushError;
pub use send::{Limits, send};

use crate::api::{Done, NoArgs, Push, PushKind};
use crate::error::{Error, Result};
use crate::handlers::PUSH;
use crate::service::Service;
use crate::telling::message::{Kind, Message};
use legible_jobs::{Backoff, BackoffKind, Conditions, NetworkNeed, NewJob};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};

/// How often one push is tried.
const ATTEMPTS: u32 = 8;

/// A push that could not be sent for so long is news no more, in milliseconds.
pub const STALE_MS: i64 = 24 * 3_600_000;

/// What is pushed: what the notification says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushed {
    /// What it is about.
    pub kind: Kind,
    /// The first line.
    pub title: String,
    /// More.
    pub body: String,
    /// When it was told, in milliseconds since the Unix epoch.
    pub time: i64,
}

impl Pushed {
    /// What is pushed of a message.
    pub fn of(message: &Message, now: i64) -> Self {
        Pushed { kind: message.kind, title: message.summary.clone(), body: message.body.clone(), time: now }
    }
}

/// The payload of a `push` job. The address is not in it: the settings say it when the job runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// What to send.
    pub message: Pushed,
    /// How often the server asked to come again later.
    #[serde(default)]
    pub put_off: u32,
}

impl Payload {
    /// A new push of a message.
    pub fn of(message: &Message, now: i64) -> Self {
        Payload { message: Pushed::of(message, now), put_off: 0 }
    }
}

/// Enqueues a push.
///
/// # Errors
/// When the database fails.
pub fn enqueue(tx: &Transaction, payload: &Payload, run_at: i64, now: i64) -> Result<()> {
    let json = serde_json::to_value(payload).map_err(|e| Error::Internal(format!("a push: {e}")))?;
    let job = NewJob {
        title: payload.message.title.clone(),
        tags: vec!["push".into()],
        conditions: Conditions { network: NetworkNeed::Connected, ..Conditions::default() },
        max_attempts: ATTEMPTS,
        backoff: Backoff { initial_ms: 10_000, max_ms: 3_600_000, kind: BackoffKind::Exponential },
        ..NewJob::new(PUSH, json, run_at)
    };
    legible_jobs::enqueue(tx, &job, now)?;
    Ok(())
}

/// The address to push to, if the person set one.
///
/// # Errors
/// When what is set is no address.
pub fn address(push: &Push) -> Result<Option<Address>> {
    match push.kind {
        PushKind::Off => Ok(None),
        kind => Address::parse(kind, &push.url).map(Some).map_err(Error::BadRequest),
    }
}

impl Service {
    /// Sends one push at once, to see whether it arrives.
    ///
    /// # Errors
    /// When pushing is off, or why the push did not arrive and what to do.
    pub async fn test_push(&self, _: NoArgs) -> Result<Done> {
        let push = self.current_settings()?.push;
        let address = address(&push)?;
        let address = address.ok_or_else(|| Error::BadRequest("choose first where to push to".into()))?;
        let message = Pushed {
            kind: Kind::Reminder,
            title: "Legible can reach this device".into(),
            body: "This is what a notification looks like here.".into(),
            time: self.now(),
        };
        self.blocking(move |_| Ok(send(&address, &message, &Limits::default())?)).await?;
        Ok(Done {})
    }
}
