//! The runner with its faults injected: a database that refuses, jobs that are claimed again.

use super::*;
use crate::clock::ManualClock;
use crate::handlers::IMPORT;
use crate::places::Places;
use crate::service::Config;
use legible_jobs::{Backoff, NewJob};
use std::sync::Arc;

/// A service in a directory of its own, with a clock that stands at 1000.
struct Scene {
    _home: tempfile::TempDir,
    clock: Arc<ManualClock>,
    service: Service,
}

impl Scene {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let (places, clock) = (Places::below(home.path()), Arc::new(ManualClock::at(1000)));
        let worker = (home.path().join("no worker"), vec![]);
        let service = Service::open(Config { places, worker, clock: clock.clone(), runs: true }).unwrap();
        Scene { _home: home, clock, service }
    }

    async fn execute(&self, sql: &'static str) {
        self.service.database().write(move |tx| Ok(tx.execute_batch(sql)?)).await.unwrap();
    }

    /// Adds a job that fails for good as soon as it runs, as its payload does not fit.
    async fn add_job(&self) -> JobId {
        let now = self.service.now();
        let job = NewJob {
            kind: IMPORT.into(),
            payload: serde_json::json!({}),
            subject: None,
            title: "planned".into(),
            priority: 0,
            group: None,
            unique: None,
            max_attempts: 5,
            backoff: Backoff::default(),
            run_at: now,
        };
        self.service.database().write(move |tx| Ok(legible_jobs::enqueue(tx, &job, now)?.id)).await.unwrap()
    }

    async fn state(&self, job: JobId) -> State {
        let job = self.service.database().read(move |c| Ok(legible_jobs::job(c, job)?)).await.unwrap();
        job.unwrap().state
    }
}

#[tokio::test]
async fn a_job_whose_end_cannot_be_written_is_taken_back_when_its_lease_runs_out() {
    let scene = Scene::new();
    let job = scene.add_job().await;
    let mut runner = Runner::begin(&scene.service).await.unwrap();
    scene
        .execute("CREATE TRIGGER full BEFORE UPDATE OF state ON job WHEN OLD.state = 'running' BEGIN SELECT RAISE(ABORT, 'planned'); END")
        .await;
    runner.step().await.unwrap();
    let ended = runner.tasks.join_next().await.unwrap().unwrap();
    runner.running.remove(&ended);
    assert_eq!(scene.state(job).await, State::Running, "neither end could be written");

    scene.execute("DROP TRIGGER full").await;
    runner.tend().await;
    assert_eq!(scene.state(job).await, State::Running, "the lease still holds");
    scene.clock.advance(LEASE.as_millis() as i64);
    runner.tend().await;
    assert_eq!(scene.state(job).await, State::Enqueued);
    runner.step().await.unwrap();
    runner.tasks.join_next().await.unwrap().unwrap();
    assert_eq!(scene.state(job).await, State::Failed);
}
