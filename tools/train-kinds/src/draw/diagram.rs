//! Boxes joined by lines: flows, trees, layers, sequences, networks.

use std::f32::consts::TAU;

use image::RgbImage;

use super::canvas::{Canvas, Ink, text_width};
use super::chance::Chance;
use super::chart::stored;
use super::fonts::{Font, Fonts, Style};
use super::words;

/// One diagram.
pub fn draw(fonts: &Fonts, chance: &mut Chance) -> RgbImage {
    let (width, height) = (chance.between(240.0, 1300.0), chance.between(240.0, 1100.0));
    let paper = chance.of(&[[255; 3], [255; 3], [255; 3], [248; 3], [225, 235, 245], [35, 38, 44]]);
    let dark = paper[0] < 100;
    let mut canvas = Canvas::new(width as u32, height as u32, paper);
    let style = chance.of(&[Style::Sans, Style::Sans, Style::Serif, Style::Mono]);
    let colours =
        if chance.is(0.3) { vec![paper] } else { (0..chance.whole(1, 4)).map(|_| chance.vivid(0.45, 0.9)).collect() };
    let ink = if dark { [215; 3] } else { [chance.whole(0, 70) as u8; 3] };
    let look = Look {
        font: chance.of(&fonts.of(style)),
        size: chance.between(9.0, 20.0),
        ink,
        line: if chance.is(0.3) { chance.vivid(0.6, 0.5) } else { ink },
        colours,
        round: chance.of(&[0.0, 0.0, 6.0, 30.0]),
        framed: chance.is(0.7),
        thick: chance.between(1.0, 2.5),
        dashed: chance.is(0.15),
    };
    match chance.whole(0, 4) {
        0 => layers(&mut canvas, &look, chance),
        1 => sequence(&mut canvas, &look, chance),
        2 => network(&mut canvas, &look, chance),
        _ => flow(&mut canvas, &look, chance),
    }
    stored(canvas.image(), chance)
}

struct Look<'a> {
    font: &'a Font,
    size: f32,
    ink: Ink,
    line: Ink,
    colours: Vec<Ink>,
    round: f32,
    framed: bool,
    thick: f32,
    dashed: bool,
}

impl Look<'_> {
    fn node(&self, canvas: &mut Canvas, (x, y): (f32, f32), (width, height): (f32, f32), chance: &mut Chance) {
        let colour = chance.of(&self.colours);
        let (left, top) = (x - width / 2.0, y - height / 2.0);
        if self.framed {
            canvas.round(
                left - self.thick,
                top - self.thick,
                width + 2.0 * self.thick,
                height + 2.0 * self.thick,
                self.round,
                self.line,
            );
        }
        canvas.round(left, top, width, height, self.round, colour);
        let bright = colour.iter().map(|c| u32::from(*c)).sum::<u32>() > 330;
        let ink = if bright { [20; 3] } else { self.ink.map(|_| 235) };
        let lines = if height > self.size * 3.5 && chance.is(0.5) { 2 } else { 1 };
        for n in 0..lines {
            let label = words::label(chance);
            let fits = (width * 0.9 / text_width(self.font, self.size, &label)).min(1.0);
            let y = y + self.size * 0.35 + (n as f32 - (lines - 1) as f32 / 2.0) * self.size * 1.3;
            canvas.text_around(self.font, self.size * fits, x, y, ink, &label);
        }
    }

    /// A line with a head at its end.
    fn arrow(&self, canvas: &mut Canvas, points: &[(f32, f32)]) {
        if self.dashed {
            canvas.dashes(points, self.thick, self.line, 5.0);
        } else {
            canvas.line(points, self.thick, self.line);
        }
        let [.., from, to] = points else { return };
        let angle = (to.1 - from.1).atan2(to.0 - from.0);
        let head = self.size * 0.6;
        let wing = |turn: f32| (to.0 - head * (angle + turn).cos(), to.1 - head * (angle + turn).sin());
        canvas.polygon(&[*to, wing(0.45), wing(-0.45)], self.line, 255);
    }
}

/// Rows of boxes, each joined to one of the row before.
fn flow(canvas: &mut Canvas, look: &Look<'_>, chance: &mut Chance) {
    let (width, height) = (canvas.width(), canvas.height());
    let sideways = chance.is(0.3);
    let rows = chance.whole(3, 9) as usize;
    let (long, wide) = if sideways { (width, height) } else { (height, width) };
    let step = long / (rows as f32 + 0.4);
    let elbow = chance.is(0.4);
    let mut before: Vec<(f32, f32)> = Vec::new();
    for row in 0..rows {
        let count = if chance.is(0.4) { 1 } else { chance.whole(1, 4) as usize };
        let slot = wide / count as f32;
        let tall = if sideways { slot.min(look.size * 3.5) } else { (step * 0.5).min(look.size * 3.5) };
        let mut here = Vec::new();
        for n in 0..count {
            let (along, across) = (step * (row as f32 + 0.6), slot * (n as f32 + 0.5));
            let at = if sideways { (along, across) } else { (across, along) };
            let room = if sideways { step * 0.65 } else { (slot * 0.8).min(look.size * 12.0) };
            if let Some(from) = before.get(n % before.len().max(1)) {
                let end = if sideways { (at.0 - room / 2.0, at.1) } else { (at.0, at.1 - tall / 2.0) };
                let half = if sideways { ((from.0 + end.0) / 2.0, from.1) } else { (from.0, (from.1 + end.1) / 2.0) };
                let corner = if sideways { (half.0, end.1) } else { (end.0, half.1) };
                if elbow { look.arrow(canvas, &[*from, half, corner, end]) } else { look.arrow(canvas, &[*from, end]) }
            }
            look.node(canvas, at, (room, tall), chance);
            here.push(if sideways { (at.0 + room / 2.0, at.1) } else { (at.0, at.1 + tall / 2.0) });
        }
        before = here;
    }
}

/// Boxes within boxes, one upon the other.
fn layers(canvas: &mut Canvas, look: &Look<'_>, chance: &mut Chance) {
    let (width, height) = (canvas.width(), canvas.height());
    let rows = chance.whole(3, 7);
    let tall = height / rows as f32;
    for row in 0..rows {
        let y = (row as f32 + 0.5) * tall;
        let count = chance.whole(1, 4);
        let slot = width * 0.95 / count as f32;
        for n in 0..count {
            let x = width * 0.025 + (n as f32 + 0.5) * slot;
            look.node(canvas, (x, y), (slot * 0.92, tall * 0.8), chance);
        }
    }
}

/// Partners at the top with lines down, and arrows between them.
fn sequence(canvas: &mut Canvas, look: &Look<'_>, chance: &mut Chance) {
    let (width, height) = (canvas.width(), canvas.height());
    let count = chance.whole(2, 6) as usize;
    let slot = width / count as f32;
    let at = |n: usize| (n as f32 + 0.5) * slot;
    for n in 0..count {
        canvas.dashes(&[(at(n), look.size * 3.0), (at(n), height)], 1.0, look.line, 4.0);
        look.node(canvas, (at(n), look.size * 2.2), (slot * 0.75, look.size * 2.2), chance);
    }
    let mut y = look.size * 6.0;
    while y < height - look.size {
        let (from, to) = (chance.whole(0, count as i32 - 1) as usize, chance.whole(0, count as i32 - 1) as usize);
        if from != to {
            look.arrow(canvas, &[(at(from), y), (at(to), y)]);
            canvas.text_around(
                look.font,
                look.size * 0.85,
                (at(from) + at(to)) / 2.0,
                y - look.size * 0.3,
                look.ink,
                &words::label(chance),
            );
        }
        y += look.size * chance.between(2.0, 3.5);
    }
}

/// Nodes around a middle, joined criss-cross.
fn network(canvas: &mut Canvas, look: &Look<'_>, chance: &mut Chance) {
    let (width, height) = (canvas.width(), canvas.height());
    let count = chance.whole(4, 14) as usize;
    let nodes: Vec<(f32, f32)> = (0..count)
        .map(|n| n as f32 / count as f32 * TAU)
        .map(|a| {
            let far = chance.between(0.25, 0.42);
            (width * (0.5 + far * a.cos()), height * (0.5 + far * a.sin()))
        })
        .collect();
    for n in 0..count {
        for _ in 0..chance.whole(1, 2) {
            let other = chance.whole(0, count as i32 - 1) as usize;
            if other != n {
                look.arrow(canvas, &[nodes[n], nodes[other]]);
            }
        }
    }
    let round = chance.is(0.5);
    for at in nodes {
        if round {
            canvas.disc(at.0, at.1, look.size * 1.6, look.line);
            canvas.disc(at.0, at.1, look.size * 1.6 - look.thick, chance.of(&look.colours));
            let name: String = words::word(chance).chars().take(1).collect();
            canvas.text_around(look.font, look.size * 0.8, at.0, at.1 + look.size * 0.3, look.ink, &name);
        } else {
            look.node(canvas, at, (look.size * 7.0, look.size * 2.2), chance);
        }
    }
}
