//! An account at a provider that people sign in to in their browser.

use crate::Result;
use futures_util::future::BoxFuture;

/// Gives what requests to a provider are signed with.
pub trait Tokens: Send + Sync {
    /// An access token (RFC 6749, section 1.4). `refused` is the one that the provider has just refused, if it did: then another one is
    /// given.
    ///
    /// # Errors
    /// [`crate::Error::NeedsYou`] when the person has to sign in again, [`crate::Error::MayPass`] when it may work another time.
    fn access<'a>(&'a self, refused: Option<&'a str>) -> BoxFuture<'a, Result<String>>;
}
