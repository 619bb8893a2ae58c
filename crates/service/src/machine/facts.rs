//! What is known of the machine, in words.

use super::board::Sources;
use legible_jobs::{Machine, User};

/// One thing that is known, or not, of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// "Power", "Network", "You" or "Disk".
    pub name: &'static str,
    /// Such as "on AC, battery 83 %".
    pub value: String,
    /// Who told it, such as "UPower".
    pub source: Option<String>,
}

/// What nobody tells.
const UNKNOWN: &str = "this system does not tell";

/// All facts, at a time in milliseconds since the Unix epoch.
pub fn facts(machine: &Machine, sources: &Sources, now: i64) -> Vec<Fact> {
    let fact = |name, value: Option<String>, source: Option<&str>| Fact {
        name,
        value: value.unwrap_or_else(|| UNKNOWN.into()),
        source: source.map(Into::into),
    };
    vec![
        fact("Power", power(machine), sources.power),
        fact("Network", network(machine), sources.network),
        fact("You", user(machine.user, now), sources.user),
        fact("Disk", machine.disk_free.map(|bytes| format!("{} free", size(bytes))), None),
    ]
}

fn power(machine: &Machine) -> Option<String> {
    let supply = machine.on_ac.map(|on_ac| if on_ac { "on AC" } else { "on battery" }.to_owned());
    let battery = machine.battery_percent.map(|percent| format!("battery {percent} %"));
    joined([supply, battery])
}

fn network(machine: &Machine) -> Option<String> {
    let online = machine.online.map(|online| if online { "connected" } else { "not connected" }.to_owned());
    let metered = machine.metered.map(|metered| if metered { "metered" } else { "not metered" }.to_owned());
    // What a connection would cost that is not there is of no use.
    joined([online, metered.filter(|_| machine.online != Some(false))])
}

fn joined(parts: [Option<String>; 2]) -> Option<String> {
    let known: Vec<_> = parts.into_iter().flatten().collect();
    (!known.is_empty()).then(|| known.join(", "))
}

fn user(user: User, now: i64) -> Option<String> {
    match user {
        User::Unknown => None,
        User::Present => Some("present".into()),
        User::AwaySince(since) => Some(match now.saturating_sub(since).max(0) / 60_000 {
            0 => "away for less than a minute".into(),
            minutes if minutes < 120 => format!("away for {minutes} min"),
            minutes => format!("away for {} h", minutes / 60),
        }),
    }
}

/// Bytes in the units of disk makers: 1 GB is 10⁹ bytes.
fn size(bytes: u64) -> String {
    match bytes {
        0..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_read_well() {
        let check = |machine: Machine, expected: [&str; 4]| {
            let told = facts(&machine, &Sources::default(), 10_000_000);
            assert_eq!(told.iter().map(|fact| fact.value.as_str()).collect::<Vec<_>>(), expected, "{machine:?}");
        };
        check(Machine::default(), [UNKNOWN; 4]);
        let laptop = Machine {
            online: Some(true),
            metered: Some(false),
            on_ac: Some(true),
            battery_percent: Some(83),
            user: User::AwaySince(10_000_000 - 12 * 60_000),
            disk_free: Some(120_400_000_000),
        };
        check(laptop.clone(), ["on AC, battery 83 %", "connected, not metered", "away for 12 min", "120 GB free"]);
        let on_the_road = Machine {
            online: Some(false),
            on_ac: Some(false),
            user: User::Present,
            disk_free: Some(700_000_000),
            ..laptop.clone()
        };
        check(on_the_road, ["on battery, battery 83 %", "not connected", "present", "700 MB free"]);
        let odd = Machine { on_ac: None, online: None, user: User::AwaySince(i64::MAX), disk_free: Some(0), ..laptop };
        check(odd, ["battery 83 %", "not metered", "away for less than a minute", "0 MB free"]);
    }

    #[test]
    fn who_told_is_named() {
        let sources = Sources { power: Some("UPower"), ..Sources::default() };
        let told = facts(&Machine { on_ac: Some(true), ..Machine::default() }, &sources, 0);
        assert_eq!((told[0].source.as_deref(), told[1].source.as_deref()), (Some("UPower"), None));
    }
}
