//! Where the fakes must be strict, and what goes wrong on order: asked over the proxy as any client does.
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

mod client;
mod drive;
mod dropbox;
mod faults;
mod onedrive;
mod scopes;
mod signing_in;
