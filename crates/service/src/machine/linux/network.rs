//! Whether there is a network and what it costs, from NetworkManager.

use super::bus::{Bus, Failure, Object, Properties, came_or_went, changed, property};
use super::follow::Rounds;
use crate::machine::board::{Board, Network, Part};
use std::time::Duration;
use tokio::sync::Notify;
use zbus::{Message, OwnedObjectPath, Variant};

pub const SOURCE: &str = "NetworkManager";

const SERVICE: &str = "org.freedesktop.NetworkManager";

const MANAGER: Object<'static> =
    Object { service: SERVICE, path: "/org/freedesktop/NetworkManager", interface: "org.freedesktop.NetworkManager" };

const DEVICE: &str = "org.freedesktop.NetworkManager.Device";

/// More devices than this are not asked whether NetworkManager cares for them.
const MAX_DEVICES: usize = 16;

pub const SIGNALS: &[&str] = &[
    "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.freedesktop.NetworkManager'",
    "type='signal',sender='org.freedesktop.NetworkManager',member='PropertiesChanged',\
     path='/org/freedesktop/NetworkManager'",
];

/// Whether NetworkManager is to be read again.
pub fn concerns(signal: &Message) -> bool {
    came_or_went(signal, SERVICE)
        || changed(signal, MANAGER.interface, &["State", "Connectivity", "Metered", "PrimaryConnection", "Devices"])
}

/// Tells the board, until the bus is lost.
pub async fn follow(bus: &Bus, bell: &Notify, board: &Board, poll: Duration) {
    let mut rounds = Rounds::new(Part::Network, bell, board, poll);
    loop {
        let network = rounds.read(read(bus).await);
        board.network(network, SOURCE);
        rounds.next().await;
    }
}

async fn read(bus: &Bus) -> Result<Network, Failure> {
    let manager = bus.properties(MANAGER).await?;
    let metered = metered(property(&manager, "Metered"));
    let online = online(property(&manager, "State"), property(&manager, "Connectivity"));
    if online == Some(false) && manages_none(bus, &devices(&manager)).await {
        return Ok(Network { online: None, metered });
    }
    Ok(Network { online, metered })
}

fn devices(manager: &Properties) -> Vec<OwnedObjectPath> {
    let devices = manager.get("Devices").and_then(|devices| devices.try_clone().ok());
    devices.and_then(|devices| Vec::try_from(Variant::from(devices)).ok()).unwrap_or_default()
}

/// `NMState` and `NMConnectivityState`. Online is who reaches the Internet: beyond a login page (portal) or within a
/// network that leads nowhere (limited, local, site) is not.
fn online(state: Option<u32>, connectivity: Option<u32>) -> Option<bool> {
    const GLOBAL: u32 = 70;
    match (state, connectivity) {
        (Some(10..GLOBAL), _) | (_, Some(1..=3)) => Some(false),
        (Some(GLOBAL), _) | (_, Some(4)) => Some(true),
        _ => None,
    }
}

/// `NMMetered`: yes, no, and guesses of both.
fn metered(told: Option<u32>) -> Option<bool> {
    match told {
        Some(1 | 3) => Some(true),
        Some(2 | 4) => Some(false),
        _ => None,
    }
}

/// Whether others care for the network here: NetworkManager runs, and has been told to leave all devices alone, as on a
/// Debian whose network was set up when it was installed. It then says that there is none.
async fn manages_none(bus: &Bus, devices: &[OwnedObjectPath]) -> bool {
    const LOOPBACK: u32 = 32;
    const UNMANAGED: u32 = 10;
    let mut left_alone = 0;
    for path in devices.iter().take(MAX_DEVICES) {
        let object = Object { service: SERVICE, path: path.as_str(), interface: DEVICE };
        let Ok(device) = bus.properties(object).await else { return false };
        match (property::<u32>(&device, "DeviceType"), property::<u32>(&device, "State")) {
            (Some(LOOPBACK), _) => {}
            (_, Some(UNMANAGED)) => left_alone += 1,
            _ => return false,
        }
    }
    left_alone > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn online_is_who_reaches_the_internet() {
        let check = |state, connectivity, expected| assert_eq!(online(state, connectivity), expected);
        check(Some(70), Some(4), Some(true));
        check(Some(70), Some(0), Some(true));
        check(Some(70), None, Some(true));
        check(Some(70), Some(2), Some(false));
        check(Some(60), Some(3), Some(false));
        check(Some(20), Some(4), Some(false));
        check(Some(0), Some(4), Some(true));
        check(Some(0), Some(0), None);
        check(Some(4_000_000_000), Some(99), None);
        check(None, None, None);
    }

    #[test]
    fn a_guess_counts_as_knowing_what_traffic_costs() {
        for (told, expected) in
            [(0, None), (1, Some(true)), (2, Some(false)), (3, Some(true)), (4, Some(false)), (9, None)]
        {
            assert_eq!(metered(Some(told)), expected, "{told}");
        }
        assert_eq!(metered(None), None);
    }
}
