//! Commands on sources: list, set, test, switch, look, remove.

use crate::api::{
    BrokenSource, EnableSource, LookView, Looks, NoArgs, Removed, SourceDraft, SourceRef, SourceSpec, SourceTest,
    SourceView, Sources,
};
use crate::changes::Changes;
use crate::cloud::accounts::SealedKey;
use crate::error::{Error, Result};
use crate::limits::SHOWN_LOOKS;
use crate::schedules::{conditions, rule, system_zone, zone};
use crate::service::Service;
use crate::sources::cloud::{self, CloudFolder};
use crate::sources::{
    broken_view, check, fires, free_name, keep_schedule, languages, look_view, looks, only_at_start, put_built_in,
    schedule_of, source, view,
};
use legible_jobs::{State, UniquePolicy};
use legible_sources::folder::ledger;
use legible_sources::{Kind, Source, SourceId, Spec, remote_files};
use rusqlite::{Connection, Transaction};
use std::path::{Path, PathBuf};

impl Service {
    /// All sources.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sources(&self, _: NoArgs) -> Result<Sources> {
        let around = self.circumstances_of_schedules().await?;
        if self.database().read(|c| Ok(legible_sources::source_of_kind(c, Kind::Camera)?)).await?.is_none() {
            // Nobody has run the jobs yet.
            let now = self.now();
            self.database().write(move |tx| put_built_in(tx, now)).await?;
        }
        let read = move |c: &Connection| {
            let (mut sources, mut broken) = (Vec::new(), Vec::new());
            for stored in legible_sources::sources(c)? {
                match stored {
                    Ok(source) => match view(c, &source, &around) {
                        Err(Error::BadRequest(problem)) => {
                            broken.push(BrokenSource { id: source.id.0, name: source.name, problem });
                        }
                        viewed => sources.push(viewed?),
                    },
                    Err(damaged) => broken.push(broken_view(damaged)),
                }
            }
            sources.sort_by_key(|source: &SourceView| !source.built_in);
            Ok((sources, broken))
        };
        let (sources, broken) = self.database().read(read).await?;
        let engines = legible_vision::engine::NAMES.iter().map(|name| (*name).to_owned()).collect();
        Ok(Sources { sources, broken, engines, languages: languages(), system_zone: system_zone() })
    }

    /// Makes a source, or changes one; what it has seen stays known, unless it is to watch another folder.
    ///
    /// # Errors
    /// When something in it cannot be used, or a secret cannot be kept.
    pub async fn save_source(&self, draft: SourceDraft) -> Result<SourceView> {
        let (now, is_new, wanted) = (self.now(), draft.id.is_none(), draft.enabled);
        let mut new = source(&draft, now)?;
        if is_new && crate::sources::is_built_in(new.spec.kind()) {
            return Err(Error::BadRequest("there is one of these already; change that".into()));
        }
        let has_secrets =
            matches!(&draft.spec, SourceSpec::Web { headers, .. } if headers.iter().any(|one| one.secret));
        let (own, others, old) = self.around(draft.id).await?;
        new.created_at = old.as_ref().map_or(now, |old| old.created_at);
        check(&new, &own, &others)?;
        // It must not look before its secrets are where they belong.
        new.enabled = wanted && !(is_new && has_secrets);
        if !is_new && has_secrets {
            self.put_secrets(&new, &draft).await?;
        }
        let mut secret = None;
        if new.spec.kind() == Kind::Remote {
            let (mut source, spec, before) = (new, draft.spec.clone(), old.clone());
            let settle = move |service: &Service| {
                let secret = service.settle_cloud_folder(&mut source, &spec, before.as_ref(), &own)?;
                Ok((source, secret))
            };
            (new, secret) = self.blocking(settle).await?;
        }
        let typed = draft.clone();
        let saved = self.database().write(move |tx| {
            secret.iter().try_for_each(|secret| secret.put(tx))?;
            match draft.id {
                None => {
                    if draft.name.trim().is_empty() {
                        new.name = free_name(&new.name, &legible_sources::names(tx)?);
                    }
                    new.id = legible_sources::add(tx, &new)?;
                }
                Some(_) => {
                    let old = stored(tx, new.id)?;
                    if old.spec.kind() != new.spec.kind() {
                        return Err(Error::BadRequest("a source cannot become one of another kind".into()));
                    }
                    legible_sources::change(tx, &new)?;
                    // What was refused as it was set up before gets another chance.
                    legible_sources::read_lists_afresh(tx, new.id)?;
                    ledger::forget_refused(tx, new.id)?;
                    legible_sources::set_move_problem(tx, new.id, None)?;
                    change_cloud_folder(tx, &old, &new, now)?;
                    if folder_of(&old) != folder_of(&new) {
                        // Of another folder nothing is known, and a look at the one before is to end.
                        ledger::forget_all(tx, new.id)?;
                        legible_jobs::request_cancel(tx, &looks(new.id, Some(&[State::Running])), now)?;
                    }
                }
            }
            schedule(tx, &new, &draft, now)?;
            Ok((new, secret))
        });
        let (saved, secret) = saved.await?;
        let id = saved.id;
        secret.into_iter().for_each(SealedKey::kept);
        if let Some((kind, name)) = old.as_ref().and_then(|old| cloud::used_no_more(old, Some(&saved))) {
            // Another grant has taken its place: what the provider says to that is of no use to anybody.
            self.sign_out(kind, &name).await;
        }
        if let Some(old) = old {
            let kept = saved.clone();
            self.blocking(move |service| {
                service.forget_secrets(&old, Some(&kept));
                Ok(())
            })
            .await?;
        }
        if is_new && has_secrets {
            if let Err(error) = self.put_secrets(&saved, &typed).await {
                self.remove_source(SourceRef { id: id.0 }).await?;
                return Err(error);
            }
            self.enable_source(EnableSource { id: id.0, enabled: wanted }).await?;
        }
        if is_new && wanted && saved.spec.kind() != Kind::Folder {
            // A person who sets it up wants to see what comes; a folder is looked at by its watch.
            let look = move |tx: &Transaction<'_>| {
                let schedule = schedule_of(tx, id)?;
                schedule.map(|schedule| legible_jobs::run_schedule_because(tx, schedule.id, now)).transpose()?;
                Ok(())
            };
            self.database().write(look).await?;
        }
        self.source_changed(id).await
    }

    async fn put_secrets(&self, source: &Source, draft: &SourceDraft) -> Result<()> {
        let (source, draft) = (source.clone(), draft.clone());
        self.blocking(move |service| service.keep_secrets(&source, &draft)).await
    }

    /// What a draft is checked against: the places that Legible writes to, the other sources, and the source as it is.
    async fn around(&self, id: Option<i64>) -> Result<(Vec<PathBuf>, Vec<Source>, Option<Source>)> {
        let own = self.blocking(|service| service.own_places()).await?;
        let read = |c: &Connection| Ok(legible_sources::sources(c)?.into_iter().flatten().collect::<Vec<Source>>());
        let all = self.database().read(read).await?;
        let (old, others) = all.into_iter().partition::<Vec<_>, _>(|source| Some(source.id.0) == id);
        // Where it has its own files moved, it does not look itself: that is no reason against it.
        let own_target = old.first().and_then(|old| old.filing.move_to.clone());
        let own = own.into_iter().filter(|place| Some(place) != own_target.as_ref()).collect();
        Ok((own, others, old.into_iter().next()))
    }

    /// What a draft would find, or why it would not work. Takes nothing in.
    ///
    /// # Errors
    /// When the database fails; that it would not work is part of the answer.
    pub async fn test_source(&self, draft: SourceDraft) -> Result<SourceTest> {
        let (own, others, old) = self.around(draft.id).await?;
        let now = self.now();
        self.blocking(move |service| {
            let tried = source(&draft, now).and_then(|mut new| {
                new.created_at = old.as_ref().map_or(now, |old| old.created_at);
                check(&new, &own, &others)?;
                crate::handlers::look::try_out(service, &new, old.as_ref(), &draft, &own)
            });
            Ok(tried.unwrap_or_else(|error| SourceTest {
                words: String::new(),
                samples: vec![],
                warnings: vec![],
                problem: Some(error.to_wire()),
            }))
        })
        .await
    }

    /// Switches a source on or off. Its look is cancelled when it is switched off; what it has taken by then stays.
    ///
    /// # Errors
    /// When there is no such source.
    pub async fn enable_source(&self, EnableSource { id, enabled }: EnableSource) -> Result<SourceView> {
        let now = self.now();
        let switched = self.database().write(move |tx| {
            let source = stored(tx, SourceId(id))?;
            legible_sources::change(tx, &Source { enabled, ..source.clone() })?;
            if let Some(schedule) = schedule_of(tx, source.id)? {
                legible_jobs::set_enabled(tx, schedule.id, enabled && fires(&source, &schedule.schedule.rule), now)?;
            }
            if !enabled {
                legible_jobs::request_cancel(tx, &looks(source.id, Some(&State::ACTIVE)), now)?;
                legible_jobs::request_cancel(tx, &cloud::jobs_of(source.id), now)?;
            }
            Ok(source.id)
        });
        let id = switched.await?;
        self.source_changed(id).await
    }

    /// Has a source look at once, whatever its conditions.
    ///
    /// # Errors
    /// When there is no such source, or it is one that does not look.
    pub async fn look_now(&self, SourceRef { id }: SourceRef) -> Result<SourceView> {
        let now = self.now();
        let asked = self.database().write(move |tx| {
            let source = stored(tx, SourceId(id))?;
            let schedule = schedule_of(tx, source.id)?.ok_or_else(|| {
                Error::BadRequest(format!("{} has nowhere to look: it takes what you give it", source.name))
            })?;
            legible_jobs::run_schedule_now(tx, schedule.id, now)?;
            Ok(source.id)
        });
        let id = asked.await?;
        self.source_changed(id).await
    }

    /// The looks of a source, the newest first.
    ///
    /// # Errors
    /// When there is no such source.
    pub async fn looks(&self, SourceRef { id }: SourceRef) -> Result<Looks> {
        let read = move |c: &Connection| {
            let id = stored(c, SourceId(id))?.id;
            let jobs = legible_jobs::jobs(c, &looks(id, None), 0, SHOWN_LOOKS)?.jobs;
            Ok(jobs.iter().map(look_view).collect::<Vec<LookView>>())
        };
        Ok(Looks { looks: self.database().read(read).await? })
    }

    /// Removes a source, cancels its look and forgets what it has seen; who is signed in for it is signed out. Its images stay.
    ///
    /// # Errors
    /// When there is no such source, or it came with the program.
    pub async fn remove_source(&self, SourceRef { id }: SourceRef) -> Result<Removed> {
        let (id, now) = (SourceId(id), self.now());
        let removed = self.database().write(move |tx| {
            let found = legible_sources::source(tx, id);
            if let Ok(Some(source)) = &found
                && crate::sources::is_built_in(source.spec.kind())
            {
                return Err(Error::BadRequest(format!("{} came with Legible; switch it off instead", source.name)));
            }
            if let Some(schedule) = schedule_of(tx, id)? {
                legible_jobs::remove_schedule(tx, schedule.id, now)?;
            }
            legible_jobs::request_cancel(tx, &cloud::jobs_of(id), now)?;
            if !legible_sources::remove(tx, id)? {
                return Err(Error::NotFound(format!("source {id}")));
            }
            put_built_in(tx, now)?;
            Ok(found.ok().flatten())
        });
        let removed = removed.await?;
        let mut still_granted = None;
        if let Some((kind, name)) = removed.as_ref().and_then(|source| cloud::used_no_more(source, None)) {
            still_granted = self.sign_out(kind, &name).await;
        }
        if let Some(source) = removed {
            self.blocking(move |service| {
                service.forget_secrets(&source, None);
                service.forget_downloads(source.id);
                Ok(())
            })
            .await?;
        }
        self.announce(Changes { sources: true, ..Changes::work() }).await;
        Ok(Removed { still_granted })
    }

    /// Tells of a change, and answers with the source as it is now.
    async fn source_changed(&self, id: SourceId) -> Result<SourceView> {
        self.announce(Changes { sources: true, ..Changes::work() }).await;
        let around = self.circumstances_of_schedules().await?;
        self.database().read(move |c| view(c, &stored(c, id)?, &around)).await
    }
}

/// The folder that a source watches, if it watches one.
fn folder_of(source: &Source) -> Option<&Path> {
    match &source.spec {
        Spec::Folder(spec) => Some(&spec.path),
        _ => None,
    }
}

/// What a change of where a source looks on a storage, or of what it writes there, means for what is known of it.
fn change_cloud_folder(tx: &Transaction<'_>, old: &Source, new: &Source, now: i64) -> Result<()> {
    let (Spec::Remote(old), Spec::Remote(spec)) = (&old.spec, &new.spec) else { return Ok(()) };
    let place = |spec| CloudFolder::of(spec).map(|folder| folder.place).ok();
    if place(old) != place(spec) {
        remote_files::forget_all(tx, new.id)?;
        legible_jobs::request_cancel(tx, &looks(new.id, Some(&[State::Running])), now)?;
        legible_jobs::request_cancel(tx, &cloud::jobs_of(new.id), now)?;
    } else {
        remote_files::forget_refused(tx, new.id)?;
    }
    if old.write_text != spec.write_text {
        remote_files::write_texts(tx, new.id, spec.write_text)?;
        cloud::wake(tx, new, UniquePolicy::Keep, now)?;
    }
    Ok(())
}

/// The source of this number.
fn stored(conn: &Connection, id: SourceId) -> Result<Source> {
    legible_sources::source(conn, id)?.ok_or_else(|| Error::NotFound(format!("source {id}")))
}

/// Makes or changes the schedule of a source that looks.
fn schedule(tx: &Transaction<'_>, source: &Source, draft: &SourceDraft, now: i64) -> Result<()> {
    if !matches!(source.spec.kind(), Kind::Folder | Kind::Web | Kind::Remote) {
        return Ok(());
    }
    let zone = zone(&draft.zone)?;
    let old = schedule_of(tx, source.id)?.map(|stored| stored.schedule.rule);
    let rule = match &draft.rule {
        Some(wanted) => rule(wanted, old.as_ref(), now)?,
        None => only_at_start(),
    };
    keep_schedule(tx, source, rule, zone.name(), conditions(&draft.conditions, zone.name())?, now)?;
    Ok(())
}
