//! What Windows tells of power, network and person.
#![allow(unsafe_code, reason = "three calls of the Windows API that fill a structure or return a number")]

use crate::machine::board::{Network, Power};
use std::time::Duration;
use windows::Networking::Connectivity::{
    ConnectionProfile, NetworkConnectivityLevel, NetworkCostType, NetworkInformation,
};
use windows::Win32::System::Power::{GetSystemPowerStatus, SYSTEM_POWER_STATUS};
use windows::Win32::System::SystemInformation::GetTickCount;
use windows::Win32::UI::Input::KeyboardAndMouse::{GetLastInputInfo, LASTINPUTINFO};

pub const SOURCE: &str = "Windows";

/// What was seen. `None`: Windows does not tell.
#[derive(Debug, Default)]
pub struct Seen {
    pub power: Option<Power>,
    pub network: Option<Network>,
    /// How long ago the last input of this session was.
    pub idle: Option<Duration>,
}

/// Keeps nothing between two looks.
pub struct Native;

impl Native {
    pub fn new() -> Self {
        Native
    }

    pub fn look(&self) -> Seen {
        Seen { power: power(), network: network(), idle: idle() }
    }
}

fn power() -> Option<Power> {
    let mut status = SYSTEM_POWER_STATUS::default();
    // SAFETY: it writes into the structure, which lives longer than the call.
    unsafe { GetSystemPowerStatus(&mut status) }.ok()?;
    let on_ac = match status.ACLineStatus {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    };
    // 255 is unknown.
    Some(Power { on_ac, battery_percent: Some(status.BatteryLifePercent).filter(|percent| *percent <= 100) })
}

fn network() -> Option<Network> {
    match NetworkInformation::GetInternetConnectionProfile() {
        Ok(profile) => {
            let level = profile.GetNetworkConnectivityLevel().ok();
            let online = level.map(|level| level == NetworkConnectivityLevel::InternetAccess);
            Some(Network { online, metered: metered(&profile) })
        }
        // Without a connection there is no profile, which is no error.
        Err(none) if none.code().is_ok() => Some(Network { online: Some(false), metered: None }),
        Err(_) => None,
    }
}

fn metered(profile: &ConnectionProfile) -> Option<bool> {
    let cost = profile.GetConnectionCost().ok()?;
    if cost.Roaming() == Ok(true) {
        return Some(true);
    }
    match cost.NetworkCostType().ok()? {
        NetworkCostType::Unrestricted => Some(false),
        NetworkCostType::Fixed | NetworkCostType::Variable => Some(true),
        _ => None,
    }
}

fn idle() -> Option<Duration> {
    let size = u32::try_from(size_of::<LASTINPUTINFO>()).ok()?;
    let mut last = LASTINPUTINFO { cbSize: size, dwTime: 0 };
    // SAFETY: it writes into the structure, whose size it is told and which lives longer than the call.
    if !unsafe { GetLastInputInfo(&mut last) }.as_bool() {
        return None;
    }
    // SAFETY: it only returns the clock that `dwTime` is of: milliseconds since the start, which begin anew after 49 days.
    let now = unsafe { GetTickCount() };
    Some(Duration::from_millis(now.wrapping_sub(last.dwTime).into()))
}
