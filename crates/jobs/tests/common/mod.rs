//! A queue on a database of its own, and short ways to make its parts.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use legible_jobs::*;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde_json::json;
use std::path::Path;
use std::time::Duration;

/// A connection with the queue's tables.
pub struct Queue {
    pub conn: Connection,
}

impl Queue {
    /// A queue that lives as long as the value.
    pub fn in_memory() -> Queue {
        let conn = Connection::open_in_memory().unwrap();
        set_up(&conn);
        MIGRATIONS.iter().for_each(|batch| conn.execute_batch(batch).unwrap());
        Queue { conn }
    }

    /// A new queue in a file.
    pub fn create(path: &Path) -> Queue {
        let queue = Queue::open(path);
        MIGRATIONS.iter().for_each(|batch| queue.conn.execute_batch(batch).unwrap());
        queue
    }

    /// Another connection to a queue in a file.
    pub fn open(path: &Path) -> Queue {
        let conn = Connection::open(path).unwrap();
        conn.pragma_update(None, "journal_mode", "wal").unwrap();
        set_up(&conn);
        Queue { conn }
    }

    /// Runs `work` in a transaction and commits if it went well.
    pub fn write<T, E>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        let done = work(&tx)?;
        tx.commit().unwrap();
        Ok(done)
    }
}

fn set_up(conn: &Connection) {
    conn.busy_timeout(Duration::from_secs(30)).unwrap();
    conn.pragma_update(None, "foreign_keys", true).unwrap();
    conn.pragma_update(None, "synchronous", "normal").unwrap();
    conn.set_prepared_statement_cache_capacity(256);
}

/// A plain job: three attempts, one second of backoff, due at once.
pub fn job(kind: &str) -> NewJob {
    NewJob {
        title: "a.png".into(),
        max_attempts: 3,
        backoff: Backoff { initial_ms: 1000, max_ms: 60_000, kind: BackoffKind::Exponential },
        ..NewJob::new(kind, json!({ "item": 1 }), 0)
    }
}

/// The owner of process `n`.
pub fn owner(n: u8) -> Owner {
    Owner(format!("process-{n}"))
}

/// A reason with this code.
pub fn reason(code: &str) -> Reason {
    Reason { code: code.into(), message: "It broke.".into(), hint: Some("Try another.".into()) }
}

/// Everything due on a machine that says nothing, leased to process `n`.
pub fn claim_all(queue: &mut Queue, n: u8, now: i64) -> Vec<Lease> {
    queue.write(|tx| claim(tx, &owner(n), now, 10_000, &Claim::any(usize::MAX))).unwrap()
}

/// The stored job.
pub fn stored(queue: &Queue, id: JobId) -> Job {
    legible_jobs::job(&queue.conn, id).unwrap().expect("the job is stored")
}

/// A plain schedule: enabled, in UTC, missed times left out, no two runs beside each other.
pub fn plan(name: &str, rule: Rule) -> Schedule {
    Schedule {
        name: name.into(),
        title: name.into(),
        kind: "work".into(),
        payload: json!({}),
        subject: None,
        tags: vec![],
        priority: 0,
        max_attempts: 1,
        backoff: Backoff::default(),
        budget_ms: None,
        conditions: Conditions::default(),
        rule,
        zone: "UTC".into(),
        missed: Missed::Skip,
        overlap: Overlap::Skip,
        flex_ms: 0,
        enabled: true,
    }
}
