//! How far a long batch is, for a notification that is replaced as it goes on. Pure; time is passed in.

use super::message::{Act, batch_topic};
use super::screen::Card;
use crate::api::{GroupView, Place};
use crate::groups::images;
use std::collections::BTreeMap;

/// How long a batch goes on before its progress is shown, in milliseconds.
const LONG_MS: i64 = 10_000;

/// The least time between two updates, in milliseconds.
const PACE_MS: i64 = 2_000;

/// What becomes of the notification.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// It is shown, in the place of the one before.
    Show(Card),
    /// It is taken away.
    Close(String),
}

/// The batches whose progress is on the screen, with the time of its last update.
#[derive(Debug, Default)]
pub struct Batches(BTreeMap<i64, i64>);

impl Batches {
    /// A batch went on. `wanted` says whether its progress may be shown now.
    pub fn follow(&mut self, group: &GroupView, wanted: bool, now: i64) -> Option<Step> {
        if group.ended_at.is_some() {
            self.0.remove(&group.id)?;
            // The message of its end takes the place of its progress, unless none comes now.
            return (group.stopped || !wanted).then(|| Step::Close(batch_topic(group.id)));
        }
        let last = self.0.get(&group.id);
        let paced = last.is_none_or(|last| now.saturating_sub(*last) >= PACE_MS);
        if !wanted || !paced || now.saturating_sub(group.created_at) < LONG_MS {
            return None;
        }
        self.0.insert(group.id, now);
        Some(Step::Show(card(group)))
    }
}

fn card(group: &GroupView) -> Card {
    let ended = group.done.saturating_add(group.failed).saturating_add(group.cancelled).min(group.images);
    let counted = !group.gathering && group.images > 0;
    let percent = counted.then(|| u8::try_from(u64::from(ended) * 100 / u64::from(group.images)).unwrap_or(100));
    let body = match counted {
        true => format!("{ended} of {}", images(group.images)),
        false => format!("{} so far", images(ended)),
    };
    Card {
        topic: Some(batch_topic(group.id)),
        summary: group.label.clone(),
        body,
        place: Place::Activity,
        acts: vec![Act::Cancel { group: group.id }],
        progress: true,
        percent,
        pressing: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_batch_is_shown_as_it_goes_on() {
        let mut batches = Batches::default();
        let mut check = |now: i64, wanted: bool, group: GroupView, expected: Option<(&str, Option<u8>)>| {
            let group = GroupView { id: 4, label: "Scans".into(), created_at: 1_000, ..group };
            let shown = batches.follow(&group, wanted, now).map(|step| match step {
                Step::Show(card) => (card.body, card.percent),
                Step::Close(topic) => (topic, None),
            });
            let shown = shown.as_ref().map(|(body, percent)| (body.as_str(), *percent));
            assert_eq!(shown, expected, "{group:?} at {now}");
        };
        let none = GroupView::default;
        let of_50 = |done| GroupView { images: 50, done, failed: 1, ..none() };
        check(10_999, true, of_50(1), None);
        check(11_000, false, of_50(1), None);
        check(11_000, true, GroupView { gathering: true, ..of_50(1) }, Some(("2 images so far", None)));
        check(12_999, true, of_50(9), None);
        check(13_000, true, of_50(9), Some(("10 of 50 images", Some(20))));
        check(15_000, true, of_50(49), Some(("50 of 50 images", Some(100))));
        check(15_001, true, GroupView { ended_at: Some(1), ..of_50(49) }, None);
        // Nothing was shown of it: nothing is to be taken away.
        check(15_002, true, GroupView { ended_at: Some(1), stopped: true, ..of_50(9) }, None);
        check(20_000, true, of_50(9), Some(("10 of 50 images", Some(20))));
        check(20_001, true, GroupView { ended_at: Some(1), stopped: true, ..of_50(9) }, Some(("batch:4", None)));
        check(30_000, true, of_50(9), Some(("10 of 50 images", Some(20))));
        check(30_001, false, GroupView { ended_at: Some(1), ..of_50(9) }, Some(("batch:4", None)));
    }
}
