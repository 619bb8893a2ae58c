//! The command line: verbs and their options, one file a subject.

mod capture;
mod cloud;
mod jobs;
mod library;
mod models;
mod names;
mod parse;
mod remind;
mod schedules;
mod service;
mod shared;
mod sources;
mod unlock;

pub use capture::Capture;
pub use cloud::{Browser, Cloud, KeyOptions, PlaceOptions, StorageOptions};
pub use jobs::{Choice, Jobs, NewJobs, Of};
pub use library::{Add, Format, Read, Rebuild, Recognise, Search};
pub use models::{Models, ModelsVerb, Seen};
pub use names::{ACTIONS, choice};
pub use parse::parse;
pub use remind::Remind;
pub use schedules::{ScheduleOptions, Schedules};
pub use service::{Run, ServiceVerb, Workers};
pub use shared::{Numbers, One, Print, Terms};
pub use sources::{SourceOptions, Sources, What};
pub use unlock::Unlock;

use clap::{Parser, Subcommand};
use std::ffi::OsString;

/// Makes every image on this computer readable and findable.
///
/// Without a verb it opens the app. Everything stays on this machine.
#[derive(Debug, Parser)]
#[command(name = "legible", version, max_term_width = 100)]
#[command(after_help = "Exit status: 0 all went well, 1 an error or nothing found, 2 some of several things failed.\n\
    Environment: LEGIBLE_HOME (one directory for all data), LEGIBLE_MODELS_DIR (searched for models first), \
    LEGIBLE_LOG (what to log on standard error, such as info or debug), \
    LEGIBLE_PASSPHRASE_FILE (a file with the passphrase of the secrets, where nobody can type it).")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Read the text in images and print it; the library is not touched
    Read(Read),
    /// Tell what images show: their kind, codes, colours; the library is not touched
    Recognise(Recognise),
    /// Add images, or folders with all images in them, to the library
    Add(Add),
    /// Read what is on the screen
    Capture(Capture),
    /// Have images come by themselves: from watched folders, pages, feeds and servers
    #[command(subcommand)]
    Sources(Sources),
    /// Keep the library in step with a storage: S3, WebDAV, SFTP, or a folder that is in the cloud
    #[command(subcommand)]
    Cloud(Cloud),
    /// Find images in the library by their text, name, tags or notes, and by what they show
    Search(Search),
    /// Look at the queue and change it
    #[command(subcommand)]
    Jobs(Jobs),
    /// Look at schedules, make, change, run and remove them
    #[command(subcommand)]
    Schedules(Schedules),
    /// Be reminded of something, once or again and again
    #[command(subcommand)]
    Remind(Remind),
    /// Look at what runs just now, pause, resume or stop it
    #[command(subcommand)]
    Workers(Workers),
    /// Have the service run in the background of your session without the app (systemd)
    #[command(subcommand)]
    Service(ServiceVerb),
    /// Rest: running jobs go back to the queue, until `legible resume`
    Pause,
    /// Go on after `legible pause`
    Resume,
    /// Run the background service without a window, until interrupted
    Run(Run),
    /// Make the database anew from the library folder
    Rebuild(Rebuild),
    /// Look at the models and packs, install and remove them, add some of your own
    Models(Models),
    /// Type the passphrase of the secrets, where this machine has no keychain for them
    Unlock(Unlock),
    /// Check models, folders, database, tray and notifications
    Doctor(Print),
    /// Keep the text on standard input on the clipboard (started by Legible itself)
    #[command(hide = true)]
    HoldClipboard,
    /// Serve as worker process (started by Legible itself)
    #[command(hide = true)]
    VisionWorker {
        /// Limits and model directories.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
}
