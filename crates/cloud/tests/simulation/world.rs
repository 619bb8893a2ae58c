//! Some devices, a storage, and what happens between them.

use crate::chance::Chance;
use crate::device::{Device, Folder, Noted};
use crate::faults::{Event, Mutant, plan_that_ignores_edits};
use crate::storage::{Kind, Reached, Storage};
use crate::users::Owed;
use crate::words::Words;
use legible_cloud::digest::DigestKind;
use legible_cloud::local::Local;
use legible_cloud::plan::{Direction, Question, Side};
use legible_cloud::remote::Unwatched;
use legible_cloud::run::{Everything, Options, Outcome, Run};
use legible_cloud::{Error, Result};
use std::ops::AddAssign;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

const DEVICES: [&str; 3] = ["Desk", "Lap", "Pad"];

/// Everything that there is.
pub struct State {
    pub chance: Chance,
    pub storage: Storage,
    pub devices: Vec<Device>,
    pub owed: Owed,
    pub last_word: usize,
    /// Whether things go wrong and come between.
    pub is_rough: bool,
    /// How many files a run moves at once: lives are the same each time only with one.
    pub at_once: usize,
    /// A run changed a side that it must not.
    pub breach: bool,
    pub counts: Counts,
}

/// What happened.
#[derive(Debug, Default, Clone, Copy)]
pub struct Counts {
    pub runs: usize,
    pub crashes: usize,
    pub faults: usize,
    pub races: usize,
    pub damaged: usize,
    pub expired: usize,
    pub conflicts: usize,
    pub merges: usize,
    pub questions: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.runs += other.runs;
        self.crashes += other.crashes;
        self.faults += other.faults;
        self.races += other.races;
        self.damaged += other.damaged;
        self.expired += other.expired;
        self.conflicts += other.conflicts;
        self.merges += other.merges;
        self.questions += other.questions;
    }
}

pub struct World {
    state: Mutex<State>,
    pub mutant: Option<Mutant>,
}

impl World {
    pub fn new(seed: u64, mutant: Option<Mutant>) -> Self {
        let mut chance = Chance(seed);
        let digests = [None, Some(DigestKind::Md5), Some(DigestKind::Sha256)];
        let kind = Kind {
            digest: digests[chance.below(digests.len())],
            cursor: chance.one_in(2),
            named_by_content: chance.one_in(4),
        };
        let devices = 2 + chance.below(2);
        // The last one may be a backup, or a reader.
        let direction = [Direction::Up, Direction::Down].into_iter().nth(chance.below(8)).unwrap_or_default();
        let device = |number| Device {
            direction: if number + 1 == devices { direction } else { Direction::Both },
            ..Device::default()
        };
        let state = State {
            chance,
            storage: Storage::of(kind),
            devices: (0..devices).map(device).collect(),
            owed: Owed::default(),
            last_word: 0,
            is_rough: true,
            at_once: 1,
            breach: false,
            counts: Counts::default(),
        };
        World { state: Mutex::new(state), mutant }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Users act and devices run, and everything goes wrong.
    pub fn live(&self) {
        let events = 8 + self.state().chance.below(12);
        for _ in 0..events {
            let (device, acts) = {
                let mut state = self.state();
                let devices = state.devices.len();
                (state.chance.below(devices), state.chance.one_in(2))
            };
            if acts {
                self.state().user_acts(device);
            } else {
                let agrees = self.state().chance.below(4) > 0;
                drop(self.run(device, agrees));
            }
        }
    }

    /// One call of a run: others may come before it and after it, and it may be the last one.
    pub fn primitive<T>(&self, device: usize, act: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        self.between(device)?;
        let done = act(&mut self.state())?;
        self.between(device)?;
        Ok(done)
    }

    fn between(&self, device: usize) -> Result<()> {
        if self.state().devices[device].is_dead {
            return Err(Error::Stopped);
        }
        let event = self.state().next_event();
        match event {
            Event::Nothing => Ok(()),
            Event::Crash => {
                self.state().devices[device].is_dead = true;
                Err(Error::Stopped)
            }
            Event::Fault => Err(Error::may_pass("it is raining")),
            Event::Edit(other) => {
                self.state().user_acts(other);
                Ok(())
            }
            Event::Run(other) => {
                drop(self.run(other, true));
                Ok(())
            }
        }
    }

    /// Brings a device in step, if it is not at it.
    pub fn run(&self, device: usize, agrees: bool) -> Option<Result<Outcome>> {
        {
            let mut state = self.state();
            let here = &mut state.devices[device];
            if here.is_running {
                return None;
            }
            (here.is_running, here.is_dead) = (true, false);
            state.counts.runs += 1;
        }
        let came = self.bring(device, &Folder { world: self, device }, agrees);
        let mut state = self.state();
        if let Ok(outcome) = &came {
            state.counts.merges += outcome.tally.merged;
            state.counts.questions += outcome.questions.len();
        }
        state.devices[device].is_running = false;
        Some(came)
    }

    /// A run of a device, whose folder may be another one.
    pub fn bring(&self, device: usize, local: &dyn Local, agrees: bool) -> Result<Outcome> {
        let (direction, at_once) = {
            let state = self.state();
            (state.devices[device].direction, state.at_once)
        };
        let remote = Reached { world: self, device };
        let mut ledger = Noted { world: self, device };
        let agreed = if agrees { everything() } else { Vec::new() };
        let options = Options {
            direction,
            wants: &Everything,
            device: DEVICES[device],
            today: "2026-11-22",
            agreed: &agreed,
            at_once,
            // Some try again at once what failed, and some leave it to their next run.
            pauses: if device == 0 { &[Duration::ZERO] } else { &[] },
        };
        let mut run = Run::new(&remote, local, &mut ledger, &Words, options, &Unwatched);
        if self.mutant == Some(Mutant::DeleteIgnoresEdit) {
            run = run.planning(plan_that_ignores_edits);
        }
        run.go()
    }
}

/// Who agrees to all.
fn everything() -> Vec<Question> {
    let of = |side| [Question::Empty { side, had: 0 }, Question::ManyDeletes { side, deletes: usize::MAX, of: 0 }];
    let meeting = Question::FirstMeeting { local: 0, remote: 0 };
    [Side::Local, Side::Remote].into_iter().flat_map(of).chain([meeting]).collect()
}
