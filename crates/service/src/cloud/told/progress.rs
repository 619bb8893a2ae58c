//! How far bringing a storage in step is: files, bytes, what is on its way and what ended, and how long it may still take.

use super::wire;
use crate::api::{SyncProgress, SyncStep, SyncTransfer};
use legible_cloud::run::{Done, Tally};
use legible_cloud::{Error as CloudError, FilePath};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a file costs beside its bytes, in bytes: a request or two. It only weighs small files against large ones.
const COST_OF_A_FILE: u64 = 100_000;

/// For so long there is no guess how long it takes: a few files tell little.
const GUESS_AFTER: Duration = Duration::from_secs(4);

/// How many files on their way are named.
const NAMED: usize = 8;

/// Hears of the steps of a run.
#[derive(Default)]
pub struct Progress(Mutex<Far>);

/// How far it is.
#[derive(Debug, Clone, Default)]
struct Far {
    files: u64,
    files_done: u64,
    bytes: u64,
    /// Of the files that ended.
    bytes_done: u64,
    under_way: BTreeMap<FilePath, SyncStep>,
    /// What ended and was not taken yet, with what went wrong.
    ended: Vec<(SyncStep, Option<String>)>,
    since: Option<Instant>,
}

impl Progress {
    /// Takes in what a run tells.
    pub fn hear(&self, event: Done<'_>) {
        let mut far = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Done::Planned(plan) => {
                far.files = far.files_done + plan.steps.len() as u64;
                far.bytes = far.bytes_done + plan.steps.iter().map(|step| step.action.bytes()).sum::<u64>();
                far.since.get_or_insert_with(Instant::now);
            }
            Done::Began(step) => drop(far.under_way.insert(step.path.clone(), wire::step(step))),
            Done::Ended(step, result) => {
                far.ended.extend(told(result).map(|problem| (wire::step(step), problem)));
                far.under_way.remove(&step.path);
                far.files_done += 1;
                far.bytes_done += step.action.bytes();
            }
        }
    }

    /// The files that ended since this was asked last, the oldest first, as ended `at` this moment.
    pub fn take_ended(&self, at: i64) -> Vec<SyncTransfer> {
        let ended = std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).ended);
        let transfer = |(SyncStep { path, what, bytes }, problem)| SyncTransfer { at, path, what, bytes, problem };
        ended.into_iter().map(transfer).collect()
    }

    /// How far it is, when so many bytes were moved; nothing while it is still looked what changed.
    pub fn view(&self, storage: i64, moved: u64) -> Option<SyncProgress> {
        let far = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Some(far.view(storage, moved, far.since?.elapsed()))
    }
}

/// What went wrong with a step that ended. Nothing is told where nothing was done: the file was the same on both sides, or changed meanwhile
/// and is done again.
fn told(result: Result<&Tally, &CloudError>) -> Option<Option<String>> {
    match result {
        Ok(tally) if *tally == (Tally { adopted: tally.adopted, bytes: tally.bytes, ..Tally::default() }) => None,
        Ok(_) => Some(None),
        Err(CloudError::Stale(_) | CloudError::Stopped) => None,
        Err(error) => Some(Some(error.to_string())),
    }
}

impl Far {
    fn view(&self, storage: i64, moved: u64, elapsed: Duration) -> SyncProgress {
        // What is under way counts as far as it came; what was moved twice counts once.
        let bytes_done = moved.clamp(self.bytes_done, self.bytes.max(self.bytes_done));
        let weight = |files: u64, bytes: u64| files * COST_OF_A_FILE + bytes;
        let (done, all) = (weight(self.files_done, bytes_done), weight(self.files, self.bytes));
        let fraction = if all == 0 { 0.0 } else { done as f64 / all as f64 };
        let left = elapsed.as_secs_f64() * (1.0 - fraction) / fraction;
        let is_known = elapsed >= GUESS_AFTER && done > 0;
        SyncProgress {
            storage,
            files: self.files,
            files_done: self.files_done,
            bytes: self.bytes.max(bytes_done),
            bytes_done,
            fraction: fraction as f32,
            seconds_left: is_known.then_some(left.min(f64::from(u32::MAX)) as u32),
            under_way: self.under_way.values().take(NAMED).cloned().collect(),
        }
    }
}

/// How far it is, in words.
pub fn words(progress: &SyncProgress) -> String {
    let SyncProgress { files, files_done, bytes, bytes_done, .. } = progress;
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let of_bytes = match bytes {
        0 => String::new(),
        bytes => format!(", {:.1} of {:.1} MB", megabytes(*bytes_done), megabytes(*bytes)),
    };
    let left = match progress.seconds_left {
        Some(0..10) => ", a few seconds left".to_owned(),
        Some(seconds @ 10..90) => format!(", about {seconds} seconds left"),
        Some(seconds @ 90..5_400) => format!(", about {} minutes left", seconds.div_ceil(60)),
        Some(seconds) => format!(", about {} hours left", seconds.div_ceil(3_600)),
        None => String::new(),
    };
    format!("{files_done} of {files} files{of_bytes}{left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_guessed_from_what_was_done() {
        let check = |far: Far, moved: u64, seconds: u64, expected: &str| {
            assert_eq!(words(&far.view(1, moved, Duration::from_secs(seconds))), expected, "{far:?}");
        };
        let far = Far { files: 40, files_done: 10, bytes: 40_000_000, bytes_done: 10_000_000, ..Far::default() };
        check(far.clone(), 10_000_000, 2, "10 of 40 files, 10.0 of 40.0 MB");
        check(far.clone(), 10_000_000, 10, "10 of 40 files, 10.0 of 40.0 MB, about 30 seconds left");
        check(far.clone(), 0, 1_000, "10 of 40 files, 10.0 of 40.0 MB, about 50 minutes left");
        check(far.clone(), 90_000_000, 3_600, "10 of 40 files, 40.0 of 40.0 MB, about 5 minutes left");
        check(far, 10_000_000, 36_000, "10 of 40 files, 10.0 of 40.0 MB, about 30 hours left");
        let removed = Far { files: 4, files_done: 4, ..Far::default() };
        check(removed, 0, 9, "4 of 4 files, a few seconds left");
        check(Far { files: 4, ..Far::default() }, 0, 9, "0 of 4 files");
    }
}
