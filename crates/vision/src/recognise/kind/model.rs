//! The trained part: sums of small decision trees, one sum a kind, read from a text file beside this one.
//!
//! The file is lines of words: `kinds FORMAT`, `features VERSION NAME…`, `temperature T`, `least P`, then a line `tree KIND` for each
//! tree with its splits (`feature:threshold`, the root first, then each level from left to right) and its leaves. All trees are full
//! and equally deep. A feature is given by its place in the list of names; what is smaller than the threshold goes left.

use std::str::{FromStr, SplitWhitespace};

use legible_reading::recognition::ImageKind;

use super::features;

/// The format of the file.
pub const FORMAT: u32 = 1;

/// How many kinds there are.
pub const KINDS: usize = ImageKind::ALL.len();

/// What can be wrong with a file of weights.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    /// A line is missing or says something else than it must.
    #[error("line {line}: {what} expected")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What the line should say.
        what: &'static str,
    },
    /// The weights were trained on other features than this program measures.
    #[error("the weights are of version {found} of the features, not {}", features::VERSION)]
    Version {
        /// The version in the file.
        found: u32,
    },
}

/// A full decision tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// Feature and threshold of every split, level by level.
    pub splits: Vec<(u16, f32)>,
    /// What is added to the score, from left to right: one more than splits.
    pub leaves: Vec<f32>,
}

impl Tree {
    /// What this tree adds for an image with these features.
    pub fn score(&self, values: &[f32]) -> f32 {
        let mut node = 0;
        while let Some((feature, threshold)) = self.splits.get(node) {
            let value = values.get(usize::from(*feature)).copied().unwrap_or(0.0);
            node = 2 * node + if value < *threshold { 1 } else { 2 };
        }
        self.leaves[node - self.splits.len()]
    }
}

/// A trained classifier.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The names of the features that it was trained on.
    pub features: Vec<String>,
    /// What scores are divided by before they become probabilities: more makes it less sure.
    pub temperature: f32,
    /// The least probability with which a kind is said.
    pub least: f32,
    /// The trees of each kind.
    pub trees: [Vec<Tree>; KINDS],
}

impl Model {
    /// The sums of the trees, by kind; larger is likelier.
    pub fn scores(&self, values: &[f32]) -> [f32; KINDS] {
        std::array::from_fn(|kind| self.trees[kind].iter().map(|tree| tree.score(values)).sum())
    }

    /// How likely each kind is, after `shift` is added to what the scores say (natural logarithms of odds).
    pub fn probabilities(&self, values: &[f32], shift: [f32; KINDS]) -> [f32; KINDS] {
        let scores = self.scores(values);
        softmax(std::array::from_fn(|kind| scores[kind] / self.temperature + shift[kind]))
    }

    /// The file that [`str::parse`] reads.
    pub fn to_text(&self) -> String {
        let mut text = format!("kinds {FORMAT}\nfeatures {} {}\n", features::VERSION, self.features.join(" "));
        text += &format!("temperature {:.4}\nleast {:.4}\n", self.temperature, self.least);
        for (kind, trees) in ImageKind::ALL.iter().zip(&self.trees) {
            for tree in trees {
                let splits = tree.splits.iter().map(|(feature, threshold)| format!(" {feature}:{threshold}"));
                let leaves = tree.leaves.iter().map(|leaf| format!(" {leaf}"));
                text += &format!("tree {kind}{}\n", splits.chain(leaves).collect::<String>());
            }
        }
        text
    }
}

/// Scores as probabilities that sum to 1.
pub fn softmax(scores: [f32; KINDS]) -> [f32; KINDS] {
    let highest = scores.iter().copied().fold(f32::MIN, f32::max);
    let powers = scores.map(|score| (score - highest).exp());
    let sum: f32 = powers.iter().sum();
    powers.map(|power| power / sum)
}

impl FromStr for Model {
    type Err = WeightsError;

    fn from_str(text: &str) -> Result<Self, WeightsError> {
        let mut lines = Lines { lines: text.lines(), number: 0 };
        let format: u32 = number(&mut lines.next("kinds"), "kinds").ok_or(lines.wrong("kinds 1"))?;
        if format != FORMAT {
            return Err(lines.wrong("kinds 1"));
        }
        let mut words = lines.next("features");
        let found = number(&mut words, "features").ok_or(lines.wrong("the version of the features"))?;
        if found != features::VERSION {
            return Err(WeightsError::Version { found });
        }
        let names: Vec<String> = words.map(str::to_owned).collect();
        let temperature = number(&mut lines.next("temperature"), "temperature")
            .filter(|t: &f32| *t > 0.0)
            .ok_or(lines.wrong("a temperature above 0"))?;
        let least = number(&mut lines.next("least"), "least").ok_or(lines.wrong("the least probability"))?;
        let mut trees: [Vec<Tree>; KINDS] = Default::default();
        while let Some(words) = lines.tree() {
            let (kind, tree) = words.and_then(|words| tree(words, names.len())).ok_or(lines.wrong("a tree"))?;
            trees[kind as usize].push(tree);
        }
        Ok(Model { features: names, temperature, least, trees })
    }
}

/// The lines of a file, with their numbers.
struct Lines<'a> {
    lines: std::str::Lines<'a>,
    number: usize,
}

impl<'a> Lines<'a> {
    /// The words of the next line, which begins with `first`; no words when it does not.
    fn next(&mut self, first: &str) -> SplitWhitespace<'a> {
        self.number += 1;
        let line = self.lines.next().unwrap_or_default();
        if line.starts_with(first) { line.split_whitespace() } else { "".split_whitespace() }
    }

    /// The words of the next tree; `None` inside when the line is something else.
    fn tree(&mut self) -> Option<Option<SplitWhitespace<'a>>> {
        self.number += 1;
        self.lines.next().map(|line| line.strip_prefix("tree ").map(str::split_whitespace))
    }

    fn wrong(&self, what: &'static str) -> WeightsError {
        WeightsError::Line { line: self.number, what }
    }
}

fn number<T: FromStr>(words: &mut SplitWhitespace<'_>, first: &str) -> Option<T> {
    if words.next()? == first { words.next()?.parse().ok() } else { None }
}

fn tree(mut words: SplitWhitespace<'_>, features: usize) -> Option<(ImageKind, Tree)> {
    let kind: ImageKind = words.next()?.parse().ok()?;
    let (mut splits, mut leaves): (Vec<(u16, f32)>, Vec<f32>) = (Vec::new(), Vec::new());
    for word in words {
        match word.split_once(':') {
            Some((feature, threshold)) => splits.push((feature.parse().ok()?, threshold.parse().ok()?)),
            None => leaves.push(word.parse().ok()?),
        }
    }
    let full = leaves.len() == splits.len() + 1 && leaves.len().is_power_of_two();
    let known = splits.iter().all(|(feature, threshold)| usize::from(*feature) < features && threshold.is_finite());
    (full && known && leaves.iter().all(|leaf| leaf.is_finite())).then_some((kind, Tree { splits, leaves }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        let mut trees: [Vec<Tree>; KINDS] = Default::default();
        trees[0].push(Tree { splits: vec![(0, 0.5)], leaves: vec![-1.0, 2.0] });
        trees[3].push(Tree { splits: vec![(0, 0.5), (1, 1.5), (1, -2.5)], leaves: vec![1.0, 2.0, 3.0, 4.0] });
        Model { features: vec!["a".into(), "b".into()], temperature: 2.0, least: 0.5, trees }
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(model().to_text().parse(), Ok(model()));
    }

    #[test]
    fn a_tree_leads_to_the_leaf_of_its_splits() {
        let check = |values: [f32; 2], expected: f32| assert_eq!(model().trees[3][0].score(&values), expected);
        check([0.0, 1.0], 1.0);
        check([0.0, 1.5], 2.0);
        check([0.5, -3.0], 3.0);
        check([9.0, 0.0], 4.0);
    }

    #[test]
    fn damaged_files_are_refused_with_their_line() {
        let text = model().to_text();
        let check = |text: String, expected: WeightsError| assert_eq!(text.parse::<Model>(), Err(expected));
        let line = |line, what| WeightsError::Line { line, what };
        check(String::new(), line(1, "kinds 1"));
        check(text.replace("kinds 1", "kinds 2"), line(1, "kinds 1"));
        check(
            text.replace(&format!("features {}", features::VERSION), "features 0"),
            WeightsError::Version { found: 0 },
        );
        check(text.replace("temperature 2", "temperature -2"), line(3, "a temperature above 0"));
        check(text.replace("least", "most"), line(4, "the least probability"));
        check(text.replace("0:0.5 -1", "7:0.5 -1"), line(5, "a tree"));
        check(text.replace("tree photo 0:0.5 -1 2", "tree photo 0:0.5 -1 2 3"), line(5, "a tree"));
        check(text.replace("tree receipt", "tree bill"), line(6, "a tree"));
    }

    #[test]
    fn probabilities_sum_to_one_and_follow_the_shift() {
        let even = softmax([7.0; KINDS]);
        assert!(even.iter().all(|p| (p - 1.0 / KINDS as f32).abs() < 1e-6));
        let mut shift = [0.0; KINDS];
        shift[5] = 9.0;
        let moved = model().probabilities(&[1.0, 0.0], shift);
        assert!(moved[5] > 0.9 && (moved.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}
