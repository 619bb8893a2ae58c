//! Random lives of a whole queue, compared step by step with a plain reference. Some steps are dropped before their
//! commit, as by a crash: they must leave no trace. In the end the machine is good and nothing new comes: then every
//! job must end.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../common/mod.rs"]
mod common;
mod compare;
mod reference;
mod steps;
mod world;

use common::Queue;
use legible_jobs::{Reclaim, set_paused};
use proptest::prelude::*;
use reference::RefMachine;
use rusqlite::TransactionBehavior;
use steps::{Step, step};
use world::{Then, World};

/// Takes the steps, comparing after each.
fn live(queue: &mut Queue, steps: &[(Step, bool)]) -> World {
    let mut world = World::default();
    for (step, dropped) in steps {
        world.compare_filter(queue, step);
        let tx = queue.conn.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        let mut next = world.clone();
        if next.step(&tx, step) == Then::Commit && !dropped {
            tx.commit().unwrap();
            world = next;
        } else {
            drop(tx);
        }
        world.compare(queue);
    }
    world.compare_histories(queue);
    world
}

/// Nobody starves: with a good machine and nothing new, each job that has not ended is claimed at most once more.
fn come_to_rest(queue: &mut Queue, world: &mut World) {
    let active = world.reference.find(|job| job.state.is_active()).len();
    world.reference.now += 10_000_000;
    let mut claims = 0;
    let mut rest = false;
    let mut first = true;
    while !rest {
        let tx = queue.conn.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        if first {
            set_paused(&tx, false).unwrap();
            world.reference.paused = false;
            world.reclaim(&tx, &Reclaim::Expired, |_| true);
            first = false;
        }
        let claimed = world.claim(&tx, 0, 3, None, RefMachine::GOOD);
        for n in world.leases.len() - claimed..world.leases.len() {
            world.succeed(&tx, n);
        }
        tx.commit().unwrap();
        claims += claimed;
        rest = claimed == 0;
    }
    world.reference.settle_groups();
    world.compare(queue);
    world.compare_histories(queue);
    assert!(claims <= active, "{claims} claims for {active} jobs");
    let left = world.reference.find(|job| job.state.is_active());
    assert!(left.is_empty(), "these never end: {left:?}");
}

proptest! {
    // A part of the usual number, for each case is a whole life of a queue; PROPTEST_CASES raises it.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

    #[test]
    fn the_queue_does_what_the_reference_does(
        steps in prop::collection::vec((step(), prop::bool::weighted(0.15)), 1..150),
    ) {
        let mut queue = Queue::in_memory();
        let mut world = live(&mut queue, &steps);
        come_to_rest(&mut queue, &mut world);
    }
}
