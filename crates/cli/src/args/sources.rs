//! Options of `sources`.

use super::Print;
use super::cloud::{Browser, PlaceOptions};
use super::names::{KEEPS, LAYOUTS, WRITES, named};
use super::shared::{Numbers, One};
use clap::Subcommand;
use legible_service::api::{KeepWhat, TextLayout, WriteText};
use std::path::PathBuf;

/// What to do with sources.
#[derive(Debug, Subcommand)]
pub enum Sources {
    /// List all sources: when each last looked, what it found, what failed
    List(Print),
    /// Show one source and its last looks
    Show(One),
    /// Make a source
    Add {
        /// Only tell what it would find; make nothing
        #[arg(long = "try", global = true)]
        only_try: bool,
        /// What it is and where it looks
        #[command(subcommand)]
        what: What,
    },
    /// Change a source; what is not named stays
    Edit {
        /// The source's number
        #[arg(value_parser = clap::value_parser!(i64).range(1..))]
        id: i64,
        /// The file whose first line is the password or secret key of its storage; - for standard input
        #[arg(long, value_name = "FILE")]
        secret_from: Option<PathBuf>,
        /// How to sign in, where more is to be granted than was.
        #[command(flatten)]
        browser: Browser,
        /// The rest of it
        #[command(flatten)]
        options: Box<SourceOptions>,
    },
    /// Tell what sources would find now; nothing is taken in
    Test(Numbers),
    /// Have sources look now, whatever their conditions
    Run {
        /// Their numbers
        #[arg(required = true, value_parser = clap::value_parser!(i64).range(1..))]
        ids: Vec<i64>,
        /// Stay until they have looked; runs the service in this process if no other does
        #[arg(long)]
        wait: bool,
    },
    /// Switch sources on
    On(Numbers),
    /// Switch sources off
    Off(Numbers),
    /// Remove sources; their images stay. Who is signed in for them is signed out
    Remove(Numbers),
    /// Sign in again at the provider of a source, and have it look
    SignIn {
        /// Which.
        #[command(flatten)]
        one: One,
        /// How to sign in.
        #[command(flatten)]
        browser: Browser,
    },
}

/// What a new source is and where it looks.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Watch a folder for new images
    Folder {
        /// The folder
        path: PathBuf,
        /// The rest of it
        #[command(flatten)]
        options: Box<SourceOptions>,
    },
    /// Fetch the images at these addresses
    Urls {
        /// Their addresses
        #[arg(required = true, value_name = "URL")]
        urls: Vec<String>,
        /// The rest of it
        #[command(flatten)]
        options: Box<SourceOptions>,
    },
    /// Fetch the images of a web page
    Page {
        /// Its address
        url: String,
        /// How many links away pages of the same host are looked at too
        #[arg(long, default_value_t = 0)]
        depth: u32,
        /// The rest of it
        #[command(flatten)]
        options: Box<SourceOptions>,
    },
    /// Fetch the images of a feed: RSS, Atom or JSON Feed
    Feed {
        /// Its address
        url: String,
        /// The rest of it
        #[command(flatten)]
        options: Box<SourceOptions>,
    },
    /// Fetch the new pictures of a folder on a storage, such as the uploads of a camera
    #[command(after_help = "Examples:\n  \
        legible sources add cloud https://cloud.example/remote.php/dav/files/me --folder Photos --user me --secret-from -\n  \
        legible sources add cloud s3://bucket/camera --endpoint https://s3.example --key-id ID --secret-from key.txt \
        --write-text plain\n  \
        legible sources add cloud '/home/me/Dropbox/Camera Uploads' --when 'every 10min'\n  \
        legible sources add cloud --dropbox --folder 'Camera Uploads'      sign in in the browser\n  \
        legible sources add cloud --onedrive --folder 'Pictures/Camera Roll' --write-text plain\n  \
        legible sources add cloud --rclone 'mybox:Camera Uploads'")]
    Cloud {
        /// Where: s3://BUCKET/FOLDER, https://… (WebDAV), sftp://USER@HOST:PORT/FOLDER (with /~/ from the home folder), or the path
        /// of a folder. None with --dropbox, --onedrive, --google-drive and --rclone
        #[arg(required_unless_present = "elsewhere", conflicts_with = "elsewhere")]
        place: Option<String>,
        /// Where it is, beside the place itself
        #[command(flatten)]
        at: Box<PlaceOptions>,
        /// The rest of it
        #[command(flatten)]
        options: Box<SourceOptions>,
    },
    /// Fetch the images whose addresses a server tells in JSON
    Api {
        /// The address to ask
        url: String,
        /// Where in the answer the addresses are, as a JSONPath (RFC 9535) such as '$.photos[*].url'
        json_path: String,
        /// The rest of it
        #[command(flatten)]
        options: Box<SourceOptions>,
    },
}

/// What can be said of a source beside what it is.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct SourceOptions {
    /// What to call it
    #[arg(long)]
    pub name: Option<String>,
    /// When it looks by the clock, such as "every 1h" or "daily 02:30"; never: only when something changes or you ask
    #[arg(long, value_name = "WHEN")]
    pub when: Option<String>,
    /// The time zone whose clock counts, such as Europe/Berlin
    #[arg(long)]
    pub zone: Option<String>,
    /// What looking and reading need; may be repeated: ac, battery, disk, idle:MINUTES, network, unmetered, metered,
    /// hours:22:00-06:00, none
    #[arg(long, value_name = "NEED")]
    pub needs: Vec<String>,
    /// What is taken: globs such as '*.png' or 'scans/**'; may be repeated (folders and storages)
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// What is left out; may be repeated (folders and storages)
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Leave the folders in it out (folders only)
    #[arg(long)]
    pub flat: bool,
    /// How long a file must have been left alone, in milliseconds (folders only)
    #[arg(long, value_name = "MILLISECONDS")]
    pub quiet: Option<u32>,
    /// The largest file that is fetched, in megabytes; 0 for any (storages only)
    #[arg(long, value_name = "MB")]
    pub most_megabytes: Option<u32>,
    /// Write the text of each picture beside it: off; plain as NAME.EXT.txt; markdown as NAME.EXT.md (storages only)
    #[arg(long, value_parser = named::<WriteText>(WRITES))]
    pub write_text: Option<WriteText>,
    /// What is kept: a copy in the library, the file in its place, or the text alone
    #[arg(long, value_parser = named::<KeepWhat>(KEEPS))]
    pub keep: Option<KeepWhat>,
    /// Where files go once they are read (folders only)
    #[arg(long, value_name = "FOLDER")]
    pub move_to: Option<PathBuf>,
    /// A tag for all of its images; may be repeated
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// The engine that reads them
    #[arg(long, value_parser = ["ppocr", "ocrs"])]
    pub engine: Option<String>,
    /// A language that their text is probably in, such as de or en-US; may be repeated; any: nothing is known
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Vec<String>,
    /// How the lines of their text are put together
    #[arg(long, value_parser = named::<TextLayout>(LAYOUTS))]
    pub layout: Option<TextLayout>,
    /// What its images are called, such as '{date} {name}'; there are {name}, {date}, {time}, {source}, and n in braces for
    /// their number
    #[arg(long, value_name = "TEMPLATE")]
    pub rename: Option<String>,
    /// Tell when new ones were read
    #[arg(long, overrides_with = "quietly")]
    pub notify: bool,
    /// Do not tell when new ones were read
    #[arg(long)]
    pub quietly: bool,
    /// File by what it says, such as 'invoice => invoice, remind:3'; may be repeated
    #[arg(long, value_name = "SEARCH => TAGS")]
    pub rule: Vec<String>,
    /// A header of all requests, such as 'Accept-Language: de'; may be repeated (servers only)
    #[arg(long, value_name = "NAME: VALUE")]
    pub header: Vec<String>,
    /// A header whose value is secret: it is read from standard input, a line each, and kept in the keychain (servers only)
    #[arg(long, value_name = "NAME")]
    pub secret_header: Vec<String>,
    /// The shortest side that an image must have, in pixels (servers only)
    #[arg(long, value_name = "PIXELS")]
    pub min_side: Option<u32>,
    /// The most images that one look takes (servers only)
    #[arg(long, value_name = "IMAGES")]
    pub most: Option<u32>,
    /// How it is printed.
    #[command(flatten)]
    pub print: Print,
}
