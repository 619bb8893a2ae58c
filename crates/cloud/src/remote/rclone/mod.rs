//! A storage that the person set up in rclone (<https://rclone.org>), which knows many that Legible does not.
//!
//! The rclone is the person's own, and so is its configuration with all that it signs in with; Legible only asks it, on this machine,
//! through its remote control. What such a storage honours is not known: the state of a file is looked at before it is overwritten, and a
//! file is written beside and moved to its place.

mod fault;
mod item;
mod list;
mod place;
mod process;
mod rc;
mod settled;
mod write;

use super::http::client_of_this_machine;
use super::storage::{Secret, Today};
use super::wait::{Runtime, answered};
use super::{Capabilities, Changes, Cursor, Expect, Listing, Remote, RemoteFile, Upload, Watch, expected};
use crate::Result;
use crate::error::{Error, needs_you};
use crate::limits::{CHUNK_BYTES, MAX_FILE_BYTES, OLDEST_RCLONE};
use crate::lock::lock;
use crate::path::FilePath;
use item::{Info, Item};
use process::Process;
use rc::Rc;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

pub use place::{RclonePlace, Runs};

/// A folder of one of rclone's remotes.
pub struct Rclone {
    rc: Arc<Rc>,
    remote: String,
    /// Without `/` at its end.
    folder: String,
    /// What rclone calls the folder: the remote, a colon, the path.
    fs: String,
    info: Info,
    today: Today,
    /// Names that the storage spells otherwise than they are written here (Unicode), by how they are written here.
    spelled: Mutex<HashMap<FilePath, String>>,
    runtime: Runtime,
    /// The rclone that is our own, which ends with this.
    _process: Option<Process>,
}

/// The names of the remotes that rclone has, for who chooses one.
///
/// # Errors
/// [`Error::NeedsYou`] when there is no rclone, it is too old, or does not let us in; [`Error::Stopped`].
pub fn remotes(runs: &Runs, secret: &Secret, watch: &dyn Watch) -> Result<Vec<String>> {
    let runtime = Runtime::start()?;
    runtime.wait(watch, async {
        let (_, names, _process) = reach(runs, secret).await?;
        Ok(names)
    })
}

impl Rclone {
    /// Starts or reaches the rclone, and asks what the remote can do.
    ///
    /// # Errors
    /// [`Error::NeedsYou`] when there is no such rclone or remote, or it does not let us in; [`Error::MayPass`]; [`Error::Stopped`].
    pub fn open(place: &RclonePlace, secret: &Secret, today: Today, watch: &dyn Watch) -> Result<Self> {
        let RclonePlace { runs, remote, folder } = place;
        let folder = place::folder_of(folder)?;
        let runtime = Runtime::start()?;
        let (rc, process, info) = runtime.wait(watch, async {
            let (rc, names, process) = reach(runs, secret).await?;
            // What is no name of a remote could be read as one with options.
            if !names.contains(remote) || remote.contains([':', ',', ']']) {
                let message = format!("rclone has no remote of the name {remote}");
                return Err(needs_you(&message, "Choose another one, or set it up with `rclone config`."));
            }
            let words = json!({ "fs": { "_name": remote, "_root": folder } });
            let info = rc.ask::<Info>("operations/fsinfo", &words, "").await?;
            Ok((rc, process, info))
        })?;
        let (rc, fs, remote) = (Arc::new(rc), format!("{remote}:{folder}"), remote.clone());
        Ok(Rclone { rc, remote, folder, fs, info, today, spelled: Mutex::default(), runtime, _process: process })
    }

    /// A folder of the remote, so that nothing in its name can be an option.
    fn fs_object(&self, folder: &str) -> Value {
        json!({ "_name": self.remote, "_root": folder })
    }

    fn of_file(&self, raw: &str) -> Value {
        json!({ "fs": self.fs_object(&self.folder), "remote": raw })
    }

    /// What lies at a name.
    async fn item(&self, raw: &str, path: &str) -> Result<Option<Item>> {
        #[derive(Deserialize)]
        struct Stat {
            item: Option<Item>,
        }
        let mut words = self.of_file(raw);
        words["opt"] = self.info.told();
        words["_config"] = self.info.config();
        match self.rc.ask::<Stat>("operations/stat", &words, path).await {
            Ok(stat) => Ok(stat.item.filter(|item| !item.is_dir)),
            // The folder that it would lie in is not there.
            Err(Error::Stale(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The file that lies at a path now.
    async fn file_at(&self, path: &FilePath) -> Result<Option<RemoteFile>> {
        let raw = lock(&self.spelled).get(path).cloned();
        let item = self.item(raw.as_deref().unwrap_or(path.as_str()), path.as_str()).await?;
        Ok(item.and_then(|item| item.file(path.clone(), &self.info)))
    }

    /// Looks before and after: who reads a file through rclone cannot say which state.
    async fn read(&self, file: &RemoteFile, into: &mut dyn Write, watch: &dyn Watch) -> Result<()> {
        let (path, listed) = (file.path.as_str(), Expect::Revision(file.revision.clone()));
        expected(&file.path, &listed, self.file_at(&file.path).await?.as_ref())?;
        let raw = file.id.as_deref().unwrap_or(path);
        let (fs, raw) = self.served(raw)?;
        let mut answer = self.rc.open(&fs, &raw, path).await?;
        let broken = |error: reqwest::Error| super::fault::unanswered(&error.without_url(), path);
        while let Some(came) = answered(answer.chunk()).await?.map_err(broken)? {
            for piece in came.chunks(CHUNK_BYTES) {
                into.write_all(piece).map_err(Error::local(path))?;
                watch.moved(piece.len() as u64);
                if watch.stopped() {
                    return Err(Error::Stopped);
                }
            }
        }
        expected(&file.path, &listed, self.file_at(&file.path).await?.as_ref())
    }

    /// A name as it is asked for by an address: there rclone takes what stands before the first `]` for the folder.
    fn served(&self, raw: &str) -> Result<(String, String)> {
        let Some(at) = self.folder.find(']') else { return Ok((self.fs.clone(), raw.to_owned())) };
        let (above, from) = match self.folder[..at].rfind('/') {
            Some(0) => ("/", 1),
            Some(slash) => (&self.folder[..slash], slash + 1),
            None => ("", 0),
        };
        Ok((format!("{}:{above}", self.remote), format!("{}/{raw}", &self.folder[from..])))
    }
}

impl Remote for Rclone {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            cursor: false,
            digest: self.info.digest(),
            conditional: false,
            resumable: false,
            folds_case: self.info.folds_case(),
            trash: true,
            most_bytes: Some(MAX_FILE_BYTES),
        }
    }

    fn list(&self, watch: &dyn Watch) -> Result<Listing> {
        self.runtime.wait(watch, self.list_all())
    }

    fn changes(&self, _: &Cursor, _: &dyn Watch) -> Result<Changes> {
        Err(Error::Expired)
    }

    fn look(&self, path: &FilePath, watch: &dyn Watch) -> Result<Option<RemoteFile>> {
        self.runtime.wait(watch, self.file_at(path))
    }

    fn fetch(&self, file: &RemoteFile, into: &mut dyn Write, watch: &dyn Watch) -> Result<()> {
        self.runtime.wait(watch, self.read(file, into, watch))
    }

    fn put(&self, upload: Upload<'_>, watch: &dyn Watch) -> Result<RemoteFile> {
        self.runtime.wait(watch, self.write(upload, watch))
    }

    fn remove(&self, file: &RemoteFile, watch: &dyn Watch) -> Result<()> {
        self.runtime.wait(watch, self.put_in_trash(file))
    }
}

/// An rclone that lets us in and is new enough, and the names of its remotes.
async fn reach(runs: &Runs, secret: &Secret) -> Result<(Rc, Vec<String>, Option<Process>)> {
    #[derive(Deserialize)]
    struct Version {
        version: String,
        decomposed: Vec<u32>,
    }
    let (address, process) = runs.reach(secret).await?;
    let rc = Rc { client: client_of_this_machine()?, address };
    let Version { version, decomposed } = rc.ask("core/version", &json!({}), "").await?;
    if !is_new_enough(&decomposed) {
        let (major, minor) = OLDEST_RCLONE;
        return Err(needs_you(
            &format!("rclone {version} is too old"),
            &format!("Install rclone {major}.{minor} or newer."),
        ));
    }
    // Before anything that reads the configuration outside of a command: there rclone ends itself where it cannot read that.
    let names = names(&rc).await?;
    if !rc.serves().await? {
        return Err(needs_you("this rclone does not hand out files", "Start it with --rc-serve."));
    }
    Ok((rc, names, process))
}

fn is_new_enough(version: &[u32]) -> bool {
    let (major, minor) = OLDEST_RCLONE;
    matches!(version, [has, part, ..] if (*has, *part) >= (major, minor))
}

async fn names(rc: &Rc) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Remotes {
        remotes: Option<Vec<String>>,
    }
    let Remotes { remotes } = rc.ask("config/listremotes", &json!({}), "").await?;
    Ok(remotes.unwrap_or_default())
}
