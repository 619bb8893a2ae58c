//! Reads what has no reading yet: it never came to it, or what kept it from being read may have passed. Makes missing
//! thumbnails on the way.

use super::queue;
use crate::changes::Changes;
use crate::error::Result;
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::READ;
use crate::limits::{PRIORITY_READ_NEW, UPKEEP_BATCH};

/// The `read-new` job. Its readings are a batch: the group that the job joins.
pub struct ReadNew;

impl Handler for ReadNew {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        let places = work.service.places().clone();
        let words = |seen, total| format!("{seen} of {total} images looked at");
        let queued = queue::gather(work, PRIORITY_READ_NEW, words, move |tx, queue, after, now| {
            let items = legible_library::items_after(tx, after, UPKEEP_BATCH)?;
            for item in &items {
                if !item.has_reading {
                    queue.put(tx, item, READ, now)?;
                }
                queue::thumbnail(tx, &places, item, PRIORITY_READ_NEW, now)?;
            }
            Ok(items)
        });
        let output = serde_json::json!({ "queued": queued? });
        Ok(Box::new(move |_| Ok(Done { output: Some(output), changes: Changes::work() })))
    }
}

#[cfg(test)]
mod tests {
    use crate::api::{ItemIds, JobState, JobView, JobsQuery};
    use crate::handlers::{READ, READ_NEW, THUMBNAIL};
    use crate::limits::{UPKEEP_BATCH, UPKEEP_TRIES};
    use crate::pictures::thumbnail_path;
    use crate::testing::{Home, png};
    use legible_jobs::{Conditions, Filter, GroupId, NewJob, State};
    use legible_library::{ContentHash, ItemId, NewItem, Origin, OriginKind, Placement, Problem};
    use serde_json::json;

    fn waiting(home: &Home, kind: &str) -> Vec<JobView> {
        let query = JobsQuery { states: vec![JobState::Enqueued], limit: 1000, ..JobsQuery::default() };
        let jobs = home.ask(home.service.jobs(query)).unwrap().jobs;
        jobs.into_iter().filter(|job| job.kind == kind).collect()
    }

    /// Takes all waiting jobs out of the queue, as a person may.
    fn cancel_all(home: &Home) {
        let all = Filter::states([State::Enqueued]);
        home.service.database().write_blocking(move |tx| Ok(legible_jobs::request_cancel(tx, &all, 1)?)).unwrap();
    }

    fn set_problem(home: &Home, id: i64, code: &str) {
        let problem = Problem { code: code.into(), message: "It failed.".into(), hint: String::new() };
        let set =
            move |tx: &rusqlite::Transaction<'_>| Ok(legible_library::set_problem(tx, ItemId(id), Some(&problem))?);
        home.service.database().write_blocking(set).unwrap();
    }

    fn group(home: &Home) -> GroupId {
        home.service.database().write_blocking(|tx| Ok(legible_jobs::new_group(tx, "Read", 1)?)).unwrap()
    }

    /// Items without files, as many as it takes.
    fn add_items(home: &Home, count: usize) {
        let add = move |tx: &rusqlite::Transaction<'_>| {
            for number in 0..count {
                let name = format!("{number}.png");
                let new = NewItem {
                    hash: ContentHash::of(name.as_bytes()),
                    placement: Placement::Managed { path: name.clone().into() },
                    name,
                    size: 1,
                    added_at: 1,
                };
                legible_library::add_item(tx, &new, &Origin { kind: OriginKind::Cli, path: None, url: None, at: 1 })?;
            }
            Ok(())
        };
        home.service.database().write_blocking(add).unwrap();
    }

    #[test]
    fn what_was_never_read_is_queued_once_behind_what_was_just_dropped() {
        let home = Home::new();
        let ids: Vec<i64> = (1..=3).map(|shade| home.take_in("a.png", &png(shade))).collect();
        home.ask(home.service.trash_items(ItemIds { ids: vec![ids[2]] })).unwrap();
        assert_eq!(home.do_job(READ_NEW, json!({})).unwrap(), json!({ "queued": 0 }), "they wait already");
        cancel_all(&home);
        let thumbnail = thumbnail_path(home.service.places(), &ContentHash::of(&png(1)));
        std::fs::create_dir_all(thumbnail.parent().unwrap()).unwrap();
        std::fs::write(thumbnail, b"a thumbnail").unwrap();
        let group = group(&home);
        let lease = home.begin(READ_NEW, json!(null), Some(group));
        assert_eq!(home.work_one(&lease), json!({ "queued": 2 }));
        assert_eq!(home.do_job(READ_NEW, json!({})).unwrap(), json!({ "queued": 0 }));
        let reads = waiting(&home, READ);
        assert!(reads.iter().all(|job| job.group == Some(group.0)) && reads.len() == 2, "{reads:?}");
        let thumbnails = waiting(&home, THUMBNAIL);
        assert_eq!(thumbnails.iter().map(|job| job.item).collect::<Vec<_>>(), [Some(ids[1])]);
        // What comes in now is read first.
        let dropped = home.take_in("new.png", &png(9));
        let claim = legible_jobs::Claim { kinds: Some(vec![READ.into()]), ..legible_jobs::Claim::any(1) };
        let owner = legible_jobs::Owner("test".into());
        let claim = move |tx: &rusqlite::Transaction<'_>| Ok(legible_jobs::claim(tx, &owner, i64::MAX / 2, 1, &claim)?);
        let first = home.service.database().write_blocking(claim).unwrap().remove(0);
        assert_eq!(first.subject, Some(format!("item:{dropped}")));
        let view = home.ask(home.service.groups(crate::api::NoArgs {})).unwrap();
        let view = view.groups.iter().find(|view| view.id == group.0).unwrap();
        assert_eq!(view.images, 2, "the job itself is no image");
    }

    #[test]
    fn what_is_queued_is_a_batch_that_needs_what_its_job_needs() {
        let home = Home::new();
        let id = home.take_in("a.png", &png(1));
        cancel_all(&home);
        let begin = |conditions: Conditions| {
            let job = NewJob { title: "At night".into(), conditions, ..NewJob::new(READ_NEW, json!({}), 1) };
            let owner = legible_jobs::Owner("test".into());
            let claim = legible_jobs::Claim {
                machine: legible_jobs::Machine { on_ac: Some(true), ..Default::default() },
                kinds: Some(vec![READ_NEW.into()]),
                ..legible_jobs::Claim::any(1)
            };
            let begun = home.service.database().write_blocking(move |tx| {
                legible_jobs::enqueue(tx, &job, 1)?;
                Ok(legible_jobs::claim(tx, &owner, i64::MAX / 2, 1, &claim)?.remove(0))
            });
            begun.unwrap()
        };
        let on_ac = Conditions { ac_power: true, ..Conditions::default() };
        assert_eq!(home.work_one(&begin(on_ac.clone())), json!({ "queued": 1 }));
        let read = || {
            let reads = Filter { kinds: Some(vec![READ.into()]), ..Filter::states([State::Enqueued]) };
            home.service.database().read_blocking(move |c| Ok(legible_jobs::jobs(c, &reads, 0, 1)?.jobs)).unwrap()
        };
        assert_eq!(read()[0].conditions, on_ac);
        let groups = || home.ask(home.service.groups(crate::api::NoArgs {})).unwrap().groups;
        let batch = groups().into_iter().find(|group| group.label == "At night").unwrap();
        assert_eq!((batch.images, batch.gathering), (1, false));

        assert_eq!(home.work_one(&begin(on_ac)), json!({ "queued": 0 }));
        let batches = groups().into_iter().filter(|group| group.label == "At night").count();
        assert_eq!(batches, 1, "what has nothing to read is no batch");

        assert_eq!(home.take_in("again.png", &png(1)), id);
        assert_eq!(read()[0].conditions, Conditions::default(), "a person wants it now");
    }

    #[test]
    fn only_what_may_have_passed_is_tried_again_and_not_for_ever() {
        let check = |code: &str, expected: u64| {
            let home = Home::new();
            let id = home.take_in("a.png", &png(1));
            cancel_all(&home);
            set_problem(&home, id, code);
            assert_eq!(home.do_job(READ_NEW, json!({})).unwrap(), json!({ "queued": expected }), "{code}");
        };
        ["worker", "disk_full", "database", "library_folder", "model_missing"].iter().for_each(|code| check(code, 1));
        ["bad_image", "file", "internal", "of the future"].iter().for_each(|code| check(code, 0));

        let home = Home::new();
        home.take_in("a.png", &png(1));
        for failed in 0..UPKEEP_TRIES {
            if failed > 0 {
                assert_eq!(home.do_job(READ_NEW, json!({})).unwrap(), json!({ "queued": 1 }));
            }
            let fail = "UPDATE job SET state = 'failed', finished_at = 1, reason_code = 'worker', reason_message = ''
                        WHERE kind = 'read' AND state = 'enqueued'";
            home.service.database().write_blocking(move |tx| Ok(tx.execute(fail, [])?)).unwrap();
        }
        assert_eq!(home.do_job(READ_NEW, json!({})).unwrap(), json!({ "queued": 0 }));
    }

    #[test]
    fn a_stop_at_any_point_queues_nothing_twice() {
        let total = UPKEEP_BATCH * 2 + 1;
        for point in 0.. {
            let home = Home::new();
            add_items(&home, total);
            let lease = home.begin(READ_NEW, json!({}), Some(group(&home)));
            let ended = home.stop_at(&lease, point);
            let output = ended.clone().unwrap_or_else(|| home.work_one(&home.claim().unwrap()));
            assert_eq!(output, json!({ "queued": total }), "stopped at {point}");
            let reads = Filter { kinds: Some(vec![READ.into()]), ..Filter::default() };
            let reads = home.service.database().read_blocking(|c| Ok(legible_jobs::jobs(c, &reads, 0, 1)?.total));
            assert_eq!(reads.unwrap(), total as u64);
            if ended.is_some() {
                assert!(point > 2, "there were points to stop at");
                return;
            }
        }
    }
}
