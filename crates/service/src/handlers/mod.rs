//! The job kinds, one file each, and the lanes they run in.

mod after_look;
pub mod file_away;
pub mod forget_seen;
pub mod import;
pub mod look;
mod move_away;
pub mod push;
mod read;
pub mod rebuild;
pub mod recognise;
mod remind;
pub mod sync;
mod thumbnail;
pub mod upkeep;
mod write_texts;

use crate::handler::Handler;

/// Walks what was offered and takes its images in.
pub const IMPORT: &str = "import";
/// Takes in one file that failed when its folder was walked.
pub const ADD_FILE: &str = "add-file";
/// Reads the text of an item.
pub const READ: &str = "read";
/// Files an item as the source says that it came from.
pub const FILE_AWAY: &str = "file-away";
/// Moves the files of an item that was read.
pub const MOVE_AWAY: &str = "move-away";
/// Looks whether a watched folder has new images.
pub const LOOK: &str = "look";
/// Looks whether servers have new images.
pub const FETCH: &str = "fetch";
/// Writes texts beside their pictures on a storage.
pub const WRITE_TEXTS: &str = "write-texts";
/// Makes the thumbnail of an item.
pub const THUMBNAIL: &str = "thumbnail";
/// Recognises what an item shows.
pub const RECOGNISE: &str = "recognise";
/// Forgets what models saw.
pub const FORGET_SEEN: &str = "forget-seen";
/// Tells a person something at its time.
pub const REMIND: &str = "remind";
/// Makes the database anew from the library folder.
pub const REBUILD: &str = "rebuild";
/// Sends one notification to another device.
pub const PUSH: &str = "push";
/// Brings the library folder in step with a storage.
pub const SYNC: &str = "sync";

/// Reads what has no reading yet.
pub const READ_NEW: &str = "read-new";
/// Finds what one can act on in texts that were read before.
pub const FIND_FACTS: &str = "find-facts";
/// Reads again what an older model read.
pub const READ_NEWER: &str = "read-newer-model";
/// Recognises what this version of the program has not.
pub const RECOGNISE_NEW: &str = "recognise-new";
/// Finds images that look alike.
pub const FIND_DUPLICATES: &str = "find-duplicates";
/// Empties the trash of what lies there long, and clears away what belongs to nothing.
pub const TIDY: &str = "tidy";
/// Compares the models with their pinned hashes.
pub const CHECK_MODELS: &str = "check-models";
/// Compares the originals with the hashes of what came in.
pub const CHECK_LIBRARY: &str = "check-library";
/// Writes the texts of all items as Markdown files.
pub const EXPORT: &str = "export";

/// Works until it is told to stop.
#[cfg(test)]
pub const ENDLESS: &str = "endless";

/// The kinds that look for the images of a group, and are none of its images themselves.
pub const GATHERING: &[&str] = &[IMPORT, REBUILD, READ_NEW, READ_NEWER, RECOGNISE_NEW, LOOK, FETCH];

/// The handler of a job kind.
pub fn handler(kind: &str) -> Option<&'static dyn Handler> {
    match kind {
        IMPORT => Some(&import::Import),
        ADD_FILE => Some(&import::AddFile),
        READ => Some(&read::Read),
        FILE_AWAY => Some(&file_away::FileAway),
        MOVE_AWAY => Some(&move_away::MoveAway),
        LOOK | FETCH => Some(&look::LookAtSource),
        THUMBNAIL => Some(&thumbnail::Thumbnail),
        RECOGNISE => Some(&recognise::Recognise),
        REBUILD => Some(&rebuild::Rebuild),
        FORGET_SEEN => Some(&forget_seen::ForgetSeen),
        REMIND => Some(&remind::Remind),
        READ_NEW => Some(&upkeep::ReadNew),
        READ_NEWER => Some(&upkeep::ReadNewer),
        RECOGNISE_NEW => Some(&upkeep::RecogniseNew),
        FIND_DUPLICATES => Some(&upkeep::FindDuplicates),
        FIND_FACTS => Some(&upkeep::FindFacts),
        TIDY => Some(&upkeep::Tidy),
        CHECK_MODELS => Some(&upkeep::CheckModels),
        CHECK_LIBRARY => Some(&upkeep::CheckLibrary),
        EXPORT => Some(&upkeep::Export),
        PUSH => Some(&push::Push),
        SYNC => Some(&sync::Sync),
        WRITE_TEXTS => Some(&write_texts::WriteTexts),
        #[cfg(test)]
        ENDLESS => Some(&crate::testing::Endless),
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
    /// Recognising what images show, one at a time: reading has the cores.
    Recognising,
    /// Telling a person what is due: nothing else holds it up, not even a pause.
    Reminding,
    /// What schedules do: one at a time, and nothing that a person waits for.
    Upkeep,
    /// Short transfers over the network.
    Net,
    /// Looking at watched folders.
    Looking,
    /// Looking at servers, which may take long to answer, and writing there.
    Fetching,
    /// Bringing storages in step, one at a time: two would plan with what the other is changing.
    Syncing,
    /// Filing what was read.
    Filing,
}

impl Lane {
    /// All lanes.
    pub const ALL: [Lane; 11] = [
        Lane::Intake,
        Lane::Pictures,
        Lane::Reading,
        Lane::Recognising,
        Lane::Reminding,
        Lane::Upkeep,
        Lane::Net,
        Lane::Looking,
        Lane::Fetching,
        Lane::Syncing,
        Lane::Filing,
    ];

    /// How many jobs may run in it at once.
    pub fn width(self, workers: usize) -> usize {
        match self {
            Lane::Intake | Lane::Recognising | Lane::Reminding | Lane::Upkeep | Lane::Syncing | Lane::Filing => 1,
            Lane::Pictures => workers.div_ceil(2),
            Lane::Reading => workers,
            Lane::Net => 2,
            Lane::Looking => 3,
            // They wait for servers more than they work, and a slow one is not to keep others from being asked.
            Lane::Fetching => 8,
        }
    }

    /// Whether it goes on while all work is paused.
    pub fn ignores_pause(self) -> bool {
        self == Lane::Reminding
    }

    /// The kinds that run in it. Reading waits while its models are missing.
    pub fn kinds(self, can_read: bool) -> Vec<String> {
        let kinds: &[&str] = match self {
            Lane::Intake => &[IMPORT, ADD_FILE, REBUILD, FORGET_SEEN],
            Lane::Pictures => &[THUMBNAIL],
            Lane::Reading if can_read => &[READ],
            Lane::Reading => &[],
            Lane::Recognising => &[RECOGNISE],
            Lane::Reminding => &[REMIND],
            Lane::Upkeep => upkeep::KINDS,
            Lane::Net => &[PUSH],
            Lane::Looking => &[LOOK],
            Lane::Fetching => &[FETCH, WRITE_TEXTS],
            Lane::Syncing => &[SYNC],
            Lane::Filing => &[FILE_AWAY, MOVE_AWAY],
        };
        kinds.iter().map(|kind| (*kind).to_owned()).collect()
    }
}
