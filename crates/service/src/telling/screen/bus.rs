//! Notifications over D-Bus (Desktop Notifications Specification 1.2), with one connection and one task for all of them.
//! Every call has a time limit, so a service that hangs delays notifications and nothing else; one that died is looked
//! for anew with the next notification.

use super::{Card, Order, Response};
use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, UnboundedSender};
use tracing::{debug, info};
use zbus::Variant;
use zbus::export::futures_core::Stream;
use zbus::message::Type;
use zbus::{Connection, MatchRule, Message, MessageStream};

/// The name of the service, and of its interface.
const NAME: &str = "org.freedesktop.Notifications";

/// Where the service has its object.
const PATH: &str = "/org/freedesktop/Notifications";

/// How long the service may take for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many notifications are remembered, to know what a response is about.
const REMEMBERED: usize = 64;

/// Services that show a bar for the hint `value` and replace quietly. There is no capability to ask for.
const WITH_BARS: &[&str] =
    &["dunst", "plasma", "xfce notify daemon", "mako", "swaync", "swaynotificationcenter", "notify-osd"];

/// A call of the service failed.
type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Starts the task that shows, on the session's bus; it ends with the queue.
pub fn start(orders: Receiver<Order>, responses: UnboundedSender<Response>) {
    drop(tokio::spawn(serve(None, orders, responses)));
}

/// Shows what is ordered until the queue ends. `address`: of a bus other than the session's.
pub async fn serve(address: Option<String>, mut orders: Receiver<Order>, responses: UnboundedSender<Response>) {
    let mut screen = BusScreen { address, bus: None, shown: VecDeque::new(), responses };
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(order) => screen.obey(order).await,
                None => return,
            },
            signal = next_signal(&mut screen.bus) => match signal {
                Some(signal) => screen.hear(&signal),
                None => screen.forget(),
            },
        }
    }
}

/// The connection, and what the service tells on it.
struct Bus {
    connection: Connection,
    signals: MessageStream,
}

/// A notification that may be on the screen.
struct Shown {
    id: u32,
    card: Card,
}

struct BusScreen {
    address: Option<String>,
    bus: Option<Bus>,
    shown: VecDeque<Shown>,
    responses: UnboundedSender<Response>,
}

impl BusScreen {
    async fn obey(&mut self, order: Order) {
        let done = tokio::time::timeout(PATIENCE, async {
            match order {
                Order::Show(card) => self.show(card).await,
                Order::Close(topic) => self.close(&topic).await,
            }
        });
        match done.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => info!(%error, "the notification could not be shown"),
            Err(_) => info!("the notification service does not answer"),
        }
    }

    async fn show(&mut self, card: Card) -> Result<(), Failed> {
        let connection = self.connection().await?;
        let (name, _, _, _): (String, String, String, String) = ask(&connection, "GetServerInformation", &()).await?;
        if card.progress && !WITH_BARS.contains(&name.to_lowercase().as_str()) {
            return Ok(());
        }
        let can: Vec<String> = ask(&connection, "GetCapabilities", &()).await?;
        let can = |what: &str| can.iter().any(|capability| capability == what);
        // File names are no markup, whatever is in them.
        let body = if can("body-markup") { without_markup(&card.body) } else { card.body.clone() };
        let labels: Vec<String> = card.acts.iter().map(super::Act::label).collect();
        let keys: Vec<String> = (0..labels.len()).map(|index| index.to_string()).collect();
        let mut actions: Vec<&str> = Vec::new();
        if can("actions") {
            actions.extend(["default", "Open"]);
            actions.extend(keys.iter().zip(&labels).flat_map(|(key, label)| [key.as_str(), label.as_str()]));
        }
        let replaced = self.shown.iter().find(|one| card.topic.is_some() && one.card.topic == card.topic);
        let replaced = replaced.map_or(0, |one| one.id);
        let arguments =
            ("Legible", replaced, "legible-desktop", &card.summary, &body, actions, hints(&card), timeout(&card));
        let id: u32 = ask(&connection, "Notify", &arguments).await?;
        self.shown.retain(|one| one.id != id && one.id != replaced);
        self.shown.push_back(Shown { id, card });
        if self.shown.len() > REMEMBERED {
            self.shown.pop_front();
        }
        Ok(())
    }

    async fn close(&mut self, topic: &str) -> Result<(), Failed> {
        let Some(id) = self.shown.iter().find(|one| one.card.topic.as_deref() == Some(topic)).map(|one| one.id) else {
            return Ok(());
        };
        self.shown.retain(|one| one.id != id);
        let connection = self.connection().await?;
        ask::<()>(&connection, "CloseNotification", &(id,)).await
    }

    async fn connection(&mut self) -> Result<Connection, Failed> {
        if let Some(bus) = &self.bus {
            return Ok(bus.connection.clone());
        }
        self.forget();
        let connection = match &self.address {
            Some(address) => zbus::connection::Builder::address(address.as_str()).build().await?,
            None => Connection::session().await?,
        };
        let rule = MatchRule::builder().msg_type(Type::Signal).sender(NAME).interface(NAME).build()?;
        let signals = MessageStream::for_match_rule(rule, &connection, None).await?;
        self.bus = Some(Bus { connection: connection.clone(), signals });
        Ok(connection)
    }

    /// The connection is gone, and with it what is known of the screen.
    fn forget(&mut self) {
        self.bus = None;
        self.shown.clear();
    }

    fn hear(&mut self, signal: &Message) {
        let header = signal.header();
        match header.member().map(|member| member.as_str()) {
            Some("ActionInvoked") => {
                let Ok((id, key)) = signal.body().deserialize::<(u32, String)>() else { return };
                let Some(one) = self.shown.iter().find(|one| one.id == id) else { return };
                let response = match key.as_str() {
                    "default" => Some(Response::Open(one.card.place)),
                    key => {
                        key.parse().ok().and_then(|index: usize| one.card.acts.get(index).cloned()).map(Response::Act)
                    }
                };
                if let Some(response) = response {
                    // Nobody listens any more when the program ends.
                    let _ = self.responses.send(response);
                }
            }
            Some("NotificationClosed") => {
                let Ok((id, _)) = signal.body().deserialize::<(u32, u32)>() else { return };
                self.shown.retain(|one| one.id != id);
            }
            _ => debug!("the notification service told something else"),
        }
    }
}

/// The next signal; `None` when the connection ended. Waits for ever while there is no connection.
async fn next_signal(bus: &mut Option<Bus>) -> Option<Message> {
    let Some(bus) = bus else { return std::future::pending().await };
    match std::future::poll_fn(|context| Pin::new(&mut bus.signals).poll_next(context)).await {
        Some(Ok(message)) => Some(message),
        Some(Err(error)) => {
            debug!(%error, "the connection to the session bus broke");
            None
        }
        None => None,
    }
}

/// Calls a method of the service.
async fn ask<T>(
    connection: &Connection,
    method: &str,
    arguments: &(impl serde::Serialize + zbus::zvariant::DynamicType),
) -> Result<T, Failed>
where
    T: serde::de::DeserializeOwned + zbus::zvariant::Type,
{
    let answer = connection.call_method(Some(NAME), PATH, Some(NAME), method, arguments).await?;
    Ok(answer.body().deserialize()?)
}

fn hints(card: &Card) -> HashMap<&'static str, Variant<'static>> {
    let mut hints = HashMap::from([("desktop-entry", Variant::from("legible-desktop"))]);
    if card.progress {
        hints.insert("transient", Variant::from(true));
        hints.insert("urgency", Variant::from(0_u8));
        hints.insert("suppress-sound", Variant::from(true));
    }
    if let Some(percent) = card.percent {
        hints.insert("value", Variant::from(i32::from(percent)));
    }
    hints
}

/// How long it stays, in milliseconds: -1 leaves it to the service, 0 is until the person closes it.
fn timeout(card: &Card) -> i32 {
    if card.pressing { 0 } else { -1 }
}

/// Text as it is written in the markup of the specification.
fn without_markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::without_markup;

    #[test]
    fn names_are_no_markup() {
        let check = |text, expected: &str| assert_eq!(without_markup(text), expected);
        check("Q&A.png", "Q&amp;A.png");
        check("<b>&lt;.png", "&lt;b&gt;&amp;lt;.png");
    }
}
