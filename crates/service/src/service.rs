//! The service itself: one handle on database, queue, library, workers and events, shared by all who call commands.

use crate::api::{Event, Notice, Runner, Settings};
use crate::chance::Chance;
use crate::changes::{Bus, Changes};
use crate::clock::Clock;
use crate::cloud::accounts::grants::Accounts;
use crate::cloud::accounts::sign_ins::SignIns;
use crate::cloud::in_step::planning::Plans;
use crate::database::{self, Database};
use crate::describing::Describing;
use crate::error::{Error, Result};
use crate::handlers::Lane;
use crate::library_folder::FolderLook;
use crate::limits::{LOOK_TIMEOUT, MAX_WORKERS, TASK_TIMEOUT, WORKER_IDLE, WORKER_MEMORY_MB};
use crate::lock::RunnerLock;
use crate::models::{ModelShelf, checking_pool};
use crate::places::Places;
use crate::secrets::{PASSPHRASE_VARIABLE, Sealed, Secrets};
use crate::settings::SettingsFile;
use crate::surroundings::Surroundings;
use crate::unseen::Unseen;
use crate::worker_pool::WorkerPool;
use crate::{link, notices};
use legible_cloud::local::InMemory;
use legible_jobs::Machine;
use legible_library::Folder;
use legible_sources::fetch::{self, Fetch};
use legible_vision::recognise::models::ModelUse;
use legible_vision::worker::{CancelToken, Pool, PoolConfig};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::{broadcast, mpsc, watch};
use tracing::{info, warn};

/// What a service needs from its process.
pub struct Config {
    /// Where things lie.
    pub places: Places,
    /// The program that serves as vision worker, and its first arguments.
    pub worker: (PathBuf, Vec<String>),
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// Whether this process means to run the jobs, if no other does.
    pub runs: bool,
    /// The keychain of the system, where the key to all secrets lies.
    pub keychain: Arc<dyn Secrets>,
    /// What the machine is like, if a test tells it; else this process looks itself.
    pub machine: Option<watch::Receiver<Machine>>,
}

/// A handle on the service; clones share it.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

struct Inner {
    places: Places,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    database: Database,
    settings: SettingsFile,
    bus: Bus,
    pool: Pool,
    describing: Describing,
    workers: usize,
    models: ModelShelf,
    checking: Pool,
    adding: Mutex<CancelToken>,
    plans: Plans,
    lock: Mutex<Option<RunnerLock>>,
    role: Mutex<Role>,
    folder_look: tokio::sync::Mutex<Option<FolderLook>>,
    surroundings: OnceLock<Surroundings>,
    worker_pool: WorkerPool,
    unseen: Unseen,
    secrets: Arc<Sealed>,
    accounts: Accounts,
    /// Held while the library folder is brought in step with a storage.
    turn_to_sync: Mutex<()>,
    sign_ins: Arc<SignIns>,
    fetch: OnceLock<Fetch>,
    library_hashes: Arc<InMemory>,
    /// Whether what starts with the program is in the queue.
    has_begun: AtomicBool,
}

/// How this process stands to the runner.
#[derive(Debug, Clone)]
pub(crate) enum Role {
    /// It is the runner.
    Runner,
    /// Another process is, and this one is connected to it.
    Follower(mpsc::UnboundedSender<Changes>),
    /// It only visits.
    Visitor,
}

impl Service {
    /// Opens the database and makes it where it is missing. A damaged one is set aside, if no other process has it in
    /// use, and a notice says so.
    ///
    /// # Errors
    /// When the database cannot be opened, or is damaged while another process runs.
    pub fn open(config: Config) -> Result<Self> {
        let Config { places, worker: (command, args), clock, chance, runs, keychain, machine } = config;
        places.make()?;
        let lock = if runs { RunnerLock::try_take(&places.data)? } else { None };
        let database = open_sound(&places, lock.is_some(), clock.now())?;
        let workers = cores().min(MAX_WORKERS);
        let describing = Describing::new((command.clone(), args.clone()), places.models.clone());
        let checking = checking_pool((command.clone(), args.clone()));
        let pool = Pool::new(PoolConfig {
            command,
            args,
            models_dirs: places.models.clone(),
            size: Lane::Pictures.width(workers) + Lane::Reading.width(workers),
            idle: WORKER_IDLE,
            timeout: TASK_TIMEOUT,
            look_timeout: LOOK_TIMEOUT,
            memory_limit_mb: WORKER_MEMORY_MB,
        });
        let inner = Inner {
            settings: SettingsFile::new(&places),
            models: ModelShelf::new(&places)?,
            bus: Bus::new(),
            role: Mutex::new(Role::Visitor),
            lock: Mutex::new(lock),
            folder_look: tokio::sync::Mutex::default(),
            surroundings: machine.map_or_else(OnceLock::new, |told| OnceLock::from(Surroundings::told(told))),
            worker_pool: WorkerPool::default(),
            unseen: Unseen::default(),
            fetch: OnceLock::new(),
            library_hashes: Arc::default(),
            has_begun: AtomicBool::new(false),
            secrets: Arc::new(Sealed::new(database.clone(), keychain, &places.data, named_passphrase())),
            accounts: Accounts::default(),
            turn_to_sync: Mutex::default(),
            sign_ins: Arc::default(),
            places,
            clock,
            chance,
            database,
            describing,
            pool,
            workers,
            checking,
            adding: Mutex::default(),
            plans: Plans::default(),
        };
        Ok(Service { inner: Arc::new(inner) })
    }

    /// Listens to events from now on. A process that neither runs nor follows hears only what it does itself.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.inner.bus.subscribe()
    }

    /// Which process runs the jobs.
    pub fn runner(&self) -> Runner {
        match self.role() {
            Role::Runner => Runner::Here,
            Role::Follower(_) => Runner::Elsewhere,
            Role::Visitor => match RunnerLock::try_take(&self.inner.places.data) {
                Ok(None) => Runner::Elsewhere,
                _ => Runner::Nobody,
            },
        }
    }

    /// Where things lie.
    pub fn places(&self) -> &Places {
        &self.inner.places
    }

    /// Milliseconds since the Unix epoch.
    pub fn now(&self) -> i64 {
        self.inner.clock.now()
    }

    /// The clock.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        self.inner.clock.clone()
    }

    /// A part of a whole, from 0 up to 1: how much of its wait a job is spared, so that not all try again at one time.
    pub(crate) fn jitter(&self) -> f64 {
        self.inner.chance.number() as f64 / u64::MAX as f64
    }

    /// A name that nothing else has, which begins so.
    pub(crate) fn new_name(&self, beginning: &str) -> String {
        format!("{beginning}:{}:{:08x}", self.now(), self.inner.chance.number() as u32)
    }

    /// The machine. To be called on the tokio runtime.
    pub(crate) fn surroundings(&self) -> Surroundings {
        self.inner.surroundings.get_or_init(|| Surroundings::of_this_machine(self)).clone()
    }

    /// What the machine is like now: as the runner knows it, or looked at for this once.
    pub(crate) async fn machine_now(&self) -> Machine {
        let surroundings = self.surroundings();
        if !matches!(self.role(), Role::Runner) {
            surroundings.look().await;
        }
        surroundings.machine.borrow().clone()
    }

    /// What runs in the background of this process.
    pub fn worker_pool(&self) -> &WorkerPool {
        &self.inner.worker_pool
    }

    /// What of watched folders is still to be looked at.
    pub(crate) fn unseen(&self) -> &Unseen {
        &self.inner.unseen
    }

    /// What asks servers for images. One for the process, so that two looks do not crowd a host together.
    pub(crate) fn fetch(&self) -> Result<&Fetch> {
        if let Some(fetch) = self.inner.fetch.get() {
            return Ok(fetch);
        }
        let (clock, net) = (Arc::new(fetch::SystemClock), Arc::new(fetch::SystemNet));
        let made = Fetch::new(fetch::Limits::default(), clock, net).map_err(Error::Fetch)?;
        Ok(self.inner.fetch.get_or_init(|| made))
    }

    /// Whether this process runs the jobs, and what starts with the program is in the queue.
    pub(crate) fn has_begun(&self) -> bool {
        self.inner.has_begun.load(Ordering::Acquire)
    }

    /// Notes that it is.
    pub(crate) fn note_begun(&self) {
        self.inner.has_begun.store(true, Ordering::Release);
    }

    /// The hashes of files of the library folder that need not be read again.
    pub(crate) fn library_hashes(&self) -> &Arc<InMemory> {
        &self.inner.library_hashes
    }

    /// Where secrets lie. To be asked where blocking hurts nobody.
    pub(crate) fn secrets(&self) -> &dyn Secrets {
        &*self.inner.secrets
    }

    /// Who has it changes the library folder for a storage, or takes in what came from one.
    pub(crate) fn turn_to_sync(&self) -> &Mutex<()> {
        &self.inner.turn_to_sync
    }

    /// The accounts at providers that this process uses.
    pub(crate) fn accounts(&self) -> &Accounts {
        &self.inner.accounts
    }

    /// People who are just signing in.
    pub(crate) fn sign_ins(&self) -> &Arc<SignIns> {
        &self.inner.sign_ins
    }

    /// Where secrets lie, for who outlives this handle.
    pub(crate) fn sealed_shared(&self) -> Arc<Sealed> {
        self.inner.secrets.clone()
    }

    /// The same, with the key to them.
    pub(crate) fn sealed(&self) -> &Sealed {
        &self.inner.secrets
    }

    /// The vision workers.
    pub fn pool(&self) -> &Pool {
        &self.inner.pool
    }

    /// The worker that checks models before they are added.
    pub(crate) fn checking_pool(&self) -> &Pool {
        &self.inner.checking
    }

    /// What cancels the adding of a model that begins now.
    pub(crate) fn begin_adding(&self) -> CancelToken {
        let mut adding = self.inner.adding.lock().unwrap_or_else(PoisonError::into_inner);
        *adding = CancelToken::new();
        adding.clone()
    }

    /// Cancels the adding of a model that began last.
    pub(crate) fn stop_adding(&self) {
        self.inner.adding.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }

    /// The plans of storages that are just being made.
    pub(crate) fn plans(&self) -> &Plans {
        &self.inner.plans
    }

    /// How many vision workers there may be.
    pub(crate) fn vision_workers(&self) -> usize {
        self.inner.workers
    }

    pub(crate) fn database(&self) -> &Database {
        &self.inner.database
    }

    pub(crate) fn bus(&self) -> &Bus {
        &self.inner.bus
    }

    pub(crate) fn models_shelf(&self) -> &ModelShelf {
        &self.inner.models
    }

    pub(crate) fn settings_file(&self) -> &SettingsFile {
        &self.inner.settings
    }

    /// The settings as they stand.
    pub(crate) fn current_settings(&self) -> Result<Settings> {
        self.inner.settings.load()
    }

    /// The settings as they stand, or the defaults while the file cannot be read. For showing only: what changes anything
    /// must not act on settings that the person did not choose.
    pub(crate) fn settings_or_defaults(&self) -> Settings {
        self.current_settings().unwrap_or_else(|_| self.inner.settings.defaults().clone())
    }

    /// The library folder of the settings. It is not looked at here and may be missing.
    pub(crate) fn folder(&self) -> Result<Folder> {
        Ok(Folder::at(self.current_settings()?.library_folder))
    }

    /// The last look at the library folder.
    pub(crate) fn folder_look(&self) -> &tokio::sync::Mutex<Option<FolderLook>> {
        &self.inner.folder_look
    }

    /// Does work that blocks, such as on files, on a thread for that.
    ///
    /// # Errors
    /// What `work` returns.
    pub(crate) async fn blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Service) -> Result<T> + Send + 'static,
    {
        let service = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&service)).await;
        done.map_err(|_| Error::Internal("blocking work panicked".into()))?
    }

    /// Whether reading can work with the engine of the settings. Blocks: not for async code.
    pub(crate) fn can_read(&self) -> bool {
        self.current_settings().is_ok_and(|s| self.inner.models.missing(&s.engine).is_empty())
    }

    /// What understands searches by a description.
    pub(crate) fn describing(&self) -> &Describing {
        &self.inner.describing
    }

    /// The models that look at photos as the settings say, the most trusted first. Blocks: not for async code.
    pub(crate) fn models_that_see(&self) -> Result<Vec<ModelUse>> {
        Ok(self.inner.models.in_use(&self.current_settings()?.models))
    }

    /// What a person should know and act on.
    pub(crate) async fn notices(&self) -> Vec<Notice> {
        notices::notices(self).await
    }

    /// Tells whoever runs the jobs what this process changed.
    pub(crate) async fn announce(&self, changes: Changes) {
        match self.role() {
            Role::Runner => self.inner.bus.note(changes),
            Role::Follower(to_runner) => {
                // A runner that just left is followed by this process, which then looks at everything anew.
                let _ = to_runner.send(changes);
            }
            Role::Visitor => {
                if let Err(error) = link::tell(&self.inner.places, &changes).await {
                    tracing::debug!(%error, "nobody runs the jobs just now");
                }
            }
        }
    }

    /// As [`Service::announce`], from a thread of the runtime that may block.
    pub(crate) fn announce_blocking(&self, changes: Changes) {
        tokio::runtime::Handle::current().block_on(self.announce(changes));
    }

    pub(crate) fn role(&self) -> Role {
        self.inner.role.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_role(&self, role: Role) {
        *self.inner.role.lock().unwrap_or_else(PoisonError::into_inner) = role;
    }

    /// The runner's lock: the one taken at the start, or a new one.
    pub(crate) fn take_lock(&self) -> Result<Option<RunnerLock>> {
        let kept = self.inner.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        match kept {
            Some(lock) => Ok(Some(lock)),
            None => RunnerLock::try_take(&self.inner.places.data),
        }
    }
}

/// How many processors this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The file that the environment says the passphrase is in.
fn named_passphrase() -> Option<PathBuf> {
    std::env::var_os(PASSPHRASE_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from)
}

fn open_sound(places: &Places, look_through: bool, now: i64) -> Result<Database> {
    let path = places.database();
    match if look_through { Database::open_checked(&path) } else { Database::open(&path) } {
        Err(Error::DatabaseDamaged(detail)) => {
            // While another process has the file in use it is not ours to move.
            let _lock = match look_through {
                true => None,
                false => {
                    Some(RunnerLock::try_take(&places.data)?.ok_or_else(|| Error::DatabaseDamaged(detail.clone()))?)
                }
            };
            let aside = database::set_aside(&path, now)?;
            warn!(%detail, aside = %aside.display(), "the database was damaged and is set aside");
            Database::open(&path)
        }
        other => {
            info!(path = %path.display(), "database open");
            other
        }
    }
}
