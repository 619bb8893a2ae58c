//! Accounts at providers that people sign in to in their browser: OAuth 2.0 (RFC 6749) for programs of a desktop (RFC 8252), with PKCE
//! (RFC 7636).
//!
//! [`SignIn`] gives the address to open and waits for the browser to come back; the [`Grant`] that comes of it is stored by who keeps
//! secrets. [`OAuthTokens`] gives requests what they are signed with from then on, and takes it all back when the person signs out.

mod exchange;
#[cfg(test)]
mod fake;
mod page;
mod provider;
mod redirect;
mod revoke;
mod sign_in;
mod tokens;

pub use provider::{Client, Provider, ProviderKind, Reach, Redirect, Revocation};
pub use revoke::Revoked;
pub use sign_in::SignIn;
pub use tokens::{OAuthTokens, TokenStore};

use crate::Result;
use crate::remote::storage::Secret;
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// Gives what requests to a provider are signed with.
pub trait Tokens: Send + Sync {
    /// An access token (RFC 6749, section 1.4). `refused` is the one that the provider has just refused, if it did: then another one is
    /// given.
    ///
    /// # Errors
    /// [`crate::Error::SignIn`] when the person has to sign in again, [`crate::Error::MayPass`] when it may work another time.
    fn access<'a>(&'a self, refused: Option<&'a str>) -> BoxFuture<'a, Result<String>>;
}

/// The time, in milliseconds since the Unix epoch.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What a person has granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What lasts, and is to be stored.
    pub refresh: Secret,
    /// What requests are signed with for now.
    pub access: Access,
}

/// An access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The token itself.
    pub token: Secret,
    /// When it is not to be used any more, in milliseconds since the Unix epoch; `None` where the provider does not tell.
    pub until: Option<i64>,
}
