//! Groups as a person sees them: one drop, so many images, so many done; and the one moment when a group ended.

use crate::api::{Event, GroupView, WireError};
use crate::error::{Result, kept_error};
use crate::handler::item_of;
use crate::handlers::{GATHERING, READ, RECOGNISE};
use crate::limits::{COMPARED_FAILURES, MAX_GATHERING};
use crate::service::Service;
use crate::tables::outbox;
use crate::telling::message;
use crate::views::small;
use legible_jobs::{Filter, Group, GroupId, Job, Reason, State};
use rusqlite::Connection;
use std::collections::BTreeSet;

/// A group by its number.
///
/// # Errors
/// When the database fails.
pub fn view(conn: &Connection, id: i64) -> Result<Option<GroupView>> {
    legible_jobs::group(conn, GroupId(id))?.map(|group| of(conn, &group)).transpose()
}

/// What a person wants to know of a group: the jobs that gather its images are not among them.
///
/// # Errors
/// When the database fails.
pub fn of(conn: &Connection, group: &Group) -> Result<GroupView> {
    let gathering = gathering(conn, group.id)?;
    let ended = |state| gathering.iter().filter(|job| job.state == state).count() as u64;
    let told = |name| -> u64 { gathering.iter().filter_map(|job| job.output.as_ref()?.get(name)?.as_u64()).sum() };
    let all = group.total - gathering.len() as u64;
    let (done, cancelled) = (group.succeeded - ended(State::Succeeded), group.cancelled - ended(State::Cancelled));
    let recognising = recognising(conn, group.id)?;
    // Where images are read, recognising them is a second step of the same images.
    let (images, done, recognised, cancelled) = if recognising.total < all {
        (all - recognising.total, done - recognising.succeeded, 0, cancelled - recognising.cancelled)
    } else {
        (all, done, recognising.succeeded, cancelled)
    };
    Ok(GroupView {
        id: group.id.0,
        label: group.label.clone(),
        created_at: group.created_at,
        ended_at: group.ended_at,
        images: small(images),
        done: small(done),
        recognised: small(recognised),
        failed: small(group.failed),
        cancelled: small(cancelled),
        known: small(told("known")),
        restored: small(told("restored")),
        unusable: small(told("unusable")),
        gathering: gathering.iter().any(|job| job.state.is_active()),
        stopped: ended(State::Cancelled) > 0 || (cancelled > 0 && done + group.failed + group.active == 0),
    })
}

/// The jobs of a group that recognise what its images show, and how they ended.
struct Recognising {
    total: u64,
    succeeded: u64,
    cancelled: u64,
}

fn recognising(conn: &Connection, group: GroupId) -> Result<Recognising> {
    let count = |states: Option<Vec<State>>| -> Result<u64> {
        let filter = Filter { kinds: Some(vec![RECOGNISE.to_owned()]), states, ..Filter::group(group) };
        Ok(legible_jobs::jobs(conn, &filter, 0, 1)?.total)
    };
    Ok(Recognising {
        total: count(None)?,
        succeeded: count(Some(vec![State::Succeeded]))?,
        cancelled: count(Some(vec![State::Cancelled]))?,
    })
}

/// The jobs that look for the images of a group.
fn gathering(conn: &Connection, group: GroupId) -> Result<Vec<Job>> {
    let filter =
        Filter { kinds: Some(GATHERING.iter().map(|kind| (*kind).to_owned()).collect()), ..Filter::group(group) };
    Ok(legible_jobs::jobs(conn, &filter, 0, MAX_GATHERING)?.jobs)
}

/// Tells each group that ended, once, however often the program was killed in between.
///
/// # Errors
/// When the database fails.
pub async fn tell_ended(service: &Service) -> Result<()> {
    let now = service.now();
    let ended = service.database().write(move |tx| {
        // All jobs of a group are enqueued by its own jobs or in one transaction: none active means none will come.
        legible_jobs::seal_stale(tx, now.saturating_add(1), now)?;
        let mut told = Vec::new();
        for group in legible_jobs::ended_untold(tx)? {
            if legible_jobs::mark_told(tx, group.id, now)? {
                let (group, item, error) = (of(tx, &group)?, only_item(tx, group.id)?, error(tx, group.id)?);
                if group.done > 0 && group.failed == 0 {
                    outbox::mended(tx, message::OF_BATCHES, &BTreeSet::new())?;
                }
                if let Some(message) = message::group_ended(&group, item, error.as_ref()) {
                    outbox::put(tx, &message, now)?;
                }
                told.push(Event::GroupEnded { group, item, error });
            }
        }
        Ok(told)
    });
    for event in ended.await? {
        if let Event::GroupEnded { group, .. } = &event {
            service.bus().tell(Event::GroupChanged { group: group.clone() });
        }
        service.bus().tell(event);
    }
    Ok(())
}

fn only_item(conn: &Connection, group: GroupId) -> Result<Option<i64>> {
    let reads = Filter { kinds: Some(vec![READ.into()]), ..Filter::group(group) };
    let page = legible_jobs::jobs(conn, &reads, 0, 1)?;
    Ok(page.jobs.first().filter(|_| page.total == 1).and_then(|job| item_of(job.subject.as_deref())))
}

/// Why jobs of the group failed, if they did.
fn error(conn: &Connection, group: GroupId) -> Result<Option<WireError>> {
    let failed = Filter { states: Some(vec![State::Failed]), ..Filter::group(group) };
    let failed = legible_jobs::jobs(conn, &failed, 0, COMPARED_FAILURES)?.jobs;
    let mut reasons = failed.iter().filter_map(|job| Some((job.reason.as_ref()?, job.title.as_str())));
    let Some((first, title)) = reasons.next() else { return Ok(None) };
    // A message may name its file, which makes it no other reason.
    let nameless = |reason: &Reason, title| reason.message.replace(title, "");
    if reasons.all(|(reason, other)| nameless(reason, other) == nameless(first, title)) {
        return Ok(Some(kept_error(first)));
    }
    let error = WireError::new(kept_error(first).code, "There is more than one reason.");
    Ok(Some(error.hint("Activity tells it for each image.")))
}

impl GroupView {
    /// What came of the group in words, failures left out.
    pub fn outcome(&self) -> String {
        let counts = [
            (self.done.saturating_sub(self.recognised), "read"),
            (self.recognised, "recognised"),
            (self.restored, "brought back"),
            (self.cancelled, "cancelled"),
            (self.known, "already in your library"),
        ];
        let mut parts = Vec::new();
        for (count, word) in counts.into_iter().filter(|(count, _)| *count > 0) {
            let count = if parts.is_empty() { images(count) } else { count.to_string() };
            parts.push(format!("{count} {word}"));
        }
        if parts.is_empty() {
            parts.push("No images found".to_owned());
        }
        match self.unusable {
            0 => {}
            1 => parts.push("1 file could not be used".to_owned()),
            files => parts.push(format!("{files} files could not be used")),
        }
        parts.join(", ")
    }
}

/// How many images, in words.
pub(crate) fn images(count: u32) -> String {
    if count == 1 { "1 image".to_owned() } else { format!("{count} images") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;
    use crate::handlers::{IMPORT, REBUILD, RECOGNISE_NEW};
    use legible_jobs::{Claim, Failure, NewJob, Owner};
    use serde_json::{Value, json};

    /// How a job of a group stands.
    #[derive(Clone, Copy)]
    enum Is {
        Waiting,
        Done,
        Failed(&'static str),
        Cancelled,
    }

    /// The group of these jobs, and why some of them failed.
    fn told(jobs: &[(&str, Is, Value)]) -> (GroupView, Option<String>) {
        let home = tempfile::tempdir().unwrap();
        let database = Database::open(&home.path().join("legible.db")).unwrap();
        let jobs: Vec<_> = jobs.iter().map(|(kind, is, output)| ((*kind).to_owned(), *is, output.clone())).collect();
        let told = database.write_blocking(move |tx| {
            let group = legible_jobs::new_group(tx, "Scans", 1)?;
            for (kind, is, output) in jobs {
                let job = NewJob { group: Some(group), ..NewJob::new(&kind, json!({}), 1) };
                let id = legible_jobs::enqueue(tx, &job, 1)?.id;
                let lease = |tx: &_| -> Result<_> {
                    let claim = Claim::any(1);
                    Ok(legible_jobs::claim(tx, &Owner("test".into()), 2, 1000, &claim)?.remove(0))
                };
                match is {
                    Is::Waiting => {}
                    Is::Done => legible_jobs::succeed(tx, &lease(tx)?, Some(output), 3)?,
                    Is::Failed(message) => {
                        let reason = Reason { code: "file".into(), message: message.into(), hint: None };
                        legible_jobs::fail(tx, &lease(tx)?, &Failure::Final(reason), 3, 0.5)?;
                    }
                    Is::Cancelled => drop(legible_jobs::request_cancel(tx, &Filter::ids([id]), 3)?),
                }
            }
            Ok((view(tx, group.0)?.unwrap(), error(tx, group)?.map(|error| error.message)))
        });
        told.unwrap()
    }

    #[test]
    fn a_group_is_seen_by_its_images() {
        use Is::{Cancelled, Done, Failed, Waiting};
        let nothing = GroupView { id: 1, label: "Scans".into(), created_at: 1, ..GroupView::default() };
        let check = |jobs: &[(&str, Is, Value)], expected: GroupView| assert_eq!(told(jobs).0, expected);
        let import = |known| (IMPORT, Done, json!({ "new": 1, "known": known }));
        let read = |is| (READ, is, Value::Null);
        check(&[], nothing.clone());
        check(&[import(2), import(3)], GroupView { known: 5, ..nothing.clone() });
        check(
            &[import(0), read(Done), read(Failed("Gone.")), read(Cancelled), read(Waiting)],
            GroupView { images: 4, done: 1, failed: 1, cancelled: 1, ..nothing.clone() },
        );
        check(
            &[import(0), read(Done), read(Cancelled)],
            GroupView { images: 2, done: 1, cancelled: 1, ..nothing.clone() },
        );
        // What is recognised after it was read is the same image; what is recognised alone is one by itself.
        let recognise = |is| (RECOGNISE, is, Value::Null);
        check(
            &[import(0), read(Done), recognise(Done), read(Done), recognise(Cancelled), read(Done), recognise(Waiting)],
            GroupView { images: 3, done: 3, ..nothing.clone() },
        );
        check(
            &[(RECOGNISE_NEW, Done, json!({ "queued": 2 })), recognise(Done), recognise(Waiting)],
            GroupView { images: 2, done: 1, recognised: 1, ..nothing.clone() },
        );
        check(&[import(0), read(Cancelled)], GroupView { images: 1, cancelled: 1, stopped: true, ..nothing.clone() });
        check(
            &[read(Done), (IMPORT, Cancelled, Value::Null)],
            GroupView { images: 1, done: 1, stopped: true, ..nothing.clone() },
        );
        check(&[(IMPORT, Waiting, Value::Null), import(1)], GroupView { known: 1, gathering: true, ..nothing.clone() });
        check(
            &[(REBUILD, Done, json!({ "restored": 5, "known": 1, "found": 2, "unusable": 3 }))],
            GroupView { restored: 5, known: 1, unusable: 3, ..nothing.clone() },
        );
    }

    #[test]
    fn failures_are_told_by_their_reason_if_they_have_the_same() {
        let check = |jobs: &[(&str, &'static str)], expected: Option<&str>| {
            let jobs: Vec<_> = jobs.iter().map(|(kind, message)| (*kind, Is::Failed(message), Value::Null)).collect();
            assert_eq!(told(&jobs).1.as_deref(), expected);
        };
        check(&[], None);
        check(&[("read", "Gone.")], Some("Gone."));
        check(&[("read", "/a/read: gone"), ("add-file", "/a/add-file: gone")], Some("/a/add-file: gone"));
        check(&[("read", "Gone."), ("add-file", "Empty.")], Some("There is more than one reason."));
    }
}
