//! Where all followers write what they learn, and the watch reads it.

use crate::clock::Clock;
use legible_jobs::{Machine, User};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Two looks at one absence disagree by as much: clocks of other programs count in seconds.
const SAME_ABSENCE_MS: i64 = 5_000;

/// What is looked at separately. Each answers for itself when everything is to be looked at anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Power,
    Network,
    Desktop,
    Login,
    Disk,
}

/// All of them that this system has.
#[cfg(all(unix, not(target_os = "macos")))]
const PARTS: &[Part] = &[Part::Power, Part::Network, Part::Desktop, Part::Login, Part::Disk];
#[cfg(any(windows, target_os = "macos"))]
const PARTS: &[Part] = &[Part::Power, Part::Network, Part::Desktop, Part::Disk];

/// The latest request that each part has answered, by the part's place in [`PARTS`].
pub type Answers = Vec<u64>;

/// What is known of power.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Power {
    pub on_ac: Option<bool>,
    /// 0 to 100.
    pub battery_percent: Option<u8>,
}

/// What is known of the network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Network {
    pub online: Option<bool>,
    pub metered: Option<bool>,
}

/// Who told what is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sources {
    pub power: Option<&'static str>,
    pub network: Option<&'static str>,
    pub user: Option<&'static str>,
}

/// The person as seen by the desktop and by the login service; the desktop knows better.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    sources: Sources,
    desktop: Option<(User, &'static str)>,
    login: Option<(User, &'static str)>,
}

/// What is known.
pub struct Board {
    machine: watch::Sender<Machine>,
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen>,
    asked: watch::Sender<u64>,
    answered: watch::Sender<Answers>,
}

impl Board {
    /// Nothing is known, and everything is asked for.
    pub fn new(machine: watch::Sender<Machine>, clock: Arc<dyn Clock>) -> Self {
        let (asked, answered) = (watch::Sender::new(1), watch::Sender::new(vec![0; PARTS.len()]));
        Board { machine, clock, seen: Mutex::default(), asked, answered }
    }

    /// Milliseconds since the Unix epoch.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Asks all parts to look anew, unless they are at it. The number of the request.
    pub fn ask(&self) -> u64 {
        let open = self.answered.borrow().iter().min().copied();
        self.asked.send_if_modified(|asked| {
            let done = open >= Some(*asked);
            *asked += u64::from(done);
            done
        });
        *self.asked.borrow()
    }

    /// The requests to look anew.
    pub fn asked(&self) -> watch::Receiver<u64> {
        self.asked.subscribe()
    }

    /// How far the parts have answered them.
    pub fn answered(&self) -> watch::Receiver<Answers> {
        self.answered.subscribe()
    }

    /// A part has looked, for the request of this number.
    pub fn answer(&self, part: Part, request: u64) {
        if let Some(place) = PARTS.iter().position(|known| *known == part) {
            self.answered.send_if_modified(|by| std::mem::replace(&mut by[place], request) != request);
        }
    }

    /// Who told what is known.
    pub fn sources(&self) -> Sources {
        self.seen().sources
    }

    /// `None`: there is nobody to tell.
    pub fn power(&self, power: Option<Power>, source: &'static str) {
        self.seen().sources.power = power.map(|_| source);
        let Power { on_ac, battery_percent } = power.unwrap_or_default();
        self.change(|machine| (machine.on_ac, machine.battery_percent) = (on_ac, battery_percent));
    }

    /// `None`: there is nobody to tell.
    pub fn network(&self, network: Option<Network>, source: &'static str) {
        self.seen().sources.network = network.map(|_| source);
        let Network { online, metered } = network.unwrap_or_default();
        self.change(|machine| (machine.online, machine.metered) = (online, metered));
    }

    /// The person as the desktop sees them. `None`: it does not tell.
    pub fn desktop(&self, user: Option<(User, &'static str)>) {
        self.user(|seen| seen.desktop = user);
    }

    /// The person as the login service sees them. `None`: it does not tell.
    #[cfg(all(unix, not(target_os = "macos")))]
    pub fn login(&self, user: Option<(User, &'static str)>) {
        self.user(|seen| seen.login = user);
    }

    /// Free bytes of the library's disk.
    pub fn disk(&self, free: Option<u64>) {
        self.change(|machine| machine.disk_free = free);
    }

    /// The clock may have jumped: whoever watches should look at it, even if nothing else changed.
    #[cfg(all(unix, not(target_os = "macos")))]
    pub fn woke(&self) {
        self.machine.send_modify(|_| ());
    }

    fn user(&self, learn: impl FnOnce(&mut Seen)) {
        let mut seen = self.seen();
        learn(&mut seen);
        let known = seen.desktop.or(seen.login);
        seen.sources.user = known.map(|(_, source)| source);
        drop(seen);
        let user = known.map(|(user, _)| user).unwrap_or_default();
        self.change(|machine| {
            if !same_absence(machine.user, user) {
                machine.user = user;
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Machine)) {
        self.machine.send_if_modified(|machine| {
            let before = machine.clone();
            change(machine);
            *machine != before
        });
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn same_absence(before: User, now: User) -> bool {
    matches!((before, now), (User::AwaySince(before), User::AwaySince(now)) if before.abs_diff(now) < SAME_ABSENCE_MS as u64)
}
