//! What a file that is there is, by what is known: new, changed, moved, back, or just what it was.

use super::disk::{self, File, There};
use super::{Look, MAX_HELD};
use crate::Result;
use crate::folder::{Finding, Known, Move, Stamp, ledger};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// A file whose name another one had, set aside until all of the look was seen: that other one may turn up under another
/// name, even this one's old one.
pub struct Held {
    path: PathBuf,
    settled: bool,
}

impl Look {
    /// What the file at `path` is, if `row` is known of that name. `settled`: whether it is known to be whole.
    pub(super) fn judge(
        &mut self,
        conn: &Connection,
        path: &Path,
        file: File,
        row: Option<Known>,
        settled: bool,
        now: i64,
    ) -> Result<Option<Finding>> {
        let stamp = file.stamp;
        let Some(known) = row else {
            return Ok(match self.moved_here(conn, path, &stamp)? {
                Some(known) => Some(Finding::Moved(vec![Move { known, to: path.to_owned(), stamp, over: None }])),
                None => self.fresh(path, file, None, settled, now),
            });
        };
        if known.stamp.is_unchanged(&stamp) {
            return Ok(known.missing_since.map(|_| Finding::Back { stamp, known }));
        }
        let is_another = known.stamp.id != stamp.id && stamp.id.is_some() || self.is_known(conn, &stamp)?;
        if !is_another || self.held.len() >= MAX_HELD {
            return Ok(self.fresh(path, file, Some(known), settled, now));
        }
        self.held.push(Held { path: path.to_owned(), settled });
        Ok(None)
    }

    /// What the files are that were set aside.
    pub(super) fn judge_held(&mut self, conn: &Connection, now: i64) -> Result<Vec<Finding>> {
        let mut held = std::mem::take(&mut self.held);
        held.sort_by(|a, b| a.path.cmp(&b.path));
        held.dedup_by(|a, b| a.path == b.path);
        let (mut moves, mut rest, mut findings) = (Vec::new(), Vec::new(), Vec::new());
        for Held { path, settled } in held {
            let There::File(file) = disk::look_at(&self.wanted, &path) else { continue };
            let stamp = file.stamp;
            match ledger::file(conn, self.source, &path)? {
                Some(known) if known.stamp.is_unchanged(&stamp) => {
                    findings.extend(known.missing_since.map(|_| Finding::Back { stamp, known }));
                }
                row => match self.moved_here(conn, &path, &stamp)? {
                    Some(known) => moves.push(Move { known, to: path, stamp, over: row }),
                    None => rest.push((path, file, row, settled)),
                },
            }
        }
        for one in &mut moves {
            one.over.take_if(|over| self.claimed.contains(&over.path));
        }
        if !moves.is_empty() {
            findings.push(Finding::Moved(moves));
        }
        for (path, file, row, settled) in rest {
            let row = row.filter(|known| !self.claimed.contains(&known.path));
            findings.extend(self.fresh(&path, file, row, settled, now));
        }
        Ok(findings)
    }

    /// A file whose content is not known: new, or changed, or not ready.
    fn fresh(&self, path: &Path, file: File, before: Option<Known>, settled: bool, now: i64) -> Option<Finding> {
        let (path, File { stamp, touched_ms }) = (path.to_owned(), file);
        if stamp.size == 0 {
            // A browser keeps the name for a download, an editor is about to write: what comes then is another state.
            return None;
        }
        let quiet = i64::from(self.wanted.quiet_ms());
        // A time that is still to come is of another clock, which says nothing about how long ago it was.
        if !settled && now.saturating_sub(touched_ms) < quiet {
            let again_at = touched_ms.saturating_add(quiet).clamp(now, now.saturating_add(quiet));
            return Some(Finding::NotYet { path, again_at });
        }
        Some(match before {
            Some(before) => Finding::Changed { path, stamp, before },
            None => Finding::New { path, stamp },
        })
    }

    /// Whether a file of this stamp is known. A number alone may be that of a file deleted long ago.
    fn is_known(&self, conn: &Connection, stamp: &Stamp) -> Result<bool> {
        let Some(id) = stamp.id else { return Ok(false) };
        Ok(ledger::with_id(conn, self.source, id)?.iter().any(|known| known.stamp.is_same_file(stamp)))
    }

    /// The known file that now has the name `to`, if it left its own.
    fn moved_here(&mut self, conn: &Connection, to: &Path, stamp: &Stamp) -> Result<Option<Known>> {
        let Some(id) = stamp.id else { return Ok(None) };
        for known in ledger::with_id(conn, self.source, id)? {
            let same = known.stamp.is_same_file(stamp) && known.path != to && !self.claimed.contains(&known.path);
            if known.displaced && known.stamp.is_same_file(stamp) || same && self.has_left(&known, to) {
                if !known.displaced {
                    self.claimed.insert(known.path.clone());
                }
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// Whether a known file is surely not under its name any more, if it is under the name `to`. Two names of one file that
    /// are both there are two files.
    fn has_left(&self, known: &Known, to: &Path) -> bool {
        match disk::look_at(&self.wanted, &known.path) {
            There::Nothing | There::Folder | There::Other => true,
            There::Unknown(_) => false,
            There::File(file) if file.stamp.id != known.stamp.id => true,
            There::File(_) => {
                let folded = |path: &Path| path.to_string_lossy().to_lowercase();
                folded(&known.path) == folded(to) && !disk::is_spelled_so(self.wanted.root(), &known.path, to)
            }
        }
    }
}
