//! A connection to a message bus: calls that end, and its signals in one stream that is always read.

use crate::limits::MACHINE_ANSWER;
use futures_core::Stream;
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use tokio::time::timeout;
use zbus::proxy::{CacheProperties, MethodFlags};
use zbus::wire::DynamicDeserialize;
use zbus::{Connection, DynamicType, MatchRule, Message, MessageStream, OwnedVariant, Proxy, Variant, connection};

/// The interface that all services tell their properties by.
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// The properties of an interface of an object.
pub type Properties = HashMap<String, OwnedVariant>;

/// An interface of an object of a service.
#[derive(Debug, Clone, Copy)]
pub struct Object<'a> {
    pub service: &'static str,
    pub path: &'a str,
    pub interface: &'static str,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is nobody to answer, or they cannot: asking again changes nothing until they say something.
    #[error(transparent)]
    Refused(#[from] zbus::Error),
    /// No answer came in time.
    #[error("no answer within {MACHINE_ANSWER:?}")]
    Silence,
}

/// A connection to a bus. Its calls never start a service, and never wait longer than [`MACHINE_ANSWER`].
#[derive(Clone)]
pub struct Bus(Connection);

impl Bus {
    /// The bus of the system, or the one at this address.
    pub async fn system(address: Option<&str>) -> zbus::Result<Self> {
        Self::connect(address.map_or_else(connection::Builder::system, connection::Builder::address)).await
    }

    /// The bus of the person's session, or the one at this address.
    pub async fn session(address: Option<&str>) -> zbus::Result<Self> {
        Self::connect(address.map_or_else(connection::Builder::session, connection::Builder::address)).await
    }

    async fn connect(builder: connection::Builder<'_>) -> zbus::Result<Self> {
        in_time(builder.build()).await.map(Bus)
    }

    /// From now on, signals that match these rules are kept for [`Signals::listen`].
    pub async fn subscribe(&self, rules: &[&str]) -> zbus::Result<Signals> {
        // First the stream, so that no signal is lost between the rules and it.
        let stream = MessageStream::from(&self.0);
        let bus = zbus::fdo::DBusProxy::new(&self.0).await?;
        for rule in rules {
            let rule = MatchRule::try_from(*rule)?;
            in_time(async { Ok(bus.add_match_rule(rule).await?) }).await?;
        }
        Ok(Signals(stream))
    }

    /// Calls a method.
    pub async fn call<B, R>(&self, object: Object<'_>, method: &'static str, body: &B) -> Result<R, Failure>
    where
        B: serde::Serialize + DynamicType,
        R: for<'d> DynamicDeserialize<'d>,
    {
        let call = async {
            let proxy = zbus::proxy::Builder::<Proxy<'_>>::new(&self.0)
                .destination(object.service)
                .path(object.path)
                .interface(object.interface)
                .cache_properties(CacheProperties::No)
                .build()
                .await?;
            proxy.call_with_flags(method, MethodFlags::NO_AUTO_START, body).await
        };
        match timeout(MACHINE_ANSWER, call).await {
            Ok(Ok(Some(answer))) => Ok(answer),
            Ok(Ok(None)) => Err(Failure::Refused(zbus::Error::InvalidReply)),
            Ok(Err(error)) => Err(Failure::Refused(error)),
            Err(_) => Err(Failure::Silence),
        }
    }

    /// All properties.
    pub async fn properties(&self, object: Object<'_>) -> Result<Properties, Failure> {
        self.call(Object { interface: PROPERTIES, ..object }, "GetAll", &object.interface).await
    }

    /// Starts a service that the system offers to start; whether it runs then shows when it is asked.
    pub async fn start(&self, service: &'static str) {
        let bus = Object {
            service: "org.freedesktop.DBus",
            path: "/org/freedesktop/DBus",
            interface: "org.freedesktop.DBus",
        };
        if let Err(failure) = self.call::<_, u32>(bus, "StartServiceByName", &(service, 0u32)).await {
            tracing::debug!("{service} cannot be started: {failure}");
        }
    }
}

/// What a bus tells.
pub struct Signals(MessageStream);

impl Signals {
    /// Passes each signal on, until the bus is lost.
    pub async fn listen(self, hear: impl Fn(&Message)) {
        let mut stream = pin!(self.0);
        // Errors are messages that cannot be read, such as a call's error answer, which its caller sees too.
        while let Some(message) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
            match message {
                Ok(message) if message.message_type() == zbus::message::Type::Signal => hear(&message),
                _ => {}
            }
        }
    }
}

async fn in_time<T>(work: impl Future<Output = zbus::Result<T>>) -> zbus::Result<T> {
    let late = || zbus::Error::from(std::io::Error::from(std::io::ErrorKind::TimedOut));
    timeout(MACHINE_ANSWER, work).await.unwrap_or_else(|_| Err(late()))
}

/// A property of the given type; `None` when the service does not have it or answers nonsense.
pub fn property<'a, T: TryFrom<&'a Variant<'a>>>(properties: &'a Properties, name: &str) -> Option<T> {
    T::try_from(properties.get(name)?).ok()
}

/// Whether a signal says that one of these properties of an interface changed.
pub fn changed(signal: &Message, interface: &str, names: &[&str]) -> bool {
    let header = signal.header();
    if header.interface().is_none_or(|of| of.as_str() != PROPERTIES)
        || header.member().is_none_or(|name| name.as_str() != "PropertiesChanged")
    {
        return false;
    }
    let body = signal.body();
    let Ok((of, changed, invalid)) = body.deserialize::<(String, Properties, Vec<String>)>() else { return false };
    of == interface && changed.keys().chain(&invalid).any(|name| names.contains(&name.as_str()))
}

/// Whether a signal says that a service came or went.
pub fn came_or_went(signal: &Message, service: &str) -> bool {
    new_owner(signal, service).is_some()
}

/// The new owner of a service's name, empty when it went; `None` when the signal is about something else.
pub fn new_owner(signal: &Message, service: &str) -> Option<String> {
    let header = signal.header();
    let of_the_bus = header.sender().is_some_and(|sender| sender.as_str() == "org.freedesktop.DBus");
    if !of_the_bus || header.member().is_none_or(|name| name.as_str() != "NameOwnerChanged") {
        return None;
    }
    let (name, _, owner) = signal.body().deserialize::<(String, String, String)>().ok()?;
    (name == service).then_some(owner)
}
