//! Signing in at providers on the wire. No token, code or secret of a person is in it.

use super::Provider;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The providers that people sign in to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Providers {
    /// In the order in which they are shown.
    pub providers: Vec<ProviderView>,
}

/// A provider, and whether it knows this program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProviderView {
    /// Which.
    pub provider: Provider,
    /// What people call it.
    pub name: String,
    /// Whether this build of the program is registered there.
    pub of_build: bool,
    /// Whether it can be signed in to: by a client of the settings, or else of the build.
    pub ready: bool,
    /// Whether it wants a client secret beside a client id.
    pub wants_secret: bool,
    /// Where a program is registered.
    pub register: String,
    /// Where people see and take back what they granted.
    pub manage: String,
}

/// What a person signs in for: no more is asked for than serves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignInFor {
    /// To keep a library in the folder of Legible.
    #[default]
    Library,
    /// To fetch pictures from a folder of the person.
    Pictures,
    /// The same, and to write texts beside them.
    PicturesAndTexts,
}

/// Begins to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BeginSignIn {
    /// Where.
    pub provider: Provider,
    /// What for.
    pub purpose: SignInFor,
}

/// A person is to sign in now, in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignInBegun {
    /// Its number, good in this process until it is taken, cancelled or too old.
    pub id: i64,
    /// Where.
    pub provider: Provider,
    /// What is to be opened in the browser.
    pub address: String,
}

/// A sign-in by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignInRef {
    /// Its number.
    pub id: i64,
}

/// A person has signed in, and may say now what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignedIn {
    /// The number of the sign-in.
    pub id: i64,
    /// Where.
    pub provider: Provider,
}

/// A page of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum WebPage {
    /// Where a person signs in.
    SignIn {
        /// The number of the sign-in.
        id: i64,
    },
    /// Where people see and take back what they granted.
    Manage {
        /// Of which provider.
        provider: Provider,
    },
    /// Where a program is registered.
    Register {
        /// Of which provider.
        provider: Provider,
    },
}

/// What came of leaving a storage or a source alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Removed {
    /// The provider that still lets Legible in, if one does: nothing here can use that any more.
    pub still_granted: Option<StillGranted>,
}

/// A provider that did not take a grant back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StillGranted {
    /// Which.
    pub provider: Provider,
    /// Why, for a person.
    pub why: String,
    /// Where a person takes it back.
    pub page: String,
}
