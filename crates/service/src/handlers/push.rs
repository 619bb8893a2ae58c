//! Sends one notification to another device.

use crate::changes::Changes;
use crate::clock::millis;
use crate::error::{Error, Result, kept_error};
use crate::handler::{Commit, Done, Handler, Work};
use crate::limits::COMPARED_FAILURES;
use crate::push::{self, Address, Limits, Payload, PushError, Pushed};
use crate::tables::outbox;
use crate::telling::message;
use legible_jobs::{Filter, Reason, State};
use rusqlite::Transaction;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How often a push that is under way looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(100);

/// How often a server may put one push off.
const PUT_OFF: u32 = 20;

/// The `push` job.
pub struct Push;

impl Handler for Push {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let payload: Payload = work.payload()?;
        let now = work.service.now();
        let came_to_nothing = |why: &'static str| -> Result<Commit> {
            Ok(Box::new(move |_| Ok(Done { output: Some(json!({ "sent": false, "why": why })), ..Done::default() })))
        };
        if now.saturating_sub(payload.message.time) > push::STALE_MS {
            return came_to_nothing("it is news no more");
        }
        // Settings that cannot be read now may be mended before the next attempt.
        let Some(address) = push::address(&work.service.current_settings()?.push)? else {
            return came_to_nothing("pushing was turned off");
        };
        match send(work, address, payload.message.clone())? {
            Ok(()) => Ok(Box::new(|tx| {
                outbox::mended(tx, message::OF_PUSH, &BTreeSet::new())?;
                Ok(Done { output: Some(json!({ "sent": true })), ..Done::default() })
            })),
            Err(error) => match error.again_in().filter(|_| payload.put_off < PUT_OFF) {
                Some(wait) => Ok(put_off(payload, wait, now)),
                None => Err(Error::Push(error)),
            },
        }
    }

    fn failed(&self, tx: &Transaction, _subject: Option<&str>, reason: &Reason, _now: i64) -> Result<Changes> {
        let failed = Filter { kinds: Some(vec![super::PUSH.into()]), ..Filter::states([State::Failed]) };
        let failed = legible_jobs::jobs(tx, &failed, 0, COMPARED_FAILURES)?.jobs;
        let now = failed.iter().map(|job| job.updated_at).max().unwrap_or(0);
        outbox::put(tx, &message::push_failed(&kept_error(reason)), now)?;
        Ok(Changes::work())
    }
}

/// Sends it on a thread of its own, which is left alone when the job is to stop: a server that keeps silent holds up
/// nobody. The message may arrive all the same, and then once more.
fn send(work: &Work, address: Address, message: Pushed) -> Result<std::result::Result<(), PushError>> {
    let (tell, told) = channel();
    std::thread::Builder::new()
        .name("push".into())
        .spawn(move || tell.send(push::send(&address, &message, &Limits::default())))
        .map_err(|error| Error::Internal(format!("no thread for a push: {error}")))?;
    loop {
        work.check()?;
        match told.recv_timeout(LOOK) {
            Ok(sent) => return Ok(sent),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(Error::Internal("a push panicked".into())),
        }
    }
}

/// Ends the job in favour of one that runs when the server wants to be asked again.
fn put_off(payload: Payload, wait: Duration, now: i64) -> Commit {
    let at = now.saturating_add(millis(wait));
    Box::new(move |tx| {
        let later = Payload { put_off: payload.put_off + 1, ..payload };
        push::enqueue(tx, &later, at, now)?;
        Ok(Done {
            output: Some(json!({ "sent": false, "why": "the server asked to come later" })),
            changes: Changes::work(),
        })
    })
}
