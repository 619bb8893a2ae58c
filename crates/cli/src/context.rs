//! What the verbs share: the places, the worker's command, the service, the log.

use crate::output::say;
use anyhow::Context;
use legible_service::api::Runner;
use legible_service::chance::SystemChance;
use legible_service::clock::SystemClock;
use legible_service::places::Places;
use legible_service::secrets::Keychain;
use legible_service::{Config, LOG_VARIABLE, Service, log_directives};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;

/// The places of this user; models that were installed beside the program count.
///
/// # Errors
/// When the system knows no home directory.
pub fn places() -> anyhow::Result<Places> {
    Places::of_this_user(bundled_models().as_deref())
        .context("there is no home directory; set LEGIBLE_HOME to a directory of your choice")
}

/// The vision worker: this very program with its hidden verb.
///
/// # Errors
/// When the system cannot say where this program lies.
pub fn worker() -> anyhow::Result<(PathBuf, Vec<String>)> {
    let program = std::env::current_exe().context("the path of this program is not known")?;
    Ok((program, vec!["vision-worker".to_owned()]))
}

/// The service. `runs` says whether this process means to run the jobs.
///
/// # Errors
/// When the database cannot be opened.
pub fn service(runs: bool) -> anyhow::Result<Service> {
    let config = Config {
        places: places()?,
        worker: worker()?,
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        runs,
        keychain: Arc::new(Keychain),
        machine: None,
    };
    Ok(Service::open(config)?)
}

/// Sends the log to standard error: warnings, or what LEGIBLE_LOG says.
pub fn log(default: &str) {
    let default = log_directives(&format!("{default},tokio_cron_scheduler=warn"));
    let asked = std::env::var(LOG_VARIABLE).ok().and_then(|asked| EnvFilter::try_new(log_directives(&asked)).ok());
    let filter = asked.unwrap_or_else(|| EnvFilter::new(default));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    log.with_ansi(std::io::stderr().is_terminal()).init();
}

/// Where the installed app keeps its models: `/usr/lib/Legible/models` on Linux, beside the program elsewhere.
fn bundled_models() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let beside = program.parent()?;
    let candidates = [beside.join("../lib/Legible/models"), beside.join("../Resources/models"), beside.join("models")];
    candidates.into_iter().find(|path| path.is_dir())
}

/// Says that nothing is done just now, if so: what was set is kept, but nobody would come to it.
pub fn say_if_nobody_runs(service: &Service) {
    if service.runner() == Runner::Nobody {
        say("Nobody runs the jobs just now. Start the app or `legible run`.");
    }
}
