//! What macOS tells of power (IOKit), network (the Network framework) and person (Core Graphics).
#![allow(unsafe_code, reason = "IOKit's power sources and the C interface of the Network framework")]

use crate::limits::MACHINE_ANSWER;
use crate::machine::board::{Network, Power};
use block2::{Block, RcBlock};
use dispatch2::{DispatchQueue, DispatchRetained};
use objc2_core_foundation::{CFArray, CFDictionary, CFNumber, CFString, CFType};
use objc2_core_graphics::{CGEventSource, CGEventSourceStateID, CGEventType};
use objc2_io_kit::{
    IOPSCopyPowerSourcesInfo, IOPSCopyPowerSourcesList, IOPSGetPowerSourceDescription, IOPSGetProvidingPowerSourceType,
};
use std::ffi::{c_int, c_void};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

pub const SOURCE: &str = "macOS";

/// What was seen. `None`: macOS does not tell.
#[derive(Debug, Default)]
pub struct Seen {
    pub power: Option<Power>,
    pub network: Option<Network>,
    /// How long ago the last input was.
    pub idle: Option<Duration>,
}

/// The network is told by a monitor that lives between the looks; the rest is asked for.
pub struct Native {
    path: PathMonitor,
}

impl Native {
    pub fn new() -> Self {
        Native { path: PathMonitor::start() }
    }

    pub fn look(&self) -> Seen {
        Seen { power: power(), network: self.path.latest(), idle: idle() }
    }
}

fn power() -> Option<Power> {
    let sources = IOPSCopyPowerSourcesInfo();
    let sources = sources.as_deref()?;
    // SAFETY: the argument is what IOPSCopyPowerSourcesInfo returned.
    let providing = unsafe { IOPSGetProvidingPowerSourceType(Some(sources)) }.map(|kind| kind.to_string());
    let on_ac = match providing.as_deref() {
        Some("AC Power") => Some(true),
        Some("Battery Power" | "UPS Power") => Some(false),
        _ => None,
    };
    Some(Power { on_ac, battery_percent: battery(sources) })
}

/// The charge of all power sources that are present, together.
fn battery(sources: &CFType) -> Option<u8> {
    // SAFETY: the argument is what IOPSCopyPowerSourcesInfo returned.
    let list = unsafe { IOPSCopyPowerSourcesList(Some(sources)) }?;
    // SAFETY: an array of Core Foundation objects, by the function's description.
    let list: &CFArray<CFType> = unsafe { list.cast_unchecked() };
    let (mut charge, mut capacity) = (0, 0);
    for source in list.iter() {
        // SAFETY: the arguments are what IOPSCopyPowerSourcesInfo returned and an entry of its list.
        let Some(told) = (unsafe { IOPSGetPowerSourceDescription(Some(sources), Some(&source)) }) else { continue };
        // SAFETY: a dictionary whose keys are strings, by the function's description.
        let told: &CFDictionary<CFString, CFType> = unsafe { told.cast_unchecked() };
        let number = |key: &'static str| {
            let value = told.get(&CFString::from_static_str(key))?;
            value.downcast_ref::<CFNumber>()?.as_i64().filter(|number| (0..=1_000_000).contains(number))
        };
        if let (Some(current), Some(most)) = (number("Current Capacity"), number("Max Capacity")) {
            charge += current;
            capacity += most;
        }
    }
    let percent = (charge * 100).checked_div(capacity)?;
    u8::try_from(percent.min(100)).ok()
}

fn idle() -> Option<Duration> {
    // `kCGAnyInputEventType`.
    let any_input = CGEventType(u32::MAX);
    let state = CGEventSourceStateID::HIDSystemState;
    Duration::try_from_secs_f64(CGEventSource::seconds_since_last_event_type(state, any_input)).ok()
}

/// `nw_path_monitor_t` and `nw_path_t`, which are objects.
type NwObject = *mut c_void;

#[link(name = "Network", kind = "framework")]
unsafe extern "C" {
    fn nw_path_monitor_create() -> NwObject;
    fn nw_path_monitor_set_queue(monitor: NwObject, queue: &DispatchQueue);
    fn nw_path_monitor_set_update_handler(monitor: NwObject, handler: &Block<dyn Fn(NwObject)>);
    fn nw_path_monitor_start(monitor: NwObject);
    fn nw_path_monitor_cancel(monitor: NwObject);
    fn nw_release(object: NwObject);
    fn nw_path_get_status(path: NwObject) -> c_int;
    fn nw_path_is_expensive(path: NwObject) -> bool;
    fn nw_path_is_constrained(path: NwObject) -> bool;
}

/// The latest path, and who waits for the first one.
type Latest = Arc<(Mutex<Option<Network>>, Condvar)>;

/// Follows the way to the Internet.
struct PathMonitor {
    monitor: NwObject,
    latest: Latest,
    _queue: DispatchRetained<DispatchQueue>,
}

// SAFETY: the functions of the Network framework may be called from any thread; the pointer is used only to end it.
unsafe impl Send for PathMonitor {}
// SAFETY: as above, and nothing uses the pointer through a shared reference.
unsafe impl Sync for PathMonitor {}

impl PathMonitor {
    fn start() -> Self {
        let latest = Latest::default();
        let queue = DispatchQueue::new("legible.network", None);
        let told = latest.clone();
        let handler = RcBlock::new(move |path: NwObject| {
            let (network, first) = &*told;
            *network.lock().unwrap_or_else(PoisonError::into_inner) = Some(network_of(path));
            first.notify_all();
        });
        // SAFETY: the monitor is a new object that is owned here, and used as its functions describe: a queue and a
        // handler, both of which it retains, before the start.
        let monitor = unsafe { nw_path_monitor_create() };
        if !monitor.is_null() {
            // SAFETY: as above.
            unsafe {
                nw_path_monitor_set_queue(monitor, &queue);
                nw_path_monitor_set_update_handler(monitor, &handler);
                nw_path_monitor_start(monitor);
            }
        }
        PathMonitor { monitor, latest, _queue: queue }
    }

    /// What the monitor told last; the first time it may take a moment.
    fn latest(&self) -> Option<Network> {
        if self.monitor.is_null() {
            return None;
        }
        let (network, first) = &*self.latest;
        let network = network.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = first.wait_timeout_while(network, MACHINE_ANSWER / 2, |network| network.is_none());
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Drop for PathMonitor {
    fn drop(&mut self) {
        if !self.monitor.is_null() {
            // SAFETY: it was created here, is released once, and is not used after.
            unsafe {
                nw_path_monitor_cancel(self.monitor);
                nw_release(self.monitor);
            }
        }
    }
}

fn network_of(path: NwObject) -> Network {
    // SAFETY: the monitor calls its handler with a path that lives as long as the call.
    let (status, costs) =
        unsafe { (nw_path_get_status(path), nw_path_is_expensive(path) || nw_path_is_constrained(path)) };
    let online = match status {
        1 => Some(true),
        // Unsatisfied, and satisfiable: it would have to be dialled first.
        2 | 3 => Some(false),
        _ => None,
    };
    Network { online, metered: online.filter(|online| *online).map(|_| costs) }
}
