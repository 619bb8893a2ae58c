//! Telling the person: what happened becomes a message, a message waits in the database until the planner lets it go, and
//! then it is shown on the screen and pushed to another device. Only the process that runs the jobs tells.

mod act;
pub mod message;
pub(crate) mod pictures;
pub mod planner;
mod progress;
pub(crate) mod quiet;
mod screen;
#[cfg(test)]
mod tests;

use crate::api::{Event, GroupView, Notice, Place, Runner};
use crate::changes::Changes;
use crate::error::Result;
use crate::limits::MAX_SLEEP;
use crate::push;
use crate::service::Service;
use crate::tables::outbox;
use jiff::tz::TimeZone;
use planner::{AGAIN_MS, Plan, Rules};
use progress::{Batches, Step};
use quiet::QuietHours;
use screen::{Card, Screen};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tracing::{debug, warn};

/// Opens a place of the window, when a notification is clicked.
pub type Open = Arc<dyn Fn(Place) + Send + Sync>;

impl Service {
    /// Tells the person what happens while this process runs the jobs, as the settings say: on the screen and by pushes.
    /// Ends with the process.
    pub async fn notify(self, open: Open) {
        let (to_person, mut responses) = mpsc::unbounded_channel();
        let mut events = self.subscribe();
        let mut teller = Teller::new(self.clone(), Screen::start(to_person));
        let mut look_at = Some(self.now());
        loop {
            tokio::select! {
                event = events.recv() => match event {
                    Ok(Event::StatusChanged { status }) => teller.heed(&status.notices).await,
                    Ok(Event::GroupChanged { group }) => {
                        teller.follow(&group);
                        continue;
                    }
                    Ok(Event::SettingsChanged { .. }) | Err(RecvError::Lagged(_)) => {}
                    Ok(_) => continue,
                    Err(RecvError::Closed) => return,
                },
                Some(response) = responses.recv() => {
                    drop(tokio::spawn(act::act(self.clone(), Arc::clone(&open), response)));
                    continue;
                }
                () = tokio::time::sleep(until(look_at, self.now())) => {}
            }
            look_at = teller.look().await.unwrap_or_else(|error| {
                warn!(%error, "nothing can be told just now");
                None
            });
        }
    }
}

/// How long to sleep; never long, so that a suspended machine wakes into the right state.
fn until(look_at: Option<i64>, now: i64) -> Duration {
    let left =
        look_at.map_or(MAX_SLEEP, |at| Duration::from_millis(u64::try_from(at.saturating_sub(now)).unwrap_or(0)));
    left.min(MAX_SLEEP)
}

/// Looks at the messages that wait and tells those whose time has come.
struct Teller {
    service: Service,
    screen: Screen,
    batches: Batches,
    /// The keys of the lasting troubles at the last look.
    troubles: Option<BTreeSet<String>>,
}

impl Teller {
    fn new(service: Service, screen: Screen) -> Self {
        Teller { service, screen, batches: Batches::default(), troubles: None }
    }

    /// Tells what is due; returns when to look again.
    async fn look(&mut self) -> Result<Option<i64>> {
        if self.service.runner() != Runner::Here {
            return Ok(None);
        }
        let (settings, now) = (self.service.current_settings()?, self.service.now());
        let quiet = settings.quiet_hours.as_ref().and_then(|hours| QuietHours::parse(hours).ok());
        let quiet_until = quiet.and_then(|quiet| quiet.until(now, &TimeZone::system()));
        let look = |c: &rusqlite::Connection| Ok((outbox::waiting(c)?, outbox::told(c)?));
        let ((waiting, unknown), told) = self.service.database().read(look).await?;
        let mut plan = planner::plan(&waiting, &told, Rules { notify: settings.notify, quiet_until }, now);
        plan.gone.extend(unknown);
        if plan.gone.is_empty() {
            return Ok(plan.look_at);
        }
        let gone: Vec<_> = waiting.iter().filter(|one| plan.gone.contains(&one.id)).collect();
        let topics: BTreeSet<String> = gone.iter().filter_map(|one| one.message.topic.clone()).collect();
        let pushes = push::address(&settings.push)?.is_some();
        self.note(&plan, pushes, now).await?;
        // What a batch's progress showed is over, also when its end is told together with others.
        let replaced: BTreeSet<&String> = plan.tell.iter().filter_map(|message| message.topic.as_ref()).collect();
        topics.iter().filter(|topic| !replaced.contains(topic)).for_each(|topic| self.screen.close(topic));
        plan.tell.iter().for_each(|message| self.screen.show(Card::of(message)));
        Ok(plan.look_at)
    }

    /// Writes down that the messages are told, together with the jobs that push them.
    async fn note(&self, plan: &Plan, pushes: bool, now: i64) -> Result<()> {
        let pushed = plan.tell.iter().filter(|message| pushes && !message.screen_only);
        let pushed: Vec<_> = pushed.map(|message| push::Payload::of(message, now)).collect();
        let (gone, troubles, work) = (plan.gone.clone(), plan.told.clone(), !pushed.is_empty());
        let noted = self.service.database().write(move |tx| {
            outbox::done(tx, &gone, &troubles, now, now.saturating_sub(2 * AGAIN_MS))?;
            pushed.iter().try_for_each(|payload| push::enqueue(tx, payload, now, now))
        });
        noted.await?;
        if work {
            self.service.bus().note(Changes::work());
        }
        Ok(())
    }

    /// Takes note of the lasting troubles: new ones are to be told, those that passed are not.
    async fn heed(&mut self, notices: &[Notice]) {
        let messages: Vec<_> = notices.iter().map(message::needs_you).collect();
        let keys: BTreeSet<String> =
            messages.iter().filter_map(|message| Some(message.once.as_ref()?.key.clone())).collect();
        if self.troubles.as_ref() == Some(&keys) || self.service.runner() != Runner::Here {
            return;
        }
        let (now, current) = (self.service.now(), keys.clone());
        let noted = self.service.database().write(move |tx| {
            outbox::mended(tx, message::OF_NOTICES, &current)?;
            outbox::take_back(tx, message::OF_NOTICES, &current)?;
            let (waiting, _) = outbox::waiting(tx)?;
            let is_new = |message: &&message::Message| waiting.iter().all(|one| one.message.once != message.once);
            messages.iter().filter(is_new).try_for_each(|message| outbox::put(tx, message, now))
        });
        match noted.await {
            Ok(()) => self.troubles = Some(keys),
            Err(error) => warn!(%error, "a trouble could not be noted to be told"),
        }
    }

    /// Shows how far a long batch is.
    fn follow(&mut self, group: &GroupView) {
        let now = self.service.now();
        let Ok(settings) = self.service.current_settings() else { return };
        let quiet = settings.quiet_hours.as_ref().and_then(|hours| QuietHours::parse(hours).ok());
        let quiet = quiet.is_some_and(|quiet| quiet.until(now, &TimeZone::system()).is_some());
        let wanted = settings.notify.batches && !quiet && self.service.runner() == Runner::Here;
        match self.batches.follow(group, wanted, now) {
            Some(Step::Show(card)) => self.screen.show(card),
            Some(Step::Close(topic)) => self.screen.close(&topic),
            None => debug!(group = group.id, "nothing to show of the batch"),
        }
    }
}
