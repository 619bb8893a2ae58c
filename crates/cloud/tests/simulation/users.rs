//! What users do, and what must not be lost of it.

use crate::words::{DAMAGED, is_words, joined, parts, words};
use crate::world::State;
use legible_cloud::FilePath;
use std::collections::BTreeSet;

/// The files that there may be, besides copies that were kept.
const PATHS: [&str; 6] = ["a.bin", "b.words", "c.bin", "d/e.bin", "d/f.words", "g.bin"];

/// A part of a content, and the path that a user gave it.
pub type Written = (String, FilePath);

/// What must be somewhere in the end.
#[derive(Default)]
pub struct Owed {
    written: BTreeSet<Written>,
    /// What a user overwrote or deleted who saw it. It is not owed again, even if it is written again.
    given_up: BTreeSet<Written>,
}

impl Owed {
    fn write(&mut self, path: &FilePath, content: &[u8]) {
        self.written.extend(written(path, content));
    }

    fn give_up(&mut self, path: &FilePath, content: &[u8]) {
        self.given_up.extend(written(path, content));
    }

    pub fn all(&self) -> impl Iterator<Item = &Written> {
        self.written.difference(&self.given_up)
    }
}

/// The parts of a content. Those of a copy that was kept are those of the file that it is a copy of.
pub fn written(path: &FilePath, content: &[u8]) -> BTreeSet<Written> {
    let origin = origin(path);
    parts(&origin, content).into_iter().map(|part| (part, origin.clone())).collect()
}

fn origin(path: &FilePath) -> FilePath {
    let is_copy_of = |name: &&&str| {
        let stem = name.rsplit_once('.').map_or(**name, |(stem, _)| stem);
        path.as_str().starts_with(&format!("{stem} (conflict"))
    };
    PATHS.iter().find(is_copy_of).map_or_else(|| path.clone(), |name| FilePath::parse(name).unwrap())
}

impl State {
    /// The user of a device does something.
    pub fn user_acts(&mut self, device: usize) {
        let there: Vec<FilePath> = self.devices[device].files.keys().cloned().collect();
        let any = PATHS.map(|path| FilePath::parse(path).unwrap());
        match self.chance.below(10) {
            0 | 1 => {
                if let Some(path) = self.chance.pick(&there) {
                    self.user_deletes(device, &path);
                }
            }
            2 => {
                let from = self.chance.pick(&there);
                let to = self.chance.pick(&any).filter(|to| !there.contains(to));
                if let Some((from, to)) = from.zip(to).filter(|(from, to)| is_words(from) == is_words(to)) {
                    self.user_renames(device, &from, to);
                }
            }
            3..=5 => {
                if let Some(path) = self.chance.pick(&there) {
                    self.user_edits(device, &path);
                }
            }
            _ => {
                if let Some(path) = self.chance.pick(&any) {
                    self.user_edits(device, &path);
                }
            }
        }
    }

    pub fn user_deletes(&mut self, device: usize, path: &FilePath) {
        if let Some(bytes) = self.devices[device].files.remove(path) {
            self.owed.give_up(path, &bytes);
        }
    }

    fn user_renames(&mut self, device: usize, from: &FilePath, to: FilePath) {
        if let Some(bytes) = self.devices[device].files.remove(from) {
            self.owed.give_up(from, &bytes);
            self.owed.write(&to, &bytes);
            self.devices[device].files.insert(to, bytes);
        }
    }

    /// Adds and removes words, or writes another text. Damaged words are left alone: no program could read them.
    pub fn user_edits(&mut self, device: usize, path: &FilePath) {
        let was = self.devices[device].files.get(path).cloned();
        if is_words(path) && was.as_deref().is_some_and(|was| words(was).is_none()) {
            return;
        }
        let content = if is_words(path) { self.other_words(was.as_deref()) } else { self.other_text(was.is_none()) };
        let origin = origin(path);
        if let Some(was) = &was {
            let stay = parts(&origin, &content);
            let gone = parts(&origin, was).into_iter().filter(|part| !stay.contains(part));
            self.owed.given_up.extend(gone.map(|part| (part, origin.clone())));
        }
        self.owed.write(path, &content);
        self.devices[device].files.insert(path.clone(), content);
    }

    fn other_words(&mut self, was: Option<&[u8]>) -> Vec<u8> {
        let mut all: BTreeSet<&str> = was.and_then(words).unwrap_or_default();
        let removed = self.chance.pick(&all.iter().copied().collect::<Vec<_>>());
        if let Some(removed) = removed.filter(|_| self.chance.one_in(3)) {
            all.remove(removed);
        }
        let new = self.new_word();
        all.insert(&new);
        joined(all)
    }

    /// Sometimes what another user has, too.
    fn other_text(&mut self, is_new: bool) -> Vec<u8> {
        if is_new && self.chance.one_in(4) { b"the same".to_vec() } else { self.new_word().into_bytes() }
    }

    fn new_word(&mut self) -> String {
        self.last_word += 1;
        let word = format!("w{}", self.last_word);
        assert!(!word.starts_with(DAMAGED));
        word
    }
}
