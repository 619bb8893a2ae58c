//! Recognises what an item shows – its kind, codes, colours, and what models see in it – and keeps that, in the library and in
//! its sidecar. Only what is not known is made. What the sources of the item say of it is done after that: their rules may
//! ask what it shows, and where only its text is kept, its picture is gone then.

use crate::asking::{self, Costly, LeftOut};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::filing;
use crate::handler::{Commit, Done, Handler, Work, item_of, subject_of};
use crate::handlers::read::{Payload, original};
use crate::handlers::{READ, RECOGNISE};
use crate::intake::{item_job, write_sidecar};
use crate::limits::{PRIORITY_RECOGNISE, UPKEEP_BATCH, WORKER_MAY_BE_KILLED};
use crate::models::Looks;
use legible_jobs::{Filter, Lease, NewJob, Reason, State};
use legible_library::{FolderError, ItemId, Placement};
use legible_reading::Reading;
use legible_reading::recognition::{Embedding, Part, Recognition, Stamp};
use legible_vision::recognise::models::{Fault, ModelUse};
use legible_vision::recognise::{Question, Recognised, TextFacts, coded, due, relabel, signature};
use legible_vision::worker::{Answer, Task, TaskError};
use rusqlite::{Connection, Transaction};

/// The `recognise` job.
pub struct Recognise;

impl Handler for Recognise {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let id = ItemId(work.payload::<Payload>()?.item);
        describe_labels(work)?;
        let models = work.service.models_that_see()?;
        let asked = |conn: &Connection| {
            let known = known(conn, id)?;
            Ok((question(conn, id, &known, models)?, known.embedding))
        };
        let (question, embedding) = work.service.database().read_blocking(asked)?;
        if is_recognised(&question) {
            return Ok(sign(id, question, work.service.now()));
        }
        let question = Question { threads: work.threads, ..question };
        let found = match relabelled(work, &question, embedding.as_ref()) {
            Some(found) => Some((found, Vec::new())),
            None => match original(work) {
                // Only its text was kept meanwhile.
                Err(Error::Folder(FolderError::NotKept)) => return Ok(Box::new(|_| Ok(Done::default()))),
                original => looked(work, &question, &original?.1)?,
            },
        };
        keep(work, id, question, found)
    }

    fn failed(&self, tx: &Transaction, subject: Option<&str>, _: &Reason, now: i64) -> Result<Changes> {
        let Some(id) = item_of(subject) else { return Ok(Changes::default()) };
        file_recognised(tx, ItemId(id), now)?;
        Ok(Changes::work())
    }
}

/// What is told anew without a look, if that is all there is to do. Where it cannot be, the look tells why.
fn relabelled(work: &Work, question: &Question, embedding: Option<&Embedding>) -> Option<Recognised> {
    let recognition = relabel(question, embedding, work.service.models_shelf().dirs()).ok()??;
    Some(Recognised { recognition, faults: Vec::new() })
}

/// What a worker sees in an image; `None` where it is no image: reading it tells the person what is wrong, once is enough.
fn looked(work: &mut Work, question: &Question, bytes: &[u8]) -> Result<Option<(Recognised, Vec<LeftOut>)>> {
    let last = work.lease.attempt > WORKER_MAY_BE_KILLED;
    match asking::ask(question.clone(), last, &mut |question| ask(work, question, bytes)) {
        Ok((found, left_out)) => {
            note_looks(work, question, &found, &left_out);
            Ok(Some((found, left_out)))
        }
        Err(Error::Vision(TaskError::Image { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Adds what was found to what is known of an item.
fn keep(work: &Work, id: ItemId, asked: Question, found: Option<(Recognised, Vec<LeftOut>)>) -> Result<Commit> {
    let (folder, now) = (work.service.folder()?, work.service.now());
    Ok(Box::new(move |tx| {
        if let Some((Recognised { recognition: found, faults }, left_out)) = found {
            let mut recognition = known(tx, id)?;
            recognition.update(found);
            let kind = recognition.kind.map(|guess| guess.kind);
            let signature = signature(kind, &that_answered(&asked.models, &faults, &left_out));
            legible_library::save_recognition(tx, id, &recognition, &signature, now)?;
            if text_facts(tx, id)? != asked.text {
                // It was read meanwhile.
                unsign_kind(tx, id, now)?;
            }
            write_sidecar(tx, &folder, id)?;
        }
        file_recognised(tx, id, now)?;
        Ok(Done { output: None, changes: Changes::items([id.0]).and_work() })
    }))
}

fn text_facts(conn: &Connection, id: ItemId) -> Result<Option<TextFacts>> {
    Ok(legible_library::reading(conn, id)?.as_ref().map(TextFacts::of))
}

/// Keeps the reading of an item. Where its text tells something else of the kind than was known, the kind is left to be made anew.
///
/// # Errors
/// When there is no such item, or the database fails.
pub fn save_reading(tx: &Transaction, id: ItemId, reading: &Reading, now: i64) -> Result<()> {
    let before = text_facts(tx, id)?;
    legible_library::save_reading(tx, id, reading, now)?;
    if before == Some(TextFacts::of(reading)) { Ok(()) } else { unsign_kind(tx, id, now) }
}

/// Lets go of the stamp of the kind, and of the signature with it. The kind itself stays until it is made anew.
fn unsign_kind(tx: &Transaction, id: ItemId, now: i64) -> Result<()> {
    let Some(mut recognition) = legible_library::whole_recognition(tx, id)? else { return Ok(()) };
    recognition.by.retain(|stamp| stamp.part != Part::Kind);
    Ok(legible_library::save_recognition(tx, id, &recognition, "", now)?)
}

/// Enqueues what the sources of an item say of it.
fn file_recognised(tx: &Transaction, id: ItemId, now: i64) -> Result<()> {
    match legible_library::item(tx, id)? {
        Some(item) => filing::enqueue_recognised(tx, id, &item.name, now),
        None => Ok(()),
    }
}

/// Has the labels described that are descriptions, where that was not done yet for these models and tags.
///
/// # Errors
/// When it is cancelled, or the settings cannot be read.
pub fn describe_labels(work: &mut Work) -> Result<()> {
    let choices = work.service.current_settings()?.models;
    work.step(|work, token| {
        let service = work.service.clone();
        let mut told = |fraction| work.progress(fraction, "learning labels");
        service.models_shelf().describe_labels(&service.describing().pool, &choices, token, &mut told)
    })
}

fn ask(work: &mut Work, question: &Question, bytes: &[u8]) -> Result<Answer> {
    let task = Task::Recognise { question: Box::new(question.clone()) };
    work.progress(0.0, "recognising");
    work.step(|work, token| {
        let pool = work.service.pool();
        Ok(pool.run(&task, bytes, token, &mut |fraction| work.progress(fraction, "recognising"))?)
    })
}

/// Writes down which models saw the image and which failed, and switches off what failed too often.
fn note_looks(work: &Work, question: &Question, found: &Recognised, left_out: &[LeftOut]) {
    let id = work.lease.subject.as_deref().unwrap_or_default();
    left_out.iter().for_each(|left_out| tracing::warn!(id, "{}", left_out.in_words()));
    let off = work.service.models_shelf().note_looks(&looks(question, found, left_out));
    if !off.is_empty() {
        tracing::warn!(models = off.join(", "), "switched off, for failing on photo after photo");
        work.service.bus().note(Changes { settings: true, ..Changes::work() });
    }
}

/// What each of the models of a question did. One that did not have to look did nothing.
fn looks<'a>(question: &'a Question, found: &Recognised, left_out: &[LeftOut]) -> Looks<'a> {
    let mut looks = Looks::default();
    for model in &question.models {
        let fault = found.faults.iter().find(|fault| fault.model == model.id && !fault.missing);
        let left_out = left_out.iter().find(|left_out| left_out.what == Costly::Model(model.id.clone()));
        let made = |stamp: &Stamp| Part::SEEN.contains(&stamp.part) && stamp.is_by(&model.id);
        match left_out.map(|left_out| &left_out.why).or(fault.map(|fault| &fault.message)) {
            Some(why) => looks.failed.push((model, why.clone())),
            None if found.recognition.by.iter().any(made) => looks.good.push(model),
            None => {}
        }
    }
    looks
}

/// What is to be asked about an item of which this is known.
fn question(conn: &Connection, id: ItemId, known: &Recognition, models: Vec<ModelUse>) -> Result<Question> {
    let reading = legible_library::reading(conn, id)?;
    let size = reading.as_ref().map_or((0, 0), |reading| (reading.width, reading.height));
    Ok(Question {
        kind: known.kind.map(|guess| guess.kind),
        coded: coded(&known.codes, size),
        known: known.by.clone(),
        text: reading.as_ref().map(TextFacts::of),
        models,
        threads: 0,
    })
}

fn known(conn: &Connection, id: ItemId) -> Result<Recognition> {
    Ok(legible_library::whole_recognition(conn, id)?.unwrap_or_default())
}

/// The models that looked, or said that they cannot. One whose file was not there is to look when it is, and one that cost the
/// worker is to look again some day: another may have killed that.
fn that_answered(models: &[ModelUse], faults: &[Fault], left_out: &[LeftOut]) -> Vec<ModelUse> {
    for fault in faults {
        tracing::warn!(model = fault.model, "{}", fault.message);
    }
    let is_missing = |model: &&ModelUse| faults.iter().any(|fault| fault.missing && fault.model == model.id);
    let is_left_out = |model: &&ModelUse| left_out.iter().any(|left_out| left_out.is_of(&model.id));
    models.iter().filter(|model| !is_missing(model) && !is_left_out(model)).cloned().collect()
}

/// Whether nothing of a question is left to be made: asking a worker, and loading the original for that, would be a waste.
fn is_recognised(question: &Question) -> bool {
    !question.known.is_empty() && due(question).is_empty()
}

/// The end of a job that had nothing to make: other models were chosen since, and none that would tell more.
fn sign(id: ItemId, question: Question, now: i64) -> Commit {
    Box::new(move |tx| {
        legible_library::sign_recognition(tx, id, &signature(question.kind, &question.models))?;
        file_recognised(tx, id, now)?;
        Ok(Done { output: None, changes: Changes::work() })
    })
}

/// Whether something is left to recognise in an item with these models. Where only its signature is another than theirs, since
/// a model was removed or is not to look any more, it is signed anew, and nothing is left.
///
/// # Errors
/// When the database fails.
pub fn is_left(tx: &Transaction, item: ItemId, models: &[ModelUse]) -> Result<bool> {
    let Some((made, signed)) = legible_library::made(tx, item)? else { return Ok(true) };
    let kind = made.kind.map(|guess| guess.kind);
    let signature = signature(kind, models);
    if signature == signed && !made.by.is_empty() {
        return Ok(false);
    }
    let question = Question { known: made.by, kind, models: models.to_vec(), ..Question::default() };
    if !is_recognised(&question) {
        return Ok(true);
    }
    legible_library::sign_recognition(tx, item, &signature)?;
    Ok(false)
}

/// Enqueues recognising an item that was just read, in the group and under the conditions of its reading, unless nothing is
/// left to recognise. If that is due already, perhaps only at night, it is to wait for nothing more than that.
///
/// # Errors
/// When the database fails.
pub fn enqueue(tx: &Transaction, item: ItemId, models: &[ModelUse], read: &Lease, now: i64) -> Result<()> {
    let Some(found) = legible_library::item(tx, item)? else { return Ok(()) };
    if found.placement == Placement::TextOnly || !is_left(tx, item, models)? {
        return Ok(());
    }
    let job = NewJob {
        priority: PRIORITY_RECOGNISE,
        group: read.group,
        conditions: read.conditions.clone(),
        ..item_job(RECOGNISE, item, &found.name, now)
    };
    let enqueued = legible_jobs::enqueue(tx, &job, now)?;
    if !enqueued.new {
        legible_jobs::update(tx, enqueued.id, &job, now)?;
    }
    Ok(())
}

/// Enqueues recognising the next items after this one, for which reading waits, in the groups and under the conditions of their
/// readings: what can be told of them without their text is not to wait. Returns the last item that was gone through, and
/// whether there may be more.
///
/// # Errors
/// When the database fails.
pub fn enqueue_unread(tx: &Transaction, after: ItemId, models: &[ModelUse], now: i64) -> Result<(ItemId, bool)> {
    let items = legible_library::items_after(tx, after, UPKEEP_BATCH)?;
    for item in items.iter().filter(|item| item.missing_at.is_none()) {
        let reading = Filter {
            kinds: Some(vec![READ.to_owned()]),
            states: Some(vec![State::Enqueued]),
            subject: Some(subject_of(item.id.0)),
            ..Filter::default()
        };
        let Some(reading) = legible_jobs::jobs(tx, &reading, 0, 1)?.jobs.into_iter().next() else { continue };
        if item.placement != Placement::TextOnly && is_left(tx, item.id, models)? {
            let job = item_job(RECOGNISE, item.id, &item.name, now);
            let (group, conditions) = (reading.group, reading.conditions);
            legible_jobs::enqueue(tx, &NewJob { priority: PRIORITY_RECOGNISE, group, conditions, ..job }, now)?;
        }
    }
    Ok((items.last().map_or(after, |item| item.id), items.len() == UPKEEP_BATCH))
}

/// Enqueues what is still to be done with an item that was read and is back from the trash: what waited for it was cancelled.
///
/// # Errors
/// When the database fails.
pub fn enqueue_restored(tx: &Transaction, item: ItemId, models: &[ModelUse], now: i64) -> Result<()> {
    let Some(found) = legible_library::item(tx, item)?.filter(|item| item.has_reading) else { return Ok(()) };
    if found.placement != Placement::TextOnly && is_left(tx, item, models)? {
        let job = NewJob { priority: PRIORITY_RECOGNISE, ..item_job(RECOGNISE, item, &found.name, now) };
        legible_jobs::enqueue(tx, &job, now)?;
    }
    filing::enqueue(tx, item, &found.name, now)
}

#[cfg(test)]
mod tests;
