//! Groups of perceptual hashes that differ in few bits, without comparing each with each.
//!
//! Multi-index hashing (Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012):
//! each hash is entered by the four bands of 16 bits of its one direction. Two that differ there in at most 7 bits differ
//! in at most one bit in one of the bands at least, since two in each would make 8. So looking up the band itself and the
//! 16 bands that differ from it in one bit, for each of the four, finds every one of them; what is found is then compared
//! whole, in both directions.

use legible_reading::recognition::PerceptualHash;
use std::collections::{HashMap, HashSet};

const BANDS: usize = 4;
const BAND_BITS: u32 = 16;

// With a higher limit the bands would miss some.
const _: () = assert!(PerceptualHash::NEAR < 2 * BANDS as u32 && BANDS as u32 * BAND_BITS == u64::BITS);

/// Groups of items whose hashes look like that of the first in the group, which was told apart from none of the others, as
/// none of them from another. An item is in one group at most; the largest groups come first, and of equally large ones
/// that with the lowest number. `apart` names for items the sets of which no two items are to be in one group.
pub fn groups(items: &[(i64, PerceptualHash)], apart: &HashMap<i64, Vec<u32>>) -> Vec<Vec<i64>> {
    // Equal hashes, such as those of a series of screenshots, are compared once.
    let mut of_hash: HashMap<PerceptualHash, usize> = HashMap::new();
    let (mut hashes, mut ids): (Vec<PerceptualHash>, Vec<Vec<i64>>) = (Vec::new(), Vec::new());
    for &(id, hash) in items {
        let number = *of_hash.entry(hash).or_insert_with(|| {
            hashes.push(hash);
            ids.push(Vec::new());
            hashes.len() - 1
        });
        ids[number].push(id);
    }
    let index = Index::new(&hashes);
    let mut groups = Vec::new();
    for first in 0..hashes.len() {
        // Those that are left of one hash were told apart from the group before.
        while let Some(&head) = ids[first].first() {
            let mut group = Group { members: vec![head], apart_from: sets(apart, head).collect() };
            ids[first].remove(0);
            for near in index.look_alikes(first) {
                ids[near].retain(|&id| !group.takes(id, apart));
            }
            if group.members.len() > 1 {
                group.members.sort_unstable();
                groups.push(group.members);
            }
        }
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
    groups
}

/// The sets of items that are told apart which an item is in.
fn sets(apart: &HashMap<i64, Vec<u32>>, id: i64) -> impl Iterator<Item = u32> + '_ {
    apart.get(&id).into_iter().flatten().copied()
}

struct Group {
    members: Vec<i64>,
    /// The sets that its members are in.
    apart_from: HashSet<u32>,
}

impl Group {
    /// Takes an item in unless it was told apart from one that is in.
    fn takes(&mut self, id: i64, apart: &HashMap<i64, Vec<u32>>) -> bool {
        if sets(apart, id).any(|set| self.apart_from.contains(&set)) {
            return false;
        }
        self.members.push(id);
        self.apart_from.extend(sets(apart, id));
        true
    }
}

/// Hashes by their bands: for each value of a band the hashes that have it, all in one list by values.
struct Index<'a> {
    hashes: &'a [PerceptualHash],
    bands: [Band; BANDS],
}

/// Hashes by the value of one band, each with its number, and where in `entries` each value begins. They lie beside each other,
/// as most are compared in that direction alone.
struct Band {
    begins: Vec<u32>,
    entries: Vec<(u64, u32)>,
}

impl Band {
    fn new(hashes: &[PerceptualHash], band: usize) -> Self {
        let mut begins = vec![0_u32; (1 << BAND_BITS) + 1];
        for hash in hashes {
            begins[value_of(*hash, band) + 1] += 1;
        }
        for value in 0..1 << BAND_BITS {
            begins[value + 1] += begins[value];
        }
        let (mut next, mut entries) = (begins.clone(), vec![(0, 0); hashes.len()]);
        for (number, hash) in (0..).zip(hashes) {
            let place = &mut next[value_of(*hash, band)];
            entries[*place as usize] = (hash.across, number);
            *place += 1;
        }
        Band { begins, entries }
    }

    fn with(&self, value: usize) -> &[(u64, u32)] {
        &self.entries[self.begins[value] as usize..self.begins[value + 1] as usize]
    }
}

impl<'a> Index<'a> {
    fn new(hashes: &'a [PerceptualHash]) -> Self {
        Index { hashes, bands: std::array::from_fn(|band| Band::new(hashes, band)) }
    }

    /// The numbers of the hashes from this one on that look like it, itself among them, lowest first.
    fn look_alikes(&self, number: usize) -> Vec<usize> {
        let hash = self.hashes[number];
        let mut found = Vec::new();
        for (band, entries) in self.bands.iter().enumerate() {
            let exact = value_of(hash, band);
            for value in std::iter::once(exact).chain((0..BAND_BITS).map(|bit| exact ^ (1 << bit))) {
                for &(across, other) in entries.with(value) {
                    let other = other as usize;
                    let near = (across ^ hash.across).count_ones() <= PerceptualHash::NEAR;
                    if near && other >= number && self.hashes[other].is_near(hash) {
                        found.push(other);
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn value_of(hash: PerceptualHash, band: usize) -> usize {
    usize::from((hash.across >> (band as u32 * BAND_BITS)) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn looks(across: u64, down: u64) -> PerceptualHash {
        PerceptualHash { across, down }
    }

    fn numbered(hashes: &[PerceptualHash]) -> Vec<(i64, PerceptualHash)> {
        (1..).zip(hashes.iter().copied()).collect()
    }

    /// The same by comparing each with each.
    fn by_brute_force(items: &[(i64, PerceptualHash)], apart: &HashMap<i64, Vec<u32>>) -> Vec<Vec<i64>> {
        // Items of one hash stand where its first one does.
        let place = |hash: PerceptualHash| items.iter().position(|item| item.1 == hash);
        let mut free = items.to_vec();
        free.sort_by_key(|item| place(item.1));
        let told_apart = |a: i64, b: i64| sets(apart, a).any(|set| sets(apart, b).any(|other| other == set));
        let mut groups = Vec::new();
        while !free.is_empty() {
            let (head, first) = free.remove(0);
            let mut group = vec![head];
            free.retain(|&(id, hash)| {
                let differ = |a: u64, b: u64| (a ^ b).count_ones() <= PerceptualHash::NEAR;
                let alike = differ(hash.across, first.across) && differ(hash.down, first.down);
                let taken = alike && group.iter().all(|&member| !told_apart(member, id));
                if taken {
                    group.push(id);
                }
                !taken
            });
            group.sort_unstable();
            groups.extend((group.len() > 1).then_some(group));
        }
        groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
        groups
    }

    #[test]
    fn groups_are_of_what_looks_like_the_first() {
        let few = (1_u64 << PerceptualHash::NEAR) - 1;
        let check = |hashes: &[(u64, u64)], apart: &[(i64, &[u32])], expected: &[&[i64]]| {
            let hashes: Vec<_> = hashes.iter().map(|&(across, down)| looks(across, down)).collect();
            let apart = apart.iter().map(|(id, sets)| (*id, sets.to_vec())).collect();
            assert_eq!(groups(&numbered(&hashes), &apart), expected);
        };
        check(&[], &[], &[]);
        check(&[(5, 5)], &[], &[]);
        check(&[(5, 5), (5, 5)], &[], &[&[1, 2]]);
        check(&[(0, 0), (few, few), (few << 1 | 1, 0), (0, few << 1 | 1)], &[], &[&[1, 2]]);
        let all = u64::MAX;
        check(&[(0, 7), (all, 7), (few, 7), (!few, 7), (!few, 7)], &[], &[&[2, 4, 5], &[1, 3]]);
        check(&[(5, 5), (5, 5)], &[(1, &[9]), (2, &[8, 9])], &[]);
        check(&[(5, 5), (5, 5), (5, 4)], &[(1, &[9]), (2, &[8, 9])], &[&[1, 3]]);
        check(&[(5, 5); 4], &[(1, &[9]), (2, &[9]), (3, &[8]), (4, &[8])], &[&[1, 3], &[2, 4]]);
    }

    proptest! {
        #[test]
        fn nothing_is_missed(
            seeds in prop::collection::vec(any::<(u64, u64)>(), 1..6),
            flips in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(0..128_u32, 0..14)), 0..60),
            apart in prop::collection::hash_map(1..60_i64, prop::collection::vec(0..5_u32, 1..3), 0..20),
        ) {
            let near = |(seed, bits): (prop::sample::Index, Vec<u32>)| {
                let (across, down) = *seed.get(&seeds);
                let flipped = |hash: PerceptualHash, bit: u32| match bit {
                    0..64 => looks(hash.across ^ (1 << bit), hash.down),
                    _ => looks(hash.across, hash.down ^ (1 << (bit - 64))),
                };
                bits.into_iter().fold(looks(across, down), flipped)
            };
            let hashes: Vec<PerceptualHash> = flips.into_iter().map(near).collect();
            let items = numbered(&hashes);
            prop_assert_eq!(groups(&items, &apart), by_brute_force(&items, &apart));
        }
    }
}
