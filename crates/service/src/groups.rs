//! Groups as a person sees them: one drop, so many images, so many done; and the one moment when a group ended.

use crate::api::{Event, GroupView};
use crate::error::{Result, kept_error};
use crate::handler::item_of;
use crate::handlers::{IMPORT, READ, REBUILD};
use crate::service::Service;
use legible_jobs::{Filter, Group, GroupId, State};
use rusqlite::Connection;

/// A group by its number.
///
/// # Errors
/// When the database fails.
pub fn view(conn: &Connection, id: i64) -> Result<Option<GroupView>> {
    legible_jobs::group(conn, GroupId(id))?.map(|group| of(conn, &group)).transpose()
}

/// What a person wants to know of a group: the job that gathers its images is not one of them.
///
/// # Errors
/// When the database fails.
pub fn of(conn: &Connection, group: &Group) -> Result<GroupView> {
    let gathering = Filter { kinds: Some(vec![IMPORT.into(), REBUILD.into()]), ..Filter::group(group.id) };
    let gathering = legible_jobs::jobs(conn, &gathering, 0, 1)?.jobs.pop();
    let (is, gathered) = match &gathering {
        Some(job) => (1, u64::from(job.state == State::Succeeded)),
        None => (0, 0),
    };
    let known = gathering.as_ref().and_then(|job| job.output.as_ref()?.get("known")?.as_u64()).unwrap_or(0);
    Ok(GroupView {
        id: group.id.0,
        label: group.label.clone(),
        created_at: group.created_at,
        ended_at: group.ended_at,
        images: small(group.total - is),
        done: small(group.succeeded - gathered),
        failed: small(group.failed),
        known: small(known),
        cancelled: group.cancelled > 0,
    })
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
                told.push(Event::GroupEnded {
                    group: of(tx, &group)?,
                    item: only_item(tx, group.id)?,
                    error: first_error(tx, group.id)?,
                });
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

fn first_error(conn: &Connection, group: GroupId) -> Result<Option<crate::api::WireError>> {
    let failed = Filter { states: Some(vec![State::Failed]), ..Filter::group(group) };
    let page = legible_jobs::jobs(conn, &failed, 0, 1)?;
    Ok(page.jobs.first().and_then(|job| job.reason.as_ref()).map(kept_error))
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
