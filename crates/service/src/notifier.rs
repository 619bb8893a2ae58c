//! One native notification when a batch ends: how many images were read, or what went wrong and what to do.

use crate::api::{Event, GroupView, Place, Runner, WireError};
use crate::desktop;
use crate::groups::images;
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
    if group.stopped {
        return None;
    }
    let label = group.label.clone();
    let (summary, body) = match (group.done, group.failed) {
        (0, 0) => (label, format!("{}.", group.outcome())),
        (_, 0) => (group.outcome(), label),
        (done, failed) => {
            let reason = error.map_or_else(String::new, |error| {
                let hint = error.hint.as_deref().unwrap_or_default();
                format!("{}. {hint}", error.message.trim_end_matches('.')).trim_end().to_owned()
            });
            let summary = match done {
                0 => format!("{} could not be read", images(failed)),
                done => format!("{} read, {failed} failed", images(done)),
            };
            (summary, format!("{label}: {reason}"))
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
        let none = GroupView::default;
        let check = |group: GroupView, item, expected: Option<(&str, &str, Place)>| {
            let error = WireError::new(ErrorCode::BadImage, "The file is empty.").hint("Scan it again.");
            let group = GroupView { label: "Scans".into(), ..group };
            let said = message(&group, item, Some(&error).filter(|_| group.failed > 0));
            let expected =
                expected.map(|(summary, body, place)| Message { summary: summary.into(), body: body.into(), place });
            assert_eq!(said, expected, "{group:?}");
        };
        let library = |summary, body| Some((summary, body, Place::Library));
        let failure = |summary| Some((summary, "Scans: The file is empty. Scan it again.", Place::Activity));
        check(GroupView { done: 1, ..none() }, Some(7), Some(("1 image read", "Scans", Place::Item { id: 7 })));
        check(
            GroupView { done: 12, known: 3, ..none() },
            None,
            library("12 images read, 3 already in your library", "Scans"),
        );
        check(GroupView { known: 3, ..none() }, None, library("Scans", "3 images already in your library."));
        check(none(), None, library("Scans", "No images found."));
        check(GroupView { done: 299, cancelled: 1, ..none() }, None, library("299 images read, 1 cancelled", "Scans"));
        check(GroupView { done: 2, failed: 1, ..none() }, None, failure("2 images read, 1 failed"));
        check(GroupView { failed: 1, cancelled: 1, ..none() }, Some(7), failure("1 image could not be read"));
        check(GroupView { done: 5, stopped: true, ..none() }, None, None);
        check(
            GroupView { restored: 500, unusable: 2, known: 4, ..none() },
            None,
            library("Scans", "500 images brought back, 4 already in your library, 2 files could not be used."),
        );
        check(
            GroupView { unusable: 1, ..none() },
            None,
            library("Scans", "No images found, 1 file could not be used."),
        );
    }
}
