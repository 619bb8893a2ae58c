//! Commands on reminders: list, set, put off, finish, remove.

use crate::api::{
    ItemFile, NoArgs, ReminderDraft, ReminderRef, ReminderView, Reminders, SnoozeReminder, Suggestion, Suggestions,
    Touched,
};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::hints::hints;
use crate::reminders::{all, due_dates, find, schedule, suggest, view};
use crate::service::Service;
use crate::tables::reminders::{forget, set_due};
use legible_jobs::{ScheduleId, SchedulePolicy, StoredSchedule};
use rusqlite::{Connection, Transaction};

impl Service {
    /// All reminders: those that are due first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reminders(&self, _: NoArgs) -> Result<Reminders> {
        Ok(Reminders { reminders: self.database().read(all).await? })
    }

    /// Makes a reminder, or changes one.
    ///
    /// # Errors
    /// When something in it cannot be used.
    pub async fn save_reminder(&self, draft: ReminderDraft) -> Result<ReminderView> {
        let (now, name) = (self.now(), self.new_name("reminder"));
        let id = self.database().write(move |tx| {
            let old = draft.id.map(|id| reminder(tx, id)).transpose()?;
            let new = schedule(tx, &draft, old.as_ref(), &name, now)?;
            let (id, _) = legible_jobs::put_schedule(tx, &new, SchedulePolicy::Update, now)?;
            // One that is given another time is due at that time, not now.
            if old.is_none_or(|old| old.schedule.rule != new.rule) {
                set_due(tx, id, None, None)?;
            }
            Ok(id)
        });
        let id = id.await?;
        self.reminder_changed(id).await
    }

    /// Puts a reminder off: it comes again at the given time, and its own times stay.
    ///
    /// # Errors
    /// When there is no such reminder, or the time is over.
    pub async fn snooze_reminder(&self, SnoozeReminder { id, until }: SnoozeReminder) -> Result<ReminderView> {
        let now = self.now();
        if until <= now {
            return Err(Error::BadRequest("choose a time that is still to come".into()));
        }
        self.change_reminder(id, move |tx, id| {
            // Also one that was done.
            legible_jobs::set_enabled(tx, id, true, now)?;
            legible_jobs::override_next(tx, id, Some(until), now)?;
            set_due(tx, id, None, None)
        })
        .await
    }

    /// Says that what a reminder is about is done. One that repeats comes again at its next time.
    ///
    /// # Errors
    /// When there is no such reminder.
    pub async fn finish_reminder(&self, ReminderRef { id }: ReminderRef) -> Result<ReminderView> {
        let now = self.now();
        self.change_reminder(id, move |tx, id| {
            let stored = reminder(tx, id.0)?;
            // What is done need not come again because it was put off.
            legible_jobs::override_next(tx, id, None, now)?;
            if let legible_jobs::Rule::Once { .. } = stored.schedule.rule {
                // Finished ahead of its time: then it need not come any more.
                legible_jobs::set_enabled(tx, id, false, now)?;
            }
            set_due(tx, id, None, Some(now))
        })
        .await
    }

    /// Removes a reminder.
    ///
    /// # Errors
    /// When there is no such reminder.
    pub async fn remove_reminder(&self, ReminderRef { id }: ReminderRef) -> Result<Touched> {
        let now = self.now();
        let removed = self.database().write(move |tx| {
            let id = reminder(tx, id)?.id;
            forget(tx, id)?;
            Ok(legible_jobs::remove_schedule(tx, id, now)?)
        });
        let count = u32::from(removed.await?);
        self.announce(Changes { reminders: true, ..Changes::work() }).await;
        Ok(Touched { count })
    }

    /// The due dates in the text of an image that nobody is reminded of yet.
    ///
    /// # Errors
    /// When there is no such image.
    pub async fn suggest_reminders(&self, ItemFile { id }: ItemFile) -> Result<Suggestions> {
        let now = self.now();
        let suggestions = self.database().read(move |c| {
            let item = legible_library::ItemId(id);
            if legible_library::item(c, item)?.is_none() {
                return Err(Error::NotFound(format!("image {id}")));
            }
            let reading = legible_library::reading(c, item)?;
            let text = reading.map_or_else(String::new, |reading| reading.text());
            let known: Vec<i64> =
                all(c)?.into_iter().filter(|one| one.draft.item == Some(id)).filter_map(when).collect();
            let found = due_dates(&text, &hints(c, item)?.languages, now)
                .into_iter()
                .filter(|found| !known.contains(&found.at));
            let view =
                |found: suggest::Suggestion| Suggestion { item: id, title: found.title, at: found.at, why: found.why };
            Ok(found.map(view).collect())
        });
        Ok(Suggestions { suggestions: suggestions.await? })
    }

    async fn change_reminder<F>(&self, id: i64, change: F) -> Result<ReminderView>
    where
        F: FnOnce(&Transaction<'_>, ScheduleId) -> Result<()> + Send + 'static,
    {
        self.database().write(move |tx| change(tx, reminder(tx, id)?.id)).await?;
        self.reminder_changed(ScheduleId(id)).await
    }

    async fn reminder_changed(&self, id: ScheduleId) -> Result<ReminderView> {
        self.announce(Changes { reminders: true, ..Changes::work() }).await;
        self.database().read(move |c| view(c, &reminder(c, id.0)?)).await
    }
}

/// The time that a reminder was set to.
fn when(reminder: ReminderView) -> Option<i64> {
    match reminder.draft.rule {
        crate::api::Rule::Once { at } => Some(at),
        _ => None,
    }
}

fn reminder(conn: &Connection, id: i64) -> Result<StoredSchedule> {
    find(conn, id)?.ok_or_else(|| Error::NotFound(format!("reminder {id}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Rule;
    use crate::testing::Home;

    const MINUTE: i64 = 60_000;

    #[test]
    fn what_is_done_comes_no_more_until_it_is_put_off() {
        let home = Home::new();
        let now = home.service.now();
        let draft = |rule| ReminderDraft {
            id: None,
            item: None,
            title: "Rent".into(),
            note: String::new(),
            rule,
            zone: "UTC".into(),
        };
        let once = home.ask(home.service.save_reminder(draft(Rule::Once { at: now + 60 * MINUTE }))).unwrap();
        assert_eq!(once.next, Some(now + 60 * MINUTE));
        let done = home.ask(home.service.finish_reminder(ReminderRef { id: once.id })).unwrap();
        assert_eq!((done.next, done.done_at), (None, Some(now)));
        let until = now + MINUTE;
        let again = home.ask(home.service.snooze_reminder(SnoozeReminder { id: once.id, until })).unwrap();
        assert_eq!(again.next, Some(until));
        let due = move |tx: &Transaction<'_>| Ok(legible_jobs::fire_due(tx, until, 9)?.len());
        assert_eq!(home.service.database().write_blocking(due).unwrap(), 1, "it comes again");

        let repeating = home.ask(home.service.save_reminder(draft(Rule::Every { seconds: 3600 }))).unwrap();
        let id = repeating.id;
        let snoozed = home.ask(home.service.snooze_reminder(SnoozeReminder { id, until: now + 30 * MINUTE })).unwrap();
        assert_eq!(snoozed.next, Some(now + 30 * MINUTE));
        let done = home.ask(home.service.finish_reminder(ReminderRef { id })).unwrap();
        assert_eq!(done.next, Some(now + 60 * MINUTE), "it comes at its own time");
    }

    #[test]
    fn one_whose_zone_is_gone_says_so_and_is_mended_by_saving_it() {
        let home = Home::new();
        let at = home.service.now() + 60 * MINUTE;
        let rule = Rule::Daily { at: "09:00".into() };
        let (title, note, zone) = ("Rent".to_owned(), String::new(), "UTC".to_owned());
        let made = ReminderDraft { id: None, item: None, title, note, rule, zone };
        let made = home.ask(home.service.save_reminder(made)).unwrap();
        assert_eq!(made.problem, None);
        let lose = |tx: &Transaction<'_>| Ok(tx.execute("UPDATE schedule SET zone = 'Mars/Olympus'", [])?);
        home.service.database().write_blocking(lose).unwrap();
        let lost = home.ask(home.service.reminders(NoArgs {})).unwrap().reminders.remove(0);
        assert!(lost.problem.is_some_and(|problem| problem.contains("Mars/Olympus")) && lost.next.is_none());
        let again = ReminderDraft { rule: Rule::Once { at }, zone: "UTC".into(), ..lost.draft };
        let mended = home.ask(home.service.save_reminder(again)).unwrap();
        assert_eq!((mended.id, mended.problem, mended.next), (made.id, None, Some(at)));
    }
}
