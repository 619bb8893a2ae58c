//! When the text of a picture is to be written beside it on its storage.

use super::CloudFolder;
use crate::error::Result;
use crate::handlers::WRITE_TEXTS;
use crate::limits::{LOOK_PRIORITY, RUN_ATTEMPTS, TEXTS_AFTER};
use crate::sources::{schedule_of, subject_of};
use legible_cloud::FilePath;
use legible_jobs::{Conditions, Filter, NetworkNeed, NewJob, State, UniquePolicy};
use legible_library::ItemId;
use legible_sources::{Source, SourceId, Spec, WriteText, remote_files};
use rusqlite::Transaction;
use serde_json::json;

/// What changed of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// Its text.
    AnotherText,
    /// What else stands beside its picture: tags, a note.
    OtherWordsOfIt,
}

/// Has the text of an item written beside its pictures, where a source wants that.
///
/// # Errors
/// When the database fails.
pub fn became(tx: &Transaction<'_>, item: ItemId, what: Became, now: i64) -> Result<()> {
    for id in remote_files::sources_of(tx, item.0)? {
        // One that cannot be read is told on the page of the sources.
        let Ok(Some(source)) = legible_sources::source(tx, id) else { continue };
        let concerns = match written(&source) {
            WriteText::Off => false,
            WriteText::Plain => what == Became::AnotherText,
            WriteText::Markdown => true,
        };
        if concerns {
            remote_files::text_of_item_is_due(tx, id, item.0)?;
            wake(tx, &source, UniquePolicy::Keep, now)?;
        }
    }
    Ok(())
}

/// Has the texts of a source written that are due, soon: some more may come.
///
/// # Errors
/// When the database fails.
pub fn wake(tx: &Transaction<'_>, source: &Source, policy: UniquePolicy, now: i64) -> Result<()> {
    if !source.enabled || written(source) == WriteText::Off || !remote_files::any_due(tx, source.id)? {
        return Ok(());
    }
    let conditions = schedule_of(tx, source.id)?.map(|stored| stored.schedule.conditions).unwrap_or_default();
    let job = NewJob {
        subject: Some(subject_of(source.id)),
        unique: Some(format!("{WRITE_TEXTS}:{}", source.id)),
        policy,
        title: source.name.clone(),
        priority: LOOK_PRIORITY,
        max_attempts: RUN_ATTEMPTS,
        conditions: reaching(source, conditions),
        ..NewJob::new(WRITE_TEXTS, json!({ "source": source.id.0 }), now + crate::clock::millis(TEXTS_AFTER))
    };
    legible_jobs::enqueue(tx, &job, now)?;
    Ok(())
}

/// The jobs that write the texts of a source, or wait for that.
pub fn jobs_of(id: SourceId) -> Filter {
    let kinds = Some(vec![WRITE_TEXTS.to_owned()]);
    Filter { subject: Some(subject_of(id)), kinds, states: Some(State::ACTIVE.to_vec()), ..Filter::default() }
}

/// Where the text of a picture goes: `NAME.EXT.txt` beside it. `None` where it would be no name.
pub fn text_path(picture: &str, how: WriteText) -> Option<FilePath> {
    FilePath::parse(&format!("{picture}{}", how.ending()?)).ok()
}

/// How a source writes texts.
fn written(source: &Source) -> WriteText {
    match &source.spec {
        Spec::Remote(remote) => remote.write_text,
        _ => WriteText::Off,
    }
}

/// The conditions of a source, with a network where its storage is not on this machine.
fn reaching(source: &Source, conditions: Conditions) -> Conditions {
    let is_here = match &source.spec {
        Spec::Remote(remote) => CloudFolder::of(remote).is_ok_and(|folder| folder.path_of("").is_some()),
        _ => true,
    };
    match conditions.network {
        NetworkNeed::Any if !is_here => Conditions { network: NetworkNeed::Connected, ..conditions },
        _ => conditions,
    }
}
