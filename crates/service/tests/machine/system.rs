//! Power and network: what is read, what is told, and services that vanish, hang or answer nonsense.

use crate::bus::{Bus, IN_TIME, LOGIND, NETWORK, NEVER, NOW, Test, UPOWER, config, until};
use legible_jobs::{Machine, User};
use legible_service::machine::{Fact, Needs};
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::{sleep, timeout};
use zbus::{Connection, interface};

pub const TESTS: &[Test] = &[
    ("every_fact_is_read", || Box::pin(every_fact_is_read())),
    ("power_is_told", || Box::pin(power_is_told())),
    ("network_is_told", || Box::pin(network_is_told())),
    ("a_network_that_others_manage_is_unknown", || Box::pin(a_network_that_others_manage_is_unknown())),
    ("a_service_may_vanish_and_return", || Box::pin(a_service_may_vanish_and_return())),
    ("a_service_may_hang", || Box::pin(a_service_may_hang())),
    ("nonsense_is_unknown", || Box::pin(nonsense_is_unknown())),
    ("without_a_bus_all_but_the_disk_is_unknown", || Box::pin(without_a_bus_all_but_the_disk_is_unknown())),
    ("a_bus_may_be_lost_and_return", || Box::pin(a_bus_may_be_lost_and_return())),
    ("the_disk_is_polled_while_it_is_needed", || Box::pin(the_disk_is_polled_while_it_is_needed())),
];

const BATTERY: (&str, &str, &str) =
    ("org.freedesktop.UPower", "/org/freedesktop/UPower/devices/DisplayDevice", "org.freedesktop.UPower.Device");

/// A laptop battery at this percentage.
async fn battery(bus: &Bus, percentage: f64) {
    let properties =
        [("Type", 2u32.into()), ("IsPresent", true.into()), ("State", 2u32.into()), ("Percentage", percentage.into())];
    bus.set(BATTERY, &properties).await;
}

async fn every_fact_is_read() {
    let bus = Bus::start().await;
    let _upower = bus.mock("upower", UPOWER.0).await;
    let _network = bus.mock("networkmanager", NETWORK.0).await;
    let _logind = bus.mock("logind", LOGIND.0).await;
    battery(&bus, 83.2).await;
    bus.control(NETWORK.0, NETWORK.1, "AddProperty", &(NETWORK.2, "Metered", zbus::Variant::from(4u32))).await;
    bus.control(LOGIND.0, LOGIND.1, "AddSession", &("auto", "seat0", 1000u32, "me", true)).await;

    let watch = bus.watch(NEVER);
    watch.look().await;

    let machine = watch.machine().borrow().clone();
    assert!(machine.disk_free.is_some_and(|free| free > 0), "{machine:?}");
    let expected = Machine {
        online: Some(true),
        metered: Some(false),
        on_ac: Some(true),
        battery_percent: Some(83),
        user: User::Present,
        disk_free: machine.disk_free,
    };
    assert_eq!(machine, expected);
    let told: Vec<_> = watch.facts().into_iter().map(|Fact { name, value, source }| (name, value, source)).collect();
    let fact = |name, value: &str, source: &str| (name, value.to_owned(), Some(source.to_owned()));
    assert_eq!(
        told[..3],
        [
            fact("Power", "on AC, battery 83 %", "UPower"),
            fact("Network", "connected, not metered", "NetworkManager"),
            fact("You", "present", "logind"),
        ]
    );
}

async fn power_is_told() {
    let bus = Bus::start().await;
    let _upower = bus.mock("upower", UPOWER.0).await;
    battery(&bus, 83.0).await;
    let watch = bus.watch(NEVER);
    let mut machine = watch.machine();
    until(&mut machine, "it runs on AC", |m| m.on_ac == Some(true) && m.battery_percent == Some(83)).await;

    bus.set(UPOWER, &[("OnBattery", true.into())]).await;
    until(&mut machine, "it is unplugged", |m| m.on_ac == Some(false)).await;
    battery(&bus, 14.0).await;
    until(&mut machine, "the battery runs down", |m| m.battery_percent == Some(14)).await;
    bus.set(UPOWER, &[("OnBattery", false.into())]).await;
    until(&mut machine, "it is plugged in", |m| m.on_ac == Some(true)).await;
    bus.set(BATTERY, &[("IsPresent", false.into())]).await;
    until(&mut machine, "the battery is taken out", |m| m.battery_percent.is_none()).await;
}

async fn network_is_told() {
    let bus = Bus::start().await;
    let _network = bus.mock("networkmanager", NETWORK.0).await;
    bus.control(NETWORK.0, NETWORK.1, "AddProperty", &(NETWORK.2, "Metered", zbus::Variant::from(0u32))).await;
    let watch = bus.watch(NEVER);
    let mut machine = watch.machine();
    until(&mut machine, "it is connected", |m| m.online == Some(true) && m.metered.is_none()).await;

    for (told, expected) in [(1u32, Some(true)), (2, Some(false)), (3, Some(true)), (4, Some(false)), (0, None)] {
        bus.set(NETWORK, &[("Metered", told.into())]).await;
        until(&mut machine, "the cost changes", |m| m.metered == expected).await;
    }
    bus.set(NETWORK, &[("Connectivity", 1u32.into()), ("State", 20u32.into())]).await;
    until(&mut machine, "the network is lost", |m| m.online == Some(false)).await;
    bus.set(NETWORK, &[("Connectivity", 4u32.into()), ("State", 70u32.into())]).await;
    until(&mut machine, "the network is back", |m| m.online == Some(true)).await;
    bus.set(NETWORK, &[("Connectivity", 2u32.into())]).await;
    until(&mut machine, "a login page is in the way", |m| m.online == Some(false)).await;
}

async fn a_network_that_others_manage_is_unknown() {
    let bus = Bus::start().await;
    let _network = bus.mock("networkmanager", NETWORK.0).await;
    let watch = bus.watch(NEVER);
    let mut machine = watch.machine();
    bus.set(NETWORK, &[("Connectivity", 0u32.into()), ("State", 20u32.into())]).await;
    until(&mut machine, "nothing is connected", |m| m.online == Some(false)).await;

    // NMDeviceState: 10 is unmanaged, 30 disconnected.
    bus.control(NETWORK.0, "/org/freedesktop", "AddEthernetDevice", &("first", "eth0", 10i32)).await;
    until(&mut machine, "others manage the only device", |m| m.online.is_none()).await;
    bus.control(NETWORK.0, "/org/freedesktop", "AddEthernetDevice", &("second", "eth1", 30i32)).await;
    until(&mut machine, "one device is managed and not connected", |m| m.online == Some(false)).await;
}

async fn a_service_may_vanish_and_return() {
    let bus = Bus::start().await;
    let watch = bus.watch(NEVER);
    watch.look().await;
    let mut machine = watch.machine();
    assert_eq!((machine.borrow().on_ac, machine.borrow().online), (None, None));

    for _ in 0..2 {
        let upower = bus.mock("upower", UPOWER.0).await;
        until(&mut machine, "UPower came", |m| m.on_ac == Some(true)).await;
        drop(upower);
        until(&mut machine, "UPower went", |m| m.on_ac.is_none()).await;
    }
    assert_eq!(watch.facts()[0].source, None);
}

/// A UPower whose answers stop at times.
struct Halting {
    hangs: Arc<AtomicBool>,
}

#[interface(name = "org.freedesktop.UPower")]
impl Halting {
    #[zbus(property)]
    async fn on_battery(&self) -> bool {
        if self.hangs.load(Ordering::SeqCst) {
            pending().await
        }
        true
    }
}

async fn a_service_may_hang() {
    let bus = Bus::start().await;
    let _network = bus.mock("networkmanager", NETWORK.0).await;
    let hangs = Arc::new(AtomicBool::new(true));
    let service = bus.service().serve_at(UPOWER.1, Halting { hangs: hangs.clone() });
    let _upower: Connection = service.name(UPOWER.0).build().await.unwrap();

    let watch = bus.watch(Duration::from_millis(100));
    timeout(IN_TIME, watch.look()).await.unwrap();
    let mut machine = watch.machine();
    assert_eq!((machine.borrow().on_ac, machine.borrow().online), (None, Some(true)), "the others are not held up");

    hangs.store(false, Ordering::SeqCst);
    until(&mut machine, "it answers again", |m| m.on_ac == Some(false)).await;
    hangs.store(true, Ordering::SeqCst);
    timeout(IN_TIME, watch.look()).await.unwrap();
    until(&mut machine, "it hangs again", |m| m.on_ac.is_none()).await;
}

struct WrongPower;

#[interface(name = "org.freedesktop.UPower")]
impl WrongPower {
    #[zbus(property)]
    fn on_battery(&self) -> &str {
        "perhaps"
    }
}

struct WrongBattery;

#[interface(name = "org.freedesktop.UPower.Device")]
impl WrongBattery {
    #[zbus(property)]
    fn percentage(&self) -> f64 {
        f64::NAN
    }
    #[zbus(property)]
    fn is_present(&self) -> bool {
        true
    }
    #[zbus(property, name = "Type")]
    fn kind(&self) -> u32 {
        2
    }
}

struct WrongNetwork;

#[interface(name = "org.freedesktop.NetworkManager")]
impl WrongNetwork {
    #[zbus(property)]
    fn state(&self) -> u32 {
        u32::MAX
    }
    #[zbus(property)]
    fn metered(&self) -> &str {
        "a little"
    }
}

struct WrongLogin;

#[interface(name = "org.freedesktop.login1.Manager")]
impl WrongLogin {
    fn get_session(&self, _id: &str) -> u64 {
        7
    }
    fn inhibit(&self, _what: &str) -> &str {
        "no"
    }
}

async fn nonsense_is_unknown() {
    let bus = Bus::start().await;
    let service = bus.service().serve_at(UPOWER.1, WrongPower).serve_at(BATTERY.1, WrongBattery);
    let service = service.serve_at(NETWORK.1, WrongNetwork).serve_at(LOGIND.1, WrongLogin);
    let _all: Connection = service.name(UPOWER.0).name(NETWORK.0).name(LOGIND.0).build().await.unwrap();
    let watch = bus.watch(NEVER);
    watch.look().await;
    let machine = watch.machine().borrow().clone();
    assert_eq!(machine, Machine { disk_free: machine.disk_free, ..Machine::default() });
}

async fn without_a_bus_all_but_the_disk_is_unknown() {
    let dir = tempfile::tempdir().unwrap();
    let address = format!("unix:path={}", dir.path().join("nothing").display());
    let watch = legible_service::machine::watch(config(&address, dir.path().to_owned(), NEVER));
    timeout(IN_TIME, watch.look()).await.unwrap();
    let machine = watch.machine().borrow().clone();
    assert_eq!(machine, Machine { disk_free: machine.disk_free, ..Machine::default() });
    assert!(machine.disk_free.is_some());
}

async fn a_bus_may_be_lost_and_return() {
    let mut bus = Bus::start().await;
    let upower = bus.mock("upower", UPOWER.0).await;
    let watch = bus.watch(Duration::from_millis(50));
    let mut machine = watch.machine();
    until(&mut machine, "UPower is there", |m| m.on_ac == Some(true)).await;

    bus.restart().await;
    until(&mut machine, "the bus is lost", |m| m.on_ac.is_none()).await;
    drop(upower);
    let _upower = bus.mock("upower", UPOWER.0).await;
    until(&mut machine, "the bus is back", |m| m.on_ac == Some(true)).await;
}

async fn the_disk_is_polled_while_it_is_needed() {
    let dir = tempfile::tempdir().unwrap();
    let address = format!("unix:path={}", dir.path().join("nothing").display());
    let (looks, folder) = (Arc::new(AtomicBool::new(false)), dir.path().to_owned());
    let looked = looks.clone();
    let poll = Duration::from_millis(20);
    let config = legible_service::machine::Config {
        folder: Box::new(move || {
            looked.store(true, Ordering::SeqCst);
            folder.clone()
        }),
        ..config(&address, dir.path().to_owned(), poll)
    };
    let watch = legible_service::machine::watch(config);
    watch.look().await;
    let again = || looks.swap(false, Ordering::SeqCst);
    assert!(again(), "it is read at the start");
    sleep(20 * poll).await;
    assert!(!again(), "nobody needs it, and it was looked at");
    watch.need(Needs { disk: true, ..Needs::default() });
    for _ in 0..3 {
        crate::bus::eventually("it is needed, and nobody looks", || async { again() }).await;
    }
    watch.need(Needs::default());
    // A look may have been on its way.
    watch.look().await;
    again();
    sleep(20 * poll).await;
    assert!(!again(), "nobody needs it any more, and it was looked at");
    assert_eq!(watch.machine().borrow().user, User::Unknown, "at {NOW}");
}
