//! How many items have what, as plain data.

use crate::item::ItemId;

/// A value that images have, and how many of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// As it is stored; [`Field::asking_for`](crate::Field::asking_for) makes a filter of it.
    pub value: String,
    /// Items.
    pub count: usize,
}

/// What the items that a query finds have; each list is in the order of the counts, the highest first, then by the alphabet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FacetCounts {
    /// Items that the query finds.
    pub total: usize,
    /// By kind.
    pub kinds: Vec<Counted>,
    /// By label: the [`MAX_COUNTED_LABELS`](crate::limits::MAX_COUNTED_LABELS) most frequent ones.
    pub labels: Vec<Counted>,
    /// By the things in them.
    pub objects: Vec<Counted>,
    /// With a face at least.
    pub with_faces: usize,
    /// In which was looked for faces, and there are none.
    pub without_faces: usize,
    /// By what their codes mean.
    pub meanings: Vec<Counted>,
    /// By how their codes are printed.
    pub symbologies: Vec<Counted>,
    /// By dominant colour.
    pub colours: Vec<Counted>,
    /// By the year in which they were taken, the latest first.
    pub years: Vec<Year>,
}

/// A year in which images were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// The year.
    pub year: u16,
    /// Items taken in it.
    pub count: usize,
    /// Items taken in each month.
    pub months: [usize; 12],
}

/// A part of the earth where images were taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The text of the filter that finds just them.
    pub filter: String,
    /// The mean of where they were taken, in degrees north.
    pub latitude: f64,
    /// The mean of where they were taken, in degrees east.
    pub longitude: f64,
    /// Items.
    pub count: usize,
    /// When the first of them was taken, as `YYYY-MM-DDTHH:MM:SS`, where that is known of any.
    pub first_taken: Option<String>,
    /// When the last of them was taken.
    pub last_taken: Option<String>,
    /// That one, or the one that came in last where no time is known.
    pub latest: ItemId,
}
