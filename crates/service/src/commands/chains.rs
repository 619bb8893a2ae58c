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
