//! Taking in what a source found: named by its template, claimed by its filing, in the group of the look.

use super::Outcome;
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::filing::Claimed;
use crate::handler::Work;
use crate::handlers::file_away::origin_of;
use crate::handlers::import::concerns_the_library;
use crate::intake::{Group, Offer};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use legible_jobs::GroupId;
use legible_library::Added;
use legible_sources::template::{Places, render};
use legible_sources::{Source, SourceId};
use std::path::{Path, PathBuf};

/// What a look takes in, and what came of it so far.
pub struct Intake {
    claimed: Claimed,
    source: Source,
    /// What came of the look so far.
    pub outcome: Outcome,
    /// Made with the first new image, if its person wants to be told: what found nothing is no batch.
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
    /// A look that has taken in nothing yet.
    pub fn new(source: &Source, claimed: Claimed) -> Self {
        Intake { claimed, source: source.clone(), outcome: Outcome::default(), group: None }
    }

    /// The source.
    pub fn source(&self) -> SourceId {
        self.claimed.source
    }

    /// Whether its files stay where they are.
    pub fn in_place(&self) -> bool {
        self.claimed.filing.keep == legible_sources::Keep::InPlace
    }

    /// Takes an image in. `Ok(Err)` is an image that cannot be used, which hurts no other.
    ///
    /// # Errors
    /// When no image can be taken in now.
    pub fn take(&mut self, work: &mut Work, found: Found) -> Result<std::result::Result<Added, Error>> {
        let Found { name, bytes, path, url } = found;
        let name = self.name(work, &name)?;
        let keep = if self.in_place() { crate::api::Keep::InPlace } else { crate::api::Keep::Copy };
        let group = Group::Of(self.group(work)?);
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

    /// What an image is called.
    fn name(&self, work: &Work, own: &str) -> Result<String> {
        let Some(template) = &self.claimed.filing.name else { return Ok(own.to_owned()) };
        let id = self.source();
        let items = work.service.database().read_blocking(|c| Ok(legible_sources::state(c, id)?.items))?;
        let now = Timestamp::from_millisecond(work.service.now()).unwrap_or(Timestamp::UNIX_EPOCH);
        let now = now.to_zoned(TimeZone::system());
        let own = Path::new(own);
        let places = Places {
            name: own.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            date: now.strftime("%Y-%m-%d").to_string(),
            time: now.strftime("%H-%M-%S").to_string(),
            source: self.source.name.clone(),
            number: items.saturating_add(1),
        };
        let name = render(template, &places).map_err(|error| Error::BadRequest(error.to_string()))?;
        let ending = own.extension().map(|ending| format!(".{}", ending.to_string_lossy()));
        Ok(name + &ending.unwrap_or_default())
    }

    fn group(&mut self, work: &Work) -> Result<Option<GroupId>> {
        if self.group.is_some() || !self.claimed.filing.notify {
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
