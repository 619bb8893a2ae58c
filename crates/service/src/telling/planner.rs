//! What becomes of the messages that wait: told now, held back, put together, or dropped. Pure; time is passed in.
//!
//! Reminders are told at once, whatever the hour: the person set them. So is what came of a picture that a person took and
//! waits for. Everything else waits for the end of quiet hours, and a moment more, so that what ends together is told
//! together.

use super::message::{Act, Kind, Message};
use crate::api::{Notify, Place};
use std::collections::{BTreeMap, BTreeSet};

/// How long a message waits for others that end with it, in milliseconds.
pub const TOGETHER_MS: i64 = 2_000;

/// How long a lasting trouble lasts before it is told: many pass by themselves. In milliseconds.
pub const LASTING_MS: i64 = 30_000;

/// A message older than this was held back, or waited for a start of the program; such are told in one summary.
pub const LATE_MS: i64 = 60_000;

/// A message older than this is told no more, unless it is a reminder.
pub const STALE_MS: i64 = 3 * 24 * 3_600_000;

/// How long a trouble that was told is not told again.
pub const AGAIN_MS: i64 = 24 * 3_600_000;

/// More messages than this at one time are told in one.
const MOST_AT_ONCE: usize = 3;

/// How many lines a summary names.
const SUMMARY_LINES: usize = 5;

/// A message that was not told yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its row.
    pub id: i64,
    /// Since when it waits.
    pub at: i64,
    /// What it says.
    pub message: Message,
}

/// What a person set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Which kinds are wanted.
    pub notify: Notify,
    /// When the quiet hours end, while they hold.
    pub quiet_until: Option<i64>,
}

/// What to do now.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is told now.
    pub tell: Vec<Message>,
    /// The rows that are dealt with.
    pub gone: Vec<i64>,
    /// The keys of troubles that are told with that.
    pub told: BTreeSet<String>,
    /// When to look again; `None`: when something new comes.
    pub look_at: Option<i64>,
}

/// Decides about all messages that wait, the oldest first. `told` says when troubles were told.
pub fn plan(waiting: &[Waiting], told: &BTreeMap<String, i64>, rules: Rules, now: i64) -> Plan {
    let mut plan = Plan::default();
    let mut due = Vec::new();
    let mut later: Vec<(i64, Waiting)> = Vec::new();
    for waiting in waiting {
        // Who wants to hear of batches but not of failures still hears of the images that were read.
        let other = || repeated(waiting.clone()).filter(|one| wanted(one.message.kind, rules.notify));
        let instead = if wanted(waiting.message.kind, rules.notify) { None } else { other() };
        let waiting = instead.as_ref().unwrap_or(waiting);
        let message = &waiting.message;
        let stale = message.kind != Kind::Reminder && now.saturating_sub(waiting.at) > STALE_MS;
        if stale || !wanted(message.kind, rules.notify) {
            plan.gone.push(waiting.id);
        } else if message.kind.is_urgent() {
            plan.gone.push(waiting.id);
            plan.tell.push(message.clone());
        } else {
            // A clock that went back must not keep a message for ever.
            let since = waiting.at.min(now);
            let ripe = since.saturating_add(if message.kind == Kind::NeedsYou { LASTING_MS } else { TOGETHER_MS });
            let at = rules.quiet_until.map_or(ripe, |end| ripe.max(end));
            if at > now { later.push((at, waiting.clone())) } else { due.push(waiting.clone()) }
        }
    }
    // Who is about to be told together is told with the first of them.
    if !due.is_empty() {
        let near = |at: i64, one: &Waiting| one.message.kind != Kind::NeedsYou && at <= now + TOGETHER_MS;
        let (near, rest): (Vec<_>, Vec<_>) = later.into_iter().partition(|(at, one)| near(*at, one));
        due.extend(near.into_iter().map(|(_, one)| one));
        later = rest;
    }
    plan.look_at = later.iter().map(|(at, _)| *at).min();
    plan.gone.extend(due.iter().map(|one| one.id));
    let fresh = |key: &str| told.get(key).is_none_or(|at| now.saturating_sub(*at) > AGAIN_MS || *at > now);
    let mut seen = BTreeSet::new();
    let news = due.into_iter().filter_map(|one| {
        let Some(once) = &one.message.once else { return Some(one) };
        match fresh(&once.key) && seen.insert(once.key.clone()) {
            true => Some(one),
            false => repeated(one).filter(|one| wanted(one.message.kind, rules.notify)),
        }
    });
    plan.tell.extend(together(news.collect(), now));
    plan.told = seen;
    plan
}

fn wanted(kind: Kind, notify: Notify) -> bool {
    match kind {
        Kind::Batch => notify.batches,
        Kind::Schedule => notify.schedules,
        Kind::Reminder => notify.reminders,
        // Their source has a switch of its own.
        Kind::Picture => true,
        Kind::NeedsYou | Kind::Failure => notify.failures,
    }
}

/// What is left to say when the trouble itself was told.
fn repeated(one: Waiting) -> Option<Waiting> {
    let body = one.message.once.as_ref()?.otherwise.clone()?;
    let message = Message { kind: Kind::Batch, body, once: None, ..one.message };
    Some(Waiting { message, ..one })
}

/// Puts messages together: those that waited long, those of one kind that ended together, and too many of any kind.
fn together(news: Vec<Waiting>, now: i64) -> Vec<Message> {
    let (late, fresh): (Vec<_>, Vec<_>) =
        news.into_iter().partition(|one| one.message.kind != Kind::NeedsYou && now.saturating_sub(one.at) > LATE_MS);
    let mut told = Vec::new();
    let mut of_kind = |kinds: &[Kind], fresh: &[Waiting]| {
        let of: Vec<Message> =
            fresh.iter().filter(|one| kinds.contains(&one.message.kind)).map(|one| one.message.clone()).collect();
        told.extend(one_of(of));
    };
    of_kind(&[Kind::Batch], &fresh);
    of_kind(&[Kind::Schedule], &fresh);
    let mut alone: Vec<Message> = fresh
        .into_iter()
        .map(|one| one.message)
        .filter(|message| matches!(message.kind, Kind::Failure | Kind::NeedsYou))
        .collect();
    if alone.len() > MOST_AT_ONCE {
        alone = one_of(alone).into_iter().collect();
    }
    told.extend(alone);
    one_of(late.into_iter().map(|one| one.message).collect()).into_iter().chain(told).collect()
}

/// One message that says what these say.
fn one_of(mut messages: Vec<Message>) -> Option<Message> {
    if messages.len() < 2 {
        return messages.pop();
    }
    let kind = messages.iter().map(|message| message.kind).max()?;
    let count = |kinds: &[Kind]| messages.iter().filter(|message| kinds.contains(&message.kind)).count();
    let parts = [
        (count(&[Kind::Failure]), "failure", "failures"),
        (count(&[Kind::NeedsYou]), "thing needs you", "things need you"),
        (count(&[Kind::Batch]), "batch done", "batches done"),
        (count(&[Kind::Schedule]), "task done", "tasks done"),
    ];
    let said = parts.iter().filter(|(count, ..)| *count > 0);
    let summary: Vec<String> =
        said.map(|(count, one, more)| format!("{count} {}", if *count == 1 { one } else { more })).collect();
    let line = |message: &Message| match message.body.is_empty() {
        true => message.summary.clone(),
        false => format!("{}: {}", message.summary, message.body),
    };
    // What failed is not to be cut off.
    let mut sorted: Vec<&Message> = messages.iter().collect();
    sorted.sort_by_key(|message| std::cmp::Reverse(message.kind));
    let mut lines: Vec<String> = sorted.iter().take(SUMMARY_LINES).map(|message| line(message)).collect();
    if messages.len() > SUMMARY_LINES {
        lines.push(format!("and {} more", messages.len() - SUMMARY_LINES));
    }
    let place = messages.first().map_or(Place::Activity, |first| first.place);
    let place = if messages.iter().all(|message| message.place == place) { place } else { Place::Activity };
    let retries: Vec<Act> = messages.iter().flat_map(|message| message.actions.iter().cloned()).collect();
    Some(Message {
        kind,
        summary: summary.join(", "),
        body: lines.join("\n"),
        place,
        // One button that tries again one of several batches would not say which.
        actions: if retries.len() == 1 { retries } else { vec![] },
        topic: None,
        once: None,
        screen_only: messages.iter().all(|message| message.screen_only),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ErrorCode, GroupView, Notice, WireError};
    use crate::telling::message::{self, ReminderDue, RunEnded};
    use proptest::prelude::*;

    const ALL: Notify = Notify { batches: true, failures: true, reminders: true, schedules: true };

    const NOW: i64 = 1_000_000_000;

    fn batch(done: u32) -> Message {
        let group = GroupView { label: "Scans".into(), done, ..GroupView::default() };
        message::group_ended(&group, None, None).unwrap()
    }

    fn failure(done: u32, reason: &str) -> Message {
        let group = GroupView { label: "Scans".into(), done, failed: 1, ..GroupView::default() };
        message::group_ended(&group, None, Some(&WireError::new(ErrorCode::File, reason).hint("Do it."))).unwrap()
    }

    fn reminder() -> Message {
        message::reminder_due(&ReminderDue { id: 1, title: "Rent".into(), note: String::new(), item: None })
    }

    fn schedule() -> Message {
        message::run_ended(&RunEnded {
            topic: message::schedule_topic(1),
            title: "Night".into(),
            outcome: String::new(),
            error: None,
        })
    }

    fn notice() -> Message {
        message::needs_you(&Notice { error: WireError::new(ErrorCode::DiskFull, "Full."), remedy: None })
    }

    fn waiting(messages: &[(i64, Message)]) -> Vec<Waiting> {
        let one = |(id, (ago, message)): (usize, &(i64, Message))| Waiting {
            id: id as i64,
            at: NOW - ago,
            message: message.clone(),
        };
        messages.iter().enumerate().map(one).collect()
    }

    /// The summaries that are told, how many rows are dealt with, and in how many milliseconds to look again.
    fn outcome(messages: &[(i64, Message)], told: &[(&str, i64)], rules: Rules) -> (Vec<String>, usize, Option<i64>) {
        let told = told.iter().map(|(key, ago)| ((*key).to_owned(), NOW - ago)).collect();
        let plan = plan(&waiting(messages), &told, rules, NOW);
        (plan.tell.into_iter().map(|m| m.summary).collect(), plan.gone.len(), plan.look_at.map(|at| at - NOW))
    }

    #[test]
    fn messages_are_told_held_put_together_or_dropped() {
        let check = |messages: &[(i64, Message)], quiet: Option<i64>, expected: (&[&str], usize, Option<i64>)| {
            let rules = Rules { notify: ALL, quiet_until: quiet.map(|left| NOW + left) };
            let (told, gone, look) = outcome(messages, &[], rules);
            assert_eq!(
                (told.iter().map(String::as_str).collect::<Vec<_>>(), gone, look),
                (expected.0.to_vec(), expected.1, expected.2)
            );
        };
        check(&[], None, (&[], 0, None));
        check(&[(0, batch(3))], None, (&[], 0, Some(TOGETHER_MS)));
        check(&[(2_000, batch(3))], None, (&["3 images read"], 1, None));
        check(&[(0, reminder())], None, (&["Rent"], 1, None));
        // What ends together.
        check(&[(2_000, batch(3)), (100, batch(4))], None, (&["2 batches done"], 2, None));
        check(&[(2_000, batch(3)), (100, schedule())], None, (&["3 images read", "Night"], 2, None));
        check(&[(2_000, schedule()), (2_000, schedule())], None, (&["2 tasks done"], 2, None));
        check(
            &[(2_000, failure(0, "a")), (2_000, failure(0, "b"))],
            None,
            (&["1 image could not be read", "1 image could not be read"], 2, None),
        );
        let four = ["a", "b", "c", "d"].map(|reason| (2_000, failure(0, reason)));
        check(&four, None, (&["4 failures"], 4, None));
        // Quiet hours.
        check(&[(2_000, batch(3)), (0, reminder())], Some(60_000), (&["Rent"], 1, Some(60_000)));
        check(
            &[(7_200_000, batch(3)), (3_600_000, failure(0, "a")), (90_000, schedule())],
            None,
            (&["1 failure, 1 batch done, 1 task done"], 3, None),
        );
        check(&[(7_200_000, batch(3))], None, (&["3 images read"], 1, None));
        // Lasting troubles may pass by themselves.
        check(&[(2_000, notice())], None, (&[], 0, Some(LASTING_MS - 2_000)));
        check(&[(2_000, batch(1)), (2_000, notice())], None, (&["1 image read"], 1, Some(LASTING_MS - 2_000)));
        check(&[(LASTING_MS, notice())], None, (&["Full"], 1, None));
        // Too old, and from a clock that ran ahead.
        check(&[(STALE_MS + 1, batch(3)), (STALE_MS + 1, reminder())], None, (&["Rent"], 2, None));
        check(&[(-5_000_000, batch(3))], None, (&[], 0, Some(TOGETHER_MS)));
    }

    #[test]
    fn kinds_that_are_off_are_dropped() {
        let messages = [batch(1), failure(0, "a"), reminder(), schedule(), notice()].map(|m| (LASTING_MS, m));
        let check = |notify: Notify, expected: &[&str]| {
            let (told, gone, _) = outcome(&messages, &[], Rules { notify, quiet_until: None });
            assert_eq!(
                (told, gone),
                (expected.iter().map(|s| (*s).to_owned()).collect(), messages.len()),
                "{notify:?}"
            );
        };
        let none = Notify { batches: false, failures: false, reminders: false, schedules: false };
        check(none, &[]);
        check(Notify { batches: true, ..none }, &["1 image read"]);
        check(Notify { schedules: true, ..none }, &["Night"]);
        check(Notify { reminders: true, ..none }, &["Rent"]);
        check(Notify { failures: true, ..none }, &["1 image could not be read", "Full"]);
        let partly = [(2_000, failure(2, "a"))];
        let (told, ..) = outcome(&partly, &[], Rules { notify: Notify { batches: true, ..none }, quiet_until: None });
        assert_eq!(told, ["2 images read, 1 failed"]);
    }

    #[test]
    fn a_trouble_is_told_once_a_day() {
        let key = failure(0, "a").once.unwrap().key;
        let check = |messages: &[(i64, Message)], ago: Option<i64>, expected: &[&str]| {
            let told: Vec<_> = ago.map(|ago| (key.as_str(), ago)).into_iter().collect();
            let (told, gone, _) = outcome(messages, &told, Rules { notify: ALL, quiet_until: None });
            assert_eq!((told, gone), (expected.iter().map(|s| (*s).to_owned()).collect(), messages.len()));
        };
        let again = [(2_000, failure(0, "a"))];
        check(&again, None, &["1 image could not be read"]);
        check(&again, Some(1_000), &[]);
        check(&again, Some(AGAIN_MS), &[]);
        check(&again, Some(AGAIN_MS + 1), &["1 image could not be read"]);
        // The clock went back since.
        check(&again, Some(-1), &["1 image could not be read"]);
        check(&[(2_000, failure(0, "b"))], Some(1_000), &["1 image could not be read"]);
        // Twice at one time, and with images that were read.
        check(&[(2_000, failure(0, "a")), (1_000, failure(0, "a"))], None, &["1 image could not be read"]);
        check(&[(2_000, failure(2, "a"))], Some(1_000), &["2 images read, 1 failed"]);
        let plan = plan(
            &waiting(&[(2_000, failure(2, "a"))]),
            &BTreeMap::from([(key.clone(), NOW)]),
            Rules { notify: ALL, quiet_until: None },
            NOW,
        );
        assert_eq!((plan.tell[0].kind, plan.tell[0].body.as_str(), plan.told.len()), (Kind::Batch, "Scans", 0));
    }

    #[test]
    fn a_summary_names_failures_first_and_is_not_endless() {
        let mut messages = vec![(LATE_MS + 1, batch(1)); 9];
        messages.push((LATE_MS + 1, failure(0, "Denied.")));
        let plan = plan(&waiting(&messages), &BTreeMap::new(), Rules { notify: ALL, quiet_until: None }, NOW);
        let [summary] = &plan.tell[..] else { panic!("{plan:?}") };
        assert_eq!(summary.summary, "1 failure, 9 batches done");
        let lines: Vec<_> = summary.body.lines().collect();
        assert_eq!(lines[0], "1 image could not be read: Scans: Denied. Do it.");
        assert_eq!((lines.len(), lines[5]), (6, "and 5 more"));
        assert_eq!((summary.place, summary.actions.len()), (Place::Activity, 1));
    }

    fn any_message() -> impl Strategy<Value = Message> {
        prop_oneof![
            (0..5_u32).prop_map(batch),
            (0..3_u32, "[ab]").prop_map(|(done, reason)| failure(done, &reason)),
            Just(reminder()),
            Just(schedule()),
            Just(notice()),
        ]
    }

    proptest! {
        #[test]
        fn every_message_is_dealt_with_once_or_waits(
            messages in prop::collection::vec((-100_000..400_000_000_i64, any_message()), 0..12),
            quiet in prop::option::of(1..50_000_000_i64),
            flags in prop::array::uniform4(any::<bool>()),
        ) {
            let [batches, failures, reminders, schedules] = flags;
            let notify = Notify { batches, failures, reminders, schedules };
            let waiting = waiting(&messages);
            let plan = plan(&waiting, &BTreeMap::new(), Rules { notify, quiet_until: quiet.map(|q| NOW + q) }, NOW);
            let gone: BTreeSet<_> = plan.gone.iter().collect();
            prop_assert_eq!(gone.len(), plan.gone.len());
            prop_assert_eq!(plan.look_at.is_some(), gone.len() < waiting.len());
            prop_assert!(plan.look_at.is_none_or(|at| at > NOW));
            prop_assert!(plan.tell.len() <= plan.gone.len());
            if quiet.is_some() {
                prop_assert!(plan.tell.iter().all(|message| message.kind == Kind::Reminder));
            }
            prop_assert!(plan.tell.iter().all(|message| wanted(message.kind, notify)));
        }
    }
}
