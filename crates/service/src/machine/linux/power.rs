//! Power and battery, from UPower.

use super::bus::{Bus, Failure, Object, Properties, came_or_went, changed, property};
use super::follow::Rounds;
use crate::machine::board::{Board, Part, Power};
use std::time::Duration;
use tokio::sync::Notify;
use zbus::Message;

pub const SOURCE: &str = "UPower";

const SERVICE: &str = "org.freedesktop.UPower";

const SUPPLY: Object<'static> =
    Object { service: SERVICE, path: "/org/freedesktop/UPower", interface: "org.freedesktop.UPower" };

/// All batteries together, as a desktop shows them.
const BATTERY: Object<'static> = Object {
    service: SERVICE,
    path: "/org/freedesktop/UPower/devices/DisplayDevice",
    interface: "org.freedesktop.UPower.Device",
};

/// `UpDeviceKind`: a battery, and an uninterruptible power supply, which a desktop PC may stand on.
const BATTERY_KINDS: [u32; 2] = [2, 3];

pub const SIGNALS: &[&str] = &[
    "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.freedesktop.UPower'",
    "type='signal',sender='org.freedesktop.UPower',member='PropertiesChanged',path='/org/freedesktop/UPower'",
    "type='signal',sender='org.freedesktop.UPower',member='PropertiesChanged',\
     path='/org/freedesktop/UPower/devices/DisplayDevice'",
];

/// Whether UPower is to be read again. A battery tells its voltage twice a minute, which nobody here wants to know.
pub fn concerns(signal: &Message) -> bool {
    came_or_went(signal, SERVICE)
        || changed(signal, SUPPLY.interface, &["OnBattery"])
        || changed(signal, BATTERY.interface, &["Percentage", "IsPresent", "Type"])
}

/// Tells the board, until the bus is lost.
pub async fn follow(bus: &Bus, bell: &Notify, board: &Board, poll: Duration) {
    // A small desktop may not have asked for it yet.
    bus.start(SERVICE).await;
    let mut rounds = Rounds::new(Part::Power, bell, board, poll);
    loop {
        let power = rounds.read(read(bus).await);
        board.power(power, SOURCE);
        rounds.next().await;
    }
}

async fn read(bus: &Bus) -> Result<Power, Failure> {
    let supply = bus.properties(SUPPLY).await?;
    let battery = bus.properties(BATTERY).await;
    Ok(Power {
        on_ac: property::<bool>(&supply, "OnBattery").map(|on_battery| !on_battery),
        battery_percent: battery.ok().and_then(|battery| percent(&battery)),
    })
}

fn percent(battery: &Properties) -> Option<u8> {
    let is_battery = BATTERY_KINDS.contains(&property(battery, "Type")?) && property(battery, "IsPresent")?;
    let percentage = property::<f64>(battery, "Percentage").filter(|percentage| percentage.is_finite());
    // In range after the clamp.
    percentage.filter(|_| is_battery).map(|percentage| percentage.clamp(0.0, 100.0).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use zbus::Variant;

    #[test]
    fn a_charge_is_between_empty_and_full_or_unknown() {
        let check = |percentage: Variant<'_>, kind: u32, present: bool, expected: Option<u8>| {
            let all = [("Percentage", percentage), ("Type", kind.into()), ("IsPresent", present.into())];
            let owned = |(name, value): (&str, Variant<'_>)| (name.to_owned(), value.try_to_owned().unwrap());
            assert_eq!(percent(&all.map(owned).into_iter().collect()), expected, "{kind} {present}");
        };
        check(83.4.into(), 2, true, Some(83));
        check(14.6.into(), 3, true, Some(15));
        check(83.4.into(), 2, false, None);
        check(83.4.into(), 1, true, None);
        check((-4.0).into(), 2, true, Some(0));
        check(1e300.into(), 2, true, Some(100));
        check(f64::NAN.into(), 2, true, None);
        check("full".into(), 2, true, None);
        assert_eq!(percent(&Properties::new()), None);
    }
}
