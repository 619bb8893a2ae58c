//! What other programs did with the images of the library folder, told from what lies there and from what the library knows: pictures that
//! changed, that were moved over others, that were copied over others.

use legible_library::{ContentHash, ItemId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// An image as the library knows it: where it lies in the folder, and its bytes.
pub type Known = (ItemId, PathBuf, ContentHash);

/// What is otherwise than it is known.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Images that lie at another path by now, and that path.
    pub moved: Vec<(ItemId, PathBuf)>,
    /// Images in whose place lies a copy of another one, which lies where it lay.
    pub copied_over: Vec<ItemId>,
    /// Images in whose place lies another image that is moved here: their own bytes lie nowhere any more.
    pub replaced: Vec<ItemId>,
    /// Paths of images with bytes that no other one has.
    pub edited: Vec<PathBuf>,
    /// Paths where no image is known, with bytes that none has.
    pub unknown: Vec<PathBuf>,
}

impl Changed {
    /// The difference between what is `known` and what lies `here`, by its path.
    pub fn of(known: &[Known], here: &BTreeMap<PathBuf, ContentHash>) -> Self {
        let by_hash: HashMap<&ContentHash, &Known> = known.iter().map(|one| (&one.2, one)).collect();
        let by_path: HashMap<&Path, &Known> = known.iter().map(|one| (one.1.as_path(), one)).collect();
        let stays = |(_, path, hash): &Known| here.get(path) == Some(hash);
        let mut changed = Changed::default();
        let mut moves: BTreeMap<ItemId, &Path> = BTreeMap::new();
        for (path, hash) in here {
            let in_its_place = by_path.get(path.as_path()).filter(|known| known.2 != *hash);
            match by_hash.get(hash) {
                // Where nothing lay, a copy is none of the library's.
                Some(other) if stays(other) || moves.contains_key(&other.0) => {
                    changed.copied_over.extend(in_its_place.map(|known| known.0));
                }
                Some(other) => _ = moves.insert(other.0, path),
                None if in_its_place.is_some() => changed.edited.push(path.clone()),
                None => changed.unknown.push(path.clone()),
            }
        }
        let taken: HashSet<&Path> = moves.values().copied().collect();
        let lost = |known: &&Known| taken.contains(known.1.as_path()) && !moves.contains_key(&known.0);
        changed.replaced = known.iter().filter(lost).map(|known| known.0).collect();
        // In whose place a copy of another one lies may lie elsewhere itself.
        changed.copied_over.retain(|id| !moves.contains_key(id));
        changed.moved = moves.into_iter().map(|(id, to)| (id, to.to_owned())).collect();
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_programs_did_is_told_from_what_lies_there() {
        let hash = |word: &str| ContentHash::of(word.as_bytes());
        let known: Vec<Known> = [(1, "a", "apple"), (2, "b", "banana"), (3, "c", "cherry")]
            .map(|(id, path, word)| (ItemId(id), path.into(), hash(word)))
            .into();
        let check = |here: &[(&str, &str)], expected: Changed| {
            let here = here.iter().map(|(path, word)| (path.into(), hash(word))).collect();
            assert_eq!(Changed::of(&known, &here), expected, "{here:?}");
        };
        let moved = |moved: &[(i64, &str)]| moved.iter().map(|(id, to)| (ItemId(*id), to.into())).collect::<Vec<_>>();
        let none = Changed::default;
        check(&[("a", "apple"), ("b", "banana"), ("c", "cherry")], none());
        check(&[], none());
        check(&[("a", "new"), ("b", "banana")], Changed { edited: vec!["a".into()], ..none() });
        // They exchange their places, or go round.
        check(&[("a", "banana"), ("b", "apple")], Changed { moved: moved(&[(1, "b"), (2, "a")]), ..none() });
        check(
            &[("a", "cherry"), ("b", "apple"), ("c", "banana")],
            Changed { moved: moved(&[(1, "b"), (2, "c"), (3, "a")]), ..none() },
        );
        check(&[("a", "apple"), ("d", "new")], Changed { unknown: vec!["d".into()], ..none() });
        // A copy over another one, and beside.
        check(&[("a", "apple"), ("b", "apple")], Changed { copied_over: vec![ItemId(2)], ..none() });
        check(&[("a", "apple"), ("d", "apple")], none());
        // Another name, a free one or that of another; and with something new in its place.
        check(&[("d", "apple")], Changed { moved: moved(&[(1, "d")]), ..none() });
        check(&[("b", "apple")], Changed { moved: moved(&[(1, "b")]), replaced: vec![ItemId(2)], ..none() });
        check(
            &[("a", "new"), ("d", "apple")],
            Changed { moved: moved(&[(1, "d")]), edited: vec!["a".into()], ..none() },
        );
        check(&[("a", "banana"), ("b", "banana"), ("d", "apple")], Changed { moved: moved(&[(1, "d")]), ..none() });
        check(
            &[("b", "apple"), ("d", "apple")],
            Changed { moved: moved(&[(1, "b")]), replaced: vec![ItemId(2)], ..none() },
        );
    }
}
