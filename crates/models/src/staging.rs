//! A file that is still being written: hashed as it grows, bounded in size, and put in place with one rename once its
//! hash is right.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use sha2::{Digest, Sha256};

use crate::error::{Error, Failure, Result};
use crate::install::check_cancelled;
use crate::limits::CHUNK_BYTES;
use crate::manifest::Model;

/// An unfinished copy of one model's file.
#[derive(Debug)]
pub(crate) struct Staging {
    path: PathBuf,
    file: File,
    hash: Sha256,
    len: u64,
    limit: u64,
}

impl Staging {
    /// Opens the unfinished file at `path`, keeping what is there already. `limit` is the exact size of the whole.
    pub(crate) fn open(path: &Path, limit: u64) -> Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)
            .map_err(Error::io("create", path))?;
        let mut staging = Self { path: path.to_path_buf(), file, hash: Sha256::new(), len: 0, limit };
        let existing = staging.file.metadata().map_err(Error::io("read", path))?.len();
        if existing > limit {
            staging.restart()?;
        } else {
            staging.len = hash_into(&mut staging.file, &mut staging.hash).map_err(Error::io("read", path))?;
        }
        Ok(staging)
    }

    /// Bytes written so far.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// The exact size of the whole.
    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// Whether nothing is missing.
    pub(crate) fn is_complete(&self) -> bool {
        self.len == self.limit
    }

    /// Throws away what was written so far.
    pub(crate) fn restart(&mut self) -> Result<()> {
        self.file.set_len(0).and_then(|()| self.file.rewind()).map_err(Error::io("truncate", &self.path))?;
        self.hash = Sha256::new();
        self.len = 0;
        Ok(())
    }

    /// Appends bytes from a source. More than the expected size is the source's fault.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if self.len + bytes.len() as u64 > self.limit {
            return Err(Failure::Source(format!("it sends more than the expected {} bytes", self.limit)));
        }
        self.file.write_all(bytes).map_err(Error::io("write", &self.path))?;
        self.hash.update(bytes);
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Checks size and hash, makes the bytes durable and renames the file to `target`.
    /// On a mismatch the unfinished file is removed, so that nobody resumes from it.
    pub(crate) fn finish(self, model: &Model, target: &Path) -> Result<(), Failure> {
        if !self.is_complete() {
            let _ = fs::remove_file(&self.path);
            return Err(Failure::Source(format!("it has {} bytes, expected {}", self.len, self.limit)));
        }
        let sha256 = hex(&self.hash.finalize());
        if sha256 != model.sha256 {
            let _ = fs::remove_file(&self.path);
            return Err(Failure::Source(format!("its SHA-256 is {sha256}, expected {}", model.sha256)));
        }
        self.file.sync_all().map_err(Error::io("write", &self.path))?;
        drop(self.file);
        fs::rename(&self.path, target).map_err(Error::io("create", target))?;
        // Makes the rename itself durable where directories can be synced (not on Windows).
        if let Some(dir) = target.parent().and_then(|dir| File::open(dir).ok()) {
            let _ = dir.sync_all();
        }
        Ok(())
    }
}

/// Copies a file of at most `most` bytes to a new file and makes it durable; returns its size and SHA-256 in lowercase
/// hexadecimal.
///
/// # Errors
/// [`Error::Own`] when there are more bytes, [`Error::Cancelled`], [`Error::Io`] when the disk says no.
pub(crate) fn copy_hashed(from: &Path, to: &Path, most: u64, cancel: &AtomicBool) -> Result<(u64, String)> {
    let mut reader = open_file(from).map_err(Error::io("read", from))?.take(most + 1);
    let mut file = File::create_new(to).map_err(Error::io("create", to))?;
    let (mut hash, mut len) = (Sha256::new(), 0);
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        check_cancelled(cancel)?;
        let n = reader.read(&mut buffer).map_err(Error::io("read", from))?;
        if n == 0 {
            break;
        }
        file.write_all(&buffer[..n]).map_err(Error::io("write", to))?;
        hash.update(&buffer[..n]);
        len += n as u64;
    }
    if len > most {
        let problem = format!("it has more than {} MB, which is the most", most >> 20);
        return Err(Error::Own { path: from.to_path_buf(), problem });
    }
    file.sync_all().map_err(Error::io("write", to))?;
    Ok((len, hex(&hash.finalize())))
}

/// Opens a file for reading, if it is one: a pipe would keep the caller waiting for whoever writes into it, a device may never end.
///
/// # Errors
/// When it is none, or cannot be opened.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    let meta = fs::metadata(path)?;
    if meta.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !meta.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a pipe, a socket or a device, and no file"));
    }
    File::open(path)
}

/// SHA-256 of a file, lowercase hexadecimal. Takes a while for large ones.
///
/// # Errors
/// When the file is none, or cannot be read.
pub fn sha256_of(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    hash_into(&mut open_file(path)?, &mut hash)?;
    Ok(hex(&hash.finalize()))
}

/// SHA-256 of bytes, lowercase hexadecimal.
/// The SHA-256 of these bytes, in lowercase hexadecimal.
pub fn sha256_of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hash_into(file: &mut File, hash: &mut Sha256) -> io::Result<u64> {
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut len = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(len),
            n => {
                hash.update(&buffer[..n]);
                len += n as u64;
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
