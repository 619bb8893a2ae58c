//! The job kinds, one file each, and the lanes they run in.

pub mod import;
pub mod push;
mod read;
mod rebuild;
mod thumbnail;

use crate::handler::Handler;

/// Walks what was offered and takes its images in.
pub const IMPORT: &str = "import";
/// Takes in one file that failed when its folder was walked.
pub const ADD_FILE: &str = "add-file";
/// Reads the text of an item.
pub const READ: &str = "read";
/// Makes the thumbnail of an item.
pub const THUMBNAIL: &str = "thumbnail";
/// Makes the database anew from the library folder.
pub const REBUILD: &str = "rebuild";
/// Sends one notification to another device.
pub const PUSH: &str = "push";

/// The handler of a job kind.
pub fn handler(kind: &str) -> Option<&'static dyn Handler> {
    match kind {
        IMPORT => Some(&import::Import),
        ADD_FILE => Some(&import::AddFile),
        READ => Some(&read::Read),
        THUMBNAIL => Some(&thumbnail::Thumbnail),
        REBUILD => Some(&rebuild::Rebuild),
        PUSH => Some(&push::Push),
        _ => None,
    }
}

/// Jobs of one lane share its places; lanes do not wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Work on files.
    Intake,
    /// Thumbnails: quick work of the vision workers that reading is not to keep waiting, nor the other way round.
    Pictures,
    /// Reading.
    Reading,
    /// Short transfers over the network.
    Net,
}

impl Lane {
    /// All lanes.
    pub const ALL: [Lane; 4] = [Lane::Intake, Lane::Pictures, Lane::Reading, Lane::Net];

    /// How many jobs may run in it at once.
    pub fn width(self, workers: usize) -> usize {
        match self {
            Lane::Intake => 1,
            Lane::Pictures => workers.div_ceil(2),
            Lane::Reading => workers,
            Lane::Net => 2,
        }
    }

    /// The kinds that run in it. Reading waits while its models are missing.
    pub fn kinds(self, can_read: bool) -> Vec<String> {
        let kinds: &[&str] = match self {
            Lane::Intake => &[IMPORT, ADD_FILE, REBUILD],
            Lane::Pictures => &[THUMBNAIL],
            Lane::Reading if can_read => &[READ],
            Lane::Reading => &[],
            Lane::Net => &[PUSH],
        };
        kinds.iter().map(|kind| (*kind).to_owned()).collect()
    }
}
