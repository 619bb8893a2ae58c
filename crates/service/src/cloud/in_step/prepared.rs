//! A storage and what of the library is meant, ready to be brought in step: both sides, what they had in common, and which files are meant.

use super::damaged::damaged;
use super::deletes::take_in_deletes;
use super::edited::take_in_edits;
use super::meant::Meant;
use super::merge::{Sidecars, slashed};
use super::unwritten::Unwritten;
use super::watch::{JobWatch, Moved};
use super::{DatabaseLedger, LibrarySide};
use crate::api::SyncContent;
use crate::cloud::accounts::account::{Known, day};
use crate::cloud::device;
use crate::error::Result;
use crate::limits::TRANSFERS_AT_ONCE;
use crate::service::Service;
use legible_cloud::digest::ContentHash;
use legible_cloud::ledger::Ledger;
use legible_cloud::limits::STEP_PAUSES;
use legible_cloud::local::{FolderSide, InMemory, Local, LocalListing};
use legible_cloud::plan::{Direction, FolderIs, Plan, Question};
use legible_cloud::remote::{Remote, Watch};
use legible_cloud::run::{Done, KeepBoth, Merge, Options, Problem, Run, Wants as _};
use legible_cloud::{FilePath, marker};
use legible_jobs::GroupId;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::Sync;

/// Why an image is left alone that is one no more.
const DAMAGED: &str = "it is no image any more, so it was not sent, and what the storage has of it stays; put a good copy in its place, or delete it";

/// Both sides.
pub struct Prepared {
    service: Service,
    remote: Box<dyn Remote>,
    side: Box<dyn Local>,
    merge: &'static dyn Merge,
    ledger: DatabaseLedger,
    watch: JobWatch,
    direction: Direction,
    meant: Meant,
    device: String,
    today: String,
}

impl Prepared {
    /// Opens both sides. The storage is asked nothing yet. Blocks.
    ///
    /// # Errors
    /// When its secret cannot be had, it cannot be as it is set, or the library folder is not in its place.
    pub fn new(service: &Service, known: &Known, token: &legible_vision::worker::CancelToken) -> Result<Self> {
        // The library may have been moved since the storage was set up.
        service.refuse_own(&known.account.place)?;
        let (direction, content) = (known.account.direction(), known.account.content);
        let (side, merge): (Box<dyn Local>, &'static dyn Merge) = match content {
            SyncContent::Library | SyncContent::Text => {
                (Box::new(LibrarySide::new(service, known.id, token)?), &Sidecars)
            }
            SyncContent::Markdown => {
                let (folder, token) = (service.places().texts_for(known.id.0), token.clone());
                let side = FolderSide::open(&folder, Box::new(InMemory::default()))?;
                (Box::new(side.stopping(move || token.is_cancelled())), &KeepBoth)
            }
        };
        let watch = JobWatch::new(token, known.account.bytes_a_second());
        Ok(Prepared {
            service: service.clone(),
            remote: service.open_storage(known, &watch)?,
            side,
            merge,
            ledger: DatabaseLedger::new(service, known),
            watch,
            direction,
            meant: Meant { content, direction, damaged: BTreeSet::new() },
            device: device(),
            today: day(service.now()),
        })
    }

    /// What lies here, as it is before anything is done.
    ///
    /// # Errors
    /// When the folder cannot be looked at.
    pub fn look_here(&self) -> Result<LocalListing> {
        Ok(self.side.list(&|| self.watch.stopped())?)
    }

    /// Leaves images alone that are damaged `here`: what the storage has of them may be the last good copy. Returns why, of each. Blocks.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub fn leave_damaged(&mut self, here: &LocalListing) -> Result<Vec<Problem>> {
        if self.meant.content == SyncContent::Markdown {
            return Ok(Vec::new());
        }
        let damaged = damaged(&self.service, &self.service.folder_in_place()?, here)?;
        self.meant.damaged = damaged.iter().filter_map(|path| slashed(path)).collect();
        let problem = |path: &FilePath| Problem { name: path.to_string(), message: DAMAGED.to_owned() };
        Ok(self.meant.damaged.iter().map(problem).collect())
    }

    /// Makes known to the library which of its images another program changed, before they go up or are compared. Blocks.
    ///
    /// # Errors
    /// When the library cannot be written.
    pub fn take_in_edits(&self, here: &LocalListing, group: Option<GroupId>) -> Result<()> {
        if self.meant.content == SyncContent::Markdown {
            return Ok(());
        }
        let in_step = |path: &FilePath| Ok(self.ledger.one(path)?);
        take_in_edits(&self.service, &self.service.folder_in_place()?, here, &self.meant.damaged, &in_step, group)
    }

    /// Has images go to the trash that somebody had deleted in the folder, and that are gone from the storage by now: what is said of them
    /// would stay for good, here and there. Blocks.
    ///
    /// # Errors
    /// When the library cannot be written.
    pub fn take_in_deletes(&self, were_here: &LocalListing) -> Result<()> {
        if self.meant.content != SyncContent::Library || self.direction != Direction::Both {
            return Ok(());
        }
        let in_step = self.ledger.all()?;
        take_in_deletes(&self.service, &self.service.folder_in_place()?, were_here, &|path| in_step.contains_key(path))
    }

    /// Counts the bytes that are moved.
    pub fn moved(&self) -> Moved {
        self.watch.bytes()
    }

    /// What is in step with the storage.
    pub fn ledger(&self) -> DatabaseLedger {
        self.ledger.clone()
    }

    /// Brings both in step by a ledger of it, as far as was agreed to, and tells of it.
    pub fn run<'a>(
        &'a self,
        ledger: &'a mut dyn Ledger,
        agreed: &'a [Question],
        tell: &'a (dyn Fn(Done<'_>) + Sync),
    ) -> Run<'a> {
        let options = Options {
            direction: self.direction,
            wants: &self.meant,
            device: &self.device,
            today: &self.today,
            agreed,
            at_once: TRANSFERS_AT_ONCE,
            pauses: &STEP_PAUSES,
        };
        Run::new(&*self.remote, &*self.side, ledger, self.merge, options, &self.watch).telling(tell)
    }

    /// What would be done, and what would be asked before, if the folder on the storage is what a person says. Where it is not known and nobody
    /// says it, only that is asked. Nothing is noted.
    ///
    /// # Errors
    /// When one of the sides cannot be looked at.
    pub fn plan(&self, folder: Option<FolderIs>) -> Result<(Plan, Vec<Question>)> {
        let said = [true, false].map(|marked| Question::OtherFolder { marked, answer: folder });
        let stranger = self.stranger(&said)?;
        let in_step = match stranger {
            Some(Question::OtherFolder { answer: None, .. }) => return Ok((Plan::default(), Vec::from_iter(stranger))),
            Some(Question::OtherFolder { answer: Some(FolderIs::New), .. }) => None,
            _ => Some(self.ledger()),
        };
        let (plan, questions) = self.run(&mut Unwritten(in_step), &[], &|_| {}).plan()?;
        Ok((plan, stranger.into_iter().chain(questions).collect()))
    }

    /// The question what the folder on the storage is, if it is not marked as the one that was kept in step, with what a person `said` last
    /// that it is. Asks the storage.
    ///
    /// # Errors
    /// When the storage cannot be asked.
    pub fn stranger(&self, said: &[Question]) -> Result<Option<Question>> {
        let Some(known) = self.ledger.marker()? else { return Ok(None) };
        let question = marker::question(Some(&known), marker::read(&*self.remote, &self.watch)?.as_deref());
        let said = said.iter().rev().find(|said| question.as_ref().is_some_and(|asked| asked.is_covered_by(said)));
        Ok(said.cloned().or(question))
    }

    /// Marks the folder on the storage as the one that is in step, or takes note of its mark.
    ///
    /// # Errors
    /// When the storage does not take the mark.
    pub fn mark(&self) -> Result<()> {
        let found = marker::read(&*self.remote, &self.watch)?;
        let name = match (found, self.direction) {
            (Some(found), _) => found,
            // Nothing changes there. Who said that it is the same folder without a mark is not asked again.
            (None, Direction::Down) => return Ok(self.ledger.forget_marker()?),
            (None, _) => marker::write(&*self.remote, &self.service.new_name("folder"), &self.watch)?,
        };
        if self.ledger.marker()?.as_deref() != Some(&name) {
            self.ledger.note_marker(name)?;
        }
        Ok(())
    }

    /// Whether something is not as it was when it was last in step, by a look at this machine alone.
    ///
    /// # Errors
    /// When the folder cannot be looked at.
    pub fn is_changed_here(&self) -> Result<bool> {
        if self.direction == Direction::Down {
            return Ok(false);
        }
        let here = self.side.list(&|| self.watch.stopped())?;
        let here: BTreeMap<_, _> = here.files.into_iter().map(|file| (file.path, file.hash)).collect();
        let in_step = self.ledger.all()?;
        let is_known = |path: &FilePath| here.contains_key(path) || in_step.contains_key(path);
        let wants = |path: &FilePath| self.meant.wants(path, &is_known);
        let is_new = |(path, hash): (&FilePath, &ContentHash)| {
            wants(path) && in_step.get(path).is_none_or(|was| was.hash != *hash)
        };
        // A backup takes no notice of what is gone here.
        let gone = |path: &FilePath| self.direction == Direction::Both && wants(path) && !here.contains_key(path);
        Ok(here.iter().any(is_new) || in_step.keys().any(gone))
    }
}
