//! The way of a message from what happened to the screen and the push, through the database.

use super::screen::{Order, Response};
use super::*;
use crate::api::{ErrorCode, Hours, Notify, Push, PushKind, Remedy, Settings, WireError};
use crate::service::Role;
use crate::testing::Home;
use legible_jobs::{Claim, Failure, Filter, Owner, Reason, State};
use legible_library::ItemId;
use message::{Kind, Message, ReminderDue, RunEnded};
use planner::{LASTING_MS, LATE_MS, TOGETHER_MS};
use tokio::sync::mpsc::Receiver;

struct Told {
    home: Home,
    teller: Teller,
    orders: Receiver<Order>,
}

impl Told {
    fn new() -> Self {
        let home = Home::new();
        home.service.set_role(Role::Runner);
        let (screen, orders) = Screen::of_test();
        Told { teller: Teller::new(home.service.clone(), screen), home, orders }
    }

    fn settings(&self, change: impl FnOnce(Settings) -> Settings) {
        let file = self.home.service.settings_file();
        file.save(&change(file.load().unwrap())).unwrap();
    }

    fn put(&self, message: Message) {
        let now = self.home.service.now();
        self.home.service.database().write_blocking(move |tx| outbox::put(tx, &message, now)).unwrap();
    }

    /// Looks after so many milliseconds; returns what came onto the screen.
    fn look(&mut self, after: i64) -> Vec<String> {
        self.home.clock.advance(after);
        self.home.ask(self.teller.look()).unwrap();
        let mut shown = Vec::new();
        while let Ok(order) = self.orders.try_recv() {
            shown.push(match order {
                Order::Show(card) => card.summary,
                Order::Close(topic) => format!("closed {topic}"),
            });
        }
        shown
    }

    /// The titles of the pushes in the queue.
    fn pushes(&self) -> Vec<String> {
        let all = |c: &rusqlite::Connection| Ok(legible_jobs::jobs(c, &legible_jobs::Filter::default(), 0, 100)?);
        self.home.service.database().read_blocking(all).unwrap().jobs.into_iter().map(|job| job.title).collect()
    }
}

fn batch(id: i64) -> Message {
    let group = GroupView { id, label: "Scans".into(), done: 3, ..GroupView::default() };
    message::group_ended(&group, None, None).unwrap()
}

fn schedule() -> Message {
    message::run_ended(&RunEnded {
        topic: message::schedule_topic(1),
        title: "Night".into(),
        outcome: "4 read".into(),
        error: None,
    })
}

fn reminder() -> Message {
    message::reminder_due(&ReminderDue { id: 1, title: "Rent".into(), note: String::new(), item: None })
}

#[test]
fn a_message_is_told_once_and_pushed_with_that() {
    let mut told = Told::new();
    told.settings(|s| Settings { push: Push { kind: PushKind::Ntfy, url: "https://ntfy.example/a".into() }, ..s });
    told.put(batch(1));
    assert_eq!(told.look(0), [""; 0]);
    assert_eq!(told.look(TOGETHER_MS), ["3 images read"]);
    assert_eq!(told.look(TOGETHER_MS), [""; 0]);
    assert_eq!(told.pushes(), ["3 images read"]);
    told.put(message::push_failed(&WireError::new(ErrorCode::Network, "No.")));
    assert_eq!(told.look(TOGETHER_MS), ["A notification could not be pushed"]);
    assert_eq!(told.pushes().len(), 1, "what is wrong with pushing is not pushed");
}

#[test]
fn quiet_hours_hold_screen_and_push_back_and_reminders_go_through() {
    let mut told = Told::new();
    let url = "https://hook.example/".to_owned();
    told.settings(|s| Settings { push: Push { kind: PushKind::Webhook, url: url.clone() }, ..s });
    // All day but for one minute that is far away, in whatever zone this machine is.
    let zone = TimeZone::system();
    let local =
        |ms: i64| zone.to_datetime(jiff::Timestamp::from_millisecond(ms).unwrap()).strftime("%H:%M").to_string();
    let (now, end) = (told.home.service.now(), told.home.service.now() + 3_600_000);
    told.settings(|s| Settings { quiet_hours: Some(Hours { from: local(now), to: local(end) }), ..s });
    told.put(batch(1));
    told.put(schedule());
    told.put(reminder());
    assert_eq!(told.look(TOGETHER_MS), ["Rent"]);
    assert_eq!(told.pushes(), ["Rent"]);
    assert_eq!(told.look(1_000_000), [""; 0]);
    assert_eq!(told.look(3_600_000 - 1_000_000), ["closed batch:1", "closed schedule:1", "1 batch done, 1 task done"]);
    let mut pushes = told.pushes();
    pushes.sort();
    assert_eq!(pushes, ["1 batch done, 1 task done", "Rent"]);
}

#[test]
fn what_waits_is_told_after_a_restart() {
    let mut told = Told::new();
    told.put(batch(1));
    told.put(batch(2));
    let (screen, orders) = Screen::of_test();
    (told.teller, told.orders) = (Teller::new(told.home.service.clone(), screen), orders);
    assert_eq!(told.look(LATE_MS * 10), ["closed batch:1", "closed batch:2", "2 batches done"]);
}

#[test]
fn only_the_process_that_runs_the_jobs_tells() {
    let mut told = Told::new();
    told.home.service.set_role(Role::Visitor);
    told.put(batch(1));
    assert_eq!(told.look(TOGETHER_MS), [""; 0]);
    told.home.service.set_role(Role::Runner);
    assert_eq!(told.look(0), ["3 images read"]);
}

#[test]
fn a_lasting_trouble_is_told_once_unless_it_passes() {
    let mut told = Told::new();
    let notice = |message: &str| Notice {
        error: WireError::new(ErrorCode::LibraryFolder, message),
        remedy: Some(Remedy::Rebuild),
    };
    let heed = |told: &mut Told, notices: &[Notice]| {
        let Told { home, teller, .. } = told;
        home.ask(teller.heed(notices));
    };
    heed(&mut told, &[notice("Gone.")]);
    assert_eq!(told.look(1_000), [""; 0]);
    // It passes by itself.
    heed(&mut told, &[]);
    assert_eq!(told.look(LASTING_MS), [""; 0]);
    heed(&mut told, &[notice("Gone.")]);
    heed(&mut told, &[notice("Gone.")]);
    assert_eq!(told.look(LASTING_MS), ["Gone"]);
    // Another look, another process: it is told already.
    told.teller.troubles = None;
    heed(&mut told, &[notice("Gone.")]);
    assert_eq!(told.look(LASTING_MS), ["closed notice:LibraryFolder:Gone."]);
    // Mended, and back.
    heed(&mut told, &[]);
    heed(&mut told, &[notice("Gone.")]);
    assert_eq!(told.look(LASTING_MS), ["Gone"]);
}

#[test]
fn what_is_off_is_not_told_later() {
    let mut told = Told::new();
    let none = Notify { batches: false, failures: false, reminders: false, schedules: false };
    told.settings(|s| Settings { notify: none, ..s });
    told.put(batch(1));
    told.put(reminder());
    assert_eq!(told.look(TOGETHER_MS), ["closed batch:1", "closed reminder:1"]);
    told.settings(|s| Settings { notify: Notify { batches: true, ..none }, ..s });
    assert_eq!(told.look(TOGETHER_MS), [""; 0]);
}

#[test]
fn a_message_of_another_version_does_not_stop_the_others() {
    let mut told = Told::new();
    let odd =
        |tx: &rusqlite::Transaction<'_>| Ok(tx.execute("INSERT INTO message (at, content) VALUES (1, '{}')", [])?);
    told.home.service.database().write_blocking(odd).unwrap();
    told.put(reminder());
    assert_eq!(told.look(0), ["Rent"]);
    let (waiting, unknown) = told.home.service.database().read_blocking(outbox::waiting).unwrap();
    assert_eq!((waiting.len(), unknown.len()), (0, 0));
}

#[test]
fn messages_that_nobody_tells_do_not_pile_up() {
    let told = Told::new();
    let now = told.home.service.now();
    told.home
        .service
        .database()
        .write_blocking(move |tx| (0..600).try_for_each(|_| outbox::put(tx, &schedule(), now)))
        .unwrap();
    let (waiting, _) = told.home.service.database().read_blocking(outbox::waiting).unwrap();
    assert_eq!(waiting.len(), 500);
    assert!(waiting.iter().all(|one| one.message.kind == Kind::Schedule));
}

/// A batch with one image whose reading failed, as its end is told.
fn failed_batch(told: &Told) -> i64 {
    let now = told.home.service.now();
    let made = move |tx: &rusqlite::Transaction<'_>| {
        let group = legible_jobs::new_group(tx, "Scans", now)?;
        crate::intake::enqueue_read(tx, ItemId(1), "a.png", Some(group), now)?;
        Ok(group.0)
    };
    let group = told.home.service.database().write_blocking(made).unwrap();
    fail_reading(told);
    group
}

fn fail_reading(told: &Told) {
    let now = told.home.service.now();
    let fail = move |tx: &rusqlite::Transaction<'_>| {
        let lease = legible_jobs::claim(tx, &Owner("test".into()), now, 60_000, &Claim::any(1))?.remove(0);
        let reason = Reason { code: "file".into(), message: "Denied.".into(), hint: Some("Allow it.".into()) };
        Ok(legible_jobs::fail(tx, &lease, &Failure::Final(reason), now, 0.0)?)
    };
    told.home.service.database().write_blocking(fail).unwrap();
    told.home.ask(crate::groups::tell_ended(&told.home.service)).unwrap();
}

fn states(told: &Told, state: State) -> u64 {
    let count = move |c: &rusqlite::Connection| Ok(legible_jobs::jobs(c, &Filter::states([state]), 0, 0)?.total);
    told.home.service.database().read_blocking(count).unwrap()
}

#[test]
fn what_a_person_chooses_is_done() {
    let mut told = Told::new();
    let opened = Arc::new(std::sync::Mutex::new(vec![]));
    let open: Open = {
        let opened = Arc::clone(&opened);
        Arc::new(move |place| opened.lock().unwrap().push(place))
    };
    let act = |told: &Told, response| told.home.ask(act::act(told.home.service.clone(), Arc::clone(&open), response));
    act(&told, Response::Open(Place::Activity));
    assert_eq!(*opened.lock().unwrap(), [Place::Activity]);

    let group = failed_batch(&told);
    assert_eq!(told.look(TOGETHER_MS), ["1 image could not be read"]);
    // The same failure of another batch is told no more.
    failed_batch(&told);
    assert_eq!(told.look(TOGETHER_MS), [format!("closed batch:{}", group + 1)]);
    // Whoever tries again is told again.
    act(&told, Response::Act(message::Act::Retry { group }));
    assert_eq!((states(&told, State::Enqueued), states(&told, State::Failed)), (1, 1));
    fail_reading(&told);
    assert_eq!(told.look(TOGETHER_MS), ["1 image could not be read"]);

    act(&told, Response::Act(message::Act::Retry { group }));
    act(&told, Response::Act(message::Act::Cancel { group }));
    assert_eq!((states(&told, State::Enqueued), states(&told, State::Cancelled)), (0, 1));
}
