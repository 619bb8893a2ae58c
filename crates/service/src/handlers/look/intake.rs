//! Taking in what a source found: named by its template, claimed by its filing, in the group of the look.

use super::Outcome;
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::filing::{self, Claimed};
use crate::handler::Work;
use crate::handlers::file_away::origin_of;
use crate::handlers::import::concerns_the_library;
use crate::intake::{Group, Offer};
use legible_jobs::GroupId;
use legible_library::{Added, ContentHash};
use legible_sources::{Source, SourceId};
use std::path::PathBuf;

/// What a look takes in, and what came of it so far.
pub struct Intake {
    claimed: Claimed,
    source: Source,
    /// What came of the look so far.
    pub outcome: Outcome,
    /// Made with the first image that is to be read, if its person wants to be told: what found nothing is no batch. A look
    /// that was stopped goes on with the one it has.
    group: Option<GroupId>,
}

/// An image that a source found.
pub struct Found {
    /// The name that it has there.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its file, absolute.
    pub path: Option<PathBuf>,
    /// Its address.
    pub url: Option<String>,
}

impl Intake {
    /// A look that has taken in nothing yet; `group` is its own, if it had one before it was stopped.
    pub fn new(source: &Source, claimed: Claimed, group: Option<GroupId>) -> Self {
        Intake { claimed, source: source.clone(), outcome: Outcome::default(), group }
    }

    /// The source.
    pub fn source(&self) -> SourceId {
        self.claimed.source
    }

    /// Whether its files stay where they are.
    pub fn in_place(&self) -> bool {
        self.claimed.filing.keep == legible_sources::Keep::InPlace
    }

    /// The tags that it gives its images.
    pub fn tags(&self) -> &[String] {
        &self.claimed.filing.tags
    }

    /// Whether its files go elsewhere once they are read.
    pub fn moves_files(&self) -> bool {
        self.claimed.moves_files()
    }

    /// Takes an image in. `Ok(Err)` is an image that cannot be used, which hurts no other.
    ///
    /// # Errors
    /// When no image can be taken in now.
    pub fn take(&mut self, work: &mut Work, found: Found) -> Result<std::result::Result<Added, Error>> {
        let Found { name, bytes, path, url } = found;
        let name = filing::named(work.service, &self.source, &name)?;
        let keep = if self.in_place() { crate::api::Keep::InPlace } else { crate::api::Keep::Copy };
        let group = Group::Of(self.group(work, &bytes)?);
        let claimed = Some(self.claimed.clone());
        let origin = origin_of(self.source.spec.kind());
        let by = Some(work.lease.clone());
        let offer = Offer { path, url, keep, group, claimed, by, ..Offer::new(name, bytes, origin) };
        match work.service.take_in(offer) {
            Ok((added, _)) => {
                match added.new || added.restored {
                    true => self.outcome.new += 1,
                    false => self.outcome.known += 1,
                }
                let changes = Changes::items([added.id.0]).and_group(self.group.map(|group| group.0)).and_work();
                work.service.bus().note(changes);
                Ok(Ok(added))
            }
            Err(error) if concerns_the_library(&error) => Err(error),
            Err(error) => {
                self.outcome.refused += 1;
                Ok(Err(error))
            }
        }
    }

    fn group(&mut self, work: &Work, bytes: &[u8]) -> Result<Option<GroupId>> {
        if self.group.is_some() || !self.claimed.filing.notify || is_read(work, bytes)? {
            return Ok(self.group);
        }
        let (lease, label, now) = (work.lease.clone(), self.source.name.clone(), work.service.now());
        let group = work.service.database().write_blocking(move |tx| {
            let group = legible_jobs::new_group(tx, &label, now)?;
            legible_jobs::join_group(tx, &lease, group, now)?;
            Ok(group)
        })?;
        self.group = Some(group);
        Ok(self.group)
    }
}

/// Whether the library has an image and its text.
fn is_read(work: &Work, bytes: &[u8]) -> Result<bool> {
    let hash = ContentHash::of(bytes);
    work.service
        .database()
        .read_blocking(|c| legible_library::find_by_hash(c, &hash)?.map_or(Ok(false), |id| filing::is_read(c, id)))
}
