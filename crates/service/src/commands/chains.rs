//! The command that puts work into the queue as a person asks for it.

use crate::api::{AddedJobs, JobsDraft};
use crate::chains::{plan, widths};
use crate::changes::Changes;
use crate::error::Result;
use crate::schedules::said;
use crate::service::Service;
use crate::views;
use legible_jobs::{Enqueued, Job};

impl Service {
    /// Puts work into the queue: one job, or several that wait for each other; all of it or nothing.
    ///
    /// # Errors
    /// When something in it cannot be used, or the database fails.
    pub async fn add_jobs(&self, draft: JobsDraft) -> Result<AddedJobs> {
        let now = self.now();
        let widths = widths(&draft);
        let added = self.database().write(move |tx| {
            let plan = plan(&draft, now)?;
            let unique = plan.unique.as_ref().map(|(name, policy)| (name.as_str(), *policy));
            let added = legible_jobs::enqueue_chain(tx, &plan.chain, unique, now).map_err(said)?;
            let job = |one: &Enqueued| {
                Ok((one.new, legible_jobs::job(tx, one.id)?.ok_or(legible_jobs::Error::NoSuchJob(one.id))?))
            };
            added.iter().map(job).collect::<Result<Vec<(bool, Job)>>>()
        });
        let (new, jobs): (Vec<bool>, Vec<Job>) = added.await?.into_iter().unzip();
        self.announce(Changes { jobs: jobs.iter().map(|job| job.id.0).collect(), ..Changes::work() }).await;
        let around = self.circumstances(&jobs).await?;
        let mut views = jobs.iter().map(|job| views::job(job, &around));
        if new == [false] {
            return Ok(AddedJobs { steps: vec![], kept: views.next() });
        }
        // The queue answers in the order in which it was given the jobs.
        let steps = widths.into_iter().map(|width| views.by_ref().take(width).collect()).collect();
        Ok(AddedJobs { steps, kept: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Action, JobId, JobState, JobsQuery, Merge, NamePolicy, StepDraft};
    use crate::testing::Home;
    use serde_json::json;

    /// These, one after the other, under a name.
    fn named(actions: &[Action], policy: NamePolicy) -> JobsDraft {
        let step = |action: &Action| vec![StepDraft { action: *action, folder: None }];
        JobsDraft {
            steps: actions.iter().map(step).collect(),
            name: Some("night".into()),
            policy,
            ..JobsDraft::default()
        }
    }

    fn numbers(added: &AddedJobs) -> Vec<i64> {
        added.steps.iter().flatten().map(|job| job.id).collect()
    }

    #[test]
    fn work_is_added_as_a_whole_or_its_holder_is_named() {
        let home = Home::new();
        let add = |draft| home.ask(home.service.add_jobs(draft)).unwrap();
        let first = add(named(&[Action::CheckModels, Action::Tidy], NamePolicy::Keep));
        assert_eq!((numbers(&first), &first.kept), (vec![1, 2], &None));
        assert_eq!(first.steps[1][0].waiting_for, ["job 1"]);
        let kept = add(named(&[Action::Tidy], NamePolicy::Keep));
        assert_eq!((kept.steps, kept.kept.map(|job| job.id)), (vec![], Some(1)));
        let appended = add(named(&[Action::Tidy], NamePolicy::Append));
        assert_eq!((numbers(&appended), &appended.steps[0][0].blocked_by), (vec![3], &vec![2]));

        let page = |service| home.ask(Service::jobs(service, JobsQuery::default())).unwrap();
        assert_eq!(page(&home.service).cancelled_all_at, None);
        let active = vec![JobState::Enqueued, JobState::Blocked, JobState::Running];
        let all = JobsQuery { states: active, ..JobsQuery::default() };
        assert_eq!(home.ask(home.service.cancel_jobs(all)).unwrap().count, 3);
        assert_eq!(page(&home.service).cancelled_all_at, Some(home.service.now()));
        let hopeless = add(named(&[Action::Tidy], NamePolicy::Append));
        assert_eq!(hopeless.steps[0][0].state, JobState::Cancelled);
        assert!(hopeless.steps[0][0].error.as_ref().is_some_and(|error| error.message.contains("job 3")));
    }

    #[test]
    fn what_came_before_is_told_and_changes_no_setting() {
        let home = Home::new();
        let draft = named(&[Action::CheckModels, Action::FindDuplicates, Action::Tidy], NamePolicy::Keep);
        home.ask(home.service.add_jobs(JobsDraft { merge: Merge::Collect, keep_seconds: Some(9), ..draft })).unwrap();
        assert_eq!(home.work().len(), 3, "an option that tidying does not know would have stopped it");
        let last = home.ask(home.service.job(JobId { id: 3 })).unwrap();
        assert_eq!((last.job.state, &last.input["groups"]), (JobState::Succeeded, &json!([[]])));
        assert_eq!((last.needs, last.needed_by, last.keep_ms), (vec![2], vec![], Some(9000)));
    }
}
