//! Chains: what waits, what goes on, what ends with another, what comes back.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Queue, claim_all, job, reason, stored};
use legible_jobs::*;
use serde_json::{Value, json};

/// How the job with this title ends when it is claimed.
#[derive(Debug, Clone, Copy)]
enum End {
    Well,
    Badly,
    /// Asked to stop while it runs, and stops.
    Stopped,
}

fn titled(title: &str) -> NewJob {
    NewJob { title: title.into(), max_attempts: 1, ..job("work") }
}

/// `a`, then `b` and `c` beside each other, then `d`, then `e`; beside it `f` which joins before `d`.
fn diamond() -> Chain {
    let left = Chain::begin([titled("a")]).then([titled("b"), titled("c")]);
    Chain::join([left, Chain::begin([titled("f")])]).then([titled("d")]).then([titled("e")])
}

/// Claims round by round and ends each job as `ends` says, well if it says nothing. One text for each round.
fn work(queue: &mut Queue, ends: &[(&str, End)]) -> Vec<String> {
    let mut rounds = Vec::new();
    loop {
        let mut leases = claim_all(queue, 1, 100);
        if leases.is_empty() {
            return rounds;
        }
        leases.sort_by(|a, b| a.title.cmp(&b.title));
        rounds.push(leases.iter().map(|lease| lease.title.as_str()).collect());
        for lease in leases {
            let end = ends.iter().find(|(title, _)| *title == lease.title).map_or(End::Well, |(_, end)| *end);
            match end {
                End::Well => queue.write(|tx| succeed(tx, &lease, Some(json!({ &lease.title: 1 })), 100)).unwrap(),
                End::Badly => {
                    queue.write(|tx| fail(tx, &lease, &Failure::Final(reason("bad")), 100, 0.0)).map(drop).unwrap();
                }
                End::Stopped => {
                    queue.write(|tx| request_cancel(tx, &Filter::ids([lease.id]), 100)).unwrap();
                    queue.write(|tx| release(tx, &lease, &Stop::Cancelled, 100)).map(drop).unwrap();
                }
            }
        }
    }
}

/// The titles of the jobs in this state, sorted.
fn in_state(queue: &Queue, state: State) -> String {
    let page = jobs(&queue.conn, &Filter::states([state]), 0, 99).unwrap();
    let mut titles: Vec<String> = page.jobs.into_iter().map(|job| job.title).collect();
    titles.sort();
    titles.concat()
}

#[test]
fn failure_and_cancel_are_inherited_and_a_retry_brings_all_back() {
    // How jobs end → the rounds in which they ran; who succeeded, failed and was cancelled; the rounds after a retry of
    // the last job, which all end well.
    let check = |ends: &[(&str, End)], rounds: &[&str], ended: [&str; 3], again: &[&str]| {
        let mut queue = Queue::in_memory();
        let ids = queue.write(|tx| enqueue_chain(tx, &diamond(), None, 0)).unwrap();
        assert_eq!(work(&mut queue, ends), rounds, "{ends:?}");
        let seen = [State::Succeeded, State::Failed, State::Cancelled].map(|state| in_state(&queue, state));
        assert_eq!(seen, ended, "{ends:?}");
        let last = ids.last().unwrap().id;
        queue.write(|tx| retry(tx, &Filter::ids([last]), 50)).unwrap();
        assert_eq!(work(&mut queue, &[]), again, "{ends:?}");
        assert_eq!(in_state(&queue, State::Succeeded), "abcdef");
        let last = stored(&queue, last);
        assert_eq!((last.reason, last.blocked_by), (None, vec![]));
    };
    use End::{Badly, Stopped};
    check(&[], &["af", "bc", "d", "e"], ["abcdef", "", ""], &[]);
    check(&[("a", Badly)], &["af"], ["f", "abcde", ""], &["a", "bc", "d", "e"]);
    check(&[("a", Stopped)], &["af"], ["f", "", "abcde"], &["a", "bc", "d", "e"]);
    check(&[("f", Badly)], &["af", "bc"], ["abc", "def", ""], &["f", "d", "e"]);
    check(&[("b", Badly)], &["af", "bc"], ["acf", "bde", ""], &["b", "d", "e"]);
    check(&[("b", Badly), ("c", Badly)], &["af", "bc"], ["af", "bcde", ""], &["bc", "d", "e"]);
    check(&[("b", Badly), ("c", Stopped)], &["af", "bc"], ["af", "bde", "c"], &["bc", "d", "e"]);
    check(&[("e", Badly)], &["af", "bc", "d", "e"], ["abcdf", "e", ""], &["e"]);
}

#[test]
fn who_ended_with_another_says_with_which() {
    let mut queue = Queue::in_memory();
    let ids = queue.write(|tx| enqueue_chain(tx, &diamond(), None, 0)).unwrap();
    work(&mut queue, &[("b", End::Badly)]);
    let (needed, job) = (ids[1].id, stored(&queue, ids[4].id));
    assert_eq!(job.title, "d");
    let why = job.reason.unwrap();
    assert_eq!((why.code.as_str(), why.message), (NEEDED_FAILED, format!("It needs job {needed} (b), which failed.")));
    assert!(why.hint.is_some());
    assert_eq!(history(&queue.conn, job.id).unwrap(), [], "it never ran");
}

#[test]
fn a_failure_runs_through_any_depth() {
    let mut queue = Queue::in_memory();
    let depth = 1000;
    let chain = (1..depth).fold(Chain::begin([titled("first")]), |chain, _| chain.then([titled("later")]));
    let ids = queue.write(|tx| enqueue_chain(tx, &chain, None, 0)).unwrap();
    work(&mut queue, &[("first", End::Badly)]);
    assert_eq!(counts(&queue.conn).unwrap(), Counts { failed: depth, ..Counts::default() });

    let back = queue.write(|tx| retry(tx, &Filter::ids([ids[999].id]), 50)).unwrap();
    assert_eq!(back.len() as u64, depth);
    assert_eq!(counts(&queue.conn).unwrap(), Counts { enqueued: 1, blocked: depth - 1, ..Counts::default() });
    queue.write(|tx| request_cancel(tx, &Filter::ids([ids[0].id]), 60)).unwrap();
    assert_eq!(counts(&queue.conn).unwrap(), Counts { cancelled: depth, ..Counts::default() });
    assert_eq!(queue.write(|tx| prune(tx, &Filter::default(), 1000, 1000, usize::MAX)).unwrap() as u64, depth);
}

#[test]
fn a_job_waits_for_ends_and_for_successes() {
    // What it waits for and how that ends → where it stands then.
    let check = |edges: &[Edge], end: End, expected: State| {
        let mut queue = Queue::in_memory();
        let first = queue.write(|tx| enqueue(tx, &titled("a"), 0)).unwrap().id;
        let after = edges.iter().map(|on| After { job: first, on: *on }).collect();
        let second = queue.write(|tx| enqueue(tx, &NewJob { run_at: 999, after, ..titled("b") }, 0)).unwrap().id;
        assert_eq!(stored(&queue, second).blocked_by, [first]);
        work(&mut queue, &[("a", end)]);
        assert_eq!(stored(&queue, second).state, expected, "{edges:?} {end:?}");
        // Who comes when it has ended already fares the same.
        let late = NewJob {
            run_at: 999,
            after: edges.iter().map(|on| After { job: first, on: *on }).collect(),
            ..titled("c")
        };
        let late = queue.write(|tx| enqueue(tx, &late, 200)).unwrap().id;
        assert_eq!(stored(&queue, late).state, expected, "{edges:?} {end:?}");
    };
    check(&[Edge::Success], End::Well, State::Enqueued);
    check(&[Edge::Success], End::Badly, State::Failed);
    check(&[Edge::Success], End::Stopped, State::Cancelled);
    check(&[Edge::End], End::Well, State::Enqueued);
    check(&[Edge::End], End::Badly, State::Enqueued);
    check(&[Edge::End], End::Stopped, State::Enqueued);
    check(&[Edge::End, Edge::Success], End::Badly, State::Failed);
    check(&[Edge::Success, Edge::End], End::Badly, State::Failed);
}

#[test]
fn outputs_become_inputs() {
    let check = |merger: Merger, expected: Value| {
        let mut queue = Queue::in_memory();
        let last = NewJob { merger, payload: json!({ "own": true, "a": 0 }), ..titled("c") };
        let chain = Chain::begin([titled("a"), titled("b")]).then([last]);
        queue.write(|tx| enqueue_chain(tx, &chain, None, 0)).unwrap();
        for (lease, n) in claim_all(&mut queue, 1, 0).into_iter().zip(1..) {
            let output = json!({ "a": n, &lease.title: [n] });
            queue.write(|tx| succeed(tx, &lease, Some(output), 1)).unwrap();
        }
        let lease = claim_all(&mut queue, 1, 1).remove(0);
        assert_eq!(lease.payload, expected);
        assert_eq!(stored(&queue, lease.id).payload, json!({ "own": true, "a": 0 }), "what is stored stays");
    };
    check(Merger::Overwriting, json!({ "own": true, "a": 2, "b": [2] }));
    // The output of `a` names its field twice; the last one counts.
    check(Merger::ArrayCreating, json!({ "own": [true], "a": [0, [1], 2], "b": [[2]] }));
}

#[test]
fn a_chain_is_whole_or_not_at_all() {
    let check = |chain: Chain, expected: &str| {
        let mut queue = Queue::in_memory();
        let refused = queue.write(|tx| enqueue_chain(tx, &chain, None, 0)).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
        assert_eq!(counts(&queue.conn).unwrap(), Counts::default());
    };
    check(Chain::begin([]), "chain is not usable");
    check(Chain::join([]), "chain is not usable");
    check(Chain::begin(vec![titled("a"); limits::MAX_CHAIN_JOBS + 1]), "chain is not usable");
    check(Chain::begin([titled("a")]).then([NewJob { kind: String::new(), ..titled("b") }]), "kind is not usable");
    let stray = NewJob { after: vec![After { job: JobId(99), on: Edge::End }], ..titled("b") };
    check(Chain::begin([titled("a")]).then([stray]), "there is no job 99");
}

#[test]
fn a_chain_holds_its_name_to_its_end() {
    let mut queue = Queue::in_memory();
    let put = |queue: &mut Queue, policy| {
        let chain = Chain::begin([titled("a")]).then([titled("b")]);
        queue.write(|tx| enqueue_chain(tx, &chain, Some(("nightly", policy)), 0)).unwrap()
    };
    let first = put(&mut queue, UniquePolicy::Keep);
    let lease = claim_all(&mut queue, 1, 0).remove(0);
    queue.write(|tx| succeed(tx, &lease, None, 1)).unwrap();
    assert_eq!(put(&mut queue, UniquePolicy::Keep), [Enqueued { id: first[1].id, new: false }]);
    let appended = put(&mut queue, UniquePolicy::Append);
    assert_eq!(stored(&queue, appended[0].id).blocked_by, [first[1].id]);
    assert_eq!(stored(&queue, appended[1].id).blocked_by, [appended[0].id]);
    let replacing = put(&mut queue, UniquePolicy::Replace);
    assert_eq!((in_state(&queue, State::Cancelled), in_state(&queue, State::Enqueued)), ("abb".into(), "a".into()));
    assert_eq!(work(&mut queue, &[]), ["a", "b"]);
    assert_eq!(stored(&queue, replacing[1].id).state, State::Succeeded);
}

#[test]
fn a_job_tells_what_it_is_tied_to() {
    let mut queue = Queue::in_memory();
    let last = NewJob { merger: Merger::ArrayCreating, keep_ms: Some(5), payload: json!({ "a": 0 }), ..titled("c") };
    let chain = Chain::begin([titled("a"), titled("b")]).then([last]);
    let ids: Vec<JobId> =
        queue.write(|tx| enqueue_chain(tx, &chain, None, 1)).unwrap().into_iter().map(|one| one.id).collect();
    let [a, b, c] = ids[..] else { panic!("{ids:?}") };
    let check = |queue: &Queue, id, needs: &[JobId], needed_by: &[JobId], input: Value, keep_ms| {
        let expected = Links { needs: needs.to_vec(), needed_by: needed_by.to_vec(), input, keep_ms };
        assert_eq!(links(&queue.conn, id).unwrap(), expected);
    };
    let own = titled("a").payload;
    check(&queue, a, &[], &[c], own.clone(), None);
    check(&queue, c, &[a, b], &[], json!({ "a": 0 }), Some(5));
    assert_eq!(work(&mut queue, &[]), ["ab", "c"]);
    check(&queue, b, &[], &[c], own, None);
    check(&queue, c, &[a, b], &[], json!({ "a": [0, 1], "b": [1] }), Some(5));
    assert!(matches!(links(&queue.conn, JobId(99)), Err(Error::NoSuchJob(JobId(99)))));
}
