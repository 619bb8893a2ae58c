//! What the machine is like, as far as jobs care: network, power, the person in front of it, disk.

use crate::Trigger;

/// What the machine is like at one moment. `None` means that this system does not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Machine {
    /// Whether other machines can be reached.
    pub online: Option<bool>,
    /// Whether traffic costs money or counts against a limit.
    pub metered: Option<bool>,
    /// Whether it runs on mains power.
    pub on_ac: Option<bool>,
    /// Charge of all batteries together in percent; `None` also where there is no battery.
    pub battery_percent: Option<u8>,
    /// The person in front of it.
    pub user: User,
    /// Free bytes where the library lies.
    pub disk_free: Option<u64>,
}

/// Whether a person uses the machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum User {
    /// This system does not tell.
    #[default]
    Unknown,
    /// There was input just now.
    Present,
    /// No input since this time, in milliseconds since the Unix epoch.
    AwaySince(i64),
}

impl Machine {
    /// What happened between `before` and this moment. Only a change from a known state counts: learning at the start
    /// that there is a network is not its return.
    pub fn events_since(&self, before: &Machine) -> Vec<Trigger> {
        let turned_on = |before: Option<bool>, now: Option<bool>| before == Some(false) && now == Some(true);
        let mut events = Vec::new();
        if turned_on(before.online, self.online) {
            events.push(Trigger::NetworkBack);
        }
        if turned_on(before.on_ac, self.on_ac) {
            events.push(Trigger::PluggedIn);
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::{Trigger::*, *};

    #[test]
    fn only_a_known_change_is_an_event() {
        let check = |before: (Option<bool>, Option<bool>), now: (Option<bool>, Option<bool>), expected: &[Trigger]| {
            let machine = |(online, on_ac)| Machine { online, on_ac, ..Machine::default() };
            assert_eq!(machine(now).events_since(&machine(before)), expected, "{before:?} {now:?}");
        };
        check((None, None), (Some(true), Some(true)), &[]);
        check((Some(false), Some(false)), (Some(true), Some(true)), &[NetworkBack, PluggedIn]);
        check((Some(true), Some(true)), (Some(false), Some(true)), &[]);
        check((Some(true), Some(false)), (Some(true), Some(true)), &[PluggedIn]);
    }
}
