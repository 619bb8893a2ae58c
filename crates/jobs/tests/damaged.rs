//! Faults put straight into the table of jobs: what cannot be read ends as failed and is told of, all others go on.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Queue, claim_all, job, owner, reason, stored};
use legible_jobs::*;
use serde_json::json;

/// A fault in SQL → what a person is told.
const FAULTS: [(&str, &str); 19] = [
    (r#"needs = '{"network":"by_pigeon"}'"#, "needs (unknown variant `by_pigeon`"),
    ("needs = CAST(x'7bff' AS TEXT)", "needs ("),
    ("payload = '{cut'", "payload ("),
    ("payload = CAST(x'22ff22' AS TEXT)", "payload ("),
    ("backoff_kind = 'weird'", "backoff_kind (weird)"),
    ("backoff_kind = CAST(x'ff' AS TEXT)", "backoff_kind ("),
    ("merger = 'shuffling'", "merger (shuffling)"),
    ("merger = CAST(x'ff' AS TEXT)", "merger ("),
    ("kind = CAST(x'ff61' AS TEXT)", "kind ("),
    ("subject = CAST(x'6974ff' AS TEXT)", "subject ("),
    ("title = CAST(x'61ff' AS TEXT)", "title ("),
    ("unique_key = CAST(x'61ff' AS TEXT)", "unique_key ("),
    ("priority = 9000000000", "priority (9000000000 is out of range)"),
    ("priority = -9223372036854775808", "priority ("),
    ("priority = 9223372036854775807", "priority ("),
    ("generation = -1", "generation (-1 is out of range)"),
    ("max_attempts = 5000000000", "max_attempts ("),
    ("max_attempts = 9223372036854775807", "max_attempts ("),
    ("attempts = 5000000000, max_attempts = 5000000001", "attempts ("),
];

const NOW: i64 = 1_000_000;

/// A queue with a job that has the fault, one that needs it, one that waits for its end, and one that is whole.
struct Scene {
    queue: Queue,
    group: GroupId,
    faulty: JobId,
    needing: JobId,
    following: JobId,
    whole: JobId,
}

impl Scene {
    /// The job with the fault is in this state when the fault comes.
    fn new(fault: &str, state: State) -> Scene {
        let mut queue = Queue::in_memory();
        let group = queue.write(|tx| new_group(tx, "g", 0)).unwrap();
        let mut put = |new: NewJob| queue.write(|tx| enqueue(tx, &new, 0)).unwrap().id;
        let first = put(NewJob { priority: -5, ..job("first") });
        let before = if state == State::Blocked { vec![After { job: first, on: Edge::Success }] } else { vec![] };
        let about = Some("item:1".to_owned());
        let faulty = put(NewJob { group: Some(group), subject: about, after: before, priority: 5, ..job("read") });
        let after = |on| NewJob { after: vec![After { job: faulty, on }], ..job("read") };
        let (needing, following) = (put(after(Edge::Success)), put(after(Edge::End)));
        let whole = put(job("read"));
        queue.write(|tx| seal(tx, group, 0)).unwrap();
        let mut scene = Scene { queue, group, faulty, needing, following, whole };
        if state == State::Running {
            scene.claim(1);
        }
        assert_eq!(stored(&scene.queue, faulty).state, state);
        scene.inject(fault);
        scene
    }

    fn inject(&self, fault: &str) {
        self.queue.conn.execute(&format!("UPDATE job SET {fault} WHERE id = ?1"), [self.faulty.0]).unwrap();
    }

    fn claim(&mut self, limit: usize) -> Vec<Lease> {
        self.queue.write(|tx| claim(tx, &owner(1), NOW, 10_000, &Claim::any(limit))).unwrap()
    }

    fn faulty(&self) -> Job {
        stored(&self.queue, self.faulty)
    }

    fn ids(leases: &[Lease]) -> Vec<JobId> {
        leases.iter().map(|lease| lease.id).collect()
    }

    /// Every way to look at the queue answers, and the job with the fault is told of.
    fn looks_whole_but_for(&self, words: &str, case: &str) {
        let conn = &self.queue.conn;
        let page = jobs(conn, &Filter::default(), 0, 100).unwrap();
        assert_eq!((page.jobs.len(), page.total), (5, 5), "{case}");
        let told: Vec<_> = page.jobs.iter().filter(|job| job.reason.is_some()).collect();
        assert_eq!(told.iter().map(|job| job.id).collect::<Vec<_>>(), [self.faulty], "{case}");
        let told = told[0].reason.clone().unwrap();
        assert_eq!(told.code, JOB_DAMAGED, "{case}");
        assert!(told.message.contains(words), "{case}: {}", told.message);
        assert_eq!(self.faulty().reason, Some(told), "{case}");
        assert_eq!(waiting_conditions(conn).unwrap(), [], "{case}");
        assert_eq!(next_run_at(conn, NOW).unwrap(), None, "{case}");
        assert_eq!(links(conn, self.faulty).unwrap().needed_by, [self.needing, self.following], "{case}");
        assert!(counts(conn).unwrap().active() == 5, "{case}");
        assert!(history(conn, self.faulty).unwrap().len() < 2, "{case}");
        active_by_subject(conn, &["item:1".into()]).unwrap();
    }

    /// It ended as one that cannot be read, and with it what needs it; what follows it goes on.
    fn is_at_its_end(&self, words: &str, case: &str) {
        let seen = self.faulty();
        let why = seen.reason.clone().unwrap();
        assert_eq!(
            (seen.state, why.code.as_str(), seen.finished_at),
            (State::Failed, JOB_DAMAGED, Some(NOW)),
            "{case}"
        );
        assert!(why.message.contains(words), "{case}: {}", why.message);
        let last = history(&self.queue.conn, self.faulty).unwrap().pop().unwrap();
        assert_eq!((last.ended_at, last.reason), (Some(NOW), Some(why)), "{case}");
        let ended = group(&self.queue.conn, self.group).unwrap().unwrap();
        assert_eq!((ended.failed, ended.active, ended.ended_at), (1, 0, Some(NOW)), "{case}");
        let needing = stored(&self.queue, self.needing);
        assert_eq!((needing.state, needing.reason.unwrap().code.as_str()), (State::Failed, NEEDED_FAILED), "{case}");
        assert!(stored(&self.queue, self.following).state != State::Blocked, "{case}");
    }
}

#[test]
fn one_that_waits_ends_and_the_next_takes_its_place() {
    for (fault, words) in FAULTS {
        let mut scene = Scene::new(fault, State::Enqueued);
        scene.looks_whole_but_for(words, fault);
        // Its kind alone is wanted, and so is one job: the claim is not in vain.
        let only = Claim { kinds: Some(vec!["read".into()]), ..Claim::any(1) };
        let mut leases = scene.queue.write(|tx| claim(tx, &owner(1), NOW, 10_000, &only)).unwrap();
        leases.extend(scene.claim(9));
        let mut claimed = Scene::ids(&leases);
        claimed.sort_unstable();
        assert_eq!(claimed, [JobId(1), scene.following, scene.whole], "{fault}");
        scene.is_at_its_end(words, fault);
        assert_eq!(scene.claim(9), [], "{fault}");
        // Asked for again, it ends again.
        let retried = scene.queue.write(|tx| retry(tx, &Filter::ids([scene.faulty]), NOW)).unwrap();
        assert_eq!(retried, [scene.needing, scene.faulty], "{fault}");
        assert_eq!(scene.claim(9), [], "{fault}");
        scene.is_at_its_end(words, fault);
        scene.queue.write(|tx| mark_told(tx, scene.group, NOW)).unwrap();
        let all = Filter::default();
        assert_eq!(scene.queue.write(|tx| prune(tx, &all, NOW + 1, NOW + 1, 100)).unwrap(), 2, "{fault}");
    }
}

#[test]
fn one_that_waits_for_another_ends_when_its_turn_comes() {
    for (fault, words) in FAULTS {
        let mut scene = Scene::new(fault, State::Blocked);
        scene.looks_whole_but_for(words, fault);
        let leases = scene.claim(9);
        assert_eq!(Scene::ids(&leases), [scene.whole, JobId(1)], "{fault}");
        scene.queue.write(|tx| succeed(tx, &leases[1], None, NOW)).unwrap();
        assert_eq!(Scene::ids(&scene.claim(9)), [scene.following], "{fault}");
        scene.is_at_its_end(words, fault);
    }
}

#[test]
fn one_that_runs_comes_to_every_end() {
    let io = Failure::Retryable(reason("io"));
    let check = |fault: &str, words: &str, end: &str, expected: State| {
        let case = format!("{fault}, {end}");
        let mut queue = Scene::new("title = 'none'", State::Enqueued);
        let lease = queue.claim(1).remove(0);
        queue.inject(fault);
        queue.looks_whole_but_for(words, &case);
        let state = match end {
            "success" => queue.queue.write(|tx| succeed(tx, &lease, None, NOW)).map(|()| State::Succeeded),
            "error" => queue.queue.write(|tx| fail(tx, &lease, &io, NOW - 60_000, 1.0)),
            "hand-back" => queue.queue.write(|tx| release(tx, &lease, &Stop::Quit, NOW)),
            _ => {
                if end == "cancel" {
                    let asked = queue.queue.write(|tx| request_cancel(tx, &Filter::ids([lease.id]), NOW)).unwrap();
                    assert_eq!(asked, [lease.id], "{case}");
                }
                let back = queue.queue.write(|tx| reclaim(tx, &Reclaim::NotOwnedBy(&owner(2)), NOW)).unwrap();
                Ok(back[0].1)
            }
        };
        let state = state.unwrap();
        // Back in the queue it cannot be handed out again.
        let state = if state == State::Enqueued {
            queue.claim(9);
            queue.is_at_its_end(words, &case);
            queue.faulty().state
        } else {
            state
        };
        assert_eq!((queue.faulty().state, state), (expected, expected), "{case}");
    };
    for (fault, words) in FAULTS {
        check(fault, words, "success", State::Succeeded);
        check(fault, words, "error", State::Failed);
        check(fault, words, "hand-back", State::Failed);
        check(fault, words, "loss", State::Failed);
        check(fault, words, "cancel", State::Cancelled);
    }
}

/// What decides about another attempt is gone: there is none, and the last error is told with it.
#[test]
fn one_without_a_backoff_is_not_tried_again() {
    let lost = |end: &str| {
        let mut scene = Scene::new("title = 'none'", State::Enqueued);
        let lease = scene.claim(1).remove(0);
        scene.inject("backoff_kind = 'weird'");
        match end {
            "error" => drop(scene.queue.write(|tx| fail(tx, &lease, &Failure::Retryable(reason("io")), NOW, 1.0))),
            _ => drop(scene.queue.write(|tx| reclaim(tx, &Reclaim::NotOwnedBy(&owner(2)), NOW))),
        }
        scene.is_at_its_end("backoff_kind (weird)", end);
        scene.faulty().reason.unwrap().message
    };
    assert!(lost("error").starts_with("It broke. It cannot be tried again."));
    lost("loss");
}

#[test]
fn a_person_can_be_rid_of_it() {
    for (fault, _) in FAULTS {
        for state in [State::Enqueued, State::Blocked] {
            let case = format!("{fault}, {state:?}");
            let mut scene = Scene::new(fault, state);
            let one = Filter::ids([scene.faulty]);
            assert_eq!(scene.queue.write(|tx| run_now(tx, &one, NOW)).unwrap(), 1, "{case}");
            assert_eq!(scene.queue.write(|tx| request_cancel(tx, &one, NOW)).unwrap(), [], "{case}");
            assert_eq!([scene.faulty().state, stored(&scene.queue, scene.needing).state], [State::Cancelled; 2]);
            scene.queue.write(|tx| mark_told(tx, scene.group, NOW)).unwrap();
            let pruned = scene.queue.write(|tx| prune(tx, &Filter::default(), NOW + 1, NOW + 1, 100)).unwrap();
            assert_eq!(pruned, 2, "{case}");
        }
    }
    let mut scene = Scene::new("payload = '{cut'", State::Enqueued);
    scene.claim(9);
    let needing = scene.needing;
    scene.queue.conn.execute("UPDATE job SET subject = 'item:1' WHERE id = ?1", [needing.0]).unwrap();
    assert_eq!(scene.queue.write(|tx| forget(tx, "item:1")).unwrap(), 2);
    // Waived conditions and a change mend what they set.
    let check = |fault: &str, mend: &dyn Fn(&mut Scene)| {
        let mut scene = Scene::new(fault, State::Enqueued);
        mend(&mut scene);
        assert_eq!(Scene::ids(&scene.claim(1)), [scene.faulty], "{fault}");
        assert_eq!(scene.faulty().reason, None, "{fault}");
    };
    let waive = |scene: &mut Scene| drop(scene.queue.write(|tx| run_now(tx, &Filter::ids([scene.faulty]), NOW)));
    let change = |scene: &mut Scene| {
        let new = NewJob { priority: 5, ..job("read") };
        assert_eq!(scene.queue.write(|tx| update(tx, scene.faulty, &new, NOW)).unwrap(), Applied::Immediately);
    };
    check(FAULTS[0].0, &waive);
    FAULTS.iter().take(11).for_each(|(fault, _)| check(fault, &change));
}

/// A count that is used up is none of the faults: the job had an attempt left when it was put into the queue.
#[test]
fn a_used_up_count_of_attempts_stops_nothing() {
    let mut scene = Scene::new("attempts = 3", State::Enqueued);
    let lease = scene.claim(1).remove(0);
    assert_eq!((lease.id, lease.attempt, lease.max_attempts), (scene.faulty, 3, 3));
}

#[test]
fn damaged_inputs_outputs_and_histories_are_told_of() {
    let mut queue = Queue::in_memory();
    let first = queue.write(|tx| enqueue(tx, &job("read"), 0)).unwrap().id;
    let after = vec![After { job: first, on: Edge::Success }];
    let second = queue.write(|tx| enqueue(tx, &NewJob { after, ..job("read") }, 0)).unwrap().id;
    let lease = claim_all(&mut queue, 1, NOW).remove(0);
    queue.write(|tx| succeed(tx, &lease, Some(json!({ "a": 1 })), NOW)).unwrap();
    queue.conn.execute("UPDATE job SET output = '{cut' WHERE id = ?1", [first.0]).unwrap();
    assert_eq!(links(&queue.conn, second).unwrap().input, json!({ "item": 1 }));
    assert_eq!(claim_all(&mut queue, 1, NOW), []);
    let why = stored(&queue, second).reason.unwrap();
    assert_eq!(why.code, JOB_DAMAGED);
    assert!(why.message.contains("the output of a job that it needs ("), "{}", why.message);
    let seen = stored(&queue, first);
    assert_eq!((seen.state, seen.output, seen.reason.unwrap().code.as_str()), (State::Succeeded, None, JOB_DAMAGED));

    // A newer version may know more states and outcomes.
    queue.conn.pragma_update(None, "ignore_check_constraints", true).unwrap();
    queue.conn.execute_batch("UPDATE job_attempt SET outcome = 'dreamt'; UPDATE job SET state = 'dreaming'").unwrap();
    queue.conn.execute_batch("INSERT INTO job_count VALUES ('dreaming', 2)").unwrap();
    let line = history(&queue.conn, first).unwrap().remove(0);
    assert_eq!((line.outcome, line.reason.unwrap().code.as_str()), (None, JOB_DAMAGED));
    let page = jobs(&queue.conn, &Filter::default(), 0, 9).unwrap();
    assert_eq!(page.jobs.iter().map(|job| job.state).collect::<Vec<_>>(), [State::Failed; 2]);
    assert_eq!(counts(&queue.conn).unwrap(), Counts::default());
}

/// However many there are, one claim comes to those that are whole.
#[test]
fn many_do_not_starve_the_others() {
    let mut queue = Queue::in_memory();
    let put = |tx: &rusqlite::Transaction<'_>, priority| enqueue(tx, &NewJob { priority, ..job("read") }, 0);
    let add = |queue: &mut Queue, n: usize, priority| {
        queue.write(|tx| (0..n).try_for_each(|_| put(tx, priority).map(drop))).unwrap();
    };
    add(&mut queue, 2500, 5);
    queue.conn.execute("UPDATE job SET needs = '{\"moon\":', priority = 7", []).unwrap();
    add(&mut queue, 3, 5);
    let leases = queue.write(|tx| claim(tx, &owner(1), NOW, 10_000, &Claim::any(2))).unwrap();
    assert_eq!(Scene::ids(&leases), [JobId(2501), JobId(2502)]);
    let counts = counts(&queue.conn).unwrap();
    assert_eq!((counts.failed, counts.running, counts.enqueued), (2500, 2, 1));
}
