//! Files an item as the sources say that it came from: tags and reminders by what it says, its picture deleted where only
//! the text is kept. Each source has its say once: what a person changes after that stays. Its file is moved by a job of
//! its own, which may fail without taking the rest with it.
//! Files are moved whenever they come, also when what they show was read long ago.

use crate::api::{ReminderDraft, Rule};
use crate::changes::Changes;
use crate::error::Result;
use crate::filing::{add_tags, enqueue_move, sources};
use crate::handler::{Commit, Done, Handler, Work};
use crate::hints::hints;
use crate::intake::write_sidecar;
use crate::pictures;
use crate::reminders::{due_dates, schedule};
use crate::schedules::system_zone;
use crate::sources::cloud::{Became, became};
use legible_jobs::SchedulePolicy;
use legible_library::{Folder, Item, ItemId, OriginKind, Placement, Query};
use legible_sources::{FilingRule, Keep, Kind};
use rusqlite::{Connection, Transaction};
use serde::Deserialize;

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
        let (folder, places, now) = (work.service.folder()?, work.service.places().clone(), work.service.now());
        Ok(Box::new(move |tx| {
            // Deleted for good meanwhile.
            let Some(found) = legible_library::item(tx, id)? else { return Ok(Done::default()) };
            let unfiled = sources(tx, legible_sources::unfiled(tx, item)?)?;
            for source in &unfiled {
                source.filing.rules.iter().try_for_each(|rule| apply(tx, rule, id, now))?;
                legible_sources::filed(tx, source.id, item, now)?;
            }
            if is_text_only(tx, &found)? {
                keep_text(tx, &folder, &found)?;
                pictures::forget(&places, &found.hash);
            } else {
                write_sidecar(tx, &folder, id)?;
            }
            became(tx, id, Became::OtherWordsOfIt, now)?;
            if unfiled.iter().any(|source| source.filing.move_to.is_some()) {
                enqueue_move(tx, id, &found.name, now)?;
            }
            let reminders = unfiled.iter().flat_map(|source| &source.filing.rules).any(|rule| rule.remind.is_some());
            Ok(Done { output: None, changes: Changes { reminders, ..Changes::items([item]).and_work() } })
        }))
    }
}

/// Does what a rule says if its search finds the item.
fn apply(tx: &Transaction, rule: &FilingRule, id: ItemId, now: i64) -> Result<()> {
    if !legible_library::finds(tx, &Query::parse(&rule.when), id)? {
        return Ok(());
    }
    add_tags(tx, id, &rule.tags)?;
    let Some(remind) = rule.remind else { return Ok(()) };
    let text = legible_library::reading(tx, id)?.map_or_else(String::new, |reading| reading.text());
    let Some(due) = due_dates(&text, &hints(tx, id)?.languages, now).into_iter().next() else { return Ok(()) };
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

/// Whether an item is to keep nothing but its text: it is there because of a source that says so, and all others that it
/// came from say so too.
fn is_text_only(conn: &Connection, item: &Item) -> Result<bool> {
    let made = legible_sources::made_by(conn, item.id.0)?.is_some();
    let all_say_so = || -> Result<bool> {
        Ok(sources(conn, legible_sources::of_item(conn, item.id.0)?)?
            .iter()
            .all(|source| source.filing.keep == Keep::Text))
    };
    Ok(made && matches!(item.placement, Placement::Managed { .. }) && all_say_so()?)
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
