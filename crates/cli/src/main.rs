//! The `legible` command. Needs no display; without arguments it opens the app.
#![warn(clippy::print_stdout, clippy::print_stderr, reason = "what is printed goes through `output`")]

mod args;
mod capture;
mod clipboard;
mod cloud;
mod context;
mod doctor;
mod follow;
mod inputs;
mod jobs;
mod library;
mod models;
mod needs;
mod open;
mod output;
mod paths;
mod read;
mod recognise;
mod remind;
mod run;
mod schedules;
mod service_unit;
mod signals;
mod sources;
mod times;
mod unlock;
mod web;
mod workers;

use args::{Args, Verb};
use output::{Exit, report, say};
use std::process::ExitCode;
use std::time::Duration;

/// How long work that did not stop in time may take until the process ends all the same.
const LINGERS: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let args = args::parse();
    if let Some(Verb::VisionWorker { args }) = args.verb {
        // The pool reads what the worker says; nothing else may write to its standard output.
        return match legible_service::reader::serve(args) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                say(&format!("legible vision-worker: {error}"));
                ExitCode::FAILURE
            }
        };
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&error.into()),
    };
    let ended = runtime.block_on(dispatch(args));
    // What still blocks a thread, say on a server that does not answer, keeps nobody waiting: it counts as killed.
    runtime.shutdown_timeout(LINGERS);
    match ended {
        Ok(Exit::Fine) => ExitCode::SUCCESS,
        Ok(Exit::Nothing) => ExitCode::from(1),
        Ok(Exit::SomeFailed) => ExitCode::from(2),
        Err(error) => report(&error),
    }
}

async fn dispatch(args: Args) -> anyhow::Result<Exit> {
    let Some(verb) = args.verb else { return open::app() };
    match verb {
        Verb::Read(args) => read::read(&args),
        Verb::Recognise(args) => recognise::recognise(&args),
        Verb::Add(args) => library::add(args).await,
        Verb::Capture(args) => capture::capture(args).await,
        Verb::Sources(verb) => sources::sources(verb).await,
        Verb::Search(args) => library::search(args).await,
        Verb::Rebuild(args) => library::rebuild(args).await,
        Verb::Jobs(verb) => jobs::jobs(verb).await,
        Verb::Schedules(verb) => schedules::schedules(verb).await,
        Verb::Cloud(verb) => cloud::cloud(verb).await,
        Verb::Remind(verb) => remind::remind(verb).await,
        Verb::Workers(verb) => workers::workers(verb).await,
        Verb::Service(verb) => service_unit::service(verb).await,
        Verb::Pause => jobs::pause(true).await,
        Verb::Resume => jobs::pause(false).await,
        Verb::Run(args) => run::run(&args).await,
        Verb::Models(args) => models::models(args).await,
        Verb::Unlock(args) => unlock::unlock(args).await,
        Verb::Doctor(print) => doctor::doctor(print).await,
        Verb::HoldClipboard => clipboard::serve().map(|()| Exit::Fine),
        Verb::VisionWorker { .. } => Ok(Exit::Fine),
    }
}
