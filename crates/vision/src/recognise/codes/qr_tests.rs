use super::*;
use crate::engine::Unwatched;

fn triples_of(patterns: &[ConcentricPattern]) -> Vec<Triple> {
    let effort = Effort::new(&Unwatched);
    effort.begin_layer(10_000_000);
    triples(patterns, &effort).unwrap()
}

fn pattern(x: f32, y: f32, size: i32) -> ConcentricPattern {
    ConcentricPattern { p: rxing::Point { x, y }, size }
}

#[test]
fn the_likeliest_triple_of_each_corner_comes_first() {
    // Two codes of version 1 beside each other, four pixels a module; the patterns between them make squares, too.
    let code = |left: f32| [pattern(left, 0.0, 28), pattern(left + 56.0, 0.0, 28), pattern(left, 56.0, 28)];
    let patterns: Vec<_> = [code(0.0), code(100.0)].concat();
    let all = triples_of(&patterns);
    let mut first: Vec<_> = all.iter().take(2).map(|triple| triple.members).collect();
    first.sort_unstable();
    assert_eq!(first, [[0, 1, 2], [3, 4, 5]]);
}

#[test]
fn what_cannot_be_a_code_is_no_triple() {
    let check = |name: &str, others: [(f32, f32, i32); 2], expected: bool| {
        let [a, b] = others.map(|(x, y, size)| pattern(x, y, size));
        let patterns = [pattern(500.0, 500.0, 28), a, b];
        let found = triples_of(&patterns).iter().any(|triple| triple.members[0] == 0);
        assert_eq!(found, expected, "{name}");
    };
    check("a square", [(556.0, 500.0, 28), (500.0, 556.0, 28)], true);
    check("leaning", [(556.0, 500.0, 28), (520.0, 550.0, 24)], true);
    check("in a line", [(556.0, 500.0, 28), (612.0, 500.0, 28)], false);
    check("long", [(556.0, 500.0, 28), (500.0, 620.0, 28)], false);
    check("too near", [(525.0, 500.0, 28), (500.0, 525.0, 28)], false);
    check("of other sizes", [(556.0, 500.0, 28), (500.0, 556.0, 12)], false);
}

#[test]
fn the_work_for_a_picture_full_of_patterns_is_bounded() {
    let side = 240;
    let patterns: Vec<_> =
        (0..side * side).map(|at| pattern((at % side * 8) as f32, (at / side * 8) as f32, 7)).collect();
    let cells = Cells::of(&patterns);
    let near = cells.neighbours(&patterns, patterns.len() / 2);
    assert_eq!(near.len(), NEIGHBOURS);
    let some = &patterns[..MAX_FINDER_PATTERNS.min(patterns.len())];
    let all = triples_of(some);
    assert!(all.len() <= some.len() * MOST_OF_A_CORNER, "{}", all.len());
    // Before any pattern has its second turn, each had its first.
    let first_turns = all.iter().take_while(|triple| triple.rank == 0).count();
    assert!(first_turns > some.len() * 9 / 10, "{first_turns}");
}
