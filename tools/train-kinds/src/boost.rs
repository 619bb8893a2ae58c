//! Gradient boosting: trees that are fitted one after the other to what those before got wrong.

use legible_reading::recognition::ImageKind;
use legible_vision::recognise::kind::model::{KINDS, Tree, softmax};
use rayon::prelude::*;

use crate::draw::chance::Chance;

/// How trees are grown.
#[derive(Debug, Clone, Copy)]
pub struct Growth {
    pub rounds: usize,
    pub depth: usize,
    /// How much of a tree is added.
    pub rate: f32,
    /// Share of the features that a tree may use.
    pub features: f32,
    /// Share of the samples that a tree sees.
    pub samples: f32,
    /// Added to the curvature in every leaf: keeps leaves of few samples small.
    pub damping: f32,
}

impl Default for Growth {
    fn default() -> Self {
        Growth { rounds: 150, depth: 3, rate: 0.12, features: 0.3, samples: 0.6, damping: 3.0 }
    }
}

/// Values are sorted into this many bins of about equal content.
const BINS: usize = 48;

/// What is learned from: rows of features, with kind and weight.
pub struct Table<'a> {
    pub rows: Vec<&'a [f32]>,
    pub kinds: Vec<ImageKind>,
    pub weights: Vec<f32>,
}

/// Grows the trees of every kind.
pub fn grow(table: &Table<'_>, growth: Growth, seed: u64) -> [Vec<Tree>; KINDS] {
    let mut chance = Chance::new(seed);
    let columns = columns(table);
    let n = table.rows.len();
    let mut scores = vec![[0f32; KINDS]; n];
    let mut trees: [Vec<Tree>; KINDS] = Default::default();
    for _ in 0..growth.rounds {
        let probabilities: Vec<[f32; KINDS]> = scores.iter().map(|scores| softmax(*scores)).collect();
        let seen: Vec<u32> = (0..n as u32).filter(|_| chance.is(growth.samples)).collect();
        for kind in 0..KINDS {
            let pull = |at: usize| {
                let (p, weight) = (probabilities[at][kind], table.weights[at]);
                let wanted = f32::from(u8::from(table.kinds[at] as usize == kind));
                ((wanted - p) * weight, (p * (1.0 - p)).max(1e-3) * weight)
            };
            let pulls: Vec<(f32, f32)> = (0..n).map(pull).collect();
            let used: Vec<usize> = (0..columns.len()).filter(|_| chance.is(growth.features)).collect();
            let tree = one(&columns, &used, &seen, &pulls, growth);
            for (scores, row) in scores.iter_mut().zip(&table.rows) {
                scores[kind] += tree.score(row);
            }
            trees[kind].push(tree);
        }
    }
    trees
}

/// One feature of all samples, in bins.
struct Column {
    bins: Vec<u8>,
    /// The lowest value of every bin but the first.
    edges: Vec<f32>,
}

fn columns(table: &Table<'_>) -> Vec<Column> {
    let features = table.rows.first().map_or(0, |row| row.len());
    (0..features)
        .into_par_iter()
        .map(|feature| {
            let values: Vec<f32> = table.rows.iter().map(|row| row[feature]).collect();
            let mut sorted = values.clone();
            sorted.sort_by(f32::total_cmp);
            let mut edges: Vec<f32> = (1..BINS).map(|bin| sorted[bin * sorted.len() / BINS]).collect();
            edges.dedup();
            edges.retain(|edge| *edge > sorted[0]);
            // Four digits are enough to split by, and keep the file of weights short.
            edges.iter_mut().for_each(|edge| *edge = rounded(*edge, 4));
            edges.dedup();
            let bins = values.iter().map(|value| edges.partition_point(|edge| edge <= value) as u8).collect();
            Column { bins, edges }
        })
        .collect()
}

/// With so many digits that count.
fn rounded(value: f32, digits: i32) -> f32 {
    if value == 0.0 {
        return 0.0;
    }
    let scale = 10f64.powi(digits - 1 - f64::from(value.abs()).log10().floor() as i32);
    ((f64::from(value) * scale).round() / scale) as f32
}

fn one(columns: &[Column], used: &[usize], seen: &[u32], pulls: &[(f32, f32)], growth: Growth) -> Tree {
    let mut splits: Vec<(u16, f32)> = Vec::new();
    let mut members: Vec<Vec<u32>> = vec![seen.to_vec()];
    for _ in 0..growth.depth {
        let found: Vec<Option<(usize, usize)>> =
            members.par_iter().map(|members| best_split(columns, used, members, pulls, growth)).collect();
        let mut next = Vec::new();
        for (members, split) in members.iter().zip(found) {
            // A leaf that is not worth a split gets one that nothing passes: all go right.
            let (feature, edge) = split.unwrap_or((0, 0));
            let column = &columns[feature];
            splits.push(match split {
                Some(_) => (feature as u16, column.edges[edge]),
                None => (0, -1e30),
            });
            let (left, right): (Vec<u32>, Vec<u32>) =
                members.iter().partition(|at| split.is_some() && usize::from(column.bins[**at as usize]) <= edge);
            next.push(left);
            next.push(right);
        }
        members = next;
    }
    let leaf = |members: &Vec<u32>| {
        let (pull, curve) = sum(members, pulls);
        rounded((growth.rate * pull / (curve + growth.damping)).clamp(-1.0, 1.0), 3)
    };
    Tree { splits, leaves: members.iter().map(leaf).collect() }
}

fn sum(members: &[u32], pulls: &[(f32, f32)]) -> (f32, f32) {
    members.iter().map(|at| pulls[*at as usize]).fold((0.0, 0.0), |(a, b), (c, d)| (a + c, b + d))
}

/// The feature and the edge (samples in bins up to it go left) that explain most.
fn best_split(
    columns: &[Column],
    used: &[usize],
    members: &[u32],
    pulls: &[(f32, f32)],
    growth: Growth,
) -> Option<(usize, usize)> {
    let (pull, curve) = sum(members, pulls);
    let worth = |pull: f32, curve: f32| pull * pull / (curve + growth.damping);
    let mut best = (worth(pull, curve) + 1e-3, None);
    for &feature in used {
        let column = &columns[feature];
        let mut bins = [(0f32, 0f32); BINS];
        for at in members {
            let (pull, curve) = pulls[*at as usize];
            let bin = &mut bins[usize::from(column.bins[*at as usize])];
            *bin = (bin.0 + pull, bin.1 + curve);
        }
        let (mut left_pull, mut left_curve) = (0.0, 0.0);
        for (edge, (bin_pull, bin_curve)) in bins.iter().take(column.edges.len()).enumerate() {
            left_pull += bin_pull;
            left_curve += bin_curve;
            let (right_pull, right_curve) = (pull - left_pull, curve - left_curve);
            if left_curve < 1.0 || right_curve < 1.0 {
                continue;
            }
            let gain = worth(left_pull, left_curve) + worth(right_pull, right_curve);
            if gain > best.0 {
                best = (gain, Some((feature, edge)));
            }
        }
    }
    best.1
}
