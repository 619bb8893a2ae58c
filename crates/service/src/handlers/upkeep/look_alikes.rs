//! Groups of perceptual hashes that differ in few bits, without comparing each with each.
//!
//! Multi-index hashing (Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012):
//! each hash is entered by the four bands of 16 bits of its one direction. Two that differ there in at most 7 bits differ
//! in at most one bit in one of the bands at least, since two in each would make 8. So looking up the band itself and the
//! 16 bands that differ from it in one bit, for each of the four, finds every one of them; what is found is then compared
//! whole, in both directions.

use crate::limits::LOOK_ALIKE_BITS;
use legible_library::PerceptualHash;
use std::collections::HashMap;

const BANDS: usize = 4;
const BAND_BITS: u32 = 16;

// With a higher limit the bands would miss some.
const _: () = assert!(LOOK_ALIKE_BITS < 2 * BANDS as u32 && BANDS as u32 * BAND_BITS == u64::BITS);

/// Groups of items whose hashes look like that of the first in the group: they differ from it in at most
/// [`LOOK_ALIKE_BITS`] in each direction. An item is in one group at most; the largest groups come first. `check` is called now and then.
///
/// # Errors
/// That of `check`.
pub fn groups<E>(
    items: &[(i64, PerceptualHash)],
    mut check: impl FnMut(usize) -> Result<(), E>,
) -> Result<Vec<Vec<i64>>, E> {
    // Equal hashes, such as those of a series of screenshots, are compared once.
    let mut of_hash: HashMap<PerceptualHash, Vec<i64>> = HashMap::new();
    let mut hashes = Vec::new();
    for &(id, hash) in items {
        let ids = of_hash.entry(hash).or_default();
        if ids.is_empty() {
            hashes.push(hash);
        }
        ids.push(id);
    }
    let index = Index::new(&hashes);
    let (mut grouped, mut groups) = (vec![false; hashes.len()], Vec::new());
    for first in 0..hashes.len() {
        check(first)?;
        if grouped[first] {
            continue;
        }
        let mut group = Vec::new();
        index.look_alikes(hashes[first], |found| {
            if !std::mem::replace(&mut grouped[found], true) {
                group.extend(of_hash.get(&hashes[found]).into_iter().flatten().copied());
            }
        });
        if group.len() > 1 {
            group.sort_unstable();
            groups.push(group);
        }
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
    Ok(groups)
}

/// Hashes by their bands.
struct Index<'a> {
    hashes: &'a [PerceptualHash],
    bands: [Vec<Vec<u32>>; BANDS],
}

impl<'a> Index<'a> {
    fn new(hashes: &'a [PerceptualHash]) -> Self {
        let mut bands = [(); BANDS].map(|()| vec![Vec::new(); 1 << BAND_BITS]);
        for (number, &hash) in (0..).zip(hashes) {
            for (band, entries) in bands.iter_mut().enumerate() {
                entries[band_of(hash.across, band)].push(number);
            }
        }
        Index { hashes, bands }
    }

    /// Tells the position of each hash that looks like this one, some more than once.
    fn look_alikes(&self, hash: PerceptualHash, mut tell: impl FnMut(usize)) {
        for (band, entries) in self.bands.iter().enumerate() {
            let exact = band_of(hash.across, band);
            let near = std::iter::once(exact).chain((0..BAND_BITS).map(|bit| exact ^ (1 << bit)));
            for &number in near.flat_map(|value| &entries[value]) {
                let number = number as usize;
                if look_alike(self.hashes[number], hash) {
                    tell(number);
                }
            }
        }
    }
}

/// Whether two hashes differ in few bits.
fn look_alike(a: PerceptualHash, b: PerceptualHash) -> bool {
    [a.across ^ b.across, a.down ^ b.down].iter().all(|differing| differing.count_ones() <= LOOK_ALIKE_BITS)
}

fn band_of(hash: u64, band: usize) -> usize {
    usize::from((hash >> (band as u32 * BAND_BITS)) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};
    use std::time::{Duration, Instant};

    fn looks(across: u64, down: u64) -> PerceptualHash {
        PerceptualHash { across, down }
    }

    fn grouped(hashes: &[PerceptualHash]) -> Vec<Vec<i64>> {
        let items: Vec<(i64, PerceptualHash)> = (1..).zip(hashes.iter().copied()).collect();
        groups(&items, |_| Ok::<(), ()>(())).unwrap()
    }

    /// The same by comparing each with each.
    fn by_brute_force(hashes: &[PerceptualHash]) -> Vec<Vec<i64>> {
        let mut free: Vec<(i64, PerceptualHash)> = (1..).zip(hashes.iter().copied()).collect();
        let mut groups = Vec::new();
        while let Some(&(_, first)) = free.first() {
            let differ = |a: u64, b: u64| (a ^ b).count_ones();
            let alike = |&(_, hash): &(i64, PerceptualHash)| {
                differ(hash.across, first.across).max(differ(hash.down, first.down)) <= LOOK_ALIKE_BITS
            };
            let group: Vec<i64> = free.iter().filter(|item| alike(item)).map(|item| item.0).collect();
            free.retain(|item| !alike(item));
            groups.extend((group.len() > 1).then_some(group));
        }
        groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
        groups
    }

    #[test]
    fn groups_are_of_what_looks_like_the_first() {
        let few = (1_u64 << LOOK_ALIKE_BITS) - 1;
        let check = |hashes: &[(u64, u64)], expected: &[&[i64]]| {
            let hashes: Vec<_> = hashes.iter().map(|&(across, down)| looks(across, down)).collect();
            assert_eq!(grouped(&hashes), expected);
        };
        check(&[], &[]);
        check(&[(5, 5)], &[]);
        check(&[(5, 5), (5, 5)], &[&[1, 2]]);
        check(&[(0, 0), (few, few), (few << 1 | 1, 0), (0, few << 1 | 1)], &[&[1, 2]]);
        let all = u64::MAX;
        check(&[(0, 7), (all, 7), (few, 7), (!few, 7), (!few, 7)], &[&[2, 4, 5], &[1, 3]]);
    }

    proptest! {
        #[test]
        fn nothing_is_missed(
            seeds in prop::collection::vec(any::<(u64, u64)>(), 1..6),
            flips in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(0..128_u32, 0..14)), 0..60),
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
            prop_assert_eq!(grouped(&hashes), by_brute_force(&hashes));
        }
    }

    #[test]
    fn a_hundred_thousand_are_grouped_in_no_time() {
        let mut random = StdRng::seed_from_u64(7);
        let mut hashes: Vec<PerceptualHash> = (0..99_000).map(|_| looks(random.random(), 0)).collect();
        for index in 0..1000 {
            hashes.push(looks(hashes[index * 7].across ^ (1 << (index % 64)), 0));
        }
        let started = Instant::now();
        assert_eq!(grouped(&hashes).len(), 1000);
        // Comparing each with each would be five billion comparisons, which takes minutes without optimisation.
        assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    }
}
