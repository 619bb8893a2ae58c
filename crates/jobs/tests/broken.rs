//! Faults put straight into the table of schedules: what cannot be run is set aside and told of, all others go on.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Queue, plan, stored};
use legible_jobs::limits::SET_ASIDE_MS;
use legible_jobs::*;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// A midnight in UTC.
const START: i64 = 20_000 * DAY;

fn hourly() -> Rule {
    Rule::Every { interval_ms: HOUR, anchor: START }
}

fn on(trigger: Trigger) -> Rule {
    Rule::On { trigger }
}

/// What cannot be read at all, and what can but is not fit to run: a fault in SQL → what a person is told.
const UNREADABLE: [(&str, &str); 8] = [
    (r#"rule = '{"rule":"lunar","phase":3}'"#, "schedule.rule: unknown variant `lunar`"),
    ("rule = 'hourly'", "schedule.rule"),
    (r#"missed = '{"missed":"ask"}'"#, "schedule.missed"),
    (r#"needs = '{"network":"by_pigeon"}'"#, "needs: unknown variant `by_pigeon`"),
    ("payload = '{'", "schedule.payload"),
    ("tags = '7'", "schedule.tags"),
    ("backoff_kind = 'random'", "random"),
    ("priority = 9000000000", "perhaps a newer version of Legible wrote it"),
];
const UNFIT: [(&str, &str); 5] = [
    ("zone = 'Mars/Olympus'", "there is no time zone \"Mars/Olympus\""),
    (r#"rule = '{"rule":"cron","expression":"61 * * * *"}'"#, "61 * * * *"),
    (r#"rule = '{"rule":"every","interval_ms":0,"anchor":0}'"#, "at least 1 second"),
    ("kind = ''", "kind is not usable"),
    ("max_attempts = 4000000000", "max_attempts is not usable"),
];

/// A queue with a schedule that has the fault, made first, and one without, both by this rule.
fn scene(rule: &Rule, fault: &str) -> (Queue, ScheduleId, ScheduleId) {
    let mut queue = Queue::in_memory();
    let mut put = |name: &str| {
        let new = Schedule { missed: Missed::All { most: 9 }, overlap: Overlap::Allow, ..plan(name, rule.clone()) };
        queue.write(|tx| put_schedule(tx, &new, SchedulePolicy::Keep, START)).unwrap().0
    };
    let (faulty, whole) = (put("faulty"), put("whole"));
    inject(&queue, faulty, fault);
    (queue, faulty, whole)
}

fn inject(queue: &Queue, id: ScheduleId, fault: &str) {
    queue.conn.execute(&format!("UPDATE schedule SET {fault} WHERE id = ?1"), [id.0]).unwrap();
}

/// What the list of schedules says is wrong with it, whichever list that is.
fn told(queue: &Queue, id: ScheduleId) -> Option<String> {
    let broken = broken_schedules(&queue.conn).unwrap().into_iter().map(|one| (one.id, Some(one.problem)));
    let listed = schedules(&queue.conn, None).unwrap().into_iter().map(|one| (one.id, one.problem));
    let mut found: Vec<_> = broken.chain(listed).filter(|(other, _)| *other == id).collect();
    assert_eq!(found.len(), 1, "each schedule is in one list, once");
    found.remove(0).1
}

fn fire(queue: &mut Queue, now: i64) -> Vec<ScheduleId> {
    queue.write(|tx| fire_due(tx, now, 1)).unwrap().iter().map(|fired| fired.schedule).collect()
}

#[test]
fn one_that_cannot_run_holds_nothing_up() {
    let check = |fault: &str, words: &str| {
        let (mut queue, faulty, whole) = scene(&hourly(), fault);
        let problem = told(&queue, faulty).unwrap_or_default();
        assert!(problem.contains(words), "{fault}: {problem}");
        assert_eq!(told(&queue, whole), None);
        assert_eq!(next_schedule_at(&queue.conn, START).unwrap(), Some(START + HOUR));
        // It takes a look of its own, then it is out of the way.
        let now = START + HOUR;
        assert_eq!([fire(&mut queue, now), fire(&mut queue, now)], [vec![], vec![whole]], "{fault}");
        assert_eq!(next_schedule_at(&queue.conn, now).unwrap(), Some(now + HOUR.min(SET_ASIDE_MS)), "{fault}");
        assert_eq!(queue.conn.query_row("SELECT count(*) FROM job", [], |row| row.get(0)), Ok(1), "{fault}");
        // Nor is there a look after a look at one whose clock had been wrong as well.
        inject(&queue, faulty, &format!("handled_at = {}", START + 400 * DAY));
        for _ in 0..3 {
            fire(&mut queue, now);
        }
        assert!(next_schedule_at(&queue.conn, now).unwrap() > Some(now), "{fault}");
        assert_eq!(told(&queue, faulty), Some(problem));
    };
    UNREADABLE.iter().chain(&UNFIT).for_each(|(fault, words)| check(fault, words));
}

#[test]
fn what_happens_starts_the_others() {
    let check = |fault: &str| {
        let (mut queue, _, whole) = scene(&on(Trigger::AppStart), fault);
        let fired = queue.write(|tx| trigger(tx, &Trigger::AppStart, START + 1)).unwrap();
        assert_eq!(fired.iter().map(|fired| fired.schedule).collect::<Vec<_>>(), [whole], "{fault}");
        let folder = Trigger::FolderChanged { path: "/a".into(), settle_ms: 5, max_delay_ms: 9 };
        let (queue, _, whole) = scene(&on(folder), fault);
        let watched = folder_schedules(&queue.conn).unwrap();
        assert!(watched.iter().any(|stored| stored.id == whole), "{fault}");
    };
    UNREADABLE.iter().chain(&UNFIT[..1]).for_each(|(fault, _)| check(fault));
    // The end of a run starts what can be started, and the run ends.
    let (mut queue, first, _) = scene(&hourly(), "title = 'first'");
    let then = plan("then", on(Trigger::ScheduleEnded { schedule: first.0 }));
    let (then, _) = queue.write(|tx| put_schedule(tx, &then, SchedulePolicy::Keep, START)).unwrap();
    inject(&queue, then, UNREADABLE[2].0);
    let run = queue.write(|tx| run_schedule_now(tx, first, START)).unwrap();
    let lease = common::claim_all(&mut queue, 1, START).remove(0);
    queue.write(|tx| succeed(tx, &lease, None, START)).unwrap();
    assert_eq!(stored(&queue, run).state, State::Succeeded);
}

#[test]
fn what_is_readable_again_goes_on_where_it_stood() {
    let (mut queue, faulty, whole) = scene(&hourly(), "zone = 'Mars/Olympus'");
    for hour in 1..4 {
        fire(&mut queue, START + hour * HOUR);
        fire(&mut queue, START + hour * HOUR);
    }
    inject(&queue, faulty, "zone = 'UTC'");
    let fired = queue.write(|tx| fire_due(tx, START + 4 * HOUR, 9)).unwrap();
    let runs = |id| fired.iter().filter(|fired| fired.schedule == id).map(|fired| fired.jobs.len()).sum::<usize>();
    assert_eq!((runs(faulty), runs(whole)), (4, 1), "the times that were missed are made up for");
    assert_eq!(told(&queue, faulty), None);
}

#[test]
fn it_can_be_set_anew_removed_and_switched_off() {
    let check = |fault: &str, readable: bool| {
        let (mut queue, faulty, _) = scene(&hourly(), fault);
        let keep =
            |tx: &rusqlite::Transaction<'_>| put_schedule(tx, &plan("faulty", hourly()), SchedulePolicy::Keep, 1);
        assert_eq!(queue.write(keep).unwrap(), (faulty, false), "{fault}");
        assert!(told(&queue, faulty).is_some(), "{fault}: it is kept as it is");
        let off = queue.write(|tx| set_enabled(tx, faulty, false, START));
        assert_eq!(off.is_ok(), readable, "{fault}");
        assert!(queue.write(|tx| set_enabled(tx, faulty, true, START)).is_err(), "{fault}");
        for policy in [SchedulePolicy::Update, SchedulePolicy::Replace] {
            inject(&queue, faulty, fault);
            let anew = queue.write(|tx| put_schedule(tx, &plan("faulty", hourly()), policy, START)).unwrap();
            assert_eq!(anew, (faulty, true), "{fault}");
            assert_eq!(told(&queue, faulty), None, "{fault}");
            let seen = schedule(&queue.conn, faulty).unwrap().unwrap();
            assert_eq!((seen.schedule, seen.next_at), (plan("faulty", hourly()), Some(START + HOUR)), "{fault}");
        }
        inject(&queue, faulty, fault);
        assert!(queue.write(|tx| remove_schedule(tx, faulty, START)).unwrap(), "{fault}");
        assert_eq!(schedules(&queue.conn, None).unwrap().len(), 1, "{fault}");
    };
    UNREADABLE.iter().for_each(|(fault, _)| check(fault, false));
    UNFIT.iter().for_each(|(fault, _)| check(fault, true));
}

#[test]
fn what_waits_for_a_removed_schedule_is_told_of() {
    let gone = Some("the schedule that it waits for is gone".to_owned());
    let (mut queue, first, whole) = scene(&hourly(), "title = 'first'");
    let waits = plan("waits", on(Trigger::ScheduleEnded { schedule: first.0 }));
    let last = |schedule| plan("last", on(Trigger::ScheduleEnded { schedule }));
    let put = |queue: &mut Queue, new: &Schedule| {
        queue.write(|tx| put_schedule(tx, new, SchedulePolicy::Update, START)).unwrap().0
    };
    let waits = put(&mut queue, &waits);
    let after = put(&mut queue, &last(waits.0));
    assert_eq!([first, whole, waits, after].map(|id| told(&queue, id)), [None, None, None, None]);
    assert!(queue.write(|tx| remove_schedule(tx, first, START)).unwrap());
    assert_eq!([whole, waits, after].map(|id| told(&queue, id)), [None, gone.clone(), None]);
    assert_eq!(schedule(&queue.conn, waits).unwrap().unwrap().problem, gone);
    // Switched off it stays told of, and it cannot be switched on; but it can be run out of turn, and others start after it.
    queue.write(|tx| set_enabled(tx, waits, false, START)).unwrap();
    assert!(queue.write(|tx| set_enabled(tx, waits, true, START)).is_err());
    assert_eq!(told(&queue, waits), gone);
    queue.write(|tx| run_schedule_now(tx, waits, START)).unwrap();
    let lease = common::claim_all(&mut queue, 1, START).remove(0);
    queue.write(|tx| succeed(tx, &lease, None, START)).unwrap();
    assert_eq!(common::claim_all(&mut queue, 1, START)[0].schedule, Some(after));
    // Set anew to wait for one that is there, it runs again.
    let anew = plan("waits", on(Trigger::ScheduleEnded { schedule: whole.0 }));
    assert_eq!((put(&mut queue, &anew), told(&queue, waits)), (waits, None));
    let again = put(&mut queue, &plan("faulty", hourly()));
    assert!(again > after, "a number is never given twice, so none waits for another one by mistake");
}
