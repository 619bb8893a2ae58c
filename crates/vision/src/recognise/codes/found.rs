//! What was found, each code once.

use legible_reading::recognition::Symbology;
use legible_reading::{Point, Quad};

use super::view::View;
use crate::limits::{MAX_CODE_CHARS, MAX_CODES};

/// A code that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub symbology: Symbology,
    pub text: String,
    pub quad: Quad,
}

impl Found {
    /// The same code in pixels of the image.
    pub fn seen_from(self, view: &View) -> Found {
        Found { quad: view.place.of_quad(&self.quad), ..self }
    }

    /// The same code seen from a point so far to the left and above.
    pub fn moved(self, x: f32, y: f32) -> Found {
        Found { quad: Quad(self.quad.0.map(|p| Point { x: p.x + x, y: p.y + y })), ..self }
    }

    fn centre(&self) -> Point {
        let sum = self.quad.0.iter().fold((0.0, 0.0), |(x, y), corner| (x + corner.x, y + corner.y));
        Point { x: sum.0 / 4.0, y: sum.1 / 4.0 }
    }

    /// Whether a point lies within the edges of its quad.
    pub fn covers(&self, p: Point) -> bool {
        let (left, top, right, bottom) = self.quad.edges();
        p.x >= left && p.x <= right && p.y >= top && p.y <= bottom
    }

    fn is_linear(&self) -> bool {
        matches!(self.symbology, Symbology::Ean13 | Symbology::Ean8 | Symbology::Code128)
    }
}

/// The codes found so far, none twice. What came first stays: finer layers come first and know the place better.
#[derive(Default)]
pub struct Finds(Vec<Found>);

impl Finds {
    /// Takes codes in that are not there yet.
    pub fn extend(&mut self, found: impl IntoIterator<Item = Found>) {
        for new in found {
            let sane = new.quad.0.iter().all(|corner| corner.x.is_finite() && corner.y.is_finite());
            if !sane || new.text.is_empty() || new.text.chars().count() > MAX_CODE_CHARS {
                continue;
            }
            if self.0.len() < MAX_CODES && !self.0.iter().any(|old| is_same_or_within(&new, old)) {
                // Part of a stacked code may look like a linear one to a reader that saw it first.
                self.0.retain(|old| !(old.is_linear() && !new.is_linear() && new.covers(old.centre())));
                self.0.push(new);
            }
        }
    }

    /// Whether a code of this symbology has been found that covers a point of the image.
    pub fn cover(&self, symbology: Symbology, p: Point) -> bool {
        self.0.iter().any(|found| found.symbology == symbology && found.covers(p))
    }

    /// All codes, from top to bottom, then from left to right.
    pub fn into_sorted(mut self) -> Vec<Found> {
        let key = |found: &Found| {
            let (left, top, ..) = found.quad.edges();
            (top, left)
        };
        self.0.sort_by(|a, b| {
            let ((a_top, a_left), (b_top, b_left)) = (key(a), key(b));
            a_top.total_cmp(&b_top).then(a_left.total_cmp(&b_left))
        });
        self.0
    }
}

/// The same print read again, or a piece of it that looks like another code. Two symbols with the same text side by side
/// are two codes.
fn is_same_or_within(new: &Found, old: &Found) -> bool {
    let together = old.covers(new.centre()) || new.covers(old.centre());
    let same = new.symbology == old.symbology;
    together && (same || new.is_linear())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, finds: &[(Symbology, &str, f32, f32)], expected: &[&str]) {
        let mut all = Finds::default();
        all.extend(finds.iter().map(|&(symbology, text, left, size)| Found {
            symbology,
            text: text.into(),
            quad: Quad::from_edges(left, 0.0, left + size, size),
        }));
        let texts: Vec<String> = all.into_sorted().into_iter().map(|found| found.text).collect();
        assert_eq!(texts, expected, "{name}");
    }

    #[test]
    fn each_print_counts_once() {
        use Symbology::{Code128, Pdf417, Qr};
        check("read twice", &[(Qr, "a", 0.0, 10.0), (Qr, "a", 1.0, 9.0)], &["a"]);
        check("two prints", &[(Qr, "a", 20.0, 10.0), (Qr, "a", 0.0, 10.0), (Qr, "b", 40.0, 10.0)], &["a", "a", "b"]);
        check("within", &[(Pdf417, "a", 0.0, 10.0), (Code128, "b", 2.0, 3.0)], &["a"]);
        check("around", &[(Code128, "b", 2.0, 3.0), (Pdf417, "a", 0.0, 10.0)], &["a"]);
        check("nowhere", &[(Qr, "a", f32::NAN, 1.0), (Qr, "", 0.0, 1.0)], &[]);
    }
}
