//! Sets of items as one bit for each: what filters find is joined and counted so.

use crate::item::ItemId;

/// A set of items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IdSet(Vec<u64>);

/// The word of an item and its bit in there; numbers of items are positive.
fn place(id: ItemId) -> (usize, u64) {
    let number = usize::try_from(id.0).unwrap_or(0);
    (number / 64, 1 << (number % 64))
}

impl IdSet {
    /// Adds an item.
    pub fn insert(&mut self, id: ItemId) {
        let (word, bit) = place(id);
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= bit;
    }

    /// Whether it has an item.
    pub fn contains(&self, id: ItemId) -> bool {
        let (word, bit) = place(id);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Keeps what the other has too.
    pub fn keep(&mut self, other: &IdSet) {
        self.0.truncate(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(bits, others)| *bits &= others);
    }

    /// Takes out what the other has.
    pub fn remove(&mut self, other: &IdSet) {
        self.0.iter_mut().zip(&other.0).for_each(|(bits, others)| *bits &= !others);
    }

    /// How many items it has.
    pub fn len(&self) -> usize {
        self.0.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    /// Its items by their numbers.
    pub fn iter(&self) -> impl Iterator<Item = ItemId> + '_ {
        self.0.iter().enumerate().flat_map(|(word, &bits)| {
            let mut left = bits;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                i64::try_from(word * 64 + bit as usize).ok().map(ItemId)
            })
        })
    }
}

impl FromIterator<ItemId> for IdSet {
    fn from_iter<I: IntoIterator<Item = ItemId>>(ids: I) -> Self {
        let mut set = IdSet::default();
        ids.into_iter().for_each(|id| set.insert(id));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_is_a_set(a in prop::collection::btree_set(1..400_i64, 0..40), b in prop::collection::btree_set(1..400_i64, 0..40)) {
            let set = |ids: &BTreeSet<i64>| ids.iter().copied().map(ItemId).collect::<IdSet>();
            let check = |set: &IdSet, expected: Vec<i64>| {
                assert_eq!(set.len(), expected.len());
                assert!((1..500).all(|id| set.contains(ItemId(id)) == expected.contains(&id)));
                assert_eq!(set.iter().map(|id| id.0).collect::<Vec<_>>(), expected);
            };
            let (mut both, mut less) = (set(&a), set(&a));
            both.keep(&set(&b));
            less.remove(&set(&b));
            check(&set(&a), a.iter().copied().collect());
            check(&both, a.intersection(&b).copied().collect());
            check(&less, a.difference(&b).copied().collect());
        }
    }
}
