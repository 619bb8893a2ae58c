//! Options of `cloud`.

use super::names::named;
use super::shared::{Numbers, One, Print};
use clap::Subcommand;
use legible_service::api::{Provider, SyncContent, SyncDirection};
use std::path::PathBuf;

/// The names of directions.
const DIRECTIONS: &[&str] = &["both", "up", "down"];

/// The names of what of the library is meant.
const CONTENTS: &[&str] = &["library", "text", "markdown"];

/// The names of providers.
const PROVIDERS: &[&str] = &["google-drive", "dropbox", "onedrive"];

/// What to do with storages.
#[derive(Debug, Subcommand)]
pub enum Cloud {
    /// List all storages, each as a sentence, with what came of the last time
    List(Print),
    /// Show one storage: what it does, what came of the last time, what is asked
    Status(One),
    /// Keep the library in step with a storage; it is tried first
    #[command(after_help = "Examples:\n  \
        legible cloud add s3://bucket/legible --endpoint https://s3.example --key-id ID --secret-from key.txt --when 'every 1h'\n  \
        legible cloud add https://cloud.example/remote.php/dav/files/me --folder Legible --user me --secret-from -\n  \
        legible cloud add sftp://me@nas/~/Legible --direction up --needs unmetered --when 'daily 02:00'\n  \
        legible cloud add /mnt/nas/Legible\n  \
        legible cloud add --dropbox --when 'every 1h'           sign in in the browser\n  \
        legible cloud add --google-drive --folder Legible --direction up\n  \
        legible cloud add --rclone mybox:Legible")]
    Add {
        /// Where: s3://BUCKET/FOLDER, https://… (WebDAV), sftp://USER@HOST:PORT/FOLDER (with /~/ from the home folder), or the path
        /// of a folder. None with --dropbox, --onedrive, --google-drive and --rclone
        #[arg(required_unless_present = "elsewhere", conflicts_with = "elsewhere")]
        place: Option<String>,
        /// Where it is, beside the place itself.
        #[command(flatten)]
        at: Box<PlaceOptions>,
        /// The rest of it.
        #[command(flatten)]
        options: Box<StorageOptions>,
        /// How it is printed.
        #[command(flatten)]
        print: Print,
    },
    /// Change how a storage is used, or the password or key that opens it; it is tried first. What is not said stays
    #[command(after_help = "Examples:\n  \
        legible cloud edit 3 --secret-from -          the password is another one by now\n  \
        legible cloud edit 3 --key-id ID --secret-from -   both halves of a key of S3 are\n  \
        legible cloud edit 3 --when 'daily 02:00' --needs unmetered\n  \
        legible cloud edit 3 --when never --on-change=false")]
    Edit {
        /// Which.
        #[command(flatten)]
        one: One,
        /// What opens it.
        #[command(flatten)]
        key: KeyOptions,
        /// The rest of it.
        #[command(flatten)]
        options: Box<StorageOptions>,
    },
    /// Bring storages in step now, whatever their conditions
    #[command(after_help = "Examples:\n  \
        legible cloud sync                           all of them\n  \
        legible cloud sync 3 --dry-run\n  \
        legible cloud sync 3 --dry-run --same-folder   what would be done if the folder is the one of before\n  \
        legible cloud sync 3 --as-new-folder --wait  the disk was replaced: begin anew with it, and delete nothing")]
    Sync {
        /// Their numbers; none for all
        #[arg(value_parser = clap::value_parser!(i64).range(1..))]
        ids: Vec<i64>,
        /// Only say what would be done
        #[arg(long, conflicts_with_all = ["yes", "wait"])]
        dry_run: bool,
        /// Agree to what these storages asked the last time. Which folder it is says --same-folder or --as-new-folder
        #[arg(long, requires = "ids")]
        yes: bool,
        /// A folder that lost its mark, or has another one, is the same: what is missing there was deleted
        #[arg(long, requires = "ids", conflicts_with = "as_new_folder")]
        same_folder: bool,
        /// Such a folder is another one: begin anew with it. Nothing is deleted, and both sides are put together
        #[arg(long, requires = "ids")]
        as_new_folder: bool,
        /// Wait until it is done
        #[arg(long)]
        wait: bool,
        /// How a plan is printed.
        #[command(flatten)]
        print: Print,
    },
    /// Stop bringing storages in step; the next time goes on where it was
    Stop(Numbers),
    /// List the files that were last moved to or from a storage
    #[command(after_help = "Example:\n  legible cloud transfers 3")]
    Transfers(One),
    /// Let storages be brought in step by themselves again
    Enable(Numbers),
    /// No longer bring storages in step by themselves
    Disable(Numbers),
    /// List images of which two versions were kept, or settle one of them
    #[command(after_help = "Examples:\n  \
        legible cloud conflicts\n  \
        legible cloud conflicts --keep 12       keep image 12; the other version goes to the trash\n  \
        legible cloud conflicts --keep-both 12  keep both: they are told apart from now on")]
    Conflicts {
        /// Keep this image; the other version goes to the trash
        #[arg(long, value_name = "IMAGE", conflicts_with = "keep_both")]
        keep: Option<i64>,
        /// Keep this image and the other version
        #[arg(long, value_name = "IMAGE")]
        keep_both: Option<i64>,
        /// How they are printed.
        #[command(flatten)]
        print: Print,
    },
    /// Leave storages alone from now on; nothing is deleted on either side. Who is signed in is signed out
    Remove(Numbers),
    /// Sign in again at the provider of a storage, and bring it in step
    SignIn {
        /// Which.
        #[command(flatten)]
        one: One,
        /// How to sign in.
        #[command(flatten)]
        browser: Browser,
    },
    /// Show how providers know this program, or set the client id of your own registration there
    #[command(after_help = "Examples:\n  \
        legible cloud client\n  \
        legible cloud client dropbox --id abc123\n  \
        legible cloud client google-drive --id 42-abc.apps.googleusercontent.com --secret-file secret.txt\n  \
        legible cloud client dropbox --id ''          leave it to the build again")]
    Client {
        /// google-drive, dropbox or onedrive; none for all
        #[arg(value_parser = named::<Provider>(PROVIDERS), requires = "id")]
        provider: Option<Provider>,
        /// The client id, which Dropbox calls app key
        #[arg(long, requires = "provider")]
        id: Option<String>,
        /// The file whose first line is the client secret that Google shows beside it; - for standard input
        #[arg(long, value_name = "FILE", requires = "id")]
        secret_file: Option<PathBuf>,
        /// How it is printed.
        #[command(flatten)]
        print: Print,
    },
}

/// How a person signs in.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct Browser {
    /// Print the address to sign in at, and open no browser
    #[arg(long)]
    pub no_browser: bool,
}

/// What can be said of a storage beside where it is.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct StorageOptions {
    /// What to call it
    #[arg(long)]
    pub name: Option<String>,
    /// Which side may change: both; up for a backup; down to fetch what is new
    #[arg(long, value_parser = named::<SyncDirection>(DIRECTIONS))]
    pub direction: Option<SyncDirection>,
    /// What of it: library; text for what is known of the images without these; markdown for their text, for other programs. The last two
    /// only go up
    #[arg(long, value_parser = named::<SyncContent>(CONTENTS))]
    pub content: Option<SyncContent>,
    /// When it is brought in step by itself, as in `schedules add`, or never
    #[arg(long, value_name = "WHEN")]
    pub when: Option<String>,
    /// Bring it in step soon after each change on this machine; without this and --when it is done only by `sync`
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub on_change: Option<bool>,
    /// The time zone whose clock counts, such as Europe/Berlin
    #[arg(long)]
    pub zone: Option<String>,
    /// What it needs; may be repeated: ac, battery, disk, idle:MINUTES, network, unmetered, hours:22:00-06:00, none
    #[arg(long, value_name = "NEED")]
    pub needs: Vec<String>,
    /// The most that is moved, in kilobytes a second; 0 for no limit
    #[arg(long, value_name = "KB/S")]
    pub limit: Option<u32>,
}

/// What can be said of what opens a storage, wherever it is.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct KeyOptions {
    /// The file whose first line is the password or secret key; - for standard input
    #[arg(long, value_name = "FILE")]
    pub secret_from: Option<PathBuf>,
    /// Of S3: the public half of the key
    #[arg(long)]
    pub key_id: Option<String>,
    /// Of a WebDAV server and of SFTP: who signs in
    #[arg(long)]
    pub user: Option<String>,
    /// Of SFTP: the file with the private key
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}

/// What can be said of where a folder on a storage is.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct PlaceOptions {
    /// The file whose first line is the password or secret key; - for standard input. It goes to the system's keychain
    #[arg(long, value_name = "FILE")]
    pub secret_from: Option<PathBuf>,
    /// A folder of Dropbox: you sign in in the browser
    #[arg(long, group = "elsewhere")]
    pub dropbox: bool,
    /// A folder of OneDrive: you sign in in the browser
    #[arg(long, group = "elsewhere")]
    pub onedrive: bool,
    /// A folder of Google Drive: you sign in in the browser
    #[arg(long, group = "elsewhere")]
    pub google_drive: bool,
    /// A remote of your own rclone
    #[arg(long, value_name = "REMOTE[:FOLDER]", group = "elsewhere")]
    pub rclone: Option<String>,
    /// How to sign in.
    #[command(flatten)]
    pub browser: Browser,
    /// Of rclone: its configuration
    #[arg(long, value_name = "FILE", requires = "rclone")]
    pub rclone_config: Option<PathBuf>,
    /// Of rclone: the program
    #[arg(long, value_name = "FILE", requires = "rclone")]
    pub rclone_program: Option<PathBuf>,
    /// Of rclone: the address of one that runs already on this machine (rclone rcd --rc-serve)
    #[arg(long, value_name = "URL", requires = "rclone", conflicts_with_all = ["rclone_config", "rclone_program"])]
    pub rclone_url: Option<String>,
    /// Of rclone: who signs in to the one that runs
    #[arg(long, value_name = "USER", requires = "rclone_url")]
    pub rclone_user: Option<String>,
    /// Of a WebDAV server, Dropbox, OneDrive or Google Drive: the folder
    #[arg(long)]
    pub folder: Option<String>,
    /// Of a WebDAV server: who signs in
    #[arg(long)]
    pub user: Option<String>,
    /// Of S3: the address of the server
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// Of S3: the region
    #[arg(long)]
    pub region: Option<String>,
    /// Of S3: the public half of the key
    #[arg(long)]
    pub key_id: Option<String>,
    /// Of S3: the bucket is part of the host's name
    #[arg(long)]
    pub virtual_host: bool,
    /// Of SFTP: the file with the private key
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Of SFTP: trust a server that was never seen
    #[arg(long)]
    pub trust_first: bool,
}
