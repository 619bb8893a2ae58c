//! The message bus of a session, for a call or two: a connection of its own, and answers in time or not at all.

use super::Session;
use crate::screen::{Error, Result};
use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;
use zbus::proxy::CacheProperties;
use zbus::{Connection, Proxy, connection};

/// Does this with a connection, and waits for it. It runs in a thread of its own, since the caller's may belong to a
/// runtime that must not wait.
pub fn with<T, F>(session: &Session, work: impl FnOnce(Connection) -> F + Send) -> Result<T>
where
    F: Future<Output = Result<T>>,
    T: Send,
{
    let all = || -> Result<T> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::System(error.to_string()))?;
        runtime.block_on(async { work(connect(session).await?).await })
    };
    std::thread::scope(|scope| {
        scope.spawn(all).join().unwrap_or_else(|_| Err(Error::System("asking the desktop broke off".to_owned())))
    })
}

async fn connect(session: &Session) -> Result<Connection> {
    let builder = session.bus.as_deref().map_or_else(connection::Builder::session, connection::Builder::address);
    match in_time("the message bus", session.patience.call, builder.build()).await? {
        Ok(connection) => Ok(connection),
        Err(error) => Err(Error::NoBus(error.to_string())),
    }
}

/// An interface of an object of a service, whose properties are never remembered.
pub async fn object<'a>(
    connection: &Connection,
    service: &'a str,
    path: &'a str,
    interface: &'a str,
) -> zbus::Result<Proxy<'a>> {
    let builder = zbus::proxy::Builder::<Proxy<'_>>::new(connection).destination(service).path(path);
    builder.interface(interface).cache_properties(CacheProperties::No).build().await
}

/// What comes of this, or that it did not come in time.
pub async fn in_time<T>(who: &'static str, after: Duration, work: impl Future<Output = T>) -> Result<T> {
    timeout(after, work).await.map_err(|_| Error::Silence { who, after })
}
