//! logind: whether the session is idle or locked, and when the machine sleeps, wakes and shuts down.

use super::Bells;
use super::bus::{Bus, Failure, Object, Properties, came_or_went, changed, new_owner, property};
use super::follow::Rounds;
use crate::machine::board::{Board, Part};
use crate::machine::{Hold, Interruption, Occasion};
use legible_jobs::User;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use zbus::{Message, OwnedFd, OwnedObjectPath};

const SOURCE: &str = "logind";

const SERVICE: &str = "org.freedesktop.login1";

const MANAGER: Object<'static> =
    Object { service: SERVICE, path: "/org/freedesktop/login1", interface: "org.freedesktop.login1.Manager" };

const SESSION: &str = "org.freedesktop.login1.Session";

pub const SIGNALS: &[&str] = &[
    "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.freedesktop.login1'",
    "type='signal',sender='org.freedesktop.login1',member='PropertiesChanged',\
     path_namespace='/org/freedesktop/login1/session'",
    "type='signal',sender='org.freedesktop.login1',interface='org.freedesktop.login1.Manager',member='PrepareForSleep'",
    "type='signal',sender='org.freedesktop.login1',interface='org.freedesktop.login1.Manager',member='PrepareForShutdown'",
];

/// Sleep or shutdown, that comes (true) or is over.
pub type Prepare = (Occasion, bool);

/// Whether the session is to be read again.
pub fn concerns(signal: &Message) -> bool {
    came_or_went(signal, SERVICE) || changed(signal, SESSION, &["IdleHint", "LockedHint", "Active"])
}

/// Whether logind was started: it knows of no lock then.
pub fn came_back(signal: &Message) -> bool {
    new_owner(signal, SERVICE).is_some_and(|owner| !owner.is_empty())
}

/// Whether the machine is about to stop, or goes on.
pub fn prepare_for(signal: &Message) -> Option<Prepare> {
    let header = signal.header();
    if header.interface().is_none_or(|interface| interface.as_str() != MANAGER.interface) {
        return None;
    }
    let occasion = match header.member()?.as_str() {
        "PrepareForSleep" => Occasion::Sleep,
        "PrepareForShutdown" => Occasion::Shutdown,
        _ => return None,
    };
    Some((occasion, signal.body().deserialize::<bool>().ok()?))
}

/// Tells the board whether the session is idle, until the bus is lost.
pub async fn follow(bus: &Bus, bell: &Notify, board: &Board, poll: Duration) {
    // Since when it is locked, which logind does not tell.
    let mut locked_since = None;
    let mut rounds = Rounds::new(Part::Login, bell, board, poll);
    loop {
        let user = rounds.read(read(bus, board.now(), &mut locked_since).await);
        board.login(user.filter(|user| *user != User::Unknown).map(|user| (user, SOURCE)));
        rounds.next().await;
    }
}

async fn read(bus: &Bus, now: i64, locked_since: &mut Option<i64>) -> Result<User, Failure> {
    // The session this process is of, or the one on the screen when it is of none, as a service of the user's.
    let path: OwnedObjectPath = bus.call(MANAGER, "GetSession", &"auto").await?;
    let session = bus.properties(Object { service: SERVICE, path: path.as_str(), interface: SESSION }).await?;
    let locked = property::<bool>(&session, "LockedHint") == Some(true);
    *locked_since = if locked { locked_since.or(Some(now)) } else { None };
    Ok(user(&session, *locked_since, now))
}

/// Away is who left a session idle or locked. Not all desktops set the first (KDE's does not); all that lock set the
/// second.
fn user(session: &Properties, locked_since: Option<i64>, now: i64) -> User {
    let idle = property::<bool>(session, "IdleHint");
    let idle_since = idle.filter(|idle| *idle).map(|_| {
        // Microseconds; 0 is never.
        let since = property::<u64>(session, "IdleSinceHint").map(|since| since / 1000).filter(|since| *since > 0);
        since.and_then(|since| i64::try_from(since).ok()).map_or(now, |since| since.min(now))
    });
    match (idle_since.into_iter().chain(locked_since).min(), idle) {
        (Some(since), _) => User::AwaySince(since),
        (None, Some(_)) => User::Present,
        (None, None) => User::Unknown,
    }
}

/// Holds sleep and shutdown back until those who want to know have handed their work back, and says when the machine
/// woke. Ends never; without anybody to tell nothing is held.
pub async fn guard(
    bus: &Bus,
    bells: &Bells,
    board: &Board,
    interruptions: Option<&mpsc::UnboundedSender<Interruption>>,
    mut prepared: mpsc::UnboundedReceiver<Prepare>,
) {
    let mut lock = take_lock(bus, interruptions).await;
    loop {
        tokio::select! {
            Some((occasion, ahead)) = prepared.recv() => {
                let told = if ahead {
                    Interruption::Ahead { occasion, hold: Hold::new(lock.take()) }
                } else {
                    lock = take_lock(bus, interruptions).await;
                    Interruption::Over { occasion }
                };
                if !ahead && occasion == Occasion::Sleep {
                    board.woke();
                    bells.desktop.notify_one();
                }
                if let Some(interruptions) = interruptions {
                    // Nobody listens any more: the hold is dropped with the message.
                    let _ = interruptions.send(told);
                }
            }
            () = bells.lock.notified() => lock = take_lock(bus, interruptions).await,
            () = closed(interruptions), if lock.is_some() => lock = None,
        }
    }
}

/// A delay lock, if there is somebody to tell and the system allows it.
async fn take_lock(bus: &Bus, interruptions: Option<&mpsc::UnboundedSender<Interruption>>) -> Option<OwnedFd> {
    interruptions.filter(|interruptions| !interruptions.is_closed())?;
    let request = ("shutdown:sleep", "Legible", "Jobs hand back what they work on", "delay");
    match bus.call(MANAGER, "Inhibit", &request).await {
        Ok(lock) => Some(lock),
        Err(failure) => {
            tracing::debug!("sleep and shutdown will not wait for jobs: {failure}");
            None
        }
    }
}

async fn closed(interruptions: Option<&mpsc::UnboundedSender<Interruption>>) {
    match interruptions {
        Some(interruptions) => interruptions.closed().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn away_is_who_left_the_session_idle_or_locked() {
        let check = |idle: Option<bool>, since: u64, locked_since, expected| {
            let mut session = Properties::new();
            if let Some(idle) = idle {
                session.insert("IdleHint".into(), idle.into());
            }
            session.insert("IdleSinceHint".into(), since.into());
            assert_eq!(user(&session, locked_since, 5_000), expected, "{idle:?} {since} {locked_since:?}");
        };
        check(None, 0, None, User::Unknown);
        check(Some(false), 3_000_000, None, User::Present);
        check(Some(true), 3_000_000, None, User::AwaySince(3_000));
        check(Some(true), 0, None, User::AwaySince(5_000));
        check(Some(true), u64::MAX, None, User::AwaySince(5_000));
        check(Some(false), 0, Some(4_000), User::AwaySince(4_000));
        check(Some(true), 3_000_000, Some(4_000), User::AwaySince(3_000));
        check(None, 0, Some(4_000), User::AwaySince(4_000));
    }
}
