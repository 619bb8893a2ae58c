//! What a search has cost, in pixels looked at, and what it may cost still.
//!
//! Every part of the search tells what it is about to look at before it does. Each has an allowance on every layer that grows with
//! the layer's pixels; one that has used it up finds nothing more there, so that no picture costs more than a certain number of
//! looks at each of its pixels. Between two tellings no more is looked at than was told, so who cancels is heard that soon.

use std::cell::Cell;

use crate::engine::{ReadError, Watch};
use crate::limits::{LEAST_LOOKS, LOOKS_AT_A_PIXEL};

/// Parts of the search with an allowance of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What is done once with each layer: thresholds, edges, stripes.
    Layer,
    Qr,
    Aztec,
    DataMatrix,
    /// PDF417.
    Stacked,
    /// EAN and Code 128.
    Linear,
}

/// How many parts there are.
const PARTS: usize = 6;

/// The cost of a search so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Pixels looked at, each as often as it was.
    pub pixels: u64,
    /// Runs of readers, which do much with what they look at.
    pub attempts: u64,
    /// Most pixels looked at between two questions whether to go on.
    pub longest: u64,
    /// How often a part wanted to look at more than it was allowed to.
    pub refusals: u64,
}

/// Counts the cost of a search.
pub struct Effort<'w> {
    watch: &'w dyn Watch,
    spent: Cell<Spent>,
    /// What the parts may still look at in this layer.
    left: Cell<[u64; PARTS]>,
}

impl<'w> Effort<'w> {
    /// No cost yet, and nothing allowed until there is a layer.
    pub fn new(watch: &'w dyn Watch) -> Self {
        Effort { watch, spent: Cell::default(), left: Cell::default() }
    }

    /// Begins a layer of so many pixels: every part has its whole allowance.
    pub fn begin_layer(&self, pixels: u64) {
        self.left.set([(LOOKS_AT_A_PIXEL * pixels).max(LEAST_LOOKS); PARTS]);
    }

    /// Tells that a part is about to look at so many pixels. When it is not allowed to, the answer is `false`, and it must not.
    ///
    /// # Errors
    /// [`ReadError::Cancelled`] when nobody wants to know any more.
    pub fn look(&self, part: Part, pixels: u64) -> Result<bool, ReadError> {
        if self.watch.cancelled() {
            return Err(ReadError::Cancelled);
        }
        let (mut spent, mut left) = (self.spent.get(), self.left.get());
        let allowed = left[part as usize] >= pixels;
        if allowed {
            left[part as usize] -= pixels;
            spent.pixels += pixels;
            spent.longest = spent.longest.max(pixels);
        } else {
            spent.refusals += 1;
        }
        self.spent.set(spent);
        self.left.set(left);
        Ok(allowed)
    }

    /// The same for a reader that is about to run on so many pixels.
    ///
    /// # Errors
    /// Those of [`Effort::look`].
    pub fn attempt(&self, part: Part, pixels: u64) -> Result<bool, ReadError> {
        let allowed = self.look(part, pixels)?;
        self.spent.set(Spent { attempts: self.spent.get().attempts + u64::from(allowed), ..self.spent.get() });
        Ok(allowed)
    }

    /// The cost so far.
    pub fn spent(&self) -> Spent {
        self.spent.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Unwatched;

    #[test]
    fn each_part_has_an_allowance_on_each_layer() {
        let effort = Effort::new(&Unwatched);
        let check =
            |part, pixels, expected: bool| assert_eq!(effort.look(part, pixels), Ok(expected), "{part:?} {pixels}");
        check(Part::Qr, 1, false);
        let allowance = 10 * LEAST_LOOKS;
        effort.begin_layer(allowance / LOOKS_AT_A_PIXEL);
        check(Part::Qr, allowance - 1, true);
        check(Part::Qr, 2, false);
        check(Part::Qr, 1, true);
        check(Part::Linear, allowance, true);
        effort.begin_layer(1);
        check(Part::Qr, LEAST_LOOKS, true);
        check(Part::Qr, 1, false);
        let pixels = 2 * allowance + LEAST_LOOKS;
        assert_eq!(effort.spent(), Spent { pixels, attempts: 0, longest: allowance, refusals: 3 });
    }

    #[test]
    fn a_cancelled_search_ends_at_the_next_look() {
        struct Cancelled;
        impl Watch for Cancelled {
            fn cancelled(&self) -> bool {
                true
            }
            fn progress(&self, _: f32) {}
        }
        let effort = Effort::new(&Cancelled);
        effort.begin_layer(1000);
        assert!(matches!(effort.attempt(Part::Aztec, 1), Err(ReadError::Cancelled)));
        assert_eq!(effort.spent(), Spent::default());
    }
}
