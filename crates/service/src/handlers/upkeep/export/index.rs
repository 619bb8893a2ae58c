//! What an export wrote: a file beside the texts, one line of JSON for each write, the last one for an image holding.
//!
//! A line is added before its file is written, so that after a kill every file of this export is known. The lines are
//! brought together at the end of a run.

use crate::api::{ErrorCode, WireError};
use crate::error::{Error, Result};
use legible_library::ContentHash;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The file's name.
pub const NAME: &str = ".legible-export.jsonl";

/// How the names of unfinished files begin.
pub const LEFTOVER_PREFIX: &str = ".legible-export-";

/// The first line.
#[derive(Serialize, Deserialize)]
struct Header {
    /// The library whose texts these are.
    library: String,
}

/// Any further line.
#[derive(Serialize, Deserialize)]
struct Line {
    image: ContentHash,
    /// The file of the image's text; `None` once it is deleted.
    file: Option<String>,
    /// What was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content: Option<ContentHash>,
}

/// What is known of one image.
struct Entry {
    file: String,
    /// What may be in the file: the last of these was to be written, the ones before were there by then.
    contents: Vec<ContentHash>,
}

/// The index of an export.
pub struct Index {
    folder: PathBuf,
    library: String,
    entries: BTreeMap<ContentHash, Entry>,
    /// Which image a name belongs to. Without case, as some systems see names.
    names: HashMap<String, ContentHash>,
    appended: Option<File>,
}

impl Index {
    /// Reads the index of a folder. Lines that cannot be understood are passed over: files only they know of then stay.
    ///
    /// # Errors
    /// When it cannot be read, or is that of another library.
    pub fn open(folder: &Path, library: &str) -> Result<Self> {
        let mut index = Index {
            folder: folder.to_owned(),
            library: library.to_owned(),
            entries: BTreeMap::new(),
            names: HashMap::new(),
            appended: None,
        };
        let file = match File::open(index.path()) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(index),
            Err(error) => return Err(index.failed(error)),
        };
        for line in BufReader::new(file).split(b'\n') {
            let line = line.map_err(|error| index.failed(error))?;
            if let Ok(Header { library }) = serde_json::from_slice(&line) {
                if library != index.library {
                    return Err(another_library(folder, &library));
                }
            } else if let Ok(line) = serde_json::from_slice(&line) {
                index.take(line);
            }
        }
        Ok(index)
    }

    /// The file of an image's text.
    pub fn file_of(&self, image: &ContentHash) -> Option<&str> {
        self.entries.get(image).map(|entry| entry.file.as_str())
    }

    /// Whether a name belongs to the text of another image.
    pub fn is_of_another(&self, name: &str, image: &ContentHash) -> bool {
        self.names.get(&name.to_lowercase()).is_some_and(|other| other != image)
    }

    /// All images with their files.
    pub fn files(&self) -> Vec<(ContentHash, String)> {
        self.entries.iter().map(|(image, entry)| (image.clone(), entry.file.clone())).collect()
    }

    /// Notes what is to be written for an image.
    ///
    /// # Errors
    /// When the index cannot be written.
    pub fn record(&mut self, image: &ContentHash, file: &str, content: &ContentHash) -> Result<()> {
        let known = self.entries.get(image);
        if known.is_some_and(|entry| entry.file == file && entry.contents.last() == Some(content)) {
            return Ok(());
        }
        let (file, content) = (Some(file.to_owned()), Some(content.clone()));
        self.append(Line { image: image.clone(), file, content })
    }

    /// Deletes the file of an image's text, if it is still as this export wrote it, and forgets it. Returns whether it was
    /// deleted.
    ///
    /// # Errors
    /// When the file cannot be deleted, or the index cannot be written.
    pub fn remove_file(&mut self, image: &ContentHash, name: &str) -> Result<bool> {
        let path = self.folder.join(name);
        let known = self.entries.get(image).map(|entry| entry.contents.as_slice()).unwrap_or_default();
        let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
        let content = || File::open(&path).and_then(ContentHash::of_reader);
        let ours = is_file && content().is_ok_and(|content| known.contains(&content));
        if ours {
            std::fs::remove_file(&path).map_err(|error| super::cannot_write(&self.folder, path, error))?;
        }
        self.append(Line { image: image.clone(), file: None, content: None })?;
        Ok(ours)
    }

    /// Writes the index anew with one line an image.
    ///
    /// # Errors
    /// When it cannot be written; the one before then stays.
    pub fn compact(&mut self) -> Result<()> {
        self.entries.values_mut().for_each(|entry| drop(entry.contents.drain(..entry.contents.len() - 1)));
        let written = self.write_anew();
        self.appended = None;
        written.map_err(|error| self.failed(error))
    }

    /// Writes the index with a line for each content that may be in a file.
    fn write_anew(&self) -> std::io::Result<()> {
        let mut file = BufWriter::new(readable(LEFTOVER_PREFIX).tempfile_in(&self.folder)?);
        write_line(&mut file, &Header { library: self.library.clone() })?;
        for (image, entry) in &self.entries {
            for content in &entry.contents {
                let (file_name, content) = (Some(entry.file.clone()), Some(content.clone()));
                write_line(&mut file, &Line { image: image.clone(), file: file_name, content })?;
            }
        }
        let file = file.into_inner().map_err(|error| error.into_error())?;
        file.as_file().sync_all()?;
        file.persist(self.path()).map(drop).map_err(|error| error.error)
    }

    /// Adds a line to the file and takes it in.
    fn append(&mut self, line: Line) -> Result<()> {
        let appended = self.open_to_append().and_then(|file| write_line(file, &line));
        appended.map_err(|error| self.failed(error))?;
        self.take(line);
        Ok(())
    }

    fn open_to_append(&mut self) -> std::io::Result<&mut File> {
        match self.appended {
            Some(ref mut file) => Ok(file),
            None => {
                // A line that a kill cut off must not swallow the next one.
                self.write_anew()?;
                let file = OpenOptions::new().append(true).open(self.path())?;
                Ok(self.appended.insert(file))
            }
        }
    }

    fn take(&mut self, line: Line) {
        let before = self.entries.remove(&line.image);
        if let Some(before) = &before {
            self.names.remove(&before.file.to_lowercase());
        }
        let (Some(file), Some(content)) = (line.file, line.content) else { return };
        // A name that leads elsewhere is not ours.
        if Path::new(&file).file_name().is_none_or(|name| name != file.as_str()) {
            return;
        }
        let mut contents = before.filter(|before| before.file == file).map_or_else(Vec::new, |before| before.contents);
        contents.push(content);
        self.names.insert(file.to_lowercase(), line.image.clone());
        self.entries.insert(line.image, Entry { file, contents });
    }

    fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    fn failed(&self, error: std::io::Error) -> Error {
        super::cannot_write(&self.folder, self.path(), error)
    }
}

/// Deletes unfinished files that a killed run left behind: only one export runs at a time.
pub fn sweep(folder: &Path) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let unfinished =
        entries.filter(|entry| entry.file_name().as_encoded_bytes().starts_with(LEFTOVER_PREFIX.as_bytes()));
    unfinished.for_each(|entry| drop(std::fs::remove_file(entry.path())));
}

/// A temporary file that becomes one that the user's other programs may read, within the umask.
pub fn readable(prefix: &str) -> tempfile::Builder<'_, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

fn write_line(to: &mut impl Write, line: &impl Serialize) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    to.write_all(&text)
}

fn another_library(folder: &Path, library: &str) -> Error {
    let message = format!("{} holds the texts of another library, {library}.", folder.display());
    let hint = format!("Choose another folder in the schedule. If that library is gone, delete {NAME} there.");
    WireError::new(ErrorCode::BadRequest, message).hint(hint).into()
}
