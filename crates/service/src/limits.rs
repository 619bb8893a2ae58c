//! What the service allows itself, in one place.

use std::time::Duration;

/// How long a job is leased; a running one renews its lease at a third of this.
pub const LEASE: Duration = Duration::from_secs(60);

/// The longest the runner sleeps before it looks at the clock again, so that a suspended machine wakes into the right
/// state.
pub const MAX_SLEEP: Duration = Duration::from_secs(60);

/// A machine that said that it goes down, and did not within this time, stays up.
pub const GOES_DOWN_WITHIN: Duration = Duration::from_secs(60);

/// How often the folders that schedules watch are looked for: one may be on a drive that comes and goes.
pub const LOOK_FOR_FOLDERS: Duration = Duration::from_secs(60);

/// The shortest time between two looks at what the machine does not tell by itself, and only while a job needs it.
pub const MACHINE_POLL: Duration = Duration::from_secs(60);

/// How long the start of the runner waits at most to learn what the machine is like.
pub const FIRST_LOOK: Duration = Duration::from_secs(5);

/// How long a service of the system may take to answer what the machine is like.
pub const MACHINE_ANSWER: Duration = Duration::from_secs(5);

/// The longest pause before a service of the system that did not answer is asked again.
pub const MACHINE_PATIENCE: Duration = Duration::from_secs(60 * 60);

/// How long a person must have touched nothing to count as away.
pub const AWAY_AFTER: Duration = Duration::from_secs(60);

/// How long a follower waits before it tries again to become the runner.
pub const FOLLOW_AGAIN: Duration = Duration::from_millis(500);

/// How long the runner waits after the queue could not be used, for example because the disk is full.
pub const TROUBLE_PAUSE: Duration = Duration::from_secs(5);

/// How long quitting waits for running jobs to come to a safe point.
pub const QUIT_WITHIN: Duration = Duration::from_secs(10);

/// The longest an image may take to be read.
pub const TASK_TIMEOUT: Duration = Duration::from_secs(300);

/// The longest that one model may look at one image.
pub const LOOK_TIMEOUT: Duration = Duration::from_secs(30);

/// How many attempts at an image may crash a worker before the image is to blame: it may have been killed by another.
pub const WORKER_MAY_BE_KILLED: u32 = 2;

/// On how many photos in a row a model fails until it is switched off.
pub const MODEL_FAULTS_IN_A_ROW: u32 = 5;

/// The longest that the check of a model may take: a person waits for it.
pub const CHECK_TIMEOUT: Duration = Duration::from_secs(30);

/// The longest that a description may take: a person waits for what they search.
pub const DESCRIBE_TIMEOUT: Duration = Duration::from_secs(30);

/// How many descriptions of searches are remembered.
pub const MAX_REMEMBERED_DESCRIPTIONS: usize = 200;

/// Tags of a person's own that a model that takes descriptions tells, and …
pub const MAX_OWN_TAGS: usize = 200;

/// … characters of one.
pub const MAX_OWN_TAG_CHARS: usize = 60;

/// How long a vision worker without work keeps its memory.
pub const WORKER_IDLE: Duration = Duration::from_secs(30);

/// Most memory of one vision worker, in MiB.
pub const WORKER_MEMORY_MB: u64 = 2048;

/// Most vision workers at a time, however many cores there are.
pub const MAX_WORKERS: usize = 4;

/// The longer side of a thumbnail, in pixels.
pub const THUMBNAIL_SIDE: u32 = 512;

/// The longer side of a preview of a format that the web view does not show, in pixels.
pub const PREVIEW_SIDE: u32 = 4096;

/// How much disk the previews may take. The oldest go first.
pub const PREVIEWS_BYTES: u64 = 512 * 1024 * 1024;

/// How long a look at the library folder holds, in milliseconds, before it is looked at again for the notice.
pub const FOLDER_LOOK_MS: i64 = 5_000;

/// How many bytes of paths one import job holds. The queue stores four times as much.
pub const PATHS_BYTES: usize = 256 * 1024;

/// How many items are deleted for good in one transaction.
pub const PURGED_AT_ONCE: usize = 100;

/// How deep a folder is walked.
pub const MAX_DEPTH: usize = 64;

/// How many files one offer may hold.
pub const MAX_FILES: usize = 1_000_000;

/// The most jobs of one page.
pub const MAX_JOBS_PAGE: u32 = 1000;

/// The most items of one page, which is what the library gives.
pub const MAX_ITEMS_PAGE: u32 = legible_library::limits::MAX_PAGE as u32;

/// The entries of a page when the caller does not say.
pub const DEFAULT_PAGE: u32 = 100;

/// The most jobs that gather the images of one group.
pub const MAX_GATHERING: u64 = 1000;

/// How many of the newest readings the status names.
pub const RECENT: usize = 5;

/// How many failures of a group are compared, to see whether they have the same reason.
pub const COMPARED_FAILURES: u64 = 100;

/// How many of the newest images are looked for in the library folder.
pub const LOOKED_FOR: usize = 5;

/// How many groups the activity view is told.
pub const GROUPS: usize = 50;

/// How long ended jobs are listed before they are forgotten.
pub const HISTORY_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How often old jobs and unused secrets are forgotten, beside the start.
pub const PRUNE_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// How many old jobs one transaction forgets: few enough that no other waits noticeably for it.
pub const PRUNE_BATCH: usize = 500;

/// How often a running job's progress is told at most.
pub const PROGRESS_PACE: Duration = Duration::from_millis(150);

/// How often a running job's progress is written down at most.
pub const PROGRESS_SAVED: Duration = Duration::from_secs(1);

/// How many schedules that are due are started in one transaction.
pub const FIRED_AT_ONCE: usize = 50;

/// How urgent recognising is what was just read: a person waits for texts first. What is less urgent waits while anything is
/// read.
pub const PRIORITY_RECOGNISE: i32 = -5;

/// How urgent looks at sources are: what they find is new, so more than upkeep, and less than what a person added.
pub const LOOK_PRIORITY: i32 = -5;

/// How many looks of a source are shown.
pub const SHOWN_LOOKS: u64 = 100;

/// How many samples a test of a source shows.
pub const SHOWN_SAMPLES: usize = 20;

/// How many files a test of a source goes over.
pub const TRIED_FILES: u64 = 10_000;

/// How often a watched folder is looked for that is gone.
pub const LOOK_FOR_GONE: Duration = Duration::from_secs(5);

/// How often a folder is looked through that tells no events.
pub const LOOK_WITHOUT_EVENTS: Duration = Duration::from_secs(5 * 60);

/// How long texts wait before they are written beside their pictures on a storage: some more may come.
pub const TEXTS_AFTER: Duration = Duration::from_secs(3);

/// How many texts that are to be written are read from the database at a time.
pub const TEXTS_AT_ONCE: usize = 100;

/// The largest file that may be a text of ours, in bytes.
pub const MAX_TEXT_BESIDE: u64 = 16 << 20;

/// How often the run of a schedule may be tried.
pub const RUN_ATTEMPTS: u32 = 3;

/// How long one attempt of a scheduled run may take.
pub const RUN_BUDGET: Duration = Duration::from_secs(6 * 60 * 60);

/// How many of its next times a schedule shows.
pub const NEXT_RUNS: usize = 5;

/// How long title and note of a reminder may be together, in characters.
pub const MAX_REMINDER_CHARS: usize = 4000;

/// How many of the things in a text that one can act on are shown.
pub const MAX_TEXT_FACTS: usize = 50;

/// How many items upkeep takes at a time: in one transaction, up to the next safe point.
pub const UPKEEP_BATCH: usize = 200;

/// How often a job about an item may have failed, as far as the history reaches, until upkeep tries it no more.
pub const UPKEEP_TRIES: u64 = 3;

/// How urgent reading is that a schedule found to be missing: less than what a person just added, which has 0.
pub const PRIORITY_READ_NEW: i32 = -10;

/// How urgent reading again with a newer model is.
pub const PRIORITY_READ_NEWER: i32 = -20;

/// How urgent it is to recognise images that were read long ago.
pub const PRIORITY_RECOGNISE_NEW: i32 = -15;

/// How many groups of look-alikes are named.
pub const MAX_LOOK_ALIKE_GROUPS: usize = 200;

/// Most groups of look-alikes on one page.
pub const MAX_DUPLICATES_PAGE: u32 = 200;

/// How many codes of an image the grid is told of.
pub const MAX_CARD_CODES: usize = 3;

/// Characters of what a code says that the grid is told.
pub const MAX_CODE_LINE_CHARS: usize = 80;

/// How many images of one group of look-alikes are named.
pub const MAX_LOOK_ALIKES: usize = 100;

/// How long images stay in the trash when the schedule does not say, in days.
pub const TRASH_KEPT_DAYS: u32 = 30;

/// The longest that images may be kept in the trash, in days.
pub const MAX_TRASH_DAYS: u32 = 36_500;

/// How old an unfinished file is before it counts as left behind by a process that was killed.
pub const LEFT_BEHIND: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest that checking the originals rests after a file. It rests as long as the file took.
pub const MAX_REST: Duration = Duration::from_millis(250);

/// How many originals with something wrong are named.
pub const NAMED_FILES: usize = 5;

/// How urgent bringing storages in step is: it waits for what a person added.
pub const SYNC_PRIORITY: i32 = -8;

/// How long one attempt to bring a storage in step may take. The next one goes on where it was.
pub const SYNC_BUDGET: Duration = Duration::from_secs(24 * 60 * 60);

/// A storage is brought in step when nothing changed in the library folder for this long …
pub const CHANGES_SETTLE: Duration = Duration::from_secs(20);

/// … but no later than this after the first change.
pub const CHANGES_WAIT: Duration = Duration::from_secs(10 * 60);

/// How many files are moved at once between the library folder and a storage.
pub const TRANSFERS_AT_ONCE: usize = 4;

/// The longest that trying a storage may take: a person waits for it.
pub const PROBE_WITHIN: Duration = Duration::from_secs(60);

/// Most sign-ins at providers that may be open at once in a process.
pub const MAX_SIGN_INS: usize = 4;

/// How long what a person granted is kept until they say what for.
pub const SIGN_IN_KEPT: Duration = Duration::from_secs(30 * 60);

/// The most characters of the name of a storage.
pub const MAX_STORAGE_NAME: usize = 200;

/// Fewest characters of a new passphrase.
pub const MIN_PASSPHRASE_CHARS: usize = 8;

/// How much is read of the file with the master key, and of one with a passphrase, in bytes.
pub const MAX_KEY_FILE_BYTES: u64 = 64 * 1024;

/// A storage whose files changed while it was brought in step is brought in step again after this.
pub const FOLLOWS_AFTER: Duration = Duration::from_secs(60);

/// How many steps of a plan are shown.
pub const SHOWN_STEPS: usize = 500;

/// How many of the files that were moved last to or from a storage are kept to be told.
pub const KEPT_TRANSFERS: usize = 200;

/// How many files that could not be brought in step are shown.
pub const SHOWN_PROBLEMS: usize = 100;

/// How many of the files that a rebuild cannot use are named in what comes of it.
pub const MAX_NAMED_UNUSABLE: usize = 10;
