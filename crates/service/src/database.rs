//! The one SQLite file: opening, migrating, one writer, several readers.
//!
//! All writes go through one connection on its own thread, one transaction each; reads use a few connections of their
//! own (WAL), so neither blocks the async runtime nor the other.

use crate::error::{Error, Result};
use crate::tables;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long a connection waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(20);

/// Idle read connections that are kept.
const KEPT_READERS: usize = 4;

/// Prepared statements that a connection keeps: more than queue and library have together.
const KEPT_STATEMENTS: usize = 128;

/// What each component brings to the schema.
const COMPONENTS: &[(&str, &[&str])] = &[
    ("library", legible_library::MIGRATIONS),
    ("jobs", legible_jobs::MIGRATIONS),
    ("sources", legible_sources::MIGRATIONS),
    ("cloud", legible_cloud::store::MIGRATIONS),
    ("service", tables::MIGRATIONS),
];

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle on the database; clones share it.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    writer: Writer,
}

/// The thread that writes. Dropping it waits until its connection is closed: the last one to close leaves no WAL.
struct Writer {
    work: Option<Sender<Work>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    fn start(mut connection: Connection) -> std::io::Result<Self> {
        let (work, queue) = channel::<Work>();
        let thread = std::thread::Builder::new()
            .name("database-writer".into())
            .spawn(move || queue.iter().for_each(|work| work(&mut connection)))?;
        Ok(Writer { work: Some(work), thread: Some(thread) })
    }

    fn send(&self, work: Work) -> Result<()> {
        self.work.as_ref().ok_or_else(gone)?.send(work).map_err(|_| gone())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.work.take());
        // The last handle may have been in the work itself; a thread cannot wait for its own end.
        let thread = self.thread.take().filter(|thread| thread.thread().id() != std::thread::current().id());
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Database {
    /// Opens the file, makes it where it is missing, and brings it to this version's schema.
    ///
    /// # Errors
    /// [`Error::DatabaseDamaged`] when the file is no sound database, [`Error::DatabaseNewer`] when a newer version of
    /// Legible wrote it, and other errors when it cannot be opened at all.
    pub fn open(path: &Path) -> Result<Self> {
        Self::of(path, prepared(path)?)
    }

    /// As [`Database::open`], but looks through the whole file for damage first. No connection is left when it fails,
    /// so the file may then be moved. Takes about a second for a gigabyte.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn open_checked(path: &Path) -> Result<Self> {
        let connection = prepared(path)?;
        look_through(&connection)?;
        Self::of(path, connection)
    }

    /// A handle whose writer is this connection.
    fn of(path: &Path, connection: Connection) -> Result<Self> {
        let writer = Writer::start(connection).map_err(|error| Error::File { path: path.to_owned(), error })?;
        Ok(Database { inner: Arc::new(Inner { path: path.to_owned(), writer, readers: Mutex::default() }) })
    }

    /// Looks through the whole file for damage. Takes about a second for a gigabyte.
    ///
    /// # Errors
    /// [`Error::DatabaseDamaged`] with the first fault.
    pub fn check(&self) -> Result<()> {
        self.read_blocking(look_through)
    }

    /// Runs one write transaction; it is committed when `work` returns `Ok`. Blocks: not for async code.
    ///
    /// # Errors
    /// What `work` returns, or that the transaction could not be begun or committed.
    pub fn write_blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction) -> Result<T> + Send + 'static,
    {
        self.submit(work)?.blocking_recv().map_err(|_| gone())?
    }

    /// Runs one write transaction; it is committed when `work` returns `Ok`.
    ///
    /// # Errors
    /// As [`Database::write_blocking`].
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction) -> Result<T> + Send + 'static,
    {
        self.submit(work)?.await.map_err(|_| gone())?
    }

    fn submit<T, F>(&self, work: F) -> Result<oneshot::Receiver<Result<T>>>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction) -> Result<T> + Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        let job: Work = Box::new(move |connection| {
            // A panic in one transaction rolls it back and must not end the writer.
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| in_transaction(connection, work)));
            let outcome = outcome.unwrap_or_else(|_| Err(Error::Internal("a write transaction panicked".into())));
            let _ = answer.send(outcome);
        });
        self.inner.writer.send(job)?;
        Ok(result)
    }

    /// Writes the file anew, so that nothing of what was deleted is left in it, and empties the WAL unless another process is just
    /// reading from it. Nobody writes meanwhile: about a second for 100 MB, and as much room on the disk as the file has.
    /// Blocks: not for async code.
    ///
    /// # Errors
    /// When there is no room, or another process writes for too long.
    pub fn rewrite_blocking(&self) -> Result<()> {
        let (answer, result) = oneshot::channel();
        let job: Work = Box::new(move |connection| {
            let done = connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
            let _ = answer.send(done.map_err(Error::from));
        });
        self.inner.writer.send(job)?;
        result.blocking_recv().map_err(|_| gone())?
    }

    /// Reads from a snapshot of the database. Blocks: not for async code.
    ///
    /// # Errors
    /// What `work` returns, or that no connection could be opened.
    pub fn read_blocking<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let kept = self.readers().pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => connect(&self.inner.path)?,
        };
        let transaction = connection.transaction()?;
        let result = work(&transaction);
        drop(transaction);
        let mut readers = self.readers();
        if readers.len() < KEPT_READERS {
            readers.push(connection);
        }
        result
    }

    /// Reads from a snapshot of the database on a thread for blocking work.
    ///
    /// # Errors
    /// As [`Database::read_blocking`].
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let database = self.clone();
        tokio::task::spawn_blocking(move || database.read_blocking(work)).await.map_err(|_| gone())?
    }

    fn readers(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Moves a damaged database with its side files into a directory beside it, named `NAME.damaged-NOW`, and returns that
/// directory. The main file goes last: a kill in between leaves no side file of the old database to the new one.
///
/// # Errors
/// When a file cannot be moved.
pub fn set_aside(path: &Path, now: i64) -> Result<PathBuf> {
    let with_suffix = |suffix: &str| {
        let mut path = path.as_os_str().to_owned();
        path.push(suffix);
        PathBuf::from(path)
    };
    let aside = with_suffix(&format!(".damaged-{now}"));
    std::fs::create_dir_all(&aside).map_err(|error| Error::File { path: aside.clone(), error })?;
    for from in ["-wal", "-shm", ""].map(with_suffix) {
        match std::fs::rename(&from, aside.join(from.file_name().unwrap_or_default())) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::File { path: from, error });
            }
            _ => {}
        }
    }
    Ok(aside)
}

/// A connection to the file, made where it is missing, with this version's schema.
fn prepared(path: &Path) -> Result<Connection> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).map_err(|error| Error::File { path: directory.to_owned(), error })?;
    }
    let mut connection = connect(path)?;
    migrate(&mut connection)?;
    Ok(connection)
}

fn look_through(connection: &Connection) -> Result<()> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(Error::DatabaseDamaged(verdict)) }
}

fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(KEPT_STATEMENTS);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

/// Brings each component's tables to its newest version, all in one transaction.
fn migrate(connection: &mut Connection) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS schema_version (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT",
    )?;
    for (component, migrations) in COMPONENTS {
        let done: i64 = transaction.query_row(
            "SELECT coalesce((SELECT version FROM schema_version WHERE component = ?1), 0)",
            [component],
            |row| row.get(0),
        )?;
        let due = usize::try_from(done).ok().and_then(|done| migrations.get(done..)).ok_or(Error::DatabaseNewer)?;
        for migration in due {
            transaction.execute_batch(migration)?;
        }
        transaction.execute(
            "INSERT INTO schema_version (component, version) VALUES (?1, ?2)
             ON CONFLICT (component) DO UPDATE SET version = excluded.version",
            (component, i64::try_from(migrations.len()).unwrap_or(i64::MAX)),
        )?;
    }
    Ok(transaction.commit()?)
}

fn in_transaction<T>(connection: &mut Connection, work: impl FnOnce(&Transaction) -> Result<T>) -> Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

/// Does what blocks on a thread of its own, and waits for it: for who stands in a runtime that nobody else needs, as those do who ask
/// storages. `None` when there is no thread to be had, or it panicked.
pub fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| std::thread::Builder::new().spawn_scoped(scope, work).ok()?.join().ok())
}

fn gone() -> Error {
    Error::Internal("the database thread is gone".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_database_is_said_to_be_damaged_and_can_be_set_aside() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("legible.db");
        std::fs::write(&path, "this is not a database, but it is long enough to look like one".repeat(20)).unwrap();
        assert!(matches!(Database::open(&path), Err(Error::DatabaseDamaged(_))));
        std::fs::write(home.path().join("legible.db-wal"), "of the damaged one").unwrap();
        let aside = set_aside(&path, 7).unwrap();
        let names = |directory: &Path| {
            let entries = std::fs::read_dir(directory).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        assert_eq!(names(home.path()), ["legible.db.damaged-7"]);
        assert_eq!(names(&aside), ["legible.db", "legible.db-wal"]);
        Database::open(&path).unwrap();
    }

    #[test]
    fn a_database_that_is_dropped_is_closed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("legible.db");
        for round in 0..20 {
            let database = Database::open(&path).unwrap();
            let insert = "INSERT INTO runner (pid, started_at) VALUES (1, 2)";
            database.write_blocking(move |tx| Ok(tx.execute(insert, [])?)).unwrap();
            database.check().unwrap();
            drop(database);
            assert!(!home.path().join("legible.db-wal").exists(), "round {round}");
        }
        // The last handle may be dropped by the writer itself.
        let database = Database::open(&path).unwrap();
        let (kept, (send, done)) = (database.clone(), channel());
        let answer = database.submit(move |_| {
            done.recv().map_err(|_| gone())?;
            drop(kept);
            Ok(())
        });
        drop(database);
        send.send(()).unwrap();
        answer.unwrap().blocking_recv().unwrap().unwrap();
    }

    /// How many files this process has open under a path, as far as the system tells.
    fn open_files(path: &Path) -> usize {
        let open = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
        open.filter(|entry| std::fs::read_link(entry.path()).is_ok_and(|file| file == path)).count()
    }

    /// Otherwise the old connection, when it closes at last, deletes the WAL of the new database by its name.
    #[test]
    fn a_damaged_database_has_no_connection_left_when_it_is_set_aside() {
        for round in 0..20 {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("legible.db");
            drop(prepared(&path).unwrap());
            let mut bytes = std::fs::read(&path).unwrap();
            // A page of which nothing is seen until all are looked through.
            let last = bytes.len() - 4096;
            bytes[last..].fill(0x5A);
            std::fs::write(&path, bytes).unwrap();
            let opened = Database::open_checked(&path);
            let open = open_files(&path);
            assert!(matches!(opened, Err(Error::DatabaseDamaged(_))));
            assert_eq!(open, 0, "round {round}");
            set_aside(&path, 7).unwrap();
            let database = Database::open(&path).unwrap();
            database
                .write_blocking(|tx| Ok(tx.execute("INSERT INTO runner (pid, started_at) VALUES (1, 2)", [])?))
                .unwrap();
            let another = connect(&path).unwrap();
            let seen: i64 = another.query_row("SELECT count(*) FROM runner", [], |row| row.get(0)).unwrap();
            assert_eq!(seen, 1, "round {round}");
        }
    }

    #[test]
    fn a_failed_write_leaves_nothing_and_a_panic_does_not_end_the_writer() {
        let home = tempfile::tempdir().unwrap();
        let database = Database::open(&home.path().join("legible.db")).unwrap();
        let insert = "INSERT INTO runner (pid, started_at) VALUES (1, 2)";
        let failed: Result<()> = database.write_blocking(move |tx| {
            tx.execute(insert, [])?;
            Err(Error::Internal("planned".into()))
        });
        assert!(failed.is_err());
        let panicked: Result<()> = database.write_blocking(move |tx| {
            tx.execute(insert, [])?;
            panic!("planned")
        });
        assert!(panicked.is_err());
        let count = |c: &Connection| Ok(c.query_row("SELECT count(*) FROM runner", [], |r| r.get::<_, i64>(0))?);
        assert_eq!(database.read_blocking(count).unwrap(), 0);
        database.write_blocking(move |tx| Ok(tx.execute(insert, [])?)).unwrap();
        assert_eq!(database.read_blocking(count).unwrap(), 1);
    }

    #[test]
    fn a_database_of_a_newer_version_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("legible.db");
        Database::open(&path)
            .unwrap()
            .write_blocking(|tx| Ok(tx.execute("UPDATE schema_version SET version = 999", [])?))
            .unwrap();
        assert!(matches!(Database::open(&path), Err(Error::DatabaseNewer)));
    }
}
