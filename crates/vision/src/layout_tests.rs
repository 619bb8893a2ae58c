//! Pages as rectangles, with the order in which they should be read.

use legible_reading::{Point, Quad};
use proptest::prelude::*;

use super::*;

/// A line 20 pixels high: left, top, right.
type At = (f32, f32, f32);

fn quads(lines: &[At], degrees: f32) -> Vec<Quad> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let turn = |p: Point| Point { x: p.x * cos - p.y * sin, y: p.x * sin + p.y * cos };
    lines.iter().map(|&(l, t, r)| Quad(Quad::from_edges(l, t, r, t + 20.0).0.map(turn))).collect()
}

/// `lines` are given in the order expected; they are shuffled in a fixed way before.
fn check(name: &str, lines: &[At]) {
    let mut shuffled: Vec<usize> = (0..lines.len()).collect();
    shuffled.sort_by_key(|i| (i * 7919 + 13) % 101);
    for degrees in [0.0, 2.0, -5.0, 10.0] {
        let mixed: Vec<At> = shuffled.iter().map(|&i| lines[i]).collect();
        let seen: Vec<usize> = reading_order(&quads(&mixed, degrees)).into_iter().map(|i| shuffled[i]).collect();
        assert_eq!(seen, (0..lines.len()).collect::<Vec<_>>(), "{name} at {degrees}°");
    }
}

fn column(left: f32, right: f32, top: f32, lines: usize) -> Vec<At> {
    (0..lines).map(|i| (left, top + 30.0 * i as f32, right)).collect()
}

#[test]
fn pages_read_as_people_read_them() {
    check("nothing", &[]);
    check("one line", &[(0.0, 0.0, 300.0)]);
    check("one column", &column(0.0, 500.0, 0.0, 12));
    let two = [column(0.0, 300.0, 100.0, 10), column(330.0, 630.0, 100.0, 10)].concat();
    check("two columns", &two);
    let offset = [column(0.0, 300.0, 100.0, 10), column(330.0, 630.0, 112.0, 9)].concat();
    check("two columns with other baselines", &offset);
    let headline = [vec![(0.0, 0.0, 630.0)], two.clone(), vec![(0.0, 600.0, 630.0), (0.0, 640.0, 600.0)]].concat();
    check("headline, two columns, footer", &headline);
    let paragraphs = [
        column(0.0, 300.0, 0.0, 4),
        column(0.0, 300.0, 160.0, 4),
        column(330.0, 630.0, 0.0, 4),
        column(330.0, 630.0, 160.0, 4),
    ];
    check("paragraph breaks at the same height", &paragraphs.concat());
    let three = [column(0.0, 200.0, 0.0, 8), column(220.0, 420.0, 0.0, 8), column(440.0, 640.0, 0.0, 5)];
    check("three columns", &three.concat());
    let receipt: Vec<At> =
        (0..8).flat_map(|i| [(0.0, 30.0 * i as f32, 180.0), (300.0, 30.0 * i as f32, 360.0)]).collect();
    check("a receipt", &receipt);
    let titled = [vec![(100.0, 0.0, 260.0)], receipt.iter().map(|&(l, t, r)| (l, t + 60.0, r)).collect()].concat();
    check("a receipt with a title", &titled);
    let table: Vec<At> = (0..6)
        .flat_map(|i| (0..4).map(move |j| (j as f32 * 120.0, i as f32 * 30.0, j as f32 * 120.0 + 70.0)))
        .collect();
    check("a table", &table);
}

#[test]
fn a_sidebar_is_read_before_the_page_beside_it() {
    let sidebar: Vec<At> = (0..5).map(|i| (0.0, 11.0 + 43.0 * i as f32, 90.0)).collect();
    check("sidebar", &[sidebar, column(150.0, 650.0, 0.0, 8)].concat());
}

#[test]
fn a_list_of_files_is_read_by_rows_below_its_menu_and_path() {
    let menu: Vec<At> = (0..8).map(|i| (60.0 * i as f32, 0.0, 60.0 * i as f32 + 40.0)).collect();
    let path: Vec<At> = (1..4).map(|i| (0.0, 40.0 * i as f32, 120.0)).collect();
    let row = |i: usize| [(0.0, 30.0), (330.0, 400.0), (555.0, 610.0)].map(|(l, r)| (l, 200.0 + 30.0 * i as f32, r));
    check("files", &[menu, path, (0..10).flat_map(row).collect()].concat());
}

#[test]
fn a_chat_is_read_by_time() {
    let sides = [(0.0, 210.0), (400.0, 560.0), (0.0, 240.0), (250.0, 560.0), (0.0, 250.0), (300.0, 560.0)];
    let said: Vec<At> = sides.iter().enumerate().map(|(i, &(l, r))| (l, 45.0 * i as f32, r)).collect();
    check("chat", &said);
}

#[test]
fn a_page_of_thousands_of_cells_takes_no_time() {
    let cell =
        |i: usize| (f32::from((i % 8) as u8) * 120.0, 30.0 * (i / 8) as f32, f32::from((i % 8) as u8) * 120.0 + 70.0);
    let started = std::time::Instant::now();
    check("cells", &(0..8000).map(cell).collect::<Vec<At>>());
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn odd_quads_do_not_break_the_order() {
    let nan = Quad([Point { x: f32::NAN, y: f32::NAN }; 4]);
    let seen = reading_order(&[nan, Quad::from_edges(0.0, 0.0, 0.0, 0.0), Quad::from_edges(0.0, 50.0, 90.0, 70.0)]);
    assert_eq!(seen.len(), 3);
}

proptest! {
    #[test]
    fn every_line_comes_once(lines in prop::collection::vec((0.0..900f32, 0.0..900f32, 1.0..400f32, 1.0..40f32), 0..60)) {
        let quads: Vec<Quad> = lines.iter().map(|&(l, t, w, h)| Quad::from_edges(l, t, l + w, t + h)).collect();
        let mut seen = reading_order(&quads);
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..lines.len()).collect::<Vec<_>>());
    }
}
