//! Sleep, shutdown and waking up, from logind.

use crate::bus::{Bus, IN_TIME, LOGIND, NEVER, NOW, Test, eventually, until};
use legible_jobs::User;
use legible_service::machine::{Config, Interruption, Occasion, watch};
use tokio::sync::mpsc;
use tokio::time::timeout;
use zbus::Variant;

pub const TESTS: &[Test] = &[
    ("an_idle_or_locked_session_is_told", || Box::pin(an_idle_or_locked_session_is_told())),
    ("sleep_waits_for_the_hold", || Box::pin(sleep_waits_for_the_hold())),
    ("waking_up_is_told", || Box::pin(waking_up_is_told())),
    ("a_new_logind_is_held_too", || Box::pin(a_new_logind_is_held_too())),
];

const SESSION: (&str, &str, &str) =
    ("org.freedesktop.login1", "/org/freedesktop/login1/session/auto", "org.freedesktop.login1.Session");

async fn an_idle_or_locked_session_is_told() {
    let bus = Bus::start().await;
    let _logind = bus.mock("logind", LOGIND.0).await;
    bus.control(LOGIND.0, LOGIND.1, "AddSession", &("auto", "seat0", 1000u32, "me", true)).await;
    let watch = bus.watch(NEVER);
    let mut machine = watch.machine();
    until(&mut machine, "somebody is there", |m| m.user == User::Present).await;

    let since = NOW - 600_000;
    let micros = u64::try_from(since).unwrap() * 1000;
    bus.set(SESSION, &[("IdleHint", true.into()), ("IdleSinceHint", micros.into())]).await;
    until(&mut machine, "the session is idle", |m| m.user == User::AwaySince(since)).await;
    assert_eq!(watch.facts()[2].value, "away for 10 min");
    bus.set(SESSION, &[("IdleHint", false.into())]).await;
    until(&mut machine, "somebody is back", |m| m.user == User::Present).await;
    bus.set(SESSION, &[("LockedHint", true.into())]).await;
    until(&mut machine, "the session is locked", |m| m.user == User::AwaySince(NOW)).await;
    bus.set(SESSION, &[("LockedHint", false.into())]).await;
    until(&mut machine, "it is unlocked", |m| m.user == User::Present).await;
}

/// Who holds sleep or shutdown back: what, who, and how.
async fn locks(bus: &Bus) -> Vec<(String, String, String)> {
    let answer = bus.connection().call_method(Some(LOGIND.0), LOGIND.1, Some(LOGIND.2), "ListInhibitors", &()).await;
    let answer = answer.unwrap();
    let all: Vec<(String, String, String, String, u32, u32)> = answer.body().deserialize().unwrap();
    all.into_iter().map(|(what, who, _, how, ..)| (what, who, how)).collect()
}

async fn prepare_for(bus: &Bus, what: &str, ahead: bool) {
    let arguments = vec![Variant::from(ahead)];
    bus.control(LOGIND.0, LOGIND.1, "EmitSignal", &(LOGIND.2, what, "b", arguments)).await;
}

async fn sleep_waits_for_the_hold() {
    let bus = Bus::start().await;
    let _logind = bus.mock("logind", LOGIND.0).await;
    let (sender, mut interruptions) = mpsc::unbounded_channel();
    let _watch = watch(Config { interruptions: Some(sender), ..bus.config(NEVER) });
    let held = ("shutdown:sleep".to_owned(), "Legible".to_owned(), "delay".to_owned());
    let holds = async |count: usize| {
        let what = format!("there are {count} locks");
        eventually(&what, || async { locks(&bus).await == vec![held.clone(); count] }).await;
    };

    for (signal, occasion) in [("PrepareForSleep", Occasion::Sleep), ("PrepareForShutdown", Occasion::Shutdown)] {
        holds(1).await;
        prepare_for(&bus, signal, true).await;
        let told = timeout(IN_TIME, interruptions.recv()).await.unwrap().unwrap();
        let Interruption::Ahead { occasion: what, hold } = told else { panic!("{told:?}") };
        assert_eq!((what, hold.holds()), (occasion, true));
        assert_eq!(locks(&bus).await.len(), 1, "the machine waits");
        drop(hold);
        holds(0).await;
        prepare_for(&bus, signal, false).await;
        let told = timeout(IN_TIME, interruptions.recv()).await.unwrap().unwrap();
        assert!(matches!(told, Interruption::Over { occasion: what } if what == occasion), "{told:?}");
    }
    holds(1).await;
    drop(interruptions);
    holds(0).await;
}

async fn waking_up_is_told() {
    let bus = Bus::start().await;
    let _logind = bus.mock("logind", LOGIND.0).await;
    let watch = bus.watch(NEVER);
    watch.look().await;
    let mut machine = watch.machine();
    let before = machine.borrow_and_update().clone();
    prepare_for(&bus, "PrepareForSleep", true).await;
    prepare_for(&bus, "PrepareForSleep", false).await;
    timeout(IN_TIME, machine.changed()).await.unwrap().unwrap();
    assert_eq!(*machine.borrow(), before, "only the clock is to be looked at");
    assert!(locks(&bus).await.is_empty(), "nobody wants to be told, so nothing is held");
}

async fn a_new_logind_is_held_too() {
    let bus = Bus::start().await;
    let (sender, _interruptions) = mpsc::unbounded_channel();
    let watch = watch(Config { interruptions: Some(sender), ..bus.config(NEVER) });
    watch.look().await;
    for _ in 0..2 {
        let logind = bus.mock("logind", LOGIND.0).await;
        eventually("the new one is held", || async { locks(&bus).await.len() == 1 }).await;
        drop(logind);
        bus.has(LOGIND.0, false).await;
    }
}
