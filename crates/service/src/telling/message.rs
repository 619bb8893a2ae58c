//! What a notification says, made from what happened. Pure.

use crate::api::{GroupView, Notice, Place, WireError};
use crate::groups::images;
use legible_jobs::Reason;
use serde::{Deserialize, Serialize};

/// What a message is about: a person may want some kinds and not others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A batch ended well.
    Batch,
    /// Work that a schedule or a person asked for ended well.
    Schedule,
    /// A reminder is due.
    Reminder,
    /// A picture that a person took was read, or could not be.
    Picture,
    /// Something lasting keeps Legible from working.
    NeedsYou,
    /// Something failed.
    Failure,
}

impl Kind {
    /// Whether it is told at once, whatever the hour: the person set the time, or sits there and waits.
    pub fn is_urgent(self) -> bool {
        matches!(self, Kind::Reminder | Kind::Picture)
    }
}

/// What a person can do from the notification, beside opening its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Act {
    /// Remind again later.
    Snooze {
        /// The reminder.
        reminder: i64,
        /// How much later.
        minutes: u32,
    },
    /// The reminder is dealt with.
    Finish {
        /// The reminder.
        reminder: i64,
    },
    /// Stop the batch.
    Cancel {
        /// The batch.
        group: i64,
    },
    /// Try what failed again.
    Retry {
        /// The batch.
        group: i64,
    },
}

impl Act {
    /// What its button says.
    pub fn label(&self) -> String {
        match self {
            Act::Snooze { minutes, .. } if minutes % 60 == 0 => match minutes / 60 {
                1 => "In 1 hour".to_owned(),
                hours => format!("In {hours} hours"),
            },
            Act::Snooze { minutes, .. } => format!("In {minutes} minutes"),
            Act::Finish { .. } => "Done".to_owned(),
            Act::Cancel { .. } => "Cancel".to_owned(),
            Act::Retry { .. } => "Try again".to_owned(),
        }
    }
}

/// A trouble that is told once until it is mended or a day has passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Once {
    /// Names the trouble: where it is, its code and its reason.
    pub key: String,
    /// What else the message has to say when the trouble itself was told; `None`: nothing.
    pub otherwise: Option<String>,
}

/// What is told to the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// What it is about.
    pub kind: Kind,
    /// The first line.
    pub summary: String,
    /// More, with what to do.
    pub body: String,
    /// Where it leads.
    pub place: Place,
    /// What can be done about it from here.
    pub actions: Vec<Act>,
    /// What it is about, so that a newer message of the same takes its place on the screen.
    pub topic: Option<String>,
    /// The trouble that it tells, if it does.
    pub once: Option<Once>,
    /// Not to be pushed: it is about pushing.
    pub screen_only: bool,
}

impl Message {
    /// A message with nothing but words.
    pub(crate) fn new(kind: Kind, summary: impl Into<String>, body: impl Into<String>, place: Place) -> Self {
        Message {
            kind,
            summary: summary.into(),
            body: body.into(),
            place,
            actions: vec![],
            topic: None,
            once: None,
            screen_only: false,
        }
    }
}

/// The topic of a batch.
pub fn batch_topic(group: i64) -> String {
    format!("batch:{group}")
}

/// What the keys of troubles of batches begin with.
pub const OF_BATCHES: &str = "batch:";

/// What the keys of lasting troubles begin with.
pub const OF_NOTICES: &str = "notice:";

/// The key of troubles with pushing.
pub const OF_PUSH: &str = "push:";

/// The topic of the runs of a schedule.
pub fn schedule_topic(id: i64) -> String {
    format!("schedule:{id}")
}

/// The topic of a job that a person asked for.
pub fn job_topic(id: i64) -> String {
    format!("job:{id}")
}

/// What the keys of troubles of a run begin with.
pub fn of_run(topic: &str) -> String {
    format!("{topic}:")
}

/// What to say when a group ended; nothing for one that a person cancelled.
pub fn group_ended(group: &GroupView, item: Option<i64>, error: Option<&WireError>) -> Option<Message> {
    if group.stopped {
        return None;
    }
    let (label, topic) = (group.label.clone(), Some(batch_topic(group.id)));
    if group.failed == 0 {
        let (summary, body) = match group.done {
            0 => (label, format!("{}.", group.outcome())),
            _ => (group.outcome(), label),
        };
        let place = item.map_or(Place::Library, |id| Place::Item { id });
        return Some(Message { topic, ..Message::new(Kind::Batch, summary, body, place) });
    }
    let summary = match group.done {
        0 => format!("{} could not be read", images(group.failed)),
        done => format!("{} read, {} failed", images(done), group.failed),
    };
    let body = format!("{label}: {}", error.map_or_else(String::new, in_full));
    // The images that were read are news even when what is wrong with the others is not.
    let otherwise = (group.done > 0).then(|| label.clone());
    let once = error.map(|error| Once { key: key(OF_BATCHES, error, &label), otherwise });
    let message = Message::new(Kind::Failure, summary, body, Place::Activity);
    Some(Message { actions: vec![Act::Retry { group: group.id }], topic, once, ..message })
}

/// A reminder that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReminderDue {
    /// Its number.
    pub id: i64,
    /// What it reminds of.
    pub title: String,
    /// More words.
    pub note: String,
    /// The item it is on.
    pub item: Option<i64>,
}

/// What to say when a reminder is due.
pub fn reminder_due(reminder: &ReminderDue) -> Message {
    let place = reminder.item.map_or(Place::Reminders, |id| Place::Item { id });
    let snooze = |minutes| Act::Snooze { reminder: reminder.id, minutes };
    Message {
        actions: vec![Act::Finish { reminder: reminder.id }, snooze(10), snooze(60)],
        topic: Some(format!("reminder:{}", reminder.id)),
        ..Message::new(Kind::Reminder, reminder.title.as_str(), reminder.note.as_str(), place)
    }
}

/// The most characters of a picture's text that a notification shows.
const BEGINNING: usize = 240;

/// The most of its lines.
const LINES: usize = 6;

/// What to say of a picture that was read.
pub fn picture_read(item: i64, text: &str) -> Message {
    let text = text.trim();
    let lines = text.match_indices('\n').nth(LINES - 1).map_or(text, |(end, _)| &text[..end]);
    let beginning: String = lines.chars().take(BEGINNING).collect();
    let more = if beginning.len() < text.len() { "…" } else { "" };
    let summary = if text.is_empty() { "There is no text in the picture" } else { "Text of the picture" };
    of_picture(item, summary, format!("{}{more}", beginning.trim_end()))
}

/// What to say of a picture that could not be read.
pub fn picture_failed(item: i64, reason: &Reason) -> Message {
    let hint = reason.hint.as_deref().unwrap_or_default();
    let body = format!("{}. {hint}", reason.message.trim_end_matches('.'));
    of_picture(item, "The picture could not be read", body.trim_end().to_owned())
}

/// What to say of a picture that was taken, before it is read: that it is black, say, and why.
pub fn picture_doubtful(item: i64, warning: &str) -> Message {
    let message = of_picture(item, "The picture may not show what you wanted", warning.to_owned());
    Message { topic: None, ..message }
}

/// What to say when no picture could be taken.
pub fn no_picture(error: &WireError) -> Message {
    let message = Message::new(Kind::Picture, "No picture was taken", in_full(error), Place::Sources);
    Message { topic: Some("picture".to_owned()), screen_only: true, ..message }
}

/// Text of the screen goes to no other device.
fn of_picture(item: i64, summary: &str, body: String) -> Message {
    let message = Message::new(Kind::Picture, summary, body, Place::Item { id: item });
    Message { topic: Some(format!("picture:{item}")), screen_only: true, ..message }
}

/// Work that ended: a run of a schedule, or what a person asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnded {
    /// The topic of the schedule or of the job.
    pub topic: String,
    /// What a person calls it.
    pub title: String,
    /// What came of the run, such as `12 images read`; may be empty.
    pub outcome: String,
    /// Why it failed.
    pub error: Option<WireError>,
}

/// What to say when work ended.
pub fn run_ended(ended: &RunEnded) -> Message {
    let (topic, title) = (Some(ended.topic.clone()), ended.title.as_str());
    match &ended.error {
        None => Message { topic, ..Message::new(Kind::Schedule, title, ended.outcome.as_str(), Place::Activity) },
        Some(error) => {
            let once = Some(Once { key: key(&of_run(&ended.topic), error, title), otherwise: None });
            let summary = format!("{title}: failed");
            Message { topic, once, ..Message::new(Kind::Failure, summary, in_full(error), Place::Activity) }
        }
    }
}

/// What to say of a lasting trouble.
pub fn needs_you(notice: &Notice) -> Message {
    let error = &notice.error;
    let place = if notice.remedy.is_some() { Place::Settings } else { Place::Library };
    let once = Some(Once { key: key(OF_NOTICES, error, ""), otherwise: None });
    let body = error.hint.clone().unwrap_or_default();
    let topic = once.as_ref().map(|once| once.key.clone());
    Message { once, topic, ..Message::new(Kind::NeedsYou, error.message.trim_end_matches('.'), body, place) }
}

/// What to say when pushes no longer reach the other device.
pub fn push_failed(error: &WireError) -> Message {
    let once = Some(Once { key: OF_PUSH.to_owned(), otherwise: None });
    let topic = Some(OF_PUSH.to_owned());
    let message = Message::new(Kind::Failure, "A notification could not be pushed", in_full(error), Place::Settings);
    Message { once, topic, screen_only: true, ..message }
}

/// The key of a trouble. Names that differ each time make it no other one.
pub(crate) fn key(of: &str, error: &WireError, name: &str) -> String {
    let reason = if name.is_empty() { error.message.clone() } else { error.message.replace(name, "") };
    format!("{of}{:?}:{reason}", error.code)
}

/// An error with what to do about it.
pub(crate) fn in_full(error: &WireError) -> String {
    let hint = error.hint.as_deref().unwrap_or_default();
    format!("{}. {hint}", error.message.trim_end_matches('.')).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ErrorCode, Remedy};

    /// Kind, summary, body and place.
    type Said = Option<(Kind, String, String, Place)>;

    fn said(message: Option<Message>) -> Said {
        message.map(|message| (message.kind, message.summary, message.body, message.place))
    }

    fn expected(kind: Kind, summary: &str, body: &str, place: Place) -> Said {
        Some((kind, summary.into(), body.into(), place))
    }

    #[test]
    fn a_batch_is_told_in_one_sentence() {
        let none = GroupView::default;
        let check = |group: GroupView, item, told: Said| {
            let error = WireError::new(ErrorCode::BadImage, "The file is empty.").hint("Scan it again.");
            let group = GroupView { label: "Scans".into(), ..group };
            assert_eq!(said(group_ended(&group, item, Some(&error).filter(|_| group.failed > 0))), told, "{group:?}");
        };
        let library = |summary, body| expected(Kind::Batch, summary, body, Place::Library);
        let failure =
            |summary| expected(Kind::Failure, summary, "Scans: The file is empty. Scan it again.", Place::Activity);
        let one = expected(Kind::Batch, "1 image read", "Scans", Place::Item { id: 7 });
        check(GroupView { done: 1, ..none() }, Some(7), one);
        check(
            GroupView { done: 12, known: 3, ..none() },
            None,
            library("12 images read, 3 already in your library", "Scans"),
        );
        check(GroupView { known: 3, ..none() }, None, library("Scans", "3 images already in your library."));
        check(none(), None, library("Scans", "No images found."));
        check(GroupView { done: 299, cancelled: 1, ..none() }, None, library("299 images read, 1 cancelled", "Scans"));
        check(GroupView { done: 2, failed: 1, ..none() }, None, failure("2 images read, 1 failed"));
        check(GroupView { failed: 1, cancelled: 1, ..none() }, Some(7), failure("1 image could not be read"));
        check(GroupView { done: 5, stopped: true, ..none() }, None, None);
        check(
            GroupView { restored: 500, unusable: 2, known: 4, ..none() },
            None,
            library("Scans", "500 images brought back, 4 already in your library, 2 files could not be used."),
        );
        check(
            GroupView { unusable: 1, ..none() },
            None,
            library("Scans", "No images found, 1 file could not be used."),
        );
    }

    #[test]
    fn other_events_are_told_with_what_to_do() {
        let check = |message: Message, kind, summary, body, place| {
            assert_eq!(said(Some(message)), expected(kind, summary, body, place));
        };
        let reminder = ReminderDue { id: 3, title: "Pay the rent".into(), note: "1,200".into(), item: Some(9) };
        check(reminder_due(&reminder), Kind::Reminder, "Pay the rent", "1,200", Place::Item { id: 9 });
        let free = ReminderDue { item: None, ..reminder };
        check(reminder_due(&free), Kind::Reminder, "Pay the rent", "1,200", Place::Reminders);
        let well =
            RunEnded { topic: schedule_topic(1), title: "Read at night".into(), outcome: "4 read".into(), error: None };
        check(run_ended(&well), Kind::Schedule, "Read at night", "4 read", Place::Activity);
        let error = WireError::new(ErrorCode::DiskFull, "The disk is full.").hint("Free some space.");
        let ill = RunEnded { error: Some(error.clone()), ..well };
        let body = "The disk is full. Free some space.";
        check(run_ended(&ill), Kind::Failure, "Read at night: failed", body, Place::Activity);
        let notice = Notice { error: error.clone(), remedy: Some(Remedy::InstallModels) };
        check(needs_you(&notice), Kind::NeedsYou, "The disk is full", "Free some space.", Place::Settings);
        check(push_failed(&error), Kind::Failure, "A notification could not be pushed", body, Place::Settings);
    }

    #[test]
    fn a_picture_is_told_by_its_beginning() {
        let check = |message: Message, summary, body: &str| {
            assert_eq!(said(Some(message.clone())), expected(Kind::Picture, summary, body, Place::Item { id: 3 }));
            assert!(message.screen_only, "text of the screen goes to no other device");
        };
        check(picture_read(3, " CORNER\nBAKERY\n"), "Text of the picture", "CORNER\nBAKERY");
        check(picture_read(3, " \n"), "There is no text in the picture", "");
        let long = "ä".repeat(BEGINNING + 1);
        check(picture_read(3, &long), "Text of the picture", &format!("{}…", "ä".repeat(BEGINNING)));
        let many = "1\n2\n3\n4\n5\n6\n7";
        check(picture_read(3, many), "Text of the picture", "1\n2\n3\n4\n5\n6…");
        let reason = Reason { code: "bad_image".into(), message: "It is damaged.".into(), hint: Some("Again.".into()) };
        check(picture_failed(3, &reason), "The picture could not be read", "It is damaged. Again.");
    }

    #[test]
    fn buttons_say_what_they_do() {
        let message = reminder_due(&ReminderDue { id: 3, title: "Rent".into(), note: String::new(), item: None });
        let labels: Vec<_> = message.actions.iter().map(Act::label).collect();
        assert_eq!(labels, ["Done", "In 10 minutes", "In 1 hour"]);
        assert_eq!(Act::Snooze { reminder: 3, minutes: 120 }.label(), "In 2 hours");
    }

    #[test]
    fn the_same_trouble_has_the_same_key_whatever_the_batch_is_called() {
        let key = |label: &str, message: &str| {
            let error = WireError::new(ErrorCode::File, message);
            let group = GroupView { label: label.into(), failed: 1, ..GroupView::default() };
            group_ended(&group, None, Some(&error)).unwrap().once.unwrap().key
        };
        assert_eq!(key("a.png", "a.png: access is denied"), key("b.png", "b.png: access is denied"));
        assert_ne!(key("a.png", "a.png: access is denied"), key("a.png", "a.png: the file is not there"));
    }
}
