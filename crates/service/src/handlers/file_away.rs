//! Files an item as the sources say that it came from: tags and reminders by what it says, its file moved once it is read,
//! its picture deleted where only the text is kept. Each source has its say once: what a person changes after that stays.
//! Files are moved whenever they come, also when what they show was read long ago.

use crate::api::{ReminderDraft, Rule};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::filing::add_tags;
use crate::handler::{Commit, Done, Handler, Work};
use crate::intake::write_sidecar;
use crate::moving::move_file;
use crate::pictures;
use crate::reminders::{due_dates, schedule};
use crate::schedules::system_zone;
use legible_jobs::SchedulePolicy;
use legible_library::{Folder, Item, ItemId, OriginKind, Placement, Query};
use legible_sources::folder::{Known, ledger};
use legible_sources::{FilingRule, Keep, Kind, Source, Spec};
use rusqlite::{Connection, Transaction};
use serde::Deserialize;
use std::path::PathBuf;

const DAY_MS: i64 = 86_400_000;

#[derive(Debug, Deserialize)]
struct Payload {
    item: i64,
}

/// The `file-away` job.
pub struct FileAway;

impl Handler for FileAway {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let Payload { item } = work.payload()?;
        let id = ItemId(item);
        let read =
            |c: &Connection| Ok((legible_library::item(c, id)?, sources(c, item, true)?, sources(c, item, false)?));
        let (found, unfiled, all) = work.service.database().read_blocking(read)?;
        // Deleted for good meanwhile, or read anew before this job came to its turn.
        let Some(found) = found else { return Ok(nothing()) };
        let mut moved = Vec::new();
        for source in &all {
            work.check()?;
            moved.extend(move_files(work, source, &found)?);
        }
        let text_only = is_text_only(&found, &all);
        let (folder, places, now) = (work.service.folder()?, work.service.places().clone(), work.service.now());
        Ok(Box::new(move |tx| {
            for source in &unfiled {
                source.filing.rules.iter().try_for_each(|rule| apply(tx, rule, id, now))?;
                legible_sources::filed(tx, source.id, item, now)?;
            }
            for Moved { source, known, to } in &moved {
                ledger::forget(tx, source.id, &known.path)?;
                if found.placement == (Placement::Referenced { path: source_path(source, known) }) {
                    legible_library::set_placement(tx, id, &Placement::Referenced { path: to.clone() })?;
                }
            }
            if text_only {
                keep_text(tx, &folder, &found)?;
                pictures::forget(&places, &found.hash);
            } else {
                write_sidecar(tx, &folder, id)?;
            }
            let reminders = unfiled.iter().flat_map(|source| &source.filing.rules).any(|rule| rule.remind.is_some());
            Ok(Done { output: None, changes: Changes { reminders, ..Changes::items([item]).and_work() } })
        }))
    }
}

fn nothing() -> Commit {
    Box::new(|_| Ok(Done::default()))
}

/// The sources that an item came from: those that it was not filed by yet, or all.
fn sources(conn: &Connection, item: i64, unfiled: bool) -> Result<Vec<Source>> {
    let ids = if unfiled { legible_sources::unfiled(conn, item)? } else { legible_sources::of_item(conn, item)? };
    let found = ids.into_iter().map(|id| legible_sources::source(conn, id)).filter_map(Result::transpose);
    Ok(found.collect::<legible_sources::Result<_>>()?)
}

/// Does what a rule says if its search finds the item.
fn apply(tx: &Transaction, rule: &FilingRule, id: ItemId, now: i64) -> Result<()> {
    if !legible_library::finds(tx, &Query::parse(&rule.when), id)? {
        return Ok(());
    }
    add_tags(tx, id, &rule.tags)?;
    let Some(remind) = rule.remind else { return Ok(()) };
    let text = legible_library::reading(tx, id)?.map_or_else(String::new, |reading| reading.text());
    let Some(due) = due_dates(&text, now).into_iter().next() else { return Ok(()) };
    let at = due.at - i64::from(remind.days_before) * DAY_MS;
    // One that lies too near to be told so early is told in time.
    let at = if at > now { at } else { due.at };
    if at <= now {
        return Ok(());
    }
    let (title, note) = (due.title, due.why);
    let draft = ReminderDraft { id: None, item: Some(id.0), title, note, rule: Rule::Once { at }, zone: system_zone() };
    // Two rules that find the same date remind of it once.
    let reminder = schedule(tx, &draft, None, &format!("rule:{id}:{}", due.at), now)?;
    legible_jobs::put_schedule(tx, &reminder, SchedulePolicy::Keep, now)?;
    Ok(())
}

/// A file that lies elsewhere now.
struct Moved {
    source: Source,
    known: Known,
    to: PathBuf,
}

/// Moves the files of an item that a source wants moved once they are read. One that was moved before a kill is found where
/// it was to go.
fn move_files(work: &Work, source: &Source, item: &Item) -> Result<Vec<Moved>> {
    let Some(target) = &source.filing.move_to else { return Ok(vec![]) };
    let of_item = work.service.database().read_blocking(|c| Ok(ledger::of_item(c, item.id.0)?))?;
    let mut moved = Vec::new();
    for (_, known) in of_item.into_iter().filter(|(of, known)| *of == source.id && known.missing_since.is_none()) {
        let from = source_path(source, &known);
        let to = move_file(&from, target, &item.hash).map_err(|error| Error::File { path: from, error })?;
        moved.extend(to.map(|to| Moved { source: source.clone(), known, to }));
    }
    Ok(moved)
}

/// Where a file of a watched folder lies, absolute.
fn source_path(source: &Source, known: &Known) -> PathBuf {
    match &source.spec {
        Spec::Folder(folder) => folder.path.join(&known.path),
        _ => known.path.clone(),
    }
}

/// Whether an item is to keep nothing but its text: each way in which it came says so.
fn is_text_only(item: &Item, sources: &[Source]) -> bool {
    let says_so = |kind: OriginKind| {
        let of_kind = sources.iter().filter(|source| origin_of(source.spec.kind()) == kind);
        let keeps: Vec<Keep> = of_kind.map(|source| source.filing.keep).collect();
        !keeps.is_empty() && keeps.iter().all(|keep| *keep == Keep::Text)
    };
    matches!(item.placement, Placement::Managed { .. }) && item.origins.iter().all(|origin| says_so(origin.kind))
}

/// How the images of such a source come in.
pub fn origin_of(kind: Kind) -> OriginKind {
    match kind {
        Kind::Folder => OriginKind::Folder,
        Kind::Web => OriginKind::Web,
        Kind::Screen => OriginKind::Screen,
        Kind::Clipboard => OriginKind::Clipboard,
        Kind::Camera => OriginKind::Camera,
        Kind::Remote => OriginKind::Remote,
    }
}

/// Lets go of the picture. The sidecar is written in its new place before the old one goes.
fn keep_text(tx: &Transaction, folder: &Folder, item: &Item) -> Result<()> {
    legible_library::set_placement(tx, item.id, &Placement::TextOnly)?;
    write_sidecar(tx, folder, item.id)?;
    Ok(folder.discard(&item.placement)?)
}
