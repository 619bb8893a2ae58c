//! The runner with its faults injected: a database that refuses, jobs that are claimed again.

mod telling;

use super::demands::Demands;
use super::*;
use crate::chance::Counting;
use crate::clock::ManualClock;
use crate::handlers::{self, IMPORT};
use crate::limits::GOES_DOWN_WITHIN;
use crate::machine::Hold;
use crate::places::Places;
use crate::service::Config;
use crate::testing::STOPPED;
use legible_jobs::{Backoff, Missed, NewJob, Overlap, Rule, Schedule, SchedulePolicy};
use legible_sources::{Filing, FolderSpec, Source, SourceId, Spec};
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
        let config = Config {
            places,
            worker,
            clock: clock.clone(),
            chance: Arc::new(Counting::default()),
            runs: true,
            keychain: Arc::new(crate::testing::Keyring::default()),
            machine: Some(told),
        };
        let service = Service::open(config).unwrap();
        Scene { _home: home, clock, machine, service }
    }

    /// A runner without the schedules that come with the program: they are not what is tested here.
    async fn runner(&self) -> Runner {
        let runner = Runner::begin(&self.service).await.unwrap();
        self.execute("DELETE FROM schedule").await;
        runner
    }

    async fn execute(&self, sql: &'static str) {
        self.service.database().write(move |tx| Ok(tx.execute_batch(sql)?)).await.unwrap();
    }

    /// Adds a source that watches a folder.
    async fn watch(&self, path: std::path::PathBuf) {
        let spec = FolderSpec { path, recursive: true, include: vec![], exclude: vec![], quiet_ms: 0 };
        let (id, name, filing) = (SourceId(0), "Scans".to_owned(), Filing::default());
        let source = Source { id, name, spec: Spec::Folder(spec), filing, enabled: true, created_at: 0 };
        self.service.database().write(move |tx| Ok(legible_sources::add(tx, &source)?)).await.unwrap();
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
    let mut runner = scene.runner().await;
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
    let mut runner = scene.runner().await;
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
    let (day, kept) = (millis(PRUNE_EVERY), millis(crate::limits::HISTORY_KEPT));
    let cancel = |tx: &Transaction<'_>| legible_jobs::request_cancel(tx, &legible_jobs::Filter::default(), 1000);
    for _ in 0..3 {
        scene.add_job().await;
    }
    scene.service.database().write(move |tx| Ok(cancel(tx)?)).await.unwrap();
    scene.clock.advance(kept);
    let mut runner = scene.runner().await;
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
        for _ in 0..=crate::limits::PRUNE_BATCH {
            legible_jobs::enqueue(tx, &job, 1000)?;
        }
        Ok(legible_jobs::request_cancel(tx, &legible_jobs::Filter::default(), 1000)?)
    });
    fill.await.unwrap();
    let (forgotten, mut told) = (scene.service.clone(), vec![]);
    let forget = move |_: &Service| {
        let all = legible_jobs::Filter::default();
        let count = forgotten.forget_jobs(&all, 1001, |forgotten| {
            told.push(forgotten);
            Ok(())
        })?;
        Ok((count, told))
    };
    let batch = crate::limits::PRUNE_BATCH;
    assert_eq!(scene.service.blocking(forget).await.unwrap(), (batch + 1, vec![0, batch]));
    assert_eq!(scene.jobs().await, 0);
}

/// Adds a job and runs it outside of the lanes, which do not know its kind.
async fn claim_by_hand(scene: &Scene, runner: &mut Runner, job: NewJob) -> JobId {
    let (now, owner) = (scene.service.now(), runner.owner.clone());
    let claimed = scene.service.database().write(move |tx| {
        legible_jobs::enqueue(tx, &job, now)?;
        let machine = Machine { on_ac: Some(true), ..Machine::default() };
        Ok(legible_jobs::claim(tx, &owner, now, 60_000, &Claim { machine, ..Claim::any(1) })?.remove(0))
    });
    let lease = claimed.await.unwrap();
    let (id, control) = (lease.id, Arc::new(Control::default()));
    runner.running.insert(0, Running::begin(&lease, Lane::Upkeep, control.clone()));
    let service = scene.service.clone();
    runner.tasks.spawn_blocking(move || {
        end::carry_out(&service, &lease, &control, 1);
        0
    });
    id
}

/// Why the last attempt of a job ended, by the code.
async fn reason(scene: &Scene, job: JobId) -> (State, u32, Option<String>) {
    let job = scene.service.database().read(move |c| Ok(legible_jobs::job(c, job)?)).await.unwrap().unwrap();
    (job.state, job.attempts, job.reason.map(|reason| reason.code))
}

fn demands(paused: bool) -> Demands {
    Demands {
        cancelled: vec![],
        paused,
        next_run_at: None,
        next_schedule_at: None,
        folder_schedules: vec![],
        watched_folders: vec![],
        conditions: vec![],
    }
}

#[tokio::test]
async fn what_loses_a_condition_its_time_or_its_worker_stops_and_says_why() {
    let ac = Conditions { ac_power: true, ..Conditions::default() };
    let unplugged = Machine { on_ac: Some(false), ..Machine::default() };
    let endless = || NewJob { max_attempts: 2, ..NewJob::new(handlers::ENDLESS, serde_json::json!({}), 1000) };
    for (job, machine, expected) in [
        (NewJob { conditions: ac, ..endless() }, unplugged.clone(), (State::Enqueued, 0, "stopped.ac_power")),
        (NewJob { budget_ms: Some(1), ..endless() }, Machine::default(), (State::Enqueued, 1, Stop::TIMEOUT)),
    ] {
        let scene = Scene::new();
        let mut runner = scene.runner().await;
        let id = claim_by_hand(&scene, &mut runner, job).await;
        scene.machine.send(machine).unwrap();
        runner.look_around().await;
        tokio::time::sleep(Duration::from_millis(2)).await;
        runner.stop_what_is_to_stop(&demands(false), scene.service.now());
        one_ended(&mut runner).await;
        let told = STOPPED.lock().unwrap().remove(&(scene.service.places().data.clone(), id.0));
        assert_eq!(told.as_deref(), Some(expected.2), "the handler hears why");
        let (state, attempts, code) = reason(&scene, id).await;
        assert_eq!((state, attempts, code.as_deref()), (expected.0, expected.1, Some(expected.2)));
    }
    let scene = Scene::new();
    let mut runner = scene.runner().await;
    let id = claim_by_hand(&scene, &mut runner, endless()).await;
    runner.stop_what_is_to_stop(&demands(true), scene.service.now());
    one_ended(&mut runner).await;
    assert_eq!(reason(&scene, id).await, (State::Enqueued, 0, Some("stopped.paused".into())));
}

#[tokio::test]
async fn a_machine_that_goes_to_sleep_gets_its_jobs_handed_back_first() {
    let scene = Scene::new();
    let mut runner = scene.runner().await;
    let job = NewJob::new(handlers::ENDLESS, serde_json::json!({}), 1000);
    let id = claim_by_hand(&scene, &mut runner, job).await;
    let held = Arc::new(());
    let hold = Hold::new(Some(held.clone()));
    runner.interrupted(Interruption::Ahead { occasion: crate::machine::Occasion::Sleep, hold });
    one_ended(&mut runner).await;
    assert_eq!(Arc::strong_count(&held), 2, "the machine waits until all is handed back");
    runner.step().await.unwrap();
    assert_eq!(Arc::strong_count(&held), 1, "the machine need not wait any longer");
    assert_eq!(reason(&scene, id).await, (State::Enqueued, 0, Some("stopped.sleep".into())));
    scene.add_job().await;
    runner.step().await.unwrap();
    assert!(runner.running.is_empty(), "nothing begins while the machine goes down");
    runner.interrupted(Interruption::Over { occasion: crate::machine::Occasion::Sleep });
    runner.step().await.unwrap();
    assert_eq!(runner.running.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_stays_up_after_all_gets_its_work_done() {
    let scene = Scene::new();
    let mut runner = scene.runner().await;
    scene.add_job().await;
    runner.interrupted(Interruption::Ahead { occasion: crate::machine::Occasion::Sleep, hold: Hold::new(Some(())) });
    let wait = runner.step().await.unwrap();
    assert_eq!((wait, runner.running.len()), (GOES_DOWN_WITHIN, 0));
    tokio::time::advance(wait).await;
    runner.step().await.unwrap();
    assert_eq!(runner.running.len(), 1, "nobody told that the sleep is over");
}

/// The clock of the budget stands still, and moves when the test says so.
#[tokio::test(start_paused = true)]
async fn a_rest_does_not_count_as_time_worked() {
    let budget_ms = 1000;
    let mut running = Running {
        job: JobId(1),
        lane: Lane::Upkeep,
        control: Arc::new(Control::default()),
        conditions: Conditions::default(),
        began: Instant::now(),
        budget_ms: Some(budget_ms),
    };
    let left = |running: &Running| running.time_left(Instant::now()).unwrap().as_millis();
    tokio::time::advance(Duration::from_millis(400)).await;
    assert_eq!(left(&running), 600);
    running.control.set_paused(true);
    let (control, runtime) = (running.control.clone(), tokio::runtime::Handle::current());
    let resting = std::thread::spawn(move || {
        let _in_its_time = runtime.enter();
        control.checkpoint()
    });
    while !running.control.is_resting() {
        std::thread::yield_now();
    }
    tokio::time::advance(Duration::from_millis(5000)).await;
    assert_eq!(left(&running), 600, "while it rests");
    running.control.set_paused(false);
    resting.join().unwrap().unwrap();
    tokio::time::advance(Duration::from_millis(500)).await;
    assert_eq!(left(&running), 100, "it goes on with what it had");
    tokio::time::advance(Duration::from_millis(500)).await;
    assert_eq!(left(&running), 0);
    running.budget_ms = None;
    assert_eq!(running.time_left(Instant::now()), None);
}

#[tokio::test]
async fn a_mistake_in_the_settings_stops_no_work_while_folders_are_watched() {
    let scene = Scene::new();
    let mut runner = scene.runner().await;
    let folder = scene.service.places().data.join("watched");
    std::fs::create_dir_all(&folder).unwrap();
    scene.watch(folder).await;
    let settings = scene.service.places().config.join("settings.toml");
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    std::fs::write(settings, "keep = \n").unwrap();
    assert!(scene.service.own_places().is_err());
    let job = scene.add_job().await;
    runner.step().await.unwrap();
    one_ended(&mut runner).await;
    assert_eq!(scene.state(job).await, State::Failed, "it ran");
}

#[tokio::test]
async fn schedules_run_at_their_time_and_when_the_machine_changes() {
    let scene = Scene::new();
    let mut runner = scene.runner().await;
    let schedule = |name: &str, rule| Schedule {
        name: name.into(),
        title: name.into(),
        kind: IMPORT.into(),
        payload: serde_json::json!({}),
        subject: None,
        tags: vec![],
        priority: 0,
        max_attempts: 1,
        backoff: Backoff::default(),
        budget_ms: None,
        conditions: Conditions::default(),
        rule,
        zone: "UTC".into(),
        missed: Missed::Once,
        overlap: Overlap::Skip,
        flex_ms: 0,
        enabled: true,
    };
    let timed = schedule("timed", Rule::Every { interval_ms: 60_000, anchor: 61_000 });
    let powered = schedule("powered", Rule::On { trigger: Trigger::PluggedIn });
    let put = scene.service.database().write(move |tx| {
        for schedule in [timed, powered] {
            legible_jobs::put_schedule(tx, &schedule, SchedulePolicy::Keep, 1000)?;
        }
        Ok(())
    });
    put.await.unwrap();
    runner.step().await.unwrap();
    assert_eq!(scene.jobs().await, 0, "neither is due");
    scene.clock.advance(60_000);
    runner.step().await.unwrap();
    assert_eq!(scene.jobs().await, 1, "its time has come");
    for (on_ac, expected) in [(false, 1), (true, 2), (true, 2)] {
        scene.machine.send(Machine { on_ac: Some(on_ac), ..Machine::default() }).unwrap();
        runner.look_around().await;
        assert_eq!(scene.jobs().await, expected, "plugged in: {on_ac}");
    }
}
