//! Reading files that others may be writing.

use crate::Result;
use crate::digest::ContentHash;
use crate::error::Error;
use crate::limits::CHUNK_BYTES;
use crate::local::Opened;
use crate::local::hashes::Stamp;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, Write};
use std::path::Path;

/// How often a file is read that changes meanwhile.
const READS: u32 = 3;
/// A copy of a larger file is kept on the disk, in bytes.
const MAX_IN_MEMORY: u64 = 1 << 20;

/// What was read of a file.
pub(super) struct Whole {
    pub(super) hash: ContentHash,
    /// The state that it was read in.
    pub(super) stamp: Stamp,
}

/// Reads a file into `into`, emptied before, and hashes it; `None` while others change it.
pub(super) fn read<W: Write>(
    path: &Path,
    new: impl Fn() -> io::Result<W>,
    stopped: &dyn Fn() -> bool,
) -> Result<Option<(Whole, W)>> {
    let failed = || Error::local(path);
    for _ in 0..READS {
        let mut file = File::open(path).map_err(failed())?;
        let stamp = Stamp::of(&file.metadata().map_err(failed())?);
        let mut into = new().map_err(failed())?;
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; CHUNK_BYTES];
        let mut size = 0;
        loop {
            if stopped() {
                return Err(Error::Stopped);
            }
            let read = match file.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read.map_err(failed())?,
            };
            if read == 0 {
                break;
            }
            hasher.update(&buffer[..read]);
            into.write_all(&buffer[..read]).map_err(failed())?;
            size += read as u64;
        }
        // What lies at the path now is the same file in the same state.
        let is_whole = size == stamp.size && path.symlink_metadata().is_ok_and(|now| Stamp::of(&now) == stamp);
        if is_whole {
            return Ok(Some((Whole { hash: ContentHash(hasher.finalize().into()), stamp }, into)));
        }
    }
    Ok(None)
}

/// A copy of a file: a large one in a file without a name in `folder`.
pub(super) fn copy(path: &Path, folder: &Path, stopped: &dyn Fn() -> bool) -> Result<Option<Opened>> {
    let size = path.metadata().map_err(Error::local(path))?.len();
    if size <= MAX_IN_MEMORY {
        let whole = read(path, || Ok(Vec::new()), stopped)?;
        return Ok(whole.map(|(whole, bytes)| Opened {
            content: Box::new(Cursor::new(bytes)),
            size: whole.stamp.size,
            hash: whole.hash,
        }));
    }
    let Some((whole, mut file)) = read(path, || tempfile::tempfile_in(folder), stopped)? else { return Ok(None) };
    file.rewind().map_err(Error::local(path))?;
    Ok(Some(Opened { content: Box::new(file), size: whole.stamp.size, hash: whole.hash }))
}
