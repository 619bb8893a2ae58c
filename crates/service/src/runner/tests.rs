//! The runner with its faults injected: a database that refuses, jobs that are claimed again.

use super::*;
use crate::clock::ManualClock;
use crate::handlers::IMPORT;
use crate::places::Places;
use crate::service::Config;
use legible_jobs::NewJob;
use std::sync::Arc;

/// A service in a directory of its own, with a clock that stands at 1000.
struct Scene {
    _home: tempfile::TempDir,
    clock: Arc<ManualClock>,
    machine: watch::Sender<Machine>,
    service: Service,
}

impl Scene {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let (places, clock) = (Places::below(home.path()), Arc::new(ManualClock::at(1000)));
        let worker = (home.path().join("no worker"), vec![]);
        let (machine, told) = watch::channel(Machine::default());
        let config = Config { places, worker, clock: clock.clone(), runs: true, machine: Some(told) };
        let service = Service::open(config).unwrap();
        // Those that come with the program are not what is tested here.
        service.database().write_blocking(|tx| Ok(tx.execute("DELETE FROM schedule", [])?)).unwrap();
        Scene { _home: home, clock, machine, service }
    }

    async fn execute(&self, sql: &'static str) {
        self.service.database().write(move |tx| Ok(tx.execute_batch(sql)?)).await.unwrap();
    }

    /// A job that fails for good as soon as it runs, as its payload does not fit.
    fn new_job(&self) -> NewJob {
        let job = NewJob::new(IMPORT, serde_json::json!({}), self.service.now());
        NewJob { title: "planned".into(), max_attempts: 5, ..job }
    }

    async fn add_job(&self) -> JobId {
        let (job, now) = (self.new_job(), self.service.now());
        self.service.database().write(move |tx| Ok(legible_jobs::enqueue(tx, &job, now)?.id)).await.unwrap()
    }

    /// How many jobs there are.
    async fn jobs(&self) -> u64 {
        let page = self.service.database().read(|c| Ok(legible_jobs::jobs(c, &legible_jobs::Filter::default(), 0, 1)?));
        page.await.unwrap().total
    }

    async fn state(&self, job: JobId) -> State {
        let job = self.service.database().read(move |c| Ok(legible_jobs::job(c, job)?)).await.unwrap();
        job.unwrap().state
    }
}

async fn one_ended(runner: &mut Runner) {
    let run = runner.tasks.join_next().await.unwrap().unwrap();
    runner.running.remove(&run);
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
    one_ended(&mut runner).await;
    assert_eq!(scene.state(job).await, State::Running, "neither end could be written");

    scene.execute("DROP TRIGGER full").await;
    runner.tend().await;
    assert_eq!(scene.state(job).await, State::Running, "the lease still holds");
    scene.clock.advance(LEASE.as_millis() as i64);
    runner.tend().await;
    assert_eq!(scene.state(job).await, State::Enqueued);
    runner.step().await.unwrap();
    one_ended(&mut runner).await;
    assert_eq!(scene.state(job).await, State::Failed);
}

#[tokio::test]
async fn a_job_that_runs_again_at_once_is_kept_in_sight() {
    let scene = Scene::new();
    let job = scene.add_job().await;
    let mut runner = Runner::begin(&scene.service).await.unwrap();
    for _ in 0..2 {
        let owner = runner.owner.clone();
        let claimed = scene.service.database().write(move |tx| {
            legible_jobs::retry(tx, &legible_jobs::Filter::ids([job]), 1000)?;
            Ok(legible_jobs::claim(tx, &owner, 1000, 60_000, &Claim::any(1))?)
        });
        runner.start(Lane::Reading, claimed.await.unwrap().remove(0), 1);
        while scene.state(job).await == State::Running {
            tokio::task::yield_now().await;
        }
    }
    one_ended(&mut runner).await;
    assert_eq!(runner.running.len(), 1, "the end of the first run is not that of the second");
    one_ended(&mut runner).await;
    assert!(runner.running.is_empty());
}

#[tokio::test(start_paused = true)]
async fn hours_without_ticks_are_not_paid_back() {
    let mut ticks = ticks(Duration::from_secs(20));
    ticks.tick().await;
    tokio::time::advance(Duration::from_secs(24 * 60 * 60)).await;
    ticks.tick().await;
    let next = tokio::time::timeout(Duration::from_secs(19), ticks.tick()).await;
    assert!(next.is_err(), "one tick, not thousands");
}

#[tokio::test]
async fn a_start_that_fails_is_tried_again() {
    let scene = Scene::new();
    scene.execute("CREATE TRIGGER full BEFORE INSERT ON runner BEGIN SELECT RAISE(ABORT, 'planned'); END").await;
    tokio::time::pause();
    let (stop, stopped) = watch::channel(false);
    let service = scene.service.clone();
    let running = tokio::spawn(async move { service.run(stopped).await });
    // Its first try stands before the next write in line, so it has failed when that is done.
    tokio::task::yield_now().await;
    scene.execute("DROP TRIGGER full").await;
    while !matches!(scene.service.role(), Role::Runner) {
        assert!(!running.is_finished(), "it gave up");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    stop.send(true).unwrap();
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn jobs_that_ended_long_ago_are_forgotten_at_the_start_and_daily() {
    let scene = Scene::new();
    let (day, kept) = (millis(PRUNE_EVERY), millis(HISTORY_KEPT));
    let cancel = |tx: &Transaction<'_>| legible_jobs::request_cancel(tx, &legible_jobs::Filter::default(), 1000);
    for _ in 0..3 {
        scene.add_job().await;
    }
    scene.service.database().write(move |tx| Ok(cancel(tx)?)).await.unwrap();
    scene.clock.advance(kept);
    let mut runner = Runner::begin(&scene.service).await.unwrap();
    runner.tend().await;
    scene.clock.advance(day - 1);
    scene.add_job().await;
    runner.tend().await;
    assert_eq!(scene.jobs().await, 4, "none is older than that yet, and the next look is a day later");
    scene.clock.advance(1);
    runner.tend().await;
    while scene.jobs().await > 1 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn many_old_jobs_are_forgotten_batch_by_batch() {
    let scene = Scene::new();
    let job = scene.new_job();
    let fill = scene.service.database().write(move |tx| {
        for _ in 0..=PRUNE_BATCH {
            legible_jobs::enqueue(tx, &job, 1000)?;
        }
        Ok(legible_jobs::request_cancel(tx, &legible_jobs::Filter::default(), 1000)?)
    });
    fill.await.unwrap();
    prune(scene.service.clone(), 1001).await;
    assert_eq!(scene.jobs().await, 0);
}
