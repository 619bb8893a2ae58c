//! What can go wrong in the service, and how it is told to a person.

use crate::api::{ErrorCode, WireError};
use legible_jobs::{Failure, Reason};
use legible_library::FolderError;
use legible_vision::worker::{EngineFault, TaskError};
use rusqlite::ErrorCode as SqliteCode;
use std::io::ErrorKind;
use std::path::PathBuf;

/// An error of the service.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller asked for something senseless.
    #[error("{0}")]
    BadRequest(String),
    /// The thing asked for is not there.
    #[error("{0} was not found")]
    NotFound(String),
    /// A file or directory failed.
    #[error("{}: {}", path.display(), in_words(error))]
    File {
        /// Which one.
        path: PathBuf,
        /// How.
        error: std::io::Error,
    },
    /// A file could not be moved.
    #[error("{} could not be moved to {}: {}", from.display(), to.display(), in_words(error))]
    Move {
        /// Which one.
        from: PathBuf,
        /// The folder that it was to go to.
        to: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The settings file cannot be understood.
    #[error("the settings file {} cannot be understood: {detail}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// The database file is damaged.
    #[error("the database is damaged: {0}")]
    DatabaseDamaged(String),
    /// A newer version wrote the database.
    #[error("the database was written by a newer version of Legible")]
    DatabaseNewer,
    /// SQLite failed otherwise.
    #[error("the database failed: {0}")]
    Database(rusqlite::Error),
    /// The library failed.
    #[error(transparent)]
    Library(legible_library::Error),
    /// The library folder failed.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The queue failed.
    #[error(transparent)]
    Jobs(legible_jobs::Error),
    /// The tables of the sources failed.
    #[error(transparent)]
    Sources(legible_sources::Error),
    /// A server could not be looked at.
    #[error(transparent)]
    Fetch(legible_sources::fetch::Error),
    /// The models failed.
    #[error(transparent)]
    Models(#[from] legible_models::Error),
    /// The vision worker failed, or the image did.
    #[error(transparent)]
    Vision(#[from] legible_vision::worker::TaskError),
    /// A notification could not be pushed.
    #[error(transparent)]
    Push(#[from] crate::push::PushError),
    /// A storage could not be kept in step.
    #[error(transparent)]
    Cloud(legible_cloud::Error),
    /// The job was told to stop: cancelled, paused, or the program quits.
    #[error("stopped")]
    Stopped,
    /// A mistake of ours.
    #[error("internal error: {0}")]
    Internal(String),
    /// An error that is in words for a person already.
    #[error(transparent)]
    Told(#[from] WireError),
}

/// The service's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => Error::DatabaseDamaged(error.to_string()),
            _ => Error::Database(error),
        }
    }
}

/// What SQLite says is told alike, wherever it was met.
impl From<legible_library::Error> for Error {
    fn from(error: legible_library::Error) -> Self {
        match error {
            legible_library::Error::Database(error) => error.into(),
            error => Error::Library(error),
        }
    }
}

impl From<legible_jobs::Error> for Error {
    fn from(error: legible_jobs::Error) -> Self {
        match error {
            legible_jobs::Error::Sqlite(error) => error.into(),
            error => Error::Jobs(error),
        }
    }
}

impl From<legible_sources::Error> for Error {
    fn from(error: legible_sources::Error) -> Self {
        match error {
            legible_sources::Error::Sqlite(error) => error.into(),
            error => Error::Sources(error),
        }
    }
}

/// What this service said to the crate that keeps a folder in step comes back as it was.
impl From<legible_cloud::Error> for Error {
    fn from(error: legible_cloud::Error) -> Self {
        match error {
            legible_cloud::Error::Stopped => Error::Stopped,
            legible_cloud::Error::Local { path, error } => Error::File { path, error },
            legible_cloud::Error::Ledger(inner) => match inner.downcast::<Error>() {
                Ok(error) => *error,
                Err(inner) => Error::Cloud(legible_cloud::Error::Ledger(inner)),
            },
            error => Error::Cloud(error),
        }
    }
}

impl From<legible_cloud::store::Error> for Error {
    fn from(error: legible_cloud::store::Error) -> Self {
        use legible_cloud::store::Error as Stored;
        match error {
            Stored::Sqlite(error) => error.into(),
            Stored::NameTaken(name) => Error::BadRequest(format!("there is a storage {name} already")),
            Stored::NoSuchRemote(id) => Error::NotFound(format!("storage {id}")),
            error @ Stored::Damaged { .. } => Error::Cloud(error.into()),
        }
    }
}

impl Error {
    /// What kind of error it is, for a front end to decide by.
    pub fn code(&self) -> ErrorCode {
        match self {
            Error::BadRequest(_) => ErrorCode::BadRequest,
            Error::NotFound(_)
            | Error::Sources(legible_sources::Error::NoSuchSource(_))
            | Error::Library(legible_library::Error::NoSuchItem(_)) => ErrorCode::NotFound,
            Error::File { error, .. } | Error::Move { error, .. } => file_code(error),
            Error::Settings { .. } => ErrorCode::File,
            Error::Database(error) if is_full(error) => ErrorCode::DiskFull,
            Error::Sources(legible_sources::Error::NameTaken(_)) => ErrorCode::BadRequest,
            Error::Sources(_)
            | Error::DatabaseDamaged(_)
            | Error::DatabaseNewer
            | Error::Database(_)
            | Error::Library(_)
            | Error::Jobs(_) => ErrorCode::Database,
            Error::Folder(FolderError::DiskFull { .. }) => ErrorCode::DiskFull,
            Error::Folder(FolderError::NotKept) => ErrorCode::NotFound,
            Error::Folder(_) => ErrorCode::LibraryFolder,
            Error::Models(error) => model_code(error),
            Error::Vision(TaskError::Image { .. }) => ErrorCode::BadImage,
            Error::Vision(TaskError::Engine { fault: EngineFault::ModelMissing, .. }) => ErrorCode::ModelMissing,
            Error::Vision(TaskError::Cancelled | TaskError::Stopped) | Error::Stopped => ErrorCode::Cancelled,
            Error::Vision(_) => ErrorCode::Worker,
            Error::Cloud(legible_cloud::Error::Ledger(_)) => ErrorCode::Database,
            Error::Cloud(legible_cloud::Error::SignIn { .. }) => ErrorCode::SignIn,
            Error::Push(_) | Error::Fetch(_) | Error::Cloud(_) => ErrorCode::Network,
            Error::Internal(_) => ErrorCode::Internal,
            Error::Told(error) => error.code,
        }
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::File { error, .. } => file_hint(error)?,
            Error::Move { .. } => {
                "See that the folder can be written to, or choose another in the source; then look now."
            }
            Error::Settings { .. } => "Correct the file or delete it; then the defaults hold.",
            Error::DatabaseDamaged(_) => "Start Legible again: it sets the file aside and offers to rebuild it.",
            Error::DatabaseNewer => "Install the newer version again.",
            Error::Database(error) => match error.sqlite_error_code()? {
                SqliteCode::DiskFull => "Free some space on the disk, then try again.",
                // On a full disk SQLite cannot even make the files that go with the database.
                SqliteCode::SystemIoFailure | SqliteCode::CannotOpen => {
                    "The disk may be full or failing, or you may not write there. Mend that, then try again."
                }
                SqliteCode::ReadOnly => "See that you may write to the directory of the database, then try again.",
                SqliteCode::DatabaseBusy => "Another program keeps it busy. Try again in a moment.",
                _ => return None,
            },
            Error::Vision(error) => return error.hint(),
            Error::Push(error) => return Some(error.hint()),
            Error::Fetch(error) => return Some(error.hint().to_owned()),
            Error::Told(error) => return error.hint.clone(),
            Error::Cloud(legible_cloud::Error::NeedsYou { hint, .. } | legible_cloud::Error::SignIn { hint, .. }) => {
                hint
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }

    /// What the queue is told after an attempt, from 1: whether another one makes sense, and why it failed.
    pub fn failure(&self, attempt: u32) -> Failure {
        let reason = self.reason();
        // An image that takes too long twice would hold up the others for as long each time.
        let hopeless = attempt > 1 && matches!(self, Error::Vision(TaskError::Timeout { .. }));
        match self {
            _ if !self.may_pass() || hopeless => Failure::Final(reason),
            Error::Cloud(legible_cloud::Error::MayPass { retry_after: Some(wait), .. }) => {
                Failure::After(reason, i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
            }
            _ => Failure::Retryable(reason),
        }
    }

    /// Why it failed, as it is kept: the other way is [`kept_error`].
    pub(crate) fn reason(&self) -> Reason {
        let WireError { code, message, hint } = self.to_wire();
        let code = serde_json::to_value(code).ok().and_then(|code| code.as_str().map(str::to_owned));
        Reason { code: code.unwrap_or_default(), message, hint }
    }

    /// Whether the same may work another time without anyone doing something about it.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Error::Vision(error) => error.retryable(),
            Error::Push(error) => error.may_pass(),
            Error::Fetch(error) => error.may_pass(),
            Error::Cloud(error) => {
                !matches!(error, legible_cloud::Error::NeedsYou { .. } | legible_cloud::Error::SignIn { .. })
            }
            Error::File { error, .. } => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied),
            Error::Folder(FolderError::NotKept) => false,
            // Who edits the settings by hand saves them with a mistake and mends it.
            Error::Database(_) | Error::Folder(_) | Error::Settings { .. } | Error::Move { .. } => true,
            _ => false,
        }
    }

    /// The error as it crosses to a front end.
    pub fn to_wire(&self) -> WireError {
        let mut message = self.to_string();
        // These may begin with the name of a file or an address, which is to stay as it is.
        let names = matches!(self, Error::File { .. } | Error::Move { .. } | Error::Folder(_) | Error::Models(_))
            || begins_with_name(&message);
        if let Some(first) = message.get(..1).filter(|_| !names) {
            message.replace_range(..1, &first.to_uppercase());
        }
        WireError { code: self.code(), message, hint: self.hint() }
    }
}

/// Whether a message begins with a name of the world outside, such as an address or a host: no word has such signs in it.
fn begins_with_name(message: &str) -> bool {
    let first = message.split_whitespace().next().unwrap_or_default();
    first.trim_end_matches(['.', ':', ',', ';']).contains(['.', ':', '/', '[', '$', '_', '*'])
}

impl From<Error> for WireError {
    fn from(error: Error) -> Self {
        error.to_wire()
    }
}

/// The code of an error that the queue kept.
pub fn kept_error(reason: &Reason) -> WireError {
    let code = serde_json::from_value(reason.code.clone().into()).unwrap_or(ErrorCode::Worker);
    WireError { code, message: reason.message.clone(), hint: reason.hint.clone() }
}

fn file_code(error: &std::io::Error) -> ErrorCode {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
        _ => ErrorCode::File,
    }
}

fn model_code(error: &legible_models::Error) -> ErrorCode {
    match error {
        legible_models::Error::NoSource { .. } => ErrorCode::Network,
        legible_models::Error::Io { source, .. } => file_code(source),
        legible_models::Error::UnknownModel { .. } | legible_models::Error::Own { .. } => ErrorCode::BadRequest,
        legible_models::Error::Cancelled => ErrorCode::Cancelled,
        legible_models::Error::Manifest(_) => ErrorCode::Internal,
    }
}

fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(SqliteCode::DiskFull)
}

fn file_hint(error: &std::io::Error) -> Option<&'static str> {
    match error.kind() {
        ErrorKind::NotFound => Some("Put the file back where it was and try again."),
        ErrorKind::PermissionDenied => Some("Give your user the right to read and write it, then try again."),
        ErrorKind::IsADirectory => Some("Add this folder by itself."),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some("Free some space on the disk, then try again."),
        _ => None,
    }
}

/// An operating system's error in plain words, without its number.
fn in_words(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "the file is not there".into(),
        ErrorKind::IsADirectory => "it is a folder".into(),
        ErrorKind::PermissionDenied => "access is denied".into(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full".into(),
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only".into(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn troubles_that_may_pass_are_tried_again_and_a_timeout_just_once() {
        let check = |error: Error, attempt, again: bool| {
            let failure = error.failure(attempt);
            assert_eq!(matches!(failure, Failure::Retryable(_)), again, "{error}, attempt {attempt}");
        };
        let timeout = || TaskError::Timeout { seconds: 300 }.into();
        check(timeout(), 1, true);
        check(timeout(), 2, false);
        let spawn = || TaskError::Spawn { command: "legible".into(), detail: "planned".into() }.into();
        check(spawn(), 1, true);
        check(spawn(), 4, true);
        check(TaskError::MemoryLimit { limit_mb: 1 }.into(), 1, false);
        let file = |kind: ErrorKind| Error::File { path: "a.png".into(), error: kind.into() };
        check(file(ErrorKind::NotFound), 1, false);
        check(file(ErrorKind::StorageFull), 4, true);
        let (from, to) = ("a.png".into(), "Done".into());
        check(Error::Move { from, to, error: ErrorKind::PermissionDenied.into() }, 4, true);
    }

    #[test]
    fn who_asks_to_be_left_alone_is_left_alone() {
        let check = |seconds: Option<u64>, expected: Option<i64>| {
            let retry_after = seconds.map(std::time::Duration::from_secs);
            let error = Error::Cloud(legible_cloud::Error::MayPass { message: "busy".into(), retry_after });
            let wait = match error.failure(1) {
                Failure::After(_, wait_ms) => Some(wait_ms),
                Failure::Retryable(_) => None,
                Failure::Final(reason) => panic!("{reason:?}"),
            };
            assert_eq!(wait, expected, "{seconds:?}");
        };
        check(None, None);
        check(Some(600), Some(600_000));
        check(Some(u64::MAX), Some(i64::MAX));
    }

    #[test]
    fn model_errors_have_the_code_of_their_cause() {
        let check = |error: legible_models::Error, code| assert_eq!(Error::Models(error).code(), code);
        let io = |kind: ErrorKind| {
            let (action, path) = ("write", PathBuf::from("m.onnx"));
            legible_models::Error::Io { action, path, source: kind.into() }
        };
        check(io(ErrorKind::StorageFull), ErrorCode::DiskFull);
        check(io(ErrorKind::PermissionDenied), ErrorCode::File);
        let sha256 = String::new();
        check(legible_models::Error::UnknownModel { path: "m".into(), sha256 }, ErrorCode::BadRequest);
        check(legible_models::Error::Cancelled, ErrorCode::Cancelled);
    }
}
