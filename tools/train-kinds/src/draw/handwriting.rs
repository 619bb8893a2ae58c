//! Writing by hand: fonts that look like it, let waver, and strokes of our own, on paper, in books and on screens.

use image::RgbImage;

use super::canvas::{Canvas, Ink, Waver};
use super::chance::Chance;
use super::fonts::{Font, Fonts, Style};
use super::paper::{Way, taken};
use super::words;

/// One page of writing.
pub fn draw(fonts: &Fonts, chance: &mut Chance) -> RgbImage {
    let way = chance.of(&[Way::File, Way::Scanner, Way::Scanner, Way::Camera, Way::Camera]);
    let height = chance.between(750.0, 1300.0);
    let aspect = if chance.is(0.25) { chance.between(1.0, 1.7) } else { chance.between(0.55, 0.9) };
    let mut canvas = Canvas::new((height * aspect) as u32, height as u32, [255; 3]);
    let lines = chance.between(9.0, 42.0);
    let leading = height / lines;
    let hand = Hand::of(fonts, leading, chance);
    match chance.whole(0, 5) {
        0 => register(fonts, &mut canvas, &hand, leading, chance),
        1 => notes(&mut canvas, &hand, leading, chance),
        _ => page(&mut canvas, &hand, leading, chance),
    }
    taken(canvas.image(), way, chance)
}

/// A name as it stands under a letter.
pub fn signature(fonts: &Fonts, canvas: &mut Canvas, at: (f32, f32), size: f32, chance: &mut Chance) {
    let mut hand = Hand::of(fonts, size, chance);
    hand.ink = chance.of(&[[20, 20, 60], [30, 40, 140], [10, 10, 10]]);
    let text = words::line(chance, 12);
    hand.write(canvas, at, 3000.0, &text, chance);
}

/// How somebody writes.
struct Hand<'a> {
    font: Option<&'a Font>,
    size: f32,
    ink: Ink,
    thick: f32,
    waver: Waver,
    /// Of strokes of our own: how wide a letter is to its height, and how much its strokes vary.
    width: f32,
    variety: f32,
}

impl<'a> Hand<'a> {
    fn of(fonts: &'a Fonts, leading: f32, chance: &mut Chance) -> Self {
        let font = chance.is(0.55).then(|| chance.of(&fonts.of(Style::Hand)));
        let ink = match chance.whole(0, 7) {
            0 => chance.vivid(0.8, 0.6),
            1 | 2 => [chance.whole(10, 50) as u8, chance.whole(20, 70) as u8, chance.whole(90, 180) as u8],
            3 => [chance.whole(60, 110) as u8, chance.whole(40, 70) as u8, 30],
            4 => [chance.whole(80, 140) as u8; 3],
            _ => [chance.whole(0, 50) as u8; 3],
        };
        let waver = Waver {
            letter: chance.between(0.01, 0.06),
            line: chance.between(0.0, 0.08),
            size: chance.between(0.01, 0.09),
            lean: chance.between(-0.15, 0.45),
        };
        Hand {
            font,
            size: leading * chance.between(0.55, 1.0),
            ink,
            thick: leading * chance.between(0.0, 0.06),
            waver,
            width: chance.between(0.35, 0.85),
            variety: chance.between(0.1, 0.3),
        }
    }

    /// Writes until the width is used up.
    fn write(&self, canvas: &mut Canvas, (x, y): (f32, f32), width: f32, text: &str, chance: &mut Chance) {
        match self.font {
            Some(font) => {
                canvas.written(font, self.size, (x, y), self.ink, text, self.waver, self.thick * 0.5, chance);
            }
            None => {
                let mut at = x;
                for word in text.split(' ') {
                    if at > x + width {
                        return;
                    }
                    at = self.stroke_word(canvas, (at, y), word.chars().count(), chance)
                        + self.size * chance.between(0.2, 0.5);
                }
            }
        }
    }

    /// A word as one wound stroke: humps and loops, now and then a long one up or down.
    fn stroke_word(&self, canvas: &mut Canvas, (x, y): (f32, f32), letters: usize, chance: &mut Chance) -> f32 {
        let low = self.size * 0.38;
        let step = low * self.width;
        let mut points = vec![(x, y)];
        let mut at = x;
        for _ in 0..letters {
            let jitter = |chance: &mut Chance| chance.normal() * self.variety * low * 0.5;
            let (up, down) = match chance.whole(0, 9) {
                0 | 1 => (low * 2.1, 0.0),
                2 => (low, low * 1.1),
                _ => (low, 0.0),
            };
            let back = if chance.is(0.4) { -step * 0.4 } else { step * 0.2 };
            for (dx, dy) in [
                (step * 0.3, up * 0.5),
                (step * 0.6, up),
                (step * 0.5 + back, up * 0.6),
                (step * 0.6, -down),
                (step, 0.0),
            ] {
                let (jx, jy) = (jitter(chance), jitter(chance));
                points.push((at + dx + self.waver.lean * dy + jx * 0.6, y - dy + jy));
            }
            at += step * chance.between(0.8, 1.4);
            if chance.is(0.12) {
                canvas.curve(&points, self.pen(chance), self.ink);
                points = vec![(at, y)];
            }
        }
        points.push((at + step * 0.4, y));
        canvas.curve(&points, self.pen(chance), self.ink);
        at
    }

    fn pen(&self, chance: &mut Chance) -> f32 {
        (self.thick * chance.between(0.9, 1.2)).max(self.size * 0.035).max(0.8)
    }
}

/// Lines from edge to edge, as in a letter or an exercise book.
fn page(canvas: &mut Canvas, hand: &Hand<'_>, leading: f32, chance: &mut Chance) {
    let (width, height) = (canvas.width(), canvas.height());
    rule(canvas, leading, chance);
    let margin = width * chance.between(0.03, 0.16);
    let slope = chance.normal() * 0.012;
    let mut y = leading * chance.between(1.5, 4.0);
    let end = height * chance.of(&[0.4, 0.75, 1.0, 1.0]);
    while y < end - leading * 0.3 {
        let room = width - margin * chance.between(1.2, 2.2);
        let letters = (room / hand.size / 0.42) as usize;
        let length = if chance.is(0.15) { letters / 3 } else { letters };
        let text = words::line(chance, length.max(3));
        let left = margin * chance.between(0.9, 1.15) + if chance.is(0.1) { hand.size * 2.0 } else { 0.0 };
        hand.write(
            canvas,
            (left, y + slope * width * 0.5 + chance.normal() * leading * 0.05),
            room - left,
            &text,
            chance,
        );
        y += leading * chance.between(0.92, 1.1);
    }
}

/// Ruled, squared or plain.
fn rule(canvas: &mut Canvas, leading: f32, chance: &mut Chance) {
    let (width, height) = (canvas.width(), canvas.height());
    let colour = chance.of(&[[190, 205, 230], [200, 200, 200], [170, 190, 220], [225, 200, 205]]);
    let kind = chance.whole(0, 4);
    if kind <= 1 {
        let mut y = leading * 0.3;
        while y < height {
            canvas.line(&[(0.0, y), (width, y)], 1.2, colour);
            y += leading;
        }
        if chance.is(0.5) {
            canvas.line(&[(width * 0.1, 0.0), (width * 0.1, height)], 1.2, [230, 150, 150]);
        }
    } else if kind == 2 {
        let cell = leading / 2.0;
        for n in 0..(height.max(width) / cell) as usize {
            let at = n as f32 * cell;
            canvas.line(&[(0.0, at), (width, at)], 1.0, colour);
            canvas.line(&[(at, 0.0), (at, height)], 1.0, colour);
        }
    }
}

/// A book with printed columns, filled in by hand.
fn register(fonts: &Fonts, canvas: &mut Canvas, hand: &Hand<'_>, leading: f32, chance: &mut Chance) {
    let (width, height) = (canvas.width(), canvas.height());
    let font = chance.of(&fonts.of(Style::Serif));
    let line = [chance.whole(20, 120) as u8; 3];
    let mut edges = vec![0.04, 0.12, 0.2, 0.34, 0.84, 0.96];
    if chance.is(0.5) {
        edges = vec![0.03, 0.25, 0.5, 0.75, 0.97];
    }
    let top = height * chance.between(0.06, 0.14);
    for edge in &edges {
        canvas.line(&[(edge * width, top), (edge * width, height * 0.97)], 1.6, line);
    }
    canvas.frame(
        edges[0] * width,
        top - leading * 1.6,
        (edges[edges.len() - 1] - edges[0]) * width,
        leading * 1.6,
        1.6,
        line,
    );
    for pair in edges.windows(2) {
        let middle = (pair[0] + pair[1]) / 2.0 * width;
        canvas.text_around(font, leading * 0.35, middle, top - leading * 0.6, line, &words::label(chance));
    }
    let mut y = top + leading;
    while y < height * 0.96 {
        for pair in edges.windows(2) {
            let room = (pair[1] - pair[0]) * width;
            if room > 0.3 * width || chance.is(0.45) {
                let letters = (room / hand.size / 0.5) as usize;
                let text = if room < 0.1 * width {
                    chance.whole(1, 400).to_string()
                } else {
                    words::line(chance, letters.max(2))
                };
                hand.write(canvas, (pair[0] * width + 4.0, y), room * 0.9, &text, chance);
            }
        }
        y += leading * chance.between(0.9, 1.1);
    }
}

/// Words here and there with arrows and circles around them, as on a board or a slip.
fn notes(canvas: &mut Canvas, hand: &Hand<'_>, leading: f32, chance: &mut Chance) {
    let (width, height) = (canvas.width(), canvas.height());
    rule(canvas, leading, chance);
    for _ in 0..chance.whole(5, 18) {
        let at = (width * chance.between(0.03, 0.6), height * chance.between(0.08, 0.97));
        let length = chance.whole(4, 30) as usize;
        let text = words::line(chance, length);
        hand.write(canvas, at, width * 0.6, &text, chance);
        if chance.is(0.25) {
            let turns: Vec<(f32, f32)> = (0..9)
                .map(|n| n as f32 * 0.8)
                .map(|t| {
                    (at.0 + leading * (1.5 + 2.0 * t.cos()) + chance.normal() * 3.0, at.1 + leading * (t.sin() - 0.3))
                })
                .collect();
            canvas.curve(&turns, hand.pen(chance), hand.ink);
        }
        if chance.is(0.25) {
            let to = (at.0 + leading * chance.between(-4.0, 4.0), at.1 + leading * chance.between(0.5, 3.0));
            canvas.curve(&[at, ((at.0 + to.0) / 2.0 + 9.0, (at.1 + to.1) / 2.0), to, to], hand.pen(chance), hand.ink);
        }
    }
}
