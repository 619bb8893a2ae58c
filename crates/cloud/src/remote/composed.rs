//! How a storage may spell a path that is composed here (NFC): one that keeps compositions apart has a file under the name that it was given,
//! as macOS gives names whose letters are taken apart (NFD).

use crate::lock::lock;
use crate::path::FilePath;
use std::collections::HashMap;
use std::sync::Mutex;
use unicode_normalization::UnicodeNormalization;

/// In how many names of a path, at most, either spelling is looked for. Of more, all have the same.
const MOST_NAMES: u32 = 3;

/// The spellings that were met.
#[derive(Default)]
pub(super) struct Spelled(Mutex<HashMap<FilePath, String>>);

impl Spelled {
    /// How a path is spelled there, if that is known: nearly all are spelled in one way only.
    pub fn known(&self, path: &FilePath) -> Option<String> {
        let known = lock(&self.0).get(path).cloned();
        known.or_else(|| spellings(path.as_str()).is_empty().then(|| path.to_string()))
    }

    /// How a path may be spelled there, the likeliest first.
    pub fn candidates(&self, path: &FilePath) -> Vec<String> {
        let mut all = vec![path.to_string()];
        all.extend(spellings(path.as_str()));
        if let Some(at) = self.known(path).and_then(|known| all.iter().position(|raw| *raw == known)) {
            all.swap(0, at);
        }
        all
    }

    /// Notes how a path is spelled there.
    pub fn note(&self, path: &FilePath, raw: &str) {
        if !spellings(path.as_str()).is_empty() {
            lock(&self.0).insert(path.clone(), raw.to_owned());
        }
    }

    /// Forgets all, when it is told anew what is there.
    pub fn clear(&self) {
        lock(&self.0).clear();
    }

    /// Forgets how a path is spelled there: nothing is there any more.
    pub fn forget(&self, path: &FilePath) {
        lock(&self.0).remove(path);
    }
}

/// The other spellings of a path, with some of its names taken apart; none where nothing in it can be.
fn spellings(path: &str) -> Vec<String> {
    let apart: Vec<(&str, Option<String>)> = path.split('/').map(|name| (name, taken_apart(name))).collect();
    let count = apart.iter().filter(|(_, apart)| apart.is_some()).count() as u32;
    if count > MOST_NAMES {
        return vec![path.nfd().collect()];
    }
    let spelled = |which: u32| {
        let mut bits = which;
        let names = apart.iter().map(|(name, apart)| match apart {
            Some(apart) => {
                let is_apart = bits & 1 == 1;
                bits >>= 1;
                if is_apart { apart.as_str() } else { *name }
            }
            None => *name,
        });
        names.collect::<Vec<_>>().join("/")
    };
    (1..1 << count).rev().map(spelled).collect()
}

fn taken_apart(name: &str) -> Option<String> {
    if name.is_ascii() {
        return None;
    }
    let apart: String = name.nfd().collect();
    (apart != name).then_some(apart)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_in_both_ways() {
        let check = |path: &str, expected: &[&str]| assert_eq!(spellings(path), expected, "{path}");
        check("a/b.png", &[]);
        check("收据/发票.png", &[]);
        check("a/é.png", &["a/e\u{301}.png"]);
        check("é/ö.png", &["e\u{301}/o\u{308}.png", "é/o\u{308}.png", "e\u{301}/ö.png"]);
        check("é/é/é/é", &["e\u{301}/e\u{301}/e\u{301}/e\u{301}"]);
    }

    #[test]
    fn what_was_met_is_known() {
        let (spelled, path) = (Spelled::default(), FilePath::parse("é.png").unwrap());
        assert_eq!(spelled.known(&FilePath::parse("a.png").unwrap()).as_deref(), Some("a.png"));
        assert_eq!(spelled.known(&path), None);
        spelled.note(&path, "e\u{301}.png");
        assert_eq!(spelled.known(&path).as_deref(), Some("e\u{301}.png"));
        spelled.forget(&path);
        assert_eq!(spelled.known(&path), None);
    }
}
