//! A look at a folder of a cloud storage: its new pictures come into the library, and their texts go beside them later.

use super::intake::{Found, Intake};
use crate::api::{SourceDraft, SourceTest};
use crate::cloud::accounts::in_time;
use crate::cloud::accounts::place::StoredPlace;
use crate::cloud::in_step::JobWatch;
use crate::error::{Error, Result};
use crate::filing::is_read;
use crate::handler::Work;
use crate::letters::counted;
use crate::limits::SHOWN_SAMPLES;
use crate::service::Service;
use crate::sources::cloud::{self, Adapter, CloudFolder, Libraries, ours, wake};
use legible_jobs::UniquePolicy;
use legible_library::{ContentHash, ItemId};
use legible_sources::folder::Wanted;
use legible_sources::remote::{self, RemoteError, RemoteFile, RemoteFolder, Shelf};
use legible_sources::remote_files::{self, Became, KnownFile};
use legible_sources::{RemoteSpec, Source, SourceId, Spec, WriteText};
use legible_vision::worker::CancelToken;
use rusqlite::{Connection, Transaction};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Looks at the folder of a source.
///
/// # Errors
/// When it cannot be looked at, or no image can be taken in now.
pub fn look(work: &mut Work, source: &Source, spec: &RemoteSpec, intake: &mut Intake) -> Result<()> {
    work.progress(0.0, "looking what is new on the storage");
    let looked = work.step(|work, token| look_once(work, token, source, spec, intake))?;
    intake.outcome.waiting = looked.left;
    let (source, now) = (source.clone(), work.service.now());
    // Also those that could not be written the last time.
    work.service.database().write_blocking(move |tx| wake(tx, &source, UniquePolicy::Keep, now))
}

fn look_once(
    work: &mut Work,
    token: &CancelToken,
    source: &Source,
    spec: &RemoteSpec,
    intake: &mut Intake,
) -> Result<remote::Looked> {
    let (service, id) = (work.service.clone(), source.id);
    let folder = CloudFolder::of(spec)?;
    let wants = Wants::new(&service, spec, &folder, &service.own_places()?)?;
    let watch = JobWatch::new(token, None);
    let storage = service.open_cloud_folder(&folder, spec.write_text, &watch)?;
    // One that is gone is not one in which nothing is new.
    storage.enter(&watch)?;
    cloud::refuse_marked(&*storage, &watch)?;
    let read = |c: &Connection| Ok((remote_files::known(c, id)?, legible_sources::state(c, id)?.cursor));
    let (known, cursor) = service.database().read_blocking(read)?;
    let mut adapter = Adapter::new(&*storage, &watch, &known);
    let mut shelf = CloudShelf {
        known: known.iter().map(|file| (file.id.as_str(), file)).collect(),
        token,
        folder: &folder,
        wants: &wants,
        libraries: Libraries::new(&*storage, &watch),
        writes_text: spec.write_text != WriteText::Off,
        work,
        intake,
        to_fetch: 0,
        fetched: 0,
    };
    let looked = remote::look(&mut adapter, &mut shelf, cursor).map_err(cloud::back)?;
    let unusable = adapter.unusable.iter().filter(|(name, _)| wants.name(name));
    for (name, why) in unusable {
        intake.outcome.refused += 1;
        intake.outcome.reason(format!("{name}: {why}"));
    }
    Ok(looked)
}

/// What a source would fetch. A secret that was typed just now is used, or that of before. Blocks.
///
/// # Errors
/// When it would not work, with what to do.
pub fn try_out(
    service: &Service,
    old: Option<&Source>,
    spec: &RemoteSpec,
    draft: &SourceDraft,
    own: &[PathBuf],
) -> Result<SourceTest> {
    let opened = service.try_cloud_folder(&draft.spec, spec, old, own)?;
    let wants = Wants::new(service, spec, &opened.folder, own)?;
    let (files, unusable) = in_time(|watch| {
        let mut adapter = Adapter::new(&*opened.remote, watch, &[]);
        let files = adapter.changes(None).map_err(cloud::back)?.files;
        Ok((files, adapter.unusable))
    })?;
    let taken: Vec<&RemoteFile> = files.iter().filter(|file| wants.file(file)).collect();
    let megabytes = taken.iter().filter_map(|file| file.size).sum::<u64>().div_ceil(1_000_000);
    let words = match taken.len() as u64 {
        0 => "The storage answers, and there are no images in the folder that would be fetched.".to_owned(),
        count => format!("{} would be fetched ({megabytes} MB).", counted(count, "image", "images")),
    };
    let samples = taken.iter().take(SHOWN_SAMPLES).map(|file| file.name.clone()).collect();
    let unusable = unusable.iter().filter(|(name, _)| wants.name(name));
    let mut warnings: Vec<String> = unusable.take(SHOWN_SAMPLES).map(|(name, why)| format!("{name}: {why}")).collect();
    if files.is_empty() {
        warnings.push("The folder is empty.".to_owned());
    }
    Ok(SourceTest { words, samples, warnings, problem: None })
}

/// What of a folder is wanted.
struct Wants {
    like: Wanted,
    most_bytes: u64,
    /// Folders that Legible writes to, with `/` at their ends.
    passed_over: Vec<String>,
}

impl Wants {
    fn new(service: &Service, spec: &RemoteSpec, folder: &CloudFolder, own: &[PathBuf]) -> Result<Self> {
        let bad = |error: legible_sources::folder::BadFolder| Error::BadRequest(error.to_string());
        Ok(Wants {
            like: Wanted::like(&spec.include, &spec.exclude).map_err(bad)?,
            most_bytes: spec.most_megabytes.map_or(u64::MAX, |most| u64::from(most) * 1_000_000),
            passed_over: cloud::passed_over(service, folder, own)?,
        })
    }

    fn name(&self, name: &str) -> bool {
        self.like.takes(Path::new(name)) && !self.passed_over.iter().any(|folder| name.starts_with(folder))
    }

    fn file(&self, file: &RemoteFile) -> bool {
        self.name(&file.name) && file.size.is_none_or(|size| size <= self.most_bytes)
    }
}

/// Whether a source looks at a place.
fn looks_at(conn: &Connection, id: SourceId, place: &StoredPlace) -> Result<bool> {
    match legible_sources::source(conn, id)?.map(|source| source.spec) {
        Some(Spec::Remote(spec)) => Ok(CloudFolder::of(&spec)?.place == *place),
        _ => Ok(false),
    }
}

/// Where what is fetched goes.
struct CloudShelf<'a, 'w> {
    work: &'a mut Work<'w>,
    intake: &'a mut Intake,
    token: &'a CancelToken,
    folder: &'a CloudFolder,
    wants: &'a Wants,
    libraries: Libraries<'a>,
    writes_text: bool,
    known: HashMap<&'a str, &'a KnownFile>,
    to_fetch: usize,
    fetched: usize,
}

impl CloudShelf<'_, '_> {
    fn is_known(&self, file: &RemoteFile) -> bool {
        self.known.get(file.id.as_str()).is_some_and(|known| known.version == file.version)
    }

    /// Writes something of the folder that is looked into. Once the source is to look into another one, nothing is written, and the look ends.
    fn write(&self, write: impl FnOnce(&Transaction) -> Result<()> + Send + 'static) -> Result<()> {
        let (id, place) = (self.intake.source(), self.folder.place.clone());
        self.work.service.database().write_blocking(move |tx| {
            if !looks_at(tx, id, &place)? {
                return Err(Error::Stopped);
            }
            write(tx)
        })
    }

    /// Notes what became of a file. The text of one that was read already is to be written.
    fn note(&self, file: &RemoteFile, became: Became) -> Result<()> {
        let (id, file, writes) = (self.intake.source(), file.clone(), self.writes_text);
        self.write(move |tx| {
            remote_files::note(tx, id, &file, &became)?;
            match became {
                Became::Taken { item, .. } if writes && is_read(tx, ItemId(item))? => {
                    Ok(remote_files::text_is_due(tx, id, &file.id)?)
                }
                _ => Ok(()),
            }
        })
    }

    fn take_in(&mut self, file: &RemoteFile, bytes: Vec<u8>) -> Result<Became> {
        let (id, hash) = (self.intake.source(), ContentHash::of(&bytes));
        let gone = self.work.service.database().read_blocking(|c| {
            let known = remote_files::item_of_hash(c, id, hash.as_str())?;
            // One that was deleted for good is not wanted back because it has another name now.
            Ok(known.filter(|_| matches!(legible_library::find_by_hash(c, &hash), Ok(None))))
        })?;
        if let Some(item) = gone {
            return Ok(Became::Taken { hash: hash.as_str().to_owned(), item });
        }
        let name = file.name.rsplit('/').next().unwrap_or(&file.name).to_owned();
        let (path, url) = (self.folder.path_of(&file.name), self.folder.address_of(&file.name));
        Ok(match self.intake.take(self.work, Found { name, bytes, path, url })? {
            Ok(added) => Became::Taken { hash: hash.as_str().to_owned(), item: added.id.0 },
            Err(error) => {
                let why = error.to_string();
                self.intake.outcome.reason(format!("{}: {why}", file.name));
                Became::Refused(why)
            }
        })
    }
}

impl Shelf for CloudShelf<'_, '_> {
    fn listed(&mut self, files: &[RemoteFile]) -> std::result::Result<(), RemoteError> {
        self.to_fetch += files.iter().filter(|file| self.wants.file(file) && !self.is_known(file)).count();
        Ok(())
    }

    fn knows(&mut self, file: &RemoteFile) -> std::result::Result<bool, RemoteError> {
        let Some(known) = self.known.get(file.id.as_str()).filter(|known| known.version == file.version) else {
            return Ok(false);
        };
        if known.path != file.name || known.text_waits {
            let waits = known.text_waits;
            let (id, file, writes) = (self.intake.source(), file.clone(), self.writes_text);
            ours(self.write(move |tx| {
                let renamed = remote_files::renamed(tx, id, &file)?;
                if (renamed || waits) && writes { Ok(remote_files::text_is_due(tx, id, &file.id)?) } else { Ok(()) }
            }))?;
        }
        Ok(true)
    }

    fn wants(&mut self, file: &RemoteFile) -> std::result::Result<bool, RemoteError> {
        // What was taken before stays so.
        Ok(self.wants.file(file) && (self.is_known(file) || !self.libraries.have(&file.name)?))
    }

    fn take(&mut self, file: &RemoteFile, bytes: Vec<u8>) -> std::result::Result<(), RemoteError> {
        self.fetched += 1;
        let (fetched, all) = (self.fetched, self.to_fetch.max(self.fetched));
        let became = ours(self.take_in(file, bytes))?;
        ours(self.note(file, became))?;
        self.work.progress(fetched as f32 / all as f32, &format!("{fetched} of {all}: {}", file.name));
        Ok(())
    }

    fn refuse(&mut self, file: &RemoteFile, why: &str) -> std::result::Result<(), RemoteError> {
        self.intake.outcome.refused += 1;
        self.intake.outcome.reason(format!("{}: {why}", file.name));
        ours(self.note(file, Became::Refused(why.to_owned())))
    }

    fn leave(&mut self, file: &RemoteFile, why: &str) {
        self.intake.outcome.reason(format!("{}: {why}", file.name));
    }

    fn note_cursor(&mut self, cursor: Option<&str>) -> std::result::Result<(), RemoteError> {
        let (id, cursor) = (self.intake.source(), cursor.map(str::to_owned));
        ours(self.write(move |tx| Ok(legible_sources::set_cursor(tx, id, cursor.as_deref())?)))
    }

    fn check(&mut self) -> std::result::Result<(), RemoteError> {
        match self.token.is_cancelled() {
            true => Err(RemoteError::Stopped),
            false => ours(self.work.check()),
        }
    }
}
