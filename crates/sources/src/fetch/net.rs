//! How names become addresses, with the rule that only a person's word opens the private ones. The check lies where the
//! connection is made, on the very addresses that are connected to: a name that changes its mind in between gains nothing.

use super::address;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::HashSet;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

/// The addresses of a name, to come.
pub type Addresses = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// What names stand for, and which addresses are everybody's. Tests have their own.
pub trait Net: Send + Sync {
    /// The addresses of a host's name.
    fn addresses(&self, host: &str) -> Addresses;

    /// Whether any page may lead to this address.
    fn is_public(&self, ip: IpAddr) -> bool {
        address::is_public(ip)
    }
}

/// The names that the system knows.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNet;

impl Net for SystemNet {
    fn addresses(&self, host: &str) -> Addresses {
        let host = host.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Why a name has no address to connect to.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAddress {
    #[error("every address of the name is private")]
    Private,
    #[error("the name has no address")]
    Unknown,
}

/// Looks names up for connections.
pub(super) struct Guarded {
    pub net: Arc<dyn Net>,
    /// The hosts that a person named.
    pub named: Arc<HashSet<String>>,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (net, is_named) = (self.net.clone(), self.named.contains(name.as_str()));
        Box::pin(async move {
            let found = net.addresses(name.as_str()).await.unwrap_or_default();
            if found.is_empty() {
                return Err(NoAddress::Unknown.into());
            }
            let open: Vec<IpAddr> = found.into_iter().filter(|ip| is_named || net.is_public(*ip)).collect();
            if open.is_empty() {
                return Err(NoAddress::Private.into());
            }
            Ok(Box::new(open.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs)
        })
    }
}
