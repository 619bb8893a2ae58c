//! Every limit of this crate in one place. Names, lists and bytes come from servers; these bound what they may cost.

use std::time::Duration;

/// Longest path of a file, in bytes of UTF-8. (OneDrive takes 400 characters, others more.)
pub const MAX_PATH_BYTES: usize = 1_000;
/// Longest name in a path, in bytes of UTF-8: what file systems take, with room for `.json`, which makes it that of a sidecar.
pub const MAX_NAME_BYTES: usize = 250;
/// Most folders in each other.
pub const MAX_DEPTH: usize = 32;
/// Most files of one side.
pub const MAX_FILES: usize = 2_000_000;
/// Largest file that is kept in step, in bytes: a larger one is neither read nor fetched, and told.
pub const MAX_FILE_BYTES: u64 = 2 << 30;
/// How many deletes at once need to be agreed to, where they are also [`ASK_DELETES_PERCENT`] of all files.
pub const ASK_DELETES: usize = 25;
/// See [`ASK_DELETES`].
pub const ASK_DELETES_PERCENT: usize = 25;
/// How many deletes at once need to be agreed to whatever share of all they are, where a file and what tells of it (`NAME` and `NAME.json`)
/// are one: in a large library a small share is still years of somebody's images, and nobody looks through so many in a trash.
pub const ASK_DELETES_MOST: usize = 1_000;
/// How often a run looks anew at what changed under its hands before it leaves the rest to the next run.
pub const MAX_ROUNDS: u32 = 4;
/// How many bytes are moved between two looks whether the run is to stop.
pub const CHUNK_BYTES: usize = 64 << 10;
/// After how many bytes of a file that comes those are waited for until they are on the disk, in bytes: at its end only so many are left,
/// and that wait hears no stop.
pub const FLUSH_BYTES: u64 = 32 << 20;
/// How long who gives an upload up waits until what was written of it is removed.
pub const PART_REMOVED_WITHIN: Duration = Duration::from_secs(3);
/// How long what is being written may lie untouched before it is taken for left behind.
pub const INCOMING_KEPT: Duration = Duration::from_hours(24);
/// Most copies of one name that are kept of a day for conflicts that a name must tell apart by a number.
pub const MAX_BESIDE: usize = 1_000;
/// Largest content that is merged, in bytes: a larger one of two is kept beside the other.
pub const MAX_MERGED_BYTES: u64 = 32 << 20;
/// How soon a call ends that is to stop.
pub const STOP_EVERY: Duration = Duration::from_millis(40);
/// How long a storage may take to be connected to.
pub const CONNECT_WITHIN: Duration = Duration::from_secs(15);
/// How long a storage may say nothing.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// How long a part of an upload, or a move or copy that a server makes by itself, may take until the server says that it is done.
pub const DONE_WITHIN: Duration = Duration::from_secs(15 * 60);
/// How large the parts are in which a file goes up to S3, in bytes; a file of no more is held in memory.
pub const PART_BYTES: usize = 8 << 20;
/// Most parts of a file: what S3 takes.
pub const S3_MOST_PARTS: usize = 10_000;
/// After how long an upload to S3 is taken for one that nobody goes on with, if no part of it came meanwhile.
pub const UPLOAD_FORGOTTEN_AFTER: Duration = Duration::from_hours(7 * 24);
/// How often a file is written whose new state has the name of the old one, as where states are told by the second.
pub const SAME_STATE_TRIES: u32 = 4;
/// How long is waited before it is written again.
pub const SAME_STATE_AFTER: Duration = Duration::from_millis(1_100);
/// How long a probe waits until a server has noticed that a connection broke.
pub const BROKEN_OFF_AFTER: Duration = Duration::from_secs(1);
/// Longest answer of S3 that is read into memory, in bytes: a page of 1,000 files whose names are as long as can be has about 4 MB.
pub const S3_ANSWER_BYTES: usize = 16 << 20;
/// Longest answer of a WebDAV server that is read into memory, in bytes: the list of one folder of about 100,000 files.
pub const WEBDAV_ANSWER_BYTES: usize = 128 << 20;
/// Most pages of one list of S3: pages may be short, and empty.
pub const MAX_PAGES: usize = 100_000;
/// Most entries of one list, with those that are hidden or cannot be kept in step: what is in the trash is among them.
pub const MAX_ENTRIES: usize = 2 * MAX_FILES;
/// How many names for new files are asked of Google Drive at a time.
pub const DRIVE_IDS: usize = 50;
/// How often what somebody else wrote meanwhile is put back on Google Drive before it is left to the next run.
pub const DRIVE_RESTORES: u32 = 4;
/// Folders of Google Drive that are looked into by one question: it takes no questions of any length.
pub const DRIVE_FOLDERS_AT_ONCE: usize = 30;
/// The oldest rclone that is asked (major and minor number): the first that is known to write beside what it replaces.
pub const OLDEST_RCLONE: (u32, u32) = (1, 63);
/// How long an rclone of our own may take until it listens.
pub const RCLONE_STARTS_WITHIN: Duration = Duration::from_secs(30);
/// Longest answer of rclone that is read into memory, in bytes: the list of [`MAX_FILES`] files has about that much.
pub const RCLONE_ANSWER_BYTES: usize = 512 << 20;
/// After how long a part of an upload is taken for one that was killed.
pub const PART_FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a person may take to sign in at a provider.
pub const SIGN_IN_WITHIN: Duration = Duration::from_secs(10 * 60);
/// Longest head of a request to the page that a browser is sent back to, in bytes.
pub const SIGN_IN_REQUEST_BYTES: usize = 16 << 10;
/// How long such a request may take to come, and how long its answer to go.
pub const SIGN_IN_REQUEST_WITHIN: Duration = Duration::from_secs(10);
/// Most of these requests at once: browsers open connections ahead.
pub const SIGN_IN_AT_ONCE: usize = 16;
/// Most of these requests until it is given up: other pages may try what answers on this machine.
pub const SIGN_IN_REQUESTS: usize = 1_000;
/// Longest answer of a provider about tokens, in bytes.
pub const TOKEN_ANSWER_BYTES: usize = 64 << 10;
/// How long before its end an access token is taken for ended, but at most half of its life.
pub const TOKEN_ENDS_EARLY: Duration = Duration::from_secs(60);
/// How often a refresh begins anew when the stored token was replaced meanwhile.
pub const TOKEN_TRIES: u32 = 3;
/// How often one request is sent, where sending it again can do no harm.
pub const REST_SENDS: u32 = 4;
/// How long is waited after the first one that failed; after each further one twice as long.
pub const REST_FIRST_PAUSE: Duration = Duration::from_millis(500);
/// How long all waiting of one request may take: a provider that asks for more is left alone until the next run.
pub const REST_PATIENCE: Duration = Duration::from_secs(20);
/// How long is waited each time before a file is tried again whose transfer failed by what may pass.
pub const STEP_PAUSES: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(5)];
/// How long a storage may ask to be left alone between two such tries: one that asks for more is left alone until the next run.
pub const STEP_PATIENCE: Duration = Duration::from_secs(20);
/// How long a server may ask to be left alone: one that asks for more is asked again after this.
pub const RETRY_AFTER_MOST: Duration = Duration::from_hours(24);
/// How often one request is sent elsewhere.
pub const REST_REDIRECTS: u32 = 3;
/// Longest answer that is read into memory, in bytes. A page of 2,000 files has about 1 MB.
pub const REST_ANSWER_BYTES: usize = 16 << 20;
/// How much is read of an answer that refuses, in bytes.
pub const REST_REFUSAL_BYTES: usize = 64 << 10;
/// How often one upload may be sent back, or begin anew, before it is left to the next run.
pub const REST_SETBACKS: u32 = 5;
/// How large the parts are in which a file goes up to Dropbox, in bytes; each is held in memory. Dropbox wants multiples of 4 MiB, and
/// takes up to 150 MiB at once.
pub const DROPBOX_PART_BYTES: usize = 8 << 20;
/// How many files Dropbox is asked for at a time: the most that it gives.
pub const DROPBOX_PAGE: u32 = 2_000;
/// How large the parts are in which a file goes up to OneDrive, in bytes: a multiple of 320 KiB, as it wants, of at most 60 MiB.
pub const ONEDRIVE_PART_BYTES: usize = 24 * (320 << 10);
/// How many files OneDrive is asked for at a time.
pub const ONEDRIVE_PAGE: u32 = 1_000;
/// Most folders that are kept with a mark of OneDrive, which tells changes by ids; with more, all is listed each time.
pub const ONEDRIVE_FOLDERS: usize = 10_000;
