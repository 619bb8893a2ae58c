//! What is on both sides now.

use super::Run;
use crate::Result;
use crate::error::Error;
use crate::limits::{MAX_FILE_BYTES, MAX_FILES};
use crate::path::FilePath;
use crate::plan::Sides;
use crate::remote::{Changes, Cursor, RemoteFile, Unusable};
use crate::words::too_large;
use std::collections::{BTreeMap, BTreeSet};

/// What a look at both sides tells.
pub(super) struct Looked {
    pub(super) sides: Sides,
    /// What is there and left alone.
    pub(super) unusable: Vec<Unusable>,
    /// Whether one of the sides takes names that differ only in case for one.
    pub(super) folds_case: bool,
}

impl Run<'_> {
    /// Looks at both sides. The storage comes first: what is changed here meanwhile is then newer than what is known of there.
    pub(super) fn look(&self) -> Result<Looked> {
        let (remote, mut unusable) = self.look_there()?;
        let here = self.local.list(&|| self.watch.stopped())?;
        unusable.extend(here.unusable);
        let too_large_there = remote.values().filter(|file| file.size > MAX_FILE_BYTES);
        unusable.extend(too_large_there.map(|file| Unusable {
            name: file.path.to_string(),
            why: too_large(),
            id: None,
        }));
        if remote.len() > MAX_FILES || here.files.len() > MAX_FILES {
            let message = format!("there are more than {MAX_FILES} files");
            let hint = "Keep a smaller folder in step.".to_owned();
            return Err(Error::NeedsYou { message, hint });
        }
        // What is there and cannot be used is not gone, and what was in step of it stays noted.
        let left_alone: BTreeSet<String> = unusable.iter().map(|unusable| unusable.name.clone()).collect();
        let mut sides = Sides {
            local: here.files.into_iter().map(|file| (file.path.clone(), file)).collect(),
            remote,
            in_step: self.ledger().all()?,
        };
        self.spell_alike(&mut sides, here.folds_case)?;
        let unwanted: BTreeSet<FilePath> = {
            let Sides { local, remote, in_step } = &sides;
            let is_known =
                |path: &FilePath| local.contains_key(path) || remote.contains_key(path) || in_step.contains_key(path);
            let wants =
                |path: &FilePath| self.options.wants.wants(path, &is_known) && !is_among(path.as_str(), &left_alone);
            let all = local.keys().chain(remote.keys()).chain(in_step.keys());
            all.filter(|path| !wants(path)).cloned().collect()
        };
        sides.local.retain(|path, _| !unwanted.contains(path));
        sides.remote.retain(|path, _| !unwanted.contains(path));
        sides.in_step.retain(|path, _| !unwanted.contains(path));
        unusable.extend(self.leave_others(&mut sides)?);
        Ok(Looked { sides, unusable, folds_case: here.folds_case || self.remote.capabilities().folds_case })
    }

    /// What the storage has: what it had, with what it says has changed, or a list of all.
    fn look_there(&self) -> Result<(BTreeMap<FilePath, RemoteFile>, Vec<Unusable>)> {
        let (cursor, seen) = {
            let ledger = self.ledger();
            let cursor = ledger.cursor()?;
            let seen = if cursor.is_some() { ledger.seen()? } else { Vec::new() };
            (cursor, seen)
        };
        if let Some(cursor) = cursor {
            self.remote.recall(&seen);
            match self.remote.changes(&cursor, self.watch) {
                // A mark that is forgotten says nothing about what is there.
                Err(Error::Expired) => {}
                changes => return self.look_at_changes(seen, changes?),
            }
        }
        let listing = self.remote.list(self.watch)?;
        self.note_seen(&listing.files, &listing.unusable, listing.cursor.as_ref())?;
        Ok((by_path(listing.files), listing.unusable))
    }

    fn look_at_changes(
        &self,
        seen: Vec<RemoteFile>,
        changes: Changes,
    ) -> Result<(BTreeMap<FilePath, RemoteFile>, Vec<Unusable>)> {
        // Of a path that a storage which ignores case tells otherwise than before, the file is the same.
        let folds_case = self.remote.capabilities().folds_case;
        let name = |path: &FilePath| if folds_case { path.folded() } else { path.to_string() };
        let changed = changes.files.iter().map(|file| &file.path);
        let gone: BTreeSet<String> = changes.gone.iter().chain(changed).map(name).collect();
        let mut files = by_path(seen);
        files.retain(|path, _| !is_among(&name(path), &gone));
        files.extend(by_path(changes.files));
        let all: Vec<RemoteFile> = files.values().cloned().collect();
        let mut unusable = self.ledger().unusable()?;
        let told: BTreeSet<String> = changes.told.into_iter().collect();
        unusable.retain(|left| !left.id.as_ref().is_some_and(|id| is_among(id, &told)));
        unusable.retain(|left| !is_among(&left.name, &gone));
        unusable.extend(changes.unusable);
        self.note_seen(&all, &unusable, changes.cursor.as_ref())?;
        Ok((files, unusable))
    }

    fn note_seen(&self, files: &[RemoteFile], unusable: &[Unusable], cursor: Option<&Cursor>) -> Result<()> {
        // Without a mark nobody would ask for it again.
        if cursor.is_some() { self.ledger().see(files, unusable, cursor) } else { Ok(()) }
    }

    /// Gives one name to a file that is called otherwise on one side, or by now, only by the case of its letters: it is no other one that
    /// came, and the one of before is not gone.
    fn spell_alike(&self, sides: &mut Sides, here_folds_case: bool) -> Result<()> {
        let there_folds_case = self.remote.capabilities().folds_case;
        for (now, was) in recased(sides.local.keys(), sides.in_step.keys()) {
            if here_folds_case {
                // Either name leads to it.
                respell(&mut sides.local, &now, &was, |file| &mut file.path);
            } else if there_folds_case {
                self.rename_in_step(sides, &was, &now)?;
            }
        }
        if there_folds_case {
            let names: BTreeSet<&FilePath> = sides.in_step.keys().chain(sides.local.keys()).collect();
            for (now, was) in recased(sides.remote.keys(), names.iter().copied()) {
                respell(&mut sides.remote, &now, &was, |file| &mut file.path);
            }
        }
        Ok(())
    }

    /// Notes another name of what is in step. After a kill in the middle both sides have the same content, and it was never in step.
    fn rename_in_step(&self, sides: &mut Sides, was: &FilePath, now: &FilePath) -> Result<()> {
        let mut ledger = self.ledger();
        let Some(noted) = ledger.one(was)? else { return Ok(()) };
        ledger.forget(was)?;
        ledger.note(now, &noted)?;
        sides.in_step.remove(was);
        sides.in_step.insert(now.clone(), noted);
        Ok(())
    }
}

fn respell<T>(files: &mut BTreeMap<FilePath, T>, now: &FilePath, was: &FilePath, path: fn(&mut T) -> &mut FilePath) {
    if let Some(mut file) = files.remove(now) {
        path(&mut file).clone_from(was);
        files.insert(was.clone(), file);
    }
}

/// The names of a side that are not known, each with one that is, that the side does not have, and that has the same letters in another
/// case.
fn recased<'a>(
    side: impl Iterator<Item = &'a FilePath> + Clone,
    known: impl Iterator<Item = &'a FilePath> + Clone,
) -> Vec<(FilePath, FilePath)> {
    let has: BTreeSet<&FilePath> = side.clone().collect();
    let missing: BTreeMap<String, &FilePath> =
        known.clone().filter(|path| !has.contains(path)).map(|path| (path.folded(), path)).collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let known: BTreeSet<&FilePath> = known.collect();
    let new = side.filter(|path| !known.contains(path));
    new.filter_map(|now| Some((now.clone(), (*missing.get(&now.folded())?).clone()))).collect()
}

/// Whether a path or a folder above it is among these names.
fn is_among(path: &str, names: &BTreeSet<String>) -> bool {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    !names.is_empty() && ends.map(|at| &path[..at]).any(|above| names.contains(above))
}

fn by_path(files: Vec<RemoteFile>) -> BTreeMap<FilePath, RemoteFile> {
    files.into_iter().map(|file| (file.path.clone(), file)).collect()
}
