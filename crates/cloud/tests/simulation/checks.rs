//! What must be so in the end.

use crate::faults::Mutant;
use crate::users::{Written, written};
use crate::world::{Counts, World};
use legible_cloud::FilePath;
use legible_cloud::plan::Direction;
use std::collections::{BTreeMap, BTreeSet};

/// Rounds of all devices after which they must be quiet.
const ROUNDS: usize = 20;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Bad {
    /// The devices do not come to rest.
    #[error("no rest: {0}")]
    Restless(String),
    /// Two of them, or one and the storage, have not the same files, or a ledger says otherwise.
    #[error("diverged: {0}")]
    Diverged(String),
    /// What a user wrote is nowhere, and nobody who saw it gave it up.
    #[error("lost: {0:?}")]
    Lost(Vec<Written>),
    /// A run changed the side that it must not.
    #[error("a run that goes one way changed where it came from")]
    Breach,
    /// What a user did in peace is not what all have.
    #[error("not obeyed: {0}")]
    Ignored(String),
}

/// One life of a world, and what is wrong in the end.
pub fn simulate(seed: u64, mutant: Option<Mutant>) -> (Counts, Result<(), Bad>) {
    let world = World::new(seed, mutant);
    world.live();
    world.state().is_rough = false;
    let end = world.come_to_rest().and_then(|()| world.are_one()).and_then(|()| world.has_all_that_is_owed());
    let end = end.and_then(|()| world.obeys()).and_then(|()| world.goes_one_way());
    let counts = world.state().counts;
    (counts, end)
}

impl World {
    /// All devices run until none of them finds anything to do.
    pub fn come_to_rest(&self) -> Result<(), Bad> {
        let mut last = String::new();
        for _ in 0..ROUNDS {
            let mut is_quiet = true;
            let devices = self.state().devices.len();
            for device in 0..devices {
                let came = self.run(device, true);
                let quiet = matches!(&came, Some(Ok(outcome)) if outcome.tally == Default::default()
                    && outcome.problems.is_empty() && outcome.questions.is_empty() && outcome.left.is_empty());
                if !quiet {
                    is_quiet = false;
                    last = format!("device {device}: {came:?}");
                }
            }
            if is_quiet {
                return Ok(());
            }
        }
        Err(Bad::Restless(last))
    }

    pub fn stored(&self) -> BTreeMap<FilePath, Vec<u8>> {
        self.state().storage.files.iter().map(|(path, stored)| (path.clone(), stored.bytes.clone())).collect()
    }

    /// All have the same files, and each ledger says so.
    fn are_one(&self) -> Result<(), Bad> {
        let stored = self.stored();
        let state = self.state();
        let all = state.devices.iter().enumerate();
        for (number, device) in all.filter(|(_, device)| device.direction == Direction::Both) {
            if device.files != stored {
                return Err(Bad::Diverged(format!("device {number}: {:?}, storage: {stored:?}", device.files)));
            }
            let noted = device.book.in_step.iter().map(|(path, was)| (path, &was.revision));
            if !noted.eq(state.storage.files.iter().map(|(path, stored)| (path, &stored.revision))) {
                return Err(Bad::Diverged(format!("device {number}: {:?}", device.book.in_step)));
            }
        }
        Ok(())
    }

    fn has_all_that_is_owed(&self) -> Result<(), Bad> {
        let stored = self.stored();
        let state = self.state();
        let one_way = state.devices.iter().filter(|device| device.direction != Direction::Both);
        let files = stored.iter().chain(one_way.flat_map(|device| &device.files));
        let there: BTreeSet<Written> = files.flat_map(|(path, content)| written(path, content)).collect();
        let lost: Vec<Written> = state.owed.all().filter(|part| !there.contains(part)).cloned().collect();
        if lost.is_empty() { Ok(()) } else { Err(Bad::Lost(lost)) }
    }

    fn goes_one_way(&self) -> Result<(), Bad> {
        if self.state().breach { Err(Bad::Breach) } else { Ok(()) }
    }

    /// In peace, an edit and a delete of the first device are what all have then that go both ways. What a backup has comes back.
    fn obeys(&self) -> Result<(), Bad> {
        let expected = {
            let mut state = self.state();
            let there: Vec<FilePath> = state.devices[0].files.keys().cloned().collect();
            let backups = || state.devices.iter().filter(|device| device.direction == Direction::Up);
            let is_free = |path: &&FilePath| !backups().any(|device| device.files.contains_key(*path));
            let deleted = there.iter().find(is_free);
            if let Some(path) = deleted {
                state.user_deletes(0, path);
            }
            if let Some(path) = there.iter().find(|path| Some(*path) != deleted) {
                state.user_edits(0, path);
            }
            state.devices[0].files.clone()
        };
        self.come_to_rest()?;
        self.are_one()?;
        let stored = self.stored();
        if stored == expected { Ok(()) } else { Err(Bad::Ignored(format!("{stored:?} for {expected:?}"))) }
    }
}
