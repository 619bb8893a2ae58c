//! Bar codes and matrix codes, and what their text means.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Quad;

/// One code in an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Code {
    /// How it is printed.
    pub symbology: Symbology,
    /// What it says, as it stands there.
    pub text: String,
    /// Where it is. Starts at the corner that is the top left one when the code stands upright.
    pub quad: Quad,
    /// What the text is for.
    #[serde(default)]
    pub meaning: Meaning,
}

/// How a code is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// QR code (ISO/IEC 18004).
    Qr,
    /// Aztec code (ISO/IEC 24778).
    Aztec,
    /// Data Matrix (ISO/IEC 16022).
    DataMatrix,
    /// PDF417 (ISO/IEC 15438).
    Pdf417,
    /// EAN-13, and UPC-A written as EAN-13 with a leading zero (ISO/IEC 15420).
    Ean13,
    /// EAN-8 (ISO/IEC 15420).
    Ean8,
    /// Code 128 (ISO/IEC 15417).
    Code128,
    /// One that this version does not know.
    #[serde(other)]
    Other,
}

impl Symbology {
    /// Every symbology that is read.
    pub const ALL: [Symbology; 7] = [
        Symbology::Qr,
        Symbology::Aztec,
        Symbology::DataMatrix,
        Symbology::Pdf417,
        Symbology::Ean13,
        Symbology::Ean8,
        Symbology::Code128,
    ];

    /// The name in sidecars and searches.
    pub fn name(self) -> &'static str {
        match self {
            Symbology::Qr => "qr",
            Symbology::Aztec => "aztec",
            Symbology::DataMatrix => "data_matrix",
            Symbology::Pdf417 => "pdf417",
            Symbology::Ean13 => "ean13",
            Symbology::Ean8 => "ean8",
            Symbology::Code128 => "code128",
            Symbology::Other => "other",
        }
    }
}

impl Display for Symbology {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Symbology {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Symbology::ALL.into_iter().find(|symbology| symbology.name() == name).ok_or(())
    }
}

/// What the text of a code is for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Meaning {
    /// An address on the web.
    Url {
        /// The address.
        url: String,
    },
    /// How to join a wireless network.
    Wifi(Wifi),
    /// A person or an organisation.
    Contact(Contact),
    /// Money to be paid.
    Payment(Payment),
    /// A product of a shop.
    Product {
        /// Its Global Trade Item Number, with a check digit that is right.
        gtin: String,
    },
    /// A letter by mail.
    Mail(Mail),
    /// A telephone number.
    Phone {
        /// The number.
        number: String,
    },
    /// A text message.
    Sms(Sms),
    /// A place on earth.
    Place {
        /// Degrees north, −90 to 90.
        latitude: f64,
        /// Degrees east, −180 to 180.
        longitude: f64,
    },
    /// An entry of a calendar.
    Event(Event),
    /// Nothing that is known.
    #[default]
    #[serde(other)]
    Text,
}

impl Meaning {
    /// The names of all meanings.
    pub const NAMES: [&'static str; 11] =
        ["url", "wifi", "contact", "payment", "product", "mail", "phone", "sms", "place", "event", "text"];

    /// The name in sidecars and searches, one of [`Meaning::NAMES`].
    pub fn name(&self) -> &'static str {
        match self {
            Meaning::Url { .. } => "url",
            Meaning::Wifi(_) => "wifi",
            Meaning::Contact(_) => "contact",
            Meaning::Payment(_) => "payment",
            Meaning::Product { .. } => "product",
            Meaning::Mail(_) => "mail",
            Meaning::Phone { .. } => "phone",
            Meaning::Sms(_) => "sms",
            Meaning::Place { .. } => "place",
            Meaning::Event(_) => "event",
            Meaning::Text => "text",
        }
    }
}

/// How to join a wireless network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wifi {
    /// The network's name.
    pub ssid: String,
    /// How it is protected.
    pub security: WifiSecurity,
    /// The password, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// It does not tell its name.
    pub hidden: bool,
}

/// How a wireless network is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WifiSecurity {
    /// Not at all.
    #[default]
    Open,
    /// WEP.
    Wep,
    /// WPA, WPA2 or WPA3 with a password.
    Wpa,
    /// In another way, such as by an account.
    #[serde(other)]
    Other,
}

/// A person or an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// The name as it is read out.
    pub name: String,
    /// The organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// Mail addresses.
    pub mails: Vec<String>,
    /// Addresses on the web.
    pub urls: Vec<String>,
    /// Postal addresses, each in one line.
    pub addresses: Vec<String>,
    /// Whatever else is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Money to be paid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Payment {
    /// The rules by which it is paid.
    pub scheme: Scheme,
    /// Who is paid, by name; empty when the code does not say.
    pub payee: String,
    /// The account that is paid: an IBAN with check digits that are right, or an address of the scheme.
    pub account: String,
    /// How much, as a decimal number with a point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// ISO 4217 code, `BTC` or `ETH`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The reference that machines match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What people are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The rules of a payment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// A SEPA credit transfer.
    Sepa,
    /// A Swiss QR-bill.
    SwissQr,
    /// India's Unified Payments Interface.
    Upi,
    /// Bitcoin.
    Bitcoin,
    /// Ethereum.
    Ethereum,
    /// One that this version does not know.
    #[default]
    #[serde(other)]
    Other,
}

/// A letter by mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mail {
    /// Whom it goes to.
    pub to: Vec<String>,
    /// Its subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// A text message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sms {
    /// Where it goes.
    pub number: String,
    /// Its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// An entry of a calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    /// What it is.
    pub summary: String,
    /// When it begins: `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SS`, with `Z` at its end when that is UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts: Option<String>,
    /// When it ends, written the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_is_written() {
        for symbology in Symbology::ALL {
            assert_eq!(serde_json::to_value(symbology).unwrap(), symbology.name());
            assert_eq!(symbology.name().parse(), Ok(symbology));
        }
        for meaning in [Meaning::Text, Meaning::Wifi(Wifi::default()), Meaning::Event(Event::default())] {
            assert_eq!(serde_json::to_value(&meaning).unwrap()["kind"], meaning.name());
            assert!(Meaning::NAMES.contains(&meaning.name()));
        }
    }
}
