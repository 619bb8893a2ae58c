//! When the person last touched the machine, from the desktop.
//!
//! GNOME's compositor (Mutter) tells when somebody goes and comes back, as long as it is asked to watch. Others are asked
//! for the idle time over the old screen saver interface (KDE under X11) and tell by signal only that the screen saver
//! starts and ends.

use super::bus::{Bus, Failure, Object, came_or_went};
use crate::limits::AWAY_AFTER;
use crate::machine::Needs;
use crate::machine::board::{Board, Part};
use legible_jobs::User;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};
use zbus::Message;

const MONITOR: Object<'static> = Object {
    service: "org.gnome.Mutter.IdleMonitor",
    path: "/org/gnome/Mutter/IdleMonitor/Core",
    interface: "org.gnome.Mutter.IdleMonitor",
};

const SAVER: Object<'static> = Object {
    service: "org.freedesktop.ScreenSaver",
    path: "/org/freedesktop/ScreenSaver",
    interface: "org.freedesktop.ScreenSaver",
};

pub const SIGNALS: &[&str] = &[
    "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.gnome.Mutter.IdleMonitor'",
    "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.freedesktop.ScreenSaver'",
    "type='signal',sender='org.gnome.Mutter.IdleMonitor',interface='org.gnome.Mutter.IdleMonitor',member='WatchFired'",
    "type='signal',sender='org.freedesktop.ScreenSaver',interface='org.freedesktop.ScreenSaver',member='ActiveChanged'",
];

/// Whether the desktop is to be read again.
pub fn concerns(signal: &Message) -> bool {
    let header = signal.header();
    let is = |interface: &str, member: &str| {
        header.interface().is_some_and(|name| name.as_str() == interface)
            && header.member().is_some_and(|name| name.as_str() == member)
    };
    came_or_went(signal, MONITOR.service)
        || came_or_went(signal, SAVER.service)
        // It may be another's watch: that costs one look.
        || is(MONITOR.interface, "WatchFired")
        || is(SAVER.interface, "ActiveChanged")
}

/// What the desktop told.
struct Seen {
    user: User,
    source: &'static str,
    /// Mutter can be asked to tell the next change.
    by_mutter: bool,
}

/// Tells the board, until the bus is lost.
///
/// A reading that nobody needs is forgotten after `poll`, since nothing says when it ends to be true.
pub async fn follow(bus: &Bus, bell: &Notify, board: &Board, needs: &mut watch::Receiver<Needs>, poll: Duration) {
    let mut asked = board.asked();
    let mut armed = None;
    let mut saver_active_since = None;
    loop {
        let request = *asked.borrow_and_update();
        let needed = needs.borrow_and_update().user;
        let read = read(bus, board.now(), &mut saver_active_since).await;
        let silent = matches!(read, Err(Failure::Silence));
        let seen = read.ok();
        board.desktop(seen.as_ref().map(|seen| (seen.user, seen.source)));
        board.answer(Part::Desktop, request);
        let watched = seen.as_ref().filter(|seen| seen.by_mutter && needed).map(|seen| seen.user);
        arm(bus, &mut armed, watched).await;
        let told = Told { needed, seen: seen.as_ref().map(|seen| seen.by_mutter), silent, live: armed.is_some() };
        wait(bell, board, &mut asked, needs, told, poll).await;
    }
}

/// What the last look was like.
struct Told {
    /// Whether anybody needed it.
    needed: bool,
    /// Whether something is known, and then, whether it is from Mutter.
    seen: Option<bool>,
    silent: bool,
    /// Whether Mutter will tell the next change.
    live: bool,
}

/// Waits until the desktop is to be looked at again.
async fn wait(
    bell: &Notify,
    board: &Board,
    asked: &mut watch::Receiver<u64>,
    needs: &mut watch::Receiver<Needs>,
    mut told: Told,
    poll: Duration,
) {
    let old_at = Instant::now() + poll;
    loop {
        // With a signal to come, or with nobody to ask, there is no need to look.
        let polled = match told.needed {
            true => !told.live && (told.seen.is_some() || told.silent),
            false => told.seen.is_some(),
        };
        tokio::select! {
            Ok(()) = asked.changed() => return,
            () = bell.notified(), if told.needed => return,
            () = bell.notified(), if !told.needed => {
                board.desktop(None);
                told.seen = None;
            }
            Ok(()) = needs.changed() => {
                let needed = needs.borrow_and_update().user;
                if needed != told.needed {
                    told.needed = needed;
                    // What can be told live is to be begun or ended; what is just known is not asked again so soon.
                    if (needed && told.seen != Some(false)) || told.live {
                        return;
                    }
                }
            }
            () = sleep_until(old_at), if polled => {
                if told.needed {
                    return;
                }
                board.desktop(None);
                told.seen = None;
            }
        }
    }
}

async fn read(bus: &Bus, now: i64, saver_active_since: &mut Option<i64>) -> Result<Seen, Failure> {
    let from_idle = |idle_ms: u64| match i64::try_from(idle_ms) {
        Ok(idle) if u128::from(idle_ms) >= AWAY_AFTER.as_millis() => User::AwaySince(now.saturating_sub(idle).max(0)),
        Ok(_) => User::Present,
        Err(_) => User::Unknown,
    };
    match bus.call::<_, u64>(MONITOR, "GetIdletime", &()).await {
        Ok(idle) => return Ok(Seen { user: from_idle(idle), source: "GNOME", by_mutter: true }),
        Err(Failure::Silence) => return Err(Failure::Silence),
        Err(Failure::Refused(_)) => {}
    }
    match bus.call::<_, u32>(SAVER, "GetSessionIdleTime", &()).await {
        Ok(idle) => return Ok(Seen { user: from_idle(idle.into()), source: "the screen saver", by_mutter: false }),
        Err(Failure::Silence) => return Err(Failure::Silence),
        Err(Failure::Refused(_)) => {}
    }
    // KDE under Wayland has the interface without the time. A person without a screen saver may be there or not.
    let active = bus.call::<_, bool>(SAVER, "GetActive", &()).await?;
    *saver_active_since = if active { saver_active_since.or(Some(now)) } else { None };
    let since = saver_active_since.ok_or(Failure::Refused(zbus::Error::Unsupported))?;
    Ok(Seen { user: User::AwaySince(since), source: "the screen saver", by_mutter: false })
}

/// Has Mutter tell the next change: the return of who is away, the going of who is there. `None`: no more.
async fn arm(bus: &Bus, armed: &mut Option<u32>, watched: Option<User>) {
    if let Some(old) = armed.take() {
        // It may be gone with the one who kept it.
        let _ = bus.call::<_, ()>(MONITOR, "RemoveWatch", &old).await;
    }
    *armed = match watched {
        Some(User::AwaySince(_)) => bus.call(MONITOR, "AddUserActiveWatch", &()).await.ok(),
        Some(_) => {
            let after = u64::try_from(AWAY_AFTER.as_millis()).unwrap_or(u64::MAX);
            bus.call(MONITOR, "AddIdleWatch", &after).await.ok()
        }
        None => None,
    };
}
