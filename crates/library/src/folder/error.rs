//! What can go wrong with the library folder, each with what to do.

use crate::sidecar::SIDECAR_VERSION;
use std::io;
use std::path::{Path, PathBuf};

/// An error of the library folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is a file where the folder, or a folder above it, should be.
    #[error("{} is a file, not a folder; move it away or choose another library folder", path.display())]
    NotAFolder {
        /// The file.
        path: PathBuf,
    },
    /// The folder has nothing in it, and there were images: as the place where a disk is not mounted.
    #[error("{} has nothing in it any more; connect its disk or put the images back, or choose another library folder", path.display())]
    Emptied {
        /// The library folder.
        path: PathBuf,
    },
    /// The folder is not there.
    #[error("{} is not there; connect its disk or put the folder back, or choose another library folder", path.display())]
    Missing {
        /// The library folder.
        path: PathBuf,
    },
    /// The system forbids writing.
    #[error("{} cannot be written to ({cause}); allow writing there or choose another library folder", path.display())]
    NotWritable {
        /// What was to be written.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// There is no space, or a quota or size limit is reached.
    #[error("there is no space left for {} ({cause}); free some space on that disk and try again", path.display())]
    DiskFull {
        /// What was to be written.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Another file has the name.
    #[error("{} is in the way; move or rename that file and try again", path.display())]
    NameTaken {
        /// The other file.
        path: PathBuf,
    },
    /// There is no file: only the text of the image was kept.
    #[error("only the text of this image was kept, not its picture")]
    NotKept,
    /// The path of a managed image is not inside the folder.
    #[error("{} leads out of the library folder; run `legible rebuild` to make the database anew", path.display())]
    Outside {
        /// The path.
        path: PathBuf,
    },
    /// A sidecar cannot be understood.
    #[error("{} is not a readable sidecar ({detail}); repair it, or delete it and the image is read anew", path.display())]
    BrokenSidecar {
        /// The sidecar.
        path: PathBuf,
        /// What the decoder said.
        detail: String,
    },
    /// A sidecar was written by a newer program.
    #[error(
        "{} has version {version} and this program knows versions up to {SIDECAR_VERSION}; update Legible to use it",
        path.display()
    )]
    NewerSidecar {
        /// The sidecar.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// A sidecar is larger than the limit.
    #[error("{} has {bytes} bytes or more, too many for a sidecar; delete it and the image is read anew", path.display())]
    LargeSidecar {
        /// The sidecar.
        path: PathBuf,
        /// Bytes seen.
        bytes: u64,
    },
    /// A sidecar's image is gone.
    #[error("{} describes an image that is not there; put the image back beside it, or delete it", path.display())]
    ImageMissing {
        /// The sidecar.
        path: PathBuf,
    },
    /// Anything else that the system refuses.
    #[error("{} cannot be used: {cause}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

/// Makes an error of the system one of the folder.
pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> FolderError {
    let path = path.to_path_buf();
    move |cause| {
        let path = path.clone();
        match cause.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                FolderError::NotWritable { path, cause }
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                FolderError::DiskFull { path, cause }
            }
            io::ErrorKind::NotADirectory => FolderError::NotAFolder { path },
            io::ErrorKind::AlreadyExists => FolderError::NameTaken { path },
            _ => FolderError::Io { path, cause },
        }
    }
}
