//! A service in a home of its own, for tests. Jobs that work on files run when told to; none goes to a vision worker.

use crate::api::Keep;
use crate::chance::Counting;
use crate::clock::ManualClock;
use crate::error::{Error, Result};
use crate::handler::{Commit, Done, Handler, Work};
use crate::handlers::{self, Lane};
use crate::intake::Offer;
use crate::places::Places;
use crate::secrets::{NoSecret, Secrets};
use crate::service::{Config, Service};
use crate::worker_pool::Control;
use image::{DynamicImage, ImageFormat, Luma};
use legible_jobs::{Claim, GroupId, Lease, NewJob, Owner, Stop};
use legible_library::OriginKind;
use legible_models::own::{self, Draft};
use rusqlite::Transaction;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

/// What a test does at a safe point.
type AtSafePoint = Box<dyn FnMut(&Control)>;

thread_local! {
    /// What happens when a job on this thread comes to a safe point.
    static AT_SAFE_POINT: RefCell<Option<AtSafePoint>> = const { RefCell::new(None) };
}

/// From now on, does this whenever a job on this thread comes to a safe point.
pub fn at_safe_points(does: impl FnMut(&Control) + 'static) {
    AT_SAFE_POINT.set(Some(Box::new(does)));
}

/// A job has come to a safe point.
pub fn at_safe_point(control: &Control) {
    if let Some(mut does) = AT_SAFE_POINT.take() {
        does(control);
        AT_SAFE_POINT.set(Some(does));
    }
}

/// A service in a directory that is deleted in the end.
pub struct Home {
    pub service: Service,
    pub clock: Arc<ManualClock>,
    runtime: tokio::runtime::Runtime,
    directory: tempfile::TempDir,
}

impl Home {
    /// An empty one.
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(1_000_000));
        let service = open(directory.path(), &clock);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Home { service, clock, runtime, directory }
    }

    /// Has another process take over, which knows what is written down. (Secrets are not: they lie in memory.)
    pub fn restart(&mut self) {
        self.service = open(self.directory.path(), &self.clock);
    }

    /// A path in it.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.directory.path().join(relative)
    }

    /// Writes a file into it.
    pub fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Waits for a command.
    pub fn ask<T>(&self, command: impl Future<Output = T>) -> T {
        self.runtime.block_on(command)
    }

    /// Takes an image in; returns its number.
    pub fn take_in(&self, name: &str, bytes: &[u8]) -> i64 {
        self.try_take_in(name, bytes).unwrap()
    }

    /// Takes an image in, if it can be.
    pub fn try_take_in(&self, name: &str, bytes: &[u8]) -> Result<i64> {
        self.offer(name, bytes, Keep::Copy)
    }

    /// Takes an image in that lies at `in/NAME`.
    pub fn offer(&self, name: &str, bytes: &[u8], keep: Keep) -> Result<i64> {
        let path = Some(self.write(&format!("in/{name}"), bytes));
        let offer = Offer { path, keep, ..Offer::new(name.to_owned(), bytes.to_vec(), OriginKind::Drop) };
        Ok(self.service.take_in(offer)?.0.id.0)
    }

    /// Adds an own classifier of this name, which no worker has run, and has it look for labels.
    pub fn add_model(&self, name: &str) {
        let toml = r#"
            model = "net.onnx"
            part = "labels"
            labels = "names.txt"
            threshold = 0.5
            input = { width = 4, height = 4, fit = { kind = "stretch" } }
            outputs.classes = { activation = "none" }
        "#;
        self.write("models/net.onnx", name);
        self.write("models/names.txt", "morel");
        let draft = Draft::read(&self.write(&format!("models/{name}.toml"), toml)).unwrap();
        let (shelf, never) = (self.service.models_shelf(), AtomicBool::new(false));
        own::add(shelf.manifest(), &draft, &self.service.places().models_target(), &never, &mut |_| Ok(())).unwrap();
        let mut settings = self.service.current_settings().unwrap();
        settings.models.labels = name.to_owned();
        self.ask(self.service.save_settings(settings)).unwrap();
    }

    /// Runs all jobs that work on files, as the runner does; returns what came of each in their order.
    pub fn work(&self) -> Vec<Value> {
        let mut outputs = Vec::new();
        while let Some(lease) = self.claim() {
            match self.run(&lease) {
                Ok(commit) => outputs.push(self.succeed(&lease, commit)),
                Err(error) => self.fail_with(&lease, &error),
            }
        }
        outputs
    }

    /// Runs a claimed job, which succeeds; returns what came of it.
    pub fn work_one(&self, lease: &Lease) -> Value {
        self.succeed(lease, self.run(lease).unwrap())
    }

    /// Runs a claimed job, which fails.
    pub fn fail(&self, lease: &Lease) {
        match self.run(lease) {
            Ok(_) => panic!("the {} job did not fail", lease.kind),
            Err(error) => self.fail_with(lease, &error),
        }
    }

    /// Gives a claimed job back to the queue, as the next runner does after a kill.
    pub fn give_back(&self, lease: &Lease) {
        let (lease, now) = (lease.clone(), self.clock_now());
        let release = move |tx: &Transaction<'_>| Ok(legible_jobs::release(tx, &lease, &Stop::Killed, now)?);
        self.service.database().write_blocking(release).unwrap();
    }

    /// Puts a job of a kind into the queue and claims it.
    pub fn begin(&self, kind: &str, payload: Value, group: Option<GroupId>) -> Lease {
        let now = self.clock_now();
        let job = NewJob { group, max_attempts: 5, ..NewJob::new(kind, payload, now) };
        let enqueue = move |tx: &Transaction<'_>| Ok(legible_jobs::enqueue(tx, &job, now)?);
        self.service.database().write_blocking(enqueue).unwrap();
        self.claim().unwrap()
    }

    /// Does a job of a kind from its beginning to its end.
    pub fn do_job(&self, kind: &str, payload: Value) -> Result<Value> {
        let lease = self.begin(kind, payload, None);
        match self.run(&lease) {
            Ok(commit) => Ok(self.succeed(&lease, commit)),
            Err(error) => {
                self.fail_with(&lease, &error);
                Err(error)
            }
        }
    }

    /// Runs a claimed job that is stopped at its safe point of this number, from 0, and gives it back; its output if it
    /// had come to its end by then.
    pub fn stop_at(&self, lease: &Lease, number: usize) -> Option<Value> {
        let mut passed = 0;
        at_safe_points(move |control| {
            if passed == number {
                control.stop(Stop::Killed);
            }
            passed += 1;
        });
        let ended = self.run(lease);
        AT_SAFE_POINT.take();
        match ended {
            Ok(commit) => Some(self.succeed(lease, commit)),
            Err(error) => {
                assert!(matches!(error, Error::Stopped), "{error}");
                self.give_back(lease);
                None
            }
        }
    }

    /// Claims the next job that works on files.
    pub fn claim(&self) -> Option<Lease> {
        self.claim_of(&[Lane::Intake, Lane::Upkeep, Lane::Looking, Lane::Fetching, Lane::Syncing, Lane::Filing])
    }

    /// Claims the next job of these lanes.
    pub fn claim_of(&self, lanes: &[Lane]) -> Option<Lease> {
        let (now, owner) = (self.clock_now(), Owner("test".into()));
        let kinds = lanes.iter().flat_map(|lane| lane.kinds(false)).collect();
        let claim = Claim { kinds: Some(kinds), ..Claim::any(1) };
        let claimed =
            self.service.database().write_blocking(move |tx| Ok(legible_jobs::claim(tx, &owner, now, 60_000, &claim)?));
        claimed.unwrap().pop()
    }

    /// Runs a claimed job up to its commit.
    pub fn run(&self, lease: &Lease) -> Result<Commit> {
        let control = Control::default();
        handlers::handler(&lease.kind).unwrap().run(&mut Work::new(&self.service, lease, &control, 1))
    }

    /// Writes down that a claimed job succeeded, with what it made; returns what came of it.
    pub fn succeed(&self, lease: &Lease, commit: Commit) -> Value {
        let (lease, now) = (lease.clone(), self.clock_now());
        let ended = self.service.database().write_blocking(move |tx| {
            let Done { output, .. } = commit(tx)?;
            legible_jobs::succeed(tx, &lease, output.clone(), now)?;
            Ok(output.unwrap_or_default())
        });
        ended.unwrap()
    }

    fn fail_with(&self, lease: &Lease, error: &Error) {
        let (lease, failure, now) = (lease.clone(), error.failure(1), self.clock_now());
        let fail = move |tx: &Transaction<'_>| Ok(legible_jobs::fail(tx, &lease, &failure, now, 0.0)?);
        self.service.database().write_blocking(fail).unwrap();
    }

    fn clock_now(&self) -> i64 {
        self.service.now()
    }
}

fn open(directory: &Path, clock: &Arc<ManualClock>) -> Service {
    let config = Config {
        places: Places::below(directory),
        worker: (directory.join("no worker"), vec![]),
        clock: clock.clone(),
        chance: Arc::new(Counting::default()),
        runs: false,
        keychain: Arc::new(Keyring::default()),
        machine: Some(tokio::sync::watch::channel(legible_jobs::Machine::default()).1),
    };
    Service::open(config).unwrap()
}

/// Secrets that lie in memory.
#[derive(Debug, Default)]
pub struct Keyring(Mutex<BTreeMap<String, String>>);

impl Secrets for Keyring {
    fn get(&self, name: &str) -> std::result::Result<String, NoSecret> {
        self.0.lock().unwrap().get(name).cloned().ok_or_else(|| NoSecret::Missing(name.to_owned()))
    }

    fn set(&self, name: &str, secret: &str) -> std::result::Result<(), NoSecret> {
        self.0.lock().unwrap().insert(name.to_owned(), secret.to_owned());
        Ok(())
    }

    fn forget(&self, name: &str) -> std::result::Result<(), NoSecret> {
        self.0.lock().unwrap().remove(name);
        Ok(())
    }
}

/// No keychain, as where there is no bus of a session.
pub struct NoKeychain;

impl Secrets for NoKeychain {
    fn get(&self, _: &str) -> std::result::Result<String, NoSecret> {
        Err(NoSecret::NoKeychain("no bus".to_owned()))
    }

    fn set(&self, _: &str, _: &str) -> std::result::Result<(), NoSecret> {
        Err(NoSecret::NoKeychain("no bus".to_owned()))
    }

    fn forget(&self, _: &str) -> std::result::Result<(), NoSecret> {
        Err(NoSecret::NoKeychain("no bus".to_owned()))
    }
}

/// Why jobs of [`Endless`] were stopped, by where their service has its data and by their number.
pub static STOPPED: Mutex<BTreeMap<(PathBuf, i64), String>> = Mutex::new(BTreeMap::new());

/// The handler of jobs that work until they are told to stop.
pub struct Endless;

impl Handler for Endless {
    fn run(&self, work: &mut Work) -> Result<Commit> {
        loop {
            work.check()?;
            std::thread::yield_now();
        }
    }

    fn stopped(&self, service: &Service, lease: &Lease, why: &Stop) {
        STOPPED.lock().unwrap().insert((service.places().data.clone(), lease.id.0), why.code());
    }
}

/// A small PNG, another one for each shade.
pub fn png(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = DynamicImage::from(image::GrayImage::from_pixel(2, 2, Luma([shade])));
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}
