//! Greedy CTC decoding (A. Graves et al., "Connectionist Temporal Classification", 2006): from probabilities per step to
//! characters with their places.

use rten_tensor::NdTensorView;
use rten_tensor::prelude::*;

/// The characters of a recogniser. Class 0 is CTC's blank, the class after the last character is the space.
pub struct Alphabet(Vec<String>);

impl Alphabet {
    /// Parses the list in a model's metadata: one character per line. Only line feeds (and carriage returns before
    /// them) separate: other blank characters, such as the ideographic space, are entries.
    pub fn parse(list: &str) -> Option<Self> {
        let list = list.strip_suffix('\n').unwrap_or(list);
        let characters: Vec<String> =
            list.split('\n').map(|entry| entry.strip_suffix('\r').unwrap_or(entry).to_string()).collect();
        (characters.len() > 1).then_some(Alphabet(characters))
    }

    /// Number of classes a matching recogniser answers with.
    pub fn classes(&self) -> usize {
        self.0.len() + 2
    }

    fn character(&self, class: usize) -> &str {
        self.0.get(class - 1).map_or(" ", String::as_str)
    }
}

/// A decoded character.
#[derive(Debug, Clone, PartialEq)]
pub struct Glyph {
    /// The character.
    pub text: String,
    /// Its middle, in steps from the start of the line.
    pub at: f32,
    /// Its probability.
    pub probability: f32,
}

/// Decodes probabilities of shape `[steps, classes]`: the likeliest class of each step, repeats and blanks removed.
pub fn decode(probabilities: NdTensorView<f32, 2>, alphabet: &Alphabet) -> Vec<Glyph> {
    let steps = probabilities.size(0);
    let mut glyphs: Vec<Glyph> = Vec::new();
    let mut previous = 0;
    // First step of the run of equal classes that the last glyph came from.
    let mut run_start = 0;
    for step in 0..steps {
        let (class, probability) = likeliest(probabilities.slice([step]));
        if class != 0 && class == previous {
            if let Some(last) = glyphs.last_mut() {
                last.at = (run_start + step + 1) as f32 / 2.0;
            }
        } else if class != 0 {
            run_start = step;
            glyphs.push(Glyph { text: alphabet.character(class).to_string(), at: step as f32 + 0.5, probability });
        }
        previous = class;
    }
    glyphs
}

fn likeliest(classes: NdTensorView<f32, 1>) -> (usize, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    for (class, &probability) in classes.iter().enumerate() {
        if probability > best.1 {
            best = (class, probability);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use rten_tensor::NdTensor;

    use super::*;

    fn check(classes: &[usize], expected: &str, places: &[f32]) {
        let alphabet = Alphabet::parse("a\r\nb\n\u{3000}\n").unwrap();
        let mut probabilities = NdTensor::<f32, 2>::full([classes.len(), alphabet.classes()], 0.01);
        for (step, &class) in classes.iter().enumerate() {
            probabilities[[step, class]] = 0.9;
        }
        let glyphs = decode(probabilities.view(), &alphabet);
        let text: String = glyphs.iter().map(|glyph| glyph.text.as_str()).collect();
        let seen: Vec<f32> = glyphs.iter().map(|glyph| glyph.at).collect();
        assert_eq!((text.as_str(), seen.as_slice()), (expected, places), "{classes:?}");
    }

    #[test]
    fn repeats_collapse_and_blanks_vanish() {
        check(&[], "", &[]);
        check(&[0, 0, 0], "", &[]);
        check(&[1, 1, 0, 1, 2], "aab", &[1.0, 3.5, 4.5]);
        check(&[0, 2, 4, 4, 1], "b a", &[1.5, 3.0, 4.5]);
        check(&[3], "\u{3000}", &[0.5]);
    }

    #[test]
    fn steps_without_numbers_read_as_nothing() {
        let alphabet = Alphabet::parse("a\nb").unwrap();
        let glyphs = decode(NdTensor::<f32, 2>::full([4, 4], f32::NAN).view(), &alphabet);
        assert_eq!(glyphs, vec![]);
    }

    #[test]
    fn a_list_without_lines_is_no_alphabet() {
        assert!(Alphabet::parse("").is_none());
    }
}
