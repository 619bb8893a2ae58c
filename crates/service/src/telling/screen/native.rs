//! Notifications on Windows and macOS, one after the other on one thread, since showing one may block there. These
//! systems are asked for nothing but showing: clicks come back only where they open the program by themselves.

use super::{Order, Response};
use notify_rust::Notification;
use tokio::sync::mpsc::{Receiver, UnboundedSender};
use tracing::{info, warn};

/// Starts the thread that shows; it ends with the queue.
pub fn start(mut orders: Receiver<Order>, _responses: UnboundedSender<Response>) {
    let serve = move || {
        while let Some(order) = orders.blocking_recv() {
            // How far a batch is could not be replaced here: it would be one notification after the other.
            let Order::Show(card) = order else { continue };
            if card.progress {
                continue;
            }
            let shown = Notification::new().appname("Legible").summary(&card.summary).body(&card.body).show();
            if let Err(error) = shown {
                info!(%error, "the notification could not be shown");
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("notifications".into()).spawn(serve) {
        warn!(%error, "notifications cannot be shown");
    }
}
