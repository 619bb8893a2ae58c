//! Greedy CTC decoding (A. Graves et al., "Connectionist Temporal Classification", 2006): from probabilities per step to
//! characters with their places.

use legible_reading::Script;
use rten_tensor::NdTensorView;
use rten_tensor::prelude::*;

/// A character of a script that is not expected is taken only if it is so many times likelier than any other character:
/// a dash stays a dash, and a name in another script is still read.
const SURPRISE: f32 = 10.0;

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

    /// Which classes are of scripts that are not expected; none where any script may come.
    pub fn surprises(&self, expected: &[Script]) -> Surprises {
        let is_surprise = |class: usize| {
            let script = self.character(class).chars().find_map(Script::of);
            script.is_some_and(|script| !expected.contains(&script))
        };
        let classes = if expected.is_empty() { 0 } else { self.classes() };
        Surprises((0..classes).map(|class| class > 0 && is_surprise(class)).collect())
    }

    fn character(&self, class: usize) -> &str {
        self.0.get(class - 1).map_or(" ", String::as_str)
    }
}

/// Which classes of an alphabet are not expected.
pub struct Surprises(Vec<bool>);

impl Surprises {
    fn has(&self, class: usize) -> bool {
        self.0.get(class).is_some_and(|surprise| *surprise)
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
pub fn decode(probabilities: NdTensorView<f32, 2>, alphabet: &Alphabet, surprises: &Surprises) -> Vec<Glyph> {
    let steps = probabilities.size(0);
    let mut glyphs: Vec<Glyph> = Vec::new();
    let mut previous = 0;
    // First step of the run of equal classes that the last glyph came from.
    let mut run_start = 0;
    for step in 0..steps {
        let (class, probability) = likeliest(probabilities.slice([step]), surprises);
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

/// Whether a character is a word by itself: scripts without spaces (Han, kana and their punctuation).
pub fn stands_alone(text: &str) -> bool {
    text.chars().next().is_some_and(|c| {
        matches!(c, '\u{2E80}'..='\u{30FF}' | '\u{31F0}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
    })
}

fn likeliest(classes: NdTensorView<f32, 1>, surprises: &Surprises) -> (usize, f32) {
    let best = best_of(classes, |_| true);
    if !surprises.has(best.0) {
        return best;
    }
    let expected = best_of(classes, |class| class != 0 && !surprises.has(class));
    if expected.1 * SURPRISE >= best.1 { expected } else { best }
}

fn best_of(classes: NdTensorView<f32, 1>, counts: impl Fn(usize) -> bool) -> (usize, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    for (class, &probability) in classes.iter().enumerate() {
        if probability > best.1 && counts(class) {
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
        let glyphs = decode(probabilities.view(), &alphabet, &alphabet.surprises(&[]));
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
        let nothing = NdTensor::<f32, 2>::full([4, 4], f32::NAN);
        let glyphs = decode(nothing.view(), &alphabet, &alphabet.surprises(&[Script::Latin]));
        assert_eq!(glyphs, vec![]);
    }

    #[test]
    fn a_character_of_another_script_must_be_certain() {
        let alphabet = Alphabet::parse("-\n一\na").unwrap();
        let check = |expected: &[Script], dash: f32, one: f32, text: &str| {
            let mut probabilities = NdTensor::<f32, 2>::full([1, alphabet.classes()], 0.001);
            (probabilities[[0, 1]], probabilities[[0, 2]]) = (dash, one);
            let glyphs = decode(probabilities.view(), &alphabet, &alphabet.surprises(expected));
            let read: Vec<_> = glyphs.iter().map(|glyph| (glyph.text.as_str(), glyph.probability)).collect();
            assert_eq!(read, [(text, if text == "-" { dash } else { one })]);
        };
        check(&[], 0.3, 0.6, "一");
        check(&[Script::Latin], 0.3, 0.6, "-");
        check(&[Script::Latin], 0.01, 0.95, "一");
        check(&[Script::Latin, Script::Han], 0.3, 0.6, "一");
    }

    #[test]
    fn a_list_without_lines_is_no_alphabet() {
        assert!(Alphabet::parse("").is_none());
    }
}
