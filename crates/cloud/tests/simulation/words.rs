//! What users write: texts that are one whole, and in files named `.words` sets of words, which can be merged.

use legible_cloud::FilePath;
use legible_cloud::run::Merge;
use std::collections::BTreeSet;

/// What a damaged content begins with. Nobody wrote it.
pub const DAMAGED: char = '!';

/// The words of a content, if it is a set of words.
pub fn words(content: &[u8]) -> Option<BTreeSet<&str>> {
    let text = std::str::from_utf8(content).unwrap();
    (!text.starts_with(DAMAGED)).then(|| text.split_whitespace().collect())
}

pub fn is_words(path: &FilePath) -> bool {
    path.as_str().ends_with(".words")
}

/// What of a content must not be lost: each of its words, or else the whole.
pub fn parts(path: &FilePath, content: &[u8]) -> BTreeSet<String> {
    let text = std::str::from_utf8(content).unwrap();
    if text.starts_with(DAMAGED) {
        BTreeSet::new()
    } else if is_words(path) {
        text.split_whitespace().map(str::to_owned).collect()
    } else {
        BTreeSet::from([text.to_owned()])
    }
}

pub fn joined<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    words.into_iter().collect::<Vec<_>>().join(" ").into_bytes()
}

/// Merges sets of words: what one side added or removed since then is added or removed.
pub struct Words;

impl Merge for Words {
    fn may_merge(&self, path: &FilePath) -> bool {
        is_words(path)
    }

    fn gist(&self, _: &FilePath, content: &[u8]) -> Option<Vec<u8>> {
        Some(content.to_vec())
    }

    fn merge(&self, _: &FilePath, was: Option<&[u8]>, local: &[u8], remote: &[u8]) -> Option<Vec<u8>> {
        let (local, remote) = (words(local)?, words(remote)?);
        let was = was.and_then(words).unwrap_or_default();
        let stays = |word: &&&str| (local.contains(**word) && remote.contains(**word)) || !was.contains(**word);
        Some(joined(local.union(&remote).filter(stays).copied().collect::<BTreeSet<_>>()))
    }

    fn sidecar_of(&self, _: &FilePath) -> Option<FilePath> {
        None
    }

    fn named_by(&self, _: &FilePath, _: &[u8]) -> Option<String> {
        None
    }
}
