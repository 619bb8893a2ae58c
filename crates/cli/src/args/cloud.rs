//! Options of `cloud`.

use super::names::named;
use super::shared::{Numbers, One, Print};
use clap::Subcommand;
use legible_service::api::{SyncContent, SyncDirection};
use std::path::PathBuf;

/// The names of directions.
const DIRECTIONS: &[&str] = &["both", "up", "down"];

/// The names of what of the library is meant.
const CONTENTS: &[&str] = &["library", "text", "markdown"];

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
        legible cloud add /mnt/nas/Legible")]
    Add {
        /// Where: s3://BUCKET/FOLDER, https://… (WebDAV), sftp://USER@HOST:PORT/FOLDER (with /~/ from the home folder), or the path
        /// of a folder
        place: String,
        /// The rest of it
        #[command(flatten)]
        options: Box<StorageOptions>,
    },
    /// Bring storages in step now, whatever their conditions
    Sync {
        /// Their numbers; none for all
        #[arg(value_parser = clap::value_parser!(i64).range(1..))]
        ids: Vec<i64>,
        /// Only say what would be done
        #[arg(long, conflicts_with_all = ["yes", "wait"])]
        dry_run: bool,
        /// Agree to what was asked the last time
        #[arg(long)]
        yes: bool,
        /// Wait until it is done
        #[arg(long)]
        wait: bool,
        /// How a plan is printed.
        #[command(flatten)]
        print: Print,
    },
    /// Stop bringing storages in step; the next time goes on where it was
    Stop(Numbers),
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
    /// Leave storages alone from now on; nothing is deleted on either side
    Remove(Numbers),
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
    /// When it is brought in step by itself, as in `schedules add`
    #[arg(long, value_name = "WHEN")]
    pub when: Option<String>,
    /// Bring it in step soon after each change on this machine; without this and --when it is done only by `sync`
    #[arg(long)]
    pub on_change: bool,
    /// The time zone whose clock counts, such as Europe/Berlin
    #[arg(long)]
    pub zone: Option<String>,
    /// What it needs; may be repeated: ac, battery, disk, idle:MINUTES, network, unmetered, hours:22:00-06:00, none
    #[arg(long, value_name = "NEED")]
    pub needs: Vec<String>,
    /// The most that is moved, in kilobytes a second
    #[arg(long, value_name = "KB/S")]
    pub limit: Option<u32>,
    /// The file whose first line is the password or secret key; - for standard input. It goes to the system's keychain
    #[arg(long, value_name = "FILE")]
    pub secret_from: Option<PathBuf>,
    /// Of a WebDAV server: the folder
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
    /// How it is printed.
    #[command(flatten)]
    pub print: Print,
}
