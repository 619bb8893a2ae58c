//! What a job needs of the machine, and whether the machine gives it just now.

use crate::{Machine, User};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A battery with this much charge in percent, or less, is low unless it is being charged.
pub const BATTERY_LOW_PERCENT: u8 = 15;
/// Less free space than this, in bytes, is low.
pub const DISK_LOW_BYTES: u64 = 1 << 30;
const MINUTE_MS: i64 = 60_000;
const MINUTES_OF_DAY: u16 = 24 * 60;

/// What a job needs of the machine before and while it runs. The default needs nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Conditions {
    /// The network.
    #[serde(skip_serializing_if = "is_default")]
    pub network: NetworkNeed,
    /// Mains power.
    #[serde(skip_serializing_if = "is_default")]
    pub ac_power: bool,
    /// A battery that is charged, or being charged.
    #[serde(skip_serializing_if = "is_default")]
    pub battery_not_low: bool,
    /// No input of a person for this many minutes.
    #[serde(skip_serializing_if = "is_default")]
    pub idle_minutes: Option<u16>,
    /// Free space where the library lies.
    #[serde(skip_serializing_if = "is_default")]
    pub disk_not_low: bool,
    /// A part of the day.
    #[serde(skip_serializing_if = "is_default")]
    pub hours: Option<Hours>,
}

/// Which network a job needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkNeed {
    /// None.
    #[default]
    Any,
    /// Some connection.
    Connected,
    /// A connection whose traffic is free.
    Unmetered,
    /// A connection whose traffic is counted, such as a phone's.
    Metered,
}

/// A part of each day, by the wall clock of a zone. From `from` until before `to`, over midnight if `to` is the smaller;
/// the whole day if they are equal. In minutes after midnight.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hours {
    /// Its first minute.
    pub from: u16,
    /// The first minute after it.
    pub to: u16,
    /// The IANA name of the zone.
    pub zone: String,
}

/// A condition that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unmet {
    /// There is no such network.
    Network(NetworkNeed),
    /// The machine runs on battery.
    AcPower,
    /// The battery is low.
    Battery,
    /// A person used the machine less than so many minutes ago.
    Idle {
        /// The minutes without input that are needed.
        minutes: u16,
        /// Whether this system tells at all.
        known: bool,
    },
    /// The disk is almost full.
    Disk,
    /// It is another time of day.
    Hours {
        /// The first minute after midnight that will do.
        from: u16,
        /// The first minute after that which will not.
        to: u16,
    },
}

impl Unmet {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Unmet::Network(_) => "network",
            Unmet::AcPower => "ac_power",
            Unmet::Battery => "battery",
            Unmet::Idle { .. } => "idle",
            Unmet::Disk => "disk",
            Unmet::Hours { .. } => "hours",
        }
    }

    /// What a job with this condition waits for, for a person.
    pub fn words(&self) -> String {
        match self {
            Unmet::Network(NetworkNeed::Unmetered) => "an unmetered network".into(),
            Unmet::Network(NetworkNeed::Metered) => "a metered network".into(),
            Unmet::Network(_) => "a network connection".into(),
            Unmet::AcPower => "AC power".into(),
            Unmet::Battery => "a charged battery".into(),
            Unmet::Idle { minutes: 1, known: true } => "you to be away for 1 minute".into(),
            Unmet::Idle { minutes, known: true } => format!("you to be away for {minutes} minutes"),
            Unmet::Idle { .. } => "you to be away, which this system does not tell".into(),
            Unmet::Disk => "free disk space".into(),
            Unmet::Hours { from, to } => format!("the hours {} to {}", clock(*from), clock(*to)),
        }
    }
}

impl Conditions {
    /// The conditions that do not hold on this machine at `now`, in milliseconds since the Unix epoch.
    ///
    /// What a system does not tell is taken as most machines are: on mains power, connected, not metered, with space on
    /// the disk; but nobody is taken to be away, for work that needs it would disturb a person.
    pub fn unmet(&self, machine: &Machine, now: i64) -> Vec<Unmet> {
        let mut unmet = Vec::new();
        let online = machine.online.unwrap_or(true);
        let metered = machine.metered.unwrap_or(false);
        let on_ac = machine.on_ac.unwrap_or(true);
        let network = match self.network {
            NetworkNeed::Any => true,
            NetworkNeed::Connected => online,
            NetworkNeed::Unmetered => online && !metered,
            NetworkNeed::Metered => online && metered,
        };
        if !network {
            unmet.push(Unmet::Network(self.network));
        }
        if self.ac_power && !on_ac {
            unmet.push(Unmet::AcPower);
        }
        if self.battery_not_low && !on_ac && machine.battery_percent.is_some_and(|p| p <= BATTERY_LOW_PERCENT) {
            unmet.push(Unmet::Battery);
        }
        if let Some(minutes) = self.idle_minutes
            && away_at(machine.user, minutes).is_none_or(|at| at > now)
        {
            unmet.push(Unmet::Idle { minutes, known: machine.user != User::Unknown });
        }
        if self.disk_not_low && machine.disk_free.is_some_and(|free| free < DISK_LOW_BYTES) {
            unmet.push(Unmet::Disk);
        }
        if let Some(hours) = &self.hours
            && !hours.contain(now)
        {
            unmet.push(Unmet::Hours { from: hours.from, to: hours.to });
        }
        unmet
    }

    /// When time alone may change what [`Conditions::unmet`] says, if ever. Not later than it does, perhaps earlier.
    pub fn changes_at(&self, machine: &Machine, now: i64) -> Option<i64> {
        let idle = self.idle_minutes.and_then(|minutes| away_at(machine.user, minutes)).filter(|at| *at > now);
        let hours = self.hours.as_ref().and_then(|hours| hours.edge_after(now));
        idle.into_iter().chain(hours).min()
    }

    /// Whether it needs to be known when a person was last there.
    pub fn need_idle(&self) -> bool {
        self.idle_minutes.is_some()
    }
}

/// When a person will have been away for so long.
fn away_at(user: User, minutes: u16) -> Option<i64> {
    match user {
        User::AwaySince(since) => Some(since.saturating_add(i64::from(minutes) * MINUTE_MS)),
        User::Unknown | User::Present => None,
    }
}

impl Hours {
    /// Whether the wall clock is in them. A zone that is not known counts as UTC.
    pub fn contain(&self, now: i64) -> bool {
        let minute = self.minute_of_day(now);
        match self.from.cmp(&self.to) {
            std::cmp::Ordering::Less => (self.from..self.to).contains(&minute),
            std::cmp::Ordering::Equal => true,
            std::cmp::Ordering::Greater => minute >= self.from || minute < self.to,
        }
    }

    /// When the wall clock next comes to one of the ends, or to a full hour, which is when zones change their clocks.
    fn edge_after(&self, now: i64) -> Option<i64> {
        if self.from == self.to {
            return None;
        }
        let minute = self.minute_of_day(now);
        let until = |edge: u16| i64::from((edge + MINUTES_OF_DAY - minute - 1) % MINUTES_OF_DAY + 1);
        let minutes = until(self.from).min(until(self.to)).min(60 - i64::from(minute % 60));
        Some(now - now.rem_euclid(MINUTE_MS) + minutes * MINUTE_MS)
    }

    fn minute_of_day(&self, now: i64) -> u16 {
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        let time = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone);
        u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
    }
}

/// Minutes after midnight as a person writes them.
fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Milliseconds since the Unix epoch of a UTC time.
    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn what_is_missing_is_named() {
        let now = at("2026-01-15T12:00:00Z");
        let check = |conditions: &Conditions, machine: &Machine, expected: &[&str]| {
            let words: Vec<_> = conditions.unmet(machine, now).iter().map(Unmet::words).collect();
            assert_eq!(words, expected, "{conditions:?} {machine:?}");
        };
        let unknown = Machine::default();
        let hours = Hours { from: 22 * 60, to: 6 * 60, zone: "Europe/Berlin".into() };
        let all = Conditions {
            network: NetworkNeed::Unmetered,
            ac_power: true,
            battery_not_low: true,
            idle_minutes: Some(10),
            disk_not_low: true,
            hours: Some(hours.clone()),
        };
        let network = |network| Conditions { network, ..Conditions::default() };
        let online = |online, metered| Machine { online: Some(online), metered: Some(metered), ..Machine::default() };
        check(&Conditions::default(), &unknown, &[]);
        check(&all, &unknown, &["you to be away, which this system does not tell", "the hours 22:00 to 06:00"]);
        let bad = Machine {
            online: Some(true),
            metered: Some(true),
            on_ac: Some(false),
            battery_percent: Some(15),
            user: User::AwaySince(now - 9 * MINUTE_MS),
            disk_free: Some(DISK_LOW_BYTES - 1),
        };
        let expected = [
            "an unmetered network",
            "AC power",
            "a charged battery",
            "you to be away for 10 minutes",
            "free disk space",
            "the hours 22:00 to 06:00",
        ];
        check(&all, &bad, &expected);
        let good = Machine {
            online: Some(true),
            metered: Some(false),
            on_ac: Some(true),
            battery_percent: Some(3),
            user: User::AwaySince(now - 10 * MINUTE_MS),
            disk_free: Some(DISK_LOW_BYTES),
        };
        check(&all, &good, &["the hours 22:00 to 06:00"]);
        check(&network(NetworkNeed::Connected), &online(false, false), &["a network connection"]);
        check(&network(NetworkNeed::Connected), &online(true, true), &[]);
        check(&network(NetworkNeed::Metered), &online(true, false), &["a metered network"]);
        check(&network(NetworkNeed::Metered), &online(true, true), &[]);
        check(&network(NetworkNeed::Unmetered), &unknown, &[]);
    }

    #[test]
    fn hours_follow_the_wall_clock_of_their_zone() {
        let check = |from: u16, to: u16, now: &str, expected: bool| {
            let hours = Hours { from: from * 60, to: to * 60, zone: "Europe/Berlin".into() };
            assert_eq!(hours.contain(at(now)), expected, "{from} to {to} at {now}");
        };
        check(22, 6, "2026-01-15T21:00:00Z", true);
        check(22, 6, "2026-01-15T20:59:59Z", false);
        check(22, 6, "2026-07-15T20:00:00Z", true);
        check(22, 6, "2026-01-15T04:59:59Z", true);
        check(22, 6, "2026-01-15T05:00:00Z", false);
        check(9, 17, "2026-01-15T08:00:00Z", true);
        check(9, 17, "2026-01-15T16:00:00Z", false);
        check(5, 5, "2026-01-15T16:00:00Z", true);
    }

    proptest! {
        /// Looking again when `changes_at` says misses no change that time alone makes.
        #[test]
        fn no_change_comes_before_it_is_expected(
            from in 0..1440_u16, to in 0..1440_u16, idle in 1..90_u16, away in 0..6_000_000_i64,
            now in 1_767_000_000_000..1_800_000_000_000_i64, later in 0.0..1.0_f64,
        ) {
            let hours = Some(Hours { from, to, zone: "America/New_York".into() });
            let conditions = Conditions { hours, idle_minutes: Some(idle), ..Conditions::default() };
            let machine = Machine { user: User::AwaySince(now - away), ..Machine::default() };
            let before = conditions.unmet(&machine, now);
            let until = conditions.changes_at(&machine, now).unwrap_or(now + 86_400_000);
            prop_assert!(until > now);
            let between = now + ((until - 1 - now) as f64 * later) as i64;
            prop_assert_eq!(conditions.unmet(&machine, between), before);
        }

        #[test]
        fn conditions_are_stored_and_read_again(
            ac_power: bool, battery_not_low: bool, disk_not_low: bool, idle_minutes: Option<u16>,
            hours in prop::option::of((0..1440_u16, 0..1440_u16)),
        ) {
            let hours = hours.map(|(from, to)| Hours { from, to, zone: "UTC".into() });
            let network = NetworkNeed::Metered;
            let conditions = Conditions { network, ac_power, battery_not_low, idle_minutes, disk_not_low, hours };
            let text = serde_json::to_string(&conditions).unwrap();
            prop_assert_eq!(serde_json::from_str::<Conditions>(&text).unwrap(), conditions);
        }
    }
}
