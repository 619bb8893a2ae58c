//! Rows of jobs that cannot be read as they are stored, because a newer version of the program wrote them or the disk
//! lost a part of them. Whoever looks at one sees what can be read of it; whoever would run it ends it as failed with the
//! code [`JOB_DAMAGED`]; and all other jobs go on.

use super::broken::unreadable;
use crate::{Error, Reason, Result};
use rusqlite::Row;
use rusqlite::types::FromSql;
use serde_json::Value;

/// The code of a job whose stored row cannot be read: it does not run.
pub const JOB_DAMAGED: &str = "job_damaged";

/// What of a row could not be read, while it is read.
#[derive(Default)]
pub(super) struct Damage(Vec<String>);

impl Damage {
    /// What was read; if it could not be, that is noted, and the default stands in for it.
    pub fn read<T: Default>(&mut self, what: &str, read: Result<T>) -> Result<T> {
        read.or_else(|error| {
            let problem = unreadable(error)?;
            self.0.push(format!("{what} ({problem})"));
            Ok(T::default())
        })
    }

    pub fn get<T: FromSql + Default>(&mut self, row: &Row<'_>, column: &str) -> Result<T> {
        self.read(column, row.get(column).map_err(Error::from))
    }

    /// A text that may be null, with a mark in place of each part that is none.
    pub fn text(&mut self, row: &Row<'_>, column: &str) -> Result<Option<String>> {
        let Some(bytes) = row.get_ref(column)?.as_bytes_or_null().map_err(rusqlite::Error::from)? else {
            return Ok(None);
        };
        Ok(Some(String::from_utf8(bytes.to_vec()).unwrap_or_else(|error| {
            self.0.push(format!("{column} ({})", error.utf8_error()));
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        })))
    }

    /// What a column's text says.
    pub fn parsed<T: Default>(
        &mut self,
        row: &Row<'_>,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T>,
    ) -> Result<T> {
        let text = row.get_ref(column)?.as_str().map_err(|error| Error::from(rusqlite::Error::from(error)));
        self.read(column, text.and_then(parse))
    }

    /// The value in a column of JSON; null if there is none.
    pub fn json(&mut self, row: &Row<'_>, column: &'static str) -> Result<Option<Value>> {
        let text = row.get_ref(column)?.as_str_or_null().map_err(|error| Error::from(rusqlite::Error::from(error)));
        self.read(column, text.and_then(|text| text.map(|text| super::row::json(column, text)).transpose()))
    }

    /// Why the job does not run; `None` if all was read.
    pub fn reason(&self) -> Option<Reason> {
        (!self.0.is_empty()).then(|| Reason {
            code: JOB_DAMAGED.into(),
            message: format!("This of the job cannot be read: {}.", self.0.join(", ")),
            hint: Some("Perhaps a newer version of Legible wrote it. Ask for the work anew.".into()),
        })
    }
}
