//! Notifications on the screen. Whoever shows one never waits: an order goes into a bounded queue to the one task that
//! speaks to the system, and what the person does comes back on a channel.

#[cfg(all(unix, not(target_os = "macos")))]
mod bus;
#[cfg(target_os = "linux")]
#[cfg(test)]
mod daemon_tests;
#[cfg(not(all(unix, not(target_os = "macos"))))]
mod native;

#[cfg(all(unix, not(target_os = "macos")))]
use bus as system;
#[cfg(not(all(unix, not(target_os = "macos"))))]
use native as system;

use super::message::{Act, Kind, Message};
use crate::api::Place;
use tokio::sync::mpsc;
use tracing::info;

/// Orders that may wait while the system is slow; more are dropped.
const BACKLOG: usize = 32;

/// One notification as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// A newer one of the same topic takes its place.
    pub topic: Option<String>,
    /// The first line.
    pub summary: String,
    /// More, as plain text.
    pub body: String,
    /// Where a click leads.
    pub place: Place,
    /// Its buttons.
    pub acts: Vec<Act>,
    /// Whether it only says how far something is: it is shown without noise, and only where it can be replaced.
    pub progress: bool,
    /// How far that is.
    pub percent: Option<u8>,
    /// Whether it stays until the person has seen it, where the system does that.
    pub pressing: bool,
}

impl Card {
    /// A message on the screen.
    pub fn of(message: &Message) -> Self {
        Card {
            topic: message.topic.clone(),
            summary: message.summary.clone(),
            body: message.body.clone(),
            place: message.place,
            acts: message.actions.clone(),
            progress: false,
            percent: None,
            pressing: message.kind == Kind::Reminder,
        }
    }
}

/// What the person did with a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// Clicked it.
    Open(Place),
    /// Chose a button.
    Act(Act),
}

/// What the screen is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Show this.
    Show(Card),
    /// Take away what is shown of this topic.
    Close(String),
}

/// Shows notifications.
pub struct Screen {
    orders: mpsc::Sender<Order>,
}

impl Screen {
    /// The screen of this session. Responses go to `responses`. It ends when it is dropped.
    pub fn start(responses: mpsc::UnboundedSender<Response>) -> Self {
        let (orders, queue) = mpsc::channel(BACKLOG);
        system::start(queue, responses);
        Screen { orders }
    }

    /// A screen whose orders a test reads.
    #[cfg(test)]
    pub fn of_test() -> (Self, mpsc::Receiver<Order>) {
        let (orders, queue) = mpsc::channel(BACKLOG);
        (Screen { orders }, queue)
    }

    /// Shows a notification. Never blocks.
    pub fn show(&self, card: Card) {
        self.order(Order::Show(card));
    }

    /// Takes a notification away, if it is there. Never blocks.
    pub fn close(&self, topic: &str) {
        self.order(Order::Close(topic.to_owned()));
    }

    fn order(&self, order: Order) {
        if self.orders.try_send(order).is_err() {
            info!("a notification was dropped: the system does not answer");
        }
    }
}
