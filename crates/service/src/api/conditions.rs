//! What work needs of the machine, and what the machine is like, on the wire.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What work needs of the machine before and while it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Conditions {
    /// The network.
    pub network: NetworkNeed,
    /// Mains power.
    pub ac_power: bool,
    /// A battery that is charged, or being charged.
    pub battery_not_low: bool,
    /// No input of a person for this many minutes.
    pub idle_minutes: Option<u16>,
    /// Free disk space.
    pub disk_not_low: bool,
    /// A part of the day, by the wall clock of the schedule's zone.
    pub hours: Option<Hours>,
}

/// Which network work needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NetworkNeed {
    /// None.
    #[default]
    Any,
    /// Some connection.
    Connected,
    /// A connection whose traffic is free.
    Unmetered,
    /// A connection whose traffic is counted.
    Metered,
}

/// A part of each day, such as 22:00 to 06:00; over midnight if the end is the smaller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Hours {
    /// Its first minute, such as `22:00`.
    pub from: String,
    /// The first minute after it.
    pub to: String,
}

/// What this machine is like, as far as work cares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MachineView {
    /// What is known.
    pub facts: Vec<MachineFact>,
}

/// One thing that is known of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MachineFact {
    /// What it is about, such as "Power".
    pub name: String,
    /// How it is, in words.
    pub value: String,
    /// Who told, such as "UPower".
    pub source: Option<String>,
}
