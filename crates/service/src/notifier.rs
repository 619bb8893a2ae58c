//! One native notification when a batch ends: how many images were read, or what went wrong and what to do.

use crate::api::{Event, GroupView, Place, Runner, WireError};
use crate::desktop;
use crate::service::Service;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;

/// What a notification says.
#[derive(Debug, PartialEq, Eq)]
struct Message {
    summary: String,
    body: String,
    place: Place,
}

impl Service {
    /// Notifies of every batch that ends while this process runs the jobs, as long as the settings allow it. `open` is
    /// called when a notification is clicked. Ends with the service.
    pub async fn notify(self, open: Arc<dyn Fn(Place) + Send + Sync>) {
        let mut events = self.subscribe();
        loop {
            let event = match events.recv().await {
                Ok(event) => event,
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return,
            };
            let Event::GroupEnded { group, item, error } = event else { continue };
            let wanted = self.runner() == Runner::Here && self.current_settings().is_ok_and(|s| s.notifications);
            let Some(message) = message(&group, item, error.as_ref()).filter(|_| wanted) else { continue };
            let open = Arc::clone(&open);
            // Waiting for the click blocks for as long as the notification is on the screen.
            std::thread::spawn(move || {
                let Message { summary, body, place } = message;
                if let Err(error) = desktop::notify(&summary, &body, || open(place)) {
                    tracing::info!(%error, "the notification could not be shown");
                }
            });
        }
    }
}

/// What to say when a group ended; nothing for one that a person cancelled.
fn message(group: &GroupView, item: Option<i64>, error: Option<&WireError>) -> Option<Message> {
    if group.cancelled {
        return None;
    }
    let images = |n: u32| if n == 1 { "1 image".to_owned() } else { format!("{n} images") };
    let (summary, body) = match (group.done, group.failed) {
        (0, 0) if group.known > 0 => (group.label.clone(), format!("{} already in your library.", images(group.known))),
        (0, 0) => (group.label.clone(), "No images found.".to_owned()),
        (done, 0) => (format!("{} read", images(done)), group.label.clone()),
        (done, failed) => {
            let reason = error.map_or_else(String::new, |error| {
                let hint = error.hint.as_deref().unwrap_or_default();
                format!("{}. {hint}", error.message.trim_end_matches('.')).trim_end().to_owned()
            });
            let summary = match done {
                0 => format!("{} could not be read", images(failed)),
                done => format!("{} read, {failed} failed", images(done)),
            };
            (summary, format!("{}: {reason}", group.label))
        }
    };
    let place = match item {
        Some(id) if group.failed == 0 => Place::Item { id },
        _ if group.failed > 0 => Place::Activity,
        _ => Place::Library,
    };
    Some(Message { summary, body, place })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ErrorCode;

    #[test]
    fn a_batch_is_told_in_one_sentence() {
        let check = |done, failed, known, item, expected: Option<(&str, &str, Place)>| {
            let group = GroupView {
                id: 1,
                label: "Scans".into(),
                created_at: 0,
                ended_at: Some(1),
                images: done + failed,
                done,
                failed,
                known,
                cancelled: expected.is_none(),
            };
            let error = WireError::new(ErrorCode::BadImage, "The file is empty.").hint("Scan it again.");
            let said = message(&group, item, Some(&error).filter(|_| failed > 0));
            let expected =
                expected.map(|(summary, body, place)| Message { summary: summary.into(), body: body.into(), place });
            assert_eq!(said, expected);
        };
        check(1, 0, 0, Some(7), Some(("1 image read", "Scans", Place::Item { id: 7 })));
        check(12, 0, 3, None, Some(("12 images read", "Scans", Place::Library)));
        check(0, 0, 3, None, Some(("Scans", "3 images already in your library.", Place::Library)));
        check(0, 0, 0, None, Some(("Scans", "No images found.", Place::Library)));
        check(
            2,
            1,
            0,
            None,
            Some(("2 images read, 1 failed", "Scans: The file is empty. Scan it again.", Place::Activity)),
        );
        check(
            0,
            1,
            0,
            Some(7),
            Some(("1 image could not be read", "Scans: The file is empty. Scan it again.", Place::Activity)),
        );
        check(5, 0, 0, None, None);
    }
}
