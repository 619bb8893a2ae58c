//! What a person called wrong in what was recognised: it is no longer shown or found, and stays known, so that the person can
//! take that back and a later look that sees the same again does not bring it back.

use serde::{Deserialize, Serialize};

use super::{Part, Recognition};

/// One thing that a person called wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Wrong {
    /// What was recognised.
    pub part: Part,
    /// Its name: of a label, a kind of object, a kind of image or a colour; the text of a code. It says nothing about faces,
    /// which have no names: there it stands for all of them.
    pub name: String,
}

impl Recognition {
    /// The same without what was called wrong.
    #[must_use]
    pub fn without(mut self, wrong: &[Wrong]) -> Self {
        for Wrong { part, name } in wrong {
            match part {
                Part::Kind => self.kind = self.kind.filter(|guess| guess.kind.name() != name),
                Part::Codes => self.codes.retain(|code| code.text != *name),
                Part::Colours => self.colours.retain(|colour| colour.name.name() != name),
                Part::Labels => self.labels.retain(|label| label.name != *name),
                Part::Objects => self.objects.retain(|object| object.name != *name),
                Part::Faces => self.faces.clear(),
                Part::Hash | Part::Embedding | Part::Unknown => {}
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Quad;
    use crate::recognition::{ImageKind, KindGuess, Label, Object};

    #[test]
    fn only_what_was_called_wrong_goes() {
        let quad = Quad::from_edges(0.0, 0.0, 1.0, 1.0);
        let all = Recognition {
            kind: Some(KindGuess { kind: ImageKind::Photo, confidence: 0.9 }),
            labels: ["dog", "cat"].map(|name| Label { name: name.into(), confidence: 0.5 }).to_vec(),
            objects: ["dog", "dog", "car"].map(|name| Object { name: name.into(), confidence: 0.5, quad }).to_vec(),
            ..Recognition::default()
        };
        let check = |part, name: &str, kind: bool, labels: &[&str], objects: &[&str]| {
            let left = all.clone().without(&[Wrong { part, name: name.into() }]);
            let names: Vec<&str> = left.labels.iter().map(|label| label.name.as_str()).collect();
            let things: Vec<&str> = left.objects.iter().map(|object| object.name.as_str()).collect();
            assert_eq!((left.kind.is_some(), names.as_slice(), things.as_slice()), (kind, labels, objects));
        };
        check(Part::Labels, "dog", true, &["cat"], &["dog", "dog", "car"]);
        check(Part::Objects, "dog", true, &["dog", "cat"], &["car"]);
        check(Part::Kind, "photo", false, &["dog", "cat"], &["dog", "dog", "car"]);
        check(Part::Kind, "chart", true, &["dog", "cat"], &["dog", "dog", "car"]);
        check(Part::Unknown, "dog", true, &["dog", "cat"], &["dog", "dog", "car"]);
    }
}
