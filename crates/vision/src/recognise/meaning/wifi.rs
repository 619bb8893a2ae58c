//! `WIFI:T:WPA;S:name;P:password;H:true;;`, as the WPA3 Specification of the Wi-Fi Alliance gives it ("URI format") and as
//! ZXing's "Barcode Contents" describes what phones had understood before.

use legible_reading::recognition::{Meaning, Wifi, WifiSecurity};

use super::after;
use super::fields::Fields;

/// How to join a network.
pub fn wifi(text: &str) -> Option<Meaning> {
    let fields = Fields::of(after(text, "WIFI:")?);
    let ssid = unquoted(fields.first("S")?);
    let password = fields.first("P").map(unquoted);
    let kind = fields.first("T").map(|kind| kind.trim().to_ascii_uppercase());
    let security = match kind.as_deref() {
        None if password.is_some() => WifiSecurity::Wpa,
        None | Some("NOPASS") => WifiSecurity::Open,
        Some("WEP") => WifiSecurity::Wep,
        Some("WPA" | "WPA2" | "WPA3" | "SAE" | "WPA/WPA2" | "WPA2/WPA3") => WifiSecurity::Wpa,
        Some(_) => WifiSecurity::Other,
    };
    let password = password.filter(|_| security != WifiSecurity::Open);
    let hidden = fields.first("H").is_some_and(|hidden| hidden.eq_ignore_ascii_case("true"));
    Some(Meaning::Wifi(Wifi { ssid, security, password, hidden }))
}

/// Names that could be taken for hexadecimal numbers stand in quotes.
fn unquoted(value: String) -> String {
    match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
        Some(inner) if !inner.is_empty() => inner.to_string(),
        _ => value,
    }
}
