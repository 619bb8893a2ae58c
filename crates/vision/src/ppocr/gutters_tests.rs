//! Pages of grey bars for letters, and in how many pieces their lines are cut.

use image::Rgb;

use super::*;

/// Draws a page in which a letter is 6 x 10 pixels of ink, 2 apart from the next, and a line 20 pixels below the one before;
/// `.` is paper. Gives the page and one box for each line, grown by 4 pixels as the detector grows them.
fn page(lines: &[&str], turn: fn(Quad) -> Quad) -> (RgbImage, Vec<Quad>) {
    let mut image = RgbImage::from_pixel(900, 40 + 20 * lines.len() as u32, Rgb([250, 250, 245]));
    let mut quads = Vec::new();
    for (row, line) in (0u32..).zip(lines) {
        let top = 20 + 20 * row;
        for (column, _) in (0u32..).zip(line.chars()).filter(|(_, letter)| *letter != '.') {
            let left = 10 + 8 * column;
            (top..top + 10).for_each(|y| (left..left + 6).for_each(|x| image.put_pixel(x, y, Rgb([40, 40, 60]))));
        }
        let right = 10.0 + 8.0 * line.len() as f32 + 4.0;
        quads.push(turn(Quad::from_edges(6.0, top as f32 - 4.0, right, top as f32 + 14.0)));
    }
    (image, quads)
}

/// `lines` and how many boxes are left in the end.
fn check(lines: &[&str], expected: usize) {
    let (image, quads) = page(lines, |quad| quad);
    let seen = cut(&image, &quads, |quad| *quad);
    assert_eq!(seen.len(), expected, "{lines:#?}\n{seen:?}");
    // Nothing written is lost, and what is cut is smaller.
    let ends = |quads: &[Quad]| {
        let edges = quads.iter().map(Quad::edges);
        edges.fold((f32::INFINITY, f32::NEG_INFINITY), |(left, right), e| (left.min(e.0), right.max(e.2)))
    };
    let ((left, right), (old_left, old_right)) = (ends(&seen), ends(&quads));
    assert!(
        lines.is_empty() || left <= 10.0 && right >= old_right - 5.0 && left >= old_left && right <= old_right,
        "{left} {right}"
    );
    for quad in &seen {
        let (_, height) = size(quad);
        assert!((height - 18.0).abs() < 0.1, "{quad:?}");
    }
}

/// A line of words with a blank from the 40th to the 41st letter, and with others at other places in each.
fn joined(row: usize) -> String {
    let mut line = "x".repeat(80);
    for at in [7 + row * 3 % 9, 19 + row * 5 % 11, 50 + row * 7 % 13, 69 + row * 4 % 8, 40, 41] {
        line.replace_range(at..=at, ".");
    }
    line
}

fn checked(count: usize, change: impl Fn(usize, String) -> String, expected: usize) {
    let lines: Vec<String> = (0..count).map(|row| change(row, joined(row))).collect();
    check(&lines.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn lines_are_cut_where_a_blank_goes_on() {
    let same = |_: usize, line: String| line;
    checked(12, same, 24);
    checked(9, same, 18);
    // Too few for a blank of this width.
    checked(4, same, 4);
    // A blank between words goes on nowhere.
    checked(12, |row, line| if row % 2 == 0 { line } else { line.replace('.', "x") }, 12);
    // A headline over all columns, and one in the middle, stay whole.
    let headed = |at: usize| move |row: usize, line: String| if row == at { "x".repeat(80) } else { line };
    checked(13, headed(0), 25);
    checked(21, headed(10), 41);
    // A rule between the columns is no text.
    checked(
        12,
        |_, mut line| {
            line.replace_range(36..46, "....x.....");
            line
        },
        24,
    );
    // Cells of a table are narrow.
    checked(12, |_, line| line[34..48].to_owned(), 12);
    check(&[], 0);
    check(&["x"], 1);
}

#[test]
fn of_a_turned_page_the_same_lines_are_cut() {
    let lines: Vec<String> = (0..12).map(joined).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let (upright, quads) = page(&lines, |quad| quad);
    let image = image::imageops::rotate90(&upright);
    let height = upright.height() as f32;
    // As the detector finds them on their side, then held.
    let turned = |quad: &Quad| Quad(quad.0.map(|Point { x, y }| Point { x: height - y, y: x }));
    let held: Vec<Quad> = quads.iter().map(turned).collect();
    let on_page = |quad: &Quad| Quad(quad.0.map(|Point { x, y }| Point { x: y, y: height - x }));
    let seen = cut(&image, &held, on_page);
    assert_eq!(seen.len(), 24);
    let back: Vec<(i32, i32)> = seen
        .iter()
        .map(|quad| {
            let e = on_page(quad).edges();
            (e.0 as i32, e.2 as i32)
        })
        .collect();
    assert!(back.iter().all(|(left, right)| *right < 345 || *left > 330), "{back:?}");
}
