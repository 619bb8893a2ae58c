//! One list out of what several models saw.

use legible_reading::Quad;
use legible_reading::recognition::{Face, Label, Object};

/// Two boxes that share more of their area than this (intersection over union) are one thing, seen by two models.
const SAME: f32 = 0.5;

/// Every label once, the surest first.
pub fn labels(mut all: Vec<Label>) -> Vec<Label> {
    all.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let mut kept: Vec<Label> = Vec::new();
    for label in all {
        if kept.iter().all(|other| other.name != label.name) {
            kept.push(label);
        }
    }
    kept
}

/// What `older` models saw and what one more did, the surest first; what both saw counts once.
pub fn objects(older: Vec<Object>, newer: Vec<Object>) -> Vec<Object> {
    let same = |a: &Object, b: &Object| a.name == b.name && overlap(&a.quad, &b.quad) > SAME;
    join(older, newer, same, |object| object.confidence)
}

/// Likewise.
pub fn faces(older: Vec<Face>, newer: Vec<Face>) -> Vec<Face> {
    join(older, newer, |a, b| overlap(&a.quad, &b.quad) > SAME, |face| face.confidence)
}

/// Both lists, except for those of one that the other has too and is surer of. What one list tells twice stays so.
fn join<T>(older: Vec<T>, newer: Vec<T>, same: impl Fn(&T, &T) -> bool, confidence: impl Fn(&T) -> f32) -> Vec<T> {
    let keep = |one: &T, others: &[T], of_equals: bool| {
        others
            .iter()
            .filter(|other| same(one, other))
            .all(|other| confidence(one) > confidence(other) || (of_equals && confidence(one) == confidence(other)))
    };
    let kept_older: Vec<bool> = older.iter().map(|one| keep(one, &newer, true)).collect();
    let kept_newer: Vec<bool> = newer.iter().map(|one| keep(one, &older, false)).collect();
    let kept = older.into_iter().zip(kept_older).chain(newer.into_iter().zip(kept_newer));
    let mut all: Vec<T> = kept.filter(|(_, kept)| *kept).map(|(one, _)| one).collect();
    all.sort_by(|a, b| confidence(b).total_cmp(&confidence(a)));
    all
}

/// Intersection over union of two upright boxes, 0 to 1.
fn overlap(a: &Quad, b: &Quad) -> f32 {
    let ((al, at, ar, ab), (bl, bt, br, bb)) = (a.edges(), b.edges());
    let shared = (ar.min(br) - al.max(bl)).max(0.0) * (ab.min(bb) - at.max(bt)).max(0.0);
    let area = (ar - al) * (ab - at) + (br - bl) * (bb - bt) - shared;
    if area > 0.0 { shared / area } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_told_once() {
        let label = |name: &str, confidence| Label { name: name.into(), confidence };
        let all = vec![label("dog", 0.5), label("cat", 0.6), label("dog", 0.9)];
        assert_eq!(labels(all), [label("dog", 0.9), label("cat", 0.6)]);
    }

    #[test]
    fn what_two_models_see_is_one_thing() {
        let object = |name: &str, confidence, left: f32| {
            let quad = Quad::from_edges(left, 0.0, left + 10.0, 10.0);
            Object { name: name.into(), confidence, quad }
        };
        let check = |older: &[&Object], newer: &[&Object], expected: &[&Object]| {
            let own = |objects: &[&Object]| objects.iter().map(|object| (*object).clone()).collect::<Vec<_>>();
            assert_eq!(objects(own(older), own(newer)), own(expected), "{older:?} {newer:?}");
        };
        let (sure, less) = (object("dog", 0.9, 0.0), object("dog", 0.8, 1.0));
        let (cat, far) = (object("cat", 0.7, 0.0), object("dog", 0.6, 50.0));
        check(&[&less, &far], &[&sure, &cat], &[&sure, &cat, &far]);
        check(&[&sure], &[&less], &[&sure]);
        check(&[&sure], &[&sure], &[&sure]);
        check(&[&sure, &less], &[], &[&sure, &less]);
        check(&[], &[&far], &[&far]);
    }
}
